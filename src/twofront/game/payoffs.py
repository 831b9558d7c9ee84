"""What each power gains and loses: named terms, one small function each (docs/model.md, 6, 7 and 9).

Front terms depend on what the year ends with; edge terms belong to a single move. Amounts are % of the power's own GDP,
flows per year open and lumps at their event; a term returns them by power, and they are added up by front and layer.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from twofront.game.plan import Layer, Plan
from twofront.game.rules import DEMONSTRATE, HOLD, LEAKED, FrontRule, Node
from twofront.scenario import Scenario

LEAST = 1e-6  # strengths below this count as this, so that logs stay finite


@dataclass(frozen=True)
class Cells:
    """Leaves that a term cannot tell apart: one leaf of each kind, and the kind of every leaf."""

    leaf: Int[np.ndarray, " cell"]
    of: Int[np.ndarray, " leaf"]


def cells(signatures: Sequence[Hashable]) -> Cells:
    """Groups leaves by what a term can see of them."""
    kinds: dict[Hashable, int] = {}
    of = np.array([kinds.setdefault(signature, len(kinds)) for signature in signatures], np.int32)
    leaf = np.array([int(np.argmax(of == kind)) for kind in range(len(kinds))], np.int32)
    return Cells(leaf, of)


@dataclass(frozen=True)
class Year:
    """One year's figures for the game, for one tile of worlds."""

    scenario: Scenario
    plan: Plan
    figure: Callable[..., Array]  # path -> [world], the year's value
    gdp: Float[Array, "power world"]
    force: Float[Array, "power world"]
    ready: Float[Array, "front world"]
    leverage: Float[Array, " world"]
    practice: Float[Array, " world"]
    leak: Float[Array, " world"]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Ids of the powers in order."""
        return self.plan.rules.powers

    @cached_property
    def fronts(self) -> list[FrontYear]:
        """One front each, as the payoffs see it."""
        return [FrontYear(self, k) for k in range(len(self.plan.rules.fronts))]

    @cached_property
    def called(self) -> Bool[np.ndarray, " leaf"]:
        """Leaves after a call."""
        return np.array([leaf.called > 0 for leaf in self.plan.leaves], bool)

    @cached_property
    def warned(self) -> tuple[Bool[np.ndarray, " leaf"], Float[Array, " world"]]:
        """Leaves at which the defenders may be warned of a call, and the chance that they are."""
        if ("leak", 0) in self.plan.rules.order:
            return np.array([leaf.called == LEAKED for leaf in self.plan.leaves], bool), jnp.ones_like(self.leak)
        return self.called, self.leak

    @cached_property
    def both(self) -> Bool[np.ndarray, " leaf"]:
        """Leaves at which a front of the leader and the partner's front are both open."""
        rules = self.plan.rules
        if rules.partner_front is None:
            return np.zeros(len(self.plan.leaves), bool)
        leading = [self.opened(k) for k in range(len(rules.fronts)) if rules.leads(k)]
        both: Bool[np.ndarray, " leaf"] = np.logical_or.reduce(leading, axis=0) & self.opened(rules.partner_front)
        return both

    def opened(self, k: int) -> Bool[np.ndarray, " leaf"]:
        """Leaves at which front k is open."""
        front = self.plan.rules.fronts[k]
        return np.array([front.is_open(leaf.tokens[k]) for leaf in self.plan.leaves])


