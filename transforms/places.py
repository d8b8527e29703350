"""Mentions of provinces, districts and communes in a text, resolved where the text allows it.

A province name may stand alone; a district or commune counts only behind its type word (`xã`, `huyện`, `TP.` …), in a
list that such a word opens (`các huyện Yên Thủy, Kim Bôi`), or as a parent in brackets (`xã Mậu Long (Yên Minh)`).
Names are matched as printed, case included, with tone marks moved to one place; what stays ambiguous keeps its
candidates and no `place_id`. The article's day picks the scheme, because district names of before July 2025 came
back as names of communes.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache, partial
from importlib import resources
from typing import Any, Final, NamedTuple

from transforms.provinces import SCHEME_2008, SCHEME_2025, provinces, rows, scheme_on, successor

PROVINCE: Final = "province"
DISTRICT: Final = "district"
COMMUNE: Final = "commune"

_TYPE_WORDS: Final[dict[str, tuple[str, str]]] = {
    "tỉnh": (PROVINCE, "tinh"),
    "thành phố": (DISTRICT, "thanh_pho"),
    "tp": (DISTRICT, "thanh_pho"),
    "huyện": (DISTRICT, "huyen"),
    "huyện đảo": (DISTRICT, "huyen"),
    "quận": (DISTRICT, "quan"),
    "thị xã": (DISTRICT, "thi_xa"),
    "tx": (DISTRICT, "thi_xa"),
    "xã": (COMMUNE, "xa"),
    "phường": (COMMUNE, "phuong"),
    "thị trấn": (COMMUNE, "thi_tran"),
    "tt": (COMMUNE, "thi_tran"),
    "đặc khu": (COMMUNE, "dac_khu"),
    # A committee or youth union names the unit that it leads.
    "tỉnh ủy": (PROVINCE, "tinh"),
    "tỉnh đoàn": (PROVINCE, "tinh"),
    "huyện ủy": (DISTRICT, "huyen"),
    "huyện đoàn": (DISTRICT, "huyen"),
    "thành ủy": (DISTRICT, "thanh_pho"),
    "thành đoàn": (DISTRICT, "thanh_pho"),
    "thị ủy": (DISTRICT, "thi_xa"),
    "quận ủy": (DISTRICT, "quan"),
}
_DISTRICT_TYPES: Final = frozenset({"thanh_pho", "huyen", "quan", "thi_xa"})
_WORD: Final = re.compile(r"[^\W_][\w'’ʼ]*")
_MARK_ON_SECOND: Final = re.compile(
    r"(?<![qQ])((?:[oO](?=[aAeE]))|(?:[uU](?=[yY])))([aAeEyY])([\u0300\u0301\u0303\u0309\u0323])(?![^\W\d_])"
)
_NAME_GAPS: Final = frozenset({" ", "-", "–", " - ", " – "})
_LIST_GAPS: Final = frozenset({", ", "; ", " và ", ",", " - ", " – "})
_PARENT_GAPS: Final = frozenset({", ", " (", "(", " thuộc ", " của ", " - ", " – "})
_QUOTED: Final = re.compile(r"“[^“”\n]{0,200}”|\"[^\"\n]{0,200}\"")
_PERSON: Final = "Hồ Chí Minh"
_LONGER_NAMES: Final = ("Thái Bình Dương",)
# Words in capitals that stand before a province's name without being part of it.
_BEFORE_PROVINCE: Final = frozenset(
    [
        *("Báo", "Tỉnh", "UBND", "HĐND", "MTTQ", "LĐLĐ", "LHPN", "CCB", "TP", "Đoàn", "Hội", "Ban", "Sở", "Cục"),
        *("TAND", "VKSND", "BĐBP", "BCH", "BTV", "TU", "Tại", "Ở", "Từ", "Người"),
    ]
)
_TRUST_TYPED: Final = 1.0
_TRUST_BARE: Final = 0.9
_TRUST_OTHER_TYPE: Final = 0.8
_TRUST_NAMED_ELSEWHERE: Final = 0.7
_TRUST_AMBIGUOUS: Final = 0.3


@dataclass(frozen=True, slots=True)
class Unit:
    """A district or commune of one scheme."""

    scheme: str
    type: str
    name: str
    province: str
    district: str

    @property
    def level(self) -> str:
        """`district` or `commune`."""
        return DISTRICT if self.type in _DISTRICT_TYPES else COMMUNE

    @property
    def place_id(self) -> str:
        """`scheme/province[/district]/name`, in slugs."""
        return "/".join(filter(None, (self.scheme, self.province, self.district, slug(self.name))))


@dataclass(frozen=True, slots=True)
class Place:
    """One mention: code point offsets of the name alone, and what it may mean."""

    start: int
    end: int
    surface: str
    level: str
    scheme: str
    place_id: str | None
    province: str | None
    candidates: tuple[str, ...] = ()
    confidence: float = 1.0

    def row(self) -> dict[str, Any]:
        """Return the columns of `places`, ids and partition left out."""
        return {
            "start": self.start,
            "end": self.end,
            "surface": self.surface,
            "level": self.level,
            "scheme": self.scheme,
            "place_id": self.place_id,
            "province": self.province,
            "candidates": list(self.candidates),
            "confidence": self.confidence,
        }


@lru_cache(maxsize=65536)
def slug(name: str) -> str:
    """Return the ASCII slug of a Vietnamese name (`Yên Minh` → `yen-minh`)."""
    bare = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    letters = "".join(c for c in bare if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


@lru_cache(maxsize=65536)
def word_key(word: str) -> str:
    """Return the form in which words of names are compared.

    NFC, tone mark on the first vowel, plain apostrophe and lower case behind it (`H'Leo` is also printed `H’leo`).
    """
    parts = unicodedata.normalize("NFD", word.replace("’", "'").replace("ʼ", "'"))
    head, apostrophe, tail = parts.partition("'")
    return unicodedata.normalize("NFC", _MARK_ON_SECOND.sub(r"\1\3\2", head + apostrophe + tail.lower()))


def _words(name: str) -> tuple[str, ...]:
    return tuple(word_key(word) for word in _WORD.findall(name))


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    """Every name by its words; `longest` bounds the search for each first word."""

    units: dict[tuple[str, ...], tuple[Unit, ...]]
    provinces: dict[tuple[str, ...], str]
    longest: dict[str, int]


@cache
def _gazetteer() -> _Gazetteer:
    units: dict[tuple[str, ...], list[Unit]] = {}
    data = resources.files("transforms").joinpath("data/gazetteer.tsv").read_text(encoding="utf-8")
    for row in rows(iter(data.splitlines())):
        unit = Unit(row["scheme"], row["type"], row["name"], row["province"], row["district"])
        units.setdefault(_words(unit.name), []).append(unit)
    names = {
        _words(name): province.slug
        for (scheme, _), province in provinces().items()
        if scheme == SCHEME_2008
        for name in (province.name, *province.variants)
    }
    longest: dict[str, int] = {}
    for words in (*units, *names):
        longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return _Gazetteer({words: tuple(found) for words, found in units.items()}, names, longest)


class _Token(NamedTuple):
    """A word; a tuple, because a text has a thousand of them."""

    start: int
    end: int
    text: str

    @property
    def capital(self) -> bool:
        """Whether a name may begin here."""
        return self.text[0].isupper() or self.text[0].isdigit()


@dataclass(frozen=True, slots=True)
class _Mention:
    """A name found in the text, before it is resolved."""

    first: int
    last: int
    level: str | None
    """What the type word says; null for a bare name."""
    type: str | None
    words: tuple[str, ...]


def find(text: str, *, province: str | None = None, on: date | None = None) -> list[Place]:
    """Return the mentions of places in `text` (NFC), in order.

    `province` is the slug (2008) of the province that the article speaks for, `on` the day of publication; both help
    to choose among units of one name, and neither makes a mention of itself.
    """
    tokens = [_Token(*m.span(), m.group()) for m in _WORD.finditer(text)]
    quoted = [m.span() for m in _QUOTED.finditer(text)]
    scheme = scheme_on(on)
    mentions = list(_mentions(text, tokens, quoted))
    return _resolve(text, tokens, mentions, scheme, province)


def _mentions(text: str, tokens: Sequence[_Token], quoted: Sequence[tuple[int, int]]) -> Iterator[_Mention]:
    gazetteer = _gazetteer()
    index, quote = 0, 0
    before: _Mention | None = None
    longest = gazetteer.longest
    for place, token in enumerate(tokens):
        # Most words are no first word of any name.
        if place < index or word_key(token.text) not in longest or not token.capital:
            continue
        index = place
        while quote < len(quoted) and quoted[quote][1] <= token.start:
            quote += 1
        inside = quote < len(quoted) and quoted[quote][0] < token.start
        typed = _type_before(text, tokens, index) or _listed(text, tokens, before, index)
        typed = typed or _bracketed(text, tokens, before, index)
        if text.startswith(_LONGER_NAMES, token.start):
            index += 3
            continue
        found = _longest(text, tokens, index, gazetteer, typed)
        if found is None:
            index += 1
            continue
        words, last = found
        mention = _Mention(index, last, typed[0] if typed else None, typed[1] if typed else None, words)
        if typed is None and not _stands_alone(text, tokens, mention, before, gazetteer, inside):
            # The rest of a longer name is no name of its own: `Bình Dương` in `Thái Bình Dương`.
            index = last + 1
            continue
        yield mention
        before = mention
        index = last + 1


def _gap(text: str, tokens: Sequence[_Token], left: int) -> str:
    """Return what stands between token `left` and the next one (cut at 4 code points: longer gaps join nothing)."""
    end, start = tokens[left].end, tokens[left + 1].start
    return text[end : min(start, end + 4)]


def _type_before(text: str, tokens: Sequence[_Token], index: int) -> tuple[str, str] | None:
    for length in (2, 1):
        first = index - length
        if first < 0:
            continue
        gap = _gap(text, tokens, index - 1)
        phrase = " ".join(word_key(t.text).lower() for t in tokens[first:index])
        found = _TYPE_WORDS.get(phrase)
        if found is None or (length == 2 and _gap(text, tokens, first) != " "):
            continue
        abbreviated = phrase in ("tp", "tx", "tt")
        if gap in (" ", ": ") or (abbreviated and gap in (".", ". ")):
            # "tt" in lower case is no abbreviation of a place.
            return None if abbreviated and tokens[index - 1].text.islower() else found
    return None


def _listed(text: str, tokens: Sequence[_Token], before: _Mention | None, index: int) -> tuple[str, str] | None:
    """A list goes on: `các huyện Yên Minh, Mèo Vạc và Bắc Quang`."""
    if before is None or before.level is None or before.type is None:
        return None
    between = text[tokens[before.last].end : tokens[index].start]
    if len(between) > 40:
        return None
    if between.startswith(" (") and ")" in between:
        between = between[between.rindex(")") + 1 :]
    return (before.level, before.type) if between in _LIST_GAPS and between not in (" - ", " – ") else None


def _bracketed(text: str, tokens: Sequence[_Token], before: _Mention | None, index: int) -> tuple[str, str] | None:
    """A commune's district follows in brackets: `xã Mậu Long (Yên Minh)`."""
    if before is None or before.level != COMMUNE:
        return None
    return (DISTRICT, "huyen") if text[tokens[before.last].end : tokens[index].start] == " (" else None


