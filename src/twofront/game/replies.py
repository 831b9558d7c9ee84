"""How powers choose: weighted logit or best replies over information sets, one sweep backward (docs/model.md, 10)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from twofront.game.build import Game, Types
from twofront.game.plan import Layer

Groups = tuple[tuple[int, int, int], ...]  # (nodes, moves of each, nodes of each information set)


class Payoffs(NamedTuple):
    """One year's payoffs: at the leaves, and at the edges of each layer that has any; a row for each power and type."""

    leaf: Float[Array, "row leaf world"]
    edge: tuple[Float[Array, "row _ world"] | None, ...]
    settles: tuple[Float[Array, "_ world"], ...]  # by front
    leak: Float[Array, " world"]


class Choice(NamedTuple):
    """One stage: how likely each move is, and by case of the mover's type, what it is worth to it and how likely."""

    likely: Float[Array, "edge world"]
    shares: Float[Array, "case edge world"]
    worth: Float[Array, "case edge world"]
    ties: Float[Array, " world"]


Beliefs = Mapping[int, Float[Array, "node world"]]  # by layer with hidden moves


def grouped(groups: Groups, rows: Float[Array, "*lead edge world"]) -> list[Float[Array, "*lead node move world"]]:
    """Edges as blocks of nodes with equally many moves."""
    blocks, at = [], 0
    for nodes, moves, _ in groups:
        block = rows[..., at : at + nodes * moves, :]
        blocks.append(block.reshape(*rows.shape[:-2], nodes, moves, rows.shape[-1]))
        at += nodes * moves
    return blocks


def by_node(groups: Groups, rows: Float[Array, "*lead edge world"]) -> Float[Array, "*lead node world"]:
    """Adds up the edges of each node."""
    return jnp.concatenate([jnp.sum(block, axis=-2) for block in grouped(groups, rows)], axis=-2)


def known(
    groups: Groups, rows: Float[Array, "*lead edge world"], belief: Float[Array, "node world"] | None
) -> Float[Array, "*lead edge world"]:
    """What the mover expects of each move: the mean over the nodes of its information set, by its belief."""
    if belief is None:
        return rows
    total: Array = jnp.zeros_like(rows)
    for edges, nodes, there in _members(groups):
        total = total + rows[..., edges, :] * (belief[nodes] * there[:, None].astype(rows.dtype))
    return total


@cache
def _members(groups: Groups) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """For the first, second, … node of its information set: the edge of the same move there, the node, if there is one.

    Gathering whole rows is several times faster than adding up blocks of different shapes.
    """
    tables = []
    for j in range(max(size for _, _, size in groups)):
        edges, nodes, there, at, node = [], [], [], 0, 0
        for count, moves, size in groups:
            for n in range(count):
                member = n - n % size + min(j, size - 1)
                edges += [at + member * moves + move for move in range(moves)]
                nodes += [node + member] * moves
                there += [j < size] * moves
            at, node = at + count * moves, node + count
        tables.append((np.array(edges, np.int32), np.array(nodes, np.int32), np.array(there)))
    return tables


def logit(groups: Groups, drive: Float[Array, "*lead edge world"]) -> tuple[Array, Array]:
    """Probabilities in proportion to exp(drive) over the moves of each node, and their logs."""
    shares, logs = [], []
    for block in grouped(groups, drive):
        flat = (*drive.shape[:-2], -1, drive.shape[-1])
        rest = block - jnp.max(block, axis=-2, keepdims=True)
        mass = jnp.exp(rest)
        total = jnp.sum(mass, axis=-2, keepdims=True)
        shares.append((mass / total).reshape(flat))
        logs.append((rest - jnp.log(total)).reshape(flat))
    return jnp.concatenate(shares, axis=-2), jnp.concatenate(logs, axis=-2)


def best(groups: Groups, worth: Float[Array, "case edge world"]) -> tuple[Array, Array]:
    """Best replies with ties split evenly; and the number of ties."""
    shares, ties = [], jnp.zeros_like(worth[0, 0])
    for block in grouped(groups, worth):
        top = jnp.max(block, axis=-2, keepdims=True)
        share = (block >= top - tolerance(worth.dtype)).astype(worth.dtype)
        count = jnp.sum(share, axis=-2, keepdims=True)
        ties = ties + jnp.sum(count > 1, axis=(0, 1, 2))
        shares.append((share / count).reshape(len(worth), -1, worth.shape[-1]))
    return jnp.concatenate(shares, axis=1), ties


def tolerance(dtype: np.dtype) -> float:
    """Values closer than this (% GDP) count as tied."""
    return 1e-9 if dtype == np.float64 else 1e-5


def by_case(own: Float[Array, "edge world"], term: Float[Array, "edge world"] | None, types: Types | None) -> Array:
    """A mover's values under each case of its type; a single case where it has none."""
    if types is None or term is None:
        return own[None]
    cases: Array = own + types.excess[:, None] * term
    return cases


def choose(
    game: Game, k: int, rows: Float[Array, "row edge world"], belief: Float[Array, "node world"] | None
) -> Choice:
    """One stage's behaviour from the values of its moves."""
    layer = game.plan.layers[k]
    typed = game.types_of(layer)
    own = by_case(rows[layer.mover], rows[typed[0]] if typed else None, typed[1] if typed else None)
    worth = known(layer.groups, own, belief)
    ties = jnp.zeros_like(game.regime_change)
    if game.scenario.concept == "best":
        shares, ties = best(layer.groups, worth)
    else:
        shares, _ = logit(layer.groups, worth / game.loss[layer.mover] + game.log_weights[k])
    likely = shares[0] if typed is None else jnp.sum(typed[1].prior[:, None] * shares, axis=0)
    return Choice(likely, shares, worth, ties)


def chance(layer: Layer, leak: Float[Array, " world"]) -> Float[Array, "edge world"]:
    """How likely each outcome of a leak is: nothing to leak, kept secret, leaked."""
    alone = np.bincount(layer.node)[layer.node] == 1
    table = jnp.stack([jnp.ones_like(leak), 1 - leak, leak])
    return table[np.where(alone, 0, 1 + layer.move)]


def sweep(
    game: Game, given: Payoffs, leaf: Float[Array, "row leaf world"], beliefs: Beliefs
) -> tuple[list[Array], list[Choice]]:
    """Values at the nodes of every layer, first to last and then the leaves, and the behaviour at each stage."""
    levels: list[Array] = [leaf]
    choices: list[Choice] = []
    for k in reversed(range(len(game.plan.layers))):
        layer, lumps = game.plan.layers[k], given.edge[k]
        rows = levels[0][:, layer.target]
        if lumps is not None:
            rows = rows + lumps
        if layer.kind == "leak":
            likely = chance(layer, given.leak)
            choice = Choice(likely, likely[None], likely[None], jnp.zeros_like(given.leak))
        else:
            choice = choose(game, k, rows, beliefs.get(k))
        values = by_node(layer.groups, rows * choice.likely)
        typed = game.types_of(layer)
        if typed is not None:  # the owner's term counts more where its own case makes it likelier
            row, types = typed
            tilt = jnp.sum((types.prior * types.excess)[:, None] * choice.shares, axis=0)
            values = values.at[layer.mover].add(by_node(layer.groups, tilt * rows[row]))
        levels.insert(0, values)
        choices.insert(0, choice)
    return levels, choices
