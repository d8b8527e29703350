"""The panel as the indicator page reads it: one compressed file for each indicator, loaded when it is chosen."""

from __future__ import annotations

import json
import re
from collections import defaultdict
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
    for key, lines in spool.take():
        rows = [row[1:] for row in sorted((json.loads(line) for line in lines), key=lambda row: (row[0], row[1]))]
        out.write_json(f"data/indicators/{key}.json.gz", {"columns": list(_COLUMNS), "rows": rows})
    # The page opens on the one with most movement: values beyond the first of each province.
    return sorted(
        about.values(), key=lambda told: (len(provinces[told["key"]]) - told["chosen"], -told["chosen"], told["key"])
    )


def provinces(release: SiteRelease) -> list[dict[str, Any]]:
    """Return the provinces of both divisions: scheme, slug, name, successor."""
    return [
        {"scheme": row["scheme"], "slug": row["province"], "name": row["name"], "successor": row["successor"]}
        for row in release.tables.rows("provinces", ["scheme", "province", "name", "successor"])
    ]
