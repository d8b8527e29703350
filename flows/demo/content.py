"""The sample texts, as data: what a portal prints and what a reader should get out of it.

One TOML file per portal lies in `articles/`. It is written by hand and serves two ends at once: the renderers in
`markup/` turn it into pages, and tests compare the tables with it, field by field. Nothing in it is computed from a
page.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from importlib import resources
from typing import Any, Protocol

VIETNAM = timezone(timedelta(hours=7))


def slugify(text: str, *, keep_case: bool = False) -> str:
    """Return `text` without marks, words joined by hyphens: `Dân vận khéo` is `dan-van-kheo`."""
    plain = unicodedata.normalize("NFD", text).replace("đ", "d").replace("Đ", "D")
    ascii_only = "".join(c for c in plain if not unicodedata.combining(c))
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in ascii_only).split()
    return "-".join(words if keep_case else (w.lower() for w in words))


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a portal: its part of the address and its printed name."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in an article; `after` counts the paragraphs that stand before it."""

    file: str
    caption: str | None = None
    after: int = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """A table in an article, cell by cell; `after` counts the paragraphs that stand before it."""

    rows: tuple[tuple[str, ...], ...]
    after: int = 1


@dataclass(frozen=True, slots=True)
class File:
    """An attachment: the name as printed and the file's name in the address."""

    name: str
    file: str


@dataclass(frozen=True, slots=True)
class Article:
    """One article: what is printed, and the fields that a reader should get."""

    id: int
    section: str
    """Slug of its section."""
    title: str
    paragraphs: tuple[str, ...]
    lead: str | None = None
    """The sapo with the prefix it is printed with; null where the page marks none."""
    created_at: datetime | None = None
    """When the portal created it, as the CMS knows; orders listings."""
    published_at: datetime | None = None
    """What the portal tells of that: the truth that a reader can know."""
    edited_at: datetime | None = None
    byline: tuple[str, ...] = ()
    """Lines printed under the text."""
    author_field: str | None = None
    """Author printed in a field of the CMS instead of under the text."""
    source_field: str | None = None
    author: str | None = None
    author_roles: tuple[str, ...] = ()
    credited_source: str | None = None
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    tables: tuple[Grid, ...] = ()
    attachments: tuple[File, ...] = ()
    slug: str = ""
    """Words of the address; made of the title when empty."""
    also_in: tuple[str, ...] = ()
    """Further sections under which the same article answers."""
    copy: tuple[str, int, datetime] | None = None
    """(list, id, time) of a second row with the same text, created later."""
    old_address: bool = False
    """Whether an address of an earlier system redirects here."""
    province: str | None = None
    """Slug of the province that the text speaks of; null where it speaks of several or of none."""
    indicators: tuple[Mapping[str, Any], ...] = ()
    """Rows of the panel that the text states, by hand."""

    def words(self, *, keep_case: bool = False) -> str:
        """Return the words of the address."""
        return self.slug or slugify(self.title, keep_case=keep_case)

    @property
    def text(self) -> str:
        """Title, lead and paragraphs, one a line: what `articles.text` must hold."""
        return "\n".join((self.title, *([self.lead] if self.lead else []), *self.paragraphs))

    @property
    def captions(self) -> list[str]:
        """Captions in printed order."""
        return [image.caption for image in self.images if image.caption]


@dataclass(frozen=True, slots=True)
class Gallery:
    """A page of pictures without text: never an article."""

    id: int
    section: str
    title: str
    day: date
    pictures: int = 6


@dataclass(frozen=True, slots=True)
class Offsite:
    """A link in the listings that leads to another site."""

    url: str
    title: str
    through: int | None = None
    """Id under which the portal itself answers with a redirect there; null for a plain link."""


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What a portal's pages say about the portal itself."""

    slug: str
    name: str
    scheme: str
    host: str
    family: str
    sections: tuple[Section, ...]
    page_size: int = 8
    viewing_day: date | None = None
    """What the clock in the header shows, for sites that have one."""
    galleries: tuple[Gallery, ...] = ()
    offsite: tuple[Offsite, ...] = ()
    base: str = ""
    """Path prefix of the CMS, where it has one."""

    @property
    def origin(self) -> str:
        """Scheme and real host."""
        return f"{self.scheme}://{self.host}"

    def section_name(self, slug: str) -> str:
        """Return the printed name of a section; KeyError when there is none."""
        for section in self.sections:
            if section.slug == slug:
                return section.name
        raise KeyError(slug)


