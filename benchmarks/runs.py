"""What the shelf costs: writing beside playing, opening a run of a million worlds, memory by worlds. JSON to stdout.

python -m benchmarks.runs
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SHARD = 2**15
MEMORY = """
import sys
from twofront import flow
from twofront.cli.watch import memory
flow.run("one-front", worlds=int(sys.argv[1]), policies=["baseline"], out=sys.argv[2])
print(memory())
"""


def writing(folder: Path, worlds: int = 2**15) -> dict[str, float]:
    """Processor seconds that a run spends in the shelf, as a share of its time."""
    import pandas  # noqa: F401  (an import is no writing; pyarrow looks for it)
    import pyarrow.parquet  # noqa: F401

    from twofront import flow
    from twofront.store import RunWriter

    spent = [0.0]
    for name in ("write_policy", "write_draws"):
        real = getattr(RunWriter, name)

        def timed(*given: Any, real: Any = real, **named: Any) -> None:
            began = time.thread_time()  # of this thread alone: while it writes, others play
            real(*given, **named)
            spent[0] += time.thread_time() - began

        setattr(RunWriter, name, timed)
    run = flow.run("one-front", worlds=worlds, out=folder / "writing")
    return {"worlds_per_second": run.manifest["worlds_per_second"], "share": spent[0] / run.manifest["seconds"]}


def opening(folder: Path, worlds: int = 2**20) -> dict[str, float]:
    """Seconds to open a run of made-up outcomes, and to read the headline from it."""
    import numpy as np

    from twofront.analysis import headline
    from twofront.store import RunWriter, open_run

    with tempfile.TemporaryDirectory() as small:
        from twofront import flow

        form = flow.run("one-front", worlds=128, out=Path(small) / "run")
        manifest = {k: v for k, v in form.manifest.items() if k not in ("files", "checksum", "state")}
        tables = {policy: form.to_pandas("worlds", policy=policy) for policy in form.policies}
    random = np.random.default_rng(0)
    with RunWriter(folder / "opening", {"scenario_hash": "made up"}) as writer:
        for policy, table in tables.items():
            names = [name for name in table if name not in ("policy", "world")]
            for first in range(0, worlds, SHARD):
                rows = random.integers(0, len(table), SHARD)
                found = {name: table[name].to_numpy()[rows] for name in names}
                writer.write_policy(policy, found, {"two_fronts": np.zeros((1, SHARD))}, [2025], first=first)
        writer.write_json("quantities.json", [])
        for first in range(0, worlds, SHARD):
            writer.write_draws({}, first, SHARD)
        writer.finish({**manifest, "worlds": worlds})
    began = time.perf_counter()
    run = open_run(folder / "opening")
    opened = time.perf_counter() - began
    headline(run)
    return {"open_seconds": opened, "headline_seconds": time.perf_counter() - began, "bytes": _size(run.path)}


def held(folder: Path, worlds: int) -> int:
    """The most memory of a run of one policy, in a process of its own, bytes."""
    command = [sys.executable, "-c", MEMORY, str(worlds), str(folder / f"held-{worlds}")]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    """Prints everything; `--long` adds the memory of 2^17 and 2^20 worlds (minutes)."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        found: dict[str, Any] = {"opening": opening(folder), "writing": writing(folder)}
        if "--long" in sys.argv:
            found["memory"] = {str(worlds): held(folder, worlds) for worlds in (2**17, 2**20)}
        print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
