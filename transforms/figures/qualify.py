"""Sixth pass: hedges (`hơn`, `khoảng`, `từ … trở lên`), rises and falls, and whether a number is a plan or a fact."""

from __future__ import annotations

from typing import Final

from transforms.figures.attach import bounded
from transforms.figures.model import Number, Tokens
from transforms.figures.vocabulary import HEDGES
from transforms.shadow import listed

_COPULAS: Final = listed(
    "đạt được có là thu còn tăng giảm thực hiện đến lên khoảng từ chiếm cho bằng chi trị giá thiệt hại tính"
)
_COMPARED_UP: Final = listed("cao nhiều lớn nhanh tăng rộng dài vượt sâu mạnh")
_COMPARED_DOWN: Final = listed("thấp ít nhỏ kém giảm chậm hẹp ngắn")
_BALANCES: Final = listed("lỗ nợ thu chi lãi")
_ABOVE: Final = listed("cấp tuyến nêu nói kể như bên phía")
"""Before `trên` and `dưới` they make it a place (`đề nghị cấp trên 18 tập thể`)."""
_SOONER: Final = listed("sớm muộn trễ")
_SPOKEN_OF: Final = listed("lĩnh loại địa nền tuyến phương mặt kênh hình")
"""`trên 3 lĩnh vực`, `trên 04 loại hình`: a place, no hedge."""
_YIELDS: Final = listed("trị nhập suất nhuận thu lãi lượng")
"""Last syllables of what is told of one hectare (`giá trị`, `thu nhập`, `năng suất`)."""
_LOOSE: Final = frozenset({"độ", "cỡ", "tầm"})
"""Hedges that are also nouns (`tiến độ`): only after one of `_OPENERS`."""
_OPENERS: Final = listed("chỉ có mất được còn là trong sau và với về đến")
_PLACES: Final = frozenset({"place"})
_UP: Final = frozenset({"tăng", "+"})
_DOWN: Final = frozenset({"giảm", "hạ", "bớt"})
_SIZES: Final = listed("dài rộng sâu cao dày nặng xa lâu")
"""Adjectives that a measure follows: in `dài hơn 30 km` the hedge belongs to the measure."""
_RAISE: Final = frozenset({"nâng"})
_TO: Final = listed("lên xuống còn đạt tới là bằng thành chiếm")
_FILLERS: Final = listed(
    "thêm được bình quân trung mỗi hằng hàng năm tháng đi từ trưởng ước tính khoảng gần hơn trên dưới "
    "ngót xấp xỉ chừng quá tối thiểu đa ít nhất về chưa đến đầy tới thực"
)
_HALTS: Final = frozenset(',;:.()"') | listed(
    "đạt lên xuống còn là có được để cho đã và với gồm chiếm bằng vượt gấp ước tổng khi nếu nhờ do vì trong đó đưa"
)
_VERBAL: Final = listed("đạt được đã đang là có hoàn còn tham gia hiến cùng bị")
_GRADES: Final = listed("có đạt trình xếp loại hạng mức tốt")
_RESTATING: Final = listed("đương ứng tức hay")
_LINKING: Final = listed("với là mức bằng tỷ tỉ lệ")
_ENDS: Final = listed("; . , ) so và do nhờ vì") | {""}
"""After a percentage they show that it is a share of no whole named there."""
_RESTATED: Final = 14
_OBJECT_MAX: Final = 9
_ESTIMATE_MAX: Final = 7
_UPWARDS_MAX: Final = 9
_PLAN_WORDS: Final = listed("đấu tiêu kiến sẽ quy mức chuẩn giao")
_SETTING: Final = listed("đặt ra định thống nhất quyết xây có")
"""Last syllables of verbs that set a goal (`đặt mục tiêu`, `đề ra mục tiêu`, `xác định mục tiêu`)."""
_PLAN_MAX: Final = 60
_NO_ESTIMATE: Final = listed("mơ vọng nguyện muốn ao")
"""What after `ước` makes it a wish."""


