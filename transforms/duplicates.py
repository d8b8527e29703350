"""The same text on several sites: signatures, clusters and the likely original.

A signature is a function of one text, made when its page is read and kept with the article, so a night signs only
what is new. Clusters follow from the signatures and texts of a release alone: the same release gives the same
clusters, whatever the order of the nights.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any, Final
from zlib import crc32

import numpy as np
from datasketch import MinHash

from warehouse.ids import row_id

PERMUTATIONS: Final = 64
SHINGLE: Final = 5
"""Words in a shingle."""
SIMILAR: Final = 0.7
"""Jaccard similarity of shingles from which two articles carry one text: a reprint with a new title and byline stays
above it, two articles of one campaign stay below."""
_BANDS: Final = 16
_SEED: Final = 1
_SCHEME: Final = "affine32"
_SHORTEST: Final = 2 * SHINGLE
_SHINGLED: Final = 256
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of an article when its cluster is judged."""

    article_id: str
    portal: str
    host: str
    credited_source: str | None
    published: date | None
    length: int


def shingles(text: str) -> set[bytes]:
    """Return the word shingles of `text`, case folded; empty for a text too short to compare."""
    words = _WORD.findall(text.casefold())
    if len(words) < _SHORTEST:
        return set()
    return {" ".join(words[i : i + SHINGLE]).encode() for i in range(len(words) - SHINGLE + 1)}


def signature(text: str) -> bytes | None:
    """Return the MinHash signature of `text`: 64 unsigned 32-bit numbers, little end first; null if too short."""
    found = shingles(text)
    if not found:
        return None
    values = np.full(PERMUTATIONS, 0xFFFFFFFF, "<u4")
    # The permutations are shared: to draw them anew takes longer than to sign a text.
    minhash = MinHash(seed=_SEED, hashfunc=crc32, hashvalues=values, permutations=_permutations(), scheme=_SCHEME)
    minhash.update_batch(found)
    return bytes(minhash.hashvalues.astype("<u4").tobytes())


@cache
def _permutations() -> Any:
    return MinHash(num_perm=PERMUTATIONS, seed=_SEED, scheme=_SCHEME).permutations


def candidate_pairs(signatures: Iterable[tuple[str, bytes]]) -> set[tuple[str, str]]:
    """Return pairs of article ids whose signatures meet; `signatures` are (article id, signature) in any order.

    Signatures meet when one of their bands is equal: at a similarity of 0.7 that misses one pair in eighty, at 0.8 one
    in five thousand. Within a band every article is paired with the one before it and with the first, which is enough
    to join a cluster, and keeps a thousand copies from making a million pairs. Memory is the signatures and one
    band's sorted copy; an index of dictionaries takes fifty times that.
    """
    names: list[str] = []
    stored = bytearray()
    for article_id, one in signatures:
        names.append(article_id)
        stored += one
    if len(names) < 2:
        return set()
    by_name = sorted(range(len(names)), key=names.__getitem__)
    names = [names[place] for place in by_name]
    bands = np.frombuffer(stored, "<u8").reshape(len(names), _BANDS, -1)[by_name]
    pairs: set[tuple[str, str]] = set()
    for number in range(_BANDS):
        band = bands[:, number]
        order = np.lexsort((np.arange(len(names)), *band.T))
        same = (band[order][1:] == band[order][:-1]).all(axis=1)
        first = 0
        for place in np.flatnonzero(same):
            if place == 0 or not same[place - 1]:
                first = int(order[place])
            member = int(order[place + 1])
            pairs.add((names[order[place]], names[member]))
            pairs.add((names[first], names[member]))
    return pairs


def similarity(left: set[bytes], right: set[bytes]) -> float:
    """Return the Jaccard similarity of two sets of shingles, 0 to 1."""
    union = len(left | right)
    return len(left & right) / union if union else 0.0


def clusters(pairs: Iterable[tuple[str, str]], text_of: Callable[[str], str]) -> list[list[str]]:
    """Return the groups of article ids that carry one text, each sorted, by the first id.

    `text_of` gives the text of an article named in `pairs`. Pairs that only seemed alike are dropped. A few hundred
    sets of shingles are held at a time.
    """
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    @lru_cache(maxsize=_SHINGLED)
    def shingled(article_id: str) -> set[bytes]:
        return shingles(text_of(article_id))

    for left, right in sorted(pairs):
        if root(left) != root(right) and similarity(shingled(left), shingled(right)) >= SIMILAR:
            a, b = sorted((root(left), root(right)))
            parent[b] = a
    groups: dict[str, list[str]] = defaultdict(list)
    for node in sorted(parent):
        groups[root(node)].append(node)
    return [members for _, members in sorted(groups.items()) if len(members) > 1]


def original(members: Iterable[Candidate]) -> tuple[Candidate, str]:
    """Return the likely original among `members` and why: `credited_source`, `earlier`, `longer` or `id`."""
    ranked = sorted(members, key=lambda m: m.article_id)
    credited = {m.article_id for m in ranked for other in ranked if other is not m and _credits(other, m)}
    uncredited = [m for m in ranked if m.article_id in credited]
    if len(uncredited) == 1:
        return uncredited[0], "credited_source"
    ranked = uncredited or [m for m in ranked if m.credited_source is None] or ranked
    dated = sorted((m for m in ranked if m.published is not None), key=lambda m: m.published or date.max)
    if len(dated) == len(ranked) and (len(dated) == 1 or dated[0].published != dated[1].published):
        return dated[0], "earlier"
    longest = max(m.length for m in ranked)
    longer = [m for m in ranked if m.length == longest]
    return longer[0], "longer" if len(longer) == 1 else "id"


def _credits(article: Candidate, source: Candidate) -> bool:
    """Whether the source that `article` names is the portal of `source`."""
    named = (article.credited_source or "").casefold().removeprefix("www.")
    return bool(named) and source.host.casefold().removeprefix("www.") in named


def rows(
    groups: Iterable[list[str]], about: Mapping[str, Candidate], text_of: Callable[[str], str]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of `duplicates`, by cluster and article."""
    for members in groups:
        first, reason = original(about[m] for m in members)
        source = shingles(text_of(first.article_id))
        for member in members:
            yield {
                "cluster_id": row_id("cluster", first.article_id),
                "article_id": member,
                "portal": about[member].portal,
                "original_id": first.article_id,
                "is_original": member == first.article_id,
                "similarity": round(similarity(source, shingles(text_of(member))), 4),
                "reason": reason,
            }
