"""What must hold whatever the figures are: each test changes one thing and says what that may do."""

from __future__ import annotations

import random
from functools import cache
from itertools import pairwise
from typing import Any

import jax
import numpy as np
import pytest
from tests.model.models import CHECKS, Model, Table, draws, load, rebuilt, shaped, single
from tests.reference.shapes import (
    Shape,
    fig,
    front,
    option,
    path,
    power,
    random_values,
    two_fronts,
)  # fmt: skip

from twofront.ensemble import simulate
from twofront.game import build, years
from twofront.game.rules import DEMONSTRATE, HOLD, QUIET
from twofront.scenario.schema import Scenario

EXACT = {"rtol": 1e-10, "atol": 1e-12}
WORLDS = 4


def assert_same(one: tuple[Table, Table], other: tuple[Table, Table], names: dict[str, str] | None = None) -> None:
    """Every outcome of the first stands in the second, under its new name."""
    for here, there in zip(one, other, strict=True):
        for name, rows in here.items():
            if name not in CHECKS:
                new = ".".join((names or {}).get(part, part) for part in name.split("."))
                np.testing.assert_allclose(there[new], rows, **EXACT, err_msg=name)


def one_year(tables: dict[str, Any]) -> None:
    """One year without a tail; the defender holds one posture, Europe's capital is a figure."""
    tables["end"], tables["tail"] = tables["start"], 0
    tables["order"].remove("usa")
    tables["powers"]["usa"]["postures"] = {}
    tables["powers"]["europe"]["capital"] = fig(600.0, "bn USD2024")


@cache
def short() -> tuple[Model, dict[str, float]]:
    """Two fronts in one year, and the figure this adds."""
    shape = two_fronts()
    return Model(load(Shape(rebuilt(shape.scenario, one_year), shape.members))), {"powers.europe.capital": 600.0}


@cache
def behaviour_at_partner() -> Any:
    """Compiled: how likely the partner opens at each of its nodes, in the year of `short`. [node, world]"""
    loaded = short()[0].loaded
    layout = build.layout(loaded.scenario)
    (k,) = (k for k, layer in enumerate(layout.layers) if layer.kind == "front" and layer.subject == 1)
    layer = layout.layers[k]
    quiet = layer.token(1) == QUIET

    @jax.jit
    def opens(values: Any) -> Any:
        found = years.look_ahead(simulate.prepare(loaded, layout, values)).behaviour.move[k][0]
        opening = ~np.isin(layer.move, [HOLD, DEMONSTRATE]) & quiet[layer.node]
        rows = found * opening[:, None]
        return jax.ops.segment_sum(rows, layer.node, len(layer.nodes))[quiet]

    return opens, layer.called()[quiet]


