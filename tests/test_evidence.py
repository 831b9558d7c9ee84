"""Claims and the ledger: what is read, what is refused and in which words."""

import csv
import json
import re
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from twofront.errors import LedgerError
from twofront.evidence import Claim, Ledger, load_ledger, read_ledger
from twofront.scenario import load_scenario

CLAIM = """
[[claims]]
id = "first"
text = "A says so."
text_de = "A sagt es."
speaker = "A"
outlet = "Daily"
chain = ["A", "Daily"]
date = 2025-07-05
rating = { source = "B", credibility = 2 }
audit = "confirmed"
reference = "A, title, 2025"
figures = [{ low = 1.0, value = 2.0, high = 3.0, unit = "% GDP", period = 2025 }]
seen = "primary"
"""
SECOND = CLAIM.replace('"first"', '"second"').replace('["A", "Daily"]', '["B", "Daily"]')


def problems(text: str) -> list[str]:
    return [str(finding) for finding in read_ledger(text, "ledger.toml")[1]]


@pytest.fixture(scope="module")
def bundled() -> Ledger:
    return load_ledger(Path(str(files("twofront"))) / "scenario" / "bundled" / "two-fronts" / "ledger.toml")


def test_a_claim_is_read_with_its_root_date_and_figure() -> None:
    ledger, findings = read_ledger(CLAIM, "ledger.toml")
    claim = ledger.claims["first"]
    assert findings == []
    assert (claim.root, claim.date, str(claim.rating)) == ("A", "2025-07-05", "B2")
    assert (claim.figures[0].low, claim.figures[0].value, claim.figures[0].period) == (1, 2, "2025")


def test_a_claim_survives_json() -> None:
    claim = read_ledger(CLAIM, "ledger.toml")[0].claims["first"]
    assert Claim.model_validate(json.loads(claim.model_dump_json())) == claim


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'speaker = "A"',
            'speeker = "A"',
            'ledger.toml:6:1: claims.first.speeker: unknown key "speeker". Did you mean "speaker"?',
        ),
        ('outlet = "Daily"', "", "ledger.toml:2:1: claims.first.outlet: missing. Every claim needs it"),
        ('source = "B"', 'source = "G"', 'claims.first.rating.source: "G" is no rating. Write rating ='),
        ("credibility = 2", "credibility = 7", 'claims.first.rating.credibility: "7" is no rating'),
        ("credibility = 2", "credibility = 1", "another source confirms it. Name it in corroborated_by"),
        ("2025-07-05", '"July 2025"', "ledger.toml:9:1: claims.first.date: a date is a year, a year"),
        ("2025-07-05", '"2025-13"', "2025-13 is not in the calendar"),
        ('audit = "confirmed"', 'audit = "distorted"', 'audit "distorted" needs an audit_note that says how'),
        ('audit = "confirmed"', 'audit = "true"', "claims.first.audit"),
        ('seen = "primary"', 'seen = "memory"', "a figure from memory cannot be judged. Its rating is F6"),
        ("high = 3.0, ", "", "low and high go together"),
        ("high = 3.0", "high = nan", "ledger.toml:13:1: claims.first.figures.0.high"),
        ("high = 3.0", "high = 1.5", "the order must be low, value, high"),
        (
            'seen = "primary"',
            'seen = "primary"\necho_of = "frist"',
            'ledger.toml:15:1: claims.first.echo_of: no claim "frist" in this ledger. Did you mean "first"?',
        ),
        ('seen = "primary"', 'seen = "primary"\necho_of = "first"', "the echoes lead back to this claim"),
        ('seen = "primary"', 'seen = "primary"\nseen = "memory"', "ledger.toml: not readable as TOML"),
        ('id = "first"', 'id = "First Claim"', "claims.First Claim.id"),
    ],
)  # fmt: skip
def test_a_bad_claim_names_place_cause_and_remedy(old: str, new: str, message: str) -> None:
    assert old in CLAIM
    assert message in "\n".join(problems(CLAIM.replace(old, new)))


def test_doubled_ids_and_unknown_tables() -> None:
    assert "ledger.toml:17:1: claims.first.id: line 3 has a claim of this id already" in problems(CLAIM + CLAIM)[0]
    assert problems("[[claim]]\nid = 1\n") == ['ledger.toml:1:1: claim: unknown key. Did you mean "claims"?']
    assert "two brackets" in problems("[claims]\n")[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[[observes]]\nclaim = "first"\npath = "p"\nvalue = 1\nsd = 0\n',
            "ledger.toml:19:1: observes.1.sd: Input should",
        ),
        (
            '[[observes]]\nclaim = "frist"\npath = "p"\nvalue = 1\nsd = 1\n',
            "ledger.toml:16:1: observes.1.claim: no claim",
        ),
        ('[[observes]]\nclaim = "first"\nvalue = 1\nsd = 1\n', "ledger.toml:15:1: observes.1.path: missing"),
        (
            '[[observes]]\nclaim = "first"\npath = "p"\nvalu = 1\nsd = 1\n',
            'observes.1.valu: unknown key. Did you mean "value"',
        ),
        ('[observes]\nclaim = "first"\n', "ledger.toml:15:1: observes: not a list of tables. Write [[observes]]"),
        (
            '[errors]\njudgement = "x"\nsource = { A = 0 }\ncredibility = { 1 = 1 }\n',
            "ledger.toml:17:1: errors.source.A:",
        ),
        ("[errors]\nsource = { A = 1 }\ncredibility = { 1 = 1 }\n", "ledger.toml:15:1: errors.judgement: missing"),
        ("\n[error]\n", 'ledger.toml:16:1: error: unknown key. Did you mean "errors"'),
    ],
)
def test_a_bad_observation_or_error_table_names_its_line(text: str, message: str) -> None:
    assert any(message in problem for problem in problems(CLAIM + text)), problems(CLAIM + text)


