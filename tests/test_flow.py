"""The whole product: the same input gives the same bytes, and what a run adds changes nothing it already had."""

from __future__ import annotations

import doctest
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import twofront
from twofront import flow
from twofront.analysis import grid
from twofront.ensemble import simulate, sweep
from twofront.errors import RunError, TwofrontError
from twofront.scenario import Loaded, load_scenario
from twofront.scenario.schema import Variant

ROOT = Path(__file__).resolve().parents[1]
WORLDS = 64


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load_scenario("one-front")


@pytest.fixture(scope="module")
def run(loaded: Loaded, tmp_path_factory: pytest.TempPathFactory) -> twofront.Run:
    return flow.run(loaded, worlds=WORLDS, seed=3, out=tmp_path_factory.mktemp("flow") / "run")


def tables(run: twofront.Run) -> dict[str, bytes]:
    """The bytes of every table of a run, by relative path."""
    return {path.relative_to(run.path).as_posix(): path.read_bytes() for path in run.path.rglob("*.parquet")}


def test_same_seed_gives_the_same_bytes(loaded: Loaded, run: twofront.Run, tmp_path: Path) -> None:
    again = flow.run(loaded, worlds=WORLDS, seed=3, out=tmp_path / "again")
    assert tables(again) == tables(run)
    assert len(tables(run)) == 1 + 3 * len(loaded.policies)  # draws; worlds, years and sums
    assert run.manifest["identity"] == again.manifest["identity"]


def test_another_seed_gives_other_worlds(loaded: Loaded, run: twofront.Run, tmp_path: Path) -> None:
    other = flow.run(loaded, worlds=WORLDS, seed=4, policies=["baseline"], out=tmp_path / "other")
    assert not other.table("draws").equals(run.table("draws"))
    assert not other.table("worlds", policy="baseline").equals(run.table("worlds", policy="baseline"))


def test_choosing_policies_keeps_the_draws(loaded: Loaded, run: twofront.Run, tmp_path: Path) -> None:
    some = flow.run(loaded, worlds=WORLDS, seed=3, policies=["fortify"], out=tmp_path / "some")
    assert some.policies == ["baseline", "fortify"]
    found, every = tables(some), tables(run)
    assert found == {name: every[name] for name in found}
    assert not [name for name in found if "rearm" in name]


def test_more_worlds_keep_the_earlier_ones(loaded: Loaded, run: twofront.Run, tmp_path: Path) -> None:
    fewer = flow.run(loaded, worlds=WORLDS // 2 - 3, seed=3, out=tmp_path / "fewer")
    assert fewer.manifest["worlds"] == WORLDS // 2, "rounded up to a power of two"
    for name in ("draws", "worlds", "years"):
        for policy in ["baseline"] if name == "draws" else run.policies:
            rows = run.table(name, policy=policy)
            earlier = rows.filter(np.asarray(rows["world"]) < WORLDS // 2)
            assert earlier.equals(fewer.table(name, policy=policy)), f"{name} of {policy}"


def test_the_size_of_a_tile_changes_rounding_only(loaded: Loaded) -> None:
    solve = simulate.solver(loaded)
    small, large = (
        sweep.Player(loaded, solve, seed=3, tile=tile).outcome("baseline", 0, 32) for tile in (16, sweep.TILE)
    )
    for name in ("two_fronts", "win.strait", "value.auria"):
        np.testing.assert_allclose(small.worlds[name], large.worlds[name], rtol=1e-4, atol=1e-6, err_msg=name)


def test_the_manifest_says_how_to_redo_the_run(loaded: Loaded, run: twofront.Run) -> None:
    m = run.manifest
    assert (m["seed"], m["worlds"], m["scenario_hash"]) == (3, WORLDS, loaded.hash)
    assert {"python", "twofront", "jax", "numpy", "platform"} <= m["versions"].keys()
    assert load_scenario(run.path / "scenario").hash == loaded.hash
    assert run.verify() == len(m["files"])


def test_the_shown_world_is_the_median_one() -> None:
    values = np.array([0.9, 0.1, 0.5, 0.3, 0.7])
    none, worst = np.zeros(5, bool), np.array([True, False, False, False, True])
    assert flow.median_world(values, none) == 2
    assert flow.median_world(values, worst) == 3
    assert flow.median_world(values, ~none) == 0


def test_the_tree_is_one_distribution(loaded: Loaded) -> None:
    tree = flow.solved_tree(loaded, 2027, world=5, seed=3, policy="rearm")
    assert (tree["year"], tree["world"], tree["policy"]) == (2027, 5, "rearm")
    leaves = [node["reach"] for node in tree["nodes"] if node["stage"] is None]
    assert sum(leaves) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["rearn"], 'no policy "rearn" in one-front. Did you mean "rearm"? Known: baseline, rearm, fortify.'),
        ("rearn", 'no policy "rearn" in one-front. Did you mean "rearm"? Known: baseline, rearm, fortify.'),
        ([], "no policy is named. Leave the choice out to play all, or name some of: baseline, rearm, fortify."),
    ],
)
def test_unknown_policies_are_refused(loaded: Loaded, names: list[str] | str, message: str) -> None:
    with pytest.raises(TwofrontError) as caught:
        flow.choose_policies(loaded, names)
    assert str(caught.value) == message


