"""Fills run folders with made-up outcomes, quickly, as a process of its own that tests may kill or starve.

filler.py FOLDER fill                     fills the folder and prints the digest of its tables
filler.py FOLDER kill COUNT SEED          is killed that often at random moments, each time with a check
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from twofront.store import Run, RunWriter, journal, open_run
from twofront.store.shards import cut

IDENTITY = {"scenario_hash": "made up", "seed": 1}
POLICIES = ("baseline", "kept")
YEARS = range(2025, 2027)
WORLDS, SHARD = 64, 8


def outcomes(policy: str, first: int, count: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Outcomes that depend on policy and world alone."""
    u = (np.arange(first, first + count) * 0.618033988749895 + len(policy) / 10) % 1
    worlds = {"two_fronts": u, "accepted": u**2, "flagged": u < 0}
    return worlds, {"two_fronts": np.stack([u / 2, u / 3])}


def fill(
    folder: Path,
    worlds: int = WORLDS,
    shard: int = SHARD,
    policies: Sequence[str] = POLICIES,
    shuffle: int | None = None,
) -> Run:
    """Plays what the folder lacks, in any order, and finishes it."""
    with RunWriter(folder, IDENTITY) as writer:
        writer.plan(worlds, policies)
        pieces = [
            (policy, *piece) for policy in ("", *policies) for piece in cut(writer.missing(policy, worlds), shard)
        ]
        if shuffle is not None:
            random.Random(shuffle).shuffle(pieces)
        for policy, first, count in pieces:
            if policy:
                writer.write_policy(policy, *outcomes(policy, first, count), YEARS, first=first)
            else:
                writer.write_draws({"powers.china.growth": np.arange(first, first + count) / 7}, first)
        writer.write_json("quantities.json", [{"path": "powers.china.growth", "unit": "%/yr"}])
        writer.write_scenario({"scenario.toml": 'title = "Made up"\n'})
        labels = {"policies": {policy: {"en": policy, "de": policy, "role": "policy"} for policy in policies}}
        about = {"scenario_name": "made-up", "scenario_hash": "made up", "seed": 1, "start": 2025, "end": 2026}
        writer.finish({**about, "worlds": worlds, "labels": labels})
    return open_run(folder)


def digest(run: Run) -> str:
    """SHA-256 of every table, sorted by policy, world and year: the same for the same rows, however they lie."""
    found = hashlib.sha256()
    for table in ("draws", "worlds", "years"):
        rows = run.table(table)
        keys = [key for key in ("policy", "world", "year") if key in rows.column_names]
        frame = rows.to_pandas().astype({"policy": str} if "policy" in keys else {}).sort_values(keys)
        for name in frame:
            found.update(name.encode() + frame[name].to_numpy().astype("U" if name == "policy" else None).tobytes())
    found.update(run.means().sort_values(["policy", "year"]).drop(columns="policy").to_numpy().tobytes())
    return found.hexdigest()


def killed(folder: Path, times: int, seed: int) -> None:
    """Starts filling and kills it, that often; what the journal acknowledged must still be there, whole."""
    chance = random.Random(seed)
    acknowledged: dict[str, str] = {}
    for _ in range(times):
        child = os.fork()
        if child == 0:
            fill(folder)
            os._exit(0)
        time.sleep(chance.random() * 0.12)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        entries, damage = journal.read(folder / journal.NAME)
        assert not damage, damage
        rows = {row["at"]: row["sha256"] for e in entries if e["what"] == "shard" for row in e["parts"]}
        assert acknowledged.items() <= rows.items(), "something acknowledged is gone from the journal"
        for at, wanted in rows.items():
            assert hashlib.sha256((folder / at).read_bytes()).hexdigest() == wanted, at
        acknowledged = rows
        if (folder / "manifest.json").exists():
            open_run(folder).verify()
            if chance.random() < 0.5:  # start over, so that every moment is met
                import shutil

                shutil.rmtree(folder)
                acknowledged = {}


if __name__ == "__main__":
    place = Path(sys.argv[1])
    if sys.argv[2] == "kill":
        killed(place, int(sys.argv[3]), int(sys.argv[4]))
    print(digest(fill(place)))
