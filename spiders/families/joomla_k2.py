"""Joomla with K2: `/index.php/<cat>/item/<id>-<slug>[.html]`, lists page by `?start=<offset>`."""

from spiders.families.base import Family, Pager

FAMILY = Family(
    name="joomla-k2",
    title="Joomla K2",
    article=r"(?:/[^/?]+){0,5}/item/\d+-[^/?]+",
    pagers=(Pager.query("start", first=0, step=10),),
    feeds=("/index.php?format=feed&type=rss",),
)