def _longest(
    text: str, tokens: Sequence[_Token], index: int, gazetteer: _Gazetteer, typed: tuple[str, str] | None
) -> tuple[tuple[str, ...], int] | None:
    limit = gazetteer.longest.get(word_key(tokens[index].text))
    if limit is None:
        return None
    words: list[str] = []
    best: tuple[tuple[str, ...], int] | None = None
    for last in range(index, min(index + limit, len(tokens))):
        if last > index and not _joined(text, tokens, last):
            break
        words.append(word_key(tokens[last].text))
        name = tuple(words)
        known = name in gazetteer.units if typed and typed[0] != PROVINCE else False
        if known or name in gazetteer.provinces:
            best = name, last
    if best is None or (best[0][0].isdigit() and (typed is None or typed[1] not in ("quan", "phuong"))):
        return None
    return best


def _joined(text: str, tokens: Sequence[_Token], index: int) -> bool:
    """Whether token `index` may go on a name that the token before it belongs to."""
    gap = _gap(text, tokens, index - 1)
    return gap in _NAME_GAPS or (gap in (".", ". ") and tokens[index].text == "HCM")


def _stands_alone(
    text: str,
    tokens: Sequence[_Token],
    mention: _Mention,
    before: _Mention | None,
    gazetteer: _Gazetteer,
    inside_quotes: bool,
) -> bool:
    """Whether a name without a type word is a place: a province that is no part of a longer name, or a parent."""
    if mention.words not in gazetteer.provinces:
        return False
    surface = text[tokens[mention.first].start : tokens[mention.last].end]
    if inside_quotes or surface == _PERSON or (len(mention.words) == 1 and len(surface) < 3):
        return False
    if mention.last + 1 < len(tokens) and _gap(text, tokens, mention.last) == " " and tokens[mention.last + 1].capital:
        following = tokens[mention.last + 1].text
        if not following[0].isdigit() and not following.isupper():
            return False
    if mention.first and _gap(text, tokens, mention.first - 1) == " ":
        previous = tokens[mention.first - 1].text
        if (
            previous[0].isupper()
            and previous not in _BEFORE_PROVINCE
            and not _opens_sentence(text, tokens, mention.first - 1)
        ):
            return before is not None and before.last == mention.first - 1
    return True


