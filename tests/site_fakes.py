"""Releases made of given rows, for tests and benchmarks of the report: the files and `release.json`, nothing else."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from warehouse import contracts, ids
from warehouse.tables import TableWriter, file_schema

FETCHED = datetime(2026, 3, 1, 18, 40, tzinfo=UTC)
Row = dict[str, Any]


def filled(table: str, /, **cells: Any) -> Row:
    """A whole row of a table: what is not given is null, or the plainest value where null is not allowed."""
    row: Row = {}
    for column in contracts.TABLES[table].columns:
        if column.name in cells:
            row[column.name] = cells.pop(column.name)
        elif column.type == contracts.TEXTS:
            row[column.name] = []
        elif column.nullable:
            row[column.name] = None
        elif column.values:
            row[column.name] = column.values[0]
        else:
            row[column.name] = {"string": "x", "int32": 0, "int64": 0, "double": 1.0, "bool": False}.get(
                str(column.type), FETCHED
            )
    assert not cells, f"{table} has no columns {sorted(cells)}"
    return row


def article(
    number: int, title: str, *paragraphs: str, portal: str = "baonui", day: date | None = date(2026, 2, 1), **cells: Any
) -> Row:
    """A row of `articles`."""
    url = f"https://{portal}.invalid/tin/{number}"
    told = {
        "article_id": ids.article_id(portal, url),
        "portal": portal,
        "year": (day or FETCHED.date()).year,
        "url": url,
        "title": title,
        "text": "\n".join([title, *paragraphs]),
        "published_on": day,
        "package": f"raw/{portal}/x",
        "published_evidence": "page" if day else "none",
        "extraction": "layout",
        "layout": "fake-1",
        "first_fetched_at": FETCHED,
        "fetched_at": FETCHED,
    }
    return filled("articles", **{**told, **cells})


def figure(of: Row, surface: str, value: float | None, unit: str | None = None, *, nth: int = 0, **cells: Any) -> Row:
    """A row of `figures`: the occurrence `nth` of `surface` in the article's text."""
    text, start = of["text"], -1
    for _ in range(nth + 1):
        start = text.index(surface, start + 1)
    line = text.rfind("\n", 0, start) + 1
    end = text.find("\n", start)
    told = {
        "figure_id": ids.row_id(of["article_id"], start, start + len(surface)),
        "start": start,
        "end": start + len(surface),
        "surface": surface,
        "value": value,
        "unit": unit,
        "kind": "count",
        "sentence_start": line,
        "sentence_end": end if end >= 0 else len(text),
        "confidence": 0.9,
        **_of(of),
    }
    return filled("figures", **{**told, **cells})


def citation(of: Row, key: str, **cells: Any) -> Row:
    """A row of `citations`."""
    start = of["text"].index(key)
    told = {
        "citation_id": ids.row_id(of["article_id"], start),
        "start": start,
        "end": start + len(key),
        "surface": key,
        "key": key,
        "type": "Nghị quyết",
        "document_id": f"vn.party:tw:NQ:{key}",
        "sentence_start": 0,
        "sentence_end": len(of["text"]),
        **_of(of),
    }
    return filled("citations", **{**told, **cells})


def indicator(of: Row, number: Row, province: str, scheme: str, start: date | None, end: date, **cells: Any) -> Row:
    """A row of `indicators` that a figure of an article stands behind."""
    told = {
        "indicator_row_id": ids.row_id(number["figure_id"], province, start, end, cells.get("indicator")),
        "indicator": "dvk_models_total",
        "name_vi": "Mô hình “Dân vận khéo”",
        "name_en": "“Dân vận khéo” models",
        "unit": "mô hình",
        "province": province,
        "province_now": province,
        "scheme": scheme,
        "scope": "province",
        "period_start": start,
        "period_end": end,
        "value": number["value"],
        "chosen": True,
        "reason": "only_statement",
        "additive": True,
        "figure_id": number["figure_id"],
        "article_id": of["article_id"],
        "portal": of["portal"],
        "published_on": of["published_on"],
        "sentence": of["text"][number["sentence_start"] : number["sentence_end"]],
    }
    return filled("indicators", **{**told, **cells})


