"""Indicators: signals, scope, periods, conflicts and copies, on sentences whose panel rows were written by hand."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest

from transforms.indicators import Article, definitions, of_article
from transforms.panel import Panel, choose

TEXT_HEAD = "Dân vận khéo ở cơ sở\n"


def figure(text: str, surface: str, **about: Any) -> dict[str, Any]:
    """A row of `figures` for the first `surface` in `text`; its sentence runs between full stops or lines."""
    start = text.index(surface)
    first = max(text.rfind(". ", 0, start) + 2, text.rfind("\n", 0, start) + 1)
    ends = [i for mark in (". ", "\n") if (i := text.find(mark, start)) >= 0]
    fields = {
        "figure_id": f"f{start}", "start": start, "end": start + len(surface), "writing": "digits", "kind": "count",
        "denominator": None, "unit": "mô hình", "per": [], "qualifier": "exact", "change": "level",
        "period_start": None, "period_end": None, "modality": "actual", "category": None, "scope": None,
        "sentence_start": first,
        "sentence_end": min(ends, default=len(text)), "confidence": 1.0, "flags": [],
        "value": float(surface.replace(".", "").replace(",", ".").split("/")[0]),
    }  # fmt: skip
    return {**fields, **about}


def article(text: str, figures: list[dict[str, Any]], **about: Any) -> Article:
    row = {"article_id": "a1", "portal": "p", "title": "t", "text": text, "province": "ha-giang", "published_on": None}
    return Article({**row, **about}, figures)


def found(text: str, figures: list[dict[str, Any]], **about: Any) -> dict[str, float]:
    return {row["indicator"]: row["value"] for row in of_article(article(text, figures, **about))}


YEAR = {"period_start": date(2023, 1, 1), "period_end": date(2023, 12, 31)}


def test_models_by_field_with_the_label_in_front() -> None:
    text = TEXT_HEAD + (
        "Năm 2023, tỉnh có 90 mô hình “Dân vận khéo”: kinh tế 40 mô hình; văn hóa, xã hội 25 mô hình; "
        "quốc phòng, an ninh 15 mô hình; xây dựng hệ thống chính trị 10 mô hình."
    )
    figures = [figure(text, n, **YEAR) for n in ("90", "40", "25", "15", "10")]
    assert found(text, figures) == {
        "dvk_models_total": 90,
        "dvk_models_economy": 40,
        "dvk_models_culture_social": 25,
        "dvk_models_security": 15,
        "dvk_models_politics": 10,
    }


def test_models_by_field_with_the_label_behind() -> None:
    text = TEXT_HEAD + (
        "Năm 2023, tỉnh có 90 mô hình “Dân vận khéo”, trong đó 40 mô hình về kinh tế, 25 mô hình về văn hóa - xã hội."
    )
    assert found(text, [figure(text, n, **YEAR) for n in ("90", "40", "25")]) == {
        "dvk_models_total": 90,
        "dvk_models_economy": 40,
        "dvk_models_culture_social": 25,
    }


@pytest.mark.parametrize(
    ("sentence", "surface", "about", "indicator"),
    [
        ("Đến nay, toàn tỉnh có 80 xã đạt chuẩn nông thôn mới.", "80", {"unit": "xã"}, "ntm_communes"),
        ("Có 28 xã đạt chuẩn nông thôn mới nâng cao.", "28", {"unit": "xã"}, "ntm_communes_advanced"),
        ("Toàn tỉnh có 114 sản phẩm OCOP được công nhận.", "114", {"unit": "sản phẩm"}, "ocop_products"),
        ("Về OCOP, có 22 sản phẩm đạt 4 sao.", "22", {"unit": "sản phẩm"}, "ocop_products_4_star"),
        ("Tỷ lệ hộ nghèo giảm còn 9,8%.", "9,8", {"kind": "percent", "unit": "%"}, "poverty_rate"),
        ("Nhân dân đã hiến 302.500m2 đất.", "302.500", {"kind": "area", "unit": "m2"}, "land_donated_m2"),
        ("Bà con góp 408.200 ngày công.", "408.200", {"unit": "ngày công"}, "workdays_contributed"),
        ("Đã tổ chức 112 cuộc tiếp xúc, đối thoại.", "112", {"unit": "cuộc tiếp xúc, đối thoại"}, "dialogues_held"),
        ("Các cấp tiếp nhận 1.244 đơn thư.", "1.244", {"unit": "đơn thư"}, "petitions_received"),
        ("Trong đó thuộc thẩm quyền 756 đơn.", "756", {"unit": "đơn"}, "petitions_competent"),
        ("Cơ quan chức năng đã giải quyết 734 đơn.", "734", {"unit": "đơn"}, "petitions_resolved"),
        (
            "Hồ sơ giải quyết đúng hạn đạt 99,7%.",
            "99,7",
            {"kind": "percent", "unit": "%"},
            "admin_dossiers_on_time_pct",
        ),
    ],
)
def test_signals(sentence: str, surface: str, about: dict[str, Any], indicator: str) -> None:
    text = TEXT_HEAD + sentence
    assert indicator in found(text, [figure(text, surface, **YEAR, **about)])


@pytest.mark.parametrize(
    ("sentence", "surface", "about"),
    [
        ("Phấn đấu có 80 xã đạt chuẩn nông thôn mới.", "80", {"unit": "xã", "modality": "target"}),
        ("Tỷ lệ hộ cận nghèo còn 5,1%.", "5,1", {"kind": "percent", "unit": "%"}),
        ("Có 50 sản phẩm đăng ký OCOP.", "50", {"unit": "sản phẩm"}),
        ("Tiếp nhận ý kiến của 12 đơn vị.", "12", {"unit": "đơn vị"}),
        ("Toàn tỉnh trồng 90 ha rừng.", "90", {"kind": "area", "unit": "m2"}),
    ],
)
def test_stays_out(sentence: str, surface: str, about: dict[str, Any]) -> None:
    text = TEXT_HEAD + sentence
    assert found(text, [figure(text, surface, **YEAR, **about)]) == {}


def test_a_rise_is_a_change_not_a_level() -> None:
    text = TEXT_HEAD + "Có 4.365 mô hình “Dân vận khéo”, giảm 568 mô hình so với năm trước."
    figures = [figure(text, "4.365", **YEAR), figure(text, "568", change="decrease", **YEAR)]
    assert found(text, figures) == {"dvk_models_total": 4365, "dvk_models_delta": -568}


def rows(text: str, figures: list[dict[str, Any]], **about: Any) -> list[dict[str, Any]]:
    return list(of_article(article(text, figures, **about)))


def test_periods() -> None:
    text = TEXT_HEAD + "Tỉnh hiện có 90 mô hình “Dân vận khéo”."
    assert rows(text, [figure(text, "90")]) == []
    (row,) = rows(text, [figure(text, "90")], published_on=date(2024, 5, 6))
    assert (row["period_start"], row["period_end"], row["flags"]) == (None, date(2024, 5, 6), ["as_of_publication"])
    text = TEXT_HEAD + "Năm 2023, tỉnh tổ chức 9 hội thi. Có 90 mô hình “Dân vận khéo”."
    (row,) = rows(text, [figure(text, "9", unit="hội thi", **YEAR), figure(text, "90")])
    assert row["period_end"] == date(2023, 12, 31)
    assert row["flags"] == ["period_from_paragraph"]
    assert row["confidence"] < 1


def test_a_year_to_come_is_no_level() -> None:
    text = TEXT_HEAD + "Đến năm 2026, tỉnh có 90 mô hình “Dân vận khéo”."
    ahead = figure(text, "90", period_start=None, period_end=date(2026, 12, 31))
    assert len(rows(text, [ahead])) == 1
    assert rows(text, [ahead], published_on=date(2024, 5, 6)) == []
    assert rows(text, [ahead], published_before=date(2024, 5, 6)) == []


def test_a_commune_with_its_district_in_brackets_is_the_scope() -> None:
    text = TEXT_HEAD + "Xã Lũng Phìn (Đồng Văn) có 90 mô hình “Dân vận khéo”."
    commune, district = text.index("Lũng"), text.index("Đồng")
    mentions = [
        {"start": commune, "end": commune + 9, "surface": "Lũng Phìn", "level": "commune",
         "place_id": "2008/ha-giang/dong-van/lung-phin", "province": "ha-giang"},
        {"start": district, "end": district + 8, "surface": "Đồng Văn", "level": "district",
         "place_id": "2008/ha-giang/dong-van", "province": "ha-giang"},
    ]  # fmt: skip
    subject = Article(article(text, [figure(text, "90", **YEAR)]).row, [figure(text, "90", **YEAR)], mentions)
    assert [row["scope"] for row in of_article(subject)] == ["2008/ha-giang/dong-van/lung-phin"]


def test_scope_and_province() -> None:
    text = TEXT_HEAD + "Huyện Yên Minh có 90 mô hình “Dân vận khéo”; tỉnh Lào Cai có 70 mô hình “Dân vận khéo”."
    start = text.index("Yên Minh")
    columns = ("start", "end", "surface", "level", "place_id", "province")
    mentions = [
        (start, start + 8, "Yên Minh", "district", "2008/ha-giang/yen-minh", "ha-giang"),
        (text.index("Lào Cai"), text.index("Lào Cai") + 7, "Lào Cai", "province", "2008/lao-cai", "lao-cai"),
    ]
    places = [dict(zip(columns, mention, strict=True)) for mention in mentions]
    one = article(text, [figure(text, "90", **YEAR), figure(text, "70", **YEAR)])
    one.places = places
    got = [(row["province"], row["scope"], row["value"]) for row in of_article(one)]
    assert got == [("ha-giang", "2008/ha-giang/yen-minh", 90), ("lao-cai", "province", 70)]


def test_provinces_across_the_merger() -> None:
    text = TEXT_HEAD + "Toàn tỉnh có 90 mô hình “Dân vận khéo”."
    after = {"period_start": date(2025, 7, 1), "period_end": date(2025, 12, 31)}
    (row,) = rows(text, [figure(text, "90", **after)])
    assert (row["scheme"], row["province"], row["province_now"]) == ("2025", "tuyen-quang", "tuyen-quang")
    (row,) = rows(text, [figure(text, "90", **YEAR)])
    assert (row["scheme"], row["province"], row["province_now"]) == ("2008", "ha-giang", "tuyen-quang")


def test_conflicts_keep_every_row_and_choose_one() -> None:
    text = TEXT_HEAD + "Năm 2023, tỉnh có 90 mô hình “Dân vận khéo”."
    other = TEXT_HEAD + "Năm 2023, tỉnh có gần 91 mô hình “Dân vận khéo”."
    candidates = []
    for number, (body, surface, cluster, qualifier) in enumerate(
        [(text, "90", "c1", "exact"), (text, "90", "c1", "exact"), (other, "91", None, "under")]
    ):
        one = article(
            body, [figure(body, surface, qualifier=qualifier, figure_id=f"g{number}", **YEAR)], article_id=f"a{number}"
        )
        one.cluster_id = cluster
        candidates += list(of_article(one))
    chosen = list(choose(candidates))
    assert sorted((row["value"], row["chosen"]) for row in chosen) == [(90, False), (90, True), (91, False)]
    reasons = {row["figure_id"]: row["reason"] for row in chosen}
    assert sorted(reasons.values()) == ["chosen_of_3: stated by 1 text", "differs_from_chosen", "same_text_as_chosen"]


def _chosen_by_hand(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Id to reason of the chosen candidate of each cell, by the order that the panel promises, said plainly."""
    cells: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        cells.setdefault((row["scope"], row["period_end"]), []).append(row)
    reasons = {}
    for some in cells.values():
        texts: dict[float, set[str]] = {}
        for row in some:
            texts.setdefault(row["value"], set()).add(row["cluster_id"] or row["article_id"])
        first = min(
            some,
            key=lambda row: (
                "as_of_publication" in row["flags"],
                ["exact", "over", "about"].index(row["qualifier"]),
                -len(texts[row["value"]]),
                -row["published_on"].toordinal() if row["published_on"] else 0,
                row["indicator_row_id"],
            ),
        )
        number = len(texts[first["value"]])
        reasons[first["indicator_row_id"]] = (
            "only_statement"
            if len(some) == 1
            else f"chosen_of_{len(some)}: stated by {number} text" + "s" * (number > 1)
        )
    return reasons


