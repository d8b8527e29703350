"""Where sentences end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.sentences import split


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Có 5 xã. Còn 3 xã.", ["Có 5 xã.", "Còn 3 xã."]),
        (
            "Có 30 lượt người tham gia.Việc kiểm tra được chú trọng.",
            ["Có 30 lượt người tham gia.", "Việc kiểm tra được chú trọng."],
        ),
        ("Tại TP. Vinh có 16 phường.", ["Tại TP. Vinh có 16 phường."]),
        ("Thu 1.250 tỷ đồng, chi 980,5 tỷ đồng.", ["Thu 1.250 tỷ đồng, chi 980,5 tỷ đồng."]),
        ("Ảnh của N. Hà", ["Ảnh của N. Hà"]),
        ("Các huyện A, B... Tỉnh đã giao.", ["Các huyện A, B...", "Tỉnh đã giao."]),
        ("Các huyện A, B... đã làm.", ["Các huyện A, B... đã làm."]),
        ("Ông nói: “Xong rồi!” Bà con vui.", ["Ông nói: “Xong rồi!”", "Bà con vui."]),
        ("Đầu đề\nDòng hai", ["Đầu đề", "Dòng hai"]),
        ("1. Kết quả chung. Toàn xã có 9 thôn.", ["1. Kết quả chung.", "Toàn xã có 9 thôn."]),
        ("II. Hạn chế\nIII. Nhiệm vụ năm 2025. Có 5 việc.", ["II. Hạn chế", "III. Nhiệm vụ năm 2025.", "Có 5 việc."]),
        ("Tổng kết khóa XIII. Có 5 việc.", ["Tổng kết khóa XIII.", "Có 5 việc."]),
        ("", []),
        ("  \n \n", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in split(text)] == sentences


@given(st.text(alphabet='ab A.!?…\n"”1đ ', max_size=120))
@settings(deadline=None)
def test_sentences_cover_everything_but_blanks(text: str) -> None:
    spans = split(text)
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())
    assert all(a < b for a, b in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