def test_credibility_1_needs_a_claim_with_another_root() -> None:
    sure = CLAIM.replace("credibility = 2", "credibility = 1") + 'corroborated_by = ["second"]\n'
    assert problems(sure + SECOND) == []
    same = problems(sure + SECOND.replace('["B", "Daily"]', '["A", "Weekly"]'))
    assert len(same) == 1
    assert 'needs a claim with another root than "A"' in same[0]
    assert 'no claim "second"' in problems(sure)[0]


def test_one_broken_claim_does_not_break_the_others() -> None:
    ledger, findings = read_ledger(CLAIM.replace('outlet = "Daily"', "") + SECOND + 'echo_of = "first"\n', "l.toml")
    assert list(ledger.claims) == ["second"]
    assert len(findings) == 1


def test_ratings_are_compared_mark_by_mark_and_unjudged_ones_never_count() -> None:
    ratings = ["A1", "B2", "C3", "A4", "D1", "F1", "A6", "F6"]
    texts = [
        CLAIM.replace('"first"', f'"c{n}"')
        .replace('"B"', f'"{r[0]}"')
        .replace("credibility = 2", f"credibility = {r[1]}")
        + 'corroborated_by = ["other"]\n'
        for n, r in enumerate(ratings)
    ]
    ledger, findings = read_ledger("".join(texts) + SECOND.replace('"second"', '"other"'), "ledger.toml")
    assert findings == []
    assert ledger.rated_at_least("C3") - {"other"} == {"c0", "c1", "c2"}
    with pytest.raises(ValueError, match='"good" is no rating'):
        ledger.rated_at_least("good")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="cannot be read"):
        load_ledger(tmp_path / "none.toml")
    file = tmp_path / "ledger.toml"
    file.write_bytes(b"#" * 5_000_001)
    with pytest.raises(LedgerError, match="larger than 5 MB"):
        load_ledger(file)
    file.write_bytes("x = 'ä'".encode("latin-1"))
    with pytest.raises(LedgerError, match="not UTF-8"):
        load_ledger(file)
    file.write_text("x = " + "[" * 10_000, encoding="utf-8")
    with pytest.raises(LedgerError, match="not readable as TOML"):
        load_ledger(file)


@given(st.text(max_size=200))
def test_any_text_is_a_ledger_or_findings_never_a_traceback(text: str) -> None:
    read_ledger(text + CLAIM, "ledger.toml")


def test_the_bundled_ledger(bundled: Ledger) -> None:
    """The audit of the article as tallied by hand; one root for the readiness year."""
    assert len(bundled.claims) >= 60
    article = [c for name, c in bundled.claims.items() if name.startswith("article-")]
    tally = {audit: sum(c.audit == audit for c in article) for audit in ("confirmed", "unsupported", "not-found")}
    assert tally == {"confirmed": 6, "unsupported": 3, "not-found": 8}
    named = ("davidson-2021-2027", "aquilino-2024-2027", "burns-2023-2027", "cmpr-2025-2027", "article-c28")
    assert len(bundled.roots(named)) == 1


def test_the_allies_cite_claims_of_the_ledger(bundled: Ledger) -> None:
    text = files("twofront").joinpath("scenario/bundled/two-fronts/allies.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 31
    assert {name for row in rows for name in row["source"].split()} <= set(bundled.claims)
    stated = {f.what: f.value for f in bundled.claims["nato-personnel-2025"].figures}
    assert all(float(row["personnel"]) == stated[row["name"]] for row in rows if row["personnel"] not in ("", "0"))


def test_the_page_lists_every_field_of_a_claim_in_order() -> None:
    page = (Path(__file__).parents[1] / "docs" / "evidence.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (yes)? ?\|", page.split("## A claim")[1].split("\n## ")[0], flags=re.MULTILINE)
    assert rows == [(name, "yes" if field.is_required() else "") for name, field in Claim.model_fields.items()]


def test_steps_and_comparisons_of_the_bundled_ledger(tmp_path: Path) -> None:
    """Every step of the argument has a claim of the founding article, and a step that nobody knows is refused."""
    claims = load_scenario("two-fronts").ledger.claims.values()
    steps = {claim.states for claim in claims if claim.states and claim.id.startswith("article-")}
    assert steps == {"calls", "accepted", "supply", "practice", "ready", "pledge", "balance", "verdict"}
    assert sum(claim.compare is not None for claim in claims) == 14
    with pytest.raises(ValidationError, match="calls"):
        Claim.model_validate(next(iter(claims)).model_dump() | {"states": "cals"})
