"""The years of one world in plain floats: §2 to §6 of docs/model.md."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twofront.scenario.schema import Scenario

Past = Callable[[str, int, int], Sequence[float]]
Series = dict[str, list[float]]
INVENTORY_YEARS = 25
LEAST_AVAILABILITY = 0.01


def clip(x: float) -> float:
    """x held between 0 and 1."""
    return min(max(x, 0.0), 1.0)


def sigmoid(x: float) -> float:
    """1/(1+e^-x), without overflow."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    return math.exp(x) / (1.0 + math.exp(x))


class Figures:
    """The world's numbers by path; a path through the years is interpolated between its knots."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self._values = {path: float(value) for path, value in values.items()}
        self._knots: dict[str, list[tuple[int, float]]] = {}
        for path, value in self._values.items():
            base, _, last = path.rpartition(".")
            if last.isdigit():
                self._knots.setdefault(base, []).append((int(last), value))

    def has(self, path: str) -> bool:
        """Whether the world draws this figure."""
        return path in self._values or path in self._knots

    def at(self, path: str, year: int, absent: float = 0.0) -> float:
        """The figure in a year; `absent` where the scenario does not give it."""
        if path in self._values:
            return self._values[path]
        if path not in self._knots:
            return absent
        knots = sorted(self._knots[path])
        if year <= knots[0][0]:
            return knots[0][1]
        for (y0, v0), (y1, v1) in itertools.pairwise(knots):
            if year <= y1:
                return v0 + (v1 - v0) * (year - y0) / (y1 - y0)
        return knots[-1][1]

    def get(self, path: str, absent: float = 0.0) -> float:
        """A figure that does not change by year."""
        return self._values.get(path, absent)


@dataclass(frozen=True)
class Years:
    """What is known of every year before anyone moves; lists run from `start` to `end`."""

    scenario: Scenario
    figures: Figures
    gdp: Series
    share: Series
    related: Series
    spending: Series
    effective: Series
    capital: Series
    force: Series
    supply: Series
    leverage: Series
    practice: Series
    leak: Series
    ready: Series

    def table(self) -> dict[str, Series]:
        """Every series by name."""
        names = (
            "gdp", "share", "related", "spending", "effective", "capital", "force", "supply", "leverage",
            "practice", "leak", "ready",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}


def delivered(scenario: Scenario, figures: Figures, name: str, who: str, instead: float | None, year: int) -> float:
    """R_m(t): the part of a promised rise that a payer delivers by a year; `instead` of the common compliances."""
    pledge = scenario.commitments[name]
    base = f"commitments.{name}"
    shape = figures.get(f"{base}.shape", 1.0)
    apart = figures.get(f"{base}.own.{who}", figures.get(f"{base}.own"))

    def own(common: float) -> float:
        return common if common >= 1.0 else float(common ** math.exp(apart))

    common = figures.get(f"{base}.compliance") if instead is None else instead
    kept = own(common)

    def ramp(t: int) -> float:
        return float(clip((t - pledge.start) / (pledge.by - pledge.start)) ** shape)

    if pledge.review is None:
        return kept * ramp(year)
    after = own(figures.get(f"{base}.compliance_after", common) if instead is None else instead)
    review = pledge.review
    return kept * ramp(min(year, review)) + after * (ramp(max(year, review)) - ramp(review))


@dataclass(frozen=True)
class Payer:
    """Who spends: a power, or a member of one. GDP and share (% GDP) at start; a target and compliance of its own."""

    who: str
    gdp: float
    growth: float
    share: float
    target: float | None = None
    compliance: float | None = None


def payers(scenario: Scenario, figures: Figures, members: Mapping[str, Sequence[Any]], power: str) -> list[Payer]:
    """A power, or each of its members."""
    base = f"powers.{power}"
    if scenario.powers[power].members is None:
        growth = figures.get(f"{base}.growth") / 100.0
        share = figures.get(f"{base}.share") * math.exp(figures.get(f"{base}.revision"))
        return [Payer(power, figures.get(f"{base}.gdp"), growth, share)]
    rows: list[Payer] = []
    for member in members[power]:
        row = f"{base}.members.{member.code}"
        corrected = math.exp(figures.get(f"{base}.revision.{member.code}"))
        rows.append(
            Payer(
                member.code,
                figures.get(f"{base}.gdp") * figures.get(f"{row}.gdp"),
                (figures.get(f"{row}.growth") + figures.get(f"{base}.growth")) / 100.0,
                figures.get(f"{base}.share") * figures.get(f"{row}.share") * corrected,
                figures.get(f"{row}.target") if figures.has(f"{row}.target") else None,
                figures.get(f"{row}.compliance") if figures.has(f"{row}.compliance") else None,
            )
        )
    return rows


def base_spending(
    scenario: Scenario, figures: Figures, members: Mapping[str, Sequence[Any]], power: str, year: int
) -> tuple[float, float, float]:
    """GDP, spending before the arms race (both bn USD2024) and related share (% GDP) of a year."""
    gdp, spent, related = 0.0, 0.0, 0.0
    pledges = [name for name, pledge in scenario.commitments.items() if power in pledge.powers]
    for payer in payers(scenario, figures, members, power):
        product = payer.gdp * (1.0 + payer.growth) ** (year - scenario.start)
        gdp += product
        spent += paid(scenario, figures, pledges, payer, year)
        for name in pledges:
            part = delivered(scenario, figures, name, payer.who, payer.compliance, year)
            related += part * figures.get(f"commitments.{name}.related") / 100.0 * product
    return gdp, spent, 100.0 * related / gdp


def paid(scenario: Scenario, figures: Figures, pledges: Sequence[str], payer: Payer, year: int) -> float:
    """S[m,t]: what one payer spends, no faster than the limit of its pledge allows."""
    product = payer.gdp * (1.0 + payer.growth) ** (year - scenario.start)
    share = payer.share
    for name in pledges:
        target = figures.get(f"commitments.{name}.core") if payer.target is None else payer.target
        part = delivered(scenario, figures, name, payer.who, payer.compliance, year)
        share = max(share, payer.share + part * max(target - payer.share, 0.0))
    wanted = share / 100.0 * product
    limited = [name for name in pledges if figures.has(f"commitments.{name}.growth_limit")]
    if not limited or year == scenario.start:
        return wanted
    before = paid(scenario, figures, pledges, payer, year - 1)
    if before == 0.0:
        return wanted
    most = (1.0 + figures.get(f"commitments.{limited[0]}.growth_limit") / 100.0) * before
    return max(payer.share / 100.0 * product, min(wanted, most))


def engaged(scenario: Scenario, figures: Figures, power: str, year: int) -> tuple[float, float]:
    """Tied share of forces and war losses (1/yr) of a power in a year."""
    free, kept = 1.0, 1.0
    for name, war in scenario.engagements.items():
        if war.power != power or year < war.began:
            continue
        active = clip(figures.get(f"engagements.{name}.end") - year)
        free *= 1.0 - figures.get(f"engagements.{name}.tied") * active
        spent = clip(year + 1.0 - figures.get(f"engagements.{name}.exhausted"))
        lost = figures.get(f"engagements.{name}.losses") + figures.get(f"engagements.{name}.refill") * spent
        kept *= 1.0 - min(lost, 1.0) * active
    return 1.0 - free, 1.0 - kept


def first_capital(
    scenario: Scenario, figures: Figures, members: Mapping[str, Sequence[Any]], past: Past, power: str
) -> float:
    """Capital at `start`: the scenario's own figure, or 25 years of published spending."""
    if figures.has(f"powers.{power}.capital"):
        return figures.get(f"powers.{power}.capital")
    record = scenario.powers[power]
    if record.members is None:
        assert record.code is not None
        codes = [record.code]
    else:
        codes = [member.code for member in members[power]]
    first, last = scenario.start - INVENTORY_YEARS, scenario.start - 1
    published = [past(code, first, last) for code in codes]
    suffix = "" if record.members is None else "."
    logs = [figures.get(f"powers.{power}.revision" + (suffix and suffix + code)) for code in codes]
    ageing, investment = figures.get(f"powers.{power}.ageing"), figures.get(f"powers.{power}.investment")
    ppp = figures.get(f"powers.{power}.military_ppp", 1.0)
    capital = 0.0
    for k in range(INVENTORY_YEARS):
        lost = engaged(scenario, figures, power, first + k)[1]
        part = {INVENTORY_YEARS - 1: 0.8, INVENTORY_YEARS - 2: 0.3}.get(k, 0.0)  # how far a revision reaches back
        bought = ppp * sum(float(row[k]) * math.exp(part * log) for row, log in zip(published, logs, strict=True))
        capital = (1.0 - ageing) * (1.0 - lost) * capital + investment * bought
    return capital


