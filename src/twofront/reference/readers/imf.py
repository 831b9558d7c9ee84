"""IMF World Economic Outlook: the data portal's workbook or CSV (since October 2025), the tab-separated file by
countries of earlier editions, or a long CSV form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from twofront.reference.readers.file import Content, Opened, Point, number

# subject code -> measure, unit
SUBJECTS = {
    "NGDPD": ("gdp_nominal", "bn USD current"),
    "NGDP": ("gdp_own", "bn own currency current"),
    "NGDP_R": ("gdp_real", "bn own currency constant"),
    "NGDP_RPCH": ("growth", "%/yr"),
    "NGDP_D": ("deflator", "index"),
    "PPPGDP": ("gdp_ppp", "bn USD current PPP"),
    "PPPEX": ("ppp_rate", "own currency per international dollar"),
    "LP": ("population", "million persons"),
}
WIDE = ("WEO Country Code", "ISO", "WEO Subject Code")
LONG = ("iso3", "concept", "year", "value")
# A column for each year besides; the workbook names country and indicator apart too. Its sheet is "Countries".
PORTAL = ("SERIES_CODE", "LATEST_ACTUAL_ANNUAL_DATA")
SHEET = "Countries"
OTHER_CODES = {"KOS": "XKX", "WBG": "PSE"}
UNITS = dict(SUBJECTS.values())
EMPTY = {"", "--", "n/a"}
# Figures are read as printed, in these scales; another one is a changed layout.
SCALES = {
    "gdp_nominal": "billions",
    "gdp_own": "billions",
    "gdp_real": "billions",
    "gdp_ppp": "billions",
    "population": "millions",
}


def recognises(file: Opened) -> bool:
    """Whether a workbook or a text has the columns of the Outlook."""
    if file.book is not None:
        return SHEET in file.sheets and set(PORTAL) <= set(_row(file.first(SHEET)))
    head = file.header()
    return head[:3] == WIDE or set(LONG) <= set(head) or set(PORTAL) <= set(head)


def read(file: Opened) -> Content:
    """GDP in its forms, growth, price level and population of every country and year; years after the last
    actual one are marked as projections."""
    said = ""
    if file.book is not None:
        points, said = _portal(file, [_row(row) for row in file.cells(SHEET)], f"sheet {SHEET}, ")
    elif set(PORTAL) <= set(file.header()):
        points, said = _portal(file, [_row(row) for row in file.rows], "")
    else:
        points = _wide(file) if file.header()[:3] == WIDE else _long(file)
    if not points:
        raise file.wrong("row 2", None, f"a row of one of {', '.join(SUBJECTS)}")
    edition = said[:7] or _edition(points)
    return Content("IMF", edition, said or edition, UNITS, tuple(points))


def _row(cells: Sequence[Any]) -> tuple[str, ...]:
    """Cells as texts: a year is a number in a workbook and a text in a CSV."""
    return tuple("" if cell is None else str(cell).strip() for cell in cells)


def _portal(file: Opened, rows: list[tuple[str, ...]], place: str) -> tuple[list[Point], str]:
    """Figures of the portal's form, and the date of publication where it says one."""
    head = rows[0] if rows else ()
    years = {k: int(name) for k, name in enumerate(head) if re.fullmatch(r"\d{4}", name)}
    if len(years) < 10:
        raise file.wrong(f"{place}row 1", ", ".join(head[-3:]), "a column for each year")
    at = {name: head.index(name) for name in (*PORTAL, "SCALE", "PUBLICATION_DATE") if name in head}
    points, dated = [], ""
    for line, short in enumerate(rows[1:], start=2):
        row = (*short, *[""] * (len(head) - len(short)))  # a sheet leaves blank cells at the end of a row out
        if not any(row):
            continue
        parts = row[at["SERIES_CODE"]].split(".")
        if len(parts) != 3:
            raise file.wrong(f"{place}row {line}, column SERIES_CODE", row[at["SERIES_CODE"]], '"USA.NGDPD.A"')
        subject = SUBJECTS.get(parts[1])
        if subject is None or parts[2] != "A":
            continue
        wanted = SCALES.get(subject[0])
        if "SCALE" in at and wanted is not None and row[at["SCALE"]].lower() != wanted:
            raise file.wrong(f"{place}row {line}, column SCALE", row[at["SCALE"]], wanted)
        if "PUBLICATION_DATE" in at:
            dated = max(dated, row[at["PUBLICATION_DATE"]][:10])
        actual = _last_actual(row[at["LATEST_ACTUAL_ANNUAL_DATA"]])
        for k, year in years.items():
            value = number(row[k])
            if value is not None:
                mark = "projection" if actual is not None and year > actual else ""
                points.append(Point(OTHER_CODES.get(parts[0], parts[0]), year, subject[0], value, mark))
            elif row[k] not in EMPTY:
                raise file.wrong(f"{place}row {line}, column {year}", row[k], "a number")
    return points, dated if re.fullmatch(r"\d{4}-\d{2}-\d{2}", dated) else ""


