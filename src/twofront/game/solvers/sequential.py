"""Equilibria of hidden information without errors: the limit of the principal logit branch, and all pure ones.

The limit is a sequential equilibrium (McKelvey and Palfrey 1998; Kreps and Wilson 1982). The branch is followed to a
precision of 1e6 over the range of payoffs (or as far as float64 goes), small shares are taken for 0, and what is then
forgone at any information set is the residual.
"""

from collections.abc import Iterator

import numpy as np

from twofront.game.solvers.hidden import FAR, Book, Found, chunks
from twofront.game.solvers.layout import Layout
from twofront.game.solvers.paths import follow, polish
from twofront.game.solvers.pure import Crowded, Rows, beliefs_of, pure, ties_of
from twofront.game.solvers.records import Branch, Method, Result, Solution
from twofront.game.solvers.replies import Problem, Sweep, behind, by_set, following, played, reply, to_members
from twofront.game.stage import StageGame

NONE = 1e-4  # a share or belief below this is none in the limit
FORGONE = 20  # log odds: over the precision reached, the share of the range that may be forgone in a mixed limit
ENOUGH = 1e3  # precision × range to which the branch must have been followed
CHUNK = 1024


def solve_sequential(game: StageGame, select: str) -> Solution:
    """One equilibrium of every game of the batch, or all pure ones along one more axis. NumPy only.

    select: "principal", "leader-best" or "all".
    """
    book = Book(game, "sequential", None)
    if select == "principal":
        for tree, games in book.groups():
            for some in chunks(games, tree, len(game.players)):
                _principal(book, tree, some)
        return book.solution(select)
    listed = [(tree, *portion) for tree, games in book.groups() for portion in _list(book, tree, games)]
    counts = np.zeros(book.count, int)
    for _, games, _, rows in listed:
        counts[games] = np.bincount(rows.game, minlength=len(games))
    book.result[(book.result == Result.SOLVED) & (counts == 0)] = Result.NO_PURE.value
    if select == "all":
        book.widen(max(int(counts.max(initial=0)), 1))
    for tree, games, problem, rows in listed:
        _write(book, tree, games, problem, rows, select, counts)
    book.equilibria = np.where(np.isin(book.result, [Result.TOO_MANY, *UNSOLVABLE]), -1, book.spread(counts))
    return book.solution(select)


UNSOLVABLE = (Result.NOT_FINITE, Result.NO_LEGAL_PLAY, Result.BAD_TABLE)


