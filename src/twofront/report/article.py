"""The page of a reading: each article's text with its claims marked in place, chain and audit beside them.

The text is data: every word goes through autoescape, the policy of the page lets nothing load or run, and characters
that cannot be seen are shown by their code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from twofront.evidence.rating import propose_found
from twofront.evidence.reader.record import Article, Block, Found, FoundFigure, Reading, Span, Verdict, Wording
from twofront.report.html import TEMPLATES, page
from twofront.report.weighing import weighing_view

if TYPE_CHECKING:
    from twofront.analysis.observing import Unmapped
    from twofront.analysis.weighing import Weighing

FORMS = ("quotation", "indirect", "subjunctive", "figure", "editorial")
SHOWN = 3000  # claims on one page; more would be no page to read
OUTCOMES = {
    "holds": "holds",
    "mixed bases": "holds only when bases are mixed",
    "contradicted": "contradicted",
    "cannot be checked": "cannot be checked",
}


@cache
def page_words(lang: str) -> dict[str, str]:
    """The words of the page in one language, from `templates/article_words.toml`."""
    data = tomllib.loads((TEMPLATES / "article_words.toml").read_text(encoding="utf-8"))
    return {key: entry[lang] for key, entry in data.items()}


def article_page(
    reading: Reading,
    *,
    lang: str = "en",
    weighing: Weighing | None = None,
    labels: Mapping[str, Any] | None = None,
    unmapped: Sequence[Unmapped] = (),
) -> str:
    """The page as HTML text.

    Arguments: `lang` "en" or "de" of the page, not of the article; `weighing`, `labels` (a run's names) and `unmapped`
    where a run was given.
    """

    w = page_words(lang)
    articles = [_article(reading, number, w) for number in range(len(reading.articles))]
    changed = weighing_view(weighing, labels or {}, lang, unmapped) if weighing is not None else None
    return page("article.html", "article.css", articles=articles, w=w, lang=lang, changed=changed)


def _article(reading: Reading, number: int, w: Mapping[str, str]) -> dict[str, Any]:
    article, claims = reading.articles[number], reading.claims[number]
    shown = claims[:SHOWN]
    told = [found for found in shown if _tells(reading, number, found)]
    rows = [
        {
            "kind": block.kind,
            "reason": block.reason,
            "pieces": _pieces(article, block, shown, reading.verdicts, number, {f.id for f in told}),
            "claims": [_card(reading, number, f, w) for f in told if block.span.start <= f.start < block.span.end],
        }
        for block in reading.blocks[number]
    ]
    verdicts = [v for v in reading.verdicts if v.wording.article == number]
    return {
        "name": article.name,
        "outlet": article.outlet,
        "date": article.date,
        "lang": article.lang,
        "rows": rows,
        "hidden": len(claims) - len(shown),
        "forms": [(form, sum(f.form == form for f in claims)) for form in FORMS if any(f.form == form for f in claims)],
        "counts": [(outcome, sum(v.outcome == outcome for v in verdicts)) for outcome in OUTCOMES],
        "apart": sum(block.kind != "body" for block in reading.blocks[number]),
        "prefix": f"a{number}-" if len(reading.articles) > 1 else "",
    }


def _tells(reading: Reading, number: int, found: Found) -> bool:
    """A card has something to say beside the mark: not so for a bare statement of the article itself."""
    own = found.form == "editorial"
    more = found.when or found.conditional or found.hedges or found.verification or found.figures or found.remarks
    return not own or bool(more) or bool(reading.audits(number, found.id))


def _pieces(
    article: Article,
    block: Block,
    claims: Sequence[Found],
    verdicts: Sequence[Verdict],
    number: int,
    told: Collection[str],
) -> list[dict[str, Any]]:
    """A block's text cut wherever a claim or a figure begins or ends; the shortest claim over a piece marks it."""
    inside = [(f, span) for f in claims for span in f.spans if span.touches(block.span)]
    figures = [(f.id, figure.span) for f in claims for figure in f.figures if figure.span.touches(block.span)]
    outcome = {v.span: v.outcome for v in verdicts if v.wording.article == number}
    cuts = {block.span.start, block.span.end}
    for _, span in [*inside, *figures]:
        cuts.update(point for point in (span.start, span.end) if block.span.start < point < block.span.end)
    ordered = sorted(cuts)
    pieces = []
    for start, end in pairwise(ordered):
        piece = Span(start, end)
        over = sorted((span.end - span.start, f.id, f.form) for f, span in inside if span.covers(piece))
        figure = next((span for _, span in figures if span.covers(piece)), None)
        pieces.append(
            {
                "text": visible(article.words(piece)),
                "claim": over[0][1] if over else None,
                "form": over[0][2] if over else None,
                "opens": [
                    (f.id, f.form) for f, span in inside if span.start == start and span == f.spans[0] and f.id in told
                ],
                "figure": outcome.get(figure, "cannot be checked").replace(" ", "-") if figure else None,
            }
        )
    return pieces


def visible(text: str) -> str:
    """Characters without a shape of their own are shown by their code, so that nothing hides in the text."""
    return "".join(f"[U+{ord(c):04X}]" if _hidden(c) else c for c in text)


def _hidden(c: str) -> bool:
    return c in "\u00ad\u061c\ufeff" or "\u200b" <= c <= "\u200f" or "\u2060" <= c <= "\u2064"


def _card(reading: Reading, number: int, found: Found, w: Mapping[str, str]) -> dict[str, Any]:
    """What stands beside the text for one claim."""
    offered = propose_found(found, reading.audits(number, found.id))
    article = reading.articles[number]
    wording = Wording(number, found.id)
    same = next((group for group in reading.same if wording in group.wordings), None)
    return {
        "id": found.id,
        "form": found.form,
        "speaker": w["itself"] if found.speaker.kind == "article" else visible(found.speaker.name) or w["nobody"],
        "role": found.speaker.role,
        "chain": [{"name": visible(s.name) or w["nobody"], "kind": s.kind} for s in found.chain],
        "ends_in": found.ends_in,
        "when": _when(found, w),
        "rating": str(offered.rating),
        "rules": f"{offered.source_rule}; {offered.credibility_rule}",
        "condition": visible(article.words(found.conditional)) if found.conditional else None,
        "hedges": list(dict.fromkeys(visible(article.words(span)) for span in found.hedges)),
        "verification": [visible(article.words(span)) for span in found.verification],
        "figures": [_figure(figure, w) for figure in found.figures],
        "audit": [
            {"outcome": v.outcome, "css": v.outcome.replace(" ", "-"), "basis": v.basis, "finding": v.finding,
             "words": visible(article.words(v.span))[:120]}
            for v in reading.audits(number, found.id)
        ],
        "same": _same(reading, wording, same) if same else None,
        "echo": next((e for e in reading.echoes if e.wording == wording), None),
        "remarks": found.remarks,
    }  # fmt: skip


def _when(found: Found, w: Mapping[str, str]) -> str | None:
    if found.when is None:
        return None
    return f"{found.when.value} ({w[found.when.precision]})" if found.when.value else w["unresolved"]


def _figure(figure: FoundFigure, w: Mapping[str, str]) -> str:
    high = f"–{figure.high:g}" if figure.high is not None else ""
    about = ", ".join(p for p in (figure.quantity, figure.subject, figure.each, figure.period) if p)
    change = {"change": w["change"], "share": w["share_of"], "limit": w["by"]}.get(figure.measure, "")
    change += " " if change else ""
    basis = f", {figure.basis}" if figure.basis else ""
    number = f"{figure.value:g}{high}" if figure.unit == "year" else f"{figure.value:g}{high} {figure.unit}"
    return f"{change}{number}{': ' + about if about else ''}{basis}"


def _same(reading: Reading, wording: Wording, group: Any) -> dict[str, Any]:
    others = [w for w in group.wordings if w != wording]
    names = [
        w.claim if w.article == wording.article else f"{reading.articles[w.article].name}: {w.claim}" for w in others
    ]
    first = group.wordings[0]
    difference = group.differences[group.wordings.index(wording) - 1] if wording != first else group.differences[0]
    return {"names": names, "likeness": group.likeness, "difference": visible(difference), "first": wording == first}
