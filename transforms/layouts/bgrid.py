"""Newspapers built of `b-grid` blocks, with `sc-longform` for long reads: Báo Nghệ An, Đà Nẵng, Hải Phòng.

Read from a crawler's configuration (February 2026), no stored page.
"""

from __future__ import annotations

from typing import Final

from transforms.layouts.base import Layout

LAYOUTS: Final = (
    Layout(
        name="bgrid-1",
        family="bgrid",
        title=("h1.b-maintitle", ".b-maincontent h1", "h1.post-title", "h1.entry-title", "header h1", "h1"),
        lead=(".sapo_detail", ".b-maincontent .sapo", ".entry-sapo", ".post-sapo", ".b-sapo"),
        lead_in_body="bold",
        body=(".b-maincontent .entry", ".b-maincontent .entry-content", ".entry.entry-no-padding", ".b-maincontent"),
        date=(
            "span.post-date",
            "time.post-date",
            ".b-maincontent .date",
            ".b-date",
            "time@datetime",
            ".post-meta .date",
        ),
        trust=("page", "meta", "feed", "listed"),
        author=(".post-author .name", ".b-author", ".author-name"),
        section=(".breadcrumb li:last-child a", ".b-breadcrumb a:last-of-type", ".breadcrumb a:last-of-type"),
        tags=(".b-tags a", ".tags a", ".post-tags a"),
        drop=frozenset(("b-related", "b-tags", "sapo_detail", "post-date")),
    ),
    Layout(
        name="bgrid-longform-1",
        family="bgrid",
        title=(".sc-longform-header-title", ".sc-longform h1", "h1"),
        lead=(".sc-longform-header-sapo",),
        body=(".b-maincontent .entry", ".sc-longform-content", ".longform-content"),
        date=(".sc-longform-header-date", ".sc-longform-header time@datetime", "span.post-date"),
        trust=("page", "meta", "feed", "listed"),
        author=(".sc-longform-header-author",),
        tags=(".b-tags a", ".tags a"),
    ),
)
