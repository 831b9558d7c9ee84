"""The members of a group: one row for each ally in a CSV file, as Excel writes it."""

from __future__ import annotations

import csv
import math
import re
from io import StringIO

from twofront.errors import Finding, did_you_mean
from twofront.scenario.loaded import Member
from twofront.scenario.quantity import Kind, Quantity

COLUMNS = (
    "name", "name_de", "code", "gdp", "growth", "share", "target", "compliance", "personnel", "ppp", "status", "source",
)  # fmt: skip
# What the model reads: column -> kind. Personnel and price level are shown only and may be blank.
KINDS = {
    "gdp": Kind("bn USD2024", 0.0, 1e6),
    "growth": Kind("%/yr", -50.0, 50.0),
    "share": Kind("% GDP", 0.0, 100.0),
    "target": Kind("% GDP", 0.0, 100.0),
    "compliance": Kind("1", 0.0, 1.5),
}
OPTIONAL = ("target", "compliance")  # blank: the commitment's own holds
_SHOWN = ("personnel", "ppp")
_CODE = re.compile(r"^[A-Z]{3}$")
MOST_ROWS = 500


def quantities(member: Member) -> dict[str, Quantity]:
    """The figures of a row that the model reads."""
    judgement = None if member.source else "the row names no source"
    return {
        name: Quantity(kind, kind.unit, value=getattr(member, name), source=member.source, judgement=judgement)
        for name, kind in KINDS.items()
        if getattr(member, name) is not None
    }


def read_members(text: str, file: str) -> tuple[tuple[Member, ...], list[Finding]]:
    """The rows of a table of members and what is wrong with them, by line and column of the table.

    Columns stand in any order. Files of a German Excel (semicolons, decimal commas) are read too.
    """
    head = text.partition("\n")[0]
    german = head.count(";") > head.count(",")
    try:
        rows = [
            (line, [cell.strip() for cell in row])
            for line, row in enumerate(csv.reader(StringIO(text), delimiter=";" if german else ",", strict=True), 1)
        ]
    except csv.Error as error:
        return (), [_wrong(file, 0, 0, "", f"not readable as CSV ({error})", "Save it again as CSV UTF-8.")]
    header = [name.lower() for name in rows[0][1]] if rows else []
    findings = _check_header(header, file)
    if findings:
        return (), findings
    reader = _Rows(header, file, german, findings)
    found = [member for line, row in rows[1 : MOST_ROWS + 1] if any(row) and (member := reader.member(line, row))]
    if len(rows) > MOST_ROWS + 1:
        findings.append(_wrong(file, MOST_ROWS + 2, 1, "", f"more than {MOST_ROWS} rows", "Keep one for each member."))
    if not found and not findings:
        findings.append(_wrong(file, 1, 1, "", "no rows", "Write one row for each member."))
    return tuple(found), findings


def _check_header(header: list[str], file: str) -> list[Finding]:
    findings = []
    for column, name in enumerate(header, 1):
        if name not in COLUMNS:
            hint = did_you_mean(name, COLUMNS) or f"The columns are {', '.join(COLUMNS)}."
            findings.append(_wrong(file, 1, column, name[:40], f'unknown column "{name[:40]}"', hint))
        elif header.index(name) < column - 1:
            findings.append(_wrong(file, 1, column, name, "the column stands twice", "Delete one."))
    for name in ("code", *KINDS):
        if name not in header and name not in OPTIONAL:
            findings.append(_wrong(file, 1, 0, name, "missing column", f"Add {name}: the model reads it."))
    return findings


class _Rows:
    """Reads rows under one header and collects what is wrong."""

    def __init__(self, header: list[str], file: str, german: bool, findings: list[Finding]) -> None:
        self.header, self.file, self.german, self.findings = header, file, german, findings
        self.lines: dict[str, int] = {}

    def member(self, line: int, row: list[str]) -> Member | None:
        """The row as a member, or None with findings."""
        if len(row) != len(self.header):
            message = f"{len(row)} cells where {len(self.header)} belong"
            self._add(line, "", message, 'Quote a cell that holds the separator: "1,5".')
            return None
        cells = dict(zip(self.header, row, strict=True))
        before = len(self.findings)
        code = cells["code"]
        if not _CODE.match(code):
            self._add(
                line, "code", f'"{code[:40]}" is no ISO code of three capital letters', 'Write for example "POL".'
            )
        elif code in self.lines:
            self._add(line, "code", f"{code} stands in line {self.lines[code]} already", "Delete one row.")
        self.lines.setdefault(code, line)
        numbers = {name: self._number(line, name, cells.get(name, ""), kind) for name, kind in KINDS.items()}
        shown = {name: self._number(line, name, cells.get(name, ""), None) for name in _SHOWN}
        if len(self.findings) > before:
            return None
        name = cells.get("name") or code
        return Member(
            name=name,
            name_de=cells.get("name_de") or name,
            code=code,
            gdp=numbers["gdp"] or 0.0,
            growth=numbers["growth"] or 0.0,
            share=numbers["share"] or 0.0,
            target=numbers["target"],
            compliance=numbers["compliance"],
            personnel=shown["personnel"],
            ppp=shown["ppp"],
            status=cells.get("status", ""),
            source=tuple(re.split(r"[\s;,|]+", source)) if (source := cells.get("source", "")) else (),
        )

    def _number(self, line: int, name: str, cell: str, kind: Kind | None) -> float | None:
        if not cell:
            if kind is not None and name not in OPTIONAL:
                self._add(
                    line, name, "blank, but the model reads it", f"Write the figure in {kind.unit}, with its source."
                )
            return None
        number = self._read(cell)
        if number is None or not math.isfinite(number):
            wanted = "a decimal comma" if self.german else "a decimal point"
            self._add(
                line, name, f'"{cell[:40]}" is no number', f"Write digits with {wanted} and nothing between thousands."
            )
        elif kind is not None and not (-math.inf if kind.low is None else kind.low) <= number <= (
            math.inf if kind.high is None else kind.high
        ):
            self._add(line, name, f"{number:g} is outside the possible range", f"The figure is in {kind.unit}.")
        else:
            return number
        return None

    def _read(self, cell: str) -> float | None:
        # "1.234,5" and "1,234.5" are refused: which sign parts thousands cannot be known from one cell.
        pattern = r"[+-]?\d+(,\d+)?" if self.german else r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?"
        return float(cell.replace(",", ".")) if len(cell) < 60 and re.fullmatch(pattern, cell) else None

    def _add(self, line: int, name: str, message: str, remedy: str) -> None:
        column = self.header.index(name) + 1 if name in self.header else 1
        self.findings.append(_wrong(self.file, line, column, name, message, remedy))


def _wrong(file: str, line: int, column: int, path: str, message: str, remedy: str) -> Finding:
    return Finding("error", file, line, column, path, message, remedy)
