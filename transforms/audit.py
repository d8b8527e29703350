"""Arithmetic that a text itself allows to check: parts and totals, ratios and percentages, rises and levels, dates.

`audit` gives one `Audit` per check that could be made, whether it holds or not; it never changes a value. `flag` puts
what was found on the figures concerned.

==================  ==============================================  ====================================
rule                checks                                          flag on the figures concerned
==================  ==============================================  ====================================
parts_total         `1.115 mô hình: … 573 …; 253 …; 198 …; 91 …`    `parts_total_ok`, `parts_total_mismatch`
rest                `giải quyết 19/26 vụ, còn 07 vụ`                `rest_ok`, `rest_mismatch`
ratio_percent       `605/608 buôn (99,5%)`                          `pct_ok`, `pct_mismatch`
share_percent       `7.568 đơn, đã giải quyết 7.344 đơn, đạt 97%`   `pct_ok`
whole_percent       `80 xã, đạt 61,24% tổng số xã`                  `pct_ok`, `pct_mismatch`
rise_level          `từ 22,5% xuống còn 17,3%, giảm 5,2%`           `delta_ok`, `delta_mismatch`
previous_level      `4.365 mô hình, tăng 568 so với năm 2022`       `delta_ok`, `delta_mismatch`
impossible_date     `tính đến 31/11/2023`                           `impossible_date`
==================  ==============================================  ====================================

A sum that agrees is reported wherever it is found; one that does not is reported only where the text leaves no room
for other parts (`gồm`, `bao gồm`), nothing is hedged and all parts carry the total's unit. `whole_percent` knows the
communes of a province from `data/commune_counts.tsv`; without it, it asks whether any whole number of units can give
the percentage. The previous level is checked only against a level that the text states itself: a derived number is
never a source.
"""

from __future__ import annotations

import calendar
import csv
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any, Final

from transforms.dates import DateSpan
from transforms.figures.model import Figure

HOLDS: Final = "holds"
DIFFERS: Final = "differs"
IMPOSSIBLE: Final = "impossible"

MOST_WHOLES: Final = 400
"""Largest whole that `whole_percent` tries; above it some whole number always fits a percentage with two decimals."""
MOST_PARTS: Final = 12


@dataclass(frozen=True, slots=True)
class Audit:
    """One check."""

    rule: str
    figures: tuple[int, ...]
    """Indices of the figures involved, in the list that `audit` was given, in the order of the arithmetic."""
    arithmetic: str
    computed: float | None
    stated: float | None
    verdict: str
    flag: str
    """What `flag` adds to these figures."""

    def row(self, figure_ids: Sequence[str]) -> dict[str, Any]:
        """The columns of `audits` without ids of its own and article; `figure_ids` are those of the list audited."""
        return {
            "rule": self.rule,
            "figure_ids": [figure_ids[index] for index in self.figures],
            "arithmetic": self.arithmetic,
            "computed": self.computed,
            "stated": self.stated,
            "verdict": self.verdict,
        }


def audit(
    text: str, figures: Sequence[Figure], dates: Sequence[DateSpan], *, province: str | None = None
) -> list[Audit]:
    """Return every check that `text` allows, by rule and place.

    `figures` and `dates` are those of `text`; `province` is the article's province (slug of the division of 2008).
    """
    sentences = list(_sentences(figures))
    found: list[Audit] = []
    for indices in sentences:
        found.extend(_parts_total(text, figures, indices))
        found.extend(_rest(text, figures, indices))
        found.extend(_percentages(text, figures, indices, province))
        found.extend(_rise_level(text, figures, indices))
    found.extend(_previous_level(text, figures, sentences))
    found.extend(_impossible(text, figures, dates))
    # A date printed twice is one finding.
    return list(dict.fromkeys(found))


def flag(figures: Sequence[Figure], audits: Sequence[Audit]) -> None:
    """Add to each figure the flags of the checks that it took part in."""
    for check in audits:
        for index in check.figures:
            flags = figures[index].flags
            if check.flag not in flags:
                flags.append(check.flag)


