"""The twin itself: hand-worked numbers, and what must hold in any world."""

from __future__ import annotations

import math
import random

import pytest

from twofront.scenario.schema import Scenario

from .parts import fig, front, option, power
from .shapes import SHAPES, Shape, one_front, random_values, two_fronts
from .twin import Result, solve_world
from .twin_years import Figures, clip, engaged, live, missing, multiplier

SEEDS = {"one": range(5), "two": range(4), "three": range(1)}
CASES = [(name, seed) for name, seeds in SEEDS.items() for seed in seeds]


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[0]}-{case[1]}")
def solved(request: pytest.FixtureRequest) -> tuple[Shape, dict[str, float], Result]:
    """A shape with random figures, solved once."""
    name, seed = request.param
    shape = SHAPES[name]()
    values = random_values(shape, random.Random(seed))
    return shape, values, solve_world(shape.scenario, shape.members, values, shape.past)


def test_choices_and_states_sum_to_one(solved: tuple[Shape, dict[str, float], Result]) -> None:
    _, _, result = solved
    for states in result.behaviour.values():
        for nodes in states.values():
            for node in nodes.values():
                assert math.isclose(sum(node.chances.values()), 1.0, rel_tol=1e-12)
    for mass in result.masses:
        assert math.isclose(sum(mass.values()), 1.0, rel_tol=1e-12)


def test_parts_sum_to_two_fronts(solved: tuple[Shape, dict[str, float], Result]) -> None:
    out = solved[2].outcomes
    parts = out.coincident + out.opportunistic + out.coordinated
    assert math.isclose(parts, out.two_fronts, rel_tol=1e-9, abs_tol=1e-15)
    assert math.isclose(sum(out.first.values()), out.two_fronts, rel_tol=1e-9, abs_tol=1e-15)
    assert math.isclose(sum(out.yearly_two_fronts), out.two_fronts, rel_tol=1e-12, abs_tol=1e-15)
    assert out.deterred >= 0.0


def test_answers_sum_to_one_and_probabilities_stay_in_range(
    solved: tuple[Shape, dict[str, float], Result],
) -> None:
    shape, _, result = solved
    out = result.outcomes
    if shape.scenario.partnership is not None:
        assert math.isclose(out.accepted + out.half + out.refused, 1.0, rel_tol=1e-9)
        assert out.unasked + out.unasked_half < 1.0
    singles = [out.two_fronts, out.escalation, out.calls, out.error_share]
    for chance in [*singles, *out.opened.values(), *out.win.values(), *out.enters.values()]:
        assert math.isnan(chance) or -1e-12 <= chance <= 1.0 + 1e-12


def test_two_fronts_need_both_of_two_opened(solved: tuple[Shape, dict[str, float], Result]) -> None:
    out = solved[2].outcomes
    if len(out.opened) == 2:
        assert out.two_fronts <= min(out.opened.values()) + 1e-12


def one_year() -> tuple[Shape, dict[str, float]]:
    """One front, one option, one year, no tail: the game that is worked by hand below."""
    scenario = Scenario.model_validate({
        "title": "by hand", "start": 2025, "end": 2025, "tail": 0, "order": ["strait"],
        "regime_change": fig(0.0, "1/yr"),
        "powers": {"a": power("A"), "b": power("B")},
        "fronts": {"strait": front("a", "b", {"attack": option("Attack", at=("a", "b"))})},
    })  # fmt: skip
    f = "fronts.strait"
    values = random_values(Shape(scenario, {}), random.Random(0))
    values |= {
        "powers.a.capital": 600.0, "powers.b.capital": 200.0, "powers.a.precision_loss": 2.0,
        f"{f}.reach": 0.5, f"{f}.host_reach": 1.0, f"{f}.opening_rate": math.log(2.0),
        f"{f}.demonstration_rate": math.log(2.0), f"{f}.demonstration": 0.2,
        f"{f}.stakes.a": 20.0, f"{f}.stakes.b": 30.0,
        f"{f}.options.attack.strength": 1.0, f"{f}.options.attack.advantage": 1.5,
        f"{f}.options.attack.decisiveness": 1.0, f"{f}.options.attack.settles": 0.8,
        f"{f}.options.attack.prize": 0.5, f"{f}.options.attack.loss": 4.0,
        f"{f}.options.attack.war_cost.a": 1.0, f"{f}.options.attack.war_cost.b": 2.0,
    }  # fmt: skip
    return Shape(scenario, {}), values


