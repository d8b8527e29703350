"""The articles as the article page reads them: small compressed files of a few articles with all that hangs on them.

    data/articles/<portal>/<year>/<shard>.json.gz   {article id: record}, some thirty articles a file
    data/find/<two hex>.json.gz                     {article id: where it is, and what other tables say of it}

A file is made from one partition, so that a night rewrites the files of the partitions that changed and takes the
others over. Records name the contract's columns and leave out what is null or as usual (`USUAL`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from warehouse import contracts
from warehouse.site.output import Output, Spool, compact
from warehouse.site.release import Following, Partition, SiteRelease, plain, slim

PER_SHARD: Final = 32
"""Articles in a file, at most on average: some 60 kB over the wire for one article looked at."""
USUAL: Final[dict[str, Any]] = {
    "writing": "digits", "qualifier": "exact", "change": "level", "modality": "actual",
}  # fmt: skip
"""Values that records leave out; `static/article.js` knows them too."""
_CHILDREN: Final = ("figures", "citations", "places", "images", "attachments", "table_cells")
_NOT_SHOWN: Final = frozenset({"article_id", "portal", "year", "signature", "text_sha256"})
_ALSO_NOT: Final = {"citations": {"citation_id"}, "places": {"place_mention_id"}, "images": {"position"},
                    "attachments": {"position"}}  # fmt: skip


def _columns(table: str) -> list[str]:
    left_out = _NOT_SHOWN | _ALSO_NOT.get(table, set())
    return [c.name for c in contracts.TABLES[table].columns if c.name not in left_out]


_COLUMNS: Final = {name: _columns(name) for name in ("articles", *_CHILDREN)}


def bits_of(articles: int) -> int:
    """Return how many leading bits of an article's id name its file, for a partition of so many articles."""
    return min(32, max(0, -(-articles // PER_SHARD) - 1).bit_length())


def shard_of(article: str, bits: int) -> str:
    """Return the name of the file that holds an article: the first `bits` bits of its id, as a number in hex."""
    return f"{int(article[:8], 16) >> (32 - bits):x}"


def path_of(partition: Partition, article: str) -> str:
    """Return where an article lies, under `data/articles/` and without the ending."""
    return f"{partition.name}/{shard_of(article, bits_of(partition.articles))}"


def write(release: SiteRelease, out: Output, code: str) -> None:
    """Write the files of every partition, or take them over where nothing changed."""
    for partition in release.partitions:
        group = f"articles/{partition.name}"
        fingerprint = partition.fingerprint(code)
        if out.kept_group(group, fingerprint):
            continue
        spool = Spool(out.scratch / "articles")
        bits = bits_of(partition.articles)
        for record in records(release, partition):
            spool.add(shard_of(record["article_id"], bits), compact(record))
        paths = []
        for shard, lines in spool.take():
            # Each line is an object that begins with its id, so that order here never depends on the crawl.
            body = b",".join(b'"%s":%s' % (line[15:31], line) for line in sorted(lines))
            path = f"data/articles/{partition.name}/{shard}.json.gz"
            out.write(path, b"{" + body + b"}", pack=True)
            paths.append(path)
        out.note_group(group, fingerprint, paths)


def records(release: SiteRelease, partition: Partition) -> Iterator[dict[str, Any]]:
    """Yield each article of a partition with its rows of the other tables."""
    following = {
        table: Following(release.rows(partition, table, ["article_id", *_COLUMNS[table]]), table) for table in _CHILDREN
    }
    for row in release.rows(partition, "articles", ["article_id", *_COLUMNS["articles"]]):
        record = {"article_id": row["article_id"], "portal": partition.portal}
        record.update(slim(row, _COLUMNS["articles"], {}))
        for table, rows in following.items():
            some = [slim(child, _COLUMNS[table], USUAL) for child in rows.take(row["article_id"])]
            if some:
                record[table] = some
        yield record
    for rows in following.values():
        rows.close()


def write_finder(release: SiteRelease, out: Output) -> None:
    """Write where each article lies, with its duplicates, checks and indicators."""
    also: dict[str, dict[str, Any]] = {}
    clusters: dict[str, list[dict[str, Any]]] = {}
    for row in release.tables.rows("duplicates"):
        clusters.setdefault(row["cluster_id"], []).append(row)
    for members in clusters.values():
        told = [
            {
                "id": m["article_id"],
                "portal": m["portal"],
                "similarity": plain(m["similarity"]),
                "original": m["is_original"],
            }
            for m in sorted(members, key=lambda m: (not m["is_original"], m["article_id"]))[:50]
        ]
        for member in members:
            also.setdefault(member["article_id"], {})["copies"] = told
    for row in release.tables.rows(
        "audits", ["article_id", "audit_id", "rule", "figure_ids", "arithmetic", "computed", "stated", "verdict"]
    ):
        check = {
            name: plain(row[name]) for name in ("rule", "figure_ids", "arithmetic", "computed", "stated", "verdict")
        }
        also.setdefault(row["article_id"], {}).setdefault("checks", []).append(check)
    stated = Following(release.tables.rows("indicators", ["article_id", "figure_id", "indicator"]), "indicators")
    spool = Spool(out.scratch / "find")
    for partition in release.partitions:
        for row in release.rows(partition, "articles", ["article_id"]):
            article = row["article_id"]
            found = {"id": article, "at": path_of(partition, article), **also.get(article, {})}
            indicators = [[row["figure_id"], row["indicator"]] for row in stated.take(article)]
            if indicators:
                found["indicators"] = indicators
            spool.add(article[:2], compact(found))
    stated.close()
    for bucket, lines in spool.take():
        body = b",".join(b'"%s":%s' % (line[7:23], line) for line in sorted(lines))
        out.write(f"data/find/{bucket}.json.gz", b"{" + body + b"}", pack=True)
