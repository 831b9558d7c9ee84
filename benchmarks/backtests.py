"""How well the world's processes would have done: `python -m benchmarks.backtests`.

Needs the SIPRI file of spring 2026 or later as an added edition (`twofront data add FILE`; the table of revisions
needs the release of 2025 too). Prints spending paths from rolling origins, the ramp of the pledge of 2014 and what
allies kept of it, the perpetual inventory against published capital consumption, what past reactions say about the
arms race, and how far releases revise each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twofront import reference
from twofront.analysis.persistence import futures, histories
from twofront.scenario import load_scenario, scalars

Floats = NDArray[np.float64]
ORIGINS, LAST = range(2014, 2024), 2024
LINE = 5  # years behind a straight line


@dataclass(frozen=True)
class Score:
    """Mean over countries, origins and horizons: CRPS of the draws, absolute errors of the rest (points of GDP)."""

    cases: int
    crps: float
    median: float
    growth: float
    line: float
    held: float
    coverage: float  # share of outcomes inside the 80 % interval


def crps(draws: Floats, outcome: float) -> float:
    """Continuous ranked probability score of a sample, E|X − y| − E|X − X'|/2; of a point it is the absolute error."""
    ordered = np.sort(np.asarray(draws, dtype=np.float64))
    n = ordered.size
    spread = 2 * np.sum((2 * np.arange(1, n + 1) - n - 1) * ordered) / n**2
    return float(np.mean(np.abs(ordered - outcome)) - spread / 2)


def spending_paths(codes: Sequence[str], origins: Sequence[int] = ORIGINS, last: int = LAST) -> dict[int | str, Score]:
    """Scores by horizon and in all: only years up to the origin are known to the forecast."""
    full, _ = histories(codes)
    rows: dict[int | str, list[tuple[float, ...]]] = {"all": []}
    for origin in origins:
        past, _ = histories(codes, last=origin)
        today = {c: past[c][origin] for c in codes if past[c].get(origin)}
        ahead = list(range(1, last - origin + 1))
        drawn = futures(past, today, ahead, starts=(1980, 1999, 2004))
        for code, share in today.items():
            for k, horizon in enumerate(ahead):
                outcome = full[code].get(origin + horizon)
                if outcome is None:
                    continue
                sample = drawn[code][:, :, k].ravel()
                low, high = np.quantile(sample, (0.1, 0.9))
                guesses = (growth(past[code], origin, horizon), line(past[code], origin, horizon), share)
                row = (
                    crps(sample, outcome), abs(float(np.median(sample)) - outcome),
                    *(abs(g - outcome) for g in guesses), float(low <= outcome <= high),
                )  # fmt: skip
                rows["all"].append(row)
                rows.setdefault(horizon, []).append(row)
    return {key: Score(len(found), *np.mean(found, axis=0)) for key, found in rows.items()}


def growth(past: Mapping[int, float], origin: int, horizon: int) -> float:
    """Last year's growth goes on."""
    return past[origin] * (past[origin] / past.get(origin - 1, past[origin])) ** horizon


def line(past: Mapping[int, float], origin: int, horizon: int) -> float:
    """A straight line through the last years goes on."""
    years = [y for y in past if origin - LINE < y <= origin]
    slope, level = np.polyfit(years, [past[y] for y in years], 1)
    return float(level + slope * (origin + horizon))


def kept_of_2014(codes: Sequence[str]) -> dict[str, tuple[float, float]]:
    """What each ally below 2 % in 2014 closed of its gap by 2024 (0 to 1), and the gap (points of GDP)."""
    full, _ = histories(codes)
    starts = {c: full[c][2014] for c in codes if 0 < full[c].get(2014, 0.0) < 2}
    return {c: (min(max((full[c][2024] - s) / (2 - s), 0.0), 1.0), 2 - s) for c, s in starts.items()}


