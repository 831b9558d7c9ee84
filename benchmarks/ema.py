"""The plain-Python twin as an EMA Workbench model: what one gets who plugs such a model into the standard tool."""

from __future__ import annotations

import logging
import os
import time
from functools import cache
from typing import Any

WORLDS = 4  # for each process
EMPTY = 200  # worlds of the empty model, which shows what the tool itself costs


@cache
def _loaded() -> Any:
    from benchmarks.measure import SCENARIO, observed
    from twofront.scenario import load_scenario

    return observed(load_scenario(SCENARIO))


@cache
def _uncertain() -> dict[str, tuple[str, float, float]]:
    """A name that Python takes, path, and 1 to 99 % range of each uncertain figure."""
    import numpy as np

    found: dict[str, tuple[str, float, float]] = {}
    for path, scalar in _loaded().scalars.items():
        if scalar.quantity.uncertain:
            low, high = (float(x) for x in scalar.ppf(np.array([0.01, 0.99])))
            if low < high:
                found[f"x{len(found)}"] = (path, low, high)
    return found


@cache
def _central() -> dict[str, float]:
    import numpy as np

    return {path: float(scalar.ppf(np.array([0.5]))[0]) for path, scalar in _loaded().scalars.items()}


def central() -> dict[str, float]:
    """Every figure at its median."""
    return dict(_central())


def solve_one(world: dict[str, float]) -> float:
    """P(two fronts) of one world by the twin."""
    from tests.reference.twin import solve_world

    from twofront.reference import past_spending

    loaded = _loaded()

    def past(code: str, first: int, last: int) -> Any:
        return past_spending(code, first, last, loaded.past)

    return float(solve_world(loaded.scenario, loaded.members, world, past).outcomes.two_fronts)


def model(**drawn: float) -> dict[str, float]:
    """The twin with the names that the workbench gives."""
    names = _uncertain()
    return {"two_fronts": solve_one(central() | {names[name][0]: value for name, value in drawn.items()})}


def empty(**drawn: float) -> dict[str, float]:
    """Nothing, with the same inputs and output."""
    return {"two_fronts": 0.0}


def measure() -> dict[str, Any]:
    """Worlds a second under the sequential and the multiprocessing evaluator, and seconds for each empty world."""
    import ema_workbench
    from ema_workbench import (
        Model,
        MultiprocessingEvaluator,
        RealParameter,
        ScalarOutcome,
        SequentialEvaluator,
    )

    logging.getLogger("EMA").setLevel(logging.ERROR)

    def built(name: str, function: Any) -> Any:
        result = Model(name, function=function)
        result.uncertainties = [RealParameter(key, low, high) for key, (_, low, high) in _uncertain().items()]
        result.outcomes = [ScalarOutcome("two_fronts")]
        return result

    def rate(evaluator: Any, worlds: int) -> float:
        began = time.perf_counter()
        evaluator.perform_experiments(scenarios=worlds)
        return worlds / (time.perf_counter() - began)

    cores = os.cpu_count() or 1
    result: dict[str, Any] = {"version": ema_workbench.__version__, "cores": cores, "worlds": WORLDS}
    full, none = built("twin", model), built("empty", empty)
    with SequentialEvaluator(full) as evaluator:
        result["sequential"] = rate(evaluator, WORLDS)
    with SequentialEvaluator(none) as evaluator:
        result["sequential_empty_seconds"] = 1 / rate(evaluator, EMPTY)
    # The pool is started outside the clock; its first tasks still load the model in every process.
    with MultiprocessingEvaluator(full, n_processes=cores) as evaluator:
        result["multiprocessing"] = rate(evaluator, WORLDS * cores)
    with MultiprocessingEvaluator(none, n_processes=cores) as evaluator:
        result["multiprocessing_empty_seconds"] = 1 / rate(evaluator, EMPTY)
    return result
