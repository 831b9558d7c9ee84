"""The closed list of units, and conversion inside one price basis.

Money carries its price basis in the unit: `bn USD2024` are dollars at 2024 prices and exchange rates, `bn USD2024 PPP`
the same at purchasing power, `bn EUR current` euros of the year itself. No factor in this program leads from one
basis to another, so mixing two of them is an error.
"""

from __future__ import annotations

from dataclasses import dataclass

from twofront.errors import UnitError, did_you_mean

BASES = (
    "USD2024", "USD2024 PPP", "USD2023", "USD2021", "USD2015", "USD current", "USD current PPP",
    "EUR2024", "EUR current", "RUB current", "CNY current", "GBP current", "JPY current",
)  # fmt: skip
_SCALES = {"mn": 1e-3, "bn": 1.0, "tn": 1e3}


@dataclass(frozen=True)
class Unit:
    """A unit: its name, the kind of thing it measures, and its size in the kind's first unit."""

    name: str
    kind: str
    size: float


def _units() -> dict[str, Unit]:
    plain = [
        Unit("1", "share", 1.0),
        Unit("%", "share", 0.01),
        Unit("% GDP", "% GDP", 1.0),
        Unit("% GDP/yr", "% GDP/yr", 1.0),
        Unit("1/yr", "rate", 1.0),
        Unit("%/yr", "rate", 0.01),
        Unit("yr", "duration", 1.0),
        Unit("months", "duration", 1 / 12),
        Unit("days", "duration", 1 / 365.25),
        Unit("year", "date", 1.0),
        Unit("count", "count", 1.0),
        Unit("count/yr", "count/yr", 1.0),
        Unit("persons", "persons", 1.0),
        Unit("persons/yr", "persons/yr", 1.0),
    ]
    money = [Unit(f"{s} {b}", f"money at {b}", size) for b in BASES for s, size in _SCALES.items()]
    yearly = [Unit(f"{u.name}/yr", f"{u.kind} a year", u.size) for u in money]
    return {unit.name: unit for unit in [*plain, *money, *yearly]}


UNITS = _units()


def unit(name: str) -> Unit:
    """The unit of this name; UnitError with the nearest known name otherwise."""
    if name not in UNITS:
        shown = name if len(name) < 60 else name[:57] + "..."
        hint = did_you_mean(name, UNITS) or "The known units stand in docs/scenario.md."
        raise UnitError(f'unknown unit "{shown}". {hint}')
    return UNITS[name]


def basis(name: str) -> str | None:
    """The price basis of a unit of money ("USD2024 PPP"), None for every other unit."""
    kind = unit(name).kind
    return kind.removeprefix("money at ").removesuffix(" a year") if kind.startswith("money at ") else None


def convertible(origin: str, target: str) -> bool:
    """Whether both units measure the same kind of thing on the same price basis."""
    return unit(origin).kind == unit(target).kind


def convert(value: float, origin: str, target: str) -> float:
    """The value in another unit of the same kind and price basis; UnitError names what was mixed otherwise."""
    old, new = unit(origin), unit(target)
    if old == new:
        return value
    if old.kind == new.kind:
        return value * (old.size / new.size)
    bases = basis(origin), basis(target)
    if all(bases) and bases[0] != bases[1]:
        raise UnitError(
            f'mixed price bases: "{origin}" is at {bases[0]}, "{target}" at {bases[1]}. '
            f"Convert the figure with a published deflator or exchange rate, write it in {bases[1]} and cite both."
        )
    raise UnitError(f'"{origin}" cannot be read as "{target}": one measures {old.kind}, the other {new.kind}')
