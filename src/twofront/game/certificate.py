"""Check a solution without trusting the solver: follow behaviour forward, see what a deviation would gain.

Shares no code with the solvers. They carry values backward; here, where everything is observed, every node's payoffs
are the sum over the ends of the game of payoff times the probability of the whole path from that node. Games with
hidden moves are walked path by path, with information sets and subgames found from the paths alone.
"""

from collections.abc import Iterator
from itertools import takewhile
from typing import Any

import numpy as np
from jaxtyping import Float

from twofront.game.solvers import Solution
from twofront.game.stage import StageGame


def certify(game: StageGame, solution: Solution) -> Float[Any, "*batch"]:
    """Largest fault of a solution in any subgame that legal play can come to; 0 is perfect.

    Concepts "best" and "sequential": the payoff (in the payoffs' unit) that a mover forgoes at an information set by
    not taking its best move, all later play as stated. By the one-shot deviation principle 0 everywhere means subgame
    perfect.
    Concept "logit": the largest distance between a stated probability and the weighted logit of the mover's
    own expected payoffs; where precision is infinite, the payoff forgone instead.
    Expected payoffs at an information set are weighed by Bayes' rule from the start of the smallest subgame around it,
    and by the stated beliefs where play never comes there. A stated belief that is not Bayes' counts with its distance
    (for "sequential": times the range of payoffs).
    Infinity where the behaviour is no probability distribution over legal moves, differs within an information set, or
    the game was not solved; 0 in an empty place of a list of equilibria. Hidden moves: NumPy only.
    """
    xp = solution.values.__array_namespace__()
    if any(game.hidden) or solution.select == "all":
        return xp.asarray(_by_paths(game, solution))
    ends = xp.moveaxis(xp.asarray(game.payoffs), 0, -1)  # [moves…, *batch, player]: paths come first here
    reached, legal = _reachable(xp, game, solution.concept)
    ends = xp.where(_widen(reached, len(game.stages), ends.ndim - 1)[..., None], ends, 0)
    worst = xp.zeros(game.batch, dtype=solution.values.dtype)
    with np.errstate(all="ignore"):
        for position, stage in enumerate(game.stages):
            chosen = solution.behaviour[stage.name]
            at_node = legal[position].any(axis=position)
            ends_after = _expected(xp, game, solution, position, ends)
            if stage.mover == "nature":
                fault = xp.abs(chosen - xp.asarray(game.chance[stage.name])).max(axis=position)
            else:
                fault = _fault(xp, game, solution, position, ends_after, legal[position])
            off = xp.abs(chosen.sum(axis=position) - 1) > 1e3 * xp.finfo(chosen.dtype).eps
            off = off | (xp.where(legal[position], 0, chosen) != 0).any(axis=position)
            off = off | ~((chosen >= 0) & (chosen <= 1 + 1e-5)).all(axis=position)
            fault = xp.where(off | ~(fault < xp.inf), xp.inf, fault)
            fault = xp.where(at_node, fault, 0)
            worst = xp.maximum(worst, fault.max(axis=tuple(range(position))) if position else fault)
    return xp.where(solution.result == 0, worst, xp.inf)


def _widen(array: Any, at: int, ndim: int) -> Any:
    """Room for later moves: axes of size 1 put in before the batch axes."""
    missing = ndim - array.ndim
    return array.reshape(array.shape[:at] + (1,) * missing + array.shape[at:]) if missing else array


def _reachable(xp: Any, game: StageGame, concept: str) -> tuple[Any, list[Any]]:
    """Ends of the game that legal play can come to, and the legal moves at every node it can come to."""
    full = (*game.moves, *game.batch)
    count, ndim = len(game.stages), len(full)

    def rule(kind: str, position: int) -> Any:
        table = getattr(game, kind).get(game.stages[position].name)
        return True if table is None else _widen(xp.asarray(table), position + 1, ndim) > 0

    alive = xp.ones(full, dtype=bool)
    usable: list[Any] = []
    for position in range(count - 1, -1, -1):
        ways = alive & rule("legal", position)
        usable.insert(0, ways)
        if game.stages[position].mover == "nature":
            alive = ~(~alive & rule("chance", position)).any(axis=position, keepdims=True)
        else:
            chosen = ways & rule("weights", position) if concept == "logit" else ways
            alive = chosen.any(axis=position, keepdims=True)
        alive = xp.broadcast_to(alive, full)
    reached, moves = alive, []
    for position in range(count):
        reached = reached & usable[position]
        # Later moves all show the same here: look at the first of each.
        moves.append(reached[(slice(None),) * (position + 1) + (0,) * (count - position - 1)])
    return reached, moves


