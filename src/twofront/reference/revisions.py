"""How editions revise each other, and what that says about recent figures.

The same year is published again every year. How far the real growth of a year moves from one edition to the next is
the uncertainty of a figure that has not been revised yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from twofront.reference.editions import Edition, editions, series
from twofront.reference.tables import countries, quoted, sources


@dataclass(frozen=True)
class Revision:
    """One growth figure (% real) of a country and year, as each publication stated it."""

    code: str
    year: int
    stated: tuple[tuple[str, float], ...]  # (publication, %), oldest first

    @property
    def spread(self) -> float:
        """Percentage points between the lowest and the highest."""
        values = [value for _, value in self.stated]
        return max(values) - min(values)


def revisions(code: str, year: int) -> Revision:
    """Real growth of spending in a year by every publication at hand: quoted ones and the editions added."""
    known = sources()
    rows = [
        (known[q.source].published, f"{known[q.source].publisher} {known[q.source].published[:4]}", q.value)
        for q in quoted().values()
        if q.code == code and q.year == year and q.what.startswith("real growth")
    ]
    for edition in _spending():
        growth = _growth(edition, code, year)
        if growth is not None:
            rows.append((edition.date, edition.name + " (file)", growth))
    return Revision(code, year, tuple((name, round(value, 1)) for _, name, value in sorted(rows)))


def revision_spread(age: int = 1) -> tuple[float, int] | None:
    """(standard deviation of the log revision of a spending figure, number of pairs) between editions a year apart.

    `age`: how many years before the older edition's last year; 0 is its newest year. The level is compared at
    the country's share of GDP, which does not change with the base year of prices. None with fewer than two
    editions of one publisher.
    """
    logs = []
    for old, new in combinations(_spending(), 2):
        if old.publisher != new.publisher:
            continue
        year = int(old.measures["share"]["last"]) - age
        before, after = series(old, "share"), series(new, "share")
        for code in set(before) & set(after) & set(countries()):
            pair = before[code].get(year), after[code].get(year)
            if pair[0] and pair[1] and pair[0][0] > 0 and pair[1][0] > 0:
                logs.append(np.log(pair[1][0] / pair[0][0]))
    return (float(np.std(logs)), len(logs)) if len(logs) >= 10 else None


def _spending() -> list[Edition]:
    return [e for e in editions() if "share" in e.measures and "constant" in e.measures]


def _growth(edition: Edition, code: str, year: int) -> float | None:
    levels = series(edition, "constant").get(code, {})
    before, after = levels.get(year - 1), levels.get(year)
    return 100 * (after[0] / before[0] - 1) if before and after and before[0] > 0 else None
