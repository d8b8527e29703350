"""From mentions to documents: date, issuer, year and relations, each as far as the article itself tells."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Final

from transforms import dates as dates_module
from transforms import provinces
from transforms.citations.grammar import Mention, Scan, issuer_parts, scan
from transforms.citations.vocabulary import PARTY, STATE, Issuer, Known, Vocabulary, vocabulary
from transforms.dates import DateSpan
from transforms.sentences import split_shadow

UNKNOWN: Final = "?"


@dataclass(frozen=True, slots=True)
class Citation:
    """One mention of a document; the fields are the columns of `citations`, ids and partition left out."""

    start: int
    end: int
    surface: str
    type: str
    key: str
    document_id: str
    issuer: str | None
    date: date | None
    relation: str | None
    related_key: str | None
    sentence_start: int
    sentence_end: int
    confidence: float
    flags: tuple[str, ...]
    head: int
    """Where the type word before the number begins."""
    date_span: tuple[int, int] | None
    """Offsets of the date that belongs to this mention: a date of a document, not of the sentence."""

    def row(self) -> dict[str, Any]:
        """The columns of `citations`, without `citation_id`, `article_id`, `portal` and `year`."""
        return {
            "start": self.start,
            "end": self.end,
            "surface": self.surface,
            "type": self.type,
            "key": self.key,
            "document_id": self.document_id,
            "issuer": self.issuer,
            "date": self.date,
            "relation": self.relation,
            "related_key": self.related_key,
            "sentence_start": self.sentence_start,
            "sentence_end": self.sentence_end,
            "confidence": self.confidence,
            "flags": list(self.flags),
        }


@dataclass(slots=True)
class _Draft:
    """A mention while it is being resolved."""

    mention: Mention
    key: str
    type_code: str
    issuers: tuple[str, ...]
    flags: list[str]
    date: date | None = None
    date_span: tuple[int, int] | None = None
    year: int | None = None
    term: str | None = None
    named: Issuer | None = None
    named_at: int | None = None
    """Where the name of the issuer ends."""
    printed_issuer: str | None = None
    system: str = UNKNOWN
    issuer_id: str = UNKNOWN
    issuer: str | None = None
    relation: str | None = None
    related_key: str | None = None
    before_dated: bool = False
    follows: bool = False
    """Issued by the act that issued the mention before: `ban hành Quyết định … và Kế hoạch …`."""

    @property
    def number(self) -> str:
        return str(int(self.mention.number)) + self.mention.suffix.lower()


_ISSUE: Final = r"(?:(?:được|đã|vừa) ){0,2}(?:ký ban hành|ban hành|ký|đề|thông qua|ra đời)(?: vào)?"
_AFTER: Final = re.compile(
    rf"(?:\([^()0-9]{{2,40}}\))?,? ?\(? ?(?:{_ISSUE})?"
    rf"|,? ?(?:được|do) [^,.;:]{{0,70}}?{_ISSUE}"
    rf"|(?P<issuer>,? ?của [^,.;:()]{{2,80}}?(?: ?\([^()]{{2,40}}\))?(?: {_ISSUE})?(?P<comma>,)? ?\(?(?:{_ISSUE})?)"
    rf"|,? ?\"[^\"]{{2,110}}\",? ?\(?(?:{_ISSUE})?"
    rf"|,? ?(?:về|quy định|ban hành) [^.;:()\"]{{2,110}}(?:, ?| \(| cùng | đều ){_ISSUE}"
    rf"|(?P<both>,? ?(?:cùng|đều)(?: {_ISSUE})?)"
)
"""Between a number and its date of issue, blanks and line breaks levelled and the last `ngày` left out."""
_BEFORE: Final = re.compile(r",? [^.;:\n]{0,130}?(?<![^\W_])(?:ban hành|ký|thông qua|ra|có)(?: các| những| luôn)? ")
_REACH: Final = 150
"""Code points between a number and a date that may belong to it."""
_COORDINATED: Final = re.compile(r"[ ,]{1,3}(?:(?:và|cùng) )?(?:các )?")
_ISSUER_AFTER: Final = re.compile(
    r"[ ,\n]{0,3}(?:\([^()\n]{0,40}\)[ ,]{0,2})?(?:được )?(?:của|do) (?:đồng chí )?(?:hội nghị lần thứ [^\W_]{1,6} )?"
)
_ISSUED: Final = re.compile(r"[^.;:\n]{0,70}?(?<![^\W_])(?:ban hành|ký|thông qua|ra|có)(?: các| những)? $")
_TERM: Final = re.compile(r"kh[óo][áa],? (?:thứ )?([ivx]{1,5})(?![^\W_])|(?:đại hội|lần thứ) ([ivx]{1,5}) của đảng")
_OTHERS: Final = re.compile(
    r"nghị quyết|chỉ thị|kết luận|quyết định|quy định|đảng bộ|nhiệm k[ỳì]|hđnd|hội đồng nhân dân"
)
"""A term after one of these is that of another paper or body."""
_CLAUSE: Final = re.compile(r"[.;\n]")
_RELATION: Final = re.compile(
    r"(?<![^\W_])(?P<verb>được thay thế (?:bằng|bởi)|thay thế(?: cho)?|sửa đổi(?:,? bổ sung)?|bãi bỏ|hủy bỏ"
    r"|ban hành kèm theo|kèm theo|cụ thể h[óo][áa]|triển khai thực hiện|tổ chức thực hiện|thực hiện|triển khai"
    r"|quán triệt|hướng dẫn(?: thực hiện)?|căn cứ(?: vào)?|theo|sơ kết|tổng kết|phê duyệt|ban hành)"
    r"(?: (?:tốt|nghiêm|nghiêm túc|hiệu quả|có hiệu quả|một số điều của|một số điều|nội dung|nội dung của|tinh thần"
    r"|bằng|tại|việc|đồng bộ|đầy đủ|\d{1,2} năm|các|những)){0,6} {1,3}$"
)
_RELATIONS: Final = {
    "triển khai thực hiện": "thực hiện",
    "tổ chức thực hiện": "thực hiện",
    "triển khai": "thực hiện",
    "hướng dẫn thực hiện": "hướng dẫn",
    "căn cứ vào": "căn cứ",
    "cụ thể hoá": "cụ thể hóa",
    "thay thế cho": "thay thế",
    "kèm theo": "ban hành kèm theo",
    "hủy bỏ": "bãi bỏ",
    "sửa đổi bổ sung": "sửa đổi",
    "sửa đổi, bổ sung": "sửa đổi",
}
_INVERSE: Final = {
    "thay thế": "được thay thế",
    "sửa đổi": "được sửa đổi",
    "bãi bỏ": "bị bãi bỏ",
    "hướng dẫn": "được hướng dẫn",
    "cụ thể hóa": "được cụ thể hóa",
}
_COUNTRY_DEFAULT: Final = {"Nghị định": (STATE, "cp", "Chính phủ")}


def find(
    text: str,
    *,
    dates: Sequence[DateSpan] | None = None,
    province: str | None = None,
    published: date | None = None,
    sentences: Sequence[tuple[int, int]] | None = None,
) -> list[Citation]:
    """Return every citation of `text` in order; offsets count its NFC form.

    `dates` and `sentences` are those of the same text, found here when not given; `province` is the slug of the
    article's province, `published` its day: a document of the registry that came out later is never meant.
    """
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    scanned = scan(text)
    if not scanned.mentions:
        return []
    vocab = vocabulary()
    spans = dates if dates is not None else dates_module.find(text)
    bounds = sentences if sentences is not None else split_shadow(scanned.shadow)
    drafts = [_draft(text, scanned, mention) for mention in scanned.mentions]
    _attach_dates(scanned, drafts, spans)
    _attach_issuers(scanned, drafts, vocab)
    _attach_terms(scanned, drafts)
    _share_in_lists(drafts)
    _take_antecedents(drafts, vocab)
    place = _Places(text, scanned.low, province)
    for draft in drafts:
        _resolve_issuer(text, draft, place, vocab)
    _share_names(drafts)
    _resolve_years(drafts, published, vocab)
    _relate(scanned, drafts, bounds)
    return [_citation(text, draft, bounds) for draft in drafts if draft.mention.type.cited]


def _draft(text: str, scanned: Scan, mention: Mention) -> _Draft:
    printed = scanned.shadow[mention.start : mention.end]
    key = "".join(printed.split())
    flags = list(mention.flags)
    if "missing_hyphen" in flags:
        digits = len(mention.number) + len(mention.suffix)
        key = f"{key[:digits]}-{key[digits:]}"
    if any(odd in text[mention.start : mention.end] for odd in "ÐƉð"):
        flags.append("lookalike_fixed")
    if not mention.symbol:
        flags.append("bare")
    code = mention.code or (mention.type.codes[0] if mention.type.codes else UNKNOWN)
    return _Draft(mention, key, code, mention.issuers, flags, year=mention.year)


# --- dates ----------------------------------------------------------------------------------------------------------


def _attach_dates(scanned: Scan, drafts: list[_Draft], spans: Sequence[DateSpan]) -> None:
    starts = [span.start for span in spans]
    claimed: set[int] = set()
    for index, draft in enumerate(drafts):
        limit = drafts[index + 1].mention.start if index + 1 < len(drafts) else len(scanned.low)
        at = bisect_left(starts, draft.mention.end)
        if at == len(spans) or spans[at].start >= limit:
            continue
        span = spans[at]
        if span.start - draft.mention.end > _REACH:
            continue
        gap = " ".join(scanned.low[draft.mention.end : span.start].split())
        hit = _AFTER.fullmatch(gap.removesuffix("ngày").rstrip())
        if hit is None:
            continue
        if hit["issuer"] and hit["comma"] and _opens_clause(scanned.shadow, span.end):
            continue
        if span.kind == "day" and "no_year" not in span.flags and span.first is not None:
            _set_date(draft, span)
            claimed.add(span.start)
            if hit["both"]:
                _date_all(scanned, drafts, index)
        elif span.kind in ("year", "month") and span.first is not None and "comparison" not in span.flags:
            draft.year = draft.year or span.first.year
    for index, draft in enumerate(drafts):
        if draft.date is not None or draft.date_span is not None:
            continue
        head = draft.mention.head
        previous = drafts[index - 1] if index else None
        if (
            previous is not None
            and previous.before_dated
            and _COORDINATED.fullmatch(scanned.low[previous.mention.end : head])
        ):
            # `ban hành Quyết định số 12/QĐ-UBND và Kế hoạch số 13/KH-UBND`: one act, one day.
            draft.date, draft.date_span, draft.before_dated = previous.date, previous.date_span, True
            draft.follows = True
            draft.year = draft.year or previous.year
            continue
        at = bisect_right(starts, head) - 1
        if at < 0:
            continue
        span = spans[at]
        floor = previous.mention.end if previous is not None else 0
        if span.kind != "day" or span.first is None or span.start in claimed or span.end > head or span.start < floor:
            continue
        if head - span.end <= 150 and _BEFORE.fullmatch(scanned.low[span.end : head]):
            _set_date(draft, span)
            draft.before_dated = True
            claimed.add(span.start)


def _date_all(scanned: Scan, drafts: list[_Draft], last: int) -> None:
    """`Quyết định số 12/QĐ-UBND và Kế hoạch số 13/KH-UBND cùng ngày 05/01/2024`: the day is that of all."""
    for index in range(last - 1, -1, -1):
        draft, later = drafts[index], drafts[index + 1]
        if draft.date_span is not None or not _COORDINATED.fullmatch(
            scanned.low[draft.mention.end : later.mention.head]
        ):
            return
        draft.date, draft.date_span, draft.year = later.date, later.date_span, draft.year or later.year


def _opens_clause(shadow: str, end: int) -> bool:
    """Whether the date that ends at `end` heads what follows: `…, ngày 20 tháng 6 năm 2022, Tỉnh ủy ban hành`."""
    return shadow[end : end + 1] == "," and shadow[end + 1 : end + 3].strip()[:1].isupper()


def _set_date(draft: _Draft, span: DateSpan) -> None:
    draft.date_span = (span.start, span.end)
    if span.first is not None:
        draft.year = draft.year or span.first.year
    if "impossible_date" in span.flags:
        draft.flags.append("impossible_date")
    else:
        draft.date = span.first


# --- issuers and terms ----------------------------------------------------------------------------------------------


def _attach_issuers(scanned: Scan, drafts: list[_Draft], vocab: Vocabulary) -> None:
    for index, draft in enumerate(drafts):
        limit = drafts[index + 1].mention.head if index + 1 < len(drafts) else len(scanned.low)
        ends = [draft.mention.end]
        if draft.date_span is not None and draft.date_span[0] >= draft.mention.end:
            ends.insert(0, draft.date_span[1])
        for end in ends:
            opening = _ISSUER_AFTER.match(scanned.low, end)
            name = vocab.name_pattern.match(scanned.low, opening.end()) if opening else None
            if name is not None and name.end() <= limit:
                _name(draft, name, vocab)
                break
        if draft.named is None:
            floor = drafts[index - 1].mention.end if index else 0
            window_start = max(floor, draft.mention.head - 130)
            window = scanned.low[window_start : draft.mention.head]
            last = None
            for name in vocab.name_pattern.finditer(window):
                if name.start() == 0 or not window[name.start() - 1].isalnum():
                    last = name
            if last is not None and _ISSUED.fullmatch(window[last.end() :]):
                _name(draft, last, vocab, window_start)
            elif draft.follows and draft.issuers == drafts[index - 1].issuers:
                draft.named, draft.named_at = drafts[index - 1].named, drafts[index - 1].named_at


def _name(draft: _Draft, name: re.Match[str], vocab: Vocabulary, offset: int = 0) -> None:
    draft.named = vocab.names[name.group().replace("uỷ", "ủy")]
    draft.named_at = offset + name.end()


def _attach_terms(scanned: Scan, drafts: list[_Draft]) -> None:
    for index, draft in enumerate(drafts):
        limit = drafts[index + 1].mention.head if index + 1 < len(drafts) else len(scanned.low)
        window = scanned.low[draft.mention.end : min(limit, draft.mention.end + 130)]
        stop = _CLAUSE.search(window)
        # A date may hold full stops: 19.5.2023.
        if stop is not None and draft.date_span is not None and draft.date_span[0] >= draft.mention.end:
            stop = _CLAUSE.search(window, max(0, draft.date_span[1] - draft.mention.end))
        term = _TERM.search(window[: stop.start()] if stop else window)
        if term and not _OTHERS.search(window[: term.start()]):
            draft.term = (term[1] or term[2]).upper()


def _share_in_lists(drafts: list[_Draft]) -> None:
    """`217, 218-QĐ/TW ngày 12/12/2013 của Bộ Chính trị`: what stands at the end of a list holds for its members."""
    for index in range(len(drafts) - 2, -1, -1):
        draft, later = drafts[index], drafts[index + 1]
        if later.mention.list_of == index + 1 or later.mention.list_of != draft.mention.list_of:
            continue
        if not draft.mention.symbol and later.mention.symbol and not draft.issuers:
            draft.issuers, draft.type_code = later.issuers, later.type_code
            draft.flags.append("shared_symbol")
        if draft.date_span is None and later.date_span is not None:
            draft.date, draft.date_span, draft.year = later.date, later.date_span, draft.year or later.year
        if draft.named is None and later.named is not None and (not draft.issuers or draft.issuers == later.issuers):
            draft.named, draft.named_at = later.named, later.named_at
        draft.term = draft.term or later.term


def _take_antecedents(drafts: list[_Draft], vocab: Vocabulary) -> None:
    """A bare number is the document that the article names in full, before or (else) after it."""
    full: dict[tuple[str, str], list[int]] = {}
    named: dict[tuple[str, str], list[int]] = {}
    for index, draft in enumerate(drafts):
        place = (draft.mention.type.name, draft.number)
        if draft.issuers:
            full.setdefault(place, []).append(index)
        elif draft.named is not None:
            named.setdefault(place, []).append(index)
    for index, draft in enumerate(drafts):
        if draft.issuers or draft.mention.symbol:
            continue
        place = (draft.mention.type.name, draft.number)
        for pool in (full, named):
            candidates = pool.get(place, [])
            cut = bisect_left(candidates, index)
            chosen = candidates[cut - 1] if cut else candidates[0] if candidates else None
            if chosen is None or chosen == index or not _agree(draft, drafts[chosen], vocab):
                continue
            source = drafts[chosen]
            draft.issuers, draft.type_code = source.issuers, source.type_code
            if draft.named is None:
                draft.named, draft.named_at = source.named, source.named_at
            draft.flags.append("antecedent")
            break


def _agree(bare: _Draft, source: _Draft, vocab: Vocabulary) -> bool:
    """Whether the issuer printed with a bare number may be that of the document in full."""
    if bare.named is None:
        return True
    if source.issuers:
        system, template = _template(source, vocab)
        # BDVTU and `Tỉnh ủy` are different bodies; TW is every central organ.
        return bare.named.system == system and bare.named.id.split(".")[0] == template.split(".")[0]
    return source.named is not None and source.named.id == bare.named.id


def _template(draft: _Draft, vocab: Vocabulary) -> tuple[str, str]:
    issuer = _code_issuer(draft, vocab)
    return (issuer.system, issuer.id) if issuer else (UNKNOWN, UNKNOWN)


def _code_issuer(draft: _Draft, vocab: Vocabulary) -> Issuer | None:
    """The issuer that the codes of the number name; joint issuers by the first."""
    found: list[Issuer] = []
    for code in draft.issuers:
        parts = issuer_parts(code, vocab)
        if not parts:
            continue
        if len(parts) == 2:
            body, level = vocab.issuers[parts[0]][0], vocab.issuers[parts[1]][0]
            found.append(Issuer("issuer", PARTY, f"{level.id}.{body.id}", level.level, f"{body.name} {level.name}"))
            continue
        choices = [issuer for issuer in vocab.issuers[parts[0]] if issuer.part != "body"] or list(
            vocab.issuers[parts[0]]
        )
        chosen = choices[0]
        if len(choices) > 1:
            wanted = PARTY if draft.mention.first_separator == "-" else STATE
            chosen = next((issuer for issuer in choices if issuer.system == wanted), choices[0])
        if chosen.part == "body":
            system = PARTY if draft.mention.first_separator == "-" else STATE
            chosen = Issuer("issuer", system, f"{{p}}.{chosen.id}", "any", chosen.name)
        if "{n}" in chosen.id:
            term = code.upper().replace(parts[0], "", 1)
            chosen = Issuer("issuer", chosen.system, chosen.id.replace("{n}", term), chosen.level, chosen.name)
        found.append(chosen)
        if draft.mention.code is None and draft.mention.type.name == "Công văn":
            break
    if not found:
        return None
    if len(found) > 1 and draft.type_code in ("TTLT", "NQLT", "CTPH", "KHLT", "HDLT"):
        return Issuer(
            "issuer",
            found[0].system,
            "+".join(issuer.id for issuer in found),
            found[0].level,
            ", ".join(i.name for i in found),
        )
    # `28/TTr-MTTW-BTT`: the standing committee of the body named first.
    return found[0]


@dataclass(slots=True)
class _Places:
    """The article's province and district, looked for once and only when asked."""

    text: str
    low: str
    given: str | None
    _province: str | None = None
    _district: str | None = None
    _asked: set[str] = field(default_factory=set)

    def province(self) -> tuple[str | None, bool]:
        """Slug of the province, and whether it was read from the text."""
        if self.given is not None:
            return self.given, False
        if "province" not in self._asked:
            self._asked.add("province")
            self._province = _province_in(self.text)
        return self._province, self._province is not None

    def district(self) -> str | None:
        if "district" not in self._asked:
            self._asked.add("district")
            self._district = _district_in(self.text, self.low)
        return self._district


