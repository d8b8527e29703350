"""What a release derives from the page tables: the wiring between its tables and the pure functions that read them.

Every function takes the release in the making, streams what it needs and yields rows sorted by key. What is held in
memory is one article with its rows, or a few numbers per article; never texts of a whole release.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import transforms
from flows.runs import Standing
from spiders.registry import Portal
from transforms import documents as document_rows
from transforms import duplicates as duplicate_rows
from transforms import indicators as indicator_rows
from transforms import provinces as province_rows
from warehouse import digest as digests
from warehouse.release import Derivers
from warehouse.view import Tables

Row = Mapping[str, Any]
_ABOUT: Final = ("article_id", "portal", "credited_source", "published_on", "published_before", "url", "signature")


def documents(tables: Tables) -> Iterator[Row]:
    """One row per cited document."""
    yield from document_rows.documents(tables.rows("citations"))


def duplicates(tables: Tables) -> Iterator[Row]:
    """Clusters of articles that carry one text."""
    about: dict[str, duplicate_rows.Candidate] = {}
    signatures: list[tuple[str, bytes]] = []
    for row in tables.rows("articles", [*_ABOUT, "text_sha256"]):
        if row["signature"] is not None:
            signatures.append((row["article_id"], row["signature"]))
    pairs = duplicate_rows.candidate_pairs(signatures)
    named = {article for pair in pairs for article in pair}
    del signatures
    texts: dict[str, str] = {}
    for row in tables.rows("articles", [*_ABOUT, "text"]):
        if row["article_id"] in named:
            texts[row["article_id"]] = row["text"]
            about[row["article_id"]] = duplicate_rows.Candidate(
                article_id=row["article_id"],
                portal=row["portal"],
                host=row["url"].split("/")[2],
                credited_source=row["credited_source"],
                published=row["published_on"] or row["published_before"],
                length=len(row["text"]),
            )
    groups = duplicate_rows.clusters(pairs, texts)
    yield from sorted(duplicate_rows.rows(groups, about, texts), key=lambda row: str(row["article_id"]))


def indicators(tables: Tables) -> Iterator[Row]:
    """Province by period panel."""
    clusters = {row["article_id"]: row["cluster_id"] for row in tables.rows("duplicates", ["article_id", "cluster_id"])}

    def candidates() -> Iterator[dict[str, Any]]:
        figures, places = _Following(tables.rows("figures")), _Following(tables.rows("places"))
        for row in tables.rows("articles"):
            article = row["article_id"]
            yield from indicator_rows.of_article(
                indicator_rows.Article(row, figures.take(article), places.take(article), clusters.get(article))
            )

    yield from sorted(indicator_rows.choose(candidates()), key=lambda row: str(row["indicator_row_id"]))


class _Following:
    """Rows of a table that lies in the order of `articles`, taken article by article."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._groups = groupby(rows, key=lambda row: row["article_id"])
        self._next = next(self._groups, None)

    def take(self, article: str) -> list[Row]:
        """Return the article's rows; none when it has none."""
        if self._next is None or self._next[0] != article:
            return []
        rows = list(self._next[1])
        self._next = next(self._groups, None)
        return rows


def provinces(_: Tables) -> Iterator[Row]:
    """The provinces of both divisions."""
    yield from sorted(province_rows.table(), key=lambda row: (row["scheme"], row["province"]))


DERIVERS: Final[Derivers] = {
    "documents": documents,
    "duplicates": duplicates,
    "indicators": indicators,
    "provinces": provinces,
}
"""By table, in the order in which they read one another."""


def digest() -> str:
    """Digest of the code that derives."""
    return digests.code_digest([Path(__file__), Path(transforms.__file__).parent], {})


def portal_rows(portals: Mapping[str, Portal], standings: Mapping[str, Standing]) -> list[dict[str, Any]]:
    """Return the rows of `portals` without what the release counts itself."""
    rows = []
    for slug, portal in sorted(portals.items()):
        standing = standings.get(slug, Standing())
        rows.append(
            {
                "portal": slug,
                "name": portal.name,
                "host": portal.host,
                "province": portal.province,
                "province_now": portal.province_now,
                "family": portal.family,
                "evidence": portal.grade,
                "state": standing.state,
                "failure_class": standing.failure_class,
                "stale": standing.stale,
                "last_good_at": standing.last_good_at,
                "failing_since": standing.failing_since,
            }
        )
    return rows


def report(release: Path) -> None:
    """Build the report pages into a release in the making."""
    from warehouse import site

    site.build(release, release / "site")