def qualify(tokens: Tokens, found: list[Number]) -> None:
    """Fill qualifier and change of the figures of one sentence."""
    previous: Number | None = None
    for number in found:
        if number.reason is not None:
            continue
        head = _hedge(tokens, number)
        number.change = _change(tokens, number, head)
        if (
            number.change == "level"
            and previous is not None
            and (
                _goes_on(tokens, previous, number)
                or _as_share(tokens, previous, number)
                or _amounts_to(tokens, previous, number)
                or _in_turn(tokens, previous, number)
            )
        ):
            number.change = previous.change
        previous = number


def _hedge(tokens: Tokens, number: Number) -> int:
    """Fill the qualifier; return the index of the first token of number and hedge."""
    first = number.first
    at = first
    if tokens.at(at - 1) == "từ":
        at -= 1
    skipped = 0
    while at > 0:
        hedge = HEDGES.ending(tokens, at)
        if hedge is not None and (skipped == 0 or hedge[1][1]):
            start, (qualifier, _) = hedge
            word = tokens.low[at - 1]
            if (
                word == "hơn"
                and start == at - 1
                and tokens.at(start - 1) in (_COMPARED_UP | _COMPARED_DOWN | _SOONER) - {"tăng", "giảm"}
                and not _sized(tokens, number, start - 1)
            ):
                break
            if word in _LOOSE and start == at - 1 and tokens.word(start - 1) and tokens.low[start - 1] not in _OPENERS:
                break
            if word == "ước" and tokens.at(start - 1) in ("thỏa", "quy", "hương", "điều", "giao"):
                break
            if (
                word in ("trên", "dưới")
                and start == at - 1
                and (tokens.at(start - 1) in _ABOVE or _located(tokens, number, start))
            ):
                break
            if word == "cao nhất" or qualifier == "exact":
                break
            number.qualifier = qualifier
            number.estimate = tokens.low[start] == "ước"
            at = start
            break
        if tokens.low[at - 1] not in _COPULAS or skipped == 3:
            break
        skipped += 1
        at -= 1
    else:
        at = first
    if number.qualifier in ("exact", "over") and _onwards(tokens, number, "lên"):
        number.qualifier = "at_least"
    elif number.qualifier == "exact" and _onwards(tokens, number, "xuống"):
        number.qualifier = "at_most"
    if number.qualifier == "exact":
        at = first
    if number.qualifier == "about" and not number.estimate:
        number.estimate = _estimated(tokens, at)
    return min(at, first)


def _estimated(tokens: Tokens, before: int) -> bool:
    """Whether `ước` stands in the clause right before token `before` (`ước tính ban đầu khoảng 5 tỷ đồng`)."""
    for index in range(before - 1, max(-1, before - _ESTIMATE_MAX), -1):
        if not tokens.word(index):
            return False
        if tokens.low[index] == "ước":
            return tokens.at(index - 1) not in ("thỏa", "quy", "hương", "điều", "giao")
    return False


def _sized(tokens: Tokens, number: Number, at: int) -> bool:
    """Whether `dài hơn 30 km` tells a size: a measure of it, and nothing that it is compared with."""
    unit = number.unit
    if unit is None or tokens.at(at) not in _SIZES or unit.kind not in ("length", "duration", "mass"):
        return False
    for index in range(number.tail, min(tokens.size - 1, number.tail + 6)):
        if not tokens.word(index):
            break
        if tokens.low[index] == "so" and tokens.low[index + 1] == "với":
            return False
    return True


def _located(tokens: Tokens, number: Number, at: int) -> bool:
    """Whether `trên`/`dưới` says where rather than how many."""
    unit = number.unit
    if number.kind == "area" and (
        _leads_with_zero(number.parts[0]) or (number.parts == ("1",) and _yields(tokens, at))
    ):
        # `giá trị sản xuất trên 01 ha`
        return True
    if unit is None or number.kind not in ("count", "ratio"):
        return number.kind == "score"
    noun = tokens.at(unit.noun_start)
    if noun in _SPOKEN_OF:
        return True
    digits = number.parts[0]
    if _leads_with_zero(digits):
        return True
    if number.shape == "ratio":
        return True
    return len(digits) == 1 and unit.group in _PLACES and tokens.at(at) == "trên"


