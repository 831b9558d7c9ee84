"""The horse of Selten (1975), International Journal of Game Theory 4, 25-55, figure 1.

Player 1 goes down to player 3 or across to player 2, who goes down to player 3 or ends the game; player 3 does not
know who went down. Selten's two kinds of equilibrium points: down, across, right, which is not perfect; and across,
across, left with at least 3/4, which is.
"""

import numpy as np
import pytest

from twofront.game import Branch, Stage, StageGame, certify, solve

STAGES = [
    Stage("one", "1", ["across", "down"]),
    Stage("two", "2", ["across", "down"], sees=["one"]),
    Stage("three", "3", ["right", "left"], sees=[]),
]
# Payoffs as printed: (1, 1, 1) when both go across; after player 1 and after player 2 went down: right, left.
ENDS = {(0, 0): [(1, 1, 1)], (1, 0): [(3, 2, 2), (0, 0, 0)], (0, 1): [(4, 4, 0), (0, 0, 1)]}


def horse():
    payoffs = np.zeros((3, 2, 2, 2))
    legal = {"two": np.array([[True, True], [True, False]]), "three": np.zeros((2, 2, 2), bool)}
    for path, ends in ENDS.items():
        for move, end in enumerate(ends):
            payoffs[(slice(None), *path, move)] = end
            legal["three"][(*path, move)] = True
    return StageGame(["1", "2", "3"], STAGES, payoffs, legal=legal)


def test_the_unreasonable_equilibrium_is_not_listed():
    listed = solve(horse(), "sequential", select="all")
    assert listed.equilibria.tolist() == [1]
    assert listed.values[:, 0].tolist() == [1, 1, 1]
    assert listed.behaviour["three"][0, 1, :, 0].tolist() == [0, 1]  # left
    assert certify(horse(), listed)[0] == 0


def test_it_fails_the_certificate():
    right = solve(horse(), "sequential", select="leader-best")
    moves = {"one": [0.0, 1], "two": [[1.0, 0], [1, 0]], "three": [[[1.0, 0], [1, 0]], [[1, 0], [0, 0]]]}
    wrong = {name: np.array(rows) for name, rows in moves.items()}
    belief = np.array([[1.0, 0.0], [1.0, 0.0]])  # two knows where it is; three blames player 1
    stated = right.__class__(**{**vars(right), "behaviour": wrong, "beliefs": {"three": belief}})
    assert certify(horse(), stated) == pytest.approx(4 - 1)  # player 2 would rather go down: 4 against 1


def test_the_branch_leads_to_the_perfect_equilibrium():
    limit = solve(horse(), "sequential")
    assert limit.behaviour["one"].tolist() == [1, 0]
    assert limit.behaviour["two"][0].tolist() == [1, 0]
    assert limit.behaviour["three"][0, 1, 1] >= 3 / 4 - 1e-4
    assert limit.branch in (Branch.LIMIT_PURE, Branch.LIMIT_MIXED)
    assert certify(horse(), limit) < 1e-4


@pytest.mark.parametrize("lam", [0.5, 2.0, 8.0])
def test_the_quantal_response_is_pygambits(lam):
    gbt = pytest.importorskip("pygambit", reason="pygambit, the peer, is not installed")
    tree = gbt.catalog.load("journals/ijgt/selten1975/fig1")
    theirs = gbt.qre.logit_solve_lambda(tree, lam)[0]
    one, two, three = (2 * k for k in range(3))  # each has its two actions, right (or across) first
    ours = solve(horse(), precision=lam)
    found = [ours.behaviour["one"][0], ours.behaviour["two"][0, 0], ours.behaviour["three"][0, 1, 0]]
    np.testing.assert_allclose(found, [theirs[one], theirs[two], theirs[three]], atol=1e-6)
    assert certify(horse(), ours) < 1e-9
