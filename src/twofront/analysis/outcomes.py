"""Outcomes over worlds: the spread of one figure, the propositions of the argument, the level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from twofront.store import Run

BASELINE = "baseline"
ANSWERS = ("calls", "accepted", "half", "refused", "unasked", "unasked_half")
PARTS = ("coincident", "opportunistic", "coordinated", "deterred")
LEVEL = 0.1  # "share of worlds above 10 %"
RANKS = np.array([0.05, 0.5, 0.95])
FEWEST = 4  # worlds in a replicate

Values = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Spread:
    """A figure over worlds, in the figure's unit: median, 5 % and 95 % of worlds, mean, and how many worlds
    it has; Monte-Carlo standard errors of all four, None where the run has no replicates to tell."""

    median: float
    low: float
    high: float
    mean: float
    worlds: int
    median_error: float | None = None
    mean_error: float | None = None
    low_error: float | None = None
    high_error: float | None = None


@dataclass(frozen=True)
class Headline:
    """The level of a run, baseline only: conditional on its scenario, never a forecast.

    `level` is the main outcome: two fronts, or the only front opened; `above` the share of worlds (0 to 1) in which it
    exceeds 10 %, with its standard error. The means of the parts coincident, opportunistic and coordinated, less
    deterred, add up to that of two fronts. `opened` and `first` are keyed by front.
    """

    end: int
    worlds: int
    flagged: int
    level: Spread
    above: float
    above_error: float | None
    parts: dict[str, Spread]
    opened: dict[str, Spread]
    first: dict[str, Spread]
    error_share: Spread
    escalation: Spread


@dataclass(frozen=True)
class Argument:
    """The propositions of the argument under one policy, as probabilities.

    `effect` is what the call adds: accepted − unasked, paired by world (nodes have the same weights, so it is
    no selection).
    """

    calls: Spread
    accepted: Spread
    half: Spread
    refused: Spread
    unasked: Spread
    unasked_half: Spread
    effect: Spread


def summary(values: Any, weights: Any = None, replicates: Any = None) -> Spread:
    """Summarises one value for each world, leaving out what is not finite.

    Arguments: `values` [world]; `weights` [world] >= 0 (default: all equal); `replicates` [world] the replicate that
    each world belongs to, for the errors (`replicates_of`). Without worlds every figure is NaN. Quantiles interpolate
    linearly between order statistics (type 7 of Hyndman and Fan 1996, and its weighted form).
    """
    given = np.asarray(values, dtype=np.float64)
    weight = None if weights is None else np.asarray(weights, dtype=np.float64)
    kept = np.isfinite(given) if weight is None else np.isfinite(given) & (weight > 0)
    if not kept.all():
        given, weight = given[kept], None if weight is None else weight[kept]
        replicates = None if replicates is None else np.asarray(replicates)[kept]
    if not given.size:
        return Spread(np.nan, np.nan, np.nan, np.nan, 0)
    low, median, high = _quantiles(given, weight, RANKS)
    errors = _errors(given, weight, replicates)
    return Spread(median, low, high, float(np.average(given, weights=weight)), given.size, *errors)


def _errors(values: Values, weights: Values | None, replicates: np.ndarray[Any, Any] | None) -> tuple[float, ...]:
    """Standard errors of median, mean, 5 % and 95 %: the spread between replicates over the root of their number.

    A replicate with fewer than FEWEST worlds tells too little; then no error is given.
    """
    if replicates is None or len(counts := np.unique(replicates, return_counts=True)[1]) < 2 or counts.min() < FEWEST:
        return ()
    order, ends = np.argsort(replicates, kind="stable"), np.cumsum(counts)[:-1]
    parts = np.split(values[order], ends)
    shares = [None] * len(parts) if weights is None else np.split(weights[order], ends)
    rows = []
    for part, share in zip(parts, shares, strict=True):
        low, median, high = _quantiles(part, share, RANKS)
        rows.append((median, float(np.average(part, weights=share)), low, high))
    return tuple(float(error) for error in np.std(rows, axis=0, ddof=1) / np.sqrt(len(rows)))


def replicates_of(run: Run) -> np.ndarray[Any, np.dtype[np.int16]] | None:
    """The replicate of each sound world, [world]; None for a run that was drawn without."""
    count = run.manifest.get("draws", {}).get("replicates")
    return None if count is None else (np.flatnonzero(sound(run)) % int(count)).astype(np.int16)


def share_error(met: np.ndarray[Any, np.dtype[np.bool_]], replicates: np.ndarray[Any, Any] | None) -> float | None:
    """Standard error of a share of worlds."""
    return summary(met, replicates=replicates).mean_error


@lru_cache(maxsize=4)
def sound(run: Run) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which worlds headlines may use, [world]: flagged under no policy."""
    table = run.table("worlds", ["flagged"])
    flagged = np.asarray(table.column("flagged").to_numpy(), dtype=bool)
    by_policy = flagged.reshape(len(run.policies), -1)
    kept = np.asarray(~by_policy.any(axis=0))
    kept.flags.writeable = False  # all callers share it
    return kept


