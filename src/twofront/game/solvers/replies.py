"""One sweep over a tree with information sets: values backward, reach forward, the reply at every set, and its slope.

The unknowns are the log odds of the moves at each information set with several nodes. Given them, one backward sweep
gives the value of every node, one forward sweep the belief at every set; the logit reply to both gives new log odds.
Their distance is the residual; its slope is carried along exactly, one tangent for each colour of unknowns.
"""

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
    """

    layout: Layout
    payoffs: Float[np.ndarray, "player end game"]
    chance: tuple[Float[np.ndarray, "node move game"] | None, ...]
    log_weights: tuple[Float[np.ndarray, "node move #game"], ...]
    precision: Float[np.ndarray, "player game"]

    @property
    def games(self) -> int:
        """Number of games."""
        return self.payoffs.shape[-1]

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


def by_set(level: Level, rows: np.ndarray, axis: int = 0) -> np.ndarray:
    """Sums over the members of each set."""
    if level.width:
        shape = (*rows.shape[:axis], len(level.starts), level.width, *rows.shape[axis + 1 :])
        total: np.ndarray = rows.reshape(shape).sum(axis=axis + 1)
        return total
    return np.add.reduceat(rows, level.starts, axis=axis)


def to_members(level: Level, rows: np.ndarray, axis: int = 0) -> np.ndarray:
    """Repeats the row of each set for its members."""
    return rows.take(level.label, axis=axis)


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
    logs = np.where(level.weighed[:, None], reach, -np.inf)
    top = np.maximum.reduceat(logs, level.starts, axis=0)
    mass = np.exp(logs - to_members(level, top))
    return mass / to_members(level, by_set(level, mass))


def _behind(level: Level, values: np.ndarray) -> np.ndarray:
    """Values of the next level's nodes as values behind each move: […, node, move, game]."""
    shape = (*values.shape[:-2], *level.live.shape, values.shape[-1])
    if level.straight:
        return values.reshape(shape)
    return values.take(level.child.ravel(), axis=-2).reshape(shape)


