"""b-grid newspapers: listings of `.b-grid__title`, articles `<slug>[-<id>].html`."""

from spiders.families.base import PAGERS, Family

FAMILY = Family(
    name="bgrid",
    title="b-grid newspapers",
    article=r"(?:/[^/?]+){0,2}/[^/?-]+-[^/?-]+-[^/?-]+-[^/?]+\.html",
    loose=True,
    pagers=PAGERS,
    feeds=("/rss/home.rss",),
)
