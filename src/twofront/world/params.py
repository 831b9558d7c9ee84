"""From drawn values to the records of each process; with game/build.py the only reader of a Scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from twofront.reference import past_spending
from twofront.scenario import Loaded, Scenario
from twofront.scenario.quantity import scalars
from twofront.world import forces, spending, supply


@dataclass(frozen=True)
class Reader:
    """Finds a figure by its path in the matrix of drawn values, and follows paths through the years."""

    rows: Mapping[str, int]
    knots: Mapping[str, tuple[tuple[int, str], ...]]
    values: Float[Array, "scalar world"]

    def __call__(self, path: str, default: float | Array = 0.0) -> Float[Array, " world"]:
        """The figure in every world, in its kind's unit; the default where the scenario leaves it out."""
        if path in self.rows:
            return self.values[self.rows[path]]
        return jnp.broadcast_to(jnp.asarray(default, self.values.dtype), self.values.shape[1:])

    def at(self, path: str, year: int, default: float | Array = 0.0) -> Float[Array, " world"]:
        """The figure in a year: between the knots of its path linearly, constant outside."""
        knots = self.knots.get(path)
        if knots is None:
            return self(path, default)
        first, last = knots[0], knots[-1]
        if year <= first[0] or year >= last[0]:
            return self(first[1] if year <= first[0] else last[1])
        after = next(k for k, (when, _) in enumerate(knots) if when >= year)
        (left, low), (right, high) = knots[after - 1], knots[after]
        part = (year - left) / (right - left)
        return (1 - part) * self(low) + part * self(high)

    def has(self, path: str) -> bool:
        """Whether the scenario gives this figure."""
        return path in self.rows or path in self.knots


def reader(loaded: Loaded, values: Float[Array, "scalar world"]) -> Reader:
    """A reader of one tile of worlds; `values` has one row for each scalar of the scenario, in their order."""
    rows: dict[str, int] = {}
    knots: dict[str, list[tuple[int, str]]] = {}
    for row, (path, scalar) in enumerate(scalars(loaded).items()):
        rows[path] = row
        if scalar.year is not None:
            knots.setdefault(scalar.base, []).append((scalar.year, path))
    return Reader(rows, {base: tuple(sorted(found)) for base, found in knots.items()}, values)


@dataclass(frozen=True)
class Params:
    """What the world needs, ready for arithmetic: one record for each process."""

    years: Sequence[int]
    economies: spending.Economies
    pledges: Sequence[spending.Pledge]
    response: Mapping[tuple[int, int], Float[Array, " world"]]
    price: Float[Array, "power world"]  # military purchasing-power factor
    ageing: Float[Array, "power world"]
    investment: Float[Array, "power world"]
    past: Float[Array, "past power world"]  # bn USD2024
    capital: Mapping[int, Float[Array, " world"]]  # where the scenario gives it
    engagements: Sequence[forces.Engagement]
    imports: Sequence[supply.Imports]


def params(loaded: Loaded, read: Reader) -> Params:
    """Every figure of the world's processes, in the order of the scenario's powers."""
    scenario = loaded.scenario
    names = list(scenario.powers)
    each = [f"powers.{name}." for name in names]
    economies, revision = _economies(loaded, read)
    price = jnp.stack([read(path + "military_ppp", 1.0) for path in each])
    return Params(
        years=range(scenario.start, scenario.end + 1),
        economies=economies,
        pledges=[_pledge(scenario, name, read) for name in scenario.commitments],
        response={
            (i, names.index(rival)): read(f"{each[i]}arms_race.{rival}")
            for i, power in enumerate(scenario.powers.values())
            for rival in power.arms_race
        },
        price=price,
        ageing=jnp.stack([read(path + "ageing") for path in each]),
        investment=jnp.stack([read(path + "investment") for path in each]),
        past=spending.revised(_past(loaded), revision, economies.owner, price),
        capital={i: read(path + "capital") for i, path in enumerate(each) if read.has(path + "capital")},
        engagements=[_engagement(scenario, name, read) for name in scenario.engagements],
        imports=[_imports(scenario, name, read) for name in scenario.supply],
    )


