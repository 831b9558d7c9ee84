"""What report and first screen read from a run: names, worlds without the flagged ones, summaries, files as JSON.

Everything here comes from the run folder; nothing needs the model that made it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from twofront.analysis.drivers import Driver, drivers
from twofront.analysis.outcomes import ANSWERS, BASELINE, Argument, Headline, argument, headline, main_outcome, sound
from twofront.analysis.policies import PolicyEffect, compare
from twofront.analysis.structure import Grid, grid
from twofront.analysis.verdict import CONDITIONS, Verdict, verdict
from twofront.store import Run

__all__ = ["ANSWERS", "BASELINE", "CELLS", "PARTS", "Band", "Reading", "band"]

CELLS = tuple(CONDITIONS)
PARTS = ("coincident", "opportunistic", "coordinated")


@dataclass(frozen=True)
class Band:
    """A figure over worlds: median, 5 % and 95 % of worlds, the quartiles, the mean and the number of worlds."""

    median: float
    low: float
    high: float
    lower: float
    upper: float
    mean: float
    worlds: int
    year: int = 0


def band(values: Any) -> Band:
    """Summarises one value for each world."""
    kept = np.asarray(values, dtype="float64")
    kept = kept[np.isfinite(kept)]
    if not kept.size:
        missing = float("nan")
        return Band(missing, missing, missing, missing, missing, missing, 0)
    low, lower, median, upper, high = (float(q) for q in np.quantile(kept, [0.05, 0.25, 0.5, 0.75, 0.95]))
    return Band(median, low, high, lower, upper, float(kept.mean()), kept.size)


@dataclass(frozen=True)
class Reading:
    """A run in one language."""

    run: Run
    lang: str = "en"

    @property
    def manifest(self) -> Mapping[str, Any]:
        return self.run.manifest

    @property
    def labels(self) -> Mapping[str, Any]:
        return dict(self.manifest["labels"])

    # --- names -----------------------------------------------------------------------------------------------

    def _named(self, kind: str, key: str) -> str:
        entry = self.labels.get(kind, {}).get(key, {})
        return str(entry.get(self.lang) or entry.get("en") or key)

    def power(self, key: str) -> str:
        return self._named("powers", key)

    def front(self, key: str) -> str:
        return self._named("fronts", key)

    def policy(self, key: str) -> str:
        return self._named("policies", key)

    def variant(self, key: str) -> str:
        return self._named("variants", key)

    def option(self, front: str, key: str) -> str:
        entry = self.labels["fronts"].get(front, {}).get("options", {}).get(key, {})
        return str(entry.get(self.lang) or entry.get("en") or key)

    @property
    def title(self) -> str:
        german = self.manifest.get("title_de") if self.lang == "de" else None
        return str(german or self.manifest["title"])

    @property
    def powers(self) -> list[str]:
        return list(self.labels["powers"])

    @property
    def fronts(self) -> list[str]:
        return list(self.labels["fronts"])

    @property
    def partnership(self) -> Mapping[str, Any] | None:
        found = self.labels.get("partnership")
        return dict(found) if found else None

    def slot(self, power: str) -> str:
        """The colour of a power: by its part in the scenario, so that a renamed power keeps its colour."""
        link = self.partnership or {}
        fronts = self.labels["fronts"].values()
        if power == link.get("leader"):
            return "china"
        if power == link.get("partner"):
            return "russia"
        if self.labels["powers"].get(power, {}).get("group"):
            return "europe"
        if any(f.get("challenger") == power for f in fronts):
            return "china"
        if any(f.get("host") == power for f in fronts):
            return "host"
        first = next((p for p in self.powers if p != power and self._plain_defender(p)), None)
        return "usa" if first is None or self.powers.index(power) < self.powers.index(first) else "other"

    def _plain_defender(self, power: str) -> bool:
        entry = self.labels["powers"].get(power, {})
        in_front = any(power in (f.get("host"), f.get("challenger")) for f in self.labels["fronts"].values())
        return not entry.get("group") and not in_front

    # --- worlds ----------------------------------------------------------------------------------------------

    @cached_property
    def policies(self) -> list[str]:
        """Policies that this run holds, baseline first."""
        return list(self.labels["policies"])

    def role(self, policy: str) -> str:
        return str(self.labels["policies"].get(policy, {}).get("role", "policy"))

    @cached_property
    def _worlds(self) -> dict[str, pd.DataFrame]:
        table = self.run.to_pandas("worlds")
        return {str(k): v.set_index("world") for k, v in table.groupby("policy", observed=True)}

    @cached_property
    def sound(self) -> pd.Index:
        """Worlds that are flagged under no policy: headlines and pairs use the same ones."""
        return self._worlds[BASELINE].index[sound(self.run)]

    def has(self, column: str, policy: str = BASELINE) -> bool:
        return policy in self._worlds and column in self._worlds[policy].columns

    def values(self, column: str, policy: str = BASELINE) -> pd.Series:
        """One outcome, a value for each sound world."""
        return self._worlds[policy].loc[self.sound, column].astype("float64")

    def band(self, column: str, policy: str = BASELINE) -> Band:
        return band(self.values(column, policy))

    @cached_property
    def years(self) -> pd.DataFrame:
        """The yearly table of the baseline, sound worlds only."""
        table = self.run.to_pandas("years", policy=BASELINE)
        return table[table["world"].isin(self.sound)].drop(columns="policy")

    @cached_property
    def means(self) -> pd.DataFrame:
        """Yearly means of the baseline by year; of the worlds that keep their years where the run has no sums."""
        if self.run.has_sums:
            return self.run.means(BASELINE).set_index("year")
        return self.years.groupby("year").mean()

    def by_year(self, column: str, *, cumulative: bool = False) -> pd.DataFrame:
        """For each year: quantiles over the worlds that keep theirs, and the mean over all worlds that were summed.

        Columns: year, low, lower, median, upper, high, mean.
        """
        wide = self.years.pivot(index="world", columns="year", values=column).astype("float64")
        if cumulative:
            wide = wide.cumsum(axis=1)
        quantiles = wide.quantile([0.05, 0.25, 0.5, 0.75, 0.95]).T
        quantiles.columns = pd.Index(["low", "lower", "median", "upper", "high"])
        mean = self.means[column].cumsum() if cumulative else self.means[column]
        return quantiles.assign(mean=mean).rename_axis("year").reset_index()

    def in_year(self, column: str, year: int) -> Band:
        """One yearly figure over worlds, in the year of the run that is nearest to `year`."""
        shown = min(self.years["year"].unique(), key=lambda y: abs(int(y) - year))
        found = band(self.years.loc[self.years["year"] == shown, column])
        return replace(found, year=int(shown))

    def ratio(self, over: str, under: str) -> float:
        """Median over worlds of one yearly figure by another, in the first year."""
        first = self.years[self.years["year"] == self.years["year"].min()]
        return float((first[over] / first[under]).median())

    def target(self, power: str) -> float | None:
        """Core share that a power's commitment asks for, % GDP; None without one."""
        known = {str(q["path"]): q for q in self.quantities}
        for key, commitment in self.labels.get("commitments", {}).items():
            core = known.get(f"commitments.{key}.core", {}).get("central", commitment.get("core"))
            if core is not None and power in commitment.get("powers", [power]):
                return float(core)
        return None

    def relative(self, change: float) -> float:
        """A mean change as a share of the baseline's mean."""
        mean = float(self.values(self.outcome).mean())
        return change / mean if mean > 0 else float("nan")

    # --- answers ---------------------------------------------------------------------------------------------

    @cached_property
    def outcome(self) -> str:
        """The outcome that the report is about."""
        return main_outcome(list(self.labels["fronts"]))

    @cached_property
    def effects(self) -> list[PolicyEffect]:
        """Policies against the baseline in the same worlds, best first."""
        return compare(self.run, self.outcome)

    @cached_property
    def drivers(self) -> list[Driver]:
        """Quantities that move the two-fronts figure, strongest first."""
        return drivers(self.run, self.outcome)

    @cached_property
    def verdict(self) -> Verdict | None:
        return verdict(self.run)

    @cached_property
    def structure(self) -> Grid | None:
        """How far each line moves under other structures; None where none was played."""
        return grid(self.run)

    @cached_property
    def headline(self) -> Headline:
        return headline(self.run)

    @cached_property
    def argument(self) -> Argument | None:
        return argument(self.run)

    def shares(self) -> tuple[float, float]:
        """Splits the variance of an event into the spread over worlds and chance inside worlds (sums to 1)."""
        p = self.values(self.outcome).clip(0, 1)
        total = float(p.mean() * (1 - p.mean()))
        if total <= 0:
            return 0.0, 0.0
        spread = float(p.var(ddof=0)) / total
        return spread, 1 - spread

    # --- files -----------------------------------------------------------------------------------------------

    def _file(self, name: str, empty: Any) -> Any:
        return self.run.json(name) if name in self.manifest["files"] else empty

    @cached_property
    def quantities(self) -> list[dict[str, Any]]:
        return list(self._file("quantities.json", []))

    @cached_property
    def claims(self) -> list[dict[str, Any]]:
        return list(self._file("claims.json", []))

    @cached_property
    def members(self) -> dict[str, list[dict[str, Any]]]:
        return dict(self._file("members.json", {}))

    @cached_property
    def tree(self) -> dict[str, Any] | None:
        return self._file("tree.json", None) or None
