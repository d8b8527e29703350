"""Links of a page, and what a listing says of each: title, date and sapo beside the link, found without class names.

An item of a listing is the largest piece of the page that links to one article only; what it prints besides the title
are the date (first thing that looks like one) and the sapo (longest other text). Pages are hostile: parsing is lxml's
recovering HTML parser on bytes of bounded size, and nothing here recurses into the tree.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from lxml import etree

from warehouse.addresses import AddressRules, canonical, is_article, is_file

MAX_LINKS: Final = 5000
"""Links read of one page; a listing has some hundreds."""
_CLIMB: Final = 8
_TITLE: Final = 400
_LEAD: Final = 1500
_SPACES: Final = re.compile(r"\s+")
_DATE: Final = re.compile(
    r"(?<!\d)(?:(?P<iso>(?:19|20)\d\d-\d{1,2}-\d{1,2})|(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>(?:19|20)\d\d))(?!\d)"
)
_STAMP: Final = re.compile(
    r"(?:\d{1,2}(?::|h|g)\d{2}(?::\d{2})?(?:\s?(?:AM|PM|SA|CH))?[\s,|-]{1,4})?"
    r"(?:(?:19|20)\d\d-\d{1,2}-\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d\d)"
    r"(?:[T\s,|-]{1,4}\d{1,2}(?::|h|g)\d{2}(?::\d{2})?(?:\s?(?:AM|PM|SA|CH))?)?"
)
_ASIDE_TAGS: Final = frozenset(("aside", "nav", "footer"))
_ASIDE_CLASSES: Final = frozenset(
    ("sidebar", "side-bar", "aside", "right-sidebar", "left-sidebar", "sidebar-right", "sidebar-left", "col-right",
     "right-col", "right-column", "cot-phai", "cotphai", "block_groups", "block_tophits")
)  # fmt: skip
_HEAD: Final = 200_000
"""Bytes of a page within which its head ends."""
_CANONICAL: Final = re.compile(rb"<link\b[^<>]{0,600}\brel\s*=\s*[\"']?canonical\b[^<>]{0,2400}>", re.IGNORECASE)
_DATA_ADDRESS: Final = re.compile(r'"((?:https?:)?(?:\\?/){1,2}[^"\s<>]{2,600})"')


@dataclass(slots=True)
class Link:
    """An article that a page links to."""

    url: str
    """Canonical address."""
    title: str = ""
    date: str = ""
    """As printed."""
    lead: str = ""
    aside: bool = False
    """It stands only in sidebars, menus or the footer: the page's section says nothing of it."""


@dataclass(slots=True)
class PageLinks:
    """All that a listing page links to."""

    articles: list[Link] = field(default_factory=list)
    """In order of first appearance, each once."""
    others: list[tuple[str, str]] = field(default_factory=list)
    """Canonical address and text of the portal's other pages, in order."""
    feeds: list[str] = field(default_factory=list)
    """Feeds that the page declares (`link rel=alternate`)."""


def parse_html(body: bytes) -> Any | None:
    """Parse a page with lxml's recovering parser (no network, no entities); None when there is no element in it.

    Bytes that are UTF-8 are read as that whatever the page's label says; else the label decides.
    """
    parser = etree.HTMLParser(
        encoding=_utf8(body), no_network=True, recover=True, huge_tree=False, remove_comments=True
    )
    try:
        return etree.fromstring(body, parser) if body.strip() else None
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return None


def _utf8(body: bytes) -> str | None:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def page_links(root: Any, page_url: str, rules: AddressRules, *, embedded: bool = False) -> PageLinks:
    """Collect the links of a parsed page that stands at canonical address `page_url`."""
    found = PageLinks()
    base = _base(root, page_url)
    anchors: dict[str, list[Any]] = {}
    others: dict[str, str] = {}
    of_anchor: dict[Any, str] = {}
    for count, anchor in enumerate(root.iter("a", "area")):
        if count >= MAX_LINKS:
            break
        href = anchor.get("href")
        if not href or href.startswith("#"):
            continue
        url = canonical(href, rules, base)
        if url is None:
            continue
        if is_article(url, rules):
            anchors.setdefault(url, []).append(anchor)
            of_anchor[anchor] = url
        elif not is_file(url):
            text = _text(anchor)[:_TITLE]
            if not others.get(url):
                others[url] = text
    aside = _aside(root, of_anchor)
    for url, group in anchors.items():
        link = _item(url, group, of_anchor)
        link.aside = all(anchor in aside for anchor in group)
        found.articles.append(link)
    if embedded:
        known = set(anchors)
        for url in _embedded(root, base, rules):
            if url not in known:
                known.add(url)
                found.articles.append(Link(url))
    found.others = list(others.items())
    for link in root.iter("link"):
        rel = (link.get("rel") or "").lower().split()
        href = link.get("href")
        if not href:
            continue
        if "alternate" in rel and (link.get("type") or "").lower() in ("application/rss+xml", "application/atom+xml"):
            feed = canonical(href, rules, base)
            if feed is not None and feed not in found.feeds:
                found.feeds.append(feed)
    return found


