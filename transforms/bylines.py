"""Author blocks: who wrote an article, in which office, and whom it credits.

The block stands after the last sentence: a name alone, a name with offices behind a comma or dash, up to three
lines of name, office and source, or a credit (`Bài, ảnh: …`). A name must look like one, and a line counts only
where the page sets it apart (to the right, bold) or the text before it has ended. `Ảnh: …` names a photographer,
never an author; `PV`, `BBT` and `Tổng hợp` name nobody. Names in capitals are written as names.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Final

from transforms.text import clean

MAX_BLOCK_LINES: Final = 6
"""An author block has no more lines than this."""
_MAX_LINE: Final = 220
_HOST: Final = re.compile(r"\(?\s?((?:[a-z0-9-]{1,40}\.){1,4}[a-z]{2,8})\s?\)?\.?", re.IGNORECASE)
_BRACKETED: Final = re.compile(r"\(([^()]{2,160})\)\.?")
_TRAILING_BRACKET: Final = re.compile(r"^([^()]{2,120}?)\s?\(([^()]{2,80})\)\.?$")
_LABELLED: Final = re.compile(r"([^:]{1,24}?)\s?:\s?(.{1,180})")
_NEXT_LABEL: Final = re.compile(
    r"\s{0,3}[;,.|–—-]\s{0,3}(?=(?:Ảnh|Video|Clip|Đồ họa|Đồ hoạ|Thiết kế|Trình bày|Bài|Tin|Nguồn|Thực hiện)\s?:)"
    r"|\s?;\s{0,3}(?=(?:ảnh|video|clip|đồ họa|đồ hoạ|nguồn)\s?:)"
)
_BETWEEN_NAMES: Final = re.compile(r"\s+[-–—]\s+|\s?[,;&/]\s?|\s+và\s+|\s?[–—]\s?")
_DASH: Final = re.compile(r"\s+[-–—]\s*|\s*[–—]\s+|(?<=[a-zà-ỹ])-\s+")
_ENDS_SENTENCE: Final = re.compile(r"(?:[.!?…]|\./\.)[\"”’»)\]]{0,3}$|[”\"]$")
_INITIALS: Final = re.compile(r"(?:[A-ZĐÀ-ỸĂÂÊÔƠƯ]{1,2}\.\s?){1,4}[A-ZĐÀ-Ỹ]?[\wà-ỹ]{0,8}\.?")
_HIGHLAND: Final = re.compile(r"[A-ZĐ]['’‘][A-ZĐ][\wà-ỹ]{1,10}")
"""Names of one syllable from the Central Highlands: `K’Brếu`, `H’Hen`."""
_ROMAN: Final = re.compile(r"[IVXLC]{1,5}")
_SIGNED: Final = re.compile(
    r"(?:(?:Phóng|Kí|Ký) sự|Bút (?:ký|kí)|Ghi chép|Bài|Bài viết|Bài,? ảnh|Bài và ảnh|Tùy bút) của (?=[A-ZĐÀ-Ỹ])"
)
_THEO: Final = re.compile(r"[Tt]heo\s?:?\s+([^.!?;]{2,60})\.?")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an article with what its print says: set to the right, all bold, all italic."""

    text: str
    right: bool = False
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Byline:
    """What an author block says. `kept` is the number of lines before it, which are the article's text."""

    author: str | None = None
    authors: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    source: str | None = None
    kept: int = 0


@dataclass(slots=True)
class _Found:
    author: str | None = None
    authors: tuple[str, ...] = ()
    roles: list[str] = field(default_factory=list)
    source: str | None = None


