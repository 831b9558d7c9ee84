"""One tile of worlds through the whole model: from drawn values to outcomes (the only compiled function of a run)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from twofront.game import build, forward, years
from twofront.game.audit import audit
from twofront.game.payoffs import Cellwise
from twofront.game.plan import Plan
from twofront.scenario import Loaded
from twofront.world.params import params, reader
from twofront.world.year import World, roll

AGAIN = 16  # worlds in one tile of those that are solved again
UNIQUE = 0.98  # a bound on the slope of the map of beliefs below this proves that its fixed point is the only one
SETTLED = {"float32": 1e-3, "float64": 1e-10}  # beliefs that still move by more than this are not solved
CERTIFIED = 1e-4  # a certificate above this is none
SETTLED_TAIL = 0.01  # values that still move by more than this share of mu at the tail's end are flagged


Figures = dict[str, Any]  # by column, JAX or NumPy arrays


class Method(IntEnum):
    """How a world's stage games were solved; the same in every year, or the least certain of them."""

    OBSERVED = 0  # nothing is hidden: one sweep, exact
    UNIQUE = 1  # beliefs found by repetition, and proven to be the only ones
    BRANCH = 2  # the principal branch was followed
    UNSOLVED = 3  # it was lost, or beliefs did not settle


@dataclass(frozen=True)
class Tile:
    """Outcomes of one tile: `worlds[name]` is [world], `years[name]` is [year, world]."""

    worlds: dict[str, Array]
    years: dict[str, Array]


class Solve:
    """The model of a scenario's structure, compiled once: figures and policies are inputs.

    Worlds in which the solution is not proven to be the only one are solved again along the principal branch, in tiles
    of a size of their own, so that a world's bits do not depend on its neighbours.
    """

    def __init__(self, loaded: Loaded) -> None:
        layout = build.layout(loaded.scenario)
        self.names: tuple[list[str], list[str]] = [], []  # of the outcomes, known once it was traced

        @partial(jax.jit, static_argnames="thorough")
        def solve(
            values: Float[Array, "scalar world"], *, thorough: bool = False
        ) -> tuple[Float[Array, "outcome world"], Float[Array, "yearly year world"]]:
            tile = simulate(loaded, layout, values, thorough=thorough)
            self.names = list(tile.worlds), list(tile.years)
            return jnp.stack(list(tile.worlds.values())), jnp.stack(list(tile.years.values()))

        self.compiled = solve  # two arrays and not ninety: fetching one costs as much as a small game

    def __call__(self, values: Any) -> tuple[Figures, Figures]:
        """Outcomes of one tile, values [scalar, world]: by world, and by year and world."""
        by_world, by_year = self.first(values)
        again = open_worlds(by_world)
        if len(again):
            by_world, by_year = ({n: rows.copy() for n, rows in part.items()} for part in (by_world, by_year))
            for kept, found in zip((by_world, by_year), self.again(np.asarray(values)[:, again]), strict=True):
                patch(kept, found, again)
        return by_world, by_year

    def first(self, values: Any) -> tuple[Figures, Figures]:
        """The same without solving anything again."""
        by_world, by_year = self._fetched(values)
        return dict(zip(self.names[0], by_world, strict=True)), dict(zip(self.names[1], by_year, strict=True))

    def again(self, values: Float[np.ndarray, "scalar world"]) -> tuple[Figures, Figures]:
        """Any number of worlds along the principal branch."""
        count, found = values.shape[1], []
        for first in range(0, count, AGAIN):
            some = np.resize(np.arange(first, min(first + AGAIN, count)), AGAIN)
            found.append(self._fetched(values[:, some], thorough=True))
        by_world, by_year = (np.concatenate(part, axis=-1)[..., :count] for part in zip(*found, strict=True))
        return dict(zip(self.names[0], by_world, strict=True)), dict(zip(self.names[1], by_year, strict=True))

    def _fetched(self, values: Any, *, thorough: bool = False) -> tuple[np.ndarray, np.ndarray]:
        try:
            by_world, by_year = self.compiled(jnp.asarray(values), thorough=thorough)
            return np.asarray(by_world), np.asarray(by_year)
        except jax.errors.JaxRuntimeError as error:
            if "RESOURCE_EXHAUSTED" not in str(error):
                raise
            raise MemoryError(str(error)) from error


def solver(loaded: Loaded) -> Solve:
    """The model of a scenario, ready to be compiled on its first call."""
    return Solve(loaded)


def open_worlds(by_world: Figures) -> np.ndarray:
    """Worlds that are to be solved again."""
    return np.flatnonzero(np.asarray(by_world["method"]) == Method.UNSOLVED)


def patch(kept: Figures, found: Figures, worlds: np.ndarray) -> None:
    """Puts outcomes of some worlds in their place."""
    for name, rows in found.items():
        kept[name][..., worlds] = rows


def prepare(loaded: Loaded, layout: Plan, values: Float[Array, "scalar world"]) -> build.Game:
    """World and game of one tile, not yet solved."""
    read = reader(loaded, values)
    world = roll(loaded.scenario, params(loaded, read), read)
    return build.game(loaded.scenario, layout, read, world)


