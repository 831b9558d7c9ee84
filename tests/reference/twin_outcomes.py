"""Forward pass and outcomes of one world: §11 and §12 of docs/model.md, path by path."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from .twin_beliefs import Node
from .twin_rules import CALL, DEMONSTRATE, HOLD, LEAK, NOTHING, QUIET, SETTLED, SILENT, Moves, State
from .twin_tree import Tree

Behaviour = dict[int, dict[State, dict[Moves, Node]]]
Mass = dict[State, float]
ERROR = 1e-4


@dataclass
class Outcomes:
    """The outcomes of §12; ratios over an empty set are nan."""

    two_fronts: float = 0.0
    yearly_two_fronts: list[float] = field(default_factory=list)
    coincident: float = 0.0
    opportunistic: float = 0.0
    coordinated: float = 0.0
    deterred: float = 0.0
    opened: dict[str, float] = field(default_factory=dict)
    first: dict[str, float] = field(default_factory=dict)
    calls: float = math.nan
    accepted: float = math.nan
    half: float = math.nan
    refused: float = math.nan
    unasked: float = math.nan
    unasked_half: float = math.nan
    error_share: float = math.nan
    win: dict[str, float] = field(default_factory=dict)
    enters: dict[tuple[str, str], float] = field(default_factory=dict)
    escalation: float = 0.0
    value: dict[str, float] = field(default_factory=dict)
    tail_move: float = 0.0


def ratio(part: float, whole: float) -> float:
    """part / whole, nan over an empty set."""
    return part / whole if whole > 0.0 else math.nan


def paths(nodes: dict[Moves, Node], stages: int, moves: Moves = ()) -> Iterator[tuple[Moves, float]]:
    """Every path of moves that goes on from `moves`, with its probability from there."""
    if len(moves) == stages:
        yield moves, 1.0
        return
    for move, chance in nodes[moves].chances.items():
        for path, rest in paths(nodes, stages, (*moves, move)):
            yield path, chance * rest


def is_open(status: str) -> bool:
    """Whether a front is open at some option."""
    return status not in (QUIET, SETTLED)


def start_state(tree: Tree) -> State:
    """The statuses at `start`."""
    return tuple(tree.scenario.fronts[f].status for f in tree.fronts)


def opened_now(tree: Tree, state: State, moves: Moves) -> list[str]:
    """Fronts that a move of this path has opened, in stage order."""
    before = dict(zip(tree.fronts, state, strict=True))
    return [
        stage
        for stage, move in zip(tree.steps, moves, strict=False)
        if stage in before and before[stage] == QUIET and move not in (HOLD, DEMONSTRATE)
    ]


def second_opener(tree: Tree, state: State, moves: Moves) -> tuple[str, str] | None:
    """(second opener, front that was open before it): the last opening that makes the count two."""
    found = None
    for k in range(len(moves)):
        before, after = tree.current(state, moves[:k]), tree.current(state, moves[: k + 1])
        already = [f for f in tree.fronts if is_open(before[f])]
        if len(already) == 1 and sum(is_open(x) for x in after.values()) == 2:
            found = tree.steps[k], already[0]
    return found


def opening_chance(tree: Tree, year: dict[State, dict[Moves, Node]], state: State, moves: Moves, front: str) -> float:
    """Probability that a quiet front is opened at its own node on a path."""
    chances = year[state][moves[: tree.steps.index(front)]].chances
    return sum(chance for move, chance in chances.items() if move not in (HOLD, DEMONSTRATE))


def split_passage(
    tree: Tree, year: dict[State, dict[Moves, Node]], state: State, moves: Moves
) -> tuple[float, float, float, str] | None:
    """Shares (coincident, opportunistic, coordinated) of a passage and the front that was open first.

    The nodes compared have the same history (types and postures too) but for the call, its leak and the other front.
    """
    openers = second_opener(tree, state, moves)
    if openers is None:
        return None
    second, other = openers
    uncalled = {"call": SILENT, LEAK: NOTHING}
    silent = tuple(uncalled.get(step, move) for step, move in zip(tree.steps, moves, strict=True))
    alone = tuple(HOLD if step == other else move for step, move in zip(tree.steps, silent, strict=True))
    calm = tuple(QUIET if f == other else x for f, x in zip(tree.fronts, state, strict=True))
    q = opening_chance(tree, year, state, moves, second)
    qw = opening_chance(tree, year, state, silent, second)
    q0 = opening_chance(tree, year, calm, alone, second)
    return q0 / q, (qw - q0) / q, (q - qw) / q, other


def forward(trees: list[Tree], behaviour: Behaviour) -> list[Mass]:
    """P[t] for every year, and the year after the last."""
    mass = {start_state(trees[0]): 1.0}
    masses = [mass]
    for tree in trees:
        follows: Mass = {}
        for state, weight in mass.items():
            for moves, chance in paths(behaviour[tree.year][state], len(tree.steps)):
                for after, rest in tree.leaf(state, moves).follows:
                    follows[after] = follows.get(after, 0.0) + weight * chance * rest
        mass = follows
        masses.append(mass)
    return masses


def passages(trees: list[Tree], behaviour: Behaviour, out: Outcomes) -> None:
    """First passage to two open fronts, its parts, and who was first."""
    mass = {start_state(trees[0]): 1.0}
    out.first = dict.fromkeys(trees[0].fronts, 0.0)
    for tree in trees:
        follows: Mass = {}
        passed = 0.0
        for state, weight in mass.items():
            for moves, chance in paths(behaviour[tree.year][state], len(tree.steps)):
                leaf = tree.leaf(state, moves)
                flow = weight * chance
                if sum(is_open(x) for x in leaf.after.values()) < 2:
                    for after, rest in leaf.follows:
                        follows[after] = follows.get(after, 0.0) + flow * rest
                    continue
                passed += flow
                parts = split_passage(tree, behaviour[tree.year], state, moves) if flow > 0.0 else None
                if parts is None:
                    continue
                out.coincident += flow * parts[0]
                out.opportunistic += flow * parts[1]
                out.coordinated += flow * parts[2]
                out.deterred -= flow * sum(min(part, 0.0) for part in parts[:3])
                out.first[parts[3]] += flow
        out.yearly_two_fronts.append(passed)
        mass = follows
    out.two_fronts = sum(out.yearly_two_fronts)


def openings(trees: list[Tree], behaviour: Behaviour, out: Outcomes) -> None:
    """P(a front was opened by the end), from the mass that never saw it opened."""
    for k, front in enumerate(trees[0].fronts):
        mass = {start_state(trees[0]): 1.0}
        for tree in trees:
            follows: Mass = {}
            for state, weight in mass.items():
                for moves, chance in paths(behaviour[tree.year][state], len(tree.steps)):
                    if front in opened_now(tree, state, moves):
                        continue
                    for after, rest in tree.leaf(state, moves).follows:
                        follows[after] = follows.get(after, 0.0) + weight * chance * rest
            mass = follows
        out.opened[trees[0].fronts[k]] = 1.0 - sum(mass.values())


def escalations(trees: list[Tree], behaviour: Behaviour, out: Outcomes) -> None:
    """P(at least one escalation by the end), from the mass that never saw one."""
    mass = {start_state(trees[0]): 1.0}
    for tree in trees:
        follows: Mass = {}
        for state, weight in mass.items():
            for moves, chance in paths(behaviour[tree.year][state], len(tree.steps)):
                leaf = tree.leaf(state, moves)
                calm = math.prod(1.0 - hazard for hazard in leaf.hazard.values())
                for after, rest in leaf.follows:
                    follows[after] = follows.get(after, 0.0) + weight * chance * calm * rest
        mass = follows
    out.escalation = 1.0 - sum(mass.values())


def wars(trees: list[Tree], behaviour: Behaviour, masses: list[Mass], out: Outcomes) -> None:
    """Who wins settled fronts, and which defenders fight at open ones."""
    won, ended, open_mass, fought = {}, {}, {}, {}
    scenario = trees[0].scenario
    for f in trees[0].fronts:
        won[f] = ended[f] = open_mass[f] = 0.0
        for i in scenario.fronts[f].defenders:
            fought[i, f] = 0.0
    for tree, mass in zip(trees, masses, strict=False):
        for state, weight in mass.items():
            for moves, chance in paths(behaviour[tree.year][state], len(tree.steps)):
                leaf = tree.leaf(state, moves)
                flow = weight * chance
                for f, h in leaf.settles.items():
                    won[f] += flow * h * leaf.wins[f]
                    ended[f] += flow * h
                    open_mass[f] += flow
                for pair in leaf.fights:
                    fought[pair] += flow
    out.win = {f: ratio(won[f], ended[f]) for f in won}
    out.enters = {(i, f): ratio(fought[i, f], open_mass[f]) for i, f in fought}


def errors(trees: list[Tree], behaviour: Behaviour, masses: list[Mass], out: Outcomes) -> None:
    """Share of opening probability that was not a best reply."""
    opening, wrong = 0.0, 0.0
    for tree, mass in zip(trees, masses, strict=False):
        for state, weight in mass.items():
            nodes = behaviour[tree.year][state]
            for k, stage in enumerate(tree.steps):
                if stage not in tree.fronts or state[tree.fronts.index(stage)] != QUIET:
                    continue
                for moves, chance in paths(nodes, k):
                    node = nodes[moves]
                    precision = tree.figures.get(f"powers.{node.mover}.precision_loss")
                    best = max(node.worth.values())
                    for move, part in node.chances.items():
                        if move in (HOLD, DEMONSTRATE):
                            continue
                        opening += weight * chance * part
                        if node.worth[move] < best - ERROR * precision:
                            wrong += weight * chance * part
    out.error_share = ratio(wrong, opening)


def propositions(trees: list[Tree], behaviour: Behaviour, masses: list[Mass], out: Outcomes) -> None:
    """Does the leader call when it opens, and what does the partner do, called and not called."""
    if trees[0].scenario.partnership is None:
        return
    whole, called = 0.0, 0.0
    answers = {(call, kind): 0.0 for call in (CALL, SILENT) for kind in ("open", DEMONSTRATE, HOLD)}
    at_call = trees[0].steps.index("call")
    front = trees[0].partnered[0]
    for tree, mass in zip(trees, masses, strict=False):
        for state, weight in mass.items():
            if state[tree.fronts.index(front)] != QUIET:
                continue
            nodes = behaviour[tree.year][state]
            for moves, chance in paths(nodes, at_call):
                if not any(f in tree.led for f in opened_now(tree, state, moves)):
                    continue
                whole += weight * chance
                called += weight * chance * nodes[moves].chances[CALL]
                for call in (CALL, SILENT):
                    for path, rest in paths(nodes, len(tree.steps), (*moves, call)):
                        move = path[tree.steps.index(front)]
                        kind = move if move in (HOLD, DEMONSTRATE) else "open"
                        answers[call, kind] += weight * chance * rest
    out.calls = ratio(called, whole)
    out.accepted = ratio(answers[CALL, "open"], whole)
    out.half = ratio(answers[CALL, DEMONSTRATE], whole)
    out.refused = ratio(answers[CALL, HOLD], whole)
    out.unasked = ratio(answers[SILENT, "open"], whole)
    out.unasked_half = ratio(answers[SILENT, DEMONSTRATE], whole)


def outcomes(trees: list[Tree], behaviour: Behaviour, masses: list[Mass]) -> Outcomes:
    """All outcomes but those read off the values."""
    out = Outcomes()
    passages(trees, behaviour, out)
    openings(trees, behaviour, out)
    escalations(trees, behaviour, out)
    wars(trees, behaviour, masses, out)
    errors(trees, behaviour, masses, out)
    propositions(trees, behaviour, masses, out)
    return out
