"""Attribution: which words of a sentence, or of the one before or behind, say who speaks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

from twofront.evidence.reader import english, phrases
from twofront.evidence.reader.frames import Frame, attributive, finite, frames, object_of
from twofront.evidence.reader.lexicon import Lexicon
from twofront.evidence.reader.people import People
from twofront.evidence.reader.quotes import Quote
from twofront.evidence.reader.record import Article, Found, Source, Span
from twofront.evidence.reader.speech import content, subjunctive
from twofront.evidence.reader.text import QUOTED, Sentence, Token
from twofront.evidence.said import Said

NOWHERE = Source(None, "", None, "nowhere")


@dataclass
class State:
    """What the reader remembers from sentence to sentence."""

    article: Article
    lex: Lexicon
    people: People
    claims: list[Found] = field(default_factory=list)
    chain: tuple[Source, ...] = ()
    reported: bool = False  # the sentence before was reported speech
    block: int = -1
    opened: int = 0  # how many claims there were when this paragraph began
    following: Sentence | None = None  # the next sentence of this paragraph
    near: tuple[Source, ...] = ()  # whom the last sentence of this paragraph was about
    about: tuple[Source, ...] = ()  # its subject, where it may be a thing
    paper: Source | None = None  # what it names last: a statement, a report; "darin" means it


def reports(frame: Frame, sentence: Sentence, lex: Lexicon) -> bool:
    """A frequent verb reports only where a clause follows, or a quotation that is its object."""
    if not frame.weakly:
        return True
    toks = sentence.tokens
    if frame.lemma.endswith("+dar") and not any(t.low == "als" for t in toks):
        return False  # "Das stellt ein Problem dar" says nothing, "er stellte es als „Problem“ dar" does
    colon = any(toks[k].text == ":" and toks[k + 1].text == QUOTED for k in range(frame.verb, len(toks) - 1))
    before = next((q for q in range(frame.verb - 1, -1, -1) if toks[q].text == QUOTED), None)
    behind = next((q for q in range(frame.verb + 1, len(toks)) if toks[q].text == QUOTED), None)
    fragment = frame.lemma in lex.words["quoting"] and any(
        q is not None and object_of(toks, frame.verb, q, lex) for q in (before, behind)
    )
    clause = frame.lemma not in lex.words["quotation_only"] and bool(content(sentence, frame, lex, []))
    return colon or fragment or clause


def seen(toks: list[Token], lex: Lexicon) -> bool:
    """ "sieht in dem Gesetz einen „Schritt …“", "sees it as a “step …”"."""
    verb = next((k for k, t in enumerate(toks) if t.low in lex.words["seeing"]), None)
    marks = frozenset(["ein", "eine", "einen", "als", "a", "an", "as"])
    held = any(t.low in ("hält", "hielt", "halten", "hielten") for t in toks)
    if held and any(toks[k].text == QUOTED and toks[k - 1].low == "für" for k in range(2, len(toks))):
        return True  # "hält die Reform für „ungerecht“"
    if verb is None and lex.lang == "de":  # "charakterisierte den Plan als „tot“": what somebody takes something for
        marks, verb = frozenset(["als"]), _main_verb(toks, lex)
        if verb is None or any(t.low in lex.words["known_as"] for t in toks):
            return False
    return verb is not None and any(
        toks[k].text == QUOTED and toks[k - 1].low in marks for k in range(verb + 2, len(toks))
    )


def source_of(frame: Frame, sentence: Sentence, state: State, *, remember: bool = True) -> Source:
    if frame.source is None:
        return NOWHERE
    return state.people.resolve(frame.source, sentence.tokens, remember=remember)


def nearest(
    quote: Quote, named: list[Frame], sources: dict[Frame, Source], sentence: Sentence, state: State
) -> Frame | None:
    """The attribution of a quotation: one that reports the clause around it, or the nearest one that names somebody."""
    lex, toks = state.lex, sentence.tokens
    at = sentence.upto(quote.span.start)

    def distance(frame: Frame) -> tuple[int, bool, bool, int]:
        gap = max(quote.span.start - frame.cue.end, frame.cue.start - quote.span.end, 0)
        carrier = sources[frame].kind == "media" and frame.kind == "source"
        objects = frame.kind == "verb" and frame.lemma in lex.words["quoting"]  # "rief laut Zeugen „…“": who called
        objects = objects and not any(t.text == ":" and frame.cue.end <= t.start for t in toks)
        objects = objects and object_of(toks, frame.verb, at, lex) and state.people.may_speak(sources[frame])
        over = objects or any(s.covers(quote.span) for s in content(sentence, frame, lex, named))
        return (2 * (frame.source is None) + carrier, not over, not objects, gap)

    return min(named, key=distance, default=None)


def chain_of(
    frame: Frame, named: list[Frame], sources: dict[Frame, Source], sentence: Sentence, state: State
) -> tuple[Source, ...]:
    """From the root to the article: who said it, who carried it, where it was read."""
    own = sources[frame]
    if own.kind == "nowhere" and frame.source is None and state.chain:
        if frame.lemma in state.lex.words["demnach"]:  # whoever spoke before, and this word says so
            state.people.named[frame.cue.start] = state.chain[0].mention or frame.cue
            return (replace(state.chain[0], mention=frame.cue), *state.chain[1:])
        return state.chain
    if own.kind == "nowhere" and frame.lemma in state.lex.words["demnach"]:
        return (Source(frame.cue, "", None, "nowhere"), this_article(state.article))
    near = sorted(named, key=lambda f: abs(f.verb - frame.verb))
    others = [sources[f] for f in near if f is not frame and _links(f, named, sources, sentence, state)]
    others = [s for s in others if s.kind != "nowhere" and s.name != own.name and (s.mention is None or _apart(s, own))]
    carriers = [*(s for s in others if s.kind != "media" and own.kind != "media"), *_addressed(sentence, state)]
    carriers += [s for s in others if s.kind == "media"]
    roots = [s for s in others if s.kind != "media"] if own.kind == "media" else []
    chain: list[Source] = []
    for source in (*roots, own, *carriers, this_article(state.article)):
        if all(source.name != other.name for other in chain):
            chain.append(source)
    return tuple(chain)


def _links(frame: Frame, named: list[Frame], sources: dict[Frame, Source], sentence: Sentence, state: State) -> bool:
    """Whether another attribution of the sentence belongs to the chain: in English one that reports something."""
    if state.lex.lang == "de":
        return not frame.weakly
    something = frame.kind != "verb" or bool(content(sentence, frame, state.lex, named))
    return something and (not frame.weakly or sources[frame].kind == "media")  # "…, Bild reported": who carried it


def _apart(a: Source, b: Source) -> bool:
    return a.mention is None or b.mention is None or not a.mention.touches(b.mention)


def _addressed(sentence: Sentence, state: State) -> list[Source]:
    """ "gegenüber The Defense Post", "im Interview mit der New York Times", "told Reuters"."""
    toks, lex = sentence.tokens, state.lex
    found = []
    for k, token in enumerate(toks[:-1]):
        direct = token.low in lex.words["addressing"]
        medium = token.low in lex.words["place_frame"] and toks[k + 1].low in ("mit", "with", "der", "des", "dem")
        if not (direct or medium):
            continue
        first = k + 2 if toks[k + 1].low in ("mit", "with") else k + 1
        whom = english.told_end if lex.lang == "en" and direct else partial(phrases.phrase, attributes=False)
        end = whom(toks, first, lex)
        if end > first:
            found.append(state.people.resolve(phrases.span_of(toks, first, end), toks, remember=False))
    return [source for source in found if source.kind == "media" or source.kind == "institution"]


def addresses(sentence: Sentence, medium: Span, lex: Lexicon) -> bool:
    """Whether a medium was spoken to ("told Reuters", "sagte dem Blatt"), and did not only report."""
    k, toks = sentence.upto(medium.start), sentence.tokens
    if k == 0 or not sentence.span.covers(medium):
        return False
    before = toks[k - 1].low
    dative = lex.lang == "de" and toks[k].low in ("der", "dem", "den") and toks[k - 1].word
    plain = before not in lex.words["preposition"] | {"so", "wie", "laut", "gemäß", "zufolge"}
    return before in lex.words["addressing"] | {"with", "to", "mit"} or (dative and plain)


def this_article(article: Article) -> Source:
    return Source(None, article.outlet or Said("this article"), None, "article")


def led_back(chain: tuple[Source, ...], sentence: Sentence, state: State) -> tuple[Source, ...]:
    """ "Er halte den Plan für gut und nannte ihn „maßvoll“": the report goes on, so its own source is named before."""
    earlier = state.near or state.chain
    if not chain or not earlier or chain[0].mention is None:
        return chain
    toks, at = sentence.tokens, sentence.upto(chain[0].mention.start)
    pronoun = state.article.words(chain[0].mention).lower() in state.lex.words["pronoun"]
    beside = [t.low for t in (*toks[max(0, at - 1) : at], *toks[at + 1 : at + 2])]  # "er halte", "zudem habe er"
    goes_on = pronoun and any(low in state.lex.words["subjunctive"] for low in beside)
    return earlier if goes_on and earlier[0].name == chain[0].name else chain


def other_chain(
    named: list[Frame], sources: dict[Frame, Source], sentence: Sentence, state: State
) -> tuple[Source, ...]:
    """The subject of a sentence that quotes a few words without a reporting verb."""
    toks = sentence.tokens
    for frame in named:
        if sources[frame].kind != "nowhere":
            return chain_of(frame, named, sources, sentence, state)
    verb = _main_verb(toks, state.lex)
    if (subjunctive(sentence, state.lex) is not None or _goes_on(toks, state)) and not _matrix(toks, verb, state.lex):
        heading = next((k for k, t in enumerate(toks[:-1]) if t.text == ":"), None)  # "Minister Struck: Das sei „gut“"
        before = _before_colon(toks, heading, state.lex) if heading else None
        who = state.people.resolve(before, toks, remember=False) if before is not None else NOWHERE
        if before is not None and state.people.speaks(who):
            return (who, this_article(state.article))
        return _named_again(sentence, state)
    colon = next((k for k, t in enumerate(toks[:-1]) if t.text == ":" and toks[k + 1].text == QUOTED), None)
    named_before = _before_colon(toks, colon, state.lex) if colon else None
    if named_before is not None:
        return (state.people.resolve(named_before, toks), this_article(state.article))
    found = phrases.subject(toks, verb, state.lex) if verb is not None else None
    quoted = any(t.text == QUOTED for t in toks)
    if found is None or not quoted or len([t for t in toks if t.word]) < 3:
        return ()
    who = state.people.resolve(phrases.span_of(toks, *found), toks, remember=False)
    if toks[found[0]].low in ("man", "es") and (state.near or state.chain or state.about):
        return ()  # "Man arbeite „mit Hochdruck“": whoever spoke before
    if (state.near or state.chain) and not state.people.speaks(who):
        return ()  # "Die Kosten seien …": a thing does not speak
    state.people.remember(who)
    return (who, this_article(state.article))


def _goes_on(toks: list[Token], state: State) -> bool:
    """ "Außerdem hätte der Sender „…“": a report goes on in the weaker subjunctive."""
    first = bool(toks) and toks[0].low in state.lex.words["adverb"]
    return state.reported and first and any(t.low in state.lex.words["weak_subjunctive"] for t in toks[1:2])


def _named_again(sentence: Sentence, state: State) -> tuple[Source, ...]:
    """ "Deshalb habe Berger „lange gezögert“": the speaker of the sentence before, now by name in what is reported."""
    toks, earlier = sentence.tokens, state.near or state.chain
    verb = next((k for k, t in enumerate(toks) if t.low in state.lex.words["subjunctive"]), None)
    found = phrases.subject(toks, verb, state.lex) if verb is not None and earlier else None
    if found is None or toks[found[0]].low in state.lex.words["pronoun"]:
        return ()
    who = state.people.resolve(phrases.span_of(toks, *found), toks, remember=False)
    return (who, *earlier[1:]) if who.name == earlier[0].name else ()


def _before_colon(toks: list[Token], colon: int, lex: Lexicon) -> Span | None:
    """ "Minister Struck: „…“", "Dazu Minister Struck: „…“", "Minister Struck dazu: „…“"."""
    first = 0
    while first < colon and toks[first].low in lex.words["adverb"]:
        first += 1
    end = after = phrases.phrase(toks, first, lex)
    while after < colon and toks[after].low in lex.words["adverb"]:
        after += 1
    return phrases.span_of(toks, first, end) if end > first and after == colon else None


def _main_verb(toks: list[Token], lex: Lexicon) -> int | None:
    """The first finite verb that stands in no relative or subordinate clause."""
    dependent = lex.words["relative"] | lex.words["subordinator"]
    for k, token in enumerate(toks):
        if not (k and token.word and not token.capital and finite(token, lex)) or attributive(toks, k, lex):
            continue
        start = phrases.clause_start(toks, k, lex)
        if not (start and toks[start - 1].text == "," and toks[start].low in dependent and k > start):
            return k
    return phrases.second(toks, 0, len(toks), lex)


def _matrix(toks: list[Token], verb: int | None, lex: Lexicon) -> bool:
    """ "Der Fahrer gab zu Protokoll, er habe …": a main clause stands before the reported one."""
    mood = next((k for k, t in enumerate(toks) if t.low in lex.words["subjunctive"]), 0)
    return verb is not None and verb < mood and any(t.text == "," for t in toks[verb:mood])


def said_behind(quote: Quote, sentence: Sentence, state: State) -> tuple[Source, ...]:
    """ "„…“ Mit diesen Worten begrüßte die Ministerin …": the sentence behind a quotation says whose it was."""
    if state.following is None:
        return ()
    toks = state.following.tokens
    opening = [t.low for t in toks[:3]]
    if opening in (["mit", "diesen", "worten"], ["with", "these", "words"]):
        verb = next((k for k in range(3, len(toks)) if finite(toks[k], state.lex)), None)
        verb = verb if not any(t.word for t in sentence.tokens) else None
    elif quote.span != sentence.quotes[-1] or opening[:1] not in (["das"], ["dies"], ["so"]) or state.following.quotes:
        return ()
    else:  # "Das sagte der Minister am Montag."
        points = [f for f in frames(state.following, state.lex) if f.kind == "verb" and f.verb == 1]
        said = bool(points)
        verb = 1 if said and not content(state.following, points[0], state.lex, points) else None
    found = phrases.subject(toks, verb, state.lex) if verb is not None else None
    if found is None:
        return ()
    return (state.people.resolve(phrases.span_of(toks, *found), toks), this_article(state.article))


def remember(sentence: Sentence, state: State) -> None:
    """Whom a sentence without attribution is about: a quotation or a pronoun after it may mean them."""
    toks = sentence.tokens
    verb = _main_verb(toks, state.lex)
    found = phrases.subject(toks, verb, state.lex) if verb is not None else None
    if found is None:
        return
    who = state.people.resolve(phrases.span_of(toks, *found), toks, remember=False)
    state.about = (state.people.spelled(who), this_article(state.article))
    role = who.role is not None and who.kind != "media" and toks[found[0]].low not in ("ein", "eine")
    if role or who.kind == "institution" or (who.kind == "person" and who.name in state.people.full_names):
        state.near = (state.people.spelled(who), this_article(state.article))
        if who.kind == "person":
            state.people.remember(who)


def paper(sentence: Sentence, state: State) -> Source | None:
    """The last noun phrase with an article of the main clause that hangs on no preposition."""
    toks, lex, found = sentence.tokens, state.lex, None
    for k, token in enumerate(toks):
        if token.text == "," and k + 1 < len(toks) and toks[k + 1].low in lex.words["relative"]:
            break
        if token.low in lex.words["article"] and not (k and toks[k - 1].low in lex.words["preposition"]):
            end = phrases.phrase(toks, k, lex, attributes=False)
            found = (k, end) if end > k + 1 and toks[k + 1].text != QUOTED else found
    return state.people.resolve(phrases.span_of(toks, *found), toks, remember=False) if found else None