def test_one_front_one_year_by_hand() -> None:
    """A = 0.5·600 = 300, θD = 1.5·200 = 300, so p = 1/2; h = 0.8.

    Q(attack) = −1 + 0.8·0.5·20·0.5 − 0.8·0.5·4 = −1 + 4 − 1.6 = 1.4;  Q(demonstrate) = −0.2;  Q(hold) = 0.
    Base weights with ν = ν_d = ln 2: hold ½·½, demonstrate ½·½, attack ½. With μ = 2:
    0.25 : 0.25·e^−0.1 : 0.5·e^0.7 = 0.25 : 0.2262093545 : 1.0068763537, sum 1.4830857082,
    so hold 0.1685674662, demonstrate 0.1525261509, attack 0.6789063829.
    Value of a: 1.4·0.6789063829 − 0.2·0.1525261509 = 0.9199637059.
    Host when attacked: −2 − 0.8·0.5·30·0.5 = −8, so −5.4312510633.
    """
    shape, values = one_year()
    result = solve_world(shape.scenario, {}, values, shape.past)
    node = result.behaviour[2025][("quiet",)][()]
    assert node.worth["attack"] == pytest.approx(1.4, abs=1e-12)
    assert node.worth["demonstrate"] == pytest.approx(-0.2, abs=1e-12)
    assert node.chances["hold"] == pytest.approx(0.1685674662, abs=1e-9)
    assert node.chances["demonstrate"] == pytest.approx(0.1525261509, abs=1e-9)
    assert node.chances["attack"] == pytest.approx(0.6789063829, abs=1e-9)
    assert result.outcomes.value["a"] == pytest.approx(0.9199637059, abs=1e-9)
    assert result.outcomes.value["b"] == pytest.approx(-5.4312510633, abs=1e-9)
    assert result.outcomes.opened["strait"] == pytest.approx(0.6789063829, abs=1e-9)
    assert result.outcomes.win["strait"] == pytest.approx(0.5, abs=1e-12)
    assert result.outcomes.error_share == 0.0  # the attack is the best reply
    assert result.masses[1][("settled",)] == pytest.approx(0.8 * 0.6789063829, abs=1e-9)


