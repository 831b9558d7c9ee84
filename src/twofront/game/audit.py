"""The certificate of solved years, by code that shares nothing with the solver (docs/model.md, 12).

Values are what the behaviour itself earns when it is followed; the certificate is the largest distance between a move's
probability and the weighted logit of those values, or for best replies what a single deviation would gain (% GDP).
"""

from __future__ import annotations

from itertools import product

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from twofront.game.build import Game
from twofront.game.plan import Layer, Plan
from twofront.game.years import Behaviour, Payoffs

STEEP = 80.0  # exponents beyond this are cut: they belong to answers that are wrong anyway


def successors(plan: Plan) -> list[list[tuple[int, list[tuple[int, int, bool]]]]]:
    """For each state left behind: the states it may become, each with (front, option, settled?) of its open fronts."""
    place = {state: k for k, state in enumerate(plan.states)}
    result = []
    for state in plan.states:
        open_ = [k for k, front in enumerate(plan.rules.fronts) if front.is_open(state[k])]
        cases = []
        for done in product((False, True), repeat=len(open_)):
            after = list(state)
            for k, ends in zip(open_, done, strict=True):
                after[k] = plan.rules.fronts[k].settled if ends else state[k]
            cases.append((place[tuple(after)], [(k, state[k] - 1, ends) for k, ends in zip(open_, done, strict=True)]))
        result.append(cases)
    return result


def _left(plan: Plan, given: Payoffs, ahead: Float[Array, "power state world"]) -> Float[Array, "power state world"]:
    """Expected value of each state left behind, by listing what it may become."""
    rows = []
    for cases in successors(plan):
        total = jnp.zeros_like(ahead[:, 0])
        for reached, events in cases:
            chance = jnp.ones_like(ahead[0, 0])
            for front, option, ends in events:
                rate = given.settles[front][option]
                chance = chance * (rate if ends else 1 - rate)
            total = total + chance * ahead[:, reached]
        rows.append(total)
    return jnp.stack(rows, axis=1)


def _sums(layer: Layer, rows: Float[Array, "*lead edge world"]) -> Float[Array, "*lead node world"]:
    """Sums over the moves of each node, by a table of edges."""
    width = max(np.bincount(layer.node))
    table = np.full((len(layer.nodes), width), len(layer.node), np.int32)
    for edge, node in enumerate(layer.node):
        table[node, np.sum(layer.node[:edge] == node)] = edge
    padded = jnp.concatenate([rows, jnp.zeros_like(rows[..., :1, :])], axis=-2)
    total = padded[..., table[:, 0], :]
    for column in range(1, width):
        total = total + padded[..., table[:, column], :]
    return total


def audit(game: Game, given: Payoffs, ahead: Array, found: Behaviour) -> Float[Array, " world"]:
    """The certificate of one year in every world."""
    plan, worst = game.plan, jnp.zeros_like(game.regime_change)
    values = given.leaf + game.patience[:, None] * _left(plan, given, ahead)[:, plan.post]
    for k in range(len(plan.layers) - 1, -1, -1):
        layer, likely, edge = plan.layers[k], found.move[k], given.edge[k]
        worth = values[:, layer.target] if edge is None else values[:, layer.target] + edge
        values = _sums(layer, worth * likely)
        ahead_of_mean = worth[layer.mover] - values[layer.mover][layer.node]
        if game.scenario.concept == "best":
            worst = jnp.maximum(worst, jnp.max(ahead_of_mean, axis=0))
            continue
        weight = jnp.exp(jnp.clip(ahead_of_mean / game.loss[layer.mover] + game.log_weights[k], -jnp.inf, STEEP))
        wanted = weight / _sums(layer, weight)[layer.node]
        worst = jnp.maximum(worst, jnp.max(jnp.abs(likely - wanted), axis=0))
    return worst
