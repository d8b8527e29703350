"""What a layout is, and how one reads a page.

A layout is facts: where title, lead, body, date and the rest stand in the pages of one CMS at one time, as CSS
selectors tried in order, and which dates of such a page can be trusted, in order of trust. Its modules hold nothing
but these facts. lxml parses the whole page and finds the parts; BeautifulSoup reads only the body.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, cast

from lxml import etree
from lxml import html as lxml_html
from lxml.cssselect import CSSSelector

from transforms.bylines import Byline, Line, read_author, read_block
from transforms.layouts.blocks import Content, File, Picture, Text, absolute, read
from transforms.stamps import Stamp, parse_stamp
from transforms.text import clean

MAX_ELEMENTS: Final = 30_000
"""Elements of a page; more is no page of an article."""
MAX_BODY: Final = 800_000
"""Characters of markup that BeautifulSoup is given, pictures written out in attributes not counted."""
MAX_ATTRIBUTES: Final = 2_000
"""Attributes of one element; parsing takes time with their square."""
_TOKEN: Final = re.compile(r"[.#]([\w-]+)")
_NOT_NEEDED: Final = re.compile(r"\[[^\]]*\]|:not\([^)]*\)")
_LONG_TAG: Final = re.compile(r"<[A-Za-z][^<>]{20000,}")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_LONG_ATTRIBUTE: Final = 4_000
_LARGE_MARKUP: Final = 100_000
MIN_LEAD: Final = 30

_SEPARATORS: Final = re.compile(r"\s*[,;#]\s*")
_TAGS_LABEL: Final = re.compile(r"(?:Tags?|Từ kh[oó][aá]|Từ khóa|Từ khoá|Chủ đề)\s?:\s?", re.IGNORECASE)
FILE_LABEL: Final = re.compile(r"(?:Tập tin|Tệp|File)(?:\s?đính kèm)?\s?\d{0,3}\s?:\s?", re.IGNORECASE)
_NAME_LABEL: Final = re.compile(
    r"(?:Tác giả|Tác giả bài viết|Người viết|Bởi|Theo|Nguồn tin|Nguồn)\s?:\s?|Theo\s", re.IGNORECASE
)
_BRACKET_LEAD: Final = re.compile(r"\(?[A-ZĐ][\wĐđ.]{1,14}\)?\s?[-–]\s")


class BadPage(ValueError):
    """The page cannot be read at all; `reason` is a short code."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand in the pages of one CMS, from `since` until `until` (days of fetching; null is open)."""

    name: str
    family: str
    title: tuple[str, ...]
    body: tuple[str, ...]
    lead: tuple[str, ...] = ()
    lead_in_body: str = ""
    """`bold`: the first paragraph when all of it is bold; `first`: the first paragraph; empty: never."""
    date: tuple[str, ...] = ()
    """Elements that print the time of publication. In all selectors, `selector@attribute` means an attribute, and
    `selector says Words` only elements whose text begins so."""
    trust: tuple[str, ...] = ("page",)
    """Where dates may come from, most trusted first: `sitemap`, `page`, `feed`, `feed_day`, `listed`, `meta`."""
    clock: tuple[str, ...] = ()
    """Elements that print the day of viewing."""
    author: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    """Elements outside the body that hold pictures of the article."""
    drop: frozenset[str] = frozenset()
    """Classes and ids inside the body that are no article."""
    expect: tuple[str, ...] = ("title", "body")
    """Fields without which the layout does not match."""
    since: dt.date | None = None
    until: dt.date | None = None

    def valid(self, day: dt.date) -> bool:
        """Tell whether pages fetched on `day` may have this layout."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(slots=True)
class Reading:
    """What one way of reading made of a page; `fields` says what its selectors found."""

    way: str
    title: str = ""
    lead: str | None = None
    texts: list[Text] = field(default_factory=list)
    byline: Byline = field(default_factory=Byline)
    pictures: list[Picture] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    content: Content = field(default_factory=Content)
    section: str | None = None
    tags: list[str] = field(default_factory=list)
    stamps: list[tuple[str, Stamp]] = field(default_factory=list)
    """(where it was read, stamp), most trusted first."""
    clock: dt.date | None = None
    generic: bool = False
    flags: list[str] = field(default_factory=list)
    fields: dict[str, bool] = field(default_factory=dict)

    @property
    def paragraphs(self) -> list[str]:
        """The running text, a paragraph a line."""
        return [text.line for text in self.texts]


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page: its tree, its address (base of its links) and what listings and feeds said of it."""

    root: etree._Element
    url: str
    hints: Mapping[str, Any]
    tokens: frozenset[str]
    """All classes and ids of the page: most selectors name one that is not there, and need no search."""
    _order: dict[etree._Element, int] = field(default_factory=dict, repr=False, compare=False)

    def order(self) -> dict[etree._Element, int]:
        """Return the place of every element in print; made once, and holding them makes each later walk cheaper."""
        if not self._order:
            self._order.update((element, index) for index, element in enumerate(self.root.iter()))
        return self._order


