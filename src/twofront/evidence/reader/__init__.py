"""The reader: an article in, its claims out, each with its chain, its figures and its audit, and each in its own words.

    source    files, HTML pages, standard input; hostile ones are refused
    clean     blocks; what is no article is set apart
    text      tokens and sentences          quotes    quotation marks, and which quotations are speech
    frames    who is named by which cue     speech    which stretch an attribution covers
    people    pronoun, role or surname to the name
    figures   numbers with unit, period and basis     relations  comparisons that can be checked
    modality  condition, hedge, verification, date
    claims    all of it together, sentence by sentence
    sameness  one statement in several wordings, echoes of the ledger
    into      proposals for a ledger        export    JSON Lines and CSV

The word lists are data: `lexicon/de.toml`, `lexicon/en.toml`, `lexicon/figures.toml`.
"""

from twofront.evidence.reader.reading import read_articles, read_text
from twofront.evidence.reader.record import Article, Found, Reading

__all__ = ["Article", "Found", "Reading", "read_articles", "read_text"]
