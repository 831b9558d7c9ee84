"""`make bench`: how fast twofront is and compared with what, in one run on one machine.

Prints a table and writes results.json beside this file. Every measurement runs in a process of its own; one that fails
says so in its row and stops no other.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
LIMIT = 400.0  # seconds that a measurement may take
WORLDS = 1024

Found = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One line of the table: what, how much, and the target it should reach."""

    name: str
    value: float | None
    shown: str
    target: str = ""
    reached: bool | None = None


def environment(cache: Path) -> dict[str, str]:
    """The processes' environment: CPU only, a compile cache of this run's own, no colours."""
    fixed = {
        "JAX_PLATFORMS": "cpu",
        "JAX_COMPILATION_CACHE_DIR": str(cache),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
        "NO_COLOR": "1",
    }
    return {**os.environ, **fixed}


def measure(name: str, cache: Path) -> Found:
    """Runs one measurement of measure.py in a fresh process; `error` holds the last line if it failed."""
    print(f"  {name} …", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "benchmarks.measure", name]
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment(cache), capture_output=True, text=True, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return {"error": f"took more than {LIMIT:.0f} s"}
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["no message"])[-1]}
    found: Found = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def program() -> list[str]:
    """The installed command beside this Python; the same entry point where it is not installed."""
    installed = shutil.which("twofront", path=str(Path(sys.executable).parent))
    return [installed] if installed else [sys.executable, "-c", "from twofront.cli import main; main()"]


def command(arguments: list[str], env: dict[str, str]) -> Found:
    """Wall time and peak memory of one command, its children included where the system counts them."""
    print(f"  {' '.join(['twofront', *arguments[:1]])} …", file=sys.stderr, flush=True)
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as output:
        try:
            child = subprocess.Popen([*program(), *arguments], env=env, stdout=output, stderr=subprocess.STDOUT)
        except OSError as error:
            return {"error": str(error)}
        # wait4 gives this child's own peak; getrusage(RUSAGE_CHILDREN) the largest of all children so far.
        if hasattr(os, "wait4"):
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            unit = 1 if sys.platform == "darwin" else 1024
            peak: float | None = usage.ru_maxrss * unit / 1e9
        else:
            child.wait()
            peak = None
        seconds = time.perf_counter() - began
        output.seek(0)
        said = output.read().strip().splitlines() or ["no message"]
    if child.returncode:
        return {"error": said[-1], "seconds": seconds}
    return {"seconds": seconds, "peak_gb": peak}


def all_measurements(folder: Path) -> dict[str, Found]:
    """Everything, in an order that keeps first compilations first."""
    cache, other = folder / "cache", folder / "assess-cache"
    found = {"structure": measure("structure", cache)}
    found["compile first"] = measure("compile", cache)
    found["compile cached"] = measure("compile", cache)
    for name in ("fast", "hidden", "tiles", "hand", "twin", "ema", "games", "cores", "shelf"):
        found[name] = measure(name, cache)
    helps = [command(["--help"], environment(cache)) for _ in range(5)]
    times = [one["seconds"] for one in helps if "error" not in one]
    found["help"] = {"seconds": median(times)} if times else helps[0]
    found["pledge"] = command(["pledge", "--out", str(folder / "pledge")], environment(cache))
    arguments = ["assess", "--worlds", str(WORLDS), "--out", str(folder / "run")]
    # An empty compile cache: what somebody sees who has just installed it.
    found["assess"] = command(arguments, environment(other))
    return found


