"""Looking ahead through the years, the tail, and the forward pass (docs/model.md, 10 to 12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from twofront.game import hidden
from twofront.game.build import Game
from twofront.game.payoffs import Cellwise, Year, both_sides, cellwise, leaf_payoffs
from twofront.game.plan import Plan
from twofront.game.replies import Payoffs, sweep
from twofront.game.rules import CHANCE

REPETITIONS = {"float32": (2, 4), "float64": (30, 40)}  # of the map of beliefs, by precision: in the tail, in a year
FIRST = 3  # rounds before the tail, in which beliefs settle from equal ones and values wait
AGAIN = 4  # times as many in the tail where the slope of the map is not proven to be small


class Behaviour(NamedTuple):
    """One year's solution, by layer: see `Choice`; and what came of the search for beliefs."""

    move: tuple[Float[Array, "_ world"], ...]
    shares: tuple[Float[Array, "_ _ world"], ...]
    worth: tuple[Float[Array, "_ _ world"], ...]
    ties: Float[Array, " world"]


class Quality(NamedTuple):
    """How well the years so far were solved, by world: see `hidden.Search`."""

    residual: Float[Array, " world"]
    slope: Float[Array, " world"]
    stuck: Float[Array, " world"]


def payoffs(game: Game, year: Year, found: Cellwise) -> Payoffs:
    """Payoffs of one year, spread over the leaves."""
    return Payoffs(leaf_payoffs(year, found), found.edge, settles(game), year.leak)


def every_year(game: Game) -> Cellwise:
    """The payoffs of all years, year first; loops of their own make the compiler store results and not repeat them."""
    slices = game.slices()
    sides = jax.lax.scan(lambda _, now: (None, both_sides(game.year(now))), None, slices)[1]
    return jax.lax.scan(lambda _, now: (None, cellwise(game.year(now[0]), now[1])), None, (slices, sides))[1]


def settles(game: Game) -> tuple[Float[Array, "_ world"], ...]:
    """Chance of settlement at each option of each front."""
    rows = []
    for front in game.plan.rules.fronts:
        path = f"fronts.{front.name}.options."
        rows.append(jnp.stack([game.read(f"{path}{option}.settles") for option in front.options]))
    return tuple(rows)


def expected(plan: Plan, hazard: tuple[Array, ...], values: Float[Array, "power state world"]) -> Array:
    """Expected value next year of leaving each state behind: open fronts are settled independently."""
    shape = tuple(front.settled + 1 for front in plan.rules.fronts)
    full = values.reshape(values.shape[0], *shape, values.shape[-1])
    for axis, (front, h) in enumerate(zip(plan.rules.fronts, hazard, strict=True), start=1):
        parts = jnp.split(full, front.settled + 1, axis=axis)
        done = parts[front.settled]
        for o in range(1, front.settled):
            parts[o] = parts[o] + h[o - 1] * (done - parts[o])
        full = jnp.concatenate(parts, axis=axis)
    return full.reshape(values.shape)


def settle(plan: Plan, hazard: tuple[Array, ...], mass: Float[Array, "state world"]) -> Array:
    """Probability of each state next year from that of each state left behind."""
    shape = tuple(front.settled + 1 for front in plan.rules.fronts)
    full = mass.reshape(*shape, mass.shape[-1])
    for axis, (front, h) in enumerate(zip(plan.rules.fronts, hazard, strict=True)):
        parts = jnp.split(full, front.settled + 1, axis=axis)
        for o in range(1, front.settled):
            parts[front.settled] = parts[front.settled] + h[o - 1] * parts[o]
            parts[o] = parts[o] * (1 - h[o - 1])
        full = jnp.concatenate(parts, axis=axis)
    return full.reshape(mass.shape)


def back(
    game: Game,
    given: Payoffs,
    ahead: Float[Array, "power state world"],
    patience: Array,
    start: hidden.Start,
    search: hidden.Effort,
) -> tuple[Array, Behaviour, hidden.Search]:
    """Solves one year from the values of the next, stage by stage from the last move; beliefs first where needed."""
    plan = game.plan
    left = expected(plan, given.settles, ahead)
    leaf = given.leaf.at[: game.powers].add(patience[:, None] * left[:, plan.post])
    found = hidden.search(game, given, leaf, start, search)
    levels, choices = sweep(game, given, leaf, hidden.spread_out(game, search.parts, found.beliefs))
    behaviour = Behaviour(
        tuple(choice.likely for choice in choices),
        tuple(choice.shares for choice in choices),
        tuple(choice.worth for choice in choices),
        jnp.sum(jnp.stack([choice.ties for choice in choices]), axis=0),
    )
    return levels[0][: game.powers, plan.root], behaviour, found


