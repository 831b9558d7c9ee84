"""Taking data out: every form can be read back by what it is for, and no text in it is ever run."""

from __future__ import annotations

import csv
import io
import os
import sys
import tarfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from tests.helpers_run import make_run

from twofront.errors import RunError
from twofront.store import Run
from twofront.store.cells import FORMULA, neutral
from twofront.store.export import FORMS, SHEET_ROWS, export
from twofront.store.places import staged

from . import filler

ENDINGS = {"ema": "tar.gz"}
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1", '=HYPERLINK("http://x")']


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return make_run(tmp_path, worlds=8, policies=("baseline", "kept"))


def out(run: Run, form: str, tmp_path: Path) -> Path:
    return export(run, form, tmp_path / f"out.{ENDINGS.get(form, form)}")


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_tables_come_back_as_they_were(run: Run, tmp_path: Path, form: str) -> None:
    folder = out(run, form, tmp_path)
    for table in ("worlds", "draws"):
        mine = run.to_pandas(table)
        read = pd.read_csv if form == "csv" else pd.read_parquet
        found = read(folder / f"{table}.{form}")
        assert list(found.columns) == list(mine.columns)
        for name in mine.columns:
            if name == "policy":
                assert list(found[name]) == list(mine[name])
            else:
                np.testing.assert_allclose(found[name].astype(float), mine[name].astype(float), rtol=1e-6)
    words = (pd.read_csv if form == "csv" else pd.read_parquet)(folder / f"columns.{form}")
    assert set(words.columns) == {"name", "table", "unit", "meaning", "meaning_de"}
    assert {"two_fronts", "flagged"} <= set(words["name"])
    assert (folder / f"sources.{form}").is_file()


