"""A year's nodes as rectangles, so that a stage is solved by whole rows of worlds (docs/model.md, 8 and 10).

A block holds nodes of one layer, moves first; a node with fewer moves than the widest repeats its first one, marked as
not legal. Nodes *inside* lie between a hidden move and those who do not see it: their values depend on beliefs. Nodes
*after* lead to none of them and are solved once, whatever is believed; nodes *before* come last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from twofront.game.plan import Layer, Plan

INSIDE, BEFORE, AFTER = range(3)


@dataclass(frozen=True)
class Block:
    """Nodes of one layer that are solved together."""

    k: int  # the layer
    place: int  # INSIDE, BEFORE or AFTER
    nodes: Int[np.ndarray, " node"]  # of the layer
    edges: Int[np.ndarray, "move node"]  # of the layer
    legal: Bool[np.ndarray, "move node"]
    target: Int[np.ndarray, "move node"]  # among the next layer's nodes in the order of its blocks
    members: Int[np.ndarray, "member node"]  # the first, second, … node of each node's information set, in the block
    counted: Bool[np.ndarray, "member node"]
    sets: Int[np.ndarray, " node"]  # information sets, counted from 0
    parent: Int[np.ndarray, " node"]  # slot of the block inside before it that leads here, -1 where hidden moves begin

    @property
    def hidden(self) -> bool:
        """Whether some information set has several nodes."""
        return len(self.members) > 1


@dataclass(frozen=True)
class Blocks:
    """All blocks of a year, by layer in the order inside, before, after."""

    layers: tuple[tuple[Block, ...], ...]
    slots: tuple[Int[np.ndarray, " _"], ...]  # by layer: where each edge stands in its blocks laid out flat
    root: Int[np.ndarray, " state"]  # node of the first layer, in the order of its blocks

    @property
    def inside(self) -> tuple[Block, ...]:
        """The blocks that take part in beliefs, first to last."""
        return tuple(block for blocks in self.layers for block in blocks if block.place == INSIDE)

    def offset(self, k: int) -> int:
        """Number of the nodes of a layer that come before those solved once; 0 for the leaves."""
        if k == len(self.layers):
            return 0
        return sum(len(block.nodes) for block in self.layers[k] if block.place != AFTER)

    def flat(self, k: int, parts: Sequence[Float[Array, "*lead _ _ world"]]) -> Float[Array, "*lead edge world"]:
        """A layer's blocks as the edges of the layer."""
        rows = [part.reshape(*part.shape[:-3], -1, part.shape[-1]) for part in parts]
        return jnp.concatenate(rows, axis=-2)[..., self.slots[k], :]


def total(rows: Float[Array, "*lead move node world"]) -> Float[Array, "*lead node world"]:
    """Adds up the moves of each node."""
    return reduce(add, (rows[..., move, :, :] for move in range(rows.shape[-3])))


def blocks(plan: Plan) -> Blocks:
    """Cuts a year into blocks."""
    places = _places(plan)
    parts = [[np.flatnonzero(place == which) for which in (INSIDE, BEFORE, AFTER)] for place in places]
    orders = [_inverse(np.concatenate(nodes)) for nodes in parts] + [np.arange(len(plan.leaves), dtype=np.int32)]
    found: list[tuple[Block, ...]] = []
    before: Block | None = None
    for k, layer in enumerate(plan.layers):
        mine = tuple(
            _block(layer, k, which, nodes, orders[k + 1], before) for which, nodes in enumerate(parts[k]) if len(nodes)
        )
        before = mine[0] if mine[0].place == INSIDE else None
        found.append(mine)
    return Blocks(tuple(found), tuple(map(_slots, plan.layers, found)), orders[0][plan.root])


def rectangle(layer: Layer, nodes: Int[np.ndarray, " node"]) -> tuple[np.ndarray, np.ndarray]:
    """Edges of some nodes, [move, node], and which of them are legal."""
    rows = [np.flatnonzero(layer.node == n) for n in nodes]
    width = max(len(row) for row in rows)
    table = np.stack([np.concatenate([row, np.repeat(row[:1], width - len(row))]) for row in rows], axis=1)
    return table.astype(np.int32), np.arange(width)[:, None] < np.array([len(row) for row in rows])


def _block(layer: Layer, k: int, place: int, nodes: np.ndarray, order: np.ndarray, before: Block | None) -> Block:
    edges, legal = rectangle(layer, nodes)
    same = [np.flatnonzero(layer.sets[nodes] == layer.sets[n]) for n in nodes]
    sizes = np.array([len(members) for members in same])
    members = np.stack([np.resize(row, sizes.max()) for row in same], axis=1).astype(np.int32)
    parent = np.full(len(nodes), -1, np.int32)
    if place == INSIDE and before is not None:
        came = {int(t): s for s, (t, ok) in enumerate(zip(before.target.flat, before.legal.flat, strict=True)) if ok}
        parent[:] = [came.get(i, -1) if layer.nodes[n].anchor is not None else -1 for i, n in enumerate(nodes)]
    return Block(
        k=k,
        place=place,
        nodes=nodes.astype(np.int32),
        edges=edges,
        legal=legal,
        target=order[layer.target[edges]],
        members=members,
        counted=np.arange(len(members))[:, None] < sizes,
        sets=np.unique(layer.sets[nodes], return_inverse=True)[1].astype(np.int32),
        parent=parent,
    )


def _places(plan: Plan) -> list[np.ndarray]:
    """By layer the place of each node."""
    inside = [
        np.array([node.anchor is not None or _begins(plan, k, n) for n, node in enumerate(layer.nodes)])
        for k, layer in enumerate(plan.layers)
    ]
    if not any(layer.hidden for layer in plan.layers):
        return [np.full(len(layer.nodes), AFTER) for layer in plan.layers]
    leads = [mask.copy() for mask in inside]  # to a node inside, or is one
    for k in reversed(range(len(plan.layers) - 1)):
        layer = plan.layers[k]
        np.logical_or.at(leads[k], layer.node, leads[k + 1][layer.target])
    for k, layer in enumerate(plan.layers[:-1]):  # from inside, by a node where nothing is hidden, to inside again
        reached = np.zeros(len(leads[k + 1]), bool)
        np.logical_or.at(reached, layer.target, inside[k][layer.node])
        inside[k + 1] |= reached & leads[k + 1]
    return [np.where(own, INSIDE, np.where(way, BEFORE, AFTER)) for own, way in zip(inside, leads, strict=True)]


def _begins(plan: Plan, k: int, n: int) -> bool:
    return plan.rules.hides(k) and int(np.sum(plan.layers[k].node == n)) > 1


def _inverse(order: np.ndarray) -> np.ndarray:
    result = np.empty(len(order), np.int32)
    result[order] = np.arange(len(order))
    return result


def _slots(layer: Layer, mine: Sequence[Block]) -> np.ndarray:
    slots, at = np.empty(len(layer.node), np.int32), 0
    for block in mine:
        slots[block.edges[block.legal]] = at + np.flatnonzero(block.legal)
        at += block.edges.size
    return slots
