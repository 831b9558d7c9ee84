"""The pledge of The Hague, ally by ally: where each stands, what it planned, what is missing, how likely it arrives.

Money is at prices and exchange rates of 2024. What nobody published is None and never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from twofront import reference
from twofront.analysis.persistence import Floats, Odds, futures, histories, odds
from twofront.errors import DataError, did_you_mean

GROUP = "europe-canada"
PRICE_YEAR = 2024
PLEDGED = 2025  # the year of the declaration: the path begins here
EQUIPMENT = 20.0  # % of spending, the guideline of 2014
CHECKPOINT = 2029


@dataclass(frozen=True)
class Figure:
    """A published figure: value, year, decimals as published, status, publication."""

    value: float
    year: int
    digits: int
    status: str
    source: str


@dataclass(frozen=True)
class Money:
    """An amount a year: bn USD2024, bn of the own currency at prices of 2024, % of GDP of its year."""

    usd: float
    own: float
    share: float


@dataclass(frozen=True)
class AllyPledge:
    """One ally (or, with an empty `currency`, the group). Paths map years to % of GDP.

    `stands` is the newest published core share of the year asked for; `definition` says whose. `needed` rises in
    equal steps to the target; `planned` follows what the government published, None where no plan was found;
    `held` keeps today's share. `missing` is the distance to the target this year; `step` what each year must add;
    `total` what the years to come need above the plan (above the held share where there is no plan).
    """

    code: str
    currency: str
    status: str
    note: str
    note_de: str
    plan_source: str
    stands: Figure | None
    definition: str
    target: float | None
    by: int | None
    related: Figure | None
    gdp: Mapping[int, float]  # bn USD2024
    rate: float  # own currency per US dollar, 2024
    needed: Mapping[int, float] | None
    planned: Mapping[int, float] | None
    missing: Money | None
    step: float | None  # points of GDP a year
    total: Money | None
    odds: Odds | None
    odds_2029: Odds | None
    fan: Mapping[int, tuple[float, float]] | None  # 80 % of futures, % GDP
    equipment: Figure | None
    personnel: Figure | None
    rank: tuple[int, int] | None  # place among allies with a figure of the same year, and how many those are

    def required(self, year: int) -> float | None:
        """What the pledge asks for in a year, % GDP: the equal-steps share, for an ally above its target the target."""
        if self.needed is None or self.target is None:
            return None
        return min(self.needed[year], self.target)

    @property
    def path(self) -> Mapping[int, float] | None:
        """The planned path, or today's share held; None without a figure."""
        if self.planned is not None:
            return self.planned
        return None if self.stands is None else dict.fromkeys(self.gdp, self.stands.value)


@dataclass(frozen=True)
class PledgeReport:
    """Every ally, the group, and what the figures rest on. `publisher_total` is NATO's own sum, ours beside it."""

    year: int
    to: int
    allies: tuple[AllyPledge, ...]
    group: AllyPledge
    history: str
    revision: float  # standard deviation (log) by which figures of the newest year are revised
    sources: tuple[str, ...]
    publisher_total: tuple[float, float] | None  # bn USD current: NATO's, ours


def pledge(year: int = 2025, to: int = 2035, ally: str | None = None) -> PledgeReport:
    """Every European ally and Canada (or one of them), and the group as a whole.

    Arguments: `year` whose published figures say where allies stand; `to` the last year of the paths; `ally` an
    ISO code or a name. Errors: DataError for an unknown ally or a year without figures.
    """
    members = reference.group(GROUP)
    chosen = _choose(ally, members)
    if not PLEDGED <= year < to <= 2050:
        raise DataError(f"years {year} to {to}: the pledge runs from {PLEDGED} on; give --year {PLEDGED} --to 2035.")
    shares, equipment, personnel = (_published(measure) for measure in ("share", "equipment", "personnel"))
    stands = {code: _stands(code, year, shares) for code in members}
    if sum(figure is not None for figure, _ in stands.values()) < len(members) // 2:
        raise DataError(
            f"no published shares of {year} for most allies. Add NATO's tables (twofront data add FILE), "
            f"or ask for --year {PLEDGED}."
        )
    past, source = histories(members)
    today = {c: figure.value for c, (figure, _) in stands.items() if figure is not None}
    ahead = list(range(1, to - year + 1))
    spread = recent_revision()
    moving = {c: spread for c, (figure, _) in stands.items() if figure is not None and figure.status != "final"}
    drawn = futures(past, today, ahead, revision=moving)
    ranks = _ranks(personnel)
    rows = {
        code: replace(
            _ally(code, year, to, stands[code], drawn.get(code)),
            equipment=_latest(equipment.get(code, {})),
            personnel=_latest(personnel.get(code, {})),
            rank=ranks.get(code),
        )
        for code in members
    }
    group = _group(list(rows.values()), year, to, drawn)
    used = {
        s
        for row in rows.values()
        for s in (row.plan_source, *(f.source for f in (row.stands, row.equipment, row.personnel) if f))
    }
    return PledgeReport(
        year,
        to,
        tuple(rows[c] for c in chosen),
        group,
        source,
        spread,
        tuple(sorted(used)),
        _total(year, rows.values()),
    )


