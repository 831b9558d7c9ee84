"""The twin where something is hidden: what must hold in any world."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from twofront.scenario.schema import PrivateType

from .parts import private_type
from .shapes import SHAPES, Shape, random_values
from .twin import Result, solve_world
from .twin_rules import HOLD, LEAK, TYPES, Moves, Rules, State
from .twin_tree import Tree
from .twin_years import live

HIDDEN = [("hidden", 0), ("before", 0), ("before", 2), ("unseen", 0), ("unseen", 2)]


@pytest.fixture(scope="module", params=HIDDEN, ids=lambda case: f"{case[0]}-{case[1]}")
def solved(request: pytest.FixtureRequest) -> tuple[Shape, dict[str, float], Result]:
    """A shape with something hidden and random figures, solved once."""
    name, seed = request.param
    shape = SHAPES[name]()
    values = random_values(shape, random.Random(seed))
    return shape, values, solve_world(shape.scenario, shape.members, values, shape.past)


def test_a_set_chooses_alike_and_its_beliefs_are_bayes(solved: tuple[Shape, dict[str, float], Result]) -> None:
    """Nodes in which the mover knows the same choose the same; beliefs are shares of the reach, worked out anew."""
    sizes = []
    for states in solved[2].behaviour.values():
        for nodes in states.values():
            sets: dict[Any, list[tuple[Any, float]]] = {}
            for moves, node in nodes.items():
                if node.mover != "chance":
                    reach = math.prod(nodes[moves[:k]].chances[moves[k]] for k in range(len(moves)))
                    sets.setdefault((node.stage, node.known), []).append((node, reach))
            for members in sets.values():
                whole = sum(reach for _, reach in members)
                sizes.append(len(members))
                assert math.isclose(sum(node.belief for node, _ in members), 1.0, rel_tol=1e-12)
                for node, reach in members:
                    assert node.chances == members[0][0].chances
                    assert math.isclose(node.belief, reach / whole, rel_tol=1e-10, abs_tol=1e-12)
    assert max(sizes) > 1


def test_choices_are_the_weighted_logit_of_expected_values(solved: tuple[Shape, dict[str, float], Result]) -> None:
    """π ∝ w·exp(Q/μ), Q the mean of the nodes' values of a move under the beliefs: all sets, all years but the last."""
    shape, values, result = solved
    years = live(shape.scenario, shape.members, values, shape.past)
    for year in range(shape.scenario.start, shape.scenario.end):
        tree = Tree(years, year)
        for state, nodes in result.behaviour[year].items():
            worth: dict[Any, dict[str, float]] = {}
            for moves, node in nodes.items():
                if node.mover == "chance":
                    continue
                table = worth.setdefault((node.stage, node.known), dict.fromkeys(node.chances, 0.0))
                for move in node.chances:
                    table[move] += node.belief * value_of(tree, result, state, (*moves, move), node.mover)
            for moves, node in nodes.items():
                if node.mover == "chance":
                    continue
                weights = tree.weights(state, moves)
                precision = years.figures.get(f"powers.{node.mover}.precision_loss")
                table = worth[node.stage, node.known]
                mass = {move: weights[move] * math.exp(q / precision) for move, q in table.items()}
                expected = {move: part / sum(mass.values()) for move, part in mass.items()}
                assert node.chances == pytest.approx(expected, abs=1e-10)


def value_of(tree: Tree, result: Result, state: State, moves: Moves, power: str) -> float:
    """What a node, or the end of the year, is worth to a power."""
    nodes = result.behaviour[tree.year][state]
    if moves in nodes:
        return nodes[moves].values[power]
    leaf, patience = tree.leaf(state, moves), tree.figures.get(f"powers.{power}.patience")
    later = result.values[tree.year + 1]
    return leaf.pays[power] + patience * sum(chance * later[after][power] for after, chance in leaf.follows)


def test_parts_and_answers_sum_up(solved: tuple[Shape, dict[str, float], Result]) -> None:
    out = solved[2].outcomes
    parts = out.coincident + out.opportunistic + out.coordinated
    assert math.isclose(parts, out.two_fronts, rel_tol=1e-9, abs_tol=1e-15)
    assert math.isclose(sum(out.first.values()), out.two_fronts, rel_tol=1e-9, abs_tol=1e-15)
    if solved[0].scenario.partnership is not None:
        assert math.isclose(out.accepted + out.half + out.refused, 1.0, rel_tol=1e-9)
    for mass in solved[2].masses:
        assert math.isclose(sum(mass.values()), 1.0, rel_tol=1e-12)


def short(name: str, **changes: Any) -> Shape:
    """A shape of two years and a short tail, with other fields of its scenario."""
    shape = SHAPES[name]()
    changed = {"end": shape.scenario.start + 1, "tail": 1, **changes}
    return Shape(shape.scenario.model_copy(update=changed), shape.members)


