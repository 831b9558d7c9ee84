"""The certificate of solved years, by code that shares nothing with the solver (docs/model.md, 12).

Values are what the behaviour itself earns when it is followed; beliefs follow from it by Bayes' rule. The certificate
is the largest distance between a move's probability and the weighted logit of those values, for best replies what a
move that is made falls short of the best (% GDP).
"""

from __future__ import annotations

from itertools import product

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from twofront.game.build import Game
from twofront.game.plan import Layer, Plan
from twofront.game.replies import Payoffs
from twofront.game.years import Behaviour


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


def _reach(plan: Plan, likely: list[Array]) -> list[Array]:
    """Logs of the probabilities that lead to each node from where something hidden began; 0 elsewhere."""
    levels = [jnp.zeros((len(plan.layers[0].nodes), likely[0].shape[-1]), likely[0].dtype)]
    for k, layer in enumerate(plan.layers[:-1]):
        following = plan.layers[k + 1].nodes
        came = {int(target): edge for edge, target in enumerate(layer.target)}
        arrived = levels[-1][layer.node] + likely[k]
        way = arrived[np.array([came[n] for n in range(len(following))])]
        inside = np.array([node.anchor is not None for node in following])[:, None]
        levels.append(jnp.where(inside, way, 0.0))
    return levels


def _mean(layer: Layer, rows: Float[Array, "edge world"], reach: Float[Array, "node world"]) -> Array:
    """The mean over each information set by Bayes' rule, given back to every node's edges."""
    if not layer.hidden:
        return rows
    members = [np.flatnonzero(layer.sets == number) for number in layer.sets]  # by node: those it stands with
    edge_at = {
        (int(node), int(move)): edge for edge, (node, move) in enumerate(zip(layer.node, layer.move, strict=True))
    }
    width = max(len(nodes) for nodes in members)
    total, weights = jnp.zeros_like(rows), jnp.zeros_like(reach)
    top = jnp.max(reach[np.array([np.resize(nodes, width) for nodes in members])], axis=1)
    for j in range(width):  # the j-th node of each set, counted once
        there = np.array([j < len(nodes) for nodes in members])[:, None]
        node = np.array([nodes[min(j, len(nodes) - 1)] for nodes in members])
        weight = jnp.exp(reach[node] - top) * there
        edges = np.array([edge_at[int(node[n]), int(m)] for n, m in zip(layer.node, layer.move, strict=True)])
        total, weights = total + weight[layer.node] * rows[edges], weights + weight
    return total / weights[layer.node]


def _log_logit(layer: Layer, drive: Float[Array, "edge world"]) -> Float[Array, "edge world"]:
    top = _tops(layer, drive)[layer.node]
    return drive - top - jnp.log(_sums(layer, jnp.exp(drive - top)))[layer.node]


def _tops(layer: Layer, rows: Float[Array, "edge world"]) -> Float[Array, "node world"]:
    width, table = max(np.bincount(layer.node)), []
    for node in range(len(layer.nodes)):
        edges = np.flatnonzero(layer.node == node)
        table.append(np.resize(edges, width))
    return jnp.max(rows[np.stack(table)], axis=1)


def _leaking(layer: Layer, leak: Float[Array, " world"]) -> Float[Array, "edge world"]:
    """Probabilities on the edges of a leak: 1 where there is nothing to leak."""
    two = (np.bincount(layer.node)[layer.node] == 2)[:, None]
    told = (layer.move == 1)[:, None]
    return jnp.where(two, jnp.where(told, leak, 1 - leak), jnp.ones_like(leak))


def audit(game: Game, given: Payoffs, ahead: Array, found: Behaviour) -> Float[Array, " world"]:
    """The certificate of one year in every world: beliefs follow from the behaviour that its own values demand."""
    plan, powers = game.plan, game.powers
    ending = given.leaf[:powers] + game.patience[:, None] * _left(plan, given, ahead)[:, plan.post]
    values = jnp.concatenate([ending, given.leaf[powers:]])
    own: list[Array] = [jnp.zeros(0)] * len(plan.layers)  # by layer: [case, edge, world], nodes still told apart
    for k in range(len(plan.layers) - 1, -1, -1):
        layer, edge, typed = plan.layers[k], given.edge[k], game.types_of(plan.layers[k])
        worth = values[:, layer.target] if edge is None else values[:, layer.target] + edge
        likely = _leaking(layer, given.leak) if layer.kind == "leak" else found.move[k]
        own[k] = worth[layer.mover][None]
        values = _sums(layer, worth * likely)
        if typed is not None:
            row, types = typed
            own[k] = worth[layer.mover] + types.excess[:, None] * worth[row]
            mine = jnp.sum(types.prior[:, None] * found.shares[k] * own[k], axis=0)
            values = values.at[layer.mover].set(_sums(layer, mine))
    return _compared(game, given, found, own)


def _compared(game: Game, given: Payoffs, found: Behaviour, own: list[Array]) -> Float[Array, " world"]:
    """Largest distance between behaviour and what its values demand, layer by layer from the first."""
    plan, worst, demanded = game.plan, jnp.zeros_like(game.regime_change), []
    for k, layer in enumerate(plan.layers):
        if layer.kind == "leak":
            likely = _leaking(layer, given.leak)
            worst = jnp.maximum(worst, jnp.max(jnp.abs(found.move[k] - likely), axis=0))
            demanded.append(jnp.log(likely))
            continue
        reach = _reach(plan, [*demanded, *found.move[k:]])[k]
        typed, logs = game.types_of(layer), []
        for case, values in enumerate(own[k]):
            expected = _mean(layer, values, reach)
            if game.scenario.concept == "best":
                ahead_of = _tops(layer, expected)[layer.node] - expected
                worst = jnp.maximum(worst, jnp.max(ahead_of * (found.shares[k][case] > 0), axis=0))
                logs.append(jnp.zeros_like(expected))
                continue
            wanted = _log_logit(layer, expected / game.loss[layer.mover] + game.log_weights[k])
            worst = jnp.maximum(worst, jnp.max(jnp.abs(found.shares[k][case] - jnp.exp(wanted)), axis=0))
            logs.append(wanted)
        mixed = [log + jnp.log(typed[1].prior[case]) for case, log in enumerate(logs)] if typed else logs
        demanded.append(jnp.logaddexp.reduce(jnp.stack(mixed)) if typed else logs[0])
    return worst
