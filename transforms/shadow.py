"""A one-to-one shadow of a text for matching.

`shadow(text)` has exactly as many code points as `text`, so an offset found in the shadow is an offset of the text.
Look-alikes are levelled: odd blanks become a blank, dashes a hyphen, quotes a straight quote, the Icelandic `Ð` a
`Đ`, full-width and superscript digits plain digits. `fold(shadow)` goes one step further, again one to one: lower
case, and the tone mark of `oa`, `oe`, `uy` on the first vowel (`hoà` and `hòa` meet). Neither ever reaches storage.
"""

from __future__ import annotations

import re
from typing import Final

_LEVELLED: Final[dict[str, str]] = {
    **dict.fromkeys("\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007", " "),
    **dict.fromkeys("\u2008\u2009\u200a\u202f\u205f\u3000", " "),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", " "),
    **dict.fromkeys("\r\u000b\u000c\u0085\u2028\u2029", "\n"),
    **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    **dict.fromkeys("“”„‟«»″＂", '"'),
    **dict.fromkeys("‘’‚‛ʼ′`´", "'"),
    **dict.fromkeys("⁄∕／", "/"),
    **dict(zip("０１２３４５６７８９", "0123456789", strict=True)),
    **dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True)),
    **dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)),
    "Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ", "％": "%", "，": ",", "．": ".", "；": ";", "：": ":", "（": "(", "）": ")",
    # The only letter whose lower case is two code points; kept out so that `fold` stays one to one.
    "İ": "I",
}  # fmt: skip

_TONES: Final = (
    ("òa", "oà"), ("óa", "oá"), ("ỏa", "oả"), ("õa", "oã"), ("ọa", "oạ"),
    ("òe", "oè"), ("óe", "oé"), ("ỏe", "oẻ"), ("õe", "oẽ"), ("ọe", "oẹ"),
    ("ùy", "uỳ"), ("úy", "uý"), ("ủy", "uỷ"), ("ũy", "uỹ"), ("ụy", "uỵ"),
)  # fmt: skip
_FIRST_VOWEL: Final = {late: early for early, late in _TONES}
_LATE_TONE: Final = re.compile(r"(?<!q)(?:o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ])(?![^\W\d_])")


def listed(words: str, mark: str | None = None) -> frozenset[str]:
    """Return the words of a list written as one string, parted by blanks or by `mark`."""
    return frozenset(words.split(mark))


def shadow(text: str) -> str:
    """Return `text` with its look-alikes levelled; the length is that of `text`."""
    for odd in set(text) & _LEVELLED.keys():
        text = text.replace(odd, _LEVELLED[odd])
    return text


def fold(shadowed: str) -> str:
    """Return a shadow in lower case with tone marks on the first vowel; the length is that of `shadowed`."""
    lowered = shadowed.lower()
    return _LATE_TONE.sub(lambda late: _FIRST_VOWEL[late.group()], lowered)