class Catalogue(Protocol):
    """Where a site's articles come from: a list in memory, or a generator that composes them when asked."""

    def count(self, section: str | None = None) -> int:
        """Return how many entries a section's listing has (all sections: null)."""
        ...

    def page(self, section: str | None, start: int, length: int) -> Sequence[Article]:
        """Return entries `start` … of a listing, newest first."""
        ...

    def get(self, number: int, section: str | None = None) -> Article | None:
        """Return the article with this id (of this section, where ids are unique only there)."""
        ...


@dataclass
class ListCatalogue:
    """A catalogue of articles in memory."""

    articles: Sequence[Article]
    by_section: dict[str, list[Article]] = field(init=False)

    def __post_init__(self) -> None:
        self.by_section = {}
        for article in self._newest_first:
            for section in (article.section, *article.also_in):
                self.by_section.setdefault(section, []).append(article)

    @cached_property
    def _newest_first(self) -> list[Article]:
        undated = datetime(2000, 1, 1, tzinfo=VIETNAM)
        return sorted(self.articles, key=lambda a: (a.created_at or a.published_at or undated, a.id), reverse=True)

    def _listing(self, section: str | None) -> list[Article]:
        return self._newest_first if section is None else self.by_section.get(section, [])

    def count(self, section: str | None = None) -> int:
        """See `Catalogue`."""
        return len(self._listing(section))

    def page(self, section: str | None, start: int, length: int) -> Sequence[Article]:
        """See `Catalogue`."""
        return self._listing(section)[start : start + length]

    def get(self, number: int, section: str | None = None) -> Article | None:
        """See `Catalogue`."""
        for article in self.articles:
            if article.id == number and (section is None or section in (article.section, *article.also_in)):
                return article
        return None


def load() -> dict[str, tuple[SiteFacts, list[Article]]]:
    """Return every bundled portal by slug: its facts and its articles."""
    folder = resources.files(__package__) / "articles"
    found = {}
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            slug = entry.name.removesuffix(".toml")
            found[slug] = _parse(slug, tomllib.loads(entry.read_text(encoding="utf-8")))
    return found


def portal_records() -> resources.abc.Traversable:
    """Return the folder with the portals' records, for the registry."""
    return resources.files(__package__) / "portals"


def _parse(slug: str, data: Mapping[str, Any]) -> tuple[SiteFacts, list[Article]]:
    facts = SiteFacts(
        slug=slug,
        **data["site"],
        sections=tuple(Section(**s) for s in data["section"]),
        galleries=tuple(Gallery(**g) for g in data.get("gallery", ())),
        offsite=tuple(Offsite(**o) for o in data.get("offsite", ())),
    )
    return facts, [_article(a) for a in data["article"]]


def _article(row: Mapping[str, Any]) -> Article:
    values = dict(row)
    for key in ("paragraphs", "byline", "author_roles", "tags", "also_in", "indicators"):
        values[key] = tuple(values.get(key, ()))
    for key in ("published_at", "created_at", "edited_at"):
        if key in values:
            values[key] = _local(values[key])
    values.setdefault("created_at", values.get("published_at"))
    values["images"] = tuple(Image(**i) for i in values.get("images", ()))
    values["tables"] = tuple(Grid(rows=_rows(t["rows"]), after=t.get("after", 1)) for t in values.get("tables", ()))
    values["attachments"] = tuple(File(**f) for f in values.get("attachments", ()))
    if "copy" in values:
        copy = values["copy"]
        values["copy"] = (copy["section"], copy["id"], _local(copy["at"]))
    return Article(**values)


def _local(moment: datetime) -> datetime:
    """TOML's local date-times are Vietnam's."""
    return moment.replace(tzinfo=VIETNAM)


def _rows(rows: Iterable[Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in rows)