def _sentences(figures: Sequence[Figure]) -> Iterator[list[int]]:
    """Indices of the figures in digits, one list per sentence."""
    group: list[int] = []
    place: tuple[int, int] | None = None
    for index, figure in enumerate(figures):
        if figure.writing != "digits" or figure.value is None:
            continue
        here = (figure.sentence_start, figure.sentence_end)
        if here != place and group:
            yield group
            group = []
        place = here
        group.append(index)
    if group:
        yield group


# --- numbers --------------------------------------------------------------------------------------------------------


def _exact(value: float | None) -> Decimal:
    return Decimal(repr(value if value is not None else 0.0)).normalize()


def _decimals(surface: str) -> int:
    """Decimals printed in a percentage: 61,24 has two."""
    digits = re.split(r"[.,]", surface)
    return len(digits[-1]) if len(digits) > 1 and digits[-1].isdigit() else 0


def _plain(value: Decimal) -> str:
    """A number as one writes it in a sum: no exponent, no idle zeros, decimal point."""
    shown = f"{value:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


_SCALES: Final[dict[str, tuple[tuple[Decimal, str], ...]]] = {
    "money": ((Decimal(10) ** 9, "tỷ "), (Decimal(10) ** 6, "triệu ")),
    "area": ((Decimal(10) ** 4, "ha"), (Decimal(1), "m2")),
    "length": ((Decimal(1000), "km"), (Decimal(1), "m")),
    "mass": ((Decimal(1000), "tấn"), (Decimal(1), "kg")),
}


def _written(values: Sequence[Decimal], figure: Figure) -> tuple[list[str], str]:
    """`values` in the scale a person would write them in, and the unit to put behind the sum."""
    for scale, word in _SCALES.get(figure.kind, ()):
        if max(values) >= scale:
            money = {"VND": "đồng", None: ""}.get(figure.unit, figure.unit) if figure.kind == "money" else ""
            return [_plain(value / scale) for value in values], f" {word}{money}".rstrip()
    if figure.kind in ("percent", "percent_point"):
        return [_plain(value) for value in values], " %"
    return [_plain(value) for value in values], ""


def _rounds_to(exact: Decimal, stated: Decimal, decimals: int) -> bool:
    """Whether `exact` is printed as `stated`, rounded or cut to its decimals."""
    step = Decimal(1).scaleb(-decimals)
    return (
        exact.quantize(step, ROUND_HALF_UP) == stated.quantize(step, ROUND_HALF_UP) or stated <= exact < stated + step
    )


def _noun(figure: Figure) -> str:
    return (figure.unit or "").lower()


def _alike(a: Figure, b: Figure) -> bool:
    """Whether two figures count or measure the same thing, as far as unit and kind tell."""
    if a.kind != b.kind or list(a.per) != list(b.per):
        return False
    if a.kind != "count":
        return a.unit == b.unit
    first, second = _noun(a), _noun(b)
    return bool(first and second) and (
        first == second or first.startswith(second + " ") or second.startswith(first + " ")
    )


def _level(figure: Figure) -> bool:
    return (
        figure.change == "level"
        and figure.modality in ("actual", "estimate")
        and figure.value_max is None
        and figure.kind not in ("percent", "percent_point", "ratio", "rank", "score", "multiple", "duration")
    )


# --- rules ----------------------------------------------------------------------------------------------------------

_WHOLLY: Final = re.compile(r"(?<![^\W_])(?:bao )?gồm(?: có)?(?![^\W_])|chia ra|cụ thể(?: là)?:|trong đó gồm")
_TOTALLED: Final = re.compile(r"(?:tổng cộng|tổng số|cộng lại|nâng tổng số[^.;]{0,40}lên)[^.;0-9]{0,30}$")
_HEDGED: Final = frozenset({"about", "over", "under", "at_least", "at_most"})


def _parts_total(text: str, figures: Sequence[Figure], indices: list[int]) -> Iterator[Audit]:
    levels = [index for index in indices if _level(figures[index])]
    taken: set[int] = set()
    for place, total_at in enumerate(levels):
        total = figures[total_at]
        if total_at in taken:
            continue
        parts = _following_parts(figures, levels[place + 1 : place + 1 + MOST_PARTS], total)
        yield from _sum(text, figures, total_at, parts, taken)
    for place, total_at in enumerate(levels):
        total = figures[total_at]
        if total_at in taken or not _TOTALLED.search(text[max(0, total.start - 60) : total.start].lower()):
            continue
        parts = [index for index in levels[max(0, place - MOST_PARTS) : place] if _alike(figures[index], total)]
        if len(parts) >= 2 and sum((_exact(figures[i].value) for i in parts), Decimal(0)) == _exact(total.value):
            yield _sum_row(figures, total_at, parts, HOLDS)


