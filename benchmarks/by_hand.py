"""The model's arithmetic by hand in NumPy, worlds last: what somebody would write who needs no compiler.

It knows any fronts, options and postures, the ratio contest and the logit concept. It is given the rolled world
(forces, leverage, practice) and the enumeration of legal moves for nothing, and computes three outcomes only: the
comparison favours it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax.numpy as jnp
import numpy as np

from twofront.game.build import layout
from twofront.game.payoffs import FrontYear, Year, answers
from twofront.game.plan import Layer, Plan
from twofront.game.rules import DEMONSTRATE, HOLD, QUIET

WORLD = ("gdp", "force", "ready", "leverage", "practice", "leak")
LEAST = np.float32(1e-6)
Rows = Any  # NumPy array [..., world], float32


@dataclass(frozen=True)
class Figures:
    """Drawn figures by path, and their value in a year."""

    rows: Mapping[str, int]
    knots: Mapping[str, list[tuple[int, str]]]
    values: Rows

    def __call__(self, path: str, year: int, default: float = 0.0) -> Rows:
        """A figure in every world: [world]."""
        if path in self.rows:
            return self.values[self.rows[path]]
        if path not in self.knots:
            return np.full(self.values.shape[1], default, self.values.dtype)
        knots = sorted(self.knots[path])
        years = [when for when, _ in knots]
        after = int(np.clip(np.searchsorted(years, year), 1, len(knots) - 1)) if len(knots) > 1 else 0
        if after == 0:
            return self(knots[0][1], year)
        part = np.float32(np.clip((year - years[after - 1]) / (years[after] - years[after - 1]), 0, 1))
        return (1 - part) * self(knots[after - 1][1], year) + part * self(knots[after][1], year)


def figures(scalars: Mapping[str, Any], values: Rows) -> Figures:
    """The figures of a tile; `scalars` as the scenario lists them, in the order of the rows of `values`."""
    knots: dict[str, list[tuple[int, str]]] = {}
    for path, scalar in scalars.items():
        if scalar.year is not None:
            knots.setdefault(scalar.base, []).append((scalar.year, path))
    return Figures({path: row for row, path in enumerate(scalars)}, knots, values)


def outcomes(scenario: Any) -> list[str]:
    """Names of the outcomes that the NumPy version computes."""
    opened, values = (f"opened.{name}" for name in scenario.fronts), (f"value.{name}" for name in scenario.powers)
    return ["two_fronts", *opened, *values]


class Tables:
    """Index tables of a scenario's structure, made once before any world is played."""

    def __init__(self, scenario: Any) -> None:
        self.scenario = scenario
        self.plan: Plan = layout(scenario)
        self.names = list(scenario.powers)
        # Only index tables are read from this year, never a figure.
        power, front, world = np.zeros((len(self.names), 1)), np.zeros((len(scenario.fronts), 1)), np.zeros(1)
        blank = Year(scenario, self.plan, jnp.zeros, *map(jnp.asarray, (power, power, front, world, world, world)))
        self.called, self.both = blank.called, blank.both
        self.fronts = [Front(self, front) for front in blank.fronts]
        self.sums = [Sum(layer.target) for layer in self.plan.layers]
        self.final = Sum(self.plan.post)
        self.groups = [group_slices(layer) for layer in self.plan.layers]


class Sum:
    """Adds up rows that arrive at the same target: sorted once, then added run by run."""

    def __init__(self, target: Rows) -> None:
        self.order = np.argsort(target, kind="stable")
        self.starts = np.searchsorted(target[self.order], np.arange(target.max() + 1))

    def __call__(self, rows: Rows) -> Rows:
        return np.add.reduceat(rows[..., self.order, :], self.starts, axis=-2)


