"""Progress of a run: a bar for each policy on a terminal, JSON lines for programs, silence in a pipe."""

from __future__ import annotations

import json
import shlex
import sys
import time
from typing import TYPE_CHECKING, Any

from twofront.errors import Interrupted, TwofrontError

if TYPE_CHECKING:
    from twofront.flow import How

KINDS = ("auto", "none", "json")


class Watch:
    """Shows how far a run is, how fast, how long it still takes and how much memory it holds.

    Arguments: `kind` "auto" (bars on a terminal, else only what was found and what comes), "none" or "json" (a line for
    each shard on standard error). Errors: TwofrontError for another kind.
    """

    def __init__(self, kind: str = "auto") -> None:
        if kind not in KINDS:
            raise TwofrontError(f'no kind of progress "{kind}". Choose {", ".join(KINDS[:-1])} or {KINDS[-1]}.')
        self._kind = kind
        self._done: dict[str, tuple[int, int]] = {}
        self._before: dict[str, int] = {}  # worlds that lay there when a policy was first named
        self._began = time.monotonic()
        self._bars: Any = None
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Watch:
        from rich.console import Console

        console = Console(stderr=True)
        if self._kind == "auto" and console.is_terminal:
            from rich.progress import BarColumn, Progress, TextColumn

            columns = TextColumn("{task.description:28}"), BarColumn(), TextColumn("{task.fields[note]}")
            self._bars = Progress(*columns, console=console, transient=True)
            self._bars.start()
            self._tasks[""] = self._bars.add_task("compiling", total=None, note="")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._bars is not None:
            self._bars.stop()
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            raise Interrupted(f"what was recorded is kept. To continue: {command()}") from None

    def how(self, engine: str, workers: int | None, shard: int | None, device: str, yearly: bool, fresh: bool) -> How:
        """The options of a run that change none of its numbers."""
        from twofront.flow import How

        return How(
            engine=engine,
            workers=workers,
            shard=shard,
            device=device,
            yearly=yearly,
            fresh=fresh,
            tell=self.tell,
            command=command(),
        )

    def tell(self, text: str, urgent: bool = False) -> None:
        """Says what comes; in a pipe only what is urgent: damage that was found."""
        if self._kind == "json":
            self._line({"note": text})
        elif self._bars is not None:
            self._bars.console.print(text, highlight=False, markup=False, soft_wrap=True)
        elif urgent:
            print(text, file=sys.stderr, flush=True)

    def update(self, policy: str, done: int, total: int) -> None:
        """Shows how far one policy is; the first call for it says how many worlds lie there already."""
        if policy not in self._before:
            if not any(self._done[p][0] > self._before[p] for p in self._done):
                self._began = time.monotonic()
            self._before[policy] = done
        self._done[policy] = done, total
        rate, left = self._pace()
        if self._kind == "json":
            known = {"rate": round(rate, 1), "left_s": None if left is None else round(left, 1)}
            self._line({"policy": policy, "done": done, "total": total, **known, "memory_mb": round(memory() / 1e6)})
        elif self._bars is not None:
            self._draw(policy, done, total, rate, left)

    def _pace(self) -> tuple[float, float | None]:
        """Worlds a second over all policies since the start, and the seconds that are left; None where unknown."""
        played = sum(done - self._before[policy] for policy, (done, _) in self._done.items())
        rate = played / max(time.monotonic() - self._began, 1e-6)
        open_ = sum(total - done for done, total in self._done.values())
        return rate, open_ / rate if played else None

    def _draw(self, policy: str, done: int, total: int, rate: float, left: float | None) -> None:
        if policy not in self._tasks:
            self._tasks[policy] = self._bars.add_task(policy, total=total, note="")
        self._bars.update(self._tasks[policy], completed=done, total=total, note=f"{done:,} of {total:,}")
        every = [sum(column) for column in zip(*self._done.values(), strict=True)]
        time_left = "" if left is None else f", {_duration(left)} left"
        note = f"{rate:,.0f} worlds/s{time_left}, {memory() / 1e6:,.0f} MB"
        self._bars.update(self._tasks[""], description="all", completed=every[0], total=every[1], note=note)

    def _line(self, content: dict[str, Any]) -> None:
        print(json.dumps(content, ensure_ascii=False), file=sys.stderr, flush=True)


def memory() -> int:
    """The most memory that this process has held, bytes; 0 where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def command() -> str:
    """The command line as it was given, without --fresh: given again, it continues."""
    return shlex.join(["twofront", *(word for word in sys.argv[1:] if word != "--fresh")])


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