@cache
def _words(kind: str) -> frozenset[str]:
    data = resources.files("transforms").joinpath("data/byline_words.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader((r for r in data.splitlines() if not r.startswith("#")), delimiter="\t")
    return frozenset(row["word"].casefold() if kind in _FOLDED else row["word"] for row in rows if row["kind"] == kind)


_FOLDED: Final = ("credit", "photo", "source", "nobody", "done", "stop")


@cache
def _opens(kind: str) -> re.Pattern[str]:
    """Match a piece that opens with one of the words; in capitals as well (`CHỦ TỊCH`)."""
    words = sorted(_words(kind), key=len, reverse=True)
    forms = [form for word in words for form in (word, word.upper())]
    return re.compile(rf"(?:{'|'.join(map(re.escape, forms))})(?![\w])\.?")


def write_name(name: str) -> str:
    """Return a name printed in capitals as a name (`VÕ NGUYÊN NAM` → `Võ Nguyên Nam`); any other as it is."""
    letters = [c for c in name if c.isalpha()]
    if len(letters) < 3 or not all(map(str.isupper, letters)) or _INITIALS.fullmatch(name):
        return name
    return re.sub(r"[^\W\d_]+", lambda word: word[0][0] + word[0][1:].lower(), name)


def is_name(text: str) -> bool:
    """Tell whether `text` may be the name of one person: two to six capitalised syllables, or initials."""
    if not 2 <= len(text) <= 40 or _opens("role").match(text) or text.casefold() in _words("nobody"):
        return False
    if _INITIALS.fullmatch(text):
        return True
    if _HIGHLAND.fullmatch(text):
        return True
    syllables = text.split()
    if not 2 <= len(syllables) <= 6 or (_opens("body").match(text) and syllables[0] not in _BODY_OR_NAME):
        return False
    return all(map(_is_syllable, syllables)) and not all(map(_ROMAN.fullmatch, syllables))


# Words that open the name of an organisation and are names of people as well.
_BODY_OR_NAME: Final = frozenset(("Đoàn", "Hội", "Bộ", "Đài", "Viện", "Tổ", "Vụ"))


def _is_syllable(text: str) -> bool:
    bare = text.rstrip(".")
    letters = bare.replace("’", "").replace("'", "").replace("-", "").replace("‘", "").replace(".", "")
    if not letters.isalpha() or not bare[0].isupper() or len(bare) > 12:
        return False
    # Abbreviations of organisations (UBND, MTTQ) are capitals without a vowel; names have one.
    if len(letters) > 2 and letters.isupper():
        return any(c in "AEIOUY" for c in unicodedata.normalize("NFD", letters))
    return len(letters) == 1 or letters[1:].islower() or letters.isupper() or not bare.isalpha()


def split_names(text: str) -> tuple[str, ...]:
    """Return the names of a line that holds names only, else nothing."""
    parts = [
        part.strip(" .") if not _INITIALS.fullmatch(part.strip()) else part.strip()
        for part in _BETWEEN_NAMES.split(text)
    ]
    if len(parts) > 5 or not all(map(is_name, parts)):
        return ()
    return tuple(map(write_name, parts))


def _strip_ranks(text: str) -> tuple[str, list[str]]:
    ranks: list[str] = []
    while True:
        found = _opens("rank").match(text)
        rest = text[found.end() :].lstrip(" ,.") if found else ""
        if not found or not rest:
            return text, ranks
        ranks.append(found[0].rstrip("."))
        text = rest


def split_roles(text: str) -> list[str]:
    """Return the offices of a line; a comma or dash inside one does not part it (`Sở Văn hóa, Thể thao và Du lịch`)."""
    roles: list[str] = []
    pieces = re.split(r"([,;]|\s+[-–—]\s+)", text)
    for printed, before in zip(pieces[::2], ["", *pieces[1::2]], strict=True):
        piece = printed.strip(" .")
        if not piece:
            continue
        opens = _opens("role").match(piece) or _opens("body").match(piece) or _opens("rank").match(piece)
        if roles and not opens:
            roles[-1] += f"{before} {piece}" if before in (",", ";") else f" {before.strip()} {piece}"
        else:
            roles.append(piece)
    return roles


def _is_role(text: str) -> bool:
    return len(text) <= _MAX_LINE and bool(_opens("role").match(text) or _opens("body").match(text))


def read_author(text: str) -> Byline:
    """Read an author field (`Giàng Thị Mỷ, Ban Dân vận Tỉnh ủy`, `Minh Quang - Thái Học`); no name gives no author."""
    found = _read_line(Line(clean(text), right=True), named=True)
    return Byline(found.author, found.authors, tuple(found.roles), found.source) if found else Byline()


def read_block(lines: Sequence[Line]) -> Byline:
    """Read the author block at the end of an article's lines; lines from `kept` on are no text."""
    end = _without_furniture(lines)
    result = _Found()
    pending: list[str] = []
    kept = index = end
    while index > 0 and end - index < MAX_BLOCK_LINES:
        line = lines[index - 1]
        set_apart = line.right or line.bold or (index >= 2 and bool(_ENDS_SENTENCE.search(lines[index - 2].text)))
        found = _read_line(line, named=line.right or line.bold) if len(line.text) <= _MAX_LINE else None
        if (found is None and line.right and not _ENDS_SENTENCE.search(line.text) and _is_role(line.text)) or (
            found is None and index < end and not result.author and _is_role(line.text) and len(line.text) <= 120
        ):
            pending.insert(0, line.text)
        elif found is None and index == end and _is_role(line.text) and len(line.text) <= 120 and index >= 2:
            # An office on the last line belongs to the name before it, if there is one.
            above = _read_line(lines[index - 2])
            if above is None or not above.author:
                break
            pending.insert(0, line.text)
        elif found is None or not (set_apart or index < end or found.source or _labelled(line.text)):
            break
        else:
            if found.author and result.author:
                # `Bài: …` above `Ảnh: …` is one block; two names on two lines are two authors.
                result.authors = found.authors + result.authors
                result.author = f"{found.author} - {result.author}"
                result.roles[:0] = found.roles
            elif found.author:
                result.author, result.authors = found.author, found.authors
                result.roles = found.roles + [r for text in pending for r in split_roles(text)] + result.roles
                pending = []
            result.source = result.source or found.source
            kept = index - 1
        index -= 1
    if pending and result.author and len(pending) <= 2:
        # Signed like a document: the office above the name.
        result.roles = [role for text in pending for role in split_roles(text)] + result.roles
        kept -= len(pending)
    return Byline(result.author, result.authors, tuple(result.roles), result.source, kept)


def _without_furniture(lines: Sequence[Line]) -> int:
    first = max(1, len(lines) - 12)
    for index in range(first, len(lines)):
        text = lines[index].text.strip(" :.·•|-").casefold()
        if len(text) <= 40 and (text in _words("stop") or text.split(":")[0].strip() in _words("stop")):
            return index
    return len(lines)


def _labelled(text: str) -> bool:
    found = _LABELLED.fullmatch(text)
    return (
        bool(found)
        and found is not None
        and found[1].casefold() in _words("credit") | _words("photo") | _words("source")
    )


def _read_line(line: Line, named: bool = False) -> _Found | None:
    """Read one line of an author block; null when it is none. `named`: one syllable will do for a name."""
    text = line.text.strip()
    if not text or len(text) > _MAX_LINE:
        return None
    parts = _NEXT_LABEL.split(text)
    if len(parts) > 1:
        return _merged([_read_line(Line(part.strip(), line.right, line.bold, line.italic), named) for part in parts])
    signed = _SIGNED.match(text)
    if signed:
        return _read_line(Line(text[signed.end() :], right=True), named=True)
    bracketed = _BRACKETED.fullmatch(text)
    inner = bracketed[1].strip() if bracketed else text
    host = _HOST.fullmatch(text)
    if host:
        return _Found(source=host[1])
    labelled = _LABELLED.fullmatch(inner)
    if labelled:
        label, value = labelled[1].strip().casefold(), labelled[2].strip()
        if label in _words("source"):
            return _Found(source=value.rstrip("."))
        if label in _words("photo"):
            return _Found()
        if label in _words("credit"):
            return _read_line(Line(value, right=True), named=True) or _Found()
        return None
    if inner.casefold().strip(" .") in _words("nobody"):
        return _Found()
    theo = _THEO.fullmatch(inner)
    agency = _TRAILING_BRACKET.match(theo[1]) if theo else None
    if agency and is_name(agency[1]) and _is_source(agency[2]):
        # `Theo Nguyễn Nam (TTXVN)`: the writer and the agency that he writes for.
        return _Found(write_name(agency[1]), (write_name(agency[1]),), source=agency[2])
    if theo and (bracketed or line.right or line.bold or line.italic or len(inner) <= 40) and _is_source(theo[1]):
        return _Found(source=theo[1].strip())
    if bracketed and bracketed[1].startswith(("Trích", "trích", "Nguồn", "nguồn")):
        return _Found(source=bracketed[1].strip())
    trailing = _TRAILING_BRACKET.match(text)
    if trailing:
        return _name_with_bracket(line, trailing[1].strip(), trailing[2].strip(), named)
    return _read_names(text, named)


def _merged(found: Sequence[_Found | None]) -> _Found | None:
    """Join what the labels of one line say (`Bài: A; Ảnh: B`)."""
    whole = _Found()
    for one in found:
        if one is None:
            return None
        whole.authors += one.authors
        whole.author = f"{whole.author} - {one.author}" if whole.author and one.author else whole.author or one.author
        whole.roles += one.roles
        whole.source = whole.source or one.source
    return whole


def _name_with_bracket(line: Line, before: str, inside: str, named: bool) -> _Found | None:
    found = _read_line(Line(before, line.right, line.bold, line.italic), named)
    if found is None:
        return None
    if inside.casefold().strip(" .") in _words("done"):
        return found
    if not found.author:
        # Two words that name nobody, one in brackets: `PV (tổng hợp)`.
        return found if inside.casefold().strip(" .") in _words("nobody") else None
    note = _read_line(Line(f"({inside})"))
    if note is not None:
        found.source = found.source or note.source
    elif _is_role(inside):
        found.roles += split_roles(inside)
    elif not _is_source(inside):
        return None
    else:
        found.source = found.source or inside
    return found


def _is_source(text: str) -> bool:
    """Sources are short and named: `TTXVN`, `Báo Ninh Bình`, `angiang.dcs.vn`; `đó` or `kế hoạch` are not."""
    text = text.strip()
    return bool(text) and (text[0].isupper() or bool(_HOST.fullmatch(text))) and len(text.split()) <= 8


def _read_names(text: str, named: bool) -> _Found | None:
    bare, ranks = _strip_ranks(text)
    if named:
        # `Minh Hà thực hiện`
        ending = max((word for word in _words("done") if bare.casefold().endswith(f" {word}")), key=len, default="")
        bare = bare[: len(bare) - len(ending)].rstrip(" -–,")
    names = split_names(bare)
    if not names and named and re.fullmatch(r"[A-ZĐÀ-Ỹ][\wà-ỹ’']{1,11}\.?", bare) and not _is_role(bare):
        names = (write_name(bare.rstrip(".")),)
    if names:
        author = write_name(bare.strip()) if len(names) == 1 else _as_printed(bare)
        return _Found(author if len(names) > 1 else names[0], names, ranks)
    for divider in (re.compile(r","), _DASH):
        found = divider.search(bare)
        if not found:
            continue
        left, right = bare[: found.start()].strip(), bare[found.end() :].strip()
        names = split_names(left)
        if names and right and _is_role(right) and not _ENDS_SENTENCE.search(right.rstrip(".")):
            return _Found(names[0] if len(names) == 1 else _as_printed(left), names, ranks + split_roles(right))
    return None


def _as_printed(text: str) -> str:
    """Return several names with what stands between them; those in capitals become names, initials stay."""
    letters = [c for c in text if c.isalpha()]
    if all(map(str.isupper, letters)):
        parts = re.split(f"({_BETWEEN_NAMES.pattern})", text.replace(" VÀ ", " và "))
        return "".join(part if at % 2 else write_name(part) for at, part in enumerate(parts)).strip()
    return text.strip(" .") if not text.endswith(("..",)) and not _INITIALS.search(text) else text.strip()
