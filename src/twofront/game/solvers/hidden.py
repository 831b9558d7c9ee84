"""Logit equilibria of games with hidden moves or types: a ladder from what is proven to what has to be followed.

0. Nothing hidden matters, or it moves beliefs too little to matter twice: the reply map is a contraction, and
   repeating it finds the only equilibrium.  1. Steps in the precision along the principal branch.  2. Arc length around
folds. Whatever rung answers, the residual is computed again at the end and decides whether the game counts as solved.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from twofront.game.solvers import observed
from twofront.game.solvers.bounds import contraction
from twofront.game.solvers.layout import Layout, layout
from twofront.game.solvers.paths import follow, polish
from twofront.game.solvers.records import Branch, Method, Result, Solution
from twofront.game.solvers.replies import Problem, Sweep, answer, prior, reply
from twofront.game.stage import NATURE, StageGame

FAR = 1e6  # precision × range of payoffs that stands for the limit
SHARPEST = 1e5  # largest precision × range of payoffs that float64 can follow
REPEATS = 40
WORKING = 2**20  # numbers that a chunk of games keeps in hand


@dataclass(frozen=True)
class Found:
    """The answer to a batch of games of one layout: log odds, and how they were found; all [game] but the first."""

    unknowns: Float[np.ndarray, "unknown game"]
    residual: Float[np.ndarray, " game"]
    method: Int[np.ndarray, " game"]
    branch: Int[np.ndarray, " game"]
    result: Int[np.ndarray, " game"]


def solve_logit(game: StageGame, precision: np.ndarray) -> Solution:
    """The principal logit equilibrium of every game of the batch. NumPy only; works in float64 inside.

    precision: [player, *batch], size 1 allowed.
    """
    book = Book(game, "logit", precision)
    for tree, games in book.groups():
        for some in chunks(games, tree, len(game.players)):
            problem = book.problem(tree, some)
            usable = np.flatnonzero(book.result[some] == Result.SOLVED)
            if len(usable):
                problem = problem.take(usable)
                found = ladder(problem, rounding(problem))
                at = reply(problem, np.ones(len(usable)), found.unknowns)
                book.write(tree, some[usable], some[usable], at, found)
    return book.solution()


def chunks(games: np.ndarray, tree: Layout, players: int) -> Iterator[np.ndarray]:
    """The games in portions whose tangents stay in cache."""
    size = max(8, min(4096, WORKING // ((tree.colours + 1) * players * max(len(tree.ends), 1))))
    for begin in range(0, len(games), size):
        yield games[begin : begin + size]


def rounding(problem: Problem) -> np.ndarray:
    """Residual that counts as none: beliefs and replies pass rounding on to each other, each times the precision."""
    limit: np.ndarray = 1e-9 + 1e-16 * problem.precision.max(axis=0) ** 2
    return limit


def ladder(problem: Problem, limit: np.ndarray) -> Found:
    """Climbs from the cheap and proven to the followed, taking on only the games that are left.

    limit: [game], largest residual of a game that counts as solved.
    """
    games, tree = problem.games, problem.layout
    if not tree.unknowns:
        nothing = np.zeros(games, int)
        return Found(np.zeros((0, games)), np.zeros(games), nothing, nothing, nothing)
    bound = contraction(problem)
    unknowns = np.zeros((tree.unknowns, games))
    residual = np.full(games, np.inf)
    method = np.where(bound == 0, Method.BACKWARD.value, Method.CONTRACTION.value)
    branch = np.full(games, Branch.UNIQUE.value)
    proven = np.flatnonzero(bound < 1)
    if len(proven):
        unknowns[:, proven], residual[proven] = _repeat(problem.take(proven))
    left = np.flatnonzero(~(residual <= limit))
    if len(left):
        some = problem.take(left)
        trace = follow(some)
        unknowns[:, left], residual[left] = polish(some, np.ones(len(left)), trace.unknowns)
        residual[left] = np.where(trace.arrived, residual[left], np.inf)
        method[left] = trace.method
        other = np.where(trace.folded, Branch.FOLDED.value, Branch.PRINCIPAL.value)
        branch[left] = np.where(bound[left] < 1, Branch.UNIQUE.value, other)
    result = np.where(residual <= limit, Result.SOLVED.value, Result.PATH_LOST.value)
    return Found(unknowns, residual, method, branch, result)


def _repeat(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Repeats the reply to beliefs, and finishes by Newton steps what is still moving."""
    nothing = np.zeros(problem.games)
    belief = reply(problem, nothing, np.zeros((problem.layout.unknowns, problem.games))).belief
    for _ in range(REPEATS):
        at = answer(problem, belief)
        moved = max((abs(new - old).max(initial=0) for new, old in zip(at.belief, belief, strict=True)), default=0)
        belief = at.belief
        if moved <= 1e-14:
            break
    unknowns, share = at.reply, np.ones(problem.games)
    residual = abs(reply(problem, share, unknowns).residual).max(axis=0)
    rest = np.flatnonzero(~(residual <= 1e-11))
    if len(rest):
        unknowns[:, rest], residual[rest] = polish(problem.take(rest), share[rest], unknowns[:, rest])
    return unknowns, residual


