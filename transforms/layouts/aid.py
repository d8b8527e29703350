"""The newspaper CMS with addresses `-a<id>.html`: Báo Cần Thơ, An Giang, Đồng Tháp, Tây Ninh, Bình Dương.

Seen: a stored article and listing of Báo Cần Thơ. The first paragraph is the sapo, behind the paper's mark in
brackets; a caption is the centred line in italics under its picture.
"""

from __future__ import annotations

from typing import Final

from transforms.layouts.base import Layout

LAYOUTS: Final = (
    Layout(
        name="aid-2",
        family="aid",
        title=("h1.margintopbot10", "h1.detail-title", "#contentNews h1", ".singular-content h1", "h1.title-detail"),
        lead=(".singular-sapo", "h2.sapo", ".detail-sapo"),
        lead_in_body="first",
        body=(
            "#newscontents .content-fck",
            "#newscontents",
            "#contentNews .singular-content",
            "#contentNews",
            ".content-fck",
        ),
        date=("span.pubdate", ".singular-author time", ".author-time", "time.pubdate", ".detail-time"),
        trust=("page", "meta", "feed", "listed"),
        section=("div.titlecate h1 a", ".breadcrumb li:last-child a"),
        tags=(".block_tag a.tag_item", ".block_tag a", ".tags a"),
        drop=frozenset(("AMN_res_baocantho.com.vn_mid", "linkshare", "block_tag")),
    ),
)
