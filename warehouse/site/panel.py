"""The panel as the indicator page reads it: one compressed file for each indicator, loaded when it is chosen.

Also where each province stands on the tile map (`tiles.toml`).
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from functools import cache
from importlib import resources
from typing import Any, Final

from warehouse.site.output import Output, SiteError, Spool, compact
from warehouse.site.release import SiteRelease, plain

_COLUMNS: Final = (
    "indicator_row_id",
    "province",
    "province_now",
    "scheme",
    "scope",
    "period_start",
    "period_end",
    "value",
    "unit",
    "denominator",
    "qualifier",
    "chosen",
    "reason",
    "figure_id",
    "article_id",
    "portal",
    "sentence",
    "published_on",
    "confidence",
    "flags",
)
_DAY: Final = len('["2025-01-01",')
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


def write(release: SiteRelease, out: Output) -> list[dict[str, Any]]:
    """Write the rows of each indicator; return the indicators, those that move most first."""
    spool = Spool(out.scratch / "indicators")
    about: dict[str, dict[str, Any]] = {}
    provinces: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in release.tables.rows("indicators"):
        key = row["indicator"]
        if not _KEY.fullmatch(key):
            raise SiteError(f"{key!r} is no key of an indicator (lower-case letters, digits, `_`)")
        told = about.setdefault(
            key,
            {
                "key": key,
                "vi": row["name_vi"],
                "en": row["name_en"],
                "unit": row["unit"],
                "additive": row["additive"],
                "chosen": 0,
            },
        )
        if row["chosen"] and row["scope"] == "province":
            told["chosen"] += 1
            provinces[key].add((row["scheme"], row["province"]))
        spool.add(key, compact([row["period_end"].isoformat(), *(plain(row[name]) for name in _COLUMNS)]))
    head = compact({"columns": list(_COLUMNS)})[:-1]
    for key, lines in spool.take():
        # A line begins with its day and its id, both of one length, so that the lines sort as their values do.
        rows = b",".join(b"[" + line[_DAY:] for line in sorted(lines))
        out.write(f"data/indicators/{key}.json.gz", head + b',"rows":[' + rows + b"]}", pack=True)
    # The page opens on the one with most movement: values beyond the first of each province.
    return sorted(
        about.values(), key=lambda told: (len(provinces[told["key"]]) - told["chosen"], -told["chosen"], told["key"])
    )


@cache
def tiles() -> dict[tuple[str, str], tuple[int, int]]:
    """Return scheme and slug to row and column on the tile map, both from 1."""
    told = tomllib.loads(resources.files("warehouse.site").joinpath("tiles.toml").read_text(encoding="utf-8"))
    return {
        (scheme, slug): (row, column)
        for scheme, lines in told.items()
        for row, line in enumerate(lines, start=1)
        for column, slug in enumerate(line, start=1)
        if slug
    }


def provinces(release: SiteRelease) -> list[dict[str, Any]]:
    """Return the provinces of both divisions: scheme, slug, name, successor, tile (None: it has none)."""
    return [
        {
            "scheme": row["scheme"],
            "slug": row["province"],
            "name": row["name"],
            "successor": row["successor"],
            "tile": tiles().get((row["scheme"], row["province"])),
        }
        for row in release.tables.rows("provinces", ["scheme", "province", "name", "successor"])
    ]
