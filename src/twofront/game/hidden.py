"""Hidden moves: beliefs that fit the behaviour they lead to (docs/model.md, 10 and 10.1).

Given beliefs, one sweep backward gives the behaviour and one forward the beliefs that follow from it; a solution is a
fixed point of that map. Only the nodes between the hidden move and those who do not see it take part (`Part`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, groupby
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from twofront.game import replies
from twofront.game.build import Game
from twofront.game.plan import Layer, Plan
from twofront.game.replies import Choice, Payoffs, by_case, by_node, known, logit, sweep
from twofront.game.rules import CHANCE, Node

STEEP = 30.0  # exponents beyond this prove nothing
STEPS, SETTLING, DAMPING = 20, 8, 0.5  # of the precision along the principal branch; repetitions at each; their step
JUMP = 0.25  # a belief that moves by more than this in one such step has left the branch


Start = tuple[Float[Array, "_ world"], ...]  # beliefs to start from, by hidden part


@dataclass(frozen=True)
class Part:
    """The nodes of one layer between a hidden move and those who do not see it, with their edges."""

    k: int
    nodes: Int[np.ndarray, " node"]  # of the layer
    edges: Int[np.ndarray, " edge"]  # of the layer
    node: Int[np.ndarray, " edge"]
    move: Int[np.ndarray, " edge"]
    sets: Int[np.ndarray, " node"]  # information sets, counted from 0
    groups: tuple[tuple[int, int, int], ...]
    target: Int[np.ndarray, " edge"]  # among the nodes of the next part, then the fixed ones
    fixed: Int[np.ndarray, " fixed"]  # nodes of the next layer whose values no belief changes
    parent: Int[np.ndarray, " node"]  # edge of the previous part that leads here, -1 where the hidden moves begin

    @property
    def hidden(self) -> bool:
        """Whether some information set has several nodes."""
        return any(size > 1 for _, _, size in self.groups)


class Effort(NamedTuple):
    """How to search: where, how many repetitions of the map, and whether along the principal branch."""

    parts: tuple[Part, ...]
    repetitions: int
    thorough: bool


class Search(NamedTuple):
    """What came of the search for beliefs in one year; all but the beliefs by world."""

    beliefs: tuple[Float[Array, "_ world"], ...]  # by hidden part
    residual: Float[Array, " world"]  # how far one more repetition would move a belief
    slope: Float[Array, " world"]  # bound on the slope of the map: below 1 the solution is unique
    stuck: Float[Array, " world"]  # 1 where the principal branch was lost


def parts(plan: Plan) -> tuple[Part, ...]:
    """The parts of a year, first to last; none where everything is observed."""
    inside = [
        [n for n, node in enumerate(layer.nodes) if node.anchor is not None or _begins(plan, k, node)]
        for k, layer in enumerate(plan.layers)
    ]
    if not any(layer.hidden for layer in plan.layers):
        return ()
    found: list[Part] = []
    for k, layer in enumerate(plan.layers):
        if inside[k]:
            following = inside[k + 1] if k + 1 < len(plan.layers) else []
            found.append(_part(layer, k, inside[k], following, found[-1] if found else None))
    return tuple(found)


def _begins(plan: Plan, k: int, node: Node) -> bool:
    layer = plan.layers[k]
    return plan.rules.hides(k) and int(np.sum(layer.node == layer.nodes.index(node))) > 1


def _part(layer: Layer, k: int, nodes: Sequence[int], following: Sequence[int], before: Part | None) -> Part:
    edges = np.flatnonzero(np.isin(layer.node, nodes))
    fixed = sorted(set(layer.target[edges].tolist()) - set(following))
    place = {n: i for i, n in enumerate([*following, *fixed])}
    moves, sizes = np.bincount(layer.node), np.bincount(layer.sets)
    shapes = [(int(moves[n]), int(sizes[layer.sets[n]])) for n in nodes]
    arrived = {} if before is None else {int(t): e for e, t in enumerate(before.target)}
    return Part(
        k=k,
        nodes=np.array(nodes, np.int32),
        edges=edges.astype(np.int32),
        node=np.searchsorted(np.array(nodes), layer.node[edges]).astype(np.int32),
        move=layer.move[edges],
        sets=np.unique(layer.sets[list(nodes)], return_inverse=True)[1].astype(np.int32),
        groups=tuple((len(list(same)), *shape) for shape, same in groupby(shapes)),
        target=np.array([place[int(t)] for t in layer.target[edges]], np.int32),
        fixed=np.array(fixed, np.int32),
        parent=np.array([arrived.get(i, -1) for i in range(len(nodes))], np.int32),
    )


def uniform(game: Game, found: tuple[Part, ...]) -> tuple[Float[Array, "_ world"], ...]:
    """Equal beliefs, to start from."""
    one = jnp.ones_like(game.regime_change)
    return tuple(
        jnp.stack([one / size for nodes, _, size in p.groups for _ in range(nodes)]) for p in found if p.hidden
    )


def spread_out(game: Game, found: tuple[Part, ...], beliefs: Sequence[Array]) -> dict[int, Array]:
    """Beliefs for every node of the layers that have hidden moves, 1 where the mover knows its node."""
    result = {}
    for part, belief in zip([p for p in found if p.hidden], beliefs, strict=True):
        index = np.full(len(game.plan.layers[part.k].nodes), len(part.nodes), np.int32)
        index[part.nodes] = np.arange(len(part.nodes))
        result[part.k] = jnp.concatenate([belief, jnp.ones_like(belief[:1])])[index]
    return result


class _Stage(NamedTuple):
    """What one part needs of a year: values of the nodes that no belief changes, amounts at its edges, base weights."""

    fixed: Float[Array, "row fixed world"]
    lumps: Float[Array, "row edge world"] | float
    log_weights: Float[Array, "edge world"]
    likely: Float[Array, "edge world"]  # the behaviour that fits the beliefs of the start


@dataclass(frozen=True)
class _Map:
    """The map from beliefs to the beliefs that follow from them, in one year of one tile of worlds."""

    game: Game
    parts: tuple[Part, ...]
    row: dict[int, int]  # where the values of a mover, or of a private type, stand
    stages: tuple[_Stage, ...]
    leak: Float[Array, " world"]

    def layer(self, part: Part) -> Layer:
        return self.game.plan.layers[part.k]

    def rows(self, i: int, following: Array | None) -> Array:
        """Values of the moves of a part."""
        part, stage = self.parts[i], self.stages[i]
        values = stage.fixed if following is None else jnp.concatenate([following, stage.fixed], axis=1)
        return values[:, part.target] + stage.lumps

    def log_chance(self, part: Part) -> Array:
        """Logs of a leak's probabilities on the edges of a part."""
        return jnp.log(replies.chance(self.layer(part), self.leak))[part.edges]

    def __call__(self, beliefs: Sequence[Array], scale: Array | float = 1.0) -> tuple[Array, ...]:
        """The beliefs that follow from the behaviour which best fits the given ones, precision times a scale."""
        logs: list[Array] = []
        following: Array | None = None
        held = list(beliefs)
        for i in reversed(range(len(self.parts))):
            part, layer, rows = self.parts[i], self.layer(self.parts[i]), self.rows(i, following)
            if layer.kind == "leak":
                log = self.log_chance(part)
            else:
                log = self._logs(i, rows, held.pop() if part.hidden else None, scale)
            logs.insert(0, log)
            following = by_node(part.groups, rows * jnp.exp(log))
        return self._follow(logs)

    def _logs(self, i: int, rows: Array, belief: Array | None, scale: Array | float) -> Array:
        part, layer = self.parts[i], self.layer(self.parts[i])
        typed = self.game.types_of(layer)
        term = rows[self.row[typed[0]]] if typed else None
        own = by_case(rows[self.row[layer.mover]], term, typed[1] if typed else None)
        drive = known(part.groups, own, belief) * (scale / self.game.loss[layer.mover]) + self.stages[i].log_weights
        _, logs = logit(part.groups, drive)
        if typed is None:
            return logs[0]
        return jax.nn.logsumexp(logs + jnp.log(typed[1].prior)[:, None], axis=0)

    def _follow(self, logs: Sequence[Array]) -> tuple[Array, ...]:
        """Beliefs by Bayes' rule, from the logs of the probabilities that lead to each node."""
        result, before = [], None
        for i, part in enumerate(self.parts):
            reach = jnp.zeros((len(part.nodes), logs[0].shape[-1]), logs[0].dtype)
            if before is not None:
                arriving = jnp.concatenate([before, jnp.zeros_like(before[:1])])
                reach = arriving[part.parent]  # -1: the last row, where the hidden moves begin
            if part.hidden:
                result.append(_normal(part.groups, reach))
            before = reach[part.node] + logs[i]
        return tuple(result)