def _opens_sentence(text: str, tokens: Sequence[_Token], index: int) -> bool:
    start = tokens[index].start
    return start == 0 or text[:start].rstrip(" ")[-1:] in ".!?\n:;…-–("


def _resolve(
    text: str, tokens: Sequence[_Token], mentions: Sequence[_Mention], scheme: str, province: str | None
) -> list[Place]:
    gazetteer = _gazetteer()
    named = Counter(
        gazetteer.provinces[m.words] for m in mentions if m.words in gazetteer.provinces and m.level in (None, PROVINCE)
    )
    districts = {slug(" ".join(m.words)) for m in mentions if m.level == DISTRICT}
    places: list[Place] = []
    following = [*mentions[1:], None] if mentions else []
    for mention, after in zip(mentions, following, strict=True):
        start, end = tokens[mention.first].start, tokens[mention.last].end
        base = Place(start, end, text[start:end], PROVINCE, scheme, None, None)
        parent = after if after is not None and _is_parent(text, tokens, mention, after) else None
        if mention.level in (None, PROVINCE):
            places.append(_as_province(base, gazetteer.provinces[mention.words], mention.level is not None))
            continue
        units = _candidates(gazetteer, mention, scheme)
        if mention.words in gazetteer.provinces and (
            not units or (mention.type == "thanh_pho" and not _has_city(units))
        ):
            places.append(_as_province(base, gazetteer.provinces[mention.words], typed=True))
            continue
        if units:
            places.append(_choose(base, mention, units, parent, gazetteer, province, named, districts))
    return places


