"""The tree of a game as index tables: live nodes, information sets, and which unknowns depend on which.

Built once for all games of a batch that share legal moves. Nodes of a level stand with the members of an
information set side by side, sets first and nodes that are observed after them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Int

from twofront.game.stage import NATURE, StageGame


@dataclass(frozen=True)
class Level:
    """One stage: its live nodes and where their moves lead.

    mover: index of the player, -1 for chance. flat: place of each node among all profiles of earlier moves.
    live: moves that legal play can make. open: those of positive weight or chance.
    child: node of the next level behind each move, 0 where the move is not live.
    parent: for each node the move of the previous level that leads to it, as node · moves + move.
    Information sets with several nodes come first; label: the set of each member; starts: first node of each set;
    free: number of sets whose belief depends on somebody's choice, which come before those that only chance decides;
    weighed: members that the belief can be on (not behind needless zeros).
    slots: unknown of each move of a free set; -1 at the reference move, -2 where there is none.
    matters: whether the choices of this level move the belief of a later set.
    """

    mover: int
    flat: Int[np.ndarray, " node"]
    live: Bool[np.ndarray, "node move"]
    open: Bool[np.ndarray, "node move"]
    child: Int[np.ndarray, "node move"]
    parent: Int[np.ndarray, " node"]
    label: Int[np.ndarray, " member"]
    starts: Int[np.ndarray, " set"]
    free: int
    weighed: Bool[np.ndarray, " member"]
    slots: Int[np.ndarray, "free move"]
    matters: bool

    @property
    def size(self) -> int:
        """Number of nodes."""
        return len(self.flat)

    @property
    def members(self) -> int:
        """Number of nodes in information sets with several nodes."""
        return len(self.label)

    @cached_property
    def free_members(self) -> int:
        """Number of nodes in sets whose belief depends on somebody's choice."""
        return int(np.searchsorted(self.label, self.free))

    def span(self, sets: slice) -> slice:
        """The members of some sets that stand side by side."""
        begin, end = np.searchsorted(self.label, [sets.start, sets.stop])
        return slice(int(begin), int(end))

    @cached_property
    def place(self) -> Int[np.ndarray, " node"]:
        """A number for the information set of each node, singletons included."""
        return np.concatenate([self.label, len(self.starts) + np.arange(self.size - self.members)])

    @cached_property
    def chosen(self) -> Bool[np.ndarray, " node"]:
        """Nodes at which a player has a choice."""
        chosen: np.ndarray = (self.open.sum(axis=1) > 1) & (self.mover >= 0)
        return chosen

    @property
    def relevant(self) -> bool:
        """Whether the choices of this level are unknown or move the belief of a later set."""
        return bool(self.free) or self.matters

    @cached_property
    def straight(self) -> bool:
        """Whether the moves lead to the nodes of the next level in order, so that nothing need be gathered."""
        return bool(self.live.all()) and np.array_equal(self.child.ravel(), np.arange(self.child.size))

    @cached_property
    def orderly(self) -> bool:
        """Whether every node has every move open, so that nothing need be masked."""
        return bool(self.open.all())

    @cached_property
    def width(self) -> int:
        """Nodes of each set where all have equally many, else 0."""
        counts = np.bincount(self.label)
        return int(counts[0]) if len(counts) and (counts == counts[0]).all() else 0