@cache
def _css(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")


@cache
def _needed(selector: str) -> frozenset[str]:
    """Classes and ids that a page must have for `selector` to find anything."""
    return frozenset(_TOKEN.findall(_NOT_NEEDED.sub("", selector)))


def parse(text: str, url: str, hints: Mapping[str, Any]) -> Page:
    """Parse a page; BadPage when there is no tree to read or too much of one."""
    for tag in _LONG_TAG.finditer(text) if len(text) > _LARGE_MARKUP else ():
        if len(_QUOTED.sub("", tag[0]).split()) > MAX_ATTRIBUTES:
            raise BadPage("too_many_attributes", f"an element has more than {MAX_ATTRIBUTES} attributes")
    parser = lxml_html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False
    )
    try:
        root = lxml_html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise BadPage("no_markup", f"no HTML: {error}"[:200]) from error
    if root is None:
        raise BadPage("no_markup", "no HTML element")
    if any("Excessive depth" in entry.message for entry in parser.error_log):
        raise BadPage("too_deep", "elements are nested too deep")
    if count(root) > MAX_ELEMENTS:
        raise BadPage("too_many_elements", f"more than {MAX_ELEMENTS} elements")
    base = root.find(".//base[@href]")
    start = absolute(url, str(base.get("href"))) if base is not None else None
    tokens = frozenset(" ".join(map(str, cast(list[str], root.xpath("//@class|//@id")))).split())
    return Page(root, start or url, hints, tokens)


def count(root: etree._Element) -> int:
    """Return the number of elements of a tree."""
    return int(cast(float, root.xpath("count(//*)")))


def select(page: Page, selectors: tuple[str, ...]) -> list[etree._Element]:
    """Return what the first selector that finds anything finds, in document order."""
    return next(filter(None, (_find(page, selector) for selector in selectors)), [])


def _find(page: Page, selector: str) -> list[etree._Element]:
    selector, _, said = selector.partition(" says ")
    selector = selector.partition("@")[0]
    if not _needed(selector) <= page.tokens:
        return []
    found = cast(list[etree._Element], _css(selector)(page.root))
    return [element for element in found if _begins(element, said)] if said else found


def _begins(element: etree._Element, said: str) -> bool:
    opening = ""
    for part in element.itertext():
        opening += str(part)
        if len(opening) > 200:
            break
    return clean(opening).startswith(said)


def text_of(element: etree._Element) -> str:
    """Return all text in an element in storage form, scripts and styles left out."""
    parts = []
    for node in element.iter():
        if isinstance(node.tag, str) and node.tag not in ("script", "style") and node.text:
            parts.append(node.text)
        if node is not element and node.tail:
            parts.append(node.tail)
    return clean("".join(parts))


def _first_text(page: Page, selectors: tuple[str, ...]) -> str | None:
    for selector in selectors:
        attribute = selector.partition("@")[2]
        for element in _find(page, selector):
            text = clean(str(element.get(attribute) or "")) if attribute else text_of(element)
            if text:
                return text
    return None


def markup_of(element: etree._Element) -> str:
    """Return the markup of one element, to be read by BeautifulSoup; BadPage when there is too much of it."""
    markup = str(etree.tostring(element, encoding="unicode", method="html", with_tail=False))
    if len(markup) > _LARGE_MARKUP:
        # Pictures pasted as `data:` addresses make most of such pages.
        for node in element.iter():
            for name in [name for name, value in node.attrib.items() if len(value) > _LONG_ATTRIBUTE]:
                del node.attrib[name]
        markup = str(etree.tostring(element, encoding="unicode", method="html", with_tail=False))
    if len(markup) > MAX_BODY:
        raise BadPage("too_large", f"the article's part has {len(markup)} characters of markup")
    return markup


