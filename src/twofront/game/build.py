"""From a scenario to its game: the rules of a year, its figures by year, its base weights (docs/model.md, 8 and 10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from twofront.game.payoffs import Year
from twofront.game.plan import Layer, Plan, plan
from twofront.game.rules import DEMONSTRATE, HOLD, FrontRule, Kind, Rules, TypeRule
from twofront.scenario import Scenario
from twofront.scenario.schema import unseen_stages
from twofront.world.params import Reader
from twofront.world.year import World


def rules(scenario: Scenario) -> Rules:
    """The rules of the scenario's year, powers and fronts counted in its own order."""
    powers, names = tuple(scenario.powers), tuple(scenario.fronts)
    fronts = tuple(
        FrontRule(
            name=name,
            options=tuple(front.options),
            challenger=powers.index(front.challenger),
            status=0 if front.status == "quiet" else 1 + list(front.options).index(front.status),
        )
        for name, front in scenario.fronts.items()
    )
    order, unseen = _order(scenario)
    declared = {key for power in scenario.powers.values() for key in power.station_open}
    pact = scenario.partnership
    return Rules(
        powers=powers,
        fronts=fronts,
        order=order,
        postures={i: tuple(p.postures) for i, p in enumerate(scenario.powers.values()) if p.postures},
        leader=powers.index(pact.leader) if pact else None,
        partner_front=[f.challenger for f in scenario.fronts.values()].index(pact.partner) if pact else None,
        stations=tuple(sorted(tuple(sorted(names.index(f) for f in key.split("+"))) for key in declared)),
        unseen=unseen,
        types=tuple(
            TypeRule(name, powers.index(kind.power), kind.scales, tuple(kind.cases))
            for name, kind in scenario.types.items()
        ),
    )


def _order(scenario: Scenario) -> tuple[tuple[tuple[Kind, int], ...], tuple[frozenset[int], ...]]:
    """The stages, a leak before the first that does not see the call, and what each stage does not see."""
    powers, fronts, stages = list(scenario.powers), list(scenario.fronts), list(scenario.order)
    blind = [name for name in stages if "call" in unseen_stages(scenario, name)]
    if blind:
        stages.insert(stages.index(blind[0]), "leak")
    order: list[tuple[Kind, int]] = []
    unseen = []
    for k, name in enumerate(stages):
        if name in ("call", "leak"):
            order.append(("call" if name == "call" else "leak", 0))
        else:
            order.append(("front", fronts.index(name)) if name in fronts else ("posture", powers.index(name)))
        hidden = set() if name == "leak" else unseen_stages(scenario, name)
        if name != "leak" and name not in blind:
            hidden = hidden | {"leak"}
        unseen.append(frozenset(j for j in range(k) if stages[j] in hidden))
    return tuple(order), tuple(unseen)


class Types(NamedTuple):
    """The cases of a private type: how likely each is, and by how much its factor exceeds 1."""

    prior: Float[Array, "case world"]
    excess: Float[Array, "case world"]


@dataclass(frozen=True)
class Game:
    """A scenario's game for one tile of worlds: the plan, the worlds, and how the powers decide."""

    scenario: Scenario
    plan: Plan
    read: Reader
    world: World
    years: Sequence[int]
    yearly: dict[str, Float[Array, "year world"]]  # figures that change by year
    loss: Float[Array, "power world"]  # mu, % GDP
    patience: Float[Array, "power world"]
    regime_change: Float[Array, " world"]
    log_weights: tuple[Float[Array, "_ world"], ...]  # by layer
    types: tuple[Types, ...]

    @property
    def powers(self) -> int:
        """Number of powers; rows of payoffs beyond it belong to private types."""
        return len(self.plan.rules.powers)

    def types_of(self, layer: Layer) -> tuple[int, Types] | None:
        """The private type of the power that moves at a layer, with its row of payoffs."""
        for j, rule in enumerate(self.plan.rules.types):
            if rule.power == layer.mover:
                return self.powers + j, self.types[j]
        return None

    def slices(self) -> dict[str, Array]:
        """Everything that changes by year, year first, for a scan."""
        w = self.world
        fixed = {"gdp": w.gdp, "force": w.force, "ready": w.ready}
        return {**fixed, "leverage": w.leverage, "practice": w.practice, "leak": w.leak, **self.yearly}

    def year(self, now: dict[str, Array]) -> Year:
        """One year's figures from a slice."""

        def figure(path: str, default: float = 0.0) -> Array:
            return now[path] if path in now else self.read(path, default)

        named = {k: now[k] for k in ("gdp", "force", "ready", "leverage", "practice", "leak")}
        return Year(self.scenario, self.plan, figure, **named)