def test_the_panel_chooses_as_it_promises() -> None:
    chance = random.Random(7)  # noqa: S311
    for _ in range(40):
        rows = [
            {
                "indicator_row_id": f"{chance.getrandbits(64):016x}",
                "indicator": "poverty_rate",
                "province": "ha-giang",
                "scope": chance.choice(["province", "toàn huyện"]),
                "period_start": None,
                "period_end": date(2023, 12, chance.choice([30, 31])),
                "value": chance.choice([1.5, 2.5, 3.5]),
                "qualifier": chance.choice(["exact", "exact", "over", "about"]),
                "flags": chance.choice([[], ["as_of_publication"]]),
                "published_on": chance.choice([None, date(2024, 1, 1), date(2024, 2, 1)]),
                "article_id": f"{number:016x}",
                "cluster_id": chance.choice([None, None, "c1", "c2"]),
            }
            for number in range(chance.randrange(12))
        ]
        told = list(choose(rows))
        assert {row["indicator_row_id"]: row["reason"] for row in told if row["chosen"]} == _chosen_by_hand(rows)
        assert [row["indicator_row_id"] for row in told] == [row["indicator_row_id"] for row in rows]


def test_the_panel_refuses_what_it_was_not_shown() -> None:
    panel = Panel()
    text = TEXT_HEAD + "Năm 2023, tỉnh có 90 mô hình “Dân vận khéo”."
    (row,) = rows(text, [figure(text, "90", **YEAR)])
    with pytest.raises(KeyError, match=row["indicator_row_id"]):
        panel.complete(row)
    with pytest.raises(ValueError, match="after the choice"):
        panel.see(row)


def test_definitions_are_whole() -> None:
    keys = [definition.key for definition in definitions()]
    assert len(keys) == len(set(keys))
    assert len(keys) >= 36
    for definition in definitions():
        assert definition.kinds
        assert any((definition.nouns, definition.clause, definition.sentence, definition.subject, definition.after))