def open_chances(change: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """How likely the partner opens at each node in random worlds with some figures set; and which follow a call."""
    model, extra = short()
    opens, called = behaviour_at_partner()
    with jax.enable_x64(True):
        worlds = [world | extra | change for world in draws("two", 40, seed=11)]
        return np.asarray(opens(model.matrix(worlds))), called


def test_more_european_capital_never_raises_acceptance() -> None:
    """At every node and in every world: stronger defence lowers the odds, and nothing else hangs on it here."""
    rows = [open_chances({"powers.europe.capital": capital})[0] for capital in (300.0, 600.0, 1200.0, 2400.0)]
    for low, high in pairwise(rows):
        assert (high <= low + 1e-12).all()
        assert high.mean() < low.mean()


def test_more_leverage_never_lowers_acceptance() -> None:
    """After a call refusal grows dearer and opening does not; without a call nothing moves."""
    rows = [open_chances({"partnership.leverage.credibility": x}) for x in (0.0, 0.2, 0.5, 1.0)]
    for (low, called), (high, _) in pairwise(rows):
        assert (high[called] >= low[called] - 1e-12).all()
        assert high[called].mean() > low[called].mean()
        np.testing.assert_allclose(high[~called], low[~called], **EXACT)


NEW = {
    "china": "zhong", "russia": "rus", "usa": "america", "europe": "allies", "taiwan": "formosa", "strait": "channel",
    "flank": "east", "blockade": "ring", "pacific": "west", "stay_out": "home", "hague": "promise",
    "ukraine": "a_war", "brands": "zcut", "chips": "zgood",
}  # fmt: skip
WORDS = {"challenger", "host", "leader", "partner", "power", "good", "status"}


def renamed(node: Any, key: str = "") -> Any:
    """Tables with every id renamed and every table of powers, fronts, goods and postures turned round."""
    if isinstance(node, dict):
        pairs = {"+".join(NEW.get(p, p) for p in k.split("+")): renamed(v, k) for k, v in node.items()}
        return pairs if key == "options" else dict(reversed(pairs.items()))
    if isinstance(node, list):
        return [NEW.get(entry, entry) for entry in node]
    return NEW.get(node, node) if key in WORDS else node


def test_names_and_their_order_change_nothing() -> None:
    shape = two_fronts()
    scenario = rebuilt(shape.scenario, renamed)
    assert list(scenario.powers) == ["formosa", "allies", "america", "rus", "zhong"]
    other = Model(load(Shape(scenario, {NEW[power]: rows for power, rows in shape.members.items()})))
    model, worlds = shaped("two"), draws("two", 3)
    moved = [
        {".".join("+".join(NEW.get(p, p) for p in part.split("+")) for part in name.split(".")): x
         for name, x in world.items()} for world in worlds
    ]  # fmt: skip
    assert_same(model.play(model.matrix(worlds)), other.play(other.matrix(moved)), NEW)


def test_small_losses_meet_best_replies() -> None:
    """μ → 0 leaves best replies. Ties in random worlds are between equal moves, which both share equally."""
    logit, best = shaped("two"), shaped("two", "best")
    losses = {name: 1e-7 for name in logit.paths if name.endswith("precision_loss")}
    values = logit.matrix([world | losses for world in draws("two", 3)])
    (sharp, _), (exact, _) = logit.play(values), best.play(values)
    for name in ("two_fronts", "opened.strait", "opened.flank", "escalation", "value.russia", "win.strait"):
        np.testing.assert_allclose(sharp[name], exact[name], rtol=1e-6, atol=1e-6, err_msg=name)


def test_large_losses_meet_base_weights() -> None:
    """μ → ∞: rates alone decide, so every answer to a call is known by hand from §10."""
    model = shaped("two")
    losses = {name: 1e12 for name in model.paths if name.endswith("precision_loss")}
    worlds = [world | losses for world in draws("two", 3)]
    found, by_year = model.play(model.matrix(worlds))
    rate = {k: np.array([w[f"fronts.flank.{k}"] for w in worlds]) for k in ("opening_rate", "called_rate",
            "demonstration_rate", "called_demonstration_rate")}  # fmt: skip
    near = {"rtol": 1e-9}
    np.testing.assert_allclose(found["calls"], 0.5, **near)
    np.testing.assert_allclose(found["accepted"], 1 - np.exp(-rate["called_rate"]), **near)
    np.testing.assert_allclose(found["unasked"], 1 - np.exp(-rate["opening_rate"]), **near)
    half = np.exp(-rate["called_rate"]) * (1 - np.exp(-rate["called_demonstration_rate"]))
    np.testing.assert_allclose(found["half"], half, **near)
    first = [1 - np.exp(-w["fronts.strait.opening_rate"]) for w in worlds]
    np.testing.assert_allclose(by_year["opened.strait"][0], first, **near)


def twice(tables: dict[str, Any], table: str) -> None:
    """Lists every entry of a table of moves twice."""
    for entry in list(tables[table]):
        tables[table][f"{entry}_too"] = tables[table][entry]


def doubled(worlds: list[dict[str, float]], table: str) -> list[dict[str, float]]:
    """The same figures for both listings."""
    more = []
    for world in worlds:
        copies = {}
        for name, number in world.items():
            parts = name.split(".")
            if table in parts:
                at = parts.index(table) + 1
                copies[".".join((*parts[:at], f"{parts[at]}_too", *parts[at + 1 :]))] = number
        more.append(world | copies)
    return more


def test_a_posture_listed_twice_changes_nothing() -> None:
    """Each listing has half the weight, since base weights are shared equally."""
    shape = two_fronts()

    def change(tables: dict[str, Any]) -> None:
        twice(tables["powers"]["usa"], "postures")

    other = Model(load(Shape(rebuilt(shape.scenario, change), shape.members)))
    model, worlds = shaped("two"), draws("two", 3)
    assert_same(model.play(model.matrix(worlds)), other.play(other.matrix(doubled(worlds, "postures"))))


def test_an_option_listed_twice_changes_nothing_about_opening() -> None:
    """In one year: options share the opening weight. (Later a war could be escalated to the second listing.)"""
    shape = two_fronts()

    def change(tables: dict[str, Any]) -> None:
        one_year(tables)
        for table in tables["fronts"].values():
            twice(table, "options")

    other = Model(load(Shape(rebuilt(shape.scenario, change), shape.members)))
    model, extra = short()
    worlds = [world | extra for world in draws("two", 3)]
    assert_same(model.play(model.matrix(worlds)), other.play(other.matrix(doubled(worlds, "options"))))


def duel(end: int, tail: int, **more: Any) -> Shape:
    """One front with one option between two powers of capital given."""
    scenario = Scenario.model_validate({
        "title": "duel", "start": 2025, "end": end, "tail": tail, "order": ["strait"],
        "regime_change": fig(0.0, "1/yr"), "powers": {"a": power("A"), "b": power("B")},
        "fronts": {"strait": front("a", "b", {"attack": option("Attack", at=("a", "b"))}, **more)},
    })  # fmt: skip
    return Shape(scenario, {})


STILL = {f"powers.{i}.{name}": 0.0 for i in "ab" for name in ("growth", "ageing", "investment")}


def test_four_quarters_stay_near_one_year() -> None:
    """Three years against twelve quarters, rates and flows divided by four, chances and discounts by the fourth root.

    Not equal: in a quarter a war that was just opened may end already, a front may be opened once more often, and a
    war's cost runs 1/h years in years against 1/(4·(1 − (1−h)^¼)) in quarters, 4 % less at h = 0.1. With slow rates
    the chance to have opened agrees within 5 %, and the first passage is not four times, nor a quarter.
    """
    yearly, quarterly = Model(load(duel(2027, 20))), Model(load(duel(2036, 80)))
    o = "fronts.strait.options.attack."
    worlds = []
    for world in draws_of(duel(2027, 20), WORLDS):
        still = {"powers.a.capital": 600.0, "powers.b.capital": 500.0, "powers.a.precision_loss": 3.0}
        slow = {o + "settles": 0.1, "fronts.strait.opening_rate": 0.03, "fronts.strait.course_rate": 0.1,
                "fronts.strait.stakes.a": 12.0, o + "war_cost.a": 0.4, "fronts.strait.demonstration": 0.1,
                "regime_change": 0.0, "powers.a.patience": 0.9}  # fmt: skip
        worlds.append(world | STILL | still | slow)
    finer = []
    for world in worlds:
        quarter = {
            k: x / 4 for k, x in world.items()
            if k.rsplit(".", 1)[-1] in ("opening_rate", "demonstration_rate", "course_rate", "demonstration")
            or "war_cost" in k
        }  # fmt: skip
        roots = {f"powers.{i}.patience": world[f"powers.{i}.patience"] ** 0.25 for i in "ab"}
        finer.append(world | quarter | roots | {o + "settles": 1 - 0.9**0.25})
    annual = yearly.play(yearly.matrix(worlds))[0]["opened.strait"]
    fine = quarterly.play(quarterly.matrix(finer))[0]["opened.strait"]
    np.testing.assert_allclose(fine, annual, rtol=0.05)


def draws_of(shape: Shape, count: int) -> list[dict[str, float]]:
    """Random worlds of any shape."""
    rng = random.Random(5)
    return [single(random_values(shape, rng)) for _ in range(count)]


def apart(powers: list[str], fronts: list[str]) -> Shape:
    """Two duels without partnership or shared powers, or some of them."""
    table = {i: power(i) for i in ("china", "taiwan", "russia", "baltics")}
    each = {
        "strait": front("china", "taiwan", {
            "blockade": option("Blockade", at=("china",)), "invasion": option("Invasion", at=("china", "taiwan")),
        }),
        "flank": front("russia", "baltics", {"incursion": option("Incursion", at=("russia", "baltics"))}),
    }  # fmt: skip
    scenario = Scenario.model_validate({
        "title": "apart", "start": 2025, "end": 2027, "tail": 3, "order": fronts, "regime_change": fig(0.03, "1/yr"),
        "powers": {i: table[i] for i in powers}, "fronts": {f: each[f] for f in fronts},
    })  # fmt: skip
    return Shape(scenario, {})


def test_a_front_without_coupling_equals_running_it_alone() -> None:
    """And two uncoupled fronts meet by chance only: the whole second opening is coincident."""
    both = apart(["china", "taiwan", "russia", "baltics"], ["strait", "flank"])
    worlds = draws_of(both, WORLDS)
    together = Model(load(both))
    found, by_year = together.play(together.matrix(worlds))
    for powers, name in ((["china", "taiwan"], "strait"), (["russia", "baltics"], "flank")):
        alone = Model(load(apart(powers, [name])))
        single_worlds, single_years = alone.play(alone.matrix(worlds))
        kept = ("opened.", "open.", "win.", "value.", "odds.", "force.")
        for mine, theirs in ((single_worlds, found), (single_years, by_year)):
            for column in (c for c in mine if c.startswith(kept)):
                np.testing.assert_allclose(theirs[column], mine[column], **EXACT, err_msg=column)
    np.testing.assert_allclose(found["coincident"], found["two_fronts"], **EXACT)
    np.testing.assert_allclose(found["opportunistic"], 0.0, atol=1e-14)


@cache
def window() -> tuple[Model, dict[str, float]]:
    """A duel of even odds that a late pledge of the host can close, and a stake that may fall; and its figures."""
    shape = duel(2031, 10)

    def change(tables: dict[str, Any]) -> None:
        tables["fronts"]["strait"]["stakes"]["a"] = path("% GDP", y2025=10.0, y2031=10.0)
        tables["commitments"] = {"late": {
            "name": "Late", "powers": ["b"], "core": fig(30.0, "% GDP"), "start": 2027, "by": 2028,
            "compliance": fig(0.0),
        }}  # fmt: skip

    model = Model(load(Shape(rebuilt(shape.scenario, change), {})))
    f, o = "fronts.strait.", "fronts.strait.options.attack."
    figures = {
        f"{f}stakes.a.2025": 20.0, f"{f}stakes.a.2031": 20.0, f"{f}reach": 1.0, f"{f}host_reach": 1.0,
        f"{f}opening_rate": 0.02, f"{f}demonstration_rate": 0.1, f"{o}strength": 1.0, f"{o}advantage": 1.0,
        f"{o}decisiveness": 2.0, f"{o}settles": 0.95, f"{o}prize": 1.0, f"{o}loss": 8.0, f"{o}war_cost.a": 1.0,
        "powers.a.capital": 500.0, "powers.b.capital": 500.0, "powers.a.precision_loss": 0.5,
        "powers.a.patience": 0.97, "powers.b.gdp": 5000.0, "powers.b.share": 2.0, "powers.b.investment": 0.3,
        "powers.b.ageing": 0.06, "powers.a.gdp": 5000.0, "powers.a.share": 2.0, "powers.a.investment": 0.3,
        "powers.a.ageing": 0.06, "powers.a.growth": 0.0, "powers.b.growth": 0.0, "regime_change": 0.0,
        "commitments.late.core": 30.0, "commitments.late.compliance": 0.0,
    }  # fmt: skip
    return model, draws_of(Shape(model.loaded.scenario, {}), 1)[0] | figures


@pytest.mark.parametrize(
    "closing",
    [{"commitments.late.compliance": 1.0}, {"fronts.strait.stakes.a.2031": 2.0}],
    ids=["a late, certain re-armament", "a falling stake"],
)
def test_a_closing_window_brings_war_forward(closing: dict[str, float]) -> None:
    """Of the years in which the odds are still untouched (to 2028), and of the years after.

    Only the sum is larger: whoever may wait for the last good year waits for it, so the very first may be calmer.
    """
    model, still = window()
    _, by_year = model.play(model.matrix([still, still | closing]))
    opened, odds = by_year["opened.strait"], by_year["odds.strait.attack"]
    np.testing.assert_allclose(odds[:4, 1], odds[:4, 0], **EXACT)
    if "commitments.late.compliance" in closing:
        assert odds[-1, 1] < odds[-1, 0] - 0.2
    assert opened[:4, 1].sum() > 1.1 * opened[:4, 0].sum()
    assert opened[-1, 1] < opened[-1, 0]
