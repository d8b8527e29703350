"""mCMS (`-post<id>.html`): Báo Lào Cai, Gia Lai, Hà Tĩnh and others.

Seen: a stored page of Báo Lào Cai. Paragraphs may be `div`s; pictures are loaded late (`data-src`).
"""

from __future__ import annotations

from typing import Final

from transforms.layouts.base import Layout

LAYOUTS: Final = (
    Layout(
        name="mcms-2",
        family="mcms",
        title=("h1.article__title", "h1.cms-title", ".article h1"),
        lead=(".article__sapo", ".cms-desc", ".article .sapo"),
        body=("div.article__body", ".article .cms-body", "[itemprop=articleBody]"),
        date=("time.time@datetime", ".article__meta time@datetime", "meta.cms-date@content", ".article__meta .time"),
        trust=("page", "meta", "feed", "listed"),
        author=(".article__author .name", ".article__author", ".cms-author"),
        source=(".article__source",),
        section=(".breadcrumb a:last-of-type", ".breadcrumbs h2 a", 'meta[property="article:section"]@content'),
        tags=(".article__tags a", ".article__tag a"),
        pictures=(".article__avatar", ".article__photo"),
        drop=frozenset(
            ("sda_middle", "rennab", "article__tags", "article-relate", "inner-article", "related-news", "zce-related")
        ),
    ),
)
