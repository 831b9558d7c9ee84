"""Reads one figure of a TOML file into a Quantity, and says everything that is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic_core import PydanticCustomError

from twofront import units
from twofront.errors import UnitError, did_you_mean
from twofront.scenario.quantity import Kind, Quantity

FORMS: dict[str, tuple[str, ...]] = {
    "value": ("value",),
    "pert": ("low", "mode", "high"),
    "uniform": ("between",),
    "normal": ("mean", "sd"),
    "choose": ("choose", "values"),
    "path": ("path",),
}
KEYS = (*(key for keys in FORMS.values() for key in keys), "unit", "source", "judgement", "note")
WRITE_FORM = "Write value, or low + mode + high, or between, or mean + sd, or choose + values, or path."
WRITE_SOURCE = 'Write source = "claim-id" or judgement = "why".'


@dataclass(frozen=True)
class Problem:
    """Something wrong with a figure; `at` are the keys below the figure."""

    message: str
    remedy: str = ""
    at: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Context:
    """What a table inherits: its kind, and for knots and changes the unit and the source."""

    kind: Kind
    unit: str | None = None
    source: tuple[str, ...] = ()
    judgement: str | None = None
    depth: int = 0


def figure(raw: object, kind: Kind) -> Quantity:
    """The figure, bound to its kind; otherwise PydanticCustomError with every problem in its context."""
    quantity, problems = read(raw, kind)
    if quantity is None:
        raise PydanticCustomError("figure", "{text}", {"text": problems[0].message, "problems": problems})
    return quantity


def read(
    raw: object, kind: Kind, *, unit: str | None = None, source: tuple[str, ...] = (), judgement: str | None = None
) -> tuple[Quantity | None, list[Problem]]:
    """The figure, or None and what is wrong; unit, source and judgement are taken where the table has none."""
    if isinstance(raw, Quantity):
        return replace(raw, kind=kind.bound(raw.unit)), []
    problems: list[Problem] = []
    quantity = _read(raw, _Context(kind, unit, source, judgement), problems.append)
    return (None if problems else quantity), problems


Add = Callable[[Problem], None]


def _read(raw: object, context: _Context, add: Add) -> Quantity | None:
    if not isinstance(raw, Mapping):
        add(_bare(raw, context.kind))
        return None
    table = {str(key): entry for key, entry in raw.items() if entry is not None}
    for key in table:
        if key not in KEYS:
            hint = did_you_mean(key, KEYS) or f"A figure has the keys {', '.join(KEYS)}."
            add(Problem(f'unknown key "{key}"', hint, (key,)))
    unit = _unit(table, context, add)
    bound = _bound(unit, context, add)
    source, judgement = _origin(table, context, add)
    form = _form(table, add)
    if form is None:
        return None
    below = replace(context, kind=bound or context.kind, unit=unit, source=source, judgement=judgement)
    numbers = _READERS[form](table, below, add)
    if numbers is None or unit is None or bound is None:
        return None
    note = table.get("note")
    if note is not None and not isinstance(note, str):
        add(Problem("note is not a text", "Write it in quotes.", ("note",)))
        return None
    quantity = Quantity(bound, unit, source=source, judgement=judgement, note=note, **numbers)
    _range(quantity, add)
    return quantity


def _bare(raw: object, kind: Kind) -> Problem:
    shown = repr(raw) if isinstance(raw, int | float) and not isinstance(raw, bool) and len(repr(raw)) < 30 else "3.5"
    return Problem(
        "a figure needs a unit and a source",
        f'Write {{ value = {shown}, unit = "{kind.unit}", source = "claim-id" }}, or judgement = "why" as its source.',
    )


def _unit(table: Mapping[str, Any], context: _Context, add: Add) -> str | None:
    unit = table.get("unit")
    if context.depth and unit is not None and unit != context.unit:
        add(Problem("a knot of a path has the unit of the path", "Delete the unit here.", ("unit",)))
        return None
    if unit is None and context.unit is not None:
        return context.unit
    if unit is None and "choose" in table and "values" not in table:
        return context.kind.unit  # labels that are numbers: the place says the unit
    if unit is None:
        names = " or ".join(f'unit = "{name}"' for name in context.kind.accepted)
        add(Problem("missing unit", f"Write {names}."))
        return None
    if not isinstance(unit, str):
        add(Problem("unit is not a text", f'Write unit = "{context.kind.unit}".', ("unit",)))
        return None
    return unit


def _bound(unit: str | None, context: _Context, add: Add) -> Kind | None:
    if unit is None:
        return None
    try:
        return context.kind.bound(unit)
    except UnitError as error:
        message, _, remedy = str(error).partition(". ")
        names = " or ".join(f'"{name}"' for name in context.kind.accepted)
        add(Problem(message, remedy or f"This figure takes {names}.", ("unit",)))
        return None


def _origin(table: Mapping[str, Any], context: _Context, add: Add) -> tuple[tuple[str, ...], str | None]:
    source, judgement = table.get("source"), table.get("judgement")
    if source is None and judgement is None:
        if not context.source and not context.judgement:
            add(Problem("missing source", WRITE_SOURCE))
        return context.source, context.judgement
    if judgement is not None and (not isinstance(judgement, str) or not judgement.strip()):
        add(Problem("judgement says nothing", 'Write the reason in a sentence: judgement = "why".', ("judgement",)))
    claims = [source] if isinstance(source, str) else source
    if claims is None:
        return (), judgement
    if not isinstance(claims, list | tuple) or not claims or not all(isinstance(c, str) and c.strip() for c in claims):
        add(Problem("source names no claim", WRITE_SOURCE, ("source",)))
        return (), None
    return tuple(claims), judgement


def _form(table: Mapping[str, Any], add: Add) -> str | None:
    found = [form for form, keys in FORMS.items() if any(key in table for key in keys)]
    if not found:
        add(Problem("no number", WRITE_FORM))
        return None
    if len(found) > 1:
        first = [next(key for key in FORMS[form] if key in table) for form in found]
        add(Problem(f"two forms at once: {' and '.join(first)}", "Keep one of them.", (first[1],)))
        return None
    missing = [key for key in FORMS[found[0]] if key not in table and found[0] != "choose"]
    if missing:
        have = " and ".join(key for key in FORMS[found[0]] if key in table)
        whole = " + ".join(FORMS[found[0]])
        add(Problem(f"{have} without {' and '.join(missing)}", f"Write {whole}."))
        return None
    return found[0]


def _number(raw: object, at: tuple[str, ...], add: Add) -> float | None:
    name = at[-1]
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        text = (
            f'{name} is not a number: "{raw}"' if isinstance(raw, str) and len(raw) < 40 else f"{name} is not a number"
        )
        add(Problem(text, "Write digits with a decimal point and without quotes, as in 3.5.", at))
        return None
    try:
        number = float(raw)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        add(Problem(f"{name} is not a finite number", "Write an ordinary number.", at))
        return None
    return number


def _value(table: Mapping[str, Any], context: _Context, add: Add) -> dict[str, Any] | None:
    number = _number(table["value"], ("value",), add)
    return None if number is None else {"value": number}


def _pert(table: Mapping[str, Any], context: _Context, add: Add) -> dict[str, Any] | None:
    low, mode, high = (_number(table[key], (key,), add) for key in ("low", "mode", "high"))
    if low is None or mode is None or high is None:
        return None
    if low > mode:
        add(Problem(f"low is above mode: {low:g} > {mode:g}", "Write low <= mode <= high.", ("low",)))
    elif mode > high:
        add(Problem(f"mode is above high: {mode:g} > {high:g}", "Write low <= mode <= high.", ("mode",)))
    elif low == high:
        add(Problem(f"low and high are equal: {low:g}", f"Write value = {low:g}.", ("high",)))
    else:
        return {"low": low, "mode": mode, "high": high}
    return None


def _uniform(table: Mapping[str, Any], context: _Context, add: Add) -> dict[str, Any] | None:
    raw = table["between"]
    if not isinstance(raw, list | tuple) or len(raw) != 2:
        add(Problem("between takes two numbers", "Write between = [smallest, largest].", ("between",)))
        return None
    low, high = (_number(entry, ("between",), add) for entry in raw)
    if low is None or high is None:
        return None
    if low > high:
        add(Problem(f"between is reversed: [{low:g}, {high:g}]", f"Write between = [{high:g}, {low:g}].", ("between",)))
        return None
    if low == high:
        add(Problem(f"both ends of between are {low:g}", f"Write value = {low:g}.", ("between",)))
        return None
    return {"between": (low, high)}


def _normal(table: Mapping[str, Any], context: _Context, add: Add) -> dict[str, Any] | None:
    mean, sd = (_number(table[key], (key,), add) for key in ("mean", "sd"))
    if mean is None or sd is None:
        return None
    if sd <= 0:
        add(Problem(f"sd is not above 0: {sd:g}", f"Write value = {mean:g}, or an sd above 0.", ("sd",)))
        return None
    return {"mean": mean, "sd": sd}


def _choose(table: Mapping[str, Any], context: _Context, add: Add) -> dict[str, Any] | None:
    chances, values = table.get("choose"), table.get("values")
    if not isinstance(chances, Mapping) or not chances:
        add(
            Problem(
                "choose takes labels with probabilities", "Write choose = { frozen = 0.6, talks = 0.4 }.", ("choose",)
            )
        )
        return None
    weights = {label: _number(chance, ("choose", label), add) for label, chance in chances.items()}
    if values is None:
        values = {label: _labelled(label) for label in chances}
        if None in values.values():
            add(
                Problem(
                    "choose without values",
                    "Say which number each label means: values = { frozen = 0.0, … }.",
                    ("choose",),
                )
            )
            return None
    if not isinstance(values, Mapping) or set(values) != set(chances):
        add(
            Problem(
                "choose and values have different labels",
                "Give each label of choose one number in values.",
                ("values",),
            )
        )
        return None
    numbers = {label: _number(values[label], ("values", label), add) for label in chances}
    if None in weights.values() or None in numbers.values():
        return None
    if any(chance < 0 for chance in weights.values() if chance is not None):
        add(Problem("a probability of choose is below 0", "Write probabilities of 0 to 1.", ("choose",)))
        return None
    total = sum(chance for chance in weights.values() if chance is not None)
    if abs(total - 1) > 1e-6:
        add(
            Problem(
                f"the probabilities of choose sum to {total:g}, not to 1",
                "Change them so that they sum to 1.",
                ("choose",),
            )
        )
        return None
    return {"choose": weights, "values": numbers}


def _labelled(label: str) -> float | None:
    try:
        return float(label)
    except ValueError:
        return None


def _path(table: Mapping[str, Any], context: _Context, add: Add) -> dict[str, Any] | None:
    knots = table["path"]
    if context.depth:
        add(Problem("a path inside a path", "Write value, low + mode + high, between or mean + sd here.", ("path",)))
        return None
    if not context.kind.yearly:
        add(Problem("this figure does not change by year", "Write one value or one distribution.", ("path",)))
        return None
    if not isinstance(knots, Mapping) or not knots:
        add(Problem("path takes years with numbers", "Write path = { 2025 = 0.03, 2030 = 0.04 }.", ("path",)))
        return None
    found: dict[int, Quantity] = {}
    for name, raw in knots.items():
        year = int(name) if str(name).isdecimal() and len(str(name)) == 4 else None
        if year is None or not 1900 <= year <= 2200:
            add(
                Problem(
                    f'"{name}" is not a year', "The knots of a path are years from 1900 to 2200.", ("path", str(name))
                )
            )
            continue
        body = raw if isinstance(raw, Mapping | Quantity) else {"value": raw}
        knot = _knot(body, str(name), context, add)
        if knot is not None:
            found[year] = knot
    return {"path": dict(sorted(found.items()))} if len(found) == len(knots) else None


def _knot(body: Mapping[str, Any] | Quantity, name: str, context: _Context, add: Add) -> Quantity | None:
    if isinstance(body, Quantity):
        return body

    def below(problem: Problem) -> None:
        add(replace(problem, at=("path", name, *problem.at)))

    return _read(body, replace(context, depth=context.depth + 1), below)


_READERS: dict[str, Callable[[Mapping[str, Any], _Context, Add], dict[str, Any] | None]] = {
    "value": _value,
    "pert": _pert,
    "uniform": _uniform,
    "normal": _normal,
    "choose": _choose,
    "path": _path,
}


def _range(quantity: Quantity, add: Add) -> None:
    """Every possible value lies in the range of the kind; knots were checked one by one."""
    if quantity.path is not None:
        return
    kind, centre = quantity.kind, quantity.mean
    low, high = quantity.bounds if centre is None else (units.convert(centre, quantity.unit, quantity.kind.unit),) * 2
    place = FORMS[quantity.form][0 if low_is_wrong(low, kind) else -1]
    if low_is_wrong(low, kind):
        add(Problem(f"{low:g} is below {kind.low:g}, the least that is possible here{_in(kind)}", "", (place,)))
    elif kind.high is not None and high > kind.high:
        place = "mean" if centre is not None else place
        add(Problem(f"{high:g} is above {kind.high:g}, the most that is possible here{_in(kind)}", "", (place,)))


def low_is_wrong(low: float, kind: Kind) -> bool:
    """Whether the smallest value lies below the kind's range."""
    return kind.low is not None and low < kind.low