def simulate(loaded: Loaded, layout: Plan, values: Float[Array, "scalar world"], *, thorough: bool = False) -> Tile:
    """Rolls, solves and walks one tile of worlds."""
    game = prepare(loaded, layout, values)
    solved = years.look_ahead(game, thorough=thorough)

    def step(
        masses: forward.Masses, now: tuple[dict[str, Array], Cellwise, Array, years.Behaviour]
    ) -> tuple[forward.Masses, dict[str, Array]]:
        slices, given, ahead, found = now
        year = game.year(slices)
        after, tally = forward.walk(game, year, given, found, masses)
        tally |= forward.alone(game, year, given, found)
        tally["certificate"] = audit(game, years.payoffs(game, year, given), ahead, found)
        tally["ties"] = found.ties
        return after, tally

    rows = (game.slices(), solved.payoffs, solved.ahead, solved.behaviour)
    _, tally = jax.lax.scan(step, forward.start(game), rows)
    return Tile(_worlds(game, solved, tally), _years(game, tally))


def ratio(part: Array, whole: Array) -> Array:
    """A conditional probability; not a number where the condition never holds."""
    return jnp.where(whole > 0, part / jnp.where(whole > 0, whole, 1.0), jnp.nan)


def _worlds(game: build.Game, solved: years.Solved, tally: dict[str, Array]) -> dict[str, Array]:
    total = {name: jnp.sum(rows, axis=0) for name, rows in tally.items()}
    names = list(game.scenario.powers)
    result = {"two_fronts": total["two_fronts"], **{name: total[name] for name in forward.PARTS}}
    if game.scenario.partnership is None:
        del result["coordinated"]
    for front in game.scenario.fronts:
        result[f"opened.{front}"] = total[f"opened.{front}"]
        result[f"first.{front}"] = total[f"first.{front}"]
        result[f"win.{front}"] = ratio(total[f"won.{front}"], total[f"settled.{front}"])
        for power in game.scenario.fronts[front].defenders:
            result[f"enters.{power}.{front}"] = ratio(total[f"fought.{power}.{front}"], total[f"open.{front}"])
    if game.scenario.partnership is not None:
        for name in ("calls", "accepted", "half", "refused", "unasked", "unasked_half"):
            result[name] = ratio(total[name], total["asked"])
    result["error_share"] = ratio(total["errors"], total["openings"])
    result["escalation"] = total["escalation"]
    for i, name in enumerate(names):
        result[f"value.{name}"] = solved.values[0, i, game.plan.initial]
    result["ties"] = total["ties"]
    result["tail_move"] = solved.tail_move
    result["method"] = _method(game, solved.quality)
    result["residual"] = solved.quality.residual
    result["certificate"] = jnp.max(tally["certificate"], axis=0)
    drift = jnp.max(jnp.abs(tally["total"] - 1), axis=0)
    result["conservation"] = jnp.maximum(game.world.residual, drift)
    return result


def _method(game: build.Game, quality: years.Quality) -> Array:
    if not any(layer.hidden for layer in game.plan.layers):
        return jnp.full_like(quality.residual, Method.OBSERVED)
    settled = quality.residual <= SETTLED[str(quality.residual.dtype)]
    unique = jnp.where(quality.slope < UNIQUE, float(Method.UNIQUE), float(Method.UNSOLVED))
    branch = jnp.where(quality.stuck == 0, float(Method.BRANCH), float(Method.UNSOLVED))
    return jnp.where(settled, jnp.where(jnp.isinf(quality.slope), branch, unique), float(Method.UNSOLVED))


def _years(game: build.Game, tally: dict[str, Array]) -> dict[str, Array]:
    world, scenario, result = game.world, game.scenario, {"two_fronts": tally["two_fronts"]}
    for front in scenario.fronts:
        result[f"opened.{front}"] = tally[f"opened.{front}"]
        result[f"open.{front}"] = tally[f"open.{front}"]
    if scenario.partnership is not None:
        for name in ("calls", "accepted", "unasked"):
            result[name] = ratio(tally[name], tally["asked"])
    result |= _levels(scenario.powers, world)
    for importer in scenario.supply:
        result[f"supply.{importer}"] = world.supply[:, list(scenario.powers).index(importer)]
    if scenario.partnership is not None:
        result |= {"leverage": world.leverage, "practice": world.practice, "leak": world.leak}
    for k, front in enumerate(scenario.fronts):
        result[f"ready.{front}"] = world.ready[:, k]
    return result | {name: rows for name, rows in tally.items() if name.startswith("odds.")}


def _levels(powers: Iterable[str], world: World) -> dict[str, Array]:
    result = {}
    for i, name in enumerate(powers):
        result[f"gdp.{name}"] = world.gdp[:, i]
        result[f"spending.{name}"] = world.spending[:, i]
        result[f"effective.{name}"] = world.effective[:, i]
        result[f"share.{name}"] = 100 * world.spending[:, i] / world.gdp[:, i]
        result[f"related.{name}"] = world.related[:, i]
        result[f"capital.{name}"] = world.capital[:, i]
        result[f"force.{name}"] = world.force[:, i]
    return result


def flagged(worlds: dict[str, np.ndarray]) -> np.ndarray:
    """Worlds that no headline may use: unsolved, uncertified, still moving at the tail's end, or not finite."""
    bad: np.ndarray = (worlds["tail_move"] > SETTLED_TAIL) | (worlds["method"] == Method.UNSOLVED)
    bad = bad | (worlds["certificate"] > CERTIFIED)
    for name in ("two_fronts", "tail_move", "certificate", "conservation"):
        bad = bad | ~np.isfinite(worlds[name])
    return bad