def _onward(level: Level, following: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Rows for each move as rows for the nodes that they lead to."""
    flat = rows.reshape(*rows.shape[:-3], -1, rows.shape[-1])
    return flat if level.straight else flat.take(following, axis=-2)


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
    choices, logs, owns = [], [], []
    worth = [values]
    for k in range(len(tree.levels) - 1, -1, -1):
        level = tree.levels[k]
        after = _behind(level, values)
        odds = None
        if unknowns is not None:
            odds = _given(level, unknowns) if level.members else None
        elif belief is not None and level.members:
            believed = by_set(level, belief[k][:, None] * after[level.mover, : level.members])
            lam = share * problem.precision[level.mover]
            odds = lam * believed + problem.log_weights[k][level.starts]
        choice, log = _choices(problem, k, share, after, odds)
        values = (choice * after).sum(axis=-2)
        choices.append(choice)
        logs.append(log)
        owns.append(after[level.mover, : level.members] if level.members else None)
        worth.append(values)
    choices, logs, owns, worth = choices[::-1], logs[::-1], owns[::-1], worth[::-1]
    reach, found = np.zeros((1, problem.games)), []
    target = np.zeros((tree.unknowns, problem.games))
    for k, level in enumerate(tree.levels):
        mine = beliefs(level, reach[: level.members]) if level.members else reach[:0]
        found.append(mine)
        if level.members:
            believed = by_set(level, mine[:, None] * owns[k])
            logits = share * problem.precision[level.mover] * believed + problem.log_weights[k][level.starts]
            target[level.slots[level.slots >= 0]] = _odds_of(level, logits)
        following = tree.levels[k + 1].parent if k + 1 < len(tree.levels) else tree.end_parent
        reach = _onward(level, following, reach[:, None] + logs[k])
    residual = target * 0 if unknowns is None else unknowns - target
    return Sweep(residual, target, None, None, worth, choices, found)


def _choices(
    problem: Problem, k: int, share: np.ndarray, after: np.ndarray, odds: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of every move of a level and their logs; sets with several nodes as given by their log odds."""
    level, chance = problem.layout.levels[k], problem.chance[k]
    if chance is not None:
        chance = np.broadcast_to(chance, (*level.live.shape, problem.games))
        return chance, np.log(np.where(level.open[..., None], chance, 1))
    n = level.members
    parts = []
    if n:
        assert odds is not None
        choice, log = shares(level, odds, level.open[level.starts])
        parts.append((to_members(level, choice), to_members(level, log)))
    if n < level.size:
        weights = problem.log_weights[k]
        logits = share * problem.precision[level.mover] * after[level.mover, n:] + weights[n:]
        parts.append(shares(level, logits, level.open[n:]))
    if len(parts) == 1:
        return parts[0]
    return np.concatenate([parts[0][0], parts[1][0]]), np.concatenate([parts[0][1], parts[1][1]])


def slope(problem: Problem, share: np.ndarray, unknowns: np.ndarray, at: Sweep) -> Sweep:
    """The sweep at hand with the residual's derivatives by unknowns and by the share of the precision."""
    tree, games = problem.layout, problem.games
    count = tree.colours + 1  # the last tangent is the share's
    moved, logs, owns = np.zeros((count, *problem.payoffs.shape)), [], []
    for k in range(len(tree.levels) - 1, -1, -1):
        level = tree.levels[k]
        after, shift = _behind(level, at.values[k + 1]), _behind(level, moved)
        choice = at.choice[k]
        log = np.zeros((count, *level.live.shape, games))
        n = level.members
        if level.mover >= 0 and n < level.size:
            rate = problem.precision[level.mover]
            own = share * rate * shift[:, level.mover, n:]
            own[-1] += rate * after[level.mover, n:]
            log[:, n:] = own - (choice[n:] * own).sum(axis=-2, keepdims=True)
        if n:
            given = _seeds(tree, level)[..., None]
            per_set = at.choice[k][level.starts]
            log[:, :n] = to_members(level, given - (per_set * given).sum(axis=-2, keepdims=True), axis=1)
        if not level.orderly:
            log *= level.open[..., None]
        moved = (choice * shift).sum(axis=-2) + ((choice * log)[:, None] * after).sum(axis=-2)
        logs.append(log)
        owns.append((after[level.mover, :n], shift[:, level.mover, :n]) if n else None)
    return _forward(problem, share, at, logs[::-1], owns[::-1])


def _forward(
    problem: Problem,
    share: np.ndarray,
    at: Sweep,
    logs: list[np.ndarray],
    owns: list[tuple[np.ndarray, np.ndarray] | None],
) -> Sweep:
    """Carries the tangents of reach forward and collects those of the residual."""
    tree, games = problem.layout, problem.games
    count = tree.colours + 1
    rise = np.zeros((tree.unknowns, count, games))
    reach = np.zeros((count, 1, games))
    for k, level in enumerate(tree.levels):
        pair = owns[k]
        if pair is not None:
            own, shift = pair
            belief, rate = at.belief[k], problem.precision[level.mover]
            tilt = reach[:, : level.members]
            mean = to_members(level, by_set(level, belief * tilt, axis=1), axis=1)
            change = belief * (tilt - mean)
            believed = by_set(level, change[:, :, None] * own + belief[:, None] * shift, axis=1)
            logits = share * rate * believed
            logits[-1] += rate * by_set(level, belief[:, None] * own)
            rise[level.slots[level.slots >= 0]] = np.swapaxes(_odds_of(level, logits), 0, 1)
        following = tree.levels[k + 1].parent if k + 1 < len(tree.levels) else tree.end_parent
        reach = _onward(level, following, reach[:, :, None] + logs[k])
    compressed = -rise[:, :-1]
    unknown = np.arange(tree.unknowns)
    compressed[unknown, tree.colour] += 1
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