class Front:
    """Index tables of one front, and its yearly payoffs."""

    def __init__(self, tables: Tables, front: FrontYear) -> None:
        self.tables, self.rule, self.k, self.path = tables, front.rule, front.k, front.path
        self.host, self.defenders, self.involved = front.host, front.defenders, front.involved
        self.cells, self.contests = front.cells, front.contests
        token = tables.plan.leaf_token(front.k)
        self.cell_token, self.contest_token = token[self.cells.leaf], token[self.contests.leaf]
        self.fights = {power: front.fights(power) for power in front.defenders}
        at = self.cells.leaf
        self.open, self.nuclear = front.open[at][:, None], front.nuclear[at][:, None]
        self.both_open = tables.both[at][:, None]

    @cached_property
    def fighters(self) -> dict[int, Rows]:
        """Cells at which each power fights."""
        there = {power: self.open & self.fights[power][self.cells.leaf][:, None] for power in self.defenders}
        return {self.rule.challenger: self.open, **there, self.host: self.open}

    def option(self, figure: Figures, year: int, name: str, tokens: Rows) -> Rows:
        """A figure of the option at which the front is open, zero elsewhere: [token, world] taken at `tokens`."""
        rows = [figure(f"{self.path}options.{option}.{name}", year) for option in self.rule.options]
        zero = np.zeros_like(rows[0])
        return np.stack([zero, *rows, zero, zero])[tokens]

    def odds(self, figure: Figures, year: int, world: Mapping[str, Rows]) -> Rows:
        """Chance that the challenger wins in each kind of contest: [contest, world]."""
        tables, leaf = self.tables, self.contests.leaf
        called = tables.called[leaf][:, None]
        base = figure(self.path + "reach", year) * world["ready"][self.k] * world["force"][self.rule.challenger]
        if tables.plan.rules.leads(self.k):
            base = base * (1 + figure("partnership.lesson", year) * world["practice"])
        attack = base * self.option(figure, year, "strength", self.contest_token)
        if self.involved:
            together = called & tables.both[leaf][:, None]
            attack *= 1 + together * (figure("partnership.synergy", year) * world["practice"])
        defence = figure(self.path + "host_reach", year) * world["force"][self.host]
        for power in self.defenders:
            of = f"{self.path}defenders.{tables.names[power]}."
            weight = figure(of + "reach", year) * figure(of + "access", year, 1.0) * world["force"][power]
            defence = defence + self.share(figure, year, power) * weight
        steep = self.option(figure, year, "decisiveness", self.contest_token)
        against = self.option(figure, year, "advantage", self.contest_token) * defence
        logs = np.log(np.maximum(attack, LEAST)) - np.log(np.maximum(against, LEAST))
        quiet = sigmoid(steep * logs)
        if not self.involved:
            return quiet
        # Only contests after a call can have been warned of.
        rows = np.flatnonzero(called[:, 0])
        warned = sigmoid(steep[rows] * (logs[rows] - np.log1p(figure("partnership.warning", year))))
        quiet[rows] += world["leak"] * (warned - quiet[rows])
        return quiet

    def share(self, figure: Figures, year: int, power: int) -> Rows:
        """Share of a defender's force that fights here: [contest, world]."""
        tables, rules, name = self.tables, self.tables.plan.rules, self.rule.name
        of = tables.names[power]
        record = tables.scenario.powers[of]
        leaves = [tables.plan.leaves[n] for n in self.contests.leaf]
        patterns = [(), *rules.stations]
        rows = []
        for pattern in patterns:
            fronts = {rules.fronts[j].name for j in pattern}
            key = next((key for key in record.station_open if set(key.split("+")) == fronts), "")
            declared = name in record.station_open.get(key, {})
            place = f"station_open.{key}" if declared else "station"
            rows.append(figure(f"powers.{of}.{place}.{name}", year))
        station = np.stack(rows)[[patterns.index(leaf.station) for leaf in leaves]]
        if power not in rules.postures:
            return station
        stage = rules.order.index(("posture", power))
        wanted = np.stack([figure(f"powers.{of}.postures.{a}.{name}", year) for a in record.postures])
        swing = figure(f"powers.{of}.swing", year)[None]
        for j, rule in enumerate(rules.fronts):
            massed = np.array([leaf.tokens[j] == rule.demonstrating for leaf in leaves], np.float32)[:, None]
            swing = swing * (1 - massed * figure(f"fronts.{rule.name}.pin", year))
        station += swing * (wanted[[leaf.postures[stage] for leaf in leaves]] - station)
        station *= self.fights[power][self.contests.leaf][:, None]
        return station

    def amounts(self, figure: Figures, year: int, world: Mapping[str, Rows]) -> tuple[Rows, Rows, Rows]:
        """Payoffs whatever the end and if the challenger wins, [power, cell, world], and the chance of settlement."""
        tables, names, tokens = self.tables, self.tables.names, self.cell_token
        record = tables.scenario.fronts[self.rule.name]

        def option(name: str) -> Rows:
            return self.option(figure, year, name, tokens)

        settles, hazard, prize = option("settles"), option("hazard") * self.nuclear, option("prize")
        fixed = np.zeros((len(names), *settles.shape), np.float32)
        won = np.zeros_like(fixed)
        for power, there in self.fighters.items():
            cost = option(f"war_cost.{names[power]}")
            fixed[power] -= there * (cost + hazard * figure(f"powers.{names[power]}.escalation_loss", year))
        for name in {power for o in record.options.values() for power in o.rupture}:
            fixed[names.index(name)] -= option(f"rupture.{name}")
        pact = tables.scenario.partnership
        if pact is not None and self.k == tables.plan.rules.partner_front:
            leader, partner = names.index(pact.leader), names.index(pact.partner)
            paid = self.both_open * figure("partnership.support", year)
            fixed[partner] += paid
            fixed[leader] -= paid * world["gdp"][partner] / world["gdp"][leader]
        for power in self.defenders:
            lost = figure(f"{self.path}defenders.{names[power]}.credibility", year)
            fixed[power] -= settles * lost * ~self.fights[power][self.cells.leaf][:, None]
        for power, sign in {**dict.fromkeys((self.host, *self.defenders), -1), self.rule.challenger: 1}.items():
            stake = record.stakes.get(names[power])
            if stake is not None:
                value = figure(f"{self.path}stakes.{names[power]}", year)
                if stake.kind.unit == "% GDP/yr":
                    value = value / (1 - figure(f"powers.{names[power]}.patience", year))
                won[power] += sign * settles * prize * value
        loss = settles * option("loss")
        fixed[self.rule.challenger] -= loss
        won[self.rule.challenger] += loss
        return fixed, won, settles