@dataclass(frozen=True)
class FrontYear:
    """One front in one year. Figures are computed once for each kind of leaf (`cells`) and not for every leaf."""

    year: Year
    k: int

    @property
    def rule(self) -> FrontRule:
        """The rules of this front."""
        return self.year.plan.rules.fronts[self.k]

    @property
    def path(self) -> str:
        """Path of this front in the scenario."""
        return f"fronts.{self.rule.name}."

    @cached_property
    def host(self) -> int:
        """The power whose soil this front is."""
        return self.year.names.index(self.year.scenario.fronts[self.rule.name].host)

    @cached_property
    def defenders(self) -> list[int]:
        """Powers that may come to the host's help."""
        return [self.year.names.index(name) for name in self.year.scenario.fronts[self.rule.name].defenders]

    @cached_property
    def open(self) -> Bool[np.ndarray, " leaf"]:
        """Leaves at which this front is open."""
        return self.year.opened(self.k)

    def fights(self, power: int) -> Bool[np.ndarray, " leaf"]:
        """Leaves at which a defender's chosen posture lists this front; a power without postures always fights."""
        rules, leaves = self.year.plan.rules, self.year.plan.leaves
        if power not in rules.postures:
            return np.ones(len(leaves), bool)
        stage = rules.order.index(("posture", power))
        postures = self.year.scenario.powers[rules.powers[power]].postures
        lists = [self.rule.name in shares for shares in postures.values()]
        return np.array([leaf.postures[stage] >= 0 and lists[leaf.postures[stage]] for leaf in leaves])

    @cached_property
    def nuclear(self) -> Bool[np.ndarray, " leaf"]:
        """Leaves at which nuclear powers fight each other at this front."""
        armed = [power.nuclear for power in self.year.scenario.powers.values()]
        facing = self.open & armed[self.host]
        for power in self.defenders:
            facing = facing | (self.open & self.fights(power) & armed[power])
        return facing & armed[self.rule.challenger]

    @cached_property
    def cells(self) -> Cells:
        """Kinds of leaves that payoffs other than the odds can tell apart."""
        fights = [self.fights(power) for power in self.defenders]
        tokens, both = self.year.plan.leaf_token(self.k), self.year.both
        return cells(
            [
                (tokens[n], both[n], *(there[n] for there in fights)) if self.open[n] else None
                for n in range(len(self.open))
            ]
        )

    @cached_property
    def contests(self) -> Cells:
        """Kinds of leaves that the odds can tell apart."""
        plan, warned = self.year.plan, self.year.warned[0] & self.involved
        coordinated = self.year.called & self.year.both & self.involved
        tokens = plan.leaf_token(self.k)
        return cells(
            [
                (tokens[n], warned[n], coordinated[n], *self.defended(leaf)) if self.open[n] else None
                for n, leaf in enumerate(plan.leaves)
            ]
        )

    def defended(self, leaf: Node) -> tuple[Hashable, ...]:
        """What decides who stands at a front: the postures, where the forces stood, where troops are massed."""
        fronts = self.year.plan.rules.fronts
        massed = tuple(token == rule.demonstrating for token, rule in zip(leaf.tokens, fronts, strict=True))
        return leaf.postures, leaf.station, massed

    @cached_property
    def attackers(self) -> Cells:
        """Kinds of contests that the attack can tell apart."""
        coordinated = self.year.called & self.year.both & self.involved
        tokens = self.year.plan.leaf_token(self.k)
        return cells([(tokens[n], coordinated[n]) if self.open[n] else None for n in self.contests.leaf])

    @cached_property
    def standing(self) -> Cells:
        """Kinds of contests that the defence can tell apart."""
        leaves = self.year.plan.leaves
        return cells([self.defended(leaves[n]) if self.open[n] else None for n in self.contests.leaf])

    @property
    def involved(self) -> bool:
        """Whether a call concerns this front: it is the leader's or the partner's."""
        rules = self.year.plan.rules
        return rules.leads(self.k) or self.k == rules.partner_front

    def option(self, path: str, at: Cells | None = None) -> Float[Array, "cell world"]:
        """A figure of the option at which the front is open; zero where it is not."""
        zero = jnp.zeros_like(self.year.leak)
        figures = [self.year.figure(f"{self.path}options.{option}.{path}") for option in self.rule.options]
        tokens = self.year.plan.leaf_token(self.k)[(at or self.cells).leaf]
        rows: Array = jnp.stack([zero, *figures, zero, zero])[tokens]
        return rows

    def where(self, leaves: Bool[np.ndarray, " leaf"]) -> Bool[np.ndarray, "cell 1"]:
        """A mark on leaves as a mark on the cells."""
        marks: Bool[np.ndarray, "cell 1"] = leaves[self.cells.leaf][:, None]
        return marks

    @cached_property
    def settles(self) -> Float[Array, "cell world"]:
        """Chance that the front is settled at the end of the year."""
        return self.option("settles")

    @cached_property
    def hazard(self) -> Float[Array, "cell world"]:
        """Yearly hazard of escalation: only between nuclear powers that fight."""
        return self.option("hazard") * self.where(self.nuclear)


