"""The audit: does a figure or a comparison hold, on which basis, and how was that reached?

Every figure is compared with the published figures in `audit_figures.csv` (military spending, GDP, pledge, trade …)
and, for military spending at 2024 prices, with the package's own table. Four outcomes: *holds* on one basis, holds
only when bases are *mixed*, *contradicted* by every published figure, *cannot be checked*. A reference that comes from
the claim's own root is no check and says so.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import StringIO
from typing import Literal

from twofront.evidence.reader.record import Found, FoundFigure, Reading, Relation, Span, Verdict, Wording
from twofront.reference import table

Outcome = Literal["holds", "mixed bases", "contradicted", "cannot be checked"]
RELATIVE = 0.03  # a rounded level may differ by this share of the published one
APPROXIMATE = 0.10  # the same where the article says "about"
POINTS = 1.0  # a rate or share in percent may differ by this many points, or by RELATIVE
NAMES = {"EUR": "Europe", "RUS": "Russia", "CHN": "China", "USA": "United States", "UKR": "Ukraine", "TWN": "Taiwan"}
BASES = {
    "market": "at market rates",
    "PPP": "at purchasing power",
    "real": "after inflation",
    "constant 2024": "at 2024 prices and rates",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """One published figure."""

    quantity: str
    power: str
    partner: str
    year: int
    measure: str
    value: float
    unit: str
    basis: str
    independent: bool
    source: str
    note: str

    def words(self) -> str:
        note = f"; {self.note}" if self.note else ""
        return f"{self.value:g} {self.unit} {BASES.get(self.basis, self.basis)} ({self.source}{note})"


@cache
def references() -> tuple[Reference, ...]:
    """The published figures of the audit, and military spending at 2024 prices from the package's own table."""
    text = files(__package__).joinpath("audit_figures.csv").read_text(encoding="utf-8")
    rows = [_reference(row) for row in csv.DictReader(StringIO(text))]
    for code, series in table().items():
        for year, spent in series.items():
            if year >= 2014:
                rows.append(_own("level", code, year, spent, "bn USD", "constant 2024"))
            before = series.get(year - 1)
            if before and year >= 2015:
                rows.append(_own("change", code, year, round(100 * (spent / before - 1), 1), "%", "real"))
    return tuple(rows)


@cache
def _about(quantity: str | None, power: str | None) -> tuple[Reference, ...]:
    """The published figures of one quantity of one power."""
    return tuple(r for r in references() if r.quantity == quantity and r.power == power)


def _own(measure: str, code: str, year: int, value: float, unit: str, basis: str) -> Reference:
    source = "SIPRI Military Expenditure Database 2026"
    return Reference("military spending", code, "", year, measure, value, unit, basis, True, source, "2024 prices")


def _reference(row: dict[str, str]) -> Reference:
    return Reference(
        row["quantity"], row["power"], row["partner"], int(row["year"]), row["measure"], float(row["value"]),
        row["unit"], row["basis"], row["independent"] == "yes", row["source"], row["note"],
    )  # fmt: skip


def audit(reading: Reading) -> tuple[Verdict, ...]:
    """A verdict on every figure and relation of every claim, in the order of the text."""
    found: list[Verdict] = []
    for number, claims in enumerate(reading.claims):
        published = reading.articles[number].date
        for claim in claims:
            found += audit_claim(claim, Wording(number, claim.id), published)
    return tuple(found)


def audit_claim(claim: Found, wording: Wording, published: str | None = None) -> list[Verdict]:
    """The verdicts on one claim: its figures, its relations, and whether its figures stand on one basis."""
    verdicts = [check_figure(figure, wording, published) for figure in claim.figures]
    verdicts += [check_relation(relation, wording, published) for relation in claim.relations]
    joined = _joined(claim, verdicts, wording)
    return [*verdicts, joined] if joined else verdicts


