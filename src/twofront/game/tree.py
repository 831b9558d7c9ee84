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
from twofront.game.solvers import Solution, solve
from twofront.game.stage import Stage, StageGame


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
    leaf = np.asarray(given.leaf + game.patience[:, None] * left[:, plan.post])[..., 0].astype(float)
    edges = [None if edge is None else np.asarray(edge)[..., 0].astype(float) for edge in given.edge]
    built = _dense(game, state, leaf, edges)
    # A power that never moves has no precision that could matter.
    precision = 1 / np.asarray(game.loss)[:, 0].astype(float)
    solution = solve(built, concept=game.scenario.concept, precision=precision)
    found = [np.asarray(move[t])[:, 0] for move in solved.behaviour.move]
    return YearGame(
        game=built,
        solution=solution,
        certificate=float(np.max(certify(built, solution))),
        difference=_difference(plan, state, solution, found),
        year=year,
        state={front.name: status(plan, k, state[k]) for k, front in enumerate(plan.rules.fronts)},
    )


def status(plan: Plan, front: int, token: int) -> str:
    """A token of a front in words: quiet, the option at which it is open, settled, demonstrated."""
    rule = plan.rules.fronts[front]
    return ("quiet", *rule.options, "settled", "demonstrated")[token]


def _dense(game: Game, state: tuple[int, ...], leaf: np.ndarray, edges: list[np.ndarray | None]) -> StageGame:
    """Payoffs and legality on the full axes of moves; illegal profiles keep zero payoffs."""
    plan = game.plan
    sizes = tuple(len(layer.moves) for layer in plan.layers)
    payoffs = np.zeros((len(plan.rules.powers), *sizes))
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
    names = [layer.name for layer in plan.layers]
    stages = [Stage(layer.name, plan.rules.powers[layer.mover], layer.moves) for layer in plan.layers]
    return StageGame(
        players=plan.rules.powers,
        stages=tuple(stages),
        payoffs=payoffs,
        legal=dict(zip(names, legal, strict=True)),
        weights=dict(zip(names, weights, strict=True)),
    )


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


def _difference(plan: Plan, state: tuple[int, ...], solution: Solution, found: list[np.ndarray]) -> float:
    """Largest distance between the public solver's behaviour and the sweep's at every node of the tree."""
    worst = 0.0
    for moves, path in _paths(plan, state):
        for k, edge in enumerate(path[:-1]):
            public = float(np.asarray(solution.behaviour[plan.layers[k].name])[moves[: k + 1]])
            worst = max(worst, abs(public - float(found[k][edge])))
    return worst


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
        legal = np.asarray(game.legal[stage.name])[moves]
        options = [m for m in range(len(stage.moves)) if legal[m]]
        if len(options) == 1:  # a stage without a choice is not worth a line
            nodes.pop()
            grow(k + 1, (*moves, options[0]), parent, label, reach)
            return
        worth = np.asarray(solution.node_values[stage.name])[game.players.index(stage.mover)][moves]
        best = max(worth[m] for m in options)
        weight = np.asarray(game.weights[stage.name])[moves]
        node |= {"stage": stage.name, "mover": stage.mover}
        node["moves"] = [
            {
                "move": stage.moves[m],
                "probability": float(likely[m]),
                "weight": float(weight[m]),
                "value_mover": float(worth[m]),
                "best": bool(worth[m] >= best - 1e-9),
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
