"""The one-to-one shadow that all matching runs on."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.shadow import fold, shadow


@pytest.mark.parametrize(
    ("printed", "levelled"),
    [
        ("1.250\u00a0ha", "1.250 ha"),
        ("5\u202f–\u202f7", "5 - 7"),
        ("“Dân vận khéo”", '"Dân vận khéo"'),
        ("11-QÐ/TW", "11-QĐ/TW"),
        ("３５ m²", "35 m2"),
        ("a\u200bb", "a b"),
    ],
)
def test_look_alikes_are_levelled(printed: str, levelled: str) -> None:
    assert shadow(printed) == levelled


@pytest.mark.parametrize(
    ("printed", "folded"),
    [
        ("HOÀ Bình", "hòa bình"),
        ("Uỷ ban", "ủy ban"),
        ("khoẻ", "khỏe"),
        ("quý", "quý"),
        ("hoàn", "hoàn"),
        ("thuỷ", "thủy"),
    ],
)
def test_fold_meets_both_ways_of_placing_the_tone(printed: str, folded: str) -> None:
    assert fold(shadow(printed)) == folded


@given(st.text(max_size=200))
@settings(deadline=None)
def test_both_keep_every_offset(text: str) -> None:
    assert len(shadow(text)) == len(text)
    assert len(fold(shadow(text))) == len(text)
