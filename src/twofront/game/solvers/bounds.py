"""When is there only one logit equilibrium? A bound on how far replies move when beliefs do.

Beliefs at every free information set are moved by at most 1 in total variation. The sweep carries bounds on how far
that moves the value of every node, the log of every choice and, at last, the beliefs themselves. Below 1 the map from
beliefs to beliefs is a contraction: one fixed point, found by repetition (Banach).
Used on the way: a logit reply moves by at most a quarter of the range by which its exponents move (total variation),
and the log of a probability by at most that range.
"""

import numpy as np
from jaxtyping import Float

from twofront.game.solvers.layout import Level
from twofront.game.solvers.replies import Problem, behind


def contraction(problem: Problem) -> Float[np.ndarray, " game"]:
    """Bound on the change of beliefs by beliefs; below 1 the equilibrium is unique. 0: nothing hidden matters."""
    tree = problem.layout
    high = low = problem.payoffs
    moved = np.zeros_like(problem.payoffs)
    swings: list[np.ndarray | None] = []
    for k in range(len(tree.levels) - 1, -1, -1):
        level, chance = tree.levels[k], problem.chance[k]
        tops, bottoms, moves = (behind(level, rows) for rows in (high, low, moved))
        if chance is not None:
            # A chance of 0 counts for nothing, so bounds are means here.
            high, low, moved = ((chance * rows).sum(axis=-2) for rows in (tops, bottoms, moves))
            swings.append(None)
            continue
        usable = level.open[..., None]
        swing = problem.precision[level.mover] * _swing(level, tops, bottoms, moves[level.mover])
        swings.append(swing)
        high = np.where(usable, tops, -np.inf).max(axis=-2)
        low = np.where(usable, bottoms, np.inf).min(axis=-2)
        far = np.where(usable, moves, 0).max(axis=-2)
        moved = np.minimum(swing / 4, 1) * (high - low) + far
    return _tilt(problem, swings[::-1])


def _swing(level: Level, tops: np.ndarray, bottoms: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """For each node, how far the differences of its mover's payoffs can move: [node, game]."""
    n, free = level.members, level.free_members
    swing = np.zeros((level.size, moves.shape[-1]))
    for one in range(level.live.shape[1]):
        for other in range(one):
            both = (level.open[:, one] & level.open[:, other])[:, None]
            own = moves[:, one] + moves[:, other]
            if n:
                own[:n] = np.maximum.reduceat(own[:n], level.starts, axis=0)[level.label]
            if free:
                starts = level.starts[: level.free]
                up, down = tops[level.mover, :free], bottoms[level.mover, :free]
                most = np.maximum.reduceat(up[:, one] - down[:, other], starts, axis=0)
                least = np.minimum.reduceat(down[:, one] - up[:, other], starts, axis=0)
                own[:free] += (most - least)[level.label[:free]]
            swing = np.maximum(swing, np.where(both, own, 0))
    return swing


def _tilt(problem: Problem, swings: list[np.ndarray | None]) -> np.ndarray:
    """How far beliefs move at most, a quarter of the range by which the logs of reach move."""
    tree = problem.layout
    worst = np.zeros(problem.games)
    trail: list[np.ndarray] = []
    for k, level in enumerate(tree.levels):
        if k:
            node = level.parent // tree.levels[k - 1].live.shape[1]
            trail = [moves[node] for moves in trail] + [level.parent]
        if not level.free:
            continue
        spread = np.zeros((level.free, problem.games))
        for j, moves in enumerate(trail):
            swing = swings[j]
            if swing is not None and tree.levels[j].relevant:
                spread = spread + _apart(tree.levels[j], level, moves[: level.free_members], swing)
        worst = np.maximum(worst, spread.max(axis=0) / 4)
    return worst


def _apart(earlier: Level, level: Level, moves: np.ndarray, swing: np.ndarray) -> np.ndarray:
    """How far the logs of the choices made at an earlier level on the way to a set can move apart: [free set, game]."""
    node, move = np.divmod(moves, earlier.live.shape[1])
    where, starts = earlier.place[node], level.starts[: level.free]
    way = where * earlier.live.shape[1] + move
    same_place = np.minimum.reduceat(where, starts) == np.maximum.reduceat(where, starts)
    same_way = np.minimum.reduceat(way, starts) == np.maximum.reduceat(way, starts)
    # From one place the logs of two moves part by one swing, from two places by both of theirs.
    factor = np.where(same_way, 0, np.where(same_place, 1, 2))
    return factor[:, None] * np.maximum.reduceat(swing[node], starts, axis=0)
