"""Separators decided and numbers in words read."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.numbers import Follows, Habits, habit, read, read_words

ENGLISH = Habits(dot_decimal=2, comma_group=1)
LAWFUL = Habits(comma_decimal=3, dot_group=2)


@pytest.mark.parametrize(
    ("surface", "follows", "value", "style", "flags"),
    [
        ("1234", "count", "1234", "plain", ()),
        ("05", "count", "5", "plain", ("leading_zero",)),
        ("1.234.567", "count", "1234567", "dot_group", ()),
        ("1.234.567,89", "money", "1234567.89", "dot_group_comma", ()),
        ("1,234,567", "count", "1234567", "comma_group", ("nonstandard_sep",)),
        ("1,234.5", "money", "1234.5", "comma_group_dot", ("nonstandard_sep",)),
        ("0.125", "percent", "0.125", "dot_decimal", ("nonstandard_sep",)),
        ("0,5", "percent", "0.5", "comma_decimal", ()),
        ("32,13", "percent", "32.13", "comma_decimal", ()),
        ("3.5", "magnitude", "3.5", "dot_decimal", ("nonstandard_sep",)),
        ("1.115", "count", "1115", "dot_group", ()),
        ("302.523", "measure", "302523", "dot_group", ()),
        ("12.345", "percent", "12.345", "dot_decimal", ("ambiguous_sep",)),
        ("5.953", "magnitude", "5953", "dot_group", ("ambiguous_sep",)),
        ("5,953", "magnitude", "5.953", "comma_decimal", ()),
        ("1,115", "count", "1115", "comma_group", ("nonstandard_sep",)),
        ("500,000", "money", "500000", "comma_group", ("nonstandard_sep",)),
        ("1,250", "measure", "1.250", "comma_decimal", ("ambiguous_sep",)),
    ],
)
def test_the_decision_table(surface: str, follows: Follows, value: str, style: str, flags: tuple[str, ...]) -> None:
    reading = read(surface, follows)
    assert (reading.value, reading.style, reading.flags) == (Decimal(value), style, flags)


@pytest.mark.parametrize(
    ("surface", "follows", "habits", "value", "alternative"),
    [
        ("1,250", "measure", ENGLISH, "1250", "1.250"),
        ("55,600", "magnitude", ENGLISH, "55600", "55.600"),
        ("5.953", "magnitude", ENGLISH, "5.953", "5953"),
        ("5.953", "magnitude", LAWFUL, "5953", "5.953"),
        ("1,250", "measure", LAWFUL, "1.250", "1250"),
    ],
)
def test_the_articles_habits_settle_a_doubt(
    surface: str, follows: Follows, habits: Habits, value: str, alternative: str
) -> None:
    reading = read(surface, follows, habits)
    assert (reading.value, reading.alternative) == (Decimal(value), Decimal(alternative))
    assert "ambiguous_sep" in reading.flags
    assert reading.confidence < 1


@pytest.mark.parametrize("surface", ["1.23.4", "1,23,4", "1.2.3,4", "9" * 19, "1" * 5000, "1.,2"])
def test_what_makes_no_number_says_so(surface: str) -> None:
    reading = read(surface)
    assert reading.value is None
    assert reading.flags == ("unparsed_number",)


@pytest.mark.parametrize(
    ("surface", "follows", "evidence"),
    [
        ("1.115", "count", "dot_group"), ("1.115", "magnitude", None), ("1,115", "count", "comma_group"),
        ("5,953", "magnitude", None), ("83,5", "nothing", "comma_decimal"), ("83.5", "nothing", "dot_decimal"),
        ("1,234,567", "nothing", "comma_group"), ("1234", "count", None), ("1.234,5", "nothing", "comma_decimal"),
    ],
)  # fmt: skip
def test_only_plain_forms_are_evidence(surface: str, follows: Follows, evidence: str | None) -> None:
    assert habit(surface, follows) == evidence


@given(st.integers(0, 10**15))
@settings(deadline=None)
def test_grouped_integers_read_back(value: int) -> None:
    assert read(f"{value:,}".replace(",", "."), "count").value == value
    assert read(str(value), "count").value == value


@given(st.integers(1000, 10**12))
@settings(deadline=None)
def test_english_groups_read_back_before_things(value: int) -> None:
    assert read(f"{value:,}", "count").value == value


@given(st.integers(0, 10**9), st.integers(0, 99))
@settings(deadline=None)
def test_decimals_read_back(whole: int, cents: int) -> None:
    expected = Decimal(whole) + Decimal(cents) / 100
    assert read(f"{whole},{cents:02d}", "money").value == expected
    assert read(f"{whole:,}".replace(",", ".") + f",{cents:02d}", "magnitude").value == expected


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("mười lăm", "15"), ("hai mươi", "20"), ("hai mươi mốt", "21"), ("ba mươi tư", "34"), ("năm mươi nhăm", "55"),
        ("một trăm linh năm", "105"), ("ba trăm hai", "320"), ("bốn trăm hai mươi", "420"), ("hai nghìn", "2000"),
        ("một triệu rưỡi", "1500000"), ("một triệu hai", "1200000"), ("năm rưỡi", "5.5"), ("mười lăm vạn", "150000"),
        ("hai trăm rưỡi", "250"), ("ba nghìn không trăm linh sáu", "3006"), ("một tỷ hai trăm triệu", "1200000000"),
    ],
)  # fmt: skip
def test_words(words: str, value: str) -> None:
    assert read_words(words.split()) == Decimal(value)


@pytest.mark.parametrize("words", ["", "nghìn", "linh năm", "mươi", "trăm hai", "hai trăm trăm", "một nghìn hai triệu"])
def test_words_that_make_no_number(words: str) -> None:
    assert read_words(words.split()) is None


_DIGITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]


def _below_thousand(value: int, full: bool) -> list[str]:
    hundreds, rest = divmod(value, 100)
    said = [_DIGITS[hundreds], "trăm"] if hundreds or full else []
    tens, ones = divmod(rest, 10)
    if tens == 0:
        if ones and said:
            said += ["linh", _DIGITS[ones]]
        elif ones:
            said += [_DIGITS[ones]]
        return said
    said += ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    if ones:
        said.append({1: "mốt" if tens > 1 else "một", 5: "lăm"}.get(ones, _DIGITS[ones]))
    return said


@given(st.integers(1, 999_999_999))
@settings(deadline=None)
def test_spelled_numbers_read_back(value: int) -> None:
    said: list[str] = []
    for scale, name in ((10**6, "triệu"), (10**3, "nghìn"), (1, "")):
        part = value // scale % 1000
        if part:
            said += _below_thousand(part, full=bool(said)) + ([name] if name else [])
    assert read_words(said) == value
