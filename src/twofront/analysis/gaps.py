"""Figures with weak ground, ordered by how much they drive the answer."""

from __future__ import annotations

from dataclasses import dataclass

from twofront.analysis.drivers import drivers
from twofront.analysis.outcomes import main_outcome
from twofront.evidence.claim import Rating
from twofront.store import Run


@dataclass(frozen=True)
class EvidenceGap:
    """A figure with weak ground: how much it drives the main outcome (0 to 1), and what it lacks."""

    path: str
    measure: float
    why: str


def evidence_gaps(run: Run) -> list[EvidenceGap]:
    """Uncertain figures on judgement, on claims below C3, or on one root only; the strongest driver first."""
    claims = {row["id"]: row for row in run.json("claims.json")}
    driving = {d.path: d.measure for d in drivers(run, main_outcome(list(run.manifest["labels"]["fronts"])))}
    found = []
    for path, row in run.quantities.items():
        sources = [claims[name] for name in row.get("sources", ()) if name in claims]
        if not row.get("uncertain"):
            continue
        if not sources:
            why = "judgement"
        elif not any(Rating.model_validate(c["rating"]).at_least("C3") for c in sources):
            why = "weak claims: none is C3 or better"
        elif len({c["chain"][0] for c in sources}) == 1:
            why = f"one root: {sources[0]['chain'][0]}"
        else:
            continue
        found.append(EvidenceGap(path, driving.get(path, 0.0), why))
    return sorted(found, key=lambda gap: (-gap.measure, gap.path))
