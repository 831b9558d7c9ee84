"""One measurement in a process of its own: `python -m benchmarks.measure NAME`, one line of JSON on stdout.

Apart, so that no measurement warms another's caches or adds to its memory.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from statistics import median
from typing import Any

SCENARIO = os.environ.get("TWOFRONT_BENCH_SCENARIO", "two-fronts")
TILES = (32, 64, 128, 256, 512, 2048)
TILED = 2048  # worlds played for each tile size


def seconds(work: Callable[[], Any], repeats: int = 3) -> float:
    """Median time of some repeats."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return median(times)


def together(pool: ThreadPoolExecutor, work: Callable[[], Any], calls: int) -> None:
    """Makes some calls in the threads of a pool and waits for all."""
    for call in [pool.submit(work) for _ in range(calls)]:
        call.result()


def _solved(solve: Any, given: Any) -> None:
    import numpy as np

    for figures in solve(given):
        for rows in figures.values():
            np.asarray(rows)


def observed(loaded: Any) -> Any:
    """A scenario with everything observed and no private types: what the versions it is compared with can play."""
    from dataclasses import replace

    scenario = loaded.scenario
    sees = {stage: scenario.order[:k] for k, stage in enumerate(scenario.order)}
    return replace(loaded, scenario=scenario.model_copy(update={"sees": sees, "types": {}}))


def _loaded() -> Any:
    from twofront.scenario import load_scenario

    return observed(load_scenario(SCENARIO))


def _baseline(loaded: Any) -> Any:
    return next(iter(loaded.policies.values()))


def structure() -> dict[str, Any]:
    """The size of the year's game: states, nodes, legal histories of moves, all profiles of moves."""
    import numpy as np

    from twofront.game.build import layout
    from twofront.scenario.quantity import scalars

    loaded = _loaded()
    plan = layout(loaded.scenario)
    histories = np.ones(len(plan.leaves), int)
    for layer in reversed(plan.layers):
        histories = np.bincount(layer.node, weights=histories[layer.target]).astype(int)
    return {
        **plan.size,
        "rows": int(histories[plan.root].sum()),
        "profiles": len(plan.states) * int(np.prod([len(layer.moves) for layer in plan.layers])),
        "years": loaded.scenario.end - loaded.scenario.start + 1,
        "tail": loaded.scenario.tail,
        "figures": len(scalars(loaded)),
        "policies": len(loaded.policies),
    }


def compile_time() -> dict[str, float]:
    """From a scenario in hand to the first solved tile: tracing, compiling (or fetching) and one run."""
    from twofront.ensemble import simulate, sweep

    loaded = _loaded()
    given = sweep.tile_values(loaded, _baseline(loaded), 0, tile=sweep.tile_of(loaded), seed=0).astype(
        sweep.precision()
    )
    began = time.perf_counter()
    _solved(simulate.solver(loaded), given)
    first = time.perf_counter() - began
    return {"seconds": first}


def fast() -> dict[str, Any]:
    """Worlds a second as a run plays them: drawing, solving and collecting, on all cores."""
    from twofront.ensemble import engines, simulate, sweep

    loaded = _loaded()
    solve, baseline = simulate.solver(loaded), _baseline(loaded)
    worlds = 16 * sweep.tile_of(loaded)

    def play(workers: int | None) -> None:
        player = sweep.Player(loaded, solve, seed=0)  # a new one each time: it keeps its draws
        tasks = [
            engines.Task(baseline.name, first, sweep.tile_of(loaded), 0)
            for first in range(0, worlds, sweep.tile_of(loaded))
        ]
        list(engines.threads(player, tasks, workers))

    play(None)
    draws = seconds(lambda: sweep.tile_values(loaded, baseline, 0, tile=sweep.tile_of(loaded), seed=0))
    return {
        "tile": sweep.tile_of(loaded),
        "worlds": worlds,
        "rate": worlds / seconds(lambda: play(None)),
        "one_thread": worlds / seconds(lambda: play(1)),
        "draws_seconds_per_tile": draws,
    }


def hidden() -> dict[str, Any]:
    """The same of the scenario as it is, with a hidden call and private types; and how its worlds were solved."""
    import numpy as np

    from twofront.ensemble import engines, simulate, sweep
    from twofront.scenario import load_scenario

    loaded = load_scenario(SCENARIO)
    solve, baseline = simulate.solver(loaded), _baseline(loaded)
    worlds, found = 1024, []

    def play() -> None:
        player = sweep.Player(loaded, solve, seed=0)
        tasks = [
            engines.Task(baseline.name, first, sweep.tile_of(loaded), 0)
            for first in range(0, worlds, sweep.tile_of(loaded))
        ]
        found[:] = list(engines.threads(player, tasks))

    play()
    rate = worlds / seconds(play)
    method = np.concatenate([outcome.worlds["method"] for outcome in found])
    shares = {kind.name.lower(): float(np.mean(method == kind)) for kind in simulate.Method}
    return {
        "rate": rate,
        "certificate": max(float(np.max(outcome.worlds["certificate"])) for outcome in found),
        **shares,
    }