def _expected(xp: Any, game: StageGame, solution: Solution, position: int, ends: Any) -> Any:
    """Everybody's expected payoffs after each move of a stage: [moves so far…, *batch, player]."""
    path = xp.ones((1,) * (len(game.stages) + len(game.batch)), dtype=ends.dtype)
    for later in range(position + 1, len(game.stages)):
        path = path * _widen(solution.behaviour[game.stages[later].name], later + 1, path.ndim)
    return (path[..., None] * ends).sum(axis=tuple(range(position + 1, len(game.stages))))


def _fault(xp: Any, game: StageGame, solution: Solution, position: int, after: Any, legal: Any) -> Any:
    """The fault of the mover's choice at each node: payoff forgone, or distance from the weighted logit."""
    stage = game.stages[position]
    player = game.players.index(stage.mover)
    chosen = solution.behaviour[stage.name]
    own = after[..., player]
    best = xp.where(legal, own, -xp.inf).max(axis=position, keepdims=True)
    gap = xp.where(legal, best - own, 0)
    forgone = (chosen * gap).sum(axis=position)
    if solution.concept != "logit":
        return forgone
    precision = xp.broadcast_to(solution.precision, (len(game.players), *game.batch))[player]
    weights = xp.asarray(game.weights.get(stage.name, 1))
    odds = xp.where(legal, weights * xp.exp(-xp.where(xp.isinf(precision), 0, precision) * gap), 0)
    distance = xp.abs(chosen - odds / odds.sum(axis=position, keepdims=True)).max(axis=position)
    return xp.where(xp.isinf(precision), forgone, distance)


Path = tuple[int, ...]


def _by_paths(game: StageGame, solution: Solution) -> np.ndarray:
    """The largest fault of every game with hidden moves: [*batch]."""
    shape = np.shape(solution.result)
    count = int(np.prod(shape))
    worst = np.zeros(count)
    for legal, games in _by_rules(game, solution.concept, shape):
        walk = _Walk(game, solution, legal, games)
        with np.errstate(all="ignore"):
            worst[games] = walk.fault()
    result = np.asarray(solution.result).ravel()
    worst = np.where(np.isnan(worst) | (result != 0), np.inf, worst)
    worst[result == 10] = 0  # an empty place in a list of equilibria
    return worst.reshape(shape).astype(np.asarray(solution.values).dtype)


def _spread(array: Any, moves: tuple[int, ...], shape: tuple[int, ...]) -> np.ndarray:
    """An array [moves…, *batch] on all axes of moves and games: [moves…, game]."""
    array = np.asarray(array)
    array = array.reshape(array.shape + (1,) * (len(moves) + len(shape) - array.ndim))
    return np.broadcast_to(array, (*moves, *shape)).reshape(*moves, -1)


def _by_rules(
    game: StageGame, concept: str, shape: tuple[int, ...]
) -> Iterator[tuple[list[dict[Path, tuple[int, ...]]], np.ndarray]]:
    """Legal moves by stage and path, and the games of the batch in which exactly these are legal."""
    _, moves = _reachable(np, game, concept)
    flat = [
        _spread(table, game.moves[: k + 1], shape).reshape(-1, int(np.prod(shape))) for k, table in enumerate(moves)
    ]
    alike = all(table[(0,) * (k + 1)].size == 1 for k, table in enumerate(moves))
    rows = np.concatenate([table[:, :1] if alike else table for table in flat])
    kinds, number = np.unique(rows, axis=1, return_inverse=True)
    number = np.zeros(flat[0].shape[1], int) if alike else number.ravel()
    for kind in range(kinds.shape[1]):
        games = np.flatnonzero(number == kind)
        legal: list[dict[Path, tuple[int, ...]]] = []
        for k, table in enumerate(flat):
            here = table[:, games[0]].reshape(-1, game.moves[k])
            paths = np.ndindex(*game.moves[:k])
            legal.append({path: tuple(np.flatnonzero(row).tolist()) for path, row in zip(paths, here, strict=True)})
        yield [{path: ways for path, ways in level.items() if ways} for level in legal], games