def _last_actual(text: str) -> int | None:
    """The last year that is not projected: "2024", or "FY2023/24", which ends in 2024."""
    fiscal = re.fullmatch(r"FY(\d{4})/(\d{2})", text)
    if fiscal:
        return int(fiscal[1]) + 1
    value = number(text)
    return None if value is None else int(value)


def _edition(points: list[Point]) -> str:
    """Year and month: the Outlook projects five years ahead, and by October most of last year is actual."""
    nominal = [p for p in points if p.measure == "gdp_nominal"]
    year = max(p.year for p in nominal) - 5
    dated = {p.code for p in nominal if p.mark}
    before = [p for p in nominal if p.year == year - 1 and p.code in dated]
    settled = sum(not p.mark for p in before)
    return f"{year}-{'10' if settled * 2 > len(before) else '04'}"


def _wide(file: Opened) -> list[Point]:
    head = list(file.header())
    years = {k: int(name) for k, name in enumerate(head) if re.fullmatch(r"\d{4}", name)}
    after = next((k for k, name in enumerate(head) if name.startswith("Estimates Start After")), None)
    if len(years) < 10 or after is None:
        raise file.wrong("row 1", ", ".join(head[-3:]), 'years and the column "Estimates Start After"')
    scale = head.index("Scale") if "Scale" in head else None
    points = []
    for line, row in enumerate(file.rows[1:], start=2):
        subject = SUBJECTS.get(row[2].strip()) if len(row) > 2 else None
        if subject is None:
            continue
        if len(row) <= after:
            raise file.wrong(f"row {line}", len(row), f"{len(head)} cells")
        actual = number(row[after])
        for k, year in years.items():
            value = number(row[k])
            if value is not None:
                mark = "projection" if actual is not None and year > actual else ""
                points.append(Point(row[1].strip(), year, subject[0], value, mark))
        wanted = SCALES.get(subject[0])
        if scale is not None and wanted is not None and row[scale].strip().lower() != wanted:
            raise file.wrong(f"row {line}, column Scale", row[scale], wanted)
    return points


def _long(file: Opened) -> list[Point]:
    head = list(file.header())
    at = {name: head.index(name) for name in LONG}
    actual_at = head.index("lastactualdate") if "lastactualdate" in head else None
    points = []
    for line, row in enumerate(file.rows[1:], start=2):
        if len(row) < len(head):
            if any(row):
                raise file.wrong(f"row {line}", len(row), f"{len(head)} cells")
            continue
        subject = SUBJECTS.get(row[at["concept"]])
        value = number(row[at["value"]])
        if subject is None or value is None:
            continue
        year = number(row[at["year"]])
        if year is None:
            raise file.wrong(f"row {line}, column year", row[at["year"]], "a year")
        actual = number(row[actual_at]) if actual_at is not None else None
        mark = "projection" if actual is not None and year > actual else ""
        points.append(Point(row[at["iso3"]], int(year), subject[0], value, mark))
    return points
