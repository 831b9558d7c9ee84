"""Sentences about evidence: English everywhere, German on a German page, and no sentence without its German."""

import ast
import copy
import csv
import pickle
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import twofront
from twofront.evidence import audit
from twofront.evidence.reader import read_text
from twofront.evidence.reader.vocabulary import vocabulary
from twofront.evidence.said import Said, german, in_language, number
from twofront.report.article import article_page

ROOT = Path(twofront.__file__).parent


def test_a_sentence_is_its_english_text_and_knows_its_german() -> None:
    found = Said("The pledge is {listed}.", listed=("x", Said("real"), Said("market"), 1234.5))
    assert found == "The pledge is x; real; market; 1234.5."
    assert in_language(found, "en") == found
    assert in_language(found, "de") == "Zugesagt sind x; real; Marktkurse; 1234,5."
    for copied in (copy.deepcopy(found), pickle.loads(pickle.dumps(found))):
        assert in_language(copied, "de") == in_language(found, "de")


def test_words_of_an_article_stay_whatever_they_are() -> None:
    assert in_language("market", "de") == "market"  # a plain text is no sentence of ours
    assert in_language(Said("begins with “{words}”", words="{x} market"), "de") == "beginnt mit „{x} market“"


@pytest.mark.parametrize(
    ("value", "english", "german_text"),
    [(461.6, "461.6", "461,6"), (1.5e6, "1,500,000", "1.500.000"), (29298.0, "29298", "29298"), (-0.5, "-0.5", "-0,5"),
     (0.00012, "0.00012", "0,00012"), (5.0, "5", "5")],
)  # fmt: skip
def test_numbers(value: float, english: str, german_text: str) -> None:
    assert (number(value), number(value, "de")) == (english, german_text)


def test_every_sentence_has_its_german() -> None:
    missing = sorted({text for text in _patterns() if _says(text)} - set(german()))
    assert not missing, missing


def test_every_word_of_the_published_figures_has_its_german() -> None:
    with (ROOT / "evidence" / "audit_figures.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    words = {row[column] for row in rows for column in ("quantity", "unit", "basis", "note")} - {"", "%"}
    words |= {*audit.NAMES.values(), *audit.BASES, *audit.BASES.values(), *vocabulary().durations.values()}
    words |= {r.note for r in audit.references() if r.note} | {"bn USD", "mn EUR", "tn CNY", "persons", "% GDP"}
    words |= {tag for tags in vocabulary().exact.values() for kind, tag in tags if kind == "quantity"}
    assert not sorted(words - set(german()))


def test_both_languages_are_filled_by_the_same_things() -> None:
    for english, other in german().items():
        assert _fields(english) == _fields(other), english


def test_a_german_page_speaks_german() -> None:
    text = (
        "Russlands Verteidigungsbudget stieg 2024 um 42 Prozent auf 462 Milliarden Dollar, sagte Jens Weidner. "
        "„Russlands Militärausgaben übersteigen die Verteidigungsausgaben aller europäischen Länder "
        "zusammen“, sagte er. "
        "Laut Weidner lagen Chinas Militärausgaben im Jahr 2024 bei 900 Milliarden Dollar. "
        "Bis 2035 geben die Nato-Staaten fünf Prozent ihres BIP für Verteidigung aus."
    )
    reading = read_text(text, lang="de", date="2025-07-14")
    page = article_page(reading, lang="de")
    assert {v.outcome for v in reading.verdicts} == {"holds", "mixed bases", "contradicted", "cannot be checked"}
    for verdict in reading.verdicts:
        assert str(verdict.finding) not in page
        assert in_language(verdict.finding, "de").split(" (")[0] in page
    assert "461,6 Mrd. USD nach Kaufkraft" in page
    assert "eine veröffentlichte Zahl widerspricht" in page
    assert "this article" not in page
    assert "dieser Artikel" in page


def _patterns() -> Iterator[str]:
    """Every text that the package makes a `Said` of where it stands in the code."""
    for file in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Said" and node.args:
                for part in ast.walk(node.args[0]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value


def _says(pattern: str) -> bool:
    """A pattern has words of its own."""
    return any(c.isalpha() for text, *_ in string.Formatter().parse(pattern) for c in text)


def _fields(pattern: str) -> set[str]:
    return {name for _, name, *_ in string.Formatter().parse(pattern) if name}
