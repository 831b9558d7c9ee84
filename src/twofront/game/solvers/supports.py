"""Is a move a best reply to some belief? Beliefs over the nodes of an information set, found without and with LPs."""

from itertools import combinations

import numpy as np
from jaxtyping import Bool, Float, Int

SLACK = 1e-11  # payoffs have a range of 1: differences below this are none


def support(
    own: Float[np.ndarray, "member move row"], chosen: Int[np.ndarray, " row"]
) -> tuple[Bool[np.ndarray, " row"], Float[np.ndarray, "member row"]]:
    """Whether the chosen move is best at some belief, and such a belief; −∞ stands for a move that is not legal.

    First the nodes at which it is best anyway, then mixtures of two nodes, then a linear programme.
    """
    rows = np.arange(own.shape[2])
    lead = own[:, chosen, rows][:, None] - own
    lead = np.where(np.isfinite(lead), lead, 1.0)
    best = np.all(lead >= -SLACK, axis=1)
    found = np.asarray(np.any(best, axis=0))
    belief = best / np.maximum(best.sum(axis=0), 1)
    open_rows = np.flatnonzero(~found & ~(lead.max(axis=0) < -SLACK).any(axis=0))
    if len(open_rows):
        found[open_rows], belief[:, open_rows] = _two(lead[..., open_rows])
    if own.shape[0] > 2 and own.shape[1] > 2:
        rest = open_rows[~found[open_rows]]
        if not len(rest):
            return found, belief
        # Rows that differ elsewhere in the game ask the same question here: each is answered once.
        kinds, kind = np.unique(lead[..., rest].reshape(-1, len(rest)), axis=1, return_inverse=True)
        for number in range(kinds.shape[1]):
            same = rest[kind.ravel() == number]
            found[same], answer = _programme(lead[..., same[0]])
            belief[:, same] = answer[:, None]
    return found, belief


def _two(lead: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mixtures t of one node and 1 − t of another at which no other move is better."""
    members, _, rows = lead.shape
    found, belief = np.zeros(rows, bool), np.zeros((members, rows))
    for one, other in combinations(range(members), 2):
        left = np.flatnonzero(~found)
        if not len(left):
            break
        up, down = lead[one][:, left], lead[other][:, left]
        rise = up - down
        with np.errstate(divide="ignore", invalid="ignore"):
            cross = -down / rise
        low = np.where(rise > 0, cross, 0).max(axis=0)
        high = np.where(rise < 0, cross, 1).min(axis=0)
        flat = ((abs(rise) <= SLACK) & (down < -SLACK)).any(axis=0)
        share = np.clip((low + high) / 2, 0, 1)
        works = ~flat & ((share * up + (1 - share) * down) >= -SLACK).all(axis=0)
        won = left[works]
        found[won], belief[one, won], belief[other, won] = True, share[works], 1 - share[works]
    return found, belief


def _programme(lead: np.ndarray) -> tuple[bool, np.ndarray]:
    """The belief that makes the smallest lead largest, by linear programming."""
    from scipy.optimize import linprog

    members, moves = lead.shape
    rows = np.concatenate([-lead.T, np.ones((moves, 1))], axis=1)
    answer = linprog(
        np.concatenate([np.zeros(members), [-1.0]]),
        A_ub=rows,
        b_ub=np.zeros(moves),
        A_eq=np.concatenate([np.ones(members), [0.0]])[None],
        b_eq=[1.0],
        bounds=[(0, 1)] * members + [(None, None)],
    )
    if answer.x is None:
        return False, np.zeros(members)
    belief = np.clip(answer.x[:members], 0, 1)
    belief = belief / belief.sum()
    return bool((belief @ lead >= -10 * SLACK).all()), belief