def _normal(groups: replies.Groups, reach: Float[Array, "node world"]) -> Float[Array, "node world"]:
    """Logs of reach as probabilities within each information set."""
    members, there = _members(groups)
    ways = jnp.where(there[:, :, None], reach[members], -jnp.inf)
    return jnp.exp(reach - jax.nn.logsumexp(ways, axis=0))


@cache
def _members(groups: replies.Groups) -> tuple[Int[np.ndarray, "member node"], Bool[np.ndarray, "member node"]]:
    """The first, second, … node of each node's information set, and whether there is one."""
    sizes = [size for nodes, _, size in groups for _ in range(nodes)]
    first = [at + n - n % size for nodes, at, size in _spans(groups) for n in range(nodes)]
    rank = np.arange(max(sizes))[:, None]
    return (np.minimum(rank, np.array(sizes) - 1) + np.array(first)).astype(np.int32), rank < np.array(sizes)


def _spans(groups: replies.Groups) -> list[tuple[int, int, int]]:
    """By group: its number of nodes, its first node, the size of its information sets."""
    ends = np.cumsum([nodes for nodes, _, _ in groups])
    return [(nodes, int(end) - nodes, size) for (nodes, _, size), end in zip(groups, ends, strict=True)]


def search(game: Game, given: Payoffs, leaf: Float[Array, "row leaf world"], start: Start, effort: Effort) -> Search:
    """Beliefs of one year. By repetition from a start, with a proof of uniqueness; or along the principal branch."""
    zero = jnp.zeros_like(game.regime_change)
    if not effort.parts:
        return Search((), zero, zero, zero)
    fits = _map(game, effort.parts, given, sweep(game, given, leaf, spread_out(game, effort.parts, start)))
    beliefs, stuck = _branch(fits, start) if effort.thorough else (start, zero)
    beliefs, residual = _repeat(fits, beliefs, effort.repetitions)
    return Search(beliefs, residual, zero + jnp.inf if effort.thorough else slope(fits), stuck)


