"""Out of memory: said in one line, nothing half written, and the same folder goes on with smaller pieces."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

import twofront
from twofront.ensemble import simulate
from twofront.scenario import load_scenario
from twofront.store.disk import PART

pytest.importorskip("resource", reason="limits of memory are set by the system's resource module")
SAID = "error: out of memory. What was recorded is kept; try fewer --workers or a smaller --shard.\n"
LIMITED = """
import resource, sys
limit = int(sys.argv[1]) * 2**30
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
del sys.argv[1]
from twofront.cli import main
main()
"""


NO_THREADS = """
import threading
threading.stack_size(2**50)
from twofront.cli import main
main()
"""


def started(folder: Path, worlds: int, gigabytes: int, *more: str) -> subprocess.CompletedProcess[str]:
    """`twofront run` in a process whose data may not grow beyond a limit."""
    return _process(
        LIMITED, gigabytes, "run", "one-front", "--policies", "rearm", "--worlds", worlds, "--out", folder, *more
    )


def _process(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    env = os.environ | {"PYTHONPATH": str(Path(twofront.__file__).parents[1])}
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=3600, check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts all private memory as data")
@pytest.mark.parametrize(
    ("gigabytes", "shard"),
    [(1, 2**20), *(pytest.param(n, n * 2**20, marks=pytest.mark.long) for n in (2, 4))],
)
def test_a_shard_that_does_not_fit_is_said_and_the_run_goes_on(gigabytes: int, shard: int, tmp_path: Path) -> None:
    done = started(tmp_path / "run", shard, gigabytes, "--yearly", "--shard", str(shard))
    assert done.returncode == 1
    assert done.stderr == SAID
    assert not list((tmp_path / "run").rglob("*" + PART)), "half a file"
    small = started(tmp_path / "run", shard, gigabytes, "--yearly", "--shard", str(2**14))
    assert small.returncode == 0, small.stderr
    run = twofront.open_run(tmp_path / "run")
    assert run.verify() == len(run.manifest["files"])
    assert run.manifest["worlds"] == shard


def test_a_thread_for_which_there_is_no_memory_is_out_of_memory(tmp_path: Path) -> None:
    """No address space holds the stack that threads of Python ask for here."""
    done = _process(NO_THREADS, "run", "one-front", "--worlds", 2, "--out", tmp_path / "run")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", SAID)


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts all private memory as data")
def test_ten_million_worlds_need_no_more_than_two_gigabytes(tmp_path: Path) -> None:
    done = started(tmp_path / "run", 10**7, 2)
    assert done.returncode == 0, done.stderr
    run = twofront.open_run(tmp_path / "run")
    assert run.manifest["worlds"] == 2**24
    assert sum(row["count"] for at, row in run.manifest["files"].items() if at.startswith("worlds/rearm")) == 2**24


@pytest.mark.parametrize(
    ("said", "kind"),
    [("RESOURCE_EXHAUSTED: Out of memory allocating 9 bytes", MemoryError), ("INTERNAL: x", RuntimeError)],
)
def test_the_compiled_call_without_memory_is_out_of_memory(said: str, kind: type[Exception]) -> None:
    solve = simulate.solver(load_scenario("one-front"))

    def fails(*given: Any, **named: Any) -> None:
        raise jax.errors.JaxRuntimeError(said)

    solve.compiled = fails
    with pytest.raises(kind, match=said.partition(":")[0]):
        solve.first(np.zeros((33, 16), np.float32))