def _economies(loaded: Loaded, read: Reader) -> tuple[spending.Economies, dict[int, Float[Array, " world"]]]:
    """Every economy, with the revision (log) of the newest figures where the scenario gives one."""
    scenario = loaded.scenario
    pledged = {power: k for k, c in enumerate(scenario.commitments.values()) for power in c.powers}
    cores = [f"commitments.{name}.core" for name in scenario.commitments]
    rows: dict[str, list[Array]] = {"gdp": [], "growth": [], "share": [], "target": []}
    owner: list[int] = []
    pledge: list[int | None] = []
    compliance, apart, revision = {}, {}, {}
    for i, name in enumerate(scenario.powers):
        path = f"powers.{name}."
        core = read(cores[pledged[name]]) if name in pledged else read(path + "share")
        members = loaded.members.get(name)
        for member in members or [None]:
            of = f"{path}members.{member.code}." if member else path
            own = {k: read(of + k) for k in ("gdp", "growth", "share")}
            if member:  # the group's figures scale its members' levels and shift their growth
                own["gdp"] = own["gdp"] * read(path + "gdp")
                own["share"] = own["share"] * read(path + "share")
                own["growth"] = own["growth"] + read(path + "growth")
            own["target"] = read(of + "target", core) if member and name in pledged else core
            e, who = len(owner), member.code if member else name
            correction = f"{path}revision.{who}" if member else path + "revision"
            if read.has(correction):
                revision[e] = read(correction)
                own["share"] = own["share"] * jnp.exp(revision[e])
            for key, value in own.items():
                rows[key].append(value)
            if member and name in pledged and read.has(of + "compliance"):
                compliance[e] = read(of + "compliance")
            part = f"commitments.{list(scenario.commitments)[pledged[name]]}.own" if name in pledged else ""
            if given := next((p for p in (f"{part}.{who}", part) if read.has(p)), None):
                apart[e] = read(given)
            owner.append(i)
            pledge.append(pledged.get(name))
    stacked = {key: jnp.stack(value) for key, value in rows.items()}
    return spending.Economies(owner, pledge, **stacked, compliance=compliance, own=apart), revision


def _pledge(scenario: Scenario, name: str, read: Reader) -> spending.Pledge:
    commitment, path = scenario.commitments[name], f"commitments.{name}."
    compliance = read(path + "compliance")
    return spending.Pledge(
        start=commitment.start,
        by=commitment.by,
        review=commitment.review,
        compliance=compliance,
        compliance_after=read(path + "compliance_after", compliance),
        shape=read(path + "shape", 1.0),
        related=read(path + "related"),
        growth_limit=read(path + "growth_limit") if read.has(path + "growth_limit") else None,
    )


def _past(loaded: Loaded) -> Float[np.ndarray, "past economy"]:
    """Published spending of the years before the start, bn USD2024: zero where capital is given."""
    first, last = loaded.scenario.start - forces.HISTORY, loaded.scenario.start - 1
    columns = []
    for name, power in loaded.scenario.powers.items():
        for code in [m.code for m in loaded.members.get(name, ())] or [power.code or ""]:
            known = bool(code) and power.capital is None
            columns.append(past_spending(code, first, last, loaded.past) if known else np.zeros(forces.HISTORY))
    return np.stack(columns, axis=1)


def _engagement(scenario: Scenario, name: str, read: Reader) -> forces.Engagement:
    engagement, path = scenario.engagements[name], f"engagements.{name}."
    return forces.Engagement(
        power=list(scenario.powers).index(engagement.power),
        began=engagement.began,
        end=read(path + "end"),
        tied=read(path + "tied"),
        losses=read(path + "losses"),
        refill=read(path + "refill") if read.has(path + "refill") else None,
        exhausted=read(path + "exhausted"),
    )


def _imports(scenario: Scenario, importer: str, read: Reader) -> supply.Imports:
    record, path, names = scenario.supply[importer], f"supply.{importer}.", list(scenario.powers)
    goods = []
    for good_id, good in record.goods.items():
        of = f"{path}goods.{good_id}."
        links = {
            (link, names.index(power)): read(f"{of}{link}.{power}")
            for link in ("shipped", "made")
            for power in getattr(good, link)
        }
        figures = {key: read(of + key) for key in ("weight", "dependence", "cover", "substitution")}
        goods.append(supply.Good(**figures, links=links))
    cuts = [
        supply.Cut(
            good=list(record.goods).index(cut.good),
            link=(cut.link, names.index(cut.power)),
            year=read(f"{path}cuts.{cut_id}.year"),
            share=read(f"{path}cuts.{cut_id}.share"),
        )
        for cut_id, cut in record.cuts.items()
    ]
    need, elasticity, price = (read(path + name) for name in ("need", "elasticity", "price"))
    return supply.Imports(names.index(importer), need, elasticity, goods, cuts, price)
