"""Rejects: pages and rows that could not be read, each with its reason and a pointer to the page.

Nothing is dropped in silence: a stage that cannot go on with a page makes a row here, and the row stays in the
release until a later fetch of the same address reads well.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from warehouse import contracts, ids

STAGES: Final = contracts.TABLES["rejects"].column("stage").values
_LONGEST: Final = 2000


def reject(
    *,
    portal: str,
    url: str,
    stage: str,
    reason: str,
    detail: str,
    package: str,
    fetched_at: datetime,
    page_sha256: str | None = None,
) -> dict[str, Any]:
    """Return a row of `rejects`; `reason` is a short code, `detail` words (cut at 2000 letters). ValueError on a
    stage that is not in the contract."""
    if stage not in STAGES:
        raise ValueError(f"unknown stage of a reject {stage!r}; one of {', '.join(STAGES)}")
    return {
        "reject_id": ids.row_id(package, url, stage, reason),
        "portal": portal,
        "url": storable(url),
        "stage": stage,
        "reason": reason,
        "detail": storable(detail)[:_LONGEST],
        "package": package,
        "page_sha256": page_sha256,
        "fetched_at": fetched_at,
    }


def storable(text: str) -> str:
    """Return `text` with lone surrogates, which have no UTF-8, as U+FFFD."""
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