def _is_parent(text: str, tokens: Sequence[_Token], mention: _Mention, after: _Mention) -> bool:
    """Whether the mention after this one names what it lies in: `xã X, huyện Y`, `xã X (Y)`, `phường X quận Y`."""
    between = text[tokens[mention.last].end : tokens[after.first].start]
    if len(between) > 24 or (after.level is not None and after.level == mention.level):
        return False
    kind = _type_text(text, tokens, after)
    gap = between.removesuffix(kind)
    return gap in _PARENT_GAPS or (gap == " " and bool(kind))


def _type_text(text: str, tokens: Sequence[_Token], mention: _Mention) -> str:
    """Return the type word before a mention with its blank, as printed (`huyện `); empty for a bare name."""
    if mention.level is None:
        return ""
    for length in (2, 1):
        first = mention.first - length
        if first >= 0:
            phrase = " ".join(word_key(t.text).lower() for t in tokens[first : mention.first])
            if phrase in _TYPE_WORDS:
                return text[tokens[first].start : tokens[mention.first].start]
    return ""


def _as_province(base: Place, name: str, typed: bool) -> Place:
    scheme = base.scheme
    if scheme == SCHEME_2025 and (SCHEME_2025, name) not in provinces():
        scheme = SCHEME_2008  # a name that was lost still means the old province
    return replace(
        base,
        level=PROVINCE,
        scheme=scheme,
        place_id=f"{scheme}/{name}",
        province=name,
        confidence=_TRUST_TYPED if typed else _TRUST_BARE,
    )