@cache
def _province_names() -> tuple[re.Pattern[str], dict[str, str]]:
    names: dict[str, str] = {}
    for (scheme, slug), unit in provinces.provinces().items():
        for name in (unit.name, *unit.variants):
            if scheme == provinces.SCHEME_2008 or name not in names:
                names[name] = slug
    names.pop("Hồ Chí Minh", None)
    listed = "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))
    return re.compile(f"(?:{listed})(?![^\\W_])"), names


_TYPED: Final = re.compile(r"(?:tỉnh|tỉnh ủy|tỉnh uỷ|thành ủy|thành phố|ủy ban nhân dân tỉnh|đảng bộ tỉnh|báo) $")


def _province_in(text: str) -> str | None:
    """The one province that the article names most; null when two are named alike."""
    pattern, names = _province_names()
    counts: Counter[str] = Counter()
    for hit in pattern.finditer(text):
        typed = _TYPED.search(text[max(0, hit.start() - 24) : hit.start()].lower())
        counts[names[hit.group()]] += 3 if typed else 1
    best = counts.most_common(2)
    if not best or (len(best) > 1 and best[0][1] == best[1][1]):
        return None
    return best[0][0]


_DISTRICT: Final = re.compile(r"(?:huyện ủy|huyện uỷ|huyện|quận ủy|quận|thị xã|thị ủy) ")


