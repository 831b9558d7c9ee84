"""Games with something hidden, worked by hand or solved by a scalar equation: what the twin must find."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
from scipy.optimize import brentq

from twofront.scenario.schema import Scenario

from .parts import defender, fig, front, option, power, private_type
from .shapes import Shape, random_values
from .twin import solve_world
from .twin_beliefs import UnsettledError
from .twin_rules import CALL, DEMONSTRATE, HOLD, LEAKED, SECRET, SILENT
from .twin_years import sigmoid

LN2 = math.log(2.0)


def tiny(order: list[str], **more: Any) -> Shape:
    """One year, no tail: a against b with d beside b, and, where the order has a flank, the partner e against g."""
    powers = {i: power(i.upper()) for i in "abdeg"}
    powers["d"] |= {
        "swing": fig(1.0), "station": {"strait": fig(0.2)}, "postures": {"fight": {"strait": fig(0.5)}, "out": {}},
    }  # fmt: skip
    stakes = {i: fig(10.0, "% GDP") for i in "abd"}
    strait = front(
        "a", "b", {"attack": option("Attack", at=("a", "b", "d"))},
        stakes=stakes, defenders={"d": defender(credibility=True)},
    )  # fmt: skip
    flank = front("e", "g", {"raid": option("Raid", at=("e", "g"))})
    fronts = {"strait": strait, "flank": flank} if "flank" in order else {"strait": strait}
    table = {
        "title": "by hand", "start": 2025, "end": 2025, "tail": 0, "order": order,
        "regime_change": fig(0.0, "1/yr"), "powers": powers, "fronts": fronts, **more,
    }  # fmt: skip
    return Shape(Scenario.model_validate(table), {})


def pact() -> dict[str, Any]:
    """a leads, e follows; every figure is set by `by_hand`."""
    names = ("leak", "secrecy", "warning", "synergy", "lesson", "half", "obligation")
    leverage = {
        "credibility": fig(0.5), "wartime_value": fig(1.0), "trade": fig(4.0, "% GDP/yr"),
        "duration": fig(1.0, "yr"), "exports": fig(0.0, "% GDP/yr"),
    }  # fmt: skip
    return {
        "partnership": {
            "leader": "a", "partner": "e", **{name: fig(0.0) for name in names},
            "entrapment": fig(0.0, "% GDP"), "leverage": leverage,
        },
        "practice": {
            "level": fig(0.5), "gain": fig(0.0, "1/yr"), "forgetting": fig(0.0, "1/yr"),
            "scale": fig(1.0, "count/yr"), "exercises": fig(0.0, "count/yr"),
        },
    }  # fmt: skip


def by_hand(shape: Shape) -> dict[str, float]:
    """The figures of the games below: forces a 300, b 200, d 100 if it fights; θ 1.5, m 1, h 0.8, prize ½.

    If the front is won with p, a has V_a(p) = −1 + 0.8·p·20·½ − 0.8·(1−p)·4 = 11.2·p − 4.2.
    Nobody demonstrates; the odds of opening at no gain are even.
    """
    s, o, k = "fronts.strait", "fronts.strait.options.attack", "fronts.strait.defenders.d"
    values = random_values(shape, random.Random(0)) | {
        "powers.a.capital": 600.0, "powers.b.capital": 200.0, "powers.d.capital": 400.0,
        "powers.a.precision_loss": 2.0, "powers.d.precision_loss": 0.5, "powers.d.swing": 1.0,
        "powers.d.postures.fight.strait": 0.5, f"{k}.reach": 0.5, f"{k}.credibility": 1.0,
        f"{s}.reach": 0.5, f"{s}.host_reach": 1.0, f"{s}.opening_rate": LN2, f"{s}.demonstration_rate": 0.0,
        f"{s}.course_rate": 0.0, f"{s}.stakes.a": 20.0, f"{s}.stakes.b": 30.0, f"{s}.stakes.d": 10.0,
        f"{o}.strength": 1.0, f"{o}.advantage": 1.5, f"{o}.decisiveness": 1.0, f"{o}.settles": 0.8,
        f"{o}.prize": 0.5, f"{o}.loss": 4.0, f"{o}.war_cost.a": 1.0, f"{o}.war_cost.b": 2.0,
        f"{o}.war_cost.d": 0.5,
    }  # fmt: skip
    if "flank" in shape.scenario.fronts:
        values |= {"fronts.flank.opening_rate": LN2, "fronts.flank.demonstration_rate": 0.0}
        values |= {"fronts.flank.course_rate": 0.0, "practice.level": 0.5, "practice.forgetting": 0.0}
        values |= {"practice.gain": 0.0, "powers.e.precision_loss": 1.0}
        pair = ("leak", "secrecy", "warning", "synergy", "lesson", "half", "obligation", "entrapment")
        values |= {f"partnership.{name}": 0.0 for name in pair}
        leverage = {"credibility": 0.5, "wartime_value": 1.0, "trade": 4.0, "duration": 1.0, "exports": 0.0}
        values |= {f"partnership.leverage.{name}": number for name, number in leverage.items()}
    return values


def test_a_defender_that_does_not_see_the_attack_by_hand() -> None:
    """d chooses a posture without seeing whether a attacks (x): one set, belief x.

    p = 300/(300 + 300) = 0.5 alone, 300/(300 + 450) = 0.4 with d: V_a = 1.4 or 0.28.
    d: fights −0.5 − 0.8·0.4·10·½ = −2.1; stays out −0.8·0.5·10·½ − 0.8 = −2.8: fighting is 0.7·x better.
    q = P(fight) = σ(0.7·x/0.5), x = σ((1.4 − 1.12·q)/2).
    """
    shape = tiny(["strait", "d"], sees={"d": []})
    result = solve_world(shape.scenario, {}, by_hand(shape), shape.past)
    x = brentq(lambda x: x - sigmoid(0.7 - 0.56 * sigmoid(1.4 * x)), 0.0, 1.0, xtol=1e-15)
    q = sigmoid(1.4 * x)
    nodes = result.behaviour[2025][("quiet",)]
    assert nodes[()].chances["attack"] == pytest.approx(x, abs=1e-12)
    assert nodes[("attack",)].chances["fight"] == pytest.approx(q, abs=1e-12)
    assert nodes[(HOLD,)].chances["fight"] == pytest.approx(q, abs=1e-12)
    assert [nodes[(move,)].belief for move in (HOLD, DEMONSTRATE, "attack")] == pytest.approx([1 - x, 0.0, x])
    assert result.outcomes.value["a"] == pytest.approx(x * (1.4 - 1.12 * q), abs=1e-12)
    assert result.outcomes.value["d"] == pytest.approx(x * (-2.8 + 0.7 * q), abs=1e-12)
    assert result.outcomes.win["strait"] == pytest.approx(0.5 - 0.1 * q, abs=1e-12)
    assert result.outcomes.enters["d", "strait"] == pytest.approx(q, abs=1e-12)


def hidden_call() -> tuple[Shape, dict[str, float]]:
    """Both fronts open already; a may call, which d does not see: the game of the next test."""
    shape = tiny(["strait", "call", "flank", "d"], **pact())
    opened = {
        name: record.model_copy(update={"status": next(iter(record.options))})
        for name, record in shape.scenario.fronts.items()
    }
    shape = Shape(shape.scenario.model_copy(update={"fronts": opened}), {})
    values = by_hand(shape) | {
        "fronts.strait.stakes.d": 60.0, "fronts.strait.options.attack.war_cost.d": 3.0,
        "partnership.leak": 0.25, "partnership.warning": 1.0, "partnership.synergy": 4.0,
        "partnership.obligation": 1.0, "partnership.entrapment": 2.0,
    }  # fmt: skip
    return shape, values


def test_a_hidden_call_by_hand() -> None:
    """A call (y) makes the attack 300·(1 + 4·½) = 900, costs a 2, and leaks with ¼; leaked, the defence doubles.

    p without d and with it: silent 300/600, 300/750; secret 900/1200, 900/1350; leaked 900/1500, 900/1800.
    d fights at 3, stays out at 0.8, harm 24·p: fighting is better by 24·0.1 − 2.2 = 0.2 where silent or leaked,
    and by 24/12 − 2.2 = −0.2 where secret. So q_L = σ(0.2/0.5) where leaked, else q = σ((0.2 − 0.4·c)/0.5) with
    c = ¾y/(1 − ¼y). a: silent 1.4 − 1.12·q; secret 4.2 − (11.2/12)·q; leaked 2.52 − 1.12·q_L; less 2 if called.
    """
    shape, values = hidden_call()
    loud = sigmoid(0.4)

    def called(y: float) -> tuple[float, float, float, float]:
        """Belief that a called, P(fight), and what silence and a call are worth."""
        c = 0.75 * y / (1.0 - 0.25 * y)
        q = sigmoid(0.4 - 0.8 * c)
        return c, q, 1.4 - 1.12 * q, 0.25 * (2.52 - 1.12 * loud) + 0.75 * (4.2 - 11.2 / 12.0 * q) - 2.0

    def gap(y: float) -> float:
        _, _, silent, call = called(y)
        return y - sigmoid((call - silent) / 2.0)

    y = brentq(gap, 0.0, 1.0, xtol=1e-15)
    c, q, silent, call = called(y)
    result = solve_world(shape.scenario, {}, values, shape.past)
    nodes = result.behaviour[2025][("attack", "raid")]
    assert nodes[(HOLD,)].chances[CALL] == pytest.approx(y, abs=1e-12)
    assert nodes[(HOLD,)].worth == pytest.approx({SILENT: silent, CALL: call}, abs=1e-12)
    assert nodes[(HOLD, CALL, LEAKED, HOLD)].chances["fight"] == pytest.approx(loud, abs=1e-12)
    for moves, belief in (((HOLD, CALL, SECRET, HOLD), c), ((HOLD, SILENT, "nothing", HOLD), 1.0 - c)):
        assert nodes[moves].chances["fight"] == pytest.approx(q, abs=1e-12)
        assert nodes[moves].belief == pytest.approx(belief, abs=1e-12)
    assert result.outcomes.value["a"] == pytest.approx(y * call + (1.0 - y) * silent, abs=1e-12)


def test_the_same_call_seen_mixes_the_odds() -> None:
    """With the call seen, p = ¾·(900/1200) + ¼·(900/1500) = 0.7125 without d, ¾·(2/3) + ¼·½ = 0.625 with it."""
    shape, values = hidden_call()
    seen = shape.scenario.model_copy(update={"sees": {"d": ["strait", "call", "flank"]}})
    nodes = solve_world(seen, {}, values, shape.past).behaviour[2025][("attack", "raid")]
    assert (HOLD, CALL, HOLD) in nodes  # no stage for the leak
    q = sigmoid((24.0 * 0.0875 - 2.2) / 0.5)
    worth = 11.2 * (0.7125 - 0.0875 * q) - 4.2 - 2.0
    assert nodes[(HOLD, CALL, HOLD)].chances["fight"] == pytest.approx(q, abs=1e-12)
    assert nodes[(HOLD,)].worth[CALL] == pytest.approx(worth, abs=1e-12)


def test_a_private_type_of_the_partner_by_hand() -> None:
    """Everything seen, no leak. Refusing costs e ½·4·1 = 2, times ½ (prior 0.2) or 2 (prior 0.6): odds ¼ and ¾.

    Raid: p = ½, −1.5 + 0.8·½·10·½ − 0.8·½·5 = −1.5. e opens with u = σ(−1.5) unasked, called σ(−0.5) or σ(2.5).
    a attacks with x (d is far away: V_a = 1.4, and the call changes nothing for it: half of the attacks call).
    Openings that were no best reply: all unasked ones, and those of the first type when called (half an answer would
    cost as much as none).
    """
    types = {"need": private_type("e", "refusal", "low", "high")}
    more = {**pact(), "types": types, "sees": {"d": ["strait", "call", "flank"]}}
    shape = tiny(["strait", "call", "flank", "d"], **more)
    o = "fronts.flank.options.raid"
    values = by_hand(shape) | {
        "powers.e.capital": 300.0, "powers.g.capital": 300.0, "fronts.flank.reach": 1.0, "fronts.flank.host_reach": 1.0,
        f"{o}.strength": 1.0, f"{o}.advantage": 1.0, f"{o}.decisiveness": 1.0, f"{o}.settles": 0.8, f"{o}.prize": 0.5,
        f"{o}.loss": 5.0, f"{o}.war_cost.e": 1.5, "fronts.flank.stakes.e": 10.0,
        "fronts.strait.defenders.d.reach": 0.0, "partnership.half": 1.0,
        "types.need.cases.low.factor": 0.5, "types.need.cases.low.prior": 0.2,
        "types.need.cases.high.factor": 2.0, "types.need.cases.high.prior": 0.6,
    }  # fmt: skip
    out = solve_world(shape.scenario, {}, values, shape.past).outcomes
    x, u = sigmoid(1.4 / 2.0), sigmoid(-1.5)
    low, high = sigmoid(-0.5), sigmoid(2.5)
    asked = 0.25 * low + 0.75 * high
    assert out.calls == pytest.approx(0.5, abs=1e-12)
    assert out.accepted == pytest.approx(asked, abs=1e-12)
    assert out.refused == pytest.approx(1.0 - asked, abs=1e-12)
    assert out.unasked == pytest.approx(u, abs=1e-12)
    assert out.two_fronts == pytest.approx(x * (u + asked) / 2.0, abs=1e-12)
    assert out.coincident == pytest.approx(x * u, abs=1e-12)
    assert out.opportunistic == pytest.approx(0.0, abs=1e-12)
    assert out.coordinated == pytest.approx(x * (asked - u) / 2.0, abs=1e-12)
    wrong = (1.0 - x) * u + x * (u + 0.25 * low) / 2.0
    assert out.error_share == pytest.approx(wrong / (x + (1.0 - x) * u + x * (u + asked) / 2.0), abs=1e-12)


def two_balances(weight: float, gain: float) -> tuple[Shape, dict[str, float]]:
    """The unseen attack again, where fighting costs d 3: it shuns a front that is attacked, and a shuns a defended one.

    `weight` is the base weight of attacking, `gain` what an attack is worth to a if d stays out.
    """
    shape = tiny(["strait", "d"], sees={"d": []})
    return shape, by_hand(shape) | {
        "powers.a.precision_loss": 0.05, "powers.d.precision_loss": 0.2,
        "fronts.strait.opening_rate": -math.log(1.0 - weight),
        "fronts.strait.options.attack.war_cost.a": 2.4 - gain,
        "fronts.strait.options.attack.war_cost.d": 3.0,
    }  # fmt: skip


def test_of_several_solutions_the_one_on_the_principal_branch() -> None:
    """x = P(attack) solves log(x/(1−x)) = log(¼) + τ·(0.2 − 1.12·q)/0.05 with q = σ(τ·(−3 + 0.4 + 0.8)·x/0.2).

    At τ = 1 three x do. Repeating from the base weights ends at 0.93; the branch from τ = 0 ends near 0.
    """

    def reply(x: float, tau: float) -> float:
        return sigmoid(math.log(0.25) + tau * (0.2 - 1.12 * sigmoid(-9.0 * tau * x)) / 0.05)

    x = repeated = 0.2
    for k in range(1, 401):
        near = max(x - 0.02, 0.0), x + 0.02
        x = brentq(lambda x, tau: x - reply(x, tau), *near, args=(k / 400.0,), xtol=1e-15)
        repeated = reply(repeated, 1.0)
    assert repeated > 0.9 > 0.1 > x
    shape, values = two_balances(0.2, 0.2)
    result = solve_world(shape.scenario, {}, values, shape.past)
    assert result.behaviour[2025][("quiet",)][()].chances["attack"] == pytest.approx(x, abs=1e-12)


def test_a_branch_that_turns_back_is_an_error() -> None:
    """The branch from τ = 0 has a fold: beyond it the only solution is far away, so that a step of τ would jump."""
    shape, values = two_balances(0.1, 0.5)
    with pytest.raises(UnsettledError, match="beyond tau"):
        solve_world(shape.scenario, {}, values, shape.past)


def test_beliefs_that_do_not_settle_are_an_error() -> None:
    """At a precision of a hundred-thousandth, d chases a and a flees d: no repetition of sweeps finds the balance."""
    shape = tiny(["strait", "d"], sees={"d": []})
    values = by_hand(shape) | {"powers.a.precision_loss": 1e-5, "powers.d.precision_loss": 1e-5}
    values |= {"fronts.strait.stakes.a": 15.0, "fronts.strait.options.attack.war_cost.d": 1.4}
    with pytest.raises(UnsettledError, match="2025"):
        solve_world(shape.scenario, {}, values, shape.past)
