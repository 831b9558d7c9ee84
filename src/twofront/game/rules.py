"""The rules of a year: who may do what at a node, and what of it the others see (docs/model.md, 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

Kind = Literal["front", "call", "leak", "posture"]
QUIET, HOLD, DEMONSTRATE, SILENT, CALL = 0, 0, 1, 0, 1
SECRET, LEAKED = 1, 2  # what became of a call; 0 where there was none
CHANCE = -1  # the mover of a chance stage


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
class TypeRule:
    """A private type: whose, which payoff term it scales, and the names of its cases."""

    name: str
    power: int
    term: str
    cases: tuple[str, ...]


@dataclass(frozen=True)
class Rules:
    """The rules of a year: fronts, stages in order, who may call whom, who sees what, private types."""

    powers: tuple[str, ...]
    fronts: tuple[FrontRule, ...]
    order: tuple[tuple[Kind, int], ...]  # ("front", front) | ("call", 0) | ("leak", 0) | ("posture", power)
    postures: dict[int, tuple[str, ...]]
    leader: int | None = None
    partner_front: int | None = None
    stations: tuple[tuple[int, ...], ...] = ()  # sets of open fronts with a declared distribution of forces
    unseen: tuple[frozenset[int], ...] = ()  # by stage: the earlier stages that its mover does not see
    types: tuple[TypeRule, ...] = field(default=())

    def leads(self, front: int) -> bool:
        """Whether a front is the leader's."""
        return self.leader is not None and self.fronts[front].challenger == self.leader

    def hides(self, stage: int) -> bool:
        """Whether some later mover does not see this stage."""
        return any(stage in unseen for unseen in self.unseen[stage + 1 :])

    @cached_property
    def only_calls_hide(self) -> bool:
        """Whether nothing but the call and its leak is ever hidden."""
        kinds = {self.order[stage][0] for stage in range(len(self.order)) if self.hides(stage)}
        return kinds <= {"call", "leak"}

    def mover(self, stage: int) -> int:
        """The power that moves at a stage; CHANCE for a leak."""
        kind, subject = self.order[stage]
        if kind == "front":
            return self.fronts[subject].challenger
        if kind == "call":
            assert self.leader is not None
            return self.leader
        return CHANCE if kind == "leak" else subject

    def moves(self, stage: int) -> tuple[str, ...]:
        """Names of the moves of a stage."""
        kind, subject = self.order[stage]
        if kind == "front":
            return self.fronts[subject].moves
        if kind == "posture":
            return self.postures[subject]
        return ("silent", "call") if kind == "call" else ("secret", "leaked")

    def name(self, stage: int) -> str:
        """The name of a stage in the scenario's `order`."""
        kind, subject = self.order[stage]
        if kind == "front":
            return self.fronts[subject].name
        return self.powers[subject] if kind == "posture" else kind


class Node(NamedTuple):
    """What later payoffs of the year can depend on, and what later movers may not have seen.

    `anchor` is the node from which on something hidden matters, None before; `past` the moves made since, by stage.
    """

    tokens: tuple[int, ...]
    called: int  # 0 no call, SECRET, LEAKED (only where a leak is a stage of its own)
    postures: tuple[int, ...]  # by stage of order, -1 where none is chosen
    station: tuple[int, ...]  # open fronts at the start for which a distribution is declared
    anchor: Node | None = None
    past: tuple[tuple[int, int], ...] = ()


def root(rules: Rules, state: tuple[int, ...]) -> Node:
    """The node at which the year starts."""
    return Node(state, 0, (-1,) * len(rules.order), station(rules, state))


def station(rules: Rules, state: Sequence[int]) -> tuple[int, ...]:
    """Open fronts of a state, where a distribution of forces is declared for them."""
    opened = tuple(k for k, front in enumerate(rules.fronts) if front.is_open(state[k]))
    return opened if opened in rules.stations else ()


