"""Comparisons between powers that can be checked: "exceeds the defence spending of all European countries"."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from twofront.evidence.reader.figures import _basis, _period, _quantity
from twofront.evidence.reader.record import Relation, Span
from twofront.evidence.reader.text import Token
from twofront.evidence.reader.vocabulary import Vocabulary, vocabulary


def relations_in(parts: list[list[Token]], around: list[Token]) -> list[Relation]:
    """The relations in the sentences of a claim, arguments as for `figures_in`."""
    voc = vocabulary()
    return [relation for toks in parts if (relation := _relation(toks, around, voc)) is not None]


def _relation(toks: list[Token], around: list[Token], voc: Vocabulary) -> Relation | None:
    for k, token in enumerate(toks):
        if not _compares(token.low):
            continue
        sign, factor, start = _sign(toks, k, voc)
        if not sign or start >= len(toks) or (toks[start].text[0].isdigit() and len(toks[start].text) != 4):
            continue
        left, right = _power(toks[:k], voc, last=True), _together(toks[start:], voc) or _power(toks[start:], voc)
        quantity = _quantity(toks, None, voc) or _quantity(around, None, voc)
        if quantity and quantity[0] == "defence share" and not any(voc.has("percent", t.low) for t in toks):
            quantity = "military spending", quantity[1]  # "spent more on defence"
        if left and right and left != right and quantity:
            period = _period(toks, None, voc) or _period(around, None, voc)
            span = Span(toks[0].start, toks[-1].end)
            return Relation(span, left, right, quantity[0], sign, factor, period, _basis(toks, voc))
    return None


_SIGNS = frozenset(["exceeds", "below", "comparative", "lesser"])


@lru_cache(maxsize=65536)
def _compares(word: str) -> bool:
    voc = vocabulary()
    return bool(voc.tags(word) & _SIGNS) or word in voc.times


def _sign(toks: list[Token], k: int, voc: Vocabulary) -> tuple[Literal[">", "<", ""], float, int]:
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


def _together(toks: list[Token], voc: Vocabulary) -> str | None:
    """ "Germany, France and Britain combined": their codes, joined by plus signs."""
    end = next((k for k, t in enumerate(toks) if voc.has("together", t.low)), 0)
    named = dict.fromkeys(code for k in range(end) if (code := voc.power_at(toks, k)))
    return "+".join(named) if len(named) > 1 else None


def _power(toks: list[Token], voc: Vocabulary, *, last: bool = False) -> str | None:
    named = [code for k in range(len(toks)) if (code := voc.power_at(toks, k))]
    return (named[-1] if last else named[0]) if named else None
