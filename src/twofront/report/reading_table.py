"""A reading as tables of plain text: what was set apart, the claims, what is the same, and the audit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from twofront.evidence.rating import propose_found
from twofront.evidence.reader.record import Article, Found, Reading
from twofront.report.article import OUTCOMES, visible

Column = tuple[str, int]
Table = tuple[str, list[Column], Sequence[tuple[str, ...]]]
LONGEST = 240  # characters of a claim on the terminal; every export has all of them
MOST = 400  # rows of a table on the terminal


def lines(reading: Reading) -> Iterator[Table]:
    """Title, columns (name and relative width) and rows of each table that has something to show."""
    for number, article in enumerate(reading.articles):
        claims = reading.claims[number]
        apart = [b for b in reading.blocks[number] if b.kind not in ("body", "heading")]
        if apart:
            rows = [(b.kind, b.reason, _short(article.words(b.span), 100)) for b in apart[:MOST]]
            yield f"{article.name}: set apart, not read as claims", [("what", 2), ("why", 3), ("text", 6)], rows
        title = f"{article.name}: {len(claims)} claims"
        if len(claims) > MOST:
            title += f" (the first {MOST}; the exports hold all)"
        columns = [
            ("id", 1),
            ("form", 2),
            ("who → … → article", 5),
            ("claim", 9),
            ("when, to, if, hedge", 3),
            ("audit", 3),
            ("rating by rule", 2),
        ]
        if not claims:
            title += " – nothing was recognised as one. Is it an article's text (text, Markdown or HTML)?"
        yield title, columns, [_row(reading, number, article, found) for found in claims[:MOST]]
    yield from _same(reading)
    audited = [
        (_name(reading, v.wording.article, v.wording.claim), OUTCOMES[v.outcome], v.basis, v.finding)
        for v in reading.verdicts[:MOST]
    ]
    if audited:
        yield "Audit of figures and comparisons", [("claim", 1), ("outcome", 3), ("basis", 2), ("finding", 10)], audited


def _row(reading: Reading, number: int, article: Article, found: Found) -> tuple[str, ...]:
    chain = " → ".join(visible(source.name) or "nobody named" for source in found.chain[:-1]) or "the article itself"
    said = [found.when.value or article.words(found.when.span)] if found.when else []
    said += [f"to {visible(article.words(found.addressee))}"] if found.addressee else []
    said += ["conditional"] if found.conditional else []
    said += ["DENIED"] if found.denied else []
    said += list(dict.fromkeys(visible(article.words(span)) for span in found.hedges))
    said += [f"“{visible(article.words(span))} …”" for span in found.verification]
    outcomes = dict.fromkeys(OUTCOMES[v.outcome] for v in reading.audits(number, found.id))
    text = _short(found.text(article), LONGEST)
    offered = str(propose_found(found, reading.audits(number, found.id)).rating)
    return found.id, found.form, f"{chain} [{found.ends_in}]", text, ", ".join(said), "; ".join(outcomes), offered


def _short(text: str, most: int) -> str:
    text = visible(" ".join(text.split()))
    return text if len(text) <= most else text[: most - 1] + "…"


def _name(reading: Reading, article: int, claim: str) -> str:
    return claim if len(reading.articles) == 1 else f"{reading.articles[article].name}:{claim}"


def _same(reading: Reading) -> Iterator[Table]:
    rows = [
        (", ".join(_name(reading, w.article, w.claim) for w in group.wordings), f"{group.likeness:.2f}",
         " | ".join(visible(text) for text in group.differences))
        for group in reading.same[:MOST]
    ]  # fmt: skip
    if rows:
        yield "One statement in several wordings: counts once", [("claims", 2), ("alike", 1), ("differs", 9)], rows
    echoes = [
        (_name(reading, e.wording.article, e.wording.claim), e.ledger_id, f"{e.likeness:.2f}", e.phrase)
        for e in reading.echoes[:MOST]
    ]
    if echoes:
        title = "Possible echo of an older claim from another side: no independent support"
        yield title, [("claim", 1), ("ledger", 3), ("alike", 1), ("shared words", 6)], echoes
