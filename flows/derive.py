"""What a release derives from the page tables: the wiring between its tables and the pure functions that read them.

Every function takes the release in the making, streams what it needs and yields rows sorted by key. What is held in
memory is one article with its rows, or a few numbers per article; never texts of a whole release.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import transforms
from flows.runs import Standing
from spiders.registry import Portal
from transforms import documents as document_rows
from transforms import duplicates as duplicate_rows
from transforms import indicators as indicator_rows
from transforms import provinces as province_rows
from transforms.panel import Panel
from warehouse import digest as digests
from warehouse.release import Derivers
from warehouse.view import Following, Tables

Row = Mapping[str, Any]
_ABOUT: Final = ("article_id", "portal", "credited_source", "published_on", "published_before", "url", "text")
_STATED: Final = ("article_id", "portal", "title", "text", "province", "published_on", "published_before")
_FIGURES: Final = (
    "figure_id", "article_id", "start", "end", "writing", "kind", "value", "denominator", "unit", "per", "qualifier",
    "change", "period_start", "period_end", "modality", "category", "scope", "sentence_start", "sentence_end",
    "confidence", "flags",
)  # fmt: skip
_PLACES: Final = ("article_id", "start", "end", "surface", "level", "scheme", "place_id", "province")


def documents(tables: Tables) -> Iterator[Row]:
    """One row per cited document."""
    yield from document_rows.documents(tables.rows("citations"))


def duplicates(tables: Tables) -> Iterator[Row]:
    """Clusters of articles that carry one text. Only texts whose signatures meet are read, and held packed."""
    signed = ((row["article_id"], row["signature"]) for row in tables.rows("articles", ["article_id", "signature"]))
    pairs = duplicate_rows.candidate_pairs((article, stored) for article, stored in signed if stored is not None)
    named = {article for pair in pairs for article in pair}
    if not named:
        return
    packed: dict[str, bytes] = {}
    about: dict[str, duplicate_rows.Candidate] = {}
    for row in tables.rows("articles", _ABOUT):
        if row["article_id"] in named:
            packed[row["article_id"]] = zlib.compress(row["text"].encode())
            about[row["article_id"]] = duplicate_rows.Candidate(
                article_id=row["article_id"],
                portal=row["portal"],
                host=row["url"].split("/")[2],
                credited_source=row["credited_source"],
                published=row["published_on"] or row["published_before"],
                length=len(row["text"]),
            )

    def text_of(article: str) -> str:
        return zlib.decompress(packed[article]).decode()

    groups = duplicate_rows.clusters(pairs, text_of)
    yield from sorted(duplicate_rows.rows(groups, about, text_of), key=lambda row: str(row["article_id"]))


def indicators(tables: Tables) -> Iterator[Row]:
    """Province by period panel, in the order of the articles; they are read twice, so that no candidate is kept."""
    clusters = {row["article_id"]: row["cluster_id"] for row in tables.rows("duplicates", ["article_id", "cluster_id"])}

    def candidates() -> Iterator[dict[str, Any]]:
        figures = Following(tables.rows("figures", _FIGURES))
        places = Following(tables.rows("places", _PLACES))
        for row in tables.rows("articles", _STATED):
            article = row["article_id"]
            yield from indicator_rows.of_article(
                indicator_rows.Article(row, figures.take(article), places.take(article), clusters.get(article))
            )

    panel = Panel()
    for candidate in candidates():
        panel.see(candidate)
    for candidate in candidates():
        yield panel.complete(candidate)


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
