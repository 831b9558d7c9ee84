"""What stands in the report: sentences and tables in one language, as plain values that the template sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twofront.analysis import Spread, deterrence_gap, health
from twofront.analysis.draws import correlations
from twofront.analysis.drivers import FEWEST
from twofront.report import structures
from twofront.report.reading import PARTS, Reading, band
from twofront.report.words import Words

SHOWN_DRIVERS = 12
NAMED_CLAIMS = 2  # for each proposition; the rest stands in the ledger
TONES = {
    "confirmed": "good",
    "confirmed-meaning": "good",
    "distorted": "bad",
    "unsupported": "bad",
    "not-found": "bad",
    "supported": "good",
    "contradicted": "bad",
}
DOUBTFUL = ("not-found", "distorted", "unsupported")
RISK = 0.05  # acceptance of a call below which the deterrence gap counts a world as safe


def contents(reading: Reading, text: Words) -> dict[str, Any]:
    """Everything that the template asks for, drawings aside."""
    m = reading.manifest
    claims = [_claim(c, text) for c in reading.claims]
    state = health(reading.run, "de" if text.lang == "de" else "en")
    judged = [q for q in reading.quantities if q.get("uncertain") and not q.get("sourced")]
    return {
        "title": reading.title,
        "facts": text(
            "head_facts",
            scenario=m["scenario_name"],
            start=m["start"],
            end=m["end"],
            worlds=text.number(m["worlds"]),
            seed=m["seed"],
        ),
        "inputs": inputs(reading, text),
        "headlines": _headlines(reading, text),
        "propositions": _propositions(reading, text),
        **_verdict(reading, text),
        **_unknown(reading, text),
        "policies": _policies(reading, text),
        "gap": _gap(reading, text),
        **_mechanism(reading, text),
        "drivers": _drivers(reading, text),
        "drivers_intro": text("drivers_intro") if reading.drivers else text("drivers_none", fewest=FEWEST),
        "world": [
            ("h_spending", ["spending"]),
            ("h_pledge", ["shares", "pledge"]),
            ("h_capital", ["forces"]),
            ("h_supply", ["supply", "network"]),
            ("h_practice", ["practice"]),
            ("h_odds", ["odds"]),
        ],
        "history": _history(reading, text),
        "evidence_intro": text(
            "evidence_intro",
            count=text.number(len(claims)),
            rated=text.number(sum(c["solid"] for c in claims)),
        ),
        "doubtful": [c for c in claims if c["code"] in DOUBTFUL],
        "claims": claims,
        "all_claims": text("all_claims", count=text.number(len(claims))),
        "judged": [_judged(q, text) for q in judged],
        "judged_title": text("h_judged", count=text.number(len(judged))),
        "checks": text(
            "checks",
            certificate=f"{state.certificate:.1e}",
            conservation=f"{state.conservation:.1e}",
            tail=f"{state.tail_move:.1e}",
            flagged=text.number(state.flagged),
            worlds=text.number(state.worlds),
        ),
        "mc_note": text("mc_note", replicates=m["draws"]["replicates"]) if "draws" in m else "",
        "together": [
            text(
                "together",
                first=pair.first,
                second=pair.second,
                wanted=text.number(pair.wanted, 2),
                found=text.number(pair.found, 2),
            )
            for pair in correlations(reading.run)
        ],
        "warnings": [*state.warnings, *map(str, m.get("warnings", []))],
        "command": f"twofront assess {m['scenario_name']} --worlds {m['worlds']} --seed {m['seed']}"
        + (f" --structure --structure-worlds {reading.structure.drawn}" if reading.structure else ""),
        "facts_table": _facts(m),
        "footer": text("footer", version=m["versions"].get("twofront", "–"), date=str(m["created"])[:10]),
    }


def inputs(reading: Reading, text: Words) -> str:
    """How many quantities there are, and what they rest on."""
    counts = reading.manifest["inputs"]
    keys = {"quantities": "quantities", "sourced": "sourced", "rated": "rated_c3", "judgement": "judgement"}
    return text("head_inputs", **{k: text.number(counts[v]) if v in counts else "–" for k, v in keys.items()})


def _sentence(text: Words, key: str, value: str, error: str = "", **given: Any) -> dict[str, str]:
    """A sentence that starts with its number, split so that the number and its error can be set apart."""
    whole = text(key, value=value, **given)
    return {"value": value, "error": error, "rest": whole.removeprefix(value)}


def _says(text: Words, key: str, spread: Any, **given: Any) -> dict[str, str]:
    error = text.error(spread.median_error) if isinstance(spread, Spread) else ""
    return _sentence(text, key, text.percent(spread.median), error, span=text.span(spread.low, spread.high), **given)


def _percent(text: Words, value: float) -> str:
    """A figure that already is in percent."""
    return text.percent(value / 100)


def _names(reading: Reading) -> dict[str, str]:
    link = reading.partnership
    return {"leader": reading.power(link["leader"]), "partner": reading.power(link["partner"])} if link else {}


def _headlines(reading: Reading, text: Words) -> list[dict[str, str]]:
    found, names, told = [], _names(reading), reading.argument
    if told:
        found += [_says(text, f"head_{k}", getattr(told, k), **names) for k in ("calls", "accepted", "unasked")]
    if reading.verdict:
        today, *_, both = (text.percent(c.accepted.median) for c in reading.verdict.cells)
        error = text.error(reading.verdict.cells[-1].accepted.median_error)
        on = structures.depends(reading, "verdict", "both")
        if on:
            found.append(_sentence(text, "head_depends", text("head_turns"), name=text("statement_both"), on=on))
        else:
            found.append(_sentence(text, "head_verdict", both, error, today=today))
    ends = reading.effects[:1] + reading.effects[-1:] if len(reading.effects) > 1 else reading.effects
    for key, e in zip(("head_best", "head_worst"), ends, strict=False):
        on = structures.depends(reading, "policy", e.policy)
        if on:
            name = reading.policy(e.policy)
            found.append(_sentence(text, "head_depends", text("head_turns"), name=name, on=on))
            continue
        found.append(
            _sentence(
                text,
                key,
                text.points(e.difference.mean),
                text.error(e.difference.mean_error),
                relative=_relative(reading, text, e.difference.mean),
                policy=reading.policy(e.policy),
                span=_points(text, e.difference),
                helps=text.percent(e.helps),
            )
        )
    return found or [_level(reading, text)]


def _relative(reading: Reading, text: Words, change: float) -> str:
    """A mean change against the level of today's course, with its sign."""
    share = reading.relative(change)
    return ("+" if share > 0 else "") + text.percent(share)


