"""Bytes to text, and text to the form that tinhuy stores.

`decode` finds out what a page's bytes say, whatever its labels claim: strict UTF-8 first, then the declared
encoding, then the encodings of old Vietnamese pages, judged by the Vietnamese words that come out. Text that was
encoded twice, and the font encodings TCVN3 and VNI, are repaired; every repair leaves a flag.

`clean` is the storage form of one line: NFC with tone marks where the writer put them, invisible characters and
lone surrogates dropped, every kind of blank one space. NFKC is never applied (m² stays m²), and look-alike letters
stay as printed: matching folds them, `flags_of` reports them.
"""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import islice
from typing import Final

import ftfy

MAX_REPLACEMENT_SHARE: Final = 0.005
"""A page with more U+FFFD than this share of its characters is not text that anyone can read."""

_DROPPED: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_LOOKALIKES: Final = re.compile("[\u00d0\u00f0\u0189\u0256\u0400-\u04ff\u0391-\u03a9\uff01-\uff5e]")
_TONED: Final = re.compile("[\u1ea0-\u1ef9]")
_VIETNAMESE: Final = re.compile("[\u1ea0-\u1ef9ăĂđĐơƠưƯâÂêÊôÔàáãèéìíòóõùúýÀÁÃÈÉÌÍÒÓÕÙÚÝĩĨũŨ]")
_WORDS: Final = re.compile(
    r"(?<!\w)(?:và|của|các|được|trong|công|người|nhân|không|những|với|đã|ngày|một|năm|tỉnh|huyện|xã|đảng|dân)(?!\w)",
    re.IGNORECASE,
)
# What UTF-8 looks like when it was read as Latin-1 or Windows-1252 and saved again.
_TWICE: Final = re.compile(
    "\u00e1[\u00ba\u00bb]|\u00c3[\u0080-\u00bf\u0192\u201a]|\u00c4[\u0080-\u00bf\u2018\u2019]|\u00c6[\u00a1\u00b0]"
)
_TWICE_SIGNS: Final = ("\u00e1\u00ba", "\u00e1\u00bb", "\u00c3", "\u00c4", "\u00c6")
_LEGACY_HINT: Final = re.compile("[\u00b5-\u00b9\u00a8-\u00ae\u00d6\u00f1\u00f6\u00ef\u00f8\u00f9]")
_META_CHARSET: Final = re.compile(
    rb"<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE
)
_HEADER_CHARSET: Final = re.compile(r"charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_XML_ENCODING: Final = re.compile(rb"^\s{0,20}<\?xml[^>]{0,100}?encoding\s{0,5}=\s{0,5}[\"']([A-Za-z0-9_:.-]{2,40})")
_HEAD_BYTES: Final = 4096
_MAGIC: Final = (
    b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"Rar!", b"BM", b"RIFF",
    b"\xd0\xcf\x11\xe0", b"\x00\x00\x00\x18ftyp", b"\x00\x00\x00\x20ftyp", b"\x7fELF", b"MZ",
    b"7z\xbc\xaf", b"(\xb5/\xfd",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a body, the encoding it was read with, and what had to be repaired."""

    text: str
    encoding: str
    flags: tuple[str, ...] = ()


class NotText(ValueError):
    """The bytes are not text; `reason` is a short code, the message says why."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def clean(text: str) -> str:
    """Return one line in storage form; line breaks count as blanks."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    if _DROPPED.search(text):
        text = _DROPPED.sub("", text)
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def vietnamese_share(text: str) -> float:
    """Return the share of letters that only Vietnamese writing has; around 0.25 in running Vietnamese, 0 in English."""
    letters = sum(map(str.isalpha, text))
    return len(_VIETNAMESE.findall(unicodedata.normalize("NFC", text))) / letters if letters else 0.0


def flags_of(text: str) -> list[str]:
    """Return flags for what a stored text keeps as printed but a reader should know of."""
    flags = []
    if _LOOKALIKES.search(text):
        flags.append("lookalike_letters")
    if "\ufffd" in text:
        flags.append("replacement_characters")
    return flags


def looks_binary(body: bytes) -> bool:
    """Tell whether bytes are an image, archive, document or the like, whatever their label says."""
    head = body[:_HEAD_BYTES]
    if head.startswith(_MAGIC):
        return True
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    controls = sum(head.count(bytes((byte,))) for byte in (*range(1, 8), *range(14, 27), *range(28, 32)))
    # NULs in every other byte are UTF-16 without its mark; scattered ones among controls are not text.
    return controls * 50 > len(head) or (0 < head.count(0) * 3 < len(head) and controls > 0)


def declared(body: bytes, headers: Mapping[str, str]) -> str | None:
    """Return the encoding that header, XML declaration or `<meta>` claims, as Python names it; null for none known."""
    header = _HEADER_CHARSET.search(headers.get("content-type", ""))
    names = [header[1]] if header else []
    for pattern in (_XML_ENCODING, _META_CHARSET):
        found = pattern.search(body[:_HEAD_BYTES])
        if found:
            names.append(found[1].decode("ascii"))
    for name in names:
        try:
            info = codecs.lookup(name)
        except LookupError:
            continue
        # Codecs such as `hex` or `rot13` are known to Python but are no text encodings.
        if getattr(info, "_is_text_encoding", True):
            return info.name
    return None


def decode(body: bytes, headers: Mapping[str, str]) -> Decoded:
    """Return the text of `body`; `headers` are the answer's, names in lower case.

    Raises NotText for empty, binary or unreadable bytes.
    """
    if not body.strip():
        raise NotText("empty_body", "the page has no bytes")
    if looks_binary(body):
        raise NotText("binary", "the bytes are not text")
    decoded = _decode(body, declared(body, headers))
    text, flags = decoded.text, list(decoded.flags)
    if any(pair in text for pair in _TWICE_SIGNS) and len(_TWICE.findall(text[:400_000])) >= 3:
        text, found = repair_twice_encoded(text)
        flags += found
    if sum(1 for _ in islice(_TONED.finditer(text), 20)) < 20:
        text, found = repair_fonts(text)
        flags += found
    if "\x00" in text:
        text = text.replace("\x00", "")
    lost = text.count("\ufffd")
    if lost > max(2, MAX_REPLACEMENT_SHARE * len(text)):
        raise NotText("unreadable", f"{lost} of {len(text)} characters cannot be read as {decoded.encoding}")
    return Decoded(text, decoded.encoding, tuple(flags))


def _decode(body: bytes, label: str | None) -> Decoded:
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if body.startswith(mark):
            return Decoded(body[len(mark) :].decode(name, "replace"), name)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if text.count("\x00") * 3 > len(text):
            name = "utf-16-le" if body[1:2] == b"\x00" else "utf-16-be"
            return Decoded(body.decode(name, "replace"), name, ("charset_mislabelled",))
        wrong = label not in (None, "utf-8", "ascii") and not text.isascii()
        return Decoded(text, "utf-8", ("charset_mislabelled",) if wrong else ())
    best = Decoded(body.decode("utf-8", "replace"), "utf-8", ("bytes_damaged",))
    score = _score(best.text)
    names = ["cp1258", "cp1252"]
    if label not in (None, "utf-8", "ascii", *names):
        names.insert(0, str(label))
    for name in names:
        text = unicodedata.normalize("NFC", body.decode(name, "replace"))
        for found in (text, repair_fonts(_latin(body))[0]) if name == "cp1252" else (text,):
            this = _score(found)
            if this > score:
                flags = () if name == label else ("charset_mislabelled",)
                best, score = Decoded(found, name, flags), this
    return best


def _latin(body: bytes) -> str:
    return body.decode("latin-1")


def _score(text: str) -> float:
    """Common Vietnamese words less the characters that could not be read."""
    sample = text[:200_000]
    return len(_WORDS.findall(sample)) - sample.count("\ufffd") / 4


def repair_twice_encoded(text: str) -> tuple[str, list[str]]:
    """Undo UTF-8 that was read as Latin-1 or Windows-1252; bytes that are gone for good add `mojibake_lossy`."""
    repaired = ftfy.fix_encoding(text)
    if repaired == text:
        return text, []
    lossy = "\ufffd" in repaired or len(_TWICE.findall(repaired)) > 2
    return repaired, ["mojibake_repaired", *(["mojibake_lossy"] if lossy else [])]


def repair_fonts(text: str) -> tuple[str, list[str]]:
    """Turn text typed for TCVN3 (.VnTime) or VNI fonts into Unicode, line by line; lines already in Unicode stay."""
    sample = text[:200_000]
    if len(_LEGACY_HINT.findall(sample)) < 4:
        return text, []
    flags: list[str] = []
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if not _LEGACY_HINT.search(line) or _TONED.search(line):
            continue
        before = len(_WORDS.findall(line))
        for name, table, pattern in _fonts():
            converted = _typed(line, table, pattern)
            # At least two more Vietnamese words than before: French or German lines gain none.
            if len(_WORDS.findall(converted)) >= before + 2 or (flags and len(_WORDS.findall(converted)) > before):
                lines[index] = converted
                if f"{name}_repaired" not in flags:
                    flags.append(f"{name}_repaired")
                break
    return ("\n".join(lines), flags) if flags else (text, [])


def _typed(line: str, table: Mapping[str, str], pattern: re.Pattern[str]) -> str:
    return pattern.sub(lambda found: table[found[0]], line)


@cache
def _fonts() -> tuple[tuple[str, dict[str, str], re.Pattern[str]], ...]:
    """Return (name, characters to letters, pattern of those characters) of each font encoding."""
    data = resources.files("transforms").joinpath("data/legacy_fonts.tsv").read_text(encoding="utf-8")
    tables: dict[str, dict[str, str]] = {}
    for row in csv.DictReader((r for r in data.splitlines() if not r.startswith("#")), delimiter="\t"):
        tables.setdefault(row["font"], {})[row["typed"]] = row["letter"]
    return tuple(
        (name, table, re.compile("|".join(re.escape(k) for k in sorted(table, key=len, reverse=True))))
        for name, table in tables.items()
    )
