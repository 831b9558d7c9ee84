"""The arithmetic of `by_hand` as a C kernel, limit.c, compiled when needed: how fast a core could play the same worlds.

The kernel is given what the NumPy version is given (figures, rolled world, moves), and computes the same outcomes.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.by_hand import WORLD, Figures, Front, Tables, name_given, outcomes
from twofront.game.payoffs import answers
from twofront.game.plan import Layer
from twofront.game.rules import DEMONSTRATE, HOLD, QUIET

SOURCE = Path(__file__).with_name("limit.c")
WIDTH = 8  # worlds in one vector: 16 fill two registers each and leave the first cache
FLAGS = ("-O3", "-march=native", "-shared", "-fPIC", "-Wno-psabi", f"-DW={WIDTH}")
ZERO = "no figure: always 0"


class NoCompilerError(Exception):
    """There is no C compiler here, or it refused the kernel."""


def compiler() -> str:
    """The C compiler. Errors: NoCompilerError where there is none."""
    found = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if found is None:
        raise NoCompilerError("no C compiler (cc, gcc or clang) on the path: the limit is not measured")
    return found


class Kernel:
    """The kernel of a scenario's structure, compiled."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        with tempfile.TemporaryDirectory() as folder:
            library = Path(folder) / "limit.so"
            command = [compiler(), *FLAGS, "-o", str(library), str(SOURCE), "-lm"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise NoCompilerError(f"{' '.join(command)} failed: {done.stderr.strip()[-500:]}")
            self._call = ctypes.CDLL(str(library)).limit

    def ready(self, figure: Figures, world: Mapping[str, Any]) -> Given:
        """What a call needs, laid out once: no part of what is measured."""
        return Given(self.tables, figure, world)

    def __call__(self, given: Given) -> dict[str, Any]:
        """Outcomes of one tile: [world] each, in float32. Errors: MemoryError."""
        names = outcomes(self.tables.scenario)
        count = given.drawn.shape[1]
        out = np.empty((len(names), count), np.float32)
        arrays = (given.ints, given.part, len(given.drawn), count, given.drawn, given.rolled, out)
        if self._call(*(a if isinstance(a, int) else a.ctypes.data_as(ctypes.c_void_p) for a in arrays)):
            raise MemoryError("the kernel found no memory")
        return dict(zip(names, out, strict=True))


class Given:
    """One tile as the kernel reads it: a list of whole numbers, and three arrays. The order is that of limit.c."""

    def __init__(self, tables: Tables, figure: Figures, world: Mapping[str, Any]) -> None:
        if figure.values.shape[1] % WIDTH:
            raise ValueError(f"{figure.values.shape[1]} worlds are no multiple of {WIDTH}")
        self.tables, self.figure = tables, figure
        rows = {name: world[name] if world[name].ndim == 3 else world[name][:, None] for name in WORLD}
        starts = np.cumsum([0, *(part.shape[1] for part in rows.values())])
        self.at = dict(zip(WORLD, map(int, starts), strict=False))
        self.rolled = np.ascontiguousarray(np.concatenate(list(rows.values()), axis=1), np.float32)
        self.constants: list[float] = []
        self.numbers: dict[tuple[str, float], int] = {}
        years = range(tables.scenario.start, tables.scenario.end + 1)
        body = self._body()
        knots = [[self._knot(path, year, default) for path, default in self.numbers] for year in years]
        self.part = np.array([[part for _, _, part in row] for row in knots], np.float32)
        constants = np.repeat(np.array(self.constants, np.float32)[:, None], figure.values.shape[1], axis=1)
        self.drawn = np.ascontiguousarray(np.concatenate([figure.values, constants]), np.float32)
        plan, leader, partner = tables.plan, -1, -1
        if tables.scenario.partnership is not None:
            leader = tables.names.index(tables.scenario.partnership.leader)
            partner = tables.names.index(tables.scenario.partnership.partner)
        most = max(len(plan.leaves), *(len(layer.nodes) for layer in plan.layers))
        head = [len(tables.names), len(plan.states), len(plan.layers), len(tables.fronts), len(plan.leaves), len(years)]
        head += [tables.scenario.tail, self.rolled.shape[1], len(self.numbers), plan.initial, leader, partner, most]
        head.append(sum(len(layer.node) for layer in plan.layers))
        powers = [f"powers.{name}." for name in tables.names]
        head += [self(path + name, default) for name, default in LOSSES for path in powers]
        head += [*map(int, plan.root), *map(int, plan.post), *(int(n >= 2) for n in plan.open_count())]
        head += [row[n][side] for side in (0, 1) for row in knots for n in range(len(row))]
        self.ints = np.array([*head, *body], np.int32)

    def __call__(self, path: str, default: float = 0.0) -> int:
        """The number of a figure, after those of the rolled world."""
        return self.rolled.shape[1] + self.numbers.setdefault((path, default), len(self.numbers))

    def _knot(self, path: str, year: int, default: float) -> tuple[int, int, float]:
        """Rows of the drawn figures between which a figure lies in a year, and how far from the first."""
        rows = self.figure.rows
        if path in rows:
            return rows[path], rows[path], 0.0
        if path not in self.figure.knots:
            if default not in self.constants:
                self.constants.append(default)
            row = len(self.figure.values) + self.constants.index(default)
            return row, row, 0.0
        knots = sorted(self.figure.knots[path])
        after = int(np.clip(np.searchsorted([when for when, _ in knots], year), 1, max(len(knots) - 1, 1)))
        (begin, first), (end, last) = knots[after - 1], knots[min(after, len(knots) - 1)]
        return rows[first], rows[last], float(np.clip((year - begin) / max(end - begin, 1), 0, 1))

    def _body(self) -> list[int]:
        """Everything that names figures."""
        powers = [f"powers.{name}." for name in self.tables.names]
        for name, default in LOSSES:
            for path in powers:
                self(path + name, default)
        pact, at = "partnership.", self.at
        leads = pact + "leverage."
        body = [self("regime_change"), self(pact + "lesson"), at["practice"], self(pact + "synergy")]
        body += [self(pact + "warning"), at["leak"], self(pact + "support"), self(pact + "obligation")]
        body += [self(pact + "entrapment"), self(pact + "breach"), at["leverage"]]
        body += [self(leads + name) for name in ("credibility", "exports", "duration")]
        body += [at[name] + p for name in ("gdp", "force") for p in range(len(powers))]
        for front in self.tables.fronts:
            body += self._front(front)
        for layer in self.tables.plan.layers:
            body += self._layer(layer)
        return body

    def _front(self, front: Front) -> list[int]:
        tables, rules, names = self.tables, self.tables.plan.rules, self.tables.names
        options, path, cells, contests = front.rule.options, front.path, front.cells.leaf, front.contests.leaf
        record, pact = tables.scenario.fronts[front.rule.name], tables.scenario.partnership

        def option(name: str) -> list[int]:
            return [self(ZERO), *(self(f"{path}options.{o}.{name}") for o in options), self(ZERO), self(ZERO)]

        body = [len(options), front.rule.challenger, front.host, int(rules.leads(front.k)), int(front.involved)]
        body += [self(path + "reach"), self.at["ready"] + front.k, self(path + "host_reach"), self(path + "pin")]
        body.append(len(options) + 3)
        for name in ("strength", "decisiveness", "advantage", "settles", "hazard", "prize", "loss"):
            body += option(name)
        partners = pact is not None and front.k == rules.partner_front
        body += [len(contests), len(front.defenders), len(cells), int(partners)]
        body += _flat(front.contest_token, (tables.called & tables.both)[contests], tables.called[contests])
        of = [f"{path}defenders.{names[power]}." for power in front.defenders]
        body += [*front.defenders, *(self(d + "reach") for d in of), *(self(d + "access", 1.0) for d in of)]
        swings = [self(f"powers.{names[p]}.swing") if p in rules.postures else -1 for p in front.defenders]
        body += [*swings, *(self(d + "credibility") for d in of)]
        leaves = [tables.plan.leaves[n] for n in contests]
        body += [self._station(front, power, leaf.station) for power in front.defenders for leaf in leaves]
        body += [self._wanted(front, power, leaf.postures) for power in front.defenders for leaf in leaves]
        body += _flat(*(front.fights[power][contests] for power in front.defenders))
        for leaf in leaves:
            body += [int(token == rule.demonstrating) for token, rule in zip(leaf.tokens, rules.fronts, strict=True)]
        body += _flat(front.cell_token, front.nuclear, front.both_open)
        nobody = np.zeros(len(cells), bool)
        body += _flat(*(front.fighters.get(power, nobody) for power in range(len(names))))
        body += _flat(*(~front.fights[power][cells] for power in front.defenders))
        broken = {name for o in record.options.values() for name in o.rupture}
        for name in names:
            body += option(f"war_cost.{name}") if names.index(name) in front.fighters else option(ZERO)
        for name in names:
            body += option(f"rupture.{name}" if name in broken else ZERO)
        body += [self(f"powers.{name}.escalation_loss") for name in names]
        signs = {**dict.fromkeys((front.host, *front.defenders), -1), front.rule.challenger: 1}
        held = {power: sign for power, sign in signs.items() if record.stakes.get(names[power]) is not None}
        body += [len(held), *held, *held.values(), *(self(f"{path}stakes.{names[power]}") for power in held)]
        body += [int(record.stakes[names[power]].kind.unit == "% GDP/yr") for power in held]
        return body + _flat(front.cells.of, front.contests.of)

    def _station(self, front: Front, power: int, station: tuple[int, ...]) -> int:
        of = self.tables.names[power]
        record, rules = self.tables.scenario.powers[of], self.tables.plan.rules
        fronts = {rules.fronts[j].name for j in station}
        key = next((key for key in record.station_open if set(key.split("+")) == fronts), "")
        declared = front.rule.name in record.station_open.get(key, {})
        return self(f"powers.{of}.{f'station_open.{key}' if declared else 'station'}.{front.rule.name}")

    def _wanted(self, front: Front, power: int, postures: tuple[int, ...]) -> int:
        rules, of = self.tables.plan.rules, self.tables.names[power]
        if power not in rules.postures:
            return self(ZERO)
        chosen = list(self.tables.scenario.powers[of].postures)[postures[rules.order.index(("posture", power))]]
        return self(f"powers.{of}.postures.{chosen}.{front.rule.name}")

    def _layer(self, layer: Layer) -> list[int]:
        front, path = layer.kind == "front", f"fronts.{layer.name}."
        move, none = layer.move, np.zeros(len(layer.move), bool)
        kinds, weight = self._weights(layer)
        body = [layer.subject if front else -1, layer.mover, len(layer.nodes), len(move), len(kinds)]
        body += [int(front or layer.kind == "call")]
        body += [
            self(path + "demonstration") if front else self(ZERO),
            self(path + "backdown") if front else self(ZERO),
        ]
        body += [self("partnership.entrapment"), self("partnership.half")]
        refused, half = answers(self.tables.plan, layer)
        last = len(layer.moves) - 1
        quiet = layer.token(layer.subject)[layer.node] == QUIET if front else none
        firsts = np.searchsorted(layer.node, np.arange(len(layer.nodes) + 1))
        body += _flat(firsts, layer.target, quiet & (move >= 2) & (move < last), weight)
        marks = (move == DEMONSTRATE, move == last) if front else (none, none)
        body += _flat(*marks, refused, half, move == 1 if layer.kind == "call" else none)
        return body + [number for kind in kinds for number in kind]

    def _weights(self, layer: Layer) -> tuple[list[tuple[int, int, int, int]], list[int]]:
        """The few base weights of a layer, as formulas, and which of them each edge has."""
        legal = np.bincount(layer.node)[layer.node]
        tokens = layer.token(layer.subject)[layer.node] if layer.kind == "front" else legal
        called, rules, path = layer.called()[layer.node], self.tables.plan.rules, f"fronts.{layer.name}."
        found: dict[tuple[int, int, int, int], int] = {}
        picked, zero = [], self(ZERO)
        for edge, move in enumerate(layer.move):
            choices = int(legal[edge])
            if layer.kind != "front":
                kind = (0, zero, zero, choices)
            elif tokens[edge] == QUIET:
                after = called[edge] and layer.subject == rules.partner_front
                rates = [path + name for name in ("opening_rate", "demonstration_rate")]
                after_call = [path + name for name in ("called_rate", "called_demonstration_rate")]
                used = [
                    own if after and name_given(self.figure, own) else other
                    for own, other in zip(after_call, rates, strict=True)
                ]
                formula = 1 if move == HOLD else 2 if move == DEMONSTRATE else 3
                kind = (formula, self(used[0]), self(used[1]), len(rules.fronts[layer.subject].options))
            elif choices == 1:
                kind = (0, zero, zero, 1)
            else:
                kind = (4 if move == HOLD else 3, self(path + "course_rate"), zero, choices - 1)
            picked.append(found.setdefault(kind, len(found)))
        return list(found), picked


LOSSES = (("precision_loss", 1.0), ("patience", 0.0))


def _flat(*rows: Iterable[Any]) -> list[int]:
    return [int(number) for row in rows for number in np.ravel(row)]
