"""Noun phrases beside a verb: who says it. No tagger: capital letters, articles and word lists are enough."""

from __future__ import annotations

from twofront.evidence.reader.lexicon import Lexicon
from twofront.evidence.reader.record import Span
from twofront.evidence.reader.text import QUOTED, Token

LONGEST = 18  # tokens of a noun phrase
_OBJECT = ("die", "den", "das", "diese", "diesen", "dieses", "seine", "seinen", "ihre", "ihren")
_PREDICATE = ("ig", "lich", "isch", "ert", "scht", "orgt", "rzt", "ieden", "eidigt")
_TIME = frozenset(["week", "month", "year", "day", "night", "morning", "summer", "spring", "autumn", "winter", "time"])
_FOCUS = frozenset(["auch", "selbst", "sogar", "nur", "allein", "gerade", "ausgerechnet", "besonders", "insbesondere"])
_FEMININE = ("ung", "heit", "keit", "schaft", "tion", "tät", "presse", "erin", "agentur", "illustrierten")
_SENTENCE_ADVERB = ("lich", "weise", "bar", "ßend", "zend", "nend", "mals", "falls", "tens", "dessen", "isch")
STOPS = frozenset([":", ";", ".", "!", "?", "…", "–", "—", QUOTED])


def phrase(toks: list[Token], i: int, lex: Lexicon, *, attributes: bool = True) -> int:
    """The end (index) of the noun phrase that begins at token i; i itself where none begins.

    attributes: continue over genitives, "von …" and names in brackets or between commas.
    """
    if i >= len(toks):
        return i
    if toks[i].low in lex.words["pronoun"] and not _noun_follows(toks, i, lex):
        return i + 1
    end = _core(toks, i, lex)
    if end == i or not attributes:
        return end
    while end < len(toks) and end - i < LONGEST:
        after = _attribute(toks, end, lex)
        if after == end:
            break
        end = after
    return end


def _core(toks: list[Token], i: int, lex: Lexicon) -> int:
    """Article, small words before a noun, then nouns and names."""
    n, j = len(toks), i
    if toks[j].low in lex.words["article"] or toks[j].low in lex.words["pronoun"]:
        j += 1
    first = j
    if lex.lang == "en" and i < j < n and toks[j].low in lex.verbs:
        return j + 1  # "a report", "the claim": nouns that look like verbs
    while j < n and j - first < 5 and _adjective(toks[j], lex):
        j += 1
    start = j
    while j < n and (_noun(toks[j], lex, j == i) or _particle(toks, j)):
        j += 1
    if j > start and lex.lang == "en" and toks[j - 1].low.endswith(("'s", "’s")) and j < n:
        return max(_core(toks, j, lex), j)  # "Reed’s colleague Ana Ruiz"
    if j > start:
        return _compound(toks, j, lex) if lex.lang == "en" else j
    if lex.lang == "de" and i < first < j and toks[j - 1].low in lex.words["ordinal"]:
        return j  # "ein anderer"
    if lex.lang == "en" and j > first:
        return j  # "the defence ministry": English nouns are small
    if start < n and toks[start].text == QUOTED and toks[start].end - toks[start].start < 40:
        return start + 1  # the „Automobilwoche“
    return i


def _compound(toks: list[Token], j: int, lex: Lexicon) -> int:
    """ "Kremlin spokesman Dmitry Peskov", "Russian state media": small nouns behind a capital, up to a known one."""
    groups = ("role", "institution", "anonymous", "media", "medium")
    end = j
    for k in range(j, min(j + 4, len(toks))):
        if not _adjective(toks[k], lex):
            break
        if any(toks[k].low in lex.words[group] for group in groups):
            end = k + 1
    while j < end < len(toks) and _noun(toks[end], lex, False):
        end += 1
    return end


def _adjective(token: Token, lex: Lexicon) -> bool:
    if not token.word or token.capital:
        return False
    if token.text[0].isdigit():
        return True
    words = lex.words
    blocked = (
        token.low in words["preposition"]
        or token.low in words["subordinator"]
        or token.low in words["conjunction"]
        or (token.low in lex.verbs and token.low != "state")
        or (lex.lang == "en" and (token.low in words["article"] or token.low in words["pronoun"]))
        or token.low in words["auxiliaries"]
        or token.low in words["adverb"]
        or token.low in words["subjunctive"]
    )
    return not blocked and (lex.lang == "en" or token.low[-1] in "enrsm" or token.low.endswith("-"))