def sigmoid(x: Rows) -> Rows:
    """Logistic function, in place of its argument; exp overflows to infinity at the far end, and 1/inf is right."""
    with np.errstate(over="ignore"):
        np.negative(x, out=x)
        np.exp(x, out=x)
        x += 1
        return np.reciprocal(x, out=x)


def group_slices(layer: Layer) -> list[tuple[slice, int, int]]:
    """Edges of a layer in blocks of nodes with equally many moves."""
    blocks, at = [], 0
    for nodes, moves, _ in layer.groups:
        blocks.append((slice(at, at + nodes * moves), nodes, moves))
        at += nodes * moves
    return blocks


def edge_amounts(
    tables: Tables, layer: Layer, figure: Figures, year: int, world: Mapping[str, Rows]
) -> dict[int, Rows]:
    """What single moves cost, by power: [edge, world]."""
    pact, names = tables.scenario.partnership, tables.names
    if layer.kind == "call":
        bound = figure("partnership.obligation", year)
        return {layer.mover: (layer.move == 1)[:, None] * (-bound * figure("partnership.entrapment", year))}
    if layer.kind != "front":
        return {}
    path = f"fronts.{layer.name}."
    massed, down = (layer.move == DEMONSTRATE)[:, None], (layer.move == len(layer.moves) - 1)[:, None]
    own = -(massed * figure(path + "demonstration", year) + down * figure(path + "backdown", year))
    refused, half = answers(tables.plan, layer)
    if pact is None or not refused.any():
        return {layer.mover: own}
    weight = refused[:, None] + half[:, None] * figure("partnership.half", year)
    duty = figure("partnership.obligation", year) * figure("partnership.breach", year)
    own -= weight * (world["leverage"] + duty)
    of = "partnership.leverage."
    price = figure(of + "credibility", year) * figure(of + "exports", year) * figure(of + "duration", year)
    return {layer.mover: own, names.index(pact.leader): -weight * price}


