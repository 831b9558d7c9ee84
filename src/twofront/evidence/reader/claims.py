"""Claims of one article: quotations, reported speech, figures nobody is named for, statements of the article itself."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from twofront.evidence.reader import modality, phrases
from twofront.evidence.reader.figures import figures_in
from twofront.evidence.reader.frames import Frame, finite, frames
from twofront.evidence.reader.lexicon import Lexicon
from twofront.evidence.reader.people import People
from twofront.evidence.reader.quotes import Quote, quotations, speech
from twofront.evidence.reader.record import Article, Block, Form, Found, Source, Span
from twofront.evidence.reader.relations import relations_in
from twofront.evidence.reader.speech import content, continued, subjunctive
from twofront.evidence.reader.text import QUOTED, Sentence, Token, sentences, tokens
from twofront.evidence.said import Said

NOWHERE = Source(None, "", None, "nowhere")


@dataclass
class _State:
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


def claims(article: Article, blocks: list[Block], lex: Lexicon) -> list[Found]:
    """Every claim of the body of an article, in the order of the text."""
    quotes: dict[int, Quote] = {}
    parts: list[Sentence] = []
    for number, block in enumerate(blocks):
        if block.kind != "body":
            continue
        found = quotations(article.text, block.span)
        quotes.update({quote.span.start: quote for quote in found})
        parts += sentences(article.text, block.span, number, [quote.span for quote in found], lex)
    state = _State(article, lex, People(article.text, parts, lex))
    for sentence, following in zip(parts, [*parts, None][1:], strict=True):
        state.following = following if following is not None and following.block == sentence.block else None
        _read(sentence, quotes, state)
    ordered = sorted(state.claims, key=lambda found: found.start)
    return [replace(found, id=f"c{n:02d}") for n, found in enumerate(ordered, start=1)]


def _read(sentence: Sentence, quotes: dict[int, Quote], state: _State) -> None:
    """Adds the claims of one sentence."""
    if sentence.block != state.block:
        state.block, state.reported, state.near = sentence.block, False, ()
        state.opened = len(state.claims)
    named = [frame for frame in frames(sentence, state.lex) if _reports(frame, sentence, state.lex)]
    cued = bool(named) or state.reported or subjunctive(sentence, state.lex) is not None
    reported = [s for f in named if sentence.quotes for s in content(sentence, f, state.lex, named)]
    if any(f.lemma in state.lex.words["quoting"] for f in named):
        reported.append(sentence.span)  # "sprach von einem „Skandal“": the quotation is the object
    elif sentence.quotes and _seen(sentence.tokens, state.lex):
        reported.append(sentence.span)
    spoken = [
        quotes[span.start]
        for span in sentence.quotes
        if not any(frame.source and frame.source.touches(span) for frame in named)
        and speech(
            state.article.text,
            quotes[span.start],
            sentence.span,
            state.lex,
            cued,
            any(s.covers(span) for s in reported),
        )
    ]
    sources = {frame: _source(frame, sentence, state) for frame in named}
    covered = _indirect(sentence, named, sources, spoken, state)
    alone = not covered and not spoken
    mood = None
    if not covered and not _mostly_quoted(sentence, spoken):
        mood = subjunctive(sentence, state.lex)
        if mood is None and state.reported and alone and continued(sentence, state.lex):
            mood = sentence.span
        if mood is not None and (state.chain or state.near or not alone):
            own = _led_back(_other_chain(named, sources, sentence, state), sentence, state) or state.near or state.chain
            _add("subjunctive", (mood,), sentence, own, None, state)
            covered = True
    for quote in spoken:
        _quotation(quote, sentence, named, sources, state)
    if not covered:
        _own_words(sentence, spoken, named, sources, state)
    state.reported = covered or bool(spoken)
    if not state.reported:
        _remember(sentence, state)


def _seen(toks: list[Token], lex: Lexicon) -> bool:
    """ "sieht in dem Gesetz einen „Schritt …“", "sees it as a “step …”"."""
    verb = next((k for k, t in enumerate(toks) if t.low in lex.words["seeing"]), None)
    marks = ("ein", "eine", "einen", "als", "a", "an", "as")
    return verb is not None and any(
        toks[k].text == QUOTED and toks[k - 1].low in marks for k in range(verb + 2, len(toks))
    )


def _remember(sentence: Sentence, state: _State) -> None:
    """Whom a sentence without attribution is about: a quotation or a pronoun after it may mean them."""
    toks = sentence.tokens
    verb = _main_verb(toks, state.lex)
    found = phrases.subject(toks, verb, state.lex) if verb is not None else None
    if found is None:
        return
    who = state.people.resolve(phrases.span_of(toks, *found), toks, remember=False)
    if who.kind == "institution" or (who.kind == "person" and who.name in state.people.full_names):
        state.near = (who, _article(state.article))
        if who.kind == "person":
            state.people.remember(who)


def _reports(frame: Frame, sentence: Sentence, lex: Lexicon) -> bool:
    """A frequent verb reports only where a clause follows, or a quotation that is its object."""
    if not frame.weakly:
        return True
    toks = sentence.tokens
    colon = any(toks[k].text == ":" and toks[k + 1].text == QUOTED for k in range(frame.verb, len(toks) - 1))
    fragment = frame.lemma in lex.words["quoting"] and any(t.text == QUOTED for t in toks)
    clause = frame.lemma not in lex.words["quotation_only"] and bool(content(sentence, frame, lex, []))
    return colon or fragment or clause


def _source(frame: Frame, sentence: Sentence, state: _State) -> Source:
    if frame.source is None:
        return NOWHERE
    return state.people.resolve(frame.source, sentence.tokens)


def _indirect(
    sentence: Sentence, named: list[Frame], sources: dict[Frame, Source], spoken: list[Quote], state: _State
) -> bool:
    """Adds reported speech; the frames that report the same stretch make one claim with a longer chain."""
    reported: list[tuple[Frame, tuple[Span, ...]]] = []
    for frame in named:
        spans = content(sentence, frame, state.lex, named)
        if spans and not _only_quotes(spans, spoken, [f for f in named if f is not frame], sentence.tokens):
            reported.append((frame, spans))
    groups: list[list[tuple[Frame, tuple[Span, ...]]]] = []
    for item in reported:
        same = next((g for g in groups if _overlap(g[0][1], item[1]) > 0.6), None)
        if same is None:
            groups.append([item])
        else:
            same.append(item)
    for group in groups:
        frame, spans = min(
            group,
            key=lambda item: (sources[item[0]].kind in ("media", "nowhere"), item[0].kind == "verb", _length(item[1])),
        )
        chain = _chain(frame, named, sources, sentence, state)
        outer = next((f for f, s in reported if f.kind == "verb" and _announces(f, s, sentence, state)), None)
        if outer is not None:
            lead = Span(sentence.span.start, state.article.text.index(":", outer.cue.end))
            own = (sources[outer], _article(state.article))
            _add("indirect", (lead,), sentence, own, outer, state)
        _add("indirect", spans, sentence, chain, frame, state)
    return bool(groups)


def _announces(frame: Frame, spans: tuple[Span, ...], sentence: Sentence, state: _State) -> bool:
    """ "Die Nato verweist auf gestiegene Ausgaben: …": what stands before the colon is a statement of its own."""
    colon = state.article.text.find(":", frame.cue.end, spans[0].start)
    words = [t for t in sentence.tokens if t.word and t.end <= colon]
    return colon > 0 and len(words) >= 6 and frame.source is not None


def _only_quotes(spans: tuple[Span, ...], spoken: list[Quote], named: list[Frame], toks: list[Token]) -> bool:
    """Nothing but a quotation and attributions would be reported: that is the quotation's own claim."""
    taken = [q.span for q in spoken] + [Span(toks[f.first].start, toks[f.end - 1].end) for f in named]
    inside: set[int] = set()
    for span in spans:
        for other in taken:
            inside.update(range(max(span.start, other.start), min(span.end, other.end)))
    return _length(spans) - len(inside) < 15 and len(inside) > 0


