"""Documents: the fold of citations to one row per document."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.citations import find
from transforms.documents import Documents, documents
from warehouse.contracts import DOCUMENTS


def _row(article: str, document_id: str, **fields: Any) -> dict[str, Any]:
    return {
        "article_id": article,
        "document_id": document_id,
        "type": "Nghị quyết",
        "key": "33-NQ/TU",
        "issuer": None,
        "date": None,
        "flags": [],
        **fields,
    }


HA_GIANG = "vn.party:tinh.ha-giang:NQ:33:2023"


def test_one_row_per_document_with_its_mentions_and_articles() -> None:
    rows = [
        _row("a", HA_GIANG, key="33", date=date(2023, 5, 19), issuer="Ban Thường vụ Tỉnh ủy Hà Giang"),
        _row("a", HA_GIANG, key="33"),
        _row("b", HA_GIANG, issuer="Ban Thường vụ Tỉnh ủy Hà Giang"),
        _row("b", "vn.?:?:NQ:61:?", key="61", flags=["bare"]),
    ]
    unknown, known = sorted(documents(rows), key=lambda row: row["mentions"])
    assert known == {
        "document_id": HA_GIANG,
        "system": "party",
        "type": "Nghị quyết",
        "key": "33-NQ/TU",
        "issuer": "Ban Thường vụ Tỉnh ủy Hà Giang",
        "issuer_code": "tinh.ha-giang",
        "year": 2023,
        "date": date(2023, 5, 19),
        "mentions": 3,
        "articles": 2,
        "flags": [],
    }
    assert (unknown["system"], unknown["issuer_code"], unknown["year"]) == ("unknown", "?", None)
    assert unknown["flags"] == ["year_unknown"]


def test_a_term_is_no_year() -> None:
    (row,) = documents([_row("a", "vn.party:tw:KL:99:kXI", flags=["year_from_term"])])
    assert (row["year"], row["flags"]) == (None, ["year_from_term", "year_unknown"])


def test_two_days_for_one_document_are_flagged_and_the_usual_one_kept() -> None:
    days = [date(2011, 5, 14), date(2011, 4, 15), date(2011, 5, 14)]
    (row,) = documents(_row(str(n), "vn.party:tw:CT:3:2011", date=day) for n, day in enumerate(days))
    assert (row["date"], row["flags"]) == (date(2011, 5, 14), ["date_conflict"])


def test_columns_are_those_of_the_contract() -> None:
    (row,) = documents([_row("a", HA_GIANG)])
    assert list(row) == [column.name for column in DOCUMENTS.columns]


def test_nothing_cited_gives_no_document() -> None:
    assert list(documents([])) == []


def test_rows_of_citations_go_in_as_they_are() -> None:
    text = "Luật số 10/2022/QH15 thay thế Pháp lệnh số 34/2007/PL-UBTVQH11."
    rows = [{**citation.row(), "article_id": "a"} for citation in find(text)]
    assert [row["document_id"] for row in documents(rows)] == [
        "vn.state:qh15:L:10:2022",
        "vn.state:ubtvqh11:PL:34:2007",
    ]


ARTICLES = st.lists(
    st.lists(
        st.builds(
            lambda number, key, issuer, day: (f"vn.party:tw:NQ:{number}:2020", key, issuer, day),
            st.integers(1, 3),
            st.sampled_from(["1-NQ/TW", "01-NQ/TW", "1"]),
            st.sampled_from([None, "Bộ Chính trị", "Ban Bí thư"]),
            st.sampled_from([None, date(2020, 1, 1), date(2020, 1, 2)]),
        ),
        max_size=4,
    ),
    max_size=6,
)


@settings(deadline=None)
@given(ARTICLES, st.integers(0, 1000))
def test_neither_order_nor_batches_of_articles_matter(articles: list[list[tuple[Any, ...]]], seed: int) -> None:
    batches = [
        [_row(str(n), i, key=k, issuer=issuer, date=day) for i, k, issuer, day in article]
        for n, article in enumerate(articles)
    ]
    straight = list(documents(row for batch in batches for row in batch))
    random.Random(seed).shuffle(batches)  # noqa: S311
    fold = Documents()
    for batch in batches:
        fold.add(batch)
    assert list(fold.rows()) == straight
    assert sum(row["mentions"] for row in straight) == sum(map(len, articles))
