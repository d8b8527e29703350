"""Dates in text and in stamps: every form of the domain page, in sentences of our own."""

from __future__ import annotations

import time
import unicodedata
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.dates import find, parse_stamp

LOCAL = timezone(timedelta(hours=7))


def _spans(text: str) -> list[tuple[str, str | None, str | None, str]]:
    return [
        (s.surface, s.first.isoformat() if s.first else None, s.last.isoformat() if s.last else None, s.kind)
        for s in find(text)
    ]  # fmt: skip


DAYS = [
    ("Sáng 19.5.2023, đoàn công tác đến xã", "19.5.2023", "2023-05-19"),
    ("Hội nghị họp ngày 03/6/2013 tại hội trường", "ngày 03/6/2013", "2013-06-03"),
    ("ban hành ngày 12-12-2013.", "ngày 12-12-2013", "2013-12-12"),
    ("ngày 28 tháng 05 năm 2004", "ngày 28 tháng 05 năm 2004", "2004-05-28"),
    ("Ngày 5 tháng 11 năm 2021, Huyện ủy", "Ngày 5 tháng 11 năm 2021", "2021-11-05"),
    ("từ đó đến hôm 7/8/1999 mới xong", "7/8/1999", "1999-08-07"),
    ("ngày\u00a004/3/2022", "ngày\u00a004/3/2022", "2022-03-04"),
    ("ngày 04  tháng 3\u00a0năm 2022", "ngày 04  tháng 3\u00a0năm 2022", "2022-03-04"),
    ("ngày 5–6–2020", "ngày 5–6–2020", "2020-06-05"),
    ("ngày 30/4/75 lịch sử", "ngày 30/4/75", "1975-04-30"),
    ("ngày 12/5/23", "ngày 12/5/23", "2023-05-12"),
    ("khai mạc (21/01/2024)", "21/01/2024", "2024-01-21"),
]


@pytest.mark.parametrize(("text", "surface", "day"), DAYS)
def test_a_day_is_both_ends_and_the_day_comes_first(text: str, surface: str, day: str) -> None:
    assert _spans(text) == [(surface, day, day, "day")]