def test_spending_race_and_capital_by_hand() -> None:
    """China 1000 bn, growth 10 %, share 2 %, ψ 1.5: X = 30, 33, 36.3. Taiwan 500 bn, 50 %, 4 %: 20, 30, 45.

    The race adds in 2027 only: China 0.2·(30 − 20) = 2, Taiwan 0.1·(33 − 30) = 0.3.
    Capital of China with δ = 0.1, η = 0.5: 600, 540 + 15 = 555, 499.5 + 16.5 = 516.
    Taiwan with δ = 0, η = 0.2 from 25 years of 51, 52.5, …, 87: 0.2·(25·51 + 1.5·300) = 345.
    """
    shape = one_front()
    values = random_values(shape, random.Random(0)) | {
        "powers.china.gdp": 1000.0, "powers.china.growth": 10.0, "powers.china.share": 2.0,
        "powers.china.military_ppp": 1.5, "powers.china.arms_race.taiwan": 0.2, "powers.china.capital": 600.0,
        "powers.china.ageing": 0.1, "powers.china.investment": 0.5,
        "powers.taiwan.gdp": 500.0, "powers.taiwan.growth": 50.0, "powers.taiwan.share": 4.0,
        "powers.taiwan.revision": 0.0,
        "powers.taiwan.arms_race.china": 0.1, "powers.taiwan.ageing": 0.0, "powers.taiwan.investment": 0.2,
        "fronts.strait.readiness.year": 2026.0, "fronts.strait.readiness.width": 1.0,
    }  # fmt: skip
    years = live(shape.scenario, {}, values, shape.past)
    assert years.effective["china"] == pytest.approx([30.0, 33.0, 38.3])
    assert years.effective["taiwan"] == pytest.approx([20.0, 30.0, 45.3])
    assert years.share["china"][2] == pytest.approx(100.0 * 38.3 / 1.5 / 1210.0)
    assert years.capital["china"] == pytest.approx([600.0, 555.0, 516.0])
    assert years.capital["taiwan"][0] == pytest.approx(345.0)
    # logistic at −1, 0, 1
    assert years.ready["strait"] == pytest.approx([0.2689414214, 0.5, 0.7310585786], abs=1e-9)
    # a revision of ln 1.1: 22 instead of 20 at the start, and the last two of the 25 years by 1.1^0.3 and 1.1^0.8
    values["powers.taiwan.revision"] = math.log(1.1)
    years = live(shape.scenario, {}, values, shape.past)
    assert years.effective["taiwan"][0] == pytest.approx(22.0)
    assert years.capital["taiwan"][0] == pytest.approx(345.0 + 0.2 * (85.5 * (1.1**0.3 - 1) + 87.0 * (1.1**0.8 - 1)))


def test_pledge_review_and_engagement_by_hand() -> None:
    """Pledge 2025 to 2035, linear, 0.8 kept to 2027 and 0.5 after: R = 0, 0.08, 0.16, 0.16 + 0.5·0.1 = 0.21.

    One ally at 1.5 % with target 3.5 %: 1.5, 1.66, 1.82, 1.92; related 1.5·R.
    Ally at 4 % with target 3.5 %: nobody is pulled down.
    War until 2026.6 ties 0.5: forces ½, 1 − 0.5·0.6 = 0.7, 1, 1 in 2025 (begun 2022), 2026, 2027, 2028.
    """
    shape = two_fronts()
    values = random_values(shape, random.Random(0)) | {
        "commitments.hague.compliance": 0.8, "commitments.hague.compliance_after": 0.5,
        "commitments.hague.shape": 1.0, "commitments.hague.related": 1.5,
        "powers.europe.gdp": 1.0, "powers.europe.growth": 0.0, "powers.europe.share": 1.0,
        "engagements.ukraine.end": 2026.6, "engagements.ukraine.tied": 0.5,
        "commitments.hague.growth_limit": 500.0,
    }  # fmt: skip
    for code, gdp, share in (("DEU", 1000.0, 1.5), ("POL", 0.0, 4.0), ("CAN", 0.0, 4.0)):
        row = f"powers.europe.members.{code}"
        del values[f"{row}.compliance"]
        values |= {f"{row}.gdp": gdp, f"{row}.growth": 0.0, f"{row}.share": share, f"{row}.target": 3.5}
        values |= {f"commitments.hague.own.{code}": 0.0, f"powers.europe.revision.{code}": 0.0}
    years = live(shape.scenario, shape.members, values, shape.past)
    assert years.spending["europe"] == pytest.approx([15.0, 16.6, 18.2, 19.2])
    assert years.related["europe"] == pytest.approx([0.0, 0.12, 0.24, 0.315])
    free = [f / k for f, k in zip(years.force["russia"], years.capital["russia"], strict=True)]
    assert free == pytest.approx([0.5, 0.7, 1.0, 1.0])


