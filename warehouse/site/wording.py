"""The words of the interface in Vietnamese and English, and how templates use them.

Pages are rendered in Vietnamese; every piece carries its key, and `static/base.js` puts the other language in its place
from `static/messages.js`, which is made from the same file (`messages.toml`).
"""

from __future__ import annotations

import json
import tomllib
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any, Final

from markupsafe import Markup, escape

from warehouse.site.release import LOCAL

LANGUAGES: Final = ("vi", "en")


@cache
def messages() -> dict[str, dict[str, str]]:
    """Return key to language to text."""
    data = resources.files("warehouse.site").joinpath("messages.toml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = {}
    for group, entries in tomllib.loads(data).items():
        for key, (vi, en) in entries.items():
            found[f"{group}.{key}"] = {"vi": vi, "en": en}
    return found


def script() -> bytes:
    """Return `static/messages.js`."""
    body = json.dumps(messages(), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return f'"use strict";window.tinhuyMessages={body};\n'.encode()


def number(value: float) -> str:
    """Return a number as Vietnamese writes it (`1.234,5`)."""
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
    return text.translate(str.maketrans(",.", ".,"))


def plain(key: str, **values: Any) -> str:
    """Return the Vietnamese text of `key` with its places filled; KeyError on an unknown key."""
    text = messages()[key]["vi"]
    for name, value in values.items():
        shown = number(value) if isinstance(value, int | float) else str(value)
        text = text.replace("{" + name + "}", shown)
    return text


def text(key: str, **values: Any) -> Markup:
    """Return a piece of text that changes with the language."""
    told = Markup(' data-a="{}"').format(json.dumps(values, ensure_ascii=False)) if values else ""
    return Markup('<span data-t="{}"{}>{}</span>').format(key, told, plain(key, **values))


def attribute(name: str, key: str, **values: Any) -> Markup:
    """Return an attribute (`aria-label`, `placeholder`) that changes with the language."""
    told = Markup(' data-a="{}"').format(json.dumps(values, ensure_ascii=False)) if values else ""
    return Markup('{}="{}" data-t-{}="{}"{}').format(name, plain(key, **values), name, key, told)


def term(group: str, value: str) -> Markup:
    """Return the word for a value of a closed list; the value itself where the list is open and has none."""
    key = f"{group}.{value}"
    return text(key) if key in messages() else Markup("<code>{}</code>").format(value)


def amount(value: int | float) -> Markup:
    """Return a number that is written as the language writes it."""
    return Markup('<span data-n="{}">{}</span>').format(value, number(value))


def day(value: date | None) -> Markup:
    """Return a day; a dash for None."""
    if value is None:
        return Markup("–")
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), f"{value:%d/%m/%Y}")


def moment(value: datetime | None) -> Markup:
    """Return a time in Vietnam's zone; a dash for None."""
    if value is None:
        return Markup("–")
    local = value.astimezone(LOCAL)
    return Markup('<time datetime="{}">{}</time>').format(
        local.isoformat(timespec="minutes"), f"{local:%H:%M %d/%m/%Y}"
    )


def island(value: Any) -> Markup:
    """Return JSON that can stand in a page: no character in it can end the element or begin another."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for letter in "<>&\u2028\u2029":
        body = body.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(body)  # noqa: S704 - escaped just above, and JSON in a data block is no markup


def escaped(value: object) -> Markup:
    """Return text as markup."""
    return escape(value)
