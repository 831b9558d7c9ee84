"""English sentences: clauses reported without "that", attributions put behind or inside them, titles before names."""

from __future__ import annotations

from collections.abc import Sequence

from twofront.evidence.reader import phrases
from twofront.evidence.reader.frames import Frame
from twofront.evidence.reader.lexicon import Lexicon
from twofront.evidence.reader.record import Span
from twofront.evidence.reader.text import QUOTED, Sentence, Token

_AHEAD = 16  # tokens in which the verb of a clause is looked for
_LOOSE = 10  # tokens that may follow an attribution put behind: when and where it was said


def reported_from(toks: list[Token], frame: Frame, lex: Lexicon) -> int | None:
    """Where the clause begins that a verb reports: "that …", or a subject with its verb right away."""
    words, inverted = lex.words, frame.source is not None and frame.source.start > frame.cue.start
    k = frame.end if inverted or "+" in frame.lemma else frame.verb + 1
    if k < len(toks) and not inverted and (noun := _announcing(toks, k, lex)) is not None:
        return noun
    told: int | None = None
    for _ in range(8):
        if k >= len(toks):
            return None
        token = toks[k]
        if token.low in words["complement"]:
            if sum(t.word for t in toks[k + 1 : k + 4]) < 2:
                return None  # "rejected that view"
            aside = toks[k - 1].text == "," and token.low in words["relative"] - {"that"}
            return None if aside else k  # "said X, who teaches there" and "asked X, who leads it, how"
        if token.text == ":" and k + 1 < len(toks):
            return k + 1 if toks[k + 1].text != QUOTED else None
        if token.text in (".", QUOTED, ";") or (token.text == "," and not inverted and k == frame.verb + 1):
            return None
        if token.low == "to" and not _somebody(toks, k + 1, lex):
            return None  # "asked not to be named"
        if token.low in words["preposition"]:
            k = max(phrases.phrase(toks, k + 1, lex, attributes=False), k + 1)
        elif _timed(token, lex) or (token.text[0].isdigit() and k > frame.verb + 1):
            k += 1
        elif frame.lemma in words["telling"] and told is None:
            told, k = k, max(told_end(toks, k, lex), k + 1)
        else:
            break
    if k >= len(toks) or inverted or frame.passive:
        return None
    if told is not None and toks[k].low in words["auxiliaries"]:
        return told  # "warned Russia could attack": no one is told, Russia is the subject
    return k if _clause(toks, k, frame, lex) else None


def _somebody(toks: list[Token], k: int, lex: Lexicon) -> bool:
    """Whether a noun stands at token k and no infinitive."""
    groups = ("article", "pronoun", "anonymous", "institution", "media", "role")
    return k < len(toks) and (toks[k].capital or any(toks[k].low in lex.words[group] for group in groups))


def _timed(token: Token, lex: Lexicon) -> bool:
    time = token.low in lex.words["weekdays"] or token.low in lex.words["months"]
    return time or token.low in lex.words["adverb"] or token.text == "," or _manner(token)


def _manner(token: Token) -> bool:
    return token.low.endswith("ly") and not token.capital


def _announcing(toks: list[Token], k: int, lex: Lexicon) -> int | None:
    """ "rejected the claim that …": the clause that the noun announces."""
    for j in range(k, min(k + 5, len(toks) - 1)):
        if not toks[j].word or toks[j].low in lex.words["preposition"]:
            return None
        if toks[j].low in lex.words["claimed"] and toks[j + 1].low == "that":
            return j + 1
    return None


def _clause(toks: list[Token], k: int, frame: Frame, lex: Lexicon) -> bool:
    """Whether a subject with a verb stands at k, not the object of the reporting verb ("said the same")."""
    words = lex.words
    says = frame.lemma in words["clause_only"]
    if not toks[k].word:
        return False
    stop = next((j for j in range(k, min(k + _AHEAD, len(toks))) if toks[j].text in phrases.STOPS), len(toks))
    for j in range(k + 1, min(stop, k + _AHEAD)):
        low, before = toks[j].low, toks[j - 1].low
        if toks[j].text == "," or (low in words["relative"] and not says):
            return False
        if toks[j].capital or before == "to":
            continue  # "expected Germany to be next"
        if low in words["auxiliaries"]:
            return True
        object_ = before in words["article"] or before in words["preposition"] or frame.weakly
        if not object_ and ((low.endswith("ed") and len(low) > 3) or (says and low in words["past"])):
            return True
    plain = frame.first == 0 or toks[frame.first - 1].text not in (",", QUOTED)
    small = any(t.low in words["small_object"] for t in toks[k : k + 2])
    return says and plain and not (frame.weakly or small) and sum(t.word for t in toks[k:stop]) >= 3


def body_end(toks: list[Token], named: Sequence[Frame], lex: Lexicon) -> int:
    """Where the sentence ends without the attributions put behind it: "…, Bild reported, citing a paper"."""
    end = _before(toks, len(toks))
    found = len(toks)
    for frame in sorted(named, key=lambda f: f.first, reverse=True):
        if frame.first > 2 and frame.end <= end and _loose(toks, frame.end, end, lex) and _behind(toks, frame, lex):
            end = found = _before(toks, frame.first)
    return found


def _before(toks: list[Token], end: int) -> int:
    while end and not toks[end - 1].word and toks[end - 1].text != QUOTED:
        end -= 1
    return end


def _behind(toks: list[Token], frame: Frame, lex: Lexicon) -> bool:
    if frame.kind == "source":
        return True
    return (
        frame.kind == "verb"
        and toks[frame.first - 1].text in (",", QUOTED)
        and not _object(toks, frame, lex)
        and reported_from(toks, frame, lex) is None
        and not _opens_only(toks, frame.first, lex)
    )


