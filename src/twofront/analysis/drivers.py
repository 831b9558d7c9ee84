"""What moves an outcome: the share of its rank variance that one figure alone explains, over the drawn
worlds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from twofront.analysis.outcomes import BASELINE, Values, sound, values_of
from twofront.store import Run

BINS = 16
GROUPS = 20  # of worlds, each left out once for the interval
FEWEST = 8 * BINS  # worlds; with fewer a bin says nothing


@dataclass(frozen=True)
class Driver:
    """How much one figure moves an outcome.

    `measure` (0 to 1) is the share of the outcome's rank variance explained by the figure alone, `low` and
    `high` its 90 % interval; `direction` is Spearman's rank correlation (−1 to 1); near 0 beside a large
    measure, the figure matters without a direction. `sourced`: it rests on a claim, not on judgement.
    """

    path: str
    measure: float
    low: float
    high: float
    direction: float
    sourced: bool


def drivers(run: Run, outcome: str = "two_fronts", policy: str = BASELINE) -> list[Driver]:
    """Ranks the uncertain figures by how much each moves an outcome, strongest first.

    The measure is the correlation ratio of ranks (Pearson 1905; a first-order index, Saltelli et al. 2008, of
    the rank-transformed outcome): worlds are cut into 16 equally filled bins of the figure, and the variance
    of the bins' means is compared with the whole, corrected for the number of bins. Its interval is a
    delete-a-group jackknife over 20 groups of worlds. Figures that do not vary are left out; an outcome
    without variance, or fewer than 128 worlds, gives an empty list.
    """
    values = values_of(run, outcome, policy)
    defined = np.isfinite(values)
    values = values[defined]
    if values.size < FEWEST or np.ptp(values) == 0:
        return []
    paths, drawn = _draws(run, defined)
    from scipy.stats import rankdata

    ranked = rankdata(values)
    measure, error = explained(drawn, ranked)
    direction = _correlation(rankdata(drawn, axis=1), ranked)
    known = run.quantities
    found = [
        Driver(
            path=path,
            measure=float(measure[k]),
            low=float(max(measure[k] - 1.645 * error[k], 0.0)),
            high=float(min(measure[k] + 1.645 * error[k], 1.0)),
            direction=float(direction[k]),
            sourced=bool(known.get(path, {}).get("sourced", False)),
        )
        for k, path in enumerate(paths)
    ]
    return sorted(found, key=lambda driver: (-driver.measure, driver.path))


def explained(drawn: Values, ranked: Values) -> tuple[Values, Values]:
    """The correlation ratio of `ranked` [world] on each row of `drawn` [scalar, world], and its standard
    error."""
    rows, worlds = drawn.shape
    # At random: every k-th Sobol point lies in a part of the space of its own.
    group = np.random.default_rng(0).permutation(worlds) % GROUPS
    cell = (np.arange(rows)[:, None] * BINS + _bins(drawn)) * GROUPS + group
    size = rows * BINS * GROUPS
    centred = ranked - ranked.mean()
    shape = (rows, BINS, GROUPS)
    counts = np.bincount(cell.ravel(), minlength=size).reshape(shape)
    sums = np.bincount(cell.ravel(), np.tile(centred, rows), size).reshape(shape)
    squares = np.bincount(group, centred**2, GROUPS)
    whole = _ratio(counts.sum(2), sums.sum(2), squares.sum())
    # Leaving one group out is the total less that group: no second pass over the worlds.
    others = np.stack(
        [
            _ratio(counts.sum(2) - counts[:, :, g], sums.sum(2) - sums[:, :, g], squares.sum() - squares[g])
            for g in range(GROUPS)
        ]
    )
    spread = ((others - others.mean(axis=0)) ** 2).sum(axis=0)
    return whole, np.sqrt((GROUPS - 1) / GROUPS * spread)


def _ratio(counts: Values, sums: Values, square: float) -> Values:
    """Variance of bin means over the whole variance, less what as many bins would explain by chance; at least
    0."""
    worlds = counts.sum(axis=1)
    total = sums.sum(axis=1)
    filled = counts > 0
    between = np.where(filled, sums**2 / np.where(filled, counts, 1), 0.0).sum(axis=1) - total**2 / worlds
    share = between / (square - total**2 / worlds)
    corrected = 1 - (1 - share) * (worlds - 1) / (worlds - filled.sum(axis=1))
    clipped: Values = np.clip(corrected, 0.0, 1.0)
    return clipped


def _bins(drawn: Values) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Bin of each value, [scalar, world]: equally filled, equal values always in the same one."""
    from scipy.stats import rankdata

    # The rank of the last of equal values: a figure with few labels gets one bin for each, or nearly so.
    last = rankdata(drawn, method="max", axis=1)
    bins: np.ndarray[Any, np.dtype[np.int64]] = ((last - 1) * BINS // drawn.shape[1]).astype(np.int64)
    return bins


def _correlation(ranks: Values, ranked: Values) -> Values:
    """Pearson's correlation of each row with `ranked`."""
    rows = ranks - ranks.mean(axis=1, keepdims=True)
    other = ranked - ranked.mean()
    found: Values = rows @ other / np.sqrt((rows**2).sum(axis=1) * (other**2).sum())
    return found


def _draws(run: Run, defined: np.ndarray[Any, np.dtype[np.bool_]]) -> tuple[list[str], Values]:
    """Drawn figures that vary, [scalar, world], in the worlds that count."""
    table = run.table("draws")
    kept = np.flatnonzero(sound(run))[defined]
    paths = [name for name in table.column_names if name != "world"]
    drawn = np.array([np.asarray(table.column(p).to_numpy(), dtype=np.float64)[kept] for p in paths])
    drawn = drawn.reshape(len(paths), len(kept))
    varies = np.ptp(drawn, axis=1) > 0
    return [path for path, moves in zip(paths, varies, strict=True) if moves], drawn[varies]