def _points(text: Words, spread: Spread) -> str:
    return f"{text.points(spread.low)} … {text.points(spread.high)}"


# --- the argument --------------------------------------------------------------------------------------------


def _propositions(reading: Reading, text: Words) -> list[dict[str, Any]]:
    names, told = _names(reading), reading.argument
    says: dict[str, dict[str, str] | None] = {}
    if told:
        shares = {"half": text.percent(told.half.median), "refused": text.percent(told.refused.median)}
        says["calls"] = _says(text, "says_calls", told.calls)
        says["accepted"] = _says(text, "says_accepted", told.accepted, **shares)
        says["unasked"] = _says(text, "says_unasked", told.unasked)
    says |= _world_says(reading, text, names)
    if reading.verdict:
        today, *_, both = (text.percent(c.accepted.median) for c in reading.verdict.cells)
        says["verdict"] = _sentence(text, "says_verdict", today, both=both)
    return [
        {"text": text(f"prop_{key}", **names), "claims": _stated(reading, text, key), "says": say}
        for key, say in says.items()
        if say
    ]


def _world_says(reading: Reading, text: Words, names: Mapping[str, str]) -> dict[str, dict[str, str] | None]:
    """What the model says of supply, practice, readiness, pledge and balance, where it has them."""
    years, end = set(reading.years.columns), int(reading.manifest["end"])
    link = reading.partnership or {}
    found: dict[str, dict[str, str] | None] = {}
    if names and "leverage" in years:
        b = reading.in_year("leverage", 2027)
        found["supply"] = _sentence(
            text,
            "says_supply",
            _percent(text, b.median),
            year=b.year,
            low=text.number(b.low, 1),
            high=text.number(b.high, 1),
            **names,
        )
    if "practice" in years:
        first, last = reading.in_year("practice", 0), reading.in_year("practice", end)
        found["practice"] = _sentence(
            text,
            "says_practice",
            text.percent(first.median),
            first=first.year,
            last=text.percent(last.median),
            year=last.year,
        )
    ready = f"ready.{link['leader_fronts'][0]}" if link.get("leader_fronts") else ""
    if ready in years:
        b = reading.in_year(ready, 2027)
        found["ready"] = _says(text, "says_ready", b, front=reading.front(link["leader_fronts"][0]), year=b.year)
    group = next((p for p in reading.powers if reading.members.get(p) and f"share.{p}" in years), None)
    if group and reading.labels.get("commitments"):
        b = reading.in_year(f"share.{group}", end)
        found["pledge"] = _sentence(
            text,
            "says_pledge",
            _percent(text, b.median),
            year=b.year,
            power=reading.power(group),
            low=text.number(b.low, 2),
            high=text.number(b.high, 2),
        )
    if group and names and _stated(reading, text, "balance"):
        ratios = [reading.ratio(f"{kind}.{link['partner']}", f"{kind}.{group}") for kind in ("spending", "effective")]
        market, military = (text.number(r, 2) for r in ratios)
        whole = text(
            "says_balance",
            market=market,
            military=military,
            power=reading.power(group),
            year=reading.manifest["start"],
        )
        cut = whole.index(market) + len(market)
        found["balance"] = {"value": whole[:cut], "error": "", "rest": whole[cut:]}
    return found


