"""Fixed scenarios of one to three fronts, observed and hidden, and random figures for them.

Only the structure counts here; the numbers written are placeholders that `random_values` replaces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from twofront.scenario.quantity import Kind, Quantity, Scalar, all_scalars
from twofront.scenario.schema import PrivateType, Scenario

from .parts import defender, fig, front, option, path, power, private_type


class Draws(Protocol):
    """random.Random or a NumPy generator."""

    def uniform(self, a: float, b: float, /) -> float:
        """A number between a and b."""
        ...


@dataclass(frozen=True)
class Ally:
    """One row of a group: only what the twin reads from it."""

    code: str


@dataclass(frozen=True)
class Shape:
    """A scenario with the members of its groups and published spending."""

    scenario: Scenario
    members: dict[str, tuple[Ally, ...]]

    def past(self, code: str, first: int, last: int) -> list[float]:
        """Made-up spending of the past, bn USD2024: 40 and a little more each year, by code."""
        level = 40.0 + sum(ord(letter) for letter in code) % 17
        return [level + 1.5 * (year - first) for year in range(first, last + 1)]


def one_front() -> Shape:
    """One challenger, one host, two options, readiness."""
    scenario = Scenario.model_validate({
        "title": "one front", "start": 2025, "end": 2027, "tail": 3, "order": ["strait"],
        "regime_change": fig(0.03, "1/yr"),
        "powers": {
            "china": power("China", arms_race={"taiwan": fig(0.2)}, military_ppp=fig(1.5)),
            "taiwan": power("Taiwan", code="TWN", arms_race={"china": fig(0.1)}, revision=fig(0.05)),
        },
        "fronts": {"strait": front(
            "china", "taiwan",
            {
                "blockade": option("Blockade", at=("china", "taiwan"), rupture=("china",)),
                "invasion": option("Invasion", at=("china", "taiwan"), rupture=("china", "taiwan")),
            },
            readiness={"year": fig(2027.0, "year"), "width": fig(1.0, "yr")},
        )},
    })  # fmt: skip
    return Shape(scenario, {})


def partnership(**more: Any) -> dict[str, Any]:
    """China leads, Russia follows."""
    return {
        "leader": "china", "partner": "russia", "leak": fig(0.3), "secrecy": fig(0.5), "warning": fig(0.2),
        "synergy": fig(0.1), "lesson": fig(0.1), "half": fig(0.3),
        "leverage": {
            "credibility": fig(0.3), "wartime_value": fig(3.0), "trade": fig(2.0, "% GDP/yr"),
            "duration": fig(1.0, "yr"), "exports": fig(0.5, "% GDP/yr"),
        },
        **more,
    }  # fmt: skip


def russian_supply() -> dict[str, Any]:
    """Two goods and two cuts, one at each link."""
    good = {
        "weight": fig(1.0), "dependence": fig(0.8), "cover": fig(0.5, "yr"), "substitution": fig(0.3, "1/yr"),
    }  # fmt: skip
    return {
        "need": fig(0.6),
        "elasticity": fig(0.4),
        "price": fig(1.0),
        "goods": {
            "chips": {**good, "name": "Chips", "shipped": {"china": fig(0.8)}, "made": {"usa": fig(0.5)}},
            "metals": {**good, "name": "Metals", "shipped": {"china": fig(0.4)}},
        },
        "cuts": {
            "brands": {
                "good": "chips", "power": "usa", "link": "made", "year": fig(2026.0, "year"),
                "share": fig(0.6),
            },
            "ore": {
                "good": "metals", "power": "china", "link": "shipped", "year": fig(2025.4, "year"),
                "share": fig(0.5),
            },
        },
    }  # fmt: skip


def five_powers() -> dict[str, Any]:
    """Two challengers, a defender with postures, a group and a host."""
    return {
        "china": power(
            "China", code="CHN", nuclear=True, military_ppp=fig(1.6), escalation_loss=fig(60.0, "% GDP"),
        ),
        "russia": power(
            "Russia", code="RUS", nuclear=True, military_ppp=fig(2.2), escalation_loss=fig(60.0, "% GDP"),
            arms_race={"europe": fig(0.1)},
        ),
        "usa": power(
            "United States", nuclear=True, escalation_loss=fig(50.0, "% GDP"), swing=fig(0.4),
            arms_race={"china": fig(0.1), "russia": fig(0.1)},
            station={"strait": path("1", y2025=0.2, y2027=0.3), "flank": fig(0.2)},
            station_open={
                "strait": {"strait": fig(0.3), "flank": fig(0.1)}, "strait+flank": {"flank": fig(0.15)},
            },
            postures={
                "pacific": {"strait": fig(0.4), "flank": fig(0.1)},
                "atlantic": {"flank": path("1", y2025=0.4, y2028=0.3)},
                "stay_out": {},
            },
        ),
        "europe": power(
            "NATO Europe", members="allies.csv", gdp=fig(1.0), growth=fig(0.0, "%/yr"), share=fig(1.0),
            escalation_loss=fig(50.0, "% GDP"), revision=fig(-0.05),
        ),
        "taiwan": power("Taiwan", code="TWN"),
    }  # fmt: skip


def two_fronts() -> Shape:
    """Leader and partner, a defender between two fronts, a pledge, supply, engagement, practice."""
    powers = five_powers()
    del powers["europe"]["capital"]  # members' published spending builds it
    scenario = Scenario.model_validate({
        "title": "two fronts", "start": 2025, "end": 2028, "tail": 3, "regime_change": fig(0.03, "1/yr"),
        "order": ["strait", "call", "flank", "usa"], "sees": {"usa": ["strait", "call", "flank"]},
        "powers": powers,
        "fronts": {
            "strait": front(
                "china", "taiwan",
                {
                    "blockade": option("Blockade", nuclear=True, at=("china", "taiwan", "usa")),
                    "invasion": option(
                        "Invasion", nuclear=True, at=("china", "taiwan", "usa"), rupture=("europe", "china")
                    ),
                },
                readiness={"year": fig(2027.0, "year"), "width": fig(1.0, "yr")},
                defenders={"usa": defender(access=True, credibility=True)}, pin=fig(0.2),
            ),
            "flank": front(
                "russia", "europe",
                {"incursion": option(
                    "Incursion", nuclear=True, at=("russia", "europe", "usa"), rupture=("russia",)
                )},
                defenders={"usa": defender(credibility=True)}, pin=fig(0.3),
                called_rate=fig(0.2, "1/yr"), called_demonstration_rate=fig(0.4, "1/yr"),
                stakes={"russia": fig(8.0, "% GDP"), "europe": fig(15.0, "% GDP"), "usa": fig(3.0, "% GDP")},
            ),
        },
        "partnership": partnership(
            support=fig(0.5, "% GDP/yr"), obligation=fig(0.5), breach=fig(2.0, "% GDP"),
            entrapment=fig(0.5, "% GDP"),
        ),
        "practice": {
            "level": fig(0.2), "gain": fig(0.2, "1/yr"), "forgetting": fig(0.1, "1/yr"),
            "scale": fig(10.0, "count/yr"), "exercises": path("count/yr", y2025=8.0, y2027=12.0),
            "trainees": fig(300.0, "persons/yr"), "trainee_weight": fig(1.0),
        },
        "commitments": {"hague": {
            "name": "The Hague", "powers": ["europe"],
            "core": fig(3.5, "% GDP"), "related": fig(1.5, "% GDP"),
            "start": 2025, "by": 2035, "review": 2027, "compliance": fig(0.8), "compliance_after": fig(0.6),
            "own": fig(0.5), "shape": fig(1.2), "growth_limit": fig(8.0, "%/yr"),
        }},
        "engagements": {"ukraine": {
            "name": "Ukraine", "power": "russia", "began": 2022, "end": fig(2026.6, "year"), "tied": fig(0.6),
            "losses": fig(0.1, "1/yr"), "refill": fig(0.05, "1/yr"), "exhausted": fig(2025.5, "year"),
        }},
        "supply": {"russia": russian_supply()},
    })  # fmt: skip
    return Shape(scenario, {"europe": (Ally("DEU"), Ally("POL"), Ally("CAN"))})


def three_fronts() -> Shape:
    """A third challenger, two powers with postures, readiness, stakes as a path and as a flow."""
    powers = five_powers()
    powers["usa"]["station"]["gulf"] = fig(0.1)
    powers["usa"]["station_open"] = {"gulf": {"gulf": fig(0.2)}, "flank+strait": {"flank": fig(0.15)}}
    powers["usa"]["postures"]["forward"] = {"strait": fig(0.2), "gulf": fig(0.3)}
    del powers["usa"]["postures"]["atlantic"]
    powers["europe"] = power(
        "Europe", swing=fig(0.3), station={"flank": fig(0.3)}, nuclear=True,
        escalation_loss=fig(40.0, "% GDP"),
        postures={"home": {"flank": fig(0.5)}, "away": {"gulf": fig(0.3), "flank": fig(0.2)}},
    )  # fmt: skip
    powers["iran"] = power("Iran", arms_race={"gulfies": fig(0.1)})
    powers["gulfies"] = power("Gulf states")
    powers["baltics"] = power("Baltic states")
    stakes = {
        "iran": path("% GDP/yr", y2025=0.6, y2027=0.4),
        "gulfies": fig(10.0, "% GDP"),
        "europe": fig(0.2, "% GDP/yr"),
    }
    scenario = Scenario.model_validate({
        "title": "three fronts", "start": 2025, "end": 2027, "tail": 2, "regime_change": fig(0.03, "1/yr"),
        "contest": "difference",
        "order": ["strait", "usa", "call", "gulf", "flank", "europe"],
        "sees": {
            "gulf": ["strait", "usa", "call"], "europe": ["strait", "usa", "call", "gulf", "flank"],
        },
        "powers": powers,
        "fronts": {
            "strait": front(
                "china", "taiwan",
                {
                    "blockade": option("Blockade", at=("china", "taiwan", "usa")),
                    "invasion": option(
                        "Invasion", nuclear=True, at=("china", "taiwan", "usa"), rupture=("china",)
                    ),
                },
                readiness={"year": fig(2027.0, "year"), "width": fig(1.0, "yr")},
                defenders={"usa": defender(credibility=True)}, pin=fig(0.2),
                stakes={"china": path("% GDP", y2025=12.0, y2030=8.0), "taiwan": fig(60.0, "% GDP")},
            ),
            "flank": front(
                "russia", "baltics",
                {"incursion": option("Incursion", nuclear=True, at=("russia", "baltics", "europe"))},
                defenders={"europe": defender(credibility=True), "usa": defender(access=True)},
                called_rate=fig(0.2, "1/yr"),
            ),
            "gulf": front(
                "iran", "gulfies",
                {"strikes": option("Strikes", at=("iran", "usa"), rupture=("china", "europe"))},
                readiness={"year": fig(2026.0, "year"), "width": fig(0.7, "yr")}, stakes=stakes,
                reach=path("1", y2025=0.5, y2028=0.8), pin=fig(0.4),
                defenders={"usa": defender(), "europe": defender(access=True)},
            ),
        },
        "partnership": partnership(),
        "supply": {"russia": russian_supply()},
    })  # fmt: skip
    return Shape(scenario, {})


def hidden_call() -> Shape:
    """The two fronts with a call that the defender learns of by a leak only, and two powers with private types."""
    shape = two_fronts()
    types = {
        "pressure": private_type("russia", "refusal", "dependent", "free"),
        "will": private_type("usa", "credibility", "keen", "wary"),
    }
    records = {name: PrivateType.model_validate(table) for name, table in types.items()}
    return Shape(shape.scenario.model_copy(update={"sees": {}, "types": records}), shape.members)


def posture_first() -> Shape:
    """The two fronts, where the defender moves after a call that it does not see and before the partner."""
    shape = two_fronts()
    order = ["strait", "call", "usa", "flank"]
    return Shape(shape.scenario.model_copy(update={"order": order, "sees": {}}), shape.members)


def unseen_front() -> Shape:
    """Two challengers without a partnership: one does not see the other's move, the defender sees one of them."""
    powers = {name: power(name.title()) for name in ("china", "taiwan", "russia", "baltics")}
    powers["usa"] = power(
        "United States", swing=fig(0.5), station={"strait": fig(0.2), "flank": fig(0.2)},
        postures={"pacific": {"strait": fig(0.4)}, "both": {"strait": fig(0.2), "flank": fig(0.2)}},
    )  # fmt: skip
    scenario = Scenario.model_validate({
        "title": "unseen front", "start": 2025, "end": 2026, "tail": 2, "regime_change": fig(0.03, "1/yr"),
        "order": ["strait", "flank", "usa"], "sees": {"flank": [], "usa": ["flank"]},
        "powers": powers,
        "fronts": {
            "strait": front(
                "china", "taiwan",
                {
                    "blockade": option("Blockade", at=("china", "taiwan", "usa")),
                    "invasion": option("Invasion", at=("china", "taiwan", "usa")),
                },
                defenders={"usa": defender(credibility=True)}, pin=fig(0.3),
            ),
            "flank": front(
                "russia", "baltics", {"incursion": option("Incursion", at=("russia", "baltics", "usa"))},
                defenders={"usa": defender(credibility=True)},
            ),
        },
        "types": {"appetite": private_type("russia", "stake", "hungry", "fed", "sated")},
    })  # fmt: skip
    return Shape(scenario, {})


