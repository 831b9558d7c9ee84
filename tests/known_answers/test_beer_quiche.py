"""Beer or quiche: Cho and Kreps (1987), Quarterly Journal of Economics 102(2), 179-221, figure 1.

The sender is surly (0.9) or a wimp (0.1); breakfast shows, the type does not. The preferred breakfast (beer for the
surly, quiche for the wimp) is worth 1, not to be challenged 2; the other gains 1 from a duel with a wimp, and from none
with a surly sender. As published: two equilibrium outcomes, both types have beer, or both have quiche; the second fails
the intuitive criterion.
"""

import numpy as np

from twofront.game import Branch, Stage, StageGame, certify, solve

STAGES = [
    Stage("type", "nature", ["surly", "wimp"]),
    Stage("breakfast", "sender", ["beer", "quiche"]),
    Stage("duel", "other", ["leave", "fight"], sees=["breakfast"]),
]


def game():
    payoffs = np.zeros((2, 2, 2, 2))
    for kind in range(2):
        for breakfast in range(2):
            for fight in range(2):
                payoffs[0, kind, breakfast, fight] = (breakfast == kind) + 2 * (not fight)
                payoffs[1, kind, breakfast, fight] = fight == kind
    return StageGame(["sender", "other"], STAGES, payoffs, chance={"type": [0.9, 0.1]})


def test_both_pooling_equilibria_and_no_other():
    listed = solve(game(), "sequential", select="all")
    assert listed.equilibria.tolist() == [2, 2]
    breakfasts = {tuple(listed.behaviour["breakfast"][:, 0, e]) for e in range(2)}
    assert breakfasts == {(1.0, 1.0), (0.0, 0.0)}
    for e in range(2):
        had = int(listed.behaviour["breakfast"][0, 1, e])
        assert listed.behaviour["duel"][0, had, :, e].tolist() == [1, 0]  # left alone after the breakfast all have
        assert listed.behaviour["duel"][0, 1 - had, :, e].tolist() == [0, 1]  # challenged after the other
        np.testing.assert_allclose(listed.beliefs["duel"][:, had, e], [0.9, 0.1])
        assert listed.beliefs["duel"][1, 1 - had, e] >= 0.5  # which only a wimp would have had
    # Expected payoffs by hand: beer 0.9·3 + 0.1·2; quiche 0.9·2 + 0.1·3; the other 0.9 in both.
    assert sorted(listed.values[0].tolist()) == [2.1, 2.9]
    np.testing.assert_allclose(listed.values[1], 0.9)
    assert (certify(game(), listed) < 1e-12).all()


def test_the_sender_would_choose_beer():
    best = solve(game(), "sequential", select="leader-best")
    assert best.behaviour["breakfast"][:, 0].tolist() == [1, 1]
    assert best.branch == Branch.LEADER_BEST
    assert best.equilibria == 2


def test_the_branch_leads_to_beer():
    limit = solve(game(), "sequential")
    np.testing.assert_allclose(limit.behaviour["breakfast"][:, 0], [1, 1], atol=1e-4)
    assert certify(game(), limit) < 1e-4