def _district_in(text: str, low: str) -> str | None:
    counts: Counter[str] = Counter()
    for hit in _DISTRICT.finditer(low):
        name = _proper_name(text, hit.end())
        if name:
            counts[name] += 1
    best = counts.most_common(2)
    if not best or (len(best) > 1 and best[0][1] < 2 * best[1][1]):
        return None
    return best[0][0]


def _proper_name(text: str, at: int) -> str | None:
    """Up to three capitalised words at `at`."""
    words = []
    for word in text[at : at + 40].split(" ")[:3]:
        bare = word.strip(',.;:()”“"…\n')
        if not bare[:1].isupper() or (bare.isupper() and len(bare) > 1):
            break
        words.append(bare.split("\n")[0])
        if bare != word:
            break
    return " ".join(words) or None


def slug(name: str) -> str:
    """`Sông Lô` to `song-lo`."""
    plain = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    kept = "".join(ch for ch in plain if not unicodedata.combining(ch)).lower()
    return "-".join(re.findall(r"[a-z0-9]+", kept))


def _resolve_issuer(text: str, draft: _Draft, places: _Places, vocab: Vocabulary) -> None:
    by_code = _code_issuer(draft, vocab)
    named = draft.named
    issuer = by_code or named
    if issuer is None and not draft.issuers and draft.term in vocab.terms:
        # `Nghị quyết 25 (khóa XI)`: a term of the central organs, and a document of theirs that fits.
        draft.issuer_id = "tw"
        known = _registered(draft, draft.term, None, vocab)
        draft.issuer_id = UNKNOWN
        if known is not None:
            draft.system, draft.issuer_id, draft.issuer = PARTY, "tw", known.issuer
            draft.flags.append("issuer_from_registry")
            return
    if issuer is None:
        default = _COUNTRY_DEFAULT.get(draft.mention.type.name)
        if default and not draft.issuers:
            draft.system, draft.issuer_id, draft.issuer = default
        elif draft.issuers:
            # A code that no data file knows still tells its documents from others.
            draft.issuer_id = slug("-".join(draft.issuers)) or UNKNOWN
            draft.system = STATE if draft.mention.first_separator == "/" else PARTY
        return
    if by_code is None:
        draft.flags.append("issuer_from_text")
    draft.system = issuer.system
    level = issuer.level
    name = issuer.name
    if named is not None and by_code is not None and named.system == issuer.system:
        same_body = named.id.replace("{p}.", "").split(".")[-1] == issuer.id.replace("{p}.", "").split(".")[-1]
        if issuer.id == "tw" and named.id == "tw":
            name = named.name
        elif level == "unknown" and named.id.startswith("{p}"):
            # `02-NQ/ĐU của Đảng ủy xã Mường Bú`: only the text tells which committee.
            issuer, level, name = named, named.level, named.name
        elif same_body or (issuer.id == "{p}" and named.id == "{p}"):
            name = named.name
            if level == "any" or (level == "province" and named.level != "city"):
                level = named.level if level == "any" else level
    elif named is not None and by_code is not None:
        draft.flags.append("issuer_conflict")
    if issuer.id == "tw" and name == "Trung ương":
        name = "Trung ương Đảng"
    if "{p}" not in issuer.id:
        draft.issuer_id, draft.issuer = issuer.id, name
        return
    if level == "unknown":
        draft.issuer_id, draft.issuer = issuer.id.replace("{p}", UNKNOWN), name
        return
    place, suffix = _place(text, draft, level, places)
    draft.issuer_id = issuer.id.replace("{p}", place)
    draft.issuer = f"{name} {suffix}" if suffix and not name.endswith(suffix) else name