def _following_parts(figures: Sequence[Figure], candidates: list[int], total: Figure) -> list[int]:
    parts: list[int] = []
    for index in candidates:
        part = figures[index]
        if _alike(part, total) and _exact(part.value) < _exact(total.value):
            parts.append(index)
        elif parts:
            break
    return parts


def _sum(text: str, figures: Sequence[Figure], total_at: int, parts: list[int], taken: set[int]) -> Iterator[Audit]:
    total = figures[total_at]
    if len(parts) < 2:
        return
    stated = _exact(total.value)
    running = Decimal(0)
    between = text[total.end : figures[parts[0]].start].lower()
    wholly = _WHOLLY.search(between) is not None
    for used, index in enumerate(parts, start=1):
        running += _exact(figures[index].value)
        if running == stated and used >= 2 and (stated >= 10 or wholly or ":" in between or "trong đó" in between):
            taken.update(parts[:used])
            yield _sum_row(figures, total_at, parts[:used], HOLDS)
            return
        if running > stated:
            break
    whole = sum((_exact(figures[index].value) for index in parts), Decimal(0))
    hedged = any(figures[index].qualifier in _HEDGED for index in (total_at, *parts))
    if (
        wholly
        and not hedged
        and len(between) < 80
        and "trong đó" not in text[total.end : figures[parts[-1]].end].lower()
    ):
        taken.update(parts)
        yield _sum_row(figures, total_at, parts, DIFFERS if whole != stated else HOLDS)


def _sum_row(figures: Sequence[Figure], total_at: int, parts: list[int], verdict: str) -> Audit:
    values = [_exact(figures[index].value) for index in parts]
    computed, stated = sum(values, Decimal(0)), _exact(figures[total_at].value)
    written, unit = _written([*values, computed, stated], figures[total_at])
    arithmetic = f"{' + '.join(written[:-2])} = {written[-2]}{unit}"
    if verdict == DIFFERS:
        arithmetic += f" ≠ {written[-1]}{unit}"
    return Audit(
        "parts_total", (*parts, total_at), arithmetic, float(computed), float(stated), verdict,
        "parts_total_ok" if verdict == HOLDS else "parts_total_mismatch",
    )  # fmt: skip


_REST: Final = re.compile(r"(?:,|;|\() ?(?:hiện )?(?:chỉ )?còn(?: lại)? ?$")


def _rest(text: str, figures: Sequence[Figure], indices: list[int]) -> Iterator[Audit]:
    for done_at, rest_at in pairwise(indices):
        done, rest = figures[done_at], figures[rest_at]
        if done.kind != "ratio" or done.denominator is None or rest.kind != "count" or rest.change != "level":
            continue
        between = text[done.end : rest.start]
        if len(between) > 60 or not _REST.search(between.lower()):
            continue
        first, second = _noun(done).split(" "), _noun(rest).split(" ")
        if first[0] and second[0] and first[0] != second[0]:
            continue
        computed = _exact(done.value) + _exact(rest.value)
        stated = _exact(done.denominator)
        holds = computed == stated
        arithmetic = f"{_plain(_exact(done.value))} + {_plain(_exact(rest.value))} = {_plain(computed)}"
        yield Audit(
            "rest", (done_at, rest_at), arithmetic if holds else f"{arithmetic} ≠ {_plain(stated)}",
            float(computed), float(stated),
            HOLDS if holds else DIFFERS, "rest_ok" if holds else "rest_mismatch",
        )  # fmt: skip


