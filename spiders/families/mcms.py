"""mCMS newspapers: `<slug>-post<id>.html`, lists of `a.cms-link`, feeds under `/rss/`."""

from spiders.families.base import PAGERS, Family, Pager

FAMILY = Family(
    name="mcms",
    title="mCMS newspapers (-post<id>.html)",
    article=r"(?:/[^/?]+){0,2}/[^/?]+-post\d+\.html",
    pagers=(Pager.query("page"), *PAGERS),
    feeds=("/rss/home.rss",),
    sitemaps=("/sitemap.xml",),
)