def _stated(reading: Reading, text: Words, key: str) -> list[dict[str, Any]]:
    found = [c for c in reading.claims if c.get("states") == key]
    return [_claim(c, text) for c in found[:NAMED_CLAIMS]]


def _verdict(reading: Reading, text: Words) -> dict[str, Any]:
    told = reading.verdict
    if told is None:
        return {"verdict": None, "verdict_intro": ""}
    cells = [
        {
            "name": text(f"cell_{c.policy}"),
            "called": text.percent(c.accepted.median),
            "called_error": text.error(c.accepted.median_error),
            "called_span": text.span(c.accepted.low, c.accepted.high),
            "silent": text.percent(c.unasked.median),
            "silent_error": text.error(c.unasked.median_error),
            "silent_span": text.span(c.unasked.low, c.unasked.high),
        }
        for c in told.cells
    ]
    judged = [
        {
            "text": text(f"statement_{j.statement}"),
            "code": text(f"code_{j.code}"),
            "tone": TONES.get(j.code, ""),
            "share": text.percent(j.share),
            "size": (text.percent if j.statement == "option" else text.points)(j.size.median),
        }
        for j in told.judged
    ]
    return {
        "verdict": {"cells": cells, "judged": judged},
        "verdict_intro": text("verdict_intro", **_names(reading)),
    }


# --- the answer ----------------------------------------------------------------------------------------------


def _unknown(reading: Reading, text: Words) -> dict[str, Any]:
    spread, chance = reading.shares()
    m = reading.manifest
    return {
        "unknown": {
            "value": text.percent(spread),
            "rest": text("unknown_shares", spread="", chance=text.percent(chance)),
        },
        "structures": ""
        if reading.structure
        else text("unknown_structures", concept=m["concept"], contest=m["contest"]),
        **structures.contents(reading, text),
    }


