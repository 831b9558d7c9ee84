"""All pure perfect Bayesian equilibria of a batch of games, from the last stage to the first.

A profile (one move at every information set) counts if at every information set, on the path or off it, the move is
best given later play and a belief such that
- where play comes to the set from the start of the smallest subgame around it, the belief follows Bayes' rule;
- where only chance separates the nodes of the set, the belief is chance's (nobody signals what it does not know);
- elsewhere the belief is free, but must exist.
A partial profile is a row. Rows branch where several moves are possible, and die as soon as the subgame around a set is
complete and Bayes' rule makes its move a mistake.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from twofront.game.solvers.layout import Layout, Level
from twofront.game.solvers.replies import Problem, behind, by_set
from twofront.game.solvers.supports import SLACK, support

MOST = 20_000  # rows of one game
AT_ONCE = 2**22  # numbers kept for all rows together


class Crowded(Exception):
    """More rows than can be kept at once; `games` names those that alone have too many."""

    def __init__(self, games: np.ndarray) -> None:
        self.games = games


@dataclass
class Rows:
    """Partial profiles, side by side. Changed in place while levels are taken in.

    game: [row]. values: [player, node, row] of the level reached. move: by level, [place, row], move at every
    information set. own: by level, [member, move, row], payoffs of the mover at free sets.
    """

    game: Int[np.ndarray, " row"]
    values: Float[np.ndarray, "player node row"]
    move: dict[int, np.ndarray]
    own: dict[int, np.ndarray]

    def keep(self, rows: np.ndarray) -> None:
        """Keeps some rows, or repeats them."""
        self.game, self.values = self.game[rows], self.values[..., rows]
        self.move = {k: move[:, rows] for k, move in self.move.items()}
        self.own = {k: own[..., rows] for k, own in self.own.items()}


def pure(problem: Problem) -> Rows:
    """Every pure equilibrium of every game, as complete rows in the order of the games. Raises Crowded."""
    tree = problem.layout
    rows = Rows(np.arange(problem.games), problem.payoffs, {}, {})
    for k in range(len(tree.levels) - 1, -1, -1):
        if not len(rows.game):
            break
        level = tree.levels[k]
        after = behind(level, rows.values)
        if level.mover < 0:
            rows.values = (_chance(problem, k, rows.game) * after).sum(axis=-2)
        else:
            options = _options(problem, k, rows.game, after)
            rows.own[k] = np.where(
                level.live[: level.free_members, :, None], after[level.mover, : level.free_members], -np.inf
            )
            rows.move[k] = np.zeros((len(options), len(rows.game)), np.int8)
            _branch(tree, rows, k, options)
            chosen = rows.move[k][level.place]
            after = behind(level, rows.values)
            rows.values = np.take_along_axis(after, chosen[None, :, None].astype(int), axis=2)[:, :, 0]
        _prune(problem, rows, k)
    return rows


def _chance(problem: Problem, k: int, game: np.ndarray) -> np.ndarray:
    table = problem.chance[k]
    assert table is not None
    return table if table.shape[-1] == 1 else table[..., game]


def _options(problem: Problem, k: int, game: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Moves that may be chosen at each information set of a level: [place, move, row]."""
    level = problem.layout.levels[k]
    own = np.where(level.live[..., None], after[level.mover], -np.inf)
    n, f = level.members, level.free_members
    parts = []
    if f:
        parts.append(_supported(level, own[:f]))
    if n > f:
        prior = problem.prior[k] if problem.prior[k].shape[-1] == 1 else problem.prior[k][:, game]
        sets = slice(level.free, len(level.starts))
        expected = by_set(level, prior[:, None] * np.where(np.isfinite(own[f:n]), own[f:n], -1e9), sets)
        parts.append(expected >= expected.max(axis=1, keepdims=True) - SLACK)
    if n < level.size:
        parts.append(own[n:] >= own[n:].max(axis=1, keepdims=True) - SLACK)
    return np.concatenate(parts)


def _supported(level: Level, own: np.ndarray) -> np.ndarray:
    """Moves at free sets that are best at some belief: [set, move, row]."""
    options = np.zeros((level.free, own.shape[1], own.shape[2]), bool)
    for number in range(level.free):
        members = level.span(slice(number, number + 1))
        for move in np.flatnonzero(level.live[members.start]):
            options[number, move] = support(own[members], np.full(own.shape[2], move))[0]
    return options


