"""Every table that tinhuy publishes: columns, types, units, keys, meanings and caveats.

One contract drives the Parquet writer (`schema`), the checks before a release, the field metadata inside the
files and the data dictionary. A column exists when it stands here; nothing else adds one. Changing this file
changes `DICTIONARY.md`, and CI asks for a line in `CHANGELOG.md`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

TIMEZONE: Final = "Asia/Ho_Chi_Minh"
LOCAL_TIME: Final = pa.timestamp("us", tz=TIMEZONE)
UTC_TIME: Final = pa.timestamp("us", tz="UTC")
NUMBER: Final = pa.float64()
TEXTS: Final = pa.list_(pa.string())


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Arrow type, what it means, and what a reader must know before using it."""

    name: str
    type: pa.DataType
    meaning: str
    nullable: bool = True
    unit: str | None = None
    null: str | None = None
    """What a null says, where the column may be null."""
    caveat: str | None = None
    example: str | None = None
    values: tuple[str, ...] = ()
    """The closed list of values, for columns that have one."""
    references: str | None = None
    """`table.column` whose values this column takes."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns in order, its key and how it lies on disk."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    partitioned: bool = False
    """By `portal` and `year` when true; else one file, `part-0.parquet`."""
    caveats: tuple[str, ...] = field(default=())

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError names table and column."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")


KINDS: Final = (
    "count", "money", "percent", "percent_point", "ratio", "score", "rank", "multiple",
    "area", "length", "mass", "volume", "duration", "other",
)  # fmt: skip
QUALIFIERS: Final = ("exact", "about", "over", "under", "at_least", "at_most")
CHANGES: Final = ("level", "increase", "decrease")
MODALITIES: Final = ("actual", "estimate", "target", "norm")
WRITINGS: Final = ("digits", "words", "vague")
EVIDENCE: Final = ("api", "meta", "sitemap", "feed", "page", "none")
EXTRACTIONS: Final = ("layout", "generic")
OUTCOMES: Final = ("pages", "empty", "failed")
FAILURE_CLASSES: Final = (
    "blocked", "gone", "layout_changed", "timeout", "partial", "robots", "network", "tls",
    "server_error", "rate_limited", "no_pages", "silent", "low_fill", "crashed", "configuration",
)  # fmt: skip
STATES: Final = ("ok", "degraded", "failed", "closed", "never")

_ARTICLE_ID = Column(
    "article_id", pa.string(), "The article: hash of portal and the canonical address it was first known by, stable for ever.",
    nullable=False, references="articles.article_id", example="3f1c9a0d5b7e2468",
)  # fmt: skip
_PORTAL = Column("portal", pa.string(), "Slug of the portal.", nullable=False, example="baohagiang")
_YEAR = Column(
    "year", pa.int32(), "Partition: year of `published_on`, else of `published_before`.", nullable=False, example="2024"
)
_START = Column(
    "start", pa.int32(), "First code point of `surface` in `articles.text`, from 0.", nullable=False,
    unit="code points", example="655",
)  # fmt: skip
_END = Column(
    "end", pa.int32(), "One past the last code point of `surface` in `articles.text`.", nullable=False,
    unit="code points", example="660",
)  # fmt: skip
_SURFACE = Column(
    "surface", pa.string(), "Exactly what is printed between `start` and `end`.", nullable=False, example="1.286"
)
_FLAGS = Column("flags", TEXTS, "What a careful reader would want to know; empty when nothing.", nullable=False)

ARTICLES = Table(
    "articles",
    "One row per article, as last fetched.",
    ("article_id",),
    (
        Column("article_id", pa.string(), _ARTICLE_ID.meaning, nullable=False, example="3f1c9a0d5b7e2468"),
        _PORTAL,
        _YEAR,
        Column("url", pa.string(), "Canonical address on the portal's real host.", nullable=False),
        Column("title", pa.string(), "Headline.", nullable=False),
        Column("lead", pa.string(), "Sapo, with the prefix it is printed with.", null="the page marks none"),
        Column("text", pa.string(), "Title, lead and paragraphs, one a line; NFC. All offsets count its code points.",
               nullable=False),
        Column("section", pa.string(), "Section name as the portal prints it.", null="not printed"),
        Column("tags", TEXTS, "Tags in printed order.", nullable=False),
        Column("author", pa.string(), "Author line as a name; names in capitals written as names, several as printed (`A - B`).",
               null="none printed", example="Võ Nguyên Nam"),
        Column("author_roles", TEXTS, "Offices and bodies printed with the name.", nullable=False),
        Column("credited_source", pa.string(), "Source that the article names (`Theo …`, `Nguồn: …`, a host in brackets).",
               null="none named", example="angiang.dcs.vn"),
        Column("published_at", LOCAL_TIME, "Time of publication.", null="the page and its feeds print no time",
               caveat="A day of viewing in the page's header is never taken."),
        Column("published_on", pa.date32(), "Day of publication.", null="unknown; see the bounds"),
        Column("published_evidence", pa.string(), "Where the date of publication was read.", nullable=False, values=EVIDENCE),
        Column("published_after", pa.date32(), "Published on or after this day (latest past date told in the text).",
               null="nothing bounds it"),
        Column("published_before", pa.date32(), "Published on or before this day (first seen, or a clock on the page).",
               null="nothing bounds it"),
        Column("province", pa.string(), "Province at the article's time, as a slug.", null="central or unknown",
               references="provinces.province", example="ha-giang"),
        Column("province_now", pa.string(), "The same territory's province after 1 July 2025.", null="central or unknown",
               references="provinces.province", example="tuyen-quang"),
        Column("extraction", pa.string(), "`layout`: read by the portal's layout; `generic`: by the fallback.", nullable=False,
               values=EXTRACTIONS),
        Column("layout", pa.string(), "Layout version that read the page.", null="read by the fallback", example="nukeviet-4"),
        _FLAGS,
        Column("signature", pa.binary(), "MinHash of the text's word shingles, 64 numbers of 4 bytes: what `duplicates` is found by.",
               null="too short to compare"),
        Column("text_sha256", pa.string(), "SHA-256 of `text` in UTF-8.", nullable=False),
        Column("page_sha256", pa.string(), "SHA-256 of the page's bytes as they came.", nullable=False),
        Column("package", pa.string(), "Raw package that holds the page: `raw/<portal>/<crawl>`.", nullable=False),
        Column("first_fetched_at", UTC_TIME, "First time the article was fetched.", nullable=False),
        Column("fetched_at", UTC_TIME, "When the page that this row was read from was fetched.", nullable=False),
    ),
    partitioned=True,
)  # fmt: skip

FIGURES = Table(
    "figures",
    "One row per number in the running text that states a quantity about the world.",
    ("figure_id",),
    (
        Column("figure_id", pa.string(), "Hash of article, offsets and writing.", nullable=False),
        _ARTICLE_ID,
        _PORTAL,
        _YEAR,
        _START,
        _END,
        _SURFACE,
        Column("writing", pa.string(), "`digits`: written in digits; `words`: spelled out; `vague`: a magnitude such as `hàng trăm`.",
               nullable=False, values=WRITINGS, caveat="Add up and compare only `digits` unless you mean otherwise."),
        Column("kind", pa.string(), "What is measured.", nullable=False, values=KINDS),
        Column("value", NUMBER, "Number in base units: numerator of a ratio, points of a score, place of a rank, lower end of a range.",
               null="no single number (vague without a lower end)", unit="see `unit`"),
        Column("value_max", NUMBER, "Upper end of a range.", null="not a range"),
        Column("denominator", NUMBER, "Of a ratio, score or rank.", null="has none"),
        Column("unit", pa.string(), "Base unit of measured kinds; the counted noun as printed for counts.",
               null="nothing is counted or measured by name", example="mô hình"),
        Column("per", TEXTS, "`per` units of a rate, in order.", nullable=False, example="['người', 'năm']"),
        Column("qualifier", pa.string(), "Hedge printed with the number.", nullable=False, values=QUALIFIERS),
        Column("change", pa.string(), "`increase`/`decrease` when the number is the size of a rise or fall.", nullable=False, values=CHANGES),
        Column("period_start", pa.date32(), "First day of the period that the sentence gives.", null="open or not given"),
        Column("period_end", pa.date32(), "Last day of that period.", null="open or not given"),
        Column("modality", pa.string(), "Fact, estimate, target or norm.", nullable=False, values=MODALITIES,
               caveat="A target is not a result."),
        Column("alt_value", NUMBER, "The other reading of an ambiguous separator.", null="unambiguous"),
        Column("category", pa.string(), "Label printed before the number (`lĩnh vực kinh tế`).", null="none"),
        Column("scope", pa.string(), "Who the number speaks for, where the sentence names it (`toàn tỉnh`, `ngành công an`).", null="not named"),
        Column("place", pa.string(), "Place that the sentence names for the number, as printed.", null="not named"),
        Column("sentence_start", pa.int32(), "First code point of the sentence.", nullable=False, unit="code points"),
        Column("sentence_end", pa.int32(), "One past the sentence.", nullable=False, unit="code points"),
        Column("confidence", NUMBER, "0 to 1: how sure the reading is.", nullable=False),
        _FLAGS,
    ),
    partitioned=True,
)  # fmt: skip

CITATIONS = Table(
    "citations",
    "One row per mention of a numbered Party or State document.",
    ("citation_id",),
    (
        Column("citation_id", pa.string(), "Hash of article and offsets.", nullable=False),
        _ARTICLE_ID,
        _PORTAL,
        _YEAR,
        _START,
        _END,
        _SURFACE,
        Column("type", pa.string(), "Type of document, as printed or as its symbol implies.", nullable=False, example="Nghị quyết"),
        Column("key", pa.string(), "Canonical number: as printed, without spaces, with a plain hyphen.", nullable=False, example="25-NQ/TW"),
        Column("document_id", pa.string(), "Canonical key `vn.{party|state|org}:issuer:TYPE:number:year`; unknown parts are `?`.",
               nullable=False, references="documents.document_id", example="vn.party:tw:NQ:25:2013"),
        Column("issuer", pa.string(), "Body that issued it, as resolved.", null="not resolved", example="Bộ Chính trị"),
        Column("date", pa.date32(), "Day of issue that the text gives with this mention.", null="not given with this mention"),
        Column("relation", pa.string(), "What the text says of it (`thực hiện`, `thay thế`, `ban hành kèm theo`, …).", null="none said"),
        Column("related_key", pa.string(), "`key` of the other document of the relation.", null="none"),
        Column("sentence_start", pa.int32(), "First code point of the sentence.", nullable=False, unit="code points"),
        Column("sentence_end", pa.int32(), "One past the sentence.", nullable=False, unit="code points"),
        Column("confidence", NUMBER, "0 to 1: how sure the document is.", nullable=False),
        _FLAGS,
    ),
    partitioned=True,
)  # fmt: skip

PLACES = Table(
    "places",
    "One row per mention of a province, district or commune.",
    ("place_mention_id",),
    (
        Column("place_mention_id", pa.string(), "Hash of article and offsets.", nullable=False),
        _ARTICLE_ID,
        _PORTAL,
        _YEAR,
        _START,
        _END,
        _SURFACE,
        Column("level", pa.string(), "Level of the unit.", nullable=False, values=("province", "district", "commune")),
        Column("scheme", pa.string(), "Which division of the country is meant.", nullable=False, values=("2008", "2025")),
        Column("place_id", pa.string(), "The unit: `scheme/slug[/slug[/slug]]`.", null="ambiguous or not in the gazetteer", example="2008/ha-giang/yen-minh"),
        Column("province", pa.string(), "Province of the unit.", null="ambiguous", references="provinces.province"),
        Column("candidates", TEXTS, "`place_id`s that fit, where more than one does.", nullable=False),
        Column("confidence", NUMBER, "0 to 1.", nullable=False),
    ),
    partitioned=True,
)  # fmt: skip

IMAGES = Table(
    "images",
    "One row per picture of an article.",
    ("article_id", "position"),
    (
        _ARTICLE_ID,
        _PORTAL,
        _YEAR,
        Column("position", pa.int32(), "Order in the article, from 0.", nullable=False),
        Column("url", pa.string(), "Address of the picture on the real host.", nullable=False),
        Column("caption", pa.string(), "Caption as printed.", null="none printed"),
    ),
    partitioned=True,
)  # fmt: skip

ATTACHMENTS = Table(
    "attachments",
    "One row per file offered with an article.",
    ("article_id", "position"),
    (
        _ARTICLE_ID,
        _PORTAL,
        _YEAR,
        Column("position", pa.int32(), "Order in the article, from 0.", nullable=False),
        Column("name", pa.string(), "Name as printed.", nullable=False),
        Column("url", pa.string(), "Address of the file.", nullable=False),
    ),
    partitioned=True,
)  # fmt: skip

TABLE_CELLS = Table(
    "table_cells",
    "One row per cell of the tables of an article; they stand beside its text, not in it.",
    ("article_id", "table", "row", "column"),
    (
        _ARTICLE_ID,
        _PORTAL,
        _YEAR,
        Column("table", pa.int32(), "Which table, from 0.", nullable=False),
        Column("row", pa.int32(), "Row, from 0.", nullable=False),
        Column("column", pa.int32(), "Column, from 0.", nullable=False),
        Column("text", pa.string(), "Text of the cell.", nullable=False),
        Column("value", NUMBER, "Number in base units, where the cell is one.", null="not a single number"),
        Column("unit", pa.string(), "Unit of `value`.", null="none printed"),
    ),
    partitioned=True,
)  # fmt: skip

DOCUMENTS = Table(
    "documents",
    "One row per cited document.",
    ("document_id",),
    (
        Column("document_id", pa.string(), "Canonical key `vn.{party|state|org}:issuer:TYPE:number:year`.", nullable=False),
        Column("system", pa.string(), "Party, State or mass organisation.", nullable=False, values=("party", "state", "org", "unknown")),
        Column("type", pa.string(), "Type of document.", nullable=False),
        Column("key", pa.string(), "Canonical number, as most often printed.", nullable=False),
        Column("issuer", pa.string(), "Issuing body.", null="not resolved"),
        Column("issuer_code", pa.string(), "Issuer part of `document_id`.", nullable=False),
        Column("year", pa.int32(), "Year of issue.", null="no text gives it"),
        Column("date", pa.date32(), "Day of issue, as most mentions give it.", null="no text gives it"),
        Column("mentions", pa.int64(), "Mentions in all articles.", nullable=False),
        Column("articles", pa.int64(), "Articles that mention it.", nullable=False),
        _FLAGS,
    ),
)  # fmt: skip

INDICATORS = Table(
    "indicators",
    "Province by period panel of named indicators, each value resolved to one figure.",
    ("indicator_row_id",),
    (
        Column("indicator_row_id", pa.string(), "Hash of indicator, province, scope, period and figure.", nullable=False),
        Column("indicator", pa.string(), "Key of the indicator.", nullable=False, example="dvk_models_total"),
        Column("name_vi", pa.string(), "Vietnamese name.", nullable=False),
        Column("name_en", pa.string(), "English name.", nullable=False),
        Column("unit", pa.string(), "Unit of `value`.", nullable=False),
        Column("province", pa.string(), "Province at the time.", nullable=False, references="provinces.province"),
        Column("province_now", pa.string(), "Province after 1 July 2025 that holds this territory.", nullable=False,
               caveat="Add provinces up only within one `scheme`, and only where the indicator may be added."),
        Column("scheme", pa.string(), "Division of the country that `province` belongs to.", nullable=False, values=("2008", "2025")),
        Column("scope", pa.string(), "`province`, or what part of it the number speaks for.", nullable=False),
        Column("period_start", pa.date32(), "First day.", null="a state as of `period_end`"),
        Column("period_end", pa.date32(), "Last day.", nullable=False),
        Column("value", NUMBER, "Value in `unit`.", nullable=False),
        Column("denominator", NUMBER, "Of a ratio, score or rank.", null="has none"),
        Column("qualifier", pa.string(), "Hedge printed with the number.", nullable=False, values=QUALIFIERS),
        Column("chosen", pa.bool_(), "True on the one row to use for this indicator, province, scope and period.", nullable=False),
        Column("reason", pa.string(), "Why it was chosen or passed over.", nullable=False),
        Column("additive", pa.bool_(), "Whether provinces may be added up.", nullable=False),
        Column("figure_id", pa.string(), "The figure.", nullable=False, references="figures.figure_id"),
        Column("article_id", pa.string(), "The article.", nullable=False, references="articles.article_id"),
        Column("portal", pa.string(), "The portal.", nullable=False),
        Column("sentence", pa.string(), "The sentence that states it.", nullable=False),
        Column("published_on", pa.date32(), "When the article came out.", null="unknown"),
        Column("cluster_id", pa.string(), "Cluster of duplicates that the article belongs to.", null="no duplicate found"),
        Column("confidence", NUMBER, "0 to 1.", nullable=False),
        _FLAGS,
    ),
)  # fmt: skip

DUPLICATES = Table(
    "duplicates",
    "Articles that carry the same text, across portals; one row per member of a cluster of two or more.",
    ("article_id",),
    (
        Column("cluster_id", pa.string(), "Hash of the cluster's likely original.", nullable=False),
        _ARTICLE_ID,
        _PORTAL,
        Column("original_id", pa.string(), "Article that is likely the original.", nullable=False, references="articles.article_id"),
        Column("is_original", pa.bool_(), "Whether this row is it.", nullable=False),
        Column("similarity", NUMBER, "Jaccard similarity of word shingles with the original, 0 to 1.", nullable=False),
        Column("reason", pa.string(), "Why the original was chosen (`credited_source`, `earlier`, `longer`, `id`).", nullable=False),
    ),
)  # fmt: skip

AUDITS = Table(
    "audits",
    "Arithmetic that the text itself allows to check.",
    ("audit_id",),
    (
        Column("audit_id", pa.string(), "Hash of article, rule and figures.", nullable=False),
        _ARTICLE_ID,
        _PORTAL,
        Column("rule", pa.string(), "Which check.", nullable=False, example="parts_total"),
        Column("figure_ids", TEXTS, "Figures involved.", nullable=False),
        Column("arithmetic", pa.string(), "The sum as a person would write it.", nullable=False, example="573 + 253 + 198 + 91 = 1115"),
        Column("computed", NUMBER, "What the arithmetic gives.", null="nothing to compute (an impossible date)"),
        Column("stated", NUMBER, "What the text states.", null="nothing stated"),
        Column("verdict", pa.string(), "Whether they agree.", nullable=False, values=("holds", "differs", "impossible")),
    ),
)  # fmt: skip

PORTALS = Table(
    "portals",
    "One row per portal of the registry, with its state after this night.",
    ("portal",),
    (
        _PORTAL,
        Column("name", pa.string(), "Name.", nullable=False),
        Column("host", pa.string(), "Host.", nullable=False),
        Column("province", pa.string(), "Province that the portal speaks for when its record begins.", null="central", references="provinces.province"),
        Column("province_now", pa.string(), "The same after 1 July 2025.", null="central", references="provinces.province"),
        Column("family", pa.string(), "Family of CMS.", nullable=False),
        Column("evidence", pa.string(), "How the record is known.", nullable=False, values=("seen", "inferred", "unknown")),
        Column("state", pa.string(), "State after the last night.", nullable=False, values=STATES),
        Column("failure_class", pa.string(), "Class of the failure or degradation.", null="none", values=FAILURE_CLASSES),
        Column("stale", pa.bool_(), "True when its rows are older than the last night.", nullable=False),
        Column("last_good_at", UTC_TIME, "End of the last good crawl.", null="never"),
        Column("failing_since", UTC_TIME, "Start of the first failed crawl since then.", null="not failing"),
        Column("articles", pa.int64(), "Articles in this release.", nullable=False),
        Column("newest", pa.date32(), "Newest day of publication in this release.", null="none known"),
    ),
)  # fmt: skip

PROVINCES = Table(
    "provinces",
    "Provinces with validity and successor: the 63 until 30 June 2025 and the 34 since.",
    ("scheme", "province"),
    (
        Column("scheme", pa.string(), "Division: `2008` (63) or `2025` (34).", nullable=False, values=("2008", "2025")),
        Column("province", pa.string(), "Slug, unique within the scheme.", nullable=False, example="ha-giang"),
        Column("name", pa.string(), "Name.", nullable=False),
        Column("type", pa.string(), "`tinh` or `thanh_pho_tw`.", nullable=False),
        Column("gso_code", pa.string(), "Code of the statistics office.", nullable=False, caveat="Codes change meaning between schemes."),
        Column("iso3166_2", pa.string(), "ISO 3166-2 code.", null="the 2025 division has none yet"),
        Column("successor", pa.string(), "Province of the 2025 division that holds this territory.", nullable=False),
        Column("change", pa.string(), "What 1 July 2025 did to it.", nullable=False),
        Column("valid_from", pa.date32(), "First day.", null="before this table begins"),
        Column("valid_to", pa.date32(), "Last day.", null="still valid"),
    ),
)  # fmt: skip

REJECTS = Table(
    "rejects",
    "Pages and rows that could not be read, each with its reason.",
    ("reject_id",),
    (
        Column("reject_id", pa.string(), "Hash of package, address, stage and reason.", nullable=False),
        _PORTAL,
        Column("url", pa.string(), "Canonical address of the page.", nullable=False),
        Column("stage", pa.string(), "Where it stopped.", nullable=False, values=("fetch", "decode", "layout", "rows", "release")),
        Column("reason", pa.string(), "Why, as a short code.", nullable=False, example="not_text"),
        Column("detail", pa.string(), "Why, in words.", nullable=False),
        Column("package", pa.string(), "Raw package that holds the page.", nullable=False),
        Column("page_sha256", pa.string(), "SHA-256 of the page's bytes.", null="nothing was received"),
        Column("fetched_at", UTC_TIME, "When it was fetched.", nullable=False),
    ),
)  # fmt: skip

RUNS = Table(
    "runs",
    "One row per portal and run: the history of the nights.",
    ("run_id", "portal"),
    (
        Column("run_id", pa.string(), "The run.", nullable=False),
        _PORTAL,
        Column("command", pa.string(), "What was asked for.", nullable=False, values=("nightly", "backfill", "rerun", "rebuild", "ingest", "demo")),
        Column("started_at", UTC_TIME, "Start.", nullable=False),
        Column("finished_at", UTC_TIME, "End.", null="killed"),
        Column("outcome", pa.string(), "Pages, declared empty, or failed.", nullable=False, values=OUTCOMES),
        Column("state", pa.string(), "State of the portal after it.", nullable=False, values=STATES),
        Column("failure_class", pa.string(), "Class of a failure or degradation.", null="none", values=FAILURE_CLASSES),
        Column("message", pa.string(), "What happened, in words.", null="nothing to say"),
        Column("pages", pa.int64(), "Pages fetched.", nullable=False),
        Column("unchanged", pa.int64(), "Known pages that answered 304.", nullable=False),
        Column("new_articles", pa.int64(), "Articles not seen before.", nullable=False),
        Column("changed_articles", pa.int64(), "Articles whose text changed.", nullable=False),
        Column("figures", pa.int64(), "Figures read.", nullable=False),
        Column("rejects", pa.int64(), "Rejects.", nullable=False),
        Column("seconds", NUMBER, "Wall time.", nullable=False, unit="s"),
    ),
)  # fmt: skip

TABLES: Final[dict[str, Table]] = {
    table.name: table
    for table in (
        ARTICLES, FIGURES, CITATIONS, PLACES, IMAGES, ATTACHMENTS, TABLE_CELLS,
        DOCUMENTS, INDICATORS, DUPLICATES, AUDITS, PORTALS, PROVINCES, REJECTS, RUNS,
    )
}  # fmt: skip
PARTITIONED: Final = tuple(name for name, table in TABLES.items() if table.partitioned)
PAGE_TABLES: Final = (*PARTITIONED, "audits", "rejects")
"""Tables that one page gives rows for; the others are derived from these when a release is assembled."""


_EXAMPLES: Final[dict[str, str]] = {
    "url": "https://baohagiang.vn/xa-hoi/202402/hien-dat-mo-duong-818904",
    "title": "Hiến đất mở đường ở Nậm Lúc",
    "lead": "BHG - Từ một con đường mòn, …",
    "articles.text": "Hiến đất mở đường ở Nậm Lúc\\nBHG - Từ một con đường mòn, …",
    "section": "Xã hội",
    "tags": "['dân vận khéo']",
    "author_roles": "['Trưởng Ban Dân vận Tỉnh ủy']",
    "published_at": "2024-02-20 07:30:00+07:00",
    "published_on": "2024-02-20",
    "published_evidence": "page",
    "published_after": "2024-02-01",
    "published_before": "2024-02-21",
    "extraction": "layout",
    "flags": "['leading_zero']",
    "signature": "256 bytes",
    "text_sha256": "9f86d081884c7d65…",
    "page_sha256": "60303ae22b998861…",
    "package": "raw/baohagiang/20240220T183000Z-nightly",
    "first_fetched_at": "2024-02-20 18:30:05+00:00",
    "fetched_at": "2024-02-20 18:30:05+00:00",
    "figure_id": "8d1f0c2a96e4b753",
    "writing": "digits",
    "figures.kind": "count",
    "figures.value": "1286.0",
    "value_max": "20.0",
    "denominator": "18.0",
    "qualifier": "exact",
    "change": "level",
    "period_start": "2023-01-01",
    "period_end": "2023-12-31",
    "modality": "actual",
    "alt_value": "5.953",
    "category": "lĩnh vực kinh tế",
    "figures.scope": "toàn tỉnh",
    "place": "huyện Yên Minh",
    "sentence_start": "610",
    "sentence_end": "742",
    "confidence": "0.99",
    "citation_id": "51c0e7fa3b2d8896",
    "date": "2013-06-03",
    "relation": "thực hiện",
    "related_key": "21-QC/TU",
    "place_mention_id": "a40d3c87e51b29f6",
    "level": "district",
    "scheme": "2008",
    "province": "ha-giang",
    "province_now": "tuyen-quang",
    "candidates": "['2008/an-giang/chau-thanh', '2008/long-an/chau-thanh']",
    "position": "0",
    "images.url": "https://baohagiang.vn/file/…/022024/duong-moi_20240220070847.jpg",
    "caption": "Nhân dân xã Nậm Lúc mở đường. Ảnh: Thanh Nam",
    "attachments.name": "Kế hoạch 112.pdf",
    "attachments.url": "https://hoabinh.gov.vn/SiteAssets/ke-hoach-112.pdf",
    "table": "0",
    "row": "1",
    "column": "1",
    "table_cells.text": "1.106",
    "table_cells.value": "1106.0",
    "table_cells.unit": "lượt",
    "documents.document_id": "vn.party:tw:NQ:25:2013",
    "documents.key": "25-NQ/TW",
    "documents.issuer": "Ban Chấp hành Trung ương",
    "documents.type": "Nghị quyết",
    "article_id": "3f1c9a0d5b7e2468",
    "portal": "baohagiang",
    "system": "party",
    "issuer_code": "tw",
    "documents.year": "2013",
    "mentions": "12",
    "documents.articles": "7",
    "indicator_row_id": "c7e2910f8d4a35b6",
    "name_vi": "Xã đạt chuẩn nông thôn mới",
    "name_en": "Communes that meet the new-countryside standard",
    "indicators.unit": "xã",
    "indicators.scope": "province",
    "indicators.value": "80.0",
    "chosen": "true",
    "reason": "only_statement",
    "additive": "true",
    "sentence": "Đến 30/11/2023, toàn tỉnh có 80 xã đạt chuẩn.",
    "cluster_id": "d2f7a1c8b0e94653",
    "original_id": "3f1c9a0d5b7e2468",
    "is_original": "false",
    "similarity": "0.93",
    "duplicates.reason": "credited_source",
    "audit_id": "0b9d6e3f72c148a5",
    "figure_ids": "['8d1f0c2a96e4b753']",
    "computed": "62.02",
    "stated": "61.24",
    "verdict": "differs",
    "portals.name": "Báo Hà Giang",
    "host": "baohagiang.vn",
    "family": "file-uuid",
    "evidence": "seen",
    "state": "ok",
    "failure_class": "layout_changed",
    "stale": "false",
    "last_good_at": "2024-02-20 18:34:11+00:00",
    "failing_since": "2024-02-21 18:30:00+00:00",
    "portals.articles": "5120",
    "newest": "2024-02-20",
    "provinces.name": "Hà Giang",
    "type": "tinh",
    "gso_code": "02",
    "iso3166_2": "VN-03",
    "successor": "tuyen-quang",
    "provinces.change": "merged_name_lost",
    "valid_from": "2025-07-01",
    "valid_to": "2025-06-30",
    "reject_id": "77ab1c5e0d3f9248",
    "stage": "layout",
    "detail": "no block of text longer than 200 characters",
    "run_id": "20240220T183000Z-nightly",
    "command": "nightly",
    "started_at": "2024-02-20 18:30:00+00:00",
    "finished_at": "2024-02-20 18:34:11+00:00",
    "outcome": "pages",
    "message": "blocked: the first page is a cookie challenge",
    "pages": "48",
    "unchanged": "31",
    "new_articles": "9",
    "changed_articles": "1",
    "runs.figures": "143",
    "runs.rejects": "2",
    "seconds": "251.4",
}


def example(table: str, column: str) -> str:
    """Return an example value of a column, as text; KeyError when the contract gives none."""
    own = TABLES[table].column(column).example
    return own or _EXAMPLES.get(f"{table}.{column}") or _EXAMPLES[column]


def schema(name: str) -> pa.Schema:
    """Return the Arrow schema of table `name`, with meanings, units and caveats as field metadata."""
    table = TABLES[name]
    return pa.schema(
        [pa.field(c.name, c.type, nullable=c.nullable, metadata=_metadata(c)) for c in table.columns],
        metadata={"table": table.name, "meaning": table.meaning, "key": ",".join(table.key)},
    )


def _metadata(column: Column) -> dict[str, str]:
    parts: Iterable[tuple[str, Any]] = (
        ("meaning", column.meaning),
        ("unit", column.unit),
        ("null", column.null),
        ("caveat", column.caveat),
        ("values", "|".join(column.values) or None),
        ("references", column.references),
    )
    return {key: value for key, value in parts if value}
