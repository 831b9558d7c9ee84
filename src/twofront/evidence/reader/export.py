"""What was read, as JSON Lines and CSV: one line for each claim. Cells that a spreadsheet would run are neutralised."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import Any

from twofront.evidence.rating import propose_found
from twofront.evidence.reader.record import Article, Found, Reading, Source, Span, Wording
from twofront.store.cells import neutral
from twofront.store.disk import put

COLUMNS = (
    "article", "id", "form", "line", "column", "start", "end", "text", "speaker", "role", "kind", "chain", "ends_in",
    "date", "precision", "conditional", "hedges", "verification", "figures", "audit", "same_as", "echo_of",
    "rating_proposed", "rating_rules",
)  # fmt: skip


def records(reading: Reading) -> Iterator[dict[str, Any]]:
    """One record for each claim; every span with its offsets and its words, which are the article's own."""
    differences = {
        w: text for group in reading.same for w, text in zip(group.wordings[1:], group.differences, strict=True)
    }
    for number, article in enumerate(reading.articles):
        for found in reading.claims[number]:
            wording = Wording(number, found.id)
            offered = propose_found(found, reading.audits(number, found.id))
            echo, group = reading.echo_of.get(wording), reading.group_of.get(wording)
            yield {
                "article": article.name,
                **_claim(article, found),
                "audit": [
                    {"outcome": v.outcome, "basis": v.basis, "finding": v.finding, "sources": list(v.sources),
                     **_span(article, v.span)}
                    for v in reading.audits(number, found.id)
                ],
                "same_as": [f"{reading.articles[o.article].name}:{o.claim}" for o in group.wordings if o != wording]
                if group else [],
                "differs": differences.get(wording),
                "echo_of": asdict(echo) | {"wording": found.id} if echo else None,
                "rating_proposed": {"rating": str(offered.rating), "source_rule": offered.source_rule,
                                    "credibility_rule": offered.credibility_rule},
            }  # fmt: skip


def _span(article: Article, span: Span | None) -> dict[str, Any]:
    if span is None:
        return {}
    return {"start": span.start, "end": span.end, "in_file": article.in_file(span.start), "words": article.words(span)}


def _source(article: Article, source: Source) -> dict[str, Any]:
    return {"name": source.name, "role": source.role, "kind": source.kind, **_span(article, source.mention)}


def _claim(article: Article, found: Found) -> dict[str, Any]:
    line, column = article.place(found.start)
    return {
        "id": found.id,
        "form": found.form,
        "line": line,
        "column": column,
        "spans": [_span(article, span) for span in found.spans],
        "sentence": _span(article, found.sentence),
        "speaker": _source(article, found.speaker),
        "chain": [_source(article, source) for source in found.chain],
        "ends_in": found.ends_in,
        "cue": _span(article, found.cue) or None,
        "addressee": _span(article, found.addressee) or None,
        "when": (
            {"value": found.when.value, "precision": found.when.precision, **_span(article, found.when.span)}
            if found.when
            else None
        ),
        "denied": _span(article, found.denied) or None,
        "conditional": _span(article, found.conditional) or None,
        "hedges": [_span(article, span) for span in found.hedges],
        "verification": [_span(article, span) for span in found.verification],
        "figures": [asdict(f) | _span(article, f.span) | {"span": None} for f in found.figures],
        "relations": [asdict(r) | _span(article, r.span) | {"span": None} for r in found.relations],
        "nested": [_span(article, span) for span in found.nested],
        "remarks": list(found.remarks),
    }


def jsonl(reading: Reading) -> str:
    """JSON Lines: one claim a line."""
    return "".join(json.dumps(_bare(record), ensure_ascii=False) + "\n" for record in records(reading))


def _bare(value: Any) -> Any:
    """Without the empty place that asdict leaves for spans inside figures."""
    if isinstance(value, dict):
        return {k: _bare(v) for k, v in value.items() if not (k == "span" and v is None)}
    return [_bare(v) for v in value] if isinstance(value, list | tuple) else value


def table(reading: Reading) -> str:
    """CSV with the columns of `COLUMNS`; a cell that would be read as a formula begins with an apostrophe."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for r in records(reading):
        writer.writerow([neutral(cell) for cell in _row(r)])
    return out.getvalue()


def _row(r: dict[str, Any]) -> list[str]:
    when = r["when"] or {"value": "", "precision": ""}
    return [
        r["article"], r["id"], r["form"], str(r["line"]), str(r["column"]), str(r["spans"][0]["start"]),
        str(r["spans"][-1]["end"]), " … ".join(s["words"] for s in r["spans"]), r["speaker"]["name"],
        r["speaker"]["role"] or "", r["speaker"]["kind"], " → ".join(s["name"] for s in r["chain"]), r["ends_in"],
        when["value"], when["precision"], (r["conditional"] or {}).get("words", ""),
        "; ".join(s["words"] for s in r["hedges"]), "; ".join(s["words"] for s in r["verification"]),
        "; ".join(f"{f['value']:g} {f['unit']}" for f in r["figures"]),
        "; ".join(f"{a['outcome']}: {a['finding']}" for a in r["audit"]), "; ".join(r["same_as"]),
        (r["echo_of"] or {}).get("ledger_id", ""), r["rating_proposed"]["rating"],
        f"{r['rating_proposed']['source_rule']}; {r['rating_proposed']['credibility_rule']}",
    ]  # fmt: skip


def write(text: str, path: Path | str) -> Path:
    """Writes a file whole or not at all."""
    put(Path(path), text.encode("utf-8"))
    return Path(path)