def _overlap(a: tuple[Span, ...], b: tuple[Span, ...]) -> float:
    common = sum(max(0, min(x.end, y.end) - max(x.start, y.start)) for x in a for y in b)
    return common / max(1, min(_length(a), _length(b)))


def _length(spans: tuple[Span, ...]) -> int:
    return sum(span.end - span.start for span in spans)


def _mostly_quoted(sentence: Sentence, spoken: list[Quote]) -> bool:
    inside = sum(quote.span.end - quote.span.start for quote in spoken)
    return inside > 0.6 * (sentence.span.end - sentence.span.start)


def _quotation(
    quote: Quote, sentence: Sentence, named: list[Frame], sources: dict[Frame, Source], state: _State
) -> None:
    """Adds a direct quotation with the nearest attribution; without one, whoever spoke last in this paragraph."""
    frame = _nearest(quote, named, sources, sentence, state.lex)
    if frame is not None and frame.source is not None:
        chain = _led_back(_chain(frame, named, sources, sentence, state), sentence, state)
    else:
        chain = _other_chain(named, sources, sentence, state) or _behind(sentence, state) or state.near or state.chain
    inner = tuple(quote.inner)
    remarks = () if quote.closed else (Said("no mark closes this quotation"),)
    _add("quotation", (quote.span,), sentence, chain, frame, state, nested=inner, remarks=remarks)


