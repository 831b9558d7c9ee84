"""Readers of publishers' files: the real ones where they are here, small ones we make, and broken ones."""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Color, Font

from twofront import reference
from twofront.errors import DataError
from twofront.reference.readers import read_file
from twofront.world.spending import FADE

from .publishers import published_file

SIPRI_2026 = published_file("sipri_milex/SIPRI-Milex-data-1949-2025_v1.2.xlsx")
SIPRI_2025 = published_file("sipri_milex/SIPRI-Milex-data-1949-2024_2.xlsx")
WEO = published_file("imf_weo_oct2025/weo_oct2025_selected_long.csv")
BANK = published_file("worldbank_gdp/gdp.csv")
KIEL = published_file("kiel_ust/data_explorer.csv")
NATO = published_file("nato_defexp/nato_2012_2019_passport.csv")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWOFRONT_DATA", str(tmp_path / "editions"))


def here(path: Path) -> Path:
    if not path.exists():
        pytest.skip("the publisher's file is not here")
    return path


def test_sipri_countries_add_up_to_sipris_own_regions() -> None:
    content = read_file(here(SIPRI_2026))
    assert (content.publisher, content.edition, content.units["constant"]) == ("SIPRI", "2026", "bn USD2024")
    values = {(p.code, p.year): p.value for p in content.points if p.measure == "constant"}
    totals = {(p.code, p.year): p.value for p in content.totals}
    for year in (1990, 2005, 2014, 2024, 2025):
        assert values["CAN", year] + values["USA", year] == pytest.approx(totals["North America", year], rel=1e-6)
        east = ("CHN", "JPN", "Korea, South", "Mongolia", "TWN")
        # SIPRI adds its own figure for North Korea in some years.
        assert sum(values.get((c, year), 0.0) for c in east) == pytest.approx(totals["East Asia", year], rel=0.06)
    marks = defaultdict(int)
    for p in content.points:
        if p.measure in {"constant", "share"}:
            marks[p.mark] += 1
    assert (marks["estimate"], marks["uncertain"]) == (3666, 192)


def test_sipris_earlier_release_states_its_own_total_of_european_allies() -> None:
    """The press release of April 2025 gave 454 bn USD for the European allies in 2024."""
    content = read_file(here(SIPRI_2025))
    assert (content.edition, content.units["constant"]) == ("2025", "bn USD2023")
    current = {p.code: p.value for p in content.points if p.measure == "current" and p.year == 2024}
    said = reference.quoted()["sipri-nato-europe-current"].value
    allies = [c for c in reference.group("nato-europe") if c != "TUR"]  # SIPRI counts Türkiye to the Middle East
    assert sum(current.get(c, 0.0) for c in allies) == pytest.approx(said, abs=1.0)
    assert current["RUS"] == pytest.approx(149, abs=0.5)


def test_imf_long_form() -> None:
    content = read_file(here(WEO))
    assert (content.publisher, content.edition) == ("IMF", "2025-10")
    found = {(p.code, p.year, p.measure): p for p in content.points}
    assert found["RUS", 2024, "ppp_rate"].value == pytest.approx(29.02, abs=0.01)
    assert found["DEU", 2026, "gdp_nominal"].mark == "projection"
    assert found["DEU", 2024, "gdp_nominal"].mark == ""


def test_world_bank_kiel_and_nato_files() -> None:
    bank = {(p.code, p.year): p.value for p in read_file(here(BANK)).points}
    assert bank["DEU", 2019] == pytest.approx(3890, rel=0.02)
    kiel = read_file(here(KIEL))
    aid = {(p.code, p.year, p.measure): p.value for p in kiel.points}
    assert kiel.date == "2026-04"
    assert aid["DEU", 2024, "aid_military"] == pytest.approx(3.96, abs=0.01)
    nato = {(p.code, p.year, p.measure): p for p in read_file(here(NATO)).points}
    assert nato["DEU", 2014, "share"].value == pytest.approx(1.18, abs=0.02)
    assert nato["DEU", 2019, "share"].mark == "estimate"


