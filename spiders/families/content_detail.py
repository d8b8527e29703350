"""`#content-detail` newspapers: `<slug>-<id>.html`, body in `div#content-detail`."""

from spiders.families.base import PAGERS, Family

FAMILY = Family(
    name="content-detail",
    title="#content-detail newspapers",
    article=r"(?:/[^/?]+){0,2}/[^/?]+-\d{4,}\.html",
    pagers=PAGERS,
    feeds=("/rss/home.rss",),
)
