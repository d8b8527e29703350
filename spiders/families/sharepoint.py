"""SharePoint portals: lists of items, `/…/Lists/<List>/View_Detail.aspx?ItemID=N`.

ItemID is unique only within its list, so list and number together name an article. Servers take paths in any case.
Some portals render their lists by script from a JSON API (`QUERYDATA`, POST), which gives the rows themselves; others
print HTML lists with 12-hour times (`3:25 CH`).
"""

from spiders.families.base import Family, Pager

FAMILY = Family(
    name="sharepoint",
    title="Microsoft SharePoint lists",
    article=r"/(?:[^/?]+/){0,6}Lists/[^/?]+/(?:View_Detail|ChiTiet|DispForm)\.aspx\?(?:ItemID|ID)=\d+",
    keep_query=("ItemID", "ID"),
    case_insensitive=True,
    pagers=(Pager.query("PageIndex"), Pager.query("Page"), Pager.query("trang")),
    sitemaps=(),
    skip=(r"/_.*", r"/.*/_layouts/.*", r"/.*/Forms/.*", r"/Authenticate.*"),
)
