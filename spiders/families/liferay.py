"""Liferay 6.2 and 7: asset publishers, and the vendors' layers on them.

Articles: `/-/view_content/<id>-<slug>`, `/-/asset_publisher/<instance>/content/<slug>`, `…/content/id/<n>`, or a
portlet's `_articleId=` parameter. One list answers under two addresses; language switches append themselves for ever
(`/en/en`, `/vi/en/vi`): both are the guards' business.
"""

from spiders.families.base import PAGE, Family, Pager
from spiders.families.patterns import compiled

CUR = Pager(
    template="{path}?cur={n}",
    pattern=compiled(rf"(?P<path>/[^?]*)\?(?:[^#]*&)?(?:_[A-Za-z0-9_]+_)?cur={PAGE}(?:&[^#]*)?"),
)

FAMILY = Family(
    name="liferay",
    title="Liferay 6.2 and 7",
    article=(
        r"(?:/[^/?]+){0,5}/-/(?:view_content/(?:content/)?\d+[^/?]*|asset_publisher/[A-Za-z0-9]+/content/(?:id/\d+|[^/?]+))"
        r"|/web/[^/?]+/[^?]{0,80}\?(?:[^&]{1,200}&){0,3}[A-Za-z0-9_]*_articleId=\d+"
    ),
    keep_query=("p_p_id", "*_articleId"),
    pagers=(CUR, Pager.query("page")),
    sitemaps=("/sitemap.xml",),
    skip=(
        r"/c/.*",
        r"/(?:en|fr|zh|lo|km)(?:_[A-Z]{2})?(?:/.*)?",
        r"/.*/(?:en|vi)/(?:en|vi)(?:/.*)?",
        r"/documents/.*",
        r"/image/.*",
    ),
)
