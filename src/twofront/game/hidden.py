"""Hidden moves: beliefs that fit the behaviour they lead to (docs/model.md, 10 and 10.1).

Given beliefs, one sweep backward gives the behaviour and one forward the beliefs that follow from it; a solution is a
fixed point of that map. Only the blocks inside, between the hidden move and those who do not see it, take part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from twofront.game.blocks import Block, Blocks, total
from twofront.game.build import Game
from twofront.game.plan import Layer
from twofront.game.replies import Stage, by_case, known, logit, top
from twofront.game.rules import CHANCE

STEEP = 30.0  # exponents beyond this prove nothing
STEPS, SETTLING, DAMPING = 20, 8, 0.5  # of the precision along the principal branch; repetitions at each; their step
JUMP = 0.25  # a belief that moves by more than this in one such step has left the branch


Start = tuple[Float[Array, "_ world"], ...]  # beliefs by hidden block


class Effort(NamedTuple):
    """How to search: how many repetitions of the map, and whether along the principal branch."""

    repetitions: int
    thorough: bool


class Search(NamedTuple):
    """What came of the search for beliefs in one year; all but the beliefs by world."""

    beliefs: Start
    residual: Float[Array, " world"]  # how far one more repetition would move a belief
    slope: Float[Array, " world"]  # bound on the slope of the map: below 1 the solution is unique
    stuck: Float[Array, " world"]  # 1 where the principal branch was lost


def uniform(game: Game, cut: Blocks) -> Start:
    """Equal beliefs, to start from."""
    one = jnp.ones_like(game.regime_change)
    return tuple(one / np.sum(block.counted, axis=0)[:, None] for block in cut.inside if block.hidden)


class _Stage(NamedTuple):
    """What one block needs of a year: the part of its values that no belief changes, and where its moves start from."""

    base: Float[Array, "row move node world"]
    start: Float[Array, "move node world"]


@dataclass(frozen=True)
class Map:
    """The map from beliefs to the beliefs that follow from them, in one year of one tile of worlds."""

    game: Game
    blocks: tuple[Block, ...]
    row: dict[int, int]  # where the values of a mover, or of a private type, stand
    stages: tuple[_Stage, ...]
    within: tuple[np.ndarray, ...]  # by block: the node of the next block that a move leads to, else one beyond
    like: Float[Array, " world"]

    def layer(self, i: int) -> Layer:
        """The layer of a block."""
        return self.game.plan.layers[self.blocks[i].k]

    def rows(self, i: int, following: Array | None) -> Array:
        """Values of the moves of a block."""
        return self.stages[i].base if following is None else self.stages[i].base + self.lead(i, following)

    def lead(self, i: int, following: Array) -> Array:
        """What a block gets from the next one inside, 0 where a move leads elsewhere."""
        return jnp.concatenate([following, jnp.zeros_like(following[:, :1])], axis=1)[:, self.within[i]]

    def __call__(self, beliefs: Sequence[Array], scale: Array | float = 1.0) -> Start:
        """The beliefs that follow from the behaviour which best fits the given ones, precision times a scale."""
        logs: list[Array] = []
        following: Array | None = None
        held = list(beliefs)
        for i in reversed(range(len(self.blocks))):
            rows = self.rows(i, following)
            if self.layer(i).kind == "leak":
                logs.insert(0, jnp.log(self.stages[i].start))
            else:
                logs.insert(0, self._logs(i, rows, held.pop() if self.blocks[i].hidden else None, scale))
            following = total(rows * jnp.exp(logs[0])) if i else None
        return self._follow(logs)

    def _logs(self, i: int, rows: Array, belief: Array | None, scale: Array | float) -> Array:
        layer = self.layer(i)
        typed = self.game.types_of(layer)
        term = rows[self.row[typed[0]]] if typed else None
        own = by_case(rows[self.row[layer.mover]], term, typed[1] if typed else None)
        drive = known(self.blocks[i], own, belief) * (scale / self.game.loss[layer.mover]) + self.stages[i].start
        _, logs = logit(drive)
        if typed is None:
            return logs[0]
        return jax.nn.logsumexp(logs + jnp.log(typed[1].prior)[:, None, None], axis=0)

    def _follow(self, logs: Sequence[Array]) -> Start:
        """Beliefs by Bayes' rule, from the logs of the probabilities that lead to each node."""
        result, before = [], None
        for block, log in zip(self.blocks, logs, strict=True):
            reach = jnp.zeros(log.shape[1:], log.dtype)
            if before is not None:
                reach = jnp.concatenate([before, reach[:1]])[block.parent]  # -1: the last row, where hidden moves begin
            if block.hidden:
                result.append(_normal(block, reach))
            before = (reach + log).reshape(-1, log.shape[-1])
        return tuple(result)


