"""How powers choose: weighted logit or best replies over information sets, block by block (docs/model.md, 10)."""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from twofront.game.blocks import Block, Blocks, total
from twofront.game.build import Game, Types


class Payoffs(NamedTuple):
    """One year's payoffs: at the leaves, and at the edges of each layer that has any; a row for each power and type."""

    leaf: Float[Array, "row leaf world"]
    edge: tuple[Float[Array, "row _ world"] | None, ...]
    settles: tuple[Float[Array, "_ world"], ...]  # by front
    leak: Float[Array, " world"]


class Stage(NamedTuple):
    """What a block needs besides the values that follow it: amounts at its edges, and where its moves start from."""

    lumps: Float[Array, "row move node world"] | None
    start: Float[Array, "move node world"]  # log base weights; of a leak, the probabilities


class Choice(NamedTuple):
    """One block: how likely each move is, and by case of the mover's type, what it is worth to it and how likely."""

    likely: Float[Array, "move node world"]
    shares: Float[Array, "case move node world"]
    worth: Float[Array, "case move node world"]
    ties: Float[Array, " world"]


def stages(game: Game, cut: Blocks, given: Payoffs) -> tuple[tuple[Stage, ...], ...]:
    """What every block of a year needs."""

    def stage(block: Block) -> Stage:
        layer, lumps = game.plan.layers[block.k], given.edge[block.k]
        if layer.kind == "leak":
            start = chance(block, given.leak)
        else:
            start = jnp.where(block.legal[..., None], game.log_weights[block.k][block.edges], -jnp.inf)
        return Stage(None if lumps is None else lumps[:, block.edges], start)

    return tuple(tuple(stage(block) for block in mine) for mine in cut.layers)


def chance(block: Block, leak: Float[Array, " world"]) -> Float[Array, "move node world"]:
    """How likely each outcome of a leak is: nothing to leak, kept secret, leaked."""
    alone = np.sum(block.legal, axis=0) == 1
    table = jnp.stack([jnp.zeros_like(leak), jnp.ones_like(leak), 1 - leak, leak])
    two = 2 + np.arange(len(block.legal))[:, None]
    return table[np.where(block.legal, np.where(alone, 1, two), 0)]


def known(
    block: Block, rows: Float[Array, "*lead move node world"], belief: Float[Array, "node world"] | None
) -> Float[Array, "*lead move node world"]:
    """What the mover expects of each move: the mean over the nodes of its information set, by its belief."""
    if belief is None:
        return rows
    return reduce(
        lambda sum_, j: (
            sum_ + rows[..., block.members[j], :] * jnp.where(block.counted[j][:, None], belief[block.members[j]], 0)
        ),
        range(len(block.members)),
        jnp.zeros_like(rows),
    )


def top(rows: Float[Array, "*lead move node world"]) -> Float[Array, "*lead 1 node world"]:
    """The best of each node's moves."""
    return reduce(jnp.maximum, (rows[..., m : m + 1, :, :] for m in range(rows.shape[-3])))


def logit(drive: Float[Array, "*lead move node world"]) -> tuple[Array, Array]:
    """Probabilities in proportion to exp(drive) over the moves of each node, and their logs."""
    rest = drive - top(drive)
    mass = jnp.exp(rest)
    whole = total(mass)[..., None, :, :]
    return mass / whole, rest - jnp.log(whole)


def best(block: Block, worth: Float[Array, "case move node world"]) -> tuple[Array, Array]:
    """Best replies with ties split evenly; and the number of ties."""
    worth = jnp.where(block.legal[..., None], worth, -jnp.inf)
    share = (worth >= top(worth) - tolerance(worth.dtype)).astype(worth.dtype)
    count = total(share)
    return share / count[..., None, :, :], jnp.sum((count > 1).astype(worth.dtype), axis=(0, 1))


def tolerance(dtype: np.dtype) -> float:
    """Values closer than this (% GDP) count as tied."""
    return 1e-9 if dtype == np.float64 else 1e-5


def by_case(own: Array, term: Array | None, types: Types | None) -> Array:
    """A mover's values under each case of its type; a single case where it has none."""
    if types is None or term is None:
        return own[None]
    cases: Array = own + types.excess[:, None, None] * term
    return cases


def choose(
    game: Game,
    block: Block,
    stage: Stage,
    rows: Float[Array, "row move node world"],
    belief: Float[Array, "node world"] | None,
) -> Choice:
    """One block's behaviour from the values of its moves."""
    layer = game.plan.layers[block.k]
    ties = jnp.zeros_like(game.regime_change)
    if layer.kind == "leak":
        return Choice(stage.start, stage.start[None], stage.start[None], ties)
    typed = game.types_of(layer)
    own = by_case(rows[layer.mover], rows[typed[0]] if typed else None, typed[1] if typed else None)
    worth = known(block, own, belief)
    if game.scenario.concept == "best":
        shares, ties = best(block, worth)
    else:
        shares, _ = logit(worth / game.loss[layer.mover] + stage.start)
    likely = shares[0] if typed is None else jnp.sum(typed[1].prior[:, None, None] * shares, axis=0)
    return Choice(likely, shares, worth, ties)


def play(
    game: Game,
    block: Block,
    stage: Stage,
    following: Float[Array, "row next world"],
    belief: Float[Array, "node world"] | None,
    offset: int = 0,
) -> tuple[Float[Array, "row node world"], Choice]:
    """Values at the nodes of a block, and the behaviour there.

    `following` holds the values of the next layer's nodes but the first `offset` ones.
    """
    layer = game.plan.layers[block.k]
    rows = following[:, block.target - offset]
    if stage.lumps is not None:
        rows = rows + stage.lumps
    choice = choose(game, block, stage, rows, belief)
    values = total(rows * choice.likely)
    typed = game.types_of(layer)
    if typed is not None:  # the owner's term counts more where its own case makes it likelier
        row, types = typed
        tilt = jnp.sum((types.prior * types.excess)[:, None, None] * choice.shares, axis=0)
        mine = (np.arange(len(values)) == layer.mover)[:, None, None]
        values = values + mine * total(tilt * rows[row])
    return values, choice
