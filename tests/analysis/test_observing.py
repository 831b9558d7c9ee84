"""What an article's figures say about a run: by a declared rule or nothing, once, and never what is priced in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm
from tests.helpers_run import make_run, ramp

from twofront import flow
from twofront.analysis.observing import proposed
from twofront.analysis.weighing import weighed
from twofront.analysis.weights import Observation, observations
from twofront.evidence import Claim, Errors, Ledger, edit, load_ledger
from twofront.evidence.rating import propose_found
from twofront.evidence.reader import Reading, read_articles, read_text
from twofront.evidence.reader.into import add_to_ledger, proposals
from twofront.flow import record
from twofront.flow.articles import _as_ledger
from twofront.scenario import load_scenario
from twofront.store import Run

CODES = {"CHN": "china", "RUS": "russia", "TWN": "taiwan"}
FOUNDING = Path(__file__).parents[3] / "shared" / "articles" / "rutte-two-fronts-2025.txt"
ERRORS = Errors(judgement="made up", source={"B": 1.5, "C": 2.0}, credibility={"2": 1.0, "3": 1.5})
WORLDS = 4096
PRIOR = norm.ppf((np.arange(WORLDS) + 0.5) / WORLDS)  # standard normal


def bundled_run(folder: Path) -> Run:
    """A made-up run that rests on the figures of the bundled scenario."""
    run = make_run(folder)
    loaded = load_scenario()
    run.__dict__["quantities"] = {row["path"]: row for row in record.quantities(loaded)}
    return run


@pytest.mark.parametrize(
    ("sentence", "path", "year", "value"),
    [
        ("Russia spent 7.5 percent of GDP on defence in 2025, the ministry said.", "powers.russia.share", None, 7.5),
        ("Russia's economy grew by 1.4 percent in 2025, the bank said.", "powers.russia.growth", None, 1.4),
        ("Russia's economy shrank by 2 percent in 2025, the bank said.", "powers.russia.growth", None, -2.0),
        ("Russia spent $462 billion on defense in 2024, the institute said.", "powers.russia.military_ppp", None, 3.13),
        ("China will be ready to take Taiwan by 2027, the general said.", "fronts.strait.readiness.year", None, 2027),
    ],
)
def test_each_rule(sentence: str, path: str, year: int | None, value: float, tmp_path: Path) -> None:
    found, _ = proposed(bundled_run(tmp_path), read_text(sentence, lang="en", date="2026-01"), CODES)
    assert [(o.path, o.year) for o in found] == [(path, year)]
    assert found[0].value == pytest.approx(value, rel=0.01)
    assert found[0].sd > 0
    assert "rule" in str(found[0].judgement)


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("France's economy grew by 1.4 percent in 2025, the bank said.", "no single state of the scenario"),
        ("Russia's economy grew by 1.4 percent, the bank said.", "no single year"),
        ("Russia's economy grew by 1.4 percent in 2013, the bank said.", "outside the run"),
        ("Russia trained 1,400 soldiers in 2025, the ministry said.", "no rule"),
        ("Russia's economy grew by 1.4 percent in 2025, the bank said.", "the run holds no powers.russia.growth"),
    ],
)
def test_what_no_rule_fits_says_why(sentence: str, why: str, tmp_path: Path) -> None:
    run = make_run(tmp_path) if "holds" in why else bundled_run(tmp_path)
    found, unmapped = proposed(run, read_text(sentence, lang="en", date="2026-01"), CODES)
    assert found == []
    assert [why in item.why for item in unmapped] == [True]


def growth_run(folder: Path) -> Run:
    """Russia's growth is normal with mean 1 and standard deviation 1 over worlds."""
    return make_run(folder, worlds=WORLDS, draws={"powers.russia.growth": 1 + PRIOR})


def rated(reading: Reading, run: Run, rating: str = "B2") -> Ledger:
    """What a reading says about a run, every claim rated by a person."""
    marks = {"source": rating[0], "credibility": int(rating[1])}
    claims = [Claim.model_validate(c.model_dump() | {"rating": marks, "rated": True}) for c in proposals(reading)]
    return Ledger({c.id: c for c in claims}, tuple(proposed(run, reading, CODES)[0]), ERRORS)


