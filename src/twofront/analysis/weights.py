"""Evidence moves worlds: observations with error give each world a weight. Never from the model.

A world's weight is the product of normal densities of what claims say about it, and of its probability of the quiet
years. No claim counts twice: neither against a quantity that already rests on it or on its root, nor beside another
rendering of the same root.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from twofront.analysis.outcomes import BASELINE, sound
from twofront.errors import RunError, did_you_mean
from twofront.evidence import Claim, Errors, Observe
from twofront.evidence.claim import Figure
from twofront.evidence.rating import standing
from twofront.evidence.roots import Roots, origin
from twofront.evidence.said import Said
from twofront.store import Run

FEWEST = 128  # effective worlds below which no answer is given
RULED_OUT = 0.01  # a world is ruled out where its weight is below this part of the mean weight
Values = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Observation:
    """One observation that counts: the quantity's values [world] (sound worlds), what was observed, and the error."""

    claim: str
    path: str
    year: int | None
    value: float
    sd: float
    modelled: Values
    rating: str = ""
    proposed: bool = False  # the rating is the rules' proposal: no person has rated the claim


@dataclass(frozen=True)
class Refused:
    """One observation that moves nothing, and why: "already in the scenario", "same root", "cannot be judged", …"""

    claim: str
    path: str
    why: str


def log_likelihood(observation: Observation, scale: float = 1.0) -> Values:
    """Log density of the observation in each world, up to a constant; `scale` multiplies the error."""
    distance = (observation.modelled - observation.value) / (observation.sd * scale)
    return np.asarray(-0.5 * distance * distance)


def weights(logs: Sequence[Values], worlds: int) -> Values:
    """Weights [world] with mean 1 from log likelihoods; all 1 without evidence.

    A world in which an observed quantity is not defined has no weight. Errors: RunError where no world is left.
    """
    if not logs:
        return np.ones(worlds)
    total = np.array(logs[0], dtype=np.float64)
    for log in logs[1:]:
        total += log
    total[np.isnan(total)] = -np.inf
    top = total.max(initial=-np.inf)
    if not np.isfinite(top):
        raise RunError("No world agrees with what was observed: check value, unit and sd of each [[observes]].")
    total -= top
    np.exp(total, out=total)
    total *= worlds / total.sum()
    return total


def effective(weight: Values) -> float:
    """The effective number of worlds, (sum w)^2 / sum w^2 (Kish 1965)."""
    return float(weight.sum() ** 2 / np.square(weight).sum())


def ruled_out(weight: Values) -> int:
    """How many worlds keep less than a hundredth of the mean weight."""
    return int((weight < RULED_OUT * weight.mean()).sum())


def observations(
    run: Run,
    observes: Sequence[Observe],
    claims: Mapping[str, Claim],
    errors: Errors,
    *,
    constrain: bool = False,
) -> tuple[list[Observation], list[Refused]]:
    """The observations that count in a run, and those that do not with the reason.

    claims: those of the scenario and of the ledger that is weighed, by id; for one that no person has rated the rating
    counts that the rules propose. Of several with one root on one quantity
    the one with the smallest error counts. Surveys count only where `constrain` is true.
    Errors: RunError for a path or year that the run does not hold.
    """
    counted: dict[tuple[str, str], Observation] = {}
    refused: list[Refused] = []
    usable, origins = sound(run), Roots(claims)
    for observe in sorted(observes, key=lambda o: (o.claim, o.path, o.year or 0, o.value, o.sd)):
        claim = claims[observe.claim]
        rating, proposed = standing(claim, claims)
        factor = errors.factor(rating)
        why = Said("")
        if _priced_in(run, observe.path, claim, claims, origins):
            why = Said("already in the scenario")
        elif factor is None:
            why = Said("cannot be judged ({rating})", rating=str(rating))
            if proposed:
                why = Said("cannot be judged ({rating}, proposed by rule)", rating=str(rating))
        elif observe.kind == "survey" and not constrain:
            why = Said("a survey: compared only (--constrain uses it)")
        if why or factor is None:
            if observe.kind == "survey":
                mean = float(f"{np.nanmean(modelled(run, observe.path, observe.year)[usable]):.3g}")
                mine = observe.value
                why = Said("{why}; it says {value}, the worlds' mean is {mean}", why=why, value=mine, mean=mean)
            refused.append(Refused(claim.id, observe.path, why))
            continue
        found = Observation(
            claim.id,
            observe.path,
            observe.year,
            observe.value,
            observe.sd * factor,
            modelled(run, observe.path, observe.year)[usable],
            str(rating),
            proposed,
        )
        key = (origins.of(claim), observe.path)
        other = counted.get(key)
        kept, dropped = (other, found) if other is not None and other.sd <= found.sd else (found, other)
        counted[key] = kept
        if dropped is not None:
            refused.append(
                Refused(dropped.claim, dropped.path, Said("same root as {claim}: counts once", claim=kept.claim))
            )
    return sorted(counted.values(), key=lambda o: (o.claim, o.path)), refused


