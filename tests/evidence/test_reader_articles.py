"""Fifteen articles of our own, German and English, clean and dirty: claims typed by hand are found, word for word."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from twofront.evidence.reader import Reading, read_articles
from twofront.evidence.reader.record import Found, Wording

FOLDER = Path(__file__).parent / "articles"
EXPECTED = sorted(FOLDER.glob("*.toml"))


def _read(expected: Path) -> tuple[dict[str, Any], Reading]:
    wanted = tomllib.loads(expected.read_text(encoding="utf-8"))
    article = next(file for file in FOLDER.glob(f"{expected.stem}.*") if file.suffix != ".toml")
    return wanted, read_articles([str(article)], date=wanted["date"])


def _claim(reading: Reading, words: str, form: str) -> Found:
    texts = {f.text(reading.articles[0]): f for f in reading.claims[0] if f.form == form}
    assert words in texts, f"{form} not found: {words}\nfound: " + "\n".join(texts)
    return texts[words]


def test_there_are_fifteen_articles() -> None:
    assert len(EXPECTED) == 15


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda file: file.stem)
def test_claims_typed_by_hand_are_found(expected: Path) -> None:
    wanted, reading = _read(expected)
    assert reading.articles[0].lang == wanted["lang"]
    for claim in wanted["claims"]:
        found = _claim(reading, claim["words"], claim["form"])
        if "speaker" in claim:
            assert found.speaker.name == claim["speaker"], claim["words"]
        if "role" in claim:
            assert found.speaker.role == claim["role"], claim["words"]
        if "addressee" in claim:
            assert found.addressee is not None, claim["words"]
            assert reading.articles[0].words(found.addressee) == claim["addressee"]
        if "denied" in claim:
            assert (found.denied is not None) == claim["denied"], claim["words"]
        if "chain" in claim:
            assert [link.name for link in found.chain] == claim["chain"]
        if "chain_has" in claim:
            assert any(claim["chain_has"] in link.name for link in found.chain), claim["words"]
        if "date" in claim:
            assert found.when is not None
            assert found.when.value == claim["date"]
        if "ends_in" in claim:
            assert found.ends_in == claim["ends_in"]
        if "conditional" in claim:
            assert (found.conditional is not None) == claim["conditional"]
        for number, figure in enumerate(claim.get("figures", [])):
            got = found.figures[number]
            for key, value in figure.items():
                assert getattr(got, key) == value, (claim["words"], key)
        if "relation" in claim:
            assert [(r.left, r.right) for r in found.relations] == [tuple(claim["relation"])]
        outcomes = [v.outcome for v in reading.audits(0, found.id)]
        for outcome in claim.get("outcomes", []):
            assert outcome in outcomes, (claim["words"], outcomes)


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda file: file.stem)
def test_no_quotation_beyond_those_typed_by_hand(expected: Path) -> None:
    wanted, reading = _read(expected)
    words = {claim["words"] for claim in wanted["claims"] if claim["form"] == "quotation"}
    found = {f.text(reading.articles[0]) for f in reading.claims[0] if f.form == "quotation"}
    assert found == words


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda file: file.stem)
def test_what_is_no_article_is_set_apart_and_never_read(expected: Path) -> None:
    wanted, reading = _read(expected)
    article = reading.articles[0]
    apart = {article.words(b.span) for b in reading.blocks[0] if b.kind not in ("body", "heading")}
    assert set(wanted.get("apart", [])) <= apart
    claims = " ".join(f.text(article) for f in reading.claims[0])
    for word in (*wanted.get("never", []), *wanted.get("apart", [])):
        assert word not in claims


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda file: file.stem)
def test_renderings_of_one_statement_are_one(expected: Path) -> None:
    wanted, reading = _read(expected)
    groups = [
        {reading.claim(w).text(reading.articles[0]) for w in group.wordings if isinstance(w, Wording)}
        for group in reading.same
    ]
    assert groups == [set(group) for group in wanted.get("same", [])]
