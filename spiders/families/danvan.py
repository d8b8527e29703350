"""The ASP.NET site of danvan.vn: `/Home/<Category>/<id>/<slug>`; the date in its header is the day of viewing."""

from spiders.families.base import Family, Pager

FAMILY = Family(
    name="danvan",
    title="danvan.vn (ASP.NET, own)",
    article=r"/Home/[^/?]+/\d+/[^/?]+",
    case_insensitive=True,
    pagers=(Pager.segment("trang-", ""), Pager.query("page")),
    sitemaps=(),
)
