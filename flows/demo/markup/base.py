"""What every family's renderer shares: requests, answers, links, feeds, sitemaps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import format_datetime
from html import escape
from typing import ClassVar
from urllib.parse import quote
from zlib import crc32

from flows.demo.content import Article, Catalogue, Gallery, Image, SiteFacts

HTML = "text/html; charset=utf-8"
XML = "text/xml; charset=utf-8"
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
BUILT = datetime(2022, 1, 1, tzinfo=UTC)
"""When the files that never change were made."""
PIXEL = bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b")
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request, taken apart."""

    method: str
    path: str
    """Decoded path."""
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; the server adds validators, length and coding."""

    body: bytes | Iterator[bytes] = b""
    """All bytes, or pieces that are sent as they come (chunked)."""
    type: str = HTML
    status: int = 200
    modified: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    """Close the connection in the middle of the body."""


@dataclass(frozen=True, slots=True)
class Chrome:
    """Furniture of real pages, for pages of real weight; empty by default."""

    head: str = ""
    menu: str = ""
    side: str = ""
    foot: str = ""


class Markup(ABC):
    """Renders one site. Subclasses say how addresses look and what a page holds."""

    fold_case: ClassVar[bool] = False
    server: ClassVar[str] = "nginx"
    extra_headers: ClassVar[Mapping[str, str]] = {}
    silent: ClassVar[frozenset[str]] = frozenset()
    """Fields of `Article` that pages of this family never tell."""
    prints: str = "time"
    """What pages print of the publication: its `time`, only its `day`, or `none` of it."""

    def __init__(self, facts: SiteFacts, catalogue: Catalogue, chrome: Chrome | None = None) -> None:
        self.facts = facts
        self.catalogue = catalogue
        self.chrome = chrome or Chrome()

    # ---- addresses

    @abstractmethod
    def address(self, article: Article) -> str:
        """Return the canonical path (with query) of an article."""

    def also_at(self, article: Article) -> list[str]:
        """Return other paths under which the article answers or from which it is redirected."""
        return []

    def url(self, article: Article) -> str:
        """Return the canonical address on the real host."""
        return self.facts.origin + self.address(article)

    @abstractmethod
    def image_address(self, article: Article, image: Image) -> str:
        """Return the path of an image of an article."""

    def image_url(self, article: Article, image: Image) -> str:
        """Return the address of an image on the real host."""
        return self.facts.origin + self.image_address(article, image)

    def attachment_urls(self, article: Article) -> list[str]:
        """Return the attachments' addresses on the real host, in printed order."""
        return [self.facts.origin + self.attachment_address(article, n) for n in range(len(article.attachments))]

    @abstractmethod
    def attachment_address(self, article: Article, number: int) -> str:
        """Return the path of an attachment."""

    def link(self, path: str) -> str:
        """Return `path` as an attribute value: relative and absolute by turns, as real pages mix them."""
        return escape(self.facts.origin + path if crc32(path.encode()) % 2 else path)

    # ---- pages

    @abstractmethod
    def answer(self, request: Request) -> Answer | None:
        """Return the answer to a request; null for an address that does not exist."""

    @abstractmethod
    def not_found(self) -> bytes:
        """Return the page that goes with status 404."""

    def robots(self, disallow: Iterable[str], sitemap: str | None = None) -> Answer:
        """Return robots.txt."""
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in disallow)]
        if sitemap:
            lines.append(f"Sitemap: {self.facts.origin}{sitemap}")
        return Answer("\n".join([*lines, ""]).encode(), "text/plain; charset=utf-8", modified=BUILT)

    def moved(self, path: str, status: int = 301) -> Answer:
        """Return a redirect to `path` on the real host."""
        return Answer(status=status, headers={"Location": self.facts.origin + path})

    def page_count(self, section: str | None) -> int:
        """Return the number of pages of a listing, at least one."""
        return max(1, -(-self.catalogue.count(section) // self.facts.page_size))

    def stamp(self, article: Article) -> datetime | None:
        """Return Last-Modified of an article's page."""
        return article.edited_at or article.created_at or BUILT


def asset(path: str) -> Answer | None:
    """Return a tiny file for the address of an image, style sheet, script or document; else null."""
    suffix = path.rsplit(".", 1)[-1].lower() if "." in path.rsplit("/", 1)[-1] else ""
    if suffix in ("jpg", "jpeg", "png", "gif", "webp"):
        kind = "jpeg" if suffix == "jpg" else suffix
        return Answer(PIXEL, f"image/{kind}", modified=BUILT)
    if suffix == "css":
        return Answer(b"body{font-family:sans-serif}\n", "text/css", modified=BUILT)
    if suffix == "js":
        return Answer(b"/* nothing */\n", "application/javascript", modified=BUILT)
    if suffix in ("pdf", "docx", "xlsx", "doc"):
        return Answer(PDF, "application/pdf" if suffix == "pdf" else "application/octet-stream", modified=BUILT)
    return None


def page_number(text: str | None) -> int | None:
    """Return a page number of a query or path, from 1; null when it is none."""
    if text is None:
        return 1
    return int(text) if text.isascii() and text.isdigit() and int(text[:9]) > 0 else None


def shorten(text: str | None, words: int = 30) -> str:
    """Return the first words of `text`, as listings do."""
    parts = (text or "").split(" ")
    return " ".join(parts) if len(parts) <= words else " ".join(parts[:words]) + "..."


def weekday(day: date) -> str:
    """Return the weekday's name."""
    return WEEKDAYS[day.weekday()]


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item of an RSS feed, strings as they are to stand in the XML."""

    title: str
    link: str
    published: str
    description: str
    guid: str | None = None


def rss(title: str, link: str, own: str, items: Sequence[FeedItem]) -> Answer:
    """Return an RSS 2.0 feed; descriptions go into CDATA."""
    rows = [
        f"<item><title>{item.title}</title><link>{escape(item.link)}</link>"
        + (f'<guid isPermaLink="false"><![CDATA[{item.guid}]]></guid>' if item.guid else "")
        + f"<pubDate>{item.published}</pubDate><description><![CDATA[{item.description}]]></description></item>"
        for item in items
    ]
    body = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>\n'
        f"<title>{escape(title)}</title>\n<link>{escape(link)}</link>\n"
        f'<atom:link href="{escape(own)}" rel="self" type="application/rss+xml" />\n'
        f"<description><![CDATA[{title}]]></description>\n<language>vi</language>\n"
        + (f"<pubDate>{items[0].published}</pubDate>\n" if items else "")
        + "\n".join(rows)
        + "\n</channel></rss>\n"
    )
    return Answer(body.encode(), XML)


def rfc822(moment: datetime) -> str:
    """Return a date as RSS wants it."""
    return format_datetime(moment)


def sitemap(entries: Iterable[tuple[str, datetime | None]]) -> Answer:
    """Return a sitemap of (address, time of publication)."""
    rows = "".join(
        f"<url><loc>{escape(url)}</loc>" + (f"<lastmod>{moment.isoformat()}</lastmod>" if moment else "") + "</url>\n"
        for url, moment in entries
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return Answer((head + rows + "</urlset>\n").encode(), XML)


def sitemap_index(urls: Iterable[str]) -> Answer:
    """Return an index of sitemaps."""
    rows = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>\n" for url in urls)
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    )
    return Answer((head + rows + "</sitemapindex>\n").encode(), XML)


def quoted(path: str) -> str:
    """Percent-encode a path."""
    return quote(path, safe="/?=&,-._~")


def gallery_pictures(gallery: Gallery) -> Iterator[str]:
    """Yield file names of a gallery's pictures."""
    for number in range(1, gallery.pictures + 1):
        yield f"anh-{gallery.id}-{number}.jpg"