def _led_back(chain: tuple[Source, ...], sentence: Sentence, state: _State) -> tuple[Source, ...]:
    """ "Er halte den Plan für gut und nannte ihn „maßvoll“": the report goes on, so its own source is named before."""
    earlier = state.near or state.chain
    if not chain or not earlier or chain[0].mention is None or subjunctive(sentence, state.lex) is None:
        return chain
    pronoun = state.article.words(chain[0].mention).lower() in state.lex.words["pronoun"]
    return earlier if pronoun and earlier[0].name == chain[0].name else chain


def _nearest(
    quote: Quote, named: list[Frame], sources: dict[Frame, Source], sentence: Sentence, lex: Lexicon
) -> Frame | None:
    """The attribution of a quotation: one that reports the clause around it, or the nearest one that names somebody."""

    def distance(frame: Frame) -> tuple[int, bool, bool, int]:
        gap = max(quote.span.start - frame.cue.end, frame.cue.start - quote.span.end, 0)
        carrier = sources[frame].kind == "media" and frame.kind == "source"
        objects = frame.kind == "verb" and frame.lemma in lex.words["quoting"]  # "rief laut Zeugen „…“": who called
        objects = objects and not any(t.text == ":" and frame.cue.end <= t.start for t in sentence.tokens)
        over = objects or any(s.covers(quote.span) for s in content(sentence, frame, lex, named))
        return (2 * (frame.source is None) + carrier, not over, not objects, gap)

    return min(named, key=distance, default=None)


def _other_chain(
    named: list[Frame], sources: dict[Frame, Source], sentence: Sentence, state: _State
) -> tuple[Source, ...]:
    """The subject of a sentence that quotes a few words without a reporting verb."""
    toks = sentence.tokens
    for frame in named:
        if sources[frame].kind != "nowhere":
            return _chain(frame, named, sources, sentence, state)
    verb = _main_verb(toks, state.lex)
    if subjunctive(sentence, state.lex) is not None and not _matrix(toks, verb, state.lex):
        return ()
    colon = next((k for k, t in enumerate(toks) if t.text == ":"), None)
    named_before = _before_colon(toks, colon, state.lex) if colon else None
    if named_before is not None:
        return (state.people.resolve(named_before, toks), _article(state.article))
    found = phrases.subject(toks, verb, state.lex) if verb is not None else None
    quoted = any(t.text == QUOTED for t in toks)
    if found is None or not quoted or len([t for t in toks if t.word]) < 3:
        return ()
    who = state.people.resolve(phrases.span_of(toks, *found), toks, remember=False)
    if (state.near or state.chain) and not state.people.speaks(who):
        return ()  # "Die Kosten seien …": a thing does not speak
    state.people.remember(who)
    return (who, _article(state.article))


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
        if not (k and token.word and not token.capital and finite(token, lex)):
            continue
        start = phrases.clause_start(toks, k, lex)
        if not (start and toks[start - 1].text == "," and toks[start].low in dependent and k > start):
            return k
    return None