def modelled(run: Run, path: str, year: int | None = None) -> Values:
    """A quantity in every world of the baseline, [world]: a drawn figure, a yearly column, or an outcome.

    Errors: RunError for an unknown path, and for a year that the run does not hold.
    """
    fixed = run.quantities.get(path)
    if path in run.names("draws"):
        return np.asarray(run.table("draws", [path]).column(path).to_numpy(), dtype=np.float64)
    if fixed is not None:
        return np.full(int(run.manifest["worlds"]), float(fixed["central"]))
    if year is not None and path in run.names("years"):
        table = run.table("years", ["year", path], BASELINE)
        mine = table.column("year").to_numpy() == year
        if not mine.any():
            raise RunError(f"{path}: the run holds no year {year}, only {run.manifest['start']}–{run.manifest['end']}.")
        if int(mine.sum()) < int(run.manifest["worlds"]):
            raise RunError(
                f"{path}: the run keeps the years of {int(mine.sum()):,} worlds only. Play it again with --yearly."
            )
        yearly: Values = np.asarray(table.column(path).to_numpy(), dtype=np.float64)[mine]
        return yearly
    if year is None and path in run.names("worlds"):
        return np.asarray(run.table("worlds", [path], BASELINE).column(path).to_numpy(), dtype=np.float64)
    known = [*run.quantities, *run.names("worlds"), *run.names("years")]
    hint = "Name its year." if path in run.names("years") else did_you_mean(path, known)
    raise RunError(f'no quantity "{path}" in {run.path}. {hint}'.rstrip())


def _priced_in(run: Run, path: str, claim: Claim, claims: Mapping[str, Claim], origins: Roots) -> bool:
    """Whether a figure that this quantity is made of already rests on the claim, on its root, or on its number."""
    for name, row in run.quantities.items():
        if _feeds(name, path, run):
            for source in row.get("sources", ()):
                if source in (claim.id, claim.echo_of):
                    return True
                if source in claims and _repeats(claim, claims[source], claims, origins):
                    return True
    return False


def _repeats(claim: Claim, source: Claim, claims: Mapping[str, Claim], origins: Roots) -> bool:
    """One root; or a copy whose root names only the publisher of the source, or that states the source's number."""
    if origins.of(claim) == origins.of(source):
        return True
    if claim.seen == "primary":
        return False
    root, source_root = origin(claim, claims), origin(source, claims)
    publisher = {root, *_ACRONYM.findall(root)} if not re.search(r"\d", root) else set()  # no edition is named
    if source_root.split(maxsplit=1)[0].lower() in {name.lower() for name in publisher}:
        return True
    return any(_one_number(mine, theirs) for mine in claim.figures for theirs in source.figures)


_ACRONYM = re.compile(r"\b[A-Z]{3,}\b")


def _one_number(a: Figure, b: Figure) -> bool:
    """The same value to half a percent, for the same year; or the same year."""
    if a.unit == b.unit == "year":
        return a.value is not None and a.value in (b.low, b.value, b.high)
    if a.value is None or a.period is None or a.period != b.period:
        return False
    return any(x is not None and x != 0 and abs(a.value / x - 1) <= 0.005 for x in (b.low, b.value, b.high))


def _feeds(figure: str, path: str, run: Run) -> bool:
    """Whether a figure may enter a quantity: itself or its knots, and for outputs all figures that can."""
    if path in run.quantities:
        return figure == path
    kind, _, power = path.partition(".")
    if kind == "gdp":
        return figure.startswith(f"powers.{power}.") and figure.rsplit(".", 1)[-1] in ("gdp", "growth")
    if kind in ("spending", "share", "related"):
        wanted = ("gdp", "growth", "share", "target")
        own = figure.startswith(f"powers.{power}.") and figure.rsplit(".", 1)[-1] in wanted
        return own or figure.startswith("commitments.")
    return True  # forces, odds and outcomes depend on everything
