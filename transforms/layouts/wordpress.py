"""WordPress: posts of the core templates and the themes that keep their class names.

Yoast prints the time of publication as `article:published_time` in full and in UTC; a printed day agrees with it.
"""

from __future__ import annotations

from typing import Final

from transforms.layouts.base import Layout

LAYOUTS: Final = (
    Layout(
        name="wordpress-6",
        family="wordpress",
        title=(
            "h1.entry-title",
            "h1.wp-block-post-title",
            "h1.post-title",
            "article h1",
            ".td-post-title h1",
            ".elementor-widget-theme-post-title h1",
        ),
        lead=(".entry-excerpt", ".wp-block-post-excerpt", ".td-post-sub-title", ".entry-content > .sapo"),
        lead_in_body="bold",
        body=(
            "div.entry-content",
            ".wp-block-post-content",
            ".td-post-content",
            "article .post-content",
            ".single-content",
            ".elementor-widget-theme-post-content .elementor-widget-container",
            ".elementor-widget-theme-post-content",
        ),
        date=(
            "time.entry-date@datetime",
            ".entry-meta time@datetime",
            ".wp-block-post-date time@datetime",
            ".posted-on time@datetime",
            ".entry-date",
        ),
        trust=("meta", "page", "feed", "listed"),
        author=(".author.vcard a", ".entry-author-name", ".td-post-author-name a", ".byline .author"),
        section=(".cat-links a", ".entry-category a", ".wp-block-post-terms a", ".td-category a"),
        tags=(".tags-links a", ".tag-links a", ".td-tags a", 'a[rel="tag"]'),
        drop=frozenset(
            (
                "sharedaddy",
                "jp-relatedposts",
                "yarpp-related",
                "addtoany_share_save_container",
                "code-block",
                "wp-block-buttons",
                "entry-meta",
                "post-views",
                "kk-star-ratings",
                "ez-toc-container",
            )
        ),
    ),
)