def _in(kind: Kind) -> str:
    return "" if kind.unit == "1" else f" (in {kind.unit})"


def figure_schema(kind: Kind) -> dict[str, Any]:
    """JSON Schema of a figure of this kind, for editors."""
    number: dict[str, Any] = {"type": "number"}
    shapes: list[dict[str, Any]] = [{"required": list(keys)} for form, keys in FORMS.items() if form != "path"]
    knot = {"anyOf": [number, {"type": "object"}]}
    properties: dict[str, Any] = dict.fromkeys(("value", "low", "mode", "high", "mean", "sd"), number)
    properties |= {
        "between": {"type": "array", "items": number, "minItems": 2, "maxItems": 2},
        "choose": {"type": "object", "additionalProperties": number},
        "values": {"type": "object", "additionalProperties": number},
        "unit": {"type": "string", "enum": _units_for(kind)},
        "source": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]},
        "judgement": {"type": "string", "minLength": 1},
        "note": {"type": "string"},
    }
    if kind.yearly:
        properties["path"] = {
            "type": "object",
            "patternProperties": {"^[0-9]{4}$": knot},
            "additionalProperties": False,
        }
        shapes.append({"required": ["path"]})
    return {
        "type": "object",
        "description": describe(kind),
        "properties": properties,
        "additionalProperties": False,
        "oneOf": shapes,
        "anyOf": [{"required": ["source"]}, {"required": ["judgement"]}],
    }


def _units_for(kind: Kind) -> list[str]:
    return [name for name in units.UNITS if any(units.convertible(name, target) for target in kind.accepted)]


def describe(kind: Kind) -> str:
    """Unit and range of a kind in words: "% GDP, 0 to 100; may change by year"."""
    low, high = kind.low, kind.high
    spans = f"{low:g} to {high:g}" if low is not None and high is not None else f"at least {low:g}"
    text = f"{kind.unit}, {spans}" if low is not None else kind.unit
    text += f"; unit {kind.group_unit} for a group of members" if kind.group_unit else ""
    text += f"; or {kind.unit}/yr" if kind.flow else ""
    text += "; every ally draws its own" if kind.each else ""
    return text + ("; may change by year" if kind.yearly else "")