def rows(found: dict[str, Found]) -> list[Row]:
    """The table: rates first, then ratios, then what a user waits for."""
    rate, hand = _get(found, "fast", "rate"), _get(found, "hand", "rate")
    twin, ema = _get(found, "twin", "rate"), found["ema"]
    wait = _get(found, "assess", "seconds")
    parallel = ema.get("multiprocessing")
    table = [
        _row("worlds/s, everything observed, all cores", rate, "{:,.0f}", at_least=3000, goal=10000),
        _row(
            "worlds/s, hidden call and types, all cores",
            _get(found, "hidden", "rate"),
            "{:,.0f}",
            at_least=200,
            goal=1000,
        ),
        _row("  share proven to be the only solution", _get(found, "hidden", "unique"), "{:.1%}"),
        _row("  share unsolved, left out", _get(found, "hidden", "unsolved"), "{:.2%}"),
        _row("  largest certificate", _get(found, "hidden", "certificate"), "{:.0e}", at_most=1e-4),
        _row(
            "worlds/s, everything observed: with one thread of twofront's own",
            _get(found, "fast", "one_thread"),
            "{:,.0f}",
        ),
        _row("worlds/s, NumPy by hand, all cores", hand, "{:,.0f}"),
        _row("worlds/s, plain-Python twin", twin, "{:.2f}"),
        _row("worlds/s, twin under EMA Workbench, sequential", ema.get("sequential"), "{:.2f}"),
        _row("worlds/s, twin under EMA Workbench, multiprocessing", ema.get("multiprocessing"), "{:.2f}"),
        _row("  its own cost for a world, sequential", _times(ema.get("sequential_empty_seconds"), 1e3), "{:.2f} ms"),
        _row("  its own cost, multiprocessing", _times(ema.get("multiprocessing_empty_seconds"), 1e3), "{:.2f} ms"),
        _row("times the twin", _ratio(rate, twin), "{:,.0f}"),
        _row("times EMA Workbench, sequential", _ratio(rate, ema.get("sequential")), "{:,.0f}", at_least=1000),
        _row("times EMA Workbench, multiprocessing", _ratio(rate, parallel), "{:,.0f}", at_least=1000),
        _row("compile, first time", _get(found, "compile first", "seconds"), "{:.1f} s", at_most=15),
        _row("compile, from the cache", _get(found, "compile cached", "seconds"), "{:.1f} s", at_most=3),
        _row(f"twofront assess, {WORLDS} worlds, empty cache", wait, "{:.1f} s", at_most=60),
        _row("  its peak memory", _get(found, "assess", "peak_gb"), "{:.2f} GB", at_most=2),
        _row("twofront --help", _get(found, "help", "seconds"), "{:.2f} s", at_most=0.5),
        _row("twofront pledge, all allies, every file", _get(found, "pledge", "seconds"), "{:.1f} s", at_most=5),
    ]
    table += core_rows(found["cores"]) + shelf_rows(found["shelf"]) + game_rows(found["games"])
    for tile, value in found["tiles"].items():
        if tile != "error":
            table.append(_row(f"worlds/s, compiled call, tile {tile}", value, "{:,.0f}"))
    return table


def core_rows(found: Found) -> list[Row]:
    """Ratios taken in turn on the same pinned cores: to NumPy by hand, to the limit, of two cores to one."""
    table, none, alone = [], found.get("limit skipped"), found.get("two skipped")
    for cores in ("one",) if alone else ("one", "two"):
        table += [
            _row(f"worlds/s, {cores} pinned, as a run plays", found.get(f"{cores} ours"), "{:,.0f}"),
            _row("  compiled call alone", found.get(f"{cores} solve"), "{:,.0f}"),
            _row("  NumPy by hand", found.get(f"{cores} hand"), "{:,.0f}"),
            _row("  the limit, a C kernel", found.get(f"{cores} limit"), "{:,.0f}", missing=none),
            _row("  times NumPy by hand", found.get(f"{cores} / hand"), "{:.2f}", at_least=2),
            _row("  part of the limit", found.get(f"{cores} / limit"), "{:.2f}", at_least=0.5, missing=none),
            _row("    compiled call", found.get(f"{cores} solve / limit"), "{:.2f}", at_least=0.5, missing=none),
        ]
    table += [
        _row("two cores, times one", found.get("two / one"), "{:.2f}", at_least=1.8, missing=alone),
        _row("worlds/s, float64, one pinned", found.get("one float64 ours"), "{:,.0f}"),
        _row("worlds/s, float64, two pinned", found.get("two float64 ours"), "{:,.0f}", missing=alone),
        _row("  times one", found.get("two / one float64"), "{:.2f}", at_least=1.8, missing=alone),
        _row("worlds/s, engine dask, two workers", found.get("dask ours"), "{:,.0f}", missing=alone),
        _row("  times one core in process", found.get("dask / one"), "{:.2f}", at_least=1.8, missing=alone),
    ]
    return table


