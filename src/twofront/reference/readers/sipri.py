"""SIPRI Military Expenditure Database, the yearly xlsx: one sheet for each measure, one column for each year.

SIPRI marks its estimates by blue and highly uncertain figures by red type; both marks are kept.
"""

from __future__ import annotations

import re
from typing import Any

from twofront.reference.readers.file import Content, Opened, Point, number
from twofront.reference.tables import countries

# measure -> how its sheet begins, the factor into our unit, our unit ({base} is the year of constant prices)
SHEETS = {
    "constant": (r"Constant \((\d{4})\) US", 1e-3, "bn USD{base}"),
    "current": (r"Current US", 1e-3, "bn USD current"),
    "share": (r"Share of GDP", 100.0, "% GDP"),
    "own": (r"Local currency calendar", 1e-9, "bn own currency current"),
}
BLUE, RED = 12, 10  # entries of the workbook's colour table
REGIONS = "Regional totals"
MISSING = {"...", ". .", "..", "…", "xxx", ""}
OTHER_NAMES = {"Turkey": "TUR", "Czech Republic": "CZE"}


def recognises(file: Opened) -> bool:
    """Whether a workbook has SIPRI's sheets."""
    return sum(_sheet(file, pattern) is not None for pattern, _, _ in SHEETS.values()) >= 2


def read(file: Opened) -> Content:
    """Spending of every country and year in four measures, and SIPRI's own regional totals."""
    points: list[Point] = []
    units: dict[str, str] = {}
    base, last = "", 0
    for measure, (pattern, factor, unit) in SHEETS.items():
        sheet = _sheet(file, pattern)
        if sheet is None:
            raise file.wrong("workbook", ", ".join(file.sheets), f'a sheet that begins "{pattern.split(" ")[0]}"')
        found = re.match(pattern, sheet)
        base = found[1] if found and found.groups() else base
        units[measure] = unit.format(base=base)
        rows = _rows(file, sheet, measure, factor)
        points += rows
        last = max(last, max(p.year for p in rows))
    # SIPRI releases in the spring of the year after the last one covered.
    return Content("SIPRI", str(last + 1), f"{last + 1}-04", units, tuple(points), tuple(_totals(file)))


def _sheet(file: Opened, pattern: str) -> str | None:
    return next((name for name in file.sheets if re.match(pattern, name)), None)


def _rows(file: Opened, sheet: str, measure: str, factor: float) -> list[Point]:
    assert file.book is not None
    rows = list(file.book[sheet].iter_rows())
    head = next((k for k, row in enumerate(rows) if row and row[0].value == "Country"), None)
    if head is None:
        raise file.wrong(f"sheet {sheet}, cell A6", rows[5][0].value if len(rows) > 5 else None, 'the header "Country"')
    years = {k: int(cell.value) for k, cell in enumerate(rows[head]) if re.fullmatch(r"\d{4}", str(cell.value).strip())}
    if len(years) < 10:
        raise file.wrong(f"sheet {sheet}, row {head + 1}", len(years), "a column for each year")
    codes = {c.sipri_name: code for code, c in countries().items()} | OTHER_NAMES
    points = []
    for row in rows[head + 1 :]:
        name = str(row[0].value or "").strip()
        for k, year in years.items():
            cell = row[k] if k < len(row) else None
            if cell is None or cell.value is None or str(cell.value).strip() in MISSING:
                continue
            value = number(cell.value)
            if value is None:
                raise file.wrong(f"sheet {sheet}, cell {cell.coordinate}", cell.value, "a number, a dot or xxx")
            points.append(Point(codes.get(name, name), year, measure, value * factor, _mark(cell)))
    if not points:
        raise file.wrong(f"sheet {sheet}, row {head + 2}", None, "figures of countries")
    return points


def _mark(cell: Any) -> str:
    colour = cell.font.color if cell.font else None
    index = colour.indexed if colour is not None and colour.type == "indexed" else None
    return {BLUE: "estimate", RED: "uncertain"}.get(index, "") if isinstance(index, int) else ""


def _totals(file: Opened) -> list[Point]:
    """SIPRI's own sums of regions, bn at its constant prices."""
    if REGIONS not in file.sheets:
        return []
    rows = file.cells(REGIONS)
    head = next((k for k, row in enumerate(rows) if row and str(row[0]).strip() == "Region"), None)
    if head is None:
        raise file.wrong(f"sheet {REGIONS}, column A", None, 'the header "Region"')
    years = {k: int(cell) for k, cell in enumerate(rows[head]) if re.fullmatch(r"\d{4}", str(cell).strip())}
    found = []
    for row in rows[head + 1 :]:
        for k, year in years.items():
            value = number(row[k]) if k < len(row) else None
            if row[0] and value is not None:
                found.append(Point(str(row[0]).strip(), year, "constant", value))
    return found
