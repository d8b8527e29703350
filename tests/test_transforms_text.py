"""Bytes to text: encodings, labels that lie, repairs, and the storage form."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text import NotText, clean, decode, flags_of, looks_binary, repair_fonts, vietnamese_share

SENTENCE = "Công tác dân vận của tỉnh và các huyện trong năm nay đã được đẩy mạnh, nhân dân không những đồng tình."


def as_1258(text: str) -> bytes:
    """Encode as Windows-1258 does: tone marks stand behind their letter."""
    pieces = []
    for letter in unicodedata.normalize("NFC", text):
        try:
            pieces.append(letter.encode("cp1258"))
        except UnicodeEncodeError:
            base, *marks = unicodedata.normalize("NFD", letter)
            tones = [m for m in marks if m in "\u0300\u0301\u0303\u0309\u0323"]
            kept = "".join(m for m in marks if m not in tones)
            pieces.append((unicodedata.normalize("NFC", base + kept) + "".join(tones)).encode("cp1258"))
    return b"".join(pieces)


@pytest.mark.parametrize(
    ("body", "label", "encoding", "flags"),
    [
        (SENTENCE.encode(), "utf-8", "utf-8", ()),
        (SENTENCE.encode(), "windows-1258", "utf-8", ("charset_mislabelled",)),
        (SENTENCE.encode(), "iso-8859-1", "utf-8", ("charset_mislabelled",)),
        (SENTENCE.encode(), "no-such-charset", "utf-8", ()),
        (b"\xef\xbb\xbf" + SENTENCE.encode(), None, "utf-8", ()),
        (SENTENCE.encode("utf-16"), None, "utf-16-le", ()),
        (as_1258(SENTENCE), "windows-1258", "cp1258", ()),
        (as_1258(SENTENCE), "utf-8", "cp1258", ("charset_mislabelled",)),
        (as_1258(SENTENCE), None, "cp1258", ("charset_mislabelled",)),
        (SENTENCE.encode().decode("latin-1").encode(), "utf-8", "utf-8", ("mojibake_repaired",)),
    ],
)
def test_decode(body: bytes, label: str | None, encoding: str, flags: tuple[str, ...]) -> None:
    headers = {"content-type": f"text/html; charset={label}"} if label else {}
    decoded = decode(body, headers)
    assert clean(decoded.text) == SENTENCE
    assert decoded.encoding == encoding
    assert decoded.flags == flags


def test_meta_and_xml_labels_are_read() -> None:
    body = b'<html><head><meta charset="windows-1258"></head><body>' + as_1258(SENTENCE)
    assert decode(body, {}).flags == ()
    assert decode(b'<?xml version="1.0" encoding="windows-1258"?>' + as_1258(SENTENCE), {}).flags == ()


@pytest.mark.parametrize(
    ("typed", "printed", "flag"),
    [
        ("B¸o c¸o tµi chÝnh cña tØnh vµ c¸c huyÖn trong n¨m nay ®· ®­îc c«ng bè", "Báo cáo tài chính của tỉnh và các huyện trong năm nay đã được công bố", "tcvn3_repaired"),  # noqa: E501
        ("Coâng taùc Daân vaän cuûa tænh vaø caùc huyeän trong naêm nay ñaõ ñöôïc coâng boá", "Công tác Dân vận của tỉnh và các huyện trong năm nay đã được công bố", "vni_repaired"),  # noqa: E501
    ],
)  # fmt: skip
def test_font_encodings_are_repaired(typed: str, printed: str, flag: str) -> None:
    assert repair_fonts(f"Tiêu đề\n{typed}\n") == (f"Tiêu đề\n{printed}\n", [flag])
    decoded = decode(typed.encode(), {})
    assert decoded.text == printed
    assert flag in decoded.flags


def test_a_tcvn3_body_in_latin_1_bytes() -> None:
    body = "Công an tỉnh".encode("ascii", "ignore") + "B¸o c¸o cña tØnh vµ c¸c huyÖn trong n¨m nay".encode("latin-1")
    assert "Báo cáo của tỉnh và các huyện trong năm nay" in decode(body, {}).text


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        "Le maire a été réélu à l’unanimité après délibération, où l’on a noté un très léger désaccord.",
        "Đây là tiếng Việt ù ì ò ó",
    ],
)
def test_other_text_is_left_alone(text: str) -> None:
    assert repair_fonts(text) == (text, [])


def test_lost_bytes_are_told() -> None:
    twice = "vị trí của nhà nước đối với nền kinh tế".encode().decode("cp1252", "replace")
    assert "mojibake_lossy" in decode((twice + " " + twice).encode(), {}).flags


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty_body"),
        (b" \r\n\t ", "empty_body"),
        (b"%PDF-1.7 abc", "binary"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "binary"),
        (bytes(range(256)) * 20, "binary"),
        (b"PK\x03\x04" + b"a" * 100, "binary"),
        (("tin " + "\ufffd" * 40).encode(), "unreadable"),
    ],
)
def test_what_is_no_text(body: bytes, reason: str) -> None:
    with pytest.raises(NotText) as error:
        decode(body, {})
    assert error.value.reason == reason


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("  Một\u00a0hai\u202fba \r\n bốn\u3000năm ", "Một hai ba bốn năm"),
        (unicodedata.normalize("NFD", "Hòa Bình"), "Hòa Bình"),
        ("hoà bình và hòa bình", "hoà bình và hòa bình"),
        ("du\u200blịch\u00ad xanh\ufeff", "dulịch xanh"),
        ("a\u202eb\u2066c\ud800d\x00e\x07f", "abcdef"),
        ("1.250 m² – ½ “trích”…", "1.250 m² – ½ “trích”…"),
        ("\u0340a", "\u0300a"),
        ("", ""),
    ],
)
def test_clean(text: str, stored: str) -> None:
    assert clean(text) == stored


@given(st.text())
def test_clean_is_settled_and_storable(text: str) -> None:
    stored = clean(text)
    assert clean(stored) == stored
    stored.encode("utf-8")
    assert "\n" not in stored
    assert "  " not in stored


@given(st.binary(max_size=400))
def test_any_bytes_decode_or_say_why(body: bytes) -> None:
    reason = None
    try:
        decode(body, {}).text.encode("utf-8")
    except NotText as error:
        reason = error.reason
    assert reason in (None, "empty_body", "binary", "unreadable")


def test_flags_and_shares() -> None:
    assert flags_of("Nghị quyết số 05-NQ/TÐ") == ["lookalike_letters"]
    assert flags_of(SENTENCE) == []
    assert vietnamese_share(SENTENCE) > 0.15
    assert vietnamese_share("The committee met on Monday to discuss the plan.") == 0.0
    assert vietnamese_share("123") == 0.0
    assert not looks_binary("Đảng bộ".encode())
