"""The four-move centipede of McKelvey and Palfrey (1992), Econometrica 60(4), figure 1.

Payoffs as published there; taking at once is the only subgame perfect play. The agent quantal response of
McKelvey and Palfrey (1998), Experimental Economics 1, is checked against pygambit, which follows the branch.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from twofront.game import Stage, StageGame, certify, solve

FIGURE = Path(__file__).with_name("mckelvey_palfrey_1992_figure_1.csv")
ENDS = list(csv.DictReader(FIGURE.read_text(encoding="utf-8").splitlines()))
PAYOFFS = [(float(row["first"]), float(row["second"])) for row in ENDS]
STAGES = [Stage(f"move {k + 1}", ["first", "second"][k % 2], ["take", "pass"]) for k in range(4)]


def centipede():
    """The game as arrays: once somebody took, "pass" is the only move left."""
    payoffs = np.empty((2, 2, 2, 2, 2))
    for path in np.ndindex(2, 2, 2, 2):
        payoffs[(slice(None), *path)] = PAYOFFS[path.index(0) if 0 in path else 4]
    legal = {}
    for k, stage in enumerate(STAGES):
        allowed = np.ones((2,) * (k + 1), bool)
        allowed[..., 0] = False
        allowed[(1,) * k + (0,)] = True
        legal[stage.name] = allowed
    return StageGame(["first", "second"], STAGES, payoffs, legal=legal)


def take(solution):
    """Probability of taking at each move, given that it is reached."""
    return [float(solution.behaviour[s.name][(1,) * k + (0,)]) for k, s in enumerate(STAGES)]


def test_taking_at_every_move_is_subgame_perfect():
    solution = solve(centipede(), "best")
    assert take(solution) == [1, 1, 1, 1]
    assert solution.values.tolist() == [0.40, 0.10]
    assert solution.ties == 0
    assert certify(centipede(), solution) == 0


def test_the_last_move_is_a_binary_logit_by_hand():
    # Taking beats passing by 3.20 − 1.60 at the last move.
    assert take(solve(centipede(), precision=2.0))[3] == pytest.approx(1 / (1 + np.exp(-2 * (3.20 - 1.60))))


@pytest.mark.parametrize("lam", [0.5, 2.0, 5.0])
def test_the_agent_quantal_response_is_pygambits(lam):
    gbt = pytest.importorskip("pygambit", reason="pygambit, the peer, is not installed")
    tree = gbt.Game.new_tree(players=["first", "second"])
    node, infosets = tree.root, []
    for stage, row in zip(STAGES, ENDS, strict=False):
        tree.append_move(node, stage.mover, ["take", "pass"])
        infosets.append(node.infoset)
        took, node = list(node.children)
        tree.set_outcome(took, tree.add_outcome(row["end"], [row["first"], row["second"]]))
    tree.set_outcome(node, tree.add_outcome(ENDS[4]["end"], [ENDS[4]["first"], ENDS[4]["second"]]))
    theirs = gbt.qre.logit_solve_lambda(tree, lam)[0]
    order = [a for player in tree.players for infoset in player.infosets for a in infoset.actions]
    wanted = [theirs[order.index(next(iter(infoset.actions)))] for infoset in infosets]
    np.testing.assert_allclose(take(solve(centipede(), precision=lam)), wanted, atol=1e-6)