def test_missing_goods_by_hand() -> None:
    """Half of the made chips' 0.5 share cut from 2026, cover 0.5 yr, substitution ln 4 /yr, dependence 0.8.

    2025: 0. 2026: 0.5 yr past the stocks, 0.8·(0.5·0.5·0.5·4^−0.5) = 0.05. 2027: 0.8·(0.25·1·4^−1.5) = 0.025.
    Two goods of equal weight, available 1 and 0.5, σ = 0.5 (ρ = −1): harmonic mean 2/3; need 0.6: B = 0.8.
    """
    shape = two_fronts()
    base = "supply.russia"
    figures = Figures(random_values(shape, random.Random(0)) | {
        f"{base}.goods.chips.dependence": 0.8, f"{base}.goods.chips.made.usa": 0.5,
        f"{base}.goods.chips.cover": 0.5, f"{base}.goods.chips.substitution": math.log(4.0),
        f"{base}.cuts.brands.year": 2026.0, f"{base}.cuts.brands.share": 0.5, f"{base}.need": 0.6,
        f"{base}.elasticity": 0.5, f"{base}.price": 0.0,
        f"{base}.goods.chips.weight": 2.0, f"{base}.goods.metals.weight": 2.0,
    })  # fmt: skip
    gone = [missing(shape.scenario, figures, "russia", "chips", year) for year in (2025, 2026, 2027)]
    assert gone == pytest.approx([0.0, 0.05, 0.025])
    output = multiplier(shape.scenario, figures, "russia", {"chips": 1.0, "metals": 0.5})
    assert output == pytest.approx(0.8)


def test_paths_interpolate_and_stay_constant_outside() -> None:
    figures = Figures({"x.2025": 1.0, "x.2029": 3.0})
    assert [figures.at("x", year) for year in (2024, 2025, 2026, 2029, 2040)] == [1.0, 1.0, 1.5, 3.0, 3.0]
    assert [clip(x) for x in (-1.0, 0.4, 2.0)] == [0.0, 0.4, 1.0]


def test_a_useless_call_changes_nothing() -> None:
    """Same rates called or not, no leak, leverage, synergy or obligation: the coordinated part vanishes."""
    shape = two_fronts()
    values = random_values(shape, random.Random(3))
    zero = ("leak", "synergy", "obligation", "leverage.credibility")
    values |= {f"partnership.{name}": 0.0 for name in zero}
    values["fronts.flank.called_rate"] = values["fronts.flank.opening_rate"]
    values["fronts.flank.called_demonstration_rate"] = values["fronts.flank.demonstration_rate"]
    out = solve_world(shape.scenario, shape.members, values, shape.past).outcomes
    assert out.coordinated == pytest.approx(0.0, abs=1e-12)
    assert out.calls == pytest.approx(0.5, abs=1e-12)
    assert out.accepted == pytest.approx(out.unasked, abs=1e-12)


def test_best_replies_take_all_the_weight_and_ties_split() -> None:
    """By hand as above: attack is worth 1.4; at a loss of 7.5, −1 + 4 − 3 = 0: a tie with holding."""
    shape, values = one_year()
    best = shape.scenario.model_copy(update={"concept": "best"})
    result = solve_world(best, {}, values, shape.past)
    assert result.outcomes.opened["strait"] == 1.0
    values["fronts.strait.options.attack.loss"] = 7.5
    tied = solve_world(best, {}, values, shape.past)
    assert tied.behaviour[2025][("quiet",)][()].chances == {"hold": 0.5, "demonstrate": 0.0, "attack": 0.5}


def test_a_front_open_at_the_start_is_the_other_front() -> None:
    """Whoever opens second finds the flank open: it was first in every two-front passage of that year."""
    shape = two_fronts()
    flank = shape.scenario.fronts["flank"].model_copy(update={"status": "incursion"})
    fronts = {**shape.scenario.fronts, "flank": flank}
    scenario = shape.scenario.model_copy(update={"fronts": fronts, "end": shape.scenario.start})
    out = solve_world(scenario, shape.members, random_values(shape, random.Random(2)), shape.past).outcomes
    assert out.two_fronts > 0.0
    assert out.first["flank"] == pytest.approx(out.two_fronts)
    assert out.coordinated == pytest.approx(0.0, abs=1e-15)  # the strait moves before the call


