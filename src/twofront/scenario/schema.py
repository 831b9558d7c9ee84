"""The shape of a scenario: one record for each table of scenario.toml, one field for each figure.

Each figure is a `Quantity` whose `Kind` says its unit, its range and whether it may change by year; docs, JSON Schema,
editor help and the checks all read these records. Field order is the order of docs/scenario.md.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from twofront.scenario.quantity import Kind, Quantity

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]

# One name for each kind of figure; `yearly` kinds accept a path through the years.
Share = Annotated[Quantity, Kind("1", 0.0, 1.0)]
YearlyShare = Annotated[Quantity, Kind("1", 0.0, 1.0, yearly=True)]
Factor = Annotated[Quantity, Kind("1", 0.0, None)]
YearlyFactor = Annotated[Quantity, Kind("1", 0.0, None, yearly=True)]
Growth = Annotated[Quantity, Kind("%/yr", -50.0, 50.0)]
Rate = Annotated[Quantity, Kind("1/yr", 0.0, None)]
Hazard = Annotated[Quantity, Kind("1/yr", 0.0, 1.0)]
Count = Annotated[Quantity, Kind("count/yr", 0.0, None, yearly=True)]
Years = Annotated[Quantity, Kind("yr", 0.0, None)]
Date = Annotated[Quantity, Kind("year", 1900.0, 2200.0)]
Money = Annotated[Quantity, Kind("bn USD2024", 0.0, 1e6)]  # ten times the output of the world
GdpShare = Annotated[Quantity, Kind("% GDP", 0.0, 100.0)]
GdpFlow = Annotated[Quantity, Kind("% GDP/yr", 0.0, None)]
GdpLump = Annotated[Quantity, Kind("% GDP", 0.0, None)]
Stake = Annotated[Quantity, Kind("% GDP", 0.0, None, yearly=True, flow=True)]


class Record(BaseModel):
    """A table of the scenario file: unknown keys are errors, and a record never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Power(Record):
    """An actor. A group names a table of members; then gdp and share scale theirs (unit 1), growth is added."""

    name: str
    name_de: str | None = None
    code: str | None = None
    members: str | None = None
    nuclear: bool = False
    gdp: Annotated[Quantity, Kind("bn USD2024", 0.0, 1e6, group_unit="1")]
    growth: Growth
    share: Annotated[Quantity, Kind("% GDP", 0.0, 100.0, group_unit="1")]
    military_ppp: Factor | None = None
    ageing: Annotated[Quantity, Kind("1/yr", 0.0, 1.0)]
    investment: Share
    capital: Money | None = None
    precision_loss: Annotated[Quantity, Kind("% GDP", 1e-3, None)] | None = None
    patience: Annotated[Quantity, Kind("1", 0.0, 0.99)]
    escalation_loss: GdpLump | None = None
    arms_race: dict[Identifier, Factor] = Field(default_factory=dict)
    swing: Share | None = None
    station: dict[Identifier, YearlyShare] = Field(default_factory=dict)
    station_open: dict[str, dict[Identifier, YearlyShare]] = Field(default_factory=dict)
    postures: dict[Identifier, dict[Identifier, YearlyShare]] = Field(default_factory=dict)


class Commitment(Record):
    """A pledge on spending: a path from today's share to a target by a date, kept in part."""

    name: str
    name_de: str | None = None
    powers: list[Identifier]
    core: GdpShare
    related: GdpShare | None = None
    start: int
    by: int
    review: int | None = None
    compliance: Annotated[Quantity, Kind("1", 0.0, 1.5)]
    compliance_after: Annotated[Quantity, Kind("1", 0.0, 1.5)] | None = None
    shape: Annotated[Quantity, Kind("1", 0.1, 10.0)] | None = None
    growth_limit: Annotated[Quantity, Kind("%/yr", 0.0, 500.0)] | None = None


class Engagement(Record):
    """A war that already ties forces down and wears them."""

    name: str
    name_de: str | None = None
    power: Identifier
    began: int
    end: Date
    tied: Share
    losses: Hazard
    refill: Hazard | None = None
    exhausted: Date | None = None


class Good(Record):
    """A good that an importer's arms production needs; `shipped` and `made` by power."""

    name: str
    name_de: str | None = None
    weight: Factor
    dependence: Share
    shipped: dict[Identifier, Share] = Field(default_factory=dict)
    made: dict[Identifier, Share] = Field(default_factory=dict)
    cover: Years
    substitution: Rate
    unmeasured: bool = False


class Cut(Record):
    """A share of one power's shipping or making of a good, withheld from a year on."""

    good: Identifier
    power: Identifier
    link: Literal["shipped", "made"]
    year: Date
    share: Share


class Supply(Record):
    """What one power's arms production imports."""

    need: Share
    elasticity: Annotated[Quantity, Kind("1", 0.02, 0.98)]
    price: Factor | None = None
    goods: dict[Identifier, Good]
    cuts: dict[Identifier, Cut] = Field(default_factory=dict)


class Leverage(Record):
    """What the leader can threaten the partner with."""

    credibility: Share
    wartime_value: Annotated[Quantity, Kind("1", 1.0, None)]
    trade: GdpFlow
    duration: Years
    exports: GdpFlow


class Partnership(Record):
    """Two challengers that may coordinate by a call."""

    leader: Identifier
    partner: Identifier
    leak: Share
    secrecy: Share
    warning: Factor
    synergy: Factor
    lesson: Factor
    half: Share
    support: GdpFlow | None = None
    obligation: Share | None = None
    breach: GdpLump | None = None
    entrapment: GdpLump | None = None
    leverage: Leverage


