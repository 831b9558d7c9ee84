"""The deterrence gap: how much more would have to be spent before the partner refuses a call in most
worlds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from twofront.analysis.outcomes import BASELINE, Spread, sound, summary, values_of
from twofront.store import Run

State = Literal["met today", "reached", "not reached by the ladder", "no ladder"]


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: its mean rise of core spending (bn USD2024 in the end year) and what it buys.

    `share` is the share of worlds (0 to 1) in which acceptance lies below the chosen risk.
    """

    policy: str
    rise: float
    share: float
    accepted: Spread


@dataclass(frozen=True)
class Gap:
    """The smallest rise of core spending that keeps acceptance below `risk` in `share` of worlds.

    `rise` in bn USD2024 a year, None unless `state` is "reached" or "met today" (then 0). `power` is who
    spends more; rungs by rising spending, baseline included.
    """

    state: State
    rise: float | None
    risk: float
    share: float
    power: str | None
    year: int
    rungs: tuple[Rung, ...]


def deterrence_gap(run: Run, *, risk: float = 0.25, share: float = 0.8, power: str | None = None) -> Gap | None:
    """Reads the deterrence gap off the ladder of spending policies; None without a partnership.

    Arguments: `risk` (0 to 1) the acceptance to stay below; `share` (0 to 1) of worlds; `power` who spends
    more (default: the partner front's host if it is a group, else the first group). Between two rungs the
    share of worlds is interpolated linearly; beyond the ladder nothing is claimed.
    """
    labels = run.manifest["labels"]
    if labels.get("partnership") is None:
        return None
    power = power or _spender(run)
    year = int(run.manifest["end"])
    steps = [p for p in run.policies if labels["policies"][p].get("role") == "ladder"]
    if power is None or not steps:
        return Gap("no ladder", None, risk, share, power, year, ())
    base = _spending(run, power, year, BASELINE)
    rungs = sorted(
        (_rung(run, policy, _spending(run, power, year, policy) - base, risk) for policy in [BASELINE, *steps]),
        key=lambda rung: (rung.rise, rung.policy != BASELINE),
    )
    state, rise = _crossing([(r.rise, r.share) for r in rungs if r.rise >= 0], share)
    return Gap(state, rise, risk, share, power, year, tuple(rungs))


def _crossing(points: list[tuple[float, float]], share: float) -> tuple[State, float | None]:
    """The first rise at which the share of worlds is reached, going up from a rise of 0."""
    if points[0][1] >= share:
        return "met today", 0.0
    for (low, before), (high, after) in pairwise(points):
        if before < share <= after:
            return "reached", low + (share - before) / (after - before) * (high - low)
    return "not reached by the ladder", None


def _rung(run: Run, policy: str, rise: float, risk: float) -> Rung:
    accepted = values_of(run, "accepted", policy)
    defined = accepted[np.isfinite(accepted)]
    below = float((defined < risk).mean()) if defined.size else float("nan")
    return Rung(policy, rise, below, summary(defined))


def _spending(run: Run, power: str, year: int, policy: str) -> float:
    """Mean core spending of a power in one year over the sound worlds, bn USD2024."""
    name = f"spending.{power}"
    table = run.table("years", ["world", "year", name], policy)
    rows = np.asarray(table.column("year").to_numpy()) == year
    values = np.asarray(table.column(name).to_numpy(), dtype=np.float64)[rows]
    worlds = np.asarray(table.column("world").to_numpy())[rows]
    return float(values[sound(run)[worlds]].mean())


def _spender(run: Run) -> str | None:
    labels = run.manifest["labels"]
    host = labels["fronts"].get(labels["partnership"]["partner_front"], {}).get("host")
    groups = [power for power, entry in labels["powers"].items() if entry.get("group")]
    return host if host in groups else next(iter(groups), None)