class Book:
    """The batch laid flat, its games in groups of one layout, and the dense arrays that answers are written to."""

    def __init__(self, game: StageGame, concept: str, precision: np.ndarray | None) -> None:
        self.game, self.concept, self.given = game, concept, precision
        players, batch = len(game.players), game.batch
        self.count = int(np.prod(batch))
        self.sizes = game.moves
        allowed, playable, feasible = observed.legal_moves(np, game, concept)
        live = observed.live_moves(allowed)
        finite = np.isfinite(game.payoffs)
        self.result = observed.result_codes(np, game, precision, feasible, finite | ~live[-1]).reshape(-1).copy()
        self.allowed, self.playable = self._flat(allowed), self._flat(playable)
        payoffs = np.where(finite, game.payoffs, 0).reshape(players, -1, self.count).astype(float)
        shown = np.broadcast_to(live[-1], (*self.sizes, *(live[-1].shape[len(self.sizes) :]))).reshape(
            int(np.prod(self.sizes)), -1
        )
        top = np.where(shown, payoffs, -np.inf).max(axis=1)
        bottom = np.where(shown, payoffs, np.inf).min(axis=1)
        usable = np.isfinite(top) & np.isfinite(bottom)
        self.middle = np.where(usable, top / 2 + bottom / 2, 0)
        self.scale = np.where(usable & (top > bottom), top - bottom, 1)
        self.payoffs = payoffs
        spreads = np.where(usable & (top > bottom), self.scale, 0)
        if precision is None:  # a precision that stands for the limit
            self.precision = np.where(spreads > 0, FAR, 0)
        else:
            lam = np.broadcast_to(np.asarray(precision, float), (players, *batch)).reshape(players, self.count)
            with np.errstate(over="ignore", invalid="ignore"):
                self.precision = lam * spreads
            sharp = ~(self.precision.max(axis=0) <= SHARPEST) & (self.result == Result.SOLVED)
            self.result[sharp] = Result.TOO_SHARP.value
        self.places = 1
        self._blank(self.count)

    def _blank(self, columns: int) -> None:
        """Room for the answers."""
        players = len(self.game.players)
        lengths = [int(np.prod(self.sizes[:k])) for k in range(len(self.sizes) + 1)]
        self.behaviour = [np.zeros((n, columns)) for n in lengths[1:]]
        self.node_values = [np.zeros((players, n, columns)) for n in lengths[1:]]
        self.beliefs = {k: np.zeros((lengths[k], columns)) for k, unseen in enumerate(self.game.hidden) if unseen}
        self.values, self.residual = np.full((players, columns), np.nan), np.full(columns, np.nan)
        self.method, self.branch, self.ties = (np.zeros(columns, int) for _ in range(3))
        self.equilibria = np.full(columns, -1)

    def widen(self, places: int) -> None:
        """Room for several answers to each game, the empty ones marked."""
        self.places = places
        self._blank(self.count * places)
        self.result = np.where(self.result == Result.SOLVED, Result.NO_FURTHER.value, self.result).repeat(places)

    def columns(self, games: np.ndarray, place: np.ndarray) -> np.ndarray:
        """Where the answers to some games stand."""
        return games * self.places + (place if self.places > 1 else 0)

    def spread(self, rows: np.ndarray) -> np.ndarray:
        """A number for each game as one for each answer."""
        return rows.repeat(self.places)

    def _flat(self, tables: list[np.ndarray]) -> list[np.ndarray]:
        """Tables as [move profile so far, game], one game where all are alike."""
        flat = []
        for k, table in enumerate(tables):
            full = np.broadcast_to(table, (*self.sizes[: k + 1], *table.shape[k + 1 :]))
            if full[(0,) * (k + 1)].size > 1:
                full = np.broadcast_to(full, (*self.sizes[: k + 1], *self.game.batch))
            flat.append(full.reshape(int(np.prod(self.sizes[: k + 1])), -1))
        return flat

    def groups(self) -> Iterator[tuple[Layout, np.ndarray]]:
        """Layouts and the games that have them; nothing for games that cannot be solved anyway."""
        games = np.flatnonzero(self.result == Result.SOLVED)
        tables = [*self.allowed, *self.playable]
        if all(table.shape[1] == 1 for table in tables):
            if len(games):
                yield self._layout(0), games
            return
        rows = np.concatenate([np.broadcast_to(table, (len(table), self.count))[:, games] for table in tables])
        keys = np.packbits(rows, axis=0).T
        _, first, group = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        for number, example in enumerate(first):
            yield self._layout(int(games[example])), games[group.ravel() == number]

    def _layout(self, example: int) -> Layout:
        def shaped(tables: list[np.ndarray]) -> list[np.ndarray]:
            return [
                table[:, example if table.shape[1] > 1 else 0].reshape(self.sizes[: k + 1])
                for k, table in enumerate(tables)
            ]

        return layout(self.game, shaped(self.allowed), shaped(self.playable))

    def problem(self, tree: Layout, games: np.ndarray) -> Problem:
        """Some games of one layout, payoffs standardised; flags games whose weights differ inside a set."""
        chance: list[np.ndarray | None] = []
        log_weights: list[np.ndarray] = []
        for k, level in enumerate(tree.levels):
            if self.game.stages[k].mover == NATURE:
                chance.append(self._rows("chance", k, level.flat, games))
                log_weights.append(np.zeros((0, 0, 1)))
                continue
            chance.append(None)
            if self.concept != "logit" or self.game.stages[k].name not in self.game.weights:
                log_weights.append(np.zeros((*level.live.shape, 1)))
                continue
            weights = np.log(np.where(level.open[..., None], self._rows("weights", k, level.flat, games), 1))
            log_weights.append(weights)
            if level.members:
                alike = weights[: level.members] == weights[level.starts][level.label]
                wrong = np.broadcast_to(~alike.all(axis=(0, 1)), games.shape)
                self.result[games[wrong]] = Result.HIDDEN_WEIGHTS.value
        middle, scale = self.middle[:, None, games], self.scale[:, None, games]
        payoffs = (self.payoffs[:, tree.ends[:, None], games] - middle) / scale
        lam = self.precision[:, games]
        return Problem(tree, payoffs, tuple(chance), tuple(log_weights), lam, prior(tree, chance))

    def _rows(self, kind: str, position: int, flat: np.ndarray, games: np.ndarray) -> np.ndarray:
        """A table's rows at some nodes for some games: [node, move, game], one game where all are alike."""
        table = np.asarray(self.game.table(kind, position), float)
        profiles = self.sizes[: position + 1]
        batch = table.shape[position + 1 :]
        alike = int(np.prod(batch)) == 1
        table = np.broadcast_to(table, (*profiles, *(batch if alike else self.game.batch)))
        rows: np.ndarray = table.reshape(-1, profiles[-1], 1 if alike else self.count)[flat]
        return rows if alike else rows[..., games]

    def write(self, tree: Layout, columns: np.ndarray, games: np.ndarray, at: Sweep, found: Found) -> None:
        """Puts a sweep's behaviour, beliefs and values where they belong."""
        scale, middle = self.scale[:, games], self.middle[:, games]
        for k, level in enumerate(tree.levels):
            node, move = np.nonzero(level.live)
            edge = level.flat[node] * self.sizes[k] + move
            self.behaviour[k][edge[:, None], columns] = at.choice[k][node, move]
            after = at.values[k + 1][:, level.child[node, move]]
            self.node_values[k][:, edge[:, None], columns] = after * scale[:, None] + middle[:, None]
            if k in self.beliefs:
                self.beliefs[k][level.flat[:, None], columns] = 1.0
                self.beliefs[k][level.flat[: level.members, None], columns] = at.belief[k]
        self.values[:, columns] = at.values[0][:, 0] * scale + middle
        self.residual[columns] = found.residual
        self.method[columns], self.branch[columns], self.result[columns] = found.method, found.branch, found.result

    def solution(self, select: str | None = None) -> Solution:
        """The record in the payoffs' own precision, NaN in every game that was not solved."""
        game, kind = self.game, self.game.payoffs.dtype
        batch = (*game.batch, self.places) if select == "all" else game.batch
        unsolved = self.result != Result.SOLVED

        def shaped(rows: np.ndarray, *lead: int) -> np.ndarray:
            np.copyto(rows, np.nan, where=unsolved)
            return rows.astype(kind, copy=False).reshape((*lead, *batch))

        def coded(rows: np.ndarray) -> np.ndarray:
            return rows.reshape(batch).astype(np.int32)

        names, players = [stage.name for stage in game.stages], len(game.players)
        whole = {name: (self.behaviour[k], self.node_values[k], self.sizes[: k + 1]) for k, name in enumerate(names)}
        return Solution(
            behaviour={name: shaped(rows, *lead) for name, (rows, _, lead) in whole.items()},
            values=shaped(self.values, players),
            node_values={name: shaped(rows, players, *lead) for name, (_, rows, lead) in whole.items()},
            beliefs={names[k]: shaped(rows, *self.sizes[:k]) for k, rows in self.beliefs.items()},
            residual=shaped(self.residual),
            ties=coded(np.where(unsolved, 0, self.ties)),
            method=coded(self.method),
            branch=coded(self.branch),
            result=coded(self.result),
            equilibria=coded(self.equilibria),
            precision=self.given,
            concept=self.concept,
            select=select,
        )
