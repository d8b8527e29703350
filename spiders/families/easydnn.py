"""DotNetNuke with EasyDNNnews: `/…/ID/<n>/<slug>`, lists page as `/lapg-<module>/<page>`."""

from spiders.families.base import PAGE, Family, Pager
from spiders.families.patterns import compiled

LAPG = Pager(
    template="{path}/lapg-1/{n}",
    pattern=compiled(rf"(?P<path>/[^?]*?)/lapg-\d+/{PAGE}/?"),
)

FAMILY = Family(
    name="easydnn",
    title="DotNetNuke EasyDNNnews",
    article=r"(?:/[^/?]+){0,4}/ID/\d+/[^/?]+",
    case_insensitive=True,
    pagers=(LAPG,),
    feeds=("/DesktopModules/EasyDNNNewsRSS/RSS.aspx",),
    skip=(r"/.*/ctl/.*", r"/Login.*", r"/DesktopModules/.*"),
)
