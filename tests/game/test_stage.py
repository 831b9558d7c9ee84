"""What a stage game refuses, and in which words."""

import doctest
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from twofront.errors import GameError
from twofront.game import Stage, StageGame

ENTRY = [Stage("entry", "entrant", ["in", "out"]), Stage("reply", "incumbent", ["fight", "share"])]
PLAYERS = ["entrant", "incumbent"]
PAYOFFS = np.zeros((2, 2, 2))


def refusal(**changes):
    arguments = {"players": PLAYERS, "stages": ENTRY, "payoffs": PAYOFFS} | changes
    with pytest.raises(GameError) as caught:
        StageGame(**arguments)
    return str(caught.value)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"players": []}, "needs at least one"),
        ({"players": "entrant"}, "give a list of names"),
        ({"players": ["entrant", "entrant"]}, '"entrant" stands there twice'),
        ({"players": ["nature", "incumbent"]}, "is the name of chance"),
        ({"stages": []}, "stages: none given"),
        ({"stages": [ENTRY[0], ENTRY[0]]}, 'stage "entry" stands there twice'),
        ({"payoffs": np.zeros((2, 2, 3))}, "[player, entry, reply, *batch]"),
        ({"payoffs": [[1, 2], [3]]}, "cannot be read as an array"),
        ({"payoffs": np.zeros((2, 2, 2), complex)}, "give real numbers"),
        ({"legal": {"repply": [True, True]}}, 'there is no stage "repply"'),
        ({"legal": {"reply": [1, 0]}}, "give true or false"),
        ({"legal": {"reply": [True, True, True]}}, "does not fit (2, 2)"),
        ({"weights": {"reply": [1, -1]}}, "be finite and ≥ 0"),
        ({"weights": {"reply": [1, np.nan]}}, "be finite and ≥ 0"),
        ({"chance": {"reply": [0.5, 0.5]}}, "is moved by a player; give it legal and weights instead"),
    ],
)
def test_malformed_games_are_refused_with_the_remedy(changes, text):
    assert text in refusal(**changes)


def test_unknown_mover():
    text = refusal(stages=[ENTRY[0], Stage("reply", "incumbant", ["fight", "share"])])
    assert 'mover "incumbant" is neither "nature" nor one of the players (entrant, incumbent)' in text


@pytest.mark.parametrize("chance", [None, {"luck": [0.5, 0.6]}, {"luck": [1.5, -0.5]}, {"luck": [np.nan, 1]}])
def test_chance_needs_probabilities(chance):
    text = refusal(stages=[Stage("luck", "nature", ["good", "bad"]), ENTRY[1]], chance=chance)
    assert "give its probabilities" in text if chance is None else "add up to 1" in text


def test_chance_takes_no_legal_moves():
    stages = [Stage("luck", "nature", ["good", "bad"]), ENTRY[1]]
    text = refusal(stages=stages, chance={"luck": [0.5, 0.5]}, legal={"luck": [True, False]})
    assert "probability 0 for what cannot happen" in text


def three(second, third, sees):
    stages = [
        Stage("entry", "entrant", ["in", "out"]),
        Stage("reply", second, ["fight", "share"], sees=["entry"]),
        Stage("end", third, ["stay", "leave"], sees=sees),
    ]
    return {"stages": stages, "payoffs": np.zeros((2, 2, 2, 2))}


def test_imperfect_recall_is_refused():
    text = refusal(**three("incumbent", "entrant", ["reply"]))
    assert text == (
        'stage "end": "entrant" does not see "entry", its own earlier move: imperfect recall is not supported; '
        'add "entry" to sees, or give the stage to another player.'
    )
    text = refusal(**three("incumbent", "incumbent", ["reply"]))
    assert '"incumbent" does not see "entry", seen by it at stage "reply": imperfect recall' in text


def test_hidden_says_what_is_not_seen():
    game = StageGame(PLAYERS, **three("incumbent", "entrant", ["entry"]))
    assert game.hidden == ((), (), ("reply",))


def test_sees_may_list_everything_or_hide_from_those_who_do_not_choose():
    full = Stage("reply", "incumbent", ["fight", "share"], sees=["entry"])
    StageGame(PLAYERS, [ENTRY[0], full], PAYOFFS)
    StageGame(PLAYERS, [ENTRY[0], Stage("reply", "incumbent", ["share"], sees=[])], PAYOFFS[:, :, :1])
    blind = Stage("luck", "nature", ["good", "bad"], sees=[])
    StageGame(PLAYERS, [ENTRY[0], blind], PAYOFFS, chance={"luck": [0.5, 0.5]})
    forward = Stage("entry", "entrant", ["in", "out"], sees=["reply"])
    assert "which is no earlier stage" in refusal(stages=[forward, full])


def test_stages_need_distinct_moves():
    with pytest.raises(GameError, match="no moves"):
        Stage("entry", "entrant", [])
    with pytest.raises(GameError, match="stands there twice"):
        Stage("entry", "entrant", ["in", "in"])
    with pytest.raises(GameError, match="give a list of names"):
        Stage("entry", "entrant", "in")


def test_tables_take_vectors_single_axes_and_batches():
    payoffs = np.zeros((2, 2, 2, 5, 3), np.float32)
    for shape in [(2,), (1, 2), (2, 2), (1, 1, 5, 3), (2, 1, 1, 3)]:
        game = StageGame(PLAYERS, ENTRY, payoffs, weights={"reply": np.ones(shape)})
        assert game.weights["reply"].ndim == 4
        assert game.weights["reply"].dtype == np.float32
    assert "does not fit (2, 2, 5, 3)" in refusal(payoffs=payoffs, weights={"reply": np.ones((2, 2, 5))})


def test_inputs_stay_as_they_are_and_integers_become_floats():
    payoffs = np.arange(8).reshape(2, 2, 2)
    before = payoffs.copy()
    game = StageGame(PLAYERS, ENTRY, payoffs)
    assert game.payoffs.dtype == np.float64
    assert (payoffs == before).all()


def test_a_numpy_game_is_solved_without_jax():
    code = (
        "import sys, twofront.game as g; assert 'numpy' not in sys.modules;"
        "s = g.solve(g.StageGame(['a'], [g.Stage('x', 'a', ['l', 'r'])], [[1., 2.]]), precision=1.);"
        "assert 'jax' not in sys.modules and 'scipy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_examples_of_the_documentation_hold():
    page = Path(__file__).parents[2] / "docs" / "stage-games.md"
    outcome = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert outcome.attempted > 15
    assert outcome.failed == 0
