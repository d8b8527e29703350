"""Newspapers whose text stands in `div#content-detail`: Báo Quảng Ninh, Hưng Yên, Cao Bằng, Lạng Sơn.

Read from a crawler's configuration (February 2026), no stored page. AngularJS may leave `{{…}}` in the text.
"""

from __future__ import annotations

from typing import Final

from transforms.layouts.base import Layout

LAYOUTS: Final = (
    Layout(
        name="content-detail-1",
        family="content-detail",
        title=("h1.title-detail", "h1.detail-title", "h1.article-title", "h1.post-title", "article h1", "h1"),
        lead=("h2.sapo", ".detail-sapo", "p.sapo", ".sapo", ".article-sapo"),
        lead_in_body="bold",
        body=("div#content-detail", "#content-detail"),
        date=(
            ".detail-time",
            ".article-date",
            ".post-date",
            "span.time",
            ".date-time",
            "time@datetime",
            ".publish-date",
            "div.date",
        ),
        trust=("page", "meta", "feed", "listed"),
        author=(".detail-author", ".article-author", ".author-name"),
        section=(
            ".breadcrumb li:last-child a",
            ".breadcrumb a:last-of-type",
            'meta[property="article:section"]@content',
        ),
        tags=(".tags a", ".detail-tags a", ".tag-list a", ".box-tags a"),
    ),
)