class Sides(NamedTuple):
    """Both sides of a front's contests in logs, each for the few kinds of contest that it can tell apart."""

    attack: Float[Array, "_ world"]
    defence: Float[Array, "_ world"]
    advantage: Float[Array, "_ world"]  # by token of the front


def sides(front: FrontYear) -> Sides:
    """Logs of attack, defence and the defender's advantage (model.md, 6)."""
    zero = jnp.zeros_like(front.year.leak)
    options = [front.year.figure(f"{front.path}options.{option}.advantage") for option in front.rule.options]
    advantage = jnp.stack([zero, *(jnp.log(theta) for theta in options), zero, zero])
    return Sides(floored(attack(front)), floored(defence(front)), advantage)


def floored(strength: Float[Array, "cell world"]) -> Float[Array, "cell world"]:
    """The log of a strength, which counts as LEAST where it is less."""
    return jnp.log(jnp.maximum(strength, LEAST))


def attack(front: FrontYear) -> Float[Array, "cell world"]:
    """The attacker's strength for each kind of attack."""
    year, rules = front.year, front.year.plan.rules
    kinds = front.contests.leaf[front.attackers.leaf]
    strength = year.figure(front.path + "reach") * year.ready[front.k] * year.force[front.rule.challenger]
    strength = strength * front.option("strength", Cells(kinds, kinds))
    if rules.leads(front.k):
        strength = strength * (1 + year.figure("partnership.lesson") * year.practice)
    if front.involved:
        coordinated = (year.called & year.both)[kinds][:, None]
        strength = strength * (1 + coordinated * (year.figure("partnership.synergy") * year.practice))
    return strength


def defence(front: FrontYear) -> Float[Array, "cell world"]:
    """The defenders' strength for each kind of defence: the host, and the shares of those who fight there."""
    year = front.year
    kinds = front.contests.leaf[front.standing.leaf]
    strength = year.figure(front.path + "host_reach") * year.force[front.host]
    for power in front.defenders:
        of = f"{front.path}defenders.{year.names[power]}."
        weight = year.figure(of + "reach") * year.figure(of + "access", 1.0) * year.force[power]
        strength = strength + share(front, power, kinds) * weight
    return jnp.broadcast_to(strength, (len(kinds), *year.leak.shape))


def share(front: FrontYear, power: int, kinds: Int[np.ndarray, " cell"]) -> Float[Array, "cell world"]:
    """The share of a defender's force that fights at a front: forces cannot teleport (model.md, 6)."""
    year, rules, name = front.year, front.year.plan.rules, front.rule.name
    path = f"powers.{year.names[power]}."
    record = year.scenario.powers[year.names[power]]
    leaves = [year.plan.leaves[n] for n in kinds]
    patterns = [(), *rules.stations]
    stations = []
    for pattern in patterns:
        fronts = {rules.fronts[j].name for j in pattern}
        key = next((key for key in record.station_open if set(key.split("+")) == fronts), "")
        declared = name in record.station_open.get(key, {})
        stations.append(year.figure(f"{path}station_open.{key}.{name}" if declared else f"{path}station.{name}"))
    station = jnp.stack(stations)[np.array([patterns.index(leaf.station) for leaf in leaves], np.int32)]
    if power not in rules.postures:
        return station
    chosen = np.array([leaf.postures[rules.order.index(("posture", power))] for leaf in leaves], np.int32)
    wanted = jnp.stack([year.figure(f"{path}postures.{a}.{name}") for a in record.postures])[chosen]
    swing = year.figure(path + "swing")[None, :]
    for j, rule in enumerate(rules.fronts):
        massed = np.array([leaf.tokens[j] == rule.demonstrating for leaf in leaves])[:, None]
        swing = swing * (1 - massed * year.figure(f"fronts.{rule.name}.pin"))
    fighting: Array = (station + swing * (wanted - station)) * front.fights(power)[kinds][:, None]
    return fighting


