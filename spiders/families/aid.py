"""`-a<ID>.html` newspapers: lists page by `?p=N`, feeds under `/rss/cate/` and `/rss/subcate/`."""

from spiders.families.base import Family, Pager

FAMILY = Family(
    name="aid",
    title="-a<ID>.html newspapers",
    article=r"(?:/[^/?]+){0,2}/[^/?]+-a\d+\.html",
    pagers=(Pager.query("p"),),
    feeds=("/rss/", "/rss/home/"),
    sitemaps=("/sitemap.xml",),
    skip=(r"/tim-kiem/.*", r"/print/.*", r"/rss/.*"),
)
