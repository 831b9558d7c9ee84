"""The slow twin of one world: years, tree, tail, forward pass and outcomes, in plain Python floats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twofront.scenario.schema import Scenario

from .twin_beliefs import Game, play
from .twin_outcomes import Behaviour, Mass, Outcomes, forward, outcomes, start_state
from .twin_rules import State
from .twin_tree import Tree, Values, discounts
from .twin_years import Past, Series, Years, live


@dataclass(frozen=True)
class Result:
    """One world, solved.

    `world[name][power or front][k]` are the series of the years; `values[year][state][power]` the values at
    the start of a year; `behaviour[year][state][moves]` the node reached by `moves` (those of chance included),
    with its `chances` (π), what its mover knows, its `belief` in the node, and `worth` (Q).
    """

    world: dict[str, Series]
    values: dict[int, dict[State, Values]]
    behaviour: Behaviour
    masses: list[Mass]
    outcomes: Outcomes


def movers(scenario: Scenario) -> list[str]:
    """Powers that move at some stage."""
    challengers = {front.challenger for front in scenario.fronts.values()}
    return [i for i, power in scenario.powers.items() if i in challengers or power.postures]


def solve_tail(years: Years) -> tuple[dict[State, Values], float]:
    """Values of every state in the year after `end`, and how far the last iteration still moved them."""
    scenario, figures = years.scenario, years.figures
    tree = Tree(years, scenario.end)
    discount = discounts(figures, list(scenario.powers), 1.0 - figures.get("regime_change"))
    games = {state: Game(tree, state) for state in tree.states()}
    later = {state: dict.fromkeys(scenario.powers, 0.0) for state in games}
    moved = 0.0
    for _ in range(scenario.tail):
        now = {state: play(game, later, discount)[()].values for state, game in games.items()}
        moved = max(
            abs(now[state][i] - later[state][i]) / figures.get(f"powers.{i}.precision_loss")
            for state in now
            for i in movers(scenario)
        )
        later = now
    return later, moved


def solve_world(
    scenario: Scenario,
    members: Mapping[str, Sequence[Any]],
    values: Mapping[str, float],
    past: Past,
) -> Result:
    """Solve one world.

    Arguments: the scenario; the members of each group by power id; the value of each figure by path, in its
    kind's unit (a path through the years has one entry for each knot, "….2030"); `past(code, first, last)`,
    the published spending of years first to last (bn USD2024).
    """
    years = live(scenario, members, values, past)
    later, tail_move = solve_tail(years)
    trees = [Tree(years, year) for year in range(scenario.start, scenario.end + 1)]
    discount = discounts(years.figures, list(scenario.powers))
    worth: dict[int, dict[State, Values]] = {}
    behaviour: Behaviour = {}
    for tree in reversed(trees):
        behaviour[tree.year] = {state: play(Game(tree, state), later, discount) for state in tree.states()}
        later = {state: nodes[()].values for state, nodes in behaviour[tree.year].items()}
        worth[tree.year] = later
    masses = forward(trees, behaviour)
    out = outcomes(trees, behaviour, masses)
    out.value = dict(worth[scenario.start][start_state(trees[0])])
    out.tail_move = tail_move
    return Result(years.table(), worth, behaviour, masses, out)