def tiles() -> dict[str, float]:
    """Worlds a second of the compiled call alone, on all cores, by tile size."""
    from twofront.ensemble import simulate, sweep

    loaded = _loaded()
    cores, rates = os.cpu_count() or 1, {}
    solve = simulate.solver(loaded)
    for tile in TILES:
        given = sweep.tile_values(loaded, _baseline(loaded), 0, tile=tile, seed=0).astype(sweep.precision())
        _solved(solve, given)
        calls = max(cores, TILED // tile)
        with ThreadPoolExecutor(cores) as pool:
            work = partial(_solved, solve, given)
            rates[str(tile)] = calls * tile / seconds(partial(together, pool, work, calls))
    return rates


def hand() -> dict[str, Any]:
    """Worlds a second of the NumPy version by hand, and how far its outcomes are from the fast model's."""
    import numpy as np

    from benchmarks import by_hand

    loaded = _loaded()
    rates, gap = {}, 0.0
    cores = os.cpu_count() or 1
    for tile in (64, 256):
        figure, world, wanted = inputs(loaded, tile)
        tables = by_hand.Tables(loaded.scenario)
        found = by_hand.simulate(tables, figure, world)
        gap = max(gap, *(float(np.max(np.abs(v - wanted[k]) / (1 + np.abs(wanted[k])))) for k, v in found.items()))
        calls = 2 * cores * 256 // tile
        with ThreadPoolExecutor(cores) as pool:
            work = partial(by_hand.simulate, tables, figure, world)
            rates[str(tile)] = calls * tile / seconds(partial(together, pool, work, calls))
    return {"rates": rates, "rate": max(rates.values()), "largest_difference": gap}


def inputs(loaded: Any, tile: int) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """What the NumPy version is given (figures, rolled world), and the fast model's outcomes for the same tile."""
    import jax
    import numpy as np

    from benchmarks import by_hand
    from twofront.ensemble import simulate, sweep
    from twofront.game.build import layout
    from twofront.scenario.quantity import scalars

    given = sweep.tile_values(loaded, _baseline(loaded), 0, tile=tile, seed=0).astype(np.float32)
    plan = layout(loaded.scenario)
    names = by_hand.outcomes(loaded.scenario)

    @jax.jit
    def solved(values: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        world = simulate.prepare(loaded, plan, values).world
        found = simulate.simulate(loaded, plan, values).worlds
        return {name: getattr(world, name) for name in by_hand.WORLD}, {name: found[name] for name in names}

    world, wanted = jax.tree.map(np.asarray, solved(given))
    return by_hand.figures(scalars(loaded), given), world, wanted


def twin() -> dict[str, float]:
    """Worlds a second of the plain-Python twin, called directly."""
    from benchmarks.ema import central, solve_one

    world = central()
    return {"rate": 1 / seconds(lambda: solve_one(world))}


def ema() -> dict[str, Any]:
    """Worlds a second of the twin under the EMA Workbench's evaluators."""
    from benchmarks.ema import measure

    return measure()


def games() -> dict[str, Any]:
    """Stage games a second by the public solver and by pygambit."""
    from benchmarks.games import measured

    return measured()


def cores() -> dict[str, Any]:
    """One core and two, beside NumPy by hand and the limit, in turn."""
    from benchmarks.cores import measured

    return measured()


def shelf() -> dict[str, float]:
    """What a run folder costs: writing beside playing, opening a run of 2^20 worlds and reading its headline."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from benchmarks.runs import opening, writing

    with TemporaryDirectory(prefix="twofront-shelf-") as place:
        return {**opening(Path(place)), **writing(Path(place))}


MEASUREMENTS: dict[str, Callable[[], dict[str, Any]]] = {
    "structure": structure,
    "compile": compile_time,
    "fast": fast,
    "hidden": hidden,
    "tiles": tiles,
    "hand": hand,
    "twin": twin,
    "ema": ema,
    "games": games,
    "cores": cores,
    "shelf": shelf,
}

if __name__ == "__main__":
    print(json.dumps(MEASUREMENTS[sys.argv[1]]()))