def test_language_and_folder_are_checked_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulate, "solver", lambda loaded: pytest.fail("the work began"))
    with pytest.raises(TwofrontError, match=r'no language "fr"\. Choose en or de\.'):
        flow.assess("one-front", worlds=2, lang="fr", out=tmp_path / "run")
    (tmp_path / "letter.txt").write_text("dear reader")
    with pytest.raises(RunError, match="is not a run, so nothing is written there"):
        flow.assess("one-front", worlds=2, out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_the_examples_of_the_python_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every >>> of docs/python.md, in order, in an empty folder."""
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 8
    monkeypatch.chdir(tmp_path)
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "python.md", "docs/python.md", 0)
    report: list[str] = []
    failed = doctest.DocTestRunner(optionflags=flags).run(test, out=report.append).failed
    assert not failed, "".join(report)


def test_variants_are_played_in_the_worlds_of_the_run(loaded: Loaded, run: twofront.Run, tmp_path: Path) -> None:
    """Draws are the run's own; another contest moves the outcome, and the own structure is read in the same worlds."""
    variant = Variant(name="difference contest", contest="difference")
    scenario = loaded.scenario.model_copy(update={"structure": {"difference": variant}})
    varied = replace(loaded, scenario=scenario)
    seen: list[str] = []
    own = flow.run(varied, worlds=WORLDS, seed=3, policies=["rearm"], out=tmp_path / "own")
    variants = flow.play_variants(
        varied,
        own.path,
        worlds=32,
        seed=3,
        progress=lambda policy, done, total: seen.append(policy),
    )
    other = variants["difference"]
    assert (other.path, other.manifest["variant"]) == (own.path / "structure" / "difference", "difference")
    assert other.manifest["contest"] == "difference"
    assert set(seen) <= {"difference: baseline", "difference: rearm"}
    draws = own.table("draws")
    assert draws.filter(np.asarray(draws["world"]) < 32).equals(other.table("draws"))
    found = grid(own)
    assert found is not None
    assert found.drawn == 32
    line = found.line("level", "mean")
    assert line is not None
    first = own.to_pandas("worlds", policy="baseline").query("world < 32")["opened.strait"]
    theirs = other.to_pandas("worlds", policy="baseline")["opened.strait"]
    assert line.here == pytest.approx(float(first.mean()), rel=1e-6)
    assert line.values["difference"] == pytest.approx(float(theirs.mean()), rel=1e-6)
    assert line.here != line.values["difference"]


def test_a_variant_without_types_keeps_every_row_of_the_draws() -> None:
    two = load_scenario("two-fronts")
    assert two.scenario.types
    without = two.varied("no_types")
    assert not without.scenario.types
    assert list(without.scalars) == list(two.scalars)
    assert sweep.drawn(without) == sweep.drawn(two)


def test_a_scenario_without_variants_says_what_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulate, "solver", lambda loaded: pytest.fail("the work began"))
    with pytest.raises(TwofrontError, match="one-front has no other structure to compare with"):
        flow.assess("one-front", worlds=2, structure=True, out=tmp_path / "run")