_LINKED: Final = re.compile(
    r"(?:^|[ ,(])(?:đạt|chiếm|bằng|tương đương|đạt tỷ lệ|tỷ lệ|chiếm tỷ lệ|tức) ?(?:là |tỷ lệ )?$|\( ?$"
)
_OF_ALL: Final = re.compile(r" ?% ?(?:(?:trên )?tổng )?số (?P<noun>[^\W\d_]+)")
_ELSEWHERE: Final = re.compile(
    r" ?% ?(?:(?:so )?với|kế hoạch|mục tiêu|chỉ tiêu|dự toán|cùng kỳ|dân số|tổng|số|diện tích|nghị quyết|theo)"
)


def _percentages(text: str, figures: Sequence[Figure], indices: list[int], province: str | None) -> Iterator[Audit]:
    for place, at in enumerate(indices):
        percent = figures[at]
        if percent.kind != "percent" or percent.change != "level" or place == 0 or percent.qualifier in _HEDGED:
            continue
        before_at = indices[place - 1]
        before = figures[before_at]
        gap = text[before.end : percent.start].lower()
        if len(gap) > 90 or ";" in gap or before.qualifier in _HEDGED or before.change != "level":
            continue
        if not _LINKED.search(gap):
            continue
        if before.kind == "ratio" and before.denominator:
            if not _ELSEWHERE.match(text[percent.end : percent.end + 24].lower()):
                yield _percent_row(
                    "ratio_percent", figures, (before_at,), at, _exact(before.value), _exact(before.denominator)
                )
        elif before.kind == "count" and before.value_max is None:
            whole = _OF_ALL.match(text[percent.end : percent.end + 40].lower())
            if whole and _noun(before).split(" ")[0] == whole["noun"]:
                yield from _whole_percent(figures, before_at, at, whole["noun"], province)
            elif not _ELSEWHERE.match(text[percent.end : percent.end + 24].lower()):
                yield from _share_percent(figures, indices[:place], before_at, at)


def _percent_row(
    rule: str,
    figures: Sequence[Figure],
    parts: tuple[int, ...],
    at: int,
    part: Decimal,
    whole: Decimal,
    *,
    note: str = "",
) -> Audit:
    percent = figures[at]
    stated, decimals = _exact(percent.value), _decimals(percent.surface)
    exact = part * 100 / whole
    shown = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    holds = _rounds_to(exact, stated, decimals)
    arithmetic = f"{_plain(part)} / {_plain(whole)} = {_plain(shown)} %"
    if not holds:
        arithmetic += f" ≠ {_plain(stated)} %"
    return Audit(
        rule, (*parts, at), arithmetic + note, float(shown), float(stated),
        HOLDS if holds else DIFFERS, "pct_ok" if holds else "pct_mismatch",
    )  # fmt: skip


def _share_percent(figures: Sequence[Figure], earlier: list[int], part_at: int, at: int) -> Iterator[Audit]:
    """A part, its percentage, and a whole named earlier; only agreement is evidence that it is the whole."""
    part = figures[part_at]
    for whole_at in reversed(earlier[-MOST_PARTS:]):
        whole = figures[whole_at]
        if whole_at == part_at or whole.change != "level" or not _alike(whole, part) or whole.value_max is not None:
            continue
        if _exact(whole.value) < _exact(part.value) or not whole.value or whole.qualifier in _HEDGED:
            continue
        row = _percent_row("share_percent", figures, (part_at, whole_at), at, _exact(part.value), _exact(whole.value))
        if row.verdict == HOLDS and _exact(figures[at].value) < 100:
            yield row
            return


