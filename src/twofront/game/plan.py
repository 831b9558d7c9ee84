"""Which moves are legal where: the year's game enumerated once, before any world is drawn (docs/model.md, 8).

A year is a chain of layers, one for each stage. A node of a layer is what later payoffs can depend on: what each front
is or has become, whether a call was made, the postures chosen so far, and where the forces stood. Histories that agree
on it share the node, so that the bundled game has some hundred leaves and not thousands; with everything observed the
solution is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Bool, Int

Kind = Literal["front", "call", "posture"]
QUIET, HOLD, DEMONSTRATE, SILENT, CALL = 0, 0, 1, 0, 1


@dataclass(frozen=True)
class FrontRule:
    """What the rules need to know of a front; powers are counted in the scenario's order."""

    name: str
    options: tuple[str, ...]
    challenger: int
    status: int  # at the start: 0 quiet, 1.. open at an option

    @property
    def settled(self) -> int:
        """Token of a settled front."""
        return len(self.options) + 1

    @property
    def demonstrating(self) -> int:
        """Token of a front before which troops are massed this year."""
        return len(self.options) + 2

    @property
    def moves(self) -> tuple[str, ...]:
        """Names of the moves: hold, demonstrate, one for each option, stand down."""
        return ("hold", "demonstrate", *self.options, "stand down")

    def is_open(self, token: int) -> bool:
        """Whether a token says that the front is open."""
        return 1 <= token <= len(self.options)

    def legal(self, token: int) -> list[tuple[int, int]]:
        """Legal moves at a token, each with the token it leads to."""
        last = len(self.options)
        if token == QUIET:
            return [
                (HOLD, QUIET),
                (DEMONSTRATE, self.demonstrating),
                *((1 + o, o) for o in range(1, last + 1)),
            ]
        if self.is_open(token):
            higher = [(1 + o, o) for o in range(token + 1, last + 1)]
            return [(HOLD, token), *higher, (2 + last, QUIET)]
        return [(HOLD, token)]


@dataclass(frozen=True)
class Rules:
    """The rules of a year: fronts, stages in order, who may call whom, which defenders choose a posture."""

    powers: tuple[str, ...]
    fronts: tuple[FrontRule, ...]
    order: tuple[tuple[Kind, int], ...]  # ("front", front) | ("call", 0) | ("posture", power)
    postures: dict[int, tuple[str, ...]]
    leader: int | None = None
    partner_front: int | None = None
    stations: tuple[tuple[int, ...], ...] = ()  # sets of open fronts with a declared distribution of forces

    def leads(self, front: int) -> bool:
        """Whether a front is the leader's."""
        return self.leader is not None and self.fronts[front].challenger == self.leader


class Node(NamedTuple):
    """What later payoffs of the year can depend on."""

    tokens: tuple[int, ...]
    called: int
    postures: tuple[int, ...]  # by stage of order, -1 where none is chosen
    station: tuple[int, ...]  # open fronts at the start for which a distribution is declared


@dataclass(frozen=True)
class Layer:
    """One stage of the year. Edges stand in the order of their nodes; nodes with equally many moves stand together."""

    kind: Kind
    subject: int
    mover: int
    name: str
    moves: tuple[str, ...]
    nodes: tuple[Node, ...]
    node: Int[np.ndarray, " edge"]
    move: Int[np.ndarray, " edge"]
    target: Int[np.ndarray, " edge"]
    groups: tuple[tuple[int, int], ...]  # (number of nodes, moves of each)
    into: Int[np.ndarray, "next arrivals"]  # edges that lead to each next node; the number of edges where none

    def called(self) -> Bool[np.ndarray, " node"]:
        """Nodes after a call."""
        return np.array([node.called for node in self.nodes], bool)

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
    states = tuple(product(*(range(front.settled + 1) for front in rules.fronts)))
    blank = (-1,) * len(rules.order)
    roots = [Node(state, 0, blank, _station(rules, state)) for state in states]
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