@dataclass(frozen=True)
class Layout:
    """All levels, the ends of the game, and the blocks of unknowns that determine each other.

    unknowns: number of unknowns: for each free information set the log odds of its open moves.
    depends: whether the reply behind one unknown (row) depends on another (column).
    colour: columns of one colour touch no row together, so that one tangent serves them all.
    stacks: unknowns in the order in which they can be solved for, [block, unknown], blocks of one size together.
    """

    levels: tuple[Level, ...]
    ends: Int[np.ndarray, " end"]
    end_parent: Int[np.ndarray, " end"]
    unknowns: int
    depends: Bool[np.ndarray, "unknown unknown"]
    colour: Int[np.ndarray, " unknown"]
    stacks: tuple[Int[np.ndarray, "_ _"], ...]

    @cached_property
    def first(self) -> int:
        """The first level whose choices matter to any belief."""
        return next((k for k, level in enumerate(self.levels) if level.relevant), len(self.levels))

    @cached_property
    def wanted(self) -> tuple[tuple[int, ...], ...]:
        """For the nodes of each level the players whose values there can move a choice from the first level on."""
        movers = [{level.mover} - {-1} for level in self.levels]
        return tuple(tuple(sorted(set().union(*movers[self.first : k]))) for k in range(len(movers) + 1))

    @cached_property
    def roots(self) -> tuple[tuple[Int[np.ndarray, " set"], Int[np.ndarray, " set"]], ...]:
        """By level, for each information set with several nodes, where its smallest subgame starts: level and node."""
        return _roots(self.levels)

    @property
    def colours(self) -> int:
        """Number of colours."""
        return int(self.colour.max()) + 1 if self.unknowns else 0