def nato_book(path: Path, *, core: bool = False, allies: int = 12, last: int = 2025) -> Path:
    """A workbook in NATO's layout: titles in A1, captions, years with an e, names with stars, NATO's own sums."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    kind = "Core defence expenditure" if core else "Defence expenditure"
    codes = reference.group("europe-canada")[:allies]
    names = [reference.countries()[c].name for c in codes]
    years = [*range(last - 6, last), f"{last}e"]

    def block(sheet: openpyxl.worksheet.worksheet.Worksheet, caption: str, scale: float, label: str = "{}") -> None:
        sheet.append([caption])
        sheet.append([None, *years])
        for k, name in enumerate(names):
            sheet.append([label.format(name) + ("*" if k == 0 else ""), *[scale * (k + 1) + t for t in range(7)]])
        sheet.append(["NATO Europe and Canada", *[sum(scale * (k + 1) + t for k in range(allies)) for t in range(7)]])
        sheet.append([])

    share = f"{kind} as a share of GDP and annual real change"
    tables = {
        "1": (kind, ("Current prices", 900.0, "{} (Euros)")),
        "2": (kind, ("Current prices and exchange rates", 1000.0, "{}"), ("Constant 2021 prices", 950.0, "{}")),
        "3": (share, ("Share of real GDP (%)", 0.1, "{}"), ("Annual real change (%)", 1.0, "{}")),
        "7": ("Military personnel", ("Thousands", 10.0, "{}")),
        "8a": ("Distribution of defence expenditure by main category", ("Equipment (%)", 2.0, "{}")),
    }
    for number, (title, *blocks) in tables.items():
        sheet = book.create_sheet(f"Table {number}")
        sheet.append([f"Table {number}: {title}"])
        sheet.append(["(million US dollars)"])
        for caption, scale, label in blocks:
            block(sheet, caption, scale, label)
        sheet.append(["Notes: Figures for 2025 are estimates."])
    book.save(path)
    return path


def test_nato_workbook_allies_add_up_to_natos_own_sum(tmp_path: Path) -> None:
    content = read_file(nato_book(tmp_path / "whatever.bin"))
    assert (content.publisher, content.edition) == ("NATO", "2025")
    assert content.units == {
        "own": "bn own currency current", "current": "bn USD current", "constant": "bn USD2021", "share": "% GDP",
        "personnel": "thousand persons", "equipment": "%",
    }  # fmt: skip
    first = reference.group("europe-canada")[0]
    found = {(p.code, p.year, p.measure): p for p in content.points}
    assert found[first, 2025, "share"].mark == "estimate"
    assert found[first, 2024, "share"].mark == ""
    assert found[first, 2019, "share"].value == pytest.approx(0.1)
    assert found[first, 2019, "current"].value == pytest.approx(1.0)
    for year in (2019, 2025):
        ours = sum(p.value for p in content.points if p.measure == "current" and p.year == year)
        theirs = next(p.value for p in content.totals if p.measure == "current" and p.year == year)
        assert ours == pytest.approx(theirs)


def test_natos_new_basis_is_named(tmp_path: Path) -> None:
    assert read_file(nato_book(tmp_path / "n.xlsx", core=True)).edition == "2025 core"


def test_nato_names_with_footnotes_other_spellings_and_a_country_header(tmp_path: Path) -> None:
    path = nato_book(tmp_path / "n.xlsx", allies=31)
    book = openpyxl.load_workbook(path)
    spelt = {"Czechia": "Czech Republic", "Netherlands": "The Netherlands ²", "Türkiye": "Tu\u0308rkiye*"}
    for sheet in book:
        for row in sheet.iter_rows(max_col=1):
            name = str(row[0].value).replace("*", "")
            row[0].value = spelt.get(name, "Country" if row[0].value is None and row[0].row == 4 else row[0].value)
    book["Table 3"]["B5"], book["Table 3"]["C5"] = "..", "-"
    book["Table 7"].delete_rows(3)  # the title alone says what the table holds
    book.create_sheet("Cover", 0)["A1"] = "Defence Expenditure of NATO Countries"
    book.save(path)
    content = read_file(path)
    assert {p.code for p in content.points} == set(reference.group("europe-canada"))
    shares = {(p.code, p.year) for p in content.points if p.measure == "share"}
    first = reference.group("europe-canada")[0]
    assert (first, 2021) in shares
    assert not {(first, 2019), (first, 2020)} & shares  # not available is no figure, not zero
    assert len({p.code for p in content.points if p.measure == "personnel"}) == 31


def test_a_changed_nato_layout_names_sheet_and_cell(tmp_path: Path) -> None:
    path = nato_book(tmp_path / "n.xlsx")
    book = openpyxl.load_workbook(path)
    book["Table 3"]["A7"] = "Ruritania"
    book.save(path)
    with pytest.raises(DataError, match=r"sheet Table 3, cell A7: found 'Ruritania'"):
        read_file(path)
    book["Table 3"]["A7"] = "Croatia"
    book["Table 3"]["C8"] = "see note"
    book.save(path)
    with pytest.raises(DataError, match=r"sheet Table 3, cell C8: found 'see note' where a number"):
        read_file(path)
    book["Table 3"]["C8"] = 2.0
    book["Table 3"]["A1"] = "Table 3: Something"
    book["Table 3"]["A3"] = "else"
    book.save(path)
    with pytest.raises(DataError, match=r"sheet Table 3, column A"):
        read_file(path)


def sipri_book(path: Path, last: int = 2030, value: object = 1000.0) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    years = list(range(last - 12, last + 1))
    for title in (f"Constant ({last - 1}) US$", "Current US$", "Share of GDP", "Local currency calendar years"):
        sheet = book.create_sheet(title)
        for _ in range(5):
            sheet.append(["a line of notes"])
        sheet.append(["Country", "Notes", *years])
        sheet.append(["Europe"])
        sheet.append(["Germany", None, *([value] * 12), 1100.0])
        sheet.cell(8, 14).font = Font(color=Color(indexed=12))
        sheet.append(["Kosovo", None, *(["xxx"] * 12), ". ."])
    book.save(path)
    return path


def test_sipri_marks_and_units(tmp_path: Path) -> None:
    content = read_file(sipri_book(tmp_path / "download (3).xlsx"))
    found = {(p.measure, p.year): p for p in content.points if p.code == "DEU"}
    assert found["constant", 2029].mark == "estimate"
    assert found["constant", 2030].value == pytest.approx(1.1)
    assert content.units["constant"] == "bn USD2029"
    assert not [p for p in content.points if p.code == "Kosovo"]


def test_a_changed_sipri_layout_names_sheet_and_cell(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"sheet Constant \(2029\) US\$, cell C8: found 'n/a'"):
        read_file(sipri_book(tmp_path / "s.xlsx", value="n/a"))


WEO_HEAD = "WEO Country Code\tISO\tWEO Subject Code\tCountry\tUnits\tScale\t" + "\t".join(map(str, range(2019, 2031)))


def portal_rows(scale: str = "Billions") -> list[list[object]]:
    """The IMF's data portal since October 2025: a series a row, a column a year; years are numbers in the workbook."""
    head: list[object] = [
        "DATASET", "SERIES_CODE", "COUNTRY", "INDICATOR", "FREQUENCY", "SCALE", "UNIT", "PUBLICATION_DATE",
        "LATEST_ACTUAL_ANNUAL_DATA", *range(2019, 2031),
    ]  # fmt: skip
    about: list[object] = [
        "IMF.RES:WEO",
        "DEU.NGDPD.A",
        "Germany",
        "GDP",
        "Annual",
        scale,
        "US dollar",
        "2025-10-14",
        2024,
    ]
    people: list[object] = [
        "IMF.RES:WEO",
        "IND.LP.A",
        "India",
        "Population",
        "Annual",
        "Millions",
        "Persons",
        "2025-10-14",
        "FY2023/24",
    ]
    other: list[object] = [
        "IMF.RES:WEO",
        "DEU.LUR.A",
        "Germany",
        "Unemployment",
        "Annual",
        "Units",
        "%",
        "2025-10-14",
        2024,
    ]
    return [head, [*about, *range(3900, 3912)], [*people, *range(1400, 1410)], [*other, *[3.0] * 12]]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_imf_data_portal(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "download"
    if kind == "xlsx":
        book = openpyxl.Workbook()
        book.active.title = "Countries"
        for row in portal_rows():
            book.active.append(row)
        book.create_sheet("Country Groups")
        book.save(path)
    else:
        text = "\n".join(",".join(str(cell) for cell in row) for row in portal_rows())
        path.write_text(text, encoding="utf-8")
    content = read_file(path)
    assert (content.publisher, content.edition, content.date) == ("IMF", "2025-10", "2025-10-14")
    found = {(p.code, p.year, p.measure): p for p in content.points}
    assert found["DEU", 2024, "gdp_nominal"].value == 3905
    assert (found["DEU", 2024, "gdp_nominal"].mark, found["DEU", 2025, "gdp_nominal"].mark) == ("", "projection")
    assert (found["IND", 2024, "population"].mark, found["IND", 2025, "population"].mark) == ("", "projection")
    assert ("IND", 2029, "population") not in found  # blank cells at the end of a row
    assert {p.measure for p in content.points} == {"gdp_nominal", "population"}


def test_kiel_workbook_donors_add_up_to_its_own_total(tmp_path: Path) -> None:
    """The summary of a release: titles above, the header in row 8 behind a blank column, a total below."""
    book = openpyxl.Workbook()
    book.create_sheet("Bilateral Assistance, MAIN DATA")
    sheet = book.create_sheet("Country Summary (€)")
    sheet["B2"] = "Government support to Ukraine"
    head = [None, "Country", "EU member", "Geographic Europe", "Financial allocations", "Humanitarian allocations"]
    for column, title in enumerate([*head, "Military allocations", "Total bilateral allocations"], start=1):
        sheet.cell(8, column, title)
    for row in (
        [None, "Germany", 1, 1, 2.0, 3.0, 12.0, 17.0],
        [None, "EU (Commission and Council)", 0, 0, 60.0, 2.0, 0, 62.0],
    ):
        sheet.append(row)
    sheet.append([None, "Total", None, None, 62.0, 5.0, 12.0, 79.0])
    sheet.append([None, "Note", None, None, None, None, None, "in bn EUR"])
    book.save(tmp_path / "download")
    content = read_file(tmp_path / "download")
    found = {(p.code, p.measure): p.value for p in content.points}
    assert content.publisher == "Kiel"
    assert found["DEU", "aid_military_since_2022"] == 12.0
    ours = sum(value for (_, measure), value in found.items() if measure == "aid_total_since_2022")
    assert [ours] == [p.value for p in content.totals if p.measure == "aid_total_since_2022"]
    sheet["H8"] = "All"
    book.save(tmp_path / "download")
    with pytest.raises(
        DataError, match=r"sheet Country Summary \(€\), row 8: .* where \"total bilateral allocations\""
    ):
        read_file(tmp_path / "download")


def test_a_changed_imf_workbook_names_sheet_row_and_column(tmp_path: Path) -> None:
    for cell, value, message in (
        ("F2", "Millions", "sheet Countries, row 2, column SCALE: found 'Millions' where billions"),
        ("L2", "many", "sheet Countries, row 2, column 2021: found 'many' where a number"),
        ("B2", "DEU", "sheet Countries, row 2, column SERIES_CODE: found 'DEU'"),
    ):
        book = openpyxl.Workbook()
        book.active.title = "Countries"
        for row in portal_rows():
            book.active.append(row)
        book.active[cell] = value
        book.save(tmp_path / "download")
        with pytest.raises(DataError) as caught:
            read_file(tmp_path / "download")
        assert message in str(caught.value)


def test_imf_file_of_the_publisher(tmp_path: Path) -> None:
    """Tabulators, UTF-16, thousands commas and n/a, as the Outlook is downloaded."""
    numbers = "\t".join(f"4,{k}00.5" if k != 3 else "n/a" for k in range(12))
    text = f"{WEO_HEAD}\tEstimates Start After\n134\tDEU\tNGDPD\tGermany\tU.S. dollars\tBillions\t{numbers}\t2024\n"
    file = tmp_path / "WEO_Data.xls"
    file.write_bytes(text.encode("utf-16"))
    content = read_file(file)
    found = {p.year: p for p in content.points}
    assert (content.edition, found[2019].value, found[2025].mark) == ("2025-10", 4000.5, "projection")
    assert 2022 not in found
    file.write_text(text.replace("Billions", "Millions"), encoding="utf-8")
    with pytest.raises(DataError, match=r"row 2, column Scale: found 'Millions' where billions belongs"):
        read_file(file)
    file.write_text(text.replace("Estimates Start After", "Estimates"), encoding="utf-8")
    with pytest.raises(DataError, match=r"row 1: found .* where years and the column"):
        read_file(file)


def test_world_bank_as_downloaded(tmp_path: Path) -> None:
    file = tmp_path / "API.csv"
    file.write_text(
        '"Data Source","World Development Indicators",\n\n"Last Updated Date","2026-07-01",\n\n'
        '"Country Name","Country Code","Indicator Name","Indicator Code","2023","2024",\n'
        '"Poland","POL","Military expenditure (% of GDP)","MS.MIL.XPND.GD.ZS","3.3","4.1",\n',
        encoding="utf-8",
    )
    content = read_file(file)
    assert (content.date, content.units, content.points[1].value) == ("2026-07-01", {"share": "% GDP"}, 4.1)
    file.write_text(file.read_text(encoding="utf-8").replace("MS.MIL.XPND.GD.ZS", "X"), encoding="utf-8")
    with pytest.raises(DataError, match="row 6, column D: found 'X'"):
        read_file(file)


def test_unknown_damaged_and_absent_files(tmp_path: Path) -> None:
    note = tmp_path / "note.csv"
    note.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"note.csv: no publisher's file .* begins a, b"):
        read_file(note)
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 and nothing else")
    with pytest.raises(DataError, match=r"broken.xlsx: not a workbook"):
        read_file(broken)
    with pytest.raises(DataError, match="cannot be read"):
        read_file(tmp_path / "none.xlsx")


