"""A stage game as arrays: who moves when, what is legal, what it pays. No scenario needed."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from twofront.errors import GameError

NATURE = "nature"


@dataclass(frozen=True)
class Stage:
    """One move of a game: its name, who makes it and the moves to choose from.

    name: unique in the game. mover: a player, or "nature" for a chance stage. moves: their names, unique.
    sees: names of the earlier stages that the mover observes; left out, all of them. A mover must see its own
        earlier stages and what it saw there (perfect recall), and always knows which moves it may make.
    Lists become tuples.
    """

    name: str
    mover: str
    moves: Sequence[str]
    sees: Sequence[str] | None = None

    def __post_init__(self) -> None:
        for attribute in ("moves", "sees"):
            names = getattr(self, attribute)
            if isinstance(names, str):
                raise GameError(f'stage "{self.name}": {attribute} is the single text "{names}"; give a list of names.')
            if names is not None:
                object.__setattr__(self, attribute, tuple(names))
        if not self.moves:
            raise GameError(f'stage "{self.name}": no moves; give at least one.')
        _refuse_duplicates(self.moves, f'stage "{self.name}"', "move")


@dataclass(frozen=True)
class StageGame:
    """A sequence of stages with payoffs, for one game or for a whole batch of them.

    players: names, in the order of the payoffs' first axis.
    stages: in the order of play; what a stage does not see is hidden from its mover: nodes that differ only
        in hidden moves, with the same legal moves, are one information set. A hidden type is a chance stage
        that only its owner's stages see.
    payoffs: [player, moves of stage 1, …, moves of stage n, *batch], any unit; batch axes come last. Payoffs
        of play that is not legal are never read and may be NaN. NumPy or JAX arrays, traced ones included.
    legal: by stage, booleans; default: every move. A move after which nobody can go on is not legal either.
        Where legal moves depend on something hidden, the mover can tell it by them, and remembers it.
    chance: by chance stage (required for each), probabilities that add up to 1. What follows a move of
        probability 0 is solved like everything else.
    weights: by stage, base weights ≥ 0 of the moves, read by the logit concept only; default: 1. A move of
        weight 0 is never made, and what follows it is solved all the same. The nodes of an information set must agree.

    The arrays in the three mappings have shape [moves of earlier stages…, moves of the stage, *batch], where
    any axis may have size 1 and the batch axes may be left out; a plain vector [moves of the stage] holds
    everywhere.
    Raises GameError, with the stage and the remedy in its text.
    """

    players: tuple[str, ...]
    stages: tuple[Stage, ...]
    payoffs: Float[Any, "player ..."]
    legal: Mapping[str, Bool[Any, "..."]] = field(default_factory=dict)
    chance: Mapping[str, Float[Any, "..."]] = field(default_factory=dict)
    weights: Mapping[str, Float[Any, "..."]] = field(default_factory=dict)

    def __init__(
        self,
        players: Sequence[str],
        stages: Sequence[Stage],
        payoffs: Any,
        legal: Mapping[str, Any] | None = None,
        chance: Mapping[str, Any] | None = None,
        weights: Mapping[str, Any] | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "players", _names(players))
        put(self, "stages", tuple(stages))
        _check_stages(self.players, self.stages)
        tables = [table for given in (legal, chance, weights) for table in (given or {}).values()]
        put(self, "payoffs", _payoffs(namespace(payoffs, *tables), self.players, self.stages, payoffs))
        for kind, given in (("legal", legal), ("chance", chance), ("weights", weights)):
            put(self, kind, _per_stage(self, kind, given or {}))
        _check_values(self)
        if not isinstance(self.payoffs, np.ndarray):
            register(StageGame, ("payoffs", "legal", "chance", "weights"), ("players", "stages"))

    @property
    def moves(self) -> tuple[int, ...]:
        """Number of moves of each stage."""
        return tuple(len(stage.moves) for stage in self.stages)

    @property
    def hidden(self) -> tuple[tuple[str, ...], ...]:
        """For each stage the earlier ones that its mover would need to see and does not; all empty: observed."""
        return tuple(_unseen(self.stages, position) for position in range(len(self.stages)))

    @property
    def batch(self) -> tuple[int, ...]:
        """Shape of the batch: () for a single game."""
        return tuple(self.payoffs.shape[1 + len(self.stages) :])

    def table(self, kind: str, position: int, default: float | bool = 1) -> Any:
        """Legal moves, chances or weights of the stage at a position: all axes present."""
        given = getattr(self, kind).get(self.stages[position].name)
        if given is not None:
            return given
        shape = (1,) * (position + 1 + len(self.batch))
        return np.full(shape, default, dtype=bool if kind == "legal" else self.payoffs.dtype)


def namespace(*arrays: Any) -> Any:
    """The module whose functions these arrays need: NumPy, unless one of them brings another (JAX)."""
    for array in arrays:
        if hasattr(array, "__array_namespace__") and not isinstance(array, np.ndarray | np.generic):
            return array.__array_namespace__()
    return np


def is_known(array: Any) -> bool:
    """Whether the values of an array can be read now: false while JAX traces a function."""
    jax = sys.modules.get("jax")
    return jax is None or not isinstance(array, jax.core.Tracer)


_registered: set[type] = set()


def register(record: type, data: tuple[str, ...], fixed: tuple[str, ...]) -> None:
    """Let JAX look inside a record, the first time that a JAX array comes in; rebuilt without the checks."""
    if record in _registered:
        return
    from jax.tree_util import register_pytree_node

    def flatten(value: Any) -> tuple[list[Any], tuple[Any, ...]]:
        return [getattr(value, name) for name in data], tuple(getattr(value, name) for name in fixed)

    def rebuild(constants: tuple[Any, ...], arrays: Sequence[Any]) -> Any:
        value: Any = object.__new__(record)
        for name, part in zip(data + fixed, (*arrays, *constants), strict=True):
            object.__setattr__(value, name, part)
        return value

    register_pytree_node(record, flatten, rebuild)
    _registered.add(record)


def _names(players: Sequence[str]) -> tuple[str, ...]:
    if isinstance(players, str):
        raise GameError(f'players is the single text "{players}"; give a list of names.')
    names = tuple(players)
    if not names:
        raise GameError("players: none given; a game needs at least one.")
    _refuse_duplicates(names, "players", "player")
    if NATURE in names:
        raise GameError('players: "nature" is the name of chance and has no payoffs; take another name.')
    return names


def _refuse_duplicates(names: Sequence[str], where: str, what: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise GameError(f'{where}: {what} "{twice[0]}" stands there twice; names must differ.')


def _check_stages(players: tuple[str, ...], stages: tuple[Stage, ...]) -> None:
    """Refuse unknown movers, stages of one name, stages that see what is not there, and imperfect recall."""
    if not stages:
        raise GameError("stages: none given; a game needs at least one.")
    names = [stage.name for stage in stages]
    _refuse_duplicates(names, "stages", "stage")
    for position, stage in enumerate(stages):
        if stage.mover not in (*players, NATURE):
            raise GameError(
                f'stage "{stage.name}": mover "{stage.mover}" is neither "nature" nor one of the players '
                f"({', '.join(players)}); correct the name."
            )
        _check_sees(stage, names[:position])
        _check_recall(stages, position)


def _check_sees(stage: Stage, earlier: list[str]) -> None:
    if stage.sees is None:
        return
    unknown = [name for name in stage.sees if name not in earlier]
    if unknown:
        raise GameError(
            f'stage "{stage.name}": sees "{unknown[0]}", which is no earlier stage '
            f"({', '.join(earlier) or 'there is none'})."
        )


def _unseen(stages: Sequence[Stage], position: int) -> tuple[str, ...]:
    """Earlier stages hidden from a mover. What chance or the owner of a single move knows changes nothing."""
    stage = stages[position]
    if stage.sees is None or stage.mover == NATURE or len(stage.moves) == 1:
        return ()
    earlier = (other for other in stages[:position] if len(other.moves) > 1)
    return tuple(other.name for other in earlier if other.name not in stage.sees)


def _check_recall(stages: Sequence[Stage], position: int) -> None:
    """Refuse a mover that forgets its own earlier move or what it saw before."""
    stage, unseen = stages[position], _unseen(stages, position)
    for before, other in enumerate(stages[:position]):
        if other.mover != stage.mover or len(other.moves) == 1:
            continue
        known = [earlier.name for earlier in stages[:before] if earlier.name not in _unseen(stages, before)]
        for name in (other.name, *known):
            if name in unseen:
                what = "its own earlier move" if name == other.name else f'seen by it at stage "{other.name}"'
                raise GameError(
                    f'stage "{stage.name}": "{stage.mover}" does not see "{name}", {what}: imperfect recall is '
                    f'not supported; add "{name}" to sees, or give the stage to another player.'
                )


def _payoffs(xp: Any, players: tuple[str, ...], stages: tuple[Stage, ...], payoffs: Any) -> Any:
    """The payoffs as floating-point numbers of their own precision, with their shape checked."""
    payoffs = _array(xp, payoffs, "payoffs")
    expected = (len(players), *(len(stage.moves) for stage in stages))
    if tuple(payoffs.shape[: len(expected)]) != expected:
        axes = ", ".join(["player", *(stage.name for stage in stages), "*batch"])
        raise GameError(f"payoffs: shape {tuple(payoffs.shape)} does not begin with {expected}; its axes are [{axes}].")
    return payoffs if xp.isdtype(payoffs.dtype, "real floating") else payoffs.astype(xp.result_type(float))


def _array(xp: Any, given: Any, where: str) -> Any:
    try:
        array = xp.asarray(given)
    except (TypeError, ValueError) as error:
        raise GameError(f"{where}: cannot be read as an array ({error}); give a rectangular one.") from error
    if not xp.isdtype(array.dtype, ("bool", "integral", "real floating")):
        raise GameError(f"{where}: holds {array.dtype}; give real numbers.")
    return array


def _per_stage(game: StageGame, kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """One mapping of arrays by stage, with every array brought to [moves…, *batch] (size 1 allowed)."""
    names = [stage.name for stage in game.stages]
    for name in given:
        if name not in names:
            raise GameError(f'{kind}: there is no stage "{name}"; the stages are {", ".join(names)}.')
        by_chance = game.stages[names.index(name)].mover == NATURE
        if by_chance != (kind == "chance"):
            instead = "chance (probability 0 for what cannot happen)" if by_chance else "legal and weights"
            owner = "nature" if by_chance else "a player"
            raise GameError(f'{kind}: stage "{name}" is moved by {owner}; give it {instead} instead.')
    for stage in game.stages:
        if kind == "chance" and stage.mover == NATURE and stage.name not in given:
            raise GameError(f'chance: stage "{stage.name}" is moved by nature; give its probabilities.')
    return {name: _table(game, kind, names.index(name), given[name]) for name in names if name in given}


def _table(game: StageGame, kind: str, position: int, given: Any) -> Any:
    where = f'{kind}: stage "{game.stages[position].name}"'
    xp = namespace(given)
    table = _array(xp, given, where)
    if kind == "legal" and table.dtype != bool:
        raise GameError(f"{where}: holds {table.dtype}; give true or false.")
    moves, batch = game.moves[: position + 1], game.batch
    if table.ndim == 1:
        table = table.reshape((1,) * position + tuple(table.shape))
    if table.ndim == len(moves):
        table = table.reshape(tuple(table.shape) + (1,) * len(batch))
    full = (*moves, *batch)
    if table.ndim != len(full) or any(n not in (1, m) for n, m in zip(table.shape, full, strict=True)):
        raise GameError(
            f"{where}: shape {tuple(np.shape(given))} does not fit {full}, the moves so far and the batch "
            "(any axis may be 1, the batch may be left out, a vector of the stage's own moves is enough)."
        )
    return table if kind == "legal" else table.astype(game.payoffs.dtype)


def malformed(game: StageGame, position: int) -> Any:
    """Where chances are no probabilities, or weights are negative: [*batch], size 1 allowed."""
    kind = "chance" if game.stages[position].mover == NATURE else "weights"
    table = game.table(kind, position)
    xp = namespace(table)
    axes = tuple(range(position + 1))
    wrong = (~((table >= 0) & (table < xp.inf))).any(axis=axes)
    if kind == "weights":
        return wrong
    if table.shape[position] == 1:  # one number for every move
        table = xp.repeat(table, game.moves[position], axis=position)
    slack = 64 * float(xp.finfo(table.dtype).eps)
    return wrong | ~(abs(table.sum(axis=position) - 1) <= slack).all(axis=axes[:-1])


def _check_values(game: StageGame) -> None:
    """Refuse chances and weights that are wrong, where they can be read; the solver flags them otherwise."""
    for position, stage in enumerate(game.stages):
        for kind in ("chance", "weights"):
            table = getattr(game, kind).get(stage.name)
            if table is None or not is_known(table) or not bool(malformed(game, position).any()):
                continue
            rule = "be ≥ 0 and add up to 1 over its moves" if kind == "chance" else "be finite and ≥ 0"
            raise GameError(f'{kind}: stage "{stage.name}" must {rule}; correct the numbers.')
