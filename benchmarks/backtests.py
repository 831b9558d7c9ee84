"""How well the world's processes would have done: `python -m benchmarks.backtests`.

Needs the SIPRI file of spring 2026 or later as an added edition (`twofront data add FILE`). Prints three tables:
spending paths from rolling origins, the ramp of the pledge of 2014, and the perpetual inventory against published
capital consumption; and what past reactions say about the arms race.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twofront import reference
from twofront.analysis.persistence import futures, histories

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


def ramp_of_2014(codes: Sequence[str], draws: int = 4000) -> tuple[Score, float, tuple[float, float, float]]:
    """The model's own ramp on the pledge of 2014 (2 % by 2024), with the compliance of the bundled scenario.

    Returns the score for the allies below 2 %, the share of the gap they closed together, and the model's 10, 50, 90 %.
    """
    full, _ = histories(codes)
    random = np.random.default_rng(0)
    compliance = np.quantile(random.triangular(0.4, 0.8, 1.05, draws), np.linspace(0.001, 0.999, 500))
    shape = random.triangular(0.7, 1.1, 2.0, 500)
    random.shuffle(compliance)
    rows, gaps, closed = [], 0.0, 0.0
    for code in codes:
        start = full[code].get(2014)
        if not start or start >= 2:
            continue
        gaps += 2 - start
        closed += min(full[code][2024], 2.0) - start
        for year in range(2015, 2025):
            sample = start + compliance * ((year - 2014) / 10) ** shape * (2 - start)
            low, high = np.quantile(sample, (0.1, 0.9))
            outcome = full[code][year]
            past = {y: v for y, v in full[code].items() if y <= 2014}
            guesses = (growth(past, 2014, year - 2014), line(past, 2014, year - 2014), start)
            rows.append((
                crps(sample, outcome), abs(float(np.median(sample)) - outcome), *(abs(g - outcome) for g in guesses),
                float(low <= outcome <= high),
            ))  # fmt: skip
    low, middle, high = np.quantile(compliance, (0.1, 0.5, 0.9))
    return Score(len(rows), *np.mean(rows, axis=0)), closed / gaps, (float(low), float(middle), float(high))


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
    military price factors of the bundled scenario.
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
    found = {}
    for own, rival in (("CHN", "USA"), ("RUS", "EUR"), ("USA", "CHN"), ("EUR", "RUS")):
        y, x = np.diff(level[own])[1:], np.diff(level[rival])[:-1]
        slopes = []
        for _ in range(draws):
            starts = random.integers(0, len(y) - 3, size=len(y) // 4 + 1)
            at = (starts[:, None] + np.arange(4)).ravel()[: len(y)]
            centred = x[at] - x[at].mean()
            slopes.append(float(centred @ (y[at] - y[at].mean()) / max(centred @ centred, 1e-9)))
        found[f"{own} answers {rival}"] = _three(np.array(slopes))
    return found


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
    score, closed, (low, middle, high) = ramp_of_2014(codes)
    print("\nThe model's ramp on the pledge of 2014\n" + " " * 19 + head)
    _print("ramp", score)
    print(f"gap closed by 2024: {closed:.2f}; model's compliance 10, 50, 90 %: {low:.2f}, {middle:.2f}, {high:.2f}")
    print("\nPerpetual inventory, United States 2010 (5, 50, 95 %); published: 0.70 and 74")
    for name, three in inventory().items():
        print(f"{name:>26}  " + "  ".join(f"{v:7.2f}" for v in three))
    print("\nArms race: share of the rival's last rise that was added (5, 50, 95 %)")
    for name, three in arms_races().items():
        print(f"{name:>26}  " + "  ".join(f"{v:7.2f}" for v in three))


if __name__ == "__main__":
    main()
