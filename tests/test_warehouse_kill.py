"""The short form of the kill harness (`python -m tests.kill`): twenty rounds, seeded; nights of Prefect and Scrapy
among the slow."""

from __future__ import annotations

import pytest

from tests.kill.harness import RealNight, StoreNight, rounds


@pytest.mark.timeout(900)
def test_twenty_killed_nights_end_as_an_undisturbed_one() -> None:
    done = list(rounds(StoreNight(), 20, seed=1))
    assert [str(one) for one in done if one.faults] == []
    assert sum(len(one.kills) for one in done) >= 15
    assert all(one.reads for one in done)


@pytest.mark.slow
@pytest.mark.prefect
@pytest.mark.timeout(900)
def test_real_nights_that_are_killed_end_as_an_undisturbed_one() -> None:
    done = list(rounds(RealNight(), 2, seed=3))
    assert [str(one) for one in done if one.faults] == []
    assert any(one.kills for one in done)