def _noun(token: Token, lex: Lexicon, first: bool) -> bool:
    if not token.word or not token.capital:
        return False
    words = lex.words
    if lex.lang == "en" and token.low in words["weekdays"]:
        return False  # "told reporters Thursday"
    if not first:
        return True
    return not (token.low in words["preposition"] or token.low in words["adverb"] or token.low in words["subordinator"])


def _particle(toks: list[Token], j: int) -> bool:
    """von, van, de, al- between two names."""
    return (
        toks[j].low in ("van", "de", "al", "bin", "el", "da", "zu", "von", "dos", "la", "le", "&")
        and 0 < j < len(toks) - 1
        and toks[j - 1].capital
        and toks[j + 1].capital
        and toks[j].low not in ("zu", "von")
    )


def _noun_follows(toks: list[Token], i: int, lex: Lexicon) -> bool:
    return lex.lang == "de" and i + 1 < len(toks) and toks[i].low.startswith("dies") and toks[i + 1].capital


def _attribute(toks: list[Token], i: int, lex: Lexicon) -> int:
    """The end of what may continue a noun phrase at i: a genitive, "von …", "(CEPA)", ", der Gouverneur …,"."""
    if i >= len(toks):
        return i
    low = toks[i].low
    if toks[i].text == "(":
        close = next((k for k in range(i + 1, min(i + 8, len(toks))) if toks[k].text == ")"), i - 1)
        return close + 1
    if toks[i].text == QUOTED and toks[i].end - toks[i].start < 60 and i > 0 and toks[i - 1].low in lex.words["naming"]:
        return i + 1
    if low in lex.words["link"]:
        end = _core(toks, i + 1, lex) if i + 1 < len(toks) and low not in lex.words["article"] else _core(toks, i, lex)
        if end > i + 1 and (low in ("der", "des") or not _medium(toks, i, end, lex)):
            return end
    if low in ("und", "and", "sowie") and i + 1 < len(toks):
        end = _core(toks, i + 1, lex)
        if end > i + 1 and toks[i + 1].low not in lex.words["pronoun"]:
            return end
    if low == "," and i + 1 < len(toks):
        return _apposition(toks, i, lex)
    return i


def _apposition(toks: list[Token], i: int, lex: Lexicon) -> int:
    """ ", der Gouverneur von Tabasco," between commas, up to the second comma (not included)."""
    inside = i + 1
    pronoun = toks[inside].low in lex.words["pronoun"] and not _noun_follows(toks, inside, lex)
    if pronoun or toks[inside].text == QUOTED or toks[inside].low in ("dem", "den", "einem"):
        return i  # "sagte X, dem Handelsblatt": whom it was said to
    end = _core(toks, inside, lex)
    if end == inside:
        return i
    while end < len(toks) and toks[end].low in lex.words["link"]:
        after = _core(toks, end + (toks[end].low not in lex.words["article"]), lex)
        if after <= end + 1:
            break
        end = after
    if end < len(toks) and toks[end].text == "(":  # ", Sebastian Edathy (SPD),"
        end = next((k + 1 for k in range(end + 1, min(end + 8, len(toks))) if toks[k].text == ")"), end)
    closed = end >= len(toks) or toks[end].text in (",", ".", ":")
    return end if closed and end - inside <= 12 else i


def _medium(toks: list[Token], i: int, end: int, lex: Lexicon) -> bool:
    named = lex.lang == "en"  # "Center for European Policy Analysis": a medium with a capital is part of a name
    medium = any(t.low in lex.words["medium"] and not (named and t.capital) for t in toks[i:end])
    return medium or any(t.low in lex.words["weekdays"] for t in toks[i:end])


def span_of(toks: list[Token], i: int, end: int) -> Span:
    """The characters of tokens i to end (not included)."""
    return Span(toks[i].start, toks[end - 1].end)


def clause_start(toks: list[Token], v: int, lex: Lexicon) -> int:
    """The first token of the clause in which token v stands."""
    depth = 0
    for k in range(v - 1, -1, -1):
        text = toks[k].text
        if text == ")":
            depth += 1
        elif text == "(":
            depth = max(0, depth - 1)
        elif depth == 0 and (text in STOPS or text == ",") and not _title(toks, k, lex) and not _ordinal(toks, k):
            return k + 1
    return 0


def _ordinal(toks: list[Token], k: int) -> bool:
    """The point of "Benedikt XVI." or "Dr.": no clause ends there."""
    return toks[k].text == "." and 0 < k < len(toks) - 1 and len(toks[k - 1].text) < 5 and toks[k - 1].capital


def _title(toks: list[Token], k: int, lex: Lexicon) -> bool:
    """A quotation that is the name of what stands before it: die Zeitung „Le Monde“."""
    return toks[k].text == QUOTED and k > 0 and toks[k - 1].low in lex.words["naming"]


