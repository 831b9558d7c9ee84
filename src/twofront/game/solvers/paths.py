"""Follow the principal branch of logit equilibria from precision 0, where the base weights are the only answer.

First by steps in the precision (Euler predictor, Newton corrector); a game whose steps get small, or whose determinant
changes its sign, has met a fold and goes on by arc length (Turocy 2005, Games and Economic Behavior 51). Every game of
the batch has its own step; finished ones leave the batch.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from twofront.game.solvers.replies import (
    Problem,
    full_slope,
    orientation,
    reply,
    slope,
    solve_blocks,
)

CLOSE = 1e-12  # residual of the final answer, relative to 1 + precision
NEAR = 1e-5  # residual on the way
FIRST = 2.0  # precision × range of the first step
CORRECTION = 0.6  # largest Newton correction after a step, in log odds
EASY = 0.15  # a smaller correction lets the next step be longer
FINE = 0.05  # largest second correction, which bounds the error that is left
SHRINK = 0.3  # Newton's second correction must be this much smaller than its first
SHORTEST = 2e-3  # shortest step in precision × range; below, it is a fold
STEPS, ARC_STEPS, CORRECTORS, ROUNDS = 200, 1500, 4, 6


@dataclass
class Trace:
    """Where each game stands on its branch. Changed in place by the drivers.

    unknowns: [unknown, game]. share: [game], of the precision; 1 is the end. arrived: followed to the end.
    method: 2 by steps, 3 by arc length (codes of Method). folded: the branch turned back somewhere. steps: taken.
    """

    unknowns: Float[np.ndarray, "unknown game"]
    share: Float[np.ndarray, " game"]
    arrived: Bool[np.ndarray, " game"]
    method: Int[np.ndarray, " game"]
    folded: Bool[np.ndarray, " game"]
    steps: Int[np.ndarray, " game"]


def start(problem: Problem) -> Trace:
    """At precision 0: the log odds of the base weights."""
    games = problem.games
    nothing = np.zeros(games)
    unknowns = reply(problem, nothing, np.zeros((problem.layout.unknowns, games))).reply
    flags = np.zeros(games, bool)
    return Trace(unknowns, nothing, flags.copy(), np.full(games, 2), flags.copy(), np.zeros(games, int))


def _linear(problem: Problem, share: np.ndarray, unknowns: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Residual [game, unknown], its derivative by the unknowns [game, unknown, unknown] and by the share."""
    at = slope(problem, share, unknowns, reply(problem, share, unknowns))
    assert at.slope is not None
    assert at.pace is not None
    return at.residual.T, full_slope(problem.layout, at.slope), at.pace.T