def _place(text: str, draft: _Draft, level: str, places: _Places) -> tuple[str, str | None]:
    """The place part of the id, and the name to print after the body."""
    province, read = places.province()
    if draft.named_at is not None and draft.named is not None:
        # `UBND tỉnh Nghệ An`: the text names the province itself.
        pattern, names = _province_names()
        printed = pattern.match(text, draft.named_at + 1)
        if printed is not None:
            province, read = names[printed.group()], False
    known = provinces.provinces()
    unit = known.get((provinces.SCHEME_2008, province or "")) or known.get((provinces.SCHEME_2025, province or ""))
    if province is not None and draft.date is not None and unit is not None and unit.scheme == provinces.SCHEME_2008:
        province = provinces.province_at(province, draft.date)
        unit = known.get((provinces.scheme_on(draft.date), province or "")) or unit
    if read:
        draft.flags.append("province_from_text")
    if level == "any":
        draft.flags.append("level_assumed")
        level = "province"
    if level == "city":
        level = "province" if (unit is not None and unit.type == "thanh_pho_tw") or draft.issuers else "district"
    if level == "province":
        return (f"tinh.{province}", unit.name if unit else None) if province else (f"tinh.{UNKNOWN}", None)
    own = _proper_name(text, draft.named_at + 1) if draft.named_at is not None and draft.named is not None else None
    if level == "commune":
        return f"xa.{province or UNKNOWN}.{slug(own) if own else UNKNOWN}", own
    name = own or places.district()
    return f"huyen.{province or UNKNOWN}.{slug(name) if name else UNKNOWN}", name


