"""Behaviour in one year and state: information sets, beliefs by Bayes, sweeps until both fit: §10 of docs/model.md.

A node is a full path of moves up to a step, moves of chance included. An information set holds the nodes whose mover
knows the same. Given beliefs, one sweep backward gives behaviour; given behaviour, one sweep forward gives beliefs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from .twin_rules import LEAK, Known, Moves, State
from .twin_tree import Tree, Values

TIE = 1e-9
SETTLED_WITHIN = 1e-13
NEARLY = 1e-8  # close enough at a value of tau that is only passed through
STRIDE = 0.1  # largest change of a belief in one step of tau
LEAST_STEP = 2.0**-14
DAMPING = (1.0, 0.5, 0.2, 0.05)
SWEEPS, CHECK = 600, 40  # most sweeps for one damping, and how many may pass before the distance has halved

Beliefs = list[list[float]]  # by step and node
Rows = list[list[float]]  # by node and power


class UnsettledError(RuntimeError):
    """Beliefs and behaviour that fit each other were not found."""


@dataclass
class Node:
    """A node: who moves, what it knows, how likely the node is for it, its moves' worth, and how it chooses.

    `worth` is Q of the information set, `values` what the node is worth to every power. Chance has no worth.
    """

    stage: str
    mover: str
    chances: dict[str, float]
    worth: dict[str, float]
    values: Values
    known: Known = ()
    belief: float = 1.0


@dataclass
class Spot:
    """A node while it is worked on: where its moves lead (index at the next step)."""

    moves: Moves
    below: dict[str, int] = field(default_factory=dict)
    chances: dict[str, float] = field(default_factory=dict)  # of chance; a mover's stand with its set
    known: Known = ()


@dataclass
class Knowledge:
    """An information set: its nodes (index at the step), and the base weights of its moves."""

    spots: list[int]
    weights: dict[str, float]
    worth: dict[str, float] = field(default_factory=dict)
    chances: dict[str, float] = field(default_factory=dict)


def choose(tree: Tree, weights: dict[str, float], mover: str, worth: dict[str, float], tau: float) -> dict[str, float]:
    """π: weighted logit with 1/μ multiplied by tau, or an equal split over the best replies."""
    if tree.scenario.concept == "best":
        best = max(worth.values())
        top = [move for move, q in worth.items() if q >= best - TIE]
        return {move: 1.0 / len(top) if move in top else 0.0 for move in worth}
    precision = tau / tree.figures.get(f"powers.{mover}.precision_loss")
    top_q = max(q for move, q in worth.items() if weights[move] > 0.0)
    mass = {
        move: weights[move] * math.exp((q - top_q) * precision) if weights[move] > 0.0 else 0.0
        for move, q in worth.items()
    }
    whole = sum(mass.values())
    return {move: part / whole for move, part in mass.items()}


class Game:
    """One year and state laid out: every node by step, and every information set."""

    def __init__(self, tree: Tree, state: State) -> None:
        self.tree, self.state, self.steps = tree, state, tree.steps
        self.spots: list[list[Spot]] = [[Spot(())]]
        self.sets: list[dict[Known, Knowledge]] = []
        for k, step in enumerate(self.steps):
            self.sets.append({})
            following: list[Spot] = []
            for at, spot in enumerate(self.spots[k]):
                if tree.is_chance(step):
                    spot.chances = tree.odds_of_chance(spot.moves)
                    legal = list(spot.chances)
                else:
                    legal = self.place(k, at, spot)
                for move in legal:
                    spot.below[move] = len(following)
                    following.append(Spot((*spot.moves, move)))
            self.spots.append(following)
        self.leaves = [tree.leaf(state, spot.moves) for spot in self.spots[-1]]
        self.even = self.shares(self.reach(even=True), None)

    def place(self, k: int, at: int, spot: Spot) -> list[str]:
        """Puts a node into its information set; its legal moves."""
        spot.known = self.tree.known(spot.moves)
        weights = self.tree.weights(self.state, spot.moves)
        own = self.sets[k].setdefault(spot.known, Knowledge([], weights))
        if own.weights != weights:
            raise ValueError(f"a mover could tell the nodes of {spot.known} apart by its moves")
        own.spots.append(at)
        return list(weights)

    def hidden(self) -> bool:
        """Whether some mover cannot tell nodes apart."""
        return any(len(own.spots) > 1 for sets in self.sets for own in sets.values())

    def reach(self, even: bool = False) -> Beliefs:
        """Probability of reaching each node under the behaviour last found, or if every move were equally likely."""
        reached = [[1.0], *([0.0] * len(spots) for spots in self.spots[1:])]
        for k, step in enumerate(self.steps):
            for at, spot in enumerate(self.spots[k]):
                chances = spot.chances if self.tree.is_chance(step) else self.sets[k][spot.known].chances
                for move, below in spot.below.items():
                    level = even and (step == LEAK or not self.tree.is_chance(step))
                    reached[k + 1][below] = reached[k][at] * (1.0 / len(spot.below) if level else chances[move])
        return reached

    def shares(self, reached: Beliefs, otherwise: Beliefs | None) -> Beliefs:
        """Bayes: each node's share of its set's reach; a set that is never reached keeps its shares of even play."""
        found: Beliefs = [[1.0] * len(spots) for spots in self.spots[:-1]]
        for k, sets in enumerate(self.sets):
            for own in sets.values():
                whole = sum(reached[k][at] for at in own.spots)
                for at in own.spots:
                    if whole > 0.0:
                        found[k][at] = reached[k][at] / whole
                    elif otherwise is not None:
                        found[k][at] = otherwise[k][at]
        return found

    def behave(self, ends: Rows, powers: list[str], beliefs: Beliefs, tau: float) -> list[list[list[float]]]:
        """One sweep backward: every set's worth and chances; returns what each node is worth to `powers`, by step."""
        levels = [ends]
        everyone = range(len(powers))
        for k in reversed(range(len(self.steps))):
            step, below, spots = self.steps[k], levels[0], self.spots[k]
            if not self.tree.is_chance(step):
                mover = self.tree.mover(step)
                m = powers.index(mover)
                for own in self.sets[k].values():
                    own.worth = {
                        move: sum(beliefs[k][at] * below[spots[at].below[move]][m] for at in own.spots)
                        for move in own.weights
                    }
                    own.chances = choose(self.tree, own.weights, mover, own.worth, tau)
            rows = []
            for spot in spots:
                chances = spot.chances if self.tree.is_chance(step) else self.sets[k][spot.known].chances
                rows.append([sum(chances[move] * below[j][i] for move, j in spot.below.items()) for i in everyone])
            levels.insert(0, rows)
        return levels

    def follow(self, ends: Rows, powers: list[str], beliefs: Beliefs, tau: float) -> Beliefs:
        """F(b): the beliefs that follow from the behaviour which best fits b."""
        self.behave(ends, powers, beliefs, tau)
        return self.shares(self.reach(), self.even)

    def settle(self, ends: Rows, powers: list[str], beliefs: Beliefs, tau: float, within: float) -> Beliefs | None:
        """Repeats whole sweeps until beliefs move by less than `within`, ever more damped; None if they never do."""
        for damping in DAMPING:
            now, mark = beliefs, math.inf
            for sweep in range(SWEEPS):
                then = self.follow(ends, powers, now, tau)
                moved = distance(now, then)
                if moved <= within:
                    return then
                if sweep % CHECK == CHECK - 1:
                    if moved > 0.5 * mark:
                        break
                    mark = moved
                now = between(now, then, damping)
        return None

    def solve(self, ends: Rows, powers: list[str]) -> Beliefs:
        """Beliefs on the principal branch: tau from 0 to 1, in one step if beliefs hardly move, else in small ones."""
        if self.tree.scenario.concept == "best":
            return self.solve_best(ends, powers)
        beliefs, tau, step = self.follow(ends, powers, self.even, 0.0), 0.0, 1.0
        while tau < 1.0:
            target = min(tau + step, 1.0)
            found = self.settle(ends, powers, beliefs, target, SETTLED_WITHIN if target == 1.0 else NEARLY)
            moved = math.inf if found is None else distance(beliefs, found)
            if found is not None and moved <= STRIDE:
                beliefs, tau = found, target
                step *= 2.0 if moved < STRIDE / 3.0 else 1.0
                continue
            step /= 2.0
            if step < LEAST_STEP:
                raise UnsettledError(f"{self.tree.year}, {self.state}: beliefs do not settle beyond tau = {tau:.6f}")
        return beliefs

    def solve_best(self, ends: Rows, powers: list[str]) -> Beliefs:
        """The same for best replies: only types that moved already are hidden, and nobody's payoff hangs on them."""
        if not self.tree.observed():
            raise ValueError("best replies need every stage to see all earlier ones")
        found = self.settle(ends, powers, self.even, 1.0, SETTLED_WITHIN)
        if found is None:
            raise UnsettledError(f"{self.tree.year}, {self.state}: beliefs do not settle")
        return found


