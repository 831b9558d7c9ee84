"""What evidence changes: the lines of the first screen before and after, and which conclusion hangs on which claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from twofront.analysis.drivers import _draws, explained
from twofront.analysis.outcomes import BASELINE, LEVEL, main_outcome, sound, values_of
from twofront.analysis.verdict import AGREEMENT, CONDITIONS, MATERIAL
from twofront.analysis.weights import (
    FEWEST,
    Observation,
    Refused,
    Values,
    effective,
    log_likelihood,
    ruled_out,
    weights,
)
from twofront.errors import RunError
from twofront.evidence.said import Said
from twofront.store import Run

HINDCAST = "hindcast 2015-2024"
LARGEST = 2**24  # worlds that one run can have


@dataclass(frozen=True)
class Line:
    """One figure before and after, and after with half and twice the error (probability or share, 0 to 1)."""

    name: str
    before: float
    after: float
    half: float
    twice: float


@dataclass(frozen=True)
class Moved:
    """One piece of evidence: how far the main outcome's mean moves when it is left out, and what then falls."""

    claim: str
    shift: float
    falls: tuple[str, ...]


@dataclass(frozen=True)
class Weighing:
    """Everything that evidence changed in a run. `weight` [sound world] has mean 1; `moved` the strongest first."""

    worlds: int
    effective: float
    effective_half: float
    effective_twice: float
    ruled_out: int
    lines: tuple[Line, ...]
    conclusions: Mapping[str, tuple[str, str]]  # name -> before, after
    drivers: tuple[tuple[str, float, float], ...]  # path, measure before, measure after
    moved: tuple[Moved, ...]
    already: tuple[Refused, ...]
    used: tuple[Observation, ...]
    weight: Values

    @property
    def by_rule(self) -> Said | None:
        """Which claims count with a rating that no person gave; None where there are none."""
        claims = list(dict.fromkeys(f"{o.claim} ({o.rating})" for o in self.used if o.proposed))
        return Said("Rated by rule, by no person yet: {claims}.", claims=claims) if claims else None


def weighed(
    run: Run, used: Sequence[Observation], refused: Sequence[Refused] = (), quiet: Values | None = None
) -> Weighing:
    """The answers of a run before and after its evidence.

    quiet: probability of the observed quiet, [world] of the whole run, or None without hindcast. Weights come from
    the baseline and are carried unchanged to every policy.
    Errors: RunError where fewer than 128 effective worlds remain, with the command that draws more.
    """
    usable = sound(run)
    count = int(usable.sum())
    past = {} if quiet is None else {HINDCAST: np.log(quiet[usable])}
    logs = {(o.claim, o.path): log_likelihood(o) for o in used}

    def weight(scale: float = 1.0, without: str = "") -> Values:
        kept = [log / scale**2 for (claim, _), log in logs.items() if claim != without]
        return weights(kept + [log for name, log in past.items() if name != without], count)

    now, equal = weight(), np.ones(count)
    left = effective(now)
    if (logs or past) and left < FEWEST:
        raise RunError(_too_few(run, left))
    shown = _columns(run)
    half, twice = weight(0.5), weight(2.0)
    lines = tuple(Line(name, *(_mean(values, w) for w in (equal, now, half, twice))) for name, values in shown.items())
    first, sizes = next(iter(shown.values())), _sizes(run)
    before, after = _conclusions(sizes, equal), _conclusions(sizes, now)
    moved = []
    for name in dict.fromkeys([*past, *(claim for claim, _ in logs)]):
        other = weight(without=name)
        falls = tuple(key for key, code in _conclusions(sizes, other).items() if code != after[key])
        moved.append(Moved(name, _mean(first, now) - _mean(first, other), falls))
    return Weighing(
        count,
        left,
        effective(half),
        effective(twice),
        ruled_out(now),
        lines,
        {name: (before[name], after[name]) for name in before},
        _drivers(run, now),
        tuple(sorted(moved, key=lambda m: (-abs(m.shift), m.claim))),
        tuple(refused),
        tuple(used),
        now,
    )


