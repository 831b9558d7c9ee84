"""Check a solution without trusting the solver: follow behaviour forward, see what a deviation would gain.

Shares no code with the solvers. They carry values backward; here every node's payoffs are the sum over the
ends of the game of payoff times the probability of the whole path from that node.
"""

from typing import Any

import numpy as np
from jaxtyping import Float

from twofront.game.solvers import Solution
from twofront.game.stage import StageGame


def certify(game: StageGame, solution: Solution) -> Float[Any, "*batch"]:
    """Largest fault of a solution in any subgame that legal play can come to; 0 is perfect.

    Concept "best": the payoff (in the payoffs' unit) that a mover forgoes at a node by not taking its best
    move, all later play as stated. By the one-shot deviation principle 0 everywhere means subgame perfect.
    Concept "logit": the largest distance between a stated probability and the weighted logit of the mover's
    own expected payoffs; where precision is infinite, the payoff forgone instead.
    Infinity where the behaviour is no probability distribution over legal moves, or the game was not solved.
    """
    xp = solution.values.__array_namespace__()
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
    if solution.concept == "best":
        return forgone
    precision = xp.broadcast_to(solution.precision, (len(game.players), *game.batch))[player]
    weights = xp.asarray(game.weights.get(stage.name, 1))
    odds = xp.where(legal, weights * xp.exp(-xp.where(xp.isinf(precision), 0, precision) * gap), 0)
    distance = xp.abs(chosen - odds / odds.sum(axis=position, keepdims=True)).max(axis=position)
    return xp.where(xp.isinf(precision), forgone, distance)
