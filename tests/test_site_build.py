"""The report's files: what they hold, that they stay where they belong, and that nothing from a page becomes markup."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import site_fakes as fakes
import warehouse_fakes

from transforms import provinces
from warehouse import contracts, release
from warehouse.site import SiteError, build, panel
from warehouse.site import night as nights
from warehouse.site.build import PAGES, POLICY
from warehouse.site.output import Output, Spool, gzipped
from warehouse.site.release import Following, SiteRelease
from warehouse.site.shards import PER_SHARD, USUAL, bits_of, shard_of
from warehouse.site.wording import LANGUAGES, island, messages, number
from warehouse.store import open_root

SECOND = "20260302T190000Z-0123abcd"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release folder with its site built into it."""
    folder = fakes.release(tmp_path_factory.mktemp("releases"), fakes.world())
    build(folder, folder / "site")
    return folder


def unpacked(path: Path) -> Any:
    return json.loads(gzip.decompress(path.read_bytes()))


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# --- what stands in them --------------------------------------------------------------------------------------------


def test_every_article_is_found_whole_with_all_that_hangs_on_it(world: Path) -> None:
    tables = fakes.world()
    found = {key: told for path in (world / "site/data/find").iterdir() for key, told in unpacked(path).items()}
    assert set(found) == {row["article_id"] for row in tables["articles"]}
    for row in tables["articles"]:
        record = unpacked(world / f"site/data/articles/{found[row['article_id']]['at']}.json.gz")[row["article_id"]]
        assert (record["title"], record["text"], record["url"]) == (row["title"], row["text"], row["url"])
        for table in ("figures", "citations", "places", "images", "attachments", "table_cells"):
            mine = [child for child in tables[table] if child["article_id"] == row["article_id"]]
            assert len(record.get(table, [])) == len(mine)
        for figure in record.get("figures", []):
            assert record["text"][figure["start"] : figure["end"]] == figure["surface"]
            told = next(f for f in tables["figures"] if f["figure_id"] == figure["figure_id"])
            assert all(figure.get(name, USUAL[name]) == told[name] for name in USUAL)
            assert figure.get("alt_value") == told["alt_value"]


def test_the_finder_tells_duplicates_checks_and_indicators(world: Path) -> None:
    shown = next(row for row in fakes.world()["articles"] if row["url"].endswith("/1"))["article_id"]
    told = unpacked(world / f"site/data/find/{shown[:2]}.json.gz")[shown]
    assert [copy["original"] for copy in told["copies"]] == [True, False]
    assert told["checks"][0]["verdict"] == "holds"
    assert {key for _, key in told["indicators"]} == {"dvk_models_total", "poverty_rate_pct"}


def test_the_list_has_every_article_once_newest_first(world: Path) -> None:
    blocks = [unpacked(path) for path in sorted((world / "site/data/list").iterdir(), reverse=True)]
    listed = [article for block in blocks for article in block["id"]]
    assert sorted(listed) == sorted(row["article_id"] for row in fakes.world()["articles"])
    days = [block["names"]["day"][place] for block in blocks for place in block["day"]]
    assert days == sorted(days, reverse=True)


def test_a_lead_is_cut_at_a_word(tmp_path: Path) -> None:
    long = "từng " * 100
    folder = fakes.release(
        tmp_path, {"articles": [fakes.article(1, "Tít", long, lead=long), fakes.article(2, "Tít", "Ngắn.")]}
    )
    build(folder, folder / "site")
    leads = unpacked(next((folder / "site/data/list").iterdir()))["lead"]
    assert sorted(map(len, leads)) == [5, 241]
    assert max(leads, key=len).endswith("từng …")


def test_an_article_without_a_date_stands_under_the_best_bound_there_is(tmp_path: Path) -> None:
    folder = fakes.release(
        tmp_path,
        {
            "articles": [
                fakes.article(1, "a", day=None, published_after=date(2024, 5, 6), published_before=date(2026, 3, 1)),
                fakes.article(2, "b", day=None, published_before=date(2026, 2, 3)),
                fakes.article(3, "c", day=None),
                fakes.article(4, "d", day=date(2026, 2, 1)),
            ]
        },
    )
    build(folder, folder / "site")
    block = unpacked(next((folder / "site/data/list").iterdir()))
    told = {block["title"][i]: (block["names"]["day"][block["day"][i]], block["dated"][i]) for i in range(4)}
    # 18:40 UTC is the next day in Vietnam.
    assert told == {"a": ("2024-05-06", 2), "b": ("2026-02-03", 0), "c": ("2026-03-02", 0), "d": ("2026-02-01", 1)}


