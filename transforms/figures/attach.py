"""Third pass: what each number counts or is measured in.

A unit of measure or a counted noun stands right after the number, magnitudes (`nghìn`, `triệu`, `tỷ`) between. Of
units and nouns the longer match wins (`ngày công` over `ngày`, `đồng chí` over `đồng`). A noun that is in no list is
taken by grammar: lower-case syllables up to the first word that cannot belong to a noun phrase. The phrase is the head
as printed with its coordinated heads (`sở, ngành`); a classifier keeps its noun (`lượt người`). Only a printed slash
makes a `per` unit.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from transforms.figures.model import Number, Tokens, Unit
from transforms.figures.vocabulary import ACTIVITIES, BOUNDARIES, CLASSIFIERS, MEASURES, NOUNS, Measure
from transforms.numbers import SCALES
from transforms.shadow import listed

_LARGE: Final = {word: Decimal(size) for word, size in SCALES.items() if size >= 1000}
_SMALL: Final = {word: Decimal(size) for word, size in SCALES.items() if size < 1000}
_SHARES: Final = listed("lệ trọng suất giá số phú")
"""`tỷ lệ`, `tỷ trọng`: no magnitude."""
_ROMAN: Final = re.compile(r"[IVXL]{1,6}")
_ABBREVIATION: Final = re.compile(r"(?![IVXLCDM]+$)[^\W\d_a-z]{2,8}")
"""A noun written with the initials of its syllables (`HTX`, `ĐVHC`)."""
_GROUPS_OF_PEOPLE: Final = listed("tổ đội nhóm chốt ca chuyến buổi phòng phương giường xe tàu đợt khóa kíp vòng")
"""What people can be divided by (`4 - 6 người/tổ`)."""
_TIME: Final = listed("năm tháng quý tuần ngày giờ phút giây vụ lứa đêm kỳ ca")
_PER_OF_COUNT: Final = _TIME | listed(
    "người hộ ha lao km2 m2 m3 kg tạ tấn lít vạn dân lớp trường xã huyện tỉnh thôn bản con cây lần nhà học ngàn nghìn "
    "sào căn"
)
"""What a count can be divided by; other words after a slash are a second noun."""
_PREPOSITIONS: Final = listed("về của trong với tại cho ở theo để vào từ trên là")
_ROUND: Final = frozenset({"1", "100", "1.000", "1000", "10.000", "10000", "100.000", "100000", "1.000.000"})
_POPULATION: Final = listed("dân vạn người trẻ nghìn ngàn triệu ca bé nữ phụ học hộ")
_COORDINATED: Final = (
    frozenset({"people"}),
    frozenset({"place", "body"}),
    frozenset({"document", "movement"}),
    frozenset({"event"}),
    frozenset({"case", "security"}),
    frozenset({"goods"}),
    frozenset({"economy", "body"}),
)
_MATERIAL: Final = frozenset({"mass", "volume", "area", "length", "money", "other"})
_MAX_FREE: Final = 4
"""Syllables that a noun phrase outside the vocabulary may have."""
_MAX_HEADS: Final = 6
_MAX_PER: Final = 3
_NEXT_COUNT: Final = 6
"""Tokens after a noun in which the number of its own clause may stand."""


def attach(tokens: Tokens, found: list[Number]) -> None:
    """Give every number of the sentence its unit; numbers with none keep null."""
    taken = 0
    for number in found:
        if number.first < taken:
            # Inside the unit of the number before (`9,5 bác sĩ/10.000 dân`).
            number.shape = "code"
        if number.shape != "code" and number.unit is None:
            number.unit = unit_after(tokens, number.after)
        if number.shape != "code":
            taken = number.tail


def unit_after(tokens: Tokens, at: int) -> Unit | None:
    """Return the unit that begins at token `at`, null when what stands there is none."""
    position = at
    magnitude = Decimal(1)
    low = tokens.low
    while position < tokens.size and position - at < 3:
        word = low[position]
        size = _LARGE.get(word)
        if size is None and word in _SMALL and tokens.at(position + 1) in _LARGE:
            size = _SMALL[word]
        if size is None or (word in ("tỷ", "tỉ") and tokens.at(position + 1) in _SHARES):
            break
        if word == "triệu" and tokens.at(position + 1) == "tập":
            break
        if tokens.capital(position) and not tokens.glued(position):
            break
        magnitude *= size
        position += 1
    magnified = position > at
    unit = _measure(tokens, position)
    noun = _noun(tokens, position)
    if (
        unit is not None
        and noun is not None
        and noun.known
        and noun.end > unit.end
        and unit.kind not in ("percent", "percent_point")
    ):
        longer = NOUNS.starting(tokens, position)
        if longer is not None and (longer[0] > unit.end or (unit.group == "doubtful" and tokens.at(unit.end) == ",")):
            unit = noun
    elif unit is None:
        unit = noun
    if unit is None:
        if not magnified:
            return None
        unit = Unit(position)
    unit.noun_start = position
    unit.magnitude = magnitude
    unit.magnified = magnified
    _per(tokens, unit)
    return unit


def _measure(tokens: Tokens, at: int) -> Unit | None:
    match = MEASURES.starting(tokens, at)
    while match is not None:
        after, forms = match
        printed = tokens.text[at]
        for index in range(at + 1, after):
            printed += tokens.text[index] if tokens.glued(index) else " " + tokens.text[index]
        for form in forms:
            if _fits(tokens, at, after, form, printed):
                return Unit(
                    after,
                    form.kind,
                    printed if form.base == "=" else form.base,
                    form.factor,
                    group="doubtful" if form.only_before is not None else "",
                )
        return None
    return None


def _fits(tokens: Tokens, at: int, after: int, form: Measure, printed: str) -> bool:
    if form.cased:
        if " ".join(form.printed.split()) != printed and form.printed != printed.replace(" ", ""):
            return False
    elif len(printed) == 1 and printed.isupper():
        # `5 M`, `3 G` and `2 H` are no metres, grams or hours.
        return False
    elif printed[0].isupper() and not form.cased:
        # `2 Tháng 9` is a name.
        return False
    if printed == "h" and not tokens.glued(at):
        return False
    if tokens.glued(after) and tokens.word(after):
        return False
    if form.only_before is None:
        return True
    following = tokens.at(after)
    return not following or not following[0].isalpha() or following in form.only_before or bounded(tokens, after)


def _noun(tokens: Tokens, at: int) -> Unit | None:
    """Read the counted noun phrase at token `at`."""
    if not tokens.word(at):
        return None
    if tokens.glued(at) and (len(tokens.text[at]) < 2 or not tokens.text[at].islower()):
        return None
    phrase = _phrase(tokens, at)
    if phrase is None or (tokens.glued(at) and not phrase[2]):
        # `97vụ/143bị can`: letters glued to digits are a noun only when the vocabulary knows it.
        return None
    end, group, known = phrase
    end = _coordinated(tokens, end, group, tokens.low[at]) if known else end
    return Unit(end, "count", " ".join(_printed(tokens, at, end)), known=known, group=group)


def _printed(tokens: Tokens, start: int, end: int) -> list[str]:
    """Return the words of a phrase, a comma or slash left on the word before it."""
    words: list[str] = []
    for index in range(start, end):
        if tokens.text[index] in ",/-" and words:
            if tokens.text[index] == ",":
                words[-1] += ","
            else:
                words.append(tokens.text[index])
        else:
            words.append(tokens.text[index])
    return words


def _phrase(tokens: Tokens, at: int) -> tuple[int, str, bool] | None:
    """Return (end, group, in the vocabulary) of one noun phrase."""
    low = tokens.low
    match = NOUNS.starting(tokens, at)
    bound = BOUNDARIES.starting(tokens, at)
    if bound is not None and (match is None or bound[0] > match[0]):
        # `giải quyết` is no `giải`.
        return None
    takes = CLASSIFIERS.get(low[at])
    if match is not None:
        end, group = match
        if end == at + 1 and end < tokens.size and _ROMAN.fullmatch(tokens.text[end]):
            # `khóa XIII`, `kỳ II`
            return None
        if (
            end == at + 1
            and tokens.capital(at)
            and at
            and tokens.capital(end)
            and takes is None
            and _ABBREVIATION.fullmatch(tokens.text[at]) is None
        ):
            # `12 Ban Mê`: a capital that another capital follows is a name.
            return None
        if takes == "activity" and end > at + 1:
            return max(end, _classified(tokens, at + 1, takes)), group, True
        if takes in (None, "none") or end > at + 1:
            return _lengthened(tokens, at, end), group, True
        return _classified(tokens, end, takes), group, True
    if takes is not None:
        return _classified(tokens, at + 1, takes), "goods", True
    if _abbreviated(tokens, at):
        return at + 1, "", False
    end = _free(tokens, at, _MAX_FREE)
    return (end, "", False) if end > at else None


def _abbreviated(tokens: Tokens, at: int) -> bool:
    """Whether token `at` is an abbreviation in capitals (in a headline in capitals every word is one)."""
    return (
        _ABBREVIATION.fullmatch(tokens.text[at]) is not None
        and tokens.text[at].isupper()
        and not (tokens.word(at + 1) and len(tokens.text[at + 1]) > 1 and tokens.text[at + 1].isupper())
    )


def _lengthened(tokens: Tokens, at: int, end: int) -> int:
    """Let a noun take the rest of a longer noun that begins inside it (`hộ` + `gia đình chính sách`)."""
    longer = NOUNS.starting(tokens, end - 1) if end - at > 1 else None
    return longer[0] if longer is not None and longer[0] > end else end


def _classified(tokens: Tokens, at: int, takes: str) -> int:
    """Return the end of the noun beside a classifier."""
    if not tokens.word(at) or tokens.glued(at):
        return at
    noun = NOUNS.starting(tokens, at)
    activity = ACTIVITIES.starting(tokens, at) if takes == "activity" else None
    end = max(noun[0] if noun else at, activity[0] if activity else at)
    if end > at:
        head_is_activity = activity is not None and end == activity[0]
        while tokens.at(end) in (",", "và"):
            more = ACTIVITIES.starting(tokens, end + 1) if head_is_activity else NOUNS.starting(tokens, end + 1)
            if more is None or tokens.digit(more[0]) or (tokens.at(end) == "," and _counts_next(tokens, more[0])):
                break
            end = more[0]
        return end
    return _free(tokens, at, 2)


def _free(tokens: Tokens, at: int, most: int) -> int:
    """Return the end of a run of lower-case syllables that can belong to a noun phrase."""
    end = at
    while end - at < most and tokens.word(end) and (end == at or not tokens.glued(end)):
        word = tokens.low[end]
        if bounded(tokens, end) or tokens.capital(end) or any(sign.isdigit() for sign in word):
            break
        end += 1
    return end


def _coordinated(tokens: Tokens, end: int, group: str, head: str) -> int:
    """Return the end of a phrase with the heads coordinated to it."""
    for _ in range(_MAX_HEADS):
        joint = tokens.at(end)
        if joint not in (",", "và", "hoặc", "/", "-"):
            return end
        more = NOUNS.starting(tokens, end + 1)
        if more is None:
            return end
        after, other = more
        if joint in ("/", "-") and not (group == other == "place"):
            return end
        alike = head == "lượt" or other == group or any({group, other} <= kin for kin in _COORDINATED)
        if not alike or tokens.digit(after):
            return end
        takes = CLASSIFIERS.get(tokens.low[end + 1])
        if takes not in (None, "none") and after == end + 2:
            after = _classified(tokens, after, str(takes))
        if joint == "," and _counts_next(tokens, after):
            return end
        end = after
    return end


def _counts_next(tokens: Tokens, at: int) -> bool:
    """Whether the noun that ends before token `at` heads a clause of its own (`…, đàn gia cầm gần 1,1 triệu con`)."""
    for index in range(at, min(tokens.size, at + _NEXT_COUNT)):
        if tokens.digit(index):
            return tokens.at(index - 1) != "và"
        if not tokens.word(index) or tokens.low[index] in _PREPOSITIONS:
            return False
    return False


def bounded(tokens: Tokens, at: int) -> bool:
    """Whether token `at` begins a word that no noun phrase can hold."""
    return BOUNDARIES.starting(tokens, at) is not None


def _per(tokens: Tokens, unit: Unit) -> None:
    """Read the `/người/năm` after a unit into `unit.per`; one noun may stand before it (`22 tấn rác/ngày`)."""
    if not unit.kind and not unit.magnified:
        return
    if unit.kind in _MATERIAL and tokens.word(unit.end) and not tokens.glued(unit.end):
        after = _free(tokens, unit.end, 3)
        if unit.end < after and tokens.at(after) == "/" and tokens.at(after + 1) in _PER_OF_COUNT:
            unit.end = after
    while tokens.at(unit.end) == "/" and len(unit.per) < _MAX_PER:
        at = unit.end + 1
        if tokens.digit(at):
            if tokens.low[at] in _ROUND and tokens.at(at + 1) in _POPULATION:
                end = _per_noun(tokens, at + 1)
                unit.per = (*unit.per, " ".join(tokens.text[at:end]))
                unit.end = end
                continue
            return
        if not tokens.word(at) or (tokens.capital(at) and MEASURES.starting(tokens, at) is None):
            return
        if (
            unit.kind == "count"
            and tokens.low[at] not in _PER_OF_COUNT
            and not (unit.group == "people" and tokens.low[at] in _GROUPS_OF_PEOPLE)
        ):
            return
        end = _per_noun(tokens, at)
        unit.per = (*unit.per, " ".join(tokens.text[at:end]))
        unit.end = end


def _per_noun(tokens: Tokens, at: int) -> int:
    """Return the end of the one noun or unit after a slash."""
    if tokens.low[at] in ("năm", "tháng") and tokens.at(at + 1) == "học":
        return at + 2
    measure = MEASURES.starting(tokens, at)
    noun = NOUNS.starting(tokens, at)
    end = max(measure[0] if measure else at, noun[0] if noun else at)
    if tokens.low[at] in _LARGE and tokens.word(at + 1):
        return at + 2
    return end if end > at else at + 1