def layout(game: StageGame, allowed: Sequence[np.ndarray], playable: Sequence[np.ndarray]) -> Layout:
    """The layout of a game with these legal and choosable moves by stage, [earlier moves…, moves] (size 1 allowed)."""
    stages, sizes = game.stages, game.moves
    flat, order, parent = np.zeros(1, int), np.zeros(1, int), np.zeros(1, int)
    owned: dict[str, tuple[int, np.ndarray]] = {}  # what a mover knew when it moved last: level and label
    trail: list[np.ndarray] = []  # for each level the move (node · moves + move) on the way to each node
    raw: list[Level] = []
    for position, stage in enumerate(stages):
        live = np.broadcast_to(allowed[position], sizes[: position + 1]).reshape(-1, sizes[position])[flat]
        usable = np.broadcast_to(playable[position], sizes[: position + 1]).reshape(-1, sizes[position])[flat] & live
        known = _knowledge(game, position, flat, live, trail, owned)
        varies = np.zeros(len(flat), bool)
        for earlier, moves in zip(raw, trail, strict=True):
            varies |= ~_same_way(earlier, moves, known) & earlier.chosen[moves // earlier.live.shape[1]]
        varies = np.logical_or.reduceat(varies[np.argsort(known, kind="stable")], _firsts(known))[known]
        decides = stage.mover != NATURE and (live.sum(axis=1) > 1)
        place, starts, label, free = _together(known, decides, varies)
        flat, order, parent, live, usable = (x[place] for x in (flat, order, parent, live, usable))
        trail = [moves[place] for moves in trail]
        if stage.mover != NATURE:
            owned[stage.mover] = (position, known[place])
        least = np.minimum.reduceat(order[: len(label)], starts)[label] if len(label) else label
        raw.append(
            Level(
                mover=-1 if stage.mover == NATURE else game.players.index(stage.mover),
                flat=flat,
                live=live,
                open=usable,
                child=np.zeros_like(live, int),
                parent=parent,
                label=label,
                starts=starts,
                free=free,
                weighed=order[: len(label)] <= least,
                slots=np.zeros((free, sizes[position]), int),
                matters=False,
            )
        )
        parent = np.flatnonzero(live)
        node, move = np.divmod(parent, sizes[position])
        flat = flat[node] * sizes[position] + move
        order = order[node] + ~usable[node, move]
        trail = [moves[node] for moves in trail] + [parent]
    return _assemble(raw, flat, parent)


def _knowledge(
    game: StageGame,
    position: int,
    flat: np.ndarray,
    live: np.ndarray,
    trail: list[np.ndarray],
    owned: dict[str, tuple[int, np.ndarray]],
) -> np.ndarray:
    """A number for each node of a level; equal numbers are one information set."""
    stage, unseen = game.stages[position], game.hidden[position]
    if not unseen:
        return np.arange(len(flat))
    digits = np.unravel_index(flat, game.moves[:position])
    known = np.zeros(len(flat), int)
    for earlier, digit in zip(game.stages[:position], digits, strict=True):
        if earlier.name not in unseen:
            known = known * len(earlier.moves) + digit
    columns = [np.unique(live, axis=0, return_inverse=True)[1].ravel()]
    if stage.mover in owned:
        before, label = owned[stage.mover]
        columns.append(label[trail[before] // game.moves[before]])
    for column in columns:
        known = np.unique(known, return_inverse=True)[1] * (int(column.max()) + 1) + column
    return np.unique(known, return_inverse=True)[1]


def _firsts(known: np.ndarray) -> np.ndarray:
    """Where each number begins once they are sorted."""
    counts = np.bincount(known)
    firsts: np.ndarray = np.cumsum(counts) - counts
    return firsts


def _same_way(earlier: Level, moves: np.ndarray, known: np.ndarray) -> np.ndarray:
    """For each node whether all nodes of its set made the same move at the same information set of an earlier level."""
    way = earlier.place[moves // earlier.live.shape[1]] * earlier.live.shape[1] + moves % earlier.live.shape[1]
    rows = way[np.argsort(known, kind="stable")]
    firsts = _firsts(known)
    alike: np.ndarray = (np.minimum.reduceat(rows, firsts) == np.maximum.reduceat(rows, firsts))[known]
    return alike


def _together(
    known: np.ndarray, decides: np.ndarray | bool, varies: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """An order of the nodes, sets of several first; first node of each set; set of each member; number of free sets."""
    several = (np.bincount(known)[known] > 1) & decides
    rest, members = np.flatnonzero(~several), np.flatnonzero(several)
    if not len(members):
        return rest, np.zeros(0, int), np.zeros(0, int), 0
    members = members[np.lexsort((known[members], ~varies[members]))]
    fresh = np.concatenate([[True], np.diff(known[members]) != 0])
    free = int(varies[members][fresh].sum())
    return np.concatenate([members, rest]), np.flatnonzero(fresh), np.cumsum(fresh) - 1, free


def _assemble(raw: list[Level], ends: np.ndarray, end_parent: np.ndarray) -> Layout:
    """Links the levels, numbers the unknowns and finds what depends on what."""
    levels, count = [], 0
    after = [*(level.parent for level in raw[1:]), end_parent]
    for level, into in zip(raw, after, strict=True):
        child = np.zeros(level.live.size, int)
        child[into] = np.arange(len(into))
        choice = level.open[level.starts[: level.free]]
        slots = np.full(choice.shape, -2)
        slots[choice] = 0
        slots[np.arange(len(slots)), choice.argmax(axis=1)] = -1
        unknown = slots == 0
        slots[unknown] = count + np.arange(unknown.sum())
        count += int(unknown.sum())
        levels.append(replace(level, child=child.reshape(level.live.shape), slots=slots))
    depends, matters = _dependencies(levels)
    levels = [replace(level, matters=matter) for level, matter in zip(levels, matters, strict=True)]
    owner, offset = np.zeros(count, int), 0
    for level in levels:
        rows, columns = np.nonzero(level.slots >= 0)
        owner[level.slots[rows, columns]] = offset + rows
        offset += level.free
    depends = depends[np.ix_(owner, owner)]
    return Layout(tuple(levels), ends, end_parent, count, depends, _colours(depends), _stacks(depends))


def _dependencies(levels: list[Level]) -> tuple[Bool[np.ndarray, "set set"], list[bool]]:
    """For each free information set the free sets that its reply depends on; and the levels that move any belief."""
    first = np.cumsum([0, *(level.free for level in levels)])
    total = int(first[-1])
    depends = np.eye(total, dtype=bool)
    below = np.zeros((int(levels[-1].child.max(initial=0)) + 1, total), bool)
    choice: list[np.ndarray] = [np.zeros(0)] * len(levels)  # what the choice at each node depends on
    for k in range(len(levels) - 1, -1, -1):
        level = levels[k]
        under = np.zeros((level.size, total), bool)
        for move in range(level.live.shape[1]):
            under |= below[level.child[:, move]] & level.live[:, move, None]
        n = level.free_members
        np.logical_or.at(depends, first[k] + level.label[:n], under[:n])
        choice[k] = under & level.chosen[:, None]
        if level.members > n:  # one choice for all members
            shared = np.logical_or.reduceat(choice[k][n : level.members], level.starts[level.free :] - n)
            choice[k][n : level.members] = shared[level.label[n:] - level.free]
        choice[k][:n] = np.eye(total, dtype=bool)[first[k] + level.label[:n]]
        below = under | choice[k]
    trail: list[np.ndarray] = []
    matters = [False] * len(levels)
    for k, level in enumerate(levels):
        if k:
            node = level.parent // levels[k - 1].live.shape[1]
            trail = [moves[node] for moves in trail] + [level.parent]
        n = level.free_members
        for j, moves in enumerate(trail if n else ()):
            differ = ~_same_way(levels[j], moves[:n], level.label[:n])
            node = moves[:n] // levels[j].live.shape[1]
            np.logical_or.at(depends, first[k] + level.label[:n], choice[j][node] & differ[:, None])
            matters[j] |= bool((differ & levels[j].chosen[node]).any())
    return depends, matters


def _roots(levels: tuple[Level, ...]) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """The last level at which the nodes of a set still have one ancestor that no information set straddles."""
    inside = [np.zeros(level.size, bool) for level in levels]
    above: list[list[np.ndarray]] = []  # by level, for the members, their ancestors at every level up to their own
    for k, level in enumerate(levels):
        nodes = np.arange(level.size)
        ancestors = [nodes]
        for j in range(k, 0, -1):
            nodes = levels[j].parent[nodes] // levels[j - 1].live.shape[1]
            ancestors.append(nodes)
        above.append([rows[: level.members] for rows in reversed(ancestors)])
        for rows, marks in zip(above[k] if level.members else (), inside, strict=False):
            one = np.minimum.reduceat(rows, level.starts) == np.maximum.reduceat(rows, level.starts)
            marks[rows[~one[level.label]]] = True
    found = []
    for k, level in enumerate(levels):
        root, node = np.zeros(len(level.starts), int), np.zeros(len(level.starts), int)
        for j, rows in enumerate(above[k] if level.members else ()):
            whole = ~np.logical_or.reduceat(inside[j][rows], level.starts)
            root[whole], node[whole] = j, rows[level.starts][whole]
        found.append((root, node))
    return tuple(found)


def _colours(depends: np.ndarray) -> np.ndarray:
    """A colour for each column such that columns of one colour share no row; greedy, first that fits."""
    colour, used = np.zeros(len(depends), int), np.zeros((0, len(depends)), bool)
    for column in range(len(depends)):
        rows = depends[:, column]
        free = np.flatnonzero(~(used & rows).any(axis=1))
        if not len(free):
            used = np.concatenate([used, np.zeros((1, len(depends)), bool)])
            free = np.array([len(used) - 1])
        colour[column] = free[0]
        used[free[0]] |= rows
    return colour


def _stacks(depends: np.ndarray) -> tuple[np.ndarray, ...]:
    """Blocks that determine each other, in an order that comes after what they depend on."""
    count = len(depends)
    reach = depends.astype(np.float32)
    for _ in range(int(np.ceil(np.log2(max(count, 2))))):
        reach = ((reach @ reach) > 0).astype(np.float32)
    together = (reach > 0) & (reach.T > 0)
    block = together.argmax(axis=1) if count else np.zeros(0, int)
    depth = np.zeros(count, int)
    for name in sorted(set(block.tolist()), key=lambda one: reach[one].sum()):
        others = np.flatnonzero((reach[name] > 0) & ~together[name])
        depth[block == name] = depth[others].max(initial=-1) + 1
    size = together.sum(axis=1)
    stacks = []
    for at, width in sorted(set(zip(depth.tolist(), size.tolist(), strict=True))):
        rows = np.flatnonzero((depth == at) & (size == width))
        stacks.append(rows[np.argsort(block[rows], kind="stable")].reshape(-1, width))
    return tuple(stacks)