def _candidates(gazetteer: _Gazetteer, mention: _Mention, scheme: str) -> list[Unit]:
    units = [u for u in gazetteer.units.get(mention.words, ()) if u.level == mention.level]
    current = [u for u in units if u.scheme == scheme]
    # Districts ended in 2025 and are still named; communes of the other scheme are named in retrospect.
    return current or units


def _has_city(units: Iterable[Unit]) -> bool:
    return any(unit.type == "thanh_pho" for unit in units)


def _choose(
    base: Place,
    mention: _Mention,
    units: list[Unit],
    parent: _Mention | None,
    gazetteer: _Gazetteer,
    province: str | None,
    named: Counter[str],
    districts: Set[str],
) -> Place:
    exact = [u for u in units if u.type == mention.type]
    trust = _TRUST_TYPED if exact else _TRUST_OTHER_TYPE
    units = exact or units
    scheme = units[0].scheme
    home = successor(province) if scheme == SCHEME_2025 else province
    above = gazetteer.provinces.get(parent.words) if parent is not None else None
    district = slug(" ".join(parent.words)) if parent is not None else None
    narrowed = _narrow(units, lambda u: bool(u.district) and u.district == district)
    for likely in (above, home, *(name for name, _ in named.most_common(4))):
        narrowed = _narrow(narrowed, partial(_lies_in, likely))
    units = narrowed
    if len(units) > 1 and mention.level == COMMUNE:
        # Not printed as its parent, but the only district of the text that has such a commune.
        units = _narrow(units, lambda u: u.district in districts)
        trust = min(trust, _TRUST_NAMED_ELSEWHERE)
    level = mention.level or COMMUNE
    ids = sorted({u.place_id for u in units})
    homes = {u.province for u in units}
    if len(ids) == 1:
        return replace(base, level=level, scheme=scheme, place_id=ids[0], province=units[0].province, confidence=trust)
    return replace(
        base,
        level=level,
        scheme=scheme,
        province=homes.pop() if len(homes) == 1 else None,
        candidates=tuple(ids[:40]),
        confidence=_TRUST_AMBIGUOUS,
    )


def _lies_in(province: str | None, unit: Unit) -> bool:
    return unit.province == province


def _narrow(units: list[Unit], fits: Callable[[Unit], bool]) -> list[Unit]:
    """Return the units that fit, or all of them where none does or one is left."""
    return units if len(units) == 1 else [u for u in units if fits(u)] or units


def article_province(title: str, places: Sequence[Place], home: str | None) -> str | None:
    """Return the slug (2008) of the province that an article speaks for.

    `places` are the mentions in the article's text, which begins with `title`; `home` is the portal's own province.
    A headline that names one other province wins over the portal's own: papers reprint each other. A central portal
    has no home: the province named most often behind `tỉnh`, a committee or alone counts, if it is ahead of the next.
    """
    in_title = {p.province for p in places if p.level == PROVINCE and p.end <= len(title)}
    if len(in_title) == 1:
        return in_title.pop()
    if home is not None:
        return home
    counts = Counter(p.province for p in places if p.province is not None)
    ranking = counts.most_common(2)
    if not ranking or (len(ranking) == 2 and ranking[0][1] == ranking[1][1]):
        return None
    return ranking[0][0]