def test_a_release_of_nothing_has_pages_too(tmp_path: Path) -> None:
    folder = fakes.release(tmp_path, {})
    build(folder, folder / "site")
    assert "tinhuy nightly" in (folder / "site/index.html").read_text("utf-8")
    assert {path.name for path in (folder / "site").glob("*.html")} == {f"{page}.html" for page in PAGES}


@pytest.mark.parametrize(
    ("articles", "bits"),
    [(0, 0), (1, 0), (PER_SHARD, 0), (PER_SHARD + 1, 1), (2 * PER_SHARD, 1), (2 * PER_SHARD + 1, 2), (50_000, 11)],
)
def test_the_number_of_files_follows_the_number_of_articles(articles: int, bits: int) -> None:
    assert bits_of(articles) == bits


def test_a_file_is_named_by_the_leading_bits_of_an_id() -> None:
    assert [shard_of("ffff0000aaaabbbb", bits) for bits in (0, 1, 4, 9)] == ["0", "1", "f", "1ff"]


# --- the same bytes, and only what changed --------------------------------------------------------------------------


def test_the_same_release_gives_the_same_bytes_wherever_it_is_built(world: Path, tmp_path: Path) -> None:
    fresh = fakes.release(tmp_path / "elsewhere", fakes.world())
    build(fresh, tmp_path / "site")
    assert contents(tmp_path / "site") == contents(world / "site")


def test_texts_that_pass_through_files_give_the_same_bytes(
    world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Spool.__init__, "__defaults__", (10,))
    fresh = fakes.release(tmp_path / "elsewhere", fakes.world())
    build(fresh, tmp_path / "site")
    assert contents(tmp_path / "site") == contents(world / "site")


def test_the_next_release_shares_what_did_not_change(tmp_path: Path) -> None:
    tables = fakes.world()
    first = fakes.release(tmp_path, tables)
    build(first, first / "site")
    for row in tables["articles"]:
        if row["portal"] == "baonui":
            row["lead"] = "Đã sửa."
    second = fakes.release(tmp_path, tables, SECOND, previous=first.name)
    build(second, second / "site")
    shards = sorted((second / "site/data/articles").rglob("*.gz"))
    shared = {path for path in shards if path.stat().st_nlink > 1}
    assert {path.relative_to(second / "site/data/articles").parts[0] for path in shards if path not in shared} == {
        "baonui"
    }
    assert shared
    build(second, tmp_path / "fresh", previous=tmp_path / "nowhere")
    assert contents(tmp_path / "fresh") == contents(second / "site")
    build(second, tmp_path / "public")
    assert contents(tmp_path / "public") == contents(second / "site")
    assert all(path.stat().st_nlink == 1 for path in (tmp_path / "public").rglob("*.gz")), (
        "a copy outside never shares files"
    )


def test_old_blocks_of_the_list_stay_when_a_night_adds_articles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.site.listing.PER_BLOCK", 20)
    articles = [fakes.article(n, f"Tin {n}", day=date(2025, 1, 1) + timedelta(days=n)) for n in range(95)]
    build(fakes.release(tmp_path, {"articles": articles}), tmp_path / "one")
    articles.append(fakes.article(99, "Tin mới", day=date(2025, 4, 10)))
    build(fakes.release(tmp_path, {"articles": articles}, SECOND), tmp_path / "two")
    one, two = (contents(tmp_path / name / "data/list") for name in ("one", "two"))
    assert len(one) == 5
    assert [path for path in one if one[path] != two[path]] == [max(one)]


def test_a_damaged_site_before_is_no_obstacle(tmp_path: Path) -> None:
    first = fakes.release(tmp_path, fakes.world())
    build(first, first / "site")
    lost = next((first / "site/data/articles/baosong").rglob("*.gz"))
    lost.unlink()
    (first / "site/data/list").rename(first / "site/data/gone")
    second = fakes.release(tmp_path, fakes.world(), SECOND, previous=first.name)
    build(second, second / "site")
    assert (second / "site" / lost.relative_to(first / "site")).is_file()
    (first / "site/site.json").write_text("{", encoding="utf-8")
    build(second, second / "site")


def test_compression_depends_on_the_data_alone() -> None:
    assert gzipped(b"abc" * 99) == gzipped(b"abc" * 99)
    assert gzip.decompress(gzipped(b"abc" * 99)) == b"abc" * 99
    assert gzipped(b"")[4:8] == bytes(4), "no clock in it"


