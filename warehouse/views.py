"""The views that `tinhuy sql` offers beside the tables: the joins that readers want, and a panel that counts once.

Definitions are DuckDB's SQL over the tables of `contracts`; `query` creates them in this order, so that one may use
those before it.
"""

from __future__ import annotations

from typing import Final

VIEWS: Final[dict[str, tuple[str, str]]] = {
    "figures_with_context": (
        "Every figure with its sentence and article.",
        """
        SELECT f.*, a.title, a.url, a.published_on, a.province, a.province_now,
               substring(a.text, f.sentence_start + 1, f.sentence_end - f.sentence_start) AS sentence
        FROM figures f JOIN articles a USING (article_id)
        """,
    ),
    "citations_with_context": (
        "Every mention of a document with its sentence and article.",
        """
        SELECT c.*, a.title, a.url, a.published_on, a.province, a.province_now,
               substring(a.text, c.sentence_start + 1, c.sentence_end - c.sentence_start) AS sentence
        FROM citations c JOIN articles a USING (article_id)
        """,
    ),
    "panel": (
        "The chosen value of each indicator for whole provinces, by period.",
        """
        SELECT indicator, name_vi, name_en, unit, scheme, province, province_now, period_start, period_end,
               value, denominator, qualifier, additive, confidence, flags, sentence, figure_id, article_id, portal
        FROM indicators WHERE chosen AND scope = 'province'
        """,
    ),
    "panel_by_year": (
        "`panel` with one row per indicator, unit, province and year: of the periods that lie within the year, the "
        "whole year before a part of it, then the latest; `periods` says how many there were. Periods of several "
        "years are left out.",
        """
        SELECT indicator, name_vi, name_en, unit, additive, scheme, province, province_now,
               year(period_end) AS year, value, denominator, qualifier, period_start, period_end,
               (month(period_end) = 12 AND day(period_end) = 31
                AND (period_start IS NULL OR dayofyear(period_start) = 1)) AS whole_year,
               count(*) OVER (PARTITION BY indicator, unit, scheme, province, year(period_end)) AS periods,
               confidence, flags, sentence, figure_id, article_id, portal
        FROM panel
        WHERE period_start IS NULL OR year(period_start) = year(period_end)
        QUALIFY row_number() OVER (
            PARTITION BY indicator, unit, scheme, province, year
            ORDER BY whole_year DESC, period_end DESC, confidence DESC, period_start NULLS LAST, figure_id) = 1
        """,
    ),
    "panel_now": (
        "`panel_by_year` on the map of today's 34 provinces, nothing counted twice: what the province of today states "
        "for the year; else the sum over the provinces that it was made of (`parts` of `parts_needed`; `complete` when "
        "none is missing). A rate is never summed: it is there only where the territory did not change.",
        """
        WITH needed AS (
            SELECT successor AS province_now, count(*) AS parts_needed
            FROM provinces WHERE scheme = '2008' GROUP BY ALL
        ), today AS (
            SELECT indicator, name_vi, name_en, unit, additive, province_now, year, value, '2025' AS scheme,
                   1 AS parts, 1 AS parts_needed, [province] AS provinces, whole_year,
                   qualifier = 'exact' AS exact, confidence, [figure_id] AS figure_ids
            FROM panel_by_year WHERE scheme = '2025'
        ), before AS (
            SELECT indicator, any_value(name_vi) AS name_vi, any_value(name_en) AS name_en, unit, additive,
                   province_now, year, sum(value) AS value, '2008' AS scheme, count(*) AS parts,
                   any_value(parts_needed) AS parts_needed, list(province ORDER BY province) AS provinces,
                   bool_and(whole_year) AS whole_year, bool_and(qualifier = 'exact') AS exact,
                   min(confidence) AS confidence, list(figure_id ORDER BY province) AS figure_ids
            FROM panel_by_year JOIN needed USING (province_now)
            WHERE scheme = '2008' AND (additive OR parts_needed = 1)
            GROUP BY indicator, unit, additive, province_now, year
        )
        SELECT *, parts = parts_needed AS complete FROM (
            SELECT * FROM today
            UNION ALL
            SELECT * FROM before ANTI JOIN today USING (indicator, unit, province_now, year)
        )
        """,
    ),
    "latest": (
        "Articles first fetched within a day of the newest one, newest first.",
        """
        SELECT * FROM articles
        WHERE first_fetched_at >= (SELECT max(first_fetched_at) FROM articles) - INTERVAL 1 DAY
        ORDER BY first_fetched_at DESC, article_id
        """,
    ),
}
"""Name of a view to what it shows and its definition."""