def ramp_of_2014(codes: Sequence[str], draws: int = 4000) -> tuple[Score, tuple[float, float, float]]:
    """The model's own ramp on the pledge of 2014 (2 % by 2024), with the figures of the bundled scenario.

    Returns the score for the allies below 2 %, and 10, 50, 90 % of what the model says they close together.
    """
    full, _ = histories(codes)
    figures = scalars(load_scenario("two-fronts"))
    random = np.random.default_rng(0)
    gaps = {code: gap for code, (_, gap) in kept_of_2014(codes).items()}
    common, shape = (figures[f"commitments.hague.{name}"].ppf(random.random(draws)) for name in ("compliance", "shape"))
    rows, together = [], np.zeros(draws)
    for code, gap in gaps.items():
        start = full[code][2014]
        own = figures[f"commitments.hague.own.{code}"].ppf(random.random(draws))
        kept = np.where(common < 1, common ** np.exp(own), common)
        together += kept * gap / sum(gaps.values())
        for year in range(2015, 2025):
            sample = start + kept * ((year - 2014) / 10) ** shape * gap
            low, high = np.quantile(sample, (0.1, 0.9))
            outcome = full[code][year]
            past = {y: v for y, v in full[code].items() if y <= 2014}
            guesses = (growth(past, 2014, year - 2014), line(past, 2014, year - 2014), start)
            rows.append((
                crps(sample, outcome), abs(float(np.median(sample)) - outcome), *(abs(g - outcome) for g in guesses),
                float(low <= outcome <= high),
            ))  # fmt: skip
    low, middle, high = np.quantile(together, (0.1, 0.5, 0.9))
    return Score(len(rows), *np.mean(rows, axis=0)), (float(low), float(middle), float(high))


def inventory(first: int = 1985, last: int = 2010, draws: int = 4000) -> dict[str, tuple[float, float, float]]:
    """The perpetual inventory of the United States against published figures for 2010 (BEA: 74 of 105 bn USD).

    Returns 5, 50 and 95 % of: consumption over purchases (published 0.70), consumption in bn USD of 2010 if only
    weapons (105 bn of spending) are invested.
    """
    edition = reference.newest("SIPRI")
    assert edition is not None
    spent = reference.series(edition, "constant")["USA"]
    current = reference.series(edition, "current")["USA"]
    random = np.random.default_rng(0)
    ageing = random.triangular(0.06, 0.08, 0.11, draws)
    capital = np.zeros(draws)
    for year in range(first, last):
        capital = (1 - ageing) * capital + spent[year][0]
    consumed = ageing * capital / spent[last][0]  # over purchases; the investment share cancels
    weapons = 105 / current[last][0]
    money = consumed * weapons * current[last][0]
    return {
        "consumption / purchases": _three(consumed),
        "consumption, bn USD2010": _three(money),
    }


