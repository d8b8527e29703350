"""VCCorp's newspaper platform (`slug-<18 digits>.htm`): Văn phòng Chính phủ and other central portals.

Seen: addresses. Class names are those that the platform's papers print.
"""

from __future__ import annotations

from typing import Final

from transforms.layouts.base import Layout

LAYOUTS: Final = (
    Layout(
        name="vccorp-3",
        family="vccorp",
        title=("h1.detail-title", "h1[data-role=title]", "h1.article-title", "h1.title-detail"),
        lead=("h2.detail-sapo", "[data-role=sapo]", ".detail-sapo", "h2.sapo"),
        body=("div.detail-content", "[data-role=content]", ".detail-cmain", "#main-detail-body"),
        date=("[data-role=publishdate]", ".detail-time", ".detail-date", "span.pdate"),
        trust=("page", "meta", "feed", "listed"),
        author=("[data-role=author]", ".detail-author .name", ".author-info .name", "p.author"),
        source=(".source-name",),
        section=("[data-role=cate-name]", ".detail-cate a", ".breadcrumb a:last-of-type"),
        tags=(".detail-tags a", ".detail-tag-list a", "[data-role=tags] a"),
        drop=frozenset(
            ("VCSortableInPreviewMode-relate", "link-content-footer", "detail-tags", "kbwscwl-relatedbox", "VnnAdsPos")
        ),
    ),
)
