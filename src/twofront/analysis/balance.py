"""Who spends what: two powers or groups on every price basis, side by side and like for like.

A figure at purchasing power says what the same money would buy at American prices; one at market rates says what it
costs in dollars. The price of arms lies between the two and nobody has measured it for all, so that the military
row is a range. Putting one side at purchasing power and the other at market rates compares nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from twofront import reference
from twofront.errors import DataError

BASE = 2024  # year of constant prices in the tables
MIXED = ("iiss-russia-ppp", "iiss-europe-market")  # the comparison of the founding article


@dataclass(frozen=True)
class Amount:
    """An amount in bn of its row's unit; from market prices (`low`) to purchasing power where only a range is known."""

    low: float
    high: float

    @property
    def central(self) -> float:
        """The middle of the range."""
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class BalanceRow:
    """One price basis: both sides, and the share of the first in the second. None: no published figure."""

    basis: str
    unit: str
    first: Amount | None
    second: Amount | None
    like_for_like: bool
    source: str

    @property
    def ratio(self) -> tuple[float, float] | None:
        """First side over second, both at the same end of their ranges: mixing the ends would mix price bases."""
        if self.first is None or self.second is None or self.second.low <= 0:
            return None
        ends = self.first.low / self.second.low, self.first.high / self.second.high
        return min(ends), max(ends)


@dataclass(frozen=True)
class Balance:
    """Two sides in one year: `rows` like for like, `mixed` those that are not; `missing` names members left out."""

    first: str
    second: str
    year: int
    rows: tuple[BalanceRow, ...]
    mixed: tuple[BalanceRow, ...]
    marks: tuple[str, ...]
    missing: tuple[str, ...]


def balance(first: str, second: str, year: int = 2024) -> Balance:
    """Compares two powers or groups ("russia", "europe", "nato", "DEU"…) in one year on every price basis.

    Years beyond the anchors of the package come from the editions that were added. Errors: DataError for an unknown
    name, the same side twice, or a year without figures.
    """
    sides = reference.group(first), reference.group(second)
    if set(sides[0]) == set(sides[1]):
        raise DataError(f'"{first[:40]}" and "{second[:40]}" are the same: name two different powers or groups.')
    table = reference.every_spending()
    known = sorted({y for _, y in table})
    if year not in known:
        years = f"{known[0]} to {known[-1]}" if len(known) > 20 else ", ".join(map(str, known))
        raise DataError(
            f"no spending of {year}. Years: {years}. For every year since 1949 add SIPRI's file, and for purchasing "
            "power in those years the IMF's: twofront data add FILE."
        )
    missing = tuple(c for side in sides for c in side if (c, year) not in table)
    spent = " ".join(sorted({table[c, year].source for side in sides for c in side if (c, year) in table}))
    gdp = reference.every_economy()
    both = " ".join([spent, *sorted({gdp[c, year].source for side in sides for c in side if (c, year) in gdp})])
    bases: Sequence[tuple[str, str, Callable[[str, int], tuple[float, float] | None], str]] = (
        ("market", "bn USD current", _market, spent),
        ("market constant", f"bn USD{BASE}", _constant, spent),
        ("ppp", "bn USD current PPP", _ppp, both),
        ("ppp constant", f"bn USD{BASE} PPP", _constant_ppp, both),
        ("military ppp", f"bn USD{BASE}, military prices", _military, "between market and ppp"),
    )
    rows = tuple(
        BalanceRow(name, unit, _sum(sides[0], year, one), _sum(sides[1], year, one), True, source)
        for name, unit, one, source in bases
    )
    marks = tuple(
        f"{code} {year}: SIPRI {table[code, year].mark}"
        for side in sides
        for code in side
        if (code, year) in table and table[code, year].mark
    )
    return Balance(first, second, year, rows, _mixed(sides, year, rows), marks, missing)


def _mixed(sides: tuple[tuple[str, ...], ...], year: int, rows: Sequence[BalanceRow]) -> tuple[BalanceRow, ...]:
    """What comes out when one side is taken at purchasing power and the other at market rates."""
    by = {row.basis: row for row in rows}
    ours = BalanceRow(
        "mixed ours", "first PPP, second market", by["ppp"].first, by["market"].second, False, "both tables"
    )
    quoted = [reference.quoted()[name] for name in MIXED]
    if sides != (reference.group(quoted[0].code), reference.group(quoted[1].code)) or year != quoted[0].year:
        return (ours,)
    said = [Amount(q.value, q.value) for q in quoted]
    market = reference.quoted()["iiss-russia-market"].value
    published = BalanceRow("mixed published", "first PPP, second market", said[0], said[1], False, quoted[0].source)
    mended = BalanceRow("mended", "bn USD current", Amount(market, market), said[1], True, quoted[0].source)
    return (published, mended, ours)


def _sum(side: Sequence[str], year: int, one: Callable[[str, int], tuple[float, float] | None]) -> Amount | None:
    """The sum over members; None where a member with spending has no figure on this basis."""
    found = [one(code, year) for code in side if (code, year) in reference.every_spending()]
    known = [pair for pair in found if pair is not None]
    if len(known) < len(found) or not known:
        return None
    return Amount(sum(low for low, _ in known), sum(high for _, high in known))


def _market(code: str, year: int) -> tuple[float, float] | None:
    value = reference.every_spending()[code, year].current
    return value, value


def _constant(code: str, year: int) -> tuple[float, float] | None:
    value = reference.constant_spending(code, year)
    return value, value


def _ppp(code: str, year: int) -> tuple[float, float] | None:
    spending, economy = reference.every_spending()[code, year], reference.every_economy().get((code, year))
    if spending.current == 0:
        return 0.0, 0.0
    if economy is None or economy.ppp_rate is None or spending.own is None:
        return None
    value = spending.own / economy.ppp_rate
    return value, value


def price_factor(code: str, year: int = BASE) -> float | None:
    """Purchasing power over market rates of the whole economy: what a dollar's worth of it buys at American prices."""
    economy = reference.every_economy().get((code, year))
    return economy.ppp / economy.nominal if economy and economy.ppp else None


def _constant_ppp(code: str, year: int) -> tuple[float, float] | None:
    factor, market = price_factor(code), _constant(code, year)
    return None if factor is None or market is None else (market[0] * factor, market[0] * factor)


def _military(code: str, year: int) -> tuple[float, float] | None:
    """From market rates (all bought abroad) to purchasing power (arms as cheap as the rest of the economy)."""
    market, ppp = _constant(code, year), _constant_ppp(code, year)
    return None if market is None or ppp is None else (min(market[0], ppp[0]), max(market[0], ppp[0]))