def odds(front: FrontYear, side: Sides) -> Float[Array, "cell world"]:
    """Chance that the challenger wins: a contest of attack against defence (model.md, 7)."""
    year, kinds = front.year, front.contests
    theta = side.advantage[year.plan.leaf_token(front.k)[kinds.leaf]]
    attacking, against = side.attack[front.attackers.of], theta + side.defence[front.standing.of]
    quiet = contest(front, attacking, against)
    if not front.involved:
        return quiet
    leaves, chance = year.warned
    warned = contest(front, attacking, against + jnp.log1p(year.figure("partnership.warning")))
    mixed: Array = quiet + leaves[kinds.leaf][:, None] * chance * (warned - quiet)
    return mixed


def contest(
    front: FrontYear, attacking: Float[Array, "cell world"], against: Float[Array, "cell world"]
) -> Float[Array, "cell world"]:
    """Ratio contest in logs (Tullock 1980), or the relative-difference form of equal slope at parity.

    (A - B)/(A + B) is tanh((ln A - ln B)/2), so that both forms need the difference of the logs only.
    """
    lead = attacking - jnp.maximum(against, np.log(LEAST))
    if front.year.scenario.contest == "difference":
        lead = 2 * jnp.tanh(lead / 2)
    return jax.nn.sigmoid(front.option("decisiveness", front.contests) * lead)


Amounts = Mapping[int, Array]
FrontTerm = Callable[[FrontYear], Amounts]
EdgeTerm = Callable[[Year, Layer], Amounts]


def _fighters(front: FrontYear) -> dict[int, Bool[np.ndarray, "cell 1"]]:
    """Who fights at a front: challenger, host, and the defenders that stand there."""
    there = {power: front.where(front.open & front.fights(power)) for power in front.defenders}
    always = front.where(front.open)
    return {front.rule.challenger: always, **there, front.host: always}


def war_cost(front: FrontYear) -> Amounts:
    """Flow: what fighting costs those who fight."""
    names = front.year.names
    return {power: -front.option(f"war_cost.{names[power]}") * there for power, there in _fighters(front).items()}


def rupture(front: FrontYear) -> Amounts:
    """Flow: what the break of trade and finance costs every power named."""
    options = front.year.scenario.fronts[front.rule.name].options.values()
    named = sorted({power for option in options for power in option.rupture})
    return {front.year.names.index(power): -front.option(f"rupture.{power}") for power in named}


def support(front: FrontYear) -> Amounts:
    """Flow: the leader keeps the partner's war going while both their fronts are open."""
    year = front.year
    if front.k != year.plan.rules.partner_front or year.scenario.partnership is None:
        return {}
    leader = year.names.index(year.scenario.partnership.leader)
    partner = year.names.index(year.scenario.partnership.partner)
    paid = jnp.asarray(front.where(year.both)) * year.figure("partnership.support")
    return {partner: paid, leader: -paid * year.gdp[partner] / year.gdp[leader]}


def escalation(front: FrontYear) -> Amounts:
    """Flow: the yearly hazard of escalation between nuclear powers, times what it would cost."""
    year = front.year
    return {
        power: -front.hazard * year.figure(f"powers.{year.names[power]}.escalation_loss") * there
        for power, there in _fighters(front).items()
    }


def credibility(front: FrontYear) -> Amounts:
    """Lump: what a defender loses that leaves a committed front bare when it is settled."""
    year = front.year
    return {
        power: -front.settles
        * year.figure(f"{front.path}defenders.{year.names[power]}.credibility")
        * ~front.where(front.fights(power))
        for power in front.defenders
    }


def _stake(front: FrontYear, power: int) -> Float[Array, "cell world"]:
    """A power's stake in % of its GDP; one written as a yearly flow enters as its present value."""
    year, name = front.year, front.year.names[power]
    record = year.scenario.fronts[front.rule.name].stakes.get(name)
    if record is None:
        return jnp.zeros_like(front.settles)
    value = year.figure(f"{front.path}stakes.{name}")
    if record.kind.unit == "% GDP/yr":
        value = value / (1 - year.figure(f"powers.{name}.patience"))
    return front.option("prize") * value


