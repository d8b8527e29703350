"""Audit: sums, ratios, rises and dates that the text itself allows to check. Figures are laid out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.audit import Audit, audit, commune_counts, flag
from transforms.dates import find as dates_of
from transforms.figures import Figure
from transforms.sentences import split


def _laid(
    start: int, end: int, surface: str, kind: str, value: float | None, unit: str | None, **columns: Any
) -> Figure:
    """A figure with the columns that the checks look at; the others as they are where nothing is printed."""
    plain: dict[str, Any] = {
        "value_max": None, "denominator": None, "writing": "digits", "per": [], "qualifier": "exact", "change": "level",
        "modality": "actual", "period_start": None, "period_end": None, "alt_value": None, "category": None,
        "scope": None, "place": None, "sentence_start": 0, "sentence_end": 0, "confidence": 1.0, "flags": [],
    }  # fmt: skip
    return Figure(start, end, surface, kind=kind, value=value, unit=unit, **(plain | columns))


def _figures(text: str, *listed: tuple[Any, ...]) -> list[Figure]:
    """(surface, kind, value, unit, {other columns}) in the order of the text."""
    sentences = split(text)
    figures: list[Figure] = []
    at = 0
    for surface, kind, value, unit, *rest in listed:
        start = text.index(surface, at)
        at = start + len(surface)
        bounds = next((a, b) for a, b in sentences if a <= start < b)
        figure = _laid(start, at, surface, kind, value, unit, sentence_start=bounds[0], sentence_end=bounds[1])
        for name, content in (rest[0] if rest else {}).items():
            setattr(figure, name, content)
        figures.append(figure)
    return figures


def _audit(text: str, *listed: tuple[Any, ...], province: str | None = None) -> list[Audit]:
    return audit(text, _figures(text, *listed), dates_of(text), province=province)


def _count(surface: str, unit: str = "mô hình", **columns: Any) -> tuple[Any, ...]:
    return surface, "count", float(surface.replace(".", "")), unit, columns


def _percent(surface: str, **columns: Any) -> tuple[Any, ...]:
    return surface, "percent", float(surface.replace(",", ".")), "%", columns


def _money(surface: str, scale: float = 1e9) -> tuple[Any, ...]:
    return surface, "money", float(surface.replace(".", "").replace(",", ".")) * scale, "VND", {}


def test_parts_that_make_the_total() -> None:
    text = "Tỉnh có 1.115 mô hình: kinh tế 573 mô hình; văn hóa 253 mô hình; an ninh 198 mô hình; chính trị 91 mô hình."
    listed = [_count(n) for n in ("1.115", "573", "253", "198", "91")]
    (found,) = _audit(text, *listed)
    assert found == Audit(
        "parts_total", (1, 2, 3, 4, 0), "573 + 253 + 198 + 91 = 1115", 1115.0, 1115.0, "holds", "parts_total_ok"
    )


def test_a_complete_list_that_does_not_make_the_total() -> None:
    text = "Huyện có 120 mô hình, gồm 50 mô hình kinh tế và 60 mô hình văn hóa."
    (found,) = _audit(text, _count("120"), _count("50"), _count("60"))
    assert (found.verdict, found.arithmetic, found.flag) == ("differs", "50 + 60 = 110 ≠ 120", "parts_total_mismatch")


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        # Others may be left out.
        ("Huyện có 120 mô hình, trong đó 50 mô hình kinh tế, 60 mô hình văn hóa.",
         [_count("120"), _count("50"), _count("60")]),
        # A hedged total promises nothing.
        ("Huyện có hơn 120 mô hình, gồm 50 mô hình kinh tế và 60 mô hình văn hóa.",
         [_count("120", qualifier="over"), _count("50"), _count("60")]),
        # Different things do not add up.
        ("Huyện có 120 mô hình, gồm 50 hộ và 60 người.", [_count("120"), _count("50", "hộ"), _count("60", "người")]),
        # Small numbers agree by chance.
        ("Xã trao 3 suất, thêm 1 suất rồi 2 suất.", [_count("3", "suất"), _count("1", "suất"), _count("2", "suất")]),
        # Targets are no results.
        ("Kế hoạch 110 mô hình, gồm 50 mô hình và 70 mô hình.",
         [_count("110", modality="target"), _count("50"), _count("70")]),
    ],
)  # fmt: skip
def test_sums_that_cannot_be_checked(text: str, listed: list[tuple[Any, ...]]) -> None:
    assert _audit(text, *listed) == []


def test_a_total_after_its_parts() -> None:
    text = "Thôn trao 15 suất, xã trao 25 suất, tổng cộng 40 suất."
    (found,) = _audit(text, *(_count(n, "suất") for n in ("15", "25", "40")))
    assert (found.verdict, found.arithmetic) == ("holds", "15 + 25 = 40")


def test_money_is_added_as_a_person_would() -> None:
    text = "Quỹ nhận 14,62 tỷ đồng, trong đó tỉnh 6,3 tỷ đồng, huyện 5,17 tỷ đồng, xã 3,15 tỷ đồng."
    (found,) = _audit(text, *(_money(n) for n in ("14,62", "6,3", "5,17", "3,15")))
    assert found.arithmetic == "6.3 + 5.17 + 3.15 = 14.62 tỷ đồng"
    assert (found.computed, found.stated) == (14_620_000_000.0, 14_620_000_000.0)


def _ratio(surface: str, unit: str) -> tuple[Any, ...]:
    part, whole = surface.split("/")
    return surface, "ratio", float(part), unit, {"denominator": float(whole)}


@pytest.mark.parametrize(
    ("ratio", "percent", "verdict", "arithmetic"),
    [
        ("605/608", "99,5", "holds", "605 / 608 = 99.51 %"),
        ("548/599", "91,5", "holds", "548 / 599 = 91.49 %"),
        ("2/3", "66,6", "holds", "2 / 3 = 66.67 %"),
        ("18/18", "100", "holds", "18 / 18 = 100 %"),
        ("16/18", "90", "differs", "16 / 18 = 88.89 % ≠ 90 %"),
    ],
)
def test_a_ratio_and_its_percentage(ratio: str, percent: str, verdict: str, arithmetic: str) -> None:
    text = f"Đoàn kết nghĩa với {ratio} buôn ({percent}%)."
    (found,) = _audit(text, _ratio(ratio, "buôn"), _percent(percent))
    assert (found.rule, found.verdict, found.arithmetic) == ("ratio_percent", verdict, arithmetic)


def test_a_percentage_of_something_else_is_not_compared() -> None:
    text = "Có 16/18 sở hoàn thành, đạt 110% kế hoạch."
    assert _audit(text, _ratio("16/18", "sở"), _percent("110")) == []


def test_what_is_left_of_a_ratio() -> None:
    text = "Đã giải quyết 19/26 vụ việc, còn 07 vụ."
    (found,) = _audit(text, _ratio("19/26", "vụ việc"), _count("07", "vụ"))
    assert (found.rule, found.verdict, found.arithmetic) == ("rest", "holds", "19 + 7 = 26")
    text = "Đã giải quyết 19/26 vụ việc, còn lại 08 vụ."
    (found,) = _audit(text, _ratio("19/26", "vụ việc"), _count("08", "vụ"))
    assert (found.verdict, found.arithmetic, found.flag) == ("differs", "19 + 8 = 27 ≠ 26", "rest_mismatch")


def test_a_share_of_a_number_named_before() -> None:
    text = "Thụ lý 7.568 đơn, đã giải quyết 7.344 đơn, đạt 97%."
    (found,) = _audit(text, _count("7.568", "đơn"), _count("7.344", "đơn"), _percent("97"))
    assert (found.rule, found.figures, found.arithmetic) == ("share_percent", (1, 0, 2), "7344 / 7568 = 97.04 %")
    # No agreement is no proof: the percentage may be of something else.
    assert _audit(text.replace("97", "80"), _count("7.568", "đơn"), _count("7.344", "đơn"), _percent("80")) == []


def test_communes_as_a_share_of_all_communes() -> None:
    text = "Toàn tỉnh có 80 xã đạt chuẩn, đạt 61,24% tổng số xã."
    listed = [_count("80", "xã"), _percent("61,24")]
    (known,) = _audit(text, *listed, province="hoa-binh")
    assert (known.verdict, known.computed, known.stated) == ("differs", 62.02, 61.24)
    assert known.arithmetic == "80 / 129 = 62.02 % ≠ 61.24 %; 79 / 129 = 61.24 %"
    (unknown,) = _audit(text, *listed)
    assert (unknown.verdict, unknown.flag) == ("differs", "pct_mismatch")
    assert unknown.arithmetic == "80 / 131 = 61.07 % ≠ 61.24 %; 80 / 130 = 61.54 %"


def test_a_share_that_some_number_of_communes_gives_is_left_alone() -> None:
    text = "Toàn tỉnh có 79 xã đạt chuẩn, đạt 61,24% tổng số xã."
    listed = [_count("79", "xã"), _percent("61,24")]
    assert _audit(text, *listed) == []
    (known,) = _audit(text, *listed, province="hoa-binh")
    assert (known.verdict, known.arithmetic) == ("holds", "79 / 129 = 61.24 %")
    # 129 of today says nothing when another number of communes fits: they were merged over the years.
    other = _audit("Có 100 xã, đạt 50% tổng số xã.", _count("100", "xã"), _percent("50"), province="hoa-binh")
    assert other == []


def test_every_province_has_its_counts() -> None:
    assert len({province for province, _ in commune_counts()}) == 63
    assert commune_counts()["hoa-binh", "xã"] == 129


def test_a_fall_between_two_levels() -> None:
    text = "Tỷ lệ hộ nghèo giảm từ 22,5% (năm 2022) xuống còn 17,3% (năm 2023), giảm 5,2 điểm phần trăm."
    point = ("5,2", "percent_point", 5.2, "%", {"change": "decrease"})
    (found,) = _audit(
        text.replace(" (năm 2022)", "").replace(" (năm 2023)", ""), _percent("22,5"), _percent("17,3"), point
    )
    assert (found.rule, found.verdict, found.arithmetic) == ("rise_level", "holds", "22.5 - 17.3 = 5.2 %")
    wrong = ("6,2", "percent_point", 6.2, "%", {"change": "decrease"})
    text = "Tỷ lệ giảm từ 22,5% xuống còn 17,3%, giảm 6,2 điểm phần trăm."
    (found,) = _audit(text, _percent("22,5"), _percent("17,3"), wrong)
    assert (found.verdict, found.arithmetic) == ("differs", "22.5 - 17.3 = 5.2 % ≠ 6.2 %")


def test_a_relative_rise() -> None:
    text = "Thu ngân sách tăng từ 200 tỷ đồng lên 250 tỷ đồng, tăng 25%."
    rise = ("25", "percent", 25.0, "%", {"change": "increase"})
    (found,) = _audit(text, _money("200"), _money("250"), rise)
    assert (found.verdict, found.arithmetic) == ("holds", "(250 - 200) / 200 = 25 %")


@pytest.mark.parametrize(
    "text",
    [
        "Hộ nghèo giảm từ 500 hộ xuống còn 400 hộ, bình quân mỗi năm giảm 50 hộ.",
        "Hộ nghèo giảm từ 500 hộ xuống còn 400 hộ; hộ cận nghèo giảm 50 hộ.",
    ],
)
def test_a_change_of_something_else(text: str) -> None:
    assert _audit(text, _count("500", "hộ"), _count("400", "hộ"), _count("50", "hộ", change="decrease")) == []


def test_the_level_before_a_rise_only_where_the_text_states_it() -> None:
    year = {"period_start": date(2022, 1, 1), "period_end": date(2022, 12, 31)}
    text = "Năm 2022 có 3.797 mô hình. Hiện có 4.365 mô hình (tăng 568 mô hình so với năm 2022)."
    listed = [_count("3.797", **year), _count("4.365"), _count("568", change="increase")]
    (found,) = _audit(text, *listed)
    assert (found.rule, found.verdict, found.arithmetic) == ("previous_level", "holds", "4365 - 568 = 3797")
    text = text.replace("3.797", "3.800")
    (found,) = _audit(text, _count("3.800", **year), *listed[1:])
    assert (found.verdict, found.arithmetic) == ("differs", "4365 - 568 = 3797 ≠ 3800")
    assert _audit(text.partition(". ")[2], *listed[1:]) == []


def test_an_impossible_date_marks_the_figures_it_dates() -> None:
    end = {"period_end": date(2023, 11, 30)}
    text = "Tính đến 31/11/2023, tỉnh có 80 xã, 28 thôn. Tỉnh có 5 huyện."
    figures = _figures(text, _count("80", "xã", **end), _count("28", "thôn", **end), _count("5", "huyện"))
    (found,) = audit(text, figures, dates_of(text))
    assert (found.rule, found.verdict, found.figures) == ("impossible_date", "impossible", (0, 1))
    assert found.arithmetic == "Tính đến 31/11/2023: tháng 11/2023 có 30 ngày"
    assert (found.computed, found.stated) == (None, None)
    flag(figures, [found, found])
    assert [figure.flags for figure in figures] == [["impossible_date"], ["impossible_date"], []]


def test_rows_name_figures_by_id() -> None:
    text = "Đã giải quyết 19/26 vụ việc, còn 07 vụ."
    (found,) = _audit(text, _ratio("19/26", "vụ việc"), _count("07", "vụ"))
    assert found.row(["aa", "bb"]) == {
        "rule": "rest",
        "figure_ids": ["aa", "bb"],
        "arithmetic": "19 + 7 = 26",
        "computed": 26.0,
        "stated": 26.0,
        "verdict": "holds",
    }


def test_nothing_to_check() -> None:
    assert _audit("Xã tổ chức hội nghị.") == []


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["12 hộ", "5 hộ", "7 hộ", "7/12 hộ", "58,3%", "3,5 tỷ đồng", "gồm",
                 "(", "từ", "xuống còn", "đạt", "."]),
            st.sampled_from([" ", ", ", "; "]),
        ),
        max_size=24,
    ),
    st.sampled_from(["level", "increase", "decrease"]),
    st.floats(0, 1e15),
)  # fmt: skip
def test_any_figures_are_checked_without_an_error(pieces: list[tuple[str, str]], change: str, value: float) -> None:
    text = "".join(a + b for a, b in pieces)
    figures: list[Figure] = []
    at = 0
    for piece, gap in pieces:
        if piece[0].isdigit():
            digits = piece.split()[0].rstrip("%")
            kind = "ratio" if "/" in digits else "percent" if "%" in piece else "money" if "tỷ" in piece else "count"
            figures.append(
                _laid(at, at + len(digits), digits, kind, value, piece.partition(" ")[2] or None, change=change,
                       denominator=value if kind == "ratio" else None, sentence_end=len(text))
            )  # fmt: skip
        at += len(piece) + len(gap)
    for found in audit(text, figures, dates_of(text)):
        assert found.verdict in ("holds", "differs", "impossible")
        assert all(0 <= index < len(figures) for index in found.figures)