def subject(toks: list[Token], v: int, lex: Lexicon) -> tuple[int, int] | None:
    """The subject of the finite verb at token v as (first, end), or None.

    German puts the verb second: what stands before it is the subject, unless that is an adverb or a phrase
    with a preposition; then the subject follows the verb. In a subordinate clause the verb stands last.
    """
    start = clause_start(toks, v, lex)
    field = toks[start:v]
    if not field and start and toks[start - 1].text == QUOTED:
        opener = clause_start(toks, start - 1, lex)
        own = leftmost(toks, opener + 1, start - 1, lex) if toks[opener].low in lex.words["subordinator"] else None
        if own is not None:
            return own  # "während Israel von „Notwehr“ sprach"
    plain = lex.lang == "en" and start and all(t.low in lex.words["adverb"] for t in field)
    if plain and toks[start - 1].text == ",":  # "His spokeswoman, Amy Rowe, later said"
        own = _insertion(toks, start, lex) or _before_insertion(toks, start, lex)
        return own if own is not None and not _inverts(toks, v, lex) else right(toks, v, lex)
    if lex.lang == "en" and field:
        own = _joined(toks, start, v, lex) or _own_subject(toks, start, v, lex)
        if own is not None:
            return own
    if not field:
        return _insertion(toks, start, lex) or right(toks, v, lex) or _before_insertion(toks, start, lex)
    if _noble(toks, start, v):
        return start, v
    if lex.lang == "de" and len(field) > 1 and field[0].low in _FOCUS:
        start, field = start + 1, field[1:]  # "Auch der Minister begrüßte den Plan"
    first = field[0]
    if lex.lang == "de" and v + 1 < len(toks) and toks[v + 1].low in ("er", "ich", "wir", "man"):
        return v + 1, v + 2  # a subject pronoun behind the verb: what stands before it is an object
    singular = not toks[v].low.endswith("en")
    if lex.lang == "de" and first.low in _OBJECT and singular and v + 1 < len(toks) and toks[v + 1].low == "der":
        return right(toks, v, lex)  # "Die Pläne nannte der Sprecher …", but "Die Grünen werfen der Regierung …"
    if lex.lang == "de" and len(field) == 1 and first.low.endswith(_PREDICATE) and toks[v].low in lex.words["copula"]:
        return right(toks, v, lex)  # "Zufrieden war der Trainer nicht"
    if lex.lang == "de" and start == 0 and len(field) > 1 and _predicate(field, lex):
        behind = right(toks, v, lex)  # "Völlig aufgelöst zeigte sich der Trainer"
        if behind is not None:
            return behind
    if lex.lang == "de" and len(field) == 1 and first.low.endswith(_SENTENCE_ADVERB):
        behind = right(toks, v, lex)  # "Offenbar entschied sich der Leiter …", but "Ehrlich sagte dem Blatt …"
        if behind is not None and toks[behind[0]].low not in lex.words["oblique"]:
            return behind
    if first.low == "als" and len(field) > 1:
        behind = right(toks, v, lex)  # "Als Grund gab sie … an"
        if behind is not None:
            return behind
    if field[-1].low in ("zufolge", "nach"):
        return right(toks, v, lex)  # "Der Agentur zufolge sagte ein Offizier …"
    comma = start > 0 and toks[start - 1].text == ","
    if first.low in lex.words["conjunction"] and len(field) == 1:
        return leftmost(toks, 0, max(0, start), lex)
    if first.low in lex.words["subordinator"] or (comma and first.low in lex.words["relative"]):
        own = leftmost(toks, start + 1, v, lex)
        if own is not None:
            return own
        return (start, start + 1) if first.low in lex.words["relative"] else None
    if comma and len(field) > 2 and first.low in lex.words["preposition"] and field[1].low in lex.words["relative"]:
        own = leftmost(toks, start + 2, v, lex)  # ", von dem die Polizei glaubt, …"
        if own is not None and own[0] > start + 1:
            return own
    adverbial = first.low in lex.words["preposition"] or first.low in lex.words["adverb"]
    if lex.lang == "de" and (adverbial or first.low in lex.words["oblique"]):
        behind = right(toks, v, lex)
        if behind is not None and toks[behind[0]].low not in ("den", "dem", "einem"):
            return behind
    if lex.lang == "de" and first.low == "der" and _named_right(toks, v, lex):
        return right(toks, v, lex)
    if lex.lang == "de" and first.low == "der" and toks[_core(toks, start, lex) - 1].low.endswith(_FEMININE):
        behind = right(toks, v, lex)  # "Der Zeitung sagte der Minister …": no subject, for the noun is feminine
        if behind is not None:
            return behind
    if lex.lang == "de" and len(field) == 1 and first.low in ("das", "dies", "so"):
        return right(toks, v, lex)
    return leftmost(toks, start, v, lex) or (_before_insertion(toks, start, lex) if comma else None)