def stake(front: FrontYear) -> Amounts:
    """Lump if the challenger wins: what it gains."""
    return {front.rule.challenger: _stake(front, front.rule.challenger)}


def harm(front: FrontYear) -> Amounts:
    """Lump if the challenger wins: what host and defenders lose."""
    return {power: -_stake(front, power) for power in (front.host, *front.defenders)}


def loss(front: FrontYear) -> Amounts:
    """Lump if the challenger loses: what that costs it."""
    return {front.rule.challenger: -front.option("loss")}


def demonstration(year: Year, layer: Layer) -> Amounts:
    """Flow: what massing troops for a year costs."""
    if layer.kind != "front":
        return {}
    massed = (layer.move == DEMONSTRATE)[:, None]
    return {layer.mover: massed * -year.figure(f"fronts.{layer.name}.demonstration")}


def backdown(year: Year, layer: Layer) -> Amounts:
    """Lump: what standing down costs the challenger."""
    if layer.kind != "front":
        return {}
    down = (layer.move == len(layer.moves) - 1)[:, None]
    return {layer.mover: down * -year.figure(f"fronts.{layer.name}.backdown")}


def answers(plan: Plan, layer: Layer) -> tuple[Bool[np.ndarray, " edge"], Bool[np.ndarray, " edge"]]:
    """Moves of the partner that refuse a call, and moves that answer it by half."""
    none = np.zeros(len(layer.node), bool)
    if layer.kind != "front" or layer.subject != plan.rules.partner_front:
        return none, none
    called = layer.called()[layer.node]
    quiet = layer.token(layer.subject)[layer.node] == 0
    down = layer.move == len(layer.moves) - 1
    return called & ((quiet & (layer.move == HOLD)) | down), called & (layer.move == DEMONSTRATE)


def refusal(year: Year, layer: Layer) -> Amounts:
    """Lump: leverage carried out against a partner that refuses, and what that costs the leader."""
    weight = _answer_weight(year, layer)
    if weight is None or year.scenario.partnership is None:
        return {}
    path = "partnership.leverage."
    price = year.figure(path + "credibility") * year.figure(path + "exports") * year.figure(path + "duration")
    leader = year.names.index(year.scenario.partnership.leader)
    return {layer.mover: -weight * year.leverage, leader: -weight * price}


def breach(year: Year, layer: Layer) -> Amounts:
    """Lump: what a partner pays that refuses under a formal obligation."""
    weight = _answer_weight(year, layer)
    if weight is None:
        return {}
    return {layer.mover: -weight * year.figure("partnership.obligation") * year.figure("partnership.breach")}


def _answer_weight(year: Year, layer: Layer) -> Float[Array, "edge world"] | None:
    """1 where a call is refused, the half share where it is answered by half."""
    refused, half = answers(year.plan, layer)
    if not refused.any():
        return None
    weight: Array = refused[:, None] + half[:, None] * year.figure("partnership.half")
    return weight


def entrapment(year: Year, layer: Layer) -> Amounts:
    """Lump: what a leader pays that calls under a formal obligation."""
    if layer.kind != "call":
        return {}
    called = (layer.move == 1)[:, None]
    return {layer.mover: called * -year.figure("partnership.obligation") * year.figure("partnership.entrapment")}


FLOWS: dict[str, FrontTerm] = {
    "war cost": war_cost,
    "rupture": rupture,
    "support": support,
    "escalation": escalation,
    "credibility": credibility,
}
IF_WON: dict[str, FrontTerm] = {"stake": stake, "harm": harm}
IF_LOST: dict[str, FrontTerm] = {"loss": loss}
EDGE_TERMS: dict[str, EdgeTerm] = {
    "demonstration": demonstration,
    "back-down": backdown,
    "refusal": refusal,
    "breach": breach,
    "entrapment": entrapment,
}
TERMS = (*FLOWS, *IF_WON, *IF_LOST, *EDGE_TERMS)