class Practice(Record):
    """What joint exercises and training build up, 0 to 1."""

    level: Share
    gain: Rate
    forgetting: Hazard
    scale: Annotated[Quantity, Kind("count/yr", 0.01, None)]
    exercises: Count
    trainees: Annotated[Quantity, Kind("persons/yr", 0.0, None, yearly=True)] | None = None
    trainee_weight: Factor | None = None


class Readiness(Record):
    """A logistic rise of capability around a year."""

    year: Date
    width: Annotated[Quantity, Kind("yr", 0.05, None)]


class Defender(Record):
    """How far a defender's force counts at a front, and what leaving it bare costs."""

    reach: YearlyFactor
    access: Share | None = None
    credibility: GdpLump | None = None


class Option(Record):
    """One way to open a front; options of a front stand in rising order."""

    name: str
    name_de: str | None = None
    strength: Factor
    advantage: Annotated[Quantity, Kind("1", 1e-3, None)]
    decisiveness: Annotated[Quantity, Kind("1", 0.05, 10.0)]
    settles: Annotated[Quantity, Kind("1/yr", 0.0, 1.0)]
    prize: Annotated[Quantity, Kind("1", 0.0, 1.0)]
    loss: GdpLump
    hazard: Hazard | None = None
    war_cost: dict[Identifier, GdpFlow]
    rupture: dict[Identifier, GdpFlow] = Field(default_factory=dict)


class Front(Record):
    """A place where the challenger may attack the host."""

    name: str
    name_de: str | None = None
    challenger: Identifier
    host: Identifier
    status: str = "quiet"
    reach: YearlyFactor
    host_reach: YearlyFactor
    readiness: Readiness | None = None
    pin: Share | None = None
    opening_rate: Rate
    demonstration_rate: Rate
    called_rate: Rate | None = None
    called_demonstration_rate: Rate | None = None
    course_rate: Rate
    demonstration: GdpLump
    backdown: GdpLump
    stakes: dict[Identifier, Stake]
    defenders: dict[Identifier, Defender] = Field(default_factory=dict)
    options: dict[Identifier, Option]


# The payoff terms of docs/model.md, 9, in the order of the registries in game/payoffs.py (a test compares them).
Term = Literal[
    "war cost",
    "rupture",
    "support",
    "escalation",
    "credibility",
    "stake",
    "harm",
    "loss",
    "demonstration",
    "back-down",
    "refusal",
    "breach",
    "entrapment",
]


class Case(Record):
    """One value that a private type can take, and how likely it is (priors are divided by their sum)."""

    name: str | None = None
    name_de: str | None = None
    factor: Factor
    prior: Annotated[Quantity, Kind("1", 1e-6, 1.0)]


class PrivateType(Record):
    """What only one power knows of itself, drawn anew each year: a factor on its own amount of one payoff term."""

    name: str
    name_de: str | None = None
    power: Identifier
    scales: Term
    cases: dict[Identifier, Case]


def unseen_stages(scenario: Scenario, stage: str) -> set[str]:
    """Earlier stages whose moves the mover of a stage does not see: by default the call, unless it is of the pact."""
    earlier = scenario.order[: scenario.order.index(stage)]
    if stage in scenario.sees:
        return set(earlier) - set(scenario.sees[stage])
    pact = scenario.partnership
    return set() if pact and mover_of(scenario, stage) in (pact.leader, pact.partner) else {"call"} & set(earlier)


def mover_of(scenario: Scenario, stage: str) -> str:
    """The power that moves at a stage of the order."""
    if stage == "call":
        assert scenario.partnership is not None
        return scenario.partnership.leader
    return scenario.fronts[stage].challenger if stage in scenario.fronts else stage


class Correlation(Record):
    """Figures that are drawn together: correlations of their normal scores (a Gaussian copula), and their basis."""

    paths: list[str]
    correlation: float | None = None
    matrix: list[list[float]] | None = None
    source: list[str] = Field(default_factory=list)
    judgement: str | None = None


class Variant(Record):
    """Another structure for the same figures: what it leaves out is as in the scenario itself."""

    name: str
    name_de: str | None = None
    concept: Literal["logit", "best"] | None = None
    contest: Literal["ratio", "difference"] | None = None
    order: list[str] | None = None
    sees: dict[str, list[str]] | None = None
    types: bool | None = None


class Scenario(Record):
    """A whole scenario, as written by an analyst."""

    title: str
    title_de: str | None = None
    start: int
    end: int
    tail: int = 40
    contest: Literal["ratio", "difference"] = "ratio"
    concept: Literal["logit", "best"] = "logit"
    order: list[str]
    sees: dict[str, list[str]] = Field(default_factory=dict)
    regime_change: Hazard
    powers: dict[Identifier, Power]
    fronts: dict[Identifier, Front]
    partnership: Partnership | None = None
    practice: Practice | None = None
    commitments: dict[Identifier, Commitment] = Field(default_factory=dict)
    engagements: dict[Identifier, Engagement] = Field(default_factory=dict)
    supply: dict[Identifier, Supply] = Field(default_factory=dict)
    types: dict[Identifier, PrivateType] = Field(default_factory=dict)
    structure: dict[Identifier, Variant] = Field(default_factory=dict)
    correlations: dict[Identifier, Correlation] = Field(default_factory=dict)

    def varied(self, variant: Variant) -> Scenario:
        """This scenario with the structure of a variant."""
        given = {key: getattr(variant, key) for key in ("concept", "contest", "order", "sees")}
        changed: dict[str, object] = {key: value for key, value in given.items() if value is not None}
        if variant.types is False:
            changed["types"] = {}
        return self.model_copy(update=changed)