def arms_races(draws: int = 4000) -> dict[str, tuple[float, float, float]]:
    """Share of the rival's last rise that a power added, 5, 50, 95 %: differences of spending in effective dollars.

    A block bootstrap over years of the slope of own rises on the rival's rises a year earlier, since 1995, with the
    military price factors of the bundled scenario. Last, all four pairs together in logs: the elasticity of which the
    scenario's ranges are made, times own spending over the rival's.
    """
    edition = reference.newest("SIPRI")
    assert edition is not None
    table = reference.series(edition, "constant")
    price = {"CHN": 1.6, "RUS": 2.2, "USA": 1.0, "EUR": 1.15}
    members = {"CHN": ["CHN"], "RUS": ["RUS"], "USA": ["USA"], "EUR": list(reference.group("europe-canada"))}
    years = list(range(1995, 2026))
    level = {
        k: price[k] * np.array([sum(table[c].get(y, (0.0, ""))[0] for c in codes if c in table) for y in years])
        for k, codes in members.items()
    }
    random = np.random.default_rng(0)
    n = len(years) - 2
    starts = random.integers(0, n - 3, size=(draws, n // 4 + 1))
    blocks = (starts[:, :, None] + np.arange(4)).reshape(draws, -1)[:, :n]
    pairs = (("CHN", "USA"), ("RUS", "EUR"), ("USA", "CHN"), ("EUR", "RUS"))
    rises = {k: np.diff(v) for k, v in level.items()}
    logs = {k: np.diff(np.log(v)) for k, v in level.items()}
    found = {f"{own} answers {rival}": _three(_slopes([(rises[own], rises[rival])], blocks)) for own, rival in pairs}
    found["all, elasticity"] = _three(_slopes([(logs[own], logs[rival]) for own, rival in pairs], blocks))
    for own, rival in pairs:
        found[f"{own} over {rival}"] = (float(level[own][-1] / level[rival][-1]),) * 3
    return found


def _slopes(pairs: Sequence[tuple[Floats, Floats]], blocks: NDArray[np.int64]) -> Floats:
    """Slope of own rises on the rival's a year earlier in each resample of years; every pair around its own means."""
    up = down = np.zeros(len(blocks))
    for own, rival in pairs:
        y, x = own[1:][blocks], rival[:-1][blocks]
        x = x - x.mean(axis=1, keepdims=True)
        up = up + np.sum(x * (y - y.mean(axis=1, keepdims=True)), axis=1)
        down = down + np.sum(x * x, axis=1)
    return np.asarray(up / np.maximum(down, 1e-9))


def _three(values: Floats) -> tuple[float, float, float]:
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    return float(low), float(middle), float(high)


def _print(name: str, score: Score) -> None:
    parts = (score.crps, score.median, score.growth, score.line, score.held)
    print(f"{name:>12} {score.cases:6d}  " + "  ".join(f"{p:6.3f}" for p in parts) + f"  {score.coverage:6.0%}")


def main() -> None:
    """Prints every table."""
    if reference.newest("SIPRI") is None:
        raise SystemExit("Add the SIPRI file first: twofront data add SIPRI-Milex-data-1949-2025_v1.2.xlsx")
    codes = [c for c in reference.group("europe-canada") if c != "ISL"]
    head = "   CRPS  median  growth    line    held  80 % holds"
    print("Spending paths, origins 2014 to 2023, outcomes to 2024 (points of GDP)\n     horizon  cases" + head)
    for key, score in sorted(spending_paths(codes).items(), key=lambda pair: str(pair[0]).zfill(4)):
        _print(str(key), score)
    score, (low, middle, high) = ramp_of_2014(codes)
    kept, gaps = np.array(list(kept_of_2014(codes).values())).T
    random = np.random.default_rng(0)
    resampled = kept[random.integers(0, len(kept), size=(4000, len(kept)))].std(axis=1, ddof=1)
    print("\nThe model's ramp on the pledge of 2014\n" + " " * 19 + head)
    _print("ramp", score)
    said = f"{low:.2f}, {middle:.2f}, {high:.2f}"
    print(f"gap closed by 2024: {kept @ gaps / gaps.sum():.2f}; by the model 10, 50, 90 %: {said}")
    low, middle, high = _three(resampled)
    print(f"kept by ally: mean {kept.mean():.2f}, sd {kept.std(ddof=1):.2f} (5 to 95 % {low:.2f} to {high:.2f})")
    print("\nPerpetual inventory, United States 2010 (5, 50, 95 %); published: 0.70 and 74")
    for name, three in inventory().items():
        print(f"{name:>26}  " + "  ".join(f"{v:7.2f}" for v in three))
    print("\nArms race: share of the rival's last rise that was added (5, 50, 95 %)")
    for name, three in arms_races().items():
        print(f"{name:>26}  " + "  ".join(f"{v:7.2f}" for v in three))
    print("\nRevision of shares of GDP from one release to the next (sd of the log, countries)")
    for age in range(3):
        found = reference.revision_spread(age)
        print(f"{age} years old: {'one release only' if found is None else f'{found[0]:.3f}, {found[1]}'}")


if __name__ == "__main__":
    main()