def _map(game: Game, found: tuple[Part, ...], given: Payoffs, swept: tuple[list[Array], list[Choice]]) -> _Map:
    """The map of one year; it follows the values of those who move in its parts, and of their types, alone."""
    movers = {game.plan.layers[part.k].mover for part in found} - {CHANCE}
    typed = [game.powers + j for j, rule in enumerate(game.plan.rules.types) if rule.power in movers]
    levels, choices = swept
    kept = np.array([*sorted(movers), *typed], np.int32)
    stages = tuple(
        _Stage(
            levels[part.k + 1][kept][:, part.fixed],
            0.0 if (lumps := given.edge[part.k]) is None else lumps[kept][:, part.edges],
            game.log_weights[part.k][part.edges],
            choices[part.k].likely[part.edges],
        )
        for part in found
    )
    return _Map(game, found, {int(row): i for i, row in enumerate(kept)}, stages, given.leak)


def change(after: Sequence[Array], before: Sequence[Array]) -> Float[Array, " world"]:
    """By how far any belief moved."""
    return jnp.max(jnp.stack([jnp.max(jnp.abs(a - b), axis=0) for a, b in zip(after, before, strict=True)]), axis=0)


def _repeat(fits: _Map, beliefs: tuple[Array, ...], times: int) -> tuple[tuple[Array, ...], Array]:
    def once(held: tuple[Array, ...], _: None) -> tuple[tuple[Array, ...], Array]:
        after = fits(held)
        return after, change(after, held)

    beliefs, moved = jax.lax.scan(once, beliefs, None, length=times)
    return beliefs, moved[-1]


