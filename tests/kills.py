"""Kills the commands that write beside a run, as a process of its own: it loads everything once, then forks for each.

kills.py FOLDER random TIMES SEED     at random moments of random commands
kills.py FOLDER each RESULT …         before each change of the disk by the commands that make these
FOLDER holds a run, `run`. After each kill it has to be whole, and so has all that lies under the name of a result.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

RESULTS = {
    "run/report.html": ["report", "run"],
    "run/bericht.html": ["report", "run", "--lang", "de"],
    "run-csv": ["run", "export", "run", "--csv"],
    "run-parquet": ["export", "run", "--parquet"],
    "run.xlsx": ["export", "run", "--xlsx"],
    "run-ema.tar.gz": ["run", "export", "run", "--ema"],
    "run.zip": ["run", "bundle", "run"],
}
CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree")


def contents(path: Path) -> dict[str, bytes] | None:
    """What a result holds, by name; None where there is none. What is half written cannot be read, or differs."""
    if not path.exists():
        return None
    if path.is_dir():
        return {file.name: file.read_bytes() for file in path.iterdir()}
    if path.suffix in (".xlsx", ".zip"):
        with zipfile.ZipFile(path) as book:
            assert book.testzip() is None
            return {name: book.read(name) for name in book.namelist() if name != "docProps/core.xml"}  # the date
    if path.suffix == ".gz":
        with tarfile.open(path) as archive:
            return {entry.name: archive.extractfile(entry).read() for entry in archive}  # type: ignore[union-attr]
    return {"": path.read_bytes()}


def start(arguments: list[str], before_change: Callable[[], object]) -> int:
    """Forks a process that runs a command; `before_change` is called in it before each change of the disk."""
    child = os.fork()
    if child:
        return child
    here = os.getcwd()

    def watch(event: str, given: tuple[Any, ...]) -> None:
        opened = event == "open" and str(given[0]).startswith(here) and given[2] & (os.O_WRONLY | os.O_RDWR)
        if opened or event in CHANGES:
            before_change()

    sys.addaudithook(watch)
    sys.argv = ["twofront", *arguments]
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    from twofront.cli import main

    try:
        main()
    except SystemExit as end:
        os._exit(int(end.code or 0))  # what is loaded need not be taken down


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def done(child: int) -> bool:
    """Waits for a child: whether it came to its end; else it was killed."""
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, -signal.SIGKILL), code
    return code == 0


def undisturbed(result: str) -> tuple[float, float]:
    """Runs a command to its end; seconds until it first changed the disk, and until it ended."""
    reader, writer = os.pipe()
    began = time.monotonic()
    child = start(RESULTS[result], lambda: os.write(writer, b"."))
    os.read(reader, 1)
    changed = time.monotonic() - began
    assert done(child)
    os.close(reader)
    os.close(writer)
    return changed, time.monotonic() - began


def check(wanted: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """The run is whole, and so is each result; one that was there is there, or about to be put back."""
    from twofront.store import open_run

    open_run("run").verify()
    now = {result: contents(Path(result)) for result in wanted}
    for result, found in now.items():
        if found is None and before[result] is not None:
            found = now[result] = contents(Path(f".{result}.replaced"))
            assert found is not None, f"{result} is gone"
        assert found in (None, wanted[result]), f"{result} is half written"
    return now


def at_random(times: int, seed: int, took: dict[str, tuple[float, float]], wanted: dict[str, Any]) -> None:
    """Half of the kills before the first change of the disk, half from then on."""
    chance, there = random.Random(seed), dict.fromkeys(wanted)
    for _ in range(times):
        result = chance.choice(list(wanted))
        changed, ended = took[result]
        reader, writer = os.pipe()
        child = start(RESULTS[result], lambda writer=writer: os.write(writer, b"."))  # type: ignore[misc]
        os.close(writer)
        if chance.random() < 0.5:
            time.sleep(chance.uniform(0, changed))
        else:
            os.read(reader, 1)
            time.sleep(chance.uniform(0, ended - changed))
        os.kill(child, signal.SIGKILL)
        done(child)
        os.close(reader)
        there = check(wanted, there)


def at_each(result: str, wanted: dict[str, Any], whole: list[str]) -> None:
    """Where the result is absent, then where an earlier one lies; after each kill the next command ends."""
    for earlier in (False, True):
        for nth in count():
            if not earlier:
                remove(result)
            calls = count()
            ended = done(start(RESULTS[result], lambda nth=nth, calls=calls: next(calls) == nth and die()))  # type: ignore[misc]
            check(wanted, dict.fromkeys(wanted) | ({result: wanted[result]} if earlier else {}))
            if ended:
                break
            assert done(start(RESULTS[result], lambda: None))
            assert files() == whole, {*files()} ^ {*whole}
        assert nth >= 2, "a file is opened and gets its name"


def remove(result: str) -> None:
    if Path(result).is_dir():
        shutil.rmtree(result)
    else:
        os.remove(result)


def files() -> list[str]:
    return sorted(str(path) for path in Path().rglob("*"))


def load() -> None:
    """Everything that the commands load, so that they begin at once."""
    import altair  # noqa: F401
    import duckdb  # noqa: F401
    import openpyxl  # noqa: F401
    import pandas  # noqa: F401
    import pyarrow.csv
    import pyarrow.parquet  # noqa: F401
    import scipy.stats  # noqa: F401
    import vl_convert  # noqa: F401

    import twofront.flow
    import twofront.report
    import twofront.store.export  # noqa: F401


if __name__ == "__main__":
    load()
    os.chdir(sys.argv[1])
    each = sys.argv[2] == "each"
    took = {result: undisturbed(result) for result in (sys.argv[3:] if each else RESULTS)}
    wanted, whole = {result: contents(Path(result)) for result in took}, files()
    if each:
        for result in wanted:
            at_each(result, wanted, whole)
    else:
        for result in wanted:
            remove(result)
        at_random(int(sys.argv[3]), int(sys.argv[4]), took, wanted)
        for result in wanted:
            undisturbed(result)
    check(wanted, wanted)
    assert files() == whole, {*files()} ^ {*whole}
