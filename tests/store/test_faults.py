"""A run folder through kills, full disks, broken disks and damage: what was acknowledged stays, the rest is redone."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store import filler

import twofront
from twofront.errors import RunError
from twofront.store import RunWriter, disk, journal, list_runs, open_run

ROOT = Path(__file__).parents[2]
unix = pytest.mark.skipif(os.name == "nt", reason="kill -9 and fork are of Unix")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was never disturbed."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    filler.fill(folder)
    return folder


@pytest.fixture(scope="module")
def wanted(whole: Path) -> str:
    return filler.digest(open_run(whole))


def _process(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    source = os.pathsep.join([str(Path(twofront.__file__).parents[1]), str(ROOT)])
    command = [sys.executable, "-m", "tests.store.filler", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=os.environ | {"PYTHONPATH": source}, capture_output=True, text=True)


@unix
@pytest.mark.parametrize(("times", "seed"), [(50, 1), pytest.param(1000, 2, marks=pytest.mark.long)])
def test_killed_at_any_moment_nothing_is_lost(tmp_path: Path, wanted: str, times: int, seed: int) -> None:
    done = _process(tmp_path / "run", "kill", times, seed, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [wanted]
    assert not list(tmp_path.rglob("*" + disk.PART)), "a next start sweeps what a kill left"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_every_write_may_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, call: str) -> None:
    """For every n the n-th call fails; the error names path and remedy, and the same command then continues."""
    wanted = filler.digest(filler.fill(tmp_path / "whole", worlds=16))
    real = getattr(os, call)
    for nth in range(1000):
        folder, calls = tmp_path / str(nth), iter(range(10_000))

        def failing(*given: object, nth: int = nth, calls: object = calls) -> object:
            if next(calls) == nth:  # type: ignore[call-overload]
                raise OSError(code, os.strerror(code))
            return real(*given)

        monkeypatch.setattr(os, call, failing)
        message = _failing_fill(folder)
        monkeypatch.setattr(os, call, real)
        if message is None:
            break
        assert str(folder) in message
        assert f"could not be written: {os.strerror(code)}" in message
        assert ("Free some space" in message) == (code == errno.ENOSPC)
        assert "it continues" in message
        assert not list(folder.rglob("*" + disk.PART))
        assert filler.digest(filler.fill(folder, worlds=16)) == wanted
    assert nth >= 15


def _failing_fill(folder: Path) -> str | None:
    try:
        filler.fill(folder, worlds=16)
    except RunError as error:
        return str(error)
    return None


def test_the_earlier_run_stays_readable_while_it_grows(tmp_path: Path, whole: Path, wanted: str) -> None:
    folder = shutil.copytree(whole, tmp_path / "run")
    with RunWriter(folder, filler.IDENTITY) as writer:
        writer.plan(128, filler.POLICIES)
        writer.write_policy("kept", *filler.outcomes("kept", 64, 64), filler.YEARS, first=64)
        assert filler.digest(open_run(folder)) == wanted
        assert open_run(folder).manifest["worlds"] == 64
        with pytest.raises(RunError, match="is being written by another process"):
            RunWriter(folder, filler.IDENTITY)
        (listed,) = list_runs(tmp_path)
        assert (listed.state, listed.worlds) == ("grows: 75%", 64)
    grown = filler.fill(folder, worlds=128)
    assert filler.digest(grown) == filler.digest(filler.fill(tmp_path / "at once", worlds=128))
    earlier = grown.table("worlds", policy="kept").filter(
        np.asarray(grown.table("worlds", policy="kept")["world"]) < 64
    )
    assert earlier.equals(open_run(whole).table("worlds", policy="kept"))


def test_more_policies_extend_a_run(tmp_path: Path, wanted: str) -> None:
    filler.fill(tmp_path / "run", policies=["baseline"])
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "run" / "worlds").rglob("*.parquet")}
    assert filler.digest(filler.fill(tmp_path / "run")) == wanted
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())


def test_another_run_is_refused_with_the_difference(tmp_path: Path, whole: Path) -> None:
    folder = shutil.copytree(whole, tmp_path / "run")
    with pytest.raises(RunError, match=r"(?s)holds another run.*seed: 1 there, 2 now.*--out.*--fresh"):
        RunWriter(folder, filler.IDENTITY | {"seed": 2})
    with pytest.raises(RunError, match=r"years: first 4096 there, all now"):
        RunWriter(folder, filler.IDENTITY, all_years=True)
    open_run(folder).verify()
    (folder / "notes.txt").write_text("mine")
    with RunWriter(folder, filler.IDENTITY | {"seed": 2}, fresh=True) as writer:
        assert writer.missing("kept", 8) == [(0, 8)]
    assert (folder / "notes.txt").read_text() == "mine"
    assert not list(folder.rglob("*.parquet"))
    with pytest.raises(RunError, match="is unfinished"):
        open_run(folder)


def _damage(path: Path, how: str, at: float) -> None:
    content = bytearray(path.read_bytes())
    place = int(at * (len(content) - 1))
    if how == "flip":
        content[place] ^= 1 << (place % 8)
    elif how == "cut":
        del content[place:]
    elif how == "zero":
        content[place:] = bytes(len(content) - place)
    if how == "missing":
        path.unlink()
    else:
        path.write_bytes(bytes(content))


@settings(max_examples=30)
@given(which=st.integers(0, 10_000), how=st.sampled_from(["flip", "cut", "zero", "missing"]), at=st.floats(0, 1))
def test_any_damage_is_noticed_and_mended(
    tmp_path_factory: pytest.TempPathFactory, whole: Path, wanted: str, which: int, how: str, at: float
) -> None:
    """One file of the run is damaged: verify says so, and running again restores the same tables."""
    folder = shutil.copytree(whole, tmp_path_factory.mktemp("damaged") / "run")
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != ".lock")
    path = files[which % len(files)]
    before = path.read_bytes()
    _damage(path, how, at)
    same = path.exists() and path.read_bytes() == before
    if not same:
        with pytest.raises(RunError):
            open_run(folder).verify()
    assert filler.digest(filler.fill(folder)) == wanted
    open_run(folder).verify()
    shutil.rmtree(folder.parent)


def test_swapped_shards_are_noticed_and_played_again(tmp_path: Path, whole: Path, wanted: str) -> None:
    folder = shutil.copytree(whole, tmp_path / "run")
    first, second = sorted((folder / "worlds" / "kept").glob("*.parquet"))[:2]
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    with pytest.raises(RunError, match="is damaged"):
        open_run(folder).table("worlds", policy="kept")
    with RunWriter(folder, filler.IDENTITY) as writer:
        assert len(writer.notes) >= 2
        assert "are played again" in writer.notes[0]
        assert writer.missing("kept", 64) == [(0, 16)]
    assert filler.digest(filler.fill(folder)) == wanted


def test_shards_of_another_run_are_not_taken_up(tmp_path: Path, whole: Path) -> None:
    folder = shutil.copytree(whole, tmp_path / "run")
    (folder / journal.NAME).unlink()
    with pytest.raises(RunError, match="holds another run, and its journal is damaged"):
        RunWriter(folder, filler.IDENTITY | {"seed": 2})
    assert len(list(folder.rglob("*.parquet"))) == len(list(whole.rglob("*.parquet")))


@pytest.mark.parametrize("shard", [1, 7, 64])
@pytest.mark.parametrize("shuffle", [None, 5])
@pytest.mark.parametrize("stop", [0, 24])
def test_rows_do_not_depend_on_shards_order_or_stops(
    tmp_path: Path, wanted: str, shard: int, shuffle: int | None, stop: int
) -> None:
    if stop:
        filler.fill(tmp_path / "run", worlds=stop, shard=5, policies=["baseline"])
    assert filler.digest(filler.fill(tmp_path / "run", shard=shard, shuffle=shuffle)) == wanted


def test_a_line_of_the_journal_cannot_be_moved(tmp_path: Path) -> None:
    book = journal.Journal(tmp_path / journal.NAME)
    for number in range(4):
        book.append({"what": "shard", "parts": [], "number": number})
    book.close()
    lines = (tmp_path / journal.NAME).read_bytes().splitlines(keepends=True)
    for changed, kept in (([0, 2, 1, 3], 1), ([0, 1, 3], 2), ([1, 2, 3], 0), ([0, 0, 1, 2, 3], 1)):
        (tmp_path / journal.NAME).write_bytes(b"".join(lines[k] for k in changed))
        entries, damage = journal.read(tmp_path / journal.NAME)
        assert [entry["number"] for entry in entries] == list(range(kept))
        assert damage == f"line {kept + 1} is not what was written"
    (tmp_path / journal.NAME).write_bytes(b"".join(lines)[:-3])
    assert journal.read(tmp_path / journal.NAME)[1] == "", "a torn last line was never acknowledged"