def game(scenario: Scenario, layout: Plan, read: Reader, world: World) -> Game:
    """Joins plan, worlds and the figures of behaviour."""
    years = range(scenario.start, scenario.end + 1)
    powers = [f"powers.{name}." for name in scenario.powers]
    yearly = {base: jnp.stack([read.at(base, year) for year in years]) for base in read.knots}
    return Game(
        scenario=scenario,
        plan=layout,
        read=read,
        world=world,
        years=years,
        yearly=yearly,
        loss=jnp.stack([read(path + "precision_loss", 1.0) for path in powers]),
        patience=jnp.stack([read(path + "patience") for path in powers]),
        regime_change=read("regime_change"),
        log_weights=tuple(log_weights(scenario, layer, read, layout) for layer in layout.layers),
        types=tuple(_types(rule, read) for rule in layout.rules.types),
    )


def _types(rule: TypeRule, read: Reader) -> Types:
    prior = jnp.stack([read(f"types.{rule.name}.cases.{case}.prior") for case in rule.cases])
    factor = jnp.stack([read(f"types.{rule.name}.cases.{case}.factor") for case in rule.cases])
    return Types(prior / jnp.sum(prior, axis=0), factor - 1)


def layout(scenario: Scenario) -> Plan:
    """The enumerated year of a scenario."""
    return plan(rules(scenario))


def log_weights(scenario: Scenario, layer: Layer, read: Reader, layout: Plan) -> Float[Array, "edge world"]:
    """Log base weight of every move: holding is what the rates leave, the rest is shared (model.md, 10)."""
    zero = read("none")
    if layer.kind != "front":
        counts = np.bincount(layer.node)[layer.node]
        return jnp.broadcast_to(-jnp.log(jnp.asarray(counts, zero.dtype))[:, None], (len(counts), *zero.shape))
    rule = layout.rules.fronts[layer.subject]
    path = f"fronts.{rule.name}."
    quiet = _quiet(read(path + "opening_rate"), read(path + "demonstration_rate"), len(rule.options))
    called = _quiet(
        read(path + "called_rate", read(path + "opening_rate")),
        read(path + "called_demonstration_rate", read(path + "demonstration_rate")),
        len(rule.options),
    )
    course = read(path + "course_rate")
    changes = [jnp.log(-jnp.expm1(-course) / k) for k in range(1, len(rule.options) + 2)]
    # A table of the few different weights, then one row for each edge.
    table = jnp.stack([zero, *quiet, *called, -course, *changes])
    kinds = len(rule.options) + 2
    picks = []
    tokens, calls = layer.token(layer.subject), layer.called()
    legal = np.bincount(layer.node)
    for node, move in zip(layer.node, layer.move, strict=True):
        token = tokens[node]
        if token == 0:
            after_call = calls[node] and layer.subject == layout.rules.partner_front
            picks.append(1 + (kinds if after_call else 0) + move)
        elif legal[node] == 1:
            picks.append(0)
        else:
            picks.append(1 + 2 * kinds + (0 if move == HOLD else legal[node] - 1))
    return table[np.array(picks, np.int32)]


def _quiet(opening: Array, massing: Array, options: int) -> list[Array]:
    """Log weights of hold, demonstrate and each option at a quiet front."""
    rows = {HOLD: -opening - massing, DEMONSTRATE: -opening + jnp.log(-jnp.expm1(-massing))}
    each = jnp.log(-jnp.expm1(-opening)) - np.log(options)
    return [rows[HOLD], rows[DEMONSTRATE], *([each] * options)]