def _object(toks: list[Token], frame: Frame, lex: Lexicon) -> bool:
    """ "According to two people, X had warned the president": the verb has its object and is no attribution."""
    if frame.end >= len(toks) or frame.lemma == "tell" or not toks[frame.end].word:
        return False
    token = toks[frame.end]
    return not (_timed(token, lex) or token.low in lex.words["preposition"] or token.low in lex.words["past_days"])


def _loose(toks: list[Token], first: int, end: int, lex: Lexicon) -> bool:
    """Nothing but when, where and to whom."""
    if end - first > _LOOSE:
        return False
    joined = toks[first + 1 : first + 2] if first < end and toks[first].text == "," else toks[first : first + 1]
    if any(t.low in lex.words["conjunction"] or t.low in lex.words["contrast"] for t in joined):
        return False
    clause = lex.words["auxiliaries"] | lex.words["relative"] | lex.words["past"]
    return not any(
        (t.low in clause or t.low in lex.verbs or t.text in (":", ";", QUOTED)) and not t.capital
        for t in toks[first:end]
    )


def _opens_only(toks: list[Token], end: int, lex: Lexicon) -> bool:
    """ "Asked about the cost, X said", "In an interview, X said": what stands before is no statement."""
    before = [t for t in toks[:end] if t.word]
    if not before or any(t.text == QUOTED for t in toks[:end]):
        return False
    if before[0].low in lex.words["asked"] or (before[0].low.endswith("ing") and len(before[0].low) > 5):
        return True
    clause = lex.words["auxiliaries"] | lex.words["past"]
    said = any(not t.capital and (t.low in clause or t.low.endswith("ed")) for t in before)
    return before[0].low in lex.words["preposition"] and not said


def inserted(toks: list[Token], frame: Frame, end: int, lex: Lexicon) -> bool:
    """ "The list, they said, would be published": an attribution between two commas inside what it reports."""
    if frame.kind != "verb" or frame.first < 2 or frame.end >= end - 1 or toks[frame.first - 1].text != ",":
        return False
    after = next((k for k in range(frame.end, min(frame.end + 7, end)) if toks[k].text == ","), None)
    if after is None or toks[after + 1].text == QUOTED or _opens_only(toks, frame.first, lex):
        return False
    return _loose(toks, frame.end, after, lex) and reported_from(toks, frame, lex) is None


def addressee(toks: list[Token], frame: Frame, lex: Lexicon) -> Span | None:
    """ "told lawmakers in March": to whom it was said."""
    first = frame.verb + 1
    if (
        frame.kind != "verb"
        or frame.lemma != "tell"
        or first >= len(toks)
        or toks[first].low in lex.words["complement"]
    ):
        return None
    end = told_end(toks, first, lex)
    return phrases.span_of(toks, first, end) if end > first else None


def told_end(toks: list[Token], first: int, lex: Lexicon) -> int:
    """The end of whom it was told: up to the word for such people where a clause follows, "told the BBC Russia was"."""
    end = phrases.phrase(toks, first, lex, attributes=False)
    if end < len(toks) and toks[end].low in lex.words["auxiliaries"]:
        known = lex.words["media"] | lex.words["anonymous"] | lex.words["institution"] | lex.words["role"]
        return next((k + 1 for k in range(first, end - 1) if toks[k].low in known), end)
    return end


def title(toks: list[Token], i: int, end: int, lex: Lexicon) -> tuple[int, int] | None:
    """The role before a name in the capitals i to end, as (first, end): "Kremlin spokesman"."""
    words = lex.words
    roles = [k for k in range(i, end - 1) if toks[k].low in words["role"]]
    if roles:
        first, last = i, roles[-1]
        skipped = words["weekdays"] | words["months"] | words["article"] | words["preposition"] | words["adverb"]
        while first < last and toks[first].low in skipped:
            first += 1
        return first, last + 1
    if not i or toks[i - 1].low not in words["role"]:
        return None
    first = i - 1
    while first and i - first < 5 and _modifies(toks, first - 1, lex):
        first -= 1
    return first, i


def _modifies(toks: list[Token], k: int, lex: Lexicon) -> bool:
    """Whether a word before a role belongs to it: "foreign ministry" of "foreign ministry spokesman"."""
    low = toks[k].low
    if not toks[k].word or toks[k].text[0].isdigit() or phrases.functional(low, lex) or low in lex.words["weekdays"]:
        return False
    if low.endswith(("'s", "’s")):
        return False
    verb = low in lex.verbs or low in lex.words["auxiliaries"] or low in lex.words["past"]
    return toks[k].capital or not (verb or low.endswith(("ed", "ly")))


def inside_body(toks: list[Token], first: int, lex: Lexicon) -> bool:
    """Whether capitals at token first end the name of an institution: "Center for Strategy and Arms Control"."""
    linked = False
    for k in range(first - 1, max(-1, first - 8), -1):
        low = toks[k].low
        if toks[k].capital and low in lex.words["institution"]:
            return linked
        if not (toks[k].capital or low in ("for", "of", "on", "and", "the", "&")):
            return False
        linked = linked or low in ("for", "of", "on")
    return False


def follows(sentence: Sentence, quote: Span, named: Sequence[Frame], text: str) -> bool:
    """Whether a quotation ends with a comma and an attribution comes next: “Production,” its authors say."""
    after = sentence.upto(quote.end)
    return text[quote.end - 2] == "," and any(frame.first == after for frame in named)
