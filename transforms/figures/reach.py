"""Seventh pass: which period each number of a sentence belongs to.

A date that opens a clause governs the numbers after it: up to the full stop when a comma closes it (`Từ năm 2010 đến
nay, …`) or when it opens the sentence, else up to the semicolon. A date in brackets belongs to the number before it.
The base of a comparison, the date of a document, and what stands in the name of a document or an event govern nothing.
A date after its number (`112 cuộc trong năm 2023`) serves the clause that it closes when nothing governs there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from transforms.dates import DateSpan
from transforms.figures.model import Number, Tokens
from transforms.figures.vocabulary import rows
from transforms.shadow import fold, listed

_SILENT: Final = frozenset({"clock", "weekday", "recurring", "name", "school_year", "crop", "holiday", "lunar"})
_ADJUNCTS: Final = listed("trong vào từ đến tính tới hết riêng suốt sau trước kể qua cuối đầu giữa ngay")
_SUMMING: Final = listed("chung chỉ và lũy luỹ kế cộng dồn nhưng thời điểm bình quân tổng")
"""Words before the date at the head of a clause, adverbs aside (`Tính chung 5 tháng đầu năm 2025, …`)."""
_HEADS: Final = frozenset(fold(head) for (head,) in rows("event_heads"))
_VERBS: Final = listed("đã được đạt có là gồm còn tăng giảm ước thu chi đón hiện chiếm bằng cho")
_HEADING: Final = 12
"""Tokens that the heading of a sentence may have."""
_LISTS: Final = listed("đó gồm")
"""Before a colon they open a list of parts (`trong đó:`, `gồm:`)."""
_NOW: Final = frozenset({"nay", "hiện nay", "đến nay", "hiện"})
_BACK: Final = 24
_BRACKET: Final = 8
_INTRODUCTORY: Final = listed(
    "thực theo triển với nhờ trên căn quán bám cụ xác sau cùng tại ở trong để từ nhằm bằng qua do được ngay bên song "
    "tiếp"
)
"""First syllables of adjuncts that may stand before a main clause and its date (`Thực hiện Chỉ thị …, năm 2024 …`)."""
_CLOCK: Final = 4
_TO: Final = frozenset({"đến", "tới"})
_CHANGED: Final = listed("lên xuống còn tăng giảm")
"""What goes on to the second number of a rise or fall."""


@dataclass(slots=True)
class Governor:
    """A period and the tokens that it governs."""

    at: int
    period: tuple[date | None, date | None]
    horizon: bool
    opens: bool
    """It stands at the head of the sentence, or a comma closes it at the head of a clause."""
    until: int = 0
    """Index of the bracket that ends its reach; 0 when it stands in none."""
    after: int = 0
    """Index of the first token after the date."""


def reach(tokens: Tokens, found: list[Number], spans: Sequence[DateSpan], issued: frozenset[date]) -> dict[int, bool]:
    """Give the numbers of a sentence their periods; return, by first token, which lie on a horizon.

    `spans` are the dates inside the sentence, `issued` the days of issue of documents cited in it.
    """
    governors: list[Governor] = []
    firsts = [number.first for number in found]
    trailing: list[tuple[int, int, DateSpan]] = []
    introduced = tokens.at(_dateline(tokens)) in _INTRODUCTORY
    enclosing = _enclosing(tokens) if spans and "(" in tokens.low else {}
    bracketed: dict[int, tuple[date | None, date | None]] = {}
    for span in spans:
        first = bisect_left(tokens.start, span.start)
        after = bisect_left(tokens.start, span.end)
        if first >= tokens.size:
            continue
        if span.kind in _SILENT:
            continue
        empty = span.first is None and span.last is None
        if empty:
            if span.kind == "relative" and _is_now(span) and _opens_clause(tokens, first):
                governors.append(Governor(first, (None, None), False, _closed(tokens, after)))
            continue
        if "comparison" in span.flags or _compared(tokens, first):
            continue
        if span.kind == "day" and span.first in issued and _of_document(tokens, first):
            continue
        opening = _bracket(tokens, first, after)
        if opening is not None:
            if _of_birth(tokens, first):
                continue
            owner = _owner(found, firsts, opening)
            if owner is not None:
                bracketed[owner.first] = (span.first, span.last)
                if owner.kind == "duration" and (owner.first <= 3 or _lasting(tokens, owner)):
                    governors.append(Governor(first, (span.first, span.last), False, True))
                continue
        if _in_name(tokens, first) or _of_birth(tokens, first):
            continue
        start, period = _clocked(tokens, first, span)
        measured = _before(found, firsts, first)
        if measured is not None and tokens.at(measured.first - 1) == "từ" and tokens.at(after) in _CHANGED:
            # `giảm từ 5,8% năm 2020 còn 2,9%`: the year is that of the first number alone.
            bracketed[measured.first] = period
            continue
        head = _opens_clause(tokens, start)
        if measured is not None and measured.kind == "duration":
            # `Trong 5 năm 2019 - 2024, …`
            head = head or _at_start(tokens, measured.first) or _lasting(tokens, measured)
        if start < first and governors and governors[-1].after == start and tokens.at(start) in _TO:
            # `từ 7 giờ ngày 26/10/2024 đến 7 giờ ngày 29/10/2024`
            period = (governors.pop().period[0], span.last)
            head = True
        until = enclosing.get(first, 0)
        leads = _closed(tokens, after) or _at_start(tokens, start) or (not until and introduced and firsts[0] > first)
        opens = (head and leads) or tokens.at(after) == ":" or (not until and _sets_goal(tokens, start))
        governors.append(Governor(first, period, span.kind == "horizon", opens, until, after))
        trailing.append((first, after, span))
    for index, word in enumerate(tokens.low):
        if word == "nay" and _opens_clause(tokens, index):
            governors.append(Governor(index, (None, None), False, False))
    _govern(tokens, found, governors)
    _trail(tokens, found, trailing, enclosing)
    beginning = {at: span for at, _, span in trailing}
    for number in found:
        if number.first in bracketed:
            number.period = bracketed[number.first]
        elif beginning:
            own = beginning.get(number.tail) or beginning.get(number.tail + 1)
            if own is not None and tokens.at(number.tail) not in (",", ";", ".", ":", "("):
                number.period = (own.first, own.last)
    return _horizons(found, governors)


def _govern(tokens: Tokens, found: list[Number], governors: list[Governor]) -> None:
    """Walk the sentence once: the last governor before a number wins, a semicolon ends those that do not open.

    What stands in brackets governs there alone.
    """
    if not governors:
        return
    events: list[tuple[int, int, Governor | None]] = [(each.at, 0, each) for each in governors]
    stops = [index for index, word in enumerate(tokens.low) if word in (";", ":")]
    events.extend((index, 1, None) for index in stops if tokens.low[index] == ";")
    events.extend((each.until, 2, None) for each in governors if each.until)
    events.sort(key=lambda event: event[:2])
    standing: Governor | None = None
    current: Governor | None = None
    outside: tuple[Governor | None, Governor | None] | None = None
    """What governed where the bracket opened in which another governor stands."""
    position = 0
    for number in found:
        while position < len(events) and events[position][0] < number.first:
            _, sort, governor = events[position]
            if sort == 2:
                if outside is not None:
                    current, standing = outside
                    outside = None
            elif governor is None:
                if current is None or not _listing(tokens, stops, current.at, events[position][0]):
                    current = standing
            else:
                if governor.until and outside is None:
                    outside = current, standing
                current = governor
                if governor.opens:
                    standing = governor
            position += 1
        if current is not None:
            number.period = current.period


def _listing(tokens: Tokens, stops: list[int], start: int, end: int) -> bool:
    """Whether a colon after a date opens a list that a semicolon divides (`năm 2024 thu 9 tỷ, gồm: …; …`)."""
    index = bisect_left(stops, start)
    while index < len(stops) and stops[index] < end:
        at = stops[index]
        if tokens.low[at] == ":" and not tokens.glued(at + 1) and tokens.at(at - 1) in _LISTS:
            return True
        index += 1
    return False


def _trail(
    tokens: Tokens, found: list[Number], trailing: list[tuple[int, int, DateSpan]], enclosing: dict[int, int]
) -> None:
    """Give a period that closes a clause to the numbers of that clause that have none."""
    firsts = [number.first for number in found]
    for first, _, span in trailing:
        if tokens.at(first - 1) not in ("trong", "vào", "năm") and not tokens.low[first].startswith(
            ("năm", "tháng", "quý")
        ):
            continue
        for index in range(bisect_left(firsts, first) - 1, -1, -1):
            number = found[index]
            if number.period != (None, None) or first - number.tail > 14:
                break
            if enclosing.get(number.first, 0) != enclosing.get(first, 0):
                break
            if {";", ".", ":"} & set(tokens.low[number.tail : first]) or tokens.low[number.tail : first].count(",") > 0:
                break
            number.period = (span.first, span.last)


def _horizons(found: list[Number], governors: list[Governor]) -> dict[int, bool]:
    ends = {governor.period for governor in governors if governor.horizon}
    return {number.first: number.period in ends and number.period != (None, None) for number in found}


def _before(found: list[Number], firsts: list[int], first: int) -> Number | None:
    """Return the number that ends right before token `first`; a date may take the unit (`5 năm 2019 - 2024`)."""
    index = bisect_left(firsts, first) - 1
    if index < 0:
        return None
    number = found[index]
    return number if number.tail == first or (number.kind == "duration" and number.after == first) else None


def _dateline(tokens: Tokens) -> int:
    """Return where a sentence begins behind its dateline or list mark (`(BĐ) - Theo báo cáo, năm 2024 …`)."""
    if tokens.at(0) == "(":
        closing = next((index for index in range(1, min(tokens.size, _BRACKET)) if tokens.low[index] == ")"), -1)
        return closing + 2 if tokens.at(closing + 1) == "-" else closing + 1
    return 1 if tokens.at(0) in ("-", "+", "*", "•") else 0


def _sets_goal(tokens: Tokens, start: int) -> bool:
    """Whether the date opens a list of goals (`tỉnh phấn đấu đến hết năm 2025 có …; …`)."""
    index = start - 1
    while tokens.at(index) in _ADJUNCTS:
        index -= 1
    return (tokens.at(index - 1), tokens.at(index)) in (("phấn", "đấu"), ("mục", "tiêu"))


def _lasting(tokens: Tokens, owner: Number) -> bool:
    """Whether a duration opens the main clause (`Báo cáo nêu rõ, trong 5 năm qua (2020 - 2024), …`)."""
    return tokens.at(owner.first - 1) in ("trong", "qua", "sau") and tokens.at(owner.first - 2) in (",", ":", "-")


def _is_now(span: DateSpan) -> bool:
    return fold(span.surface).endswith("nay")


def _compared(tokens: Tokens, first: int) -> bool:
    """Whether the date is the base of a comparison (`so với năm 2022`, `gấp 1,3 lần năm 2022`)."""
    index = first - 1
    for _ in range(8):
        word = tokens.at(index)
        if word == "với" and tokens.at(index - 1) == "so":
            return True
        if word == "kỳ" and tokens.at(index - 1) == "cùng":
            return True
        if word == "lần" and index == first - 1:
            return True
        if word in ("", ",", ";", ":", "(", ")") or tokens.digit(index):
            return word == "%" and False
        if word == "%" and index == first - 1:
            back = tokens.low[max(0, index - 4) : index]
            return "bằng" in back
        index -= 1
    return False


def _of_document(tokens: Tokens, first: int) -> bool:
    """Whether the day follows the number of a document rather than opening the sentence."""
    return first > 2


def _bracket(tokens: Tokens, first: int, after: int) -> int | None:
    """Return the index of the bracket that holds the date alone (a few words aside), if one does."""
    index = first - 1
    for _ in range(_BRACKET):
        word = tokens.at(index)
        if word == "(":
            closing = after
            while closing < tokens.size and closing - after < 3 and tokens.low[closing] != ")":
                if tokens.digit(closing):
                    # `(năm 2020 chỉ có 35 ha)`: a clause, not a date alone.
                    return None
                closing += 1
            return index if tokens.at(closing) == ")" else None
        if not word or not word[0].isalpha():
            return None
        index -= 1
    return None


def _enclosing(tokens: Tokens) -> dict[int, int]:
    """Return, for the tokens that stand in brackets, the index of the bracket that closes."""
    closing: dict[int, int] = {}
    opened = -1
    for index, word in enumerate(tokens.low):
        if word == "(":
            opened = index
        elif word == ")" and opened >= 0:
            closing.update(dict.fromkeys(range(opened + 1, index), index))
            opened = -1
    return closing


def _clocked(tokens: Tokens, first: int, span: DateSpan) -> tuple[int, tuple[date | None, date | None]]:
    """Return where the phrase of a date begins and its period, a clock time between them skipped.

    `tính đến 17 giờ ngày 15/11/2024` has an end and no start.
    """
    index = first - 1
    if not _of_clock(tokens, index):
        return first, (span.first, span.last)
    for _ in range(_CLOCK):
        if not _of_clock(tokens, index) and not tokens.digit(index):
            break
        index -= 1
    if tokens.at(index) not in _TO:
        return index + 1, (span.first, span.last)
    return index, (None, span.last) if span.kind == "day" else (span.first, span.last)


def _of_clock(tokens: Tokens, index: int) -> bool:
    word = tokens.at(index)
    return word in ("giờ", "phút", "h") or (word[:1] == "h" and word[1:].isdigit())


def _owner(found: list[Number], firsts: list[int], opening: int) -> Number | None:
    """Return the number right before the bracket."""
    index = bisect_left(firsts, opening) - 1
    return found[index] if index >= 0 and opening - found[index].tail <= 6 else None


def _in_name(tokens: Tokens, first: int) -> bool:
    """Whether the date belongs to the name of a document, programme or event."""
    if tokens.low[first] in _ADJUNCTS or tokens.at(first - 1) in _ADJUNCTS:
        return False
    for index in range(first - 1, max(-1, first - _BACK), -1):
        word = tokens.low[index]
        if word in ',;:.()"' and len(word) == 1:
            return word == '"' and False
        if word in _VERBS or tokens.digit(index):
            return False
        if word == "vốn" and tokens.low[max(0, index - 2) : index] == ["kế", "hoạch"]:
            # `tổng kế hoạch vốn đầu tư công năm 2024`: money, no paper.
            return False
        if (word in _HEADS and tokens.capital(index)) or (index and f"{tokens.low[index - 1]} {word}" in _HEADS):
            return True
    return False


def _of_birth(tokens: Tokens, first: int) -> bool:
    """Whether the date tells when someone or something came to be (`sinh năm 1990`, `thành lập năm 2015`)."""
    index = first - 1
    while tokens.at(index) in _ADJUNCTS:
        index -= 1
    return tokens.at(index) in ("sinh", "đời") or (
        tokens.at(index) in ("lập", "thành") and tokens.at(index - 1) in ("thành", "khánh")
    )


def _at_start(tokens: Tokens, first: int) -> bool:
    begin = 0
    for index in range(min(first, _HEADING)):
        if tokens.low[index] == ":" and not tokens.glued(index + 1):
            # `Kiểm tra, giám sát: năm 2024 …`: the sentence begins behind its heading.
            begin = index
            break
    return all(word in _ADJUNCTS or word in _SUMMING or not word[0].isalnum() for word in tokens.low[begin:first])


def _opens_clause(tokens: Tokens, first: int) -> bool:
    """Whether the date stands at the head of its clause, adverbs and prepositions aside."""
    index = first - 1
    while index >= 0 and (tokens.low[index] in _ADJUNCTS or tokens.low[index] in _SUMMING):
        index -= 1
    return index < 0 or tokens.low[index] in ',;:("-' or tokens.low[index] == "."


def _closed(tokens: Tokens, after: int) -> bool:
    return tokens.at(after) == ","
