"""Gambit's files: read, solved as pygambit solves them, or refused with the place and the remedy."""

import time
from pathlib import Path

import numpy as np
import pytest
from tests.reference.hidden import gambit_tree

from twofront.errors import GameError
from twofront.game import Result, certify, from_efg, solve

# The entrant may be weak or strong; the incumbent sees the entry only. Outcome 1 is paid on the way in.
ENTRY = """EFG 2 R "entry \\"deterrence\\"" { "entrant" "incumbent" }
"a comment
over two lines"

c "" 1 "" { "weak" 1/4 "strong" 0.75 } 0
p "" 1 1 "knows" { "out" "in" } 0
t "" 1 "quiet" { 0, 2 }
p "" 2 1 "" { "share" "fight" } 2 "toll" { -1 0 }
t "" 3 "" { 2 1 }
t "" 4 "" { 0 0 }
p "" 1 2 { "out" "in" } 0
t "" 1 "quiet"
p "" 2 1 "" 0
t "" 5 "" { 3 1 }
t "" 6 "" { 1 -1 }
"""


def test_a_file_with_a_hidden_type():
    game = from_efg(ENTRY)
    assert [(s.name, s.mover, s.moves) for s in game.stages] == [
        ("nature 1", "nature", ("weak", "strong")),
        ("entrant 2", "entrant", ("out", "in")),
        ("incumbent 3", "incumbent", ("share", "fight")),
    ]
    assert game.stages[2].sees == ("entrant 2",)
    assert game.chance["nature 1"].ravel().tolist() == [0.25, 0.75]
    assert game.payoffs[:, 0, 1].tolist() == [[1, -1], [1, 0]]  # with the toll
    assert game.payoffs[:, 1, 1].tolist() == [[3, 1], [1, -1]]  # without
    assert game.legal["incumbent 3"][:, 0].tolist() == [[True, False]] * 2
    solution = solve(game, "sequential", select="all")
    assert solution.equilibria[0] == 1
    assert solution.behaviour["entrant 2"][..., 0].tolist() == [[0, 1], [0, 1]]


def catalogue():
    gbt = pytest.importorskip("pygambit", reason="pygambit, the peer, is not installed")
    return sorted((Path(gbt.__file__).parent / "catalog_data").rglob("*.efg"))


def test_the_catalogue_is_solved_as_pygambit_does_or_refused():
    gbt = pytest.importorskip("pygambit", reason="pygambit, the peer, is not installed")
    solved, refused = 0, []
    for file in catalogue():
        try:
            game = from_efg(file)
        except GameError as refusal:
            refused.append(str(refusal))
            continue
        ours = solve(game, precision=0.5)
        assert ours.result == Result.SOLVED
        assert certify(game, ours) < 1e-9
        theirs = gbt.read_efg(str(file))
        profile = gbt.qre.logit_solve_lambda(theirs, 0.5)[0]
        order = [action for player in theirs.players for infoset in player.infosets for action in infoset.actions]
        worth = _values(theirs, profile, order)
        np.testing.assert_allclose(ours.values, worth, atol=1e-6, err_msg=str(file))
        solved += 1
    assert solved == 22 or len(refused) + solved != 32  # of the 32 trees of pygambit 16.7
    reasons = ("not supported", "no order of stages", "no sequence of stages")
    assert all(any(reason in text for reason in reasons) for text in refused)


def _values(tree, profile, order):
    """Expected payoffs of a profile on pygambit's own tree."""

    def value(node):
        own = np.array([float(node.outcome[p]) for p in tree.players]) if node.outcome else np.zeros(len(tree.players))
        if node.is_terminal:
            return own
        if node.player.is_chance:
            shares = [float(a.prob) for a in node.infoset.actions]
        else:
            shares = [float(profile[order.index(a)]) for a in node.infoset.actions]
        return own + sum(p * value(child) for p, child in zip(shares, node.children, strict=True))

    return value(tree.root)


def test_what_pygambit_writes_is_read_back():
    gbt = pytest.importorskip("pygambit", reason="pygambit, the peer, is not installed")
    game = from_efg(ENTRY)
    tree, _ = gambit_tree(gbt, game)
    again = from_efg(tree.to_efg())
    np.testing.assert_allclose(solve(again, precision=2.0).values, solve(game, precision=2.0).values, atol=1e-12)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('NFG 1 R "x" { "a" }', "cannot be read"),
        ('EFG 1 R "x" { "a" }', "text:1:5: a Gambit file of an extensive game begins with EFG 2"),
        (ENTRY.replace('c "" 1', 'x "" 1'), 'text:5:1: "x" is no kind of node'),
        (ENTRY.replace("1/4", "1/0"), "text:5:20: 1/0 is no number"),
        (ENTRY.replace("1/4", "1e999999999"), "is no number"),
        (ENTRY.replace('p "" 2 1 "" { "share" "fight" } 2', 'p "" 3 1 "" { "share" "fight" } 2'), "no player 3"),
        (ENTRY.replace("{ 2 1 }", "{ 2 1 0 }"), "outcome 3 has 3 payoffs for 2 players"),
        (ENTRY.replace('t "" 3 "" { 2 1 }', 't "" 3 ""'), "outcome 3 has no payoffs"),
        (ENTRY + 't "" 6', "nodes after the end of the tree"),
        (ENTRY[: ENTRY.rindex("t ")], "nodes are missing at the end"),
        (ENTRY[: ENTRY.rindex('"fight"') + 3], "text:"),
        ('EFG 2 R "x" { "a" } p "" 1 1 "" { "l" "r" } 0 p "" 1 1 "" 0 t "" 0 t "" 0 t "" 0', "comes twice on one path"),
        ('EFG 2 R "x" { "a" } t "" 0', "has no moves"),
        ('EFG 2 R "\\"x', "text in quotation marks is expected"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_place(text, message, tmp_path):
    with pytest.raises(GameError) as caught:
        from_efg(text)
    assert message in str(caught.value)


def test_files_are_read_and_missing_ones_named(tmp_path):
    file = tmp_path / "entry.efg"
    file.write_text(ENTRY, encoding="utf-8")
    assert from_efg(file).players == from_efg(str(file)).players == ("entrant", "incumbent")
    with pytest.raises(GameError, match=r"none\.efg: cannot be read"):
        from_efg(tmp_path / "none.efg")


@pytest.mark.parametrize("unit", ['"\\"', "{ ", 'p "" 1 1 "" { "l" "r" } 0\n', '"a" ', "\\"])
def test_reading_takes_time_in_proportion_to_the_file(unit):
    def seconds(count):
        text = 'EFG 2 R "x" { "a" }\n' + unit * count
        began = time.process_time()
        with pytest.raises(GameError):
            from_efg(text)
        return time.process_time() - began

    seconds(10)
    few, many = (min(seconds(count) for _ in range(3)) for count in (2_000, 20_000))
    assert many < 30 * max(few, 0.002)
