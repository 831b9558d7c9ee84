"""Exact sums of yearly outcomes: no order, shard, worker or stop moves a bit of a mean over all worlds.

A figure is cut to a multiple of 2^-50 and summed as two whole numbers, its coarse part in units of 2^-20 and the rest.
Whole numbers add up the same in every order; floating ones do not.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Bool, Float, Int

COARSE, FINE = 2.0**20, 2**30  # exact for figures below 2^32 in size and up to 2^31 worlds

Sums = dict[str, Int[np.ndarray, "3 year"]]  # by outcome: coarse part, fine part, worlds in which it is defined


def sums(years: Mapping[str, np.ndarray], sound: Bool[np.ndarray, " world"]) -> Sums:
    """Sums over the sound worlds of yearly outcomes, name -> [year, world]; what is not finite is not counted."""
    rows = np.stack(list(years.values())).astype(np.float64)
    if not sound.all():
        rows = rows[..., sound]
    defined = np.isfinite(rows)
    if not defined.all():
        rows[~defined] = 0.0
    rows *= COARSE
    coarse = np.floor(rows)
    rows -= coarse
    rows *= FINE
    fine = np.rint(rows, out=rows)
    parts = np.stack([_summed(coarse), _summed(fine), defined.sum(axis=-1)], axis=1)
    return dict(zip(years, parts, strict=True))


def _summed(whole: Float[np.ndarray, "row year world"]) -> Int[np.ndarray, "row year"]:
    """Sums of whole numbers: as they are where no sum can leave what a double holds exactly, else as integers."""
    exact = np.abs(whole).max(initial=0.0) * max(whole.shape[-1], 1) < 2.0**53
    found: np.ndarray = (whole if exact else whole.astype(np.int64)).sum(axis=-1)
    return found.astype(np.int64)


def add(total: Sums, more: Sums) -> Sums:
    """Both together; `total` may be empty."""
    return {name: total[name] + part if total else part for name, part in more.items()}


def mean(coarse: int, fine: int, count: int) -> float:
    """The mean, rounded once; not a number where nothing was counted."""
    return (coarse * FINE + fine) / (count * int(COARSE) * FINE) if count else float("nan")