def test_own_compliance_and_the_limit_of_growth_by_hand() -> None:
    """One payer of 1,000 bn at 1.5 % with target 3.5 %, ramp linear over ten years, growth 0.

    Own compliance 0.5, no limit that binds: shares 1.5, 1.6, 1.7, 1.8. With compliance 1 the shares are 1.5, 1.7, 1.9,
    2.1; a limit of 10 % lets 15 bn become 16.5, then 18.15, then 19.965.
    """
    shape = two_fronts()
    values = random_values(shape, random.Random(0)) | {
        "commitments.hague.shape": 1.0, "commitments.hague.growth_limit": 500.0,
        "powers.europe.gdp": 1.0, "powers.europe.growth": 0.0, "powers.europe.share": 1.0,
    }  # fmt: skip
    for code, gdp in (("DEU", 1000.0), ("POL", 0.0), ("CAN", 0.0)):
        row = f"powers.europe.members.{code}"
        values |= {f"{row}.gdp": gdp, f"{row}.growth": 0.0, f"{row}.share": 1.5, f"{row}.target": 3.5}
        values[f"{row}.compliance"] = 0.5
        values |= {f"commitments.hague.own.{code}": 0.0, f"powers.europe.revision.{code}": 0.0}
    europe = live(shape.scenario, shape.members, values, shape.past).spending["europe"]
    assert europe == pytest.approx([15.0, 16.0, 17.0, 18.0])
    values["commitments.hague.own.DEU"] = math.log(2.0)  # 0.5² = 0.25: half the steps
    values["powers.europe.revision.DEU"] = math.log(1.1)  # 1.65 instead of 1.5 %, so that 1.85 points are missing
    europe = live(shape.scenario, shape.members, values, shape.past).spending["europe"]
    assert europe == pytest.approx([16.5 + 10 * 0.25 * 1.85 * k / 10 for k in range(4)])
    values["powers.europe.revision.DEU"] = 0.0
    values |= {"powers.europe.members.DEU.compliance": 1.0, "commitments.hague.growth_limit": 10.0}
    europe = live(shape.scenario, shape.members, values, shape.past).spending["europe"]
    assert europe == pytest.approx([15.0, 16.5, 18.15, 19.965])


def test_a_store_that_runs_out_and_dear_goods_by_hand() -> None:
    """Losses 0.1, refill 0.05, exhausted 2025.5: 0.1 in 2024, 0.125 in 2025, 0.15 from 2026 on.

    Two goods of equal weight, one of them half missing, need 0.6, price 2: the mean share missing is 0.25, so that
    the same money buys 1/(1 + 2·0.6·0.25) = 1/1.3 of what availability alone allows.
    """
    shape = two_fronts()
    figures = Figures(random_values(shape, random.Random(0)) | {
        "engagements.ukraine.end": 2030.0, "engagements.ukraine.losses": 0.1, "engagements.ukraine.refill": 0.05,
        "engagements.ukraine.exhausted": 2025.5, "supply.russia.need": 0.6, "supply.russia.price": 2.0,
        "supply.russia.goods.chips.weight": 1.0, "supply.russia.goods.metals.weight": 1.0,
    })  # fmt: skip
    lost = [engaged(shape.scenario, figures, "russia", year)[1] for year in (2024, 2025, 2026, 2029)]
    assert lost == pytest.approx([0.1, 0.125, 0.15, 0.15])
    free = Figures({path: figures.get(path) for path in figures._values} | {"supply.russia.price": 0.0})
    goods = {"chips": 0.5, "metals": 1.0}
    dear, cheap = (multiplier(shape.scenario, given, "russia", goods) for given in (figures, free))
    assert dear == pytest.approx(cheap / 1.3)
