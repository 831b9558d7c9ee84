"""One sweep over a tree with information sets: values backward, reach forward, the reply at every set, and its slope.

The unknowns are the log odds of the moves at each information set with several nodes. Given them, one backward sweep
gives the value of every node, one forward sweep the belief at every set; the logit reply to both gives new log odds.
Their distance is the residual; its slope is carried along exactly, one tangent for each colour of unknowns.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from twofront.game.solvers.layout import Layout, Level


@dataclass(frozen=True)
class Problem:
    """A batch of games of one layout, payoffs standardised to a range of 1 for each player.

    payoffs: [player, end, game]. chance: by level, [node, move, game], None where a player moves.
    log_weights: by level, [node, move, game] with sizes 1 allowed; 0 where a move is not open.
    precision: [player, game], on standardised payoffs.
    prior: by level, [member, game], belief at the sets that only chance decides; sizes 1 allowed.
    """

    layout: Layout
    payoffs: Float[np.ndarray, "player end game"]
    chance: tuple[Float[np.ndarray, "_ _ #game"] | None, ...]
    log_weights: tuple[Float[np.ndarray, "_ _ #game"], ...]
    precision: Float[np.ndarray, "player game"]
    prior: tuple[Float[np.ndarray, "_ #game"], ...]

    @property
    def games(self) -> int:
        """Number of games."""
        return int(self.payoffs.shape[-1])

    def take(self, games: np.ndarray) -> "Problem":
        """The same for some of the games only."""

        def some(array: np.ndarray | None) -> np.ndarray | None:
            return array if array is None or array.shape[-1] == 1 else array[..., games]

        return Problem(
            self.layout,
            self.payoffs[..., games],
            tuple(some(table) for table in self.chance),
            tuple(table if table.shape[-1] == 1 else table[..., games] for table in self.log_weights),
            self.precision[..., games],
            tuple(table if table.shape[-1] == 1 else table[..., games] for table in self.prior),
        )


@dataclass(frozen=True)
class Sweep:
    """What one sweep found. Lists are by level.

    residual: [unknown, game], log odds given minus log odds of the reply. reply: the latter.
    slope: [unknown, colour, game], the residual's derivative by the unknowns, compressed by colour; None if not asked.
    pace: [unknown, game], its derivative by the share of the precision.
    values: [player, node, game]. choice: [node, move, game]. belief: [member, game].
    """

    residual: np.ndarray
    reply: np.ndarray
    slope: np.ndarray | None
    pace: np.ndarray | None
    values: list[np.ndarray]
    choice: list[np.ndarray]
    belief: list[np.ndarray]


def by_set(level: Level, rows: np.ndarray, sets: slice, axis: int = 0) -> np.ndarray:
    """Sums over the members of each of some sets; rows of these members only."""
    count = sets.stop - sets.start
    if level.width:
        shape = (*rows.shape[:axis], count, level.width, *rows.shape[axis + 1 :])
        total: np.ndarray = rows.reshape(shape).sum(axis=axis + 1)
        return total
    starts = level.starts[sets]
    return np.add.reduceat(rows, starts - starts[0], axis=axis)


def to_members(level: Level, rows: np.ndarray, sets: slice, axis: int = 0) -> np.ndarray:
    """Repeats the row of each of some sets for its members."""
    if level.width:
        return np.repeat(rows, level.width, axis=axis)
    repeated: np.ndarray = rows.take(level.label[level.span(sets)] - sets.start, axis=axis)
    return repeated


def shares(level: Level, odds: np.ndarray, open_moves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities and their logs from log odds over open moves (axis −2); the log is 0 where a move is not open."""
    if level.orderly:
        odds = odds - odds.max(axis=-2, keepdims=True)
        mass = np.exp(odds)
        total = mass.sum(axis=-2, keepdims=True)
        return mass / total, odds - np.log(total)
    masked = np.where(open_moves[..., None], odds, -np.inf)
    top = masked.max(axis=-2, keepdims=True)
    masked = masked - np.where(np.isfinite(top), top, 0)
    mass = np.exp(masked)
    total = mass.sum(axis=-2, keepdims=True)
    total = np.where(total > 0, total, 1)
    return mass / total, np.where(open_moves[..., None], masked - np.log(total), 0)