def _solve(problem: Problem, matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Newton's linear equations; a singular matrix gives NaN for its game only: [game, unknown]."""
    try:
        return solve_blocks(problem.layout, matrix, right[..., None])[..., 0]
    except np.linalg.LinAlgError:
        return np.concatenate([_solve_one(problem, matrix[g : g + 1], right[g : g + 1]) for g in range(len(matrix))])


def _solve_one(problem: Problem, matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    try:
        return solve_blocks(problem.layout, matrix, right[..., None])[..., 0]
    except np.linalg.LinAlgError:
        return np.full_like(right, np.nan)


def _size(rows: np.ndarray) -> np.ndarray:
    """Largest absolute entry of each game, infinity where it is NaN: [game]."""
    size = abs(rows).max(axis=-1, initial=0)
    return np.where(np.isnan(size), np.inf, size)


def polish(problem: Problem, share: np.ndarray, unknowns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Newton steps at a given share, the best point kept; log odds [unknown, game] and their residual [game]."""
    best, least = unknowns.copy(), np.full(problem.games, np.inf)
    left = np.arange(problem.games)
    for _ in range(ROUNDS):
        some = problem.take(left)
        residual, matrix, _ = _linear(some, share[left], unknowns)
        for _ in range(3):  # one slope serves some steps
            size = _size(residual)
            better = size < least[left]
            best[:, left[better]], least[left[better]] = unknowns[:, better], size[better]
            step = _solve(problem, matrix, residual)
            unknowns = unknowns - np.where(np.isfinite(step), step, 0).T
            residual = reply(some, share[left], unknowns).residual.T
        size = _size(residual)
        better = size < least[left]
        best[:, left[better]], least[left[better]] = unknowns[:, better], size[better]
        more = better & (size > CLOSE * (1 + problem.precision.max(axis=0)[left]))
        left, unknowns = left[more], unknowns[:, more]
        if not len(left):
            break
    return best, least


def follow(problem: Problem, enough: float = np.inf) -> Trace:
    """The principal branch of every game, by steps and, where that does not get through, by arc length.

    enough: precision × range at which a game may stop before the end.
    """
    trace = start(problem)
    by_steps(problem, trace)
    reach = problem.precision.max(axis=0)
    left = np.flatnonzero(~trace.arrived & (trace.share * reach < enough))
    if len(left):
        by_arc(problem, trace, left)
        left = left[~trace.arrived[left] & (trace.share * reach < enough)[left]]
    if len(left):  # a fold met too closely: the whole way by arc length
        trace.unknowns[:, left], trace.share[left] = start(problem.take(left)).unknowns, 0
        by_arc(problem, trace, left)
    return trace


def by_steps(problem: Problem, trace: Trace) -> None:
    """Steps in the precision as long as the determinant stays positive and steps need not get short."""
    scale = np.maximum(problem.precision.max(axis=0), 1e-300)
    step = np.minimum(FIRST / scale, 1)
    pace = _direction(problem, trace.share, trace.unknowns)
    active = np.arange(problem.games)
    for _ in range(STEPS):
        if not len(active):
            return
        some, share = problem.take(active), trace.share[active]
        ahead = np.minimum(share + step[active], 1)
        guess = trace.unknowns[:, active] + (ahead - share) * pace[:, active]
        good, reached, speed, quick = _correct(some, ahead, guess)
        trace.steps[active] += 1
        won = active[good]
        trace.unknowns[:, won], trace.share[won], pace[:, won] = reached[:, good], ahead[good], speed[:, good]
        step[active] *= np.where(good, np.where(quick, 2.5, 1.3), 0.4)
        trace.arrived[won] = trace.share[won] >= 1
        active = active[~trace.arrived[active] & (step[active] * scale[active] >= SHORTEST)]


def _direction(problem: Problem, share: np.ndarray, unknowns: np.ndarray) -> np.ndarray:
    """How the answer moves with the share of the precision: [unknown, game]."""
    _, matrix, pace = _linear(problem, share, unknowns)
    return -_solve(problem, matrix, pace).T


def _correct(
    problem: Problem, share: np.ndarray, unknowns: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Two Newton steps with one slope: whether they lead to the branch at hand, where to, its pace, if it was easy."""
    residual, matrix, pace = _linear(problem, share, unknowns)
    first = _solve(problem, matrix, residual)
    unknowns = unknowns - np.where(np.isfinite(first), first, 0).T
    residual = reply(problem, share, unknowns).residual.T
    both = np.stack([residual, pace], axis=-1)
    try:
        moved = solve_blocks(problem.layout, matrix, both)
    except np.linalg.LinAlgError:
        moved = np.stack([_solve(problem, matrix, residual), _solve(problem, matrix, pace)], axis=-1)
    second, speed = moved[..., 0], -moved[..., 1]
    unknowns = unknowns - np.where(np.isfinite(second), second, 0).T
    one, two = _size(first), _size(second)
    good = (one <= CORRECTION) & ((two <= SHRINK * one) | (two < NEAR)) & (two < FINE)
    good &= _size(reply(problem, share, unknowns).residual.T) < FINE
    good &= (orientation(problem.layout, matrix) > 0) & np.isfinite(speed).all(axis=1)
    return good, unknowns, speed.T, one < EASY


def _tangent(matrix: np.ndarray, pace: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Unit tangent of each branch in log odds and (scaled) share, in the direction of the one before."""
    rows = np.concatenate([matrix, pace[..., None]], axis=-1)
    bordered = np.concatenate([rows, before[:, None]], axis=1)
    right = np.zeros((len(matrix), before.shape[1], 1))
    right[:, -1] = 1
    tangent = _solve_any(bordered, right)[..., 0]
    unit: np.ndarray = tangent / np.linalg.norm(tangent, axis=1, keepdims=True)
    return unit


def _solve_any(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Linear equations game by game where one of them is singular, whose answer is NaN."""
    try:
        return np.linalg.solve(matrix, right)
    except np.linalg.LinAlgError:
        found = np.full_like(right, np.nan)
        for g in range(len(matrix)):
            try:
                found[g] = np.linalg.solve(matrix[g], right[g])
            except np.linalg.LinAlgError:
                continue
        return found


def by_arc(problem: Problem, trace: Trace, games: np.ndarray) -> None:
    """Follows some games by arc length from where they stand; the share may turn back at folds."""
    scale = np.maximum(problem.precision.max(axis=0), 1e-300)
    tangent = np.zeros((problem.games, trace.unknowns.shape[0] + 1))
    some = problem.take(games)
    trace.unknowns[:, games], _ = polish(some, trace.share[games], trace.unknowns[:, games])
    _, matrix, pace = _linear(some, trace.share[games], trace.unknowns[:, games])
    tangent[games, -1] = orientation(problem.layout, matrix)
    tangent[games] = _tangent(matrix, pace / scale[games, None], tangent[games])
    trace.method[games] = 3
    step = np.full(problem.games, 0.05)
    active = games
    for _ in range(ARC_STEPS):
        if not len(active):
            return
        some, width = problem.take(active), scale[active]
        place = np.concatenate([trace.unknowns[:, active].T, (trace.share[active] * width)[:, None]], axis=1)
        along = tangent[active]
        # Beyond the end is far enough: the last step is cut there.
        cut = np.where(along[:, -1] > 0, (width - place[:, -1]) / np.where(along[:, -1] > 0, along[:, -1], 1), np.inf)
        length = np.minimum(step[active], np.where(cut > 0, cut, np.inf))
        last = length == cut
        good, point, turned, quick = _arc_step(some, width, place + length[:, None] * along, along, length, last)
        won = active[good]
        trace.steps[active] += 1
        trace.unknowns[:, won], trace.share[won] = point[good, :-1].T, point[good, -1] / width[good]
        tangent[won] = turned[good]
        trace.folded[won] |= turned[good, -1] < 0
        step[active] = np.where(good, np.where(quick, 2.0, 1.2), 0.4) * np.where(good & last, step[active], length)
        ended = good & last
        trace.arrived[active[ended]] = True
        trace.share[active[ended]] = 1
        active = active[~ended & (step[active] > 1e-9) & (trace.share[active] >= 0)]


def _arc_step(
    problem: Problem, scale: np.ndarray, point: np.ndarray, along: np.ndarray, length: np.ndarray, last: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Newton back to the branch, across the tangent (a last step: at its share); accepted, point, tangent, easy.

    A point far from the guess, in relation to the step, may lie on another branch: it is not accepted.
    """
    fixed = np.zeros_like(along)
    fixed[:, -1] = 1
    across = np.where(last[:, None], fixed, along)[:, None]
    right, guess = np.zeros((*point.shape, 1)), point
    for _ in range(CORRECTORS):
        residual, matrix, pace = _linear(problem, point[:, -1] / scale, point[:, :-1].T)
        right[:, :-1, 0] = residual
        bordered = np.concatenate([matrix, (pace / scale[:, None])[..., None]], axis=-1)
        shift = _solve_any(np.concatenate([bordered, across], axis=1), right)[..., 0]
        shift[~np.isfinite(shift)] = 0
        point = point - shift
        if (abs(shift[:, :-1]) < 1e-3 * NEAR).all():
            break
    # The last correction is small where the step is accepted, so the slope before it serves for the tangent as well.
    turned = _tangent(matrix, pace / scale[:, None], along)
    left = _size(reply(problem, point[:, -1] / scale, point[:, :-1].T).residual.T)
    far = np.maximum(_size((point - guess)[:, :-1]), abs(point - guess)[:, -1] / (1 + abs(guess[:, -1])))
    agree = (turned * along).sum(axis=1)
    good = (
        (far <= np.minimum(CORRECTION, length / 2 + NEAR)) & (left < np.maximum(NEAR, 1e-14 * scale**2)) & (agree > 0.8)
    )
    # Along one branch the share and the determinant change their signs together (both are positive at precision 0).
    good &= np.isfinite(turned).all(axis=1) & (turned[:, -1] * orientation(problem.layout, matrix) >= 0)
    return good, point, turned, (far < np.minimum(EASY, length / 10)) & (agree > 0.95)