def missing(scenario: Scenario, figures: Figures, importer: str, good: str, year: int) -> float:
    """m[g,t]: the share of a good's need that is missing."""
    base = f"supply.{importer}"
    cover = figures.get(f"{base}.goods.{good}.cover")
    total = 0.0
    for name, cut in scenario.supply[importer].cuts.items():
        begins = figures.get(f"{base}.cuts.{name}.year")
        if cut.good != good or year < begins:
            continue
        link = figures.get(f"{base}.goods.{good}.{cut.link}.{cut.power}")
        elapsed = year + 1 - begins - cover
        recovery = math.exp(-figures.get(f"{base}.goods.{good}.substitution") * max(elapsed, 0.0))
        total += link * figures.get(f"{base}.cuts.{name}.share") * clip(elapsed) * recovery
    return figures.get(f"{base}.goods.{good}.dependence") * clip(total)


def multiplier(scenario: Scenario, figures: Figures, importer: str, available: Mapping[str, float]) -> float:
    """B: arms output that the available goods allow, 1 when nothing is missing."""
    base = f"supply.{importer}"
    sigma = figures.get(f"{base}.elasticity")
    rho = (sigma - 1.0) / sigma
    weights = {good: figures.get(f"{base}.goods.{good}.weight") for good in available}
    whole = sum(weights.values())
    mean = sum(weights[good] / whole * available[good] ** rho for good in available)
    need = figures.get(f"{base}.need")
    scarce = sum(weights[good] / whole * (1.0 - available[good]) for good in available)
    output = 1.0 - need * (1.0 - mean ** (1.0 / rho))
    return float(output / (1.0 + figures.get(f"{base}.price") * need * scarce))


