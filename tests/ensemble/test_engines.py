"""The same bits whatever the workers, the shards, their order, the engine and where a run was stopped."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import twofront
from twofront import flow
from twofront.ensemble import engines, simulate
from twofront.ensemble.design import design_of
from twofront.ensemble.engines import Task
from twofront.ensemble.sweep import TILE, Outcome, Player, Stopped, tile_values
from twofront.errors import TwofrontError
from twofront.scenario import Loaded, load_scenario
from twofront.scenario.quantity import scalars
from twofront.store.shards import cut
from twofront.store.sums import Sums, add, mean

POLICIES = ("baseline", "rearm")
WORLDS = 3 * TILE + 37  # the last tile is not full


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load_scenario("one-front")


@pytest.mark.parametrize("tile", [16, 48, TILE, 512])
@pytest.mark.parametrize("kind", ["sobol", "monte-carlo", "latin-hypercube"])
def test_figures_drawn_for_several_tiles_at_once_are_those_of_each_tile(loaded: Loaded, tile: int, kind: str) -> None:
    design = design_of(kind, 4096)
    many = Player(loaded, simulate.solver(loaded), seed=3, design=design, tile=tile)
    for start in (0, tile, 5 * tile, 2 * tile):
        drawn = many.draws(start, tile)
        alone = tile_values(loaded, loaded.policies["baseline"], start, tile=tile, seed=3, design=design)
        assert drawn
        for k, path in enumerate(scalars(loaded)):
            if path in drawn:
                assert np.array_equal(drawn[path], alone[k]), path


@pytest.fixture(scope="module")
def player(loaded: Loaded) -> Player:
    return Player(loaded, simulate.solver(loaded), seed=3)


def tasks(shard: int, worlds: int = WORLDS, shuffle: int | None = None) -> list[Task]:
    found = [Task(policy, first, n, n) for policy in POLICIES for first, n in cut([(0, worlds)], shard)]
    if shuffle is not None:
        random.Random(shuffle).shuffle(found)
    return found


def digest(outcomes: Iterable[Outcome]) -> str:
    """SHA-256 of the table sorted by policy and world."""
    found = hashlib.sha256()
    parts = sorted(outcomes, key=lambda outcome: (outcome.policy, outcome.first))
    for policy in POLICIES:
        mine = [part for part in parts if part.policy == policy]
        for table in ([part.worlds for part in mine], [part.years for part in mine]):
            for name in sorted(table[0]):
                rows = np.concatenate([part[name] for part in table], axis=-1)
                assert rows.shape[-1] == WORLDS
                found.update(name.encode() + rows.tobytes())
        totals: Sums = {}
        for part in mine:
            totals = add(totals, part.totals)
        for name, summed in totals.items():
            found.update(name.encode() + summed.tobytes())
    return found.hexdigest()


@pytest.fixture(scope="module")
def wanted(player: Player) -> str:
    return digest(engines.threads(player, tasks(WORLDS), 1))


@pytest.mark.parametrize("workers", [1, 2, 7])
@pytest.mark.parametrize("shard", [50, TILE, 333])
@pytest.mark.parametrize("shuffle", [None, 4])
def test_same_bits(player: Player, wanted: str, workers: int, shard: int, shuffle: int | None) -> None:
    assert digest(engines.threads(player, tasks(shard, shuffle=shuffle), workers)) == wanted


class _Solve(simulate.Solve):
    """Leaves every third world unsolved in the first sweep; figures are a function of what was drawn for the world."""

    def __init__(self) -> None:
        """Nothing is compiled."""

    def first(self, values: Any) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        method = np.where(np.floor(values.sum(0) * 1e4) % 3 == 0, simulate.Method.UNSOLVED, simulate.Method.UNIQUE)
        return self._figures(values, method.astype(np.float32), np.zeros(values.shape[1]))

    def again(self, values: np.ndarray) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        method = np.full(values.shape[1], simulate.Method.BRANCH, np.float32)
        return self._figures(values, method, values.sum(0))

    def _figures(self, values: np.ndarray, method: np.ndarray, two: np.ndarray) -> tuple[dict[str, np.ndarray], ...]:
        still = np.zeros(values.shape[1])
        checks = dict.fromkeys(("tail_move", "certificate", "conservation"), still)
        return checks | {"two_fronts": two, "method": method}, {"two_fronts": np.stack([two / 4, 3 * two / 4])}


@pytest.mark.parametrize(("first", "count", "years"), [(0, 300, None), (37, 201, 100), (37, 201, 0)])
def test_worlds_solved_again_take_their_place_in_worlds_and_years(
    loaded: Loaded, first: int, count: int, years: int | None
) -> None:
    played = Player(loaded, _Solve(), seed=3).outcome("rearm", first, count, years=years)
    again = played.worlds["method"] == simulate.Method.BRANCH
    assert 0.2 < again.mean() < 0.5
    assert set(played.worlds["method"]) == {simulate.Method.BRANCH, simulate.Method.UNIQUE}
    assert not played.worlds["flagged"].any()
    assert (played.worlds["two_fronts"][again] > 0).all()
    kept = count if years is None else years
    np.testing.assert_allclose(played.years["two_fronts"].sum(0), played.worlds["two_fronts"][:kept])
    means = [mean(*map(int, part)) for part in played.totals["two_fronts"].T]
    np.testing.assert_allclose(sum(means), played.worlds["two_fronts"].mean(), rtol=1e-6)


def test_worlds_do_not_depend_on_their_neighbours(loaded: Loaded, player: Player, wanted: str) -> None:
    """Players that draw each tile anew, and one that plays worlds one by one."""
    alone = Player(loaded, player._solve, seed=3)
    one = alone.outcome("rearm", 200, 1)
    many = player.outcome("rearm", 130, 200)
    for name, values in one.worlds.items():
        assert values.tobytes() == many.worlds[name][70:71].tobytes(), name


def test_a_stop_is_heard_after_the_tile_in_hand(player: Player) -> None:
    asked = iter([False, False, True])
    with pytest.raises(Stopped):
        player.outcome("baseline", 0, 100 * TILE, stop=lambda: next(asked))


def test_an_error_in_a_task_reaches_the_caller(player: Player) -> None:
    with pytest.raises(KeyError, match="nobody"):
        list(engines.threads(player, [replace(tasks(TILE)[0], policy="nobody")], 2))


def test_the_same_bits_on_a_cluster_whose_worker_is_killed(player: Player, wanted: str) -> None:
    pytest.importorskip("distributed")
    with engines.cluster("dask", 2) as client:
        found: list[Outcome] = []
        for outcome in engines.on_cluster(client, engines.recipe("test", player), tasks(50)):
            found.append(outcome)
            if len(found) == 2:
                victim = next(iter(client.run(os.getpid).values()))
                os.kill(victim, signal.SIGKILL)
        assert digest(found) == wanted


def test_two_clusters_on_one_machine_do_not_disturb_each_other(recwarn: pytest.WarningsRecorder) -> None:
    pytest.importorskip("distributed")
    with socket.socket() as usual:
        with suppress(OSError):  # taken already
            usual.bind(("127.0.0.1", 8787))  # the port that Dask takes where nobody says otherwise
            usual.listen()
        with engines.cluster("dask", 1) as client:
            assert client.submit(max, 2, 3).result() == 3
    assert not recwarn.list


@pytest.mark.parametrize(
    ("engine", "message"),
    [
        ("desk", 'no engine "desk". Choose threads, dask, the address of a scheduler'),
        ("tcp://127.0.0.1:9", "no Dask scheduler answers there"),
        ("tls://127.0.0.1:9", "no Dask scheduler answers there"),  # without certificates
    ],
)
def test_engines_that_are_none(engine: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(engines, "PATIENCE", 0.5)
    with pytest.raises(TwofrontError) as caught, engines.cluster(engine):
        pass
    assert message in str(caught.value)


def test_a_latin_hypercube_that_would_grow_says_why_it_cannot(tmp_path: Path) -> None:
    flow.run("one-front", worlds=16, policies=["baseline"], draws="latin-hypercube", out=tmp_path / "run")
    with pytest.raises(TwofrontError, match="A Latin hypercube of 16 worlds cannot be extended: each world has a cell"):
        flow.run("one-front", worlds=32, policies=["baseline"], draws="latin-hypercube", out=tmp_path / "run")


def test_a_file_that_is_no_schedulers_is_named(tmp_path: Path) -> None:
    for number, text in enumerate(("[1]", "{}", "no json")):
        file = tmp_path / f"{number}.json"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(TwofrontError, match=r"\d\.json: no scheduler file\. Name the JSON that"):
            engines.check(str(file))


def test_a_finished_run_outlives_a_fresh_start_with_an_engine_that_is_none(tmp_path: Path) -> None:
    made = flow.run("one-front", worlds=16, policies=["baseline"], out=tmp_path / "run")
    before = sorted((p.name, p.stat().st_size) for p in made.path.rglob("*") if p.is_file())
    with pytest.raises(TwofrontError, match='no engine "dsk"'):
        flow.run("one-front", worlds=16, out=made.path, how=flow.How(engine="dsk", fresh=True))
    assert sorted((p.name, p.stat().st_size) for p in made.path.rglob("*") if p.is_file()) == before


def test_a_worker_with_other_versions_is_refused(player: Player) -> None:
    other = engines.versions() | {"numpy": "1.0"}
    with pytest.raises(TwofrontError, match=r"a worker has numpy .* instead of 1\.0"):
        engines.play(engines.recipe("x", player), tasks(TILE)[0], other)


def test_a_gpu_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    import jax

    if any(device.platform == "gpu" for device in jax.devices()):
        pytest.skip("this machine has one")
    with pytest.raises(TwofrontError, match="a GPU was asked for, but JAX finds none here"):
        flow.run("one-front", worlds=2, out=tmp_path / "run", how=flow.How(device="gpu"))
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
@pytest.mark.skipif(
    signal.getsignal(signal.SIGINT) == signal.SIG_IGN,
    reason="started in the background by a shell that lets its children ignore key presses",
)
def test_ctrl_c_stops_soon_and_says_how_to_continue(tmp_path: Path, loaded: Loaded, player: Player) -> None:
    """Stopped by a key press in the middle of work: what is kept has the bits of an undisturbed run."""
    command = [
        sys.executable,
        "-m",
        "twofront",
        "run",
        "one-front",
        "--worlds",
        str(2**21),  # far more than can be played before the key is pressed, on any machine
        "--seed",
        "3",
        "--shard",
        "128",
    ]
    command += ["--policies", "rearm", "--progress", "json", "--out", str(tmp_path / "run")]
    env = os.environ | {"PYTHONPATH": str(Path(twofront.__file__).parents[1])}
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if json.loads(line).get("done", 0) >= 4 * TILE:
                break
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
        assert process.wait(30) == 130
        took = time.monotonic() - began
    assert took < 5, "2 seconds on a machine that does nothing else"
    assert "interrupted: what was recorded is kept. To continue: twofront run one-front --worlds 2097152" in rest
    with pytest.raises(twofront.errors.RunError, match=r"is unfinished: .* To continue: twofront run one-front"):
        twofront.open_run(tmp_path / "run")
    from twofront.store import journal

    entries, damage = journal.read(tmp_path / "run" / journal.NAME)
    assert not damage
    kept = [row for e in entries if e["what"] == "shard" for row in e["parts"] if row["table"] == "worlds"]
    assert kept
    import pyarrow.parquet as pq

    for row in kept[:3]:
        found = pq.read_table(tmp_path / "run" / row["at"])
        again = player.outcome(row["policy"], row["first"], row["count"])
        for name, values in again.worlds.items():
            assert found[name].to_numpy().tobytes() == values.tobytes(), name
