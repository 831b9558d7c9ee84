"""One year of one world as a stage game and as a readable tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from twofront.errors import GameError
from twofront.game import years
from twofront.game.build import Game
from twofront.game.certificate import certify
from twofront.game.plan import Plan
from twofront.game.rules import CHANCE
from twofront.game.solvers import Solution, solve
from twofront.game.stage import NATURE, Stage, StageGame


@dataclass(frozen=True)
class YearGame:
    """The stage game of one year from one state, its solution by the public solver, and what identifies it."""

    game: StageGame
    solution: Solution
    certificate: float
    difference: float  # largest distance to the behaviour found in the sweep
    year: int
    state: dict[str, str]


def year_game(game: Game, year: int, state: tuple[int, ...] | None = None) -> YearGame:
    """The stage game of a year in the first world of a tile, from today's state unless another is given."""
    if year not in game.years:
        raise GameError(
            f"year {year} is outside the scenario, which runs {game.years[0]} to {game.years[-1]}; choose one of these"
        )
    plan, t = game.plan, list(game.years).index(year)
    state = plan.states[plan.initial] if state is None else state
    solved = years.look_ahead(game)
    now = {key: rows[t] for key, rows in game.slices().items()}
    figures = jax.tree.map(lambda rows: rows[t], solved.payoffs)
    given = years.payoffs(game, game.year(now), figures)
    left = years.expected(plan, given.settles, solved.ahead[t])
    ahead = game.patience[:, None] * left[:, plan.post]
    leaf = np.asarray(given.leaf.at[: game.powers].add(ahead))[..., 0].astype(float)
    edges = [None if edge is None else np.asarray(edge)[..., 0].astype(float) for edge in given.edge]
    built = _dense(game, state, leaf, edges, float(given.leak[0]))
    # A power that never moves has no precision that could matter; best replies have none at all.
    precision = 1 / np.asarray(game.loss)[:, 0].astype(float) if game.scenario.concept == "logit" else None
    solution = solve(built, concept=game.scenario.concept, precision=precision)
    found = [np.asarray(move[t])[:, 0] for move in solved.behaviour.move]
    return YearGame(
        game=built,
        solution=solution,
        certificate=float(np.max(certify(built, solution))),
        difference=_difference(game, state, built, solution, found),
        year=year,
        state={front.name: status(plan, k, state[k]) for k, front in enumerate(plan.rules.fronts)},
    )


def status(plan: Plan, front: int, token: int) -> str:
    """A token of a front in words: quiet, the option at which it is open, settled, demonstrated."""
    rule = plan.rules.fronts[front]
    return ("quiet", *rule.options, "settled", "demonstrated")[token]


def _axes(plan: Plan) -> list[tuple[str, int]]:
    """The stages of the dense game in order: ("type", j) before the stage of its owner, and ("layer", k)."""
    result = []
    for k, layer in enumerate(plan.layers):
        result += [("type", j) for j, rule in enumerate(plan.rules.types) if rule.power == layer.mover]
        result.append(("layer", k))
    return result


def _stages(plan: Plan) -> list[Stage]:
    """The stages by name: who moves, and what of the earlier ones it sees."""
    stages: list[Stage] = []
    # A type scales its owner's payoffs alone: where every move is seen, all may see it too, and no beliefs are needed.
    open_types = not any(plan.rules.unseen)
    for kind, number in _axes(plan):
        if kind == "type":
            stages.append(Stage(plan.rules.types[number].name, NATURE, plan.rules.types[number].cases))
            continue
        layer = plan.layers[number]
        if layer.mover == CHANCE:
            stages.append(Stage(layer.name, NATURE, layer.moves))
            continue
        seen = [earlier.name for k, earlier in enumerate(plan.layers[:number]) if k not in plan.rules.unseen[number]]
        own = [rule.name for rule in plan.rules.types if rule.power == layer.mover]
        sees = None if open_types else [*seen, *own]
        stages.append(Stage(layer.name, plan.rules.powers[layer.mover], layer.moves, sees))
    return stages


