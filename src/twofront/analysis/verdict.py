"""The verdict "a real option, but integration and mutual obligation are still missing", as a table of
conditions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from twofront.analysis.outcomes import BASELINE, Spread, Values, replicates_of, summary, values_of
from twofront.store import Run

MATERIAL = 0.05  # a change of acceptance, or an acceptance, below this is not worth a sentence
AGREEMENT = 0.8  # share of worlds that must agree before a sentence is called supported or contradicted

Code = Literal["supported", "contradicted", "depends"]
Statement = Literal["option", "integration", "obligation", "both"]
CONDITIONS = {  # policy -> integration operational, obligation on
    BASELINE: (False, False),
    "verdict-integration": (True, False),
    "verdict-obligation": (False, True),
    "verdict-both": (True, True),
}


@dataclass(frozen=True)
class Cell:
    """One condition: P(partner opens | leader open) after a call (`accepted`) and after silence
    (`unasked`)."""

    policy: str
    integration: Literal["today", "operational"]
    obligation: Literal["off", "on"]
    accepted: Spread
    unasked: Spread


@dataclass(frozen=True)
class Judged:
    """One sentence of the verdict against the worlds.

    `share` is the share of worlds (0 to 1) in which `size` reaches 0.05. `size` is the acceptance itself for
    "option", the paired rise of acceptance for the others.
    """

    statement: Statement
    code: Code
    share: float
    size: Spread


@dataclass(frozen=True)
class Verdict:
    """The table of conditions, on common worlds, and what it says of each sentence."""

    cells: tuple[Cell, ...]
    judged: tuple[Judged, ...]


def verdict(run: Run) -> Verdict | None:
    """Holds the argument's verdict against the run; None without a partnership or without the conditions.

    The rule, fixed before any result was read: a sentence is *supported* where its size reaches 5 percentage
    points in at least 80 % of worlds, *contradicted* where it does not in at least 80 %, and *depends* on the
    world otherwise. The sentences: "option": once called, the partner opens at all, as things are today;
    "integration" is missing: operational integration raises acceptance; "obligation" is missing: so does a
    formal obligation; "both": so do both together.
    """
    labels = run.manifest["labels"]
    if labels.get("partnership") is None or not set(CONDITIONS) <= set(run.policies):
        return None
    accepted = {policy: values_of(run, "accepted", policy) for policy in CONDITIONS}
    unasked = {policy: values_of(run, "unasked", policy) for policy in CONDITIONS}
    replicates = replicates_of(run)
    cells = tuple(
        Cell(
            policy,
            "operational" if integration else "today",
            "on" if obligation else "off",
            summary(accepted[policy], replicates=replicates),
            summary(unasked[policy], replicates=replicates),
        )
        for policy, (integration, obligation) in CONDITIONS.items()
    )
    today = accepted[BASELINE]
    sizes: dict[Statement, Values] = {
        "option": today,
        "integration": accepted["verdict-integration"] - today,
        "obligation": accepted["verdict-obligation"] - today,
        "both": accepted["verdict-both"] - today,
    }
    return Verdict(cells, tuple(judge(statement, size) for statement, size in sizes.items()))


def judge(statement: Statement, size: Values) -> Judged:
    """Applies the rule to one sentence; worlds in which it is undefined do not count."""
    defined = size[np.isfinite(size)]
    share = float((defined >= MATERIAL).mean()) if defined.size else float("nan")
    code: Code = "depends"
    if share >= AGREEMENT:
        code = "supported"
    elif share <= 1 - AGREEMENT + 1e-12:
        code = "contradicted"
    return Judged(statement, code, share, summary(defined))
