"""The year's game enumerated once, before any world is drawn (docs/model.md, 8).

A year is a chain of layers, one for each stage. A node of a layer is what later payoffs can depend on: what each front
is or has become, whether a call was made, the postures chosen so far, and where the forces stood. Histories that agree
on it share the node, so that the bundled game has some hundred leaves and not thousands; where something is hidden,
nodes remember it, and those that a mover cannot tell apart stand together as one information set.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from jaxtyping import Bool, Int

from twofront.errors import GameError
from twofront.game.rules import QUIET, Kind, Node, Rules, root, seen, steps


@dataclass(frozen=True)
class Layer:
    """One stage of the year. Edges stand in the order of their nodes; nodes of one information set stand together, and
    so do sets of equal size whose nodes have equally many moves."""

    kind: Kind
    subject: int
    mover: int
    name: str
    moves: tuple[str, ...]
    nodes: tuple[Node, ...]
    node: Int[np.ndarray, " edge"]
    move: Int[np.ndarray, " edge"]
    target: Int[np.ndarray, " edge"]
    sets: Int[np.ndarray, " node"]  # information set of each node
    groups: tuple[tuple[int, int, int], ...]  # (number of nodes, moves of each, nodes of each information set)
    into: Int[np.ndarray, "next arrivals"]  # edges that lead to each next node; the number of edges where none

    @property
    def hidden(self) -> bool:
        """Whether some information set has several nodes."""
        return any(size > 1 for _, _, size in self.groups)

    def called(self) -> Bool[np.ndarray, " node"]:
        """Nodes after a call."""
        return np.array([node.called > 0 for node in self.nodes], bool)

    def token(self, front: int) -> Int[np.ndarray, " node"]:
        """Token of a front at each node."""
        return np.array([node.tokens[front] for node in self.nodes], np.int32)


@dataclass(frozen=True)
class Plan:
    """The enumerated year: states, layers, leaves, and where each leaf leads."""

    rules: Rules
    states: tuple[tuple[int, ...], ...]
    layers: tuple[Layer, ...]
    leaves: tuple[Node, ...]
    root: Int[np.ndarray, " state"]  # node of the first layer for each state
    post: Int[np.ndarray, " leaf"]  # state that a leaf leaves behind before settlement
    post_into: Int[np.ndarray, "state arrivals"]
    initial: int

    def leaf_token(self, front: int) -> Int[np.ndarray, " leaf"]:
        """Token of a front at each leaf."""
        return np.array([leaf.tokens[front] for leaf in self.leaves], np.int32)

    def open_count(self) -> Int[np.ndarray, " leaf"]:
        """How many fronts are open after the moves."""
        rules = enumerate(self.rules.fronts)
        opened = [[front.is_open(leaf.tokens[k]) for leaf in self.leaves] for k, front in rules]
        count: Int[np.ndarray, " leaf"] = np.sum(np.array(opened, int), axis=0)
        return count

    @property
    def size(self) -> dict[str, int]:
        """Counts that the manifest and the benchmarks print."""
        return {
            "states": len(self.states),
            "nodes": sum(len(layer.nodes) for layer in self.layers),
            "edges": sum(len(layer.node) for layer in self.layers),
            "leaves": len(self.leaves),
        }


def plan(rules: Rules) -> Plan:
    """Enumerates every legal node of a year from every state."""
    if not rules.unseen:
        rules = replace(rules, unseen=(frozenset(),) * len(rules.order))
    states = tuple(product(*(range(front.settled + 1) for front in rules.fronts)))
    roots = [root(rules, state) for state in states]
    nodes, layers, found = list(dict.fromkeys(roots)), [], []
    for stage in range(len(rules.order)):
        layer, nodes = _layer(rules, stage, nodes)
        layers.append(layer)
        found.append(nodes)
    layers, leaves = _link(layers, found)
    post = np.array([states.index(_rest(rules, leaf)) for leaf in leaves], np.int32)
    first = {node: k for k, node in enumerate(layers[0].nodes)}
    return Plan(
        rules=rules,
        states=states,
        layers=tuple(layers),
        leaves=tuple(leaves),
        root=np.array([first[node] for node in roots], np.int32),
        post=post,
        post_into=arrivals(post, len(states)),
        initial=states.index(tuple(front.status for front in rules.fronts)),
    )


def arrivals(target: Int[np.ndarray, " edge"], count: int) -> Int[np.ndarray, "next arrivals"]:
    """For each target the edges that lead to it, padded with the number of edges."""
    lists = [np.flatnonzero(target == k) for k in range(count)]
    width = max((len(found) for found in lists), default=1) or 1
    table = np.full((count, width), len(target), np.int32)
    for k, found in enumerate(lists):
        table[k, : len(found)] = found
    return table


def _rest(rules: Rules, leaf: Node) -> tuple[int, ...]:
    """The state a leaf leaves behind: massed troops go home."""
    return tuple(
        QUIET if token == front.demonstrating else token for token, front in zip(leaf.tokens, rules.fronts, strict=True)
    )


def _layer(rules: Rules, stage: int, nodes: list[Node]) -> tuple[Layer, list[Node]]:
    """One layer, its nodes in order, and the nodes of the next (targets still unsorted)."""
    moves = {node: steps(rules, stage, node) for node in nodes}
    ordered, sets, groups = _ordered(rules, stage, moves)
    following: dict[Node, int] = {}
    node, move, target = [], [], []
    for k, source in enumerate(ordered):
        for index, reached in moves[source]:
            node.append(k)
            move.append(index)
            target.append(following.setdefault(reached, len(following)))
    kind, subject = rules.order[stage]
    layer = Layer(
        kind=kind,
        subject=subject,
        mover=rules.mover(stage),
        name=rules.name(stage),
        moves=rules.moves(stage),
        nodes=tuple(ordered),
        node=np.array(node, np.int32),
        move=np.array(move, np.int32),
        target=np.array(target, np.int32),
        sets=sets,
        groups=groups,
        into=np.zeros((0, 0), int),
    )
    return layer, list(following)


def _ordered(
    rules: Rules, stage: int, moves: dict[Node, list[tuple[int, Node]]]
) -> tuple[list[Node], Int[np.ndarray, " node"], tuple[tuple[int, int, int], ...]]:
    """Nodes sorted by moves and size of their information set, the set of each, and the blocks they form."""
    sets: dict[Hashable, list[Node]] = {}
    for node in moves:
        known: Hashable = seen(rules, stage, node) if rules.mover(stage) >= 0 else node
        sets.setdefault(known, []).append(node)
    for members in sets.values():
        if len({tuple(move for move, _ in moves[node]) for node in members}) > 1:
            raise GameError(
                f"stage {rules.name(stage)}: the moves it may make would tell its mover what it does not see; "
                "let it see more"
            )
    ranked = sorted(sets.values(), key=lambda members: (len(moves[members[0]]), len(members)))
    shapes = [(len(moves[members[0]]), len(members)) for members in ranked]
    groups = tuple((shapes.count(shape) * shape[1], *shape) for shape in sorted(set(shapes)))
    number = [k for k, members in enumerate(ranked) for _ in members]
    return [node for members in ranked for node in members], np.array(number, np.int32), groups


def _link(layers: list[Layer], found: list[list[Node]]) -> tuple[list[Layer], list[Node]]:
    """Points the edges of each layer at the sorted nodes of the next; the last layer's targets are the leaves."""
    linked = []
    for k, layer in enumerate(layers):
        target = layer.target
        if k + 1 < len(layers):
            place = {node: index for index, node in enumerate(layers[k + 1].nodes)}
            target = np.array([place[found[k][t]] for t in target], np.int32)
        linked.append(replace(layer, target=target, into=arrivals(target, len(found[k]))))
    return linked, found[-1]
