"""Nothing that is read is overwritten, and no file is written twice: refused before anything is written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.helpers_run import make_run

from twofront import flow
from twofront.errors import RunError, TwofrontError
from twofront.store import Run
from twofront.store.export import FORMS, export

TEXT = "„Wir brauchen 100 Milliarden Euro“, sagte Anna Berg.\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"html": "a.txt"}, r"html .*a\.txt is the article itself: it would be overwritten\. Name another file"),
        ({"jsonl": "sub/../a.txt"}, "is the article itself"),
        ({"csv": "link.txt"}, "is the article itself"),
        ({"html": "hard.txt"}, "is the article itself"),
        ({"into": "a.txt"}, "into .* is the article itself"),
        ({"html": "x", "jsonl": "x", "csv": "x"}, r"html and jsonl name one file, .*x\. Give each its own"),
        ({"html": "x", "csv": "X"}, "html and csv name one file"),
        ({"into": "l.toml", "html": "l.toml"}, "into and html name one file"),
        ({"html": "old.toml", "ledger": "old.toml"}, "html .* is the ledger of older claims"),
        ({"html": "sub"}, "is a folder. Name a file in it"),
        ({"csv": "none/x.csv", "into": "l.toml"}, "there is no folder"),
    ],
)
def test_what_would_be_lost_is_refused_before_anything_is_written(
    options: dict[str, str], message: str, tmp_path: Path
) -> None:
    article = tmp_path / "a.txt"
    article.write_text(TEXT, encoding="utf-8")
    (tmp_path / "old.toml").write_text("# none yet\n", encoding="utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.txt").symlink_to(article)
    os.link(article, tmp_path / "hard.txt")
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    given: dict[str, Any] = {key: str(tmp_path / name) for key, name in options.items()}
    with pytest.raises(TwofrontError, match=message):
        flow.read([str(article)], date="2025", **given)
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_the_ledger_that_is_read_may_be_the_one_that_grows(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    ledger = tmp_path / "l.toml"
    ledger.write_text("# none yet\n", encoding="utf-8")
    done = flow.read([str(tmp_path / "a.txt")], date="2025", into=ledger, ledger=ledger, jsonl="-")
    assert "1 claims added" in done.written[0]


def _report(run: Run, out: Path) -> Path:
    return flow.write_report(run, out=out)


def _export(form: str) -> Callable[[Run, Path], Path]:
    return lambda run, out: export(run, form, out)


DOORS = {"bundle": flow.bundle, "report": _report} | {form: _export(form) for form in FORMS}
FILES = ["bundle", "report", "xlsx", "ema"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run of which nothing may be read: a refusal comes before any work."""
    made = make_run(tmp_path, worlds=4, policies=("baseline",))

    def read(*_: object, **__: object) -> None:
        raise AssertionError("something was computed")

    for name in ("verify", "pieces", "json"):
        monkeypatch.setattr(Run, name, read)
    return made


def _kept(run: Run, tmp_path: Path, door: str, out: Path, message: str) -> None:
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(RunError, match=message):
        DOORS[door](run, out)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("door", list(DOORS))
@pytest.mark.parametrize("name", ["journal.jsonl", "manifest.json", "new.html", "new.zip", "facts/new.xlsx", "new"])
def test_nothing_is_put_into_a_run(door: str, name: str, run: Run, tmp_path: Path) -> None:
    _kept(
        run, tmp_path, door, run.path / name, r"lies in the run itself, which would be broken\. Choose a place outside"
    )


@pytest.mark.parametrize("door", sorted(DOORS.keys() - {"report"}))
def test_a_report_of_the_run_is_replaced_by_reports_only(door: str, run: Run, tmp_path: Path) -> None:
    (run.path / "report.html").write_text("mine")
    _kept(run, tmp_path, door, run.path / "report.html", "lies in the run itself")


def test_nothing_is_put_into_a_run_by_another_name(run: Run, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(run.path)
    _kept(run, tmp_path, "xlsx", tmp_path / "link" / "x.xlsx", "lies in the run itself")
    _kept(run, tmp_path, "xlsx", tmp_path / "other" / ".." / "run" / "x.xlsx", "lies in the run itself")


@pytest.mark.parametrize("door", list(DOORS))
@pytest.mark.parametrize("name", ["thesis.docx", "notes.txt", "notes"])
def test_a_file_of_another_kind_is_kept(door: str, name: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / name).write_text("years of work")
    _kept(run, tmp_path, door, tmp_path / name, r"is there already and is no \S+( file)?: it would be lost")


@pytest.mark.parametrize("door", sorted({*FILES} - {"report"}))
def test_a_folder_is_no_file(door: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    _kept(run, tmp_path, door, tmp_path / "folder", r"is a folder\. Name a file in it, such as .*run\.")


@pytest.mark.parametrize("door", ["csv", "parquet"])
def test_a_folder_that_is_no_export_is_kept(door: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "thesis.docx").write_text("years of work")
    _kept(run, tmp_path, door, tmp_path / "folder", r"holds thesis\.docx, which is no export")


@pytest.mark.parametrize(("door", "name"), [("xlsx", "A.XLSX"), ("ema", "a.tar.gz"), ("bundle", "a.zip")])
def test_an_earlier_result_is_replaced(door: str, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("earlier")
    made = make_run(tmp_path, worlds=4, policies=("baseline",))
    assert DOORS[door](made, tmp_path / name) == tmp_path / name
    assert (tmp_path / name).read_bytes() != b"earlier"


def test_a_run_that_is_the_current_folder_has_a_place_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(make_run(tmp_path, worlds=4, policies=("baseline",)).path)
    assert flow.bundle(".") == tmp_path.resolve() / "run.zip"
