"""The nation: every portal of a registry as a stand-in, in its family's markup, at addresses that its record accepts.

    sites = nation(spiders.registry.load(), count=200)     # one Site per record, real host names in their links
    with serve(sites) as urls: …                           # one port each; nothing is contacted but loopback

What a portal's record says is taken as given (host, sections, address pattern, API); what it leaves open is chosen
here: a portal on NukeViet gets one of its versions, a portal of unknown family one of eight unfamiliar designs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from flows.demo.content import Article, Section, SiteFacts
from flows.demo.markup import DanVan, FileUuid, Markup, NukeViet, SharePoint
from flows.demo.markup.base import Answer, Request
from flows.demo.markup.sharepoint import ROOT
from flows.demo.site import Hook, Site
from spiders.registry import Portal

from .generated import BEGIN, FIRST_ID, GeneratedCatalogue, furniture
from .nukeviets import VERSIONS
from .papers import (
    Aid,
    BGrid,
    ContentDetail,
    EasyDnn,
    HoaBinh,
    JoomlaK2,
    Liferay6,
    Liferay7,
    McMs,
    Next,
    Paper,
    SharePointLists,
    Unfamiliar,
    VcCorp,
    WordPress,
)
from .shapes import Shape, choose

PAPERS: Final[dict[str, type[Paper]]] = {
    "aid": Aid,
    "bgrid": BGrid,
    "content-detail": ContentDetail,
    "easydnn": EasyDnn,
    "joomla-k2": JoomlaK2,
    "liferay": Liferay6,
    "mcms": McMs,
    "next": Next,
    "sharepoint": SharePointLists,
    "vccorp": VcCorp,
    "wordpress": WordPress,
}
"""Family to markup; the families of the bundled samples have their own."""
CHOSEN: Final = (Section("thoi-su", "Thời sự"), Section("chinh-tri", "Chính trị"), Section("kinh-te", "Kinh tế"))
"""Sections of a portal whose record names none."""


class ShapedFileUuid(FileUuid):
    """A paper of the file-uuid system whose addresses have another shape."""

    shape: Shape

    def address(self, article: Article) -> str:
        """See `Markup`."""
        return self.shape.address(article, article.section)

    def _address(self, article: Article, section: str) -> str:
        return self.shape.address(article, section)

    def _place(self, path: str) -> tuple[str, int] | None:
        found = self.shape.place(path)
        if found is None:
            return None
        article = self.catalogue.get(found[1])
        if article is None:
            return None
        return (article.section, found[1]) if found[0] in (None, article.section.rpartition("/")[2]) else None


class OldAddresses(Hook):
    """Sends addresses of a portal's earlier system (`shape`) to the articles' present ones."""

    def __init__(self, site: Site, shape: Shape) -> None:
        self.markup, self.shape = site.markup, shape

    def before(self, request: Request, number: int) -> Answer | None:
        """See `Hook`."""
        found = self.shape.place(request.path)
        article = self.markup.catalogue.get(found[1]) if found else None
        if article is None or request.path == self.markup.address(article):
            return None
        return self.markup.moved(self.markup.address(article))


def nation(
    portals: Mapping[str, Portal], *, count: int = 200, seed: int = 1, heavy: bool = False, page_size: int = 20
) -> list[Site]:
    """Return one site of `count` articles for every record, in the order of their slugs."""
    return [
        portal_site(portals[slug], count, seed=seed + number, heavy=heavy, page_size=page_size, design=number)
        for number, slug in enumerate(sorted(portals))
    ]


def portal_site(
    portal: Portal, count: int, *, seed: int = 1, heavy: bool = False, page_size: int = 20, design: int = 0
) -> Site:
    """Return the stand-in of one portal; LookupError where no address can be made that its record accepts."""
    chrome = furniture() if heavy else None
    sections, base = _sections(portal)
    facts = SiteFacts(
        slug=portal.slug,
        name=portal.name,
        scheme=portal.scheme,
        host=portal.host,
        family=portal.family,
        sections=sections,
        page_size=10 if portal.family == "joomla-k2" else page_size,
        base=base,
    )
    sample = Article(
        FIRST_ID + 7, sections[0].slug, "Người dân chung sức xây dựng nông thôn mới", ("",), created_at=BEGIN
    )

    def made(markup: type[Markup], **settings: object) -> Site:
        catalogue = GeneratedCatalogue(
            facts, count, seed=seed, silent=markup.silent, ids_per_section=portal.family == "sharepoint"
        )
        return Site(markup(facts, catalogue, chrome, **settings))

    def fits(address: str) -> bool:
        url = facts.origin + address
        return portal.article_url(url) == url

    if portal.api is not None:
        return made(SharePoint)
    if portal.family == "danvan":
        return made(DanVan)
    if portal.family == "nukeviet":
        if not portal.sections and not fits(f"/news/{sections[0].slug}/{sample.words()}-{sample.id}.html"):
            facts = replace(facts, base="/vi/news")
        version = VERSIONS[design % len(VERSIONS)]
        chosen = made(version)
        return chosen if fits(chosen.markup.address(sample)) else made(NukeViet)
    shape = choose(portal.family, fits, sample)
    if portal.family == "file-uuid":
        site = made(ShapedFileUuid)
        site.markup.shape = shape  # type: ignore[attr-defined]
        return site
    layouts = [entry.layout for entry in portal.layouts if entry.valid_to is None]
    if "hoabinh" in layouts:
        return made(HoaBinh, shape=shape)
    if portal.family in PAPERS:
        markup = Liferay7 if "articleId" in shape.template else PAPERS[portal.family]
        return made(markup, shape=shape)
    return made(Unfamiliar, shape=shape, design=design)


def _sections(portal: Portal) -> tuple[tuple[Section, ...], str]:
    """Return a portal's sections as its markup wants them, and the path prefix of its CMS."""
    if portal.api is not None:
        strange = [path for path in portal.api.lists if not path.startswith(f"{ROOT}/Lists/")]
        if strange:
            raise LookupError(f"{portal.slug}: no stand-in for lists at {strange[0]}")
        return tuple(Section(path.rpartition("/")[2], name) for path, name in portal.api.lists.items()), ""
    rows = {path.strip("/"): name for path, name in portal.sections.items()}
    if not rows:
        return CHOSEN, ""
    if portal.family == "nukeviet":
        base = _common(rows)
        return tuple(Section(path.removeprefix(base).strip("/"), name) for path, name in rows.items()), f"/{base}"
    if portal.family == "danvan":
        return tuple(Section(path.removeprefix("Home/"), name) for path, name in rows.items()), ""
    if portal.family == "sharepoint" and not portal.layouts:
        return tuple(Section(path.split("/")[1], name) for path, name in rows.items()), ""
    if portal.family in ("vccorp", "joomla-k2"):
        return tuple(Section(path.partition(".")[0], name) for path, name in rows.items()), ""
    return tuple(Section(path, name) for path, name in rows.items()), ""


def _common(paths: Iterable[str]) -> str:
    """Return the folder that all paths stand in."""
    parents = {path.rpartition("/")[0] for path in paths}
    return min(parents, key=len)
