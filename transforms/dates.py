"""Dates in running Vietnamese text.

`find` reads every form that articles print: `19.5.2023`, `ngày 28 tháng 5 năm 2004`, `tháng 9/2023`, `quý I/2024`,
`6 tháng đầu năm 2023`, `giai đoạn 2016 - 2020`, `từ 2015 đến nay`, `đến hết 30/11/2023`, `14h30`, `dịp 2/9` and their
kin. The day always comes before the month. A slash alone is no date: `16/18 sở`, `02/63` and `83,5/100` stay numbers.

What a span says (`DateSpan.first`, `DateSpan.last`, both inclusive) follows the period rules of the annotation guide:

=============  =====================================================  ==================================================
kind           printed                                                first .. last
=============  =====================================================  ==================================================
day            `19.5.2023`, `ngày 2/9` (no year printed)              that day twice; null .. null without a year
month          `tháng 9/2023`, `10/2023`, `tháng 9`                   the month; null .. null without a year
quarter        `quý I/2024`, `quý II, III năm 2023`                   the quarter(s); null .. null without a year
half           `nửa đầu năm 2023`, `6 tháng đầu năm 2023`             the half year
part_year      `9 tháng năm 2023`, `3 tháng cuối năm 2023`            those months; null .. null without a year
year           `năm 2019`, `(2019)`, `cuối năm 2023` (vague_part)     the whole year
span           `2016 - 2020`, `giai đoạn …`, `từ A đến (hết) B`       first day of A .. last day of B
term           `nhiệm kỳ 2020 - 2025`                                 first day of the first year .. last of the last
open_start     `từ (năm) 2015 đến nay`, `từ ngày 01/7/2025`           first day .. null
cumulative     `tính đến 30/11/2023`, `đến hết tháng 6/2024`          null .. last day
horizon        `đến năm 2025`, `tầm nhìn 2045`                        null .. last day
school_year    `năm học 2023 - 2024`                                  null .. null: gives no period
crop           `vụ Đông Xuân 2022 - 2023`                             null .. null: gives no period
relative       `trong năm`, `cùng kỳ`, `đến nay`, `năm nay`           null .. null: gives no period
clock          `14h30`, `14:50`, `9 giờ 30`                           null .. null
weekday        `Thứ 5` before a date                                  null .. null
holiday        `dịp 30/4`, `Quốc khánh 2/9`                           null .. null
lunar          `mùng 1 Tết`, `10/3 âm lịch`                           null .. null
recurring      `ngày 15 hằng tháng`                                   null .. null
name           `đường 30/4`, `Festival 2023`, `sinh năm 1975`,        null .. null: part of a name
               `(03/02/1930 - 03/02/2023)`
=============  =====================================================  ==================================================

A list of years (`năm 2016 và 2019`) gives one span each; a year or month printed once at the end of a list or range
is lent to the members before it. `start`/`end` take in the words that make the span what it is (`tính đến`, `từ`,
`giai đoạn`, `tháng`), never a preposition such as `trong`, `vào` or `riêng`. Whether a span governs the numbers of its
sentence, only the one before it, or none, is the business of the figures pass; the flag `comparison` helps there.

Flags: `impossible_date` (31/11/2023: the days of its month, or its month's end where only an end is given),
`swapped` (12/25/2023), `two_digit_year`, `no_year`, `vague_part` (`đầu năm`, `cuối năm`), `bare` (a year without
`năm`), `comparison` (`so với năm 2022`, `cùng kỳ năm 2022`), `inherited` (its year stands later in the sentence).

`parse_stamp` (its own module, `stamps`) reads the stamps of pages and feeds.

`find` is pure and linear in the length of the text: one scan finds the digits and the few time words, then each
candidate is read in a bounded window.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from transforms.nouns import counts
from transforms.shadow import shadow as level
from transforms.stamps import LOCAL, Stamp, parse_stamp

__all__ = ["LOCAL", "DateSpan", "Stamp", "find", "parse_stamp"]

FIRST_YEAR: Final = 1000
LAST_YEAR: Final = 2199
BARE_FROM: Final = 1900
BARE_TO: Final = 2100


@dataclass(frozen=True, slots=True)
class DateSpan:
    """One date or period in a text; see the module for what each kind promises of `first` and `last`."""

    start: int
    end: int
    surface: str
    first: date | None
    last: date | None
    precision: str
    """`day`, `month`, `quarter`, `half`, `year`, `time` or `none`: the finest part that is printed."""
    kind: str
    flags: tuple[str, ...] = ()


# --- vocabulary -----------------------------------------------------------------------------------------------------


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_COUNT = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
    "mười": 10, "mười một": 11, "mười hai": 12,
}  # fmt: skip
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_EACH = _words("mỗi hằng hàng một nhiều mấy vài hai ba bốn sáu bảy tám chín mười từng")
"""Before `năm`/`tháng` they make it a unit of time: `mỗi năm 2000 tấn` names no year."""
_DAY_HEADS = _words("ngày sáng chiều tối trưa đêm hôm dịp lễ mừng niệm nghỉ")
_LUNAR_HEADS = _words("mùng mồng rằm")
_MODIFIERS = _words("từ đến tới hết trước sau điểm khoảng đầu cuối giữa ngày kế")
_DOCUMENT_HEADS = _words("số quyết định thị luận tư lệnh luật chế dẫn hoạch trình án tri báo văn điện no.")
_PLACE_HEADS = _words(
    "đường phố trường ty viên cầu máy nghiệp hẻm ngõ khu chợ đoàn giải hiệu thcs thpt học non giáo trại htx kho "
    "tàu bến hồ đảo xưởng cảng thôn ấp tổ phường quận khối"
)
_HOLIDAYS = frozenset(
    {(1, 1), (9, 1), (3, 2), (14, 2), (27, 2), (3, 3), (8, 3), (26, 3), (15, 4), (21, 4), (30, 4), (1, 5), (7, 5),
     (15, 5), (19, 5), (1, 6), (5, 6), (21, 6), (28, 6), (11, 7), (27, 7), (28, 7), (19, 8), (2, 9), (10, 10),
     (13, 10), (14, 10), (20, 10), (9, 11), (18, 11), (20, 11), (23, 11), (6, 12), (19, 12), (22, 12)}
)  # fmt: skip
_HOLIDAY_WORDS = ("ngày", "quốc khánh", "kỷ niệm", "dịp", "lễ", "giải phóng", "quốc tế", "tết", "mừng", "cách mạng")
_NOT_A_YEAR = _words(
    "người hộ đồng ha m m2 m3 km km2 kg tấn tạ yến lít lượt mô cây con nghìn ngàn triệu tỷ tỉ cán đảng đoàn hội học "
    "sinh lao suất phần bộ cuốn căn nhà ngôi ngày công giờ phút tháng vụ việc trường đơn ý cuộc buổi lớp cháu em chị "
    "hecta héc xã thôn bản khách usd % sản doanh chiếc cái quyển tờ thẻ mẫu sào quà xe bao tin bài vé chỗ giường "
    "gia nhân đại thành thanh phụ nông cựu chiến dân liều mũi ca mã hồ thủ điểm m² m³ kw kwh mw vnđ vnd đ lần "
    "quần tổ nhóm hợp trang vườn"
)
"""Next words that make four bare digits a number of things."""
_LASTING = _words("trong sau mất hơn gần khoảng suốt dài là hết trên dưới quá thêm mỗi được đủ")

_SCAN = re.compile(
    r"[0-9]++"
    r"|qu[ýí] +(?:i{1,3}|iv)(?![^\W_])"
    r"|(?:trong (?:năm|tháng|quý)|cùng k[ỳì]|năm (?:nay|qua|trước|ngoái)|đến nay|tới nay|từ đầu năm)"
    r"(?![^\W_])(?! {0,2}(?:[0-9]|i{1,3}(?![^\W_])|iv|học))"
)
_FULL = re.compile(r"([0-9]{1,2}) ?([/.-]) ?([0-9]{1,2}) ?\2 ?([0-9]{4}|[0-9]{2})(?![0-9]|\2[0-9a-zđ]| ?%)")
_WORDED = re.compile(
    r"([0-9]{1,2}) {1,2}tháng {1,2}([0-9]{1,2})(?:,? {1,2}năm {1,2}([0-9]{4})| ?[/.-] ?([0-9]{4}))?(?![0-9])"
)
_PART = re.compile(
    r"([0-9]{1,2}) {1,2}(tháng|quý) {1,2}(?:(đầu|cuối) {1,2})?(?:của {1,2})?năm"
    r"(?: {1,2}([0-9]{4})(?![0-9])| (?:nay|qua|trước|ngoái)(?![^\W_]))?"
)
_YEARS = re.compile(r"([0-9]{4}) ?([-/]) ?([0-9]{4})(?![0-9]|[.,][0-9]| ?%|/[0-9a-zđ])")
_MONTH_YEAR = re.compile(r"([0-9]{1,2}) ?([/.-]) ?([0-9]{4})(?![0-9]|[.,][0-9]|/[0-9a-zđ]| ?%)")
_MONTH_WORDED = re.compile(r"([0-9]{1,2}),? {1,2}(?:của )?năm {1,2}([0-9]{4})(?![0-9])")
_MONTH = re.compile(r"(0?[1-9]|1[0-2])(?![0-9]|[.,/][0-9]| ?%)")
_YEAR = re.compile(r"([0-9]{4})(?![0-9]|[.,/][0-9]| ?%)")
_DAY_MONTH = re.compile(r"([0-9]{1,2}) ?([/.-]) ?([0-9]{1,2})(?![0-9]|[.,/][0-9]| ?%|/[a-zđ])")
_DAYS = re.compile(
    r"[0-9]{1,2}(?: ?(?:,|-|và|đến|tới) ?(?:hết )?(?:ngày )?[0-9]{1,2}){1,6}"
    r"(?: ?[/.-] ?[0-9]{1,2}(?P<year> ?[/.-] ?[0-9]{2,4})?(?![0-9])| tháng [0-9])"
)
_DAY_MONTH_ONLY = re.compile(r"[0-9]{1,2} ?(?:[/.]|- ?[0-9]{1,2}(?! ?[/.]| tháng|[0-9]))")
_DAY_RANGE = re.compile(r"[0-9]{1,2} ?[/-] ?[0-9]{1,2} ?(?:đến|tới|-) ?(?:hết )?(?:ngày )?[0-9]{1,2} ?[/-] ?[0-9]{1,2}")
_LAW_NAME = re.compile(r"(?<![^\W_])(?:luật|hiến pháp|pháp lệnh)(?: [^\W\d_]+){0,8} $")
_NUMBER_RANGE = re.compile(r" ?(?:đến|tới|-) ?[0-9][0-9.,]{0,9}")
_MONTHS = re.compile(
    r"[0-9]{1,2}(?: ?(?:,|-|và|đến|tới) ?(?:tháng )?[0-9]{1,2}){1,11}(?: ?[/-] ?[0-9]{4}(?![0-9])| năm [0-9]{4})"
)
_MONTH_SHORT = re.compile(r"(0?[1-9]|1[0-2])/([12][0-9]|3[0-5])(?![0-9]|/|[.,][0-9]| ?%)")
_ISO_DAY = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])-([0-3][0-9])(?![0-9]|[-/][0-9])")
_RECURRING = re.compile(r"[0-9]{1,2} {1,2}(?:hằng|hàng|mỗi) tháng(?![^\W_])")
_CLOCK = re.compile(
    r"([01]?[0-9]|2[0-4])(?: ?h ?([0-5][0-9])|(h)|g([0-5][0-9])|:([0-5][0-9])(?::[0-5][0-9])?"
    r"| giờ(?: ([0-5]?[0-9])(?! ?[/%]|[.,]?[0-9])( phút)?)?)(?![^\W_]|[:.,][0-9])"
)
_ON_A_DAY = re.compile(r",? ngày [0-9]{1,2} ?[/.-] ?[0-9]|,? ngày [0-9]{1,2} tháng")
_WEEKDAY = re.compile(r"[2-7] ?[,-]? ?(?:ngày )?[0-9]{1,2} ?[/.-] ?[0-9]{1,2} ?[/.-]")
_QUARTERS = re.compile(
    r"(?:(?:và|,|-|đến|tới) ?|(?: ?, ?| ?- ?| và | đến | tới ))(?:quý )?"
    r"(iv|i{1,3}|[1-4])(?![0-9]|[^\W_]|[.,/][0-9]{1,3}(?![0-9]))"
)
_QUARTER = re.compile(r"qu[ýí] {1,2}(iv|i{1,3}|[1-4])(?![^\W_])")
_QUARTER_YEAR = re.compile(r"(?: ?[/.-] ?| (?:của )?năm )([0-9]{4})(?![0-9])")
_YEAR_HEAD = re.compile(
    r"(?:(?<![^\W_])(?:(?P<n>một|hai|ba|bốn|năm|sáu|bảy|bẩy|tám|chín|mười|mười một|mười hai) "
    r"(?P<u>tháng|quý) (?:(?P<p>đầu|cuối) )?(?:của )?"
    r"|nửa (?P<half>đầu|cuối) (?:của )?|(?P<vague>đầu|cuối|giữa) |(?:các|những|hai|ba|bốn) )?)?năm {1,2}$"
)
_STAGE = re.compile(r"(?:giai đoạn|thời k[ỳì])(?: (?:i{1,3}|iv|[1-5]|từ|năm|các năm|hiện nay|mới))*[ :(,]{1,3}$")
_TERM = re.compile(r"(?:nhiệm k[ỳì]|kh[óo][áa]?)(?: (?:[ivxlc]+|mới|năm))?,?[ :(]{1,3}$")
_SCHOOL = re.compile(r"(?:năm học|niên học|niên kh[óo][áa]?)(?: mới)?[ :(]{1,3}$")
_CROP = re.compile(
    r"(?:(?<![^\W_])vụ(?:[ -]{1,3}(?:lúa|mùa|xuân|hè|thu|đông|chiêm|sản xuất|ép|rau|mía"
    r"|sớm|muộn|chính|màu|ngô|và)(?![^\W_])){1,6}"
    r"|niên vụ(?: [^\W\d_]{1,7}){0,3}|mùa vụ|mùa khô|mùa mưa"
    r"|(?<![^\W_])(?:đông|hè|thu|xuân) ?-? ?(?:xuân|thu|đông|hè))(?: năm)?[ :(]{1,3}$"
)
_MODIFIER = re.compile(
    r"(?<![^\W_])(?:(?:(?:tính|kể|l[ũu][ỹy]? kế|cho|bắt đầu) (?:tính )?)?(?P<base>từ|đến|tới)"
    r"(?: (?P<tail>hết|trước|sau|thời điểm|khoảng|đầu|cuối|giữa|hết ngày|cuối ngày))?|(?P<alone>hết|trước|sau)"
    r"|(?P<vague>đầu|cuối|giữa)) {1,2}$"
)
_SINCE = re.compile(
    r" {1,2}(?:(?:cho )?(?:đến|tới) (?:nay|bây giờ|thời điểm (?:này|hiện tại|hiện nay))|trở lại đây|trở đi)(?![^\W_])"
)
_COMPARED = re.compile(
    r"(?:(?<![^\W_])so(?: với)?(?: (?:cùng k[ỳì]|cuối|đầu|thời điểm|kết quả|mức|trước"
    r"|kế hoạch|bình quân|của|trung bình|giai đoạn|số liệu)){0,3}"
    r"|cùng k[ỳì](?: của)?|(?:gấp|bằng|tăng|giảm) [0-9.,]{1,9} ?(?:lần|%)) {1,2}$"
)
_LINK = re.compile(
    r" ?- ?| {1,2}(?:cho )?(?:đến|tới)(?: hết| cuối| trước| giữa| đầu| thời điểm)?(?: ngày| hết ngày)? {1,2}"
)
_HOUR = re.compile(
    r"(?<![^\W_])[0-9]{1,2}(?: ?h ?[0-9]{0,2}|g[0-9]{2}|:[0-9]{2}| giờ(?: [0-9]{1,2}(?: phút)?)?)"
    r"(?: sáng| chiều| tối| đêm)?,? (?:của )?$"
)
"""The time of day before a date: what stands before it (`tính đến`) is said of the date."""
_LIST = re.compile(r" ?[,;] ?| {1,2}và {1,2}|, và ")
_LUNAR_TAIL = re.compile(r" ?\(?(?:âm lịch|âl)(?![^\W_])|(?: tháng giêng| tháng chạp)")
_LUNAR_DAY = re.compile(
    r"[0-9]{1,2}(?: ?(?:-|,|và|đến|tới) ?(?:mùng |mồng )?[0-9]{1,2}){0,2}"
    r"(?: tháng (?:giêng|chạp)(?![^\W_])"
    r"|(?: ?[/-] ?[0-9]{1,2}| tháng (?:hai|ba|tư|năm|sáu|bảy|tám|chín|mười|mười một|[0-9]{1,2}))?,? ?\(?"
    r"(?:âm lịch|âl(?![^\W_])|năm (?:giáp|ất|bính|đinh|mậu|kỷ|canh|tân|nhâm|quý) "
    r"(?:tý|sửu|dần|mão|thìn|tỵ|tị|ngọ|mùi|thân|dậu|tuất|hợi)))"
)
"""Days of the lunar calendar after their first digits (`14 - 16 tháng Giêng`, `10 tháng Ba âm lịch`)."""
_NEXT_YEAR = re.compile(r" (?:đạt|là|ước|tăng|giảm|còn|có|chiếm|thu)(?![^\W_])")
"""After a bare year that goes on a series of years."""
_SERIES_GAP: Final = 90
_NEXT_WORD = re.compile(r" ?([^\W\d_]+[23²³]?|%|m2|m3)")


@dataclass(slots=True)
class _Atom:
    """One printed piece before ranges are joined; missing parts may be lent by a later piece."""

    start: int
    end: int
    kind: str
    y: int | None = None
    m: int | None = None
    d: int | None = None
    y2: int | None = None
    m2: int | None = None
    flags: list[str] = field(default_factory=list)

    def precision(self) -> str:
        if self.kind in ("clock", "weekday"):
            return "time" if self.kind == "clock" else "day"
        if self.d is not None:
            return "day"
        if self.kind in ("quarter", "half"):
            return self.kind
        if self.m is not None:
            return "month"
        return "year" if self.y is not None else "none"

    def bounds(self) -> tuple[date | None, date | None]:
        """First and last day; null where no year is known."""
        if self.y is None:
            return None, None
        if self.d is not None and self.m is not None:
            length = calendar.monthrange(self.y, self.m)[1]
            if self.d > length:
                return date(self.y, self.m, 1), date(self.y, self.m, length)
            return date(self.y, self.m, self.d), date(self.y, self.m, self.d)
        last_year = self.y2 if self.y2 is not None else self.y
        last_month = self.m2 if self.m2 is not None else self.m if self.m is not None else 12
        return (
            date(self.y, self.m if self.m is not None else 1, 1),
            date(last_year, last_month, calendar.monthrange(last_year, last_month)[1]),
        )


_NO_PERIOD = _words("school_year crop relative clock weekday holiday lunar recurring name")


def find(text: str) -> list[DateSpan]:
    """Return the dates and periods of `text` in order, without overlap; offsets count code points of its NFC form."""
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    low = level(text).lower()
    atoms = _atoms(text, low)
    spans = list(_compose(text, low, [atom for atom in atoms if atom.kind != "clock"]))
    return _with_clocks(text, spans, [atom for atom in atoms if atom.kind == "clock"])


def _atoms(text: str, shadow: str) -> list[_Atom]:
    atoms: list[_Atom] = []
    done = 0
    for hit in _SCAN.finditer(shadow):
        at = hit.start()
        if at < done:
            continue
        previous = atoms[-1] if atoms else None
        if shadow[at].isdigit():
            atom = _number(text, shadow, at, hit.end(), previous)
        elif shadow[at] == "q":
            atom = _quarter(shadow, at)
        else:
            atom = _word(shadow, at, hit.end())
        if atom is None:
            continue
        if previous is not None and atom.start < previous.end:
            atom.start = previous.end if previous.end <= at else at
        atoms.append(atom)
        done = atom.end
    return atoms


def _word(shadow: str, at: int, end: int) -> _Atom | None:
    if at and shadow[at - 1].isalnum():
        return None
    word = shadow[at:end]
    if word == "từ đầu năm":
        return _Atom(at + 3, end, "relative", m=1, d=1)
    if word.startswith("năm ") and shadow[max(0, at - 2) : at].strip().isdigit():
        # `3 năm qua` is a length of time with its own number.
        return None
    if word in _RELATIVE:
        return _Atom(at, end, "relative")
    return None


_RELATIVE = frozenset(
    (
        "trong năm",
        "trong tháng",
        "trong quý",
        "cùng kỳ",
        "cùng kì",
        "năm nay",
        "năm qua",
        "năm trước",
        "năm ngoái",
        "đến nay",
        "tới nay",
    )
)


def _quarter(shadow: str, at: int) -> _Atom | None:
    head = _QUARTER.match(shadow, at)
    if head is None or (at and shadow[at - 1].isalnum()):
        return None
    first = last = _ROMAN.get(head[1]) or int(head[1])
    end = head.end()
    for _ in range(3):
        more = _QUARTERS.match(shadow, end)
        if more is None:
            break
        last = _ROMAN.get(more[1]) or int(more[1])
        end = more.end()
    year = _QUARTER_YEAR.match(shadow, end)
    if last < first:
        last = first
    return _Atom(
        at, year.end() if year else end, "quarter",
        y=int(year[1]) if year and _plausible(int(year[1])) else None,
        m=3 * first - 2, m2=3 * last, flags=[] if year else ["no_year"],
    )  # fmt: skip


def _plausible(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR


def _number(text: str, shadow: str, at: int, end: int, previous: _Atom | None) -> _Atom | None:
    """Read the date that begins at the digits `at`..`end`, or None."""
    touching = previous is not None and previous.end >= at - 1 and shadow[previous.end : at] in ("-", "")
    if at and not touching:
        before = shadow[at - 1]
        # `ngày03/5/2023`: the blank left out.
        if (before.isalnum() and shadow[max(0, at - 4) : at] != "ngày") or before == "_":
            return None
        if before in "/.,-:" and at > 1 and shadow[at - 2].isalnum():
            return None
    if end - at > 4:
        return None
    left = shadow[max(0, at - 48) : at].rpartition("\n")[2]
    words = left.split()
    head = words[-1].lstrip("(“\"'[") if words and left[-1:] == " " else ""
    before_head = words[-2].lstrip("(“\"'[") if len(words) > 1 else ""
    return (
        _two_digits(shadow, at, left, head, before_head, words, previous)
        if end - at <= 2
        else _four_digits(text, shadow, at, left, head, before_head, previous)
        if end - at == 4
        else None
    )


def _head_start(at: int, left: str, head: str) -> int:
    """Where the word `head`, printed last in `left`, begins."""
    return at - len(left) + left.rindex(head)


def _two_digits(
    shadow: str, at: int, left: str, head: str, before_head: str, words: list[str], previous: _Atom | None
) -> _Atom | None:
    day_head = head in _DAY_HEADS and before_head not in _EACH
    start = _head_start(at, left, head) if head == "ngày" else at
    lunar = _LUNAR_DAY.match(shadow, at)
    if lunar and (day_head or head in _LUNAR_HEADS or "âm lịch" in lunar.group() or "giêng" in lunar.group()):
        return _Atom(start, lunar.end(), "lunar")
    full = _FULL.match(shadow, at)
    if full:
        atom = _calendar_day(start, full, trusted=day_head)
        if atom:
            return _lunar(shadow, atom)
    worded = _WORDED.match(shadow, at)
    if worded and (head == "ngày" or worded[3] or worded[4]) and before_head not in _EACH:
        day, month = int(worded[1]), int(worded[2])
        year = worded[3] or worded[4]
        if 1 <= day <= 31 and 1 <= month <= 12 and (year is None or _plausible(int(year))):
            atom = _Atom(start, worded.end(), "day", y=int(year) if year else None, m=month, d=day)
            if year is None:
                atom.flags.append("no_year")
            return _lunar(shadow, _checked(atom))
    part = _PART.match(shadow, at)
    if part and head not in ("tháng", "ngày"):
        atom_part = _part_year(at, part.end(), int(part[1]), part[2], part[3], part[4])
        if atom_part:
            return atom_part
    if head == "thứ" and _WEEKDAY.match(shadow, at):
        return _Atom(_head_start(at, left, head), at + 1, "weekday")
    if head in ("quý", "quí"):
        return _quarter(shadow, _head_start(at, left, head))
    if head == "tháng" and before_head not in _EACH and not before_head.isdigit() and not before_head.endswith("/"):
        month_atom = _month(shadow, at, _head_start(at, left, head))
        if month_atom and before_head == "rằm":
            month_atom.kind = "lunar"
        return month_atom
    if previous is not None and previous.kind == "month" and previous.y is None and _MONTHS.match(shadow, at):
        gap = shadow[previous.end : at]
        stop = at + 2 if shadow[at + 1 : at + 2].isdigit() else at + 1
        if (_LIST.fullmatch(gap) or _LINK.fullmatch(gap)) and 1 <= int(shadow[at:stop]) <= 12:
            return _Atom(at, stop, "month", m=int(shadow[at:stop]), flags=["no_year"])
    numeric = _MONTH_YEAR.match(shadow, at)
    if numeric and head not in _DOCUMENT_HEADS:
        month, year_number = int(numeric[1]), int(numeric[3])
        near = previous is not None and previous.kind == "month" and _LIST.fullmatch(shadow[previous.end : at])
        open_left = head in ("từ", "đến", "hết", "tới", "trước", "sau") or left[-1:] == "(" or near
        linked = previous is not None and previous.kind == "month" and _LINK.fullmatch(shadow[previous.end : at])
        if 1 <= month <= 12 and BARE_FROM <= year_number <= BARE_TO and (numeric[2] == "/" or open_left or linked):
            return _Atom(at, numeric.end(), "month", y=year_number, m=month)
    clock = _clock(shadow, at, head, before_head, left)
    if clock:
        return clock
    return _loose_day(shadow, at, start, left, head, before_head, words, previous)


def _calendar_day(start: int, full: re.Match[str], *, trusted: bool) -> _Atom | None:
    day, month, year = int(full[1]), int(full[3]), int(full[4])
    flags: list[str] = []
    if len(full[4]) == 2:
        if not trusted and full[2] != "/":
            return None
        year += 1900 if year > 35 else 2000
        flags.append("two_digit_year")
    if month > 12 and 1 <= day <= 12 and month <= 31:
        day, month = month, day
        flags.append("swapped")
    if not (1 <= day <= 31 and 1 <= month <= 12 and _plausible(year)):
        return None
    return _checked(_Atom(start, full.end(), "day", y=year, m=month, d=day, flags=flags))


def _checked(atom: _Atom) -> _Atom:
    """Flag a day that its month does not have."""
    if atom.d is not None and atom.m is not None:
        # 29 February is possible in some year when none is printed.
        year = atom.y if atom.y is not None else 2000
        if atom.d > calendar.monthrange(year, atom.m)[1]:
            atom.flags.append("impossible_date")
    return atom


def _lunar(shadow: str, atom: _Atom) -> _Atom:
    tail = _LUNAR_TAIL.match(shadow, atom.end)
    if tail:
        atom.end = tail.end()
        atom.kind = "lunar"
    return atom


def _part_year(start: int, end: int, count: int, unit: str, which: str | None, year: str | None) -> _Atom | None:
    months = count * (3 if unit == "quý" else 1)
    if not 1 <= months <= 12 or (which is None and year is None) or (year and not _plausible(int(year))):
        return None
    first = 13 - months if which == "cuối" else 1
    kind = "half" if months == 6 and which else "part_year"
    return _Atom(
        start,
        end,
        kind,
        y=int(year) if year else None,
        m=first,
        m2=first + months - 1,
        flags=[] if year else ["no_year"],
    )


def _month(shadow: str, at: int, start: int) -> _Atom | None:
    hit = _MONTH_YEAR.match(shadow, at) or _MONTH_WORDED.match(shadow, at)
    if hit:
        month, year = int(hit[1]), int(hit[hit.lastindex or 2])
        if 1 <= month <= 12 and _plausible(year):
            return _Atom(start, hit.end(), "month", y=year, m=month)
        return None
    short = _MONTH_SHORT.match(shadow, at)
    if short and 1 <= int(short[1]) <= 12:
        return _Atom(start, short.end(), "month", y=2000 + int(short[2]), m=int(short[1]), flags=["two_digit_year"])
    single = _MONTH.match(shadow, at)
    if single is None or _counts(shadow, single.end()):
        return None
    return _lunar(shadow, _Atom(start, single.end(), "month", m=int(single[1]), flags=["no_year"]))


def _counts(shadow: str, end: int) -> bool:
    """Whether the word at `end` makes the number before it a count."""
    word = _NEXT_WORD.match(shadow, end)
    return word is not None and word[1] in _NOT_A_YEAR


def _clock(shadow: str, at: int, head: str, before_head: str, left: str) -> _Atom | None:
    hit = _CLOCK.match(shadow, at)
    if hit is None:
        return None
    hour, minutes_h, bare_h, minutes_g, minutes_colon, minutes_word, minute_unit = hit.groups()
    if minutes_colon:
        if "tỷ" in left[-12:] or "tỉ" in left[-12:] or int(hour) > 23:
            return None
    elif minutes_h or minutes_g:
        if head in _LASTING and head not in ("khoảng", "sau", "hơn", "gần"):
            return None
    elif bare_h:
        if head in _LASTING or int(hour) == 24:
            return None
    else:
        part = shadow[hit.end() : hit.end() + 8].split()
        of_day = bool(part) and part[0].rstrip(",.;)") in ("sáng", "chiều", "tối", "trưa", "đêm")
        of_day = of_day or _ON_A_DAY.match(shadow, hit.end()) is not None
        asked = head in ("lúc", "hồi", "vào") or (head in ("từ", "đến") and (of_day or minutes_word is None))
        if minutes_word and not minute_unit and head not in _LASTING:
            asked = True
        if not (of_day or asked):
            return None
    return _Atom(at, hit.end(), "clock")


def _loose_day(
    shadow: str, at: int, start: int, left: str, head: str, before_head: str, words: list[str], previous: _Atom | None
) -> _Atom | None:
    """A day without its year, or only the first member of a list of days."""
    if head in _LUNAR_HEADS:
        digits = re.compile("[0-9]{1,2}").match(shadow, at)
        if digits:
            return _Atom(_head_start(at, left, head), digits.end(), "lunar")
    days = _DAYS.match(shadow, at)
    gap = shadow[previous.end : at] if previous is not None else ""
    listed = previous is not None and bool(_LIST.fullmatch(gap) or _LINK.fullmatch(gap))
    after_day = listed and previous is not None and previous.kind == "day" and previous.m is None
    if days and (head == "ngày" or after_day or (days["year"] and head == "từ")):
        stop = at + 2 if shadow[at + 1 : at + 2].isdigit() else at + 1
        number = int(shadow[at:stop])
        if 1 <= number <= 31 and not _DAY_MONTH_ONLY.match(shadow, at):
            return _Atom(start, stop, "day", d=number, flags=["no_year"])
    if head == "ngày":
        again = _RECURRING.match(shadow, at)
        if again:
            return _Atom(start, again.end(), "recurring")
    hit = _DAY_MONTH.match(shadow, at)
    if hit is None:
        return None
    day, month = int(hit[1]), int(hit[3])
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    atom = _Atom(start, hit.end(), "day", m=month, d=day, flags=["no_year"])
    joined = listed and previous is not None and previous.d is not None
    known = (day, month) in _HOLIDAYS
    if hit[2] == "." and head != "ngày":
        return None
    if head in _PLACE_HEADS and known and not joined:
        atom.kind = "name"
        return atom
    if head in _DAY_HEADS:
        if before_head in _EACH:
            # `mỗi tối 2 - 3 tiếng`
            return None
        if known and head in ("dịp", "lễ", "mừng", "niệm", "nghỉ"):
            atom.kind = "holiday"
        return _lunar(shadow, _checked(atom))
    if _LUNAR_TAIL.match(shadow, hit.end()):
        return _lunar(shadow, atom)
    if joined and not _counts(shadow, hit.end()) and not (_LIST.fullmatch(gap) and counts(shadow, hit.end())):
        if previous is not None and previous.kind in ("holiday", "name") and known:
            atom.kind = "holiday"
        return _checked(atom)
    if (head in ("hết", "đến") and (head == "hết" or before_head in ("tính", "kế", "cho"))) or (
        head == "từ" and _DAY_RANGE.match(shadow, at)
    ):
        things = _counts(shadow, hit.end()) or (before_head not in ("tính", "kế", "cho") and counts(shadow, hit.end()))
        return None if things else _checked(atom)
    if head.rstrip(",") in ("nay", "qua") and before_head in _DAY_HEADS:
        return _checked(atom)
    if left.endswith("(") and len(words) > 2 and words[-2] in ("nay", "qua") and words[-3] in _DAY_HEADS:
        return _checked(atom)
    if left.endswith("trung thu "):
        atom.kind = "lunar"
        return atom
    if (
        known
        and not _counts(shadow, hit.end())
        and not counts(shadow, hit.end())
        and any(word in left for word in _HOLIDAY_WORDS)
    ):
        following = shadow[hit.end() : hit.end() + 2]
        if not following or not following.strip(" ")[:1].isalpha() or left[-1:] != "(":
            atom.kind = "holiday"
            return atom
    return None


def _four_digits(
    text: str, shadow: str, at: int, left: str, head: str, before_head: str, previous: _Atom | None
) -> _Atom | None:
    value = int(shadow[at : at + 4])
    if not _plausible(value):
        return None
    iso = _ISO_DAY.match(shadow, at)
    if iso:
        month, day = int(iso[2]), int(iso[3])
        return (
            _checked(_Atom(at, iso.end(), "day", y=value, m=month, d=day)) if month <= 12 and 1 <= day <= 31 else None
        )
    years = _YEARS.match(shadow, at)
    second = int(years[3]) if years else 0
    ranged = bool(years) and value < second <= value + 100
    if ranged and years is not None and years[2] == "/" and not _SCHOOL.search(left) and not _CROP.search(left):
        return None
    if not ranged and _YEAR.match(shadow, at) is None:
        return None
    end = years.end() if ranged and years is not None else at + 4
    atom = _Atom(at, end, "span" if ranged else "year", y=value, y2=second if ranged else None)
    for kind, pattern in (("school_year", _SCHOOL), ("crop", _CROP), ("term", _TERM), ("span", _STAGE)):
        hit = pattern.search(left)
        if hit and (kind in ("school_year", "crop") or ranged or kind == "span"):
            atom.start = at - len(left) + hit.start()
            if ranged or kind in ("school_year", "crop"):
                atom.kind = kind
            return atom
    if head == "năm":
        if before_head in _EACH and before_head not in ("hai", "ba", "bốn"):
            return None
        if value < BARE_FROM and _counts(shadow, end):
            return None
        if before_head == "sinh":
            atom.kind, atom.start = "name", at - 4
            return atom
        named = _YEAR_HEAD.search(left)
        if named:
            atom.start = at - len(left) + named.start()
            if named["n"] and not ranged:
                part = _part_year(atom.start, end, _COUNT[named["n"]], named["u"], named["p"], str(value))
                if part:
                    return part
                atom.start = at - 4
            elif named["half"] and not ranged:
                atom.kind, atom.m, atom.m2 = "half", *((1, 6) if named["half"] == "đầu" else (7, 12))
            elif named["vague"]:
                atom.flags.append("vague_part")
                if named["vague"] == "giữa":
                    atom.flags.append("middle")
        return atom
    return _bare_year(text, shadow, at, end, left, head, atom, previous, ranged=ranged)


def _bare_year(
    text: str,
    shadow: str,
    at: int,
    end: int,
    left: str,
    head: str,
    atom: _Atom,
    previous: _Atom | None,
    *,
    ranged: bool,
) -> _Atom | None:
    """Four digits without `năm`: a year only where the neighbours say so."""
    value = atom.y or 0
    if not BARE_FROM <= value <= BARE_TO or _counts(shadow, end) or head in _DOCUMENT_HEADS:
        return None
    range_end = _NUMBER_RANGE.match(shadow, end)
    if range_end and _counts(shadow, range_end.end()):
        return None
    atom.flags.append("bare")
    if ranged:
        return atom
    following = shadow[end : end + 1]
    gap = shadow[previous.end : at] if previous is not None else "?"
    if previous is not None and previous.kind in ("year", "span", "month", "day") and previous.y is not None:
        if _LIST.fullmatch(gap) and previous.kind == "year" and not shadow[end : end + 2].strip(" ").isalpha():
            return atom
        if _LIST.fullmatch(gap) and previous.kind == "year" and gap.strip() in ("và", ","):
            return atom
        if _LINK.fullmatch(gap):
            return atom
    if head in ("từ", "đến", "tới", "hết", "trước", "sau", "nhìn", "xuân", "tết", "hè", "thu", "với", "kỳ", "là"):
        return atom
    if left.endswith("(") and following in ")-,; ":
        return atom
    if head in ("sn", "sinh"):
        atom.kind = "name"
        return atom
    if (
        previous is not None
        and previous.kind == "year"
        and left.rstrip()[-1:] in (",", ";")
        and len(gap) <= _SERIES_GAP
        and "\n" not in gap
        and _NEXT_YEAR.match(shadow, end)
    ):
        # `doanh thu 2023 đạt 31 tỷ, 2024 đạt 38 tỷ`
        return atom
    if _LAW_NAME.search(left):
        atom.kind = "name"
        return atom
    line_start = at == 0 or shadow[at - 1] == "\n"
    if line_start and following in ("", "\n", " ", ",", ":", "."):
        return atom if following != " " else None
    word = text[: at - 1].rpartition(" ")[2] if 0 < at <= 64 else text[at - 64 : at - 1].rpartition(" ")[2]
    if at and shadow[at - 1] == " " and (word[:1].isupper() or word[-1:] in '”"’»') and word.strip('”"’»'):
        atom.kind = "name"
        return atom
    return None


# --- joining --------------------------------------------------------------------------------------------------------


def _compose(text: str, shadow: str, atoms: list[_Atom]) -> Iterator[DateSpan]:
    _lend(shadow, atoms)
    floor = 0
    index = 0
    while index < len(atoms):
        atom = atoms[index]
        if atom.start < floor:
            index += 1
            continue
        partner = atoms[index + 1] if index + 1 < len(atoms) else None
        used = 1
        first, last = atom.bounds()
        start, end, kind, precision = atom.start, atom.end, atom.kind, atom.precision()
        flags = list(dict.fromkeys(atom.flags))
        if partner is not None and _ranges(shadow, atom, partner):
            first, last = _range_bounds(shadow, atom, partner)
            kind = "span" if first is not None or last is not None else atom.kind
            end, used = partner.end, 2
            precision = partner.precision()
            flags = list(dict.fromkeys([*atom.flags, *partner.flags]))
            if _anniversary(atom, partner):
                kind, first, last = "name", None, None
            if first is not None or last is not None:
                flags = [flag for flag in flags if flag not in ("no_year", "vague_part", "middle")]
        index += used
        left = shadow[max(floor, start - 48) : start].rpartition("\n")[2]
        timed = _HOUR.search(left) if precision == "day" else None
        if timed:
            # `tính đến 17 giờ ngày 15/11/2024`: the day is the end; the hour keeps its own span.
            left = left[: timed.start()]
        words = left.split()
        if (
            words
            and words[-1].lstrip("(\"'“") in _MODIFIERS
            and left[-1:] == " "
            and kind not in ("clock", "weekday", "name")
        ):
            hit = _MODIFIER.search(left)
            if hit:
                changed = _modified(hit, kind, first, last, shadow, end, flags, joined=used == 2)
                if changed is not None:
                    kind, first, last, end = changed
                    start = start if timed else start - len(left) + hit.start()
                    left = left[: hit.start()]
        if kind in ("year", "month", "quarter", "day") and first is not None:
            since = _SINCE.match(shadow, end)
            if since and since.group().endswith(("nay", "đây")):
                kind, last, end = "open_start", None, since.end()
        if kind == "year" and left.endswith("tầm nhìn "):
            kind, first, start = "horizon", None, start - 9
            left = left[:-9]
        if kind in _NO_PERIOD:
            first = last = None
        if "middle" in flags:
            flags.remove("middle")
        if (first or last) and _COMPARED.search(shadow[max(0, start - 48) : start]):
            flags.append("comparison")
        floor = end
        yield DateSpan(start, end, text[start:end], first, last, precision, kind, tuple(flags))


def _with_clocks(text: str, spans: list[DateSpan], clocks: list[_Atom]) -> list[DateSpan]:
    """Put the times of day back among the dates; one inside a range of days is part of it."""
    if not clocks:
        return spans
    found: list[DateSpan] = []
    at = 0
    for clock in clocks:
        while at < len(spans) and spans[at].start < clock.end:
            found.append(spans[at])
            at += 1
        if not found or found[-1].end <= clock.start:
            found.append(
                DateSpan(
                    clock.start,
                    clock.end,
                    text[clock.start : clock.end],
                    None,
                    None,
                    "time",
                    "clock",
                    tuple(clock.flags),
                )
            )
    return found + spans[at:]


def _between(shadow: str, a: _Atom, b: _Atom) -> str:
    """What stands between two pieces; `ngày 26/10 đến 7 giờ ngày 29/10` has only `đến` there."""
    gap = shadow[a.end : b.start] if b.start - a.end <= 40 else "?" * 40
    if b.kind == "day" and len(gap) > 6:
        hour = _HOUR.search(gap)
        gap = gap[: hour.start()] if hour else gap
    return gap


def _lend(shadow: str, atoms: list[_Atom]) -> None:
    """Give a list's or range's members the month and year printed with a later one, and the other way for years."""
    for earlier, later in zip(reversed(atoms[:-1]), reversed(atoms[1:]), strict=True):
        gap = _between(shadow, earlier, later)
        if earlier.y is not None or later.y is None or len(gap) > 24:
            continue
        if earlier.kind not in ("day", "month", "quarter", "relative") or later.kind not in ("day", "month", "quarter"):
            continue
        linked = _LINK.fullmatch(gap)
        if not linked and not (_LIST.fullmatch(gap) and later.kind == earlier.kind):
            continue
        if earlier.kind == "relative" and not linked:
            continue
        if earlier.kind == "day" and earlier.m is None:
            if later.d is None or earlier.d is None:
                continue
            earlier.m = later.m
        earlier.y = later.y
        if linked and (earlier.m or 1, earlier.d or 1) > (later.m or 12, later.d or 31):
            earlier.y -= 1
        earlier.flags = [flag for flag in earlier.flags if flag != "no_year"] + ["inherited"]
        _checked(earlier)


def _ranges(shadow: str, a: _Atom, b: _Atom) -> bool:
    gap = _between(shadow, a, b)
    if not gap or len(gap) > 24 or not _LINK.fullmatch(gap):
        return False
    if a.kind == "relative":
        return a.d == 1 and b.y is not None
    simple = ("day", "month", "quarter", "year", "part_year", "half")
    if a.kind in ("holiday", "name") and b.kind in ("holiday", "day"):
        return False
    if a.kind not in simple or b.kind not in simple:
        return False
    if gap.strip() == "-":
        # `tháng 9 - 2023` was read already; a dash joins only like with like.
        return a.kind == b.kind
    first, last = a.bounds()[0], b.bounds()[1]
    return first is None or last is None or first <= last


def _anniversary(a: _Atom, b: _Atom) -> bool:
    """`Kỷ niệm 93 năm Ngày thành lập Đảng (03/02/1930 - 03/02/2023)`: the same day, years apart."""
    if a.y is None or b.y is None or a.d is None:
        return False
    return (a.d, a.m) == (b.d, b.m) and b.y - a.y >= 5


def _range_bounds(shadow: str, a: _Atom, b: _Atom) -> tuple[date | None, date | None]:
    first = date(b.y, 1, 1) if a.kind == "relative" and b.y is not None else a.bounds()[0]
    last = b.bounds()[1]
    gap = shadow[a.end : b.start]
    if last is not None and "giữa" in gap and b.kind == "year":
        last = date(last.year, 6, 30)
    if first is not None and last is not None and first > last:
        return None, None
    return first, last


def _modified(
    hit: re.Match[str],
    kind: str,
    first: date | None,
    last: date | None,
    shadow: str,
    end: int,
    flags: list[str],
    *,
    joined: bool,
) -> tuple[str, date | None, date | None, int] | None:
    """Apply `từ`, `đến`, `hết`, `trước`, `sau` to the unit that follows; None leaves it as it is."""
    base, tail = hit["base"] or hit["alone"], hit["tail"]
    if hit["vague"]:
        if kind not in ("month", "quarter"):
            return None
        flags.append("vague_part")
        return kind, first, last, end
    if base == "từ":
        if joined or kind in ("span", "term"):
            return kind, first, last, end
        since = _SINCE.match(shadow, end)
        if kind in _NO_PERIOD:
            return (kind, None, None, since.end()) if since else (kind, None, None, end)
        if tail in ("đầu", "cuối", "giữa"):
            flags.append("vague_part")
        if tail == "sau" and last is not None:
            first = last + timedelta(days=1)
        return "open_start", first, None, since.end() if since else end
    if base in ("đến", "tới", "hết") and tail != "sau":
        if kind in _NO_PERIOD:
            return None
        if tail == "trước" and kind == "year" and first is not None:
            last = first - timedelta(days=1)
        if (tail == "giữa" or "middle" in flags) and last is not None and kind == "year":
            last = date(last.year, 6, 30)
        if tail == "đầu":
            flags.append("vague_part")
        plain = base != "hết" and tail is None and kind in ("year", "span", "term") and "vague_part" not in flags
        certain = hit.group().lstrip().startswith(("tính", "l", "kể"))
        return "horizon" if plain and not certain else "cumulative", None, last, end
    if base == "trước":
        if kind in _NO_PERIOD or first is None:
            return None
        # `hoàn thành trước ngày 30/6/2024` names its own last day; `trước năm 2020` ends with 2019.
        return "cumulative", None, last if kind == "day" else first - timedelta(days=1), end
    if base == "sau":
        if kind in _NO_PERIOD or last is None:
            return None
        return "open_start", last if kind == "day" else last + timedelta(days=1), None, end
    return None