def check_figure(figure: FoundFigure, wording: Wording, published: str | None = None) -> Verdict:
    """One figure against every published figure of the same quantity, power and year."""

    def verdict(outcome: Outcome, basis: str, finding: str, used: Iterable[Reference] = ()) -> Verdict:
        sources = tuple(dict.fromkeys(r.source for r in used))
        return Verdict(wording, figure.span, outcome, basis, finding, sources)

    if figure.measure == "limit":
        return verdict("cannot be checked", "", "A date that somebody sets or expects: no table can confirm it.")
    if figure.unit == "% GDP" and _pledged(figure):
        return _pledge(figure, wording)
    rows, year = _rows(figure, published)
    about = (
        f"{figure.quantity or 'no known quantity'}, {NAMES.get(figure.subject or '', figure.subject or 'nobody named')}"
    )
    if not rows:
        return verdict("cannot be checked", "", f"No reference figure for {about}, {figure.period or 'no year given'}.")
    own = [r for r in rows if not r.independent]
    rows = [r for r in rows if r.independent]
    if not rows:
        return verdict("cannot be checked", "", f"Known only from the claim's own root: {_listed(own)}.", own)
    near = [r for r in rows if _near(figure, r)]
    undated = "" if figure.period else f" The article gives no year; compared with {year}."
    if not near:
        return verdict("contradicted", "", f"Published for {about}, {year}: {_listed(rows)}.{undated}", rows)
    best = min(near, key=lambda r: abs(r.value - figure.value))
    others = [r for r in rows if r not in near]
    unsaid = "" if _said(figure, best) else " The article does not name the basis."
    rest = _rest(near, others)
    return verdict("holds", best.basis, f"Holds: {_listed(near)}.{rest}{unsaid}{undated}", [*near, *others])


def _rest(near: Sequence[Reference], others: Sequence[Reference]) -> str:
    """The published figures that do not agree: on other bases, and on the same one."""
    bases = {r.basis for r in near}
    strange = [r for r in others if r.basis not in bases]
    rival = [r for r in others if r.basis in bases]
    parts = [f" Not on another basis: {_listed(strange)}."] if strange else []
    return "".join([*parts, f" Other figures on this basis: {_listed(rival)}." if rival else ""])


def _rows(figure: FoundFigure, published: str | None) -> tuple[list[Reference], int]:
    """The references for a figure, and their year: its own, or the last one known before publication."""
    fitting = [
        r
        for r in _about(_quantity(figure), figure.subject)
        if r.unit == _unit(figure)
        and (r.measure == figure.measure or {r.measure, figure.measure} == {"level", "share"})
        and (not r.partner or figure.partner in (None, r.partner))
    ]
    if figure.period is None:
        latest = int(published[:4]) if published else 9999
        year = max((r.year for r in fitting if r.year <= latest), default=0)
        if published and any(r.year == latest - 1 for r in fitting):
            year = latest - 1  # the last full year
    else:
        year = _last_year(figure.period)
    return [r for r in fitting if r.year == year], year


def _quantity(figure: FoundFigure) -> str | None:
    if figure.unit == "% GDP" and figure.quantity in ("military spending", "GDP", "defence share", None):
        return "defence share"
    return "growth" if figure.quantity == "GDP" and figure.measure == "change" else figure.quantity


def _unit(figure: FoundFigure) -> str:
    return "bn USD" if figure.unit in ("tn USD", "mn USD") else figure.unit


def _scaled(figure: FoundFigure) -> float:
    return figure.value * {"tn USD": 1000.0, "mn USD": 0.001}.get(figure.unit, 1.0)


def _last_year(period: str) -> int:
    return int(period[-4:])


def _near(figure: FoundFigure, reference: Reference) -> bool:
    tolerance = APPROXIMATE if figure.approximate else RELATIVE
    low, high = _scaled(figure), figure.high if figure.high is not None else _scaled(figure)
    slack = abs(reference.value) * tolerance
    if reference.unit.startswith("%"):
        slack = max(slack, POINTS if abs(reference.value) > 20 else 0.1)
    return low - slack <= reference.value <= max(high, low) + slack


def _said(figure: FoundFigure, reference: Reference) -> bool:
    return figure.basis == reference.basis or reference.basis not in ("PPP", "real", "market", "constant 2024")


def _listed(rows: Sequence[Reference]) -> str:
    return "; ".join(r.words() for r in rows[:5])


def _pledged(figure: FoundFigure) -> bool:
    return (figure.subject in ("NATO", None) and figure.period is not None and "2035" in figure.period) or (
        figure.subject == "NATO" and figure.value in (5.0, 3.5, 1.5)
    )


def _pledge(figure: FoundFigure, wording: Wording) -> Verdict:
    """The pledge of 2025 has two parts: a figure may be one of them, or their sum."""
    parts = [r for r in references() if r.measure == "pledge" and r.year == 2035]
    single = next((r for r in parts if abs(r.value - figure.value) < 0.05), None)
    listed = "core defence at least 3.5 % plus related spending up to 1.5 %"
    source = parts[0].source
    if single is not None:
        return Verdict(wording, figure.span, "holds", single.basis, f"Holds: {single.words()}.", (source,))
    if abs(sum(r.value for r in parts) - figure.value) < 0.05:
        finding = f"{figure.value:g} % is a sum of two kinds of spending: {listed} ({source})."
        return Verdict(wording, figure.span, "mixed bases", "core + related", finding, (source,))
    return Verdict(wording, figure.span, "contradicted", "", f"The pledge is {listed} ({source}).", (source,))