def named_address(body: bytes, page_url: str, rules: AddressRules) -> str | None:
    """Canonical address that the page's head calls its own, when it is one of the portal's articles."""
    match = _CANONICAL.search(body[:_HEAD])
    root = parse_html(b"<html><head>" + match[0] + b"</head></html>") if match is not None else None
    return canonical_link(root, page_url, rules) if root is not None else None


def canonical_link(root: Any, page_url: str, rules: AddressRules) -> str | None:
    """Canonical address that a parsed page names as its own, when it is one of the portal's articles."""
    base = _base(root, page_url)
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and link.get("href"):
            url = canonical(link.get("href"), rules, base)
            return url if url is not None and is_article(url, rules) else None
    return None


def printed_day(text: str | None) -> date | None:
    """Day of the first date printed in `text` (day first, or ISO); None when there is none or it cannot be."""
    if not text:
        return None
    match = _DATE.search(text)
    if match is None:
        return None
    try:
        if match["iso"]:
            year, month, day = (int(part) for part in match["iso"].split("-"))
        else:
            year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
        return date(year, month, day)
    except ValueError:
        return None


def address_month(url: str) -> tuple[int, int] | None:
    """Year and month that an address carries as a `/YYYYMM/` folder, or None."""
    match = re.search(r"/((?:19|20)\d\d)(0[1-9]|1[0-2])/", urlsplit(url).path)
    return (int(match[1]), int(match[2])) if match else None


def _base(root: Any, page_url: str) -> str:
    for element in root.iter("base"):
        href = element.get("href")
        if href:
            try:
                return str(urljoin(page_url, href.strip()))
            except ValueError:
                return page_url
        break
    return page_url


def _item(url: str, group: list[Any], of_anchor: dict[Any, str]) -> Link:
    best = max(group, key=lambda a: len(_text(a)))
    title = _text(best) or _clean(best.get("title") or "")
    link = Link(url, title[:_TITLE])
    node = best
    for _ in range(_CLIMB):
        parent = node.getparent()
        if parent is None or parent.tag in ("body", "html") or _other_article(parent, url, of_anchor):
            break
        node = parent
    if node is best:
        return link
    for text in _texts(node):
        if not link.date:
            stamp = _STAMP.search(text)
            if stamp is not None and len(text) < 80:
                link.date = stamp[0].strip()
                continue
        if text != title and not title.startswith(text) and len(text) > max(40, len(link.lead)):
            link.lead = text[:_LEAD]
    return link


def _aside(root: Any, of_anchor: dict[Any, str]) -> set[Any]:
    """Anchors inside sidebars, menus and footers; a piece with most of the page's articles is none of these."""
    found: set[Any] = set()
    for element in root.iter(etree.Element):
        named = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
        if element.tag in _ASIDE_TAGS or not _ASIDE_CLASSES.isdisjoint(named.split()):
            inside = [anchor for anchor in element.iter("a", "area") if anchor in of_anchor]
            if 2 * len({of_anchor[anchor] for anchor in inside}) <= len(set(of_anchor.values())):
                found.update(inside)
    return found


def _other_article(node: Any, url: str, of_anchor: dict[Any, str]) -> bool:
    anchors = enumerate(node.iter("a", "area"))
    return any(of_anchor.get(anchor, url) != url or count > 60 for count, anchor in anchors)


def _texts(node: Any) -> Iterator[str]:
    """Text of each block inside `node`: inline elements join, blocks part."""
    parts: list[str] = []
    for count, (event, element) in enumerate(etree.iterwalk(node, events=("start", "end"))):
        if count > 4000:
            break
        block = element.tag not in _INLINE
        if element.tag in ("script", "style"):
            if event == "end":
                parts.append(element.tail or "")
            continue
        if block:
            text = _clean("".join(parts))
            parts = []
            if text:
                yield text
        if event == "start":
            parts.append(element.text or "")
        elif element is not node:
            parts.append(element.tail or "")
    text = _clean("".join(parts))
    if text:
        yield text


_INLINE: Final = frozenset(("b", "i", "em", "strong", "font", "u", "sup", "sub", "mark", "small", "abbr"))


def _text(element: Any) -> str:
    return _clean("".join(element.itertext()))


def _clean(text: str) -> str:
    return _SPACES.sub(" ", html.unescape(text)).strip()


def _embedded(root: Any, base: str, rules: AddressRules) -> Iterable[str]:
    """Article addresses in the scripts of a page, in order; strings of JSON are taken apart by pattern, not run."""
    for script in root.iter("script"):
        text = (script.text or "")[: 4 << 20].replace('\\"', '"').replace("\\u002F", "/").replace("\\u0026", "&")
        if "/" not in text:
            continue
        for match in _DATA_ADDRESS.finditer(text):
            url = canonical(match[1].replace("\\/", "/"), rules, base)
            if url is not None and is_article(url, rules):
                yield url