def _branch(fits: _Map, start: tuple[Array, ...]) -> tuple[tuple[Array, ...], Array]:
    """Follows the principal branch from precision 0, where beliefs are known, to 1; and where it was lost."""
    settled = 1e-3

    def step(carry: tuple[tuple[Array, ...], Array], scale: Array) -> tuple[tuple[tuple[Array, ...], Array], None]:
        held, stuck = carry

        def once(now: tuple[Array, ...], _: None) -> tuple[tuple[Array, ...], Array]:
            after = fits(now, scale)
            mixed = tuple(b + DAMPING * (a - b) for a, b in zip(after, now, strict=True))
            return mixed, change(after, now)

        after, moved = jax.lax.scan(once, held, None, length=SETTLING)
        lost = (moved[-1] > settled) | (change(after, held) > JUMP)
        return (after, jnp.maximum(stuck, lost.astype(stuck.dtype))), None

    scales = jnp.arange(1, STEPS + 1, dtype=start[0].dtype) / STEPS
    (beliefs, stuck), _ = jax.lax.scan(step, (fits(start, 0.0), jnp.zeros_like(fits.leak)), scales)
    return beliefs, stuck


def slope(fits: _Map) -> Float[Array, " world"]:
    """A bound on the slope of the map over all beliefs, in total variation (docs/model.md, 10.1)."""
    low, high, steep = None, None, None
    gains: list[Array] = []  # by part: how fast the logs of the probabilities may change, by information set
    for i in reversed(range(len(fits.parts))):
        part, layer = fits.parts[i], fits.layer(fits.parts[i])
        lows, highs = fits.rows(i, low), fits.rows(i, high)
        slopes: Array | None = None
        if steep is not None:
            slopes = jnp.concatenate([steep, jnp.zeros_like(fits.stages[i].fixed)], axis=1)[:, part.target]
        if layer.kind == "leak":
            likely = replies.chance(layer, fits.leak)[part.edges]
            low, high = (by_node(part.groups, rows * likely) for rows in (lows, highs))
            steep = None if slopes is None else by_node(part.groups, slopes * likely)
            gains.insert(0, jnp.zeros((int(part.sets[-1]) + 1, *fits.leak.shape), lows.dtype))
            continue
        gain = _gain(fits, part, layer, lows, highs, slopes) / fits.game.loss[layer.mover]
        moves = _moves(part)
        low, high = jnp.min(lows[:, moves], 2), jnp.max(highs[:, moves], 2)
        each = gain[part.sets]
        around = by_node(part.groups, fits.stages[i].likely * (lows + highs) / 2)[:, part.node]
        far = jnp.maximum(jnp.abs(highs - around), jnp.abs(lows - around))
        spread = by_node(part.groups, fits.stages[i].likely * far)
        moved = jnp.minimum(each / 4 * (high - low), each / 2 * jnp.exp(jnp.minimum(each, STEEP)) * spread)
        steep = moved if slopes is None else moved + jnp.max(slopes[:, moves], 2)
        gains.insert(0, gain)
    return _total(fits.parts, gains)


