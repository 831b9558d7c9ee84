"""Sameness: renderings of one statement are one claim; phrases that come back from another side may be an echo.

Two claims are compared by the beginnings of their content words (five letters: German endings do not matter). Only
claims that share several of them are compared at all, so time stays nearly linear. Repetition never corroborates.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from functools import reduce

from twofront.evidence.claim import Claim
from twofront.evidence.reader.lexicon import lexicon
from twofront.evidence.reader.record import Article, Echo, Found, FoundFigure, Same, Source, Wording
from twofront.evidence.reader.vocabulary import vocabulary
from twofront.evidence.said import Said

SAME_SPEAKER = 0.5  # share of the shorter claim's words that the other one has, when one source says both
OTHER_SPEAKER = 0.8
ABOUT = 0.10  # by which figures may differ where one is given as "about"
LEAST = 4  # words in common
ECHO, ECHO_LEAST = 0.5, 3  # the words in common must not all be names of powers
_NAMES = frozenset(
    [
        "russl",
        "russi",
        "china",
        "chine",
        "taiwa",
        "ukrai",
        "ameri",
        "europ",
        "nato",
        "peki",
        "peking",
        "moska",
        "könnt",
        "würde",
        "could",
        "would",
    ]
)
COMMON = 60  # a word in more claims than this tells nothing
STEM = 5
_WORD = re.compile(r"[^\W\d_]{3,}|\d[\d.,]*")
_TOKEN = re.compile(r"[\w’'-]+")


@dataclass(frozen=True, slots=True)
class _Item:
    wording: Wording
    found: Found
    stems: frozenset[str]
    names: frozenset[str]
    words: str
    lang: str


def same(articles: Sequence[Article], claims: Sequence[Sequence[Found]]) -> tuple[Same, ...]:
    """Groups of claims that render one statement, each with what differs from the first one."""
    items = [
        _Item(Wording(number, found.id), found, stems(found.text(article), article.lang), names(found.chain),
              found.text(article), article.lang)
        for number, (article, own) in enumerate(zip(articles, claims, strict=True))
        for found in own
        if found.form != "figure" and found.form != "editorial"
    ]  # fmt: skip
    partner = _copies(items)
    likeness = dict.fromkeys(partner.values(), 1.0)
    for a, b, shared in _candidates(items, [k for k, first in partner.items() if first == k]):
        value = shared / max(1, min(len(items[a].stems), len(items[b].stems)))
        if _alike(items[a], items[b], value, shared):
            first, second = sorted((_root(partner, a), _root(partner, b)))
            partner[second] = first
            likeness[first] = max(value, likeness.get(first, 0.0))
    groups: dict[int, list[_Item]] = {}
    for k, item in enumerate(items):
        groups.setdefault(_root(partner, k), []).append(item)
    return tuple(_same(group, likeness[root]) for root, group in groups.items() if len(group) > 1)


def _root(partner: dict[int, int], k: int) -> int:
    while partner[k] != k:
        partner[k] = partner[partner[k]]
        k = partner[k]
    return k


def _copies(items: Sequence[_Item]) -> dict[int, int]:
    """The first item with the same words, and a source that may be the same one; for most items it is their own."""
    partner: dict[int, int] = {}
    known: dict[tuple[str, ...], list[int]] = {}
    for k, item in enumerate(items):
        firsts = known.setdefault(tuple(_TOKEN.findall(item.words.lower())), [])
        long = len(item.stems) >= LEAST
        partner[k] = next((first for first in firsts if long and not _other_person(items[first], item)), k)
        firsts += [k] if partner[k] == k else []
    return partner


def _candidates(items: Sequence[_Item], among: Sequence[int]) -> list[tuple[int, int, int]]:
    """Pairs that share at least `LEAST` telling words."""
    posts: dict[str, list[int]] = {}
    for k in among:
        for stem in items[k].stems:
            posts.setdefault(stem, []).append(k)
    shared: Counter[tuple[int, int]] = Counter()
    for where in posts.values():
        if len(where) <= COMMON:
            shared.update((a, b) for i, a in enumerate(where) for b in where[i + 1 :])
    return [(a, b, count) for (a, b), count in shared.items() if count >= LEAST]


def _alike(a: _Item, b: _Item, value: float, shared: int) -> bool:
    if a.wording.article == b.wording.article and a.found.sentence.touches(b.found.sentence):
        return False  # a quotation and its own frame
    if shared < LEAST or value < (SAME_SPEAKER if a.names & b.names else OTHER_SPEAKER):
        return False
    return not (_other_person(a, b) or _other_figures(a.found, b.found) or _reversed(a, b))


def _other_person(a: _Item, b: _Item) -> bool:
    """Two people by different names: each says it, and neither is a rendering of the other."""
    return a.found.ends_in == b.found.ends_in == "person" and not a.names & b.names


def _other_figures(a: Found, b: Found) -> bool:
    """Both give figures in one unit, and not one of them is the other one rounded."""
    for unit in {f.unit for f in a.figures} & {f.unit for f in b.figures}:
        pairs = [(f, g) for f in a.figures for g in b.figures if f.unit == g.unit == unit]
        if not any(_rounded(f, g) for f, g in pairs):
            return True
    return False


def _rounded(a: FoundFigure, b: FoundFigure) -> bool:
    """The less precise figure may be the other one rounded."""
    if a.unit == "year":
        return a.value == b.value
    place = max(Decimal(repr(f.value)).normalize().as_tuple().exponent for f in (a, b))
    slack = max(0.5 * 10.0 ** int(place), ABOUT * abs(a.value) if a.approximate or b.approximate else 0.0)
    return abs(a.value - b.value) <= slack * (1 + 1e-9)


def _reversed(a: _Item, b: _Item) -> bool:
    """One says what the other denies: a negation, or little more than one, is all that was put in."""
    if bool(a.found.denied) != bool(b.found.denied):
        return True
    no = lexicon(a.lang).words["negation"] | lexicon(b.lang).words["negation"]
    left, right = (_TOKEN.findall(item.words.lower())[:400] for item in (a, b))
    if sum(w in no for w in left) == sum(w in no for w in right):
        return False
    steps = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return any(
        max(j - i, m - k) <= 3 and sum(w in no for w in left[i:j]) != sum(w in no for w in right[k:m])
        for step, i, j, k, m in steps
        if step != "equal"
    )


def stems(text: str, lang: str) -> frozenset[str]:
    """The beginnings of the content words of a text."""
    stop = lexicon(lang).words["stop"]
    return frozenset(w[:STEM] for w in _WORD.findall(text.lower()) if w not in stop)


def names(chain: Sequence[Source]) -> frozenset[str]:
    """The capitalised words by which the first links of a chain are named, roles and the article left out."""
    first = [source for source in chain if source.kind not in ("article", "media", "nowhere")][:1]
    words = {w for source in first for w in re.findall(r"[^\W\d_]{3,}", source.name) if w[0].isupper()}
    return frozenset(words - {"Ein", "Eine", "Der", "Die", "Das", "The", "Sprecher", "Experten", "Angaben"})


def _same(group: Sequence[_Item], likeness: float) -> Same:
    first = max(group, key=lambda item: len(item.stems))
    others = [item for item in group if item is not first]
    ordered = (first, *others)
    return Same(
        tuple(item.wording for item in ordered), round(likeness, 2), tuple(_difference(first, item) for item in others)
    )


def _difference(a: _Item, b: _Item) -> str:
    """What the second wording lost, added, softened and strengthened."""
    left, right = (_TOKEN.findall(item.words)[:400] for item in (a, b))
    if left == right:
        return Said("same words")
    lost: list[str] = []
    added: list[str] = []
    matcher = SequenceMatcher(None, [w.lower() for w in left], [w.lower() for w in right], autojunk=False)
    for operation, i, j, k, m in matcher.get_opcodes():
        if operation != "equal":
            lost += [" ".join(left[i:j])] if j > i else []
            added += [" ".join(right[k:m])] if m > k else []
    parts = [Said("lost: {words}", words=_quoted(lost))] if lost else []
    parts += [Said("added: {words}", words=_quoted(added))] if added else []
    return Said("{parts}", parts=[*parts, *_shifts(a, b, lost, added)] or Said("same words"))


def _quoted(pieces: Sequence[str]) -> Said:
    shown = sorted(pieces, key=len, reverse=True)[:6]
    quoted = [Said("“{words}”", words=piece) for piece in pieces if piece in shown]
    return reduce(lambda text, more: Said("{text}, {more}", text=text, more=more), quoted)


def _shifts(a: _Item, b: _Item, lost: Sequence[str], added: Sequence[str]) -> list[Said]:
    words = lexicon(b.lang).words
    gone, new = (set(" ".join(pieces).lower().split()) for pieces in (lost, added))
    parts = []
    if new & words["weakens"] or (gone & words["strengthens"]):
        parts.append(Said("softened"))
    if new & words["strengthens"] or (gone & words["weakens"]):
        parts.append(Said("strengthened"))
    if len(b.stems) < 0.7 * len(a.stems):
        parts.append(Said("part lost"))
    if a.found.conditional and not b.found.conditional:
        parts.append(Said("condition lost"))
    return parts


def echoes(
    articles: Sequence[Article], claims: Sequence[Sequence[Found]], ledger: Mapping[str, Claim]
) -> tuple[Echo, ...]:
    """Claims that repeat an older claim of the ledger but are attributed to somebody else."""
    known = [
        (claim, {lang: stems(t, lang) for lang, t in (("en", claim.text), ("de", claim.text_de))})
        for claim in ledger.values()
        if claim.quote_position is None  # what was read in an article is a claim like this one, not its source
    ]
    posts: dict[tuple[str, str], list[int]] = {}
    for k, (_, both) in enumerate(known):
        for lang, words in both.items():
            for stem in words:
                posts.setdefault((lang, stem), []).append(k)
    found = []
    for number, (article, own) in enumerate(zip(articles, claims, strict=True)):
        for claim in own:
            if claim.form in ("editorial", "figure"):
                continue
            echo = _echo(article, number, claim, known, posts)
            if echo is not None:
                found.append(echo)
    return tuple(found)


def _echo(
    article: Article,
    number: int,
    found: Found,
    known: Sequence[tuple[Claim, Mapping[str, frozenset[str]]]],
    posts: Mapping[tuple[str, str], Sequence[int]],
) -> Echo | None:
    """The older claim most alike, if it comes from another side."""
    words = stems(found.text(article), article.lang)
    weight: Counter[int] = Counter()
    for stem in words:
        where = posts.get((article.lang, stem), ())
        if len(where) <= COMMON // 3:
            weight.update(where)
    for k, count in weight.most_common(5):
        claim, both = known[k]
        mine = both[article.lang]
        value = len(words & mine) / max(1, min(len(words), len(mine)))
        other = not names(found.chain) & frozenset(re.findall(r"[^\W\d_]{3,}", f"{claim.speaker} {claim.root}"))
        telling = {stem for stem in words & mine if vocabulary().power(stem) is None and stem not in _NAMES}
        if count >= ECHO_LEAST and len(telling) >= ECHO_LEAST and value >= ECHO and other:
            shared = words & mine
            said = {w[:STEM]: w for w in reversed(_WORD.findall(found.text(article))) if w[:STEM].lower() in shared}
            phrase = ", ".join(reversed(said.values()))
            return Echo(Wording(number, found.id), claim.id, phrase, round(value, 2))
    return None
