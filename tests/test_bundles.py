"""A bundle redoes a run; a bundle that somebody made up is refused before anything is unpacked."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import twofront
from twofront import flow
from twofront.errors import RunError, TwofrontError
from twofront.flow import bundles


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    run = flow.run("one-front", worlds=32, seed=5, policies=["rearm"], out=folder / "run")
    (run.path / "report.html").write_text("<p>report</p>")
    return flow.bundle(run)


def test_a_run_is_reproduced_byte_by_byte(made: Path, tmp_path: Path) -> None:
    done = flow.reproduce(made, out=tmp_path / "again")
    assert (done.same, done.held, done.differs) == (True, True, ())
    assert done.run.manifest["scenario_hash"] == twofront.open_run(made.with_suffix("")).manifest["scenario_hash"]


def test_a_bundle_holds_all_that_is_needed(made: Path) -> None:
    texts = bundles.unpacked(made)
    assert set(texts) == {bundles.CONTENTS, "report.html", "scenario/scenario.toml", "scenario/policies.toml"}
    content = json.loads(texts[bundles.CONTENTS])
    assert {"scenario_hash", "seed", "versions", "model", "editions", "draws"} <= content["manifest"]["identity"].keys()
    assert set(content["tables"]) == {
        f"{t}/{p}" for t in ("worlds", "years", "means") for p in ("baseline", "rearm")
    } | {"draws"}


def test_two_bundles_at_the_same_time_both_succeed(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2, timeout=20)

    class Together(zipfile.ZipFile):
        def close(self) -> None:
            if self.mode == "w" and self.fp is not None:
                both.wait()
            super().close()

    monkeypatch.setattr(bundles.zipfile, "ZipFile", Together)
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(flow.bundle, made.with_suffix(""), tmp_path / "x.zip") for _ in range(2)]
        assert [job.result() for job in jobs] == [tmp_path / "x.zip"] * 2
    monkeypatch.undo()
    assert bundles.unpacked(tmp_path / "x.zip") == bundles.unpacked(made)
    assert [path.name for path in tmp_path.iterdir()] == ["x.zip"]


def _rewritten(made: Path, target: Path, change) -> Path:
    texts = bundles.unpacked(made)
    content = json.loads(texts[bundles.CONTENTS])
    change(content)
    texts[bundles.CONTENTS] = json.dumps(content).encode()
    with zipfile.ZipFile(target, "w") as file:
        for name, text in texts.items():
            file.writestr(name, text)
    return target


def test_other_numbers_are_noticed(made: Path, tmp_path: Path) -> None:
    """A bundle of another machine holds within the tolerance, not beyond it; one of this machine must be the same."""

    def near(content) -> None:
        content["tables"]["draws"] = "0" * 64
        content["manifest"]["identity"]["machine"] = "another"
        content["figures"]["rearm two_fronts"][0] *= 1 + 1e-7

    def far(content) -> None:
        near(content)
        content["figures"]["rearm two_fronts"][0] += 0.01

    def here(content) -> None:
        content["tables"]["draws"] = "0" * 64

    one = flow.reproduce(_rewritten(made, tmp_path / "near.zip", near), out=tmp_path / "run")
    assert (one.same, one.held) == (False, True)
    assert one.differs[0].startswith("machine: another there")
    two = flow.reproduce(_rewritten(made, tmp_path / "far.zip", far), out=tmp_path / "run")
    assert (two.held, two.column) == (False, "rearm two_fronts")
    assert not flow.reproduce(_rewritten(made, tmp_path / "here.zip", here), out=tmp_path / "run").held


def _figures(content, change) -> None:
    content["figures"] = {
        key: [None if x is None else change(x) for x in row] for key, row in content["figures"].items()
    }


def _elsewhere(content) -> None:
    content["tables"]["draws"] = "0" * 64
    content["manifest"]["identity"]["machine"] = "another"


def _no_numbers(content) -> None:
    _elsewhere(content)
    _figures(content, lambda x: float("nan"))


def _one_is_none(content) -> None:
    _elsewhere(content)
    content["figures"]["rearm two_fronts"] = [float("nan")] * 7


def _wide(content) -> None:
    _elsewhere(content)
    _figures(content, lambda x: 1000 * x + 5)
    for row in content["figures"].values():
        row[-1] = None if row[0] is None else 1e30


def _endless(content) -> None:
    _elsewhere(content)
    for row in content["figures"].values():
        row[-1] = None if row[0] is None else float("inf")


def _empty(content) -> None:
    _elsewhere(content)
    content["figures"] = {}


def _nulls(content) -> None:
    _elsewhere(content)
    content["figures"] = {key: [None] * 7 for key in content["figures"]}


def _same_tables(content) -> None:
    content["figures"]["rearm two_fronts"][0] += 0.01


@pytest.mark.parametrize("change", [_no_numbers, _one_is_none, _wide, _endless, _empty, _nulls, _same_tables])
def test_false_figures_are_never_reproduced(made: Path, tmp_path: Path, change) -> None:
    """A bundle cannot widen what it is measured by, and what is no number is a difference."""
    again = shutil.copytree(made.with_suffix(""), tmp_path / "run")
    done = flow.reproduce(_rewritten(made, tmp_path / "x.zip", change), out=again)
    assert not done.held
    assert done.furthest > 1e-3


def test_nothing_compared_is_a_failure() -> None:
    assert bundles._furthest({}, {})[0] == float("inf")
    assert bundles._furthest({"a b": [None] * 7}, {"a b": [None] * 7})[0] == float("inf")


@pytest.mark.parametrize("key", ["scenario_hash", "seed", "draws", "years", "variant", "scenario"])
def test_another_question_is_no_reason_for_tolerance(made: Path, tmp_path: Path, key: str) -> None:
    """What was asked has to be the same: only where it was played may move the last digits."""
    other = {"seed": 6, "draws": {"kind": "sobol", "replicates": 8}, "variant": "x"}

    def change(content) -> None:
        _elsewhere(content)
        content["manifest"]["identity"][key] = content["manifest"][key] = other.get(key, "other")

    again = shutil.copytree(made.with_suffix(""), tmp_path / "run")
    with pytest.raises(RunError, match=r"is refused: |holds another run, which this one cannot continue"):
        flow.reproduce(_rewritten(made, tmp_path / "x.zip", change), out=again)


def test_every_file_has_to_be_listed(made: Path, tmp_path: Path) -> None:
    def unlisted(content) -> None:
        del content["files"]["report.html"]

    def absent(content) -> None:
        content["files"]["ledger.toml"] = hashlib.sha256(b"").hexdigest()

    with pytest.raises(RunError, match=r"is refused: it holds 'report\.html', which its list of files does not name"):
        flow.reproduce(_rewritten(made, tmp_path / "x.zip", unlisted), out=tmp_path / "run")
    with pytest.raises(RunError, match=r"is damaged: ledger\.toml is not what it was"):
        flow.reproduce(_rewritten(made, tmp_path / "x.zip", absent), out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def _with(*keys: str, value: Any) -> Callable[[Any], None]:
    def change(content: Any) -> None:
        for key in keys[:-1]:
            content = content[key]
        content[keys[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_with("manifest", value=None), "is not a bundle of a run"),
        (_with("manifest", "identity", value=[]), "is not a bundle of a run"),
        (_with("manifest", "identity", "scenario", value="one\0front"), "the scenario's name is one of a folder"),
        (_with("manifest", "identity", "scenario", value=".."), "the scenario's name is one of a folder"),
        (_with("manifest", "identity", "scenario", value=""), "the scenario's name is one of a folder"),
        (_with("manifest", "identity", "scenario", value=7), "the scenario's name is one of a folder"),
        (_with("manifest", "identity", "scenario", value="\ud800"), "the scenario's name is one of a folder"),
        (_with("manifest", "variant", value=["a"]), "the variant is a name"),
        (_with("manifest", "variant", value="zzz"), "variant is the same in manifest and identity"),
        (_with("manifest", "worlds", value="many"), "the worlds are a whole number"),
        (_with("manifest", "worlds", value=10**30), "the worlds are a whole number"),
        (_with("manifest", "seed", value=-1), "the seed is a whole number"),
        (_with("manifest", "draws", value={"kind": "dice", "replicates": 16}), "the draws are of a known kind"),
        (_with("manifest", "draws", value={"kind": [], "replicates": 16}), "the draws are of a known kind"),
        (_with("manifest", "draws", value={"kind": "sobol", "replicates": 0}), "the draws are of a known kind"),
        (_with("manifest", "labels", "policies", value="rearm"), "is not a bundle of a run"),
        (_with("manifest", "labels", "policies", value={"zzz": {}}), 'no policy "zzz"'),
        (_with("manifest", "labels", "policies", value={}), "no policy is named"),
        (_with("files", value=["a"]), "is not a bundle of a run"),
        (_with("tables", value=3), "is not a bundle of a run"),
        (_with("figures", value=3), "is not a bundle of a run"),
        (_with("figures", "rearm two_fronts", value=["0.5"] * 7), "the figures are rows of seven numbers"),
        (_with("figures", "rearm two_fronts", value=[0.5]), "the figures are rows of seven numbers"),
        (_with("figures", "rearm two_fronts", value=[10**400] * 7), "is not a bundle of a run"),
        (_with("figures", "rearm two_fronts", value=[None] * 6 + [1]), "the figures are rows of seven numbers"),
        (_with("format", value=2), "its format is 1"),
    ],
)
def test_broken_content_is_one_clear_line(made: Path, tmp_path: Path, change: Any, message: str) -> None:
    with pytest.raises(RunError if "polic" not in message else TwofrontError, match=message) as told:
        flow.reproduce(_rewritten(made, tmp_path / "x.zip", change), out=tmp_path / "run")
    assert str(told.value).isprintable(), "one line"
    assert not (tmp_path / "run").exists()


def test_a_structure_that_the_scenario_lacks_is_refused(made: Path, tmp_path: Path) -> None:
    def change(content: Any) -> None:
        content["manifest"]["variant"] = content["manifest"]["identity"]["variant"] = "zzz"

    with pytest.raises(RunError, match=r"x\.zip is refused: its scenario has no structure 'zzz'"):
        flow.reproduce(_rewritten(made, tmp_path / "x.zip", change), out=tmp_path / "run")


@pytest.mark.parametrize("text", [b"", b"[]", b"3", b"{", b"\xff", b"[" * 100_000, b'{"manifest": NaN}'])
def test_a_table_of_contents_that_is_none_is_one_clear_line(tmp_path: Path, text: bytes) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as file:
        file.writestr(bundles.CONTENTS, text)
    with pytest.raises(RunError, match="is not a bundle of a run") as told:
        flow.reproduce(tmp_path / "x.zip", out=tmp_path / "run")
    assert str(told.value).isprintable(), "one line"


def test_a_changed_file_is_refused(made: Path, tmp_path: Path) -> None:
    texts = bundles.unpacked(made) | {"scenario/scenario.toml": b'title = "other"'}
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as file:
        for name, text in texts.items():
            file.writestr(name, text)
    with pytest.raises(RunError, match=r"is damaged: scenario/scenario\.toml is not what it was"):
        flow.reproduce(tmp_path / "x.zip", out=tmp_path / "run")


@pytest.mark.parametrize("name", ["../evil", "/evil", "a\\..\\evil", "c:evil", "a/b/c", "folder/"])
def test_paths_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as file:
        file.writestr(name, "x")
    with pytest.raises(RunError, match="leads out of the bundle or is a folder"):
        bundles.unpacked(tmp_path / "x.zip")


def test_links_duplicates_bombs_and_noise_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(link, "target")
    with pytest.raises(RunError, match="is a link"):
        bundles.unpacked(path)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a", "x")
        with pytest.warns(UserWarning, match="Duplicate"):
            file.writestr("a", "y")
    with pytest.raises(RunError, match="a name twice"):
        bundles.unpacked(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a", bytes(bundles.MOST_BYTES + 1))
    assert path.stat().st_size < 1e6
    with pytest.raises(RunError, match="at most 200 files"):
        bundles.unpacked(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a", bytes(10**7))
    content = path.read_bytes().replace((10**7).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    path.write_bytes(content)
    with pytest.raises(RunError):
        bundles.unpacked(path)
    for noise in (b"", b"PK", b"x" * 1000, content[: len(content) // 2]):
        path.write_bytes(noise)
        with pytest.raises(RunError, match="is no bundle that can be read"):
            bundles.unpacked(path)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a", "x")
    with pytest.raises(RunError, match="is not a bundle of a run"):
        flow.reproduce(path)
    with pytest.raises(RunError, match="does not exist"):
        bundles.unpacked(tmp_path / "nowhere.zip")
