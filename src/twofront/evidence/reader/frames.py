"""Frames: the words that attribute something ("sagte der Minister", "laut CEPA", "according to the report")."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from twofront.evidence.reader import phrases
from twofront.evidence.reader.lexicon import Lexicon, lexicon
from twofront.evidence.reader.record import Span
from twofront.evidence.reader.text import QUOTED, Sentence, Token

FrameKind = Literal["verb", "source", "so", "as", "noun"]
_SOURCES = frozenset(["nach", "zufolge", "so", "according", "citing", "quoting", "quoted", "cited", "in"])
_PASSIVE = ("ed", "told", "said", "known", "written", "shown", "thought", "found")
_FAR = 60  # tokens between a verb and its object
MOST = 12  # attributions in one sentence; more is no sentence


@dataclass(frozen=True, slots=True)
class Frame:
    """An attribution: the cue, who is named, and which tokens (first to end, not included) it takes up."""

    kind: FrameKind
    cue: Span
    source: Span | None
    first: int
    end: int
    verb: int  # token of the verb or preposition
    lemma: str
    weakly: bool = False
    passive: bool = False


def frames(sentence: Sentence, lex: Lexicon) -> list[Frame]:
    """Every attribution in a sentence, from left to right."""
    toks = sentence.tokens
    statement = lex.words["statement"]
    sources = _SOURCES | lex.words["sicht"] | lex.words["single"] | lex.words["demnach"] | lex.words["opinion"]
    found: list[Frame | None] = []
    telling = _telling(lex.lang)
    for i, token in enumerate(toks):
        if token.low not in telling:
            continue
        if token.low in lex.verbs or token.low in lex.separable:
            found.append(_verb(toks, i, lex))
        if token.low in sources:
            found.append(_source(toks, i, lex))
        if token.low == "rede" and lex.lang == "de":
            found.append(_talk(toks, i, lex))
        if token.low in statement:
            found += [_worded(toks, i, lex), _noun(toks, i, lex)]
    taken: list[Frame] = []
    for frame in sorted((f for f in found if f is not None), key=lambda f: (f.kind == "verb", f.first)):
        if all(frame.end <= other.first or frame.first >= other.end or frame.verb != other.verb for other in taken):
            taken.append(frame)
    return sorted(taken, key=lambda f: f.first)[:MOST]


@cache
def _telling(lang: str) -> frozenset[str]:
    """Every word with which an attribution may begin."""
    lex = lexicon(lang)
    groups = ("single", "demnach", "opinion", "statement", "sicht")
    words = frozenset().union(*(lex.words[group] for group in groups))
    return _SOURCES | {"rede"} | words | frozenset(lex.verbs) | frozenset(lex.separable)


def _source(toks: list[Token], i: int, lex: Lexicon) -> Frame | None:
    """An attribution without a verb at token i."""
    low = toks[i].low
    if low in lex.words["single"]:
        return _after(toks, i, i + 1, lex, "source")
    if low == "so" and lex.lang == "de" and i > 0 and (toks[i - 1].text in (",", QUOTED, "–", "—")):
        if i + 1 < len(toks) and not (toks[i + 1].capital or toks[i + 1].low in lex.words["article"]):
            return None
        return _after(toks, i, i + 1, lex, "so")
    if low in lex.words["opinion"]:
        return _opinion(toks, i, lex)
    if low == "nach" and lex.lang == "de":
        return _nach(toks, i, lex)
    if low == "zufolge":
        return _zufolge(toks, i, lex)
    if low in lex.words["demnach"]:
        return Frame("source", _span(toks, i, i + 1), None, i, i + 1, i, low)
    if low in lex.words["sicht"] and i > 0:
        return _sight(toks, i, lex)
    if lex.lang == "en":
        return _english(toks, i, lex)
    return None


def _opinion(toks: list[Token], i: int, lex: Lexicon) -> Frame | None:
    """ "Für den Minister ist das „ein Signal“": who opens the sentence and is followed by "is" before a quotation."""
    end = phrases.phrase(toks, i + 1, lex)
    states = end < len(toks) and toks[end].low in ("ist", "sind", "war", "waren", "sei", "bleibt", "bedeutet")
    if i or end == i + 1 or not states or not any(t.text == QUOTED for t in toks[end:]):
        return None
    return Frame("source", _span(toks, i, i + 1), _span(toks, i + 1, end), i, end, i, "für")


def lex_word(lex: Lexicon, group: str) -> str:
    """The only word of a group, or a text that no token has."""
    return next(iter(lex.words[group]), "\0")


def _sight(toks: list[Token], i: int, lex: Lexicon) -> Frame | None:
    """ "aus Sicht von X", "aus der Sicht des X", "in den Augen von X", "aus X’ Sicht"."""
    first = next((k for k in range(i - 1, max(-1, i - 4), -1) if toks[k].low in ("aus", "in")), None)
    if first is None:
        return None
    between = [t for t in toks[first + 1 : i] if t.low not in lex.words["article"] or t.low[:3] in ("sei", "ihr")]
    if between:
        return Frame("source", _span(toks, first, first + 1), _span(toks, first + 1, i), first, i + 1, first, "sicht")
    von = i + 1 < len(toks) and toks[i + 1].low in ("von", "vom")
    return _after(toks, first, i + 1 + von, lex, "source")


def _english(toks: list[Token], i: int, lex: Lexicon) -> Frame | None:
    low = toks[i].low
    if low == "according" and i + 1 < len(toks) and toks[i + 1].low == "to":
        return _after(toks, i, i + 2, lex, "source")
    if low in ("citing", "quoting"):
        return _after(toks, i, i + 1, lex, "source")
    if low in ("quoted", "cited"):
        saying = _as_saying(toks, i)
        passive = i > 0 and toks[i - 1].low in lex.words["passive"]
        who = (_agent(toks, i, i, lex) if passive else phrases.subject(toks, i, lex)) if saying else None
        if who is not None:
            return Frame("source", _span(toks, i, i + 1), _span(toks, *who), min(i, who[0]), saying + 1, i, low)
    opinion = ("view", "words", "opinion", "assessment")
    if low == "in" and i + 3 < len(toks) and toks[i + 2].low in opinion and toks[i + 3].low == "of":
        return _after(toks, i, i + 4, lex, "source")
    return None


def _as_saying(toks: list[Token], i: int) -> int:
    """ "quoted X as saying": where "saying" stands; 0 where it does not."""
    ahead = range(i + 2, min(i + 14, len(toks)))
    return next((k for k in ahead if toks[k].low == "saying" and toks[k - 1].low == "as"), 0)


def _after(toks: list[Token], first: int, start: int, lex: Lexicon, kind: FrameKind) -> Frame | None:
    """A frame whose source stands after its cue."""
    end = phrases.phrase(toks, start, lex)
    if end == start:
        return None
    if lex.lang == "en":
        end = _whole_source(toks, end, lex)
    return Frame(kind, _span(toks, first, start), _span(toks, start, end), first, end, first, toks[first].low)


def _whole_source(toks: list[Token], end: int, lex: Lexicon) -> int:
    """ "two people briefed on the talks,": up to the mark that closes the phrase, over no finite verb."""
    close = next((k for k in range(end, min(end + 8, len(toks))) if not toks[k].word), len(toks))
    inside = toks[end:close]
    verbal = any(t.low in lex.words["auxiliaries"] or t.low in lex.verbs or t.low in lex.words["past"] for t in inside)
    return end if verbal or close > end + 7 or any(t.text == QUOTED for t in toks[close : close + 1]) else close


def _nach(toks: list[Token], i: int, lex: Lexicon) -> Frame | None:
    """ "nach Angaben von X", "nach Polizeiangaben", and "seiner Meinung nach"."""
    for k in range(i + 1, min(i + 4, len(toks))):
        if not toks[k].word:
            break
        if _reporting_noun(toks[k].low, lex):
            end = max(phrases.phrase(toks, i + 1, lex), k + 1)
            return Frame("source", _span(toks, i, i + 1), _span(toks, i + 1, end), i, end, i, "nach")
    if i > 0 and _reporting_noun(toks[i - 1].low, lex):
        first = i - 1
        while first > 0 and i - first < 4 and toks[first - 1].word and toks[first - 1].low not in lex.words["relative"]:
            first -= 1
            if toks[first].low in lex.words["article"] or (toks[first].capital and first < i - 1):
                break
        return Frame("source", _span(toks, i, i + 1), _span(toks, first, i), first, i + 1, i, "nach")
    return None


def _reporting_noun(low: str, lex: Lexicon) -> bool:
    return low in lex.words["nach"] or low.endswith(tuple(lex.words["nach_suffix"]))


def _zufolge(toks: list[Token], i: int, lex: Lexicon) -> Frame | None:
    start = max(phrases.clause_start(toks, i, lex), i - 12)
    for first in range(start, i):
        if phrases.phrase(toks[:i], first, lex) == i:
            return Frame("source", _span(toks, i, i + 1), _span(toks, first, i), first, i + 1, i, "zufolge")
    return None


def _verb(toks: list[Token], i: int, lex: Lexicon) -> Frame | None:
    """An attribution by a verb at token i: its subject is who says it."""
    low = toks[i].low
    if toks[i].capital and not (i == 0 or toks[i - 1].text == ":"):
        return None
    if i == 0 and lex.lang == "en" and low in lex.words["asked"]:
        return None  # "Asked whether he would go, X said": what was asked is not said
    prefix = _prefix(toks, i, lex)
    verb = lex.verbs.get(low)
    if prefix is None and verb is None:
        return None
    if prefix is None and verb is not None and _not_a_verb(toks, i, lex):
        return None
    lemma = low + "+" + toks[prefix].low if prefix is not None else verb.lemma if verb else low
    weakly = verb.weakly if prefix is None and verb is not None else False
    finite, passive = i, False
    auxiliary = _auxiliary(toks, i, lex)
    both = verb is not None and _both(low, verb.lemma, lex) and auxiliary is not None
    inverted = i > 0 and toks[i - 1].text == "," and phrases.right(toks, i, lex) is not None  # "…, berichtet X"
    participle = verb is not None and (verb.kind == "participle" or (both and not inverted))
    if lex.lang == "en" and i and toks[i - 1].low in lex.words["passive"] and low.endswith(_PASSIVE):
        finite, passive = i - 1, True  # "had been warned"
    elif prefix is None and participle:
        if auxiliary is None:
            return None
        finite = auxiliary
        done = any(t.low == "worden" for t in toks[i + 1 : i + 2])  # "war … bezeichnet worden"
        passive = (done or toks[auxiliary].low in lex.words["passive"]) and lemma not in ("zitieren",)
    who = _agent(toks, finite, i, lex) or _opening_place(toks, lex) if passive else phrases.subject(toks, finite, lex)
    if verb is not None and verb.lemma == "zitieren" and not passive and prefix is None:
        who = phrases.right(toks, i, lex) or who  # who is quoted speaks, not the paper that quotes
    if low == "saying" and lex.lang == "en":
        quoted = next((k for k in range(i - 2, max(-1, i - 13), -1) if toks[k].low in ("quoted", "cited")), None)
        by = quoted is not None and toks[quoted - 1].low in lex.words["passive"]
        who = (quoted + 1, i - 1) if quoted is not None and quoted + 1 < i - 1 and not by else who
    if low in ("heißt", "hieß", "verlautete", "verlautet", "steht", "stand", "stehen", "standen"):
        who = _place(toks, i, lex)
    points = [i, finite] + ([prefix] if prefix is not None else [])
    last = max(*points, who[1] - 1 if who and who[0] > min(points) else 0) + 1
    first = min(*points, who[0] if who and who[1] <= min(points) and _same_clause(toks, who[1], min(points)) else i)
    cue = _span(toks, i, i + 1)
    kind: FrameKind = "as" if _as_clause(toks, i, lex) is not None else "verb"
    return Frame(kind, cue, phrases.span_of(toks, *who) if who else None, first, last, i, lemma, weakly, passive)


def _worded(toks: list[Token], i: int, lex: Lexicon) -> Frame | None:
    """ "versuchte mit den Worten zu beruhigen: „…“": the noun announces, the subject of the sentence speaks."""
    if toks[i].low not in ("worten", "words") or not any(t.text == QUOTED for t in toks[i:]):
        return None
    second = phrases.phrase(toks, 0, lex)  # what follows the first noun phrase is a verb, whatever its ending
    before = (k for k in range(i) if finite(toks[k], lex) or (0 < k == second and not toks[k].capital))
    behind = (k for k in range(i + 2, len(toks)) if toks[k - 1].text == QUOTED and toks[k].word)
    verb = next(before, None) or next(behind, None)
    who = phrases.subject(toks, verb, lex) if verb else None
    if who is None or verb is None or any(t.low in lex.verbs for t in toks[: i + 3]):
        return None
    return Frame(
        "verb", _span(toks, i, i + 1), _span(toks, *who), min(i, who[0], verb), max(i, verb) + 1, verb, "worten"
    )


@cache
def _own_participle(lang: str) -> frozenset[str]:
    """Verbs whose participle is no finite form too: bestreiten, bestritten."""
    return frozenset(verb.lemma for verb in lexicon(lang).verbs.values() if verb.kind == "participle")


def _both(low: str, lemma: str, lex: Lexicon) -> bool:
    """German forms that are finite and participle alike: vermutet, berichtet, erklärt, but not bestritt."""
    if lemma in _own_participle(lex.lang):
        return False
    return lex.lang == "de" and low.endswith("t") and low.startswith(("be", "er", "ver", "ent", "unter", "wider"))


def _agent(toks: list[Token], finite: int, verb: int, lex: Lexicon) -> tuple[int, int] | None:
    """ "von X", "by X" beside a passive."""
    low, high = min(finite, verb), max(finite, verb) + 8
    for k in range(low, min(high, len(toks) - 1)):
        ends = toks[k].text == "," or (lex.lang == "en" and toks[k].low in lex.words["complement"])
        if ends and k > max(finite, verb):
            return None
        if toks[k].low in ("von", "vom", "durch", "by"):
            end = phrases.phrase(toks, k + 1, lex)
            if end > k + 1 and toks[k + 1].low not in lex.words["pronoun"]:
                return k + 1, end
    return None


def _place(toks: list[Token], i: int, lex: Lexicon) -> tuple[int, int] | None:
    """ "In einem Positionspapier heißt es", "aus Militärkreisen verlautete"."""
    places = ("in", "im", "aus", "bei", "beim", "von", "vom", "seitens") + (
        ("auf",) if toks[i].low.startswith("st") else ()
    )
    for k in range(max(0, i - 10), min(i + 6, len(toks) - 1)):
        if toks[k].low in places:
            end = phrases.phrase(toks, k + 1, lex)
            if end > k + 1:
                return k + 1, end
    return None


def _opening_place(toks: list[Token], lex: Lexicon) -> tuple[int, int] | None:
    """ "Im Bericht der Kommission wird das System als „veraltet“ bezeichnet"."""
    if not toks or toks[0].low not in ("in", "im", "von", "vom", "seitens"):
        return None
    end = phrases.phrase(toks, 1, lex)
    if end == 1 and len(toks) > 2 and toks[1].low in ("diesem", "dieser", "diesen") and not toks[2].capital:
        end = 2  # "In diesem wird festgehalten, dass …"
    return (1, end) if end > 1 else None


def _talk(toks: list[Token], i: int, lex: Lexicon) -> Frame | None:
    """ "In dem Schreiben ist von „Rache“ die Rede"."""
    verb = next((k for k in range(i - 1, -1, -1) if toks[k].low in ("ist", "war", "sei")), None)
    if verb is None or i == 0 or toks[i - 1].low != "die" or not any(t.text == QUOTED for t in toks[verb:i]):
        return None
    who = _place(toks, verb, lex)
    source = phrases.span_of(toks, *who) if who else None
    return Frame("verb", _span(toks, i, i + 1), source, min(verb, who[0] if who else verb), i + 1, verb, "sprechen")


def _noun(toks: list[Token], i: int, lex: Lexicon) -> Frame | None:
    """ "vertritt die Ansicht, dass …": a noun announces the clause, the subject of the sentence speaks."""
    if toks[i].low not in lex.words["statement"] or i == 0:
        return None
    owner = _owner(toks, i, lex)
    if owner is not None:
        return Frame(
            "verb", _span(toks, i, i + 1), _span(toks, *owner), i, owner[1], owner[1] - 1, toks[i].low, weakly=True
        )
    comma = i + 1
    if comma < len(toks) and toks[comma].word and toks[comma].low in ("vertreten", "gemacht", "gegeben", "erteilt"):
        comma += 1
    if comma + 2 >= len(toks) or toks[comma].text != ",":
        return None
    start = phrases.clause_start(toks, i, lex)
    verb = next((k for k in range(start, i) if finite(toks[k], lex)), None)
    verb = phrases.second(toks, start, i, lex) if verb is None else verb
    who = phrases.subject(toks, verb, lex) if verb is not None else phrases.leftmost(toks, i + 1, comma, lex)
    source = phrases.span_of(toks, *who) if who else None
    return Frame("verb", _span(toks, i, i + 1), source, min(start, i), comma, comma - 1, toks[i].low, weakly=True)


def _owner(toks: list[Token], i: int, lex: Lexicon) -> tuple[int, int] | None:
    """ "die Forderung des Verbandes, …", "das Eingeständnis von X, …": whose statement it is, up to the comma."""
    link = toks[i + 1].low if i + 2 < len(toks) else ""
    first = i + 2 if link in ("von", "vom", "of") else i + 1
    if link not in ("von", "vom", "of", "des", "der", "eines", "einer"):
        return None
    end = phrases.phrase(toks, first, lex, attributes=False)
    while first < end < len(toks) and toks[end].low in lex.words["link"]:
        after = phrases.phrase(toks, end + (toks[end].low not in lex.words["article"]), lex, attributes=False)
        if after <= end + 1:
            break
        end = after
    return (first, end) if first < end < len(toks) - 2 and toks[end].text == "," else None


def finite(token: Token, lex: Lexicon) -> bool:
    """Whether a word looks like a finite verb: an auxiliary, a reporting verb, or by its ending."""
    words = lex.words
    if not token.word or token.capital or token.low in words["adverb"] or token.low in words["article"]:
        return False
    if token.low in words["auxiliaries"] or token.low in words["seeing"]:
        return True
    if token.low in lex.verbs or token.low in lex.separable:
        return True
    function = words["preposition"] | words["conjunction"] | words["subordinator"]
    endings = ("te", "ten", "t") if lex.lang == "de" else ("ed",)
    return len(token.low) > 3 and token.low.endswith(endings) and token.low not in function


def object_of(toks: list[Token], verb: int, q: int, lex: Lexicon) -> bool:
    """Whether the quotation at token q may be the object of a verb: both stand in one clause, q before a last verb."""
    if abs(verb - q) > _FAR:
        return False
    start = phrases.clause_start(toks, verb, lex)
    dependent = lex.words["subordinator"] | lex.words["complement"]
    if start and toks[start - 1].text == "," and toks[start].low in dependent and not start < q < verb:
        return False
    depth = 0
    for k in range(min(verb, q) + 1, max(verb, q)):
        opener = toks[k + 2 if toks[k + 1].low in lex.words["preposition"] and k + 2 < len(toks) else k + 1].low
        if toks[k].text == "," and opener in dependent | lex.words["relative"]:
            depth += 1
        elif toks[k].text == ",":
            depth = max(0, depth - 1)
    return depth == 0


def attributive(toks: list[Token], k: int, lex: Lexicon) -> bool:
    """A form like a verb that stands before a noun: die geplante Reform, die so genannte „Reichensteuer“."""
    before, after = (toks[k - 1].low if k else ""), toks[k + 1 : k + 2]
    noun = bool(after) and (after[0].capital or after[0].text == QUOTED)
    return noun and (before in lex.words["article"] or before == "so") and toks[k].low not in lex.words["auxiliaries"]


def _same_clause(toks: list[Token], end: int, verb: int) -> bool:
    return all(toks[k].text not in (":", ";") for k in range(end, verb))


def _not_a_verb(toks: list[Token], i: int, lex: Lexicon) -> bool:
    """A German form before a noun is an adjective ("geplante Übung"); an English one after an article is a noun."""
    before = toks[i - 1].low if i > 0 else ""
    if lex.lang == "en":
        following = toks[i + 1].low if i + 1 < len(toks) else ""
        noun = (
            before in lex.words["article"] or before in ("of", "to", "no", "'s", "’s") or before.endswith(("'s", "’s"))
        )
        announced = following == "that" and i > 0 and before in lex.verbs and toks[i].low in lex.words["claimed"]
        return (
            noun
            or announced
            or (following == "of" and not toks[i].low.endswith(("ed", "id", "says")))
            or (toks[i].low == "report" and before not in ("they", "we", "i"))
        )
    if i == 1 and before == "das" and i + 1 < len(toks):  # "Das sagte X", "Das berichtete die Agentur"
        bare = lex.verbs.get(toks[i].low[:-1])
        adjective = bare is not None and (bare.kind == "participle" or _both(toks[i].low[:-1], bare.lemma, lex))
        return adjective and toks[i + 1].low not in lex.words["article"]
    return before in ("zu", "der", "die", "das", "den", "dem", "ein", "eine", "einen", "als")


def _prefix(toks: list[Token], i: int, lex: Lexicon) -> int | None:
    """The separated prefix of the verb at i ("teilte … mit"), if it has one that makes it report."""
    prefixes = lex.separable.get(toks[i].low)
    if not prefixes:
        return None
    if i and toks[i - 1].low in prefixes and lex.lang == "de":
        return i - 1  # "wie X bekannt gab"
    for k in range(i + 1, min(i + 26, len(toks))):
        if toks[k].text in (":", ";") or (toks[k].text == QUOTED and toks[k - 1].text == ","):
            return None
        low = toks[k].low
        going = low == "aus" and toks[i].low in ("geht", "ging", "gingen", "gehen")
        if going and not any(toks[j].low in ("von", "vom") for j in range(i + 1, k)):
            continue  # "ging von einem „Unfall“ aus", but not "ging 3:1 aus"
        if low in prefixes:
            following = toks[k + 1] if k + 1 < len(toks) else None
            closing = following is None or following.text in (",", ":", ".", ";", "–", "!", "?", QUOTED)
            if closing or lex.lang == "en" or low in ("es", "davon", "darauf", "darin", "dazu", "fort"):
                return k
            if following is not None and following.low in ("und", "hin", "aus", "auf"):
                return k
    return None


def _auxiliary(toks: list[Token], i: int, lex: Lexicon) -> int | None:
    """The finite auxiliary of the participle at i: right after it or before it in the same clause."""
    if i + 1 < len(toks) and toks[i + 1].low in lex.words["auxiliaries"]:
        begin = max(0, i - 30) if toks[i + 1].low == "haben" else i  # "soll von „Peanuts“ gesprochen haben"
        modal = (k for k in range(i - 1, begin - 1, -1) if toks[k].low in lex.words["modal"])
        return next(modal, i + 1)
    start = 0
    for k in range(i - 1, -1, -1):
        if toks[k].text in (":", ";"):
            start = k + 1
            break
    for k in range(i - 1, start - 1, -1):
        if toks[k].low in lex.words["auxiliaries"]:
            return k
        if toks[k].low in lex.words["subordinator"] and toks[k + 1].text != QUOTED:  # not "als „veraltet“"
            return None
    return None


def _as_clause(toks: list[Token], i: int, lex: Lexicon) -> int | None:
    """The "wie" of ", wie X mitteilte", if the verb at i stands in such a clause."""
    start = phrases.clause_start(toks, i, lex)
    for k in range(start, max(start - 12, -1), -1):
        if toks[k].low in ("wie", "as") and (k == 0 or toks[k - 1].text in (",", QUOTED)):
            return k
    return None


def as_start(toks: list[Token], frame: Frame, lex: Lexicon) -> int:
    """The first token of a "wie" clause."""
    start = _as_clause(toks, frame.verb, lex)
    return frame.first if start is None else start


def _span(toks: list[Token], i: int, end: int) -> Span:
    return phrases.span_of(toks, i, end)