@dataclass(frozen=True)
class Solved:
    """All years of one tile of worlds: payoffs, values at each start of year, behaviour in each year (year first)."""

    payoffs: Cellwise
    values: Float[Array, "year power state world"]
    ahead: Float[Array, "year power state world"]
    behaviour: Behaviour
    tail_move: Float[Array, " world"]
    quality: Quality


def look_ahead(game: Game, *, thorough: bool = False) -> Solved:
    """Backward through the tail and the years; the tail repeats the last year's conditions a fixed number of times.

    `thorough` follows the principal branch in every year, for worlds in which uniqueness is not proven.
    """
    slices, found = game.slices(), every_year(game)
    powers, states = len(game.plan.rules.powers), len(game.plan.states)
    zero = jnp.zeros((powers, states, *game.regime_change.shape), game.loss.dtype)
    final, figures = jax.tree.map(lambda rows: rows[-1], (slices, found))
    last = payoffs(game, game.year(final), figures)
    fading = game.patience * (1 - game.regime_change)
    in_tail, in_year = REPETITIONS[str(game.loss.dtype)]
    parts = hidden.parts(game.plan)
    by_repeating = hidden.Effort(parts, (AGAIN if thorough else 1) * in_tail, False)
    effort = hidden.Effort(parts, in_year, thorough)
    none = jnp.zeros_like(game.regime_change)

    def repeat(carry: tuple[Array, Array, hidden.Start, Quality], counts: Array) -> tuple[Any, None]:
        values, before, start, quality = carry
        new, _, search = back(game, last, values, fading, start, by_repeating)
        new, values = jnp.where(counts, new, values), jnp.where(counts, values, before)
        quality = Quality(*(jnp.where(counts, a, b) for a, b in zip(_worse(quality, search), quality, strict=True)))
        return (new, values, search.beliefs, quality), None

    begin = (zero, zero, hidden.uniform(game, parts), Quality(none, none, none))
    first = FIRST if parts else 0
    counts = jnp.arange(first + game.scenario.tail) >= first
    (end, before, start, quality), _ = jax.lax.scan(repeat, begin, counts)
    movers = np.array(sorted({layer.mover for layer in game.plan.layers} - {CHANCE}))
    change = jnp.abs(end - before)[movers] / game.loss[movers][:, None]
    if thorough:  # the branch is followed anew in the tail's last year: it must lead where repetition had come
        quality = quality._replace(slope=none, stuck=_strayed(game, last, before, fading, start, effort))

    def step(
        carry: tuple[Array, hidden.Start, Quality], now: tuple[dict[str, Array], Cellwise]
    ) -> tuple[tuple[Array, hidden.Start, Quality], tuple[Array, Array, Behaviour]]:
        ahead, start, quality = carry
        given = payoffs(game, game.year(now[0]), now[1])
        values, behaviour, search = back(game, given, ahead, game.patience, start, effort)
        return (values, search.beliefs, _worse(quality, search)), (values, ahead, behaviour)

    (_, _, quality), (values, ahead, behaviour) = jax.lax.scan(
        step, (end, start, quality), (slices, found), reverse=True
    )
    return Solved(found, values, ahead, behaviour, jnp.max(change, axis=(0, 1)), quality)


def _strayed(
    game: Game, last: Payoffs, before: Array, fading: Array, start: hidden.Start, effort: hidden.Effort
) -> Float[Array, " world"]:
    """1 where the principal branch of the tail's last year is lost, or leads elsewhere than repetition did."""
    if not effort.parts:
        return jnp.zeros_like(game.regime_change)
    _, _, search = back(game, last, before, fading, start, effort)
    apart = hidden.change(search.beliefs, start) > hidden.JUMP
    return jnp.maximum(search.stuck, apart.astype(search.stuck.dtype))


def _worse(quality: Quality, search: hidden.Search) -> Quality:
    found = (search.residual, search.slope, search.stuck)
    return Quality(*(jnp.maximum(a, b) for a, b in zip(quality, found, strict=True)))