def child(table: str, of: Row, /, **cells: Any) -> Row:
    """A row of another table of an article."""
    return filled(table, **{**_of(of), **cells})


def _of(of: Row) -> Row:
    return {name: of[name] for name in ("article_id", "portal", "year")}


class ReleaseWriter:
    """Writes the tables of a release row by row, in the order given."""

    def __init__(self, folder: Path, name: str = "20260301T190000Z-0123abcd", previous: str | None = None) -> None:
        self.folder = folder / name
        self._told = {"id": name, "previous": previous, "created_at": "2026-03-01T19:00:00+00:00"}
        self._open: dict[str, tuple[Any, TableWriter, Row]] = {}

    def add(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows of one table; those of a partitioned table may be of any partition."""
        by_file: dict[tuple[str | None, int | None], list[Row]] = defaultdict(list)
        for row in rows:
            key = (row["portal"], row["year"]) if contracts.TABLES[table].partitioned else (None, None)
            by_file[key].append({name: value for name, value in row.items() if name in file_schema(table).names})
        for (portal, year), some in by_file.items():
            part = f"portal={portal}/year={year}/" if portal else ""
            path = f"{table}/{part}part-0.parquet"
            if path not in self._open:
                (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
                stream = (self.folder / path).open("wb")
                entry = {"path": path, "table": table, "portal": portal, "year": year}
                self._open[path] = (stream, TableWriter(stream, file_schema(table)), entry)
            self._open[path][1].write_rows(some)

    def close(self) -> Path:
        """Finish the files, write `release.json`, return the folder."""
        for table in contracts.TABLES:
            if not contracts.TABLES[table].partitioned:
                self.add(table, [])
        files = []
        for path, (stream, writer, entry) in sorted(self._open.items()):
            writer.close()
            stream.close()
            data = (self.folder / path).read_bytes()
            files.append({**entry, "rows": writer.rows, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()})
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "release.json").write_text(json.dumps({**self._told, "files": files}), encoding="utf-8")
        return self.folder


def release(
    folder: Path,
    tables: Mapping[str, Iterable[Row]],
    name: str = "20260301T190000Z-0123abcd",
    previous: str | None = None,
) -> Path:
    """Write a release of the rows given and return its folder; articles' children must lie in the articles' order."""
    writer = ReleaseWriter(folder, name, previous)
    for table, rows in tables.items():
        writer.add(table, rows)
    return writer.close()


# --- a small world: what the pages have to show ----------------------------------------------------------------------

HOSTILE = '<img src=x onerror="window.hacked=1"></script><script>window.hacked=1</script>'
ASTRAL = "Bản làng 𠮷🌾 có 1.286 hộ, 🏳️‍🌈 e\u0323\u0302x\u0302 rồi 45,5% hộ; 𝟏𝟐 là chữ, còn 73 là số."
"""Letters outside the basic plane, a joined emoji and combining marks before and between the figures."""
_SHOWN = "Toàn tỉnh có 573 mô hình “Dân vận khéo”, trong đó 253 mô hình kinh tế; Nghị quyết số 25-NQ/TW được thực hiện."
_TOPICS = (
    "Đồng bào vùng cao chung tay làm đường",
    "Họp bàn giải pháp giảm nghèo bền vững",
    "Nông thôn mới ở xã biên giới",
    "Phụ nữ Cao Bằng góp gạo nuôi lợn đất",
    "Dân vận khéo trong giữ rừng",
    "Tiếp công dân định kỳ ở Mường Lát",
)
YEARS = ("2021", "2022", "2023", "2024")


def world() -> dict[str, list[Row]]:
    """The tables of a small release: portals in every state, hostile and unusual texts, a panel across the merger."""
    tables: dict[str, list[Row]] = {name: [] for name in contracts.TABLES}
    articles = [
        article(
            1,
            "Hà Giang: Sức dân ở Đồng Văn",
            "Đồng lòng là được.",
            _SHOWN,
            lead="Đồng lòng là được.",
            province="ha-giang",
            province_now="tuyen-quang",
            author="Giàng Mí Sơn",
            flags=["dates_disagree"],
        ),
        article(2, HOSTILE, f"Đoạn {HOSTILE} có 12 hộ.", day=date(2026, 1, 31), credited_source=HOSTILE),
        article(3, "Chữ hiếm vẫn đúng chỗ 🌾 9 lần", ASTRAL, day=date(2026, 1, 30)),
        *(
            article(
                10 + n,
                f"{_TOPICS[n % len(_TOPICS)]} (kỳ {n})",
                "Tin vắn trong tuần.",
                portal="baosong",
                day=date(2025, 1, 1 + n % 28) if n % 10 else None,
                province="cao-bang" if n % 2 else None,
                province_now="cao-bang" if n % 2 else None,
            )
            for n in range(60)
        ),
    ]
    by_number = {row["url"].rsplit("/", 1)[1]: row for row in articles}
    tables["articles"] = sorted(articles, key=lambda row: (row["portal"], row["year"]))
    shown, hostile, rare = by_number["1"], by_number["2"], by_number["3"]
    total = figure(
        shown, "573", 573.0, "mô hình", scope="toàn tỉnh", period_end=date(2025, 12, 31), period_start=date(2025, 1, 1)
    )
    tables["figures"] = [
        total,
        figure(shown, "253", 253.0, "mô hình", alt_value=0.253, category="kinh tế", flags=["parts_total_mismatch"]),
        figure(hostile, "12", 12.0, "hộ", place=HOSTILE),
        figure(rare, "9", 9.0, "lần"),
        figure(rare, "1.286", 1286.0, "hộ"),
        figure(rare, "45,5", 45.5, "%", kind="percent", qualifier="about"),
        figure(rare, "73", 73.0, None, modality="target"),
    ]
    tables["citations"] = [citation(shown, "25-NQ/TW", issuer="Ban Chấp hành Trung ương", date=date(2013, 6, 3))]
    tables["places"] = [
        child(
            "places",
            shown,
            place_mention_id="p",
            start=0,
            end=8,
            surface="Hà Giang",
            level="province",
            scheme="2008",
            place_id="2008/ha-giang",
            province="ha-giang",
        ),
    ]
    tables["images"] = [child("images", hostile, position=0, url="https://baonui.invalid/a.jpg", caption=HOSTILE)]
    tables["attachments"] = [
        child("attachments", shown, position=0, name="Báo cáo.pdf", url="https://baonui.invalid/bao-cao.pdf"),
        child("attachments", shown, position=1, name="Bấm vào đây", url="javascript:window.hacked=1"),
    ]
    tables["table_cells"] = [
        child("table_cells", shown, table=0, row=r, column=c, text=text, value=told)
        for r, c, text, told in (
            (0, 0, "Chỉ tiêu", None),
            (0, 1, "Năm 2025", None),
            (1, 0, "Mô hình", None),
            (1, 1, "1.286", 1286.0),
        )
    ]
    tables["indicators"] = _panel(shown, total, hostile)
    tables["provinces"] = [
        filled(
            "provinces",
            scheme=scheme,
            province=slug,
            name=name,
            successor=successor,
            type="tinh",
            gso_code="00",
            change="x",
        )
        for scheme, slug, name, successor in (
            ("2008", "cao-bang", "Cao Bằng", "cao-bang"),
            ("2008", "ha-giang", "Hà Giang", "tuyen-quang"),
            ("2008", "tuyen-quang", "Tuyên Quang", "tuyen-quang"),
            ("2025", "cao-bang", "Cao Bằng", "cao-bang"),
            ("2025", "tuyen-quang", "Tuyên Quang", "tuyen-quang"),
        )
    ]
    tables["duplicates"] = [
        filled(
            "duplicates",
            cluster_id="c",
            article_id=row["article_id"],
            portal=row["portal"],
            original_id=shown["article_id"],
            is_original=row is shown,
            similarity=1.0 if row is shown else 0.87,
            reason="earlier",
        )
        for row in (shown, by_number["11"])
    ]
    tables["audits"] = [
        filled(
            "audits",
            audit_id="a",
            article_id=shown["article_id"],
            portal="baonui",
            rule="parts_total",
            figure_ids=[],
            arithmetic="253 + 320 = 573",
            computed=573.0,
            stated=573.0,
            verdict="holds",
        ),
    ]
    tables["portals"] = [
        _portal("baonui", f"Báo Núi {HOSTILE}", "ok", articles=3, newest=date(2026, 2, 1), last_good_at=FETCHED),
        _portal(
            "baosong", "Báo Sông", "failed", failure_class="timeout", stale=True, articles=60, failing_since=FETCHED
        ),
        _portal("baobien", "Báo Biển", "degraded", failure_class="layout_changed"),
        _portal("baomoi", "Báo Mới", "never"),
    ]
    tables["runs"] = [run for night in range(20) for run in _runs(night)]
    return tables


def _panel(of: Row, number: Row, hostile: Row) -> list[Row]:
    rows = []
    for slug, now, first in (
        ("ha-giang", "tuyen-quang", 100.0),
        ("tuyen-quang", "tuyen-quang", 50.0),
        ("cao-bang", "cao-bang", 30.0),
    ):
        for n, year in enumerate(YEARS):
            if slug == "tuyen-quang" and year == "2021":
                continue
            begin, end = date(int(year), 1, 1), date(int(year), 12, 31)
            told = {"province_now": now, "value": first + n}
            rows.append(indicator(of, number, slug, "2008", begin, end, **told))
            rows.append(
                indicator(
                    of,
                    number,
                    slug,
                    "2008",
                    begin,
                    end,
                    indicator="poverty_rate_pct",
                    name_vi="Tỷ lệ hộ nghèo",
                    name_en="Poverty rate",
                    unit="%",
                    additive=False,
                    province_now=now,
                    value=first / 10 + n / 4,
                )
            )
    begin, end = date(2025, 1, 1), date(2025, 12, 31)
    rows.append(
        indicator(
            of,
            number,
            "tuyen-quang",
            "2025",
            begin,
            end,
            value=170.5,
            qualifier="over",
            reason="chosen_of_2: stated by 2 texts",
        )
    )
    passed = {
        "chosen": False,
        "value": 999.0,
        "reason": "differs_from_chosen",
        "sentence": HOSTILE,
        "indicator_row_id": "passed",
    }
    rows.append(indicator(hostile, number, "tuyen-quang", "2025", begin, end, **passed))
    rows.append(
        indicator(
            of, number, "ha-giang", "2008", date(2024, 1, 1), date(2024, 6, 30), province_now="tuyen-quang", value=61.0
        )
    )
    return sorted(rows, key=lambda row: str(row["indicator_row_id"]))


def _portal(portal: str, name: str, state: str, **cells: Any) -> Row:
    return filled("portals", portal=portal, name=name, host=f"{portal}.invalid", state=state, **cells)


def _runs(night: int) -> list[Row]:
    """Night 0 is the last; one night did not happen."""
    if night == 3:
        return []
    started = FETCHED - timedelta(days=night, minutes=10)
    shared = {
        "run_id": f"{started:%Y%m%dT%H%M%SZ}-nightly",
        "command": "nightly",
        "started_at": started,
        "seconds": 60.0,
        "finished_at": started + timedelta(minutes=20),
    }
    last = night == 0
    return [
        filled(
            "runs",
            **shared,
            portal="baonui",
            outcome="pages",
            state="ok",
            new_articles=3 if last else 10 + night % 3,
            pages=40,
            figures=7,
        ),
        filled(
            "runs",
            **shared,
            portal="baosong",
            outcome="failed" if last else "pages",
            state="failed" if last else "ok",
            failure_class="timeout" if last else None,
            message=f"no answer {HOSTILE}" if last else None,
            new_articles=0 if last else 4,
        ),
        filled(
            "runs",
            **shared,
            portal="baobien",
            outcome="pages",
            state="degraded",
            failure_class="layout_changed",
            new_articles=2,
        ),
    ]