def _normal(block: Block, reach: Float[Array, "node world"]) -> Float[Array, "node world"]:
    """Logs of reach as probabilities within each information set."""
    ways = jnp.where(block.counted[:, :, None], reach[block.members], -jnp.inf)
    return jnp.exp(reach - jax.nn.logsumexp(ways, axis=0))


def belief_map(
    game: Game, cut: Blocks, given: Sequence[Sequence[Stage]], after: Sequence[Float[Array, "row _ world"]]
) -> Map:
    """The map of one year from the values of the nodes `after`, by layer and then of the leaves.

    It follows the values of those who move inside, and of their types, alone.
    """
    inside = cut.inside
    movers = {game.plan.layers[block.k].mover for block in inside} - {CHANCE}
    typed = [game.powers + j for j, rule in enumerate(game.plan.rules.types) if rule.power in movers]
    kept = np.array([*sorted(movers), *typed], np.int32)
    made, within = [], []
    for i, block in enumerate(inside):
        offset, stage = cut.offset(block.k + 1), given[block.k][0]
        level = after[block.k + 1][kept]
        leads = block.target < offset
        padded = jnp.concatenate([level, jnp.zeros_like(game.loss[kept])[:, None]], axis=1)
        base = padded[:, np.where(leads, level.shape[1], block.target - offset)]
        made.append(_Stage(base if stage.lumps is None else base + stage.lumps[kept], stage.start))
        beyond = len(inside[i + 1].nodes) if i + 1 < len(inside) else 0
        within.append(np.where(leads, block.target, beyond).astype(np.int32))
    rows = {int(row): i for i, row in enumerate(kept)}
    return Map(game, inside, rows, tuple(made), tuple(within), jnp.zeros_like(game.regime_change))


def search(fits: Map, start: Start, effort: Effort) -> tuple[Start, Array, Array]:
    """Beliefs of one year, how far they still move, and where the branch was lost.

    By repetition from a start; or, where thorough, along the principal branch.
    """
    beliefs, stuck = _branch(fits, start) if effort.thorough else (start, fits.like)
    beliefs, residual = _repeat(fits, beliefs, effort.repetitions)
    return beliefs, residual, stuck


def change(after: Sequence[Array], before: Sequence[Array]) -> Float[Array, " world"]:
    """By how far any belief moved."""
    return jnp.max(jnp.stack([jnp.max(jnp.abs(a - b), axis=0) for a, b in zip(after, before, strict=True)]), axis=0)


def _repeat(fits: Map, beliefs: Start, times: int) -> tuple[Start, Array]:
    def once(held: Start, _: None) -> tuple[Start, Array]:
        after = fits(held)
        return after, change(after, held)

    beliefs, moved = jax.lax.scan(once, beliefs, None, length=times)
    return beliefs, moved[-1]


def _branch(fits: Map, start: Start) -> tuple[Start, Array]:
    """Follows the principal branch from precision 0, where beliefs are known, to 1; and where it was lost."""
    settled = 1e-3

    def step(carry: tuple[Start, Array], scale: Array) -> tuple[tuple[Start, Array], None]:
        held, stuck = carry

        def once(now: Start, _: None) -> tuple[Start, Array]:
            after = fits(now, scale)
            mixed = tuple(b + DAMPING * (a - b) for a, b in zip(after, now, strict=True))
            return mixed, change(after, now)

        after, moved = jax.lax.scan(once, held, None, length=SETTLING)
        lost = (moved[-1] > settled) | (change(after, held) > JUMP)
        return (after, jnp.maximum(stuck, lost.astype(stuck.dtype))), None

    scales = jnp.arange(1, STEPS + 1, dtype=start[0].dtype) / STEPS
    (beliefs, stuck), _ = jax.lax.scan(step, (fits(start, 0.0), fits.like), scales)
    return beliefs, stuck


