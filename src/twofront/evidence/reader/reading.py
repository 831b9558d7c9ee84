"""Reading, on one page: articles in, claims with their chains, sameness, echoes and audit out."""

from __future__ import annotations

import gc
import re
from collections.abc import Mapping, Sequence

from twofront.errors import TwofrontError
from twofront.evidence.claim import Claim, point
from twofront.evidence.reader.claims import claims
from twofront.evidence.reader.clean import blocks
from twofront.evidence.reader.lexicon import LANGUAGES, lexicon
from twofront.evidence.reader.quotes import NestedError
from twofront.evidence.reader.record import Article, Block, Found, Reading, Span
from twofront.evidence.reader.sameness import echoes, same
from twofront.evidence.reader.source import load


def read_articles(
    paths: Sequence[str],
    *,
    lang: str | None = None,
    date: str | None = None,
    outlet: str | None = None,
    ledger: Mapping[str, Claim] | None = None,
) -> Reading:
    """Reads one or several articles.

    Arguments: `paths` files ("-" is standard input); `lang` "de" or "en" (default: by the words of the text); `date`
    of publication, a year, month or day; `outlet` where it was published; `ledger` older claims that an article may
    echo. Errors: TwofrontError with the place, for a file that cannot be read or is refused, and for a bad option.
    """
    _options(lang, date)
    loaded = [load(path, lang=lang, date=date, outlet=outlet) for path in paths]
    return read(loaded, ledger or {})


def read_text(
    text: str, *, name: str = "text", lang: str | None = None, date: str | None = None, outlet: str | None = None
) -> Reading:
    """Reads one article that is at hand as text."""
    _options(lang, date)
    return read([(Article(name, text, lang or language(text), date, outlet), ())], {})


def read(loaded: Sequence[tuple[Article, tuple[Span, ...]]], ledger: Mapping[str, Claim]) -> Reading:
    """Reads loaded articles: clean, find claims, compare, audit."""
    collecting = gc.isenabled()
    gc.disable()  # nothing here refers in circles: the collector would only walk over all tokens again and again
    try:
        return _read(loaded, ledger)
    finally:
        if collecting:
            gc.enable()


def _read(loaded: Sequence[tuple[Article, tuple[Span, ...]]], ledger: Mapping[str, Claim]) -> Reading:
    from twofront.evidence.audit import audit

    articles = tuple(article for article, _ in loaded)
    parts: list[tuple[Block, ...]] = []
    found: list[tuple[Found, ...]] = []
    for article, apart in loaded:
        lex = lexicon(article.lang)
        own = blocks(article.text, lex, apart)
        parts.append(tuple(own))
        try:
            found.append(tuple(claims(article, own, lex)))
        except NestedError as error:
            line, column = article.place(error.at)
            raise TwofrontError(f"{article.name}:{line}:{column}: {error}") from error
    alike, repeated = same(articles, found), echoes(articles, found, ledger)
    reading = Reading(articles, tuple(parts), tuple(found), alike, repeated)
    return Reading(articles, tuple(parts), tuple(found), alike, repeated, audit(reading))


def language(text: str) -> str:
    """ "de" or "en": whose small words the text uses more often."""
    words = re.findall(r"[a-zäöüß]+", text[:20_000].lower())
    counts = {lang: sum(word in lexicon(lang).words["stop"] for word in words) for lang in LANGUAGES}
    return max(counts, key=lambda lang: counts[lang])


def _options(lang: str | None, date: str | None) -> None:
    if lang is not None and lang not in LANGUAGES:
        raise TwofrontError(f'lang "{lang[:40]}": articles are read in {" and ".join(LANGUAGES)}.')
    if date is not None:
        try:
            point(date)
        except ValueError as error:
            raise TwofrontError(f'date "{date[:40]}": {error}. Write one such as 2025-07-05.') from error