def _whole_percent(
    figures: Sequence[Figure], part_at: int, at: int, noun: str, province: str | None
) -> Iterator[Audit]:
    """`80 xã, đạt 61,24% tổng số xã`: the whole is not printed, but it is a whole number."""
    part, percent = _exact(figures[part_at].value), figures[at]
    stated, decimals = _exact(percent.value), _decimals(percent.surface)
    if stated <= 0 or stated > 100 or part <= 0 or part != part.to_integral_value():
        return
    likely = part * 100 / stated
    if likely > MOST_WHOLES:
        return
    fits = [
        whole
        for whole in range(max(1, int(likely) - 3), int(likely) + 5)
        if _rounds_to(part * 100 / whole, stated, decimals)
    ]
    known = commune_counts().get((province or "", noun))
    if known is not None and (known in fits or not fits):
        note = ""
        if known not in fits:
            for other in (part - 1, part + 1):
                if _rounds_to(other * 100 / known, stated, decimals):
                    note = f"; {_plain(other)} / {known} = {_plain(stated)} %"
        yield _percent_row("whole_percent", figures, (part_at,), at, part, Decimal(known), note=note)
    elif not fits:
        low = int(likely)
        closest = min((low, low + 1), key=lambda whole: abs(part * 100 / whole - stated)) if low else 1
        beside = closest + 1 if part * 100 / closest > stated else max(1, closest - 1)
        shown = (part * 100 / beside).quantize(Decimal("0.01"), ROUND_HALF_UP)
        row = _percent_row("whole_percent", figures, (part_at,), at, part, Decimal(closest))
        yield Audit(
            row.rule, row.figures, f"{row.arithmetic}; {_plain(part)} / {beside} = {_plain(shown)} %",
            row.computed, row.stated, DIFFERS, "pct_mismatch",
        )  # fmt: skip


@cache
def commune_counts() -> dict[tuple[str, str], int]:
    """Units of a province by (slug of 2008, first word of the unit)."""
    counts: dict[tuple[str, str], int] = {}
    data = resources.files("transforms").joinpath("data/commune_counts.tsv").read_text(encoding="utf-8")
    lines = (line for line in data.splitlines() if not line.startswith("#"))
    for row in csv.DictReader(lines, delimiter="\t"):
        counts[row["province"], "xã"] = int(row["xa"])
        counts[row["province"], "phường"] = int(row["phuong"])
        counts[row["province"], "huyện"] = int(row["huyen"])
    return counts


_FROM: Final = re.compile(r"(?<![^\W_])từ(?: mức)? $")
_TO: Final = re.compile(r"(?<![^\W_])(?:lên|xuống|xuống còn|giảm còn|còn|lên tới|lên đến|đến|thành) ?$")
_APART: Final = re.compile(r"bình quân|mỗi năm|hằng năm|hàng năm|trung bình|tỷ lệ|tỉ lệ|trong đó|riêng|còn|;")
"""Between two levels and a change they say that the change is another's, or that of one year of several."""


def _rise_level(text: str, figures: Sequence[Figure], indices: list[int]) -> Iterator[Audit]:
    for place in range(len(indices) - 2):
        first_at, second_at, change_at = indices[place : place + 3]
        first, second, change = figures[first_at], figures[second_at], figures[change_at]
        if change.change == "level" or first.change != "level" or second.change != "level":
            continue
        if first.kind != second.kind or first.value_max is not None or second.value_max is not None:
            continue
        if first.kind not in ("percent", "percent_point") and not _alike(first, second):
            continue
        if not _FROM.search(text[max(0, first.start - 12) : first.start].lower()):
            continue
        if not _TO.search(text[first.end : second.start].lower()):
            continue
        between = text[second.end : change.start].lower()
        if len(between) > 60 or _APART.search(between):
            continue
        if change.kind == "percent_point" and first.kind != "percent":
            continue
        if any(figure.qualifier in _HEDGED for figure in (first, second, change)):
            continue
        start, end, stated = _exact(first.value), _exact(second.value), _exact(change.value)
        rising = change.change == "increase"
        step = end - start if rising else start - end
        decimals = max(_decimals(figure.surface) for figure in (first, second, change))
        if change.kind == "percent_point" or (change.kind == first.kind and first.kind in ("percent", "percent_point")):
            relative = abs(step) * 100 / start if start else None
            if change.kind == "percent" and relative and _rounds_to(relative, stated, _decimals(change.surface)):
                # A relative change of a percentage: 20 % to 15 % is a quarter less.
                continue
        elif change.kind == "percent" and start:
            exact = step * 100 / start
            holds = _rounds_to(exact, stated, _decimals(change.surface))
            shown = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
            order = (end, start) if rising else (start, end)
            written, _ = _written([*order, start], second)
            arithmetic = f"({written[0]} - {written[1]}) / {written[2]} = {_plain(shown)} %"
            yield _change_row((first_at, second_at, change_at), arithmetic, shown, stated, holds=holds, unit=" %")
            continue
        elif not _alike(change, second):
            continue
        tolerance = Decimal(0) if first.kind == "count" else Decimal(1).scaleb(-decimals)
        order = (end, start) if rising else (start, end)
        written, unit = _written([*order, step, stated], second)
        arithmetic = f"{written[0]} - {written[1]} = {written[2]}{unit}"
        holds = abs(step - stated) <= tolerance
        yield _change_row(
            (first_at, second_at, change_at), arithmetic, step, stated, holds=holds, unit=unit, stated_as=written[3]
        )


