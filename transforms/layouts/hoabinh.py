"""hoabinh.gov.vn in its last years: the time above the sapo, `Tag:` and `File đính kèm` below the text.

Seen: the order of the lines in one stored text. The class names are the best reading until a live page is compared;
before 2022 the portal ran FPT's Liferay (`liferay-7`).
"""

from __future__ import annotations

from typing import Final

from transforms.layouts.base import Layout

LAYOUTS: Final = (
    Layout(
        name="hoabinh",
        family="sharepoint",
        title=("h1.tieude-tin", ".chitiet-tin h1"),
        lead=("div.sapo-tin",),
        lead_in_body="bold",
        body=("div.noidung-tin", ".chitiet-tin .ms-rtestate-field"),
        date=("span.ShowDate",),
        trust=("page", "listed"),
        section=(".breadcrumb a:last-of-type",),
        tags=(".tag-tin a",),
        files=(".file-tin a",),
    ),
)