def read_page(layout: Layout, page: Page) -> Reading:
    """Read a page by a layout; `fields` tells what it found, nothing is checked here."""
    reading = Reading(layout.name)
    title = _first_text(page, layout.title)
    reading.title = title or ""
    bodies = select(page, layout.body)
    body = max(bodies, key=_weight) if len(bodies) > 1 else (bodies[0] if bodies else None)
    reading.fields = {"title": bool(title), "body": body is not None}
    if not all(reading.fields[name] for name in layout.expect if name in reading.fields):
        return reading
    if body is not None:
        reading.content = read(markup_of(body), page.url, layout.drop, cut=True)
    lead = _lead(page, layout)
    finish(reading, lead, layout.lead_in_body)
    reading.pictures[:0] = _outer_pictures(page, layout, reading)
    if layout.files:
        reading.files = _files(page, layout) + reading.files
    _people(page, layout, reading)
    reading.section = _first_text(page, layout.section)
    reading.tags = _tags(page, layout)
    reading.stamps = list(_stamps(page, layout))
    reading.clock = _clock(page, layout)
    reading.fields |= {
        name: bool(value)
        for name, value in (
            ("lead", lead or reading.lead),
            ("date", layout.date and _first_text(page, layout.date)),
            ("author", reading.byline.author),
            ("tags", reading.tags),
            ("section", reading.section),
        )
    }
    return reading


def _lead(page: Page, layout: Layout) -> str | None:
    """Return the sapo that the page marks, without the picture and its caption that may stand in it."""
    for selector in layout.lead:
        for element in _find(page, selector):
            if element.find(".//img") is None:
                text = text_of(element)
            else:
                text = " ".join(part.line for part in read(markup_of(element), page.url, layout.drop, cut=True).texts)
            if text:
                return text
    return None


def finish(reading: Reading, lead: str | None, lead_in_body: str) -> None:
    """Part lead, running text and author block of the content that was read."""
    content = reading.content
    texts = content.texts
    if lead:
        reading.lead = lead
        folded = lead.casefold()
        if texts and texts[0].line.casefold() in (folded, f"{folded}."):
            texts = texts[1:]
    elif lead_in_body and texts and _opens_as_lead(texts, lead_in_body):
        reading.lead, texts = texts[0].line, texts[1:]
    if texts and reading.title and texts[0].line.casefold() == reading.title.casefold():
        texts = texts[1:]
    texts = without_links(texts)
    lines: list[Line] = []
    owners: list[int] = []
    for index, text in enumerate(texts):
        for line in text.text.split("\n"):
            lines.append(Line(line, text.align == "right", text.bold > 0.9, text.italic > 0.9))
            owners.append(index)
    # The lead can stand for the sentence before the block.
    guard = 1 if reading.lead else 0
    if guard:
        lines.insert(0, Line(reading.lead or ""))
        owners.insert(0, -1)
    reading.byline = read_block(lines)
    kept = max(reading.byline.kept, guard)
    reading.texts = _first_lines(texts, lines[guard:kept], owners[guard:kept])
    reading.pictures = list(content.pictures)
    reading.files = list(content.files)


def _first_lines(texts: list[Text], lines: list[Line], owners: list[int]) -> list[Text]:
    own: dict[int, list[str]] = {}
    for line, owner in zip(lines, owners, strict=True):
        own.setdefault(owner, []).append(line.text)
    for index, parts in own.items():
        texts[index].text = "\n".join(parts)
    return [texts[index] for index in own]


def without_links(texts: list[Text]) -> list[Text]:
    """Drop lists of other articles at the end: lines that are nothing but links."""
    end = len(texts)
    while end and texts[end - 1].link > 0.9 and len(texts[end - 1].text) > 15:
        end -= 1
    return texts[:end]


