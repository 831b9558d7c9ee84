"""Whether the draws are what the scenario asks for: their quantiles, and the correlations that were achieved."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from twofront.store import Run

FAR = 4.0  # standard errors of a rank beyond which a quantile counts as off


@dataclass(frozen=True)
class Off:
    """A figure whose realised rank of a quantile lies too far from where it should: `share` of worlds below it."""

    path: str
    quantile: str
    wanted: float
    share: float


@dataclass(frozen=True)
class Achieved:
    """Rank correlation of two figures: what the copula asks for (6/π asin ρ/2), and what the draws have."""

    first: str
    second: str
    wanted: float
    found: float


def quantiles(run: Run) -> list[Off]:
    """Figures whose draws do not have their declared 5 %, 50 % and 95 % quantiles.

    The share of worlds below a quantile is compared with its rank, give or take four standard errors of independent
    draws: even draws lie well within. Cases to choose from have no order, and so no quantiles.
    """
    drawn, known = run.table("draws"), run.quantities
    found = []
    for path in drawn.column_names:
        row = known.get(path, {})
        values = drawn.column(path).to_numpy()
        for name, rank in (("low", 0.05), ("central", 0.5), ("high", 0.95)):
            if row.get(name) is None or row.get("form") == "choose":
                continue
            at = np.float32(row[name])
            below, up_to = float((values < at).mean()), float((values <= at).mean())  # steps hold several ranks
            give = FAR * np.sqrt(rank * (1 - rank) / len(values))
            if below - give > rank or up_to + give < rank:
                found.append(Off(path, name, rank, up_to if up_to < rank else below))
    return found


def correlations(run: Run) -> list[Achieved]:
    """The pairs of figures that the scenario draws together."""
    found = []
    for group in run.manifest.get("correlations", []):
        table = run.table("draws", group["paths"])
        ranks = [np.argsort(np.argsort(table.column(path).to_numpy(), kind="stable")) for path in group["paths"]]
        for (i, first), (j, second) in combinations(enumerate(group["paths"]), 2):
            wanted = 6 / np.pi * np.arcsin(group["matrix"][i][j] / 2)
            found.append(Achieved(first, second, float(wanted), float(np.corrcoef(ranks[i], ranks[j])[0, 1])))
    return found