def test_a_claim_of_an_article_moves_the_posterior_to_the_analytic_answer(tmp_path: Path) -> None:
    """Prior N(1, 1), observed 3 with standard deviation s: mean (1 + 3/s²)/(1 + 1/s²), variance 1/(1 + 1/s²)."""
    run = growth_run(tmp_path)
    reading = read_text("Russia's economy grew by 3 percent in 2025, the bank said.", lang="en", date="2026-01")
    ledger = rated(reading, run)
    found = flow.weigh(run, ledger, hindcast=False)
    s = 1.5 * ledger.observes[0].sd  # B2 widens the error by half
    values = 1 + PRIOR
    mean = np.average(values, weights=found.weight)
    assert mean == pytest.approx((1 + 3 / s**2) / (1 + 1 / s**2), abs=2e-3)
    assert np.average((values - mean) ** 2, weights=found.weight) == pytest.approx(1 / (1 + 1 / s**2), abs=5e-3)
    assert found.effective < WORLDS


def test_two_articles_with_one_statement_move_as_much_as_one(tmp_path: Path) -> None:
    run = growth_run(tmp_path)
    texts = (
        "Russia's economy grew by 3 percent in 2025, the Harbour Institute said.",
        "The Harbour Institute said growth in Russia was 3 percent in 2025.",
    )
    names = []
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
        names.append(str(tmp_path / f"{number}.txt"))
    one, two = (read_articles(some, lang="en", date="2026-01") for some in (names[:1], names))
    weights = [flow.weigh(run, rated(reading, run), hindcast=False).weight for reading in (one, two)]
    assert np.array_equal(*weights)
    assert np.ptp(weights[0]) > 0


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("The bank denied that Russia's economy grew by 3 percent in 2025.", "denies it (“denied”)"),
        ("The bank did not say that Russia's economy grew by 3 percent in 2025.", "denies it (“not”)"),
        ("If sanctions were lifted, Russia's economy would have grown by 3 percent in 2025, the bank said.",
         "only under a condition"),
        ("Russia's economy did not grow by 3 percent in 2025, the bank said.", "with a negation (“not”)"),
        ("Russia's economy could grow by 3 percent in 2025, the bank said.", "as a possibility (“could”)"),
    ],
)  # fmt: skip
def test_what_nobody_asserts_is_no_observation(sentence: str, why: str, tmp_path: Path) -> None:
    run = growth_run(tmp_path)
    observes, unmapped = proposed(run, read_text(sentence, lang="en", date="2026-01"), {"RUS": "russia"})
    assert observes == []
    assert [why in item.why for item in unmapped] == [True]


def test_an_unrated_claim_moves_nothing_and_is_named(tmp_path: Path) -> None:
    run = growth_run(tmp_path)
    reading = read_text("Russia's economy grew by 3 percent in 2025, the bank said.", lang="en", date="2026-01")
    found = flow.weigh(run, rated(reading, run, "F6"), hindcast=False)
    assert np.ptp(found.weight) == 0
    assert found.moved == ()
    assert [r.why for r in found.already] == ["cannot be judged (F6)"]


def test_what_a_published_figure_says_is_in_the_scenario_already(tmp_path: Path) -> None:
    """The numbers of the founding article, in other words: by root, by publisher and by number."""
    text = (
        "Russia spent $462 billion on defense in 2024, the Kyiv paper said. "
        "Russia spent 6.7 percent of GDP on defence in 2024, according to the International Institute (IISS)."
    )
    run, loaded = bundled_run(tmp_path), load_scenario()
    ledger = rated(read_text(text, lang="en", date="2025-07"), run)
    assert {o.path for o in ledger.observes} == {"powers.russia.military_ppp", "powers.russia.share"}
    used, refused = observations(run, ledger.observes, {**loaded.ledger.claims, **ledger.claims}, ERRORS)
    assert used == []
    assert {r.why for r in refused} == {"already in the scenario"}