def _leads_with_zero(digits: str) -> bool:
    return len(digits) > 1 and digits[0] == "0" and digits[1] != ","


def _yields(tokens: Tokens, at: int) -> bool:
    """Whether what one hectare yields is spoken of right before token `at`."""
    return not _YIELDS.isdisjoint(tokens.low[max(0, at - 6) : at])


def _onwards(tokens: Tokens, number: Number, direction: str) -> bool:
    """Whether `trở lên` (`trở xuống`) follows the number in its phrase."""
    for index in range(number.tail, min(tokens.size - 1, number.tail + _UPWARDS_MAX)):
        word = tokens.low[index]
        if word == "trở":
            return tokens.low[index + 1] == direction
        if not word[0].isalpha():
            return False
        if word in _GRADES and tokens.at(number.first - 1) != "từ":
            # `96% có trình độ đại học trở lên`: the grade goes on upwards, not the number.
            return False
    return False


def _change(tokens: Tokens, number: Number, head: int) -> str:
    """Return whether the number is the size of a rise or fall."""
    index = number.first - 1
    if tokens.at(number.first - 1) in ("+", "-") and tokens.at(number.first - 2) == "(" and tokens.glued(number.first):
        return "increase" if tokens.at(number.first - 1) == "+" else "decrease"
    if tokens.at(head - 1) == "hơn" and tokens.at(head - 2) in _SOONER:
        return "level"
    if tokens.at(number.first - 1) == "hơn" and number.qualifier == "exact":
        return "increase" if tokens.at(number.first - 2) in _COMPARED_UP else "decrease"
    if tokens.at(head - 1) == "hơn" and tokens.at(head - 2) in _COMPARED_UP | _COMPARED_DOWN:
        return "increase" if tokens.at(head - 2) in _COMPARED_UP else "decrease"
    from_to = tokens.at(number.first - 1) == "từ" and number.shape != "range"
    if from_to:
        return "level"
    steps = 0
    if tokens.at(index) == "ngắn" and tokens.at(index - 1) == "rút":
        return "decrease"
    while index >= 0 and steps < 8 and tokens.low[index] in _FILLERS:
        index -= 1
        steps += 1
    word = tokens.at(index)
    if word == "gấp":
        return "level"
    if word in _UP or word in _DOWN:
        if tokens.at(index - 1) == "gấp" or _supplement(tokens, number, index):
            return "level"
        passed = tokens.low[index + 1 : number.first]
        if number.kind != "multiple" and "đến" in passed and number.shape != "range" and number.qualifier != "under":
            return "level"
        return "increase" if word in _UP else "decrease"
    if number.kind in ("percent", "percent_point", "multiple"):
        return _object_between(tokens, number, index)
    if (
        number.kind == "money"
        and tokens.at(index) in _BALANCES
        and tokens.at(index - 1) in _UP | _DOWN
        and tokens.at(index - 2) != "miễn"
    ):
        # `giảm lỗ 412 tỷ đồng`, `tăng thu 35 tỷ đồng`
        return "increase" if tokens.at(index - 1) in _UP else "decrease"
    return _compared(tokens, number, index)


def _supplement(tokens: Tokens, number: Number, index: int) -> bool:
    """Whether `thu nhập tăng thêm` names a part of pay (`thu nhập tăng thêm 4,2 triệu đồng/người/tháng`)."""
    return (
        tokens.low[max(0, index - 2) : index + 2] == ["thu", "nhập", "tăng", "thêm"]
        and number.unit is not None
        and "tháng" in number.unit.per
        and tokens.at(number.tail) != "so"
    )


