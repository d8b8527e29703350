"""SharePoint portals: article lists (`…/Lists/<list>/View_Detail.aspx?ItemID=`) and publishing pages.

Seen: addresses, the API of vinhphuc.gov.vn, the shell of angiang.dcs.vn. The markup inside the shell is each
site's own. A date above the article (`ngaytin`) is its own day; times come from the API only.
"""

from __future__ import annotations

from typing import Final

from transforms.layouts.base import Layout

API_CONTENT: Final = "ContentNews"
API_TITLE: Final = "Title"
API_LEAD: Final = "DescriptionNews"
API_DATE: Final = "CreatedDate"

LAYOUTS: Final = (
    Layout(
        name="sharepoint-2013",
        family="sharepoint",
        title=("h1.tieudetin", ".title-detail h1", "h1.tieude-tin", ".chitiettin h1", ".portalMain h1", "h1"),
        lead=("div.motatin", "div.sapo-tin", ".chitiettin .sapo"),
        lead_in_body="bold",
        body=(
            "div.noidungtin",
            "div.noidung-tin",
            ".chitiettin .ms-rtestate-field",
            ".portalMain .ms-rtestate-field",
            ".ms-rtestate-field",
        ),
        date=("span.ShowDate", "div.ngaytin", ".chitiettin .ngay"),
        trust=("page", "listed", "feed"),
        section=(".breadcrumb a:last-of-type",),
        tags=(".tag-tin a", ".chitiettin .tags a"),
        files=(".file-tin a", ".chitiettin .dinhkem a"),
        author=(".chitiettin .tacgia",),
        source=(".chitiettin .nguontin",),
        drop=frozenset(("tienich", "loctin")),
    ),
)
