"""Liferay 6.2 and 7: asset publishers, with the templates that vendors put on them.

Seen: pages of sotttt.hanoi.gov.vn (6.2), the public source of FPT's template (7). Its `<title>` may be that of another
unit, and a stray `Xuất bản thông tin / null` may stand before the title.
"""

from __future__ import annotations

from typing import Final

from transforms.layouts.base import Layout

LAYOUTS: Final = (
    Layout(
        name="liferay-7",
        family="liferay",
        title=(
            "h1#titleDetail",
            "#content_detail_news h1.title",
            ".asset-full-content .component-title",
            "h1.header-title",
            ".portlet-content h1.title",
        ),
        lead=(
            "div#leadDetail",
            "#content_detail_news div.summary",
            ".asset-content .asset-summary",
            ".journal-content-article .summary",
            ".journal-content-article .sapo",
        ),
        lead_in_body="bold",
        body=(
            "div#contentDetail",
            "#content_detail_news div.textdetail",
            ".asset-full-content .journal-content-article",
            ".asset-content .journal-content-article",
            ".journal-content-article",
        ),
        date=(
            "#content_detail_news span.date_time",
            "span.date_time",
            ".asset-full-content .assetPublishDate",
            ".asset-full-content .metadata-publish-date",
            ".metadata-publish-date",
            ".asset-metadata .date",
        ),
        trust=("page", "feed", "listed"),
        author=("#content_detail_news div.author", ".asset-metadata .author"),
        source=("#content_detail_news div.source",),
        tags=(".asset-tags .tag", ".taglib-asset-tags-summary a"),
        files=("#content_detail_news div.attachment ul li a", ".asset-attachments a"),
        drop=frozenset(("asset-actions", "asset-metadata", "taglib-social-bookmarks", "asset-user-actions")),
    ),
    Layout(
        name="liferay-6",
        family="liferay",
        title=(
            ".asset-full-content .asset-title",
            ".asset-full-content h3.asset-title",
            ".journal-content-article h1",
            ".title-detail",
        ),
        lead=(
            ".asset-full-content .asset-summary",
            ".journal-content-article .tomtat",
            ".journal-content-article .sapo",
        ),
        lead_in_body="bold",
        body=(".asset-full-content .journal-content-article", ".asset-full-content .asset-content"),
        date=(".asset-full-content .assetPublishDate", ".assetPublishDate", ".metadata-publish-date"),
        trust=("page", "feed", "listed"),
        tags=(".taglib-asset-tags-summary a",),
        drop=frozenset(("asset-actions", "asset-metadata", "asset-ratings", "taglib-social-bookmarks")),
    ),
)