def _dense(
    game: Game, state: tuple[int, ...], leaf: np.ndarray, edges: list[np.ndarray | None], leak: float
) -> StageGame:
    """Payoffs and legality on the full axes of moves; illegal profiles keep zero payoffs."""
    plan = game.plan
    sizes = tuple(len(layer.moves) for layer in plan.layers)
    payoffs = np.zeros((len(leaf), *sizes))
    legal = [np.zeros(sizes[: k + 1], bool) for k in range(len(sizes))]
    weights = [np.zeros(sizes[: k + 1]) for k in range(len(sizes))]
    for moves, path in _paths(plan, state):
        total = leaf[:, path[-1]]
        for k, edge in enumerate(path[:-1]):
            legal[k][moves[: k + 1]] = True
            weights[k][moves[: k + 1]] = np.exp(float(np.asarray(game.log_weights[k])[edge, 0]))
            rows = edges[k]
            total = total if rows is None else total + rows[:, edge]
        payoffs.reshape(len(payoffs), -1)[:, np.ravel_multi_index(moves, sizes)] = total
    chance = {}
    for j, rule in enumerate(plan.rules.types):
        chance[rule.name] = np.asarray(game.types[j].prior)[:, 0].astype(float)
        chance[rule.name] = chance[rule.name] / chance[rule.name].sum()
    for k, layer in enumerate(plan.layers):
        if layer.mover == CHANCE:
            both = legal[k].all(axis=-1, keepdims=True)
            likely = np.where(both, [1 - leak, leak], [1.0, 0.0])
            chance[layer.name] = _widened(plan, likely, k)
    players = [k for k, layer in enumerate(plan.layers) if layer.mover != CHANCE]
    return StageGame(
        players=plan.rules.powers,
        stages=tuple(_stages(plan)),
        payoffs=_typed(game, payoffs),
        legal={plan.layers[k].name: _widened(plan, legal[k], k) for k in players},
        chance=chance,
        weights={plan.layers[k].name: _widened(plan, weights[k], k) for k in players},
    )


def _widened(plan: Plan, table: np.ndarray, k: int) -> np.ndarray:
    """A table on the moves up to stage k with an axis of size 1 for every type drawn before it."""
    places = [i for i, (kind, _) in enumerate(_axes(plan)) if kind == "type"]
    upto = _axes(plan).index(("layer", k))
    for place in [i for i in places if i < upto]:
        table = np.expand_dims(table, place)
    return table


def _typed(game: Game, payoffs: np.ndarray) -> np.ndarray:
    """Payoffs of the powers on all axes, those of types included: each type scales its owner's term."""
    plan, powers = game.plan, game.powers
    terms, payoffs = payoffs[powers:], payoffs[:powers]
    places = [(i, number) for i, (kind, number) in enumerate(_axes(plan)) if kind == "type"]
    for place, _ in places:
        terms = np.expand_dims(terms, place + 1)
        payoffs = np.expand_dims(payoffs, place + 1)
    for place, j in places:
        excess = np.asarray(game.types[j].excess)[:, 0].astype(float)
        shape = [1] * terms[0].ndim
        shape[place] = len(excess)
        payoffs = np.repeat(payoffs, len(excess), axis=place + 1)
        extra = np.broadcast_to(terms[j] * excess.reshape(shape), payoffs.shape[1:])
        payoffs[plan.rules.types[j].power] += extra
    return payoffs