def _share_names(drafts: list[_Draft]) -> None:
    """A mention that names no body takes the one that another mention of the same document names."""
    named: dict[tuple[str, str, str], str] = {}
    for draft in drafts:
        if draft.named is not None and draft.issuer is not None and "issuer_conflict" not in draft.flags:
            named.setdefault((draft.number, draft.type_code.upper(), draft.issuer_id), draft.issuer)
    for draft in drafts:
        if draft.named is None:
            draft.issuer = named.get((draft.number, draft.type_code.upper(), draft.issuer_id), draft.issuer)


# --- years ----------------------------------------------------------------------------------------------------------


def _resolve_years(drafts: list[_Draft], published: date | None, vocab: Vocabulary) -> None:
    groups: dict[tuple[str, str, str], list[_Draft]] = {}
    for draft in drafts:
        groups.setdefault((draft.number, draft.type_code.upper(), draft.issuer_id), []).append(draft)
    for members in groups.values():
        years = {draft.year for draft in members if draft.year is not None}
        dated = {draft.date for draft in members if draft.date is not None}
        if len(dated) > 1:
            for draft in members:
                draft.flags.append("date_conflict")
        for draft in members:
            if draft.year is not None:
                continue
            if len(years) == 1 and not _contradicts(draft.term, next(iter(years)), vocab):
                draft.year = next(iter(years))
                draft.flags.append("year_from_mention")
        term = next((draft.term for draft in members if draft.term), None)
        for draft in members:
            if draft.year is not None:
                continue
            found = _registered(draft, draft.term or term, published, vocab)
            if found is not None:
                draft.year = found.date.year
                draft.flags.append("year_from_registry")
            elif draft.issuer_id.split(".")[0] == "tw" and (draft.term or term) in vocab.terms:
                draft.term = draft.term or term
                draft.flags.append("year_from_term")
            else:
                draft.term = None


