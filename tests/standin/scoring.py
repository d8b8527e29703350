"""Compares published rows with the truth of a stand-in: what was found, and which fields are right.

    rows = score(site, {"articles": […], "images": […], "attachments": […], "table_cells": […]})
    rows.found, rows.missing, rows.strange, rows.doubled, rows.right["title"], rows.wrong["title"][:3]

Strings are compared with every run of white space taken as one space. Fields that a family's pages never tell
(`Markup.silent`) are not compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flows.demo.content import Article
from flows.demo.site import Site

from .generated import truth

Rows = Iterable[Mapping[str, Any]]


@dataclass
class Score:
    """What a crawl of one site brought, against its truth."""

    portal: str
    expected: int = 0
    found: int = 0
    missing: list[str] = field(default_factory=list)
    """Addresses of articles that are not there."""
    strange: list[str] = field(default_factory=list)
    """Addresses of rows that are no article of the site."""
    doubled: list[str] = field(default_factory=list)
    right: Counter[str] = field(default_factory=Counter)
    """Field to the number of articles that have it right."""
    wrong: dict[str, list[tuple[str, Any, Any]]] = field(default_factory=dict)
    """Field to (address, what is there, what should be)."""

    @property
    def perfect(self) -> bool:
        """Whether every article is there once, with every field right."""
        return self.found == self.expected and not (self.strange or self.doubled or self.wrong)

    def __str__(self) -> str:
        fields = sorted({*self.right, *self.wrong})
        shares = ", ".join(f"{f} {self.right[f]}/{self.found}" for f in fields)
        return f"{self.portal}: {self.found}/{self.expected} articles, {len(self.strange)} strange; {shares}"


def expected_row(site: Site, article: Article) -> dict[str, Any]:
    """Return the fields that an article's rows must have; without those that the pages never tell."""
    markup = site.markup
    row: dict[str, Any] = {
        "title": article.title,
        "lead": article.lead,
        "text": article.text,
        "section": markup.facts.section_name(article.section),
        "tags": list(article.tags),
        "author": article.author,
        "author_roles": list(article.author_roles),
        "credited_source": article.credited_source,
        "published_at": article.published_at if markup.prints == "time" else None,
        "published_on": article.published_at.date() if article.published_at else None,
        "captions": article.captions,
        "attachments": [
            [file.name, url] for file, url in zip(article.attachments, markup.attachment_urls(article), strict=True)
        ],
        "table_cells": [cell for table in article.tables for line in table.rows for cell in line],
    }
    if markup.prints == "none":
        del row[
            "published_at"
        ]  # where the page prints nothing, a feed may tell the time of the newest, and only of them
    return {name: value for name, value in row.items() if name not in markup.silent or value}


def score(site: Site, tables: Mapping[str, Rows]) -> Score:
    """Compare rows of the tables `articles`, `images`, `attachments` and `table_cells` with a site's truth."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for row in tables["articles"]:
        rows.setdefault(str(row["url"]), []).append(row)
    parts = {name: _by_article(tables.get(name, ())) for name in ("images", "attachments", "table_cells")}
    result = Score(site.slug)
    wanted = dict(truth(site))
    result.expected = len(wanted)
    result.strange = sorted(set(rows) - set(wanted))
    result.doubled = sorted(url for url, same in rows.items() if len(same) > 1)
    for url, article in wanted.items():
        if url not in rows:
            result.missing.append(url)
            continue
        result.found += 1
        row = rows[url][0]
        key = str(row["article_id"])
        got = dict(row)
        got["captions"] = [i["caption"] for i in parts["images"].get(key, ()) if i["caption"]]
        got["attachments"] = [[a["name"], a["url"]] for a in parts["attachments"].get(key, ())]
        got["table_cells"] = [c["text"] for c in parts["table_cells"].get(key, ())]
        for name, value in expected_row(site, article).items():
            if _plain(got[name]) == _plain(value):
                result.right[name] += 1
            else:
                result.wrong.setdefault(name, []).append((url, got[name], value))
    return result


def _by_article(rows: Rows) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(str(row["article_id"]), []).append(row)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return "\n".join(" ".join(line.split()) for line in value.split("\n"))
    if isinstance(value, Sequence):
        return [_plain(v) for v in value]
    return value