SHAPES = {
    "one": one_front, "two": two_fronts, "three": three_fronts,
    "hidden": hidden_call, "before": posture_first, "unseen": unseen_front,
}  # fmt: skip

# Range by the last name of a figure's path, or by the table that holds it; no outcome should saturate.
RANGES: dict[str, tuple[float, float]] = {
    "gdp": (1000.0, 20000.0), "growth": (-1.0, 5.0), "share": (0.1, 0.9), "military_ppp": (1.0, 2.5),
    "ageing": (0.04, 0.1), "investment": (0.15, 0.4), "capital": (300.0, 1500.0),
    "precision_loss": (0.4, 3.0), "patience": (0.7, 0.95), "escalation_loss": (10.0, 80.0),
    "arms_race": (0.0, 0.3), "swing": (0.1, 0.9),
    "station": (0.02, 0.3), "station_open": (0.02, 0.3), "postures": (0.02, 0.3),
    "core": (2.5, 4.0), "related": (0.5, 1.5), "compliance": (0.3, 1.2), "compliance_after": (0.3, 1.2),
    "own": (-1.5, 1.5), "revision": (-0.2, 0.2), "shape": (0.5, 2.0), "growth_limit": (2.0, 12.0), 
    "refill": (0.0, 0.1), "exhausted": (2023.0, 2028.0),
    "price": (0.0, 2.0), "end": (2024.0, 2029.0), "tied": (0.2, 0.8), "losses": (0.0, 0.2),
    "weight": (0.2, 2.0), "dependence": (0.3, 1.0), "shipped": (0.2, 0.8), "made": (0.2, 0.8),
    "cover": (0.0, 1.5), "substitution": (0.0, 0.8), "year": (2024.0, 2028.0), "need": (0.2, 0.9),
    "elasticity": (0.1, 0.9), "credibility": (0.05, 0.9), "wartime_value": (1.0, 5.0), "trade": (0.0, 4.0),
    "duration": (0.3, 2.0), "exports": (0.0, 2.0), "leak": (0.0, 0.8), "secrecy": (0.0, 1.0),
    "warning": (0.0, 0.6), "synergy": (0.0, 0.5), "lesson": (0.0, 0.5), "half": (0.0, 0.8),
    "support": (0.0, 1.0), "obligation": (0.0, 1.0), "breach": (0.0, 4.0), "entrapment": (0.0, 2.0),
    "level": (0.0, 0.6), "gain": (0.0, 0.5), "forgetting": (0.0, 0.3), "scale": (5.0, 20.0),
    "exercises": (2.0, 15.0), "trainees": (0.0, 800.0), "trainee_weight": (0.0, 1.0), "width": (0.3, 2.0),
    "reach": (0.2, 1.2), "host_reach": (0.5, 1.5), "access": (0.3, 1.0), "strength": (0.4, 1.5),
    "advantage": (0.6, 2.5), "decisiveness": (0.5, 3.0), "settles": (0.2, 0.95), "prize": (0.3, 1.0),
    "loss": (1.0, 8.0), "hazard": (0.0, 0.1), "war_cost": (0.1, 2.0), "rupture": (0.0, 2.0),
    "pin": (0.0, 0.8),
    "opening_rate": (0.02, 0.4), "demonstration_rate": (0.02, 0.6), "called_rate": (0.05, 0.8),
    "called_demonstration_rate": (0.05, 0.8), "course_rate": (0.1, 1.5), "demonstration": (0.0, 0.4),
    "factor": (0.2, 2.0), "prior": (0.1, 1.0),
    "backdown": (0.0, 3.0), "stakes": (1.0, 25.0), "regime_change": (0.0, 0.1),
}  # fmt: skip
SPECIAL = {"1": (0.8, 1.2), "% GDP": (1.0, 5.0), "% GDP/yr": (0.1, 2.0)}