def _contradicts(term: str | None, year: int, vocab: Vocabulary) -> bool:
    if term is None or term not in vocab.terms:
        return False
    first, last = vocab.terms[term]
    return year < first.year or (last is not None and year > last.year)


def _registered(draft: _Draft, term: str | None, published: date | None, vocab: Vocabulary) -> Known | None:
    """The one well-known document that key, term, issuer and the article's day leave."""
    keys = [draft.key.upper()]
    if not draft.mention.symbol and draft.issuer_id in ("tw", "ttg"):
        joint = "-{}/TW" if draft.issuer_id == "tw" else "/{}-TTG"
        keys = [f"{int(draft.mention.number):02d}{joint.format(draft.type_code.upper())}"]
        keys.append(f"{int(draft.mention.number)}{joint.format(draft.type_code.upper())}")
    elif draft.issuer_id == "tw":
        keys.append(f"{int(draft.mention.number):02d}-{draft.type_code.upper()}/TW")
    candidates = [known for key in dict.fromkeys(keys) for known in vocab.registry.get(key, ())]
    if term in vocab.terms:
        first, last = vocab.terms[term]
        candidates = [known for known in candidates if known.date >= first and (last is None or known.date <= last)]
    if published is not None:
        candidates = [known for known in candidates if known.date <= published]
    if len(candidates) > 1 and draft.named is not None:
        candidates = [known for known in candidates if known.issuer == draft.named.name]
    return candidates[0] if len(candidates) == 1 else None


