"""Fills a run folder: what it lacks is played, range by range, and put on the shelf as it comes."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from twofront.ensemble import device
from twofront.errors import RunError, TwofrontError
from twofront.flow import record
from twofront.scenario import Loaded, Policy
from twofront.scenario.policies import BASELINE
from twofront.store import RunWriter
from twofront.store.shards import Part, cut, shard_size

if TYPE_CHECKING:
    from collections.abc import Generator

    from twofront.ensemble.design import Design
    from twofront.ensemble.engines import Task
    from twofront.ensemble.sweep import Outcome, Player, Progress


class Tell(Protocol):
    """Takes a line of text for the user."""

    def __call__(self, text: str, urgent: bool = False) -> None: ...


def _silent(text: str, urgent: bool = False) -> None:
    del text, urgent


@dataclass(frozen=True)
class How:
    """How a run is played; nothing here changes a number of it, except that a GPU rounds otherwise than a CPU.

    `engine` "threads" (this process), "dask" (a cluster on this machine), the address of a Dask scheduler or its file;
    `workers` threads or processes (default: all cores); `shard` worlds in one piece of work (default: by size);
    `device` "auto", "cpu" or "gpu"; `yearly` keeps the years of all worlds; `fresh` starts anew where an earlier run
    lies; `tell` is told what comes, and urgently what was found damaged; `command` continues the run, as text.
    """

    engine: str = "threads"
    workers: int | None = None
    shard: int | None = None
    device: str = "auto"
    yearly: bool = False
    fresh: bool = False
    tell: Tell = _silent
    command: str = ""

    def prepare(self) -> str:
        """Chooses the device and says which. Errors: TwofrontError, before any work."""
        if self.workers is not None and self.workers < 1:
            raise TwofrontError(f"{self.workers} workers cannot play: choose 1 or more.")
        if self.shard is not None and self.shard < 1:
            raise TwofrontError(f"shards of {self.shard} worlds hold nothing: choose 1 or more.")
        from twofront.ensemble import engines

        engines.check(self.engine)
        return device.choose(self.device)


HOW = How()


@dataclass(frozen=True)
class Spent:
    """What filling took: seconds of compiling and of playing, and the worlds played (of all policies)."""

    compiling: float
    playing: float
    played: int


def fill(
    writer: RunWriter,
    loaded: Loaded,
    policies: Sequence[Policy],
    worlds: int,
    *,
    seed: int,
    design: Design,
    how: How,
    progress: Progress | None,
) -> Spent | None:
    """Plays what the folder lacks of these worlds under these policies; None where it is whole already.

    Errors: RunError where a file cannot be written or the disk is too small; what was recorded is kept.
    """
    from twofront.ensemble import engines, simulate, sweep

    for note in writer.notes:
        how.tell(note, urgent=True)
    names = [policy.name for policy in policies]
    missing = {name: writer.missing(name, worlds) for name in ("", *names)}
    lacking = {name: sum(end - first for first, end in missing[name]) for name in names}
    if not any(missing.values()) and writer.whole and writer.planned == (worlds, names):
        how.tell(f"{writer.folder}: all {worlds:,} worlds are there; nothing is played again")
        return None
    began = time.perf_counter()
    player = sweep.Player(loaded, simulate.solver(loaded), seed=seed, design=design)
    first = engines.aside(lambda: player.outcome(BASELINE.name, 0, 1))  # compiles, or fetches from the cache
    compiled = time.perf_counter() - began
    _check_size(writer, first, worlds, lacking, len(record.years(loaded)), how)
    writer.plan(worlds, names, how.command)
    size = how.shard or shard_size(worlds, len(names), how.workers or engines.cores(), player.tile)
    size = max(player.tile, size - size % player.tile)
    done = {name: worlds - lacking[name] for name in names}
    progress = progress or (lambda policy, done, total: None)
    for name in names:
        progress(name, done[name], worlds)  # so that a watcher knows all that is to come
    with (
        _engine(how, player, writer.whose) as play,
        closing(play(_tasks(writer, missing, ["", *names], size))) as found,
    ):
        for outcome in found:
            if not outcome.policy:
                writer.write_draws(outcome.worlds, outcome.first, outcome.count)
                continue
            writer.write_policy(
                outcome.policy,
                outcome.worlds,
                outcome.years,
                record.years(loaded),
                first=outcome.first,
                totals=outcome.totals,
            )
            done[outcome.policy] += outcome.count
            progress(outcome.policy, done[outcome.policy], worlds)
    return Spent(compiled, time.perf_counter() - began - compiled, sum(lacking.values()))


def _tasks(
    writer: RunWriter, missing: dict[str, list[tuple[int, int]]], names: Sequence[str], size: int
) -> Iterator[Task]:
    """The pieces of work, one range under all policies before the next: what was drawn serves all of them."""
    from twofront.ensemble.engines import Task

    pieces = [(first, k, count) for k, name in enumerate(names) for first, count in cut(missing[name], size)]
    for first, k, count in sorted(pieces):
        yield Task(names[k], first, count, writer.years_of(Part("years", names[k], first, count)))


@contextmanager
def _engine(how: How, player: Player, key: str) -> Iterator[Callable[[Iterator[Task]], Generator[Outcome, None, None]]]:
    from twofront.ensemble import engines

    if how.engine == "threads":
        yield lambda tasks: engines.threads(player, tasks, how.workers)
        return
    with engines.cluster(how.engine, how.workers) as client:
        recipe = engines.recipe(key, player)
        yield lambda tasks: engines.on_cluster(client, recipe, tasks)


def _check_size(writer: RunWriter, first: Outcome, worlds: int, lacking: dict[str, int], years: int, how: How) -> None:
    """Says how large the run becomes, and refuses what the disk cannot hold."""
    yearly = {name: min(count, writer.years_of(Part("years", name, 0, worlds))) for name, count in lacking.items()}
    cells = sum(lacking.values()) * len(first.worlds) + sum(yearly.values()) * years * len(first.years)
    needed = 4 * cells
    share = sum(lacking.values()) / (worlds * len(lacking))
    there = "" if share == 1 else f", {1 - share:.0%} of them there already"
    how.tell(f"{worlds:,} worlds under {len(lacking)} policies{there}: at most {_size(needed)} more in {writer.folder}")
    free = shutil.disk_usage(writer.folder).free
    if needed > free:
        raise RunError(
            f"{writer.folder}: the run needs at most {_size(needed)}, and {_size(free)} are free. Free some space, "
            "choose another folder with --out, fewer --worlds or fewer --policies."
        )


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:,.0f} {unit}" if count >= 10 or unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} TB"