def test_assembling_a_release_builds_its_site(tmp_path: Path) -> None:
    root = open_root(create=True, address=tmp_path / "data")
    warehouse_fakes.crawl(root, "mot", warehouse_fakes.crawl_of(0), [warehouse_fakes.Story(n) for n in range(40)])
    made = warehouse_fakes.publish(root, ["mot"], finish=lambda folder: build(folder, folder / "site"))
    assert made is not None
    told = {entry["path"] for entry in made.manifest["site"]}
    assert {"site/index.html", "site/site.json", "site/static/site.css"} <= told
    assert release.current(root) == made
    warehouse_fakes.crawl(root, "mot", warehouse_fakes.crawl_of(1), [warehouse_fakes.Story(99, day=date(2025, 5, 5))])
    after = warehouse_fakes.publish(root, ["mot"], finish=lambda folder: build(folder, folder / "site"))
    assert after is not None
    old = next((tmp_path / "data" / after.path / "site/data/articles/mot/2026").iterdir())
    assert old.stat().st_nlink == 2, "the partition of 2026 did not change"


def test_a_release_that_lies_elsewhere_is_read_through_its_root(tmp_path: Path) -> None:
    root = open_root(create=True, address=tmp_path / "data")
    warehouse_fakes.crawl(root, "mot", warehouse_fakes.crawl_of(0), [warehouse_fakes.Story(n) for n in range(3)])
    made = warehouse_fakes.publish(root, ["mot"])
    assert made is not None
    build(made, tmp_path / "one")
    build(tmp_path / "data" / made.path, tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


# --- only inside, only ours -----------------------------------------------------------------------------------------


def test_a_folder_of_something_else_is_left_alone(world: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SiteError, match="something else"):
        build(world, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_an_earlier_site_is_replaced_whole(world: Path, tmp_path: Path) -> None:
    build(world, tmp_path / "site")
    (tmp_path / "site/old.html").write_text("old", encoding="utf-8")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.txt").write_text("kept", encoding="utf-8")
    (tmp_path / "site/link").symlink_to(outside)
    build(world, tmp_path / "site")
    assert contents(tmp_path / "site") == contents(world / "site")
    assert (outside / "kept.txt").is_file(), "a link is removed, what it leads to is not"


@pytest.mark.parametrize("name", ["", "/etc/x", "../x", "data/../../x", "_tmp", "data/_x"])
def test_names_of_files_stay_inside(tmp_path: Path, name: str) -> None:
    with pytest.raises(SiteError, match="no name for a page"), Output(tmp_path / "site") as out:
        out.write(name, b"x")
    assert list((tmp_path / "site").iterdir()) == []


@pytest.mark.parametrize("content", [None, "{", "[]", "{}", '{"id": "x", "files": [{"table": "nothing"}]}'])
def test_what_is_no_release_is_said_so(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "release.json").write_text(content, encoding="utf-8")
    with pytest.raises(SiteError, match="no release"):
        build(tmp_path, tmp_path / "site")


@pytest.mark.parametrize("key", ["../x", "a/b", "", "A", "a" * 65])
def test_an_indicator_with_an_odd_key_is_refused(tmp_path: Path, key: str) -> None:
    tables = fakes.world()
    tables["indicators"][0]["indicator"] = key
    with pytest.raises(SiteError, match="no key of an indicator"):
        build(fakes.release(tmp_path, tables), tmp_path / "site")


def test_rows_out_of_order_are_not_lost_silently(tmp_path: Path) -> None:
    tables = fakes.world()
    tables["figures"].reverse()
    with pytest.raises(SiteError, match="out of order"):
        build(fakes.release(tmp_path, tables), tmp_path / "site")


def test_following_takes_each_articles_rows() -> None:
    following = Following([{"article_id": a, "n": n} for n, a in enumerate("aabd")], "figures")
    assert [[row["n"] for row in following.take(a)] for a in "abcd"] == [[0, 1], [2], [], [3]]
    following.close()


# --- hostile and strict ---------------------------------------------------------------------------------------------


class _Page(HTMLParser):
    """What a browser would make of a page: elements with their attributes, and the text of scripts."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


@pytest.mark.parametrize("page", PAGES)
def test_pages_keep_their_own_policy(world: Path, page: str) -> None:
    elements = _Page(world / "site" / f"{page}.html").elements
    policies = [
        a["content"] for tag, a in elements if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policies == [POLICY]
    for tag, attributes in elements:
        assert tag not in ("style", "iframe", "object", "embed", "img", "base")
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        if tag == "script":
            assert "src" in attributes or attributes.get("type") == "application/json"
        for name in ("src", "href"):
            address = attributes.get(name)
            if address:
                parts = urlsplit(address)
                assert not parts.scheme
                assert not parts.netloc
                assert not parts.path or (world / "site" / parts.path).is_file(), address


@pytest.mark.parametrize("page", PAGES)
def test_ids_are_unique_and_what_is_referred_to_is_there(world: Path, page: str) -> None:
    elements = _Page(world / "site" / f"{page}.html").elements
    ids = [a["id"] for _, a in elements if a.get("id")]
    assert len(ids) == len(set(ids))
    for _, attributes in elements:
        for name in ("aria-labelledby", "aria-describedby", "for"):
            assert attributes.get(name, ids[0] if ids else None) in ids
        address = attributes.get("href") or ""
        if address.startswith("#"):
            assert address[1:] in ids


def test_a_hostile_title_is_text_in_every_file(world: Path) -> None:
    for path in (world / "site").glob("*.html"):
        text = path.read_text("utf-8")
        assert "<img" not in text
        assert "<script>" not in text
    night = (world / "site/index.html").read_text("utf-8")
    assert "&lt;img src=x onerror=&#34;window.hacked=1&#34;&gt;&lt;/script&gt;" in night


@pytest.mark.parametrize("text", [fakes.HOSTILE, "<!--<script>", "\u2028\u2029&amp;", "]]>"])
def test_data_in_a_page_cannot_end_its_element(text: str) -> None:
    told = str(island({"a": text}))
    assert json.loads(told) == {"a": text}
    assert not set("<>&\u2028\u2029") & set(told)


# --- the night ------------------------------------------------------------------------------------------------------


def test_the_night_says_what_is_broken_and_what_to_run(world: Path) -> None:
    night = nights.read(SiteRelease(world))
    told = {p.row["portal"]: p for p in night.portals}
    assert [p.row["portal"] for p in night.portals] == ["baosong", "baobien", "baomoi", "baonui"]
    assert (night.broken, night.stale, night.new, night.run) == (2, 1, 5, "20260301T183000Z-nightly")
    assert told["baosong"].command == "tinhuy rerun 20260301T183000Z-nightly baosong"
    assert told["baobien"].command == "tinhuy diagnose baobien"
    assert told["baomoi"].command == "tinhuy nightly baomoi"
    assert told["baonui"].command == ""
    assert (told["baonui"].usual, told["baosong"].usual, told["baomoi"].usual) == (11, 4, None)


def test_a_night_without_a_run_is_a_gap(world: Path) -> None:
    night = nights.read(SiteRelease(world))
    assert len(night.volumes) == 20
    # 18:30 UTC on 1 March is 2 March in Vietnam.
    assert (night.volumes[-1].day, night.volumes[-1].new, night.volumes[-1].failed) == (date(2026, 3, 2), 5, 1)
    assert [v.day for v in night.volumes if not v.ran] == [date(2026, 2, 27)]
    strip = dict(next(p for p in night.portals if p.row["portal"] == "baonui").strip)
    assert (len(strip), strip[date(2026, 2, 27)], strip[date(2026, 3, 2)]) == (14, "none", "ok")


def _run(hour: int, portal: str, outcome: str, command: str = "nightly", new: int = 1) -> fakes.Row:
    started = datetime(2026, 3, 1, hour, tzinfo=UTC)
    return fakes.filled(
        "runs",
        run_id=f"r{hour:02d}",
        portal=portal,
        command=command,
        started_at=started,
        outcome=outcome,
        state="failed" if outcome == "failed" else "ok",
        new_articles=new,
    )


def test_a_portal_mended_the_same_night_is_well(tmp_path: Path) -> None:
    portals = [fakes.filled("portals", portal=p, name=p, host=p, state="ok") for p in ("mot", "hai")]
    runs = [
        _run(1, "mot", "failed", new=0),
        _run(1, "hai", "pages"),
        _run(2, "mot", "pages", "rerun", 4),
        _run(3, "mot", "pages", "rebuild", 99),
    ]
    night = nights.read(SiteRelease(fakes.release(tmp_path, {"portals": portals, "runs": runs})))
    assert (night.run, night.command, night.new, night.finished_at) == ("r02", "rerun", 4, None)
    assert [(v.new, v.failed) for v in night.volumes] == [(5, 0)]


def test_newest_articles_are_those_first_seen_last_night(tmp_path: Path) -> None:
    old, new = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, 2, tzinfo=UTC)
    articles = [
        fakes.article(1, "Bài cũ đăng sau", day=date(2026, 2, 27), first_fetched_at=old),
        fakes.article(2, "Bài vừa về", day=date(2026, 2, 1), first_fetched_at=new),
    ]
    runs = [_run(1, "baonui", "pages")]
    folder = fakes.release(tmp_path, {"articles": articles, "runs": runs})
    build(folder, folder / "site")
    page = (folder / "site/index.html").read_text("utf-8")
    assert "Bài vừa về" in page
    assert "Bài cũ đăng sau" not in page


# --- words ----------------------------------------------------------------------------------------------------------


def test_every_word_is_there_in_both_languages_with_the_same_places() -> None:
    for key, told in messages().items():
        assert set(told) == set(LANGUAGES)
        assert key == "qualifier.exact" or all(told.values()), key
        assert len({frozenset(re.findall(r"\{(\w+)\}", text)) for text in told.values()}) == 1, key


def test_every_word_asked_for_exists_and_every_word_is_asked_for() -> None:
    folder = resources.files("warehouse.site")
    sources = [
        file.read_text("utf-8")
        for part in ("templates", "static")
        for file in (folder / part).iterdir()
        if file.is_file()
    ]
    asked = {
        key
        for text in sources
        for key in re.findall(r"""["']((?:[a-z]+)\.[a-z_0-9]+)["']""", text)
        if key.split(".")[0] in _groups()
    }
    assert asked <= set(messages()), asked - set(messages())
    open_groups = {text.split(".")[0] for s in sources for text in re.findall(r"""["']([a-z]+\.)["'] ?[~+]""", s)}
    open_groups |= {group for s in sources for group in re.findall(r"""term\(["']([a-z]+)["']""", s)}
    # `t("night." ~ key)` over a list of names that stands right there.
    tally = {f"night.{key}" for key in ("new", "changed", "figures", "rejects", "stale", "total")}
    unused = {
        key for key in messages() if key not in asked | tally and key.split(".")[0] not in open_groups - {"night"}
    }
    assert not unused


def _groups() -> set[str]:
    return {key.split(".")[0] for key in messages()}


@pytest.mark.parametrize(
    ("group", "values"),
    [
        ("state", contracts.STATES),
        ("class", contracts.FAILURE_CLASSES),
        ("outcome", contracts.OUTCOMES),
        ("kind", contracts.KINDS),
        ("qualifier", contracts.QUALIFIERS),
        ("modality", contracts.MODALITIES),
        ("evidence", contracts.EVIDENCE),
        ("table", tuple(contracts.TABLES)),
    ],
)
def test_closed_lists_have_a_word_for_each_value(group: str, values: tuple[str, ...]) -> None:
    assert {f"{group}.{value}" for value in values} <= set(messages())


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (1234567, "1.234.567"), (1234.5, "1.234,5"), (0.25, "0,25"), (3.0, "3")]
)
def test_numbers_are_written_as_vietnamese_does(value: float, text: str) -> None:
    assert number(value) == text


