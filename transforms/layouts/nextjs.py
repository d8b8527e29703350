"""Portals on React and Next: the article as data in the page (`__NEXT_DATA__`), its markup as a second way.

Seen: addresses of tuyengiaodanvan.vn and of Tuyên Quang's portal. The data names its fields in English; which
names is each site's own, so several are known.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from transforms.layouts.base import Layout, Page, Reading, read_fragment, select
from transforms.stamps import parse_stamp

DATA: Final = ("script#__NEXT_DATA__", "script#__NUXT_DATA__", 'script[type="application/json"][data-article]')
TITLES: Final = ("title", "name", "headline")
LEADS: Final = ("summary", "description", "sapo", "lead", "excerpt", "shortDescription")
BODIES: Final = ("content", "body", "contentHtml", "detail", "htmlContent")
DATES: Final = ("publishedAt", "publishDate", "publishedDate", "publishTime", "published_at", "datePublished")
AUTHORS: Final = ("author", "authorName", "pseudonym")
TAGS: Final = ("tags", "keywords")
_MAX_DATA: Final = 4_000_000
_MAX_NODES: Final = 20_000

LAYOUTS: Final = (
    Layout(
        name="next-2",
        family="next",
        title=("h1.blog-title", "h1.article-title", "article h1", "main h1"),
        lead=(".blog-summary", ".article-summary", "article .sapo", "main .sapo"),
        lead_in_body="bold",
        body=(".blog-content", ".article-content", "article .content", ".ck-content", "main .content"),
        date=(
            ".blog-date",
            ".article-date",
            "article time@datetime",
            "main time@datetime",
            "article .date",
            "main .date",
        ),
        trust=("page", "meta", "feed", "listed"),
        author=(".blog-author", ".article-author"),
        section=(".breadcrumb a:last-of-type",),
        tags=(".blog-tags a", ".article-tags a"),
    ),
)


def read_data(page: Page) -> Reading | None:
    """Read the article from the data in the page; null when there is none, or several that could be meant."""
    for script in select(page, DATA):
        text = script.text or ""
        if not text.strip() or len(text) > _MAX_DATA:
            continue
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            continue
        found = [item for item in _objects(data) if _text(item, TITLES) and len(_text(item, BODIES)) > 200]
        if not found:
            continue
        # Lists of other articles may carry their bodies too: the page's own is the one that its address names.
        best = max(found, key=lambda item: (_is_named(item, page.url), len(_text(item, BODIES))))
        return _reading(best, page)
    return None


def _objects(data: Any) -> Iterator[Mapping[str, Any]]:
    queue = [data]
    for seen, item in enumerate(queue):
        if seen > _MAX_NODES:
            return
        if isinstance(item, dict):
            yield item
            queue += [value for value in item.values() if isinstance(value, (dict, list))]
        elif isinstance(item, list):
            queue += [value for value in item if isinstance(value, (dict, list))]


def _text(item: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = item.get(name)
        if isinstance(value, str) and value.strip():
            return value
    return ""


def _is_named(item: Mapping[str, Any], url: str) -> bool:
    return any(
        isinstance(item.get(key), (str, int)) and len(str(item[key])) > 3 and str(item[key]) in url
        for key in ("slug", "id", "_id")
    )


def _reading(item: Mapping[str, Any], page: Page) -> Reading:
    author = item.get("author")
    name = author.get("name") if isinstance(author, Mapping) else _text(item, AUTHORS)
    reading = read_fragment(
        "next-data",
        _text(item, TITLES),
        _text(item, LEADS),
        _text(item, BODIES),
        page.url,
        author=name if isinstance(name, str) else "",
    )
    for key in DATES:
        stamp = parse_stamp(item[key]) if isinstance(item.get(key), str) else None
        if stamp:
            reading.stamps.append(("meta", stamp))
            break
    tags: list[Any] = next((item[key] for key in TAGS if isinstance(item.get(key), list)), [])
    names = [tag.get("name") if isinstance(tag, Mapping) else tag for tag in tags]
    reading.tags = [tag.strip() for tag in names if isinstance(tag, str) and tag.strip()]
    category = item.get("category")
    section = category.get("name") if isinstance(category, Mapping) else category
    reading.section = section if isinstance(section, str) and section.strip() else None
    return reading
