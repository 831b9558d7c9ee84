"""Reading: from a text to its claims, on one page."""

from __future__ import annotations

import re

from twofront.evidence.reader.claims import claims
from twofront.evidence.reader.clean import blocks
from twofront.evidence.reader.lexicon import LANGUAGES, lexicon
from twofront.evidence.reader.record import Article, Reading


def read_text(
    text: str, *, name: str = "text", lang: str | None = None, date: str | None = None, outlet: str | None = None
) -> Reading:
    """Reads one article that is at hand as text."""
    article = Article(name, text, lang or language(text), date, outlet)
    lex = lexicon(article.lang)
    parts = blocks(text, lex)
    return Reading((article,), (tuple(parts),), (tuple(claims(article, parts, lex)),))


def language(text: str) -> str:
    """"de" or "en": whose small words the text uses more often."""
    words = re.findall(r"[a-zäöüß]+", text[:20_000].lower())
    counts = {lang: sum(word in lexicon(lang).words["stop"] for word in words) for lang in LANGUAGES}
    return max(counts, key=lambda lang: counts[lang])
