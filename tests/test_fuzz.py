"""The short form of the fuzzer: 2,000 mutants, seeded; see `tests/fuzz`."""

from __future__ import annotations

import pytest
from fuzz.harness import corpus, faults, run

from transforms.page import PageResult


@pytest.mark.parametrize("seed", range(8))
def test_every_mutant_ends_as_rows_or_with_a_reason(seed: int) -> None:
    tally = run(seed, 250)
    assert tally.faults == []
    assert sum(tally.outcomes.values()) == 250


def test_the_fuzzer_sees_what_is_wrong() -> None:
    assert list(faults(PageResult("reject"))) == ["a reject without a reason"]
    assert list(faults(PageResult("nothing"))) == ["outcome 'nothing'"]
    image = {"article_id": "a", "portal": "p", "year": 2024, "position": 0, "url": "u", "caption": None}
    assert "images: a key stands twice" in list(faults(PageResult("not_article", {"images": [image, image]})))


def test_every_family_is_mutated() -> None:
    assert len({family for family, _ in corpus()}) >= 12