def steps(rules: Rules, stage: int, node: Node) -> list[tuple[int, Node]]:
    """Legal moves of a stage at a node, each with the node it leads to."""
    bare = _bare_steps(rules, stage, node)
    anchor = node.anchor
    if anchor is None and len(bare) > 1 and rules.hides(stage):
        anchor = node
    if anchor is None:
        return bare
    followed = [(m, reached._replace(anchor=anchor, past=(*node.past, (stage, m)))) for m, reached in bare]
    return [(m, _forget(rules, stage, reached)) for m, reached in followed]


def seen(rules: Rules, stage: int, node: Node) -> Node | tuple[Node, tuple[tuple[int, int], ...]]:
    """What the mover of a stage knows at a node: nodes with equal answers are one information set."""
    if node.anchor is None:
        return node
    return node.anchor, tuple((k, move) for k, move in node.past if k not in rules.unseen[stage])


def both_open(rules: Rules, node: Node) -> bool:
    """Whether a front of the leader and the partner's front are both open."""
    partner = rules.partner_front
    if partner is None or not rules.fronts[partner].is_open(node.tokens[partner]):
        return False
    return any(rules.leads(k) and front.is_open(node.tokens[k]) for k, front in enumerate(rules.fronts))


def _bare_steps(rules: Rules, stage: int, node: Node) -> list[tuple[int, Node]]:
    kind, subject = rules.order[stage]
    if kind == "front":
        tokens = node.tokens
        legal = rules.fronts[subject].legal(tokens[subject])
        return [(m, node._replace(tokens=_put(tokens, subject, token))) for m, token in legal]
    if kind == "call":
        return [
            (move, node._replace(called=move)) for move in (SILENT, CALL) if move == SILENT or _may_call(rules, node)
        ]
    if kind == "leak":
        outcomes = (SECRET, LEAKED) if node.called == SECRET else (node.called,)
        return [(move, node._replace(called=called)) for move, called in enumerate(outcomes)]
    if not _may_fight(rules, stage, node):
        return [(0, node)]
    count = len(rules.postures[subject])
    return [(a, node._replace(postures=_put(node.postures, stage, a))) for a in range(count)]


def _forget(rules: Rules, stage: int, node: Node) -> Node:
    """Drops what can no longer matter: what all later movers know, and a secret call without effect on payoffs."""
    later = range(stage + 1, len(rules.order))
    if not any(rules.unseen[k] for k in later):
        node = node._replace(anchor=None, past=())
    coming = {rules.order[k] for k in later}
    pact = {("front", k) for k in range(len(rules.fronts)) if rules.leads(k) or k == rules.partner_front}
    calls = {k for k, (kind, _) in enumerate(rules.order) if kind == "call"}
    blind = all(rules.order[k][0] == "leak" or calls <= rules.unseen[k] for k in later)
    undecided = node.called == SECRET and ("leak", 0) in coming
    if coming & pact or undecided or not blind or not rules.only_calls_hide:
        return node
    if node.called == LEAKED:
        return node._replace(anchor=None, past=())
    return node if both_open(rules, node) else node._replace(called=0, anchor=None, past=())


def _put(values: tuple[int, ...], index: int, value: int) -> tuple[int, ...]:
    return (*values[:index], value, *values[index + 1 :])


def _may_call(rules: Rules, node: Node) -> bool:
    partner = rules.partner_front
    assert partner is not None
    if node.tokens[partner] == rules.fronts[partner].settled:
        return False
    return any(rules.leads(k) and front.is_open(node.tokens[k]) for k, front in enumerate(rules.fronts))


def _may_fight(rules: Rules, stage: int, node: Node) -> bool:
    """Whether, for all that the mover knows, some front is open or may still be opened this year."""
    later = {subject for kind, subject in rules.order[stage:] if kind == "front"}
    hidden = {subject for k, (kind, subject) in enumerate(rules.order) if kind == "front" and k in rules.unseen[stage]}
    return any(
        front.is_open(node.tokens[k])
        or (k in later and node.tokens[k] == QUIET)
        or (k in hidden and node.tokens[k] != front.settled)
        for k, front in enumerate(rules.fronts)
    )
