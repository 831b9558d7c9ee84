"""Comparisons between powers that can be checked: "exceeds the defence spending of all European countries"."""

from __future__ import annotations

from twofront.evidence.reader.figures import _basis, _period, _quantity
from twofront.evidence.reader.lexicon import Lexicon
from twofront.evidence.reader.record import Article, FoundFigure, Relation, Span
from twofront.evidence.reader.text import Sentence, Token, sentences
from twofront.evidence.reader.vocabulary import Vocabulary, vocabulary


def relations_in(
    article: Article, spans: tuple[Span, ...], sentence: Sentence, numbers: list[FoundFigure], lex: Lexicon,
    topic: str | None,
) -> list[Relation]:  # fmt: skip
    """The relations within the spans of a claim; a year may stand elsewhere in its sentence."""
    voc = vocabulary()
    found = []
    for span in spans:
        for part in sentences(article.text, span, 0, [], lex):
            relation = _relation(part.tokens, sentence.tokens, voc, topic)
            if relation is not None:
                found.append(relation)
    return found


def _relation(toks: list[Token], around: list[Token], voc: Vocabulary, topic: str | None) -> Relation | None:
    for k in range(len(toks)):
        sign, factor, start = _sign(toks, k, voc)
        if not sign:
            continue
        left = _power(toks[:k], voc, last=True) or topic
        right = _power(toks[start:], voc, last=False)
        quantity = _quantity(toks, None, voc) or _quantity(around, None, voc)
        if left and right and left != right and quantity and not toks[min(start, len(toks) - 1)].text[0].isdigit():
            period = _period(toks, None, voc) or _period(around, None, voc)
            span = Span(toks[0].start, toks[-1].end)
            return Relation(span, left, right, quantity[0], sign, factor, period, _basis(toks, voc))
    return None


def _sign(toks: list[Token], k: int, voc: Vocabulary) -> tuple[str, float, int]:  # type: ignore[type-arg]
    """The sign of a comparison at token k, its factor, and where the right side begins; "" where there is none."""
    low = toks[k].low
    if voc.has("exceeds", low):
        return ">", 1.0, k + 1
    if voc.has("below", low):
        return "<", 1.0, k + 1
    then = next((j for j in range(k + 1, min(k + 8, len(toks))) if voc.has("than", toks[j].low)), None)
    if then is not None and voc.has("comparative", low):
        return ">", 1.0, then + 1
    if then is not None and voc.has("lesser", low):
        return "<", 1.0, then + 1
    if low in voc.times:
        like = next((j for j in range(k + 1, min(k + 6, len(toks))) if toks[j].low in ("wie", "as", "of")), None)
        if like is not None:
            return ">", voc.times[low], like + 1
    return "", 1.0, k + 1


def _power(toks: list[Token], voc: Vocabulary, *, last: bool) -> str | None:
    named = [code for t in toks if (code := voc.power(t.low))]
    return (named[-1] if last else named[0]) if named else None