def _matrix(toks: list[Token], verb: int | None, lex: Lexicon) -> bool:
    """ "Der Fahrer gab zu Protokoll, er habe …": a main clause stands before the reported one."""
    mood = next((k for k, t in enumerate(toks) if t.low in lex.words["subjunctive"]), 0)
    return verb is not None and verb < mood and any(t.text == "," for t in toks[verb:mood])


def _behind(sentence: Sentence, state: _State) -> tuple[Source, ...]:
    """ "„…“ Mit diesen Worten begrüßte die Ministerin …": the sentence behind a quotation says whose it was."""
    if state.following is None or sum(t.word for t in sentence.tokens) > 0:
        return ()
    toks = state.following.tokens
    opening = [t.low for t in toks[:3]]
    if opening not in (["mit", "diesen", "worten"], ["with", "these", "words"]):
        return ()
    verb = next((k for k in range(3, len(toks)) if finite(toks[k], state.lex)), None)
    found = phrases.subject(toks, verb, state.lex) if verb is not None else None
    if found is None:
        return ()
    return (state.people.resolve(phrases.span_of(toks, *found), toks), _article(state.article))


def _article(article: Article) -> Source:
    return Source(None, article.outlet or Said("this article"), None, "article")


def _chain(
    frame: Frame, named: list[Frame], sources: dict[Frame, Source], sentence: Sentence, state: _State
) -> tuple[Source, ...]:
    """From the root to the article: who said it, who carried it, where it was read."""
    own = sources[frame]
    if own.kind == "nowhere" and frame.source is None and state.chain:
        return state.chain  # "demnach": as the one before
    near = sorted(named, key=lambda f: abs(f.verb - frame.verb))
    others = [sources[f] for f in near if f is not frame and not f.weakly]
    others = [s for s in others if s.kind != "nowhere" and s.name != own.name and (s.mention is None or _apart(s, own))]
    carriers = [*(s for s in others if s.kind != "media" and own.kind != "media"), *_addressed(sentence, state)]
    carriers += [s for s in others if s.kind == "media"]
    roots = [s for s in others if s.kind != "media"] if own.kind == "media" else []
    chain: list[Source] = []
    for source in (*roots, own, *carriers, _article(state.article)):
        if all(source.name != other.name for other in chain):
            chain.append(source)
    return tuple(chain)


def _apart(a: Source, b: Source) -> bool:
    return a.mention is None or b.mention is None or not a.mention.touches(b.mention)


def _addressed(sentence: Sentence, state: _State) -> list[Source]:
    """ "gegenüber The Defense Post", "im Interview mit der New York Times", "told Reuters"."""
    toks, lex = sentence.tokens, state.lex
    found = []
    for k, token in enumerate(toks[:-1]):
        direct = token.low in lex.words["addressing"]
        medium = token.low in lex.words["place_frame"] and toks[k + 1].low in ("mit", "with", "der", "des", "dem")
        if not (direct or medium):
            continue
        first = k + 2 if toks[k + 1].low in ("mit", "with") else k + 1
        end = phrases.phrase(toks, first, lex, attributes=False)
        if end > first:
            found.append(state.people.resolve(phrases.span_of(toks, first, end), toks, remember=False))
    return [source for source in found if source.kind == "media" or source.kind == "institution"]


