"""The audit: does a figure or a comparison hold, on which basis, and how was that reached?

Every figure is compared with the published figures in `audit_figures.csv` (military spending, GDP, pledge, trade …)
and, for military spending at 2024 prices, with the package's own table. Four outcomes: *holds* on one basis, holds
only when bases are *mixed*, *contradicted* by every published figure, *cannot be checked*. A reference that comes from
the claim's own root is no check and says so.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, reduce
from importlib.resources import files
from io import StringIO
from typing import Literal

from twofront.evidence.reader.record import Found, FoundFigure, Reading, Relation, Span, Verdict, Wording
from twofront.evidence.said import Said
from twofront.reference import table

Outcome = Literal["holds", "mixed bases", "contradicted", "cannot be checked"]
RELATIVE = 0.03  # a rounded level may differ by this share of the published one
APPROXIMATE = 0.10  # the same where the article says "about"
POINTS = 1.0  # a rate or share in percent may differ by this many points, or by RELATIVE
NAMES = {
    "EUR": "Europe", "RUS": "Russia", "CHN": "China", "USA": "United States", "UKR": "Ukraine", "TWN": "Taiwan",
    "DEU": "Germany", "FRA": "France", "GBR": "United Kingdom", "POL": "Poland", "JPN": "Japan", "IRN": "Iran",
    "PRK": "North Korea", "IND": "India",
}  # fmt: skip
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

    def words(self) -> Said:
        note = Said("; {note}", note=Said(self.note)) if self.note else ""
        return Said(
            "{value} {unit} {basis} ({source}{note})",
            value=self.value, unit=Said(self.unit), basis=_on(self.basis), source=self.source, note=note,
        )  # fmt: skip


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

    def verdict(outcome: Outcome, basis: str, finding: Said, used: Iterable[Reference] = ()) -> Verdict:
        sources = tuple(dict.fromkeys(r.source for r in used))
        return Verdict(wording, figure.span, outcome, basis, finding, sources)

    if figure.measure == "limit":
        return verdict("cannot be checked", "", Said("A date that somebody sets or expects: no table can confirm it."))
    if figure.unit == "% GDP" and _pledged(figure):
        return _pledge(figure, wording)
    rows, year = _rows(figure, published)
    about = Said(
        "{quantity}, {power}",
        quantity=Said(figure.quantity or "no known quantity"), power=power_name(figure.subject or "nobody named"),
    )  # fmt: skip
    if not rows:
        when = figure.period or Said("no year given")
        return verdict(
            "cannot be checked", "", Said("No reference figure for {about}, {when}.", about=about, when=when)
        )
    own = [r for r in rows if not r.independent]
    rows = [r for r in rows if r.independent]
    if not rows:
        known = Said("Known only from the claim's own root: {rows}.", rows=_listed(own))
        return verdict("cannot be checked", "", known, own)
    near = [r for r in rows if _near(figure, r)]
    undated = "" if figure.period else Said(" The article gives no year; compared with {year}.", year=str(year))
    if not near:
        finding = Said(
            "Published for {about}, {year}: {rows}.{undated}",
            about=about, year=str(year), rows=_listed(rows), undated=undated,
        )  # fmt: skip
        return verdict("contradicted", "", finding, rows)
    best = min(near, key=lambda r: abs(r.value - figure.value))
    others = [r for r in rows if r not in near]
    finding = Said(
        "Holds: {rows}.{elsewhere}{rival}{unsaid}{undated}",
        rows=_listed(near), **_rest(near, others), undated=undated,
        unsaid="" if _named(figure, best) else Said(" The article does not name the basis."),
    )  # fmt: skip
    return verdict("holds", Said(best.basis), finding, [*near, *others])


def _rest(near: Sequence[Reference], others: Sequence[Reference]) -> dict[str, str]:
    """The published figures that do not agree: on other bases, and on the same one."""
    bases = {r.basis for r in near}
    strange = [r for r in others if r.basis not in bases]
    rival = [r for r in others if r.basis in bases]
    return {
        "elsewhere": Said(" Not on another basis: {rows}.", rows=_listed(strange)) if strange else "",
        "rival": Said(" Other figures on this basis: {rows}.", rows=_listed(rival)) if rival else "",
    }


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
    if reference.unit == "%":
        slack = max(slack, 0.5 * 10.0 ** -len(f"{figure.value:g}".partition(".")[2]))  # "5 %" may be 4.8 rounded
    return low - slack <= reference.value <= max(high, low) + slack


def _named(figure: FoundFigure, reference: Reference) -> bool:
    return figure.basis == reference.basis or reference.basis not in ("PPP", "real", "market", "constant 2024")


def _listed(rows: Sequence[Reference]) -> tuple[Said, ...]:
    return tuple(r.words() for r in rows[:5])


def _pledged(figure: FoundFigure) -> bool:
    return (figure.subject in ("NATO", None) and figure.period is not None and "2035" in figure.period) or (
        figure.subject == "NATO" and figure.value in (5.0, 3.5, 1.5)
    )


def _pledge(figure: FoundFigure, wording: Wording) -> Verdict:
    """The pledge of 2025 has two parts: a figure may be one of them, or their sum."""
    parts = [r for r in references() if r.measure == "pledge" and r.year == 2035]
    single = next((r for r in parts if abs(r.value - figure.value) < 0.05), None)
    source = parts[0].source
    listed = Said("core defence at least 3.5 % plus related spending up to 1.5 % ({source})", source=source)
    if single is not None:
        finding = Said("Holds: {rows}.", rows=single.words())
        return Verdict(wording, figure.span, "holds", Said(single.basis), finding, (source,))
    if abs(sum(r.value for r in parts) - figure.value) < 0.05:
        finding = Said("{value} % is a sum of two kinds of spending: {listed}.", value=figure.value, listed=listed)
        return Verdict(wording, figure.span, "mixed bases", Said("core + related"), finding, (source,))
    finding = Said("The pledge is {listed}.", listed=listed)
    return Verdict(wording, figure.span, "contradicted", "", finding, (source,))


def check_relation(relation: Relation, wording: Wording, published: str | None = None) -> Verdict:
    """One comparison: on each basis that both sides have, and across bases."""
    left, right = (_levels(power, relation, published) for power in (relation.left, relation.right))
    years = sorted({r.year for r in left} & {r.year for r in right})
    if not years:
        missing = Said(
            "No reference figures for {quantity} of {left} and {right} in one year.",
            quantity=Said(relation.quantity), left=power_name(relation.left), right=power_name(relation.right),
        )  # fmt: skip
        return Verdict(wording, relation.span, "cannot be checked", "", missing)
    year = years[-1]
    left, right = ([r for r in side if r.year == year] for side in (left, right))
    both = [b for b in dict.fromkeys(r.basis for r in left) if any(r.basis == b for r in right)]
    outcomes = {
        b: _compared([r for r in left if r.basis == b], [r for r in right if r.basis == b], relation) for b in both
    }
    shown = [_shown(relation, left, right, basis) for basis in both]
    plain = Said("{year}: {shown}.", year=str(year), shown=shown)
    sources = tuple(dict.fromkeys(r.source for r in [*left, *right]))
    if any(outcomes.values()):
        good = next(b for b, holds in outcomes.items() if holds)
        return Verdict(wording, relation.span, "holds", Said(good), plain, sources)
    crossed = [(a, b) for a in left for b in right if a.basis != b.basis and _holds(a.value, b.value, relation)]
    alone = next((a.basis for a, _ in crossed if a.basis not in both), None)
    if alone is not None:
        missing = Said(
            "No figure for {right} {basis}; otherwise it does not hold in {year}: {shown}.",
            right=power_name(relation.right), basis=_on(alone), year=str(year), shown=shown,
        )  # fmt: skip
        return Verdict(wording, relation.span, "cannot be checked", "", missing, sources)
    if crossed:
        a, b = min(crossed, key=lambda pair: abs(pair[0].value - pair[1].value))
        finding = Said(
            "Holds only when bases are mixed: {left} {one} against {right} {other}. "
            "On one basis it does not hold in {year}: {shown}.",
            left=power_name(relation.left), one=a.words(), right=power_name(relation.right), other=b.words(),
            year=str(year), shown=shown,
        )  # fmt: skip
        basis = Said("{one} against {other}", one=Said(a.basis), other=Said(b.basis))
        return Verdict(wording, relation.span, "mixed bases", basis, finding, sources)
    return Verdict(wording, relation.span, "contradicted", "", plain, sources)


def _levels(power: str, relation: Relation, published: str | None) -> list[Reference]:
    """The published levels of a power; of several together ("DEU+FRA") the sums of one source on one basis."""
    if "+" in power:
        return _sums([_levels(one, relation, published) for one in power.split("+")])
    rows = [r for r in _about(relation.quantity, power) if r.measure == "level" and r.unit == "bn USD"]
    if relation.period is not None:
        return [r for r in rows if r.year == _last_year(relation.period)]
    limit = int(published[:4]) - 1 if published else 9999  # the last full year that could be known
    return [r for r in rows if r.year <= limit]


def _sums(parts: Sequence[Sequence[Reference]]) -> list[Reference]:
    def key(row: Reference) -> tuple[int, str, str]:
        return row.year, row.basis, row.source

    first, *others = [{key(row): row for row in rows} for rows in parts]
    return [
        replace(row, value=round(row.value + sum(rows[k].value for rows in others), 1), note="sum")
        for k, row in first.items()
        if all(k in rows for rows in others)
    ]


def _compared(left: Sequence[Reference], right: Sequence[Reference], relation: Relation) -> bool:
    """On one basis: every pair of published figures agrees that it holds."""
    return all(_holds(a.value, b.value, relation) for a in left for b in right)


def _holds(a: float, b: float, relation: Relation) -> bool:
    if relation.factor != 1.0:
        return abs(a / b - relation.factor) <= 0.15 * relation.factor if relation.sign == ">" else False
    return a > b if relation.sign == ">" else a < b if relation.sign == "<" else abs(a - b) <= RELATIVE * b


def _shown(relation: Relation, left: Sequence[Reference], right: Sequence[Reference], basis: str) -> Said:
    def values(side: Sequence[Reference]) -> Said:
        first, *more = [r.value for r in side if r.basis == basis]
        return reduce(
            lambda text, value: Said("{text} or {value}", text=text, value=value), more, Said("{first}", first=first)
        )

    return Said(
        "{basis} {left} {ours}, {right} {theirs} {unit}",
        basis=_on(basis), left=power_name(relation.left), ours=values(left), right=power_name(relation.right),
        theirs=values(right), unit=Said("bn USD"),
    )  # fmt: skip


def power_name(power: str) -> Said:
    """The name of a power by its code, of several ("DEU+FRA") one after another; a code without a name stays."""
    first, *more = [Said(NAMES.get(code, code)) for code in power.split("+")]
    return reduce(lambda text, name: Said("{text} + {name}", text=text, name=name), more, first)


def _on(basis: str) -> Said:
    return Said(BASES.get(basis, basis))


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
    finding = Said(
        "One sentence joins a growth rate {rate} ({change} %) to a level {amount} ({level} {unit}) "
        "and names neither basis.",
        rate=_on(rate), change=change.value, amount=_on(amount), level=level.value, unit=Said(level.unit),
    )  # fmt: skip
    span = Span(min(change.span.start, level.span.start), max(change.span.end, level.span.end))
    sources = tuple(dict.fromkeys([*held[change.span].sources, *held[level.span].sources]))
    return Verdict(
        wording, span, "mixed bases", Said("{one} with {other}", one=Said(rate), other=Said(amount)), finding, sources
    )