def _opens_as_lead(texts: list[Text], rule: str) -> bool:
    first = texts[0]
    if len(texts) < 2 or len(first.text) < MIN_LEAD or first.tag.startswith("h"):
        return False
    if rule == "first":
        return True
    return first.bold > 0.9 and sum(text.bold > 0.9 for text in texts) <= max(1, len(texts) // 2)


def _weight(element: etree._Element) -> int:
    return sum(len(part) for part in element.itertext())


def _outer_pictures(page: Page, layout: Layout, reading: Reading) -> list[Picture]:
    known = {picture.url for picture in reading.pictures}
    found: list[Picture] = []
    for element in select(page, layout.pictures) if layout.pictures else ():
        for picture in read(markup_of(element), page.url, layout.drop, cut=True).pictures:
            if picture.url not in known:
                known.add(picture.url)
                found.append(picture)
    return found


def _files(page: Page, layout: Layout) -> list[File]:
    found: list[File] = []
    for element in select(page, layout.files):
        url = absolute(page.url, str(element.get("href") or ""))
        strong = element.find(".//strong")
        name = text_of(strong) if strong is not None else ""
        name = FILE_LABEL.sub("", name or text_of(element), count=1) or clean(str(element.get("title") or ""))
        if url and (name or url.rsplit("/", 1)[-1]):
            found.append(File(name or url.rsplit("/", 1)[-1], url))
    return found


def _people(page: Page, layout: Layout, reading: Reading) -> None:
    named = _first_text(page, layout.author) if layout.author else None
    if named and not reading.byline.author:
        _name(reading, named)
    byline = reading.byline
    credited = _first_text(page, layout.source) if layout.source else None
    if credited:
        source = _NAME_LABEL.sub("", credited, count=1).strip("() ") or byline.source
        byline = Byline(byline.author, byline.authors, byline.roles, source, byline.kept)
    reading.byline = byline


def _name(reading: Reading, printed: str) -> None:
    """Take the author from a field of his own; offices of an unnamed author are none."""
    found = read_author(_NAME_LABEL.sub("", clean(printed), count=1))
    source = reading.byline.source or found.source
    reading.byline = Byline(found.author, found.authors, found.roles, source, reading.byline.kept)


def _tags(page: Page, layout: Layout) -> list[str]:
    found: list[str] = []
    for element in select(page, layout.tags) if layout.tags else ():
        text = _TAGS_LABEL.sub("", text_of(element), count=1)
        for part in (text,) if element.tag == "a" else _SEPARATORS.split(text):
            tag = part.strip(" #,;")
            if tag and len(tag) <= 80 and tag not in found:
                found.append(tag)
    return found


def _stamps(page: Page, layout: Layout) -> Iterator[tuple[str, Stamp]]:
    for source in layout.trust:
        printed = _printed(page, layout, source)
        stamp = parse_stamp(printed) if printed else None
        if stamp is None:
            continue
        if source == "feed_day":
            yield "feed", Stamp(stamp.on, None, flags=("time_not_trusted",))
        elif source == "listed":
            yield "page", Stamp(stamp.on, stamp.at, flags=("date_from_listing",))
        else:
            yield source, stamp


def _printed(page: Page, layout: Layout, source: str) -> str | None:
    hints = page.hints
    if source == "page":
        return _first_text(page, layout.date)
    if source == "sitemap":
        return _string(hints.get("sitemap_lastmod"))
    if source in ("feed", "feed_day"):
        feed = hints.get("feed")
        return _string(feed.get("pubdate")) if isinstance(feed, Mapping) else None
    if source == "listed":
        return _string(hints.get("listed_date"))
    if source == "meta":
        return meta_date(page)
    return None


def _string(value: Any) -> str | None:
    return clean(value)[:200] or None if isinstance(value, str) else None


def meta_date(page: Page) -> str | None:
    """Return the time of publication that the page's metadata gives."""
    for selector in (
        'meta[property="article:published_time"]',
        'meta[name="pubdate"]',
        'meta[itemprop="datePublished"]',
        'meta[name="article:published_time"]',
    ):
        for element in _find(page, selector):
            value = clean(str(element.get("content") or ""))
            if value:
                return value
    return None


def _clock(page: Page, layout: Layout) -> dt.date | None:
    for element in select(page, layout.clock) if layout.clock else ():
        stamp = parse_stamp(text_of(element))
        if stamp:
            return stamp.on
    return None


def read_fragment(way: str, title: str, lead: str, markup: str, page_url: str, *, author: str = "") -> Reading:
    """Read an article whose parts a portal's API gives; `markup` may be escaped once more."""
    if "<" not in markup and "&lt;" in markup:
        markup = html.unescape(markup)
    if len(markup) > MAX_BODY:
        raise BadPage("too_large", f"the article has {len(markup)} characters of markup")
    if markup.strip():
        parse(markup, page_url, {})  # refuses what is nested too deep or too much, as it does for a page
    reading = Reading(way, title=clean(title))
    reading.content = read(markup, page_url)
    finish(reading, clean(re.sub(r"<[^>]{0,300}>", " ", html.unescape(lead))) or None, "bold")
    if author and not reading.byline.author:
        _name(reading, author)
    reading.fields = {"title": bool(reading.title), "body": bool(reading.texts), "lead": bool(reading.lead)}
    return reading