def _compared(tokens: Tokens, number: Number, index: int) -> str:
    """Look for `cao hơn bình quân cả nước 16 điểm`: adjective, `hơn`, what it is compared with, number."""
    if index != number.first - 1:
        return "level"
    for back in range(index, max(-1, index - _OBJECT_MAX), -1):
        word = tokens.low[back]
        if word == "hơn":
            if tokens.at(back - 1) in _COMPARED_UP:
                return "increase"
            return "decrease" if tokens.at(back - 1) in _COMPARED_DOWN else "level"
        if word in _HALTS or word in _COMPARED_UP or HEDGES.ending(tokens, back + 1):
            return "level"
        if tokens.digit(back) and tokens.at(back - 1) != "năm":
            # A year may be what the number is compared with (`nhiều hơn năm 2024 187 người`).
            return "level"
    return "level"


def _object_between(tokens: Tokens, number: Number, index: int) -> str:
    """Look for `giảm tỷ lệ hộ nghèo 1,5%`, `nâng lương từ 5 - 7%`: verb, object, number."""
    if number.qualifier != "exact" and tokens.at(number.first - 1) in ("dưới", "trên") and number.kind == "percent":
        return "level"
    for back in range(index, max(-1, index - _OBJECT_MAX), -1):
        word = tokens.low[back]
        if word in _UP or word in _DOWN or word in _RAISE:
            if tokens.at(back + 1) in ("trưởng", "cường", "tốc") or (
                tokens.at(back + 1) == "nghèo" and back + 1 != index
            ):
                return "level"
            return "decrease" if word in _DOWN else "increase"
        if word == "hơn" and back != index:
            return _compared(tokens, number, number.first - 1)
        if word in _HALTS or tokens.digit(back):
            return "level"
    return "level"


def _goes_on(tokens: Tokens, previous: Number, number: Number) -> bool:
    """Whether a rise goes on in the next member (`giảm 12 vụ, 5 người so với cùng kỳ`)."""
    between = tokens.low[previous.tail : number.first]
    if previous.change == "level" or (number.kind != previous.kind and (between != ["và"] or number.kind != "count")):
        return False
    if not between or len(between) > 6 or between[-1] not in (",", "và") or number.kind != "count" or number.borrowed:
        return False
    if any(bounded(tokens, index) for index in range(previous.tail, number.first - 1)):
        return False
    after = tokens.at(number.tail)
    return after not in _VERBAL


def _as_share(tokens: Tokens, previous: Number, number: Number) -> bool:
    """Whether a rise is given once more in brackets as a percentage (`giảm 23 vụ (15,2%)`)."""
    return (
        number.kind == "percent"
        and previous.kind != "percent"
        and tokens.at(number.first - 1) == "("
        and tokens.at(number.tail) == ")"
        and not {",", ";", "(", ")"} & set(tokens.low[previous.tail : number.first - 1])
    )


def _in_turn(tokens: Tokens, previous: Number, number: Number) -> bool:
    """Whether a rise is told for one thing after the other (`tăng 27% về việc và 41% về tiền`)."""
    if number.kind != previous.kind or tokens.at(previous.tail) != "về" or tokens.at(number.tail) != "về":
        return False
    between = tokens.low[previous.tail : number.first]
    return len(between) <= _RESTATED and between[-1] in (",", "và") and between.count(",") + between.count("và") == 1


def _amounts_to(tokens: Tokens, previous: Number, number: Number) -> bool:
    """Whether a rise is given once more in another kind (`tăng 8.942 tỷ đồng, tương ứng 5,95%`)."""
    if number.kind == previous.kind or number.kind not in ("percent", "money", "count"):
        return False
    if tokens.at(number.tail) not in _ENDS or number.first - previous.tail > _RESTATED:
        return False
    between = tokens.low[previous.tail : number.first]
    if {";", ":"} & set(between) or not _RESTATING & set(between):
        return False
    index = number.first - 1
    while index >= previous.tail and (tokens.low[index] in _FILLERS or tokens.low[index] in _LINKING):
        index -= 1
    return tokens.low[index] in _RESTATING and (tokens.low[index] in ("tức", "hay") or tokens.at(index - 1) == "tương")