PERIODS = [
    ("Năm 2019, toàn huyện", "Năm 2019", "2019-01-01", "2019-12-31", "year"),
    ("trong năm 1428", "năm 1428", "1428-01-01", "1428-12-31", None),
    ("tháng 9/2023 vừa rồi", "tháng 9/2023", "2023-09-01", "2023-09-30", "month"),
    ("tháng 2 năm 2024", "tháng 2 năm 2024", "2024-02-01", "2024-02-29", "month"),
    ("tháng 12-2022", "tháng 12-2022", "2022-12-01", "2022-12-31", "month"),
    ("(10/2023)", "10/2023", "2023-10-01", "2023-10-31", "month"),
    ("quý I/2024", "quý I/2024", "2024-01-01", "2024-03-31", "quarter"),
    ("Quý 3 năm 2022", "Quý 3 năm 2022", "2022-07-01", "2022-09-30", "quarter"),
    ("quý IV-2021", "quý IV-2021", "2021-10-01", "2021-12-31", "quarter"),
    ("quý I và quý II/2023", "quý I và quý II/2023", "2023-01-01", "2023-06-30", "quarter"),
    ("6 tháng đầu năm 2023", "6 tháng đầu năm 2023", "2023-01-01", "2023-06-30", "half"),
    ("Sáu tháng đầu năm 2023", "Sáu tháng đầu năm 2023", "2023-01-01", "2023-06-30", "half"),
    ("nửa cuối năm 2023", "nửa cuối năm 2023", "2023-07-01", "2023-12-31", "half"),
    ("9 tháng năm 2023", "9 tháng năm 2023", "2023-01-01", "2023-09-30", "part_year"),
    ("11 tháng của năm 2023", "11 tháng của năm 2023", "2023-01-01", "2023-11-30", "part_year"),
    ("3 tháng cuối năm 2022", "3 tháng cuối năm 2022", "2022-10-01", "2022-12-31", "part_year"),
    ("hai tháng cuối năm 2022", "hai tháng cuối năm 2022", "2022-11-01", "2022-12-31", "part_year"),
    ("giai đoạn 2016 - 2020", "giai đoạn 2016 - 2020", "2016-01-01", "2020-12-31", "span"),
    ("Giai đoạn từ năm 2021 đến 2025", "Giai đoạn từ năm 2021 đến 2025", "2021-01-01", "2025-12-31", "span"),
    ("giai đoạn I (2021-2025)", "giai đoạn I (2021-2025", "2021-01-01", "2025-12-31", "span"),
    ("(2016 - 2020)", "2016 - 2020", "2016-01-01", "2020-12-31", "span"),
    ("hai năm 2022 - 2023", "hai năm 2022 - 2023", "2022-01-01", "2023-12-31", "span"),
    ("nhiệm kỳ 2020–2025", "nhiệm kỳ 2020–2025", "2020-01-01", "2025-12-31", "term"),
    ("từ tháng 8/2023 đến hết tháng 3/2024", "từ tháng 8/2023 đến hết tháng 3/2024",
     "2023-08-01", "2024-03-31", "span"),
    ("từ năm 2021 đến tháng 6/2024", "từ năm 2021 đến tháng 6/2024", "2021-01-01", "2024-06-30", "span"),
    ("từ ngày 16/12/2022 đến ngày 15/12/2023", "từ ngày 16/12/2022 đến ngày 15/12/2023",
     "2022-12-16", "2023-12-15", "span"),
    ("từ ngày 01 đến 15/11/2023", "từ ngày 01 đến 15/11/2023", "2023-11-01", "2023-11-15", "span"),
    ("ngày 12-13/12/2023", "ngày 12-13/12/2023", "2023-12-12", "2023-12-13", "span"),
    ("từ 12/5 đến 20/6/2023", "từ 12/5 đến 20/6/2023", "2023-05-12", "2023-06-20", "span"),
    ("từ tháng 10 đến tháng 2/2024", "từ tháng 10 đến tháng 2/2024", "2023-10-01", "2024-02-29", "span"),
    ("năm 2022 đến nay", "năm 2022 đến nay", "2022-01-01", None, "open_start"),
    ("tháng 5/23", "tháng 5/23", "2023-05-01", "2023-05-31", "month"),
    ("cập nhật 2025-07-01", "2025-07-01", "2025-07-01", "2025-07-01", "day"),
    ("(từ 01/01 đến 30/9/2023)", "từ 01/01 đến 30/9/2023", "2023-01-01", "2023-09-30", "span"),
    ("tháng 7 - 8/2023", "tháng 7 - 8/2023", "2023-07-01", "2023-08-31", "span"),
    ("28/3/2021-03/4/2022", "28/3/2021-03/4/2022", "2021-03-28", "2022-04-03", "span"),
    ("lũy kế từ 01/01/2023 đến hết ngày 14/11/2023", "lũy kế từ 01/01/2023 đến hết ngày 14/11/2023",
     "2023-01-01", "2023-11-14", "span"),
    ("từ đầu năm đến hết tháng 10/2023", "từ đầu năm đến hết tháng 10/2023", "2023-01-01", "2023-10-31", "span"),
    ("Từ năm 2010 đến nay, xã", "Từ năm 2010 đến nay", "2010-01-01", None, "open_start"),
    ("Từ 2015 đến nay, xã", "Từ 2015 đến nay", "2015-01-01", None, "open_start"),
    ("kể từ ngày 01/7/2025, tỉnh", "kể từ ngày 01/7/2025", "2025-07-01", None, "open_start"),
    ("từ tháng 3/2022 trở lại đây", "từ tháng 3/2022 trở lại đây", "2022-03-01", None, "open_start"),
    ("sau năm 2015, xã", "sau năm 2015", "2016-01-01", None, "open_start"),
    ("Đến hết 30/11/2023, xã", "Đến hết 30/11/2023", None, "2023-11-30", "cumulative"),
    ("tính đến tháng 10/2023", "tính đến tháng 10/2023", None, "2023-10-31", "cumulative"),
    ("tính đến hết năm 2022", "tính đến hết năm 2022", None, "2022-12-31", "cumulative"),
    ("đến cuối năm 2023 còn", "đến cuối năm 2023", None, "2023-12-31", "cumulative"),
    ("đến giữa năm 2023 còn", "đến giữa năm 2023", None, "2023-06-30", "cumulative"),
    ("lũy kế đến ngày 31/8/2022", "lũy kế đến ngày 31/8/2022", None, "2022-08-31", "cumulative"),
    ("trước năm 2020", "trước năm 2020", None, "2019-12-31", "cumulative"),
    ("xong trước ngày 30/6/2024", "trước ngày 30/6/2024", None, "2024-06-30", "cumulative"),
    ("phấn đấu đến năm 2025", "đến năm 2025", None, "2025-12-31", "horizon"),
    ("tầm nhìn 2045", "tầm nhìn 2045", None, "2045-12-31", "horizon"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "surface", "first", "last", "kind"), PERIODS)
