"""Where the numbers of documents stand in a text.

    party  := NUM [a-z] "-" TYPE "/" ISSUER          state := NUM "/" [YEAR "/"] TYPE "-" ISSUER
    law    := NUM "/" YEAR "/" (QHnn | UBTVQHnn)     letter := NUM "/" ISSUER "-" UNIT
    bare   := TYPEWORD ["số"] NUM                    only after the types that the data file marks `bare`

For example `25-NQ/TW`, `33/CT-TTg`, `30/2020/NĐ-CP`, `10/2022/QH15`, `238/UBND-KGVX`, `Nghị quyết 33`.

Newspapers swap the separators, print blanks around them, leave the hyphen out, write `TƯ`, `T.Ư` and the Icelandic `Ð`;
all of these are read. A number before the word counts documents (`368 nghị quyết`) and is no citation.

`scan` walks over the digits of the text once; everything else is looked at in bounded windows, so time is linear.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from transforms.citations.vocabulary import DocumentType, Vocabulary, vocabulary
from transforms.nouns import counts
from transforms.shadow import shadow

WINDOW: Final = 72
"""Code points left of a number in which its type word stands."""
FAR: Final = 140
"""Code points left of a number with a symbol in which a type word may stand apart from it."""


@dataclass(slots=True)
class Mention:
    """One number of a document as printed, before its document is resolved."""

    start: int
    end: int
    head: int
    """Where the type word (else `số`, else the number) begins."""
    number: str
    suffix: str
    year: int | None
    """Year inside the number (`30/2020/NĐ-CP`)."""
    type: DocumentType
    code: str | None
    """Canonical type code of the symbol; null where none is printed."""
    issuers: tuple[str, ...]
    """Issuer codes of the symbol, as printed."""
    symbol: bool
    first_separator: str
    list_of: int
    """Index of the mention that opens the list with a shared type word; its own index otherwise."""
    flags: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Scan:
    """Mentions in order, and the other spans whose digits are no quantities."""

    shadow: str
    low: str
    mentions: list[Mention]
    masks: list[tuple[int, int]]


# A code is capitals, with the few small letters that codes have: CTr, TTr, TTg, QĐi, QyĐ, ThU.
_SEGMENT = (
    r"(?:(?:T|H|Th)\.[WƯU]|(?:[A-ZĐƯƠÔÂÊĂ]|(?<=C)t(?=r)|(?<=[CTt])r|(?<=TT)g|(?<=QĐ)i|(?<=Q)y(?=Đ)|(?<=T)h(?=U))++(?:[0-9]{1,4}+)?)"
    r"(?:(?![^\W_])|(?=ngày|của|về|và|đến))"
)
_JOINT = r"(?: {0,2}[-/](?: {0,2}|\n)|[.&])(?=[A-ZĐƯ])"
_CODES = rf"{_SEGMENT}(?:{_JOINT}{_SEGMENT}){{0,5}}"
_SYMBOL = re.compile(
    rf"(?P<number>[0-9]{{1,5}})(?P<suffix>[a-dA-D])?"
    rf"(?:[ \n]?[-/.][ \n]?(?P<year>(?:19|20)[0-9]{{2}})[ \n]?[-/][ \n]?(?P<law>{_CODES})"
    rf"|(?P<separator>[ \n]{{0,2}}(?:[-/](?: {{0,2}}|\n)|\. {{0,2}})| {{1,2}}|)(?P<code>{_CODES}))"
)
_GLUED = re.compile(r"(?<![^\W_])s[ốô]$")
"""`số18-NQ/TW`: the blank after `số` left out."""
_DIGITS = re.compile(r"[0-9]++")
_BARE = re.compile(
    r"(?P<number>[0-9]{1,5})(?:/(?P<year>(?:19|20)[0-9]{2}))?(?P<suffix>[a-d])?(?![^\W_]|[.,][0-9]|[/-][^\W_]| ?%)"
)
_LAW = re.compile(r"(QH|UBTVQH)([0-9]{1,2})$")
_PARTS = re.compile(r"[ \n]*[-/][ \n]*|\.(?![WƯU](?![^\W_]))|&")
_NEXT = re.compile(r"[ \n]{1,2}([^\W\d_]+)")
_YEAR_RANGE = re.compile(r" {1,2}năm {1,2}[0-9]{4}(?! ?-)")
_LIST_GAP = re.compile(r"(?:[ \n]{0,2}[,;][ \n]{0,2}(?:và )?|[ \n]{1,2}(?:và|hoặc) {1,2})(?:(?:các )?số:? {0,2})?")
_ARTICLE_LIST = re.compile(
    r"(?:(?:, ?| và | ?- ?|; ?)[0-9]{1,3}[a-zđ]?(?= ?(?:[,.;:)\n]|và |của |kh[óo][áa] |-|$))){0,12}"
)
_POINT = re.compile(r"điểm [a-zđ](?![^\W_])")

_NUMBER_WORDS: Final = frozenset({"số", "số:", "sô", "số."})
_MODS: Final = (
    "hành động", "chuyên đề", "liên tịch", "phối hợp", "công tác", "liên ngành", "kết luận", "chung", "riêng", "khung",
    "thực hiện", "hợp nhất", "toàn khóa", "kiểm tra", "giám sát", "trung ương", "của chính phủ",
    "của thủ tướng chính phủ", "của bộ chính trị", "của ban bí thư", "của tỉnh ủy",
)  # fmt: skip
_MASK_HEADS: Final = frozenset({"điều", "khoản", "mục", "lục", "biểu", "mẫu", "chương", "phần", "tiết", "bảng"})
_VERBS: Final = frozenset({"Quyết định", "Quy định", "Kết luận", "Chỉ thị"})
_NOUN_NEXT: Final = frozenset(
    {
        "nội", "điều", "tiêu", "dự", "nhiệm", "đơn", "xã", "huyện", "đồng", "triệu", "tỷ", "tỉ", "nghìn", "vấn", "nhóm",
        "mức", "trường", "cá", "tổ", "khoản", "lần", "vị", "cán", "công", "mô", "hộ", "loại", "bước", "mục", "việc",
        "vụ", "bị", "người", "đảng", "điểm", "biện", "hành", "ngành", "lĩnh", "phường", "thôn", "hồ", "gói", "hình",
        "cấp", "giải", "giờ", "phút", "con", "cơ", "chương", "phần", "ha", "m2", "km", "tấn", "thủ", "danh", "đối",
        "khu", "không", "có",
    }
)  # fmt: skip
_NOUN_NEXT_STRICT: Final = frozenset(
    {"nội", "điều", "điểm", "kỳ", "lần", "trang", "đồng", "triệu", "tỷ", "chương", "khoản"}
)
_ACTS: Final = frozenset(
    {
        "công nhận", "công bố", "công tác", "điều chỉnh", "điều động", "hành động", "cấp phép", "cấp giấy", "đối với",
        "giải thể", "giải quyết", "cá biệt", "cơ bản", "không còn", "không chỉ", "không những", "có hiệu", "phân công",
    }
)  # fmt: skip
"""Two words after the number of a document that begin like a counted noun: `Quyết định 1490 công nhận …`."""
_LOOSE_NEXT: Final = frozenset(
    {
        "của", "và", "về", "ngày", "khóa", "khoá", "đã", "được", "do", "ban", "trên", "tại", "cũng", "là", "để", "với",
        "cho", "từ", "theo", "nêu", "có", "vào", "trong", "đến", "như", "thay", "quy", "chỉ", "sẽ", "ra", "hoặc", "gắn",
    }
)  # fmt: skip


@cache
def _head_pattern() -> tuple[re.Pattern[str], frozenset[str]]:
    words = sorted(vocabulary().by_word, key=lambda word: (-len(word), word))
    types = "|".join(map(re.escape, words))
    mods = "|".join(map(re.escape, _MODS))
    pattern = re.compile(
        rf"(?<![^\W_])(?P<type>{types})(?P<mods>(?: {{1,2}}(?:{mods})){{0,2}})(?P<number> {{1,2}}(?:mang )?s[ốô][:.]?)?"
        r" {0,2}[(\"']? {0,2}$"
    )
    last = {word.split()[-1] for word in (*words, *_MODS)}
    return pattern, frozenset(last)


def scan(text: str) -> Scan:
    """Find every number of a document in `text`; offsets count its code points."""
    level = shadow(text)
    low = level.lower()
    # A line break inside a citation counts as a blank; an empty line does not.
    vocab = vocabulary()
    mentions: list[Mention] = []
    masks: list[tuple[int, int]] = []
    done = 0
    for digits in _DIGITS.finditer(level):
        at = digits.start()
        if at < done or digits.end() - at > 5:
            continue
        before = level[at - 1] if at else " "
        if (before.isalnum() and not _GLUED.search(low, max(0, at - 3), at)) or before == "_":
            continue
        if (
            before in "/.,-"
            and at > 1
            and level[at - 2].isalnum()
            and not (mentions and mentions[-1].end == at - 1 and before == ",")
        ):
            continue
        found = _mention(level, low, at, mentions, vocab)
        if found is not None:
            mentions.append(found)
            done = found.end
            continue
        mask = _masked(level, low, at)
        if mask is not None:
            masks.append(mask)
            done = mask[1]
    return Scan(level, low, mentions, masks)


def masks(text: str) -> list[tuple[int, int]]:
    """Spans of `text`, in order, that hold the numbers of documents, articles, clauses, annexes and forms.

    Offsets count the NFC form.
    """
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    scanned = scan(text)
    spans = [(mention.start, mention.end) for mention in scanned.mentions]
    points = [hit.span() for hit in _POINT.finditer(scanned.low)]
    return sorted({*spans, *scanned.masks, *points})


def _mention(level: str, low: str, at: int, mentions: list[Mention], vocab: Vocabulary) -> Mention | None:
    head = _head(low, at, vocab)
    symbol = _SYMBOL.match(level, at)
    if symbol is not None:
        found = _with_symbol(level, low, at, symbol, head, mentions, vocab)
        if found is not None:
            return found
    return _without_symbol(level, low, at, head, mentions)


@dataclass(frozen=True, slots=True)
class _Head:
    type: DocumentType | None
    start: int
    numbered: bool
    """`số` is printed."""
    loose: bool = False
    """Words stand between the type and the number: `Nghị quyết Trung ương 4` counts plenums, not documents."""


def _head(low: str, at: int, vocab: Vocabulary) -> _Head:
    """Read the type word and `số` that stand directly before `at`."""
    window = low[max(0, at - WINDOW) : at]
    if "\n\n" in window:
        window = window.rpartition("\n\n")[2]
    if window.endswith("\n"):
        # A number that opens a line belongs to the line before only when that ends in `số`.
        window = window if window.rstrip().endswith((" số", " số:")) else ""
    window = window.replace("\n", " ")
    words = window.rsplit(None, 2)
    last = words[-1].strip("(\"'") if words else ""
    if not last and len(words) > 1:
        last = words[-2]
    numbered = last in _NUMBER_WORDS
    pattern, lasts = _head_pattern()
    if not numbered and last not in lasts:
        return _Head(None, at, False)
    hit = pattern.search(window)
    if hit is None:
        return _Head(None, at - len(window) + window.rindex(last) if numbered else at, numbered)
    return _Head(vocab.by_word[hit["type"]], at - len(window) + hit.start(), numbered, bool(hit["mods"]))


def _with_symbol(
    level: str, low: str, at: int, symbol: re.Match[str], head: _Head, mentions: list[Mention], vocab: Vocabulary
) -> Mention | None:
    parts = [part.replace(".", "") for part in _PARTS.split(symbol["law"] or symbol["code"]) if part]
    first = parts[0].upper()
    year = int(symbol["year"]) if symbol["year"] else None
    separator = (symbol["separator"] or "").strip() if year is None else "/"
    list_of = _list_of(low, at, mentions)
    law = _LAW.match(first)
    code: str | None = None
    issuers: tuple[str, ...] = tuple(parts)
    flags: list[str] = []
    kind: DocumentType | None = None
    if law and year is not None:
        kind = _law_type(head, law[1], low, at, vocab, f"{symbol['number']}/{symbol['year']}/{parts[0]}")
    elif first in vocab.by_code and (len(parts) > 1 or head.type or head.numbered or list_of is not None):
        if len(parts) > 1 and not separator and not (head.type or _issuer_known(parts[1], vocab)):
            return None
        if separator == "." and not head.type and not _issuer_known(parts[1] if len(parts) > 1 else "", vocab):
            return None
        if len(parts) == 1 and not separator:
            return None
        code = vocab.canonical_code[first]
        issuers = tuple(parts[1:])
        if not separator:
            flags.append("missing_hyphen")
        kind = _type_of(code, issuers, separator, head, low, at, list_of, mentions, vocab)
    elif len(parts) == 1 and separator and (head.type or head.numbered) and (glued := _glued(first, head, vocab)):
        # The slash left out: 43-NQTW.
        code, issuers = vocab.canonical_code[glued], (parts[0][len(glued) :],)
        kind = _type_of(code, issuers, separator, head, low, at, list_of, mentions, vocab)
    elif head.type is not None and len(parts) > 1 and separator and any(first.startswith(c) for c in head.type.codes):
        # A code that no data file knows, led by the one that the printed type has: QCPH, QĐNS.
        kind, code, issuers = head.type, parts[0], tuple(parts[1:])
    elif separator in ("/", "-") and _issuer_known(first, vocab):
        if head.type is not None and head.type.name != "Công văn":
            # The old way: Nghị định 64-CP, Quyết định 135/TTg.
            kind, code = head.type, head.type.codes[0]
        elif separator == "/" and (len(parts) > 1 or head.type or _letter_before(low, at)):
            kind = vocab.types["Công văn"]
    elif (
        separator == "/"
        and len(parts) > 1
        and (_letter_before(low, at) or (head.type and head.type.name == "Công văn"))
    ):
        kind = vocab.types["Công văn"]
    if kind is None:
        return None
    if separator and code and issuers:
        body = level[symbol.start("code") : symbol.end("code")] if year is None else ""
        hyphen_second = bool(body) and re.search(r"[-/]", body) is not None
        if hyphen_second:
            second = next(ch for ch in body if ch in "-/")
            if separator == second:
                flags.append("odd_separators")
            else:
                party = _system(code, issuers, separator, vocab) == "party"
                org = _system(code, issuers, separator, vocab) == "org"
                known = _system(code, issuers, separator, vocab) is not None
                if known and (separator == "/") == party and not org:
                    flags.append("swapped_separators")
    elif separator == "" and code is None and year is None:
        return None
    return Mention(
        at, symbol.end(), head.start if head.type or head.numbered else at,
        symbol["number"], symbol["suffix"] or "", year, kind, code, issuers, True, separator,
        list_of if list_of is not None and head.type is None else len(mentions), flags,
    )  # fmt: skip


def _glued(printed: str, head: _Head, vocab: Vocabulary) -> str | None:
    """The type code that opens a code printed without its slash: `NQ` of `NQTW`."""
    for cut in range(min(5, len(printed) - 2), 1, -1):
        code = printed[:cut]
        if code not in vocab.by_code or not _issuer_known(printed[cut:], vocab):
            continue
        if head.type is None or vocab.canonical_code[code] in (*head.type.codes, *head.type.also):
            return code
    return None


def _issuer_known(code: str, vocab: Vocabulary) -> bool:
    return bool(issuer_parts(code, vocab))


def issuer_parts(code: str, vocab: Vocabulary) -> tuple[str, ...]:
    """Split an issuer code into the known codes it is made of: `BDVTU` is `BDV` and `TU`; empty when unknown."""
    upper = code.upper().replace(".", "")
    if upper in vocab.issuers:
        return (upper,)
    law = _LAW.match(upper)
    if law:
        return (law[1],)
    for cut in range(len(upper) - 1, 1, -1):
        body, level = upper[:cut], upper[cut:]
        if (
            body in vocab.issuers
            and level in vocab.issuers
            and vocab.issuers[body][0].part == "body"
            and vocab.issuers[level][0].part == "level"
        ):
            return (body, level)
    # A steering committee carries its own number: BCĐ35, BCĐ389.
    bare = upper.rstrip("0123456789")
    return (bare,) if bare != upper and bare in vocab.issuers else ()


def _system(code: str | None, issuers: tuple[str, ...], separator: str, vocab: Vocabulary) -> str | None:
    for issuer in issuers:
        parts = issuer_parts(issuer, vocab)
        if len(parts) == 2:
            return "party"
        if parts:
            found = vocab.issuers[parts[0]]
            if all(issuer.part == "body" for issuer in found):
                return "party" if separator == "-" else "state"
            if len(found) == 1 or found[0].system == found[-1].system:
                return found[0].system
            return "party" if separator == "-" else "state"
    return None


def _law_type(head: _Head, body: str, low: str, at: int, vocab: Vocabulary, key: str) -> DocumentType:
    if head.type is not None:
        return head.type
    far = _far_type(low, at, ("luật", "nghị quyết", "pháp lệnh", "bộ luật"), vocab)
    if far is not None:
        return far
    known = vocab.registry.get(key.upper())
    if known:
        return vocab.types[known[0].type]
    if low[max(0, at - 4) : at].split()[-1:] == ["nq"]:
        return vocab.types["Nghị quyết"]
    return vocab.types["Nghị quyết" if body == "UBTVQH" else "Luật"]


def _type_of(
    code: str, issuers: tuple[str, ...], separator: str, head: _Head, low: str, at: int,
    list_of: int | None, mentions: list[Mention], vocab: Vocabulary,
) -> DocumentType:  # fmt: skip
    """The type as printed before the number, else as its code implies."""
    candidates = vocab.by_code[code.upper()]
    system = _system(code, issuers, separator, vocab)
    implied = next((kind for kind in candidates if kind.system in (None, system)), candidates[0])
    if head.type is not None:
        if code in head.type.codes or code in head.type.also:
            return head.type
        # `Thông báo kết luận số 12-TB/TW`: the word before fits the code better.
        wider = _head(low, head.start, vocab).type
        return wider if wider is not None and wider in candidates else head.type
    if list_of is not None and mentions[list_of].type in (*candidates, *_also(code, vocab)):
        return mentions[list_of].type
    words = [word for kind in (*candidates, *_also(code, vocab)) for word in kind.words]
    far = _far_type(low, at, tuple(words), vocab)
    return far if far is not None and (far.system in (None, system) or system is None) else implied


def _also(code: str, vocab: Vocabulary) -> list[DocumentType]:
    return [kind for kind in vocab.types.values() if code in kind.also]


def _far_type(low: str, at: int, words: tuple[str, ...], vocab: Vocabulary) -> DocumentType | None:
    """The nearest of `words` in the clause before `at`: `Luật Thực hiện dân chủ ở cơ sở số 10/2022/QH15`."""
    window = low[max(0, at - FAR) : at]
    if not window.rstrip().endswith(("số", "(", "số:")):
        return None
    for stop in (";", ". ", "\n"):
        window = window.rpartition(stop)[2]
    best, kind = -1, None
    for word in words:
        place = window.rfind(word)
        if place > best and (place == 0 or not window[place - 1].isalnum()) and not _DIGITS.search(window[place:]):
            best, kind = place, vocab.by_word[word]
    return kind


def _letter_before(low: str, at: int) -> bool:
    return low[max(0, at - 14) : at].rstrip().endswith(("văn bản số", "công văn số", "công văn", "văn bản", "văn số"))


def _list_of(low: str, at: int, mentions: list[Mention]) -> int | None:
    """The mention whose type word the number at `at` shares, when only a comma or `và` parts them."""
    if not mentions or at - mentions[-1].end > 12 or not _LIST_GAP.fullmatch(low[mentions[-1].end : at]):
        return None
    return mentions[-1].list_of


def _without_symbol(level: str, low: str, at: int, head: _Head, mentions: list[Mention]) -> Mention | None:
    bare = _BARE.match(level, at)
    if bare is None:
        return None
    list_of = _list_of(low, at, mentions) if head.type is None else None
    kind = head.type
    if kind is None:
        if list_of is None or not mentions[list_of].type.bare:
            return None
        if not _ends_like_a_number(low, bare.end()) or (
            mentions[-1].symbol and not _symbol_follows(level, low, bare.end())
        ):
            return None
        kind = mentions[list_of].type
    elif not kind.bare or not (head.numbered or _bare_fits(level, low, head, kind, bare.end())):
        return None
    if _year_word(low, bare.end()) is False:
        return None
    year = int(bare["year"]) if bare["year"] else None
    return Mention(
        at, bare.end(), head.start if head.type else at,
        bare["number"], bare["suffix"] or "", year, kind, None, (), False, "",
        list_of if list_of is not None else len(mentions), [],
    )  # fmt: skip


def _symbol_follows(level: str, low: str, end: int) -> bool:
    """Whether a list such as `217, 218-QĐ/TW` closes with a symbol."""
    gap = _LIST_GAP.match(low, end)
    return gap is not None and _SYMBOL.match(level, gap.end()) is not None


def _year_word(low: str, end: int) -> bool | None:
    """None: no `năm` follows; True: a year does (`33 năm 2023`); False: a length of time (`5 năm 2021-2025`)."""
    if not low.startswith(" năm", end) or low[end + 4 : end + 5].isalnum():
        return None
    return _YEAR_RANGE.match(low, end) is not None


def _bare_fits(level: str, low: str, head: _Head, kind: DocumentType, end: int) -> bool:
    if head.loose:
        return False
    following = _NEXT.match(low, end)
    word = following[1] if following and level[end : end + 1] != "\n" else ""
    capital = level[head.start].isupper()
    if word in _LASTING and not _LASTING_NAME.match(low, end):
        # `học Nghị quyết 3 ngày`
        return False
    if kind.name in _VERBS and not capital:
        # `quyết định 12 dự án` is a verb with a count.
        return not word or (word in _LOOSE_NEXT and not _is_counted(level, low, end))
    if kind.name in _VERBS or not capital:
        return not _is_counted(level, low, end)
    return word not in _NOUN_NEXT_STRICT


_LASTING: Final = frozenset({"ngày", "tháng", "tuần", "giờ", "buổi"})
_LASTING_NAME = re.compile(r"[ \n]{1,2}(?:ngày|tháng)(?:[ \n]{0,2}[0-9]| càng| nay| ban hành| ký)")


def _is_counted(level: str, low: str, end: int) -> bool:
    """Whether the number that ends at `end` counts the noun after it; one with a capital opens a name."""
    following = _NEXT.match(low, end)
    if following is None or level[end : end + 1] == "\n" or level[following.start(1)].isupper():
        return False
    second = _NEXT.match(low, following.end())
    if second is not None and f"{following[1]} {second[1]}" in _ACTS:
        return False
    size = counts(low, end)
    if following[1] in _LOOSE_NEXT:
        return size > 1
    return size > 0 or following[1] in _NOUN_NEXT


def _ends_like_a_number(low: str, end: int) -> bool:
    following = _NEXT.match(low, end)
    return following is None or following[1] in _LOOSE_NEXT or low[end : end + 1] == "\n"


_MASK_NUMBER = re.compile(r"[0-9]{1,5}[a-zđ]?(?:/[0-9]{4}(?![0-9])|(?!/[0-9]))(?![^\W_]|[.,][0-9]| ?%)")


def _masked(level: str, low: str, at: int) -> tuple[int, int] | None:
    """The span of a number that names an article, clause, annex, form or unnumbered paper."""
    window = low[max(0, at - 32) : at]
    words = window.split()
    if not words or not window.endswith((" ", "\u00a0")):
        return None
    last = words[-1].strip("(\"'")
    before = words[-2] if len(words) > 1 else ""
    number = _MASK_NUMBER.match(low, at)
    if last == "số":
        # Papers of other kinds: `Giấy phép số 126/GP-STTTT`, `Bản án số 15/2023/HS-ST`.
        other = _SYMBOL.match(level, at)
        if other is not None and (other["year"] or (other["separator"] or "").strip()):
            return other.span()
    if number is None:
        return None
    if last == "số":
        whole = " ".join(words[-3:-1])
        if not (before in ("mẫu", "biểu", "phụ", "lục", "luật", "bản", "văn") or whole in vocabulary().by_word):
            return None
    elif last in _MASK_HEADS:
        if last == "điều" and before in ("trong", "những", "nhiều", "vài"):
            return None
        if last == "khoản" and before in ("tài", "các"):
            return None
    elif f"{before} {last}" in vocabulary().by_word or (last == "ương" and words[-4:-2] == ["nghị", "quyết"]):
        if _year_word(low, number.end()) is False:
            return None
        if _is_counted(level, low, number.end()):
            return None
    else:
        return None
    more = _ARTICLE_LIST.match(low, number.end())
    return at, more.end() if more else number.end()
