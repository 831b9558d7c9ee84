"""The ledger's file is changed at one place; comments stay, errors leave it as it was."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from twofront.cli.commands import app
from twofront.errors import LedgerError
from twofront.evidence import Claim, edit, load_ledger
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
FULL = {
    "id": "c", "text": "x", "text_de": "x", "speaker": "x", "outlet": "x", "chain": ["x"], "date": "2025",
    "rating": "B2", "audit": "confirmed", "reference": "x", "seen": "primary",
}  # fmt: skip
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
        ["add", "FILE", '{"id": "c", "text": "\\ud800"}'],
        ["add", "FILE", json.dumps(FULL | {"rating": "Z9"})],
        ["add", "FILE", json.dumps(FULL | {"figures": {}})],
        ["rate", "FILE", "a", "c3", "--why", "the same"],
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
    """The round trip that `ledger add` recommends: every claim of the bundled ledger, figures and history included."""
    call = CliRunner()
    rated = write(tmp_path)
    edit.rate(rated, "a", "B2", "read in full", "2026-01-01")
    for source in (str(rated), "two-fronts"):
        printed = [
            json.loads(line) for line in call.invoke(app, ["ledger", "show", source, "--json"]).output.splitlines()
        ]
        apart = {"echo_of": None, "corroborated_by": []}  # these name claims that the new ledger does not have
        for number, record in enumerate(printed[::9]):
            alone = (
                record | apart | ({"rating": {"source": "A", "credibility": 2}} if record["corroborated_by"] else {})
            )
            file = tmp_path / f"{source.replace('/', '-')}-{number}.toml"
            done = call.invoke(app, ["ledger", "add", str(file), json.dumps(alone)])
            assert done.exit_code == 0, done.exception
            assert load_ledger(file).claims[record["id"]].model_dump(mode="json") == alone


def test_a_rating_may_be_written_in_one_word(tmp_path: Path) -> None:
    file = write(tmp_path)
    assert CliRunner().invoke(app, ["ledger", "add", str(file), json.dumps(FULL)]).exit_code == 0
    text = file.read_text("utf-8").replace('{ source = "C", credibility = 3 }', '"C3"', 1)
    file.write_text(text, "utf-8")
    assert [str(c.rating) for c in load_ledger(file).claims.values()] == ["C3", "C3", "B2"]
    edit.rate(file, "a", "D4", "an echo", "2026-01-01")
    assert str(load_ledger(file).claims["a"].history[0].rating) == "C3"


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1), st.lists(st.text(min_size=1), min_size=1, max_size=3), st.floats())
def test_any_words_survive_the_file_or_are_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str, chain: list[str], value: float
) -> None:
    record = FULL | {"text": text, "chain": chain, "figures": [{"value": value, "low": None, "unit": "x"}]}
    file = tmp_path_factory.mktemp("l") / "l.toml"
    try:
        edit.add(file, record)
    except LedgerError:
        assert not file.exists()
        return
    assert load_ledger(file).claims["c"] == Claim.model_validate(record)


def test_why_a_rating_was_replaced_is_said_in_its_own_words(tmp_path: Path) -> None:
    file = write(tmp_path)
    edit.rate(file, "a", "B2", "because it was read in full", "2026-01-01")
    shown = CliRunner().invoke(app, ["ledger", "show", str(file), "a"]).output
    assert "until 2026-01-01: C3; replaced: because it was read in full" in shown


def test_an_observation_of_an_unknown_claim_is_an_error(tmp_path: Path) -> None:
    file = write(tmp_path, end='[[observes]]\nclaim = "zzz"\npath = "p"\nvalue = 1\nsd = 0\n')
    with pytest.raises(LedgerError, match="sd"):
        load_ledger(file)