def recent_revision() -> float:
    """How far a figure of the newest year is still revised (standard deviation of the log): between two SIPRI editions
    that were added, else as measured between its releases of 2025 and 2026."""
    measured = reference.revision_spread(0)
    return measured[0] if measured else reference.quoted()["sipri-revision-newest"].value / 100


def _choose(ally: str | None, members: Sequence[str]) -> list[str]:
    if ally is None:
        return list(members)
    return list(dict.fromkeys(_one(part, members) for part in ally.split(",")))


def _one(ally: str, members: Sequence[str]) -> str:
    """The code of one ally, by code or name in either language."""
    named = {reference.countries()[c].called(lang).casefold(): c for c in members for lang in ("en", "de")}
    code = named.get(ally.strip().casefold(), ally.strip().upper())
    if code not in members:
        hint = " ".join(filter(None, [did_you_mean(ally, [*named, *members]), "Write an ISO code such as DEU."]))
        raise DataError(f'no ally "{ally[:40]}". {hint}')
    return code


def _stands(code: str, year: int, shares: Mapping[str, Mapping[int, Figure]]) -> tuple[Figure | None, str]:
    """The newest published share of GDP: NATO's where there is one, else SIPRI's."""
    figure = shares.get(code, {}).get(year)
    if figure is not None:
        return figure, "NATO"
    row = reference.every_spending().get((code, year))
    if row is None or row.share is None:
        return None, ""
    return Figure(row.share, year, 2, row.mark or "reported", row.source), "SIPRI"


def _published(measure: str) -> dict[str, dict[int, Figure]]:
    """Figures of a measure by ally and year: the newest publication of each; editions that were added go first."""
    known = reference.sources()
    dated = [
        ("", known[f.source].published, f.code, Figure(f.value, f.year, f.digits, f.status, f.source))
        for f in reference.nato_figures().values()
        if f.measure == measure
    ]
    for edition in (e for e in reference.editions() if e.publisher == "NATO"):
        for code, rows in reference.series(edition, measure).items():
            dated += [
                (
                    "added",
                    edition.date,
                    code,
                    Figure(value, year, 2 if measure == "share" else 1, mark or "final", edition.name),
                )
                for year, (value, mark) in rows.items()
            ]
    found: dict[str, dict[int, Figure]] = {}
    for _, _, code, figure in sorted(dated, key=lambda row: row[:2]):
        found.setdefault(code, {})[figure.year] = figure
    return found


def _latest(figures: Mapping[int, Figure]) -> Figure | None:
    return figures[max(figures)] if figures else None


def _ranks(figures: Mapping[str, Mapping[int, Figure]]) -> dict[str, tuple[int, int]]:
    """Place by personnel among all allies, the United States among them, that have a figure of the same year."""
    allies = reference.group("nato")
    ranks = {}
    for code in allies:
        own = _latest(figures.get(code, {}))
        if own is not None:
            peers = [figures[c][own.year].value for c in allies if own.year in figures.get(c, {})]
            ranks[code] = 1 + sum(value > own.value for value in peers), len(peers)
    return ranks


def real_gdp(code: str, year: int) -> float | None:
    """GDP at prices and exchange rates of 2024, bn USD2024: published, projected, then at the last growth."""
    table = reference.every_economy()
    base = table.get((code, PRICE_YEAR))
    if base is None:
        return None
    last = max(y for c, y in table if c == code)
    row = table.get((code, min(year, last)))
    if row is None:
        return None
    growth = 1 + (table[code, last].growth or 0.0) / 100
    return base.nominal * row.real / base.real * growth ** max(year - last, 0)


def _ally(code: str, year: int, to: int, stands: tuple[Figure | None, str], drawn: Floats | None) -> AllyPledge:
    country, plan = reference.countries()[code], reference.plans()[code]
    figure, definition = stands
    gdp = {y: value for y in range(year, to + 1) if (value := real_gdp(code, y)) is not None}
    base = reference.every_economy()[code, PRICE_YEAR]
    row = AllyPledge(
        code=code, currency=country.currency, status=plan.status, note=plan.note, note_de=plan.note_de,
        plan_source=plan.source, stands=figure, definition=definition, target=plan.target, by=plan.by, related=None,
        gdp=gdp, rate=base.rate, needed=None, planned=None, missing=None, step=None, total=None, odds=None,
        odds_2029=None, fan=None, equipment=None, personnel=None, rank=None,
    )  # fmt: skip
    if figure is None or plan.target is None or plan.by is None or drawn is None:
        return row
    return _with_paths(row, plan, year, to, drawn)


