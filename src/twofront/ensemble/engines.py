"""Where ranges of worlds are played: in threads of this process, or on a Dask cluster. The order is nobody's promise.

An engine takes tasks and yields what they gave as it comes. At most a few tasks are under way at a time, so memory does
not grow with the number of worlds. Only the caller writes to the run folder.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Event, Thread
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from twofront.ensemble import device, simulate
from twofront.ensemble.design import Design
from twofront.ensemble.sweep import Outcome, Player, precision
from twofront.errors import TwofrontError
from twofront.scenario import Loaded

if TYPE_CHECKING:
    from distributed import Client

Found = TypeVar("Found")
PATIENCE = 60.0  # seconds in which a cluster must answer


@dataclass(frozen=True)
class Task:
    """One policy in one range of worlds, of which the first `years` keep their years."""

    policy: str
    first: int
    count: int
    years: int


@dataclass(frozen=True)
class Recipe:
    """All that a machine needs to play: it can be sent anywhere. `key` alone tells recipes apart."""

    key: str
    loaded: Loaded = field(compare=False)
    seed: int = field(compare=False)
    design: Design = field(compare=False)
    tile: int = field(compare=False)
    float64: bool = field(compare=False)

    def player(self) -> Player:
        return Player(self.loaded, simulate.solver(self.loaded), seed=self.seed, design=self.design, tile=self.tile)


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads(player: Player, tasks: Iterable[Task], workers: int | None = None) -> Generator[Outcome, None, None]:
    """Plays tasks in `workers` threads (default: all cores) of this process.

    Closing the iterator, or an error, stops every thread after the tile in hand.
    """
    stop = Event()
    waiting = iter(tasks)
    many = workers or cores()
    pool = ThreadPoolExecutor(many, thread_name_prefix="worlds")
    running: set[Future[Outcome]] = set()
    try:
        for task in waiting:
            running.add(pool.submit(player.outcome, task.policy, task.first, task.count, stop.is_set, task.years))
            while len(running) > many:
                yield from _finished(running)
        while running:
            yield from _finished(running)
    finally:
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)


def aside(work: Callable[[], Found]) -> Found:
    """Does one thing in a thread and waits for it in short steps, so that a key press is heard meanwhile."""
    future: Future[Found] = Future()

    def call() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=call, daemon=True).start()
    while not future.done():
        wait([future], timeout=0.2)
    return future.result()


def _finished(running: set[Future[Outcome]]) -> list[Outcome]:
    # A short wait each time: a key press is heard between two of them.
    ready, _ = wait(running, timeout=0.2, return_when=FIRST_COMPLETED)
    running -= ready
    return [future.result() for future in ready]


def check(engine: str) -> None:
    """Whether there is such an engine and it answers, before any work. Errors: TwofrontError as of `cluster`."""
    if engine == "dask":
        _distributed()
    elif engine != "threads":
        with cluster(engine):
            pass


def _distributed() -> ModuleType:
    try:
        import distributed
    except ImportError:
        raise TwofrontError(
            'the engine "dask" needs the package distributed. Install it with: pip install "twofront[cluster]"'
        ) from None
    return distributed


def _is_scheduler(file: str) -> None:
    try:
        found = json.loads(Path(file).read_bytes())
    except ValueError:
        found = None
    if not isinstance(found, dict) or "address" not in found:
        raise TwofrontError(f"{file}: no scheduler file. Name the JSON that `dask scheduler --scheduler-file` writes.")


@contextmanager
def cluster(address: str, workers: int | None = None) -> Iterator[Client]:
    """A client of a Dask cluster: "dask" starts one on this machine; else a scheduler's address or its file.

    Errors: TwofrontError where Dask is not installed, the address is not one, or nobody answers.
    """
    distributed, local = _distributed(), None
    try:
        if address == "dask":
            local = distributed.LocalCluster(
                n_workers=workers or cores(),
                threads_per_worker=1,
                dashboard_address=None,
                memory_limit=0,
                env={"PJRT_NPROC": "1"},  # a worker has one thread: more inside its calls would be in each other's way
                # It serves pages all the same: at any free port, for 8787 may be another's, and it would warn of that.
                scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
            )
            client = distributed.Client(local, direct_to_workers=True)
        elif "://" in address:
            client = distributed.Client(address, timeout=PATIENCE)
        elif os.path.isfile(address):
            _is_scheduler(address)
            client = distributed.Client(scheduler_file=address, timeout=PATIENCE)
        else:
            raise TwofrontError(
                f'no engine "{address}". Choose threads, dask, the address of a scheduler (tcp://host:8786, '
                "tls://host:8786), or the path of its scheduler file."
            )
    except TwofrontError:
        raise
    except Exception as error:  # the library raises what it likes: TypeError without a certificate, KeyError, OSError
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        raise TwofrontError(f"{address}: no Dask scheduler answers there ({what}). See docs/cluster.md.") from error
    try:
        yield client
    finally:
        with suppress(TimeoutError):  # a worker that does not end in time is ended with this process
            client.close(timeout=10)
            if local is not None:
                local.close(timeout=10)


def on_cluster(client: Client, recipe: Recipe, tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
    """Plays tasks on the workers of a cluster; what a lost worker had in hand is played again by another.

    Errors: TwofrontError where a task failed on several workers, or the workers use other versions.
    """
    from distributed import as_completed
    from distributed.client import FutureCancelledError
    from distributed.scheduler import KilledWorker

    # A task, not scattered data: what a lost worker held of it is made again.
    sent = client.submit(_given, recipe, pure=False)
    waiting, under_way = iter(tasks), as_completed(raise_errors=False)
    open_tasks = 0

    def more() -> bool:
        task = next(waiting, None)
        if task is None:
            return False
        # Workers may come later: a queue of two for each of them, and never none.
        under_way.add(client.submit(play, sent, task, versions(), pure=False, retries=2))
        return True

    for _ in range(2 * max(1, len(client.scheduler_info(n_workers=-1)["workers"]))):
        open_tasks += more()
    try:
        while open_tasks:
            future = next(under_way)
            try:
                outcome: Outcome = future.result()
            except (KilledWorker, FutureCancelledError) as error:
                raise TwofrontError(
                    f"the cluster lost a task on several workers ({error}). Their memory is the usual reason: give "
                    "them more, or take smaller --shard. What was recorded is kept; the same command continues."
                ) from error
            future.release()
            open_tasks += more() - 1
            yield outcome
    finally:
        client.cancel([sent], force=True)


def _given(recipe: Recipe) -> Recipe:
    return recipe


def play(recipe: Recipe, task: Task, wanted: dict[str, str]) -> Outcome:
    """Plays one task on a worker, which keeps the compiled model for the next one.

    Errors: TwofrontError where the worker has other versions than the caller: the bits would not be the same.
    """
    mine = versions()
    if mine != wanted:
        differing = ", ".join(f"{k} {mine.get(k)} instead of {v}" for k, v in wanted.items() if mine.get(k) != v)
        raise TwofrontError(f"a worker has {differing}. Install the same versions on every machine.")
    return _player(recipe).outcome(task.policy, task.first, task.count, years=task.years)


def versions() -> dict[str, str]:
    """Versions on which the bits depend."""
    from importlib.metadata import version

    import twofront

    return {"twofront": twofront.__version__} | {name: version(name) for name in ("jax", "jaxlib", "numpy", "scipy")}


@lru_cache(maxsize=2)
def _player(recipe: Recipe) -> Player:
    device.use_compile_cache()
    import jax

    jax.config.update("jax_enable_x64", recipe.float64)
    return recipe.player()


def recipe(key: str, player: Player) -> Recipe:
    """What a player of this process needs, for others: in the precision that is in force here."""
    import numpy as np

    return Recipe(key, player.loaded, player.seed, player.design, player.tile, precision() is np.float64)
