"""When is there only one logit equilibrium? A bound on how far replies move when beliefs do.

Beliefs at every information set are moved by at most 1 in total variation. The sweep carries bounds on how far that moves
the value of every node, the log of every choice and, at last, the beliefs themselves. Below 1 the map from beliefs to
beliefs is a contraction: one fixed point, found by repetition (Banach).
Used on the way: a logit reply moves by at most a quarter of the range by which its exponents move (total variation), and
the log of a probability by at most that range.
"""

import numpy as np
from jaxtyping import Float

from twofront.game.solvers.layout import Layout, Level
from twofront.game.solvers.replies import Problem, _behind


def contraction(problem: Problem) -> Float[np.ndarray, " game"]:
    """Bound on the change of beliefs by beliefs; below 1 the equilibrium is unique. 0: nothing hidden matters."""
    tree = problem.layout
    high = low = problem.payoffs
    moved = np.zeros_like(problem.payoffs)
    swings = []
    for k in range(len(tree.levels) - 1, -1, -1):
        level, chance = tree.levels[k], problem.chance[k]
        tops, bottoms, moves = (_behind(level, rows) for rows in (high, low, moved))
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
    n, width = level.members, level.live.shape[1]
    swing = np.zeros((level.size, moves.shape[-1]))
    for one in range(width):
        for other in range(one):
            both = (level.open[:, one] & level.open[:, other])[:, None]
            own = moves[:, one] + moves[:, other]
            if n:
                most = np.maximum.reduceat(own[:n], level.starts, axis=0)
                up, down = tops[level.mover, :n], bottoms[level.mover, :n]
                largest = np.maximum.reduceat(up[:, one] - down[:, other], level.starts, axis=0)
                least = np.minimum.reduceat(down[:, one] - up[:, other], level.starts, axis=0)
                own = np.concatenate([(most + largest - least)[level.label], own[n:]])
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
        if not level.members:
            continue
        spread = np.zeros((len(level.starts), problem.games))
        for j, moves in enumerate(trail):
            swing = swings[j]
            if swing is not None:
                spread = spread + _apart(tree, level, j, moves[: level.members], swing)
        worst = np.maximum(worst, spread.max(axis=0) / 4)
    return worst


def _apart(tree: Layout, level: Level, j: int, moves: np.ndarray, swing: np.ndarray) -> np.ndarray:
    """How far the logs of the choices made at level j on the way to a set's members can move apart: [set, game]."""
    earlier = tree.levels[j]
    node, move = np.divmod(moves, earlier.live.shape[1])
    label = np.concatenate([earlier.label, len(earlier.starts) + np.arange(earlier.size - earlier.members)])
    where, way = label[node], label[node] * earlier.live.shape[1] + move
    rows = swing[node]
    first = np.maximum.reduceat(rows, level.starts, axis=0)
    same_place = np.minimum.reduceat(where, level.starts) == np.maximum.reduceat(where, level.starts)
    same_way = np.minimum.reduceat(way, level.starts) == np.maximum.reduceat(way, level.starts)
    # From one place the logs of two moves part by one swing, from two places by both of theirs.
    factor = np.where(same_way, 0, np.where(same_place, 1, 2))
    return factor[:, None] * first
