"""What evidence changed in a run, as text, JSON and page: before and after, and which conclusion hangs on what."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from twofront.analysis.observing import Unmapped
from twofront.analysis.weighing import Weighing
from twofront.evidence.said import in_language, number
from twofront.report.html import page
from twofront.report.words import Words, sheet


def weighing_text(
    found: Weighing, labels: Mapping[str, Any], lang: str = "en", unmapped: Sequence[Unmapped] = ()
) -> str:
    """The answer of a weighing as text. labels: the run's names, as in its manifest."""
    view = weighing_view(found, labels, lang, unmapped)
    w = view["w"]
    rows = [view["head"], *([w("nothing")] if view["nothing"] else [])]
    wide = max(44, *(len(name) + 2 for name, *_ in (*view["lines"], *view["conclusions"], *view["moved"])))
    rows.append(f"{w('mean'):{wide}}{w('before'):>10}{w('after'):>10}{w('half'):>11}{w('twice'):>11}")
    rows += [f"{name:{wide}}{a:>10}{b:>10}{half:>11}{twice:>11}" for name, a, b, half, twice in view["lines"]]
    rows += ["", f"{w('conclusion'):{wide}}{w('before'):>21} → {w('after')}"] if view["conclusions"] else []
    rows += [f"{name:{wide}}{a:>21} → {b}" for name, a, b in view["conclusions"]]
    rows += ["", f"{w('driver'):60}{w('before'):>9}{w('after'):>9}"] if view["drivers"] else []
    rows += [f"{path:60}{a:>9}{b:>9}" for path, a, b in view["drivers"]]
    rows += ["", f"{w('evidence')}: {view['moves']}"] if view["moved"] else []
    for name, shift, falls in view["moved"]:
        rows.append(f"{name:{wide}}{shift}; " + (f"{w('falls')}: {', '.join(falls)}" if falls else w("none")))
    for key in ("used", "still", "unmapped"):
        rows += ["", f"{w(key)}:", *(f"  {line}" for line in view[key])] if view[key] else []
    rows += ["", view["by_rule"]] if view["by_rule"] else []
    rows += ["", w("hint")] if view["unjudged"] else []
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
    w = sheet("weighing_words.toml", lang)
    name = {line.name: _line(line.name, labels, w) for line in found.lines}
    conclusion = {key: _conclusion(key, w) for key in found.conclusions}
    return {
        "w": w,
        "head": w(
            "head", worlds=w.number(found.worlds), effective=w.number(found.effective),
            half=w.number(found.effective_half), twice=w.number(found.effective_twice), out=w.number(found.ruled_out),
        ),
        "nothing": not found.moved,
        "by_rule": in_language(found.by_rule, lang) if found.by_rule is not None else "",
        "unjudged": any(r.why.startswith("cannot be judged") for r in found.already),
        "lines": [
            (name[x.name], *(_value(x.name, value, w) for value in (x.before, x.after, x.half, x.twice)))
            for x in found.lines
            if found.moved or not x.name.startswith("effect of ")
        ],
        "conclusions": [(conclusion[k], w(a), w(b)) for k, (a, b) in found.conclusions.items() if found.moved],
        "drivers": [(path, w.number(a, 3), w.number(b, 3)) for path, a, b in found.drivers if found.moved],
        "moves": w("moves", name=name[found.lines[0].name]),
        "moved": [
            (w(x.claim) if x.claim in w else x.claim, w.points(x.shift), [conclusion[key] for key in x.falls])
            for x in found.moved
        ],
        "used": [
            w("used_line", claim=o.claim, path=o.path, year=f" {o.year}" if o.year else "",
              value=number(o.value, lang), sd=number(float(f"{o.sd:.3g}"), lang))
            for o in found.used
        ],
        "still": [w("still_line", claim=r.claim, path=r.path, why=in_language(r.why, lang)) for r in found.already],
        "unmapped": [
            w("unmapped_line", claim=u.claim, words=u.words, why=in_language(u.why, lang)) for u in unmapped
        ],
    }  # fmt: skip


def _value(name: str, value: float, w: Words) -> str:
    return w.points(value) if name.startswith("effect of ") else w.percent(value)


def _line(name: str, labels: Mapping[str, Any], w: Words) -> str:
    def named(kind: str, key: str) -> str:
        entry = labels.get(kind, {}).get(key, {})
        return str(entry.get(w.lang) or entry.get("en") or key)

    if name.startswith("effect of "):
        return w("effect", name=named("policies", name.removeprefix("effect of ")))
    base, _, rest = name.partition(" above ")
    shown = w(base) if base in w else w("opened", name=named("fronts", base.removeprefix("opened.")))
    return w("above", name=shown) if rest else shown


def _conclusion(key: str, w: Words) -> str:
    base = key.removeprefix("verdict: ")
    shown = w(base) if base in w else base
    return w("verdict", name=shown) if base != key else shown
