"""The stamps of pages and feeds: one printed time of publication.

`parse_stamp` reads one printed stamp (`Thứ hai - 13/08/2024 09:12`, `09/05/2025 3:25 CH`, ISO, RFC 822, the malformed
`2024-08-13+0709:12:00` of one CMS) to a day and, where printed, a time.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final

from transforms.shadow import shadow as level

LOCAL: Final = timezone(timedelta(hours=7))
"""Vietnam's time: UTC+7 since 1975, no summer time."""

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199


@dataclass(frozen=True, slots=True)
class Stamp:
    """One printed time of publication: `on` the local day, `at` the local time (UTC+7) where a time is printed."""

    on: date
    at: datetime | None
    updated: bool = False
    """The label says that it is the time of an update (`Cập nhật`)."""
    flags: tuple[str, ...] = ()


_ISO = re.compile(
    r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ]{1,2}(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s?(z|[+-]\d{2}:?\d{2}|gmt)?"
    # One CMS prints its time zone where the `T` belongs: 2024-08-13+0709:12:00, 2024-08-13ICT09:12:00.
    r"|(?:\+07:?00?|\+7|ict|\+07)(\d{2}):(\d{2}):(\d{2}))?",
    re.IGNORECASE,
)
_MAIL = re.compile(
    r"(?:[a-z]{3},\s?)?\d{1,2} [a-z]{3} \d{4} \d{2}:\d{2}(?::\d{2})?(?: (?:[+-]\d{4}|gmt|utc|z|ict))?", re.IGNORECASE
)
_STAMP_DAY = re.compile(
    r"(?<![\d/.:-])(\d{1,2}) ?([/.-]) ?(\d{1,2}) ?\2 ?(\d{4}|\d{2})(?![\d/])"
    r"|(?<!\d)(\d{1,2}) tháng (\d{1,2})(?:,? năm |[ /,-]{1,2})(\d{4})(?!\d)"
)
_STAMP_YMD = re.compile(r"(?<!\d)(\d{4})/(\d{1,2})/(\d{1,2})(?!\d)")
_STAMP_TIME = re.compile(
    r"(?<![\d:/.+-])(\d{1,2})(?: ?: ?(\d{2})(?::(\d{2}))?|h ?(\d{2})?|g(\d{2})| giờ(?: (\d{1,2})(?: phút)?)?)(?!\d)"
    r"(?: ?(am|pm|sa|ch|sáng|chiều|tối)(?![^\W_]))?"
)
_STAMP_ZONE = re.compile(r"\(?(?:gmt|utc) ?\+? ?0?7(?::?00)?\)?|[+]0?7(?::?00)\b")
STAMP_LENGTH: Final = 400
"""Longer strings are no stamps; only so much of one is read."""


def parse_stamp(s: str) -> Stamp | None:
    """Read the first time that `s` prints, the day before the month; None where it prints no possible day.

    A time with a zone is turned to local time (UTC+7); one without is taken as local.
    """
    printed = s[:STAMP_LENGTH]
    shadow = level(printed).lower()
    updated = "cập nhật" in shadow or "cap nhat" in shadow or "updated" in shadow
    iso = _ISO.search(shadow)
    if iso:
        return _iso_stamp(iso, updated)
    mail = _MAIL.search(shadow)
    if mail:
        return _mail_stamp(mail.group(), updated)
    day = _STAMP_DAY.search(shadow)
    flags: list[str] = []
    if day is None:
        ymd = _STAMP_YMD.search(shadow)
        if ymd is None:
            return None
        on = _possible(int(ymd[1]), int(ymd[2]), int(ymd[3]))
        span = ymd.span()
    else:
        numbers = (day[1], day[3], day[4]) if day[1] else (day[5], day[6], day[7])
        year = int(numbers[2])
        if len(numbers[2]) == 2:
            year += 1900 if year > 35 else 2000
            flags.append("two_digit_year")
        on = _possible(year, int(numbers[1]), int(numbers[0]))
        span = day.span()
    if on is None:
        return None
    rest = _STAMP_ZONE.sub(
        lambda zone: " " * len(zone.group()), shadow[: span[0]] + "|" * (span[1] - span[0]) + shadow[span[1] :]
    )
    return Stamp(on, _stamp_time(on, rest), updated, tuple(flags))


def _possible(year: int, month: int, day: int) -> date | None:
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    return date(year, month, day)


def _stamp_time(on: date, rest: str) -> datetime | None:
    for hit in _STAMP_TIME.finditer(rest):
        hour = int(hit[1])
        minute = int(hit[2] or hit[4] or hit[5] or hit[6] or 0)
        second = int(hit[3] or 0)
        half = hit[7]
        if half in ("pm", "ch", "chiều", "tối") and hour < 12:
            hour += 12
        elif half in ("am", "sa") and hour == 12:
            hour = 0
        if hour < 24 and minute < 60 and second < 60:
            return datetime(on.year, on.month, on.day, hour, minute, second, tzinfo=LOCAL)
    return None


def _iso_stamp(iso: re.Match[str], updated: bool) -> Stamp | None:
    on = _possible(int(iso[1]), int(iso[2]), int(iso[3]))
    if on is None:
        return None
    hour, minute, second = (iso[4], iso[5], iso[6]) if iso[4] else (iso[8], iso[9], iso[10])
    if hour is None:
        return Stamp(on, None, updated)
    if int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:
        return Stamp(on, None, updated)
    zone = LOCAL
    offset = iso[7]
    if offset in ("z", "gmt"):
        zone = UTC
    elif offset:
        hours, minutes = int(offset[1:3]), int(offset[-2:])
        if hours > 23 or minutes > 59:
            return Stamp(on, None, updated)
        shift = timedelta(hours=hours, minutes=minutes)
        zone = timezone(-shift if offset[0] == "-" else shift)
    at = datetime(on.year, on.month, on.day, int(hour), int(minute), int(second or 0), tzinfo=zone).astimezone(LOCAL)
    return Stamp(at.date(), at, updated)


def _mail_stamp(printed: str, updated: bool) -> Stamp | None:
    try:
        at = parsedate_to_datetime(printed)
    except ValueError:
        return None
    at = at.replace(tzinfo=LOCAL) if at.tzinfo is None or printed.endswith("ict") else at.astimezone(LOCAL)
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        return None
    return Stamp(at.date(), at, updated)
