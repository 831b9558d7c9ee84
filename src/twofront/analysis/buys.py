"""What the missing part of a pledge would buy in the model: read from a run, never computed here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twofront.analysis.gap import Gap, deterrence_gap
from twofront.analysis.outcomes import BASELINE, Spread, summary, values_of
from twofront.errors import RunError
from twofront.store import Run

KEPT, STALLED = "pledge-kept", "pledge-stalled"
RISK = 0.05  # acceptance of a call below which the deterrence gap counts a world as safe, as in the report of a run


@dataclass(frozen=True)
class Stake:
    """A figure that the answer depends on most and nobody can observe: its range as drawn (5, 50, 95 %)."""

    path: str
    unit: str
    low: float
    central: float
    high: float


@dataclass(frozen=True)
class Buys:
    """The pledge kept against the shares of today held, on the same worlds.

    `rise` is what keeping it adds in the end year (bn USD2024 a year, mean over worlds); `accepted` the paired change
    of the chance that the partner opens its front when called (share, not points); `two_fronts` the same for the main
    outcome. `gap` is the deterrence gap from the baseline; `left` what of it remains when the pledge is kept (None
    where the ladder does not reach it). `stakes` are the assumptions to read it with.
    """

    run: str  # scenario and seed
    worlds: int
    year: int
    rise: float
    held: Spread
    kept: Spread
    accepted: Spread
    two_fronts: Spread
    gap: Gap | None
    left: float | None
    safe: tuple[float, float]  # share of worlds with acceptance below RISK: shares held, pledge kept
    ladder: tuple[tuple[float, float], ...]  # (rise in bn USD2024 a year, mean change of acceptance)
    stakes: tuple[Stake, ...]

    def of(self, rise: float) -> float | None:
        """Mean change of acceptance for a rise (bn USD2024 a year): interpolated on the ladder, None beyond it."""
        if len(self.ladder) < 2 or not self.ladder[0][0] <= rise <= self.ladder[-1][0]:
            return None
        return float(np.interp(rise, [x for x, _ in self.ladder], [y for _, y in self.ladder]))


def buys(run: Run) -> Buys:
    """Reads what keeping the pledge changes. Errors: RunError where the run lacks the two policies or a call."""
    lacking = [name for name in (KEPT, STALLED) if name not in run.policies]
    if lacking or run.manifest["labels"].get("partnership") is None:
        raise RunError(
            f"{run.path}: the run has no {' and '.join(lacking) or 'partnership'}, which the pledge is compared on. "
            "Run the bundled scenario with all policies: twofront assess two-fronts."
        )
    accepted = {name: values_of(run, "accepted", name) for name in (BASELINE, STALLED, KEPT)}
    two = values_of(run, "two_fronts", KEPT) - values_of(run, "two_fronts", STALLED)
    gap = deterrence_gap(run, risk=RISK)
    spent = {name: _spending(run, name, gap) for name in (BASELINE, STALLED, KEPT)} if gap else {}
    ladder = []
    if gap:
        base = next((r.accepted.mean for r in gap.rungs if r.policy == BASELINE), float("nan"))
        ladder = [(r.rise, r.accepted.mean - base) for r in gap.rungs if r.rise >= 0]
    left = None
    if gap is not None and gap.rise is not None:
        left = max(gap.rise - (spent[KEPT] - spent[BASELINE]), 0.0)
    return Buys(
        run=f"{run.manifest['scenario_name']}, seed {run.manifest['seed']}",
        worlds=int(run.manifest["worlds"]),
        year=int(run.manifest["end"]),
        rise=spent[KEPT] - spent[STALLED] if spent else float("nan"),
        held=summary(accepted[STALLED]),
        kept=summary(accepted[KEPT]),
        accepted=summary(accepted[KEPT] - accepted[STALLED]),
        two_fronts=summary(two),
        gap=gap,
        left=left,
        safe=(_safe(accepted[STALLED]), _safe(accepted[KEPT])),
        ladder=tuple(ladder),
        stakes=_stakes(run),
    )


def _safe(accepted: np.ndarray) -> float:
    """Share of worlds in which a call is accepted with less than the chosen risk."""
    defined = accepted[np.isfinite(accepted)]
    return float((defined < RISK).mean()) if defined.size else float("nan")


def _spending(run: Run, policy: str, gap: Gap) -> float:
    name = f"spending.{gap.power}"
    table = run.table("years", ["year", name], policy)
    rows = np.asarray(table.column("year").to_numpy()) == gap.year
    return float(np.asarray(table.column(name).to_numpy(), dtype=np.float64)[rows].mean())


def _stakes(run: Run) -> tuple[Stake, ...]:
    """What the challenger at the partner's front would win and lose, and how it answers: the drivers of acceptance."""
    front = run.manifest["labels"]["partnership"]["partner_front"]
    partner = run.manifest["labels"]["partnership"]["partner"]
    known = run.quantities
    wanted = [f"fronts.{front}.stakes.{partner}", f"fronts.{front}.called_rate", f"powers.{partner}.precision_loss"]
    rows = [known[path] for path in wanted if path in known]
    return tuple(Stake(r["path"], r["unit"], r["low"], r["central"], r["high"]) for r in rows)