def _mean(values: Values, weight: Values) -> float:
    """The weighted mean over worlds in which the value is defined."""
    kept = np.isfinite(values)
    total = weight[kept].sum()
    return float((values[kept] * weight[kept]).sum() / total) if total > 0 else float("nan")


def _columns(run: Run) -> dict[str, Values]:
    """The lines of the first screen by name, [sound world]; the main outcome first, policies as paired effects."""
    main = main_outcome(list(run.manifest["labels"]["fronts"]))
    level = values_of(run, main)
    found = {main: level, f"{main} above 10 % (share of worlds)": (level > LEVEL).astype(np.float64)}
    known = run.names("worlds")
    wanted = [f"opened.{front}" for front in run.manifest["labels"]["fronts"]]
    for name in (*wanted, "calls", "accepted", "unasked", "error_share", "escalation"):
        if name in known and name not in found:
            found[name] = values_of(run, name)
    for policy, label in run.manifest["labels"]["policies"].items():
        if policy != BASELINE and label.get("role") == "policy":
            found[f"effect of {policy}"] = values_of(run, main, policy) - level
    return found


def _sizes(run: Run) -> dict[str, Values]:
    """What decides each conclusion: 1 where a world agrees with it, NaN where it is undefined."""
    level = values_of(run, main_outcome(list(run.manifest["labels"]["fronts"])))
    found = {"level above 10 %": (level > LEVEL).astype(np.float64)}
    if run.manifest["labels"].get("partnership") is None or not set(CONDITIONS) <= set(run.policies):
        return found
    today = values_of(run, "accepted")
    sizes = {"option": today} | {
        name.removeprefix("verdict-"): values_of(run, "accepted", name) - today
        for name in CONDITIONS
        if name != BASELINE
    }
    for name, size in sizes.items():
        found[f"verdict: {name}"] = np.where(np.isfinite(size), (size >= MATERIAL).astype(np.float64), np.nan)
    return found


def _conclusions(sizes: Mapping[str, Values], weight: Values) -> dict[str, str]:
    """Each conclusion by the verdict's rule: supported, contradicted, or it depends on the world."""
    found = {}
    for name, agrees in sizes.items():
        share = _mean(agrees, weight)
        found[name] = (
            "supported" if share >= AGREEMENT else "contradicted" if share <= 1 - AGREEMENT + 1e-12 else "depends"
        )
    return found


def _drivers(run: Run, weight: Values, most: int = 8) -> tuple[tuple[str, float, float], ...]:
    """The strongest drivers after, with their measure before: worlds are resampled by weight, systematically."""
    values = values_of(run, main_outcome(list(run.manifest["labels"]["fronts"])))
    if values.size < FEWEST or not np.isfinite(values).all() or np.ptp(values) == 0:
        return ()
    from scipy.stats import rankdata

    paths, drawn = _draws(run, np.ones(values.size, dtype=bool))
    place = (np.arange(values.size) + 0.5) / values.size
    chosen = np.minimum(np.searchsorted(np.cumsum(weight) / weight.sum(), place), values.size - 1)
    before, _ = explained(drawn, rankdata(values))
    after, _ = explained(drawn[:, chosen], rankdata(values[chosen])) if np.ptp(values[chosen]) else (before, before)
    order = np.argsort(-np.asarray(after), kind="stable")[:most]
    return tuple((paths[k], float(before[k]), float(after[k])) for k in order)


def _too_few(run: Run, left: float) -> str:
    """Why the answer is refused, and the command that draws enough worlds."""
    worlds = int(run.manifest["worlds"])
    wanted = 1 << max(int(np.ceil(worlds * FEWEST * 1.5 / max(left, 1e-9))) - 1, 1).bit_length()
    text = f"Only {left:.0f} effective worlds of {worlds} agree with this evidence; {FEWEST} are needed. "
    if wanted > LARGEST:
        return text + f"More than {LARGEST} worlds would be needed: check value and sd of what is observed."
    name, seed = run.manifest["scenario_name"], run.manifest["seed"]
    return text + f"Draw more: twofront assess {name} --worlds {wanted} --seed {seed}"
