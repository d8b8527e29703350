"""Fourth pass: numbers that are one figure become one, and a unit printed once is lent to its neighbours.

`2 tỷ 240 triệu đồng` is one sum; `5% đến 7%` one range; in `từ 15 lên 20 mô hình` and `22 sản phẩm đạt 4 sao, 92 đạt 3
sao` the noun stands with one number and belongs to both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

from transforms.figures.attach import bounded
from transforms.figures.model import Number, Tokens, Unit
from transforms.figures.vocabulary import BOUNDARIES, NAME_HEADS, NOUNS
from transforms.numbers import read
from transforms.shadow import listed

_RISE_TO: Final = listed("lên xuống còn")
_STATUS: Final = listed(
    "đạt được đã đang chưa là thuộc bị hoàn đăng không vẫn sẽ tham từng đủ có ở do trở tiếp đến thoát mới vừa tại "
    "toàn một"
)
"""Words after a number that say what became of things counted before."""
_BEFORE: Final = listed("còn có là đó gồm và với thì được đạt nay trong đã chỉ riêng")
_LABEL_WORDS: Final = listed("đời nghề số quân bình trung từ là khoảng dưới trên hơn gần đạt của đảng")
_TIERS: Final = listed("tỉnh huyện xã thôn sở")
_STOPS: Final = frozenset(",;.):(")
_SHORTENED: Final = listed("tp tx tt q h p")
"""Abbreviations that a full stop follows inside a label (`TP. Thủ Đức 42`)."""
_AUXILIARIES: Final = listed("đã đang phải cũng mới vừa sẽ")
_OUT_OF: Final = (("trên", "tổng", "số"), ("trong", "tổng", "số"), ("trên", "tổng"))
_NUMBERED: Final = 10
"""Tokens back that `số` may stand in a label."""
_IDENTIFIED: Final = listed("tài điện nhà thẻ xe máy thửa tờ hiệu phòng đường quyết văn hồ trang tập")
"""First syllables of what a number identifies rather than counts (`số tài khoản`, `số hồ sơ`)."""
_NO_TOTAL: Final = listed("chỉ hệ đa thiểu dân doanh một nghị")
_RANKED: Final = listed("thứ trí hạng")
_LABEL_MAX: Final = 8
_SERIES_LABEL: Final = 14
"""Tokens that the label of a member of a series may have, its commas counted."""
_REMARK: Final = 12
_SHORT_LABEL: Final = 3
_TOTALS: Final = 12
"""Figures back that a total may stand."""
_LENT: Final = frozenset({"money", "area", "length", "mass", "volume"})
_WHOLE: Final = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})*|[0-9]{1,9}")
_GOES_ON: Final = listed("trong cụ gồm bao riêng")
"""First syllables of sentences that break down what the one before counted (`Trong đó, …`, `Cụ thể: …`)."""
_REACH: Final = 60
"""How many tokens back a number may take its noun from."""


Counted = tuple[Decimal, Unit]
"""What a sentence counted: the value and its noun."""


def join(tokens: Tokens, found: list[Number], before: Sequence[Counted] = ()) -> list[Number]:
    """Return the numbers of a sentence with sums and two-unit ranges joined and missing units lent.

    `before` is what the sentence before it in the same paragraph counted.
    """
    joined: list[Number] = []
    for number in found:
        previous = joined[-1] if joined else None
        if previous is not None and previous.shape in ("single", "chain") and number.shape == "single":
            if _sums(previous, number):
                _add(previous, number)
                continue
            if previous.shape == "single" and _ranges(tokens, previous, number):
                _widen(previous, number)
                continue
        joined.append(number)
    _lend(tokens, joined)
    _lend_rises(tokens, joined)
    _lend_measures(tokens, joined)
    _share_scale(tokens, joined)
    _break_down(tokens, joined, before)
    return joined


def counted(found: Sequence[Number]) -> list[Counted]:
    """Return what the numbers of a sentence count with nouns of their own."""
    return [
        (size, number.unit)
        for number in found
        if number.unit is not None and _counts(number) and not number.borrowed and (size := _size(number)) is not None
    ]


def _counts(number: Number) -> bool:
    unit = number.unit
    return unit is not None and unit.kind == "count" and unit.known and number.shape == "single"


def _size(number: Number) -> Decimal | None:
    """Return the value of a whole number, whatever parts its thousands."""
    printed = _WHOLE.fullmatch(number.parts[0])
    return Decimal(number.parts[0].replace(".", "").replace(",", "")) if printed else None


def _break_down(tokens: Tokens, found: list[Number], before: Sequence[Counted]) -> None:
    """Lend a noun to a series of labels and bare numbers (`chuyên trách 214, kiêm nhiệm 2.094`).

    The noun is that of the last member (`khiển trách 34, cảnh cáo 11 đảng viên`), of a member that has one already, of
    the total that the series adds up to, or of the total that opens it (`…: kinh tế 50, văn hóa 40`).
    """
    index = 0
    while index < len(found):
        end = index
        while end < len(found) and _member(tokens, found, end, index):
            end += 1
        members = found[index:end]
        if members:
            unit, sure = _whole_of(tokens, found, index, end, before)
            if unit is not None and (sure or not any(_names(tokens, member) for member in members)):
                for member in members:
                    if member.unit is None or sure:
                        _borrow(member, unit)
                        member.parallel = True
        index = max(end, index + 1)


def _member(tokens: Tokens, found: list[Number], at: int, first: int) -> bool:
    """Whether a number without a noun of its own stands as `label N` in the series that begins at `first`."""
    number = found[at]
    if number.shape != "single" or number.spaced or (number.unit is not None and not number.borrowed):
        return False
    if _size(number) is None or tokens.at(number.after) not in (*_STOPS, "và", ""):
        return False
    opening = _label_start(tokens, number)
    if opening is None:
        return False
    return at == first or opening <= found[at - 1].after + 1 or _in_brackets(tokens, found[at - 1].after, opening)


def _in_brackets(tokens: Tokens, start: int, end: int) -> bool:
    """Whether only a remark in brackets stands between two members."""
    return end - start <= _REMARK and tokens.at(start) == "(" and ")" in tokens.low[start:end]


def _label_start(tokens: Tokens, number: Number) -> int | None:
    """Return where the label of a number begins, null when no label of a few words stands before it."""
    start: int | None = None
    for index in range(number.first - 1, max(-2, number.first - _SERIES_LABEL - 2), -1):
        word = tokens.at(index)
        if word == ":" and index == number.first - 1 and not tokens.glued(number.first):
            # `hạng Nhì: 2, hạng Ba: 8`
            continue
        if (
            word in ("", ";", ":", "(", ")", "gồm")
            or tokens.digit(index)
            or (word == "đó" and tokens.at(index - 1) == "trong")
        ):
            return start if word != "" or index < 0 else None
        if word == "," and index == number.first - 1:
            return None
        if word == '"' or (word == "." and tokens.at(index - 1) not in _SHORTENED):
            return None
        if word not in (",", "và", "-"):
            start = index
    return None


def _whole_of(
    tokens: Tokens, found: list[Number], first: int, end: int, before: Sequence[Counted]
) -> tuple[Unit | None, bool]:
    """Return the noun of a series and whether its arithmetic proves it."""
    members = found[first:end]
    own = counted(found[max(0, first - _TOTALS) : first])
    for totals in (own, before):
        total = sum((_size(member) or Decimal(0) for member in members), Decimal(0))
        for size, unit in reversed(totals):
            if len(members) > 1 and size == total:
                return unit, True
    last = found[end] if end < len(found) else None
    if last is not None and last.unit is not None and _counts(last) and not last.borrowed:
        opening = _label_start(tokens, last)
        if (
            opening is not None
            and opening <= found[end - 1].after + 1
            and (
                len(members) > 1
                or (_short(tokens, last) and _short(tokens, members[0]))
                or _heads_label(tokens, members[0], last.unit)
            )
        ):
            return last.unit, False
    for member in members:
        if member.unit is not None and len(members) > 1:
            return member.unit, False
    opening = _label_start(tokens, members[0])
    sign = tokens.at(opening - 1) if opening else ""
    if own and opening is not None and len(members) > 1 and sign in (":", "(", "gồm", "đó"):
        return own[-1][1], False
    if before and not own and len({unit.base for _, unit in before}) == 1 and tokens.at(0) in _GOES_ON:
        return before[-1][1], False
    return None, False


def _heads_label(tokens: Tokens, number: Number, unit: Unit) -> bool:
    """Whether the label of a number opens with the noun itself (`mô hình kinh tế 50, văn hóa 40 mô hình`)."""
    opening = _label_start(tokens, number)
    noun = (unit.base or "").lower().split()
    return opening is not None and bool(noun) and tokens.low[opening : opening + len(noun)] == noun


def _short(tokens: Tokens, number: Number) -> bool:
    """Whether the label of a number is a word or three of which none is a verb or a particle."""
    opening = _label_start(tokens, number)
    if opening is None or number.first - opening > _SHORT_LABEL:
        return False
    return not any(bounded(tokens, index) for index in range(opening, number.first))


def _names(tokens: Tokens, number: Number) -> bool:
    """Whether the word before a bare number makes it a name (`phòng 305`)."""
    if number.borrowed:
        return False
    opening = _label_start(tokens, number)
    if opening is not None and tokens.low[opening] == "cấp":
        # `cấp quận, huyện 112`
        return False
    head = NAME_HEADS.ending(tokens, number.first)
    return (head is not None and head[1] != "never") or (tokens.capital(number.first - 1) and number.first > 1)


def _sums(left: Number, right: Number) -> bool:
    """Whether `right` continues the sum that `left` opens (`2 tỷ` `240 triệu đồng`)."""
    a, b = left.unit, right.unit
    if a is None or b is None or not a.magnified or a.kind or a.per or right.first != a.end:
        return False
    if "." in right.parts[0] or "," in right.parts[0]:
        return False
    low = left.part_units[-1].magnitude if left.part_units else a.magnitude
    return b.magnitude < low and bool(b.magnified or b.kind)


def _add(left: Number, right: Number) -> None:
    if left.unit is None or right.unit is None:
        return
    left.part_units = (*(left.part_units or (left.unit,)), right.unit)
    left.parts = (*left.parts, right.parts[0])
    left.shape = "chain"
    left.after = right.after
    left.unit = right.unit


def _ranges(tokens: Tokens, left: Number, right: Number) -> bool:
    """Whether two numbers with units of their own make a range (`5% đến 7%`, `3 triệu - 5 triệu đồng`)."""
    a, b = left.unit, right.unit
    if a is None or b is None or a.end + 1 != right.first or a.per:
        return False
    joint = tokens.at(a.end)
    if joint not in ("-", "đến", "tới"):
        return False
    if joint != "-" and tokens.at(left.first - 1) != "từ":
        return False
    if a.kind and a.base != b.base:
        return False
    if not a.kind and not b.kind:
        return False
    x, y = read(left.parts[0]).value, read(right.parts[0]).value
    return x is not None and y is not None and x * _scale(a) < y * _scale(b)


def _scale(unit: Unit) -> Decimal:
    return unit.magnitude * (unit.factor or Decimal(1))


def _widen(left: Number, right: Number) -> None:
    if left.unit is None or right.unit is None:
        return
    left.part_units = (left.unit, right.unit)
    left.parts = (*left.parts, right.parts[0])
    left.shape = "range"
    left.after = right.after
    left.unit = right.unit


def _lend(tokens: Tokens, found: list[Number]) -> None:
    """Give numbers without a unit that of the neighbour whose things they count."""
    antecedent: Number | None = None
    for index in range(len(found) - 2, -1, -1):
        number, following = found[index], found[index + 1]
        if number.unit is None and number.shape == "single" and _parallel(tokens, number, None, following):
            _borrow(number, following.unit)
            number.parallel = True
    for at, number in enumerate(found):
        if number.shape == "code":
            continue
        if number.unit is not None and number.unit.kind == "" and antecedent is None:
            continue
        label = (_label_unit(tokens, number) or _number_of(tokens, number)) if number.unit is None else None
        if label is not None:
            number.unit = label
        elif number.unit is None:
            nearby = found[at + 1] if at + 1 < len(found) else None
            if _rises(tokens, number, nearby) or _out_of(tokens, number, nearby):
                _borrow(number, nearby.unit if nearby else None, rate=True)
            elif antecedent is not None and _parallel(tokens, number, antecedent, None):
                _borrow(number, antecedent.unit)
                number.parallel = True
            elif (
                antecedent is not None
                and number.first - antecedent.first <= _REACH
                and (_elliptic(tokens, number, antecedent) or _tabled(tokens, number, antecedent))
            ):
                _borrow(number, antecedent.unit)
        if number.unit is not None and number.unit.kind == "count" and number.unit.known and number.shape != "range":
            antecedent = number


def _lend_rises(tokens: Tokens, found: list[Number]) -> None:
    """Give the first number of a rise the noun that its second has borrowed (`giảm 23 sở, từ 38 xuống 15`)."""
    for number, following in pairwise(found):
        if number.unit is None and following.borrowed and _rises(tokens, number, following):
            _borrow(number, following.unit, rate=True)


def _lend_measures(tokens: Tokens, found: list[Number]) -> None:
    """Lend a measure to the labelled parts before the one that prints it (`Trung ương 10, tỉnh 6, huyện 2,65 tỷ đồng`).

    A whole in the same measure that the parts add up to, or the sign that opens the list, shows that they are parts.
    """
    for at, last in enumerate(found):
        unit = last.unit
        if unit is None or unit.kind not in _LENT or last.borrowed or last.shape != "single" or not at:
            continue
        opening = _label_start(tokens, last)
        first = at
        while first > 0 and at - first < _TOTALS and opening is not None:
            part = found[first - 1]
            if part.unit is not None or part.shape != "single" or opening > part.after + 1:
                break
            if tokens.at(part.after) not in (",", "và"):
                break
            opening = _label_start(tokens, part)
            first -= 1
        if first == at or opening is None:
            continue
        whole = found[first - 1] if first else None
        if whole is None or whole.unit is None or whole.unit.base != unit.base:
            continue
        parts = found[first:at]
        listed_parts = tokens.at(opening - 1) in ("đó", "gồm", "(", ":")
        if _adds_up(whole, found[first : at + 1]) or (
            listed_parts and not any(_names(tokens, part) and not _tier(tokens, part) for part in parts)
        ):
            for part in parts:
                _borrow(part, unit)
                part.parallel = True


def _tier(tokens: Tokens, number: Number) -> bool:
    """Whether a tier of government labels the number (`tỉnh 6`, `Trung ương 10`)."""
    return tokens.at(number.first - 1) in _TIERS or tokens.low[max(0, number.first - 2) : number.first] == [
        "trung",
        "ương",
    ]


def _adds_up(whole: Number, parts: Sequence[Number]) -> bool:
    """Whether the printed parts make the printed whole, all in one scale."""
    sizes = [read(part.parts[0]).value for part in (whole, *parts)]
    known = [size for size in sizes if size is not None]
    return len(known) == len(sizes) and known[0] == sum(known[1:], Decimal(0))


def _borrow(number: Number, unit: Unit | None, *, rate: bool = False) -> None:
    """Give a number the unit of a neighbour, its `per` units only where both are the same `rate`."""
    if unit is None:
        return
    number.unit = replace(unit, end=number.after, noun_start=number.after, per=unit.per if rate else ())
    if number.shape != "ratio":
        # `từ 1,2 lên 1,5 triệu lượt`: the magnitude goes with the unit.
        number.unit.magnitude, number.unit.magnified = unit.magnitude, unit.magnified
    number.borrowed = True


def _rises(tokens: Tokens, number: Number, following: Number | None) -> bool:
    """Whether `number` is the first of `từ A lên B mô hình`, the unit at B."""
    if following is None or following.unit is None or not following.unit.kind or number.shape != "single":
        return False
    if tokens.at(number.first - 1) != "từ":
        return False
    between = tokens.low[number.after : following.first]
    return 0 < len(between) <= 12 and bool(_RISE_TO & set(between)) and not {",", ";"} & set(between)


def _out_of(tokens: Tokens, number: Number, following: Number | None) -> bool:
    """Whether `number` is a part of the whole that follows (`giải quyết 263 trên tổng số 301 vụ việc`)."""
    if following is None or following.unit is None or following.unit.kind != "count" or number.shape != "single":
        return False
    return tuple(tokens.low[number.after : following.first]) in _OUT_OF


def _label_unit(tokens: Tokens, number: Number) -> Unit | None:
    """Return the unit that stands before the number as a label (`tuổi đời bình quân 46,8`, `điểm trung bình 7,85`)."""
    if number.shape == "ratio" or (tokens.word(number.after) and not bounded(tokens, number.after)):
        return None
    for index in range(number.first - 1, max(-1, number.first - 7), -1):
        word = tokens.low[index]
        if word == "tuổi":
            return Unit(number.after, "duration", "year", noun_start=number.after)
        if word == "điểm" and "," in number.parts[0]:
            return Unit(number.after, "score", "điểm", noun_start=number.after)
        if word not in _LABEL_WORDS:
            return None
    return None


def _number_of(tokens: Tokens, number: Number) -> Unit | None:
    """Return the noun of a label that says what is numbered (`số cử tri đi bỏ phiếu 18.577`, `tổng số hộ: 412`)."""
    if number.shape != "single" or _size(number) is None or tokens.at(number.after) not in (*_STOPS, "và", ""):
        return None
    if NAME_HEADS.ending(tokens, number.first) is not None:
        return None
    for index in range(number.first - 1, max(-1, number.first - _NUMBERED), -1):
        word = tokens.low[index]
        if word == ":" and index == number.first - 1:
            continue
        if not tokens.word(index):
            return None
        if word == "số":
            if tokens.low[index + 1] in _IDENTIFIED or tokens.at(index - 1) in _NO_TOTAL:
                return None
            noun = NOUNS.starting(tokens, index + 1)
            if noun is None or noun[0] > number.first:
                return None
            printed = " ".join(tokens.text[index + 1 : noun[0]])
            return Unit(number.after, "count", printed, group=noun[1], noun_start=number.after)
    return None


def _parallel(tokens: Tokens, number: Number, before: Number | None, after: Number | None) -> bool:
    """Whether the label of a bare number is like that of its neighbour (`cấp tỉnh có 12, cấp huyện 38`)."""
    mine = _label_head(tokens, number)
    if tokens.at(number.after) not in (*_STOPS, "và", ""):
        return False
    name = NAME_HEADS.ending(tokens, number.first)
    if name is not None and name[1] != "never" and tokens.at(number.first - 1) not in _TIERS:
        return False
    if after is not None and after.unit is not None and after.unit.kind == "count" and after.unit.known:
        head = _label_head(tokens, after)
        return (
            head is not None
            and after.first - number.after <= _LABEL_MAX
            and head in tokens.low[max(0, number.first - 5) : number.first]
        )
    if before is None or mine is None:
        return False
    return number.first - before.tail <= _LABEL_MAX and mine in tokens.low[max(0, before.first - 5) : before.first]


def _label_head(tokens: Tokens, number: Number) -> str | None:
    """Return the first word of the label before a number, back to the sign or `và` that opens it."""
    index = number.first - 1
    head: str | None = None
    while index >= 0 and number.first - index <= 6:
        word = tokens.low[index]
        if word in _STOPS or word == "và" or tokens.digit(index):
            return head
        head = word
        index -= 1
    return head if index < 0 else None


def _share_scale(tokens: Tokens, found: list[Number]) -> None:
    """Lend the noun of a ratio to bare ratios of the same denominator (`đạt 16/19 tiêu chí, … 15/19`)."""
    lenders: dict[str, Unit] = {}
    for number in reversed(found):
        if number.unit is not None and number.unit.kind == "count":
            lenders[number.parts[-1]] = number.unit
    for number in found:
        if number.shape == "ratio" and number.unit is None and not _titled(tokens, number):
            unit = lenders.get(number.parts[1])
            if unit is not None:
                _borrow(number, unit)


def _titled(tokens: Tokens, number: Number) -> bool:
    """Whether a head before a bare ratio makes it a name (`lớp 9/2`), ranks aside (`đứng thứ 21/63`)."""
    return NAME_HEADS.ending(tokens, number.first) is not None and tokens.at(number.first - 1) not in _RANKED


def _elliptic(tokens: Tokens, number: Number, antecedent: Number) -> bool:
    """Whether a bare number counts what `antecedent` counts."""
    if tokens.at(number.first - 1) in ("-", "/", ".", ":") and tokens.glued(number.first):
        return False
    head = NAME_HEADS.ending(tokens, number.first)
    if head is not None and (head[1] == "always" or (head[1] == "order" and "." not in number.parts[0])):
        return False
    if "," in number.parts[0] and len(number.parts[0].split(",")[-1]) != 3:
        return False
    before, after = tokens.at(number.first - 1), tokens.at(number.after)
    ends = after == "" or after in _STOPS
    if (
        tokens.capital(number.first - 1)
        and number.first - 1 > 0
        and before != "đảng"
        and not _labelled(tokens, number, antecedent)
    ):
        return False
    if number.shape == "ratio":
        return before in _BEFORE or before in ("quyết", "điểm", "thành") or (ends and before.isalpha())
    if number.shape == "range":
        return False
    if after in _STATUS and (before in _BEFORE or before in (",", ";", "(")):
        return True
    if ends and before in ("còn", "lên", "xuống", "nay", "còn lại"):
        return True
    return ends and (_done(tokens, number) or _labelled(tokens, number, antecedent))


def _tabled(tokens: Tokens, number: Number, antecedent: Number) -> bool:
    """Whether both numbers stand behind a colon (`năm 2021: 214 đảng viên; năm 2022: 236; …`)."""
    return (
        number.shape == "single"
        and _size(number) is not None
        and tokens.at(number.first - 1) == ":"
        and not tokens.glued(number.first)
        and tokens.at(antecedent.first - 1) == ":"
        and tokens.at(number.after) in (*_STOPS, "")
        and ";" in tokens.low[antecedent.after : number.first]
    )


def _done(tokens: Tokens, number: Number) -> bool:
    """Whether a verb right before the number says what became of the things counted (`phê duyệt 98, trả lại 22`)."""
    for index in range(number.first - 1, max(-1, number.first - 7), -1):
        word = tokens.low[index]
        if word in (",", ";"):
            verb = index + 1
            while verb < number.first and tokens.low[verb] in _AUXILIARIES:
                verb += 1
            return verb < number.first and BOUNDARIES.starting(tokens, verb) in _verbs(tokens, verb)
        if not tokens.word(index) or tokens.capital(index):
            return False
    return False


def _verbs(tokens: Tokens, at: int) -> tuple[tuple[int, str] | None, ...]:
    return ((at + 1, "verb"), (at + 2, "verb"))


def _labelled(tokens: Tokens, number: Number, antecedent: Number) -> bool:
    """Whether the number stands at the end of `label N` in a breakdown (`trong đó: nữ 120, dân tộc 45`).

    The breakdown is opened by a colon, a bracket, `trong đó` or `gồm` after the antecedent, or goes on from a member
    of one; a label is a few words without another number.
    """
    index = number.first - 1
    label = 0
    while index > antecedent.first and label <= _LABEL_MAX:
        word = tokens.low[index]
        if word in (";", ",", ":", "("):
            break
        if word == "đó" and tokens.at(index - 1) == "trong":
            return True
        if word == "gồm":
            return True
        if tokens.digit(index):
            return False
        label += 1
        index -= 1
    if label == 0 or label > _LABEL_MAX or index <= antecedent.first:
        return False
    if tokens.low[index] in (":", "("):
        return _close(tokens, antecedent, index)
    back = index
    inside = False
    while back > antecedent.first and index - back <= _REACH:
        word = tokens.low[back]
        if word == ")" or inside:
            inside = word != "("
            back -= 1
            continue
        if word == ":" or word == "(":
            return _close(tokens, antecedent, back) or antecedent.first > back
        if (word == "đó" and tokens.at(back - 1) == "trong") or word == "gồm":
            return True
        back -= 1
    return antecedent.borrowed or _opened(tokens, antecedent)


def _close(tokens: Tokens, antecedent: Number, opening: int) -> bool:
    """Whether the antecedent's own clause ends at the sign that opens the breakdown."""
    if opening - antecedent.tail > 14:
        return False
    between = tokens.low[antecedent.tail : opening]
    return not {",", ";", "."} & set(between)


def _opened(tokens: Tokens, member: Number) -> bool:
    """Whether `member` is itself a labelled part after a colon."""
    index = member.first - 1
    for _ in range(_LABEL_MAX):
        if index < 0:
            return False
        if tokens.low[index] in (":", "(", "gồm"):
            return True
        if tokens.low[index] in (";", ".") or tokens.digit(index):
            return False
        index -= 1
    return False