# --- relations ------------------------------------------------------------------------------------------------------


def _relate(scanned: Scan, drafts: list[_Draft], sentences: Sequence[tuple[int, int]]) -> None:
    for index, draft in enumerate(drafts):
        previous = drafts[index - 1] if index else None
        together = previous is not None and _sentence(sentences, previous.mention.start) == _sentence(
            sentences, draft.mention.start
        )
        if previous is not None and draft.mention.list_of != index and together:
            draft.relation = previous.relation
            continue
        floor = previous.mention.end if previous is not None else 0
        window = scanned.low[max(floor, draft.mention.head - 70) : draft.mention.head]
        hit = _RELATION.search(window)
        if hit is None:
            gap = scanned.low[floor : draft.mention.head]
            if previous is not None and together and previous.relation and gap.rstrip().endswith((" và", ",", ";")):
                draft.relation = (
                    previous.relation if previous.relation in ("thực hiện", "quán triệt", "theo", "căn cứ") else None
                )
            continue
        verb = _RELATIONS.get(hit["verb"], hit["verb"])
        if verb.startswith("được thay thế"):
            draft.relation = "thay thế"
            if previous is not None and together:
                draft.related_key = previous.key
                previous.relation, previous.related_key = "được thay thế", draft.key
            continue
        if verb in _INVERSE and previous is not None and together and _same_subject(scanned.low, previous, draft):
            previous.relation, previous.related_key = verb, draft.key
            draft.relation, draft.related_key = _INVERSE[verb], previous.key
            continue
        draft.relation = verb
        if verb in ("thực hiện", "ban hành kèm theo", "căn cứ") and previous is not None and together:
            between = scanned.low[previous.mention.end : draft.mention.head]
            if "," not in between and ";" not in between and len(between) < 160:
                draft.related_key = previous.key


