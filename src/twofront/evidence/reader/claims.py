"""Claims of one article: quotations, reported speech, figures nobody is named for, statements of the article itself."""

from __future__ import annotations

from dataclasses import replace

from twofront.evidence.reader import modality
from twofront.evidence.reader.attribution import (
    NOWHERE,
    State,
    addresses,
    chain_of,
    led_back,
    nearest,
    other_chain,
    paper,
    remember,
    reports,
    said_behind,
    seen,
    source_of,
    this_article,
)
from twofront.evidence.reader.english import addressee, follows
from twofront.evidence.reader.figures import figures_in
from twofront.evidence.reader.frames import Frame, frames
from twofront.evidence.reader.lexicon import Lexicon
from twofront.evidence.reader.people import People
from twofront.evidence.reader.quotes import Quote, quotations, speech
from twofront.evidence.reader.record import Article, Block, Form, Found, Source, Span
from twofront.evidence.reader.relations import relations_in
from twofront.evidence.reader.shapes import opens_attribution, shaped
from twofront.evidence.reader.speech import content, continued, subjunctive
from twofront.evidence.reader.text import QUOTED, Sentence, Token, sentences, tokens
from twofront.evidence.said import Said


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
    state = State(article, lex, People(article.text, parts, lex))
    for sentence, following in zip(parts, [*parts, None][1:], strict=True):
        state.following = following if following is not None and following.block == sentence.block else None
        _read(sentence, quotes, state)
    ordered = sorted(state.claims, key=lambda found: found.start)
    return [replace(found, id=f"c{n:02d}") for n, found in enumerate(ordered, start=1)]


def _read(sentence: Sentence, quotes: dict[int, Quote], state: State) -> None:
    """Adds the claims of one sentence."""
    if sentence.block != state.block:
        state.block, state.reported, state.near, state.about, state.paper = sentence.block, False, (), (), None
        state.opened = len(state.claims)
    named = [frame for frame in frames(sentence, state.lex) if reports(frame, sentence, state.lex)]
    cued = bool(named) or state.reported or subjunctive(sentence, state.lex) is not None
    reported = [s for f in named if sentence.quotes for s in content(sentence, f, state.lex, named)]
    objects: list[Span] = []
    if any(f.lemma in state.lex.words["quoting"] for f in named):
        objects.append(sentence.span)  # "sprach von einem „Skandal“": the quotation is the object
    elif sentence.quotes and seen(sentence.tokens, state.lex):
        objects.append(sentence.span)
    shapes = shaped(sentence, named, state.lex) if sentence.quotes else {}
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
            any(s.covers(span) for s in (*reported, *objects)),
            (span in shapes and opens_attribution(sentence.tokens, span, shapes[span]))
            or (state.lex.lang == "en" and follows(sentence, span, named, state.article.text)),
            bool(objects),
        )
    ]
    sources = {frame: source_of(frame, sentence, state) for frame in named}
    covered = _indirect(sentence, named, sources, spoken, state)
    alone = not covered and not spoken
    mood = None
    if not covered and not _mostly_quoted(sentence, spoken):
        mood = subjunctive(sentence, state.lex)
        if mood is None and state.reported and alone and continued(sentence, state.lex):
            mood = sentence.span
        if mood is not None and (state.chain or state.near or not alone):
            own = led_back(other_chain(named, sources, sentence, state), sentence, state) or state.near or state.chain
            _add("subjunctive", (mood,), sentence, own, None, state)
            covered = True
    for group in _broken(spoken, sentence, named, state):
        _quotation(group, sentence, named, sources, shapes.get(group[0].span), state)
    if not covered:
        _own_words(sentence, spoken, named, sources, state)
    state.reported = covered or bool(spoken)
    meant = state.following is not None and any(t.low in ("darin", "hierin") for t in state.following.tokens[:8])
    state.paper = paper(sentence, state) if meant else None
    if not state.reported:
        said = next((sources[f] for f in reversed(named) if sources[f].kind != "nowhere"), None)
        if said is not None and named[-1].kind == "verb":
            state.near = (said, this_article(state.article))  # "Sie fügte hinzu. „Wir werden …“"
        else:
            remember(sentence, state)