def log_weights(tables: Tables, layer: Layer, figure: Figures, year: int) -> Rows:
    """Log base weights of the moves: [edge, world]."""
    legal = np.bincount(layer.node)[layer.node]
    worlds = figure.values.shape[1]
    if layer.kind != "front":
        return np.repeat(-np.log(legal.astype(np.float32))[:, None], worlds, axis=1)
    rule, path = tables.plan.rules.fronts[layer.subject], f"fronts.{layer.name}."
    rates = {False: ("opening_rate", "demonstration_rate"), True: ("called_rate", "called_demonstration_rate")}
    course = figure(path + "course_rate", year)
    token, called = layer.token(layer.subject)[layer.node], layer.called()[layer.node]
    result = np.zeros((len(layer.node), worlds), np.float32)
    for edge, move in enumerate(layer.move):
        if token[edge] == QUIET:
            after = bool(called[edge]) and layer.subject == tables.plan.rules.partner_front
            opening, massing = (
                figure(path + name, year) if name_given(figure, path + name) else figure(path + rates[False][k], year)
                for k, name in enumerate(rates[after])
            )
            stay = {HOLD: -massing, DEMONSTRATE: np.log(-np.expm1(-massing))}
            result[edge] = stay[move] - opening if move in stay else np.log(-np.expm1(-opening) / len(rule.options))
        elif legal[edge] > 1:
            result[edge] = -course if move == HOLD else np.log(-np.expm1(-course) / (legal[edge] - 1))
    return result


def name_given(figure: Figures, path: str) -> bool:
    """Whether the scenario gives a figure."""
    return path in figure.rows or path in figure.knots


@dataclass(frozen=True)
class Game:
    """One tile of worlds, ready to be solved."""

    tables: Tables
    loss: Rows  # [power, world]
    log_weights: list[Rows]  # by layer [edge, world]
    settles: list[Rows]  # by front [option, world]


def back(game: Game, leaf: Rows, edges: list[dict[int, Rows]], ahead: Rows, patience: Rows) -> tuple[Rows, list[Rows]]:
    """One year from the values of the next, [power, state, world], and how likely each move is."""
    tables, plan = game.tables, game.tables.plan
    left = settled_values(game, ahead)
    left *= patience[:, None]
    values = leaf + left[:, plan.post]
    moves: list[Rows] = []
    for k in range(len(plan.layers) - 1, -1, -1):
        layer = plan.layers[k]
        worth = values[:, layer.target]
        for power, amount in edges[k].items():
            worth[power] += amount
        likely = worth[layer.mover] / game.loss[layer.mover]
        likely += game.log_weights[k]
        values = np.empty((len(worth), len(layer.nodes), worth.shape[-1]), np.float32)
        at = 0
        for rows, nodes, width in tables.groups[k]:
            here = values[:, at : at + nodes]
            at += nodes
            if width == 1:
                likely[rows] = 1
                here[:] = worth[:, rows]
                continue
            block = likely[rows].reshape(nodes, width, -1)
            block -= block.max(axis=1, keepdims=True)
            np.exp(block, out=block)
            block /= block.sum(axis=1, keepdims=True)
            np.einsum("pnmw,nmw->pnw", worth[:, rows].reshape(len(worth), nodes, width, -1), block, out=here)
        moves.insert(0, likely)
    return values[:, plan.root], moves


def settled_values(game: Game, ahead: Rows) -> Rows:
    """Expected value of leaving each state behind: every open front may be settled."""
    fronts = game.tables.plan.rules.fronts
    full = ahead.reshape(len(ahead), *(front.settled + 1 for front in fronts), -1).copy()
    for axis, (front, chance) in enumerate(zip(fronts, game.settles, strict=True), start=1):
        view = np.moveaxis(full, axis, 0)
        for option in range(1, front.settled):
            view[option] += chance[option - 1] * (view[front.settled] - view[option])
    return full.reshape(ahead.shape)


def settled_mass(game: Game, mass: Rows) -> Rows:
    """Probability of next year's states from those left behind: [mass, state, world]."""
    fronts = game.tables.plan.rules.fronts
    full = mass.reshape(len(mass), *(front.settled + 1 for front in fronts), -1)
    for axis, (front, chance) in enumerate(zip(fronts, game.settles, strict=True), start=1):
        view = np.moveaxis(full, axis, 0)
        for option in range(1, front.settled):
            gone = chance[option - 1] * view[option]
            view[front.settled] += gone
            view[option] -= gone
    return full.reshape(mass.shape)


