"""Looking ahead through the years, the tail, and the forward pass (docs/model.md, 10 to 12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from twofront.game import hidden, replies
from twofront.game.blocks import AFTER, INSIDE, Block, Blocks, blocks
from twofront.game.build import Game
from twofront.game.payoffs import Cellwise, Year, both_sides, cellwise, leaf_payoffs
from twofront.game.plan import Plan
from twofront.game.replies import Choice, Payoffs, Stage
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
    cut: Blocks,
    given: Payoffs,
    stages: tuple[tuple[Stage, ...], ...],
    ahead: Float[Array, "power state world"],
    patience: Array,
    start: hidden.Start,
    effort: hidden.Effort,
) -> tuple[Array, Behaviour, hidden.Search]:
    """Solves one year from the values of the next: what no belief changes, the beliefs, then the rest."""
    plan, none = game.plan, jnp.zeros_like(game.regime_change)
    left = expected(plan, given.settles, ahead)
    leaf = given.leaf.at[: game.powers].add(patience[:, None] * left[:, plan.post])
    after = [jnp.zeros_like(leaf[:, :0]) for _ in plan.layers] + [leaf]
    choices: dict[tuple[int, int], Choice] = {}

    def play(block: Block, stage: Stage, following: Array, belief: Array | None, offset: int) -> Array:
        values, choices[block.k, block.place] = replies.play(game, block, stage, following, belief, offset)
        return values

    pairs = [list(zip(*pair, strict=True)) for pair in zip(cut.layers, stages, strict=True)]
    for k in reversed(range(len(plan.layers))):
        for block, stage in pairs[k]:
            if block.place == AFTER:
                after[k] = play(block, stage, after[k + 1], None, cut.offset(k + 1))
    found, fits = hidden.Search((), none, none, none), None
    if cut.inside:
        fits = hidden.belief_map(game, cut, stages, after)
        beliefs, residual, stuck = hidden.search(fits, start, effort)
        found = hidden.Search(beliefs, residual, none + jnp.inf, stuck)
    held, level = list(found.beliefs), leaf
    for k in reversed(range(len(plan.layers))):
        rest = [
            play(block, stage, level, held.pop() if block.place == INSIDE and block.hidden else None, 0)
            for block, stage in reversed(pairs[k])
            if block.place != AFTER
        ]
        level = jnp.concatenate([*reversed(rest), after[k]], axis=1) if rest else after[k]
    if fits is not None and not effort.thorough:
        bound = hidden.slope(fits, [choices[block.k, INSIDE].likely for block in cut.inside])
        found = found._replace(slope=bound)
    return level[: game.powers, cut.root], _behaviour(cut, choices), found


def _behaviour(cut: Blocks, choices: Mapping[tuple[int, int], Choice]) -> Behaviour:
    by_layer = [[choices[block.k, block.place] for block in mine] for mine in cut.layers]

    def flat(name: str) -> tuple[Array, ...]:
        return tuple(cut.flat(k, [getattr(choice, name) for choice in mine]) for k, mine in enumerate(by_layer))

    ties = jnp.sum(jnp.stack([choice.ties for mine in by_layer for choice in mine]), axis=0)
    return Behaviour(flat("likely"), flat("shares"), flat("worth"), ties)


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
    cut = blocks(game.plan)
    by_repeating = hidden.Effort((AGAIN if thorough else 1) * in_tail, False)
    effort = hidden.Effort(in_year, thorough)
    stages = replies.stages(game, cut, last)
    none = jnp.zeros_like(game.regime_change)

    def repeat(carry: tuple[Array, Array, hidden.Start, Quality], counts: Array) -> tuple[Any, None]:
        values, before, start, quality = carry
        new, _, search = back(game, cut, last, stages, values, fading, start, by_repeating)
        new, values = jnp.where(counts, new, values), jnp.where(counts, values, before)
        quality = Quality(*(jnp.where(counts, a, b) for a, b in zip(_worse(quality, search), quality, strict=True)))
        return (new, values, search.beliefs, quality), None

    begin = (zero, zero, hidden.uniform(game, cut), Quality(none, none, none))
    first = FIRST if cut.inside else 0
    counts = jnp.arange(first + game.scenario.tail) >= first
    (end, before, start, quality), _ = jax.lax.scan(repeat, begin, counts)
    movers = np.array(sorted({layer.mover for layer in game.plan.layers} - {CHANCE}))
    change = jnp.abs(end - before)[movers] / game.loss[movers][:, None]
    if thorough:  # the branch is followed anew in the tail's last year: it must lead where repetition had come
        quality = quality._replace(slope=none, stuck=_strayed(game, cut, last, before, fading, start, effort))

    def step(
        carry: tuple[Array, hidden.Start, Quality], now: tuple[dict[str, Array], Cellwise]
    ) -> tuple[tuple[Array, hidden.Start, Quality], tuple[Array, Array, Behaviour]]:
        ahead, start, quality = carry
        given = payoffs(game, game.year(now[0]), now[1])
        values, behaviour, search = back(
            game, cut, given, replies.stages(game, cut, given), ahead, game.patience, start, effort
        )
        return (values, search.beliefs, _worse(quality, search)), (values, ahead, behaviour)

    (_, _, quality), (values, ahead, behaviour) = jax.lax.scan(
        step, (end, start, quality), (slices, found), reverse=True
    )
    return Solved(found, values, ahead, behaviour, jnp.max(change, axis=(0, 1)), quality)


def _strayed(
    game: Game, cut: Blocks, last: Payoffs, before: Array, fading: Array, start: hidden.Start, effort: hidden.Effort
) -> Float[Array, " world"]:
    """1 where the principal branch of the tail's last year is lost, or leads elsewhere than repetition did."""
    if not cut.inside:
        return jnp.zeros_like(game.regime_change)
    _, _, search = back(game, cut, last, replies.stages(game, cut, last), before, fading, start, effort)
    apart = hidden.change(search.beliefs, start) > hidden.JUMP
    return jnp.maximum(search.stuck, apart.astype(search.stuck.dtype))


def _worse(quality: Quality, search: hidden.Search) -> Quality:
    found = (search.residual, search.slope, search.stuck)
    return Quality(*(jnp.maximum(a, b) for a, b in zip(quality, found, strict=True)))
