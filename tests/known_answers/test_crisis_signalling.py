"""Crisis signalling with private resolve, in the form of Lewis and Schultz (2003), Political Analysis 11(4), 345-367.

A accepts the status quo or challenges; B concedes or resists; A fights or backs down. A's value of war is private.
Their paper draws it from a normal distribution; with two values the equilibrium has a closed form, by hand:
A resolute A always challenges and fights, an irresolute one always backs down when resisted. If B would resist a
challenge that everybody makes, the irresolute bluffs so often that B is indifferent, and B resists so often that the
irresolute is: β·(1−p)/(p + β·(1−p))·V + p/(…)·W = C, and r·b + (1−r)·1 = 0.
"""

import numpy as np
import pytest

from twofront.game import Branch, Stage, StageGame, certify, solve

STAGES = [
    Stage("resolve", "nature", ["resolute", "irresolute"]),
    Stage("challenge", "A", ["accept", "challenge"]),
    Stage("answer", "B", ["concede", "resist"], sees=["challenge"]),
    Stage("war", "A", ["back down", "fight"]),
]
BACKING_DOWN, WAR_A, WAR_B, HELD, CONCEDED = -0.5, (0.4, -1.5), -0.6, 0.8, -0.3


def crisis(resolute):
    payoffs = np.zeros((2, 2, 2, 2, 2))
    payoffs[:, :, 1, 0] = np.array([1, CONCEDED])[:, None, None]
    payoffs[:, :, 1, 1, 0] = np.array([BACKING_DOWN, HELD])[:, None]
    payoffs[0, :, 1, 1, 1], payoffs[1, :, 1, 1, 1] = WAR_A, WAR_B
    answer, war = np.ones((2, 2), bool), np.zeros((2, 2, 2), bool)
    answer[0, 1] = False  # nothing to answer when A accepts
    war[..., 0] = war[1, 1] = True
    return StageGame(
        ["A", "B"],
        STAGES,
        payoffs,
        legal={"answer": answer[None], "war": war[None]},
        chance={"resolve": [resolute, 1 - resolute]},
    )


@pytest.mark.parametrize("p", [0.1, 0.3, 0.5])
def test_bluffing_makes_the_other_indifferent(p):
    belief = (HELD - CONCEDED) / (HELD - WAR_B)  # on a resolute A, at which conceding and resisting are equal
    assert p < belief
    bluff = p * (1 - belief) / (belief * (1 - p))
    resist = 1 / (1 - BACKING_DOWN)
    limit = solve(crisis(p), "sequential")
    assert limit.branch == Branch.LIMIT_MIXED
    np.testing.assert_allclose(limit.behaviour["challenge"][:, 1], [1, bluff], atol=1e-4)
    np.testing.assert_allclose(limit.behaviour["answer"][0, 1, 1], resist, atol=1e-4)
    np.testing.assert_allclose(limit.beliefs["answer"][0, 1], belief, atol=1e-4)
    assert limit.behaviour["war"][:, 1, 1, 1].tolist() == [1, 0]
    assert certify(crisis(p), limit) < 1e-4
    pure = solve(crisis(p), "sequential", select="all")
    # The resolute gains 0.4 from war in any case, so nobody pools on accepting: no pure equilibrium is left.
    assert pure.equilibria.tolist() == [0]


def test_a_likely_resolve_is_not_tested():
    limit = solve(crisis(0.9), "sequential")
    assert limit.branch == Branch.LIMIT_PURE
    assert limit.behaviour["challenge"][:, 1].tolist() == [1, 1]
    assert limit.behaviour["answer"][0, 1].tolist() == [1, 0]
    assert solve(crisis(0.9), "sequential", select="all").equilibria.tolist() == [1]


def test_the_quantal_response_by_bisection():
    """At one precision everything hangs on how often B resists; that is found here by bisection."""
    p, lam = 0.3, 1.5

    def logit(gain):
        return 1 / (1 + np.exp(-lam * gain))

    fights = np.array([logit(w - BACKING_DOWN) for w in WAR_A])

    def reply(resist):
        resisted = fights * WAR_A + (1 - fights) * BACKING_DOWN
        challenges = logit(resist * resisted + (1 - resist))
        weights = np.array([p, 1 - p]) * challenges
        worth = (weights * (fights * WAR_B + (1 - fights) * HELD)).sum() / weights.sum()
        return logit(worth - CONCEDED), challenges

    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if reply(middle)[0] > middle else (low, middle)
    solution = solve(crisis(p), precision=lam)
    np.testing.assert_allclose(solution.behaviour["answer"][0, 1, 1], low, atol=1e-10)
    np.testing.assert_allclose(solution.behaviour["challenge"][:, 1], reply(low)[1], atol=1e-10)
