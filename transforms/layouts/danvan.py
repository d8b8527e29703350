"""danvan.vn: ASP.NET pages in frames of tables; the only date on a page is the day of viewing, in its header.

Seen: the order of the lines in two stored texts (title, sapo glued to it or not, paragraphs, author block,
furniture). The class names are the best reading until a live page is compared.
"""

from __future__ import annotations

from typing import Final

from transforms.layouts.base import Layout

LAYOUTS: Final = (
    Layout(
        name="danvan-1",
        family="danvan",
        title=("h1.tieude_chitiet", ".chitiet h1", ".tieude_chitiet"),
        lead=("div.tomtat_chitiet", ".chitiet .tomtat"),
        lead_in_body="bold",
        body=("div.noidung_chitiet", "div.chitiet"),
        trust=(),
        clock=("span#lblNgay",),
        drop=frozenset(("tieude_chitiet", "tomtat_chitiet", "tieude_hop")),
    ),
)
