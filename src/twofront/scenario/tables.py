"""Inverse distribution functions as tables, in float64: the shapes that a quantity can have.

SciPy computes 4097 points once; draws are interpolated between them. The points lie close together at both ends,
where the inverse bends most: u_k = (1 - cos(pi k / 4096)) / 2.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

POINTS = 4097
NODES: Floats = (1.0 - np.cos(np.pi * np.arange(POINTS) / (POINTS - 1))) / 2.0
NODES.flags.writeable = False
_OPEN_END = 1e-9  # an unbounded tail is cut where a billion draws would hold one


def pert(u: Floats, low: float, mode: float, high: float) -> Floats:
    """Draws of the PERT distribution: beta with mean (low + 4 mode + high)/6 (Malcolm et al. 1959)."""
    width = high - low
    table = _beta_table(1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width)
    return np.clip(low + width * np.interp(u, NODES, table), low, high)


def normal(u: Floats, mean: float, sd: float, low: float | None, high: float | None) -> Floats:
    """Draws of the normal distribution cut off at `low` and `high` (None: open)."""
    start = -np.inf if low is None else (low - mean) / sd
    stop = np.inf if high is None else (high - mean) / sd
    drawn = mean + sd * np.interp(u, NODES, _normal_table(start, stop))
    return np.clip(drawn, -np.inf if low is None else low, np.inf if high is None else high)


def choice(u: Floats, values: Floats, probabilities: Floats) -> Floats:
    """Draws of one of the values, in their order."""
    steps = np.cumsum(probabilities)[:-1]
    return values[np.searchsorted(steps, u, side="right")]


@lru_cache(maxsize=1024)
def _beta_table(a: float, b: float) -> Floats:
    from scipy.special import betaincinv  # here, so that reading a scenario loads no SciPy

    table: Floats = np.maximum.accumulate(betaincinv(a, b, NODES))
    table.flags.writeable = False
    return table


@lru_cache(maxsize=1024)
def _normal_table(start: float, stop: float) -> Floats:
    from scipy.stats import truncnorm

    inner = NODES.copy()
    inner[0] = _OPEN_END if np.isinf(start) else 0.0
    inner[-1] = 1 - _OPEN_END if np.isinf(stop) else 1.0
    table: Floats = np.maximum.accumulate(truncnorm.ppf(np.sort(inner), start, stop))
    table.flags.writeable = False
    return table
