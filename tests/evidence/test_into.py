"""From articles to a ledger: every statement gets there once, whatever the file is called and wherever it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twofront.errors import TwofrontError
from twofront.evidence import Observe, edit, load_ledger
from twofront.evidence.reader import Article, Reading, read_articles, read_text
from twofront.evidence.reader.into import add_to_ledger, proposals, statements
from twofront.evidence.reader.reading import read

QUOTE = "„Wir brauchen 100 Milliarden Euro“, sagte Anna Berg."
POLICE = "Laut Polizei kamen 600 Menschen."
MINISTER = "Die Ministerin sagte, das sei falsch."
NEW = "Der Verband erklärte, die Lage bleibe ernst."


def reading(*sentences: str, name: str = "rede.txt", outlet: str | None = None) -> Reading:
    return read_text("\n\n".join(sentences), lang="de", date="2025-07-05", name=name, outlet=outlet)


def test_an_inserted_sentence_is_the_only_one_added(tmp_path: Path) -> None:
    ledger = tmp_path / "l.toml"
    assert add_to_ledger(reading(QUOTE, POLICE), ledger) == (2, 0)
    first = list(load_ledger(ledger).claims)
    edit.rate(ledger, first[1], "B3", "read in full", "2026-01-01")
    assert add_to_ledger(reading(NEW, QUOTE, MINISTER, POLICE), ledger) == (2, 2)
    claims = load_ledger(ledger).claims
    assert list(claims)[:2] == first
    assert {c.text for c in claims.values()} >= {"„Wir brauchen 100 Milliarden Euro“"}
    assert len({c.text for c in claims.values()}) == 4
    assert str(claims[first[1]].rating) == "B3"
    assert claims[first[1]].text.endswith("600 Menschen")
    assert add_to_ledger(reading(POLICE, MINISTER, QUOTE, NEW), ledger) == (0, 4)


def test_two_files_of_one_name_and_standard_input_twice(tmp_path: Path) -> None:
    ledger = tmp_path / "l.toml"
    for name in ("a.txt", "standard input"):
        ledger.unlink(missing_ok=True)
        assert add_to_ledger(reading(QUOTE, name=name), ledger) == (1, 0)
        assert add_to_ledger(reading(POLICE, name=name), ledger) == (1, 0)
        assert [c.speaker for c in load_ledger(ledger).claims.values()] == ["Anna Berg", "Polizei"]


def test_one_text_under_another_file_name_is_known_by_its_outlet(tmp_path: Path) -> None:
    ledger = tmp_path / "l.toml"
    add_to_ledger(reading(QUOTE, POLICE, outlet="Tagblatt"), ledger)
    assert add_to_ledger(reading(QUOTE, POLICE, name="copy.txt", outlet="Tagblatt"), ledger) == (0, 2)
    assert add_to_ledger(reading(QUOTE, POLICE, name="copy.txt", outlet="Kurier"), ledger) == (2, 0)


@pytest.mark.parametrize("changed", ["id", "text", "speaker"])
def test_a_claim_that_a_person_edited_is_known_again(tmp_path: Path, changed: str) -> None:
    ledger = tmp_path / "l.toml"
    add_to_ledger(reading(QUOTE), ledger)
    claim = next(iter(load_ledger(ledger).claims.values()))
    other = {"id": "berg-money", "text": "She asks for more money.", "speaker": "Berg, Anna"}[changed]
    text = ledger.read_text("utf-8").replace(f'{changed} = "{getattr(claim, changed)}"', f'{changed} = "{other}"')
    ledger.write_text(text, "utf-8")
    assert add_to_ledger(reading(QUOTE), ledger) == (0, 1)
    assert ledger.read_text("utf-8") == text
    assert [name for name, *_ in statements(reading(QUOTE), load_ledger(ledger).claims)] == list(
        load_ledger(ledger).claims
    )


def test_an_observation_names_its_claim_whatever_that_is_called(tmp_path: Path) -> None:
    ledger = tmp_path / "l.toml"
    for sentences in ((QUOTE, POLICE), (NEW, POLICE, QUOTE)):
        found = reading(*sentences)
        known = load_ledger(ledger).claims if ledger.exists() else {}
        seen = [
            Observe(claim=name, path="persons", value=600, sd=1)
            for name, first, _ in statements(found, known)
            if "600" in found.claim(first).text(found.articles[0])
        ]
        add_to_ledger(found, ledger, seen)
    whole = load_ledger(ledger)
    assert ["600" in whole.claims[o.claim].text for o in whole.observes] == [True]


def test_same_words_of_two_speakers_are_two_claims_and_of_one_speaker_one(tmp_path: Path) -> None:
    short = "„Das ist falsch“, sagte Anna Berg.", "„Das ist falsch“, sagte Karl Maier."
    ledger = tmp_path / "l.toml"
    found = reading(*short, short[0])
    add_to_ledger(found, ledger)
    told = " ".join(c.speaker + str(c.audit_note) for c in load_ledger(ledger).claims.values())
    assert "Anna Berg" in told
    assert len(proposals(found)) == len(load_ledger(ledger).claims) <= 2
    assert add_to_ledger(found, ledger)[0] == 0


def test_a_rendering_that_comes_first_later_adds_nothing(tmp_path: Path) -> None:
    """The first wording of a statement changes with the order of the articles; the statement does not."""
    texts = (
        "Russia's economy grew by 3 percent in 2025, the Harbour Institute said.",
        "The Harbour Institute said growth in Russia was 3 percent in 2025.",
    )
    paths = []
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
        paths.append(str(tmp_path / f"{number}.txt"))
    both, turned = (read_articles(some, lang="en", date="2026-01") for some in (paths, paths[::-1]))
    assert both.same
    assert add_to_ledger(both, tmp_path / "l.toml") == (1, 0)
    assert add_to_ledger(turned, tmp_path / "l.toml") == (0, 1)


@settings(max_examples=30, deadline=None)
@given(st.text("äß.-_ aZ9я", min_size=1, max_size=80))
def test_every_name_gives_ids_that_a_ledger_takes(name: str) -> None:
    for claim in proposals(reading(QUOTE, name=name)):
        assert len(claim.id) <= 64


@settings(max_examples=20, deadline=None)
@given(st.permutations([QUOTE, POLICE, MINISTER, NEW]), st.integers(1, 4))
def test_any_order_and_any_part_gives_each_statement_one_id(order: list[str], count: int) -> None:
    whole = {c.text: c.id for c in proposals(reading(QUOTE, POLICE, MINISTER, NEW))}
    assert len(set(whole.values())) == 4
    assert all(whole[c.text] == c.id for c in proposals(reading(*order[:count])))


def test_what_no_ledger_can_hold_stays_out_of_it(tmp_path: Path) -> None:
    """A day outside the calendar is no date, and a number beyond all numbers no figure."""
    text = "Anna Berg sagte am 30. Februar 2025, es kamen " + "9" * 400 + " Menschen."
    assert add_to_ledger(read_text(text, lang="de", date="2025"), tmp_path / "l.toml")[0] >= 1
    wrong = Article("a.txt", QUOTE, "de", date="2025-02-30")
    with pytest.raises(TwofrontError, match=r'a\.txt: "2025-02-30" is not in the calendar'):
        add_to_ledger(read([(wrong, ())], {}), tmp_path / "m.toml")
    assert not (tmp_path / "m.toml").exists()