def _list(book: Book, tree: Layout, games: np.ndarray) -> Iterator[tuple[np.ndarray, Problem, Rows]]:
    """Rows of all games in portions that fit; flags games with too many."""
    waiting = [games[begin : begin + CHUNK] for begin in range(0, len(games), CHUNK)][::-1]
    while waiting:
        some = waiting.pop()
        problem = book.problem(tree, some)
        try:
            yield some, problem, pure(problem)
        except Crowded as crowded:
            if len(some) == 1:
                book.result[some] = Result.TOO_MANY.value
                continue
            book.result[some[crowded.games]] = Result.TOO_MANY.value
            rest = np.delete(some, crowded.games)
            halves = [rest] if len(crowded.games) else [rest[len(rest) // 2 :], rest[: len(rest) // 2]]
            waiting += [half for half in halves if len(half)]


def _write(
    book: Book, tree: Layout, games: np.ndarray, problem: Problem, rows: Rows, select: str, counts: np.ndarray
) -> None:
    """Puts the rows of a portion, or the best of them for the first mover, where they belong."""
    several = counts[games] > 1
    branch = np.where(several, Branch.LISTED.value, Branch.ONLY_PURE.value)
    if select == "leader-best":
        mover = next((level.mover for level in tree.levels if level.mover >= 0), 0)
        worth = rows.values[mover, 0]
        best = np.full(len(games), -np.inf)
        np.maximum.at(best, rows.game, worth)
        tied = worth >= best[rows.game] - 1e-11
        branch = np.where(several, Branch.LEADER_BEST.value, Branch.ONLY_PURE.value)
        branch[np.bincount(rows.game[tied], minlength=len(games)) > 1] = Branch.LEADER_TIED.value
        first = np.flatnonzero(tied)
        rows.keep(first[np.unique(rows.game[first], return_index=True)[1]])
    if not len(rows.game):
        return
    order = np.argsort(rows.game, kind="stable")
    rows.keep(order)
    slot = np.arange(len(rows.game)) - np.searchsorted(rows.game, rows.game)
    some = problem.take(rows.game)
    choice: list[np.ndarray] = []
    for k, (level, table) in enumerate(zip(tree.levels, some.chance, strict=True)):
        moves = np.arange(level.live.shape[1])[:, None]
        choice.append((moves == rows.move[k][level.place][:, None]).astype(float) if table is None else table)
    at = played(some, choice, beliefs_of(problem, rows))
    nothing = np.zeros(len(rows.game))
    found = Found(
        unknowns=nothing[None],
        residual=forgone(some, at),
        method=nothing.astype(int) + Method.ENUMERATION.value,
        branch=branch[rows.game],
        result=nothing.astype(int),
    )
    columns = book.columns(games[rows.game], slot)
    book.write(tree, columns, games[rows.game], at, found)
    book.ties[columns] = ties_of(problem, rows, at.belief, at.values)


def _principal(book: Book, tree: Layout, games: np.ndarray) -> None:
    """Follows the branch far, snaps it to its support, and measures what is forgone."""
    problem = book.problem(tree, games)
    share, method = np.ones(len(games)), np.zeros(len(games), int)
    unknowns = np.zeros((tree.unknowns, len(games)))
    if tree.unknowns:
        trace = follow(problem, ENOUGH)
        share, method = np.clip(trace.share, 0, 1), trace.method
        unknowns, _ = polish(problem, share, trace.unknowns)
    at = _snapped(problem, reply(problem, share, unknowns))
    lost = forgone(problem, at)
    pure_play = np.ones(len(games), bool)
    for level, choice in zip(tree.levels, at.choice, strict=True):
        if level.mover >= 0:
            pure_play &= ((choice == 0) | (choice == 1)).all(axis=(0, 1))
    far = share * FAR >= ENOUGH
    solved = far & (lost <= np.where(pure_play, 1e-9, FORGONE / np.maximum(share * FAR, 1)))
    limit = np.where(pure_play, Branch.LIMIT_PURE.value, Branch.LIMIT_MIXED.value)
    answer = Found(
        unknowns=unknowns,
        residual=lost,
        method=method,
        branch=limit,
        result=np.where(solved, Result.SOLVED.value, Result.PATH_LOST.value),
    )
    book.write(tree, games, games, at, answer)
    rows = Rows(np.arange(len(games)), problem.payoffs, {}, {})
    book.ties[games] = ties_of(problem, rows, at.belief, at.values)


def _snapped(problem: Problem, far: Sweep) -> Sweep:
    """The play that a far point of the branch tends to: shares below NONE are 0; beliefs by Bayes or as limits."""
    tree, choices, found = problem.layout, [], []
    reach = np.zeros((1, problem.games))
    off = [np.zeros((1, problem.games), int)]  # by level, the moves of share 0 on the way to each node
    for k, level in enumerate(tree.levels):
        choice = far.choice[k]
        if level.mover >= 0:
            choice = np.where(choice < NONE, 0, choice)
            total = choice.sum(axis=1, keepdims=True)
            choice = choice / np.where(total > 0, total, 1)
        choices.append(choice)
        found.append(_limit_belief(tree, k, reach, off, far.belief[k]))
        log = np.log(np.where(choice > 0, choice, 1))
        after = following(tree, k)
        reach = (reach[:, None] + log).reshape(-1, problem.games)[after]
        off.append((off[-1][:, None] + (choice == 0)).reshape(-1, problem.games)[after])
    return played(problem, choices, found)


def _limit_belief(tree: Layout, k: int, reach: np.ndarray, off: list[np.ndarray], far: np.ndarray) -> np.ndarray:
    """Belief at a level's sets: Bayes' where play comes from the start of the smallest subgame, else the limit."""
    level = tree.levels[k]
    if not level.members:
        return far
    everything, n = slice(0, len(level.starts)), level.members
    start = np.stack([off[j][node] for j, node in zip(*tree.roots[k], strict=True)])
    on = off[k][:n] == to_members(level, start, everything)
    top = np.maximum.reduceat(np.where(on, reach[:n], -np.inf), level.starts, axis=0)
    came = np.isfinite(top)
    mass = np.where(on, np.exp(reach[:n] - to_members(level, np.where(came, top, 0), everything)), 0)
    limit = np.where(far < NONE, 0, far)
    belief = np.where(to_members(level, came, everything), mass, limit)
    belief /= to_members(level, by_set(level, belief, everything), everything)
    return belief


def forgone(problem: Problem, at: Sweep) -> np.ndarray:
    """The most that a mover forgoes at any information set, in shares of the range of payoffs: [game]."""
    worst = np.zeros(problem.games)
    for k, level in enumerate(problem.layout.levels):
        if level.mover < 0:
            continue
        own, choice, n = behind(level, at.values[k + 1])[level.mover], at.choice[k], level.members
        if n:
            sets = slice(0, len(level.starts))
            expected = by_set(level, at.belief[k][:, None] * own[:n], sets)
            own, choice = np.concatenate([expected, own[n:]]), np.concatenate([choice[level.starts], choice[n:]])
        live = np.concatenate([level.live[level.starts], level.live[n:]]) if n else level.live
        best = np.where(live[..., None], own, -np.inf).max(axis=1)
        worst = np.maximum(worst, (best - (choice * own).sum(axis=1)).max(axis=0))
    return worst
