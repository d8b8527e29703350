"""Joomla with K2 (`/item/<id>-<slug>.html`): lyluanchinhtri.vn in its old days.

Class names are those of K2's default templates; the date form `Thứ hai, 11 Tháng 12 2023 16:03` was seen.
"""

from __future__ import annotations

from typing import Final

from transforms.layouts.base import Layout

LAYOUTS: Final = (
    Layout(
        name="joomla-k2-2",
        family="joomla-k2",
        title=("h2.itemTitle", "h1.itemTitle", ".itemHeader h2", ".itemHeader h1"),
        lead=(".itemIntroText",),
        lead_in_body="bold",
        body=(".itemFullText", ".itemBody"),
        date=(".itemDateCreated", ".itemHeader time@datetime"),
        trust=("page", "feed", "listed"),
        author=(".itemAuthor a", ".itemAuthor"),
        section=(".itemCategory a",),
        tags=(".itemTags a",),
        files=(".itemAttachments a",),
        pictures=(".itemImageBlock", ".itemImage"),
        drop=frozenset(
            (
                "itemToolbar",
                "itemRatingBlock",
                "itemLinks",
                "itemTagsBlock",
                "itemImageBlock",
                "itemIntroText",
                "itemRelated",
            )
        ),
    ),
)
