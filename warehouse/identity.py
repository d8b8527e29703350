"""Which articles are one: what pages tell of the addresses that an article has had.

A portal that moves to another CMS gives its articles other addresses. That two addresses are one article is never
guessed from what they say; only the source tells it:

- an address redirects to another one, or its page names another one as its own (`rel=canonical`; hint `same_as`);
- what is known of a page when it comes names other addresses of it (hint `also_at`: a redirect that led there, rows of
  an API, the redirects of an archive).

A part keeps these statements (`told`), the merge settles them (`settle`):

- of several statements on one address the last one counts;
- an address that later shows an article of its own is its own again;
- more than `MOST` articles are never one: a notice that all old addresses lead to is no article of theirs.

An article keeps the id under which the warehouse first knew it (in the order of packages), so that ids outlive the move
and no later package changes them. All of it is a function of the portal's parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from warehouse import tables
from warehouse.pages import RawPage

MOST: Final = 4
"""Articles with rows of their own that statements may make one."""
_TOLD: Final = 16
"""Earlier addresses taken from one page."""
_Ints = npt.NDArray[np.int64]


def told(page: RawPage, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[tuple[str, str]]:
    """Yield (address, the address of the article that it is) as a page and the rows read from it tell."""
    if page.error is not None:
        return
    own = next((str(row["url"]) for row in rows.get("articles", ())), page.url)
    same = page.hints.get("same_as")
    if page.kind == "other" and isinstance(same, str):
        own = same
    if own != page.url:
        yield page.url, own
    also = page.hints.get("also_at")
    if isinstance(also, list) and page.kind in ("article", "other"):
        for address in also[:_TOLD]:
            if isinstance(address, str) and address != own:
                yield address, own


class Statements:
    """Arrays of one length, an entry for each statement; ids as numbers, times in microseconds."""

    def __init__(self, address: tables.Ids, article: tables.Ids, at: _Ints) -> None:
        self.address, self.article, self.at = address, article, at


def settle(said: Statements, key: tables.Ids, fetched: _Ints) -> Mapping[int, int]:
    """Return, for articles that are another one by an earlier id, that id.

    `said` and the versions of articles (`key` with the time of fetching) come in the order of packages and pages. Only
    ids of `key` occur in the answer; most portals have none.
    """
    if not len(said.at) or not len(key):
        return {}
    shown, first = np.unique(key, return_index=True)
    last = np.full(len(shown), np.iinfo(np.int64).min)
    np.maximum.at(last, np.searchsorted(shown, key), fetched)
    order = np.lexsort((np.arange(len(said.at)), said.at, said.address))
    ends = np.flatnonzero(np.append(said.address[order][1:] != said.address[order][:-1], True))
    leads: dict[int, int] = {}
    for one in order[ends]:
        address, article = int(said.address[one]), int(said.article[one])
        place = int(np.searchsorted(shown, said.address[one]))
        own_since = place < len(shown) and int(shown[place]) == address and int(last[place]) > int(said.at[one])
        if not own_since and address != article:
            leads[address] = article
    known = {int(number): int(position) for number, position in zip(shown, first, strict=True)}
    groups: dict[int, list[int]] = {}
    for number in (number for number in {*leads, *leads.values()} if number in known):
        groups.setdefault(_end(number, leads), []).append(number)
    return {
        number: earliest
        for members in groups.values()
        if 1 < len(members) <= MOST
        for earliest in (min(members, key=lambda number: known[number]),)
        for number in members
        if number != earliest
    }


def _end(number: int, leads: Mapping[int, int]) -> int:
    """Where the statements lead from an address; of a ring, its least member."""
    walked = [number]
    seen = {number}
    while walked[-1] in leads:
        following = leads[walked[-1]]
        if following in seen:
            return min(walked[walked.index(following) :])
        walked.append(following)
        seen.add(following)
    return walked[-1]
