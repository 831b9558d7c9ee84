"""Share of random hidden games that are solved and certified, by precision and rung; how often a branch jumps.

`python -m benchmarks.shares [STRUCTURES] [GAMES OF EACH]`, 200 × 50 by default: random players, stages, moves, `sees`,
legality and base weights (tests/reference/hidden.py), normal payoffs. A jump is a game solved by steps in the precision
whose answer differs by more than 1e-6 from that of a fine walk along the arc of the branch, taken for one game in ten.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

import numpy as np
from tests.reference.hidden import random_hidden

from twofront.game import Branch, Method, Result, certify, solve
from twofront.game.solvers import paths, replies
from twofront.game.solvers.hidden import Book

PRECISIONS = (1.0, 5.0, 20.0)
ENDS = 400
CERTIFIED = 1e-8
FINE = {"CORRECTION": 0.05, "EASY": 0.02, "FINE": 0.005}


def jumps(game, solution, lam: float, some: np.ndarray) -> tuple[int, int]:
    """How many of some games were compared with the fine walk, and how many differ."""
    book = Book(game, "logit", np.full((len(game.players), 1), lam))
    compared = jumped = 0
    usual = {name: getattr(paths, name) for name in FINE}
    for tree, games in book.groups():
        picked = np.intersect1d(games, some)
        if not len(picked) or not tree.unknowns:
            continue
        problem = book.problem(tree, picked)
        for name, value in FINE.items():
            setattr(paths, name, value)
        trace = paths.start(problem)
        paths.by_arc(problem, trace, np.arange(len(picked)))
        for name, value in usual.items():
            setattr(paths, name, value)
        one = np.ones(len(picked))
        fine, _ = paths.polish(problem, one, trace.unknowns)
        values = replies.reply(problem, one, fine).values[0][:, 0] * book.scale[:, picked] + book.middle[:, picked]
        apart = abs(values - solution.values[:, picked]).max(axis=0) > 1e-6
        compared += int(trace.arrived.sum())
        jumped += int((apart & trace.arrived).sum())
    return compared, jumped


def main() -> None:
    """Prints a table for each precision."""
    structures, batch = (int(n) for n in (*sys.argv[1:], 200, 50)[:2]) if len(sys.argv) > 2 else (200, 50)
    print(f"{structures} structures × {batch} games, at most {ENDS} ends each")
    for lam in PRECISIONS:
        began, rungs, results, worst, certified, compared, jumped = (
            time.perf_counter(),
            Counter(),
            Counter(),
            0.0,
            0,
            0,
            0,
        )
        unique = folded = 0
        for seed in range(structures):
            game = random_hidden(seed, batch=(batch,), forbid=0.3 * (seed % 2), weigh=seed % 3 == 0, ends=ENDS)
            solution = solve(game, precision=lam)
            solved = solution.result == Result.SOLVED
            certificate = certify(game, solution)
            rungs.update(solution.method[solved].tolist())
            results.update(solution.result.tolist())
            certified += int((certificate <= CERTIFIED).sum())
            worst = max(worst, float(certificate[solved].max(initial=0)))
            unique += int((solution.branch[solved] == Branch.UNIQUE).sum())
            folded += int((solution.branch[solved] == Branch.FOLDED).sum())
            stepped = np.flatnonzero(solved & (solution.method == Method.HOMOTOPY))
            found = jumps(game, solution, lam, stepped[::10])
            compared, jumped = compared + found[0], jumped + found[1]
        total = structures * batch
        print(f"precision {lam:g}: {results[0] / total:.2%} solved, {certified / total:.2%} certified to {CERTIFIED:g}")
        print(f"  largest certificate of a solved game {worst:.1e}; {time.perf_counter() - began:.0f} s")
        for rung, count in sorted(rungs.items()):
            print(f"  {count / total:7.2%}  {Method(rung).text}")
        print(f"  {unique / total:7.2%}  proven unique; {folded / total:.2%} beyond a fold")
        print(f"  jumps: {jumped} of {compared} games solved by steps", flush=True)
        for code, count in results.items():
            if code:
                print(f"  {count} {Result(code).text}", flush=True)


if __name__ == "__main__":
    main()
