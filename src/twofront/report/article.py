"""The page of a reading: each article's text with its claims marked in place, chain and audit beside them.

The text is data: every word goes through autoescape, the policy of the page lets nothing load or run, and characters
that cannot be seen are shown by their code.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from twofront.evidence.audit import power_name
from twofront.evidence.rating import propose_found
from twofront.evidence.reader.record import Article, Block, Found, FoundFigure, Reading, Span, Wording
from twofront.evidence.said import Said, in_language, number
from twofront.report.html import page
from twofront.report.weighing import weighing_view
from twofront.report.words import Words, sheet

if TYPE_CHECKING:
    from twofront.analysis.observing import Unmapped
    from twofront.analysis.weighing import Weighing

FORMS = ("quotation", "indirect", "subjunctive", "figure", "editorial")
MARKS = "„“”»«‚‘\"'"  # what begins with one of these is quoted already
NAMED = 12  # other renderings of a claim that its card names
SHOWN = 3000  # claims on one page; more would be no page to read
OUTCOMES = {
    "holds": "holds",
    "mixed bases": "holds only when bases are mixed",
    "contradicted": "contradicted",
    "cannot be checked": "cannot be checked",
}


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

    w = sheet("article_words.toml", lang)
    articles = [_article(reading, number, w) for number in range(len(reading.articles))]
    changed = weighing_view(weighing, labels or {}, lang, unmapped) if weighing is not None else None
    return page("article.html", "article.css", articles=articles, w=w, lang=lang, changed=changed)


def _article(reading: Reading, number: int, w: Words) -> dict[str, Any]:
    article, claims = reading.articles[number], reading.claims[number]
    shown = claims[:SHOWN]
    told = [found for found in shown if _tells(reading, number, found)]
    names = {found.id for found in told}
    verdicts = [v for v in reading.verdicts if v.wording.article == number]
    outcomes = {v.span: v.outcome for v in verdicts}
    rows = [
        {
            "kind": block.kind,
            "reason": in_language(block.reason, w.lang),
            "pieces": _pieces(article, block, inside, outcomes, names),
            "claims": [
                _card(reading, number, f, w)
                for f in inside
                if f.id in names and block.span.start <= f.start < block.span.end
            ],
        }
        for block, inside in _by_block(reading.blocks[number], shown)
    ]
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


def _by_block(blocks: Sequence[Block], claims: Sequence[Found]) -> Iterator[tuple[Block, list[Found]]]:
    """Each block with the claims that have words in it."""
    starts = [block.span.start for block in blocks]
    inside: list[list[Found]] = [[] for _ in blocks]
    for found in claims:
        places = [range(bisect_right(starts, s.start) - 1, bisect_right(starts, s.end - 1)) for s in found.spans]
        for k in sorted({k for place in places for k in place}):
            inside[k].append(found)
    yield from zip(blocks, inside, strict=True)


def _pieces(
    article: Article,
    block: Block,
    claims: Sequence[Found],
    outcome: Mapping[Span, str],
    told: Collection[str],
) -> list[dict[str, Any]]:
    """A block's text cut wherever a claim or a figure begins or ends; the shortest claim over a piece marks it."""
    inside = [(f, span) for f in claims for span in f.spans if span.touches(block.span)]
    figures = [(f.id, figure.span) for f in claims for figure in f.figures if figure.span.touches(block.span)]
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


def _card(reading: Reading, number: int, found: Found, w: Words) -> dict[str, Any]:
    """What stands beside the text for one claim."""
    offered = propose_found(found, reading.audits(number, found.id))
    article = reading.articles[number]
    wording = Wording(number, found.id)
    same = reading.group_of.get(wording)
    return {
        "id": found.id,
        "form": found.form,
        "speaker": w("itself") if found.speaker.kind == "article" else visible(found.speaker.name) or w("nobody"),
        "role": found.speaker.role,
        "chain": [{"name": visible(in_language(s.name, w.lang)) or w("nobody"), "kind": s.kind} for s in found.chain],
        "ends_in": found.ends_in,
        "when": _when(found, w),
        "to": visible(article.words(found.addressee)) if found.addressee else None,
        "rating": str(offered.rating),
        "rules": "; ".join(in_language(rule, w.lang) for rule in (offered.source_rule, offered.credibility_rule)),
        "condition": _quoted(article.words(found.conditional), w) if found.conditional else None,
        "hedges": list(dict.fromkeys(visible(article.words(span)) for span in found.hedges)),
        "verification": [_quoted(article.words(span) + " …", w) for span in found.verification],
        "figures": [_figure(figure, w) for figure in found.figures],
        "audit": [
            {"outcome": v.outcome, "css": v.outcome.replace(" ", "-"), "basis": in_language(v.basis, w.lang),
             "finding": in_language(v.finding, w.lang), "words": _quoted(article.words(v.span)[:120], w)}
            for v in reading.audits(number, found.id)
        ],
        "same": _same(reading, wording, same, w.lang) if same else None,
        "echo": reading.echo_of.get(wording),
        "remarks": [in_language(remark, w.lang) for remark in found.remarks],
    }  # fmt: skip


def _quoted(words: str, w: Words) -> str:
    """Words of the article in the quotation marks of the page, unless they have their own."""
    shown = visible(words)
    return shown if words[0] in MARKS else w("quoted", words=shown)


def _when(found: Found, w: Words) -> str | None:
    if found.when is None:
        return None
    return f"{found.when.value} ({w(found.when.precision)})" if found.when.value else w("unresolved")


def _figure(figure: FoundFigure, w: Words) -> str:
    """A figure with what belongs to it, in the words of the page."""

    def term(text: str | None) -> str:
        return in_language(Said(text), w.lang) if text else ""

    about = [term(figure.quantity), in_language(power_name(figure.subject), w.lang) if figure.subject else ""]
    about += [figure.each or "", (figure.period or "").replace("until", w("by"))]
    change = {"change": w("change"), "share": w("share_of"), "limit": w("by")}.get(figure.measure, "")
    if figure.unit == "year":
        amount = f"{figure.value:g}"
    else:
        high = f"–{number(figure.high, w.lang)}" if figure.high is not None else ""
        amount = f"{number(figure.value, w.lang)}{high} {term(figure.unit)}"
    what = ", ".join(part for part in about if part and part != f"{w('by')} {amount}")
    return (
        f"{change} {amount}".strip()
        + (f": {what}" if what else "")
        + (f", {term(figure.basis)}" if figure.basis else "")
    )


def _same(reading: Reading, wording: Wording, group: Any, lang: str) -> dict[str, Any]:
    others = [w for w in group.wordings if w != wording]
    names = [
        w.claim if w.article == wording.article else f"{reading.articles[w.article].name}: {w.claim}" for w in others
    ]
    names[NAMED:] = ["…"] if len(names) > NAMED else []
    first = group.wordings[0]
    difference = group.differences[group.wordings.index(wording) - 1] if wording != first else group.differences[0]
    return {
        "names": names,
        "likeness": group.likeness,
        "difference": visible(in_language(difference, lang)),
        "first": wording == first,
    }