def total(front: FrontYear, terms: Mapping[str, FrontTerm]) -> dict[int, Float[Array, "cell world"]]:
    """The sum of some terms of a front, by power."""
    sums: dict[int, Array] = {}
    for term in terms.values():
        for power, amount in term(front).items():
            sums[power] = sums[power] + amount if power in sums else amount
    return sums


class Cellwise(NamedTuple):
    """One year's payoffs before they are spread over the leaves: by front and kind of leaf, by layer and edge.

    A row for each power, then one for each private type: its power's own amount of the term that the type scales.
    """

    odds: tuple[Float[Array, "_ world"], ...]
    fixed: tuple[Float[Array, "row _ world"], ...]  # whatever the war's end
    prize: tuple[Float[Array, "row _ world"], ...]  # more if the challenger wins than if it loses
    settles: tuple[Float[Array, "_ world"], ...]
    hazard: tuple[Float[Array, "_ world"], ...]
    edge: tuple[Float[Array, "row _ world"] | None, ...]


def both_sides(year: Year) -> tuple[Sides, ...]:
    """Both sides of every front's contests."""
    return tuple(sides(front) for front in year.fronts)


def cellwise(year: Year, by_front: tuple[Sides, ...]) -> Cellwise:
    """All terms of one year, added up by front and layer."""
    fixed, prize = [], []
    for front in year.fronts:
        flows, won, lost = (_rows(front, terms) for terms in (FLOWS, IF_WON, IF_LOST))
        zero = jnp.zeros_like(front.settles)
        rows = range(len(year.names) + len(year.plan.rules.types))
        fixed.append(jnp.stack([flows.get(i, zero) + front.settles * lost.get(i, zero) for i in rows]))
        prize.append(jnp.stack([front.settles * (won.get(i, zero) - lost.get(i, zero)) for i in rows]))
    return Cellwise(
        odds=tuple(odds(front, side) for front, side in zip(year.fronts, by_front, strict=True)),
        fixed=tuple(fixed),
        prize=tuple(prize),
        settles=tuple(front.settles for front in year.fronts),
        hazard=tuple(front.hazard for front in year.fronts),
        edge=tuple(edge_payoffs(year, layer) for layer in year.plan.layers),
    )


def _rows(front: FrontYear, terms: Mapping[str, FrontTerm]) -> dict[int, Float[Array, "cell world"]]:
    """The sum of some terms by power, and the term of each private type."""
    sums = total(front, terms)
    for row, rule in enumerate(front.year.plan.rules.types, start=len(front.year.names)):
        own = terms[rule.term](front).get(rule.power) if rule.term in terms else None
        if own is not None:
            sums[row] = own
    return sums


def leaf_payoffs(year: Year, found: Cellwise) -> Float[Array, "row leaf world"]:
    """Payoffs at each leaf, summed over fronts, % of each power's GDP."""
    shape = (len(found.fixed[0]), len(year.plan.leaves), *year.leak.shape)
    result = jnp.zeros(shape, year.leak.dtype)
    for front, p, fixed, prize in zip(year.fronts, found.odds, found.fixed, found.prize, strict=True):
        result = result + fixed[:, front.cells.of] + prize[:, front.cells.of] * p[front.contests.of]
    return result


def edge_payoffs(year: Year, layer: Layer) -> Float[Array, "row edge world"] | None:
    """The sum of all edge terms of a stage; None where the stage has none."""
    shape = (len(layer.node), *year.leak.shape)
    totals: dict[int, Array] = {}
    for name, term in EDGE_TERMS.items():
        amounts = term(year, layer)
        for power, amount in amounts.items():
            totals[power] = totals.get(power, jnp.zeros(shape, year.leak.dtype)) + amount
        for row, rule in enumerate(year.plan.rules.types, start=len(year.names)):
            if rule.term == name and rule.power in amounts:
                totals[row] = jnp.broadcast_to(amounts[rule.power], shape)
    if not totals:
        return None
    rows = range(len(year.names) + len(year.plan.rules.types))
    return jnp.stack([jnp.broadcast_to(totals.get(i, jnp.zeros(shape, year.leak.dtype)), shape) for i in rows])
