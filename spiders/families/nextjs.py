"""React/Next portals: the lists and articles are data inside the page (`__NEXT_DATA__`, `self.__next_f`).

Links are taken from the markup and from that data, wherever a string in it looks like an article's address.
"""

from spiders.families.base import Family, Pager

FAMILY = Family(
    name="next",
    title="React/Next with data in the page",
    article=r"(?:/vn|/vi)?/(?:blogs|tin-bai|tin-tuc|bai-viet)?/?[^/?-]+-[^/?-]+-[^/?-]+-[^/?]+(?:\?id=\d+(?:&type=[A-Z]+)?)?",
    keep_query=("id", "type"),
    loose=True,
    pagers=(Pager.query("page"),),
    embedded=True,
)
