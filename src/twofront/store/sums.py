"""Exact sums of yearly outcomes: no order, shard, worker or stop moves a bit of a mean over all worlds.

A figure is cut to a multiple of 2^-50 and summed as two whole numbers, its coarse part in units of 2^-20 and the rest.
Whole numbers add up the same in every order; floating ones do not.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Bool, Int

COARSE, FINE = 2.0**20, 2**30  # exact for figures below 2^32 in size and up to 2^31 worlds

Sums = dict[str, Int[np.ndarray, "3 year"]]  # by outcome: coarse part, fine part, worlds in which it is defined


def sums(years: Mapping[str, np.ndarray], sound: Bool[np.ndarray, " world"]) -> Sums:
    """Sums over the sound worlds of yearly outcomes, name -> [year, world]; what is not finite is not counted."""
    rows = np.stack([np.asarray(values, dtype=np.float64)[:, sound] for values in years.values()])
    defined = np.isfinite(rows)
    scaled = np.where(defined, rows, 0.0) * COARSE
    coarse = np.floor(scaled)
    fine = np.rint((scaled - coarse) * FINE)
    parts = np.stack([part.astype(np.int64).sum(axis=-1) for part in (coarse, fine, defined)], axis=1)
    return dict(zip(years, parts, strict=True))


def add(total: Sums, more: Sums) -> Sums:
    """Both together; `total` may be empty."""
    return {name: total[name] + part if total else part for name, part in more.items()}


def mean(coarse: int, fine: int, count: int) -> float:
    """The mean, rounded once; not a number where nothing was counted."""
    return (coarse * FINE + fine) / (count * int(COARSE) * FINE) if count else float("nan")