def _noble(toks: list[Token], start: int, v: int) -> bool:
    """ "Von der Leyen betonte, …": a name, for nothing behind the verb could be its subject."""
    names = start + 2 if v - start > 2 and toks[start + 1].low in ("der", "den", "dem") else start + 1
    bare = v + 1 >= len(toks) or toks[v + 1].text in (",", ":", QUOTED)
    return toks[start].low == "von" and names < v and all(t.capital for t in toks[names:v]) and bare


def _inverts(toks: list[Token], v: int, lex: Lexicon) -> bool:
    """Whether an English subject follows its verb: ", said Ana Ruiz." but not ", told lawmakers" or ", said it was"."""
    found = right(toks, v, lex) if toks[v].low in lex.words["inverting"] else None
    found = None if found is not None and toks[found[0]].low in lex.words["complement"] else found
    closed = found is not None and (found[1] >= len(toks) or not toks[found[1]].word or toks[found[1]].text == QUOTED)
    timed = lex.words["preposition"] | lex.words["weekdays"] | lex.words["adverb"]
    return found is not None and (closed or toks[found[1]].low in timed)


def _joined(toks: list[Token], start: int, v: int, lex: Lexicon) -> tuple[int, int] | None:
    """ "Lin Mei thanked Congress and said": an English verb behind "and" has the subject of the first."""
    if v - start < 2 or toks[v - 1].low not in lex.words["conjunction"]:
        return None
    verbs = lex.words["auxiliaries"] | lex.words["past"]
    finite = (t.low in verbs or t.low in lex.verbs or t.low.endswith("ed") for t in toks[start : v - 1])
    first = next((start + k for k, found in enumerate(finite) if found and not toks[start + k].capital), None)
    return subject(toks, first, lex) if first is not None else None


def _own_subject(toks: list[Token], start: int, v: int, lex: Lexicon) -> tuple[int, int] | None:
    """ "a step that the White House said …", "two days after Kerr told": the phrase before an English verb."""
    end = v
    while end > start + 1 and toks[end - 1].low in lex.words["adverb"]:
        end -= 1
    near = range(max(start + 1, end - 8), end)
    first = next((j for j in near if _core(toks[:end], j, lex) == end), end)
    before = toks[first - 1].low
    named = any(t.capital or t.low in lex.words["role"] for t in toks[first:end])
    clause = before in lex.words["relative"] or (named and before in lex.words["subordinator"])
    verb = before in lex.words["auxiliaries"] or before in lex.verbs
    opens = first < end and (toks[first].capital or toks[first].low in lex.words["article"])
    return (first, end) if opens and (clause or verb) else None


def _predicate(field: list[Token], lex: Lexicon) -> bool:
    """No noun before the verb: only small words, the first with a capital because it opens the sentence."""
    plain = not (field[0].low in lex.words["article"] or field[0].low in lex.words["pronoun"])
    return plain and not any(t.capital or not t.word for t in field[1:])


def _named_right(toks: list[Token], v: int, lex: Lexicon) -> bool:
    """Two names right after the verb, then a mark: the field before it was an object."""
    return (
        v + 3 < len(toks)
        and toks[v + 1].capital
        and toks[v + 2].capital
        and toks[v + 1].low not in lex.words["article"]
        and toks[v + 3].text in (":", ",", QUOTED)
    )


_FUNCTION = ("article", "pronoun", "preposition", "conjunction", "subordinator", "relative", "adverb", "complement")


def functional(low: str, lex: Lexicon) -> bool:
    """Whether a small word can be no verb."""
    return any(low in lex.words[group] for group in _FUNCTION)


def second(toks: list[Token], begin: int, end: int, lex: Lexicon) -> int | None:
    """The word behind the first phrase of a German main clause: its verb, whatever its ending."""
    k = begin
    for _ in range(4):  # "Nach dem Besuch im Gebiet sprach …": phrases with a preposition and adverbs before it
        if k >= end or lex.lang != "de":
            return None
        if toks[k].low in lex.words["adverb"]:
            k += 1
        elif toks[k].low in lex.words["preposition"]:
            k = phrase(toks[:end], k + 1, lex)
        elif k == begin:
            k = phrase(toks[:end], k, lex)
        else:
            break
    verb = begin < k < end and toks[k].word and not toks[k].capital and not functional(toks[k].low, lex)
    return k if verb else None


