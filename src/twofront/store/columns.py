"""The dictionary of columns: what every column of a run means, with its unit, in English and German.

The words stand in columns.csv. A name there is a pattern: `opened.<front>` stands for one column for each
front. Meanings name the same placeholders in braces; `column_dictionary` fills in the names of the scenario.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from twofront.errors import RunError

TABLES = ("draws", "worlds", "years", "sums")


@dataclass(frozen=True)
class Column:
    """One row of the dictionary: a pattern of names in one table, the unit, the meaning in both languages."""

    table: str
    pattern: str
    unit: str
    meaning: str
    meaning_de: str

    def fill(self, name: str) -> dict[str, str] | None:
        """The placeholders' values in a name, or None where the name does not fit the pattern."""
        wanted, given = self.pattern.split("."), name.split(".")
        if len(wanted) != len(given):
            return None
        found = {}
        for pattern, part in zip(wanted, given, strict=True):
            if pattern.startswith("<"):
                found[pattern.strip("<>")] = part
            elif pattern != part:
                return None
        return found


def _read() -> tuple[Column, ...]:
    text = files("twofront.store").joinpath("columns.csv").read_text(encoding="utf-8")
    return tuple(Column(*row) for row in list(csv.reader(text.splitlines()))[1:])


COLUMNS: tuple[Column, ...] = _read()


def find_column(table: str, name: str) -> tuple[Column, dict[str, str]]:
    """The dictionary's row for a column, and what stands for its placeholders.

    Errors: RunError where the dictionary knows no such column; nothing nameless goes on the shelf.
    """
    for column in COLUMNS:
        if column.table == table and (filled := column.fill(name)) is not None:
            return column, filled
    raise RunError(f'column "{name}" of table {table} is not in the column dictionary. Add a row to store/columns.csv.')


def column_dictionary(
    labels: Mapping[str, Any],
    columns: Mapping[str, Iterable[str]],
    quantities: Sequence[Mapping[str, Any]] = (),
) -> list[dict[str, str]]:
    """Every column of a run in words: name, table, unit, meaning, meaning_de.

    Arguments: `labels` the manifest's names of powers and fronts; `columns` the names in each table;
    `quantities` the rows of quantities.json, for the units of drawn figures. Errors: RunError for a column
    that nothing explains.
    """
    units = {str(row["path"]): str(row["unit"]) for row in quantities}
    return [_row(labels, units, table, name) for table, names in columns.items() for name in names]


def _row(labels: Mapping[str, Any], units: Mapping[str, str], table: str, name: str) -> dict[str, str]:
    if table == "draws" and name != "world":
        return {
            "name": name,
            "table": table,
            "unit": units.get(name, ""),
            "meaning": f"drawn value of {name} under the baseline (see quantities.json)",
            "meaning_de": f"gezogener Wert von {name} ohne Maßnahme (siehe quantities.json)",
        }
    column, filled = find_column(table, name)
    english, german = (
        {kind: _label(labels, kind, key, filled, lang) for kind, key in filled.items()} for lang in ("en", "de")
    )
    return {
        "name": name,
        "table": table,
        "unit": column.unit,
        "meaning": _filled(column.meaning, english),
        "meaning_de": _filled(column.meaning_de, german),
    }


def _filled(text: str, names: Mapping[str, str]) -> str:
    # Not str.format: a name may contain braces.
    for kind, name in names.items():
        text = text.replace("{" + kind + "}", name)
    return text


def _label(labels: Mapping[str, Any], kind: str, key: str, filled: Mapping[str, str], lang: str) -> str:
    """A power's, front's or option's name in one language; its key where it has none."""
    if kind == "option":
        known = labels.get("fronts", {}).get(filled.get("front"), {}).get("options", {})
    else:
        known = labels.get(f"{kind}s", {})
    entry = known.get(key, {})
    return str(entry.get(lang) or entry.get("en") or key)