def _moves(part: Part) -> Int[np.ndarray, "node move"]:
    """The edges of each node; short rows repeat their first."""
    rows = [np.flatnonzero(part.node == n) for n in range(len(part.nodes))]
    width = max(len(row) for row in rows)
    return np.stack([np.concatenate([row, np.repeat(row[:1], width - len(row))]) for row in rows]).astype(np.int32)


def _gain(fits: _Map, part: Part, layer: Layer, lows: Array, highs: Array, slopes: Array | None) -> Array:
    """By information set: how far the difference of two moves' values may change with the beliefs, times the loss."""
    typed = fits.game.types_of(layer)
    rows = [(fits.row[layer.mover], jnp.ones_like(fits.leak))]
    if typed is not None:
        rows.append((fits.row[typed[0]], jnp.max(jnp.abs(typed[1].excess), axis=0)))
    moves = _moves(part)
    sets = [np.flatnonzero(part.sets == s) for s in range(int(part.sets[-1]) + 1)]
    width = max(len(nodes) for nodes in sets)
    edges = np.stack([moves[np.resize(nodes, width)] for nodes in sets])  # [set, member, move]
    several = np.array([len(nodes) > 1 for nodes in sets])[:, None, None, None]
    total = jnp.zeros((len(sets), *fits.leak.shape), lows.dtype)
    for row, factor in rows:
        low, high = lows[row][edges], highs[row][edges]
        up = jnp.max(high[:, :, :, None] - low[:, :, None, :], axis=1)
        down = jnp.min(low[:, :, :, None] - high[:, :, None, :], axis=1)
        changes = several * (up - down)
        if slopes is not None:
            own = jnp.max(slopes[row][edges], axis=1)
            changes = changes + own[:, :, None] + own[:, None, :]
        apart = (edges[:, 0, :, None] != edges[:, 0, None, :])[..., None]
        total = total + factor * jnp.max(changes * apart, axis=(1, 2))
    return total


def _total(found: tuple[Part, ...], gains: Sequence[Array]) -> Float[Array, " world"]:
    """The largest change of a belief: a quarter of what lies between the ways to two nodes of a set."""
    padded = [jnp.concatenate([gain, jnp.zeros_like(gain[:1])]) for gain in gains]
    worst = jnp.zeros_like(gains[0][0])
    for i, part in enumerate(found):
        ways = [dict(_apart(found, i, *pair)) for pair in _pairs(part)]
        if not ways:
            continue
        for_pair = jnp.zeros((len(ways), *worst.shape), worst.dtype)
        for j in sorted({j for way in ways for j in way}):
            sets = np.array([way.get(j, (-1, -1)) for way in ways], np.int32)
            for_pair = for_pair + padded[j][sets[:, 0]] + padded[j][sets[:, 1]]
        worst = jnp.maximum(worst, jnp.max(for_pair, axis=0) / 4)
    return worst


def _pairs(part: Part) -> list[tuple[int, int]]:
    """Pairs of nodes of one information set."""
    sets = [np.flatnonzero(part.sets == s).tolist() for s in range(int(part.sets[-1]) + 1)]
    return [pair for nodes in sets for pair in combinations(nodes, 2)]


def _apart(found: tuple[Part, ...], i: int, first: int, second: int) -> list[tuple[int, tuple[int, int]]]:
    """By earlier part, the information sets by which two nodes' ways differ: one (and -1) where they part, then two."""
    result = []
    for j in reversed(range(i)):
        one, other = int(found[j + 1].parent[first]), int(found[j + 1].parent[second])
        if one < 0 or other < 0:
            break
        first, second = int(found[j].node[one]), int(found[j].node[other])
        mine, theirs = int(found[j].sets[first]), int(found[j].sets[second])
        if mine != theirs:
            result.append((j, (mine, theirs)))
        elif found[j].move[one] != found[j].move[other]:
            result.append((j, (mine, -1)))
    return result
