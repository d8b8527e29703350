"""Places: names stand for places only where the language says so, and resolve by parent, article and scheme."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import provinces
from transforms.places import article_province, find, slug

AFTER = date(2025, 9, 2)


def ids(text: str, **about: object) -> list[str | None]:
    return [place.place_id for place in find(text, **about)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Các huyện Đồng Văn, Mèo Vạc và Quản Bạ tỉnh Hà Giang",
         ["2008/ha-giang/dong-van", "2008/ha-giang/meo-vac", "2008/ha-giang/quan-ba", "2008/ha-giang"]),
        ("xã Tân Thành, huyện Bắc Quang", ["2008/ha-giang/bac-quang/tan-thanh", "2008/ha-giang/bac-quang"]),
        ("xã Sủng Trái (Đồng Văn)", ["2008/ha-giang/dong-van/sung-trai", "2008/ha-giang/dong-van"]),
        ("phường 12 quận Gò Vấp", ["2008/ho-chi-minh/go-vap/12", "2008/ho-chi-minh/go-vap"]),
        ("TP. Hồ Chí Minh, TP.HCM", ["2008/ho-chi-minh", "2008/ho-chi-minh"]),
        ("thành phố Hòa Bình thuộc tỉnh Hòa Bình", ["2008/hoa-binh/hoa-binh", "2008/hoa-binh"]),
        ("tỉnh Hoà Bình", ["2008/hoa-binh"]),
        ("Ban Dân vận Tỉnh ủy An Giang", ["2008/an-giang"]),
        ("Thừa Thiên - Huế và Bà Rịa – Vũng Tàu", ["2008/hue", "2008/ba-ria-vung-tau"]),
        ("huyện Ea H’Leo (Đắc Lắc)", ["2008/dak-lak/ea-h-leo", "2008/dak-lak"]),
    ],
)  # fmt: skip
def test_resolves(text: str, expected: list[str]) -> None:
    found = ids(text)
    assert [place for place in expected if place not in found] == []
    assert len(found) >= len(expected)


@pytest.mark.parametrize(
    "text",
    [
        "Chủ tịch Hồ Chí Minh",
        "vùng biển Thái Bình Dương",
        "giữ vững hòa bình, thái bình thịnh trị",
        "ông Trần Thái Bình phát biểu",
        "cuộc thi “Khát vọng Vĩnh Phúc”",
        "Yên Minh là tên một vùng đất",
        "tổ 5 và 12 người",
    ],
)
def test_is_no_place(text: str) -> None:
    assert ids(text) == []


def test_the_day_picks_the_scheme() -> None:
    assert ids("xã Yên Minh, tỉnh Tuyên Quang", on=AFTER) == ["2025/tuyen-quang/yen-minh", "2025/tuyen-quang"]
    assert ids("huyện Yên Minh", on=AFTER) == ["2008/ha-giang/yen-minh"]
    assert ids("tỉnh Hà Giang trước đây", on=AFTER) == ["2008/ha-giang"]


def test_an_ambiguous_name_keeps_its_candidates() -> None:
    (place,) = find("huyện Châu Thành")
    assert place.place_id is None
    assert place.province is None
    assert len(place.candidates) == 10
    (resolved,) = find("huyện Châu Thành", province="long-an")
    assert resolved.place_id == "2008/long-an/chau-thanh"


def test_article_province() -> None:
    title = "Lào Cai: Hiến đất làm đường"
    assert article_province(title, find(title + "\nTỉnh Hà Giang"), "ha-giang") == "lao-cai"
    assert article_province("Hiến đất", find("Hiến đất\nTỉnh Lào Cai"), "ha-giang") == "ha-giang"
    text = "Hiến đất\nTỉnh ủy An Giang, huyện Tri Tôn; tỉnh Cà Mau"
    assert article_province("Hiến đất", find(text), None) == "an-giang"
    assert article_province("Hiến đất", find("tỉnh Cà Mau và tỉnh An Giang"), None) is None


def test_provinces_join_across_the_merger() -> None:
    table = list(provinces.table())
    assert sum(row["scheme"] == "2008" for row in table) == 63
    assert sum(row["scheme"] == "2025" for row in table) == 34
    assert provinces.successor("binh-phuoc") == "dong-nai"
    assert provinces.province_at("binh-phuoc", date(2025, 6, 30)) == "binh-phuoc"
    assert provinces.province_at("binh-phuoc", date(2025, 7, 1)) == "dong-nai"
    assert {row["successor"] for row in table} == {row["province"] for row in table if row["scheme"] == "2025"}


@given(st.text(max_size=300))
def test_no_text_raises_and_offsets_give_the_surface(text: str) -> None:
    for place in find(text):
        assert text[place.start : place.end] == place.surface


@given(
    st.lists(
        st.sampled_from(["xã ", "huyện ", "Tân Thành", "Châu Thành", ", ", " (", ")", "TP.", "Hà ", "Giang "]),
        max_size=60,
    )
)
def test_offsets_hold_in_lists_of_names(parts: list[str]) -> None:
    text = "".join(parts)
    for place in find(text):
        assert text[place.start : place.end] == place.surface
        assert place.place_id or place.candidates


def test_slug() -> None:
    assert slug("Đắk Lắk") == "dak-lak"
    assert slug("Bà Rịa - Vũng Tàu") == "ba-ria-vung-tau"


def test_the_only_district_of_the_text_that_has_such_a_commune() -> None:
    text = "Cán bộ huyện Yên Dũng xuống thôn. Bà Sáu ở xã Tiến Dũng phấn khởi."
    commune = find(text, province="bac-giang", on=date(2024, 6, 25))[-1]
    assert (commune.surface, commune.place_id) == ("Tiến Dũng", "2008/bac-giang/yen-dung/tien-dung")
    assert commune.confidence < 1
    both = "Huyện Yên Dũng và thành phố Bắc Giang. Bà Sáu ở xã Tiến Dũng phấn khởi."
    commune = find(both, province="bac-giang", on=date(2024, 6, 25))[-1]
    assert (commune.place_id, len(commune.candidates)) == (None, 2)
