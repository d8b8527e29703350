"""NukeViet 3.4, 4.x and 5: most Party portals that are not on SharePoint.

Article `/[vi/]<module>/<cat>/<alias>-<id>.html` (3.x: `/…/<Alias>-<id>/`); lists page as `page-N/`, page 1 without.
Feeds print the month where the minutes belong (every version), so their minutes are never used; the sitemap's
`lastmod` is the true time of publication. Print, save and mail copies lie under `print/`, `savefile/` and
`sendmail/` of the module.
"""

from spiders.families.base import Family, Pager

FAMILY = Family(
    name="nukeviet",
    title="NukeViet 3.4, 4.x, 5",
    article=r"(?:/vi)?/[a-z0-9-]+(?:/[^/?]+){1,2}-\d+(?:\.html|/)",
    pagers=(Pager.segment("page-"), Pager.query("page")),
    feeds=("/news/rss/", "{section}"),
    sitemaps=("/sitemap.xml",),
    skip=(r"(?:/vi)?/(?:users|banners|contact|comment|voting|statistics|download|faq|seek)(?:/.*)?",),
)