def simulate(tables: Tables, figure: Figures, world: Mapping[str, Rows]) -> dict[str, Rows]:
    """Outcomes two_fronts, opened.<front> and value.<power> of one tile: [world] each.

    Arguments: `world` holds the arrays named in WORLD, year first, as the fast model rolled them.
    """
    scenario, plan = tables.scenario, tables.plan
    years = range(scenario.start, scenario.end + 1)
    each = [f"powers.{name}." for name in tables.names]
    game = Game(
        tables=tables,
        loss=np.stack([figure(path + "precision_loss", years[0]) for path in each]),
        log_weights=[log_weights(tables, layer, figure, years[0]) for layer in plan.layers],
        settles=[
            np.stack([figure(f"{front.path}options.{o}.settles", years[0]) for o in front.rule.options])
            for front in tables.fronts
        ],
    )
    patience = np.stack([figure(path + "patience", years[0]) for path in each])
    yearly = [payoffs(tables, figure, year, {name: world[name][t] for name in WORLD}) for t, year in enumerate(years)]
    ahead = np.zeros((len(each), len(plan.states), figure.values.shape[1]), np.float32)
    fading = patience * (1 - figure("regime_change", years[0]))
    for _ in range(scenario.tail):
        ahead, _moves = back(game, *yearly[-1], ahead, fading)
    behaviour = []
    for leaf, edges in reversed(yearly):
        ahead, moves = back(game, leaf, edges, ahead, patience)
        behaviour.append(moves)
    values = {f"value.{name}": ahead[i, plan.initial] for i, name in enumerate(tables.names)}
    return values | walk(game, behaviour[::-1])


def payoffs(
    tables: Tables, figure: Figures, year: int, world: Mapping[str, Rows]
) -> tuple[Rows, list[dict[int, Rows]]]:
    """One year's payoffs: [power, leaf, world], and by layer and power [edge, world]."""
    leaf = np.zeros((len(tables.names), len(tables.plan.leaves), figure.values.shape[1]), np.float32)
    for front in tables.fronts:
        fixed, won, _ = front.amounts(figure, year, world)
        odds = front.odds(figure, year, world)[front.contests.of]
        for power in range(len(tables.names)):
            if fixed[power].any():
                leaf[power] += fixed[power][front.cells.of]
            if won[power].any():
                leaf[power] += won[power][front.cells.of] * odds
    return leaf, [edge_amounts(tables, layer, figure, year, world) for layer in tables.plan.layers]


def walk(game: Game, behaviour: list[list[Rows]]) -> dict[str, Rows]:
    """Forward from today: all probability, what never saw two fronts, and what never saw each front opened."""
    tables, plan = game.tables, game.tables.plan
    fronts = plan.rules.fronts
    worlds = game.loss.shape[1]
    mass = np.zeros((1 + len(fronts), len(plan.states), worlds), np.float32)  # single, before each front
    mass[:, plan.initial] = 1
    place, twice = np.argsort(plan.root), plan.open_count() >= 2
    result = {"two_fronts": np.zeros(worlds, np.float32)}
    result |= {f"opened.{front.name}": np.zeros(worlds, np.float32) for front in fronts}
    for moves in behaviour:
        now = mass[:, place]
        for layer, likely, total in zip(plan.layers, moves, tables.sums, strict=True):
            flow = now[:, layer.node]
            flow *= likely
            if layer.kind == "front":
                quiet = layer.token(layer.subject)[layer.node] == QUIET
                rows = np.flatnonzero(quiet & (layer.move >= 2) & (layer.move < len(layer.moves) - 1))
                result[f"opened.{layer.name}"] += flow[1 + layer.subject, rows].sum(axis=0)
                flow[1 + layer.subject, rows] = 0
            now = total(flow)
        result["two_fronts"] += now[0, twice].sum(axis=0)
        now[0, twice] = 0
        mass = settled_mass(game, tables.final(now))
    return result