def beliefs(level: Level, reach: np.ndarray) -> np.ndarray:
    """Belief of each set on its members, from the logs of their reach: [member, game]."""
    logs = reach if level.weighed.all() else np.where(level.weighed[:, None], reach, -np.inf)
    top = np.maximum.reduceat(logs, level.starts, axis=0).take(level.label, axis=0)
    mass = np.exp(logs - top)
    belief: np.ndarray = mass / np.add.reduceat(mass, level.starts, axis=0).take(level.label, axis=0)
    return belief


def prior(tree: Layout, chance: Sequence[np.ndarray | None]) -> tuple[np.ndarray, ...]:
    """By level the belief at the sets that only chance decides: [member, game], one game where all are alike."""
    reach, found = np.zeros((1, 1)), []
    for k, level in enumerate(tree.levels):
        found.append(beliefs(level, reach[: level.members])[level.free_members :] if level.members else reach[:0])
        table = chance[k]
        odds = np.zeros((*level.live.shape, 1)) if table is None else np.log(np.where(level.open[..., None], table, 1))
        reach = _onward(level, following(tree, k), reach[:, None] + odds)
    return tuple(found)


def behind(level: Level, values: np.ndarray) -> np.ndarray:
    """Values of the next level's nodes as values behind each move: […, node, move, game]."""
    shape = (*values.shape[:-2], *level.live.shape, values.shape[-1])
    if level.straight:
        return values.reshape(shape)
    return values.take(level.child.ravel(), axis=-2).reshape(shape)


def following(tree: Layout, k: int) -> np.ndarray:
    """For each node after a level the move that leads to it, as node · moves + move."""
    return tree.levels[k + 1].parent if k + 1 < len(tree.levels) else tree.end_parent


def played(problem: Problem, choice: list[np.ndarray], belief: list[np.ndarray]) -> Sweep:
    """The values of given behaviour; the sweep's log odds have no meaning."""
    values = [problem.payoffs]
    for level, moves in zip(reversed(problem.layout.levels), reversed(choice), strict=True):
        values.append((moves * behind(level, values[-1])).sum(axis=-2))
    nothing = np.zeros((problem.layout.unknowns, problem.games))
    choice = [np.broadcast_to(moves, (*moves.shape[:2], problem.games)) for moves in choice]
    return Sweep(nothing, nothing, None, None, values[::-1], choice, belief)


