"""WordPress: addresses as the site chose them, feeds at `/feed/`, sitemaps of core (`wp-sitemap.xml`) or Yoast."""

from spiders.families.base import Family, Pager

FAMILY = Family(
    name="wordpress",
    title="WordPress",
    article=r"(?:/\d{4}/\d{2}(?:/\d{2})?|/[^/?]+)?/[^/?-]+-[^/?-]+-[^/?-]+-[^/?]+(?:/|\.html)",
    loose=True,
    pagers=(Pager.segment("page/"), Pager.query("paged")),
    feeds=("/feed/",),
    sitemaps=("/sitemap_index.xml", "/wp-sitemap.xml", "/sitemap.xml"),
    skip=(r"/wp-[^/]*(?:/.*)?", r"/author/.*", r"/category/.*/feed/", r"/comments/.*"),
)
