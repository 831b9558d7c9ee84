"""Solve a stage game, or a million of them at once.

observed   everything is seen: one backward sweep, exact
hidden     hidden moves and types, logit: a ladder (contraction, steps, arc length) over layout, replies, bounds, paths
records    what comes back
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from twofront.errors import GameError
from twofront.game.solvers import observed
from twofront.game.solvers.records import Branch, Method, Result, Solution
from twofront.game.stage import StageGame, is_known, namespace, register

__all__ = ["Branch", "Method", "Result", "Solution", "solve"]

CONCEPTS = ("logit", "best", "sequential")
SELECT = ("principal", "leader-best", "all")


def solve(game: StageGame, concept: str = "logit", precision: Any = None, *, select: str | None = None) -> Solution:
    """Solve every game of the batch.

    concept: "logit", π ∝ w·exp(precision·Q) over legal moves, with hidden moves the principal branch; "best", subgame
        perfect, ties split equally, for games in which everything is observed; "sequential", play without errors where
        something is hidden.
    precision: for logit, 1/μ on raw payoffs (1/payoff, 0 to infinity): a number, [player] or
        [player, *batch]. 0 gives the base weights, infinity the best replies (ties shared by weight; observed only).
    select: for sequential, "principal" (default), the limit of the principal logit branch of equal weights; or of all
        pure perfect Bayesian equilibria "leader-best", the one that the first mover likes best, or "all", listed along
        one more axis.
    Works in the payoffs' own precision, with NumPy, or with JAX (also inside jit) where JAX arrays come in. Games with
    hidden moves are solved by NumPy in float64 whatever comes in, and given back in the payoffs' kind.
    Raises GameError for an unknown concept or a precision of the wrong shape. A game that cannot be solved
    stops no other: it is marked in `result`.
    """
    if concept not in CONCEPTS:
        raise GameError(f'concept "{concept}" is unknown; take {" or ".join(CONCEPTS)}.')
    xp = namespace(game.payoffs, precision)
    if xp is not np:
        register(Solution, tuple(Solution.__dataclass_fields__)[:-2], ("concept", "select"))
    if concept == "sequential":
        select = select or "principal"
    elif select is not None:
        raise GameError(f'select: concept "{concept}" has nothing to select; leave select out.')
    if select not in (None, *SELECT):
        raise GameError(f'select "{select}" is unknown; take {" or ".join(SELECT)}.')
    if select is None and not any(game.hidden):
        return observed.sweep(game, concept, precision)
    if concept == "best":
        raise GameError('concept "best" needs every move to be observed; take "sequential".')
    lam = observed.precision_of(game, concept, precision)
    tables = (table for kind in ("legal", "chance", "weights") for table in getattr(game, kind).values())
    if not all(is_known(array) for array in (game.payoffs, lam, *tables)):
        raise GameError(
            "hidden moves: such games cannot be solved while JAX traces a function; call solve outside jit."
        )
    from twofront.game.solvers.hidden import solve_logit
    from twofront.game.solvers.sequential import solve_sequential

    plain = _as_numpy(game)
    return _as_given(xp, solve_logit(plain, np.asarray(lam)) if select is None else solve_sequential(plain, select))


def _as_numpy(game: StageGame) -> StageGame:
    def plain(tables: Mapping[str, Any]) -> dict[str, np.ndarray]:
        return {name: np.asarray(table) for name, table in tables.items()}

    legal, chance, weights = plain(game.legal), plain(game.chance), plain(game.weights)
    return replace(game, payoffs=np.asarray(game.payoffs), legal=legal, chance=chance, weights=weights)


def _as_given(xp: Any, solution: Solution) -> Solution:
    """The same in the arrays that came in."""
    if xp is np:
        return solution
    fields: dict[str, Any] = {}
    for name in Solution.__dataclass_fields__:
        value = getattr(solution, name)
        if isinstance(value, dict):
            fields[name] = {stage: xp.asarray(rows) for stage, rows in value.items()}
        else:
            fields[name] = xp.asarray(value) if isinstance(value, np.ndarray) else value
    return Solution(**fields)
