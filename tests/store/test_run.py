"""The shelf: what is written is read back, what is damaged or foreign is refused with a clear word."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.helpers_run import ID, YEARS, make_run, manifest, outcomes, ramp, yearly

from twofront.errors import RunError
from twofront.store import RunWriter, open_run
from twofront.store.writer import checksum


def shard(folder: Path, stem: str) -> Path:
    """The only file of a table."""
    (found,) = (folder / stem).glob("*.parquet")
    return found


def test_tables_hold_what_was_written(tmp_path: Path) -> None:
    run = make_run(tmp_path, worlds=8)
    frame = run.to_pandas("worlds", ["policy", "world", "accepted"])
    assert len(frame) == 8 * len(run.policies)
    kept = frame[frame["policy"] == "verdict-both"].sort_values("world")
    np.testing.assert_allclose(kept["accepted"], 0.7 + 0.4 * ramp(8), rtol=1e-6)
    assert str(frame.dtypes["accepted"]) == "float32"
    assert str(frame.dtypes["world"]) == "int32"
    np.testing.assert_allclose(run.to_pandas("draws")["powers.china.growth"], ramp(8), rtol=1e-6)


def test_years_keep_world_and_year_apart(tmp_path: Path) -> None:
    run = make_run(tmp_path, worlds=4)
    frame = run.to_pandas("years", policy="plus-100").set_index(["world", "year"])
    assert len(frame) == 4 * len(YEARS)
    # yearly() by hand: 400 + 100 + 20 (u - 1/2) with u = (w + 1/2)/4, only in the last year
    assert frame.loc[(3, 2027), "spending.europe"] == pytest.approx(507.5)
    assert frame.loc[(0, 2027), "spending.europe"] == pytest.approx(492.5)
    assert frame.loc[(3, 2026), "spending.europe"] == 400
    assert frame.loc[(2, 2026), "leverage"] == 2


def test_columns_are_explained_in_both_languages(tmp_path: Path) -> None:
    run = make_run(tmp_path, worlds=4)
    for table in ("draws", "worlds", "years"):
        assert set(run.columns[table]) == set(run.names(table))
        for row in run.columns[table].values():
            assert row["meaning"]
            assert row["meaning_de"]
            assert row["unit"]
            assert "{" not in row["meaning"] + row["meaning_de"]
    assert "Taiwan Strait" in run.columns["worlds"]["opened.strait"]["meaning"]
    assert run.columns["worlds"]["value.russia"]["unit"] == "% GDP"
    assert "Russland" in run.columns["worlds"]["value.russia"]["meaning_de"]


def test_a_column_without_meaning_is_refused(tmp_path: Path) -> None:
    writer = RunWriter(tmp_path / "run", ID)
    with pytest.raises(RunError, match='column "mystery" of table worlds is not in the column dictionary'):
        writer.write_policy("baseline", outcomes(4, "baseline") | {"mystery": ramp(4)}, yearly(4, "b"), YEARS)


def test_sql_answers(tmp_path: Path) -> None:
    run = make_run(tmp_path, worlds=8)
    answer = run.sql(
        'select policy, avg(accepted) as a, max("opened.strait") as o, max("powers.china.growth") as g '
        "from worlds join draws using (world) where not flagged group by policy order by policy"
    ).to_pylist()
    assert [row["policy"] for row in answer] == sorted(run.policies)
    found = {row["policy"]: row for row in answer}
    assert found["baseline"]["a"] == pytest.approx(0.4, abs=1e-6)
    assert found["verdict-obligation"]["a"] == pytest.approx(0.7, abs=1e-6)
    assert found["baseline"]["g"] == pytest.approx(7.5 / 8)
    assert run.sql("SELECT count(*) AS n FROM Years WHERE year = 2026").to_pylist() == [{"n": 8 * len(run.policies)}]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("select * from read_csv('/etc/hosts')", "can only read draws, worlds, years and means"),
        ("select * from '/etc/hosts'", "cannot be answered"),
        ("select * from glob('*')", "can only read draws, worlds, years and means"),
        ("copy worlds to 'out.csv'", "one SELECT"),
        ("attach 'x.db'", "one SELECT"),
        ("set enable_external_access = true", "one SELECT"),
        ("create table x as select 1", "one SELECT"),
        ("drop view worlds", "one SELECT"),
        ("select 1; select 2", "one SELECT"),
        ("install httpfs", "one SELECT"),
        ("", "one SELECT"),
        ("selec 1", "cannot be answered"),
        ("select acepted from worlds", "accepted"),
        ("select opened.strait from worlds", "double quotes"),
        ("select * from frame", "cannot be answered"),
    ],
)
def test_sql_reads_only_the_run(tmp_path: Path, query: str, message: str) -> None:
    run = make_run(tmp_path, worlds=4, policies=("baseline",))
    frame = run.to_pandas("worlds")
    assert len(frame) == 4
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(RunError, match=message):
        run.sql(query)
    assert sorted(tmp_path.rglob("*")) == before


def test_unknown_names_are_answered_with_the_nearest(tmp_path: Path) -> None:
    run = make_run(tmp_path, worlds=4)
    with pytest.raises(RunError, match=r'no table "world". Did you mean "worlds"\?'):
        run.table("world")
    with pytest.raises(RunError, match=r'no column of worlds "acepted". Did you mean "accepted"\?'):
        run.table("worlds", ["acepted"])
    with pytest.raises(RunError, match=r'no policy "stalledd". Did you mean "stalled"\?'):
        run.table("worlds", policy="stalledd")
    with pytest.raises(RunError, match="draws holds the baseline's figures only"):
        run.table("draws", policy="kept")


def test_verify_accepts_a_whole_run_and_names_what_changed(tmp_path: Path) -> None:
    run = make_run(tmp_path, worlds=4)
    assert run.verify() == len(run.manifest["files"])
    for path in (shard(run.path, "draws"), run.path / "scenario" / "scenario.toml"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    with pytest.raises(RunError, match=r"(?s)draws/.*\.parquet is damaged: its content.*scenario\.toml is damaged"):
        open_run(run.path).verify()


def test_damage_is_noticed_before_a_table_is_used(tmp_path: Path) -> None:
    path = shard(make_run(tmp_path, worlds=4).path, "worlds/kept")
    content = bytearray(path.read_bytes())
    content[40] ^= 255
    path.write_bytes(content)
    run = open_run(tmp_path / "run")
    with pytest.raises(RunError, match=r"kept/.*\.parquet is damaged"):
        run.table("worlds")
    with pytest.raises(RunError, match=r"kept/.*\.parquet is damaged"):
        run.sql("select count(*) from worlds")
    assert len(run.table("worlds", policy="baseline")) == 4


def test_swapped_files_are_noticed(tmp_path: Path) -> None:
    folder = make_run(tmp_path, worlds=4).path
    kept, stalled = shard(folder, "worlds/kept"), shard(folder, "worlds/stalled")
    shutil.copy(kept, tmp_path / "kept")
    shutil.copy(stalled, kept)
    shutil.copy(tmp_path / "kept", stalled)
    with pytest.raises(RunError, match="is damaged"):
        open_run(tmp_path / "run").table("worlds")


def test_places_that_are_no_run(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="does not exist"):
        open_run(tmp_path / "nowhere")
    with pytest.raises(RunError, match=r"is not a run: it holds no manifest\.json"):
        open_run(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(RunError, match="is not a run"):
        open_run(tmp_path / "file")


def test_missing_and_truncated_files(tmp_path: Path) -> None:
    folder = make_run(tmp_path, worlds=4).path
    path = shard(folder, "years/kept")
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    with pytest.raises(
        RunError, match=rf"kept/.*\.parquet is damaged: it has {len(whole) - 10} bytes instead of {len(whole)}"
    ):
        open_run(folder)
    path.unlink()
    with pytest.raises(RunError, match=r"kept/.*\.parquet is damaged: it is missing"):
        open_run(folder)


def _sealed(manifest: dict[str, Any], change: Callable[[], object]) -> None:
    """Changes a manifest and gives it the checksum of the changed one."""
    change()
    manifest["checksum"] = checksum(manifest)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m.update(state="running"), "is unfinished"),
        (lambda m: m.update(format=4), "reads formats 1 to 3"),
        (lambda m: m.pop("labels"), "it lacks labels"),
        (lambda m: m.update(seed=9), "not what its checksum says"),
        (lambda m: m.pop("checksum"), "it lacks its checksum"),
        (lambda m: (m.pop("checksum"), m.update(format=1, title="Another")), "it lacks its checksum"),
        (lambda m: _sealed(m, lambda: m["files"].update({"../x": {"sha256": "", "bytes": 0}})), "list of files"),
        (lambda m: _sealed(m, lambda: m["files"].update({"x": {"sha256": "", "bytes": "0"}})), "list of files"),
        (lambda m: _sealed(m, lambda: m.update(files=[])), "list of files"),
        (lambda m: _sealed(m, lambda: m["labels"].update(policies={})), "list of files or policies"),
        (lambda m: _sealed(m, lambda: m.update(worlds="many")), "years or worlds"),
    ],
)
def test_manifests_that_are_not_whole(tmp_path: Path, change, message: str) -> None:
    folder = make_run(tmp_path, worlds=4).path
    content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    change(content)
    (folder / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(RunError, match=message):
        open_run(folder)


@given(st.binary(max_size=200))
def test_any_bytes_as_manifest_give_a_clear_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(RunError, match=r"manifest\.json"):
        open_run(folder)
    (folder / "manifest.json").write_bytes(b"[" * 100_000)
    with pytest.raises(RunError, match=r"manifest\.json"):
        open_run(folder)


def test_a_foreign_folder_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    with pytest.raises(RunError, match="exists and is not a run, so nothing is written there"):
        RunWriter(tmp_path / "thesis", ID)
    (tmp_path / "note").write_text("x")
    with pytest.raises(RunError, match="is a file"):
        RunWriter(tmp_path / "note", ID)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["chapter.txt", "note", "thesis"]


def test_a_new_run_replaces_an_earlier_one_but_keeps_the_users_files(tmp_path: Path) -> None:
    folder = make_run(tmp_path, worlds=4).path
    (folder / "my notes.txt").write_text("mine")
    (folder / "report.html").write_text("of the earlier run")
    run = make_run(tmp_path, worlds=8, policies=("baseline", "kept"))
    assert run.manifest["worlds"] == 8
    run.verify()
    assert (folder / "my notes.txt").read_text() == "mine"
    assert not (folder / "report.html").exists()
    assert not list((folder / "worlds").rglob("stalled/*"))
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(RunError, match="could not be written"):
        RunWriter(tmp_path / "file" / "run", ID)


@pytest.mark.parametrize("name", ["../evil", "a/b", "", ".hidden", "c:x", "x" * 200, "nul."])
def test_policy_names_stay_inside_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(RunError, match="cannot be the name of a file"):
        RunWriter(tmp_path / "run", ID).write_policy(name, outcomes(4, "b"), yearly(4, "b"), YEARS)


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    first = make_run(tmp_path / "a", worlds=16).manifest["files"]
    second = make_run(tmp_path / "b", worlds=16).manifest["files"]
    assert first == second


def test_numbers_that_are_not_finite_become_null(tmp_path: Path) -> None:
    writer = RunWriter(tmp_path / "run", ID)
    writer.write_policy("baseline", outcomes(4, "baseline"), yearly(4, "baseline"), YEARS)
    writer.write_draws({})
    writer.write_json("tree.json", {"payoffs": [float("nan"), np.float32(1.5), np.int64(2)]})
    run = open_run(writer.finish(manifest(("baseline",), worlds=4, seconds=float("inf"))))
    assert run.json("tree.json") == {"payoffs": [None, 1.5, 2]}
    assert run.manifest["seconds"] is None
    run.verify()
