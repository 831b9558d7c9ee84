"""A figure of a scenario: a number with its unit, its uncertainty and its source.

A `Kind` says which unit and range a place of the scenario expects; reading a figure there binds it to the kind, and
its draws come in the kind's unit. `scalars` lists every number of a scenario in a fixed order, one for each row of
the matrix of drawn values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from twofront import units
from twofront.scenario import tables

if TYPE_CHECKING:
    from twofront.scenario.loaded import Loaded
    from twofront.scenario.schema import Scenario

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Kind:
    """What a place of the scenario expects: unit, smallest and largest value (None: open), and who may differ.

    yearly: the figure may be a path through the years; group_unit: the unit that a group of members writes instead;
    flow: the figure may also be written per year (% GDP/yr); each: every ally of a group draws its own.
    """

    unit: str
    low: float | None = None
    high: float | None = None
    yearly: bool = False
    group_unit: str | None = None
    flow: bool = False
    each: bool = False

    @property
    def accepted(self) -> tuple[str, ...]:
        """The units that a figure of this kind may convert to."""
        also = (self.group_unit, f"{self.unit}/yr" if self.flow else None)
        return (self.unit, *(unit for unit in also if unit is not None))

    def bound(self, unit: str) -> Kind:
        """The kind with the accepted unit that this unit converts to; UnitError if there is none."""
        for target in self.accepted:
            if units.convertible(unit, target):
                return replace(self, unit=target)
        units.convert(1.0, unit, self.unit)
        raise AssertionError("unreachable: convert refuses what is not convertible")

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from twofront.scenario.figure import figure  # reads a table into a Quantity; needs this module

        return core_schema.no_info_plain_validator_function(lambda raw: figure(raw, self))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        from twofront.scenario.figure import figure_schema

        return figure_schema(self)


@dataclass(frozen=True)
class Quantity:
    """A figure in exactly one form (see docs/scenario.md), with unit, and source or judgement.

    Numbers stand in `unit`, as written; `ppf` and `bounds` answer in the unit of `kind`.
    """

    kind: Kind
    unit: str
    value: float | None = None
    low: float | None = None
    mode: float | None = None
    high: float | None = None
    between: tuple[float, float] | None = None
    mean: float | None = None
    sd: float | None = None
    choose: Mapping[str, float] | None = None
    values: Mapping[str, float] | None = None
    path: Mapping[int, Quantity] | None = None
    source: tuple[str, ...] = ()
    judgement: str | None = None
    note: str | None = field(default=None, compare=False)

    @property
    def form(self) -> str:
        """Which form it has: value, pert, uniform, normal, choose or path."""
        found = {
            "value": self.value,
            "pert": self.low,
            "uniform": self.between,
            "normal": self.mean,
            "choose": self.choose,
        }
        return next((name for name, number in found.items() if number is not None), "path")

    @property
    def uncertain(self) -> bool:
        """Whether worlds can differ in it."""
        if self.path is not None:
            return any(knot.uncertain for knot in self.path.values())
        return self.form != "value"

    @property
    def sources(self) -> tuple[str, ...]:
        """The claims it rests on, those of its knots included, each once."""
        knots = (self.path or {}).values()
        return tuple(dict.fromkeys([*self.source, *(claim for knot in knots for claim in knot.source)]))

    @property
    def sourced(self) -> bool:
        """Whether it rests on at least one claim of the ledger."""
        return bool(self.source)

    @property
    def bounds(self) -> tuple[float, float]:
        """Smallest and largest possible value in the kind's unit; infinite where a normal distribution is open."""
        if self.path is not None:
            ends = [knot.bounds for knot in self.path.values()]
            return min(low for low, _ in ends), max(high for _, high in ends)
        if self.form == "normal":
            low, high = self.kind.low, self.kind.high
            return -np.inf if low is None else low, np.inf if high is None else high
        low, high = _ends(self)
        return self._in_kind(low), self._in_kind(high)

    def ppf(self, u: Floats) -> Floats:
        """The values, in the kind's unit, that stand at the cumulative probabilities u (float64, 0 to 1)."""
        u = np.asarray(u, np.float64)
        if self.form == "normal" and self.mean is not None and self.sd is not None:
            mean, sd = self._in_kind(self.mean), self._in_kind(self.sd)
            return tables.normal(u, mean, sd, self.kind.low, self.kind.high)
        factor = units.convert(1.0, self.unit, self.kind.unit)
        return factor * self._drawn(u) if factor != 1.0 else self._drawn(u)

    def _drawn(self, u: Floats) -> Floats:
        """Draws in the unit as written."""
        if self.value is not None:
            return np.full(u.shape, self.value)
        if self.low is not None and self.mode is not None and self.high is not None:
            return tables.pert(u, self.low, self.mode, self.high)
        if self.between is not None:
            return self.between[0] + u * (self.between[1] - self.between[0])
        if self.choose is not None and self.values is not None:
            numbers = np.array([self.values[label] for label in self.choose])
            return tables.choice(u, numbers, np.array(list(self.choose.values())))
        raise ValueError("a path has one distribution for each knot: ask its knots, or scalars(loaded)")

    def _in_kind(self, number: float) -> float:
        return units.convert(number, self.unit, self.kind.unit)


