"""Evidence moves worlds: against the analytic answer, and never twice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from tests.helpers_run import make_run

from twofront.analysis.weighing import weighed
from twofront.analysis.weights import Observation, effective, log_likelihood, observations, weights
from twofront.errors import RunError
from twofront.evidence import Claim, Errors, Observe

ERRORS = Errors(
    judgement="made up",
    source={"A": 1.0, "B": 1.0, "C": 2.0, "D": 4.0, "E": 8.0},
    credibility={"1": 1.0, "2": 1.0, "3": 1.5, "4": 3.0, "5": 8.0},
)
PATH = "powers.china.growth"


def claim(name: str, root: str, rating: str = "A2", **more: object) -> Claim:
    return Claim.model_validate(
        {
            "id": name,
            "text": "x",
            "text_de": "x",
            "speaker": "x",
            "outlet": "x",
            "chain": [root],
            "date": "2025",
            "rating": {"source": rating[0], "credibility": int(rating[1])},
            "audit": "confirmed",
            "reference": "x",
            "seen": "primary",
        }
        | more
    )


def test_normal_prior_and_normal_observation_give_the_textbook_posterior() -> None:
    """Prior N(0, 1), observed 1 with sd 1/2: posterior mean 0.8 and variance 0.2 (conjugate normal)."""
    x = norm.ppf((np.arange(65536) + 0.5) / 65536)
    w = weights([log_likelihood(Observation("c", "p", None, 1.0, 0.5, x))], x.size)
    mean = np.average(x, weights=w)
    assert mean == pytest.approx(0.8, abs=1e-3)
    assert np.average((x - mean) ** 2, weights=w) == pytest.approx(0.2, abs=1e-3)


def test_two_renderings_of_one_claim_move_as_much_as_one(tmp_path: Path) -> None:
    run = make_run(tmp_path, worlds=1024)
    claims = {c.id: c for c in (claim("a", "root"), claim("b", "root"), claim("c", "other", echo_of="a"))}
    seen = [Observe(claim=name, path=PATH, value=0.5, sd=0.3) for name in claims]
    one, _ = observations(run, seen[:1], claims, ERRORS)
    three, refused = observations(run, seen, claims, ERRORS)
    assert len(refused) == 2
    assert np.array_equal(weighed(run, one).weight, weighed(run, three).weight)


def test_one_institution_under_two_names_moves_as_much_as_under_one(tmp_path: Path) -> None:
    run = make_run(tmp_path, worlds=1024)
    names = "Center for European Policy Analysis (CEPA)", "CEPA (Center for European Policy Analysis)"
    claims = {c.id: c for c in (claim(str(n), name) for n, name in enumerate(names))}
    seen = [Observe(claim=name, path=PATH, value=0.5, sd=0.3) for name in claims]
    used, refused = observations(run, seen, claims, ERRORS)
    assert len(used) == len(refused) == 1
    assert refused[0].why == f"same root as {used[0].claim}: counts once"


def test_a_worse_rating_widens_the_error_and_F6_moves_nothing(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    claims = {c.id: c for c in (claim("a", "r", "C3"), claim("b", "s", "F6"))}
    used, refused = observations(
        run, [Observe(claim=name, path=PATH, value=0.5, sd=0.3) for name in claims], claims, ERRORS
    )
    assert [o.sd for o in used] == [pytest.approx(0.6)]
    assert [r.claim for r in refused] == ["b"]


def test_surveys_count_only_on_request(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    survey = [Observe(claim="a", path="opened.flank", value=0.2, sd=0.1, kind="survey")]
    claims = {"a": claim("a", "r")}
    assert not observations(run, survey, claims, ERRORS)[0]
    assert observations(run, survey, claims, ERRORS, constrain=True)[0]


def test_too_few_effective_worlds_are_refused_with_the_command(tmp_path: Path) -> None:
    run = make_run(tmp_path, worlds=256)
    claims = {"a": claim("a", "r")}
    used, _ = observations(run, [Observe(claim="a", path=PATH, value=0.5, sd=0.01)], claims, ERRORS)
    with pytest.raises(RunError, match=r"twofront assess made-up --worlds \d+ --seed 0"):
        weighed(run, used)


def test_an_unknown_quantity_and_year_are_refused(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    for path, year in (("powers.china.grwth", None), ("spending.europe", 1990), ("spending.europe", None)):
        with pytest.raises(RunError, match=r"china\.growth|holds no year|Name its year"):
            observations(run, [Observe(claim="a", path=path, year=year, value=1, sd=1)], {"a": claim("a", "r")}, ERRORS)


def test_the_hindcast_weighs_by_the_probability_of_quiet(tmp_path: Path) -> None:
    """Quiet = 1 - u with two_fronts = 0.2 + 0.3 u: E[u | quiet] = 1/3, so the mean falls from 0.35 to 0.30."""
    run = make_run(tmp_path, worlds=4096)
    found = weighed(run, [], quiet=1 - (np.arange(4096) + 0.5) / 4096)
    assert found.lines[0].before == pytest.approx(0.35, abs=1e-6)
    assert found.lines[0].after == pytest.approx(0.30, abs=1e-4)
    assert found.moved[0].shift == pytest.approx(-0.05, abs=1e-4)


@given(st.permutations(range(4)), st.floats(-50, 50), st.integers(0, 9))
def test_weights_do_not_depend_on_order_or_scale(order: list[int], shift: float, seed: int) -> None:
    logs = list(np.random.default_rng(seed).normal(size=(4, 64)))
    plain = weights(logs, 64)
    assert weights([logs[k] + shift for k in order], 64) == pytest.approx(plain, rel=1e-9)
    assert plain.mean() == pytest.approx(1)
    assert 1 <= effective(plain) <= 64


def test_what_the_founding_article_says_is_in_the_scenario_already(tmp_path: Path) -> None:
    """Its claims echo the sources of the very figures that they observe: nothing moves."""
    from twofront.flow import record
    from twofront.scenario import load_scenario

    loaded = load_scenario()
    run = make_run(tmp_path)
    run.__dict__["quantities"] = {row["path"]: row for row in record.quantities(loaded)}
    ledger = loaded.ledger
    assert ledger.errors is not None
    own = [o for o in ledger.observes if o.claim.startswith("article-")]
    used, refused = observations(run, own, ledger.claims, ledger.errors)
    assert not used
    assert {r.claim for r in refused} == {f"article-c{n}" for n in ("07", "11", "16", "19", "20", "28")}
    unjudged = {r.claim for r in refused if r.why == "cannot be judged (F6)"}
    assert unjudged == {"article-c19"}  # its 89 % has no named data behind it
    assert {r.why for r in refused if r.claim not in unjudged} == {"already in the scenario"}


def test_every_bundled_observation_is_about_something_that_is_modelled() -> None:
    """A drawn figure, a yearly column with its year, or for a survey an outcome; a figure is possible in its unit."""
    from twofront.scenario import load_scenario

    loaded = load_scenario()
    yearly = {f"{kind}.{power}" for kind in ("spending", "share", "gdp") for power in loaded.scenario.powers}
    outcomes = {"two_fronts", *(f"opened.{front}" for front in loaded.scenario.fronts)}
    for observe in loaded.ledger.observes:
        assert observe.judgement, observe.claim
        if observe.kind == "survey":
            assert observe.path in outcomes
        elif observe.year is not None:
            assert observe.path in yearly
            assert loaded.scenario.start <= observe.year <= loaded.scenario.end
        else:
            kind = loaded.scalars[observe.path].kind
            assert kind.low is None or observe.value >= kind.low
            assert kind.high is None or observe.value <= kind.high
    claims = loaded.ledger.claims
    assert len({observe.claim for observe in loaded.ledger.observes}) >= 15
    assert all(observe.claim in claims for observe in loaded.ledger.observes)


def test_an_edition_is_another_root_than_the_edition_before(tmp_path: Path) -> None:
    """ "IISS" alone may be any edition, so it is priced in; a named later edition is not; a copied number is."""
    run = make_run(tmp_path, worlds=1024)
    row = dict(run.quantities[PATH]) | {"sources": ["old"]}
    run.__dict__["quantities"] = {PATH: row}
    figure = {"value": 3.0, "unit": "%", "period": "2025"}
    claims = {
        c.id: c
        for c in (
            claim("old", "IISS Balance 2025", figures=[figure]),
            claim("bare", "the institute (IISS)", seen="secondary"),
            claim("edition", "IISS Balance 2026", seen="secondary"),
            claim("copy", "a newspaper", seen="secondary", figures=[figure]),
            claim("original", "a statistical office", figures=[figure]),
        )
    }
    seen = [Observe(claim=name, path=PATH, value=0.5, sd=0.3) for name in claims]
    used, refused = observations(run, seen, claims, ERRORS)
    assert {o.claim for o in used} == {"edition", "original"}
    assert {r.claim for r in refused if r.why == "already in the scenario"} == {"old", "bare", "copy"}
