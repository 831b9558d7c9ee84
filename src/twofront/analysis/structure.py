"""How far each line of the first screen moves when the game has another structure, on the same worlds.

A world that is flagged under any structure is left out under all, so that structures are compared in common worlds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from twofront.analysis.outcomes import ANSWERS, argument, headline, main_outcome, sound
from twofront.analysis.policies import NOTICEABLE, compare
from twofront.analysis.verdict import verdict
from twofront.errors import RunError
from twofront.store import Run, open_run

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import pyarrow as pa

FOLDER = "structure"  # where a run keeps the runs of its variants
SETTLED = 0.9  # share of structures that must agree before a sign may stand in a headline
SAME = ("scenario_hash", "seed", "start", "end", "precision", "versions")  # what runs on common worlds share

Kind = Literal["answer", "cell", "verdict", "policy", "level"]
LinesOf = dict[tuple[Kind, str], tuple[float, str | None]]  # kind and name -> value, and its sign or code


@dataclass(frozen=True)
class Line:
    """One line of the first screen under every structure.

    `kind` and `name`: an "answer" (median), a "cell" (median acceptance under a condition of the verdict), a sentence
    of the "verdict" (share of worlds in which it holds), a "policy" (mean difference to the baseline), or the "level"
    ("median", "mean"); all are shares or differences of shares. `here` is the scenario's own structure, `values` one
    for each variant. `signs` holds "+", "-" or "0" of a policy, or the code of a sentence, first the scenario's own;
    empty for lines that have none.
    """

    kind: Kind
    name: str
    here: float
    values: Mapping[str, float]
    signs: tuple[str, ...] = ()

    @property
    def low(self) -> float:
        """The lowest value over all structures; NaN where none is defined."""
        return min(self._defined(), default=math.nan)

    @property
    def high(self) -> float:
        """The highest value over all structures; NaN where none is defined."""
        return max(self._defined(), default=math.nan)

    @property
    def furthest(self) -> str:
        """The variant that moves the line most; "" where none moves it."""
        moved = {name: abs(value - self.here) for name, value in self.values.items() if math.isfinite(value)}
        best = max(moved, key=lambda name: moved[name], default="")
        return best if best and moved[best] > NOTICEABLE else ""

    @property
    def breaks(self) -> tuple[str, ...]:
        """Variants under which the sign or the code is another one."""
        return tuple(n for n, sign in zip(self.values, self.signs[1:], strict=False) if sign != self.signs[0])

    @property
    def holds(self) -> int:
        """In how many structures, the scenario's own among them, the sign or code is that of the scenario's own."""
        return 1 + len(self.values) - len(self.breaks)

    @property
    def settled(self) -> bool:
        """Whether a headline may state the sign or code: it holds in at least 90 % of the structures."""
        return self.holds >= SETTLED * (1 + len(self.values))

    def _defined(self) -> list[float]:
        return [value for value in (self.here, *self.values.values()) if math.isfinite(value)]


@dataclass(frozen=True)
class Grid:
    """Every line under every structure; `worlds` are compared, of `drawn`; `flagged` counts those each left out."""

    variants: tuple[str, ...]
    worlds: int
    drawn: int
    flagged: Mapping[str, int]
    lines: tuple[Line, ...]

    @property
    def structures(self) -> int:
        """The scenario's own structure and its variants."""
        return 1 + len(self.variants)

    def of(self, kind: Kind) -> list[Line]:
        """The lines of one kind."""
        return [line for line in self.lines if line.kind == kind]

    def line(self, kind: Kind, name: str) -> Line | None:
        """One line, or None where the run has it not."""
        return next((line for line in self.of(kind) if line.name == name), None)

    def to_pandas(self) -> pd.DataFrame:
        """A row for each line: kind, name, here, each variant, lowest, highest, holds, settled, depends_on."""
        import pandas as pd

        return pd.DataFrame(
            {"kind": line.kind, "name": line.name, "here": line.here}
            | dict(line.values)
            | {"lowest": line.low, "highest": line.high}
            | {"holds": line.holds if line.signs else None, "settled": line.settled if line.signs else None}
            | {"depends_on": ", ".join(line.breaks)}
            for line in self.lines
        )