def supply_of(
    scenario: Scenario, figures: Figures, importer: str, leader: str | None, year: int
) -> tuple[float, float]:
    """(B, B_cut) of a year: as it is, and if the leader withheld all it ships."""
    if importer not in scenario.supply:
        return 1.0, 1.0
    now, cut = {}, {}
    for good in scenario.supply[importer].goods:
        base = f"supply.{importer}.goods.{good}"
        gone = missing(scenario, figures, importer, good, year)
        now[good] = max(1.0 - gone, LEAST_AVAILABILITY)
        shipped = figures.get(f"{base}.shipped.{leader}")
        withheld = figures.get(f"{base}.dependence") * shipped * (1.0 - clip(figures.get(f"{base}.cover")))
        cut[good] = max(clip(1.0 - gone - withheld), LEAST_AVAILABILITY)
    return multiplier(scenario, figures, importer, now), multiplier(scenario, figures, importer, cut)


def leverage_of(scenario: Scenario, figures: Figures, share: float, year: int) -> float:
    """Λ[t]: what a refusal costs the partner, % of its GDP."""
    pair = scenario.partnership
    assert pair is not None
    base = "partnership.leverage"
    whole, cut = supply_of(scenario, figures, pair.partner, pair.leader, year)
    made = figures.get(f"powers.{pair.partner}.investment") * share * (whole - cut)
    yearly = figures.get(f"{base}.wartime_value") * made + figures.get(f"{base}.trade")
    return figures.get(f"{base}.credibility") * yearly * figures.get(f"{base}.duration")


