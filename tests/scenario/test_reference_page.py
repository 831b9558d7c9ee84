"""docs/scenario.md lists every table and field of the schema, in its order, with unit and range."""

import types
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from twofront.scenario import Kind, schema
from twofront.scenario.figure import describe
from twofront.scenario.members import COLUMNS
from twofront.scenario.policies import KEYS, ROLES
from twofront.units import BASES, UNITS

PAGE = (Path(__file__).parents[2] / "docs" / "scenario.md").read_text(encoding="utf-8")
RECORDS = schema.Record.__subclasses__()


def kind(annotation: Any, metadata: Any = ()) -> Kind | None:
    """The Kind inside an annotation, if it is a figure or a table of figures."""
    for mark in (*metadata, *getattr(annotation, "__metadata__", ())):
        if isinstance(mark, Kind):
            return mark
    return next((found for part in get_args(annotation) if (found := kind(part))), None)


def shape(field: FieldInfo) -> str:
    """What a field takes, in the words of the page."""
    annotation: Any = field.annotation
    if get_origin(annotation) in (Union, types.UnionType):
        annotation = next(part for part in get_args(annotation) if part is not type(None))
    figure = kind(annotation, field.metadata)
    if figure is not None:
        depth = str(annotation).count("dict[")
        return ("table of " * depth) + describe(figure)
    if get_origin(annotation) is Literal:
        return " or ".join(f'"{choice}"' for choice in get_args(annotation))
    if get_origin(annotation) is dict:
        return "tables"
    if get_origin(annotation) is list:
        (item,) = get_args(annotation)
        return "list of lists of numbers" if get_origin(item) is list else "list of names"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "table"
    return {str: "text", int: "whole number", float: "number", bool: "true or false"}.get(annotation, "name")


def expected(record: type[schema.Record]) -> list[tuple[str, str, str]]:
    return [(name, "yes" if field.is_required() else "", shape(field)) for name, field in record.model_fields.items()]


def rows(record: str) -> list[tuple[str, str, str]]:
    section = PAGE.split(f"<!-- {record} -->")[1].split("\n\n")[1]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in section.split("\n")[2:]]
    assert all(len(row) == 4 and row[3] for row in cells), "every field needs a meaning"
    return [(row[0].strip("` "), row[1], row[2]) for row in cells]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_each_table_of_the_page_is_the_schemas(record: type[schema.Record]) -> None:
    assert rows(record.__name__) == expected(record)


def test_units_columns_and_keys_are_all_named() -> None:
    for word in (*(name for name in UNITS if " " not in name or name.startswith("%")), *COLUMNS, *KEYS, *ROLES):
        assert f"`{word}`" in PAGE, word
    for basis in BASES:
        assert f"`{basis}`" in PAGE, basis