def _branch(tree: Layout, rows: Rows, k: int, options: np.ndarray) -> None:
    """Chooses where there is one option, and repeats rows where there are several."""
    counts = options.sum(axis=1)
    growth = np.prod(counts.astype(float), axis=0)
    crowd = np.bincount(rows.game, weights=growth, minlength=1)
    size = sum(own.shape[0] * own.shape[1] for own in rows.own.values()) + int(np.prod(rows.values.shape[:-1]))
    if crowd.max() > MOST or growth.sum() * size > AT_ONCE:
        raise Crowded(np.flatnonzero(crowd > MOST))
    rows.move[k] = options.argmax(axis=1).astype(np.int8)
    alive = counts.min(axis=0) > 0
    if not alive.all():
        keep = np.flatnonzero(alive)
        rows.keep(keep)
        options, counts = options[..., keep], counts[:, keep]
    source = np.arange(len(rows.game))
    for place in np.flatnonzero(counts.max(axis=1, initial=0) > 1):
        count = counts[place, source]
        number = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        rows.keep(np.repeat(np.arange(len(source)), count))
        source = np.repeat(source, count)
        ranked = np.argsort(~options[place], axis=0, kind="stable")  # its options first, in their order
        rows.move[k][place] = ranked[number, source]


def _prune(problem: Problem, rows: Rows, k: int) -> None:
    """Where subgames start at this level: drops rows in which Bayes' rule makes a move of theirs a mistake."""
    tree = problem.layout
    here = [j for j in range(k, len(tree.levels)) if (tree.roots[j][0][: tree.levels[j].free] == k).any()]
    if not here or not len(rows.game):
        return
    wrong = np.zeros(len(rows.game), bool)
    for j, reach in reaches(problem, rows, k, here[-1]):
        level, n = tree.levels[j], tree.levels[j].free_members
        if j not in here:
            continue
        sets = slice(0, level.free)
        total = by_set(level, reach[:n], sets)
        expected = by_set(level, reach[:n, None] * np.where(np.isfinite(rows.own[j]), rows.own[j], -1e9), sets)
        got = np.take_along_axis(expected, rows.move[j][: level.free, None].astype(int), axis=1)[:, 0]
        mistake = (total > 0) & (expected.max(axis=1) - got > SLACK * total)
        wrong |= (mistake & (tree.roots[j][0][: level.free] == k)[:, None]).any(axis=0)
    if wrong.any():
        rows.keep(np.flatnonzero(~wrong))


def reaches(problem: Problem, rows: Rows, begin: int, end: int) -> list[tuple[int, np.ndarray]]:
    """Probability of every node from the node of level `begin` above it: [(level, [node, row])]."""
    tree = problem.layout
    reach = np.ones((tree.levels[begin].size, len(rows.game)))
    found = [(begin, reach)]
    for k in range(begin, end):
        level = tree.levels[k]
        if level.mover < 0:
            step = reach[:, None] * _chance(problem, k, rows.game)
        else:
            chosen = rows.move[k][level.place]
            step = reach[:, None] * (np.arange(level.live.shape[1])[:, None] == chosen[:, None])
        reach = step.reshape(-1, len(rows.game))[tree.levels[k + 1].parent]
        found.append((k + 1, reach))
    return found


def beliefs_of(problem: Problem, rows: Rows) -> list[np.ndarray]:
    """By level the belief at every set with several nodes, Bayes' where it applies, else one that supports the move."""
    tree = problem.layout
    found = []
    for k, level in enumerate(tree.levels):
        belief = np.zeros((level.members, len(rows.game)))
        belief[level.free_members :] = (
            problem.prior[k] if problem.prior[k].shape[-1] == 1 or not level.members else problem.prior[k][:, rows.game]
        )
        for number in range(level.free):
            members = level.span(slice(number, number + 1))
            reach = dict(reaches(problem, rows, int(tree.roots[k][0][number]), k))[k][members]
            total = reach.sum(axis=0)
            free = support(rows.own[k][members], rows.move[k][number].astype(int))[1]
            belief[members] = np.where(total > 0, reach / np.where(total > 0, total, 1), free)
        found.append(belief)
    return found


def ties_of(problem: Problem, rows: Rows, beliefs: list[np.ndarray], values: list[np.ndarray]) -> np.ndarray:
    """Information sets at which several moves are best: [row]. `values` as in a sweep, by level."""
    ties = np.zeros(len(rows.game), int)
    for k, level in enumerate(problem.layout.levels):
        if level.mover < 0:
            continue
        own = np.where(level.live[..., None], behind(level, values[k + 1])[level.mover], -1e9)
        expected = own[level.members :]
        if level.members:
            sets = slice(0, len(level.starts))
            expected = np.concatenate([by_set(level, beliefs[k][:, None] * own[: level.members], sets), expected])
        best = expected >= expected.max(axis=1, keepdims=True) - SLACK
        ties += (best.sum(axis=1) > 1).sum(axis=0)
    return ties
