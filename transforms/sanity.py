"""Checks that every way of reading a page must pass before its result becomes rows.

The text must be long enough to be one, be text rather than links, be Vietnamese, and belong to the title. What
fails says in one word why the page is no article: `gallery`, `no_text`, `listing`, `not_vietnamese`, `soft_404`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from transforms.layouts.base import Reading
from transforms.places import slug
from transforms.text import vietnamese_share

MIN_TEXT: Final = 80
"""Letters of running text (lead included) that an article has at least."""
MAX_TEXT: Final = 400_000
"""Characters of text beyond which a page is a dump, not an article."""
MAX_LINK_SHARE: Final = 0.5
MIN_VIETNAMESE: Final = 0.04
"""Share of letters with Vietnamese marks; the poorest Vietnamese prose has 0.15, English prose 0."""
MIN_AGREEMENT: Final = 0.5
"""Share of the title's words that another title of the page must have."""

_NOT_FOUND: Final = re.compile(
    r"(?:^|\b)(?:404|page not found|không tìm thấy|không tồn tại|đã bị xóa|đã bị xoá|"
    r"trang bạn (?:yêu cầu|truy cập)|lỗi hệ thống)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a reading is an article, and if not, why."""

    ok: bool
    reason: str = ""
    detail: str = ""


def judge(reading: Reading) -> Verdict:
    """Judge what one way of reading made of a page."""
    if not reading.title:
        return Verdict(False, "no_title", "no title was found")
    length = sum(len(text.text) for text in reading.texts) + len(reading.lead or "")
    if _NOT_FOUND.search(reading.title) and length < 600:
        return Verdict(False, "soft_404", f"the title is {reading.title[:80]!r}")
    if length < MIN_TEXT:
        if len(reading.pictures) > 1 or (reading.pictures and not reading.generic):
            return Verdict(False, "gallery", f"{len(reading.pictures)} pictures and {length} characters of text")
        return Verdict(False, "no_text", f"{length} characters of text")
    if length > MAX_TEXT:
        return Verdict(False, "too_long", f"{length} characters of text")
    linked = sum(text.link * len(text.text) for text in reading.texts)
    if linked > MAX_LINK_SHARE * length:
        return Verdict(False, "listing", f"{linked / length:.0%} of the text are links")
    body = " ".join([reading.lead or "", *(text.text for text in reading.texts)])
    share = vietnamese_share(body[:1_000])
    if share < MIN_VIETNAMESE:
        # A long quotation or list may open the text.
        share = vietnamese_share(body[:20_000])
    if share < MIN_VIETNAMESE:
        return Verdict(False, "not_vietnamese", f"{share:.1%} of the letters are Vietnamese")
    return Verdict(True)


def agrees(title: str, others: Iterable[str | None], url: str) -> bool:
    """Tell whether another title of the page, or its address, has most of the title's words."""
    words = set(slug(title).split("-")) - {""}
    if not words:
        return False
    address = slug(unquote(urlsplit(url).path))
    for other in (*others, address):
        if other and len(words & set(slug(other).split("-"))) >= MIN_AGREEMENT * len(words):
            return True
    return False