def steps(rules: Rules, stage: int, node: Node) -> list[tuple[int, Node]]:
    """Legal moves of a stage at a node, each with the node it leads to."""
    kind, subject = rules.order[stage]
    if kind == "front":
        tokens = node.tokens
        legal = rules.fronts[subject].legal(tokens[subject])
        return [(m, node._replace(tokens=_put(tokens, subject, token))) for m, token in legal]
    if kind == "call":
        return [
            (move, node._replace(called=move)) for move in (SILENT, CALL) if move == SILENT or _may_call(rules, node)
        ]
    if not _may_fight(rules, stage, node):
        return [(0, node)]
    count = len(rules.postures[subject])
    return [(a, node._replace(postures=_put(node.postures, stage, a))) for a in range(count)]


def _put(values: tuple[int, ...], index: int, value: int) -> tuple[int, ...]:
    return (*values[:index], value, *values[index + 1 :])


def _station(rules: Rules, state: Sequence[int]) -> tuple[int, ...]:
    opened = tuple(k for k, front in enumerate(rules.fronts) if front.is_open(state[k]))
    return opened if opened in rules.stations else ()


def _may_call(rules: Rules, node: Node) -> bool:
    partner = rules.partner_front
    assert partner is not None
    if node.tokens[partner] == rules.fronts[partner].settled:
        return False
    return any(rules.leads(k) and front.is_open(node.tokens[k]) for k, front in enumerate(rules.fronts))


def _may_fight(rules: Rules, stage: int, node: Node) -> bool:
    """Whether some front is open, or may still be opened this year."""
    later = {subject for kind, subject in rules.order[stage:] if kind == "front"}
    return any(
        front.is_open(node.tokens[k]) or (k in later and node.tokens[k] == QUIET)
        for k, front in enumerate(rules.fronts)
    )


def _rest(rules: Rules, leaf: Node) -> tuple[int, ...]:
    """The state a leaf leaves behind: massed troops go home."""
    return tuple(
        QUIET if token == front.demonstrating else token for token, front in zip(leaf.tokens, rules.fronts, strict=True)
    )


def _layer(rules: Rules, stage: int, nodes: list[Node]) -> tuple[Layer, list[Node]]:
    """One layer, nodes sorted by their number of moves, and the nodes of the next (targets still unsorted)."""
    moves = {node: steps(rules, stage, node) for node in nodes}
    ordered = sorted(nodes, key=lambda node: len(moves[node]))
    following: dict[Node, int] = {}
    node, move, target = [], [], []
    for k, source in enumerate(ordered):
        for index, reached in moves[source]:
            node.append(k)
            move.append(index)
            target.append(following.setdefault(reached, len(following)))
    counts = [len(moves[source]) for source in ordered]
    kind, subject = rules.order[stage]
    layer = Layer(
        kind=kind,
        subject=subject,
        mover=_mover(rules, kind, subject),
        name=stage_name(rules, kind, subject),
        moves=_moves(rules, kind, subject),
        nodes=tuple(ordered),
        node=np.array(node, np.int32),
        move=np.array(move, np.int32),
        target=np.array(target, np.int32),
        groups=tuple((counts.count(k), k) for k in sorted(set(counts))),
        into=np.zeros((0, 0), int),
    )
    return layer, list(following)


def _mover(rules: Rules, kind: Kind, subject: int) -> int:
    if kind == "front":
        return rules.fronts[subject].challenger
    if kind == "call":
        assert rules.leader is not None
        return rules.leader
    return subject


def stage_name(rules: Rules, kind: Kind, subject: int) -> str:
    """The name of a stage in the scenario's `order`."""
    if kind == "call":
        return "call"
    return rules.fronts[subject].name if kind == "front" else rules.powers[subject]


def _moves(rules: Rules, kind: Kind, subject: int) -> tuple[str, ...]:
    if kind == "front":
        return rules.fronts[subject].moves
    return ("silent", "call") if kind == "call" else rules.postures[subject]


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
