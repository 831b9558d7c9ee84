"""What a run folder does not touch, and what it says of the damage that a run once overlooked."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from tests.store import filler

from twofront.errors import RunError
from twofront.store import RunWriter, journal, list_runs, open_run
from twofront.store.writer import checksum


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "run"
    filler.fill(folder, worlds=16)
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A run of one's own, to damage."""
    return shutil.copytree(whole, tmp_path / "run")


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _put(folder: Path, files: dict[str, bytes]) -> dict[str, bytes]:
    for at, content in files.items():
        (folder / at).parent.mkdir(parents=True, exist_ok=True)
        (folder / at).write_bytes(content)
    return files


def _again(folder: Path) -> list[str]:
    """Whether the same command would find the folder whole, and what it says; then it is filled again."""
    with RunWriter(folder, filler.IDENTITY) as writer:
        notes, whole = writer.notes, writer.whole
    assert not whole, "the damage is overlooked"
    filler.fill(folder, worlds=16)
    with RunWriter(folder, filler.IDENTITY) as writer:
        assert writer.whole
        assert not writer.notes
    return notes


# --- what is not a run -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "first",
    [b'{"time": 1, "what": "begin"}\n', b"", b"\0" * 200, b"f" * 64 + b' {"what":"plan"}\n', b'{"what":"begin"'],
)
@pytest.mark.parametrize("fresh", [False, True])
def test_a_foreign_folder_with_a_journal_is_left_as_it_is(tmp_path: Path, first: bytes, fresh: bool) -> None:
    mine = _put(tmp_path, {"journal.jsonl": first, "draws/mine.parquet": b"mine", "dl/film.mkv.part": b"half"})
    with pytest.raises(RunError, match=r"is not a run, so nothing is written there: it holds d.*Choose a new or empty"):
        RunWriter(tmp_path, filler.IDENTITY, fresh=fresh)
    assert _contents(tmp_path) == mine


def test_a_foreign_journal_alone_is_left_as_it_is(tmp_path: Path) -> None:
    mine = _put(tmp_path, {"journal.jsonl": b"Dear diary"})
    with pytest.raises(RunError, match=r"holds journal\.jsonl, and no journal\.jsonl or manifest\.json of a run"):
        RunWriter(tmp_path, filler.IDENTITY)
    assert _contents(tmp_path) == mine


@pytest.mark.parametrize("left", ["journal.jsonl", "journal.jsonl.part", ".lock"])
def test_what_a_stop_before_the_first_line_leaves_is_continued(tmp_path: Path, left: str) -> None:
    _put(tmp_path, {left: b""})
    filler.fill(tmp_path, worlds=16).verify()
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("fresh", [False, True])
def test_the_users_files_in_a_run_are_never_swept(folder: Path, fresh: bool) -> None:
    digest = "0" * 32
    mine = _put(
        folder,
        {
            "draws/mine.parquet": b"1",
            "worlds/kept/mine.parquet": b"2",
            f"worlds/0000000000-{digest}.parquet": b"at a place where no shard lies",
            "dl/film.mkv.part": b"3",
            f"dl/0000000000-{digest}.parquet.part": b"4",
            "facts/mine.json": b"{}",
            "facts/film.part": b"5",
            "scenario/film.mkv.part": b"6",
            "structure/thesis/draws/chapter.parquet": b"7",
        },
    )
    half = folder / "worlds" / "kept" / f"0000000008-{digest}.parquet.part"
    half.write_bytes(b"ours")
    with RunWriter(folder, filler.IDENTITY, fresh=fresh):
        pass
    filler.fill(folder, worlds=16).verify()
    assert {at: (folder / at).read_bytes() for at in mine} == mine
    assert not half.exists()


def test_starting_anew_removes_the_variants_but_nothing_else(folder: Path, whole: Path) -> None:
    variant = shutil.copytree(whole, folder / "structure" / "types")
    _put(variant, {"notes.txt": b"mine"})
    with RunWriter(folder, filler.IDENTITY, fresh=True):
        pass
    assert [p.name for p in folder.rglob("*") if p.is_file() and p.suffix in (".parquet", ".json", ".toml")] == []
    assert sorted(_contents(variant)) == [".lock", "notes.txt"]


# --- facts and scenario ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["scenario/scenario.toml", "facts/quantities-*.json", "facts/columns-*.json"])
@pytest.mark.parametrize("how", ["missing", "flip", "cut"])
def test_a_damaged_fact_is_named_and_written_anew(folder: Path, at: str, how: str) -> None:
    (path,) = folder.glob(at)
    before = path.read_bytes()
    if how == "missing":
        path.unlink()
    else:
        path.write_bytes(before[:-3] if how == "cut" else bytes([before[0] ^ 1]) + before[1:])
    relative = path.relative_to(folder).as_posix()
    with pytest.raises(RunError, match=path.name):
        open_run(folder).verify()
    notes = _again(folder)
    assert [note for note in notes if note.startswith(f"{relative}: ") and note.endswith("it is written anew")] == notes
    assert path.read_bytes() == before
    open_run(folder).verify()


