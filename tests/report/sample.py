"""A made-up run folder with the columns of a real one, so that the report can be tried without the model."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

POWERS = {
    "china": ("China", "China", 18744.0, 4.2, 1.7, 1.7, True),
    "russia": ("Russia", "Russland", 2174.0, 1.2, 6.9, 2.2, True),
    "usa": ("United States", "Vereinigte Staaten", 29185.0, 2.0, 3.2, 1.0, True),
    "europe": ("NATO Europe and Canada", "NATO-Europa und Kanada", 25600.0, 1.4, 2.2, 1.15, True),
    "taiwan": ("Taiwan", "Taiwan", 782.0, 2.6, 2.5, 1.6, False),
}
FRONTS: dict[str, Any] = {
    "strait": {
        "en": "Taiwan Strait",
        "de": "Taiwanstraße",
        "challenger": "china",
        "host": "taiwan",
        "options": {
            "blockade": {"en": "blockade", "de": "Blockade"},
            "invasion": {"en": "invasion", "de": "Invasion"},
        },
    },
    "flank": {
        "en": "NATO's eastern flank",
        "de": "Ostflanke der NATO",
        "challenger": "russia",
        "host": "europe",
        "options": {
            "incursion": {"en": "incursion", "de": "Vorstoß"},
            "offensive": {"en": "offensive", "de": "Offensive"},
        },
    },
}
POLICIES = {
    "baseline": ("Today's course", "Kurs von heute", "baseline", 0.0),
    "pledge_kept": ("Pledge kept", "Zusage gehalten", "policy", -0.25),
    "stalled": ("Pledge stalled at 2025", "Zusage bleibt auf Stand 2025", "policy", 0.3),
    "front_loaded": ("Pledge front-loaded", "Zusage vorgezogen", "policy", -0.4),
    "back_loaded": ("Pledge back-loaded after 2029", "Zusage nach 2029 verschoben", "policy", 0.18),
    "pacific_first": ("Pacific first", "Pazifik zuerst", "policy", 0.35),
    "pacific_replaced": ("Pacific first, replaced", "Pazifik zuerst, ersetzt", "policy", 0.02),
    "transit": ("Chip transit enforced", "Chip-Transit kontrolliert", "policy", -0.12),
    "warning": ("Better warning", "Bessere Warnung", "policy", -0.05),
    "verdict-integration": ("Operational integration", "Operative Integration", "condition", 0.25),
    "verdict-obligation": ("Mutual obligation", "Beistandspflicht", "condition", 0.55),
    "verdict-both": ("Integration and obligation", "Integration und Beistandspflicht", "condition", 0.85),
}
YEARS = range(2025, 2036)


VARIANTS = {"seen": ("everybody sees the call", "alle sehen den Ruf"), "types": ("no types", "keine Typen")}


def write_with_variants(folder: Path, *, worlds: int = 512) -> Path:
    """The same with a run for each of two structures; in "types" every policy but the baseline is mirrored."""
    write_sample(folder, worlds=worlds)
    for name in VARIANTS:
        write_sample(folder / "structure" / name, worlds=worlds)
    base = pd.read_parquet(folder / "worlds" / "baseline.parquet")["two_fronts"]
    variant = folder / "structure" / "types"
    for policy in [p for p in POLICIES if p != "baseline"]:
        path = variant / "worlds" / f"{policy}.parquet"
        frame = pd.read_parquet(path)
        frame["two_fronts"] = 2 * base - frame["two_fronts"]
        frame.to_parquet(path, index=False)
    for place in (folder, variant):
        manifest = _manifest(place, worlds, True, "")
        manifest["files"] = {k: v for k, v in manifest["files"].items() if not k.startswith("structure/")}
        manifest["labels"]["variants"] = {k: {"en": en, "de": de} for k, (en, de) in VARIANTS.items()}
        (place / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def write_sample(folder: Path, *, worlds: int = 512, partnership: bool = True, evil: str = "") -> Path:
    """Writes a run folder of `worlds` made-up worlds; `evil` is put into every text a scenario can carry."""
    rng = np.random.default_rng(7)
    folder.mkdir(parents=True, exist_ok=True)
    u = rng.normal(size=(6, worlds))
    for name, (_, _, _, push) in POLICIES.items():
        if partnership or not name.startswith("verdict"):
            _write_policy(folder, name, push, u, partnership)
    draws = pd.DataFrame({"world": np.arange(worlds, dtype="int32")})
    for row, quantity in zip(u, _quantities(evil), strict=False):
        draws[quantity["path"]] = row.astype("float32")
    draws.to_parquet(folder / "draws.parquet")
    _json(folder / "quantities.json", _quantities(evil))
    _json(folder / "claims.json", _claims(evil))
    _json(folder / "members.json", _members())
    _json(folder / "tree.json", sample_tree(partnership))
    _json(folder / "columns.json", [])
    scenario = folder / "scenario"
    scenario.mkdir(exist_ok=True)
    (scenario / "scenario.toml").write_text('title = "sample"\n', encoding="utf-8")
    _json(folder / "manifest.json", _manifest(folder, worlds, partnership, evil))
    return folder


def _json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _write_policy(folder: Path, policy: str, push: float, u: Any, partnership: bool) -> None:
    n = u.shape[1]
    years = np.array(list(YEARS))
    risk = _sigmoid(-5.2 + 0.7 * u[0])[:, None] * np.exp(-(((years - 2029.5) / 4.0) ** 2))[None, :]
    accepted = _sigmoid(-0.6 + push + 0.9 * u[1] + 0.4 * u[2])
    unasked = _sigmoid(-2.3 + 0.5 * push + 0.8 * u[1])
    calls = _sigmoid(1.0 + 0.8 * u[3] + 0.2 * push)
    second = calls * accepted + (1 - calls) * unasked if partnership else unasked
    two = risk * second[:, None] * 6
    coincident, opportunistic = 0.15 + 0.02 * u[4], 0.35 + 0.05 * u[5]
    total = two.sum(1)
    w: dict[str, Any] = {"policy": policy, "world": np.arange(n, dtype="int32"), "two_fronts": total}
    w |= {"coincident": total * coincident, "opportunistic": total * opportunistic, "deterred": total * 0.01}
    w["opened.strait"] = np.minimum(risk.sum(1) * 6, 0.95)
    w["opened.flank"] = np.minimum(0.3 * risk.sum(1) * 6 + total, 0.95)
    w |= {"first.strait": total * 0.8, "first.flank": total * 0.2}
    if partnership:
        w["coordinated"] = total * (1 - coincident - opportunistic)
        half = 0.4 * (1 - accepted)
        w |= {"calls": calls, "accepted": accepted, "half": half, "refused": 1 - accepted - half}
        w |= {"unasked": unasked, "unasked_half": 0.3 * (1 - unasked)}
    w |= {"error_share": _sigmoid(-0.5 + 0.4 * u[4]), "escalation": total * 0.12}
    w |= {"win.strait": _sigmoid(-0.4 + u[4]), "win.flank": _sigmoid(-0.9 + u[5])}
    w |= {"enters.usa.strait": _sigmoid(1.2 + u[2]), "enters.europe.flank": _sigmoid(2.5 + u[2])}
    for i, power in enumerate(POWERS):
        w[f"value.{power}"] = -(1 + i) * total * 3
    w |= {"tail_move": np.full(n, 1e-4), "certificate": np.full(n, 3e-7), "conservation": np.full(n, 2e-7)}
    w |= {"ties": np.zeros(n), "flagged": np.arange(n) % 171 == 170}
    _frame(folder / "worlds" / f"{policy}.parquet", w)
    _frame(folder / "years" / f"{policy}.parquet", _years(policy, push, u, years, risk, two, partnership))


def _years(policy: str, push: float, u: Any, years: Any, risk: Any, two: Any, partnership: bool) -> dict[str, Any]:
    n, t = u.shape[1], len(years)
    step = np.arange(t)[None, :]
    y: dict[str, Any] = {"policy": policy, "world": np.repeat(np.arange(n, dtype="int32"), t)}
    y["year"] = np.tile(years.astype("int16"), n)
    y["two_fronts"] = two.ravel()
    y["opened.strait"] = (risk * 6).ravel()
    y["opened.flank"] = (risk * 2).ravel()
    y["open.strait"] = (risk * 8).ravel()
    y["open.flank"] = (risk * 3).ravel()
    if partnership:
        y["calls"] = _sigmoid(1.0 + 0.8 * u[3][:, None] - 0.03 * step).ravel()
        y["accepted"] = _sigmoid(-0.6 + push + 0.9 * u[1][:, None] - 0.05 * step).ravel()
        y["unasked"] = _sigmoid(-2.3 + 0.5 * push + 0.8 * u[1][:, None] - 0.04 * step).ravel()
        y["leverage"] = (2.0 + 0.2 * step + 0.6 * u[3][:, None]).clip(0).ravel()
        y["practice"] = (0.2 + 0.02 * step + 0.04 * u[4][:, None]).ravel()
        y["leak"] = (0.3 - 0.01 * step + 0.05 * u[4][:, None]).ravel()
    for power, (_, _, gdp, growth, share, ppp, _) in POWERS.items():
        g = gdp * (1 + growth / 100 + 0.003 * u[5][:, None]) ** step
        s = share + np.zeros_like(g)
        if power == "europe":
            s = share + (3.5 - share) * step / 10 * np.clip(0.7 + push * -0.5 + 0.1 * u[0][:, None], 0, 1)
        y[f"gdp.{power}"] = g.ravel()
        y[f"share.{power}"] = s.ravel()
        y[f"spending.{power}"] = (s / 100 * g).ravel()
        y[f"effective.{power}"] = (s / 100 * g * ppp * (1 + 0.08 * u[4][:, None])).ravel()
        y[f"related.{power}"] = (0.005 * g * step / 10 if power == "europe" else 0 * g).ravel()
        y[f"capital.{power}"] = (s / 100 * g * ppp * 2.8).ravel()
        y[f"force.{power}"] = (s / 100 * g * ppp * (1.6 if power == "russia" else 2.8)).ravel()
    y["supply.russia"] = (0.9 + 0.02 * u[2][:, None] - 0.01 * step).ravel()
    y["ready.strait"] = _sigmoid((step + 2025 - 2027 - 0.6 * u[1][:, None]) / 1.2).ravel()
    y["ready.flank"] = np.ones(n * t)
    for front, options in (("strait", ("blockade", "invasion")), ("flank", ("incursion", "offensive"))):
        for k, option in enumerate(options):
            y[f"odds.{front}.{option}"] = _sigmoid(0.2 - 0.5 * k + 0.7 * u[5][:, None] + 0.02 * step).ravel()
    return y


def _frame(path: Path, columns: dict[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    frame = pd.DataFrame(columns)
    floats = frame.select_dtypes("float64").columns
    frame = frame.astype(dict.fromkeys(floats, "float32")).astype({"policy": "category"})
    frame.to_parquet(path)


def _quantities(evil: str) -> list[dict[str, Any]]:
    rows = [
        ("fronts.strait.opening_rate", "1/yr", None, f"no published rate {evil}", 0.005, 0.02, 0.06),
        ("fronts.flank.called_rate", "1/yr", None, "no published rate", 0.1, 0.4, 0.9),
        ("commitments.hague.compliance", "1", "C3", None, 0.4, 0.7, 0.95),
        ("partnership.leverage.credibility", "1", None, "nobody has measured it", 0.05, 0.15, 0.4),
        ("practice.level", "1", "B2", None, 0.1, 0.2, 0.35),
        ("powers.russia.military_ppp", "1", "B2", None, 1.8, 2.2, 2.8),
    ]
    return [
        {
            "path": path,
            "unit": unit,
            "form": "pert",
            "uncertain": True,
            "sourced": rating is not None,
            "rating": rating,
            "sources": ["hague-declaration-2025"] if rating else [],
            "judgement": judgement,
            "low": low,
            "central": mid,
            "high": high,
        }
        for path, unit, rating, judgement, low, mid, high in rows
    ]


def _claim(identity: str, text: str, audit: str, evil: str, **more: Any) -> dict[str, Any]:
    base = {
        "id": identity,
        "text": text + evil,
        "text_de": text + evil,
        "speaker": "Mark Rutte" + evil,
        "role": None,
        "outlet": "New York Times",
        "date": "2025-07-05",
        "chain": ["Rutte", "New York Times", "article" + evil],
        "rating": {"source": "C", "credibility": 3},
        "audit": audit,
        "audit_note": "Wording checked in a public copy." + evil,
        "reference": "https://example.org/" + evil,
        "figures": [],
        "echo_of": None,
        "corroborated_by": [],
        "seen": "secondary",
    }
    return base | more


def _claims(evil: str) -> list[dict[str, Any]]:
    share = {
        "what": "share of experts" + evil,
        "value": 40.5,
        "low": None,
        "high": None,
        "unit": "%",
        "period": "by 2035",
    }
    kept = {"what": None, "value": None, "low": 0.67, "high": 0.75, "unit": "1", "period": "1816-1944"}
    return [
        _claim("article-c02", "If Xi attacks Taiwan he first calls his partner.", "distorted", evil, states="calls"),
        _claim("article-c17", "The budget exceeds that of all Europe.", "distorted", evil, states="balance"),
        _claim(
            "hague-declaration-2025", "3.5 % core and up to 1.5 % related by 2035.", "confirmed", evil, states="pledge"
        ),
        _claim("article-c37", "Integration and obligation are missing.", "not-found", evil, states="verdict"),
        _claim(
            "atlantic-council-2025-world-war",
            "Experts who expect a world war.",
            "confirmed",
            evil,
            figures=[share],
            compare="two_fronts",
        ),
        _claim(
            "leeds-2000-reliability",
            "Alliance commitments honoured in war.",
            "confirmed",
            evil,
            figures=[kept],
            compare="accepted",
        ),
    ]


def _members() -> dict[str, list[dict[str, Any]]]:
    rows = [
        ("Poland", "Polen", "POL", 980.0, 4.48, 4.8),
        ("Germany", "Deutschland", "DEU", 4700.0, 2.4, 3.5),
        ("France", "Frankreich", "FRA", 3200.0, 2.05, 3.5),
        ("United Kingdom", "Vereinigtes Königreich", "GBR", 3800.0, 2.4, 3.5),
        ("Spain", "Spanien", "ESP", 1800.0, 2.0, 2.1),
        ("Italy", "Italien", "ITA", 2400.0, 2.0, 3.5),
    ]
    keys = ("name", "name_de", "code", "gdp", "share", "target")
    return {"europe": [dict(zip(keys, row, strict=True)) | {"growth": 1.3, "source": ["nato-2025"]} for row in rows]}


def sample_tree(partnership: bool = True) -> dict[str, Any]:
    """A year of four stages: Strait, call, flank, American posture."""
    stages = [("strait", "china"), ("call", "china"), ("flank", "russia"), ("usa", "usa")]
    if not partnership:
        stages = [s for s in stages if s[0] != "call"]
    nodes: list[dict[str, Any]] = []
    chances = {
        "strait": {"hold": 0.93, "demonstrate": 0.04, "blockade": 0.018, "invasion": 0.012},
        "call": {"silent": 0.27, "call": 0.73},
        "flank": {"hold": 0.5, "demonstrate": 0.25, "incursion": 0.19, "offensive": 0.06},
        "usa": {"pacific": 0.7, "balanced": 0.2, "out": 0.1},
    }

    def grow(
        parent: int | None, move: str | None, depth: int, reach: float, status: dict[str, str], open_: bool
    ) -> None:
        stages_left = [s for s in stages[depth:] if open_ or s[0] not in ("call", "usa")]
        here = len(nodes)
        node: dict[str, Any] = {
            "id": here,
            "parent": parent,
            "move": move,
            "reach": reach,
            "status": dict(status),
        }
        nodes.append(node)
        if not stages_left:
            node |= {"stage": None, "mover": None, "moves": [], "payoffs": dict.fromkeys(POWERS, -1.0)}
            return
        stage, mover = stages_left[0]
        odds = chances[stage]
        node |= {"stage": stage, "mover": mover, "payoffs": {}}
        node["moves"] = [
            {"move": m, "probability": p, "weight": 1 / len(odds), "value_mover": -i * 0.4, "best": i == 0}
            for i, (m, p) in enumerate(odds.items())
        ]
        for m, p in odds.items():
            new = status | {stage: m} if stage in FRONTS and m not in ("hold", "demonstrate") else status
            opened = open_ or (stage in FRONTS and m not in ("hold", "demonstrate"))
            grow(here, m, stages.index((stage, mover)) + 1, reach * p, new, opened)

    grow(None, None, 0, 1.0, {"strait": "quiet", "flank": "quiet"}, False)
    listed = [{"name": s, "mover": m} for s, m in stages]
    return {"year": 2027, "world": 12, "policy": "baseline", "stages": listed, "nodes": nodes}


def _manifest(folder: Path, worlds: int, partnership: bool, evil: str) -> dict[str, Any]:
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "manifest.json":
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()
            files[path.relative_to(folder).as_posix()] = {
                "sha256": digest,
                "rows": None,
                "bytes": len(content),
            }
    powers = {
        p: {"en": en + evil, "de": de + evil, "nuclear": nuclear, "group": p == "europe"}
        for p, (en, de, _, _, _, _, nuclear) in POWERS.items()
    }
    policies = {
        p: {"en": en + evil, "de": de + evil, "about": "Made up for a test." + evil, "role": role}
        for p, (en, de, role, _) in POLICIES.items()
        if partnership or not p.startswith("verdict")
    }
    link = {"leader": "china", "partner": "russia", "leader_fronts": ["strait"], "partner_front": "flank"}
    pledge = {"en": "Hague pledge", "de": "Zusage von Den Haag", "core": 3.5, "by": 2035, "review": 2029}
    return {
        "format": 1,
        "title": "Two fronts" + evil,
        "title_de": "Zwei Fronten" + evil,
        "scenario_name": "two-fronts" + evil,
        "scenario_hash": "sha256:" + "0123456789abcdef" * 4,
        "seed": 0,
        "draws": {"kind": "sobol", "replicates": 16},
        "worlds": worlds,
        "start": 2025,
        "end": 2035,
        "tail": 40,
        "tile": 128,
        "precision": "float32",
        "concept": "logit",
        "contest": "ratio",
        "versions": {
            "python": "3.11.9",
            "twofront": "0.1.0",
            "jax": "0.10",
            "numpy": "2.3",
            "platform": "test",
        },
        "created": "2025-11-01T12:00:00+00:00",
        "seconds": 2.1,
        "worlds_per_second": 4100.0,
        "compile_seconds": 9.0,
        "state": "complete",
        "files": files,
        "labels": {
            "powers": powers,
            "fronts": FRONTS,
            "policies": policies,
            "partnership": link if partnership else None,
            "commitments": {"hague": pledge},
            "engagements": {"ukraine": {"en": "War in Ukraine", "de": "Krieg in der Ukraine"}},
        },
        "inputs": {"quantities": 212, "uncertain": 68, "sourced": 131, "rated_c3": 118, "judgement": 81},
        "structure": {
            "states": 16,
            "rows": 840,
            "nodes": 300,
            "edges": 900,
            "stages": ["strait", "call", "flank", "usa"],
        },
        "warnings": ["A made-up warning." + evil] if evil else [],
    }
