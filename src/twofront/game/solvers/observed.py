"""Games in which everything is observed: one backward sweep, exact.

Logit: agent quantal response (McKelvey and Palfrey 1998) with base weights.
Best: subgame perfection (Selten 1965).
"""

from dataclasses import replace
from typing import Any

import numpy as np

from twofront.errors import GameError
from twofront.game.solvers.records import Branch, Method, Result, Solution
from twofront.game.stage import NATURE, StageGame, malformed, namespace

TIE_ULPS = 16  # values that differ by less than this many rounding steps are one value


def sweep(game: StageGame, concept: str, precision: Any) -> Solution:
    """Solves every game of the batch; see `solve`."""
    xp = namespace(game.payoffs, precision)
    if xp is not np:
        game = replace(game, payoffs=xp.asarray(game.payoffs))
    lam = precision_of(game, concept, precision)
    with np.errstate(over="ignore", under="ignore"):  # a huge advantage may become infinite: it is meant to
        return _sweep(xp, game, concept, lam)


def precision_of(game: StageGame, concept: str, precision: Any) -> Any:
    """The precision as [player, *batch], size 1 allowed; None where the concept knows no errors."""
    xp = namespace(game.payoffs, precision)
    if concept != "logit":
        if precision is not None:
            raise GameError(f'precision: concept "{concept}" knows no errors; leave precision out.')
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
    allowed, playable, feasible = legal_moves(xp, game, concept)
    live = live_moves(allowed)
    finite = xp.isfinite(game.payoffs)
    result = result_codes(xp, game, precision, feasible, finite | ~live[-1])
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


def legal_moves(xp: Any, game: StageGame, concept: str) -> tuple[list[Any], list[Any], Any]:
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


def live_moves(allowed: list[Any]) -> list[Any]:
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


def result_codes(xp: Any, game: StageGame, precision: Any, feasible: Any, readable: Any) -> Any:
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
        equilibria=zeros - 1,
        precision=precision,
        concept=concept,
    )
