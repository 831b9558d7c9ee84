"""Attribution by the shape of the sentence alone: who speaks where the verb is in no list ("wetterte X: „…“")."""

from __future__ import annotations

from collections.abc import Mapping

from twofront.evidence.reader import phrases
from twofront.evidence.reader.frames import Frame, attributive, finite
from twofront.evidence.reader.lexicon import Lexicon
from twofront.evidence.reader.record import Span
from twofront.evidence.reader.text import QUOTED, Sentence, Token


def shaped(sentence: Sentence, named: list[Frame], lex: Lexicon) -> dict[Span, Frame]:
    """The attribution of each quotation that its place gives away, where no known one stands beside it.

    Three shapes: "„…“, VERB X", "X VERB …: „…“", and "X VERB, dass … „…“" (`weakly`: only if X is known to speak).
    """
    toks, found, begin = sentence.tokens, {}, 0
    known = {frame.verb: frame.kind for frame in named if frame.source is not None}
    for q, token in enumerate(toks):
        if token.text != QUOTED or lex.lang != "de":
            continue
        frame = _behind(toks, q, known, lex) or _announced(toks, begin, q, known, lex)
        if frame is not None:
            found[Span(token.start, token.end)] = frame
        begin = q + 1
    return found


def opens_attribution(toks: list[Token], quote: Span, frame: Frame) -> bool:
    """Whether a verb behind a quotation makes it speech: the quotation fills its clause, it is no name in a phrase."""
    q = next(k for k, token in enumerate(toks) if token.start == quote.start)
    return frame.cue.start >= quote.end and (q == 0 or not toks[q - 1].word)


def behind(toks: list[Token], k: int, lex: Lexicon) -> tuple[int, int] | None:
    """Whom the verb at token k names as speaker, if token k is a verb by its place: ", VERB X" after a quotation."""
    if k + 1 >= len(toks) or not toks[k].word or toks[k].capital or len(toks[k].low) < 3:
        return None
    if toks[k - 1].text not in (",", "–", "—") or phrases.functional(toks[k].low, lex):
        return None
    return phrases.right(toks, k, lex)


def _behind(toks: list[Token], q: int, known: Mapping[int, str], lex: Lexicon) -> Frame | None:
    if (
        q == 0
        and len(toks) > 2
        and toks[1].low in lex.verbs
        and lex.verbs[toks[1].low].kind == "finite"
        and 1 not in known
    ):
        who = phrases.right(toks, 1, lex)  # „Wer bezahlt das?“ fragte X
        return _frame(toks, 1, who) if who else None
    k = q + 2
    if k + 1 < len(toks) and known and toks[k].low.endswith(("en", "em", "er", "es")) and toks[k + 1].capital:
        return None  # "sagte, dass „die erhobenen“, ernsten Vorwürfe …"
    who = behind(toks, k, lex) if k < len(toks) and k not in known else None
    return _frame(toks, k, who) if who else None


def _announced(toks: list[Token], begin: int, q: int, known: Mapping[int, str], lex: Lexicon) -> Frame | None:
    """ "X VERB …: „…“" or "X VERB …, dass … „…“": the subject of the main clause."""
    colon = q > begin and toks[q - 1].text == ":"
    end = q - 1 if colon else _complement(toks, begin, q)
    if end is None or any(begin <= k < q and (colon or kind != "source") for k, kind in known.items()):
        return None
    verb = _main(toks, begin, end, lex)
    who = phrases.subject(toks[: end + 1], verb, lex) if verb is not None else None
    if who is None or verb is None or toks[who[0]].low in ("es", "das", "dies"):
        return None
    return _frame(toks, verb, who, weakly=not colon)


def _complement(toks: list[Token], begin: int, q: int) -> int | None:
    """The comma before the "dass" of the clause in which token q stands."""
    for k in range(q - 1, begin, -1):
        if toks[k].text in (":", ";", QUOTED):
            return None
        if toks[k].low in ("dass", "daß") and toks[k - 1].text == ",":
            return k - 1
    return None


def _main(toks: list[Token], begin: int, end: int, lex: Lexicon) -> int | None:
    """The verb of the main clause: a finite form, else what follows the first phrase, where German puts its verb."""
    dependent = lex.words["relative"] | lex.words["subordinator"]
    for k in range(begin, end):
        start = phrases.clause_start(toks, k, lex) if finite(toks[k], lex) else k
        inner = start > begin and toks[start - 1].text == "," and toks[start].low in dependent
        if k + 1 < end and finite(toks[k + 1], lex):
            continue  # "Völlig aufgelöst rief der Trainer": a participle before the verb
        if finite(toks[k], lex) and not inner and not attributive(toks, k, lex):
            return k
    return phrases.second(toks, begin, end, lex)


def _frame(toks: list[Token], verb: int, who: tuple[int, int], *, weakly: bool = False) -> Frame:
    cue, source = phrases.span_of(toks, verb, verb + 1), phrases.span_of(toks, *who)
    return Frame("verb", cue, source, min(verb, who[0]), max(verb + 1, who[1]), verb, toks[verb].low, weakly)
