"""Tables of members: what Excel writes, English and German, and every wrong cell by row and column."""

# ruff: noqa: E501 - each case of a table stands in one line

import pytest

from twofront.scenario.members import read_members

from .folder import ALLIES


def wrong(text: str) -> list[str]:
    return [str(finding) for finding in read_members(text, "allies.csv")[1]]


def test_rows_are_read_and_blanks_are_missing_not_zero() -> None:
    (poland, spain), findings = read_members(ALLIES, "allies.csv")
    assert findings == []
    assert (poland.code, poland.gdp, poland.target, poland.personnel, poland.ppp) == ("POL", 944.0, None, 216.0, None)
    assert spain.quantities["target"].value == 2.1
    assert spain.source == ("drills",)


def test_a_german_file_means_the_same() -> None:
    german = ALLIES.replace(",", ";").replace(".", ",")
    assert read_members(german, "allies.csv") == read_members(ALLIES, "allies.csv")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("944", "", "allies.csv:2:4: gdp: blank, but the model reads it. Write the figure in bn USD2024, with its source."),
        ("4.48", "", "allies.csv:2:6: share: blank, but the model reads it. Write the figure in % GDP"),
        ("944", "n/a", 'allies.csv:2:4: gdp: "n/a" is no number. Write digits with a decimal point and nothing between'),
        ("944", '"1,780"', 'gdp: "1,780" is no number'),
        ("944", "nan", 'gdp: "nan" is no number'),
        ("944", "1e999", 'gdp: "1e999" is no number'),
        ("4.48", "448", "share: 448 is outside the possible range. The figure is in % GDP."),
        ("POL", "PL", 'allies.csv:2:3: code: "PL" is no ISO code of three capital letters. Write for example "POL".'),
        ("ESP", "POL", "allies.csv:3:3: code: POL stands in line 2 already. Delete one row."),
        ("944", "944,1", "allies.csv:2:1: 12 cells where 11 belong. Quote a cell that holds the separator"),
        ("growth", "grwoth", 'allies.csv:1:5: grwoth: unknown column "grwoth". Did you mean "growth"?'),
        ("gdp,", "", "allies.csv:1: gdp: missing column. Add gdp: the model reads it."),
        ("ppp", "gdp", "allies.csv:1:9: gdp: the column stands twice. Delete one."),
        ("216", "many", 'allies.csv:2:8: personnel: "many" is no number'),
    ],
)  # fmt: skip
def test_a_wrong_cell(old: str, new: str, message: str) -> None:
    assert any(message in found for found in wrong(ALLIES.replace(old, new, 1))), wrong(ALLIES.replace(old, new, 1))


def test_a_decimal_point_in_a_german_file_is_refused() -> None:
    german = ALLIES.replace(",", ";")
    assert 'growth: "2.8" is no number. Write digits with a decimal comma' in wrong(german)[0]


def test_empty_and_endless_tables() -> None:
    assert "no rows. Write one row for each member." in wrong(ALLIES.split("\n")[0])[0]
    assert wrong("")
    row = ALLIES.split("\n")[1]
    many = "\n".join([ALLIES.split("\n")[0], *(row for _ in range(600))])
    assert any("more than 500 rows" in found for found in wrong(many))


def test_a_member_may_have_its_own_compliance() -> None:
    text = "code,gdp,growth,share,compliance\nPOL,900,2.5,4.3,1.1\nDEU,4700,1,2.4,\n"
    members, findings = read_members(text, "allies.csv")
    assert not findings
    assert [m.compliance for m in members] == [1.1, None]
    assert "compliance" in members[0].quantities
    assert "compliance" not in members[1].quantities
    _, findings = read_members(text.replace("1.1", "7"), "allies.csv")
    assert "outside the possible range" in str(findings[0])
