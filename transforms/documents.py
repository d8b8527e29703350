"""From citations to documents: one row per document, with its mentions counted.

`Documents` is a fold: feed it the rows of `citations` in batches, then take the rows. The rows of one article must
follow each other, as they do in the table; the order of the articles does not matter. What it keeps grows with the
number of documents, not of mentions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

KEPT_FLAGS: Final = frozenset(
    {"date_conflict", "year_from_registry", "year_from_term", "impossible_date", "issuer_conflict"}
)
"""Flags of a mention that say something of its document."""

SYSTEMS: Final = frozenset({"party", "state", "org"})


@dataclass(slots=True)
class _Document:
    types: Counter[str] = field(default_factory=Counter)
    keys: Counter[str] = field(default_factory=Counter)
    issuers: Counter[str] = field(default_factory=Counter)
    dates: Counter[date] = field(default_factory=Counter)
    flags: set[str] = field(default_factory=set)
    mentions: int = 0
    articles: int = 0
    last_article: str | None = None


class Documents:
    """Fold rows of `citations` into rows of `documents`."""

    def __init__(self) -> None:
        self._found: dict[str, _Document] = {}

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Count the mentions `rows` (columns of `citations`; `article_id` and `document_id` at least)."""
        for row in rows:
            document = self._found.setdefault(row["document_id"], _Document())
            document.mentions += 1
            if row["article_id"] != document.last_article:
                document.last_article = row["article_id"]
                document.articles += 1
            document.types[row["type"]] += 1
            document.keys[row["key"]] += 1
            if row["issuer"]:
                document.issuers[row["issuer"]] += 1
            if row["date"]:
                document.dates[row["date"]] += 1
            document.flags.update(KEPT_FLAGS.intersection(row["flags"] or ()))

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the rows of `documents`, sorted by `document_id`."""
        for document_id in sorted(self._found):
            document = self._found[document_id]
            system, issuer_code, year = _parts(document_id)
            flags = set(document.flags)
            if len(document.dates) > 1:
                flags.add("date_conflict")
            if year is None:
                flags.add("year_unknown")
            yield {
                "document_id": document_id,
                "system": system,
                "type": _most(document.types),
                "key": _key(document.keys),
                "issuer": _most(document.issuers) if document.issuers else None,
                "issuer_code": issuer_code,
                "year": year,
                "date": _most(document.dates) if document.dates else None,
                "mentions": document.mentions,
                "articles": document.articles,
                "flags": sorted(flags),
            }


def documents(rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the `documents` that the citation `rows` mention, sorted by `document_id`."""
    fold = Documents()
    fold.add(rows)
    return fold.rows()


def _most(counts: Counter[Any]) -> Any:
    """The most frequent value; of equals the smallest, so that order does not matter."""
    return min(counts, key=lambda value: (-counts[value], value))


def _key(counts: Counter[str]) -> str:
    # A key with its symbol says more than a bare number.
    return min(counts, key=lambda key: (key.isdigit(), -counts[key], key))


def _parts(document_id: str) -> tuple[str, str, int | None]:
    """System, issuer code and year of `vn.{system}:{issuer}:{TYPE}:{number}:{year}`."""
    head, issuer, _, _, year = document_id.split(":")
    system = head.removeprefix("vn.")
    return system if system in SYSTEMS else "unknown", issuer, int(year) if year.isdigit() else None