def _ends(quantity: Quantity) -> tuple[float, float]:
    if quantity.value is not None:
        return quantity.value, quantity.value
    if quantity.low is not None and quantity.high is not None:
        return quantity.low, quantity.high
    if quantity.between is not None:
        return quantity.between
    numbers = list((quantity.values or {}).values())
    return min(numbers), max(numbers)


@dataclass(frozen=True)
class Scalar:
    """One number of a scenario: a row in the matrix of drawn values.

    path: "powers.china.growth", with the year behind it for the knot of a path, with the ally behind it where each
    draws its own; base: without them.
    """

    path: str
    quantity: Quantity
    kind: Kind
    year: int | None
    base: str

    def ppf(self, u: Floats) -> Floats:
        """Values at the cumulative probabilities u, in the unit of `kind`."""
        return self.quantity.ppf(u)


def scalars(loaded: Loaded) -> dict[str, Scalar]:
    """Every number of a scenario by its dotted path, in the order of the schema; members follow their group."""
    return dict(loaded.scalars)


def all_scalars(scenario: Scenario, groups: Mapping[str, Mapping[str, Any]]) -> dict[str, Scalar]:
    """The same from the tables; `groups`: power -> code of the member -> name of the figure -> Quantity."""
    below = {f"powers.{power}.": members for power, members in groups.items()}
    found = {scalar.path: scalar for scalar in _walk(scenario, "", below)}
    return {s.path: s for scalar in found.values() for s in _drawn_by(scalar, scenario, groups)}


def _drawn_by(scalar: Scalar, scenario: Scenario, groups: Mapping[str, Mapping[str, Any]]) -> Iterator[Scalar]:
    """The number, or one for each ally that spends, where each draws its own."""
    powers: list[str] = []
    if scalar.kind.each:
        table, name, _ = scalar.path.split(".")
        powers = scenario.commitments[name].powers if table == "commitments" else [name]
    if not any(power in groups for power in powers):
        yield scalar
        return
    for power in powers:
        for who in [code for code, own in groups[power].items() if own["share"].value] if power in groups else [power]:
            yield replace(scalar, path=f"{scalar.path}.{who}")


def _walk(node: object, prefix: str, groups: Mapping[str, Any]) -> Iterator[Scalar]:
    if isinstance(node, Quantity):
        yield from _expand(node, prefix.removesuffix("."))
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from _walk(getattr(node, name), f"{prefix}{name}.", groups)
        if prefix in groups:
            yield from _walk(groups[prefix], f"{prefix}members.", groups)
    elif isinstance(node, Mapping):
        for name, below in node.items():
            yield from _walk(below, f"{prefix}{name}.", groups)


def _expand(quantity: Quantity, base: str) -> Iterator[Scalar]:
    if quantity.path is None:
        yield Scalar(base, quantity, quantity.kind, None, base)
        return
    for year, knot in quantity.path.items():
        yield Scalar(f"{base}.{year}", knot, knot.kind, year, base)