def test_periods_reach_as_the_guide_says(
    text: str, surface: str, first: str | None, last: str | None, kind: str | None
) -> None:
    found = _spans(text)
    assert [span[:3] for span in found] == [(surface, first, last)]
    assert kind is None or found[0][3] == kind


NO_PERIOD = [
    ("năm học 2023 - 2024", "school_year"),
    ("trong năm học mới 2024-2025", "school_year"),
    ("vụ Đông Xuân 2022 - 2023", "crop"),
    ("vụ hè thu năm 2023", "crop"),
    ("niên vụ 2023-2024", "crop"),
    ("trong năm đã trao", "relative"),
    ("tăng so với cùng kỳ", "relative"),
    ("đến nay đã có", "relative"),
    ("họp lúc 14h30", "clock"),
    ("14:50", "clock"),
    ("lúc 9 giờ 30 phút", "clock"),
    ("từ 07 giờ 30 sáng", "clock"),
    ("nghỉ dịp 30/4 ở quê", "holiday"),
    ("chào mừng Quốc khánh 2/9, xã", "holiday"),
    ("ngụ ở đường 30/4, phường", "name"),
    ("Lễ hội Hoa Ban 2023 thu hút", "name"),
    ("mùng 1 Tết", "lunar"),
    ("Giỗ Tổ 10/3 âm lịch", "lunar"),
    ("rằm tháng 7", "lunar"),
    ("vào ngày 15 hằng tháng", "recurring"),
    ("(03/02/1930 - 03/02/2023)", "name"),
    ("bà sinh năm 1975", "name"),
    ("Luật Đất đai 2024 có hiệu lực", "name"),
    ("niên vụ cà phê 2023-2024", "crop"),
    ("sáng nay (12/5), huyện", "day"),
    ("ngày 2/9 hằng năm", "day"),
    ("tháng 9, xã", "month"),
    ("6 tháng đầu năm, xã", "half"),
    ("quý III, xã", "quarter"),
]


@pytest.mark.parametrize(("text", "kind"), NO_PERIOD)
def test_what_gives_no_period_is_still_seen(text: str, kind: str) -> None:
    assert [(s.kind, s.first, s.last) for s in find(text)] == [(kind, None, None)]


@pytest.mark.parametrize(
    "text",
    [
        "8/8 huyện, thành phố và 16/18 sở, ngành",
        "đứng thứ 02/63 tỉnh, đạt 83,5/100 điểm",
        "giải quyết 19/26 vụ việc",
        "cho 866 lượt/964 lượt người",
        "10/10 ban chỉ đạo",
        "mỗi năm 2000 tấn quả, mỗi tháng 5 triệu đồng",
        "chia 1/3 số hộ",
        "hoạt động 24/7, tỷ lệ 1:50",
        "Nghị định số 30/2020/NĐ-CP, Luật 10/2022/QH15",
        "Pháp lệnh số 34/2007/PL-UBTVQH11",
        "đã trồng 2023 cây xanh",
        "trong 24 giờ và 2 giờ 30 phút",
        "số điện thoại 0238.3555.010 và 0912.345.678",
        "kéo dài 3 năm, 6 tháng, 15 ngày",
        "từ 1950 đến 2000 người",
        "bản vẽ tỷ lệ 1/500",
        "Điều 5.10.2 của quy chuẩn",
        "45/10/2023 hộ",
    ],
)
def test_numbers_that_only_look_like_dates(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Tính đến 17 giờ ngày 15/11/2024, đã có", [("17 giờ", "clock"), ("ngày 15/11/2024", "cumulative")]),
        ("xong trước 15 giờ ngày 20/5/2024", [("15 giờ", "clock"), ("ngày 20/5/2024", "cumulative")]),
        ("đến 16h00, ngày 10/9/2024", [("16h00", "clock"), ("ngày 10/9/2024", "cumulative")]),
        ("lúc 8 giờ 30 ngày 5/5/2024", [("8 giờ 30", "clock"), ("ngày 5/5/2024", "day")]),
        (
            "Từ 7 giờ ngày 2/1 đến 7 giờ ngày 5/1/2024",
            [("7 giờ", "clock"), ("ngày 2/1 đến 7 giờ ngày 5/1/2024", "span")],
        ),
        ("họp từ 14 giờ đến 20 giờ 30. Sau đó", [("14 giờ", "clock"), ("20 giờ 30", "clock")]),
    ],
)
def test_what_stands_before_the_hour_is_said_of_the_day(text: str, wanted: list[tuple[str, str]]) -> None:
    assert [(span.surface, span.kind) for span in find(text)] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("nhân ngày lễ, 10/10 huyện đều dự", []),
        ("đã có 30/4 xã vượt kế hoạch", []),
        ("trong dịp lễ có 2/9 đơn vị vắng", []),
        ("hết 7/9 xã", []),
        ("ngày 5/3, 10/10 huyện hoàn thành", ["ngày 5/3"]),
        ("dịp lễ 30/4, 1/5 tỉnh đón khách", ["30/4"]),
        ("tính đến 30/9 tỉnh đã giải ngân", ["tính đến 30/9"]),
        ("ngày 10/10 huyện tổ chức", ["ngày 10/10"]),
        ("kỷ niệm ngày 2/9 và 19/8", ["ngày 2/9", "19/8"]),
        ("ký ngày03/5/2023", ["03/5/2023"]),
    ],
)
def test_a_ratio_of_counted_things_is_no_feast(text: str, wanted: list[str]) -> None:
    assert [span.surface for span in find(text)] == wanted