def _onward(level: Level, after: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Rows for each move as rows for the nodes that they lead to."""
    flat = rows.reshape(*rows.shape[:-3], -1, rows.shape[-1])
    return flat if level.straight else flat.take(after, axis=-2)


def _given(level: Level, unknowns: np.ndarray) -> np.ndarray:
    """Log odds at a level's sets: [set, move, game]; 0 for the reference move."""
    padded = np.concatenate([unknowns, np.zeros_like(unknowns[:1])])
    return padded[np.where(level.slots < 0, len(unknowns), level.slots)]


def _odds_of(level: Level, logits: np.ndarray) -> np.ndarray:
    """Log odds against the reference move of the open moves: […, unknown of the level, game]."""
    rows, columns = np.nonzero(level.slots >= 0)
    reference = (level.slots == -1).argmax(axis=1)
    odds: np.ndarray = logits[..., rows, columns, :] - logits[..., rows, reference[rows], :]
    return odds


def reply(problem: Problem, share: np.ndarray, unknowns: np.ndarray) -> Sweep:
    """One sweep at given log odds, with a share (0 to 1, [game]) of the precision."""
    return _sweep(problem, share, unknowns, None)


def answer(problem: Problem, belief: list[np.ndarray]) -> Sweep:
    """One sweep at given beliefs (by level): every set replies to them; its residual has no meaning."""
    return _sweep(problem, np.ones(problem.games), None, belief)


def _sweep(problem: Problem, share: np.ndarray, unknowns: np.ndarray | None, belief: list[np.ndarray] | None) -> Sweep:
    tree, values = problem.layout, problem.payoffs
    choices: list[np.ndarray] = []
    logs, worth = [], [values]
    for k in range(len(tree.levels) - 1, -1, -1):
        level = tree.levels[k]
        after = behind(level, values)
        odds = None
        if level.free and unknowns is not None:
            odds = _given(level, unknowns)
        elif level.free and belief is not None:
            odds = _logits(problem, k, share, belief[k][: level.free_members], after, slice(0, level.free))
        choice, log = _choices(problem, k, share, after, odds)
        values = (choice * after).sum(axis=-2)
        choices.append(choice)
        logs.append(log)
        worth.append(values)
    choices, logs, worth = choices[::-1], logs[::-1], worth[::-1]
    reach, found = np.zeros((1, problem.games)), []
    target = np.zeros((tree.unknowns, problem.games))
    for k, level in enumerate(tree.levels):
        n = level.free_members
        if level.members:
            mine = beliefs(level, reach[: level.members]) if n else problem.prior[k]
            found.append(np.broadcast_to(mine, (level.members, problem.games)))
        else:
            found.append(reach[:0])
        if level.free:
            logits = _logits(problem, k, share, mine[:n], behind(level, worth[k + 1]), slice(0, level.free))
            target[level.slots[level.slots >= 0]] = _odds_of(level, logits)
        reach = _onward(level, following(tree, k), reach[:, None] + logs[k])
    residual = target * 0 if unknowns is None else unknowns - target
    return Sweep(residual, target, None, None, worth, choices, found)


def _logits(
    problem: Problem, k: int, share: np.ndarray, belief: np.ndarray, after: np.ndarray, sets: slice
) -> np.ndarray:
    """Exponents of the moves at some sets of a level, given the belief on their members: [set, move, game]."""
    level = problem.layout.levels[k]
    believed = by_set(level, belief[:, None] * after[level.mover, level.span(sets)], sets)
    logits: np.ndarray = share * problem.precision[level.mover] * believed + problem.log_weights[k][level.starts[sets]]
    return logits


def _choices(
    problem: Problem, k: int, share: np.ndarray, after: np.ndarray, odds: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of every move of a level and their logs; free sets as given by their log odds."""
    level, chance = problem.layout.levels[k], problem.chance[k]
    if chance is not None:
        chance = np.broadcast_to(chance, (*level.live.shape, problem.games))
        return chance, np.log(np.where(level.open[..., None], chance, 1))
    n = level.members
    parts = []
    if odds is not None:
        parts.append(_for_members(level, odds, slice(0, level.free)))
    if level.free < len(level.starts):
        rest = slice(level.free, len(level.starts))
        parts.append(_for_members(level, _logits(problem, k, share, problem.prior[k], after, rest), rest))
    if n < level.size:
        logits = share * problem.precision[level.mover] * after[level.mover, n:] + problem.log_weights[k][n:]
        parts.append(shares(level, logits, level.open[n:]))
    if len(parts) == 1:
        return parts[0]
    return np.concatenate([choice for choice, _ in parts]), np.concatenate([log for _, log in parts])


def _for_members(level: Level, odds: np.ndarray, sets: slice) -> tuple[np.ndarray, np.ndarray]:
    choice, log = shares(level, odds, level.open[level.starts[sets]])
    return to_members(level, choice, sets), to_members(level, log, sets)


def slope(problem: Problem, share: np.ndarray, unknowns: np.ndarray, at: Sweep) -> Sweep:
    """The sweep at hand with the residual's derivatives by unknowns and by the share of the precision."""
    tree, games = problem.layout, problem.games
    count = tree.colours + 1  # the last tangent is the share's
    moved: np.ndarray | None = None  # tangents of the values that are wanted; those of the payoffs are 0
    logs: dict[int, np.ndarray] = {}
    owns: dict[int, tuple[np.ndarray, np.ndarray | None]] = {}
    for k in range(len(tree.levels) - 1, tree.first - 1, -1):
        level, wanted = tree.levels[k], tree.wanted[k + 1]
        after = behind(level, at.values[k + 1])
        shift = None if moved is None else behind(level, moved)
        own = None if shift is None or level.mover < 0 else shift[:, wanted.index(level.mover)]
        if level.mover >= 0:
            logs[k] = _rise(problem, k, share, at.choice[k], after, own)
        if level.free:
            n = level.free_members
            owns[k] = (after[level.mover, :n], None if own is None else own[:, :n])
        keep = tree.wanted[k]
        if not keep:
            break
        moved = np.zeros((count, len(keep), level.size, games))
        if k in logs:
            moved += ((at.choice[k] * logs[k])[:, None] * after[list(keep)]).sum(axis=-2)
        if shift is not None:
            moved += (at.choice[k] * shift[:, [wanted.index(player) for player in keep]]).sum(axis=-2)
    return _forward(problem, share, at, logs, owns)


def _rise(
    problem: Problem, k: int, share: np.ndarray, choice: np.ndarray, after: np.ndarray, own: np.ndarray | None
) -> np.ndarray:
    """Tangents of the logs of a level's choices: [tangent, node, move, game]."""
    tree, level = problem.layout, problem.layout.levels[k]
    rate = problem.precision[level.mover]
    log = np.zeros((tree.colours + 1, *level.live.shape, problem.games))
    n, f = level.members, level.free_members
    if level.free:
        given = _seeds(tree, level)[..., None]
        per_set = choice[level.starts[: level.free]]
        log[:, :f] = to_members(level, given - (per_set * given).sum(axis=-2, keepdims=True), slice(0, level.free), 1)
    if own is not None:
        log[:, f:] = share * rate * own[:, f:]
    log[-1, f:] += rate * after[level.mover, f:]
    if n > f:
        rest = slice(level.free, len(level.starts))
        believed = by_set(level, problem.prior[k][:, None] * log[:, f:n], rest, 1)
        log[:, f:n] = to_members(level, believed, rest, 1)
    log[:, f:] -= (choice[f:] * log[:, f:]).sum(axis=-2, keepdims=True)
    if not level.orderly:
        log[:, f:] *= level.open[f:, :, None]
    return log


def _forward(
    problem: Problem,
    share: np.ndarray,
    at: Sweep,
    logs: dict[int, np.ndarray],
    owns: dict[int, tuple[np.ndarray, np.ndarray | None]],
) -> Sweep:
    """Carries the tangents of reach forward and collects those of the residual."""
    tree, games = problem.layout, problem.games
    count = tree.colours + 1
    rise = np.zeros((tree.unknowns, count, games))
    reach = np.zeros((count, tree.levels[min(tree.first, len(tree.levels) - 1)].size, games))
    last = max(owns, default=-1)
    for k in range(tree.first, last + 1):
        level = tree.levels[k]
        if level.free:
            own, shift = owns[k]
            n, sets = level.free_members, slice(0, level.free)
            belief, rate = at.belief[k][:n], problem.precision[level.mover]
            tilt = reach[:, :n]
            change = belief * (tilt - to_members(level, by_set(level, belief * tilt, sets, 1), sets, 1))
            moved = change[:, :, None] * own
            if shift is not None:
                moved += belief[:, None] * shift
            logits = share * rate * by_set(level, moved, sets, 1)
            logits[-1] += rate * by_set(level, belief[:, None] * own, sets)
            rise[level.slots[level.slots >= 0]] = np.swapaxes(_odds_of(level, logits), 0, 1)
        if k < last:
            step = reach[:, :, None] + logs[k] if k in logs else np.repeat(reach[:, :, None], level.live.shape[1], 2)
            reach = _onward(level, tree.levels[k + 1].parent, step)
    compressed = -rise[:, :-1]
    compressed[np.arange(tree.unknowns), tree.colour] += 1
    return Sweep(at.residual, at.reply, compressed, -rise[:, -1], at.values, at.choice, at.belief)


def _seeds(tree: Layout, level: Level) -> np.ndarray:
    """Tangents of a level's log odds: 1 for the colour of each unknown; [colour and share, set, move]."""
    seeds = np.zeros((tree.colours + 1, *level.slots.shape))
    rows, columns = np.nonzero(level.slots >= 0)
    seeds[tree.colour[level.slots[rows, columns]], rows, columns] = 1
    return seeds


def full_slope(tree: Layout, compressed: np.ndarray) -> np.ndarray:
    """The derivative of the residual as matrices: [game, unknown, unknown]."""
    whole = compressed[:, tree.colour] * tree.depends[..., None]
    return np.ascontiguousarray(np.moveaxis(whole, -1, 0))


def solve_blocks(tree: Layout, matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solves matrix · x = right ([game, unknown, column]) block after block."""
    if len(tree.stacks) == 1 and len(tree.stacks[0]) == 1:
        return np.linalg.solve(matrix, right)
    solution = np.zeros_like(right)
    done = np.zeros(tree.unknowns, bool)
    for stack in tree.stacks:
        rows = stack.ravel()
        rest = right[:, rows]
        if done.any():
            known = np.flatnonzero(done)
            rest = rest - matrix[:, rows[:, None], known] @ solution[:, known]
        part = np.linalg.solve(
            matrix[:, stack[:, :, None], stack[:, None, :]], rest.reshape(len(right), *stack.shape, right.shape[-1])
        )
        solution[:, rows] = part.reshape(rest.shape)
        done[rows] = True
    return solution


def orientation(tree: Layout, matrix: np.ndarray) -> np.ndarray:
    """Sign of the determinant: [game]."""
    sign = np.ones(len(matrix))
    for stack in tree.stacks:
        sign = sign * np.linalg.slogdet(matrix[:, stack[:, :, None], stack[:, None, :]])[0].prod(axis=1)
    return sign