class _Walk:
    """Games with the same legal paths, walked together: every number is an array [game]."""

    def __init__(
        self, game: StageGame, solution: Solution, legal: list[dict[Path, tuple[int, ...]]], games: Any
    ) -> None:
        self.game, self.solution, self.legal = game, solution, legal
        shape = np.shape(solution.result)
        names = [stage.name for stage in game.stages]
        self.stated = [
            _spread(solution.behaviour[name], game.moves[: k + 1], shape)[..., games].astype(float)
            for k, name in enumerate(names)
        ]
        self.believed = {
            k: _spread(solution.beliefs[name], game.moves[:k], shape)[..., games].astype(float)
            for k, name in enumerate(names)
            if name in solution.beliefs
        }
        self.tables = {
            (kind, k): _spread(table[name], game.moves[: k + 1], shape)[..., games].astype(float)
            for kind, table in (("chance", game.chance), ("weights", game.weights))
            for k, name in enumerate(names)
            if name in table
        }
        payoffs = _spread(np.moveaxis(np.asarray(game.payoffs), 0, len(names)), (*game.moves, len(game.players)), shape)
        self.payoffs = payoffs[..., games].astype(float)
        if solution.concept == "logit":
            self.precision = _spread(solution.precision, (len(game.players),), shape)[..., games].astype(float)
        kind = np.asarray(solution.values).dtype
        self.rounding, self.seldom = float(np.finfo(kind).eps), float(np.log(np.finfo(kind).tiny)) / 2
        self.after: dict[Path, np.ndarray] = {}
        self._value(())

    def _value(self, path: Path) -> np.ndarray:
        """Everybody's expected payoffs from a path on, [player, game]; kept for every path."""
        k = len(path)
        if k == len(self.legal):
            worth: np.ndarray = self.payoffs[path]
        else:
            worth = np.zeros(self.payoffs[(0,) * k].shape[-2:])
            for move in self.legal[k][path]:
                worth = worth + self.stated[k][(*path, move)] * self._value((*path, move))
        self.after[path] = worth
        return worth

    def fault(self) -> np.ndarray:
        """The largest fault: [game]."""
        sets = self._information()
        roots = self._roots(sets)
        worst = self._chances()
        for (k, *_), paths in sets.items():
            for path in paths:
                worst = np.maximum(worst, self._misplaced(k, path, paths[0]))
            if len(self.legal[k][paths[0]]) > 1:
                worst = np.maximum(worst, self._at(k, paths, roots[paths[0]]))
        return worst

    def _information(self) -> dict[tuple[Any, ...], list[Path]]:
        """Paths that a mover cannot tell apart: same seen moves, same legal moves, same earlier knowledge."""
        sets: dict[tuple[Any, ...], list[Path]] = {}
        knows: dict[tuple[Path, str], tuple[Any, ...]] = {}
        for k, stage in enumerate(self.game.stages):
            if stage.mover == "nature":
                continue
            unseen = [self.game.stages[j].name in self.game.hidden[k] for j in range(k)]
            for path, ways in self.legal[k].items():
                seen = tuple(move for move, not_seen in zip(path, unseen, strict=True) if not not_seen)
                own = [knows[path[:j], stage.mover] for j in range(k) if (path[:j], stage.mover) in knows]
                key = (k, seen, ways, own[-1] if own else ())
                knows[path, stage.mover] = key
                sets.setdefault(key, []).append(path)
        return sets

    def _roots(self, sets: dict[tuple[Any, ...], list[Path]]) -> dict[Path, int]:
        """For the first path of every set the length of the start of the smallest subgame around the set."""
        inside, common = set(), {}
        for paths in sets.values():
            shared = list(takewhile(lambda moves: len(set(moves)) == 1, zip(*paths, strict=True)))
            common[paths[0]] = len(shared)
            inside |= {path[:j] for path in paths for j in range(len(shared) + 1, len(path) + 1)}
        return {path: next(j for j in range(n, -1, -1) if path[:j] not in inside) for path, n in common.items()}

    def _chances(self) -> np.ndarray:
        """Distance of the stated chances from the game's; infinity where they are no distribution."""
        worst = np.zeros(self.payoffs.shape[-1])
        for k, stage in enumerate(self.game.stages):
            for path in self.legal[k] if stage.mover == "nature" else ():
                worst = np.maximum(worst, abs(self.stated[k][path] - self.tables["chance", k][path]).max(axis=0))
                worst = np.maximum(worst, self._misplaced(k, path, path))
        return worst

    def _misplaced(self, k: int, path: Path, first: Path) -> np.ndarray:
        """Infinity where behaviour is no distribution over legal moves or differs within its set, else 0."""
        chosen, ways = self.stated[k][path], list(self.legal[k][path])
        other = [move for move in range(len(chosen)) if move not in ways]
        off = abs(chosen[ways].sum(axis=0) - 1) > 1e3 * self.rounding
        off |= (chosen[other] != 0).any(axis=0) | ~((chosen >= 0) & (chosen <= 1 + 1e-5)).all(axis=0)
        off |= ~(abs(chosen - self.stated[k][first]).max(axis=0) <= 4 * self.rounding)
        return np.where(off, np.inf, 0)

    def _reach(self, path: Path, root: int) -> np.ndarray:
        """Log of the probability to come from the first `root` moves of a path to its end."""
        chosen = [np.log(self.stated[j][path[: j + 1]]) for j in range(root, len(path))]
        return sum(chosen, np.zeros(self.payoffs.shape[-1]))

    def _at(self, k: int, paths: list[Path], root: int) -> np.ndarray:
        """The fault of one information set: of its belief and of the reply to it."""
        mover = self.game.players.index(self.game.stages[k].mover)
        reach = np.stack([self._reach(path, root) for path in paths])
        top = reach.max(axis=0)
        came = top > self.seldom
        bayes = np.exp(reach - np.where(came, top, 0))
        bayes = bayes / np.where(came, bayes.sum(axis=0), 1)
        stated = np.stack([self.believed[k][path] for path in paths]) if k in self.believed else np.ones_like(bayes)
        proper = (stated >= 0).all(axis=0) & (abs(stated.sum(axis=0) - 1) <= 1e3 * self.rounding)
        belief = np.where(came, bayes, stated)
        fault = np.where(came, abs(bayes - stated).max(axis=0), 0)
        ways = list(self.legal[k][paths[0]])
        own = np.stack([[self.after[(*path, move)][mover] for move in ways] for path in paths])
        if self.solution.concept != "logit":
            fault = fault * (own.max(axis=(0, 1)) - own.min(axis=(0, 1)))
        expected = (belief[:, None] * own).sum(axis=0)
        wrong = self._wrong(k, mover, paths[0], expected)
        return np.where(proper, np.maximum(fault, wrong), np.inf)

    def _wrong(self, k: int, mover: int, path: Path, expected: np.ndarray) -> np.ndarray:
        """Payoff forgone, or distance from the weighted logit of expected payoffs [legal move, game]."""
        ways = list(self.legal[k][path])
        chosen = self.stated[k][path][ways]
        gap = expected.max(axis=0) - expected
        forgone: np.ndarray = (chosen * gap).sum(axis=0)
        if self.solution.concept != "logit":
            return forgone
        weights = self.tables["weights", k][path][ways] if ("weights", k) in self.tables else np.ones_like(gap)
        odds = weights * np.exp(-self.precision[mover] * gap)
        distance: np.ndarray = abs(chosen - odds / odds.sum(axis=0)).max(axis=0)
        return np.where(np.isinf(self.precision[mover]), forgone, distance)
