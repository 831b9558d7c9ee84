"""Figures with weak ground, ordered by how much they drive the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twofront.analysis.drivers import drivers
from twofront.analysis.outcomes import main_outcome
from twofront.evidence.claim import Rating
from twofront.evidence.roots import alike
from twofront.store import Run


@dataclass(frozen=True)
class EvidenceGap:
    """A figure with weak ground: how much it drives the main outcome (0 to 1, None without a run); what it lacks."""

    path: str
    measure: float | None
    why: str


def evidence_gaps(run: Run) -> list[EvidenceGap]:
    """Uncertain figures on judgement, on claims below C3, or on one root only; the strongest driver first."""
    driving = {d.path: d.measure for d in drivers(run, main_outcome(list(run.manifest["labels"]["fronts"])))}
    found = weak_ground(run.quantities.values(), run.json("claims.json"))
    measured = [EvidenceGap(gap.path, driving.get(gap.path, 0.0), gap.why) for gap in found]
    return sorted(measured, key=lambda gap: (-(gap.measure or 0.0), gap.path))


def weak_ground(rows: Iterable[Mapping[str, Any]], claims: Sequence[Mapping[str, Any]]) -> list[EvidenceGap]:
    """The same without a run, in the scenario's order. rows: as in quantities.json; claims: as in claims.json."""
    by_id = {row["id"]: row for row in claims}
    origins = alike(row["chain"][0] for row in claims)
    found = []
    for row in rows:
        sources = [by_id[name] for name in row.get("sources", ()) if name in by_id]
        if not row.get("uncertain"):
            continue
        if not sources:
            why = "judgement"
        elif not any(Rating.model_validate(c["rating"]).at_least("C3") for c in sources):
            why = "weak claims: none is C3 or better"
        elif len({origins[c["chain"][0]] for c in sources}) == 1:
            why = f"one root: {sources[0]['chain'][0]}"
        else:
            continue
        found.append(EvidenceGap(row["path"], None, why))
    return found