def _indirect(
    sentence: Sentence, named: list[Frame], sources: dict[Frame, Source], spoken: list[Quote], state: State
) -> bool:
    """Adds reported speech; the frames that report the same stretch make one claim with a longer chain."""
    reported: list[tuple[Frame, tuple[Span, ...]]] = []
    for frame in named:
        spans = content(sentence, frame, state.lex, named)
        plain = state.lex.lang == "en" and not spoken
        if spans and (plain or not _only_quotes(spans, spoken, [f for f in named if f is not frame], sentence.tokens)):
            reported.append((frame, spans))
    groups: list[list[tuple[Frame, tuple[Span, ...]]]] = []
    for item in reported:
        same = next((g for g in groups if _overlap(g[0][1], item[1]) > 0.6), None)
        if same is None:
            groups.append([item])
        else:
            same.append(item)
    for group in groups:
        own = _nested(group, state.lex)
        frame, spans = min(
            own,
            key=lambda item: (sources[item[0]].kind in ("media", "nowhere"), *_rank(item, state.lex)),
        )
        if state.lex.lang == "en":
            known = [item for item in own if sources[item[0]].kind != "nowhere"]
            spans = min((item[1] for item in known or own), key=_length)
        chain = chain_of(frame, named, sources, sentence, state)
        outer = next((f for f, s in reported if f.kind == "verb" and _announces(f, s, sentence, state)), None)
        if outer is not None:
            lead = Span(sentence.span.start, state.article.text.index(":", outer.cue.end))
            _add("indirect", (lead,), sentence, (sources[outer], this_article(state.article)), outer, state)
        _add("indirect", spans, sentence, chain, frame, state)
    return bool(groups)


def _nested(group: list[tuple[Frame, tuple[Span, ...]]], lex: Lexicon) -> list[tuple[Frame, tuple[Span, ...]]]:
    """English: without the verbs inside a clause that the same words report: "Analysts said the row showed how …"."""
    if lex.lang == "de":
        return group
    return [
        (f, s) for f, s in group if not any(g.source == f.source and any(x.covers(f.cue) for x in t) for g, t in group)
    ]


def _rank(item: tuple[Frame, tuple[Span, ...]], lex: Lexicon) -> tuple[int, int]:
    """Of frames that report one stretch: German a word such as "laut" first, English the innermost."""
    order = (item[0].kind == "verb", _length(item[1]))
    return order if lex.lang == "de" else (order[1], not order[0])


def _announces(frame: Frame, spans: tuple[Span, ...], sentence: Sentence, state: State) -> bool:
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


def _broken(spoken: list[Quote], sentence: Sentence, named: list[Frame], state: State) -> list[list[Quote]]:
    """Quotations one by one, but in English the parts of a broken clause together: “We must,” X said, “act.”"""
    words, text = state.lex.words, state.article.text
    opener = words["conjunction"] | words["subordinator"] | words["relative"]
    groups: list[list[Quote]] = []
    for quote in spoken:
        before = groups[-1][-1] if groups else None
        if state.lex.lang == "en" and before is not None and text[before.span.end - 2] not in ".!?…":
            between = sentence.tokens[sentence.upto(before.span.end) : sentence.upto(quote.span.start)]
            said = any(before.span.end <= f.cue.start and f.cue.end <= quote.span.start for f in named)
            ends = bool(between) and between[-1].text == "," and all(t.text not in (":", QUOTED) for t in between)
            first, second = (tokens(text, q.span.start + 1, q.span.end)[0].low for q in (before, quote))
            if said and ends and len(between) <= 12 and (second not in opener or first in words["subordinator"]):
                groups[-1].append(quote)
                continue
        groups.append([quote])
    return groups