def test_lists_of_years_are_single_years() -> None:
    assert _spans("Hội thi tổ chức các năm 2016, 2018 và 2019, thu hút") == [
        ("các năm 2016", "2016-01-01", "2016-12-31", "year"),
        ("2018", "2018-01-01", "2018-12-31", "year"),
        ("2019", "2019-01-01", "2019-12-31", "year"),
    ]


def test_a_day_before_the_last_of_a_list_borrows_its_month() -> None:
    spans = find("Trong hai ngày 12, 13/12/2023, hội thi")
    assert [(s.first, s.last) for s in spans] == [(date(2023, 12, 12),) * 2, (date(2023, 12, 13),) * 2]
    assert "inherited" in spans[0].flags
    assert [s.first and s.first.month for s in find("các tháng 1, 2, 3/2023")] == [1, 2, 3]
    assert [s.first and s.first.day for s in find("các ngày 5, 6, 7/3/2024")] == [5, 6, 7]
    assert [s.surface for s in find("ngày 10 và 11/10")] == ["ngày 10", "11/10"]


def test_plan_and_horizon_stay_two() -> None:
    assert [(s.surface, s.kind) for s in find("giai đoạn 2023 – 2025, định hướng đến năm 2030")] == [
        ("giai đoạn 2023 – 2025", "span"),
        ("đến năm 2030", "horizon"),
    ]


def test_impossible_days_keep_their_month() -> None:
    (alone,) = find("ngày 31/11/2023")
    assert (alone.first, alone.last, alone.flags) == (date(2023, 11, 1), date(2023, 11, 30), ("impossible_date",))
    (until,) = find("tính đến 31/11/2023")
    assert (until.first, until.last, until.flags) == (None, date(2023, 11, 30), ("impossible_date",))
    (leap,) = find("ngày 29/02/2024")
    assert leap.flags == ()
    (swapped,) = find("ngày 12/25/2023")
    assert (swapped.first, swapped.flags) == (date(2023, 12, 25), ("swapped",))


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("tăng 5% so với năm 2022", "comparison"),
        ("bằng 110% cùng kỳ năm 2022", "comparison"),
        ("gấp 1,3 lần năm 2022", "comparison"),
        ("cao hơn so với cuối năm 2022", "comparison"),
        ("Đầu năm 2022, xã", "vague_part"),
        ("đoàn viên (2022)", "bare"),
    ],
)
def test_flags(text: str, flag: str) -> None:
    assert any(flag in span.flags for span in find(text))


