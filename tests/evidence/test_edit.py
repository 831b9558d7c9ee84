"""The ledger's file is changed at one place; comments stay, errors leave it as it was."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from twofront.cli.commands import app
from twofront.errors import LedgerError
from twofront.evidence import edit, load_ledger
from twofront.evidence.rating import propose

HEAD = """
[[claims]]
id = "{0}"
text = "A thing is so."  # {1}
text_de = "Es ist so."
speaker = "Somebody"
outlet = "Paper"
chain = ["{2}"]
date = "2025"
rating = {{ source = "C", credibility = 3 }}
audit = "confirmed"
reference = "Paper, 2025"
seen = "primary"
"""
COMMENTS = st.text(string.ascii_letters + " äß#[]=\"'", max_size=40)


def write(folder: Path, comment: str = "why", end: str = "") -> Path:
    file = folder / "ledger.toml"
    file.write_text(f"# {comment}\n" + HEAD.format("a", comment, "x") + HEAD.format("b", comment, "y") + end, "utf-8")
    return file


@settings(max_examples=25, deadline=None)
@given(COMMENTS)
def test_comments_survive_every_change(tmp_path_factory: pytest.TempPathFactory, comment: str) -> None:
    file = write(tmp_path_factory.mktemp("l"), comment, f"# {comment} at the end\n")
    edit.rate(file, "a", "B2", "read in full", "2026-01-01")
    edit.merge(file, "a", "b")
    text = file.read_text("utf-8")
    assert text.count(f"# {comment}") >= 4
    found = load_ledger(file).claims
    assert str(found["a"].rating) == "B2"
    assert str(found["a"].history[0].rating) == "C3"
    assert found["b"].echo_of == "a"


def test_credibility_1_needs_a_second_root(tmp_path: Path) -> None:
    file = write(tmp_path)
    before = file.read_bytes()
    with pytest.raises(LedgerError, match="credibility 1"):
        edit.rate(file, "a", "A1", "sure", "2026-01-01")
    assert file.read_bytes() == before
    claims = dict(load_ledger(file).claims)
    assert propose(claims["a"], claims).rating.credibility == 2
    claims["a"] = claims["a"].model_copy(update={"corroborated_by": ("b",)})
    assert propose(claims["a"], claims).rating.credibility == 1


@pytest.mark.parametrize(
    "words",
    [
        ["rate", "FILE", "nobody", "B2", "--why", "x"],
        ["rate", "FILE", "a", "Z9", "--why", "x"],
        ["rate", "FILE", "a", "B2", "--why", " "],
        ["merge", "FILE", "a", "a"],
        ["merge", "FILE", "a", "c"],
        ["add", "FILE", "{"],
        ["add", "FILE", "[]"],
        ["add", "FILE", '{"id": "a"}'],
        ["show", "FILE", "nobody"],
        ["check", "FILE.not"],
    ],
)
def test_errors_leave_the_file_as_it_was(tmp_path: Path, words: list[str]) -> None:
    file = write(tmp_path)
    before = file.read_bytes()
    result = CliRunner().invoke(app, ["ledger", *(word.replace("FILE", str(file)) for word in words)])
    assert isinstance(result.exception, LedgerError)
    assert file.read_bytes() == before


def test_what_show_prints_can_be_added(tmp_path: Path) -> None:
    file, call = write(tmp_path), CliRunner()
    printed = call.invoke(app, ["ledger", "show", str(file), "a", "--json"]).output
    assert call.invoke(app, ["ledger", "add", str(tmp_path / "new.toml"), printed]).exit_code == 0
    assert load_ledger(tmp_path / "new.toml").claims["a"] == load_ledger(file).claims["a"]


def test_an_observation_of_an_unknown_claim_is_an_error(tmp_path: Path) -> None:
    file = write(tmp_path, end='[[observes]]\nclaim = "zzz"\npath = "p"\nvalue = 1\nsd = 0\n')
    with pytest.raises(LedgerError, match="sd"):
        load_ledger(file)