# --- manifest --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [3, 2, 1])
def test_a_manifest_cannot_shed_its_checksum(folder: Path, form: int) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    del manifest["checksum"]
    path.write_text(json.dumps(manifest | {"seed": 9, "format": form}), encoding="utf-8")
    with pytest.raises(RunError, match=r"manifest\.json is damaged: it lacks its checksum"):
        open_run(folder)
    _again(folder)
    assert open_run(folder).manifest["seed"] == 1


def test_a_manifest_with_a_checksum_of_its_own_making_is_no_manifest_of_the_journal(folder: Path) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8")) | {"seed": 9}
    path.write_text(json.dumps(manifest | {"checksum": checksum(manifest)}), encoding="utf-8")
    with pytest.raises(RunError, match=r"journal\.jsonl is damaged: it does not record this manifest\.json"):
        open_run(folder).verify()
    _again(folder)
    open_run(folder).verify()


def test_a_stop_between_journal_and_manifest_leaves_the_earlier_run_sound(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from twofront.store import writer

    def killed(path: Path, content: bytes) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        real = writer.put
        patched.setattr(writer, "put", lambda p, c: killed(p, c) if p.name == "manifest.json" else real(p, c))
        with pytest.raises(KeyboardInterrupt):
            filler.fill(folder, worlds=32)
    run = open_run(folder)
    run.verify()
    assert run.manifest["worlds"] == 16
    assert list_runs(folder)[0].state == "grows: 100%"
    filler.fill(folder, worlds=32).verify()


# --- journal ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [1, 40, 100])
def test_a_torn_journal_is_told_and_mended(folder: Path, cut: int) -> None:
    path = folder / journal.NAME
    lines = path.read_bytes().count(b"\n")
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(RunError, match=rf"journal\.jsonl is damaged: line {lines} ends in its middle"):
        open_run(folder).verify()
    assert _again(folder)[0].startswith(f"journal.jsonl: line {lines} ends in its middle; ")
    open_run(folder).verify()


def test_a_journal_without_its_last_line_is_told_and_mended(folder: Path) -> None:
    path = folder / journal.NAME
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(RunError, match="does not record this manifest"):
        open_run(folder).verify()
    _again(folder)
    open_run(folder).verify()


# --- lists -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "odd",
    [
        {"worlds": "many"},
        {"worlds": None},
        {"scenario_name": None, "seed": []},
        {"files": {"a": {"sha256": 1, "bytes": "x"}}},
        {"labels": {"policies": 3}},
        {"format": []},
        {"format": True},
    ],
)
def test_an_odd_manifest_does_not_hide_the_others(folder: Path, odd: dict[str, object]) -> None:
    manifest = {"format": 1, "scenario_hash": "", "state": "complete", "files": {}, "worlds": 1, "start": 1, "end": 2}
    manifest |= {"seed": 0, "scenario_name": "odd", "labels": {"policies": {"baseline": {}}}}
    _put(folder.parent, {"odd/manifest.json": json.dumps(manifest | odd).encode()})
    assert [(run.path.name, run.state) for run in list_runs(folder.parent)] == [("odd", "damaged"), ("run", "complete")]


def test_a_deep_tree_does_not_hide_the_others(folder: Path) -> None:
    home = os.getcwd()
    for place in (folder.parent / "deep", folder / "deep"):  # beside a run, and in one
        place.mkdir()
        os.chdir(place)
        for _ in range(1100):
            os.mkdir("d")
            os.chdir("d")
        os.chdir(home)
    try:
        assert [(run.path.name, run.state) for run in list_runs(folder.parent)] == [("run", "complete")]
    finally:
        for place in (folder.parent / "deep", folder / "deep"):
            _remove(place)


def _remove(place: Path) -> None:
    """Removes a tree of single folders from below, without recursion."""
    found = [str(place)]
    while below := os.listdir(found[-1]):
        found.append(os.path.join(found[-1], below[0]))
    for path in reversed(found):
        os.rmdir(path)


def test_a_folder_that_may_not_be_read_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = folder.parent / "locked"
    locked.mkdir()
    real = os.scandir

    def refusing(place: Path) -> object:
        if Path(place) == locked:
            raise PermissionError(13, "Permission denied")
        return real(place)

    monkeypatch.setattr(os, "scandir", refusing)
    found = [(run.path.name, run.state) for run in list_runs(folder.parent)]
    assert found == [("locked", "cannot be read"), ("run", "complete")]
