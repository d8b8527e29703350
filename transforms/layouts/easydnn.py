"""DotNetNuke with EasyDNNnews (`/ID/<n>/<slug>`): Vĩnh Phúc's television.

Seen: addresses and lines of listings (`Cập nhật: 25/12/2016 09:00:00`, `(03/02/2019 21:20)`); class names are those
of EasyDNNnews' own templates.
"""

from __future__ import annotations

from typing import Final

from transforms.layouts.base import Layout

LAYOUTS: Final = (
    Layout(
        name="easydnn-1",
        family="easydnn",
        title=(
            "h1.edn_articleTitle",
            ".edn_article h1",
            ".EDN_article h1",
            ".eds_news_module_wrapper h1",
            ".DNNModuleContent h1",
        ),
        lead=(".edn_articleSummary", ".edn_article .summary", ".edn_subTitle"),
        lead_in_body="bold",
        body=(".edn_articleContent", ".edn_article .article_content", ".EDN_articleContent", ".edn_article .content"),
        date=(".edn_publishDate", ".edn_metaDetails time", ".edn_metaDetails", ".edn_article time", ".article_date"),
        trust=("page", "feed", "listed"),
        author=(".edn_authorName", ".edn_article .author"),
        section=(".edn_categories a", ".edn_metaDetails a[href*='/cat/']"),
        tags=(".edn_articleTags a", ".edn_tags a"),
        files=(".edn_articleDocuments a", ".article_documents a"),
        pictures=(".edn_articleImage", ".main_image"),
        drop=frozenset(("edn_socialButtons", "article_rating", "edn_relatedArticles")),
    ),
)