def _paths(plan: Plan, state: tuple[int, ...]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Every legal profile of moves from a state, with the edges it uses and its leaf."""
    edge_of = [
        {(node, move): edge for edge, (node, move) in enumerate(zip(layer.node, layer.move, strict=True))}
        for layer in plan.layers
    ]
    paths: list[tuple[tuple[int, ...], tuple[int, ...]]] = []

    def follow(k: int, node: int, moves: tuple[int, ...], edges: tuple[int, ...]) -> None:
        if k == len(plan.layers):
            paths.append((moves, (*edges, node)))
            return
        layer = plan.layers[k]
        for move in range(len(layer.moves)):
            edge = edge_of[k].get((node, move))
            if edge is not None:
                follow(k + 1, int(layer.target[edge]), (*moves, move), (*edges, edge))

    follow(0, int(plan.root[plan.states.index(state)]), (), ())
    return paths


def _difference(
    game: Game, state: tuple[int, ...], built: StageGame, solution: Solution, found: list[np.ndarray]
) -> float:
    """Largest distance between the public solver's behaviour and the sweep's at every node of the tree."""
    plan, worst = game.plan, 0.0
    averaged = {
        k: _averaged(game, np.asarray(solution.behaviour[layer.name]), k) for k, layer in enumerate(plan.layers)
    }
    for moves, path in _paths(plan, state):
        for k, edge in enumerate(path[:-1]):
            worst = max(worst, abs(float(averaged[k][moves[: k + 1]]) - float(found[k][edge])))
    return worst


def _averaged(game: Game, behaviour: np.ndarray, k: int) -> np.ndarray:
    """Behaviour of a stage with the types drawn before it averaged out."""
    axes = _axes(game.plan)
    before = [(i, j) for i, (kind, j) in enumerate(axes[: axes.index(("layer", k))]) if kind == "type"]
    for place, j in reversed(before):
        behaviour = np.tensordot(behaviour, np.asarray(game.types[j].prior)[:, 0].astype(float), axes=(place, 0))
    return behaviour


def _at(game: StageGame, table: Any, k: int, moves: tuple[int, ...]) -> np.ndarray:
    """A table of stage k at the moves before it."""
    chosen: np.ndarray = np.broadcast_to(np.asarray(table), game.moves[: k + 1])[moves]
    return chosen


def tree(found: YearGame, world: int, policy: str) -> dict[str, Any]:
    """The solved year as nodes for report and terminal: what is likely, what each move is worth to its mover."""
    game, solution = found.game, found.solution
    nodes: list[dict[str, Any]] = []

    def grow(k: int, moves: tuple[int, ...], parent: int | None, label: str | None, reach: float) -> None:
        node: dict[str, Any] = {"id": len(nodes), "parent": parent, "move": label, "reach": reach}
        nodes.append(node)
        if k == len(game.stages):
            node |= {
                "stage": None,
                "payoffs": {p: float(game.payoffs[(i, *moves)]) for i, p in enumerate(game.players)},
            }
            return
        stage = game.stages[k]
        likely = np.asarray(solution.behaviour[stage.name])[moves]
        chance = stage.mover == NATURE
        legal = _at(game, (game.chance if chance else game.legal)[stage.name], k, moves)
        options = [m for m in range(len(stage.moves)) if legal[m] > 0]
        if len(options) == 1:  # a stage without a choice is not worth a line
            nodes.pop()
            grow(k + 1, (*moves, options[0]), parent, label, reach)
            return
        node_values = np.asarray(solution.node_values[stage.name])
        worth = node_values[0 if chance else game.players.index(stage.mover)][moves]
        best = max(worth[m] for m in options)
        weight = legal if chance else _at(game, game.weights[stage.name], k, moves)
        node |= {"stage": stage.name, "mover": stage.mover}
        node["moves"] = [
            {
                "move": stage.moves[m],
                "probability": float(likely[m]),
                "weight": float(weight[m]),
                "value_mover": float(worth[m]),
                "best": not chance and bool(worth[m] >= best - 1e-9),
            }
            for m in options
        ]
        for m in options:
            grow(k + 1, (*moves, m), node["id"], stage.moves[m], reach * float(likely[m]))

    grow(0, (), None, None, 1.0)
    return {
        "year": found.year,
        "world": world,
        "policy": policy,
        "state": found.state,
        "stages": [{"name": s.name, "mover": s.mover} for s in game.stages],
        "certificate": found.certificate,
        "difference": found.difference,
        "nodes": nodes,
    }
