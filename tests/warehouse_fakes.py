"""Made-up nights for tests and benchmarks of the warehouse: pages, their rows, packages, parts and releases.

`read` stands for the transforms: a pure function from a stored page to the rows of every page table. All is a function
of the numbers given, so that two warehouses filled alike hold the same.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from warehouse import contracts, ids, release
from warehouse.pages import RawPage
from warehouse.parts import Part, PartWriter, part
from warehouse.raw import Package, PackageWriter, packages
from warehouse.store import Root
from warehouse.view import Tables

DIGEST = "0123456789abcdef"
START = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
_WORDS = (  # noqa: SIM905
    "Tỉnh ủy chỉ đạo các huyện rà soát mô hình dân vận khéo trong xây dựng nông thôn mới , vận động hội viên góp công "
    "làm đường , giữ rừng và nuôi cá lồng trên lòng hồ ; mỗi chi bộ nhận giúp một hộ khó khăn vươn lên"
).split()


@dataclass(frozen=True)
class Story:
    """One article as a portal shows it on one night."""

    number: int
    version: int = 0
    day: date | None = date(2026, 2, 1)
    figures: int = 2
    words: int = 40
    broken: bool = False
    """The page cannot be read."""


def night(number: int) -> datetime:
    """Start of night `number`."""
    return START + timedelta(days=number)


def crawl_of(number: int, command: str = "nightly") -> str:
    """Crawl id of night `number`."""
    return ids.crawl_id(night(number), command)


def url_of(portal: str, number: int) -> str:
    """Canonical address of story `number`."""
    return f"https://{portal}.invalid/tin/{number}"


def page_of(portal: str, crawl: str, position: int, story: Story) -> RawPage:
    """The page that shows `story`."""
    url = url_of(portal, story.number)
    body = json.dumps(
        {
            "number": story.number, "version": story.version, "day": story.day and story.day.isoformat(),
            "figures": story.figures, "words": story.words, "broken": story.broken,
        }
    ).encode()  # fmt: skip
    return RawPage(
        portal=portal, crawl=crawl, position=position, kind="article", url=url, requested_url=url, final_url=url,
        status=200, fetched_at=ids.crawl_started(crawl) + timedelta(seconds=position), body=body,
        headers={"etag": f'"{story.number}-{story.version}"'}, sha256=hashlib.sha256(body).hexdigest(),
    )  # fmt: skip


def read(page: RawPage) -> dict[str, list[dict[str, Any]]]:
    """The rows of a page; an address that leads to an article has none."""
    if page.kind == "other":
        return {}
    story = json.loads(page.body or b"{}")
    package = f"raw/{page.portal}/{page.crawl}"
    if story["broken"]:
        row = {
            "reject_id": ids.row_id(package, page.url, "layout", "no_text"), "portal": page.portal, "url": page.url,
            "stage": "layout", "reason": "no_text", "detail": "no paragraph found", "package": package,
            "page_sha256": page.sha256, "fetched_at": page.fetched_at,
        }  # fmt: skip
        return {"rejects": [row]}
    number, version = story["number"], story["version"]
    day = date.fromisoformat(story["day"]) if story["day"] else None
    article = ids.article_id(page.portal, page.url)
    title = f"Bài số {number} bản {version}"
    # Not repeating, so that it does not compress better than prose does.
    seed = int(hashlib.sha256(f"{page.portal} {number} {version}".encode()).hexdigest(), 16)
    words = [
        _WORDS[(seed >> (i % 200)) % len(_WORDS)] + ("" if i % 9 else f" {(seed >> (i % 190)) % 9973}")
        for i in range(story["words"])
    ]
    parts_of_text, figures, at = [title + "\n"], [], len(title) + 1
    for i in range(story["figures"]):
        surface = str(1000 + number * 7 + version + i)
        sentence = f"Có {surface} mô hình hoạt động. "
        figures.append((at + 3, at + 3 + len(surface), surface, at, at + len(sentence) - 1))
        parts_of_text.append(sentence)
        at += len(sentence)
    text = "".join(parts_of_text) + " ".join(words)
    year = (day or page.fetched_at.date()).year
    key = {"article_id": article, "portal": page.portal, "year": year}
    rows: dict[str, list[dict[str, Any]]] = {
        "articles": [
            {
                **key, "url": page.url, "title": title, "lead": None, "text": text, "section": "Tin tức",
                "tags": ["dân vận khéo"], "author": None, "author_roles": [], "credited_source": None,
                "published_at": None, "published_on": day, "published_evidence": "page" if day else "none",
                "published_after": None, "published_before": page.fetched_at.date() if day is None else None,
                "province": None, "province_now": None, "extraction": "layout", "layout": "fake-1", "flags": [],
                "text_sha256": hashlib.sha256(text.encode()).hexdigest(), "page_sha256": page.sha256,
                "package": package, "first_fetched_at": page.fetched_at, "fetched_at": page.fetched_at,
            }
        ],
        "figures": [
            {
                **key, "figure_id": ids.row_id(article, start, end, "digits"), "start": start, "end": end,
                "surface": surface, "writing": "digits", "kind": "count", "value": float(surface), "value_max": None,
                "denominator": None, "unit": "mô hình", "per": [], "qualifier": "exact", "change": "level",
                "period_start": None, "period_end": None, "modality": "actual",
                "alt_value": None, "category": None, "scope": None, "place": None,
                "sentence_start": first, "sentence_end": last, "confidence": 0.9, "flags": [],
            }
            for start, end, surface, first, last in figures
        ],
        "images": [
            {**key, "position": i, "url": f"{page.url}/{i}.jpg", "caption": f"Ảnh {i}"} for i in range(number % 3)
        ],
        "audits": [
            {
                "audit_id": ids.row_id(article, "parts_total", version), "article_id": article, "portal": page.portal,
                "rule": "parts_total", "figure_ids": [], "arithmetic": "1 + 1 = 2", "computed": 2.0, "stated": 2.0,
                "verdict": "holds",
            }
        ] if number % 4 == 0 else [],
        "citations": [
            {
                **key, "citation_id": ids.row_id(article, 0, 3), "start": 0, "end": 3, "surface": text[:3],
                "type": "Nghị quyết", "key": "25-NQ/TW", "document_id": "vn.party:tw:NQ:25:2013", "issuer": None,
                "date": None, "relation": None, "related_key": None, "sentence_start": 0, "sentence_end": len(title),
                "confidence": 1.0, "flags": [],
            }
        ] if number % 5 == 0 else [],
    }  # fmt: skip
    # Columns that the contract has and that no test here needs are null.
    return {name: [{**dict.fromkeys(column_names(name)), **row} for row in some] for name, some in rows.items()}


def documents(view: Tables) -> Iterator[dict[str, Any]]:
    """Fold the citations."""
    mentions: Counter[str] = Counter()
    articles: dict[str, set[str]] = {}
    for row in view.rows("citations", ["document_id", "article_id"]):
        mentions[row["document_id"]] += 1
        articles.setdefault(row["document_id"], set()).add(row["article_id"])
    for document, count in sorted(mentions.items()):
        yield {
            "document_id": document, "system": "party", "type": "Nghị quyết", "key": "25-NQ/TW", "issuer": None,
            "issuer_code": "tw", "year": 2013, "date": None, "mentions": count, "articles": len(articles[document]),
            "flags": [],
        }  # fmt: skip


DERIVE: dict[str, release.Deriver] = {"documents": documents}


def portal_row(portal: str, **changes: Any) -> dict[str, Any]:
    """A row of `portals` as flows give it."""
    row = {
        "portal": portal, "name": portal.title(), "host": f"{portal}.invalid", "province": None, "province_now": None,
        "family": "fake", "evidence": "unknown", "state": "ok", "failure_class": None, "stale": False,
        "last_good_at": START, "failing_since": None,
    }  # fmt: skip
    return {**row, **changes}


def crawl(root: Root, portal: str, crawl: str, stories: Iterable[Story], **limits: Any) -> Package:
    """Bring the package of a crawl to its seal, going on after an interruption."""
    package = Package(root, portal, crawl)
    if package.sealed:
        return package
    with PackageWriter(root, portal, crawl, command=crawl.split("-")[1], **limits) as writer:
        done = writer.done_urls()
        for story in stories:
            if url_of(portal, story.number) not in done:
                writer.add(page_of(portal, crawl, writer.position, story))
        writer.seal("pages")
    return Package(root, portal, crawl)


def transform(package: Package, digest: str = DIGEST) -> Part:
    """Make the part of a package, unless it is there."""
    done = part(package.root, package.portal, package.crawl, digest)
    if done is not None:
        return done
    with PartWriter(package.root, package.portal, package.crawl, digest) as writer:
        for page in package.pages():
            writer.add(read(page), page)
        return writer.seal()


def publish(
    root: Root, portals: Sequence[str], digest: str = DIGEST, runs: Iterable[Mapping[str, Any]] = (), **options: Any
) -> release.Release | None:
    """Read what is not read, assemble and move the pointer."""
    for package in packages(root):
        transform(package, digest)
    rows = options.pop("rows", [portal_row(portal) for portal in portals])
    made = release.assemble(
        root, derive=options.pop("derive", DERIVE), portals=rows, runs=runs, digests=dict.fromkeys(portals, digest),
        code="fakes", **options,
    )  # fmt: skip
    if made is not None:
        release.publish(made)
    return made


def table(root: Root, name: str) -> list[dict[str, Any]]:
    """All rows of a table of the current release."""
    now = release.current(root)
    assert now is not None
    return list(now.tables().rows(name))


def column_names(name: str) -> list[str]:
    """Columns of a table, in order."""
    return [column.name for column in contracts.TABLES[name].columns]
