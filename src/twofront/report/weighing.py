"""What evidence changed in a run, as text, JSON and page: before and after, and which conclusion hangs on what."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from twofront.analysis.observing import Unmapped
from twofront.analysis.weighing import HINDCAST, Weighing
from twofront.report.html import page

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "What does it change?",
        "head": "{worlds} worlds, {effective:.0f} effective (half the error {half:.0f}, twice {twice:.0f}); "
        "{out} ruled out",
        "nothing": "Nothing here moves the run: no claim is an observation that counts.",
        "mean": "mean over worlds", "before": "before", "after": "after", "half": "error x½", "twice": "error x2",
        "conclusion": "conclusion", "driver": "driver (share of rank variance)", "evidence": "evidence",
        "moves": "moves {name} by", "falls": "if it is false, these fall", "none": "no conclusion hangs on it",
        "used": "used", "used_line": "{claim} on {path}{year}: {value:g}, error {sd:.3g}",
        "still": "moves nothing", "still_line": "{claim} on {path}: {why}",
        "unmapped": "figures that say nothing about this run", "unmapped_line": "{claim}, “{words}”: {why}",
        "hint": "To let such a claim count: twofront ledger rate LEDGER ID B2 --why REASON, then weigh that ledger.",
        "supported": "supported", "contradicted": "contradicted", "depends": "depends on the world",
        "above": "{name} above 10 % (share of worlds)", "effect": "effect of {name}", "opened": "{name} opened",
        "verdict": "verdict: {name}", "two_fronts": "two fronts", "calls": "calls when it attacks",
        "accepted": "a call is followed", "unasked": "opens a front unasked", "escalation": "escalation",
        "error_share": "openings that are no best reply", "level above 10 %": "level above 10 %",
        "option": "a real option", "integration": "integration is missing", "obligation": "obligation is missing",
        "both": "both together", HINDCAST: "the quiet of 2015 to 2024",
    },
    "de": {
        "title": "Was ändert sich dadurch?",
        "head": "{worlds} Welten, {effective:.0f} wirksam (halber Fehler {half:.0f}, doppelter {twice:.0f}); "
        "{out} ausgeschlossen",
        "nothing": "Nichts davon bewegt den Lauf: Keine Behauptung ist eine Beobachtung, die zählt.",
        "mean": "Mittel über Welten", "before": "vorher", "after": "nachher", "half": "Fehler x½", "twice": "Fehler x2",
        "conclusion": "Schluss", "driver": "Treiber (Anteil der Rangvarianz)", "evidence": "Beleg",
        "moves": "bewegt {name} um", "falls": "ist er falsch, fällt", "none": "kein Schluss hängt daran",
        "used": "verwendet", "used_line": "{claim} zu {path}{year}: {value:g}, Fehler {sd:.3g}",
        "still": "bewegt nichts", "still_line": "{claim} zu {path}: {why}",
        "unmapped": "Zahlen, die nichts über diesen Lauf sagen", "unmapped_line": "{claim}, „{words}“: {why}",
        "hint": "Damit eine solche Behauptung zählt: twofront ledger rate LEDGER ID B2 --why GRUND, dann ledger weigh.",
        "supported": "gestützt", "contradicted": "widersprochen", "depends": "hängt von der Welt ab",
        "above": "{name} über 10 % (Anteil der Welten)", "effect": "Wirkung von {name}", "opened": "{name} eröffnet",
        "verdict": "Urteil: {name}", "two_fronts": "zwei Fronten", "calls": "ruft an, wenn er angreift",
        "accepted": "dem Anruf wird gefolgt", "unasked": "eröffnet ungefragt", "escalation": "Eskalation",
        "error_share": "Eröffnungen ohne beste Antwort", "level above 10 %": "Höhe über 10 %",
        "option": "eine echte Option", "integration": "Integration fehlt", "obligation": "Verpflichtung fehlt",
        "both": "beides zusammen", HINDCAST: "die Ruhe von 2015 bis 2024",
    },
}  # fmt: skip
_GERMAN_WHY = (
    (r"already in the scenario", "steht schon im Szenario"),
    (r"cannot be judged \((.*?)\)", r"nicht zu beurteilen (\1)"),
    (r"same root as (\S+): counts once", r"gleiche Wurzel wie \1: zählt einmal"),
    (r"a survey: compared only \(--constrain uses it\)", "eine Umfrage: nur verglichen (--constrain verwendet sie)"),
    (r"; it says (\S+), the worlds' mean is (\S+)", r"; sie sagt \1, das Mittel der Welten ist \2"),
    (r"about no single state of the scenario", "über keinen einzelnen Staat des Szenarios"),
    (r"no single year is given", "kein einzelnes Jahr genannt"),
    (r"its year (\d+) lies outside the run", r"ihr Jahr \1 liegt außerhalb des Laufs"),
    (r"no rule leads from its quantity, unit and price basis to a modelled one",
     "keine Regel führt von Größe, Einheit und Preisbasis zu einer Größe des Modells"),
    (r"the run holds no (\S+)", r"der Lauf enthält \1 nicht"),
)  # fmt: skip


def weighing_text(
    found: Weighing, labels: Mapping[str, Any], lang: str = "en", unmapped: Sequence[Unmapped] = ()
) -> str:
    """The answer of a weighing as text. labels: the run's names, as in its manifest."""
    view = weighing_view(found, labels, lang, unmapped)
    w = view["w"]
    rows = [view["head"], *([w["nothing"]] if view["nothing"] else [])]
    wide = max(44, *(len(name) + 2 for name, *_ in (*view["lines"], *view["conclusions"], *view["moved"])))
    rows.append(f"{w['mean']:{wide}}{w['before']:>9}{w['after']:>9}{w['half']:>10}{w['twice']:>10}")
    rows += [f"{name:{wide}}{a:9.3f}{b:9.3f}{half:10.3f}{twice:10.3f}" for name, a, b, half, twice in view["lines"]]
    rows += ["", f"{w['conclusion']:{wide}}{w['before']:>21} → {w['after']}"]
    rows += [f"{name:{wide}}{a:>21} → {b}" for name, a, b in view["conclusions"]]
    rows += ["", f"{w['driver']:60}{w['before']:>9}{w['after']:>9}"] if view["drivers"] else []
    rows += [f"{path:60}{a:9.3f}{b:9.3f}" for path, a, b in view["drivers"]]
    rows += ["", f"{w['evidence']}: {view['moves']}"] if view["moved"] else []
    for name, shift, falls in view["moved"]:
        rows.append(f"{name:{wide}}{shift:+.4f}; " + (f"{w['falls']}: {', '.join(falls)}" if falls else w["none"]))
    for key in ("used", "still", "unmapped"):
        rows += ["", f"{w[key]}:", *(f"  {line}" for line in view[key])] if view[key] else []
    rows += ["", w["hint"]] if view["unjudged"] else []
    return "\n".join(rows)