def _with_paths(row: AllyPledge, plan: reference.Plan, year: int, to: int, drawn: Floats) -> AllyPledge:
    assert row.stands is not None
    assert row.target is not None
    assert row.by is not None
    share, target, by = row.stands.value, row.target, row.by
    left = max(by - year, 1)  # years to the target
    needed = {y: share + max(target - share, 0.0) * min((y - year) / left, 1.0) for y in row.gdp}
    ahead = any(y > year for y in plan.path)  # a plan whose last year has passed says nothing of the years to come
    planned = _planned(plan.path, year, share, to) if ahead else None
    path = planned or dict.fromkeys(row.gdp, share)
    lacks = {y: max(min(needed[y], target) - path[y], 0.0) for y in row.gdp if y > year}  # above it nothing lacks
    usd = sum(points / 100 * row.gdp[y] for y, points in lacks.items())
    all_gdp = sum(row.gdp[y] for y in lacks)
    gap = max(target - share, 0.0)
    now = gap / 100 * row.gdp[year]
    at = {y: drawn[:, :, y - year - 1] for y in range(year + 1, to + 1)}
    fan = {y: (float(np.quantile(a, 0.1)), float(np.quantile(a, 0.9))) for y, a in at.items()}
    return replace(
        row,
        needed=needed,
        planned=planned,
        missing=Money(now, now * row.rate, gap),
        step=gap / left,
        total=Money(usd, usd * row.rate, 100 * usd / all_gdp),
        odds=odds(at[to], target) if to >= by else None,
        odds_2029=odds(at[CHECKPOINT], min(needed[CHECKPOINT], target)) if year < CHECKPOINT <= to else None,
        fan=fan,
    )


def _planned(path: Mapping[int, float], year: int, share: float, to: int) -> dict[int, float]:
    """The published milestones joined by straight lines from today's share; the last one is held."""
    knots = {year: share} | {y: v for y, v in path.items() if y > year}
    years = sorted(knots)
    return {y: float(np.interp(y, years, [knots[k] for k in years])) for y in range(year, to + 1)}


def _group(rows: Sequence[AllyPledge], year: int, to: int, drawn: Mapping[str, Floats]) -> AllyPledge:
    """The group: sums of money over sums of GDP. Allies without a target keep their share."""
    gdp = {y: sum(row.gdp[y] for row in rows) for y in range(year, to + 1)}

    def mean(path: str) -> dict[int, float]:
        amounts = dict.fromkeys(gdp, 0.0)
        for row in rows:
            chosen = getattr(row, path) or row.path
            for y in gdp:
                amounts[y] += (chosen[y] if chosen else 0.0) / 100 * row.gdp[y]
        return {y: 100 * amounts[y] / gdp[y] for y in gdp}

    needed, planned = mean("needed"), mean("path")
    now = sum(row.missing.usd for row in rows if row.missing)
    usd = sum(row.total.usd for row in rows if row.total)
    sums = {
        y: np.sum(
            [row.gdp[y] / gdp[y] * drawn[row.code][:, :, y - year - 1] for row in rows if row.code in drawn], axis=0
        )
        for y in range(year + 1, to + 1)
    }
    fan = {y: (float(np.quantile(total, 0.1)), float(np.quantile(total, 0.9))) for y, total in sums.items()}
    stands = Figure(needed[year], year, 2, "estimate", "sum of the allies")
    return AllyPledge(
        code=GROUP, currency="", status="group", note="", note_de="", plan_source="", stands=stands,
        definition="NATO and SIPRI", target=needed[to], by=to, related=None, gdp=gdp, rate=1.0, needed=needed,
        planned=planned, missing=Money(now, now, 100 * now / gdp[year]),
        step=(needed[to] - needed[year]) / (to - year),
        total=Money(usd, usd, 100 * usd / sum(v for y, v in gdp.items() if y > year)),
        odds=odds(sums[to], needed[to]),
        odds_2029=odds(sums[CHECKPOINT], needed[CHECKPOINT]) if CHECKPOINT in sums else None,
        fan=fan, equipment=None, personnel=None, rank=None,
    )  # fmt: skip


def _total(year: int, rows: Iterable[AllyPledge]) -> tuple[float, float] | None:
    """NATO's own sum of Europe and Canada at current prices, and ours from shares and nominal GDP (bn USD)."""
    edition = reference.newest("NATO")
    stated = reference.series(edition, "current").get("NATO Europe and Canada", {}).get(year) if edition else None
    quoted = reference.quoted()["nato-europe-canada-current"]
    said = stated[0] if stated else quoted.value if quoted.year == year else None
    ours = 0.0
    for row in rows:
        economy = reference.every_economy().get((row.code, year))
        if row.stands is None or economy is None:
            return None
        ours += row.stands.value / 100 * economy.nominal
    return None if said is None else (said, ours)
