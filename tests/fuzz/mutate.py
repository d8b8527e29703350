"""Changes to a page's bytes, each a function of the page and a random generator."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Mutation = Callable[[bytes, random.Random], bytes]

_TAG = re.compile(rb"<[a-zA-Z/][^<>]{0,300}>")
_TEXT = re.compile(rb">[^<>]{8,400}<")
_NUMBER = re.compile(rb"\d[\d.,/%-]{0,12}")
_BIDI = [
    "\u202e",
    "\u2066",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u00ad",
    "\u0301",
    "\u0000",
    "\ud800",
    "\U0001f600",
    "\ufffd",
]
_HOSTILE_TEXT = [
    b"<script>alert(1)</script>", b"=HYPERLINK(\"http://x.invalid\")", b"{{7*7}}", b"${7*7}", b"<img src=x onerror=alert(1)>",
    b"javascript:alert(1)", b"data:text/html,<b>x", b"file:///etc/passwd", b"../../../../etc/passwd", b"\x00\x01\x02\x7f",
    b"http://user:pw@127.0.0.1:1/", b"&#0;&#xD800;&#1114112;&#xFFFFFFFF;", b"&lol9;", b"<![CDATA[x]]>", b"<!--", b"-->", b"]]>",
    b"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><l>&b;</l>",
    b"31/11/2023", b"99/99/9999", b"0/0", b"1/0 x\xc3\xa3", b"-5%", b"1.2.3.4.5", b"9" * 400, b"1." * 300, b"1/" * 300,
    b"Ngh\xe1\xbb\x8b quy\xe1\xba\xbft s\xe1\xbb\x91 " + b"1-NQ/" * 60, b"t\xe1\xbb\xab " * 200, b"n\xc4\x83m 0000 " * 80,
    b"\xe1\xbb" * 40, b"\xff\xfe" * 40, b"(" * 500, b"\xe2\x80\x9c" * 300,
]  # fmt: skip


def flip_bytes(page: bytes, rng: random.Random) -> bytes:
    """Change a few bytes anywhere."""
    out = bytearray(page)
    for _ in range(rng.randint(1, 24)):
        if out:
            out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)


def cut(page: bytes, rng: random.Random) -> bytes:
    """Lose the end, as a dropped connection does."""
    return page[: rng.randrange(len(page) + 1)]


def lose(page: bytes, rng: random.Random) -> bytes:
    """Lose a stretch in the middle."""
    start = rng.randrange(len(page) + 1)
    return page[:start] + page[start + rng.randrange(1, 4000) :]


def double(page: bytes, rng: random.Random) -> bytes:
    """Repeat a stretch."""
    start = rng.randrange(len(page) + 1)
    stretch = page[start : start + rng.randrange(1, 3000)]
    return page[:start] + stretch * rng.randint(2, 6) + page[start:]


def swap_tags(page: bytes, rng: random.Random) -> bytes:
    """Put one tag where another was."""
    tags = list(_TAG.finditer(page))
    if len(tags) < 2:
        return page
    a, b = sorted(rng.sample(tags, 2), key=lambda m: m.start())
    return page[: a.start()] + b.group() + page[a.end() : b.start()] + a.group() + page[b.end() :]


def drop_tags(page: bytes, rng: random.Random) -> bytes:
    """Leave tags out, so that elements never close."""
    return _TAG.sub(lambda m: b"" if rng.random() < 0.05 else m.group(), page)


def hostile_text(page: bytes, rng: random.Random) -> bytes:
    """Put hostile content into running text."""
    found = list(_TEXT.finditer(page))
    if not found:
        return page
    place = rng.choice(found)
    at = rng.randrange(place.start() + 1, place.end())
    return page[:at] + rng.choice(_HOSTILE_TEXT) + page[at:]


def hostile_attribute(page: bytes, rng: random.Random) -> bytes:
    """Give a tag hostile or gigantic attributes."""
    tags = list(_TAG.finditer(page))
    if not tags:
        return page
    tag = rng.choice(tags)
    value = rng.choice([*_HOSTILE_TEXT, b"x" * 200_000, b"'\"><"])
    name = rng.choice([b"href", b"src", b"content", b"class", b"style", b"id", b"rel", b"datetime"])
    return page[: tag.end() - 1] + b" " + name + b'="' + value + b'"' + page[tag.end() - 1 :]


def odd_characters(page: bytes, rng: random.Random) -> bytes:
    """Sprinkle invisible, combining and broken characters into text."""
    out = []
    last = 0
    for place in rng.sample(found, min(len(found), 8)) if (found := list(_TEXT.finditer(page))) else []:
        at = rng.randrange(place.start() + 1, place.end())
        if at >= last:
            out.append(page[last:at] + rng.choice(_BIDI).encode("utf-8", "surrogatepass"))
            last = at
    return b"".join(out) + page[last:]


def nest(page: bytes, rng: random.Random) -> bytes:
    """Nest elements deeper than any parser likes."""
    depth = rng.choice([50, 400, 3000, 20_000])
    tag = rng.choice([b"div", b"b", b"table><tr><td", b"span", b"ul><li", b"blockquote"])
    at = rng.randrange(len(page) + 1)
    return page[:at] + b"<" + (tag + b"><") * depth + b"i>" + page[at:]


def numbers(page: bytes, rng: random.Random) -> bytes:
    """Change how numbers are written."""
    forms = [
        b"1.115",
        b"1,115",
        b"1.1.1",
        b"16/18",
        b"0/0",
        b"5 - 7",
        b"7-5",
        b"99999999999999999999",
        b"1e999",
        b"\xc2\xbd",
        b"31/11/2023",
    ]
    return _NUMBER.sub(lambda m: rng.choice(forms) if rng.random() < 0.1 else m.group(), page)


def relabel(page: bytes, rng: random.Random) -> bytes:
    """Say another character set, or write in one."""
    label = rng.choice([b"windows-1258", b"iso-8859-1", b"utf-16", b"utf-7", b"x-user-defined", b"", b"utf-8'"])
    if rng.random() < 0.5:
        return re.sub(rb"charset=[\"']?[\w-]{0,20}", b"charset=" + label, page, count=1)
    return page.decode("utf-8", "replace").encode(
        rng.choice(["utf-16", "cp1258", "utf-7", "latin-1", "utf-32"]), "ignore"
    )


def splice(page: bytes, rng: random.Random) -> bytes:
    """Put the page's second half first."""
    at = rng.randrange(len(page) + 1)
    return page[at:] + page[:at]


def repeat_blocks(page: bytes, rng: random.Random) -> bytes:
    """Repeat a block of text many times: a page far longer than any real one."""
    found = list(_TEXT.finditer(page))
    if not found:
        return page
    place = rng.choice(found)
    times = rng.choice([20, 100, 600])
    return page[: place.end() - 1] + (b"</p><p>" + place.group()[1:-1]) * times + page[place.end() - 1 :]


MUTATIONS: tuple[Mutation, ...] = (
    flip_bytes, cut, lose, double, swap_tags, drop_tags, hostile_text, hostile_text, hostile_attribute, odd_characters,
    nest, numbers, relabel, splice, repeat_blocks,
)  # fmt: skip


def mutant(page: bytes, rng: random.Random) -> tuple[bytes, list[str]]:
    """Return the page with one to six changes, and their names."""
    names = []
    for mutation in rng.choices(MUTATIONS, k=rng.choice([1, 1, 2, 2, 3, 6])):
        if not page:
            break
        page = mutation(page, rng)
        names.append(mutation.__name__)
    return page, names
