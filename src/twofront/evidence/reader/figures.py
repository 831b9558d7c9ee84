from __future__ import annotations
def figures_in(article, spans, sentence, lex, topic):
    return []