def test_a_negative_number_stays_a_number(tmp_path: Path) -> None:
    values = np.linspace(-3.5, 3, 8).astype(np.float32)
    run = make_run(tmp_path, worlds=8, draws={"powers.china.growth": values})
    found = pd.read_csv(out(run, "csv", tmp_path) / "draws.csv")
    np.testing.assert_array_equal(found["powers.china.growth"].to_numpy(np.float32), values)
    sheet = load_workbook(out(run, "xlsx", tmp_path))["draws"]
    assert sheet.cell(2, 2).value == pytest.approx(-3.5)
    assert sheet.cell(2, 2).data_type == "n"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_a_formula(run: Run, tmp_path: Path, text: str) -> None:
    run.__dict__["quantities"] = {"p": {"path": text, "unit": "1", "sources": [text], "judgement": text, "low": -1.0}}
    with (out(run, "csv", tmp_path) / "sources.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert [cell for row in rows for cell in row if cell.startswith(FORMULA) and not _number(cell)] == []
    sheet = load_workbook(out(run, "xlsx", tmp_path))["sources"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert not [c for row in sheet.iter_rows() for c in row if c.data_type == "s" and c.value.startswith(FORMULA)]


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


@given(st.text())
def test_neutral_text_can_be_undone(text: str) -> None:
    safe = neutral(text)
    assert not safe.startswith(FORMULA)
    assert (safe.removeprefix("'") if text.startswith(FORMULA) else safe) == text


def test_the_workbench_loads_experiments_and_outcomes(run: Run, tmp_path: Path) -> None:
    workbench = pytest.importorskip("ema_workbench")
    experiments, outcomes = workbench.load_results(str(out(run, "ema", tmp_path)))
    mine = run.to_pandas("worlds")
    assert list(experiments["policy"]) == list(mine["policy"])
    assert list(experiments["scenario"]) == list(mine["world"])
    np.testing.assert_allclose(outcomes["two_fronts"], mine["two_fronts"], rtol=1e-6)
    drawn = np.tile(run.to_pandas("draws")["powers.china.growth"], 2)
    np.testing.assert_allclose(experiments["powers.china.growth"], drawn, rtol=1e-6)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_the_workbench_is_a_formula(tmp_path: Path, text: str) -> None:
    """The scenario's name is that of its folder, and a folder can have any name."""
    made = make_run(tmp_path, worlds=4, policies=("baseline",), scenario_name=text)
    with tarfile.open(out(made, "ema", tmp_path)) as archive:
        held = archive.extractfile("experiments.csv")
        assert held is not None
        rows = list(csv.reader(io.StringIO(held.read().decode(), newline="")))
    assert rows[0][-1] == "model"
    assert not [cell for row in rows for cell in row if cell.startswith(FORMULA) and not _number(cell)]
    assert len(rows) == 5
    assert {row[-1] for row in rows[1:]} == {neutral(text)}


def test_labelled_dimensions(run: Run) -> None:
    pytest.importorskip("xarray")
    worlds = run.to_xarray()
    assert dict(worlds.sizes) == {"policy": 2, "world": 8}
    assert list(worlds["policy"].values) == run.policies
    mine = run.to_pandas("worlds", policy="kept")["two_fronts"].to_numpy()
    np.testing.assert_array_equal(worlds["two_fronts"].sel(policy="kept").values, mine)
    assert worlds["two_fronts"].attrs["units"] == "1"
    assert set(run.to_xarray("years", ["two_fronts"]).sizes) == {"policy", "world", "year"}
    with pytest.raises(RunError, match='no table with labelled dimensions "sums"'):
        run.to_xarray("sums")


def test_absent_xarray_is_explained(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(RunError, match=r"needs xarray, which is not installed: pip install 'twofront\[xarray\]'"):
        run.to_xarray()


def test_refusals(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RunError, match=r'no export "excel"\. Choose csv, xlsx, parquet, ema'):
        export(run, "excel", tmp_path / "x")
    mine = tmp_path / "thesis"
    mine.mkdir()
    (mine / "chapter.txt").write_text("years of work")
    with pytest.raises(RunError, match=r"holds chapter\.txt, which is no export"):
        export(run, "csv", mine)
    assert (mine / "chapter.txt").read_text() == "years of work"
    monkeypatch.setattr("twofront.store.export.SHEET_ROWS", 5)
    assert SHEET_ROWS > 10**6
    with pytest.raises(RunError, match="more rows than a sheet can hold"):
        export(run, "xlsx", tmp_path / "x.xlsx")
    assert not [path.name for path in tmp_path.iterdir() if "unfinished" in path.name]


@pytest.mark.parametrize("form", list(FORMS))
def test_a_full_disk_keeps_the_earlier_export(
    run: Run, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = out(run, form, tmp_path)
    before = sorted(path.name for path in ([first] if first.is_file() else first.iterdir()))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(RunError, match="could not be written: No space left on device"):
        out(run, form, tmp_path)
    assert sorted(path.name for path in ([first] if first.is_file() else first.iterdir())) == before


@pytest.mark.parametrize("form", list(FORMS))
def test_two_exports_into_one_place_both_succeed(
    run: Run, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each writes in a place of its own, as long as the other does."""
    wanted, both, real = repr(contents(out(run, form, tmp_path))), threading.Barrier(2, timeout=20), FORMS[form]

    def together(run: Run, staging: Path) -> None:
        both.wait()
        real(run, staging)
        both.wait()

    monkeypatch.setitem(FORMS, form, together)
    with ThreadPoolExecutor(2) as pool:
        made = [done.result() for done in [pool.submit(out, run, form, tmp_path) for _ in range(2)]]
    assert made[0] == made[1]
    assert repr(contents(made[0])) == wanted, "NaN included"
    assert {path.name for path in tmp_path.iterdir()} == {"run", made[0].name}


def test_what_a_kill_left_is_swept_and_what_lives_is_not(run: Run, tmp_path: Path) -> None:
    dead = tmp_path / ".out.csv.abc.unfinished"
    dead.mkdir()
    (dead / "half").write_text("x")
    os.utime(dead, (0, 0))  # long ago, for systems without locks
    with staged(tmp_path / "out.csv") as living:
        living.mkdir()
        (living / "worlds.csv").write_text("later")
        out(run, "csv", tmp_path)
        assert not dead.exists()
    assert contents(tmp_path / "out.csv") == {"worlds.csv": "later"}


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx", "ema"])
def test_a_run_goes_out_shard_by_shard(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No table is read whole, and what comes out is the same as from one shard."""
    many, one = filler.fill(tmp_path / "many", shard=8), filler.fill(tmp_path / "one", shard=64)
    wanted = contents(export(one, form, tmp_path / f"one.{form}"))
    real, largest = Run.pieces, []

    def watched(self: Run, *given: Any, **named: Any) -> Iterator[pa.Table]:
        for piece in real(self, *given, **named):
            largest.append(len(piece))
            yield piece

    monkeypatch.setattr(Run, "pieces", watched)
    whole = Run.table

    def few(self: Run, name: str, *given: Any, **named: Any) -> pa.Table:
        assert name == "sums", "a table was read whole"
        return whole(self, name, *given, **named)

    monkeypatch.setattr(Run, "table", few)
    assert contents(export(many, form, tmp_path / f"many.{form}")) == wanted
    assert 0 < max(largest) <= 16, "8 worlds of two years"


def contents(path: Path) -> dict[str, Any]:
    """What an export says, whatever its bytes: by file or sheet."""
    if path.is_dir():
        if next(path.iterdir()).suffix == ".csv":
            return {file.name: file.read_text(encoding="utf-8") for file in sorted(path.iterdir())}
        return {file.name: pq.read_table(file).to_pylist() for file in sorted(path.iterdir())}
    if path.suffix == ".xlsx":
        book = load_workbook(path)
        return {sheet.title: [list(row) for row in sheet.values] for sheet in book}
    with tarfile.open(path) as archive:
        return {m.name: archive.extractfile(m).read().decode() for m in archive}  # type: ignore[union-attr]