@pytest.mark.skipif(not FOUNDING.exists(), reason="the founding article is not part of the project")
def test_the_founding_article_moves_nothing(tmp_path: Path) -> None:
    run, loaded = bundled_run(tmp_path), load_scenario()
    reading = read_articles([str(FOUNDING)], date="2025-07", ledger=loaded.ledger.claims)
    ledger = rated(reading, run)
    assert ledger.observes
    used, refused = observations(run, ledger.observes, {**loaded.ledger.claims, **ledger.claims}, ERRORS)
    assert used == []
    assert {r.why for r in refused} <= {"already in the scenario"}


def test_a_conclusion_falls_with_the_one_claim_that_carries_it(tmp_path: Path) -> None:
    """Two fronts in 0.3 u, so "above 10 %" holds in two thirds of worlds; a claim that u is high makes it supported."""
    u = ramp(WORLDS)
    changed = {"baseline": {"two_fronts": 0.3 * u}}
    run = make_run(tmp_path, worlds=WORLDS, draws={"a.high": u, "b.flat": u[::-1] * 0 + 1}, changed=changed)
    seen = [
        Observation("carries", "a.high", None, 0.9, 0.15, u),
        Observation("idle", "b.flat", None, 1.0, 0.5, np.ones(WORLDS)),
    ]
    found = weighed(run, seen)
    assert found.conclusions["level above 10 %"] == ("depends", "supported")
    assert {m.claim: m.falls for m in found.moved}["carries"] == ("level above 10 %",)
    assert {m.claim: (m.falls, m.shift) for m in found.moved}["idle"] == ((), 0.0)


def test_an_unrated_claim_moves_alike_read_and_from_the_ledger(tmp_path: Path) -> None:
    """Reading weighs it by the rules' proposal and says so; so does its ledger, until a person rates it."""
    run = make_run(tmp_path / "run", worlds=WORLDS, draws={"powers.china.growth": 4 + PRIOR})
    text = "China's economy grew 5% in 2024, the bank said. China's economy grew 9% in 2024, Karl Maier said."
    reading = read_text(text, lang="en", date="2026-01")
    observes, _ = proposed(run, reading, CODES)
    file = tmp_path / "l.toml"
    add_to_ledger(reading, file, observes, ERRORS)
    read, kept, again = (
        flow.weigh(run, ledger, hindcast=False)
        for ledger in (
            _as_ledger(reading, observes, Ledger({}), ERRORS),
            file,
            _as_ledger(reading, observes, load_ledger(file), ERRORS),
        )
    )
    assert np.ptp(read.weight) > 0
    assert np.array_equal(read.weight, kept.weight)
    assert np.array_equal(read.weight, again.weight)
    first, second = load_ledger(file).claims
    assert [(o.claim, o.rating, o.proposed) for o in kept.used] == [(first, "C2", True)]
    assert read.by_rule == kept.by_rule == f"Rated by rule, by no person yet: {first} (C2)."
    assert [(r.claim, r.why) for r in kept.already] == [(second, "cannot be judged (C5, proposed by rule)")]
    edit.rate(file, first, "F6", "the original was not found", "2026-01-02")
    for ledger in (file, _as_ledger(reading, observes, load_ledger(file), ERRORS)):
        found = flow.weigh(run, ledger, hindcast=False)
        assert np.ptp(found.weight) == 0
        assert found.by_rule is None
        assert (first, "cannot be judged (F6)") in [(r.claim, r.why) for r in found.already]


@pytest.mark.parametrize(
    ("sentence", "rating"),
    [
        ("Russia spent $149 billion on defense in 2024, the ministry said.", "C2"),
        ("Russia spent $300 billion on defense in 2024, the ministry said.", "C5"),
        ("Russia spent $149 billion on defense in 2024, an anonymous official said.", "D2"),
        ("The army trains 600 soldiers, the ministry said.", "C6"),
        ("Russia spent $149 billion on defense in 2024.", "F2"),
    ],
)
def test_ratings_are_proposed_by_rule(sentence: str, rating: str) -> None:
    reading = read_text(sentence, lang="en", date="2025-07")
    found = reading.claims[0][0]
    assert str(propose_found(found, reading.audits(0, found.id)).rating) == rating