def weighing_json(found: Weighing, unmapped: Sequence[Unmapped] = ()) -> str:
    """Everything but the weights themselves, as one JSON object."""
    data = {name: value for name, value in vars(found).items() if name not in ("weight", "used")}
    data["conclusions"] = {name: list(pair) for name, pair in found.conclusions.items()}
    used = [{k: v for k, v in vars(o).items() if k != "modelled"} for o in found.used]
    rest = {k: [asdict(x) for x in data[k]] for k in ("lines", "moved", "already")}
    whole = data | rest | {"used": used, "unmapped": [asdict(x) for x in unmapped]}
    return json.dumps(_finite(whole), ensure_ascii=False, indent=2, allow_nan=False)


def _finite(value: Any) -> Any:
    """JSON knows no NaN: a mean over no world is null."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def weighing_page(
    found: Weighing, labels: Mapping[str, Any], lang: str = "en", unmapped: Sequence[Unmapped] = (), name: str = ""
) -> str:
    """The answer as one HTML page that loads nothing."""
    view = weighing_view(found, labels, lang, unmapped)
    return page("weighing.html", "article.css", lang=lang, v=view, name=name)


def weighing_view(
    found: Weighing, labels: Mapping[str, Any], lang: str, unmapped: Sequence[Unmapped] = ()
) -> dict[str, Any]:
    """A weighing in the words of one language, ready to be set: what text and page share."""
    w = WORDS[lang]
    head = w["head"].format(
        worlds=found.worlds, effective=found.effective, half=found.effective_half, twice=found.effective_twice,
        out=found.ruled_out,
    )  # fmt: skip
    name = {line.name: _line(line.name, labels, lang) for line in found.lines}
    conclusion = {key: _conclusion(key, w) for key in found.conclusions}
    return {
        "w": w,
        "head": head,
        "nothing": not found.moved,
        "unjudged": any(r.why.startswith("cannot be judged") for r in found.already),
        "lines": [(name[x.name], x.before, x.after, x.half, x.twice) for x in found.lines],
        "conclusions": [(conclusion[key], w[a], w[b]) for key, (a, b) in found.conclusions.items()],
        "drivers": found.drivers if found.moved else (),
        "moves": w["moves"].format(name=name[found.lines[0].name]),
        "moved": [(w.get(x.claim, x.claim), x.shift, [conclusion[key] for key in x.falls]) for x in found.moved],
        "used": [
            w["used_line"].format(claim=o.claim, path=o.path, year=_year(o.year), value=o.value, sd=o.sd)
            for o in found.used
        ],
        "still": [w["still_line"].format(claim=r.claim, path=r.path, why=_why(r.why, lang)) for r in found.already],
        "unmapped": [
            w["unmapped_line"].format(claim=u.claim, words=u.words, why=_why(u.why, lang)) for u in unmapped
        ],
    }  # fmt: skip


def _year(year: int | None) -> str:
    return f" {year}" if year else ""


def _line(name: str, labels: Mapping[str, Any], lang: str) -> str:
    w = WORDS[lang]

    def named(kind: str, key: str) -> str:
        entry = labels.get(kind, {}).get(key, {})
        return str(entry.get(lang) or entry.get("en") or key)

    if name.startswith("effect of "):
        return w["effect"].format(name=named("policies", name.removeprefix("effect of ")))
    base, _, rest = name.partition(" above ")
    shown = w.get(base) or w["opened"].format(name=named("fronts", base.removeprefix("opened.")))
    return w["above"].format(name=shown) if rest else shown


def _conclusion(key: str, w: Mapping[str, str]) -> str:
    if key.startswith("verdict: "):
        return w["verdict"].format(name=w.get(key.removeprefix("verdict: "), key.removeprefix("verdict: ")))
    return w.get(key, key)


def _why(why: str, lang: str) -> str:
    if lang == "en":
        return why
    for pattern, german in _GERMAN_WHY:
        why = re.sub(pattern, german, why)
    return why
