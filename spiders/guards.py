"""Guards: answers that say 200 and are no pages, and addresses that lead round in circles.

A challenge stub is the dangerous one: some hundred bytes of script that set a cookie and reload. Stored as pages, a
whole night of them would look like success, and a portal whose every article had become the same 177 bytes would be
published as changed. So a small answer that is all script is never a page; the portal has blocked us and the night
says so.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Final
from urllib.parse import urlsplit

STUB_BYTES: Final = 8192
"""Challenge pages seen are 177 bytes to 6 KB; a small real page has more text than script."""
_TAGS: Final = re.compile(rb"<[^<>]{0,4000}>")
_SCRIPT: Final = re.compile(rb"<(script|style|noscript)\b", re.IGNORECASE)
_CHALLENGE: Final = re.compile(
    rb"document\.cookie\s*=|location\.(?:reload|replace|href)|window\.location|cf-browser-verification|challenge-platform"
    rb"|_Incapsula_Resource|sucuri_cloudproxy|slowAES|toNumbers\(|__ddg|aes\.js|http-equiv=.{0,3}refresh",
    re.IGNORECASE,
)
_BLOCKED_TITLE: Final = re.compile(
    r"just a moment|attention required|access denied|request rejected|ddos|checking your browser|are you a robot|"
    r"truy cập bị (?:từ chối|chặn)|xác minh (?:bạn|truy cập)|403 forbidden",
    re.IGNORECASE,
)
_TITLE: Final = re.compile(rb"<title[^>]{0,200}>([^<]{0,300})</title>", re.IGNORECASE)
_HEADLINE: Final = re.compile(rb"<h1[^>]{0,200}>([^<]{0,200})</h1>", re.IGNORECASE)
_NOT_FOUND: Final = re.compile(
    r"^404$|404 (?:-|:|\||error|not found|lỗi|không)|(?:error|lỗi)\W{0,3}404\b|^not found|(?:page|file) not found|"
    r"không tìm thấy (?:trang|nội dung|bài viết|đường dẫn|dữ liệu|địa chỉ|tin bài)|page doesn't exist|"
    r"^(?:trang|nội dung|bài viết|đường dẫn|địa chỉ|tin bài)\b[^.]{0,40} không tồn tại",
    re.IGNORECASE,
)
_EMPTY: Final = re.compile(
    r"chưa có (?:bài viết|tin|dữ liệu|nội dung)|không có (?:dữ liệu|bài viết|tin(?: bài)? nào|bản ghi|nội dung)|"
    r"đang (?:được )?cập nhật|no (?:records|articles|data|items|posts|results)(?: found)?",
    re.IGNORECASE,
)
_LANGUAGES: Final = frozenset(("en", "vi", "fr", "zh", "lo", "km", "en_us", "vi_vn", "vi-vn", "en-us"))
_CALENDAR: Final = re.compile(
    r"(?:^|/)(?:lich|calendar|lich-cong-tac|lich-lam-viec)(?:/|$)|[?&](?:month|year|thang|nam|date|ngay|week|tuan)="
)
_DATE_PATH: Final = re.compile(r"/(?:19|20)\d\d/\d{1,2}(?:/\d{1,2})?/?")


def is_challenge(body: bytes, headers: dict[str, str] | None = None) -> bool:
    """Whether an answer is a script challenge or block page instead of the page asked for."""
    if headers is not None and headers.get("cf-mitigated") == "challenge":
        return True
    if not body or len(body) > STUB_BYTES:
        return False
    if b"<" not in body[:400]:
        return False
    title = _TITLE.search(body)
    if title is not None and _BLOCKED_TITLE.search(title[1].decode("utf-8", "replace")):
        return True
    if not _CHALLENGE.search(body):
        return False
    return len(_visible(body)) < 200


def _visible(body: bytes) -> bytes:
    """Text of a page without scripts and tags; what follows a script that is never closed is script too."""
    lowered = body.lower()
    parts = []
    start = 0
    while True:
        match = _SCRIPT.search(lowered, start)
        if match is None:
            parts.append(body[start:])
            break
        parts.append(body[start : match.start()])
        close = lowered.find(b"</" + match[1], match.end())
        if close < 0:
            break
        start = close + 2 + len(match[1])
    return b" ".join(_TAGS.sub(b" ", b" ".join(parts)).split())


def is_soft_404(body: bytes) -> bool:
    """Whether a page that came with status 200 says in its title or headline that it does not exist."""
    head = body[:40_000]
    for pattern in (_TITLE, _HEADLINE):
        match = pattern.search(head)
        if match is not None:
            text = match[1].decode("utf-8", "replace").strip()
            if len(text) < 120 and _NOT_FOUND.search(text):
                return True
    return False


def declares_empty(body: bytes) -> bool:
    """Whether a listing says itself that it has nothing to list."""
    text = _visible(body[:400_000]).decode("utf-8", "replace")
    return _EMPTY.search(text) is not None


def is_trap(url: str) -> bool:
    """Whether an address has the form of an endless space: repeating segments, stacked language switches, calendars."""
    parts = urlsplit(url)
    segments = [s.casefold() for s in parts.path.split("/") if s]
    if len(segments) > 12 or len(parts.query) > 1000:
        return True
    counts = Counter(segments)
    if any(n >= 3 for n in counts.values()):
        return True
    if sum(n for s, n in counts.items() if s in _LANGUAGES) >= 2:
        return True
    return any(n >= 2 for n in Counter(pairwise(segments)).values())


def is_calendar(url: str) -> bool:
    """Whether an address is a day or month of a calendar: there is always one more of them."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    return _CALENDAR.search(target.casefold()) is not None or _DATE_PATH.fullmatch(parts.path) is not None