def right(toks: list[Token], v: int, lex: Lexicon) -> tuple[int, int] | None:
    """The noun phrase right after the verb, over adverbs and one phrase with a preposition."""
    j = v + 1
    hops = 0
    while j < len(toks) and hops < 4:
        low = toks[j].low
        if _among_others(toks, j) or (low == "es" and j + 1 < len(toks) and _core(toks, j + 1, lex) > j + 1):
            j += 2 if low == "unter" else 1  # "hält es der Präsident für möglich"
            continue
        if toks[j].text in STOPS or toks[j].text == ",":
            return None
        if low in lex.words["preposition"]:
            end = phrase(toks, j + 1, lex, attributes=False)
            if end == j + 1:
                return None
            j = end
            hops += 1
            continue
        if low in lex.words["adverb"] and not toks[j].capital:
            j += 1
            hops += 1
            continue
        end = phrase(toks, j, lex)
        return (j, end) if end > j else None
    return None


def _among_others(toks: list[Token], j: int) -> bool:
    """ "unter anderem": no phrase goes on behind it."""
    return toks[j].low == "unter" and j + 1 < len(toks) and toks[j + 1].low in ("anderem", "anderen")


def leftmost(toks: list[Token], start: int, v: int, lex: Lexicon) -> tuple[int, int] | None:
    """The first noun phrase of a field that does not hang on a preposition."""
    j = start
    while j < v:
        low = toks[j].low
        past = lex.lang == "en" and low in ("last", "next", "this", "late", "early")
        if _among_others(toks, j) or (past and j + 1 < v and toks[j + 1].low in _TIME):
            j += 2  # "In a speech last week he argued"
            continue
        if low in lex.words["preposition"]:
            j = max(phrase(toks, j + 1, lex, attributes=False), j + 1)
            continue
        if lex.lang == "de" and low in lex.words["oblique"]:
            j = max(phrase(toks[:v], j, lex, attributes=False), j + 1)
            continue
        end = phrase(toks[:v], j, lex)
        if end > j:
            return j, end
        j += 1
    return None


def _insertion(toks: list[Token], start: int, lex: Lexicon) -> tuple[int, int] | None:
    """ "X, der Gouverneur von Y, sagte": a phrase that fills the field up to the comma before the verb."""
    if start < 2 or toks[start - 1].text != ",":
        return None
    for comma in range(start - 2, 0, -1):
        if toks[comma].text in STOPS:
            return None
        if toks[comma].text != ",":
            continue
        begin = clause_start(toks, comma, lex)
        while begin < comma and toks[begin].low in lex.words["adverb"]:
            begin += 1  # "Auch der Vorsitzende, Karl Müller, äußerte …"
        end = phrase(toks, begin, lex)
        bare = phrase(toks, begin, lex, attributes=False)
        relative = comma in (end, bare) and toks[comma + 1].low in lex.words["relative"]
        if end == start - 1 or relative:
            return begin, end if end <= start - 1 else bare
        inside = toks[comma + 1 : start - 1]
        if end > begin and 2 <= len(inside) <= 4 and all(t.capital for t in inside) and _hangs(toks, end, comma, lex):
            return begin, start - 1  # "Der Vorsitzende des Verbandes in Deutschland, Karl Müller, kritisierte"
        name = bare == comma and bare - begin > 1 and all(t.capital for t in toks[begin:bare])
        if name and not any(t.low in lex.verbs or t.low in lex.words["auxiliaries"] for t in inside):
            return begin, start - 1  # "Karl Müller, Chef des Verbandes und Rat in der Stadt, verteidigte"
    return None


def _hangs(toks: list[Token], i: int, end: int, lex: Lexicon) -> bool:
    """Phrases with a preposition fill the tokens i to end."""
    while i < end and toks[i].low in lex.words["preposition"]:
        i = max(phrase(toks[:end], i + 1, lex), i + 1)
    return i == end


def _before_insertion(toks: list[Token], start: int, lex: Lexicon) -> tuple[int, int] | None:
    """ "X, der …, sagte": the phrase before the first of two commas."""
    if start < 2 or toks[start - 1].text != ",":
        return None
    k = start - 2
    while k >= 0 and toks[k].text != "," and toks[k].text not in STOPS:
        k -= 1
    if k <= 0 or toks[k].text != ",":
        return None
    begin = clause_start(toks, k, lex)
    return leftmost(toks, begin, k, lex)