def check_relation(relation: Relation, wording: Wording, published: str | None = None) -> Verdict:
    """One comparison: on each basis that both sides have, and across bases."""
    left, right = (_levels(power, relation, published) for power in (relation.left, relation.right))
    years = sorted({r.year for r in left} & {r.year for r in right})
    if not years:
        about = f"{relation.quantity} of {_name(relation.left)} and {_name(relation.right)}"
        return Verdict(
            wording, relation.span, "cannot be checked", "", f"No reference figures for {about} in one year."
        )
    year = years[-1]
    left, right = ([r for r in side if r.year == year] for side in (left, right))
    both = [b for b in dict.fromkeys(r.basis for r in left) if any(r.basis == b for r in right)]
    outcomes = {
        b: _compared([r for r in left if r.basis == b], [r for r in right if r.basis == b], relation) for b in both
    }
    shown = "; ".join(_shown(relation, left, right, basis) for basis in both)
    sources = tuple(dict.fromkeys(r.source for r in [*left, *right]))
    if any(outcomes.values()):
        good = next(b for b, holds in outcomes.items() if holds)
        return Verdict(wording, relation.span, "holds", good, f"{year}: {shown}.", sources)
    crossed = [(a, b) for a in left for b in right if a.basis != b.basis and _holds(a.value, b.value, relation)]
    if crossed:
        a, b = min(crossed, key=lambda pair: abs(pair[0].value - pair[1].value))
        finding = (
            f"Holds only when bases are mixed: {_name(relation.left)} {a.words()} against "
            f"{_name(relation.right)} {b.words()}. On one basis it does not hold in {year}: {shown}."
        )
        return Verdict(wording, relation.span, "mixed bases", f"{a.basis} against {b.basis}", finding, sources)
    return Verdict(wording, relation.span, "contradicted", "", f"{year}: {shown}.", sources)


def _levels(power: str, relation: Relation, published: str | None) -> list[Reference]:
    rows = [r for r in _about(relation.quantity, power) if r.measure == "level" and r.unit == "bn USD"]
    if relation.period is not None:
        return [r for r in rows if r.year == _last_year(relation.period)]
    limit = int(published[:4]) - 1 if published else 9999  # the last full year that could be known
    return [r for r in rows if r.year <= limit]


def _compared(left: Sequence[Reference], right: Sequence[Reference], relation: Relation) -> bool:
    """On one basis: every pair of published figures agrees that it holds."""
    return all(_holds(a.value, b.value, relation) for a in left for b in right)


def _holds(a: float, b: float, relation: Relation) -> bool:
    if relation.factor != 1.0:
        return abs(a / b - relation.factor) <= 0.15 * relation.factor if relation.sign == ">" else False
    return a > b if relation.sign == ">" else a < b if relation.sign == "<" else abs(a - b) <= RELATIVE * b


def _shown(relation: Relation, left: Sequence[Reference], right: Sequence[Reference], basis: str) -> str:
    def values(side: Sequence[Reference]) -> str:
        return " or ".join(f"{r.value:g}" for r in side if r.basis == basis)

    names = _name(relation.left), _name(relation.right)
    return f"{BASES.get(basis, basis)} {names[0]} {values(left)}, {names[1]} {values(right)} bn USD"


def _name(power: str) -> str:
    return NAMES.get(power, power)


def _joined(claim: Found, verdicts: Sequence[Verdict], wording: Wording) -> Verdict | None:
    """A growth rate and a level in one sentence that hold on different bases, with neither named."""
    held = {v.span: v for v in verdicts if v.outcome == "holds"}
    change = next((f for f in claim.figures if f.measure == "change" and f.span in held), None)
    level = next((f for f in claim.figures if f.measure == "level" and f.span in held), None)
    if change is None or level is None or change.basis or level.basis:
        return None
    rate, amount = held[change.span].basis, held[level.span].basis
    if amount in ("market", "constant 2024") or rate == amount:
        return None
    finding = (
        f"One sentence joins a growth rate {BASES.get(rate, rate)} ({change.value:g} %) to a level "
        f"{BASES.get(amount, amount)} ({level.value:g} {level.unit}) and names neither basis."
    )
    span = Span(min(change.span.start, level.span.start), max(change.span.end, level.span.end))
    sources = tuple(dict.fromkeys([*held[change.span].sources, *held[level.span].sources]))
    return Verdict(wording, span, "mixed bases", f"{rate} with {amount}", finding, sources)