def test_every_province_has_a_tile_of_its_own() -> None:
    tiles = panel.tiles()
    assert set(tiles) == set(provinces.provinces())
    for scheme in ("2008", "2025"):
        mine = [place for (division, _), place in tiles.items() if division == scheme]
        assert len(mine) == len(set(mine))


def test_the_tiles_lie_as_the_provinces_do() -> None:
    rows = {slug: row for (scheme, slug), (row, _) in panel.tiles().items() if scheme == "2008"}
    columns = {slug: column for (scheme, slug), (_, column) in panel.tiles().items() if scheme == "2008"}
    southwards = [
        "ha-giang",
        "ha-noi",
        "thanh-hoa",
        "nghe-an",
        "quang-tri",
        "gia-lai",
        "lam-dong",
        "ho-chi-minh",
        "ca-mau",
    ]
    assert [rows[slug] for slug in southwards] == sorted({rows[slug] for slug in southwards})
    for west, east in (
        ("dien-bien", "quang-ninh"),
        ("kon-tum", "quang-ngai"),
        ("an-giang", "ben-tre"),
        ("son-la", "hai-phong"),
    ):
        assert columns[west] < columns[east]


def test_the_dictionary_shows_every_column(world: Path) -> None:
    ids = {a.get("id") for _, a in _Page(world / "site/dictionary.html").elements}
    assert {f"{t.name}.{c.name}" for t in contracts.TABLES.values() for c in t.columns} <= ids