def variants_of(run: Run) -> dict[str, Run]:
    """The runs of a run's structural variants by name; empty unless every variant was played on the same worlds.

    Errors: RunError where one of them is damaged.
    """
    found = {}
    for name in run.manifest["labels"].get("variants", {}):
        folder = run.path / FOLDER / name
        if not name.isidentifier() or not (folder / "manifest.json").is_file():
            return {}
        other = open_run(folder)
        if not _same(run, other):  # left over from an earlier run in this folder
            return {}
        found[name] = other
    return found


def grid(run: Run, variants: Mapping[str, Run] | None = None) -> Grid | None:
    """Each line of the first screen under every structure; None for a run without variants.

    Arguments: `variants` runs of other structures by name (default: those that lie in the run's folder), on the same
    figures, seed and policies. The shortest of them says how many worlds are compared. Errors: RunError where a
    variant is not of the run's worlds.
    """
    given = variants_of(run) if variants is None else dict(variants)
    if not given:
        return None
    for name, other in given.items():
        if not _same(run, other):
            why = "scenario, seed, policies or versions differ"
            raise RunError(f"{other.path} ({name}) is no variant of {run.path}: {why}.")
    every = [run, *given.values()]
    drawn = min(int(one.manifest["worlds"]) for one in every)
    masks = [sound(_Part(one.path, one.manifest, one._sound, tuple(range(drawn)))) for one in every]
    kept = tuple(int(world) for world in np.flatnonzero(np.logical_and.reduce(masks)))
    found = [_lines(_Part(one.path, one.manifest, one._sound, kept)) for one in every]
    flagged = {name: int((~mask).sum()) for name, mask in zip(("", *given), masks, strict=True)}
    return Grid(tuple(given), len(kept), drawn, flagged, tuple(_line(key, list(given), found) for key in found[0]))


def _same(run: Run, other: Run) -> bool:
    same = all(run.manifest.get(key) == other.manifest.get(key) for key in SAME)
    return same and run.policies == other.policies


@dataclass(frozen=True, eq=False)
class _Part(Run):
    """Some worlds of a run, which answers as a run of these worlds alone."""

    kept: tuple[int, ...] = ()

    def table(self, name: str, columns: Sequence[str] | None = None, policy: str | None = None) -> pa.Table:
        import pyarrow as pa
        import pyarrow.compute as pc

        wanted = None if columns is None else list(dict.fromkeys([*columns, "world"]))
        rows = super().table(name, wanted, policy)
        among = pc.is_in(rows["world"], value_set=pa.array(self.kept, rows["world"].type))
        rows = rows.filter(among)
        return rows if columns is None else rows.select(list(columns))


def _lines(run: Run) -> LinesOf:
    """The first screen's lines of one structure, in the order of the screen."""
    lines: LinesOf = {}
    told = argument(run)
    if told is not None:
        lines |= {("answer", name): (getattr(told, name).median, None) for name in ANSWERS}
    judged = verdict(run)
    if judged is not None:
        lines |= {("cell", cell.policy): (cell.accepted.median, None) for cell in judged.cells}
        lines |= {("verdict", one.statement): (one.share, one.code) for one in judged.judged}
    for effect in compare(run, main_outcome(list(run.manifest["labels"]["fronts"]))):
        mean = effect.difference.mean
        lines["policy", effect.policy] = (mean, _sign(mean))
    level = headline(run).level
    return lines | {("level", "median"): (level.median, None), ("level", "mean"): (level.mean, None)}


def _line(key: tuple[Kind, str], names: list[str], found: list[LinesOf]) -> Line:
    """Joins one line over structures; a line that a structure lacks is undefined there."""
    values = [lines.get(key, (math.nan, "")) for lines in found]
    signs = tuple(str(sign) for _, sign in values) if values[0][1] is not None else ()
    kind, name = key
    return Line(kind, name, values[0][0], dict(zip(names, (value for value, _ in values[1:]), strict=True)), signs)


def _sign(value: float) -> str:
    return "0" if not abs(value) > NOTICEABLE else "+" if value > 0 else "-"
