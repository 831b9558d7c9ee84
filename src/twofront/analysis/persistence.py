"""Where defence shares go if the future resembles the past: draws of later shares, and odds of reaching a target.

A pace is the yearly change of a country's share of GDP (points) over a block of years. A future keeps one pace of the
past, half of them the country's own and half of all allies, up or down alike, and each year lies a year's pace beside
its path. In rolling tests since 2014 the direction before said nothing about the direction after, while the paces gave
intervals that held (docs/backtests.md). What is not known about the pace, which allies and which years are typical, is
varied by resampling allies and by starting the past in different years.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twofront import reference

Shares = Mapping[int, float]  # year -> % of GDP
Floats = NDArray[np.float64]

BLOCK = 3  # years that a pace is kept
STARTS = (1980, 1999, 2014)  # where the past may begin: before the end of the Cold War, after it, the first pledge
OWN = 0.5  # weight of the country's own past
REPLICATES, DRAWS = 60, 250
ANCHORS = "anchors"  # the history is the package's own anchor years
LEAST_PACES = 2  # own paces below which only the pool speaks


@dataclass(frozen=True)
class Odds:
    """A probability with its interval (5 to 95 % over resampled pasts)."""

    central: float
    low: float
    high: float


def histories(codes: Sequence[str], last: int | None = None) -> tuple[dict[str, dict[int, float]], str]:
    """Shares of GDP by country and year, and where they come from.

    The newest SIPRI edition that the user has added gives every year (its name is the source); without one, the
    anchors of the package (`ANCHORS`).
    `last` drops later years (for tests of the past).
    """
    edition = reference.newest("SIPRI")
    if edition is not None:
        full = reference.series(edition, "share")
        found = {c: {y: v for y, (v, _) in full.get(c, {}).items() if y >= min(STARTS)} for c in codes}
        source = edition.name
    else:
        found = {c: {} for c in codes}
        for (code, year), row in reference.spendings().items():
            if code in found and row.share is not None:
                found[code][year] = row.share
        source = ANCHORS
    if last is not None:
        found = {c: {y: v for y, v in rows.items() if y <= last} for c, rows in found.items()}
    return found, source


def paces(shares: Shares, start: int) -> tuple[Floats, Floats]:
    """(points a year, weight in years) of the blocks since `start`; anchors farther apart than a block are one."""
    years = [y for y in sorted(shares) if y >= start]
    found = []
    for k, first in enumerate(years[:-1]):
        later = [y for y in years[k + 1 :] if y - first <= BLOCK] or [years[k + 1]]
        span = later[-1] - first
        found.append(((shares[later[-1]] - shares[first]) / span, float(span)))
    pairs = np.asarray(found, dtype=np.float64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def futures(
    past: Mapping[str, Shares],
    today: Mapping[str, float],
    horizon: Sequence[int],
    *,
    replicates: int = REPLICATES,
    draws: int = DRAWS,
    starts: Sequence[int] = STARTS,
    revision: Mapping[str, float] | None = None,
    seed: int = 0,
) -> dict[str, Floats]:
    """Draws of each country's share (% GDP) so many years ahead: [replicate, draw, horizon].

    `past` holds the countries whose paces are pooled; `today` the share to start from; `horizon` years ahead,
    rising. A replicate is one view of the past: a start year and a resample of the countries. `revision` is the
    standard deviation (log) by which a country's figure of today may still be revised; none is certain.
    """
    random = np.random.default_rng(seed)
    codes = [c for c in past if len(past[c]) >= 2 and any(past[c].values())]
    by_start = {start: {c: paces(past[c], start) for c in codes} for start in starts}
    ahead = np.asarray(horizon, dtype=np.float64)
    found = {code: np.empty((replicates, draws, len(horizon))) for code in today}
    for k in range(replicates):
        known = by_start[starts[k % len(starts)]]
        picked = random.choice(codes, size=len(codes))
        pool = np.concatenate([known[c][0] for c in picked])
        mass = np.concatenate([known[c][1] for c in picked])
        shared = _draw(random, pool, mass, draws)
        mine = random.random(draws) < OWN
        shock = _draw(random, pool, mass, (draws, len(ahead))) * random.choice((-1.0, 1.0), size=(draws, len(ahead)))
        way = random.choice((-1.0, 1.0), size=draws)  # the same for all: allies' shares moved together
        for code, share in today.items():
            pace = shared
            own, own_mass = known.get(code, (np.empty(0), np.empty(0)))
            if len(own) >= LEAST_PACES:
                pace = np.where(mine, _draw(random, own, own_mass, draws), shared)
            start = share * np.exp((revision or {}).get(code, 0.0) * random.standard_normal(draws))[:, None]
            found[code][k] = np.maximum(start + (way * np.abs(pace))[:, None] * ahead + shock, 0.0)
    return found


def _draw(random: np.random.Generator, values: Floats, mass: Floats, size: int | tuple[int, int]) -> Floats:
    """A weighted draw with replacement; faster than Generator.choice, which sorts and checks each time."""
    edges = np.cumsum(mass)
    at = np.minimum(np.searchsorted(edges, random.random(size) * edges[-1]), len(values) - 1)
    return np.asarray(values[at])


def odds(draws: Floats, target: float) -> Odds:
    """The odds that draws [replicate, draw] lie at or above a target, with their interval over replicates."""
    shares = (draws >= target - 1e-9).mean(axis=1)
    low, high = np.quantile(shares, (0.05, 0.95))
    return Odds(float(shares.mean()), float(low), float(high))