def distance(one: Beliefs, other: Beliefs) -> float:
    """Largest difference between two beliefs."""
    return max(abs(b - c) for row, new in zip(one, other, strict=True) for b, c in zip(row, new, strict=True))


def between(one: Beliefs, other: Beliefs, part: float) -> Beliefs:
    """Beliefs that have gone a part of the way from one to the other."""
    return [[b + part * (c - b) for b, c in zip(row, new, strict=True)] for row, new in zip(one, other, strict=True)]


def play(game: Game, later: dict[State, Values], discount: Values) -> dict[Moves, Node]:
    """Every node of a year and state, with next year's values as continuation."""
    tree, powers = game.tree, list(game.tree.scenario.powers)
    ends = [
        [leaf.pays[i] + discount[i] * sum(chance * later[after][i] for after, chance in leaf.follows) for i in powers]
        for leaf in game.leaves
    ]
    beliefs = game.even
    if game.hidden():
        movers = [i for i in powers if any(tree.mover(stage) == i for stage in tree.order)]
        of_movers = [[row[powers.index(i)] for i in movers] for row in ends]
        beliefs = game.solve(of_movers, movers)
    levels = game.behave(ends, powers, beliefs, 1.0)
    nodes: dict[Moves, Node] = {}
    for k, step in enumerate(game.steps):
        for at, spot in enumerate(game.spots[k]):
            values = dict(zip(powers, levels[k][at], strict=True))
            if tree.is_chance(step):
                nodes[spot.moves] = Node(step, "chance", spot.chances, {}, values)
                continue
            own = game.sets[k][spot.known]
            nodes[spot.moves] = Node(step, tree.mover(step), own.chances, own.worth, values, spot.known, beliefs[k][at])
    return nodes
