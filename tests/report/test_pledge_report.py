"""The pledge report: both languages, nothing loaded, missing never zero, tables that open in a spreadsheet."""

from __future__ import annotations

import csv
import html
import re
from pathlib import Path

import openpyxl
import pytest

from twofront import flow
from twofront.report.pledge_words import pledge_words

EMPTY = re.compile(r"<(script|link|iframe|object|embed)\b|https?://|@import|url\(", re.I)


@pytest.fixture(scope="module", autouse=True)
def no_editions(tmp_path_factory: pytest.TempPathFactory) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TWOFRONT_DATA", str(tmp_path_factory.mktemp("editions")))
        yield


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = {lang: tmp_path_factory.mktemp(lang) for lang in ("en", "de")}
    for lang, folder in made.items():
        flow.pledge(out=folder, lang=lang)
    return made


def page(folders: dict[str, Path], lang: str) -> str:
    name = {"en": "pledge-report.html", "de": "zusage-bericht.html"}[lang]
    return (folders[lang] / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", ["en", "de"])
def test_the_page_loads_nothing_and_names_every_ally(folders: dict[str, Path], lang: str) -> None:
    text = html.unescape(page(folders, lang))
    assert not EMPTY.search(text)
    assert "default-src 'none'" in text
    assert text.count('class="ally"') == 31
    assert ("Vereinigtes Königreich" if lang == "de" else "United Kingdom") in text
    assert " style=" not in text  # the content policy would drop it


@pytest.mark.parametrize(("lang", "said"), [("en", "no plan found"), ("de", "kein Plan gefunden")])
def test_missing_is_said_and_never_zero(folders: dict[str, Path], lang: str, said: str) -> None:
    text = page(folders, lang)
    assert said in text
    assert pledge_words(lang)("no_figure") in text
    with (folders[lang] / "pledge.csv").open(encoding="utf-8") as handle:
        rows = {row["code"]: row for row in csv.DictReader(handle)}
    assert rows["ITA"]["plan"] == "no plan found"
    assert rows["ITA"]["related_pct_gdp"] == "no published figure"
    assert rows["ITA"]["plan_2029_pct_gdp"] == ""
    assert rows["MKD"]["equipment_pct"] == ""
    assert float(rows["DEU"]["missing_now_bn_usd2024"]) == pytest.approx(60.1, abs=0.5)
    assert rows["ISL"]["missing_now_bn_usd2024"] == ""


def test_the_workbook_holds_the_same_tables(folders: dict[str, Path]) -> None:
    book = openpyxl.load_workbook(folders["en"] / "pledge.xlsx")
    assert book.sheetnames == ["pledge", "paths", "sources"]
    with (folders["en"] / "pledge.csv").open(encoding="utf-8") as handle:
        lines = list(csv.reader(handle))
    for row, line in zip(book["pledge"].iter_rows(values_only=True), lines, strict=True):
        for cell, text in zip(row, line, strict=True):
            assert (cell is None and text == "") or cell == (float(text) if isinstance(cell, int | float) else text)
    assert not [c for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]


def test_paths_cover_every_year(folders: dict[str, Path]) -> None:
    with (folders["en"] / "paths.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == 32 * 11
    germany = {row["year"]: row for row in rows if row["code"] == "DEU"}
    assert float(germany["2029"]["plan_pct_gdp"]) == 3.5
    assert float(germany["2035"]["equal_steps_pct_gdp"]) == 3.5


def test_the_screen_ranks_by_what_is_missing_and_says_its_limits() -> None:
    lines = flow.pledge().screen.splitlines()
    at = {
        name: next(k for k, line in enumerate(lines) if line.startswith(name))
        for name in ("Albania", "Germany", "Poland", "Group")
    }
    assert at["Albania"] < at["Germany"] < at["Poland"] < at["Group"]
    assert "twofront pledge --buys" in lines[-2]
    assert "no forecast" in lines[-1]


def test_one_ally_in_german_shows_both_currencies() -> None:
    text = flow.pledge(ally="Polen", lang="de").screen
    assert "PLN" in text
    assert "Prüfpunkt 2029" in text


def test_every_text_stands_in_both_languages() -> None:
    english, german = (pledge_words(lang).texts for lang in ("en", "de"))
    for key, text in english.items():
        fields = sorted(re.findall(r"\{(\w+)\}", text))
        assert sorted(re.findall(r"\{(\w+)\}", german[key])) == fields, key
