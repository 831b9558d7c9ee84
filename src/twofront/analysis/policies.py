"""Policies against the baseline, in the same worlds: what each changes, where it helps, and which can be told
apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twofront.analysis.outcomes import BASELINE, Spread, Values, replicates_of, share_error, summary, values_of
from twofront.store import Run

RESAMPLES = 200
UNSTABLE = 0.1  # neighbours whose order flips in more resamples than this are not separable
NOTICEABLE = 1e-6  # smaller differences are rounding of float32, not help


@dataclass(frozen=True)
class PolicyEffect:
    """What one policy does to an outcome.

    `median` is the outcome's median under the policy, `difference` policy − baseline in the same world,
    `helps` the share of worlds (0 to 1) in which the outcome falls, with its standard error. `rank` counts from 1,
    the largest mean fall first. `separable`: its place beside both neighbours, doing nothing among them, is stable.
    """

    policy: str
    median: float
    difference: Spread
    helps: float
    separable: bool
    rank: int
    helps_error: float | None = None


def compare(
    run: Run,
    outcome: str = "two_fronts",
    *,
    roles: Sequence[str] = ("policy",),
    seed: int = 0,
) -> list[PolicyEffect]:
    """Compares policies with the baseline, paired by world, best first.

    Arguments: `outcome` one that is better when lower; `roles` which policies: "policy", "condition",
    "ladder"; `seed` of the resampling. Worlds in which the outcome is undefined under any of them are left
    out. Errors: RunError for an unknown outcome.
    """
    labels = run.manifest["labels"]["policies"]
    names = [p for p in run.policies if p != BASELINE and labels[p].get("role", "policy") in roles]
    if not names:
        return []
    base = values_of(run, outcome)
    values = np.stack([values_of(run, outcome, policy) for policy in names])
    defined = np.isfinite(base) & np.isfinite(values).all(axis=0)
    values = values[:, defined]
    differences = values - base[defined]
    replicates = replicates_of(run)
    replicates = None if replicates is None else replicates[defined]
    if not defined.any():
        return []
    order = np.argsort(differences.mean(axis=1), kind="stable")
    settled = separable(differences[order], seed=seed)
    return [
        PolicyEffect(
            policy=names[k],
            median=float(np.median(values[k])),
            difference=summary(differences[k], replicates=replicates),
            helps=float((differences[k] < -NOTICEABLE).mean()),
            separable=bool(settled[place]),
            rank=place + 1,
            helps_error=share_error(differences[k] < -NOTICEABLE, replicates),
        )
        for place, k in enumerate(order)
    ]


def separable(differences: Values, *, seed: int) -> np.ndarray:
    """Whether each policy keeps its place beside both neighbours when worlds are drawn again, [policy].

    Arguments: `differences` [policy, world] to the baseline, sorted by mean, lowest first. The baseline
    itself (difference 0) takes part, so that a policy without effect is not separable from doing nothing.
    Worlds are resampled 200 times (Efron 1979); equal means count as a flip.
    """
    count, worlds = differences.shape
    entries = np.vstack([differences, np.zeros(worlds)])
    order = np.argsort(entries.mean(axis=1), kind="stable")
    steps = np.diff(entries[order], axis=0)
    flips = (resampled_means(steps, seed=seed) <= 0).mean(axis=1) > UNSTABLE
    shaky = np.zeros(count + 1, dtype=bool)
    shaky[order[:-1]] |= flips
    shaky[order[1:]] |= flips
    return ~shaky[:count]


def resampled_means(values: Values, *, seed: int, resamples: int = RESAMPLES) -> Values:
    """Means over worlds drawn again with replacement, [row, resample], of `values` [row, world]."""
    random = np.random.default_rng(seed)
    worlds = values.shape[1]
    means = np.empty((len(values), resamples))
    for k in range(resamples):
        # How often each world was drawn; one resample at a time keeps memory flat for many worlds.
        counts = np.bincount(random.integers(0, worlds, worlds), minlength=worlds)
        means[:, k] = values @ counts / worlds
    return means
