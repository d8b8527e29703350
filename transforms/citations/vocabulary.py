"""What the data files say of types, issuers, terms and well-known documents.

`document_types.tsv`, `issuer_codes.tsv`, `issuer_names.tsv`, `party_terms.tsv` and `document_registry.tsv` in `data/`
are meant to be edited by people who know the papers and not the code; each explains its columns in its head.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Final

PARTY: Final = "party"
STATE: Final = "state"
ORG: Final = "org"


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A type of document and the codes its numbers carry; the first is canonical."""

    name: str
    words: tuple[str, ...]
    codes: tuple[str, ...]
    system: str | None
    bare: bool
    cited: bool
    """False: the number is read so that it counts nothing, but papers of the type are no citations."""
    also: frozenset[str]


@dataclass(frozen=True, slots=True)
class Issuer:
    """A body as a code or a name gives it; `{p}` in `id` is the place, `{n}` the term of the National Assembly."""

    part: str
    system: str
    id: str
    level: str
    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """One well-known document."""

    key: str
    type: str
    issuer: str
    date: date


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All data files, ready for look-up."""

    types: dict[str, DocumentType]
    """By name."""
    by_word: dict[str, DocumentType]
    """By printed word, lower case."""
    by_code: dict[str, tuple[DocumentType, ...]]
    """By code in upper case."""
    canonical_code: dict[str, str]
    """Code in upper case to its canonical spelling."""
    issuers: dict[str, tuple[Issuer, ...]]
    """By code in upper case (`TƯ` and `TU` apart)."""
    names: dict[str, Issuer]
    """By printed name, lower case, `ủy`."""
    name_pattern: re.Pattern[str]
    terms: dict[str, tuple[date, date | None]]
    registry: dict[str, tuple[Known, ...]]
    """By key in upper case."""


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("transforms").joinpath(f"data/{name}").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return list(csv.DictReader(lines, delimiter="\t"))


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


_UNITS: Final = {
    "tỉnh": "province", "thành phố": "city", "huyện": "district", "quận": "district", "thị xã": "district",
    "xã": "commune", "phường": "commune", "thị trấn": "commune", "đặc khu": "commune",
}  # fmt: skip


def _names_of_codes(issuers: dict[str, tuple[Issuer, ...]]) -> Iterator[tuple[str, Issuer]]:
    """Names that follow from the codes: `Sở Nội vụ`, `Ban Dân vận Huyện ủy`, `Hội Nông dân tỉnh`."""
    every = [issuer for choices in issuers.values() for issuer in choices]
    levels = [issuer for issuer in every if issuer.part == "level"]
    for issuer in every:
        if issuer.part == "body":
            for level in levels:
                name = f"{issuer.name} {level.name}"
                yield name.lower(), Issuer("issuer", PARTY, f"{level.id}.{issuer.id}", level.level, name)
        elif issuer.part == "issuer" and issuer.level == "any":
            for unit, level_of_unit in _UNITS.items():
                name = f"{issuer.name} {unit}"
                yield name.lower(), Issuer("issuer", issuer.system, issuer.id, level_of_unit, name)
        elif issuer.part == "issuer" and issuer.level in ("country", "province") and "{n}" not in issuer.id:
            yield issuer.name.lower(), issuer


def _trie(names: Iterable[str]) -> str:
    """A pattern for the longest of `names`, branching by words so that a miss costs little."""
    branches: dict[str, list[str]] = {}
    for name in sorted(names):
        first, _, rest = name.partition(" ")
        branches.setdefault(first, []).append(rest)
    parts = []
    for first, rests in branches.items():
        longer = [rest for rest in rests if rest]
        tail = f"(?: {_trie(longer)}){'?' if '' in rests else ''}" if longer else ""
        parts.append(re.escape(first) + tail)
    return f"(?:{'|'.join(parts)})"


@cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary; read once in a process."""
    types = {
        row["type"]: DocumentType(
            row["type"], _list(row["words"]), _list(row["codes"]), row["system"] or None, row["bare"] == "yes",
            row["cited"] != "no", frozenset(_list(row["also"] or "")),
        )
        for row in _rows("document_types.tsv")
    }  # fmt: skip
    by_code: dict[str, tuple[DocumentType, ...]] = {}
    canonical: dict[str, str] = {}
    for kind in types.values():
        for code in kind.codes:
            by_code[code.upper()] = (*by_code.get(code.upper(), ()), kind)
            canonical.setdefault(code.upper(), code if code.upper() != kind.codes[0].upper() else kind.codes[0])
    # `QĐI` and `QĐi` are one code.
    for kind in types.values():
        canonical[kind.codes[0].upper()] = kind.codes[0]
    issuers: dict[str, tuple[Issuer, ...]] = {}
    for row in _rows("issuer_codes.tsv"):
        issuer = Issuer(row["part"], row["system"], row["id"], row["level"], row["name"])
        issuers[row["code"].upper()] = (*issuers.get(row["code"].upper(), ()), issuer)
    names = {
        row["match"]: Issuer("issuer", row["system"], row["id"], row["level"], row["name"])
        for row in _rows("issuer_names.tsv")
    }
    for name, issuer in _names_of_codes(issuers):
        names.setdefault(name, issuer)
    pattern = re.compile(rf"(?<![^\W_]){_trie(names)}(?![^\W_])".replace("ủy", "(?:ủy|uỷ)"))
    registry: dict[str, tuple[Known, ...]] = {}
    for row in _rows("document_registry.tsv"):
        known = Known(row["key"], row["type"], row["issuer"], date.fromisoformat(row["date"]))
        registry[known.key.upper()] = (*registry.get(known.key.upper(), ()), known)
    return Vocabulary(
        types=types,
        by_word={word: kind for kind in types.values() for word in kind.words},
        by_code=by_code,
        canonical_code=canonical,
        issuers=issuers,
        names=names,
        name_pattern=pattern,
        terms={
            row["term"]: (date.fromisoformat(row["first"]), date.fromisoformat(row["last"]) if row["last"] else None)
            for row in _rows("party_terms.tsv")
        },
        registry=registry,
    )
