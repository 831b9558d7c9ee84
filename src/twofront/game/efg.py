"""Read Gambit's .efg files of games that are a sequence of stages.

Information sets of one mover that stand equally deep become one stage; where a path skips a stage, its first move is
the only legal one. What a stage sees is what its information sets have in common. Games that cannot be put so are
refused: absent-minded movers, imperfect recall, information that no `sees` expresses. Reading takes time in proportion
to the file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from twofront.errors import GameError
from twofront.game.stage import NATURE, Stage, StageGame

LARGEST = 10**6  # profiles of moves
DEEPEST = 64  # moves on one path
# A text that is never closed runs to the end of the file, so that it is gone through once only.
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[{}]|[^\s{}",]+', re.DOTALL)


@dataclass
class _Node:
    """A node of the tree: its mover (0 is chance, -1 an end), information set, moves, odds and payoffs so far."""

    mover: int
    infoset: int
    moves: list[str]
    odds: list[Fraction]
    payoffs: list[Fraction]


def from_efg(source: str | Path) -> StageGame:
    """A game from Gambit's extensive form file, or from its text (which begins with EFG).

    Payoffs of outcomes on the way add up. Raises GameError with file, line and column for a file that cannot be read,
    and with the information set for a game that is no sequence of stages.
    """
    if isinstance(source, str) and source.lstrip().startswith("EFG"):
        return _game(*_Reader(source, "text").read())
    path = Path(source)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise GameError(f"{path}: cannot be read ({error}); give a Gambit .efg file.") from error
    return _game(*_Reader(text, str(path)).read())


class _Reader:
    """Goes through the tokens of a file once."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name = text, name
        self.tokens = [(match.group(), match.start()) for match in TOKEN.finditer(text)]
        self.at = 0
        self.outcomes: dict[int, list[Fraction]] = {}
        self.infosets: dict[tuple[int, int], tuple[list[str], list[Fraction]]] = {}

    def read(self) -> tuple[list[str], list[_Node]]:
        """The players and the nodes in the order of the file, parents first."""
        for word in ("EFG", "2"):
            if self.next() != word:
                raise self.fault(f"a Gambit file of an extensive game begins with EFG 2; {word} is missing")
        self.next()  # R or D: kind of numbers
        self.string()
        players = self.strings()
        if self.peek().startswith('"'):
            self.next()
        nodes = []
        while self.at < len(self.tokens):
            nodes.append(self.node(len(players)))
        return players, nodes

    def node(self, players: int) -> _Node:
        """One line of the tree."""
        kind = self.next()
        if kind not in ("c", "p", "t"):
            raise self.fault(f'"{kind}" is no kind of node; c, p or t is expected')
        self.string()
        if kind == "t":
            return _Node(-1, 0, [], [], self.outcome(players))
        mover = 0 if kind == "c" else self.whole()
        if not 0 <= mover <= players or (kind == "p" and mover == 0):
            raise self.fault(f"there is no player {mover}; the file names {players}")
        infoset = self.whole()
        if self.peek().startswith('"'):
            self.next()
        if self.peek() == "{":
            self.infosets[mover, infoset] = self.moves(mover == 0)
        if (mover, infoset) not in self.infosets:
            raise self.fault(f"information set {infoset} has no list of moves")
        moves, odds = self.infosets[mover, infoset]
        return _Node(mover, infoset, moves, odds, self.outcome(players))

    def moves(self, chance: bool) -> tuple[list[str], list[Fraction]]:
        """The moves of a node, with their odds at a chance node."""
        moves, odds = [], []
        self.expect("{")
        while self.peek() != "}":
            moves.append(self.string())
            odds.append(self.number() if chance else Fraction(0))
        self.next()
        if not moves:
            raise self.fault("a node without moves")
        return moves, odds

    def outcome(self, players: int) -> list[Fraction]:
        """Payoffs at a node: named by a number, listed once."""
        number = self.whole()
        if number == 0:
            return [Fraction(0)] * players
        if self.peek().startswith('"'):
            self.next()
        if self.peek() == "{":
            self.next()
            payoffs = []
            while self.peek() != "}":
                payoffs.append(self.number())
            self.next()
            if len(payoffs) != players:
                raise self.fault(f"outcome {number} has {len(payoffs)} payoffs for {players} players")
            self.outcomes[number] = payoffs
        if number not in self.outcomes:
            raise self.fault(f"outcome {number} has no payoffs")
        return self.outcomes[number]

    def strings(self) -> list[str]:
        self.expect("{")
        found = []
        while self.peek() != "}":
            found.append(self.string())
        self.next()
        return found

    def peek(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def next(self) -> str:
        token = self.peek()
        if not token:
            raise self.fault("the file ends too early")
        self.at += 1
        return token

    def expect(self, wanted: str) -> None:
        if self.next() != wanted:
            raise self.fault(f'"{wanted}" is expected here')

    def string(self) -> str:
        token = self.next()
        if not (token.startswith('"') and token.endswith('"') and len(token) > 1):
            raise self.fault(f"a text in quotation marks is expected, not {token}")
        return re.sub(r"\\(.)", r"\1", token[1:-1])

    def whole(self) -> int:
        number = self.number()
        if number.denominator != 1:
            raise self.fault("a whole number is expected here")
        return int(number)

    def number(self) -> Fraction:
        token = self.next()
        try:
            if len(token) > 60 or abs(int(re.sub(r"^.*[eE]", "", token) if re.search("[eE]", token) else 0)) > 300:
                raise ValueError
            return Fraction(token)
        except (ValueError, ZeroDivisionError):
            raise self.fault(f"{token} is no number (of at most 60 characters)") from None

    def fault(self, what: str) -> GameError:
        """The error at the token read last."""
        offset = self.tokens[max(self.at - 1, 0)][1] if self.tokens else 0
        line = self.text.count("\n", 0, offset) + 1
        column = offset - self.text.rfind("\n", 0, offset)
        return GameError(f"{self.name}:{line}:{column}: {what}; correct the file.")


Step = tuple[tuple[int, int], int]  # information set (mover, number) and move
Place = tuple[tuple[int, int], tuple[Step, ...]]  # information set and the steps to one of its nodes


def _walk(nodes: list[_Node]) -> Iterator[tuple[_Node, tuple[Step, ...], list[Fraction]]]:
    """Every node with the steps that lead to it and the payoffs of the outcomes on the way, its own included."""
    open_nodes: list[tuple[_Node, tuple[Step, ...], list[Fraction], int]] = []
    for node in nodes:
        steps: tuple[Step, ...] = ()
        payoffs = node.payoffs
        if open_nodes:
            parent, before, gained, move = open_nodes.pop()
            steps = (*before, ((parent.mover, parent.infoset), move))
            if len(steps) > DEEPEST:
                raise GameError(f"the game has paths of more than {DEEPEST} moves; take a smaller game.")
            payoffs = [a + b for a, b in zip(gained, payoffs, strict=True)]
            if move + 1 < len(parent.moves):
                open_nodes.append((parent, before, gained, move + 1))
        elif node is not nodes[0]:
            raise GameError("the file has nodes after the end of the tree; correct the file.")
        yield node, steps, payoffs
        if node.mover >= 0:
            open_nodes.append((node, steps, payoffs, 0))
    if open_nodes or not nodes:
        raise GameError("the tree is not complete: nodes are missing at the end of the file; correct the file.")


def _depths(places: list[Place]) -> dict[tuple[int, int], int]:
    """How deep each information set stands: after all that come before it on any path."""
    depth = {infoset: 0 for infoset, _ in places}
    before = {(steps[-1][0], infoset) for infoset, steps in places if steps}
    for infoset, steps in places:
        if any(infoset == earlier for earlier, _ in steps):
            raise GameError(f"information set {_label(infoset)} comes twice on one path: such games are not supported.")
    for _ in range(len(depth) + 1):
        deeper = {b: depth[a] + 1 for a, b in before if depth[b] <= depth[a]}
        for a, b in before:
            depth[b] = max(depth[b], depth[a] + 1)
        if not deeper:
            return depth
    raise GameError(
        "two information sets come one before the other on some paths and after it on others: there is no order of "
        "stages for this game."
    )


def _label(infoset: tuple[int, int]) -> str:
    return f"{infoset[1]} of " + (f"player {infoset[0]}" if infoset[0] else "chance")


@dataclass(frozen=True)
class _Order:
    """The stages: (depth, mover) in order of play, the stage of each information set, moves by set and by stage."""

    order: list[tuple[int, int]]
    stage_of: dict[tuple[int, int], int]
    labels: dict[tuple[int, int], list[str]]
    sizes: list[int]

    def path(self, steps: tuple[Step, ...], upto: int) -> tuple[int, ...]:
        """The move at each stage before a certain one; 0 at stages that were skipped."""
        moves = [0] * upto
        for infoset, move in steps:
            moves[self.stage_of[infoset]] = move
        return tuple(moves)


def _ordered(places: list[Place], labels: dict[tuple[int, int], list[str]]) -> _Order:
    """Puts the information sets into stages."""
    depth = _depths(places)
    if not depth:
        raise GameError("the game has no moves; give a tree with at least one.")
    order = sorted({(level, infoset[0]) for infoset, level in depth.items()})
    stage_of = {infoset: order.index((level, infoset[0])) for infoset, level in depth.items()}
    sizes = [max(len(labels[i]) for i in labels if stage_of[i] == k) for k in range(len(order))]
    if np.prod(np.array(sizes, float)) > LARGEST:
        raise GameError(f"as stages the game has more than {LARGEST:,} profiles of moves; take a smaller one.")
    return _Order(order, stage_of, labels, sizes)


def _game(players: list[str], nodes: list[_Node]) -> StageGame:
    """The tree as a game of stages."""
    names = [name or f"player {k + 1}" for k, name in enumerate(players)]
    names = [name if names.count(name) == 1 and name != NATURE else f"{name} {k + 1}" for k, name in enumerate(names)]
    walked = list(_walk(nodes))
    places = [((node.mover, node.infoset), steps) for node, steps, _ in walked if node.mover >= 0]
    shape = _ordered(places, {(node.mover, node.infoset): node.moves for node in nodes if node.mover >= 0})
    movers = [names[mover - 1] if mover else NATURE for _, mover in shape.order]
    titles = [f"{mover} {k + 1}" for k, mover in enumerate(movers)]
    stages = []
    for k, agreed in enumerate(_seen(places, shape)):
        lists = [names for infoset, names in sorted(shape.labels.items()) if shape.stage_of[infoset] == k]
        sees = None if movers[k] == NATURE else [titles[j] for j in agreed]
        stages.append(Stage(titles[k], movers[k], _moves(lists, shape.sizes[k]), sees=sees))
    payoffs, legal, chance = _tables(walked, shape, len(players))
    return StageGame(
        names,
        stages,
        payoffs,
        legal={titles[k]: table for k, table in legal.items()},
        chance={titles[k]: table for k, table in chance.items()},
    )


def _tables(
    walked: list[tuple[_Node, tuple[Step, ...], list[Fraction]]], shape: _Order, players: int
) -> tuple[np.ndarray, dict[int, np.ndarray], dict[int, np.ndarray]]:
    """Payoffs, legal moves and chances by stage."""
    order, sizes = shape.order, shape.sizes
    payoffs = np.zeros((players, *sizes))
    legal = {k: np.zeros(tuple(sizes[: k + 1]), bool) for k in range(len(order)) if order[k][1]}
    chance = {k: np.zeros(tuple(sizes[: k + 1])) for k in range(len(order)) if not order[k][1]}
    for table in chance.values():
        table[..., 0] = 1
    for node, steps, gained in walked:
        k = shape.stage_of[node.mover, node.infoset] if node.mover >= 0 else len(order)
        for skipped in range(shape.stage_of[steps[-1][0]] + 1 if steps else 0, k):
            if skipped in legal:
                legal[skipped][(*shape.path(steps, skipped), 0)] = True
        here = shape.path(steps, k)
        if node.mover < 0:
            for player, gain in enumerate(gained):
                payoffs[(player, *here)] = float(gain)
        elif node.mover == 0:
            chance[k][here] = [float(x) for x in node.odds] + [0.0] * (sizes[k] - len(node.odds))
        else:
            legal[k][here][: len(node.moves)] = True
    return payoffs, legal, chance


def _moves(labels: list[list[str]], size: int) -> list[str]:
    """Names of a stage's moves: those of its information sets where they agree, else numbered."""
    longest = max(labels, key=len)
    alike = all(names == longest[: len(names)] for names in labels) and len(set(longest)) == size and all(longest)
    return longest if alike else [f"move {m + 1}" for m in range(size)]


def _seen(places: list[Place], shape: _Order) -> list[list[int]]:
    """For each stage the earlier ones whose moves its information sets agree on; refuses what that cannot express."""
    members: dict[tuple[int, int], list[tuple[tuple[int, ...], tuple[Step, ...]]]] = {}
    for infoset, steps in places:
        members.setdefault(infoset, []).append((shape.path(steps, shape.stage_of[infoset]), steps))
    seen: list[list[int]] = []
    for k, (_, mover) in enumerate(shape.order):
        mine = {infoset: paths for infoset, paths in members.items() if shape.stage_of[infoset] == k}
        agreed = [j for j in range(k) if all(len({moves[j] for moves, _ in paths}) == 1 for paths in mine.values())]
        seen.append(agreed)
        owner: dict[tuple[object, ...], tuple[int, int]] = {}
        for infoset, paths in mine.items() if mover else ():
            keys: set[tuple[object, ...]] = set()
            for moves, steps in paths:
                own = [step for step in steps if step[0][0] == mover]
                known = tuple(moves[j] for j in agreed)
                keys.add((known, len(shape.labels[infoset]), own[-1] if own else None))
            if len(keys) > 1:
                raise GameError(f"information set {_label(infoset)}: imperfect recall is not supported.")
            other = owner.setdefault(keys.pop(), infoset)
            if other != infoset:
                raise GameError(
                    f"information sets {_label(other)} and {_label(infoset)} differ in something that is not the moves "
                    "of a whole stage: this game is no sequence of stages that each sees some of the earlier ones."
                )
    return seen