def _quotation(
    parts: list[Quote],
    sentence: Sentence,
    named: list[Frame],
    sources: dict[Frame, Source],
    shape: Frame | None,
    state: State,
) -> None:
    """Adds a direct quotation with the nearest attribution; without one, whoever spoke last in this paragraph."""
    quote = parts[0]
    frame = nearest(quote, named, sources, sentence, state)
    own = source_of(shape, sentence, state, remember=False) if shape is not None else NOWHERE
    chain: tuple[Source, ...]
    free = frame is None or sources[frame].kind in ("media", "nowhere")
    if shape is not None and (not shape.weakly or (free and state.people.speaks(own))):
        frame, chain = shape, (own, this_article(state.article))
        state.people.remember(own)
    elif frame is not None and (frame.source is not None or frame.lemma in state.lex.words["demnach"]):
        chain = led_back(chain_of(frame, named, sources, sentence, state), sentence, state)
    else:
        chain = other_chain(named, sources, sentence, state) or said_behind(parts[-1], sentence, state)
        chain = chain or state.near or state.chain or state.about
        if state.paper is not None:
            chain = (state.paper, *chain)
    inner = tuple(span for part in parts for span in part.inner)
    remarks = () if parts[-1].closed else (Said("no mark closes this quotation"),)
    _add("quotation", tuple(part.span for part in parts), sentence, chain, frame, state, nested=inner, remarks=remarks)


def _own_words(
    sentence: Sentence, spoken: list[Quote], named: list[Frame], sources: dict[Frame, Source], state: State
) -> None:
    """What the article says itself: the sentence, or what stands before the colon of a quotation."""
    text, span = state.article.text, sentence.span
    if spoken:
        before = Span(span.start, spoken[0].span.start)
        outside = [t for t in sentence.tokens if t.end <= before.end and t.word]
        beside = nearest(spoken[0], named, sources, sentence, state)
        cued = beside is not None and beside.cue.start < before.end
        if cued or len(outside) < 7 or not text[before.start : before.end].rstrip().endswith(":"):
            return
        span = Span(before.start, before.start + len(text[before.start : before.end].rstrip().rstrip(":")))
    if sum(token.word for token in sentence.tokens) < 4:
        return
    _add("editorial", (span,), sentence, (this_article(state.article),), None, state)


def _add(
    form: Form,
    spans: tuple[Span, ...],
    sentence: Sentence,
    chain: tuple[Source, ...],
    frame: Frame | None,
    state: State,
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
    speaker = this_article(state.article) if own else chain[0] if chain else NOWHERE
    media = [s.mention for s in chain[1:] if s.mention and s.kind == "media"]
    told = addressee(sentence.tokens, frame, lex) if frame and lex.lang == "en" else None
    addressed = [told] if told else [m for m in media if addresses(sentence, m, lex)]
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
            chain=chain or (NOWHERE, this_article(state.article)),
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
        state.chain, state.near = (state.people.spelled(chain[0]), *chain[1:]), ()


def _verified(state: State) -> None:
    """ "Unabhängige Belege liegen nicht vor": said by the article of what was reported before in this paragraph."""
    words = state.claims[-1].verification
    for k in range(state.opened, len(state.claims) - 1):
        if state.claims[k].form not in ("editorial", "figure"):
            state.claims[k] = replace(state.claims[k], verification=(*state.claims[k].verification, *words))


def _parts(form: Form, spans: tuple[Span, ...], sentence: Sentence, state: State) -> list[list[Token]]:
    """The tokens of each sentence of a claim: a quotation may hold several, everything else stands in one."""
    text = state.article.text
    if form == "quotation":
        return [part.tokens for span in spans for part in sentences(text, span, 0, [], state.lex)]
    if spans == (sentence.span,) and not sentence.quotes:
        return [sentence.tokens]
    return [[token for span in spans for token in tokens(text, span.start, span.end)]]