def assert_same(one: Result, other: Result) -> None:
    """Outcomes and values agree."""
    for name, here in vars(one.outcomes).items():
        assert vars(other.outcomes)[name] == pytest.approx(here, abs=1e-10, nan_ok=True), name
    for year, states in one.values.items():
        for state, values in states.items():
            assert other.values[year][state] == pytest.approx(values, abs=1e-9)


@pytest.mark.parametrize("name", ["hidden", "before"])
def test_a_call_that_always_leaks_is_a_call_that_is_seen(name: str) -> None:
    shape = short(name, types={})
    order = shape.scenario.order
    values = random_values(shape, random.Random(1)) | {"partnership.leak": 1.0, "partnership.secrecy": 0.0}
    seen = shape.scenario.model_copy(update={"sees": {"usa": order[: order.index("usa")]}})
    result = solve_world(shape.scenario, shape.members, values, shape.past)
    assert_same(result, solve_world(seen, shape.members, values, shape.past))


def test_types_whose_factors_are_one_change_nothing() -> None:
    shape = short("hidden")
    values = random_values(shape, random.Random(1))
    values |= {path: 1.0 for path in values if path.startswith(TYPES) and path.endswith(".factor")}
    without = shape.scenario.model_copy(update={"types": {}})
    result = solve_world(shape.scenario, shape.members, values, shape.past)
    assert_same(result, solve_world(without, shape.members, values, shape.past))


def test_the_scale_of_priors_changes_nothing() -> None:
    shape = short("unseen")
    values = random_values(shape, random.Random(1))
    doubled = {path: 2.0 * x for path, x in values.items() if path.endswith(".prior")}
    assert len(doubled) == 3
    result = solve_world(shape.scenario, {}, values, shape.past)
    assert_same(result, solve_world(shape.scenario, {}, values | doubled, shape.past))


def test_two_alike_cases_are_one() -> None:
    """Splitting a case in two with the same factor and the same joint prior changes nothing."""
    shape = short("unseen")
    base = f"{TYPES}appetite.cases"
    values = random_values(shape, random.Random(1))
    values[f"{base}.sated.factor"] = values[f"{base}.fed.factor"]
    both = values[f"{base}.fed.prior"] + values[f"{base}.sated.prior"]
    merged = PrivateType.model_validate(private_type("russia", "stake", "hungry", "fed"))
    scenario = shape.scenario.model_copy(update={"types": {"appetite": merged}})
    result = solve_world(shape.scenario, {}, values, shape.past)
    assert_same(result, solve_world(scenario, {}, values | {f"{base}.fed.prior": both}, shape.past))


def test_who_sees_what() -> None:
    """The pair sees the call whatever is listed, a power remembers, and who misses the call sees its leak."""
    shape = SHAPES["three"]()
    values = random_values(shape, random.Random(0))

    def rules(**sees: list[str]) -> Rules:
        scenario = shape.scenario.model_copy(update={"sees": sees})
        return Rules(live(scenario, shape.members, values, shape.past), 2025)

    default = rules()
    assert default.order == ["strait", "usa", "call", "gulf", "flank", "europe"]
    assert default.sight["gulf"] == {"strait", "usa", LEAK}
    assert default.sight["flank"] == {"strait", "usa", "call", "gulf"}
    assert default.sight["europe"] == {"strait", "usa", "gulf", "flank", LEAK}
    assert default.steps == ["strait", "usa", "call", LEAK, "gulf", "flank", "europe"]
    blind = rules(call=[], flank=[], gulf=["call"], europe=["call"])
    assert blind.sight["call"] == {"strait"}  # the leader remembers its own move
    assert blind.sight["flank"] == {"call"}
    assert blind.steps == blind.order


def test_a_posture_is_a_choice_where_an_unseen_front_may_be_open() -> None:
    shape = SHAPES["unseen"]()
    rules = Rules(live(shape.scenario, {}, random_values(shape, random.Random(0)), shape.past), 2025)
    held = (HOLD, "fed", HOLD)
    assert rules.legal(("quiet", "quiet"), held) == ["pacific", "both"]
    assert rules.legal(("settled", "quiet"), held) == ["none"]
    assert rules.legal(("settled", "quiet"), (HOLD, "fed", "incursion")) == ["pacific", "both"]


def test_best_replies_allow_types_but_nothing_hidden() -> None:
    shape = short("hidden", concept="best")
    values = random_values(shape, random.Random(1))
    with pytest.raises(ValueError, match="see all earlier"):
        solve_world(shape.scenario, shape.members, values, shape.past)
    seen = shape.scenario.model_copy(update={"sees": {"usa": ["strait", "call", "flank"]}})
    result = solve_world(seen, shape.members, values, shape.past)
    for nodes in result.behaviour[2025].values():
        for node in nodes.values():
            if node.mover != "chance":
                top = max(node.worth.values())
                assert all(chance == 0.0 or node.worth[move] >= top - 1e-9 for move, chance in node.chances.items())