def _same_subject(low: str, previous: _Draft, draft: _Draft) -> bool:
    """Whether the verb between two documents has the first as its subject, as far as a short gap tells."""
    between = low[previous.mention.end : draft.mention.head]
    return ";" not in between and len(between) < 120 and "tỉnh ủy đã" not in between and " đã " not in between


def _sentence(sentences: Sequence[tuple[int, int]], at: int) -> tuple[int, int]:
    """The sentence that holds `at`; the nearest bounds when none does."""
    index = bisect_right(sentences, (at, 1 << 62)) - 1
    if index >= 0:
        return sentences[index]
    return (at, at + 1)


def _citation(text: str, draft: _Draft, sentences: Sequence[tuple[int, int]]) -> Citation:
    mention = draft.mention
    sentence = _sentence(sentences, mention.start)
    year = (
        str(draft.year) if draft.year is not None else f"k{draft.term}" if "year_from_term" in draft.flags else UNKNOWN
    )
    code = draft.type_code
    return Citation(
        start=mention.start,
        end=mention.end,
        surface=text[mention.start : mention.end],
        type=mention.type.name,
        key=draft.key,
        document_id=f"vn.{draft.system}:{draft.issuer_id}:{code}:{draft.number}:{year}",
        issuer=draft.issuer,
        date=draft.date,
        relation=draft.relation,
        related_key=draft.related_key,
        sentence_start=sentence[0],
        sentence_end=max(sentence[1], mention.end),
        confidence=_confidence(draft),
        flags=tuple(dict.fromkeys(draft.flags)),
        head=mention.head,
        date_span=draft.date_span,
    )


_DISCOUNTS: Final = {
    "year_from_mention": 0.97,
    "year_from_registry": 0.85,
    "year_from_term": 0.9,
    "antecedent": 0.95,
    "issuer_from_registry": 0.85,
    "issuer_from_text": 0.95,
    "province_from_text": 0.95,
    "level_assumed": 0.9,
    "swapped_separators": 0.98,
    "missing_hyphen": 0.97,
    "impossible_date": 0.9,
    "date_conflict": 0.8,
    "issuer_conflict": 0.7,
}


def _confidence(draft: _Draft) -> float:
    sure = 0.99
    for flag in draft.flags:
        sure *= _DISCOUNTS.get(flag, 1.0)
    if draft.year is None and "year_from_term" not in draft.flags:
        sure = min(sure, 0.5)
    if UNKNOWN in draft.issuer_id:
        sure = min(sure, 0.5 if draft.year is not None else 0.3)
    return round(sure, 3)
