"""kill -9 at any moment of the commands that write beside a run, and of the process that leads workers on a cluster."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests import kills
from tests.store import filler

import twofront
from twofront import flow
from twofront.store import disk

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kill -9 and fork are of Unix")
ROOT = Path(__file__).parents[1]
ENV = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(twofront.__file__).parents[1]), str(ROOT)])}
WORLDS, SEED = 2048, 3


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the teaching scenario that nobody disturbed."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    return flow.run("one-front", worlds=WORLDS, seed=SEED, policies=["rearm"], out=folder).path


@pytest.mark.parametrize(
    "how",
    [
        ["random", "8", "1"],
        ["each", "run-csv"],
        pytest.param(["random", "300", "2"], marks=pytest.mark.long),
        pytest.param(["each", *kills.RESULTS], marks=pytest.mark.long),
    ],
    ids=lambda how: "-".join(how[:2]),
)
def test_a_killed_report_or_export_leaves_no_half(how: list[str], tmp_path: Path) -> None:
    flow.run("one-front", worlds=64, policies=["rearm"], out=tmp_path / "run")
    command = [sys.executable, "-m", "tests.kills", str(tmp_path), *how]
    done = subprocess.run(command, env=ENV, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def workers_of(driver: int) -> set[int]:
    """The processes below a process, from the table of processes: number, parent."""
    table = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(pid): int(parent) for pid, parent in (line.split() for line in table.splitlines())}
    found, last = {driver}, 0
    while len(found) > last:
        last = len(found)
        found |= {pid for pid, parent in parents.items() if parent in found}
    return found - {driver}


def gone(pid: int) -> bool:
    """Whether a process has ended; one that waits for nobody to ask after it has."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return state.strip()[:1] in ("", "Z")


@pytest.mark.parametrize(("times", "seed"), [(1, 1), pytest.param(30, 2, marks=pytest.mark.long)])
def test_a_killed_driver_leaves_no_workers_and_a_run_that_goes_on(
    run: Path, tmp_path: Path, times: int, seed: int
) -> None:
    """Killed while its workers start, or after some shards with others in hand; the next start goes on."""
    pytest.importorskip("distributed")
    wanted, chance = filler.digest(twofront.open_run(run)), random.Random(seed)
    command = [sys.executable, "-m", "twofront", "run", "one-front", "--worlds", str(WORLDS), "--seed", str(SEED)]
    command += ["--policies", "rearm", "--engine", "dask", "--workers", "2", "--shard", "128", "--progress", "json"]
    folder = tmp_path / "run"
    for nth in range(times):
        with subprocess.Popen([*command, "--out", str(folder)], env=ENV, stderr=subprocess.PIPE, text=True) as driver:
            assert driver.stderr is not None
            shards = (line for line in driver.stderr if "done" in json.loads(line))
            starting = nth % 3 == 2
            for _ in range(0 if starting else 3 + chance.randrange(20)):  # the first two tell what lies there already
                next(shards)
            time.sleep(chance.random() * (10 if starting else 0.1))
            workers = workers_of(driver.pid)
            driver.kill()
            assert driver.wait() == -signal.SIGKILL
        assert starting or len(workers) >= 2
        until = time.monotonic() + 30
        while not all(map(gone, workers)):
            assert time.monotonic() < until, "workers outlive their driver"
            time.sleep(0.2)
        with pytest.raises(twofront.errors.RunError, match=r"is unfinished|does not exist"):
            twofront.open_run(folder)
    again = shutil.copytree(folder, tmp_path / "again")
    here = flow.run("one-front", worlds=WORLDS, seed=SEED, policies=["rearm"], out=folder)
    there = subprocess.run([*command, "--out", str(again)], env=ENV, capture_output=True, text=True, check=False)
    assert there.returncode == 0, there.stderr
    for done in (here, twofront.open_run(again)):
        assert filler.digest(done) == wanted
        done.verify()
        assert not list(done.path.rglob("*" + disk.PART))
