"""The one writer of a ledger: nothing but the change changes, and a file is written whole or not at all."""

from __future__ import annotations

import difflib
import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twofront.errors import LedgerError, TwofrontError
from twofront.evidence import Claim, Observe, edit, load_ledger
from twofront.evidence.ledger_file import LedgerFile
from twofront.evidence.reader import read_text
from twofront.evidence.reader.into import add_to_ledger

ONE = """[[claims]]
id = "{0}" # who
text = "A thing is so."
text_de = "Es ist so."
speaker = "Somebody"
outlet = "Paper"
chain = [
  "Somebody", # the root
  "Paper",
]
date = 2025-07-05
rating = {{ source = "C", credibility = 3 }} # by hand
audit = "confirmed"
audit_note = '''
[[claims]]
a line that looks like a table'''
reference = "Paper, 2025"
seen = "primary"
"""
SEEN = '[[observes]]\nclaim = "a"\npath = "p"\nvalue = 1.0\nsd = 0.5\n'
WHOLE = "# top\n" + ONE.format("a") + "\n# of the observation\n" + SEEN + "\n# about b\n" + ONE.format("b") + "# end\n"
ARTICLE = "„Wir brauchen 100 Milliarden Euro“, sagte Anna Berg.\n"


def written(folder: Path, text: str, name: str = "ledger.toml") -> Path:
    file = folder / name
    file.write_bytes(text.encode("utf-8"))
    return file


@settings(max_examples=40, deadline=None)
@given(st.booleans(), st.booleans(), st.booleans(), st.sampled_from(["a", "b"]), st.sampled_from(["rate", "merge"]))
def test_only_the_changed_lines_change(
    tmp_path_factory: pytest.TempPathFactory, crlf: bool, bom: bool, last: bool, name: str, action: str
) -> None:
    """Tables stand in any order, with comments, line ends and mark of the file; the last line may have no end."""
    text = WHOLE if last else WHOLE.rstrip("\n")
    text = ("\ufeff" if bom else "") + (text.replace("\n", "\r\n") if crlf else text)
    file = written(tmp_path_factory.mktemp("l"), text)
    if action == "rate":
        edit.rate(file, name, "B2", "read in full", "2026-01-01")
    else:
        edit.merge(file, "b" if name == "a" else "a", name)
    after = file.read_bytes().decode("utf-8")
    old, new = text.splitlines(keepends=True), after.splitlines(keepends=True)
    differ = list(difflib.ndiff(old, new))
    gone = [x[2:] for x in differ if x.startswith("- ")]
    come = [x[2:] for x in differ if x.startswith("+ ")]
    if action == "rate":
        assert [x.split(" = ")[0] for x in gone] == ["rating"]
        assert "# by hand" in next(x for x in come if x.startswith("rating"))
        assert all(x.startswith(("rating", "history", " ", "]")) for x in come)
    else:
        assert [x.split(" = ")[0] for x in come] == ["echo_of"]
        assert gone == []
    assert after.startswith("\ufeff") == bom
    assert not crlf or after.count("\r\n") == after.count("\n")
    assert after.rstrip().endswith("# end")
    before = next(k for k, x in enumerate(new) if x.startswith("# about b"))
    assert new[before + 1].startswith("[[claims]]")  # a comment stays with the claim that it is about


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_what_is_added_stands_at_the_end(tmp_path: Path, end: str, bom: str) -> None:
    for number, text in enumerate((WHOLE, WHOLE.rstrip("\n"), "# only a comment", "")):
        given_text = bom + text.replace("\n", end)
        file = written(tmp_path, given_text, f"{number}.toml")
        added, _ = add_to_ledger(read_text(ARTICLE, lang="de", date="2025", name="rede.txt"), file)
        edit.add(file, Claim.model_validate(tomllib.loads(ONE.format("c"))["claims"][0]).model_dump(mode="json"))
        after = file.read_bytes().decode("utf-8")
        assert after.startswith(given_text)
        assert added == 1
        if end == "\r\n" and "\n" in text:
            assert after.count("\r\n") == after.count("\n")
        claims = load_ledger(file).claims
        assert list(claims)[-1] == "c"
        assert len(claims) == WHOLE.count('id = "') * (number < 2) + 2


def test_observations_and_claims_may_alternate(tmp_path: Path) -> None:
    file = written(tmp_path, WHOLE)
    opened = LedgerFile(file)
    opened.append("observes", [Observe(claim="b", path="q", value=2.0, sd=0.5)])
    assert [o.claim for o in opened.write().observes] == ["a", "b"]
    assert file.read_text("utf-8").startswith(WHOLE)


@pytest.mark.parametrize(
    "text",
    [
        "claims = []\n",
        "claims = [{ id = 'x', text = 'x', text_de = 'x', speaker = 'x', outlet = 'x', chain = ['x'], date = 2025, "
        "audit = 'opinion', rating = { source = 'C', credibility = 3 }, reference = 'x', seen = 'primary' }]\n",
    ],
)
def test_a_list_in_one_line_is_refused_in_words(tmp_path: Path, text: str) -> None:
    file = written(tmp_path, text)
    for change in (
        lambda: add_to_ledger(read_text(ARTICLE, lang="de", date="2025"), file),
        lambda: edit.rate(file, "x", "B2", "why", "2026-01-01"),
    ):
        with pytest.raises(LedgerError, match=r"ledger\.toml|no claim"):
            change()
        assert file.read_text("utf-8") == text


def test_subtables_of_a_claim_belong_to_it(tmp_path: Path) -> None:
    text = ONE.format("a").replace('rating = { source = "C", credibility = 3 } # by hand\n', "")
    text += '[claims.rating]\nsource = "C"\ncredibility = 3\n[[claims.figures]]\nvalue = 1\nunit = "x"\n'
    file = written(tmp_path, text + ONE.format("b"))
    edit.merge(file, "b", "a")
    edit.rate(file, "a", "B2", "why", "2026-01-01")
    claim = load_ledger(file).claims["a"]
    assert (claim.echo_of, str(claim.rating), str(claim.history[0].rating)) == ("b", "B2", "C3")


def test_a_link_and_the_rights_of_a_file_stay(tmp_path: Path) -> None:
    file = written(tmp_path, ONE.format("a"))
    file.chmod(0o600)
    link = tmp_path / "link.toml"
    link.symlink_to(file)
    edit.rate(link, "a", "B2", "why", "2026-01-01")
    assert link.is_symlink()
    assert str(load_ledger(file).claims["a"].rating) == "B2"
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_written_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, ONE.format("a"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(TwofrontError, match=r"ledger\.toml .* could not be written: No space left on device"):
        edit.rate(file, "a", "B2", "why", "2026-01-01")
    assert file.read_text("utf-8") == ONE.format("a")
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.toml"]


def test_nothing_to_add_writes_nothing(tmp_path: Path) -> None:
    assert add_to_ledger(read_text("Ein Wort.", lang="de", date="2025"), tmp_path / "l.toml") == (0, 0)
    assert not (tmp_path / "l.toml").exists()
