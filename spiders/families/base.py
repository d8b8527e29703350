"""What one CMS family is: where its listings, feeds and sitemaps stand, how it pages, how its addresses look.

A family holds everything that a portal's record need not repeat. It knows addresses, not class names: article links
are found by their address pattern anywhere on a page, so a redesign does not blind the crawl. Values here are
defaults; a record may override each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

PAGE: Final = r"(?P<page>\d{1,6})"
"""In a pager pattern: where the number of the page stands."""


@dataclass(frozen=True, slots=True)
class Pager:
    """One way to write the number of a listing's page into its address."""

    template: str
    """How page n is asked for: `{path}` is the listing's path without its own number, `{n}` the number."""
    pattern: re.Pattern[str]
    """Matches path with query of such an address; groups `path` and `page`."""
    step: int = 1
    """What the number grows by (20 where it is the offset of the first row)."""
    first: int = 1
    """Number of the first page."""

    @classmethod
    def query(cls, name: str, first: int = 1, step: int = 1) -> Pager:
        """`?name=n` behind the listing's path (other parameters stay)."""
        joined = re.compile(rf"(?P<path>/[^?]*?)\?(?:[^#]*&)?{re.escape(name)}={PAGE}(?:&[^#]*)?")
        return cls(f"{{path}}?{name}={{n}}", joined, step, first)

    @classmethod
    def segment(cls, prefix: str, suffix: str = "/", first: int = 1) -> Pager:
        """`…/<prefix>n<suffix>` as the last segment of the path."""
        joined = re.compile(rf"(?P<path>/[^?]*?)/{re.escape(prefix)}{PAGE}{re.escape(suffix)}?")
        return cls(f"{{path}}/{prefix}{{n}}{suffix}", joined, 1, first)

    def page_of(self, target: str) -> tuple[str, int] | None:
        """Listing path and number that a pager address carries, or None."""
        match = self.pattern.fullmatch(target)
        return (match["path"].rstrip("/"), int(match["page"])) if match else None

    def address(self, path: str, number: int) -> str:
        """Path with query of page `number` of the listing at `path`."""
        return self.template.format(path=path.rstrip("/"), n=number)


PAGERS: Final = (
    Pager.query("page"),
    Pager.query("p"),
    Pager.query("PageIndex"),
    Pager.query("trang"),
    Pager.query("pageindex"),
    Pager.query("cpage"),
    Pager.query("paged"),
    Pager.segment("page-"),
    Pager.segment("page/"),
    Pager.segment("trang-", ""),
    Pager.segment("trang/", ""),
)
"""Ways of paging that are tried on any portal whose family does not say more."""


@dataclass(frozen=True, slots=True)
class Family:
    """Defaults and behaviour of one CMS family."""

    name: str
    title: str
    """What it is, in words, for `docs/families.md` and `tinhuy portals`."""
    article: str = ""
    """Address pattern of articles (path with query, whole); empty where every portal has its own."""
    keep_query: tuple[str, ...] | None = ()
    case_insensitive: bool = False
    pagers: tuple[Pager, ...] = PAGERS
    feeds: tuple[str, ...] = ()
    """Paths of feeds; `{section}` stands for each section of the record."""
    sitemaps: tuple[str, ...] = ("/sitemap.xml",)
    embedded: bool = False
    """Whether lists come as data inside the page (React, Next): addresses in scripts count as links."""
    loose: bool = False
    """Whether section addresses may look like article addresses (both only slugs): then a link's text decides too."""
    skip: tuple[str, ...] = ()
    """Patterns of paths that are never listings (language switches, account pages)."""

    def number_of(self, target: str) -> tuple[Pager, str, int] | None:
        """Which pager an address is of, with its listing and number."""
        for pager in self.pagers:
            found = pager.page_of(target)
            if found is not None:
                return pager, found[0], found[1]
        return None

    def next_page(self, listing: str, page: int, targets: Iterable[str]) -> str | None:
        """Path with query of the page after `page` of the listing at path `listing`, as the page's own links give it.

        `targets` are paths with query of the page's links. None when the page links to no such page.
        """
        base = _base(listing, self)
        for target in targets:
            found = self.number_of(target)
            if found is None:
                continue
            pager, path, number = found
            if number == page + pager.step and _same_listing(path, base, target, listing):
                return target
        return None

    def first_number(self, target: str) -> int:
        """Number of the page that an address asks for; the first one when it carries none."""
        found = self.number_of(target)
        return found[2] if found is not None else (self.pagers[0].first if self.pagers else 1)


def _base(listing: str, family: Family) -> str:
    found = family.number_of(listing)
    return found[1] if found is not None else listing.partition("?")[0].rstrip("/")


def _same_listing(path: str, base: str, target: str, listing: str) -> bool:
    if path.casefold() != base.casefold():
        return False
    wanted = _constant_query(listing)
    have = dict(parse_qsl(urlsplit(target).query))
    return all(have.get(k) == v for k, v in wanted.items())


def _constant_query(listing: str) -> Mapping[str, str]:
    """Parameters of a listing's address that are not its page number (a category id)."""
    query = dict(parse_qsl(urlsplit(listing).query))
    return {
        k: v
        for k, v in query.items()
        if not re.fullmatch(
            r"(?:.*_)?(?:page|p|pageindex|trang|cpage|paged|cur|start|resetcur|delta)", k, re.IGNORECASE
        )
    }