def _policies(reading: Reading, text: Words) -> list[dict[str, str]]:
    labels = reading.labels["policies"]
    return [
        {
            "name": reading.policy(e.policy),
            "about": _about(labels[e.policy], text.lang),
            "change": text.points(e.difference.mean),
            "error": text.error(e.difference.mean_error),
            "relative": _relative(reading, text, e.difference.mean),
            "span": _points(text, e.difference),
            "helps": text.percent(e.helps),
            "helps_error": text.error(e.helps_error),
            "order": text("separable" if e.separable else "not_separable"),
        }
        for e in reading.effects
    ]


def _gap(reading: Reading, text: Words) -> dict[str, Any] | None:
    """What more spending by the partner's host would buy: one row a rung, and the rise that reaches the chosen risk."""
    found = deterrence_gap(reading.run, risk=RISK)
    if found is None or found.state == "no ladder":
        return None
    risk, share = text.percent(found.risk), text.percent(found.share)
    reached = text.number(found.rise) if found.rise is not None else "–"
    power = reading.labels["powers"].get(found.power or "", {}).get(text.lang, "–")
    key = {"met today": "gap_met", "reached": "gap_reached"}.get(found.state, "gap_beyond")
    return {
        "sentence": text(key, risk=risk, share=share, rise=reached, power=power),
        "share_title": text("col_gap_share", risk=risk),
        "rows": [
            {
                "rise": text.number(rung.rise) if rung.rise else text("gap_today"),
                "accepted": text.percent(rung.accepted.median),
                "span": text.span(rung.accepted.low, rung.accepted.high),
                "share": text.percent(rung.share),
            }
            for rung in found.rungs
        ],
    }


def _about(label: Mapping[str, Any], lang: str) -> str:
    return str(label.get(f"about_{lang}") or label.get("about") or "")


def _mechanism(reading: Reading, text: Words) -> dict[str, Any]:
    tree = reading.tree or {"year": "", "world": ""}
    parts = None
    if all(reading.has(p) for p in PARTS) and len(reading.fronts) > 1:
        shown = {p: text.percent(float(reading.values(p).mean())) for p in PARTS}
        whole = text("parts_intro", **shown)
        parts = {"value": shown["coordinated"], "rest": whole.removeprefix(shown["coordinated"])}
    return {
        "tree_title": text("h_tree", year=tree["year"]),
        "tree_caption": text("fig_tree", year=tree["year"], world=tree["world"]),
        "parts": parts,
        "level": _level(reading, text),
    }


def _level(reading: Reading, text: Words) -> dict[str, str]:
    level = reading.headline
    return _says(
        text,
        "level_intro",
        level.level,
        end=level.end,
        above=f"{text.percent(level.above)} {text.error(level.above_error)}".rstrip(),
        errors=text.percent(level.error_share.median),
    )


def _drivers(reading: Reading, text: Words) -> list[dict[str, str]]:
    known = {str(q["path"]): q for q in reading.quantities}
    return [
        {
            "path": d.path,
            "explains": text.percent(d.measure),
            "range": _range(known.get(d.path, {}), text),
            "kind": text("sourced" if d.sourced else "judgement"),
            "tone": "good" if d.sourced else "",
            "basis": _basis(known.get(d.path, {})),
        }
        for d in reading.drivers[:SHOWN_DRIVERS]
    ]


def _basis(quantity: Mapping[str, Any]) -> str:
    if quantity.get("sourced"):
        return ", ".join(map(str, quantity.get("sources", []))) + f" ({quantity.get('rating') or '–'})"
    return str(quantity.get("judgement") or "")


def _range(quantity: Mapping[str, Any], text: Words) -> str:
    values = [quantity.get(k) for k in ("low", "central", "high")]
    shown = " · ".join(_plain(v, text) for v in values)
    unit = str(quantity.get("unit") or "")
    return shown + (f" {unit}" if unit not in ("", "1") else "")


