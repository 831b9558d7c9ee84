"""The chain store of Selten (1978), Theory and Decision 9, 127-159.

In each market an entrant stays OUT (entrant 1, chain 5) or goes IN; the chain is then COOPERATIVE (2, 2) or
AGGRESSIVE (0, 0). Backward induction: every entrant goes in and the chain always cooperates, in any number of
markets.
"""

import numpy as np

from twofront.game import Stage, StageGame, certify, solve

OUT, COOPERATIVE, AGGRESSIVE = (5.0, 1.0), (2.0, 2.0), (0.0, 0.0)  # chain, entrant


def chain_store(markets):
    stages = []
    for k in range(markets):
        stages += [Stage(f"entry {k}", f"entrant {k}", ["out", "in"])]
        stages += [Stage(f"reply {k}", "chain", ["cooperative", "aggressive"])]
    payoffs = np.zeros((markets + 1, *(2,) * (2 * markets)))
    for path in np.ndindex(payoffs.shape[1:]):
        for k in range(markets):
            end = OUT if path[2 * k] == 0 else (COOPERATIVE, AGGRESSIVE)[path[2 * k + 1]]
            payoffs[(0, *path)] += end[0]
            payoffs[(k + 1, *path)] = end[1]
    # After "out" the chain has nothing to answer.
    legal = {f"reply {k}": np.ones((1,) * (2 * k) + (2, 2), bool) for k in range(markets)}
    for table in legal.values():
        table[..., 0, 1] = False
    return StageGame(["chain", *(f"entrant {k}" for k in range(markets))], stages, payoffs, legal=legal)


def test_entry_everywhere_and_cooperation_in_every_subgame():
    game = chain_store(3)
    solution = solve(game, "best")
    for k in range(3):
        assert (solution.behaviour[f"entry {k}"][..., 1] == 1).all()
        assert (solution.behaviour[f"reply {k}"][..., 1, 0] == 1).all()
    assert solution.values.tolist() == [6, 2, 2, 2]  # 2 to the chain in each market
    assert certify(game, solution) == 0


def test_doubtful_cooperation_deters_at_low_precision():
    # One market by hand: fights with 1/(1+e^(2λ)), entry pays 2·(1−q) against 1.
    lam = 0.3
    q = 1 / (1 + np.exp(2 * lam))
    entry = 1 / (1 + np.exp(lam * (1 - 2 * (1 - q))))
    solution = solve(chain_store(1), precision=lam)
    np.testing.assert_allclose(solution.behaviour["entry 0"][1], entry, rtol=1e-14)
    np.testing.assert_allclose(solution.behaviour["reply 0"][1, 1], q, rtol=1e-14)
