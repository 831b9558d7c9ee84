"""What a run folder remembers of its scenario, so that analysis and report never need to open it."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import twofront
from twofront.scenario import Loaded, Policy


def manifest(
    loaded: Loaded, chosen: Sequence[Policy], count: int, seed: int, seconds: float, compiled: float
) -> dict[str, Any]:
    from twofront.ensemble import sweep
    from twofront.game.build import layout
    from twofront.scenario.checks import coverage

    scenario = loaded.scenario
    return {
        "format": 1,
        "title": scenario.title,
        "title_de": scenario.title_de or scenario.title,
        "scenario_name": loaded.folder.name,
        "scenario_hash": loaded.hash,
        "seed": seed,
        "worlds": count,
        "start": scenario.start,
        "end": scenario.end,
        "tail": scenario.tail,
        "tile": sweep.TILE,
        "precision": sweep.precision().__name__,
        "concept": scenario.concept,
        "contest": scenario.contest,
        "order": list(scenario.order),
        "variant": loaded.variant,
        "versions": {
            "twofront": twofront.__version__,
            "python": platform.python_version(),
            "platform": f"{platform.system()} {platform.machine()}",
            **{name: version(name) for name in ("jax", "numpy", "scipy", "pyarrow")},
        },
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": seconds,
        "compile_seconds": compiled,
        "worlds_per_second": count * len(chosen) / seconds if seconds > 0 else 0.0,
        "labels": _labels(loaded, chosen),
        "inputs": coverage(loaded).counts(),
        "editions": data_used(loaded),
        "structure": layout(scenario).size,
        "warnings": [str(finding) for finding in loaded.findings],
    }


def quantities(loaded: Loaded) -> list[dict[str, Any]]:
    """Every figure with unit, form, source, rating and range, for reports that must not open the scenario."""
    import numpy as np

    from twofront.scenario.quantity import scalars

    ranks = np.array([0.05, 0.5, 0.95])
    rows = []
    for path, scalar in scalars(loaded).items():
        figure = scalar.quantity
        sources = figure.source
        low, central, high = (float(x) for x in figure.ppf(ranks))
        rows.append(
            {
                "path": path,
                "unit": scalar.kind.unit,
                "form": figure.form,
                "uncertain": figure.uncertain,
                "sourced": figure.sourced,
                "rating": _best_rating(loaded, sources),
                "sources": list(sources),
                "judgement": figure.judgement,
                "low": low,
                "central": central,
                "high": high,
            }
        )
    return rows


def _best_rating(loaded: Loaded, sources: Sequence[str]) -> str | None:
    """The best Admiralty rating among claims, the source's letter before the credibility; None without claims."""
    ratings = [loaded.ledger.claims[name].rating for name in sources if name in loaded.ledger.claims]
    return min((f"{rating.source}{rating.credibility}" for rating in ratings), default=None)


def plain(member: Any) -> dict[str, Any]:
    return asdict(member) if is_dataclass(member) and not isinstance(member, type) else dict(member)


def data_used(loaded: Loaded) -> list[dict[str, str]]:
    """The editions of published data at a run: that of the package's past spending, the scenario's, and those added."""
    from twofront import reference

    known = reference.sources()["sipri-milex-2026"]
    used = [{"publisher": known.publisher, "edition": known.edition, "date": known.published, "hash": ""}]
    if loaded.past:
        used.append({"publisher": "scenario", "edition": "past_spending.csv", "date": "", "hash": loaded.hash})
    added = [
        {"publisher": e.publisher, "edition": e.edition, "date": e.date, "hash": e.hash} for e in reference.editions()
    ]
    return used + added


def _labels(loaded: Loaded, chosen: Sequence[Policy]) -> dict[str, Any]:
    """Names in both languages, so that analysis and report need no scenario."""
    scenario = loaded.scenario

    def both(record: Any) -> dict[str, str]:
        return {"en": record.name, "de": record.name_de or record.name}

    pact = scenario.partnership
    return {
        "powers": {
            k: both(p) | {"nuclear": p.nuclear, "group": p.members is not None} for k, p in scenario.powers.items()
        },
        "fronts": {
            k: both(f)
            | {
                "challenger": f.challenger,
                "host": f.host,
                "options": {o: both(x) for o, x in f.options.items()},
            }
            for k, f in scenario.fronts.items()
        },
        "policies": {
            p.name: {"en": p.title, "de": p.title_de or p.title, "about": p.about, "role": p.role} for p in chosen
        },
        "partnership": {
            "leader": pact.leader,
            "partner": pact.partner,
            "leader_fronts": [k for k, f in scenario.fronts.items() if f.challenger == pact.leader],
            "partner_front": next(k for k, f in scenario.fronts.items() if f.challenger == pact.partner),
        }
        if pact
        else None,
        "commitments": {
            k: both(c) | {"by": c.by, "start": c.start, "review": c.review, "powers": list(c.powers)}
            for k, c in scenario.commitments.items()
        },
        "variants": {k: both(v) for k, v in scenario.structure.items()},
        "engagements": {k: both(e) | {"power": e.power, "began": e.began} for k, e in scenario.engagements.items()},
    }


def years(loaded: Loaded) -> range:
    return range(loaded.scenario.start, loaded.scenario.end + 1)
