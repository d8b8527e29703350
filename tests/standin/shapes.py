"""Shapes of article addresses, and which of them a portal's record asks for.

A shape is a template: `/{section}/{month}/{slug}-{id}`. It makes the address of an article and reads the article's id
back from an address.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from flows.demo.content import Article, slugify

_FIELDS = {
    "section": r"(?P<section>[A-Za-z-]+)",
    "month": r"\d{6}",
    "year": r"\d{4}",
    "mm": r"\d{2}",
    "slug": r"[A-Za-z0-9,.-]+?",
    "id": r"(?P<id>\d+)",
    "hex": r"(?P<hex>[0-9a-f]{7})",
    "long": r"1(?P<long>\d{14})",
    "longer": r"1(?P<longer>\d{17})",
}


@dataclass(frozen=True)
class Shape:
    """One way to write the address of an article."""

    template: str
    keep_case: bool = False

    def address(self, article: Article, section: str) -> str:
        """Return the path (with query) of an article under a section."""
        when = article.created_at
        return self.template.format(
            section=section.rpartition("/")[2],
            month=f"{when:%Y%m}" if when else "202401",
            year=f"{when:%Y}" if when else "2024",
            mm=f"{when:%m}" if when else "01",
            slug=slugify(article.title, keep_case=self.keep_case),
            id=article.id,
            hex=f"{article.id:07x}",
            long=f"1{article.id:014d}",
            longer=f"1{article.id:017d}",
        )

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What an address of this shape looks like."""
        parts = re.split(r"\{(\w+)\}", self.template)
        return re.compile("".join(_FIELDS[p] if n % 2 else re.escape(p) for n, p in enumerate(parts)))

    def place(self, target: str) -> tuple[str | None, int] | None:
        """Return (last part of the section or null, id) of an address of this shape; null for any other."""
        match = self.pattern.fullmatch(target)
        if match is None:
            return None
        found = match.groupdict()
        for name in ("id", "long", "longer"):
            if found.get(name):
                return found.get("section"), int(found[name])
        return found.get("section"), int(found["hex"], 16)


SHAPES: dict[str, tuple[Shape, ...]] = {
    "file-uuid": (
        Shape("/{section}/{month}/{slug}-{id}"),
        Shape("/{section}/{month}/{slug}-{hex}/"),
        Shape("/{section}/{month}/{slug}-{hex}"),
        Shape("/{section}/{month}/{slug}-{id}/"),
        Shape("/{slug}-{id}/"),
    ),
    "nukeviet": (Shape("/{section}/{slug}-{id}.html"), Shape("/{section}/{slug}-{id}/", keep_case=True)),
    "liferay": (
        Shape("/-/view_content/{id}-{slug}"),
        Shape("/web/guest/cms?p_p_id=cmsview_INSTANCE_sT4n&p_p_lifecycle=0&_cmsview_INSTANCE_sT4n_articleId={id}"),
        Shape("/web/tin-bai/-/asset_publisher/sT4nd1N/content/id/{id}"),
        Shape("/-/asset_publisher/sT4nd1N/content/{slug}-{id}"),
        Shape("/web/btg/chi-tiet-bai-viet/-/asset_publisher/sT4nd1N/content/id/{id}"),
    ),
    "mcms": (
        Shape("/{slug}-post{id}.html"),
        Shape("/{section}/{slug}-post{id}.html"),
        Shape("/{section}/{slug}-{id}.html"),
    ),
    "aid": (Shape("/{slug}-a{id}.html"),),
    "content-detail": (Shape("/{slug}-{id}.html"), Shape("/{section}/{slug}-{id}.html")),
    "bgrid": (Shape("/{slug}-{id}.html"), Shape("/{section}/{slug}-{id}.html")),
    "easydnn": (Shape("/tin-tuc/{section}/ID/{id}/{slug}"),),
    "joomla-k2": (
        Shape("/index.php/{section}/item/{id}-{slug}.html"),
        Shape("/home/index.php/{section}/item/{id}-{slug}.html"),
    ),
    "wordpress": (Shape("/{year}/{mm}/{slug}-{id}/"), Shape("/{slug}-{id}/"), Shape("/{section}/{slug}-{id}/")),
    "next": (
        Shape("/vn/{slug}-{id}"),
        Shape("/vi/tin-bai/{slug}?id={id}&type=NEWS"),
        Shape("/blogs/{slug}-{id}"),
    ),
    "sharepoint": (Shape("/Lists/{section}/View_Detail.aspx?ItemID={id}"), Shape("/tin-tuc/{section}/{slug}-{id}")),
    "danvan": (Shape("/Home/{section}/{id}/{slug}", keep_case=True),),
    "vccorp": (Shape("/{slug}-{longer}.htm"), Shape("/{slug}-{long}.htm")),
}
"""Shapes of each family, the commonest first."""

ODD: tuple[Shape, ...] = (
    Shape("/{slug}-{id}.html"),
    Shape("/{slug}-{id}.htm"),
    Shape("/{section}/{slug}-{id}.html"),
    Shape("/{section}/{slug}-{id}.htm"),
    Shape("/{section}/{slug}-{id}"),
    Shape("/{slug}-{id}"),
    Shape("/{slug}-{id}/"),
    Shape("/{slug}-c{id}.html"),
    Shape("/{slug}-postid{id}.bbg"),
    Shape("/{slug}-{long}.html"),
    Shape("/{slug}-{long}.htm"),
    Shape("/11/{id}/{slug}.htm", keep_case=True),
    Shape("/DetailView/{id}/40/{slug}.html", keep_case=True),
    Shape("/Trang-chu/post/{id}/{slug}"),
    Shape("/vi-vn/tin/{slug}-{id}"),
    Shape("/tin-bai/{section}/{slug}-{id}"),
    Shape("/portal/pages/{year}-{mm}-15/{slug}-{id}.aspx", keep_case=True),
    Shape("/{section}/{month}/{slug}-{id}/"),
    Shape("/{section}/{month}/{slug}-{hex}/"),
    Shape("/tin-tuc/{slug}-{id}"),
    Shape("/tin-tuc/{section}/{slug}-{id}"),
    Shape("/tin-tuc/{section}/{slug}-{id}.html"),
)
"""Shapes of portals whose family is unknown, and of those that are unlike their family."""


def choose(family: str, fits: Callable[[str], bool], sample: Article) -> Shape:
    """Return the first shape whose address of `sample` a record accepts (`fits`); LookupError when none does."""
    for shape in (*SHAPES.get(family, ()), *ODD, *(s for rows in SHAPES.values() for s in rows)):
        if fits(shape.address(sample, sample.section)):
            return shape
    raise LookupError(f"no shape of an address fits a portal of family {family}")
