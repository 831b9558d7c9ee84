"""Building blocks of a scenario for tests: tables as an analyst would write them, with placeholder figures."""

from __future__ import annotations

from typing import Any


def fig(value: float, unit: str = "1") -> dict[str, Any]:
    """A fixed figure."""
    return {"value": value, "unit": unit, "judgement": "shape of a test"}


def path(unit: str, **knots: float) -> dict[str, Any]:
    """A path through the years: path("1", y2025=0.1, y2027=0.2)."""
    return {"path": {k[1:]: v for k, v in knots.items()}, "unit": unit, "judgement": "shape of a test"}


def power(name: str, *, code: str | None = None, **more: Any) -> dict[str, Any]:
    """A power; `more` replaces or adds tables."""
    table = {
        "name": name,
        "nuclear": False,
        "gdp": fig(5000.0, "bn USD2024"),
        "growth": fig(2.0, "%/yr"),
        "share": fig(2.0, "% GDP"),
        "ageing": fig(0.07, "1/yr"),
        "investment": fig(0.3),
        "precision_loss": fig(1.0, "% GDP"),
        "patience": fig(0.9),
    }
    if code is None:
        table["capital"] = fig(600.0, "bn USD2024")
    else:
        table["code"] = code
    return {**table, **more}


def option(name: str, *, at: tuple[str, ...], nuclear: bool = False, rupture: tuple[str, ...] = ()) -> dict[str, Any]:
    """An option of a front; `at` are the powers with a war cost."""
    table = {
        "name": name,
        "strength": fig(1.0),
        "advantage": fig(1.2),
        "decisiveness": fig(1.5),
        "settles": fig(0.7, "1/yr"),
        "prize": fig(0.8),
        "loss": fig(5.0, "% GDP"),
        "war_cost": {i: fig(1.0, "% GDP/yr") for i in at},
        "rupture": {i: fig(0.5, "% GDP/yr") for i in rupture},
    }
    if nuclear:
        table["hazard"] = fig(0.02, "1/yr")
    return table


def front(challenger: str, host: str, options: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A front with stakes for challenger and host."""
    return {
        "name": f"{challenger} against {host}",
        "challenger": challenger,
        "host": host,
        "reach": fig(0.7),
        "host_reach": fig(1.0),
        "opening_rate": fig(0.05, "1/yr"),
        "demonstration_rate": fig(0.1, "1/yr"),
        "course_rate": fig(0.5, "1/yr"),
        "demonstration": fig(0.1, "% GDP"),
        "backdown": fig(1.0, "% GDP"),
        "stakes": {challenger: fig(10.0, "% GDP"), host: fig(20.0, "% GDP")},
        "options": options,
        **more,
    }


def defender(*, access: bool = False, credibility: bool = False) -> dict[str, Any]:
    """A defender's row at a front."""
    table: dict[str, Any] = {"reach": fig(0.5)}
    if access:
        table["access"] = fig(0.8)
    if credibility:
        table["credibility"] = fig(3.0, "% GDP")
    return table


def private_type(power: str, scales: str, *cases: str) -> dict[str, Any]:
    """A private type; the cases differ in their placeholder factors."""
    return {
        "name": f"{scales} of {power}",
        "power": power,
        "scales": scales,
        "cases": {case: {"factor": fig(0.5 + k), "prior": fig(0.5)} for k, case in enumerate(cases)},
    }
