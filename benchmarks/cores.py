"""What one core and two play, beside NumPy by hand and the C kernel: every peer in turn, on the same pinned cores.

python -m benchmarks.cores     one line of JSON. A machine's speed drifts, above all where it does other work: so rates
are taken in rounds, each peer once in each round, and a ratio is the median of the rounds' own ratios.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from statistics import median
from typing import Any

ROUNDS = 5
WORLDS = 2048  # a task of ours, two for each core, in each round: what is drawn at once
BY_HAND = 256  # worlds in one call of NumPy by hand: the better of the sizes tried
KERNEL = 2048  # worlds in one call of the C kernel, long enough for the clock
# name: cores, precision, engine
PLACES = {
    "one": (1, "float32", "threads"),
    "two": (2, "float32", "threads"),
    "one float64": (1, "float64", "threads"),
    "two float64": (2, "float64", "threads"),
    "dask": (2, "float32", "dask"),
}
PEERS = {"one": ("ours", "solve", "hand", "limit"), "two": ("ours", "solve", "hand", "limit")}


def pin(cores: int) -> list[int]:
    """Keeps this process, its threads and its children on so many cores; returns which (none where it cannot be)."""
    if not hasattr(os, "sched_setaffinity"):
        return []
    mine = sorted(os.sched_getaffinity(0))
    if len(mine) < cores:
        raise SystemExit(f"{cores} cores asked for, {len(mine)} to be had")
    os.sched_setaffinity(0, mine[:cores])
    return mine[:cores]


def serve(cores: int, precision: str, engine: str, peers: list[str]) -> None:
    """Reads a peer's name from stdin, plays once, writes its worlds a second; until stdin ends."""
    pin(cores)
    import jax

    jax.config.update("jax_enable_x64", precision == "float64")
    from twofront.ensemble import engines

    with ExitStack() as stack:
        client = stack.enter_context(engines.cluster("dask", cores)) if engine == "dask" else None
        works = _works(cores, client, peers, stack.enter_context(ThreadPoolExecutor(cores)))
        for work, _ in works.values():
            work()
        print("ready", flush=True)
        for line in sys.stdin:
            work, worlds = works[line.strip()]
            began = time.perf_counter()
            work()
            print(worlds / (time.perf_counter() - began), flush=True)


def _works(cores: int, client: Any, peers: list[str], pool: ThreadPoolExecutor) -> dict[str, tuple[Any, int]]:
    """By peer what it does in a round, and how many worlds that are."""
    from benchmarks import by_hand, limit, measure
    from twofront.ensemble import engines, simulate, sweep

    loaded = measure._loaded()
    solve, baseline, tile = simulate.solver(loaded), measure._baseline(loaded), sweep.tile_of(loaded)
    tasks = [engines.Task(baseline.name, WORLDS * k, WORLDS, 0) for k in range(2 * cores)]
    player = sweep.Player(loaded, solve, seed=0)
    recipe = engines.recipe("benchmark", player)

    def ours() -> None:
        if client is not None:
            list(engines.on_cluster(client, recipe, tasks))
        else:  # a new player each time: it keeps its draws
            list(engines.threads(sweep.Player(loaded, solve, seed=0), tasks, cores))

    found: dict[str, tuple[Callable[[], Any], int]] = {"ours": (ours, WORLDS * len(tasks))}
    given = sweep.tile_values(loaded, baseline, 0, tile=tile, seed=0).astype(sweep.precision())
    calls = WORLDS * len(tasks) // tile
    found["solve"] = (partial(measure.together, pool, partial(measure._solved, solve, given), calls), calls * tile)
    if {"hand", "limit"} & {*peers}:
        figure, world, _ = measure.inputs(loaded, BY_HAND)
        tables = by_hand.Tables(loaded.scenario)
        work = partial(by_hand.simulate, tables, figure, world)
        found["hand"] = (partial(measure.together, pool, work, cores), cores * BY_HAND)
    if "limit" in peers:
        kernel = limit.Kernel(tables)
        given_to_it = kernel.ready(figure, world)
        calls = cores * KERNEL // BY_HAND
        found["limit"] = (partial(measure.together, pool, partial(kernel, given_to_it), calls), calls * BY_HAND)
    return {peer: found[peer] for peer in peers}


class Place:
    """A process on some cores that plays when asked."""

    def __init__(self, cores: int, precision: str, engine: str, peers: tuple[str, ...]) -> None:
        command = [sys.executable, "-m", "benchmarks.cores", str(cores), precision, engine, *peers]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = self._line() == "ready"

    def rate(self, peer: str) -> float:
        """Worlds a second. Errors: RuntimeError where the process has ended."""
        assert self.process.stdin is not None
        self.process.stdin.write(peer + "\n")
        self.process.stdin.flush()
        return float(self._line() or "nan")

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def close(self) -> None:
        """Ends the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)


def measured(names: tuple[str, ...] = tuple(PLACES)) -> dict[str, Any]:
    """Rates by place and peer, medians of all rounds, and the ratios that have goals."""
    from benchmarks.limit import NoCompilerError, compiler

    found: dict[str, Any] = {"load_before": os.getloadavg()[0] if hasattr(os, "getloadavg") else None}
    peers = {name: PEERS.get(name, ("ours",)) for name in names}
    try:
        compiler()
    except NoCompilerError as reason:
        found["limit skipped"] = str(reason)
        peers = {name: tuple(p for p in some if p != "limit") for name, some in peers.items()}
    if len(os.sched_getaffinity(0)) < 2 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) < 2:
        found["two skipped"] = "this machine has one core"
        peers = {name: some for name, some in peers.items() if PLACES[name][0] == 1}
    rates: dict[str, list[float]] = {}
    places = {name: Place(*PLACES[name], some) for name, some in peers.items()}  # one after the other: each waits
    try:
        for name in [name for name, place in places.items() if not place.ready]:
            found[f"{name} failed"] = "its process ended before it was ready; its message is above"
            peers.pop(name)
        for _ in range(ROUNDS):
            for name, some in peers.items():
                for peer in some:
                    rates.setdefault(f"{name} {peer}", []).append(places[name].rate(peer))
    finally:
        for place in places.values():
            place.close()
    found |= {name: median(rows) for name, rows in rates.items()}
    for name, (one, other) in RATIOS.items():
        if one in rates and other in rates:
            found[name] = median(a / b for a, b in zip(rates[one], rates[other], strict=True))
    return found


RATIOS = {
    "one / limit": ("one ours", "one limit"),
    "two / limit": ("two ours", "two limit"),
    "one solve / limit": ("one solve", "one limit"),
    "two solve / limit": ("two solve", "two limit"),
    "one / hand": ("one ours", "one hand"),
    "two / hand": ("two ours", "two hand"),
    "two / one": ("two ours", "one ours"),
    "two / one float64": ("two float64 ours", "one float64 ours"),
    "dask / one": ("dask ours", "one ours"),
}

if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:])
    else:
        print(json.dumps(measured()))
