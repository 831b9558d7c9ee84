"""One set of rules for ratings: the ledger says what reading said, and nothing is guessed from words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from twofront.cli.commands import app
from twofront.errors import LedgerError
from twofront.evidence import Claim, edit, load_ledger
from twofront.evidence.claim import Audit, Ends, Outcome
from twofront.evidence.rating import propose, propose_found, standing
from twofront.evidence.reader import read_text
from twofront.evidence.reader.into import add_to_ledger, statements

ARTICLE = {
    "Russia spent $149 billion on defense in 2024, the ministry said.": "C2",
    "Russia spent $300 billion on defense in 2024, the ministry said.": "C5",
    "Russia spent $149 billion on defense in 2024, an anonymous official said.": "D2",
    "The army trains 600 soldiers, the ministry said.": "C6",
    "Russia spent $149 billion on defense in 2024.": "F2",
    "Russia spent $149 billion on defense in 2024 and trained 600 soldiers, the ministry said.": "C6",
    "Russia's military spending exceeds the defense spending of all European countries, the institute said.": "C4",
    "That is a serious challenge for everybody.": None,
    "The bank denied that Russia spent $149 billion on defense in 2024.": "C6",
    "The leaks are statistics of an official text, Anna Berg said.": "C6",
}


@pytest.mark.parametrize(("sentence", "rating"), ARTICLE.items())
def test_the_ledger_proposes_what_reading_proposed(sentence: str, rating: str | None, tmp_path: Path) -> None:
    reading = read_text(sentence, lang="en", date="2025-07")
    add_to_ledger(reading, tmp_path / "l.toml")
    claims = load_ledger(tmp_path / "l.toml").claims if reading.claims[0] else {}
    for name, first, _ in statements(reading):
        mine = propose_found(reading.claim(first), reading.audits(first.article, first.claim))
        assert propose(claims[name], claims) == mine
        assert standing(claims[name], claims) == (mine.rating, True)
    offered = [str(propose(claim, claims).rating) for claim in claims.values()]
    assert rating is None or offered[0] == rating


BASE: dict[str, Any] = {
    "id": "a", "text": "x", "text_de": "x", "speaker": "x", "outlet": "x", "chain": ["x", "y"], "date": "2025",
    "rating": "C3", "audit": "not-checked", "reference": "x", "seen": "secondary",
}  # fmt: skip


def proposed(**given: object) -> str:
    return str(propose(Claim.model_validate(BASE | {"audit_note": "so"} | given), {}).rating)


@pytest.mark.parametrize(
    ("given_fields", "rating"),
    [
        ({"outcomes": ["holds"]}, "C2"),
        ({"outcomes": ["holds", "cannot be checked"]}, "C6"),
        ({"outcomes": ["holds", "mixed bases"]}, "C4"),
        ({"outcomes": ["holds", "contradicted"], "audit": "confirmed"}, "C5"),
        ({"outcomes": ["cannot be checked"], "audit": "confirmed"}, "C2"),
        ({"outcomes": ["holds"], "audit": "opinion"}, "C6"),
        ({"outcomes": ["holds"], "audit": "not-found"}, "C6"),
        ({"outcomes": ["holds"], "audit": "distorted"}, "C4"),
        ({"outcomes": ["mixed bases"], "audit": "unsupported"}, "C5"),
        ({"ends_in": "anonymous", "seen": "primary"}, "D6"),
        ({"ends_in": "media"}, "D6"),
        ({"ends_in": "article"}, "F6"),
        ({"ends_in": "official"}, "C6"),
        ({"ends_in": "official", "seen": "primary"}, "A6"),
        ({"ends_in": "person", "seen": "primary"}, "B6"),
        ({"seen": "primary"}, "F6"),
        ({"seen": "primary", "chain": ["x"]}, "B6"),
        ({"speaker": "leak of an unnamed agency", "role": "statistics, official text"}, "C6"),
        ({"rating": "F6", "seen": "memory", "ends_in": "person", "outcomes": ["holds"]}, "F6"),
    ],
)
def test_the_worst_finding_decides(given_fields: dict[str, object], rating: str) -> None:
    assert proposed(**given_fields) == rating


@given(
    st.sampled_from(Audit.__args__),  # type: ignore[attr-defined]
    st.sampled_from([None, *Ends.__args__]),  # type: ignore[attr-defined]
    st.lists(st.sampled_from(Outcome.__args__), max_size=3),  # type: ignore[attr-defined]
    st.sampled_from(["primary", "secondary"]),
)
def test_a_bad_outcome_never_helps(audit: str, ends_in: str | None, outcomes: list[str], seen: str) -> None:
    before = proposed(audit=audit, ends_in=ends_in, outcomes=outcomes, seen=seen)
    for worse in ("contradicted", "mixed bases", "cannot be checked"):
        after = proposed(audit=audit, ends_in=ends_in, outcomes=[*outcomes, worse], seen=seen)
        assert after[0] == before[0]
        assert after[1] >= before[1] or before[1] == "6"


def test_a_persons_rating_stands_however_it_was_given(tmp_path: Path) -> None:
    file = tmp_path / "l.toml"
    add_to_ledger(read_text(next(iter(ARTICLE)), lang="en", date="2025-07"), file)
    name, claim = next(iter(load_ledger(file).claims.items()))
    assert (str(claim.rating), claim.unrated, claim.ends_in, claim.outcomes) == ("F6", True, "institution", ("holds",))
    call = CliRunner()
    shown = call.invoke(app, ["ledger", "show", str(file)]).output
    assert shown.startswith("C2* ")
    assert "* proposed by rule: no person has rated it" in shown
    shown = call.invoke(app, ["ledger", "show", str(file), name]).output
    assert "F6 (by no person yet)" in shown
    assert "rules propose C2: a named institution, read in a secondary copy; agrees with a published figure" in shown
    text = file.read_text("utf-8")
    file.write_text(text.replace('source = "F", credibility = 6', 'source = "B", credibility = 3'), "utf-8")
    claims = load_ledger(file).claims
    assert [str(mark) for mark in standing(claims[name], claims)] == ["B3", "False"]
    file.write_text(text, "utf-8")
    edit.rate(file, name, "F6", "the original was not found", "2026-01-01")  # a decision, though the marks are the same
    claims = load_ledger(file).claims
    assert (str(standing(claims[name], claims)[0]), claims[name].unrated, len(claims[name].history)) == ("F6", False, 1)
    with pytest.raises(LedgerError, match="F6 already"):
        edit.rate(file, name, "F6", "again", "2026-01-02")