STAMPS = [
    ("17/06/2025 13:43", "2025-06-17T13:43"),
    ("2025-01-02T03:04:05+0700", "2025-01-02T03:04:05"),
    ("2025-01-02T03:04:05+07:00", "2025-01-02T03:04:05"),
    ("2025-06-30T19:02:21", "2025-06-30T19:02:21"),
    ("2025-06-30T19:02:21.123Z", "2025-07-01T02:02:21"),
    ("08/01/2026 - 18:21", "2026-01-08T18:21"),
    ("Cập nhật lúc: 18:00 |22/05/2022", "2022-05-22T18:00"),
    ("Thứ hai - 13/08/2024 09:12", "2024-08-13T09:12"),
    ("Thứ tư, 18/12/2024, 08:30", "2024-12-18T08:30"),
    ("Thứ 5, 19.11.2020 | 09:25:22", "2020-11-19T09:25:22"),
    ("10/08/2016 | 10:17 AM", "2016-08-10T10:17"),
    ("09/05/2025 3:25 CH", "2025-05-09T15:25"),
    ("09/05/2025 12:05 SA", "2025-05-09T00:05"),
    ("14:50 26/12/2023", "2023-12-26T14:50"),
    ("28-02-2026, 20:11 (GMT+7)", "2026-02-28T20:11"),
    ("18/12/2024 08:30:00 AM", "2024-12-18T08:30"),
    ("18h30 ngày 4/3/2023", "2023-03-04T18:30"),
    ("Tue, 13 Aug 2024 09:12:00 +0700", "2024-08-13T09:12"),
    ("Tue, 13 Aug 2024 02:12:00 GMT", "2024-08-13T09:12"),
    ("2024-08-13+0709:12:00", "2024-08-13T09:12"),
    ("2024-08-13ICT09:12:00", "2024-08-13T09:12"),
    ("2024-08-13+7 09:12:00", "2024-08-13"),
    ("(01/06/2020)", "2020-06-01"),
    ("ngày 26 tháng 3 năm 2021", "2021-03-26"),
    ("2026/01/19", "2026-01-19"),
    ("Đăng ngày 3/2/2021, lượt xem: 1.204", "2021-02-03"),
    ("5/11/21", "2021-11-05"),
]


@pytest.mark.parametrize(("printed", "wanted"), STAMPS)
def test_stamps(printed: str, wanted: str) -> None:
    stamp = parse_stamp(printed)
    assert stamp is not None
    if "T" in wanted:
        assert stamp.at == datetime.fromisoformat(wanted).replace(tzinfo=LOCAL)
        assert stamp.on == stamp.at.date()
    else:
        assert (stamp.on.isoformat(), stamp.at) == (wanted, None)


@pytest.mark.parametrize(
    "printed", ["", "2-2", "12/25/2023", "31/11/2023", "hôm qua", "Lượt xem: 911", "13:43", "0/0/0000"]
)
def test_no_stamp_is_guessed(printed: str) -> None:
    assert parse_stamp(printed) is None


def test_an_update_says_so() -> None:
    stamp = parse_stamp("Cập nhật: 22/05/2022 18:00")
    assert stamp is not None
    assert stamp.updated


PIECES = st.lists(
    st.sampled_from(
        ["ngày ", "tháng ", "năm ", "quý ", "từ ", "đến ", "đến hết ", "tính đến ", "1", "12", "31", "2023", "0",
         "/", "-", ".", " ", ", ", "\n", "và ", "I", "giai đoạn ", "vụ ", "so với ", "giờ ", "h", "(", ")", "\u00a0",
         "–", "6 tháng đầu năm ", "âm lịch"]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@settings(deadline=None)
@given(st.one_of(st.text(max_size=200), PIECES))
def test_any_text_gives_ordered_spans_that_print_their_surface(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    end = 0
    for span in find(text):
        assert span.start >= end
        assert text[span.start : span.end] == span.surface != ""
        if span.first and span.last:
            assert span.first <= span.last
        end = span.end


@settings(deadline=None)
@given(st.one_of(st.text(max_size=80), PIECES))
def test_any_stamp_is_read_or_refused(printed: str) -> None:
    stamp = parse_stamp(printed)
    assert stamp is None or stamp.at is None or stamp.at.date() == stamp.on


@settings(deadline=None)
@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from(["/", ".", "-", " tháng "]), st.booleans())
def test_any_day_reads_back(day: date, sign: str, padded: bool) -> None:
    left, month = (f"{day.day:02}", f"{day.month:02}") if padded else (str(day.day), str(day.month))
    year = f" năm {day.year}" if sign == " tháng " else f"{sign}{day.year}"
    (span,) = find(f"Ngày {left}{sign}{month}{year}, xã họp")
    assert (span.first, span.last) == (day, day)


@pytest.mark.parametrize(
    "unit", ["7", "/", "1/", "1-", "1 ", "2023 - ", "ngày 1, ", "năm 2023, ", "quý I, ", "đến 7 giờ ngày 2/3 "]
)
def test_time_grows_with_length_only(unit: str) -> None:
    def seconds(size: int) -> float:
        text = (unit * (size // len(unit) + 1))[:size]
        started = time.process_time()
        find(text)
        return time.process_time() - started

    seconds(1000)
    small, large = min(seconds(10_000) for _ in range(3)), min(seconds(40_000) for _ in range(2))
    assert large < 8 * small + 0.05