def practice_of(scenario: Scenario, figures: Figures) -> list[float]:
    """I[t] for every year; 0 without practice."""
    years = range(scenario.start, scenario.end + 1)
    if scenario.practice is None:
        return [0.0 for _ in years]
    level, series = figures.get("practice.level"), []
    for year in years:
        series.append(level)
        trainees = figures.at("practice.trainees", year)
        effort = figures.at("practice.exercises", year)
        effort += figures.get("practice.trainee_weight") * trainees / 100.0
        rise = figures.get("practice.gain") * effort / figures.get("practice.scale") * (1.0 - level)
        level = clip(level + rise - figures.get("practice.forgetting") * level)
    return series


def live(
    scenario: Scenario,
    members: Mapping[str, Sequence[Any]],
    values: Mapping[str, float],
    past: Past,
) -> Years:
    """Every series of a world, year by year."""
    figures = Figures(values)
    years = list(range(scenario.start, scenario.end + 1))
    names = list(scenario.powers)
    gdp: Series = {i: [] for i in names}
    related: Series = {i: [] for i in names}
    effective: Series = {i: [] for i in names}
    raced = dict.fromkeys(names, 0.0)
    for k, year in enumerate(years):
        for i in names:
            if k >= 2:
                for rival in scenario.powers[i].arms_race:
                    step = effective[rival][k - 1] - effective[rival][k - 2]
                    raced[i] += figures.get(f"powers.{i}.arms_race.{rival}") * step
        for i in names:
            product, spent, extra = base_spending(scenario, figures, members, i, year)
            gdp[i].append(product)
            related[i].append(extra)
            effective[i].append(max(figures.get(f"powers.{i}.military_ppp", 1.0) * spent + raced[i], 0.0))
    spending = {i: [x / figures.get(f"powers.{i}.military_ppp", 1.0) for x in effective[i]] for i in names}
    share = {i: [100.0 * s / y for s, y in zip(spending[i], gdp[i], strict=True)] for i in names}
    capital, force, supply = build_forces(scenario, figures, members, past, effective)
    practice = practice_of(scenario, figures)
    ceiling, secrecy = figures.get("partnership.leak"), figures.get("partnership.secrecy")
    leak = [ceiling * (1.0 - secrecy * x) for x in practice]
    leverage: Series = {}
    if scenario.partnership is not None:
        partner = scenario.partnership.partner
        leverage[partner] = [leverage_of(scenario, figures, share[partner][k], year) for k, year in enumerate(years)]
    return Years(
        scenario=scenario, figures=figures, gdp=gdp, share=share, related=related, spending=spending,
        effective=effective, capital=capital, force=force, supply=supply, leverage=leverage,
        practice={"all": practice}, leak={"all": leak} if scenario.partnership is not None else {},
        ready={f: [readiness(scenario, figures, f, year) for year in years] for f in scenario.fronts},
    )  # fmt: skip


def build_forces(
    scenario: Scenario,
    figures: Figures,
    members: Mapping[str, Sequence[Any]],
    past: Past,
    effective: Series,
) -> tuple[Series, Series, Series]:
    """Capital, force and supply multiplier of every power and year."""
    capital: Series = {}
    force: Series = {}
    supply: Series = {}
    for i in scenario.powers:
        stock = first_capital(scenario, figures, members, past, i)
        capital[i], force[i], supply[i] = [], [], []
        for k, year in enumerate(range(scenario.start, scenario.end + 1)):
            tied, lost = engaged(scenario, figures, i, year)
            output = supply_of(scenario, figures, i, None, year)[0]
            capital[i].append(stock)
            force[i].append(stock * (1.0 - tied))
            supply[i].append(output)
            bought = figures.get(f"powers.{i}.investment") * output * effective[i][k]
            stock = (1.0 - figures.get(f"powers.{i}.ageing")) * (1.0 - lost) * stock + bought
    return capital, force, supply


def readiness(scenario: Scenario, figures: Figures, front: str, year: int) -> float:
    """ready[f,t]: a logistic rise around a year, 1 where the front names none."""
    if scenario.fronts[front].readiness is None:
        return 1.0
    base = f"fronts.{front}.readiness"
    return sigmoid((year - figures.get(f"{base}.year")) / figures.get(f"{base}.width"))