def test_an_edition_is_registered_found_and_replaced(tmp_path: Path) -> None:
    file = sipri_book(tmp_path / "a.xlsx")
    first, again = reference.add_edition(file), reference.add_edition(shutil.copy(file, tmp_path / "renamed.xlsx"))
    assert first.hash == again.hash
    assert [e.file for e in reference.editions()] == ["renamed.xlsx"]
    newer = reference.add_edition(sipri_book(tmp_path / "b.xlsx", last=2031))
    assert [e.name for e in reference.editions()] == ["SIPRI 2031", "SIPRI 2032"]
    assert reference.newest("SIPRI") == newer
    assert reference.series(newer, "share")["DEU"][2031] == (110000.0, "")
    Path(newer.folder, "edition.json").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match=r"a damaged edition .* Delete the folder"):
        reference.editions()


def test_nothing_is_left_of_a_file_that_was_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        reference.add_edition(sipri_book(tmp_path / "s.xlsx", value="n/a"))
    assert not (tmp_path / "editions").exists()


def test_russias_growth_of_2024_as_published_three_times() -> None:
    found = reference.revisions("RUS", 2024)
    assert [value for _, value in found.stated] == [42, 38, 57]
    assert found.spread == 19
    assert reference.revision_spread() is None


def test_both_sipri_releases_revise_each_other() -> None:
    for file in (SIPRI_2026, SIPRI_2025):
        reference.add_edition(here(file))
    stated = dict(reference.revisions("RUS", 2024).stated)
    assert stated["SIPRI 2025 (file)"] == pytest.approx(37.8, abs=0.1)
    assert stated["SIPRI 2026 (file)"] == pytest.approx(37.1, abs=0.1)
    newest, older = reference.revision_spread(0), reference.revision_spread(3)
    assert newest is not None
    assert older is not None
    assert 0.005 < older[0] < 0.2
    assert newest[1] >= 30
    assert newest[0] == pytest.approx(0.08, abs=0.01)  # powers.europe.revision of the bundled scenario
    for age, part in enumerate(FADE):
        spread = reference.revision_spread(age)
        assert spread is not None
        assert spread[0] / newest[0] == pytest.approx(part, abs=0.05)
