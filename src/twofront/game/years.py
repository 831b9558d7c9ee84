"""Looking ahead through the years, the tail, and the forward pass (docs/model.md, 10 to 12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from twofront.game.build import Game
from twofront.game.payoffs import Cellwise, Year, both_sides, cellwise, leaf_payoffs
from twofront.game.plan import Layer, Plan


class Payoffs(NamedTuple):
    """One year's payoffs: at the leaves, and at the edges of each layer that has any."""

    leaf: Float[Array, "power leaf world"]
    edge: tuple[Float[Array, "power _ world"] | None, ...]
    settles: tuple[Float[Array, "_ world"], ...]  # by front


class Behaviour(NamedTuple):
    """One year's solution: how likely each move is at its node, and what it is worth to the mover."""

    move: tuple[Float[Array, "_ world"], ...]
    worth: tuple[Float[Array, "_ world"], ...]
    ties: Float[Array, " world"]


def payoffs(game: Game, year: Year, found: Cellwise) -> Payoffs:
    """Payoffs of one year, spread over the leaves."""
    return Payoffs(leaf_payoffs(year, found), found.edge, settles(game))


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


def grouped(layer: Layer, rows: Float[Array, "*lead edge world"]) -> list[Float[Array, "*lead node move world"]]:
    """The edges of a layer as blocks of nodes with equally many moves."""
    blocks, at = [], 0
    for nodes, moves in layer.groups:
        block = rows[..., at : at + nodes * moves, :]
        blocks.append(block.reshape(*rows.shape[:-2], nodes, moves, rows.shape[-1]))
        at += nodes * moves
    return blocks


def choose(game: Game, k: int, worth: Float[Array, "edge world"]) -> tuple[Array, Array]:
    """How likely each move is: weighted logit, or best replies with ties split evenly; and the number of ties."""
    layer = game.plan.layers[k]
    best = game.scenario.concept == "best"
    drive = worth if best else worth / game.loss[layer.mover] + game.log_weights[k]
    blocks, ties = [], jnp.zeros_like(worth[0])
    for block in grouped(layer, drive):
        nodes, moves = block.shape[:2]
        if moves == 1:
            blocks.append(jnp.ones((nodes, block.shape[-1]), worth.dtype))
            continue
        top = jnp.max(block, axis=1, keepdims=True)
        if best:
            share = (block >= top - tolerance(worth.dtype)).astype(worth.dtype)
            ties = ties + jnp.sum(jnp.sum(share, axis=1) > 1, axis=0)
        else:
            share = jnp.exp(block - top)
        share = share / jnp.sum(share, axis=1, keepdims=True)
        blocks.append(share.reshape(nodes * moves, block.shape[-1]))
    return jnp.concatenate(blocks), ties


def tolerance(dtype: np.dtype) -> float:
    """Values closer than this (% GDP) count as tied."""
    return 1e-9 if dtype == np.float64 else 1e-5


def back(
    game: Game, given: Payoffs, ahead: Float[Array, "power state world"], patience: Array
) -> tuple[Array, Behaviour]:
    """Solves one year from the values of the next: exact, stage by stage from the last move."""
    left = expected(game.plan, given.settles, ahead)
    values = given.leaf + patience[:, None] * left[:, game.plan.post]
    moves: list[Array] = []
    worths: list[Array] = []
    ties = jnp.zeros_like(game.regime_change)
    for k in reversed(range(len(game.plan.layers))):
        layer = game.plan.layers[k]
        edges = values[:, layer.target]
        lumps = given.edge[k]
        if lumps is not None:
            edges = edges + lumps
        likely, tied = choose(game, k, edges[layer.mover])
        ties = ties + tied
        weighted = grouped(layer, edges * likely)
        values = jnp.concatenate([jnp.sum(block, axis=-2) for block in weighted], axis=1)
        moves.insert(0, likely)
        worths.insert(0, edges[layer.mover])
    return values[:, game.plan.root], Behaviour(tuple(moves), tuple(worths), ties)


@dataclass(frozen=True)
class Solved:
    """All years of one tile of worlds: payoffs, values at each start of year, behaviour in each year (year first)."""

    payoffs: Cellwise
    values: Float[Array, "year power state world"]
    ahead: Float[Array, "year power state world"]
    behaviour: Behaviour
    tail_move: Float[Array, " world"]


def look_ahead(game: Game) -> Solved:
    """Backward through the tail and the years; the tail repeats the last year's conditions a fixed number of times."""
    slices, found = game.slices(), every_year(game)
    powers, states = len(game.plan.rules.powers), len(game.plan.states)
    zero = jnp.zeros((powers, states, *game.regime_change.shape), game.loss.dtype)
    final, figures = jax.tree.map(lambda rows: rows[-1], (slices, found))
    last = payoffs(game, game.year(final), figures)
    fading = game.patience * (1 - game.regime_change)

    def repeat(carry: tuple[Array, Array], _: None) -> tuple[tuple[Array, Array], None]:
        values, _before = carry
        return (back(game, last, values, fading)[0], values), None

    (end, before), _ = jax.lax.scan(repeat, (zero, zero), None, length=game.scenario.tail)
    movers = np.array(sorted({layer.mover for layer in game.plan.layers}))
    change = jnp.abs(end - before)[movers] / game.loss[movers][:, None]

    def step(ahead: Array, now: tuple[dict[str, Array], Cellwise]) -> tuple[Array, tuple[Array, Array, Behaviour]]:
        given = payoffs(game, game.year(now[0]), now[1])
        values, behaviour = back(game, given, ahead, game.patience)
        return values, (values, ahead, behaviour)

    _, (values, ahead, behaviour) = jax.lax.scan(step, end, (slices, found), reverse=True)
    return Solved(found, values, ahead, behaviour, jnp.max(change, axis=(0, 1)))
