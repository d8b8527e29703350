"""NukeViet's news module, templates of 3.4, 4.x and 5 (its public source).

Its dates lie in three places: feeds print the month where the minutes belong, `article:published_time` is
malformed, `itemprop=datePublished` is the time of the last edit. Right are the sitemap's `lastmod`, `span.h5` and
the listings, in this order; of a feed only the day is taken, and last.
"""

from __future__ import annotations

from typing import Final

from transforms.layouts.base import Layout

_TRUST: Final = ("sitemap", "page", "listed", "feed_day")
_AUTHOR: Final = ("p.h5.text-right says Tác giả", "p says Tác giả bài viết:", "p says Tác giả:")
_SOURCE: Final = ("p.h5.text-right says Nguồn tin", "p says Nguồn tin:")

LAYOUTS: Final = (
    Layout(
        name="nukeviet-4",
        family="nukeviet",
        title=("h1[itemprop=headline]", ".news_column h1.title", "h1.title"),
        lead=("div.hometext[itemprop=description]", "div.hometext", "#hometext"),
        lead_in_body="bold",
        body=("#news-bodyhtml", "div.bodytext", "div.hnewsdetail"),
        date=("span.h5", ".news_column span.h5", ".time-detail", "span.time"),
        trust=_TRUST,
        author=_AUTHOR,
        source=_SOURCE,
        section=(
            'meta[property="article:section"]@content',
            ".breadcrumb li:last-child a",
            ".breadcrumb a:last-of-type",
        ),
        tags=('a[href*="/tag/"]',),
        files=(".news-download-file a[download]", ".news-download-file a"),
        pictures=("figure.article",),
        drop=frozenset(("imgpreview", "stringrating")),
    ),
    Layout(
        name="nukeviet-3",
        family="nukeviet",
        title=("div.news_column h1", "#news_detail h1", ".news-detail h1", "h1"),
        lead=("div#hometext", "#hometext"),
        lead_in_body="bold",
        body=("div.bodytext", "#bodytext"),
        date=("span.time", "div.news_column span.time", ".action span.time", "p.time"),
        trust=_TRUST,
        author=("p.author says Tác giả", *_AUTHOR),
        source=("p.source says Nguồn", *_SOURCE),
        section=(".breadcrumbs a:last-of-type", ".breadcrumb a:last-of-type"),
        tags=(".keywords a", 'a[href*="/tag/"]'),
        files=(".news-download-file a",),
        pictures=("#hometext + .imghome", ".imghome"),
    ),
)