def planned(tokens: Tokens) -> bool:
    """Whether a sentence holds any word of plans or norms."""
    return not _PLAN_WORDS.isdisjoint(tokens.low)


def modality(tokens: Tokens, number: Number, plans: bool, horizon: bool) -> str:
    """Return `estimate`, `target`, `norm` or `actual`.

    `plans` is what `planned` says of the sentence; `horizon` is true when the period is a plan's.
    """
    if number.estimate:
        return "estimate"
    if horizon:
        return "target"
    if _foreseen(tokens, number):
        return "estimate"
    if not plans:
        return "actual"
    low = tokens.low
    start = max(0, number.first - _PLAN_MAX)
    index = number.first - 1
    clause = True
    while index >= start:
        word = low[index]
        if word == ";":
            break
        if (word == "đã" or (word == "nay" and tokens.at(index - 1) in ("đến", "hiện"))) and clause:
            return "actual"
        if word == "đấu" and tokens.at(index - 1) == "phấn":
            return "target"
        if (
            word == "tiêu"
            and tokens.at(index + 1) != "quốc"
            and tokens.at(index - 1) in ("mục", "chỉ")
            and not _surpassed(tokens, index - 2)
            and (clause or _sets_goal(tokens, index))
        ):
            return "target"
        if word == "giao" and clause and _assigned(tokens, index):
            return "target"
        if word == "kiến" and tokens.at(index - 1) == "dự":
            return "target"
        if word == "sẽ" and clause:
            return "target"
        if word == "định" and tokens.at(index - 1) == "quy" and clause and number.first - index <= 12:
            return "norm"
        if word == "mức" and tokens.at(index - 1) == "định" and clause:
            return "norm"
        if word == "chuẩn" and tokens.at(index - 1) == "tiêu" and clause and number.first - index <= 12:
            return "norm"
        if word == ",":
            clause = False
        index -= 1
    return "actual"


def _foreseen(tokens: Tokens, number: Number) -> bool:
    """Whether the clause opens with an estimate that reaches the number (`Ước cả năm 2024, thu ngân sách đạt …`)."""
    before = tokens.low[: number.first]
    clause = len(before) - before[::-1].index(";") if ";" in before else 0
    opening = next((index for index in range(clause, number.first) if tokens.word(index)), None)
    return (
        opening is not None
        and before[opening] == "ước"
        and tokens.at(opening + 1) not in _NO_ESTIMATE
        and "đã" not in before[opening:]
    )


def _assigned(tokens: Tokens, index: int) -> bool:
    """Whether `giao` tells what a plan assigns (`kế hoạch giao 1.200 lao động`, but not `đạt 98% kế hoạch giao`)."""
    return (
        tokens.low[max(0, index - 2) : index] == ["kế", "hoạch"]
        and not _surpassed(tokens, index - 3)
        and tokens.at(index - 3) != "%"
    )


def _sets_goal(tokens: Tokens, index: int) -> bool:
    """Whether `mục tiêu` at `index` opens the goals of its clause chain (`đặt mục tiêu`, `mục tiêu đến năm 2026`)."""
    if tokens.at(index - 1) != "mục":
        return False
    before = tokens.at(index - 2)
    return (
        before in _SETTING or before in ("", ",", ";", ":", "-") or tokens.at(index + 1) in ("đến", "là", ":", "phấn")
    )


def _surpassed(tokens: Tokens, index: int) -> bool:
    return tokens.at(index) in (
        "vượt",
        "đạt",
        "hoàn",
        "thành",
        "với",
        "các",
        "so",
        "bằng",
        "theo",
        "mục",
    ) or tokens.digit(index)