def _change_row(
    indices: tuple[int, ...],
    arithmetic: str,
    computed: Decimal,
    stated: Decimal,
    *,
    holds: bool,
    unit: str,
    stated_as: str | None = None,
) -> Audit:
    if not holds:
        arithmetic += f" ≠ {stated_as or _plain(stated)}{unit}"
    return Audit(
        "rise_level", indices, arithmetic, float(computed), float(stated),
        HOLDS if holds else DIFFERS, "delta_ok" if holds else "delta_mismatch",
    )  # fmt: skip


_COMPARED: Final = re.compile(r"so (?:với )?(?:cùng kỳ )?(?:cuối )?năm (\d{4})")


def _previous_level(text: str, figures: Sequence[Figure], sentences: list[list[int]]) -> Iterator[Audit]:
    """`4.365 mô hình (tăng 568 mô hình so với năm 2022)` beside `năm 2022 … 3.797 mô hình`."""
    stated_levels: dict[tuple[str, str, int], list[int]] = {}
    for indices in sentences:
        for index in indices:
            figure = figures[index]
            start, end = figure.period_start, figure.period_end
            if _level(figure) and start and end and start.year == end.year and (end - start).days >= 364:
                stated_levels.setdefault((figure.kind, _noun(figure), start.year), []).append(index)
    if not stated_levels:
        return
    for indices in sentences:
        for level_at, change_at in pairwise(indices):
            level, change = figures[level_at], figures[change_at]
            if change.change == "level" or not _level(level) or not _alike(level, change):
                continue
            if change.start - level.end > 80 or level.qualifier in _HEDGED or change.qualifier in _HEDGED:
                continue
            base = _COMPARED.search(text[change.end : change.end + 60].lower())
            if base is None:
                continue
            others = [i for i in stated_levels.get((level.kind, _noun(level), int(base[1])), []) if i != level_at]
            if len(others) != 1 or figures[others[0]].qualifier in _HEDGED:
                continue
            now, step, before = _exact(level.value), _exact(change.value), _exact(figures[others[0]].value)
            derived = now - step if change.change == "increase" else now + step
            sign = "-" if change.change == "increase" else "+"
            written, unit = _written([now, step, derived, before], level)
            holds = derived == before
            arithmetic = f"{written[0]} {sign} {written[1]} = {written[2]}{unit}"
            yield Audit(
                "previous_level", (level_at, change_at, others[0]),
                arithmetic if holds else f"{arithmetic} ≠ {written[3]}{unit}", float(derived), float(before),
                HOLDS if holds else DIFFERS, "delta_ok" if holds else "delta_mismatch",
            )  # fmt: skip


def _impossible(text: str, figures: Sequence[Figure], dates: Sequence[DateSpan]) -> Iterator[Audit]:
    starts = [figure.sentence_start for figure in figures]
    for span in dates:
        if "impossible_date" not in span.flags:
            continue
        known = span.last or span.first
        after = bisect_right(starts, span.start)
        # The figures of the sentence that holds the date: those that begin it come last before `after`.
        sentence = range(bisect_left(starts, starts[after - 1]), after) if after else range(0)
        concerned = tuple(
            index
            for index in sentence
            if span.start < figures[index].sentence_end
            and known is not None
            and known in (figures[index].period_end, figures[index].period_start)
        )
        arithmetic = f"{span.surface}: không có ngày này"
        if known is not None:
            length = calendar.monthrange(known.year, known.month)[1]
            arithmetic = f"{span.surface}: tháng {known.month}/{known.year} có {length} ngày"
        yield Audit("impossible_date", concerned, arithmetic, None, None, IMPOSSIBLE, "impossible_date")