def values_of(run: Run, name: str, policy: str = BASELINE) -> Values:
    """One outcome under one policy in the sound worlds, [world]; NaN where its condition never occurs.

    Errors: RunError for an unknown outcome or policy.
    """
    column = run.table("worlds", [name], policy).column(name)
    values: Values = np.asarray(column.to_numpy(), dtype=np.float64)[sound(run)]
    return values


def main_outcome(fronts: Sequence[str]) -> str:
    """What a run with these fronts is about: two fronts, or that the only one is opened."""
    return "two_fronts" if len(fronts) > 1 else f"opened.{fronts[0]}"


def headline(run: Run) -> Headline:
    """The level: how often two fronts open (or the only one), how, and how much of it rests on errors."""
    known = set(run.names("worlds"))
    fronts = list(run.manifest["labels"]["fronts"])
    usable = sound(run)
    wanted = [name for name in known if name in (*PARTS, "two_fronts", "error_share", "escalation") or "." in name]
    frame = run.to_pandas("worlds", wanted, BASELINE)
    frame = frame if usable.all() else frame[usable]
    replicates = replicates_of(run)

    def spread(name: str) -> Spread:
        return summary(frame[name], replicates=replicates)

    def spreads(names: dict[str, str]) -> dict[str, Spread]:
        return {key: spread(name) for key, name in names.items() if name in known}

    above = np.asarray(frame[main_outcome(fronts)] > LEVEL)

    return Headline(
        end=int(run.manifest["end"]),
        worlds=len(usable),
        flagged=int((~usable).sum()),
        level=spread(main_outcome(fronts)),
        above=float(above.mean()) if len(frame) else np.nan,
        above_error=share_error(above, replicates),
        parts=spreads({part: part for part in PARTS}),
        opened=spreads({front: f"opened.{front}" for front in fronts}),
        first=spreads({front: f"first.{front}" for front in fronts}),
        error_share=spread("error_share"),
        escalation=spread("escalation"),
    )


def argument(run: Run, policy: str = BASELINE) -> Argument | None:
    """The propositions under one policy; None where the scenario has no partnership."""
    if run.manifest["labels"].get("partnership") is None:
        return None
    frame = run.to_pandas("worlds", list(ANSWERS), policy)[sound(run)].astype("float64")
    replicates = replicates_of(run)
    spreads = {name: summary(frame[name], replicates=replicates) for name in ANSWERS}
    return Argument(**spreads, effect=summary(frame["accepted"] - frame["unasked"], replicates=replicates))


def _quantiles(values: Values, weights: Values | None, ranks: Values) -> list[float]:
    """Weighted quantiles; with equal weights those of numpy.quantile."""
    if weights is None or values.size == 1:
        return [float(x) for x in np.quantile(values, ranks)]
    order = np.argsort(values, kind="stable")
    values, weights = values[order], weights[order]
    before = np.cumsum(weights) - weights
    place = np.arange(values.size) * weights + (values.size - 1) * before
    return [float(x) for x in np.interp(ranks, place / place[-1], values)]
