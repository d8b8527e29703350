"""The newspaper CMS whose images lie under `/file/<32 hex>/MMYYYY/` (Báo Hà Giang and its sisters).

Seen: addresses and images. Read from crawlers of the sister papers: class names. The printed date is the time of
publication or of the last edit (`Cập nhật`), which these papers print as one.
"""

from __future__ import annotations

from typing import Final

from transforms.layouts.base import Layout

LAYOUTS: Final = (
    Layout(
        name="file-uuid-2",
        family="file-uuid",
        title=(
            "h1.media-heading",
            "h1.title5",
            "h1.head_title",
            ".article_content h1",
            "h2#title",
            ".content-left h1",
            ".detail h1",
            ".td-post-header h1",
        ),
        lead=(".article_content .desc", "div.desc", ".sub_first_content strong"),
        lead_in_body="bold",
        body=(
            "div.article_content div.content#content",
            "div#content.content-detail",
            "div.content-detail",
            "#content .td-post-content",
            "div.article_content #content",
            "div#content",
            "div.content",
        ),
        date=(
            "div.article_content div.date",
            "div.date",
            ".page-detail-meta li.list-inline-item",
            "span.post-date",
            ".time_detail",
        ),
        trust=("page", "feed", "listed", "meta"),
        section=(
            "div.cate_title_1 h2 a.title",
            "div.cate_title_1 h2 a",
            "a.maincatetitle",
            ".breadcrumb li:last-child a",
        ),
        tags=("div.tag_list a", ".tags a"),
        author=(".article_content .author", ".content-detail + .author", "p.author"),
        drop=frozenset(("social", "bd02", "ads-inline", "tag_list", "date", "box-related")),
    ),
)
