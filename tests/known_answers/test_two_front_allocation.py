"""Two fronts, one reserve: an allocation game with a closed form of our own.

An attacker opens one of two fronts of worth v1 and v2; the defender, who does not see which, has sent its reserve to
one of them. A front that is met holds, one that is not falls: the attacker gains v, the defender loses it. In the only
equilibrium both mix. The defender is indifferent if a1·v1 = a2·v2, so the attacker goes where less is at stake more
often, a1 = v2/(v1 + v2); the attacker is if (1 − d1)·v1 = (1 − d2)·v2, so the reserve goes to the more valuable front
with d1 = v1/(v1 + v2). The value is v1·v2/(v1 + v2). With errors at one precision λ the two odds solve
ln a1/a2 = λ·((1−d1)·v1 − d1·v2), ln d1/d2 = λ·(a1·v1 − a2·v2), one decreasing equation: one solution.
"""

import numpy as np
import pytest

from twofront.game import Branch, Stage, StageGame, certify, solve


def game(v1, v2, defender_first=False):
    attack, reserve = Stage("attack", "attacker", ["1", "2"]), Stage("reserve", "defender", ["1", "2"])
    gain = np.array([[0, v1], [v2, 0]], float)  # [attack, reserve]
    if defender_first:
        stages, gain = [reserve, Stage("attack", "attacker", ["1", "2"], sees=[])], gain.T
    else:
        stages = [attack, Stage("reserve", "defender", ["1", "2"], sees=[])]
    return StageGame(["attacker", "defender"], stages, np.stack([gain, -gain]))


def shares(solution, name):
    """Behaviour of a stage, whichever comes first."""
    rows = solution.behaviour[name]
    return rows if rows.ndim == 1 else rows[0]


@pytest.mark.parametrize("defender_first", [False, True])
@pytest.mark.parametrize(("v1", "v2"), [(1, 1), (2, 1), (3, 2), (1, 5)])
def test_the_limit_is_the_closed_form(v1, v2, defender_first):
    limit = solve(game(v1, v2, defender_first), "sequential")
    np.testing.assert_allclose(shares(limit, "attack"), np.array([v2, v1]) / (v1 + v2), atol=1e-4)
    np.testing.assert_allclose(shares(limit, "reserve"), np.array([v1, v2]) / (v1 + v2), atol=1e-4)
    value = v1 * v2 / (v1 + v2)
    np.testing.assert_allclose(limit.values, [value, -value], atol=1e-3)
    assert limit.branch == Branch.LIMIT_MIXED
    assert certify(game(v1, v2, defender_first), limit) < 1e-4
    assert solve(game(v1, v2, defender_first), "sequential", select="all").equilibria.tolist() == [0]


@pytest.mark.parametrize("lam", [0.1, 1.0, 5.0, 20.0])
def test_the_quantal_response_solves_one_equation(lam):
    v1, v2 = 3.0, 2.0

    def logit(exponent):
        return 1 / (1 + np.exp(-exponent))

    low, high = 0.0, 1.0  # share of attacks on front 1
    for _ in range(80):
        middle = (low + high) / 2
        reserve = logit(lam * (middle * v1 - (1 - middle) * v2))
        low, high = (middle, high) if logit(lam * ((1 - reserve) * v1 - reserve * v2)) > middle else (low, middle)
    solution = solve(game(v1, v2), precision=lam)
    np.testing.assert_allclose(shares(solution, "attack")[0], low, atol=1e-9)
    np.testing.assert_allclose(shares(solution, "reserve")[0], logit(lam * (low * v1 - (1 - low) * v2)), atol=1e-9)
    assert certify(game(v1, v2), solution) < 1e-9
