"""file-uuid newspapers: the Java-type CMS whose images lie under `/file/<32 hex>/MMYYYY/`.

Articles stand under section and month: `/{cat}[/{sub}]/{YYYYMM}/<slug>-<decimal or 7-hex id>[/]`, some portals without
an id. The month folder is the month of publication. Feeds and paging are not documented; what is here was read off the
crawlers of sister papers.
"""

from spiders.families.base import PAGERS, Family

FAMILY = Family(
    name="file-uuid",
    title="file-uuid newspaper CMS (several provincial papers)",
    article=r"(?:/[^/?]+){1,3}/\d{6}/[^/?]+/",
    pagers=PAGERS,
    feeds=("/rss/home.rss",),
)