def span(scalar: Scalar) -> tuple[float, float]:
    """The range a figure is drawn from."""
    names = scalar.base.split(".")
    if names[0] == "powers" and names[-1] in ("gdp", "share") and scalar.kind.unit in SPECIAL:
        return SPECIAL[scalar.kind.unit]  # a group's factor, or a share of GDP
    if names[-2] == "stakes" and scalar.kind.unit == "% GDP/yr":
        return SPECIAL["% GDP/yr"]
    if names[-1] == "credibility" and "defenders" in names:
        return 0.0, 6.0
    if names[-1] in RANGES:
        return RANGES[names[-1]]
    return next(RANGES[name] for name in reversed(names[:-1]) if name in RANGES)


def random_values(shape: Shape, rng: Draws) -> dict[str, float]:
    """One number for each figure of the shape, in its kind's unit, members' figures included."""
    values = {}
    spends = {"share": Quantity(Kind("% GDP"), "% GDP", value=1.0)}
    groups = {group: {member.code: spends for member in members} for group, members in shape.members.items()}
    for name, scalar in all_scalars(shape.scenario, groups).items():
        low, high = span(scalar) if "." in scalar.base else RANGES[scalar.base]
        values[name] = float(rng.uniform(low, high))
    rows = {
        "gdp": (200.0, 4000.0),
        "growth": (0.0, 3.0),
        "share": (1.0, 2.6),
        "target": (2.0, 4.0),
        "compliance": (0.3, 1.2),
    }
    for group, members in shape.members.items():
        for member in members:
            for column, (low, high) in rows.items():
                values[f"powers.{group}.members.{member.code}.{column}"] = float(rng.uniform(low, high))
    return values