def _own_words(
    sentence: Sentence, spoken: list[Quote], named: list[Frame], sources: dict[Frame, Source], state: _State
) -> None:
    """What the article says itself: the sentence, or what stands before the colon of a quotation."""
    text, span = state.article.text, sentence.span
    if spoken:
        before = Span(span.start, spoken[0].span.start)
        outside = [t for t in sentence.tokens if t.end <= before.end and t.word]
        nearest = _nearest(spoken[0], named, sources, sentence, state.lex)
        cued = nearest is not None and nearest.cue.start < before.end
        if cued or len(outside) < 7 or not text[before.start : before.end].rstrip().endswith(":"):
            return
        span = Span(before.start, before.start + len(text[before.start : before.end].rstrip().rstrip(":")))
    if sum(token.word for token in sentence.tokens) < 4:
        return
    _add("editorial", (span,), sentence, (_article(state.article),), None, state)


def _add(
    form: Form,
    spans: tuple[Span, ...],
    sentence: Sentence,
    chain: tuple[Source, ...],
    frame: Frame | None,
    state: _State,
    *,
    nested: tuple[Span, ...] = (),
    remarks: tuple[str, ...] = (),
) -> None:
    text, lex = state.article.text, state.lex
    parts = _parts(form, spans, sentence, state)
    inside = [token for part in parts for token in part]
    whole = spans == (sentence.span,)
    outside = [] if whole else [t for t in sentence.tokens if not any(s.start <= t.start < s.end for s in spans)]
    own = form == "editorial"
    numbers = figures_in(parts, sentence.tokens, lex)
    speaker = _article(state.article) if own else chain[0] if chain else NOWHERE
    addressed = [s.mention for s in chain[1:] if s.mention and s.kind == "media"]
    said = (frame.verb, frame.lemma) if frame and frame.kind in ("verb", "noun") else None
    denied = modality.denial(sentence.tokens, said, inside, lex) if form != "quotation" else None
    if denied is not None:
        remarks = (*remarks, Said("denied, not claimed: “{words}”", words=state.article.words(denied)))
    state.claims.append(
        Found(
            id="",
            form="figure" if own and numbers else form,
            spans=spans,
            sentence=sentence.span,
            speaker=speaker,
            chain=chain or (NOWHERE, _article(state.article)),
            cue=frame.cue if frame else None,
            addressee=addressed[0] if addressed else None,
            when=modality.when(inside, lex, state.article.date)
            if own
            else modality.said_when(outside, frame.cue if frame else None, lex, state.article.date),
            conditional=modality.condition(inside, text, lex),
            denied=denied,
            hedges=modality.hedges([*inside, *([] if own else outside)], lex),
            verification=modality.verification(text, sentence.span, lex),
            figures=tuple(numbers),
            relations=tuple(relations_in(parts, sentence.tokens)),
            nested=nested,
            remarks=remarks,
        )
    )
    if own and state.claims[-1].verification:
        _verified(state)
    if not own and chain and speaker.kind != "nowhere":
        state.chain, state.near = chain, ()


def _verified(state: _State) -> None:
    """ "Unabhängige Belege liegen nicht vor": said by the article of what was reported before in this paragraph."""
    words = state.claims[-1].verification
    for k in range(state.opened, len(state.claims) - 1):
        if state.claims[k].form not in ("editorial", "figure"):
            state.claims[k] = replace(state.claims[k], verification=(*state.claims[k].verification, *words))


def _parts(form: Form, spans: tuple[Span, ...], sentence: Sentence, state: _State) -> list[list[Token]]:
    """The tokens of each sentence of a claim: a quotation may hold several, everything else stands in one."""
    text = state.article.text
    if form == "quotation":
        return [part.tokens for span in spans for part in sentences(text, span, 0, [], state.lex)]
    if spans == (sentence.span,) and not sentence.quotes:
        return [sentence.tokens]
    return [[token for span in spans for token in tokens(text, span.start, span.end)]]
