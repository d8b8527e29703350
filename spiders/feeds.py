"""RSS, Atom and sitemaps: read as untrusted XML, one entry at a time.

No entity is ever expanded and no DTD read, so an XML bomb is only text; a document that is broken gives the entries
before the break. Values are handed on as printed: which of them may be trusted is the family's business.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta, timezone
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any, Final

from lxml import etree

from spiders.links import printed_day

MAX_ENTRIES: Final = 50_000
MAX_BYTES: Final = 64 << 20
_FIELD: Final = 20_000
_VIETNAM: Final = timezone(timedelta(hours=7))


@dataclass(slots=True)
class FeedItem:
    """One entry of a feed, as printed."""

    link: str
    title: str = ""
    pubdate: str = ""
    guid: str = ""
    description: str = ""

    def hint(self) -> dict[str, str]:
        """The entry as a hint on the page, without empty fields."""
        values = {
            "title": self.title, "link": self.link, "pubdate": self.pubdate, "guid": self.guid,
            "description": self.description,
        }  # fmt: skip
        return {key: value for key, value in values.items() if value}


@dataclass(slots=True)
class SitemapEntry:
    """One address of a sitemap; `nested` when it is another sitemap."""

    url: str
    lastmod: str = ""
    nested: bool = False


def feed_items(body: bytes) -> Iterator[FeedItem]:
    """Yield the entries of an RSS 2.0, RSS 1.0 or Atom document; nothing when it is none."""
    for element in _elements(body, ("item", "entry")):
        values: dict[str, str] = {}
        link = ""
        for child in element:
            name = _local(child)
            text = "".join(child.itertext()).strip()[:_FIELD]
            if name == "link":
                href = child.get("href")
                if href is None:
                    link = link or text
                elif child.get("rel", "alternate") == "alternate":
                    link = href.strip()
            elif name and name not in values:
                values[name] = text
        link = link or (values.get("guid", "") if values.get("guid", "").startswith(("http://", "https://")) else "")
        if link:
            yield FeedItem(
                link=link,
                title=values.get("title", ""),
                pubdate=values.get("pubDate")
                or values.get("published")
                or values.get("date")
                or values.get("updated", ""),
                guid=values.get("guid") or values.get("id", ""),
                description=values.get("description") or values.get("summary", ""),
            )


def sitemap_entries(body: bytes) -> Iterator[SitemapEntry]:
    """Yield the addresses of a sitemap or sitemap index (gzip or plain); nothing when it is none."""
    for element in _elements(inflate(body), ("url", "sitemap")):
        loc = lastmod = ""
        for child in element:
            name = _local(child)
            if name == "loc":
                loc = (child.text or "").strip()
            elif name == "lastmod":
                lastmod = (child.text or "").strip()[:64]
        if loc:
            yield SitemapEntry(loc, lastmod, _local(element) == "sitemap")


def looks_like_feed(body: bytes) -> bool:
    """Whether a document begins like RSS or Atom."""
    head = body[:2000].lower()
    return b"<rss" in head or b"<feed" in head or b"<rdf:rdf" in head


def looks_like_sitemap(body: bytes) -> bool:
    """Whether a document begins like a sitemap or an index of sitemaps."""
    head = inflate(body[:200_000])[:2000].lower()
    return b"<urlset" in head or b"<sitemapindex" in head


def inflate(body: bytes) -> bytes:
    """Bytes of a gzip file, at most `MAX_BYTES` of them; other bytes come back as they are."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        with gzip.GzipFile(fileobj=BytesIO(body)) as stream:
            return stream.read(MAX_BYTES)
    except (OSError, EOFError, zlib.error):
        inflater = zlib.decompressobj(47)
        try:
            return inflater.decompress(body, MAX_BYTES)
        except zlib.error:
            return b""


def _elements(body: bytes, names: tuple[str, ...]) -> Iterator[Any]:
    tags = [f"{{*}}{name}" for name in names]
    stream = BytesIO(body.lstrip())
    try:
        events = etree.iterparse(
            stream, events=("end",), tag=tags, recover=True, resolve_entities=False, no_network=True, load_dtd=False,
            dtd_validation=False, huge_tree=False,
        )  # fmt: skip
        for count, (_, element) in enumerate(events):
            if count >= MAX_ENTRIES:
                return
            yield element
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except (etree.XMLSyntaxError, ValueError):
        return


def _local(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def published_day(pubdate: str) -> date | None:
    """Day in Vietnam that a feed's stamp (RFC 822 or ISO) falls on; minutes may be wrong, the day is not."""
    try:
        moment = parsedate_to_datetime(pubdate)
        return moment.astimezone(_VIETNAM).date() if moment.tzinfo is not None else moment.date()
    except (TypeError, ValueError, IndexError, OverflowError):
        return printed_day(pubdate)