def slope(fits: Map, likely: Sequence[Float[Array, "_ _ world"]]) -> Float[Array, " world"]:
    """A bound on the slope of the map over all beliefs, in total variation (docs/model.md, 10.1).

    `likely` is the behaviour inside at any one belief.
    """
    low, high, steep = None, None, None
    gains: list[Array] = []  # by block: how fast the logs of the probabilities may change, by information set
    for i in reversed(range(len(fits.blocks))):
        block, layer, pi = fits.blocks[i], fits.layer(i), likely[i]
        lows, highs = fits.rows(i, low), fits.rows(i, high)
        slopes: Array | None = None if steep is None else fits.lead(i, steep)
        if layer.kind == "leak":
            low, high = total(lows * pi), total(highs * pi)
            steep = None if slopes is None else total(slopes * pi)
            gains.insert(0, jnp.zeros((int(block.sets.max()) + 1, *fits.like.shape), lows.dtype))
            continue
        gain = _gain(fits, i, lows, highs, slopes) / fits.game.loss[layer.mover]
        low, high = -top(_legal(block, -lows))[:, 0], top(_legal(block, highs))[:, 0]
        each = gain[block.sets]
        around = total(pi * (lows + highs) / 2)[:, None]
        spread = total(pi * jnp.maximum(jnp.abs(highs - around), jnp.abs(lows - around)))
        moved = jnp.minimum(each / 4 * (high - low), each / 2 * jnp.exp(jnp.minimum(each, STEEP)) * spread)
        steep = moved if slopes is None else moved + top(_legal(block, slopes))[:, 0]
        gains.insert(0, gain)
    return _total(fits.blocks, gains)


def _legal(block: Block, rows: Array) -> Array:
    return jnp.where(block.legal[..., None], rows, -jnp.inf)


def _gain(fits: Map, i: int, lows: Array, highs: Array, slopes: Array | None) -> Array:
    """By information set: how far the difference of two moves' values may change with the beliefs, times the loss."""
    block, layer = fits.blocks[i], fits.layer(i)
    typed = fits.game.types_of(layer)
    rows = [(fits.row[layer.mover], jnp.ones_like(fits.like))]
    if typed is not None:
        rows.append((fits.row[typed[0]], jnp.max(jnp.abs(typed[1].excess), axis=0)))
    first = np.unique(block.sets, return_index=True)[1]
    nodes = block.members[:, first]  # [member, set]
    several = (np.sum(block.counted, axis=0)[first] > 1)[:, None]
    legal = block.legal[:, first]
    count = len(legal)
    result = jnp.zeros((len(first), *fits.like.shape), lows.dtype)
    for row, factor in rows:
        low, high = lows[row][:, nodes], highs[row][:, nodes]  # [move, member, set, world]
        own = None if slopes is None else jnp.max(slopes[row][:, nodes], axis=1)
        worst = jnp.zeros_like(result)
        for a, b in combinations(range(count), 2):
            # one way round is the other's negative: the range of their difference is the same
            up, down = jnp.max(high[a] - low[b], axis=0), jnp.min(low[a] - high[b], axis=0)
            changes = several * (up - down) + (0.0 if own is None else own[a] + own[b])
            worst = jnp.maximum(worst, jnp.where((legal[a] & legal[b])[:, None], changes, 0.0))
        result = result + factor * worst
    return result


def _total(inside: tuple[Block, ...], gains: Sequence[Array]) -> Float[Array, " world"]:
    """The largest change of a belief: a quarter of what lies between the ways to two nodes of a set."""
    padded = [jnp.concatenate([gain, jnp.zeros_like(gain[:1])]) for gain in gains]
    worst = jnp.zeros_like(gains[0][0])
    for i, block in enumerate(inside):
        ways = [dict(_apart(inside, i, *pair)) for pair in _pairs(block)]
        if not ways:
            continue
        for_pair = jnp.zeros((len(ways), *worst.shape), worst.dtype)
        for j in sorted({j for way in ways for j in way}):
            sets = np.array([way.get(j, (-1, -1)) for way in ways], np.int32)
            for_pair = for_pair + padded[j][sets[:, 0]] + padded[j][sets[:, 1]]
        worst = jnp.maximum(worst, jnp.max(for_pair, axis=0) / 4)
    return worst


def _pairs(block: Block) -> list[tuple[int, int]]:
    """Pairs of nodes of one information set."""
    sets = [np.flatnonzero(block.sets == s).tolist() for s in range(int(block.sets.max()) + 1)]
    return [pair for nodes in sets for pair in combinations(nodes, 2)]


def _apart(inside: tuple[Block, ...], i: int, first: int, second: int) -> list[tuple[int, tuple[int, int]]]:
    """By earlier block, the sets by which two nodes' ways differ: one (and -1) where they part, then two."""
    result = []
    for j in reversed(range(i)):
        one, other = int(inside[j + 1].parent[first]), int(inside[j + 1].parent[second])
        if one < 0 or other < 0:
            break
        width = len(inside[j].nodes)
        first, second = one % width, other % width
        mine, theirs = int(inside[j].sets[first]), int(inside[j].sets[second])
        if mine != theirs:
            result.append((j, (mine, theirs)))
        elif one // width != other // width:
            result.append((j, (mine, -1)))
    return result
