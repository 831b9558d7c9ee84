"""docs/argument.md: every claim, path, function, test and section that a row names is really there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from twofront.scenario import Loaded, load_scenario, scalars

ROOT = Path(__file__).resolve().parents[1]
NOTHING = "–"
SECTIONS = {
    "use",
    "argument",
    "unknown",
    "policies",
    "mechanism",
    "drivers",
    "world",
    "history",
    "evidence",
    "limits",
}


class Row(NamedTuple):
    """One row of the table, cell by cell."""

    proposition: str
    claim: str
    path: str
    function: str
    test: str
    report: str
    status: str


def read_rows() -> list[Row]:
    lines = (ROOT / "docs" / "argument.md").read_text(encoding="utf-8").splitlines()
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [Row(*cells) for cells in table[2:]]


ROWS = read_rows()
each_row = pytest.mark.parametrize("row", ROWS, ids=[row.proposition[:48] for row in ROWS])


def links(cell: str) -> list[str]:
    """What a cell names in backquotes; a cell without any must say so."""
    found = re.findall(r"`([^`]+)`", cell)
    assert found or cell == NOTHING, f"{cell!r} names nothing and is not {NOTHING}"
    return found


@cache
def bundled() -> Loaded:
    return load_scenario("two-fronts")


def at(record: Any, path: str) -> Any:
    """The value at a dotted path of the scenario; None where there is none."""
    for part in path.split("."):
        record = record.get(part) if isinstance(record, Mapping) else getattr(record, part, None)
    return record


def test_the_table_is_not_empty() -> None:
    assert len(ROWS) >= 20
    assert len({row.proposition for row in ROWS}) == len(ROWS)


@each_row
def test_claims_are_in_the_ledger(row: Row) -> None:
    missing = [name for name in links(row.claim) if name not in bundled().ledger.claims]
    assert not missing


@each_row
def test_paths_are_in_the_scenario(row: Row) -> None:
    figures = scalars(bundled())
    bases = {scalar.base for scalar in figures.values()}
    missing = [
        path
        for path in links(row.path)
        if path not in figures and path not in bases and at(bundled().scenario, path) is None
    ]
    assert not missing


@each_row
def test_functions_can_be_imported(row: Row) -> None:
    for name in links(row.function):
        module, _, function = name.partition(":")
        assert callable(getattr(import_module(module), function, None)), f"{name} is no function"


@each_row
def test_tests_are_in_the_tree(row: Row) -> None:
    for name in links(row.test):
        file, _, function = name.partition("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        assert re.search(rf"^\s*def {re.escape(function)}\(", text, flags=re.MULTILINE), f"{file} has no {function}"


@each_row
def test_sections_are_in_the_report(row: Row) -> None:
    page = (ROOT / "src/twofront/report/templates/report.html").read_text(encoding="utf-8")
    for section in links(row.report):
        assert section in SECTIONS
        assert f'<section id="{section}">' in page


@each_row
def test_status_fits_the_links(row: Row) -> None:
    """What is modelled names path, function and test; what is out of scope says why."""
    kind = re.match(r"modelled and checked|modelled|checked|out of scope", row.status)
    assert kind, row.status
    if kind[0].startswith("modelled"):
        assert all(links(cell) for cell in (row.path, row.function, row.test))
    elif kind[0] == "out of scope":
        assert not links(row.function)
    if kind[0] in ("checked", "out of scope"):
        assert ":" in row.status, "a reason is missing"
    assert links(row.report), "the reader of the report cannot find it"
