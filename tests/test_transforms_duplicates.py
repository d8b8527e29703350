"""Duplicates: reprints meet, other articles do not, and the original is chosen for a reason."""

from __future__ import annotations

import random
from datetime import date

import pytest

from transforms import duplicates
from transforms.duplicates import Candidate, candidate_pairs, clusters, original, rows, shingles, signature, similarity

WORDS = [
    "xã",
    "bản",
    "dân",
    "vận",
    "khéo",
    "mô",
    "hình",
    "hộ",
    "nghèo",
    "đường",
    "liên",
    "thôn",
    "chi",
    "bộ",
    "đảng",
    "viên",
]


def text(seed: int, length: int = 400) -> str:
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    return " ".join(rng.choice(WORDS) + str(rng.randrange(40)) for _ in range(length))


def edited(source: str, changes: int) -> str:
    words = source.split()
    for i in range(changes):
        words[(i + 1) * len(words) // (changes + 1)] = "sửa"
    return " ".join(["Tiêu", "đề", "khác", *words, "Theo", "Báo", "bạn"])


def find(texts: dict[str, str]) -> list[list[str]]:
    signed = [(key, stored) for key, value in texts.items() if (stored := signature(value)) is not None]
    return clusters(candidate_pairs(signed), texts.__getitem__)


def test_reprints_and_light_edits_meet() -> None:
    texts = {"a": text(1), "b": edited(text(1), 4), "c": text(2), "d": text(3), "e": text(3)}
    assert find(texts) == [["a", "b"], ["d", "e"]]


def test_order_does_not_matter() -> None:
    texts = {f"{i:02}": text(i // 3, 200) for i in range(30)}
    backwards = dict(reversed(texts.items()))
    assert find(texts) == find(backwards)
    assert [len(group) for group in find(texts)] == [3] * 10


def test_a_heavy_rewrite_stays_apart() -> None:
    assert find({"a": text(1), "b": edited(text(1), 60)}) == []


def test_signature_is_a_function_of_the_text() -> None:
    assert signature("ngắn quá") is None
    assert signature(text(1)) == signature(text(1).upper())
    stored = signature(text(1))
    assert stored is not None
    assert len(stored) == 4 * duplicates.PERMUTATIONS


def test_similarity() -> None:
    left = shingles(text(1))
    assert similarity(left, left) == 1.0
    assert similarity(left, shingles(text(2))) == 0.0
    assert similarity(set(), set()) == 0.0


def candidate(key: str, **about: object) -> Candidate:
    fields = {"portal": key, "host": f"{key}.invalid", "credited_source": None, "published": None, "length": 10}
    return Candidate(article_id=key, **{**fields, **about})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (
            [candidate("a", credited_source="(b.invalid)", published=date(2020, 1, 1)), candidate("b")],
            ("b", "credited_source"),
        ),
        ([candidate("a", published=date(2024, 2, 2)), candidate("b", published=date(2024, 2, 1))], ("b", "earlier")),
        ([candidate("a", length=5), candidate("b", length=9)], ("b", "longer")),
        ([candidate("a"), candidate("b")], ("a", "id")),
        ([candidate("a", credited_source="TTXVN"), candidate("b", length=2)], ("b", "longer")),
    ],
)
def test_original(members: list[Candidate], expected: tuple[str, str]) -> None:
    chosen, reason = original(members)
    assert (chosen.article_id, reason) == expected


def test_rows() -> None:
    texts = {"a": text(1), "b": edited(text(1), 2)}
    about = {"a": candidate("a", credited_source="b.invalid"), "b": candidate("b")}
    found = list(rows([["a", "b"]], about, texts.__getitem__))
    assert [(r["article_id"], r["is_original"], r["original_id"]) for r in found] == [
        ("a", False, "b"),
        ("b", True, "b"),
    ]
    assert found[1]["similarity"] == 1.0
    assert 0.7 < found[0]["similarity"] < 1.0
    assert len({r["cluster_id"] for r in found}) == 1
