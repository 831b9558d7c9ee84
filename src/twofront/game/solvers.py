"""Solve a stage game, or a million of them at once: one backward sweep, exact when everything is observed.

Logit: agent quantal response (McKelvey and Palfrey 1998) with base weights.
Best: subgame perfection (Selten 1965).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from twofront.errors import GameError
from twofront.game.stage import NATURE, StageGame, malformed, namespace, register

CONCEPTS = ("logit", "best")
TIE_ULPS = 16  # values that differ by less than this many rounding steps are one value


class _Code(IntEnum):
    """A number in an array whose text says what it means."""

    text: str

    def __new__(cls, value: int, text: str = "") -> "_Code":
        code = int.__new__(cls, value)
        code._value_ = value
        code.text = text
        return code


class Result(_Code):
    """What came of a game, and what to do about it."""

    SOLVED = 0, "solved"
    NOT_FINITE = 1, "unsolved: a payoff that legal play reaches is not finite; correct it or forbid the move"
    NO_LEGAL_PLAY = 2, "unsolved: no legal play reaches an end; allow at least one move everywhere"
    BAD_PRECISION = 3, "unsolved: a precision is negative or NaN; give 0 (base weights) up to infinity"
    BAD_TABLE = 4, "unsolved: chances that do not add up to 1, or a negative or NaN weight; correct it"


class Method(_Code):
    """How a game was solved."""

    BACKWARD = 0, "one backward sweep, in closed form"


class Branch(_Code):
    """Which of possibly several solutions is reported."""

    UNIQUE = 0, "the only solution"
    TIES_SPLIT = 1, "one of several: best replies that tie share the move equally"


@dataclass(frozen=True)
class Solution:
    """Who does what at every node, and what it is worth. Unsolved games of a batch hold NaN and say why.

    behaviour: by stage, [moves of earlier stages…, moves of the stage, *batch], probabilities; chance
        included; 0 for every move of a node where nobody can go on.
    values: [player, *batch], expected payoffs at the start, in the unit of the payoffs.
    node_values: by stage, [player, moves of earlier stages…, moves of the stage, *batch], expected payoffs of
        each player once the move is made; of no meaning where play is not legal.
    beliefs: by stage; empty, since every move is observed.
    residual: [*batch], error that the method leaves; 0 for a closed form. The certificate is computed apart.
    ties: [*batch], nodes of legal play at which several moves are best (concept "best" only).
    method, branch, result: [*batch], codes of Method, Branch, Result.
    concept: "logit" or "best". precision: as given, [player, *batch] with sizes 1 allowed; None for "best".
    """

    behaviour: Mapping[str, Float[Any, "..."]]
    values: Float[Any, "player *batch"]
    node_values: Mapping[str, Float[Any, "player ..."]]
    beliefs: Mapping[str, Float[Any, "..."]]
    residual: Float[Any, "*batch"]
    ties: Int[Any, "*batch"]
    method: Int[Any, "*batch"]
    branch: Int[Any, "*batch"]
    result: Int[Any, "*batch"]
    precision: Float[Any, "..."] | None
    concept: str

    @property
    def solved(self) -> Any:
        """[*batch], true where the game was solved."""
        return self.result == Result.SOLVED

    def summary(self) -> dict[str, int]:
        """How many games of the batch ended in each way, by the text of the result."""
        codes, counts = np.unique(np.asarray(self.result), return_counts=True)
        return {Result(int(code)).text: int(count) for code, count in zip(codes, counts, strict=True)}


def solve(game: StageGame, concept: str = "logit", precision: Any = None) -> Solution:
    """Solve every game of the batch in one backward sweep.

    concept: "logit", π ∝ w·exp(precision·Q) over legal moves; or "best", subgame perfect, ties split equally.
    precision: for logit, 1/μ on raw payoffs (1/payoff, 0 to infinity): a number, [player] or
        [player, *batch]. 0 gives the base weights, infinity the best replies (ties shared by weight).
    Works in the payoffs' own precision, with NumPy, or with JAX (also inside jit) where JAX arrays come in.
    Raises GameError for an unknown concept or a precision of the wrong shape. A game that cannot be solved
    stops no other: it is marked in `result`.
    """
    xp = namespace(game.payoffs, precision)
    if xp is not np:
        register(Solution, tuple(Solution.__dataclass_fields__)[:-1], ("concept",))
        game = replace(game, payoffs=xp.asarray(game.payoffs))
    precision = _precision(xp, game, concept, precision)
    with np.errstate(over="ignore", under="ignore"):  # a huge advantage may become infinite: it is meant to
        return _sweep(xp, game, concept, precision)


def _precision(xp: Any, game: StageGame, concept: str, precision: Any) -> Any:
    """The precision as [player, *batch], size 1 allowed; None for best replies."""
    if concept == "sequential":
        raise GameError('concept "sequential" is not supported yet in this version; take "logit" or "best".')
    if concept not in CONCEPTS:
        raise GameError(f'concept "{concept}" is unknown; take {" or ".join(CONCEPTS)}.')
    if concept == "best":
        if precision is not None:
            raise GameError('precision: concept "best" knows no errors; leave precision out.')
        return None
    if precision is None:
        raise GameError('precision: concept "logit" needs it (in 1/payoff, 0 or more).')
    lam = xp.asarray(precision, dtype=game.payoffs.dtype)
    players, batch = len(game.players), game.batch
    if lam.ndim <= 1:
        lam = lam.reshape((lam.size,) + (1,) * len(batch))
    shape = (players, *batch)
    if lam.ndim != len(shape) or any(n not in (1, m) for n, m in zip(lam.shape, shape, strict=True)):
        raise GameError(f"precision: shape {np.shape(precision)} fits neither (), ({players},) nor {shape}.")
    return lam


def _sweep(xp: Any, game: StageGame, concept: str, precision: Any) -> Solution:
    """Backward over the stages: reply at each node, then its value to every player."""
    allowed, playable, feasible = _moves(xp, game, concept)
    live = _live(allowed)
    finite = xp.isfinite(game.payoffs)
    result = _result(xp, game, precision, feasible, finite | ~live[-1])
    values = xp.where(finite, game.payoffs, 0)
    behaviour, node_values = {}, {}
    ties = xp.zeros(game.batch, dtype=xp.int32)
    for position in reversed(range(len(game.stages))):
        stage, axis = game.stages[position], position
        node_values[stage.name] = values
        if stage.mover == NATURE:
            reply = xp.broadcast_to(xp.asarray(game.table("chance", position)), values.shape[1:])
        else:
            own, mover = values[game.players.index(stage.mover)], game.players.index(stage.mover)
            open_moves = xp.broadcast_to(playable[position], own.shape)
            if concept == "best":
                reply, count = _best(xp, own, open_moves, axis)
                tied = (count > 1) & xp.any(live[position], axis=axis)
                ties = ties + tied.sum(axis=tuple(range(axis)), dtype=xp.int32)
            else:
                lam = precision[mover if precision.shape[0] > 1 else 0]
                reply = _logit(xp, own, open_moves, axis, xp.asarray(game.table("weights", position)), lam)
        behaviour[stage.name] = reply
        values = (reply * values).sum(axis=axis + 1)
    return _solution(xp, game, concept, precision, behaviour, values, node_values, ties, result)


def _moves(xp: Any, game: StageGame, concept: str) -> tuple[list[Any], list[Any], Any]:
    """Legal moves after which the game can end; those that can be chosen; whether any play is."""
    allowed: list[Any] = []
    playable: list[Any] = []
    onward = xp.ones((1,) * (len(game.stages) + len(game.batch)), dtype=bool)
    for position in reversed(range(len(game.stages))):
        if game.stages[position].mover == NATURE:
            possible = xp.asarray(game.table("chance", position)) > 0
            allowed.append(xp.ones_like(possible) & onward)
            playable.append(possible & onward)
            # Nobody can stop chance from taking a dead end, so a node before one is a dead end itself.
            onward = (~possible | onward).all(axis=position)
            continue
        allowed.append(xp.asarray(game.table("legal", position, True)) & onward)
        weighed = xp.asarray(game.table("weights", position)) > 0 if concept == "logit" else True
        playable.append(allowed[-1] & weighed)
        onward = playable[-1].any(axis=position)
    return allowed[::-1], playable[::-1], onward


def _live(allowed: list[Any]) -> list[Any]:
    """For each stage the moves that legal play can come to, given all the moves before: size 1 allowed."""
    live: list[Any] = []
    for moves in allowed:
        before = live[-1][(slice(None),) * len(live) + (None,)] if live else True
        live.append(moves & before)
    return live


def _best(xp: Any, own: Any, open_moves: Any, axis: int) -> tuple[Any, Any]:
    """Equal shares over the best moves, and how many there are at each node."""
    best = xp.where(open_moves, own, -xp.inf).max(axis=axis, keepdims=True)
    scale = xp.where(open_moves, abs(own), 0).max(axis=axis, keepdims=True)
    among = open_moves & (own >= best - TIE_ULPS * float(xp.finfo(own.dtype).eps) * scale)
    count = among.sum(axis=axis, keepdims=True)
    share = among.astype(own.dtype) / xp.maximum(count, 1).astype(own.dtype)
    return share, count.squeeze(axis)


def _logit(xp: Any, own: Any, open_moves: Any, axis: int, weights: Any, precision: Any) -> Any:
    """Shares in proportion to w·exp(precision·Q), largest exponent taken out; 0 at a node without moves."""
    best = xp.where(open_moves, own, -xp.inf).max(axis=axis, keepdims=True)
    behind = xp.where(open_moves, own - xp.where(xp.isfinite(best), best, 0), 0)
    # Not multiplied where a move is best: infinite precision times no loss is no loss.
    exponent = xp.where(behind < 0, precision * xp.where(behind < 0, behind, -1), 0)
    exponent = xp.where(open_moves, exponent + xp.log(xp.where(open_moves, weights, 1)), -xp.inf)
    top = exponent.max(axis=axis, keepdims=True)
    mass = xp.exp(exponent - xp.where(xp.isfinite(top), top, 0))
    total = mass.sum(axis=axis, keepdims=True)
    return mass / xp.where(total > 0, total, 1)


def _result(xp: Any, game: StageGame, precision: Any, feasible: Any, readable: Any) -> Any:
    """The code of every game; of several faults the one to mend first."""
    result = xp.zeros(game.batch, dtype=xp.int32)
    leaves = tuple(range(1 + len(game.stages)))
    result = xp.where(readable.all(axis=leaves), result, Result.NOT_FINITE.value)
    result = xp.where(feasible, result, Result.NO_LEGAL_PLAY.value)
    if precision is not None:
        result = xp.where((precision >= 0).all(axis=0), result, Result.BAD_PRECISION.value)
    for position in range(len(game.stages)):
        result = xp.where(xp.asarray(malformed(game, position)), Result.BAD_TABLE.value, result)
    return result


def _solution(
    xp: Any,
    game: StageGame,
    concept: str,
    precision: Any,
    behaviour: dict[str, Any],
    values: Any,
    node_values: dict[str, Any],
    ties: Any,
    result: Any,
) -> Solution:
    """The record, stages in order of play, with NaN in every game that was not solved."""
    solved = result == Result.SOLVED.value

    def blank(array: Any) -> Any:
        return xp.where(solved, array, xp.nan)

    order = [stage.name for stage in game.stages]
    zeros = xp.zeros(game.batch, dtype=xp.int32)
    ties = xp.where(solved, ties, 0)
    return Solution(
        behaviour={name: blank(behaviour[name]) for name in order},
        values=blank(values),
        node_values={name: blank(node_values[name]) for name in order},
        beliefs={},
        residual=blank(xp.zeros(game.batch, dtype=game.payoffs.dtype)),
        ties=ties,
        method=zeros + Method.BACKWARD.value,
        branch=xp.where(ties > 0, Branch.TIES_SPLIT.value, Branch.UNIQUE.value),
        result=result,
        precision=precision,
        concept=concept,
    )
