"""The generic way: any portal, by feeds, sitemaps and what an article's address usually looks like.

An address is taken for an article when its last segment is a slug of at least five words, or ends in a number of at
least four digits behind a slug, with the usual endings. A link with few words, or one that other articles stand
under, is a section all the same. Lists, static pages and galleries that pass are for the
transforms' checks to turn away.
"""

from spiders.families.base import PAGERS, Family

FAMILY = Family(
    name="generic",
    title="unknown CMS: feeds, sitemaps, address patterns",
    article=(
        r"(?:/[^/?]+){0,5}/[^/?-]+-[^/?-]+-[^/?-]+-[^/?-]+-[^/?.]+(?:\.html?|\.aspx)?"
        r"|(?:/[^/?]+){0,5}/[^/?]+-[a-z]{0,4}\d{4,}(?:\.html?|\.aspx)?"
        r"|(?:/[^/?]+){0,4}/(?:post|item|id|detail|DetailView)/\d+(?:/[^/?]+){1,2}"
    ),
    keep_query=("id", "ID", "ItemID", "newsid", "NewsID", "articleId"),
    loose=True,
    pagers=PAGERS,
    feeds=("/rss", "/rss.xml", "/feed/", "/rss/home.rss"),
    sitemaps=("/sitemap.xml", "/sitemap_index.xml"),
)
