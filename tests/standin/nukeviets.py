"""NukeViet in its other versions: 3.4, 4.4 and 5."""

# ruff: noqa: E501  (markup stands on the lines that pages have it on)

from __future__ import annotations

import re
from html import escape
from typing import ClassVar

from flows.demo.content import Article, slugify
from flows.demo.markup import NukeViet


class NukeViet44(NukeViet):
    """4.4: as 4.5, but listings print 12-hour times."""

    version: ClassVar[str] = "v4.4"
    list_clock: ClassVar[str] = "%d/%m/%Y %I:%M:%S %p"


class NukeViet5(NukeViet):
    """5: the templates of 4.5."""

    version: ClassVar[str] = "v5.0"


class NukeViet34(NukeViet):
    """3.4: addresses without ending, aliases that keep their capitals, two blanks before the time."""

    version: ClassVar[str] = "v3.4"
    list_clock: ClassVar[str] = "%d-%m-%Y %I:%M:%S %p"
    silent: ClassVar[frozenset[str]] = frozenset({"section"})
    article_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/(print/|savefile/)?([a-z0-9-]+)/(?!page-)[^/]*-(\d+)/")
    """Without an ending, `page-2/` of a listing has the form of an article; the CMS looks for the listing first."""

    def _address(self, article: Article, section: str) -> str:
        return f"{self.module}/{section}/{slugify(article.title, keep_case=True)}-{article.id}/"

    def _article(self, article: Article) -> bytes:
        days = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
        created = article.created_at
        when = (
            f'<span class="time">{days[created.weekday()]} - {created:%d/%m/%Y}  {created:%H:%M}</span>'
            if created
            else ""
        )
        lead = f'<div id="hometext">{escape(article.lead)}</div>' if article.lead else ""
        tags = ", ".join(f'<a href="{self.module}/tag/{slugify(t)}/">{escape(t)}</a>' for t in article.tags)
        main = f"""<div class="news_column" style="padding:0 !important;margin:0 !important;"><div id="news_detail">
<h1>{escape(article.title)}</h1>{when}
<div class="action"><ul style="float:right;"><li><a class="print" href="{self.module}/print{self.address(article).removeprefix(self.module)}">In ra</a></li></ul></div>
{lead}
<div class="bodytext">{self._body(article)}</div>
<div class="keywords">Từ khóa: {tags}</div></div></div>"""
        return self._shell(article.title, self.address(article), main, "detail")


VERSIONS: tuple[type[NukeViet], ...] = (NukeViet, NukeViet44, NukeViet5, NukeViet34)
"""All versions, the commonest first."""