def shelf_rows(found: Found) -> list[Row]:
    """What a run folder costs: writing beside playing, opening and reading the headline."""
    return [
        _row("writing, share of a run of one-front", found.get("share"), "{:.1%}", at_most=0.15),
        _row("opening 2^20 worlds and their headline", found.get("headline_seconds"), "{:.2f} s", at_most=1),
    ]


def game_rows(found: Found) -> list[Row]:
    """Stage games a second, and how many times pygambit's rate that is."""
    table = []
    for name, label, least in (
        ("best", "stage games/s, best, everything observed", 500),
        ("logit", "stage games/s, logit, everything observed", 100_000),
        ("hidden", "stage games/s, logit, hidden type", 2_000),
        ("pure", "stage games/s, all pure perfect Bayesian equilibria", 1_000),
    ):
        table.append(_row(label, found.get(f"{name} ours"), "{:,.0f}"))
        table.append(_row("  times pygambit", found.get(f"{name} ratio"), "{:,.0f}", at_least=least))
    return table


def _get(found: dict[str, Found], name: str, key: str) -> float | None:
    return found[name].get(key)


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one is not None and other else None


def _row(
    name: str,
    value: float | None,
    form: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    goal: float | None = None,
    missing: str | None = None,
) -> Row:
    if value is None and missing is not None:
        return Row(name, None, "skipped", missing)
    target, reached = "", None
    if at_least is not None:
        target = f"≥ {at_least:,}" + (f", goal {goal:,}" if goal is not None else "")
        reached = value is not None and value >= at_least
    if at_most is not None:
        target, reached = f"≤ {at_most:,}", value is not None and value <= at_most
    return Row(name, value, "failed" if value is None else form.format(value), target, reached)


def text(table: list[Row], found: dict[str, Found]) -> str:
    """The table and the structure as text, and what failed."""
    widths = [max(len(getattr(row, key)) for row in table) for key in ("name", "shown", "target")]
    lines = []
    for row in table:
        mark = {None: "", True: "reached", False: "missed"}[row.reached]
        cells = f"{row.name.ljust(widths[0])}  {row.shown.rjust(widths[1])}  {row.target.ljust(widths[2])}  {mark}"
        lines.append(cells.rstrip())
    shape = ", ".join(f"{value:,} {name}" for name, value in found["structure"].items() if name != "error")
    failed = [f"{name} failed: {one['error']}" for name, one in found.items() if "error" in one]
    gap = _get(found, "hand", "largest_difference")
    agreed = "" if gap is None else f"NumPy by hand and the fast model differ by at most {gap:.1e} of 1 + value."
    parts = (*lines, "", f"Structure: {shape}", agreed, *failed)
    return "\n".join(parts)


def machine() -> dict[str, Any]:
    """What it ran on."""
    packages = {}
    for name in ("twofront", "jax", "numpy", "ema_workbench"):
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = "missing"
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load_before": load,
        **packages,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")


def main() -> None:
    """Measures, prints, writes results.json."""
    began, on = time.perf_counter(), machine()
    folder = Path(tempfile.mkdtemp(prefix="twofront-bench-"))
    try:
        found = all_measurements(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    table = rows(found)
    print(", ".join(f"{name} {value}" for name, value in on.items()))
    print()
    print(text(table, found))
    results = {
        "machine": on,
        "seconds": time.perf_counter() - began,
        "table": [{"name": r.name.strip(), "value": r.value, "target": r.target, "reached": r.reached} for r in table],
        "found": found,
    }
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(f"\n{results['seconds']:.0f} s in all; written: benchmarks/results.json")


if __name__ == "__main__":
    main()
