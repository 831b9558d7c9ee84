"""NATO, Defence Expenditure of NATO Countries: the workbook `Table 1` to `Table 8b`, or its tables as one CSV.

Each sheet says its title in A1; below stand blocks: a caption, a header with the years (an "e" marks estimates), one
row for each ally, and NATO's own totals. From 2026 on the title says "Core defence expenditure": the basis changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from twofront.reference.readers.file import Content, Opened, Point, number
from twofront.reference.tables import countries

# measure -> number of the table, what its caption says, factor, unit ({base} from the caption)
BLOCKS = {
    "own": ("1", r"current prices", 1e-3, "bn own currency current"),
    "current": ("2", r"current prices and exchange rates", 1e-3, "bn USD current"),
    "constant": ("2", r"constant (\d{4})|(\d{4}) prices", 1e-3, "bn USD{base}"),
    "share": ("3", r"share of (?:real )?gdp", 1.0, "% GDP"),
    "personnel": ("7", r"military personnel|thousands", 1.0, "thousand persons"),
    "equipment": ("8a", r"equipment", 1.0, "%"),
}
REQUIRED = ("current", "share")
YEAR = re.compile(r"(\d{4})\s*(e?)", re.I)
TOTALS = ("NATO Europe and Canada", "NATO Total", "North America", "NATO Europe")
NAMES = {"Czech Republic": "CZE", "Turkey": "TUR", "The Netherlands": "NLD", "Slovak Republic": "SVK"}
CSV_HEAD = ("country_stanag", "year")
CSV_COLUMNS = {
    "Defense expenditure (USD, current prices)": ("current", 1e-9, "bn USD current"),
    "Defense expenditure (USD, 2015 prices)": ("constant", 1e-9, "bn USD2015"),
    "Defense expenditure (% real GDP)": ("share", 1.0, "% GDP"),
    "Equipment expenditure (%)": ("equipment", 1.0, "%"),
    "Military personnel": ("personnel", 1e-3, "thousand persons"),
}


def recognises(file: Opened) -> bool:
    """Whether a workbook begins its tables as NATO does, or a text has the columns of its tables."""
    if file.book is None:
        return file.header()[:2] == CSV_HEAD
    return any(re.match(r"Table \d", str(_first(file, name) or "")) for name in file.sheets[:3])


def read(file: Opened) -> Content:
    """Spending, share of GDP, equipment share and personnel by ally and year, with NATO's own totals."""
    if file.book is None:
        return _read_csv(file)
    points: list[Point] = []
    totals: list[Point] = []
    units: dict[str, str] = {}
    core = False
    for measure, (table, caption, factor, unit) in BLOCKS.items():
        sheet = _sheet(file, table)
        if sheet is None:
            if measure in REQUIRED:
                raise file.wrong("workbook", ", ".join(file.sheets), f'a sheet whose cell A1 begins "Table {table}"')
            continue
        rows = file.cells(sheet)
        core = core or "core" in str(rows[0][0]).lower()
        found = _block(file, sheet, rows, caption)
        if found is None:
            if measure in REQUIRED:
                raise file.wrong(f"sheet {sheet}, column A", rows[0][0], f'a caption "{caption}" above a row of years')
            continue
        base, start = found
        units[measure] = unit.format(base=base)
        for point in _figures(file, sheet, rows, start, measure, factor):
            (totals if point.code in TOTALS else points).append(point)
    if sum(p.measure == "share" for p in points) < 10:
        raise file.wrong(f"sheet {_sheet(file, '3')}", None, "the names of allies in column A")
    last = max(p.year for p in points)
    return Content("NATO", f"{last}{' core' if core else ''}", str(last), units, tuple(points), tuple(totals))


def _first(file: Opened, sheet: str) -> Any:
    assert file.book is not None
    return next(iter(file.book[sheet].iter_rows(max_row=1, max_col=1, values_only=True)), (None,))[0]


def _sheet(file: Opened, table: str) -> str | None:
    return next((s for s in file.sheets if re.match(rf"Table {table}\b", str(_first(file, s) or ""), re.I)), None)


def _years(row: tuple[Any, ...]) -> dict[int, tuple[int, str]]:
    """Column -> (year, mark) of a header row; empty for any other row."""
    if str(row[0] or "").strip():
        return {}
    found = {k: YEAR.fullmatch(str(cell).strip()) for k, cell in enumerate(row) if k and cell is not None}
    return {k: (int(m[1]), "estimate" if m[2] else "") for k, m in found.items() if m}


def _block(file: Opened, sheet: str, rows: list[tuple[Any, ...]], caption: str) -> tuple[str, int] | None:
    """(base year of constant prices, index of the header row) of the block whose caption matches."""
    above = ""
    for k, row in enumerate(rows):
        if len(_years(row)) >= 5:
            match = re.search(caption, above, re.I)
            if match:
                return next((g for g in match.groups() if g), ""), k
            above = ""
        elif any(cell is not None for cell in row):
            text = " ".join(str(cell) for cell in row if isinstance(cell, str))
            above = f"{above} {text}" if len(text) > 1 and not any(number(c) is not None for c in row[1:]) else ""
    return None


def _figures(
    file: Opened, sheet: str, rows: list[tuple[Any, ...]], start: int, measure: str, factor: float
) -> Iterator[Point]:
    years = _years(rows[start])
    codes = {c.name: code for code, c in countries().items()} | NAMES
    for line, row in enumerate(rows[start + 1 :], start=start + 2):
        label = re.sub(r"\s*(\(.*\)|\*+)\s*", " ", str(row[0] or "")).strip()
        if not label or label.lower().startswith("note"):
            return
        code = label if label in TOTALS else codes.get(label)
        if code is None:
            raise file.wrong(f"sheet {sheet}, cell A{line}", label, "the name of an ally")
        for k, (year, mark) in years.items():
            value = number(row[k]) if k < len(row) else None
            if value is not None:
                yield Point(code, year, measure, value * factor, mark)


def _read_csv(file: Opened) -> Content:
    head = list(file.header())
    columns = {head.index(name): made for name, made in CSV_COLUMNS.items() if name in head}
    if len(columns) < 3:
        raise file.wrong("row 1", ", ".join(head)[:80], f'columns such as "{next(iter(CSV_COLUMNS))}"')
    points = []
    for line, row in enumerate(file.rows[1:], start=2):
        year = number(row[1]) if len(row) >= len(head) else None
        if year is None:
            raise file.wrong(f"row {line}", ", ".join(row)[:60], "country, year and figures")
        for k, (measure, factor, _) in columns.items():
            value = number(row[k])
            if value is not None:
                points.append(Point(row[0], int(year), measure, value * factor))
    last = max(p.year for p in points)
    # NATO's tables estimate their last two years.
    marked = tuple(Point(p.code, p.year, p.measure, p.value, "estimate" if p.year >= last - 1 else "") for p in points)
    return Content("NATO", str(last), str(last), {m: unit for m, _, unit in columns.values()}, marked)