def _plain(value: Any, text: Words) -> str:
    """A figure with about three digits that count."""
    if not isinstance(value, int | float):
        return "–"
    size = abs(float(value))
    if 1900 <= size <= 2200 and float(value).is_integer():
        return f"{value:.0f}"  # a year
    shown = f"{float(value):.3g}"
    digits = len(shown.split(".")[1]) if "." in shown and "e" not in shown else 0
    return shown if "e-" in shown else text.number(float(shown), digits)


def _judged(quantity: Mapping[str, Any], text: Words) -> dict[str, str]:
    return {
        "path": str(quantity["path"]),
        "range": _range(quantity, text),
        "reason": str(quantity.get("judgement") or ""),
    }


# --- evidence ------------------------------------------------------------------------------------------------


def _claim(claim: Mapping[str, Any], text: Words) -> dict[str, Any]:
    rating, code = _rating(claim), str(claim.get("audit") or "not-checked")
    own = claim.get("text_de") if text.lang == "de" else None
    key = f"audit_{code}"
    return {
        "id": str(claim["id"]),
        "text": str(own or claim.get("text") or ""),
        "by": ", ".join(str(claim[k]) for k in ("speaker", "outlet", "date") if claim.get(k)),
        "chain": " → ".join(map(str, claim.get("chain") or ())),
        "rating": rating,
        "solid": len(rating) == 2 and rating[0] in "ABC" and rating[1] in "123",
        "code": code,
        "audit": text(key) if key in text else code,
        "tone": TONES.get(code, ""),
        "note": str(claim.get("audit_note") or ""),
        "echo": text("echo_of", claim=claim["echo_of"]) if claim.get("echo_of") else "",
    }


def _rating(claim: Mapping[str, Any]) -> str:
    given = claim.get("rating")
    return f"{given.get('source')}{given.get('credibility')}" if isinstance(given, Mapping) else str(given or "–")


def _history(reading: Reading, text: Words) -> list[dict[str, Any]]:
    rows = []
    for claim in reading.claims:
        if claim.get("compare"):
            figures = [_figure(f, text) for f in claim.get("figures") or ()]
            nearest = _nearest(reading, text, str(claim["compare"]))
            rows.append(_claim(claim, text) | {"figures": figures or ["–"], "nearest": nearest})
    return rows


def _figure(figure: Mapping[str, Any], text: Words) -> str:
    if figure.get("value") is not None:
        number = _plain(figure["value"], text)
    else:
        number = f"{_plain(figure.get('low'), text)}–{_plain(figure.get('high'), text)}"
    unit = str(figure.get("unit") or "")
    about = ", ".join(str(figure[k]) for k in ("what", "period") if figure.get(k))
    return f"{number}{' ' + unit if unit not in ('', '1') else ''}{f' ({about})' if about else ''}"


def _nearest(reading: Reading, text: Words, column: str) -> str:
    """The outcome that an outside figure is set beside, with its name."""
    if not reading.has(column):
        return text("near_none")
    b = band(reading.values(column))
    kind, *names = column.split(".")
    given = {"front": reading.front(names[-1])} if names else {}
    given |= {"power": reading.power(names[0])} if len(names) > 1 else {}
    label = text(f"near_{kind}", end=reading.manifest["end"], **given)
    return f"{text.percent(b.median)}; {text.span(b.low, b.high)}: {label}"


def _facts(m: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    names = (
        "scenario_name",
        "scenario_hash",
        "seed",
        "worlds",
        "start",
        "end",
        "tail",
        "tile",
        "precision",
        "concept",
        "contest",
        "created",
        "seconds",
        "worlds_per_second",
        "compile_seconds",
        "checksum",
    )
    shown = [(name, _fact(m[name])) for name in names if name in m]
    structure = [(f"structure.{k}", _fact(v)) for k, v in dict(m.get("structure", {})).items()]
    return [*shown, *structure, *((f"version {k}", str(v)) for k, v in dict(m["versions"]).items())]


def _fact(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
