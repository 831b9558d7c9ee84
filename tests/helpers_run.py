"""A small run folder with known numbers, so that shelf and analysis can be tried without the model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from twofront.store import Run, RunWriter, open_run

ID = {"scenario_hash": "00", "seed": 0}
YEARS = range(2025, 2028)
CONDITIONS = {"verdict-integration": 0.2, "verdict-obligation": 0.3, "verdict-both": 0.5}
POLICIES = {"kept": -0.10, "stalled": 0.05}
LADDER = {"plus-100": 100.0, "plus-200": 200.0}


def ramp(worlds: int) -> np.ndarray:
    """Evenly spaced numbers in (0, 1), one for each world: mean and median are exactly 1/2."""
    return (np.arange(worlds) + 0.5) / worlds


def outcomes(worlds: int, policy: str) -> dict[str, np.ndarray]:
    """Outcomes of one policy. With u = ramp: two_fronts = 0.3 u + effect, accepted = 0.2 + 0.4 u + effect."""
    u = ramp(worlds)
    effect = POLICIES.get(policy, 0.0)
    two = 0.2 + 0.3 * u + effect
    accepted = 0.2 + 0.4 * u + CONDITIONS.get(policy, 0.0) - LADDER.get(policy, 0.0) / 1000
    result = {
        "two_fronts": two,
        "coincident": 0.2 * two,
        "opportunistic": 0.3 * two,
        "coordinated": 0.6 * two,
    }
    result |= {"deterred": 0.1 * two, "opened.strait": 0.5 + 0 * u, "opened.flank": 0.4 * u}
    result |= {"first.strait": 0.7 * two, "first.flank": 0.3 * two, "calls": 0.5 + 0.5 * u}
    result |= {"accepted": accepted, "half": 0.1 * (1 - accepted), "refused": 0.9 * (1 - accepted)}
    result |= {"unasked": 0.1 * u, "unasked_half": 0.05 * u, "error_share": 0.4 * u, "escalation": 0.1 * u}
    result |= {"win.strait": u, "win.flank": np.full(worlds, np.nan), "enters.europe.flank": u}
    result |= {f"value.{power}": -u for power in ("china", "russia", "europe")}
    result |= {"ties": 0 * u, "tail_move": 0.001 * u, "certificate": 1e-6 * u, "conservation": 1e-7 * u}
    return result | {"flagged": np.zeros(worlds, dtype=bool)}


def yearly(worlds: int, policy: str) -> dict[str, np.ndarray]:
    """Yearly figures [year, world]: European spending is 400 bn plus the ladder's rise in the last year."""
    shape = (len(YEARS), worlds)
    spending = np.full(shape, 400.0)
    spending[-1] += LADDER.get(policy, 0.0) + 20 * (ramp(worlds) - 0.5)
    year = np.arange(len(YEARS))[:, None] + np.zeros(shape)
    return {"two_fronts": 0.01 * year, "spending.europe": spending, "leverage": 1 + year}


def manifest(policies: tuple[str, ...], **more: Any) -> dict[str, Any]:
    """The manifest that the run's caller hands over, labels included."""

    def role(policy: str) -> str:
        if policy in LADDER:
            return "ladder"
        return "condition" if policy in CONDITIONS else "policy"

    powers = {"china": "China", "russia": "Russland", "europe": "NATO-Europa"}
    fronts = {"strait": ("china", "Taiwan Strait"), "flank": ("russia", "eastern flank")}
    labels = {
        "powers": {k: {"en": k.title(), "de": de, "group": k == "europe"} for k, de in powers.items()},
        "fronts": {
            k: {
                "en": en,
                "de": en,
                "challenger": c,
                "host": "europe" if k == "flank" else "taiwan",
                "options": {},
            }
            for k, (c, en) in fronts.items()
        },
        "policies": {p: {"en": p, "de": p, "about": "", "role": role(p)} for p in policies},
        "partnership": {
            "leader": "china",
            "partner": "russia",
            "leader_fronts": ["strait"],
            "partner_front": "flank",
        },
    }
    base = {"title": "Made up", "scenario_name": "made-up", "scenario_hash": "00", "seed": 0, "start": 2025}
    return base | {"end": 2027, "precision": "float32", "labels": labels, "warnings": []} | more


def make_run(
    folder: Path,
    worlds: int = 256,
    policies: tuple[str, ...] = ("baseline", *POLICIES, *CONDITIONS, *LADDER),
    *,
    changed: Mapping[str, Mapping[str, np.ndarray]] | None = None,
    draws: Mapping[str, np.ndarray] | None = None,
    **more: Any,
) -> Run:
    """Writes and opens a run in `folder`/run; `changed` replaces outcomes: policy -> name -> [world]."""
    writer = RunWriter(folder / "run", ID, fresh=True)
    for policy in policies:
        found = outcomes(worlds, policy) | dict((changed or {}).get(policy, {}))
        writer.write_policy(policy, found, yearly(worlds, policy), YEARS)
    drawn = draws or {"powers.china.growth": ramp(worlds), "practice.level": 0.25 + 0 * ramp(worlds)}
    writer.write_draws(drawn)
    writer.write_json(
        "quantities.json",
        [{"path": path, "unit": "%/yr", "sourced": path.startswith("powers")} for path in drawn],
    )
    writer.write_scenario({"scenario.toml": 'title = "Made up"\n'})
    return open_run(writer.finish(manifest(policies, worlds=worlds, **more)))
