"""Fifth pass: which numbers are figures, of which kind, and their values.

A number that names, orders, grades or dates something is no figure (`reason` says which); what is left needs a unit, a
counted noun, or a place in a breakdown. Values follow the separators and the habits of the article.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from transforms.figures.attach import bounded
from transforms.figures.model import Number, Tokens, Unit
from transforms.figures.vocabulary import FIXED, NAME_HEADS, NOUNS, REGIONAL
from transforms.numbers import Follows, Habits, read
from transforms.shadow import listed

_MEASURED: Final = frozenset({"money", "percent", "percent_point", "area", "mass", "volume", "length"})
_ALWAYS_NAMES: Final = listed("thứ số điều khoản km lộ ql đt tl lý")
_NUMBER_OF: Final = listed("tổng trong con của trên một là đủ dân đa thiểu chỉ doanh hệ")
"""Before `số` they make it a total rather than a label: `tổng số 150 hộ`."""
_QUOTIENT: Final = listed("gấp tăng giảm hơn kém bằng thấp cao ứng đương")
_MULTIPLIED: Final = listed("mức hạn lương giá so")
"""First syllables after `N lần` of what it multiplies (`1,5 lần mức lương cơ sở`, `15 lần hạn mức`)."""
_SCORING: Final = listed(
    "đạt được chấm số điểm là với tăng giảm thêm cao thấp hơn quân bình trung tổng nhất từ ngưỡng trên dưới"
)
_MONEY_WORDS: Final = listed(
    "phí vốn tiền giá thu chi hỗ ngân quỹ lãi lương thưởng doanh nhập tư nợ đồng mức vay mua bán giải thuế thặng nộp"
)
_ROUND: Final = frozenset({"1", "100", "1.000", "10.000", "100.000"})
"""Populations that a rate is given on (`8 bác sĩ trên 1 vạn dân`)."""
_SAME_MATTER: Final = 30
"""Tokens between two sums of one matter."""
_THINGS: Final = listed("dân khách lượt lượng người con cây số hộ tấn xe")
_VERBAL_HEADS: Final = listed("luận định")
"""Last syllables of types of documents that are verbs as well (`kết luận 371 tổ chức có vi phạm`)."""
_PROGRAMMES: Final = listed("án trình")
_LESSER: Final = listed("tháng tuần ngày giờ phút")
"""What goes on with a length of time (`phạt chủ tịch xã 7 năm 6 tháng tù`)."""
_NETWORKS: Final = listed("mạng sóng nghệ trạm bts")
"""Before `5g` they make it a generation of networks."""
_LASTING: Final = listed("sau mất hơn gần khoảng suốt dài hết trên dưới quá thêm mỗi đủ hạn tù chậm vòng còn từ")
_AFTER_PERIOD: Final = listed("đạt ước tăng giảm là bằng đã có toàn cả tỉnh của được thu chi xuất giải") | {","}
"""What follows a period named by its months alone."""
_TIERED: Final = listed("phương quyền hình")
_AT_HOUR: Final = listed("lúc hồi vào từ đến")


def follows(unit: Unit | None) -> Follows:
    """Return what class of word stands after a number; it decides its separators."""
    if unit is None or (not unit.kind and not unit.magnified):
        return "nothing"
    if unit.magnified:
        return "magnitude"
    if unit.kind in ("count", "duration"):
        return "count"
    if unit.kind == "money":
        return "money"
    if unit.kind == "percent":
        return "percent"
    if unit.kind in ("percent_point", "multiple", "score"):
        return "points"
    return "measure"


def decide(
    tokens: Tokens,
    number: Number,
    printed: Habits,
    region: str | None = None,
    money: Number | None = None,
    months: frozenset[str] = frozenset(),
) -> None:
    """Fill kind, values, confidence and flags of a number, or `reason` when it is no figure.

    `printed` is how the article writes numbers, `region` its part of the country, `money` the sum of money before the
    number in its sentence, if there is one; `months` are the numbers of months that the text makes periods of
    (`9` where it says `9 tháng năm 2024`).
    """
    about_money = _money_nearby(tokens, number, money)
    number.reason = _refusal(tokens, number, about_money)
    if number.reason is None and number.parts[0] in months and _span_of_months(tokens, number):
        number.reason = "period"
    if number.reason is None:
        _kind(tokens, number, about_money)
    if number.reason is None:
        _values(tokens, number, printed, region)


# ------------------------------------------------------------------------------------------------- what is no figure


def _refusal(tokens: Tokens, number: Number, about_money: bool) -> str | None:
    """Return why a number states no quantity, null when it may."""
    if number.shape == "code":
        return "code"
    first, after = number.first, number.after
    if FIXED.starting(tokens, first) is not None and not _all_of(number):
        return "fixed"
    if tokens.at(after) in ("độ", "°") and tokens.at(after + 1) in ("vĩ", "kinh"):
        return "coordinate"
    if tokens.at(after) == "%" and tokens.at(after + 1) == "tấm":
        # `gạo 5% tấm` is a grade of rice.
        return "grade"
    if _coded(tokens, number):
        return "code"
    unit = number.unit
    if tokens.at(after) == "sao" and unit is not None and not unit.magnified:
        return "grade"
    if _clock(tokens, number):
        return "clock"
    if tokens.at(after) == "cấp" and tokens.at(first - 1) in _TIERED and tokens.at(after + 1) not in ("ủy", "học"):
        # `chính quyền địa phương 2 cấp` names a form of government.
        return "name"
    if (
        tokens.at(first - 1) == "trên"
        and number.parts[0] in _ROUND
        and tokens.at(number.tail - 1) == "dân"
        and first > 2
    ):
        return "per"
    named = _named(tokens, number)
    if named:
        return named
    if number.shape == "range" and not _ascending(number):
        return "interval"
    if unit is None:
        return None if number.shape == "ratio" and _rank(tokens, number) else "bare"
    if not unit.kind and not about_money:
        return None if not _capital_before(tokens, first) else "name"
    if unit.kind == "count" and not unit.known:
        return _doubtful(tokens, number)
    return None


def _all_of(number: Number) -> bool:
    """Whether a ratio says that all are meant (`24/24 đại biểu`), a counted noun right after it."""
    unit = number.unit
    return (
        number.shape == "ratio"
        and number.parts[0] == number.parts[1]
        and unit is not None
        and unit.kind == "count"
        and unit.known
        and not number.borrowed
    )


def _coded(tokens: Tokens, number: Number) -> bool:
    """Whether letters or signs glued to the digits make them a code (`Covid-19`, `4G`, `QL.91`, `118-KH/ĐUQS`)."""
    first, after = number.first, number.after
    if tokens.glued(after) and tokens.word(after) and (number.unit is None or number.unit.noun_start != after):
        return True
    if tokens.at(after) in ("-", "/") and tokens.glued(after) and tokens.glued(after + 1) and tokens.capital(after + 1):
        return True
    before = tokens.at(first - 1)
    if before in _NETWORKS and tokens.at(after) == "g" and tokens.glued(after):
        return True
    if (
        before in (".", ":", "_", "#", "/")
        and tokens.glued(first)
        and tokens.glued(first - 1)
        and not (before == ":" and tokens.digit(first - 2))
    ):
        return before != "/" or not tokens.word(first - 2) or tokens.capital(first - 2)
    if before == ":" and tokens.glued(first) and tokens.digit(first - 2):
        return True
    if before in ("n°", "№"):
        return True
    if before == "-" and (tokens.word(first - 2) or tokens.digit(first - 2)):
        tight = tokens.glued(first) or (tokens.glued(first - 1) and tokens.word(first - 2))
        if tight and not (tokens.digit(first - 2) and number.unit is not None):
            return True
    return (
        len(number.parts[0]) > 1
        and number.parts[0].endswith(".0")
        and number.shape == "single"
        and number.parts[0].count(".") == 1
    )


def _clock(tokens: Tokens, number: Number) -> bool:
    """Whether the number is an hour of the day (`lúc 8 giờ`, `14h`)."""
    unit = number.unit
    if unit is None or unit.kind != "duration" or unit.base not in ("hour", "minute") or unit.magnified:
        return False
    if unit.base == "minute":
        return (
            tokens.at(number.first - 1) == "giờ"
            and tokens.digit(number.first - 2)
            and tokens.at(number.first - 3) in _AT_HOUR
        )
    before = tokens.at(number.first - 1)
    after = tokens.at(unit.end)
    if before in ("lúc", "hồi", "vào", "từ", "đến") and tokens.digit(unit.end):
        return True
    return (
        before in ("lúc", "hồi", "vào")
        or after in ("sáng", "chiều", "tối", "trưa", "đêm", "ngày", "kém", "thứ")
        or (before in ("từ", "đến", "sau", "trước", "khoảng") and after in ("đến", "-", "hằng", "hàng", "cùng", "hôm"))
    )


def _span_of_months(tokens: Tokens, number: Number) -> bool:
    """Whether `N tháng` is a period named before rather than a length of time (`thu 9 tháng đạt 5.120 tỷ`)."""
    unit = number.unit
    return (
        unit is not None
        and unit.base == "month"
        and number.shape == "single"
        and number.after + 1 == unit.end
        and tokens.at(number.first - 1) not in _LASTING
        and tokens.at(unit.end) in _AFTER_PERIOD
    )


def _named(tokens: Tokens, number: Number) -> str | None:
    """Whether a head before the number makes it a name, an ordinal or a grade."""
    first = number.first
    head = NAME_HEADS.ending(tokens, first)
    if head is None:
        return None
    start, strength = head
    word = tokens.low[first - 1]
    if word == "số" and tokens.low[max(0, first - 3) : first - 1] == ["liên", "hệ"]:
        return "name"
    if strength == "never":
        return None
    unit = number.unit
    if number.parallel and number.borrowed and word not in _ALWAYS_NAMES:
        return None
    if word in ("thứ", "hạng", "trí"):
        return None if _rank(tokens, number) else "ordinal"
    if word == "số" and start == first - 1 and tokens.at(first - 2) in _NUMBER_OF:
        return None
    if strength == "always" and word in _VERBAL_HEADS and not tokens.capital(start) and unit is not None:
        strength = "order"
    if strength == "always":
        if word in _PROGRAMMES and tokens.capital(start) and unit is not None and unit.kind != "money":
            # `Đề án 1 triệu héc-ta lúa`
            return "name"
        if word not in _ALWAYS_NAMES and unit is not None and unit.kind in _MEASURED and not number.borrowed:
            return None
        if word not in _ALWAYS_NAMES and unit is not None and unit.magnified:
            return None
        if word == "số" and unit is not None and unit.kind in ("money", "percent"):
            return None
        return "name"
    if unit is None or number.borrowed:
        return (
            None
            if number.borrowed and (number.parallel or "." in number.parts[0] or number.shape == "ratio")
            else "name"
        )
    if unit.kind in ("", "count") and not unit.magnified:
        if not unit.known:
            return "name"
        return "name" if _chained_name(tokens, number, unit) else None
    if unit.kind == "duration" and tokens.digit(unit.end) and tokens.at(unit.end + 1) not in _LESSER:
        # `đợt 2 năm 2024`
        return "name"
    if unit.kind in ("duration", "multiple", "score") and len(number.parts[0]) <= 2 and word in ("lớp", "cấp", "khối"):
        return "name"
    return None


def _chained_name(tokens: Tokens, number: Number, unit: Unit) -> bool:
    """Whether the noun after is the next part of a name (`tổ 5 khu phố 3`, `thôn 2 xã Hòa Sơn`)."""
    if unit.group not in ("place", "body") or unit.end <= number.after:
        return False
    end = unit.noun_start
    match = NOUNS.starting(tokens, end)
    after = match[0] if match else unit.end
    return tokens.capital(after) or tokens.digit(after) or (tokens.capital(number.first - 1) and number.first > 1)


def _capital_before(tokens: Tokens, first: int) -> bool:
    """Whether a capital that opens no clause stands right before the number."""
    return (
        first > 1
        and tokens.capital(first - 1)
        and tokens.word(first - 1)
        and tokens.at(first - 2) not in (":", ";", "-")
    )


def _doubtful(tokens: Tokens, number: Number) -> str | None:
    """Judge a number before a noun that no list knows."""
    first = number.first
    before = tokens.at(first - 1)
    if _capital_before(tokens, first) and not bounded(tokens, first - 1):
        return "name"
    if _year(number.parts[0]) and number.shape == "single":
        return "year"
    if (
        before.isalpha()
        and NOUNS.starting(tokens, first - 1) is not None
        and not bounded(tokens, first - 1)
        and first > 1
    ):
        # `khoa nội 2 chuyển …`: a noun right before and an unknown word right after.
        return "name"
    if number.shape == "ratio":
        return "bare" if number.unit is None else None
    return None


def _year(part: str) -> bool:
    return len(part) == 4 and part.isdigit() and "1900" <= part <= "2100"


def _ascending(number: Number) -> bool:
    if len(number.part_units) == 2:
        return True
    low, high = (read(part).value for part in number.parts)
    return low is not None and high is not None and low < high


def _money_nearby(tokens: Tokens, number: Number, money: Number | None) -> bool:
    """Whether a sum before it, or words before or right after it, make a bare magnitude one of money."""
    if number.unit is None or number.unit.kind or not number.unit.magnified:
        return False
    if money is not None and number.first - money.tail <= _SAME_MATTER:
        return True
    start = max(0, number.first - 12)
    for index in range(number.first - 1, start - 1, -1):
        word = tokens.low[index]
        if word in _MONEY_WORDS:
            return True
        if word in ";.":
            break
    return tokens.at(number.tail) in ("tiền", "vốn")


# --------------------------------------------------------------------------------------------------- kind and values


def _rank(tokens: Tokens, number: Number) -> bool:
    """Whether the number is a place in a ranking (`đứng thứ 02/63 tỉnh`)."""
    start = max(0, number.first - 6)
    before = set(tokens.low[start : number.first - 1])
    last = tokens.at(number.first - 1)
    if last == "hạng":
        return tokens.at(number.first - 2) in ("xếp", "thứ") and (
            number.shape == "ratio" or tokens.at(number.after) in ("trong", "trên", "toàn", "cả")
        )
    if last not in ("thứ", "trí"):
        return False
    if last == "trí":
        return tokens.at(number.first - 2) == "vị" and number.shape == "ratio"
    if number.shape == "ratio":
        return tokens.at(number.first - 2) not in ("lần",)
    return bool(before & {"đứng", "xếp", "vị", "vươn", "hạng"}) and tokens.at(number.first - 2) not in (
        "lần",
        "kỳ",
        "năm",
    )


def _kind(tokens: Tokens, number: Number, about_money: bool) -> None:
    """Settle the kind of a number that may be a figure."""
    unit = number.unit
    if _rank(tokens, number):
        number.kind = "rank"
        return
    if unit is None:
        number.reason = "bare"
        return
    if not unit.kind:
        if about_money:
            unit.kind, unit.base = "money", "VND"
            number.flags = (*number.flags, "elided_unit")
            number.sure *= 0.85
        elif not _things_nearby(tokens, number):
            # `một chuyến được 150 ngàn`: a magnitude that nothing follows is money.
            unit.kind, unit.base = "money", "VND"
            number.flags = (*number.flags, "elided_unit")
            number.sure *= 0.6
        else:
            unit.kind, unit.base = "other", None
            number.flags = (*number.flags, "elided_unit")
            number.sure *= 0.4
    number.kind = unit.kind
    if unit.kind == "multiple" and not _multiplies(tokens, number):
        number.kind, unit.base = "count", "lần"
        unit.base = " ".join(tokens.text[unit.noun_start : unit.end]).split("/")[0].strip()
    elif unit.kind == "score":
        if number.shape == "ratio" or _scores(tokens, number):
            number.kind = "score"
        else:
            number.kind = "count"
            unit.base = tokens.text[unit.noun_start]
    if number.shape == "ratio" and number.kind not in ("ratio", "score", "percent", "percent_point"):
        if number.kind not in ("count", "ratio") and not number.borrowed:
            # `7,8/11,2 km`, `45,6/60 tỷ đồng`: a part of a whole in the unit as printed, magnitudes multiplied in.
            unit.base, unit.factor = " ".join(_measure_printed(tokens, unit)), Decimal(1)
        number.kind = "ratio"


def _measure_printed(tokens: Tokens, unit: Unit) -> list[str]:
    """Return the words of a unit, its `per` units left off."""
    words = tokens.text[unit.noun_start : unit.end]
    return words[: words.index("/")] if "/" in words else words


def _things_nearby(tokens: Tokens, number: Number) -> bool:
    """Whether the words before a bare magnitude speak of things that it may count."""
    return not _THINGS.isdisjoint(tokens.low[max(0, number.first - 8) : number.first])


def _multiplies(tokens: Tokens, number: Number) -> bool:
    """Whether `N lần` compares sizes rather than counts occasions."""
    for index in range(number.first - 1, max(-1, number.first - 6), -1):
        word = tokens.low[index]
        if word in _QUOTIENT:
            return True
        if word in (",", ";", ".", "có", "đã"):
            break
    return "," in number.parts[0] or tokens.at(number.tail) in _MULTIPLIED


def _scores(tokens: Tokens, number: Number) -> bool:
    """Whether `N điểm` is a mark rather than so many places."""
    if number.unit is None:
        return False
    digits = number.parts[0]
    if ("," in digits or "." in digits) and (digits[0] == "0" or len(digits.replace(",", ".").split(".")[-1]) != 3):
        return True
    if tokens.word(number.unit.end) and not bounded(tokens, number.unit.end) and tokens.at(number.unit.end) != "trung":
        return False
    return tokens.at(number.first - 1) in _SCORING


def _values(tokens: Tokens, number: Number, printed: Habits, region: str | None) -> None:
    """Read the digits and apply magnitudes and factors."""
    unit = number.unit or Unit(number.after)
    kind = follows(number.unit)
    readings = [read(part, kind, printed) for part in number.parts]
    if any(reading.value is None for reading in readings):
        number.reason = "unparsed"
        return
    for reading in readings:
        number.flags += tuple(flag for flag in reading.flags if flag not in number.flags)
        number.sure *= reading.confidence
    if number.spaced:
        number.flags = (*number.flags, "space_group")
        number.sure *= 0.9
    if number.borrowed:
        number.flags = (*number.flags, "elided_unit")
        number.sure *= 0.7
    if unit.kind == "count" and not unit.known:
        number.sure *= 0.8
    factor = unit.factor
    if factor is None:
        name = tokens.at(unit.noun_start)
        factor = REGIONAL.get(name, {}).get(region or "")
        number.flags = (*number.flags, "regional_unit")
        number.sure *= 0.8
        if factor is None:
            factor = Decimal(1)
            unit.base = name
    values = [reading.value for reading in readings if reading.value is not None]
    scale = unit.magnitude * factor
    if number.shape == "chain":
        number.value = sum(
            (value * part.magnitude * factor for value, part in zip(values, number.part_units, strict=True)), Decimal(0)
        )
        return
    if number.shape == "ratio":
        # `45,6/60 tỷ đồng`: the magnitude belongs to both.
        number.value, number.denominator = values[0] * scale, values[1] * scale
        if number.kind not in ("ratio", "score", "rank"):
            number.kind = "ratio" if number.kind == "count" else number.kind
        if number.kind == "ratio" and number.denominator == 0:
            number.reason = "unparsed"
        return
    if number.shape == "range":
        left = number.part_units[0] if number.part_units else unit
        low_scale = left.magnitude * (left.factor or factor) if left.magnified or left.kind else scale
        number.value, number.value_max = values[0] * low_scale, values[1] * scale
        return
    number.value = values[0] * scale
    alternative = readings[0].alternative
    if alternative is not None:
        number.alternative = alternative * scale
