"""The registry: records load whole or are refused with file, key and reason."""

from __future__ import annotations

import random
import time
from datetime import date
from pathlib import Path

import pytest

from spiders import registry
from spiders.families import FAMILIES
from spiders.families.patterns import UnsafePattern, compiled
from spiders.registry import RegistryError

GOOD = """name = "Báo Thử"
host = "baothu.vn"
province = "ha-giang"
province_now = "tuyen-quang"
family = "file-uuid"
evidence = { family = "seen", article = "seen" }
"""


def written(folder: Path, text: str, slug: str = "baothu") -> Path:
    (folder / f"{slug}.toml").write_text(text, encoding="utf-8")
    return folder


def test_bundled_records_load_and_are_honest() -> None:
    portals = registry.load()
    assert {"baohagiang", "vinhphuc", "danvan", "hoabinh", "tinhuybinhphuoc"} <= set(portals)
    assert len(portals) >= 60
    assert {portal.grade for portal in portals.values()} == {"seen", "inferred", "unknown"}
    for portal in portals.values():
        assert portal.central == (portal.province is None)
        assert portal.article_pattern
        if portal.successor:
            assert portal.successor in portals, f"{portal.slug}: successor {portal.successor} has no record"
        if portal.evidence.family == "unknown":
            assert portal.family in ("generic", "danvan"), portal.slug


def test_layouts_that_records_name_exist() -> None:
    from transforms.layouts import LAYOUTS

    for portal in registry.load().values():
        for entry in portal.layouts:
            assert entry.layout in LAYOUTS, (portal.slug, entry.layout)


def test_provinces_of_records_are_real_and_merged_rightly() -> None:
    from transforms import provinces

    for portal in registry.load().values():
        if portal.province is not None:
            assert provinces.successor(portal.province) == portal.province_now, portal.slug


def test_a_record_of_a_known_family_is_short() -> None:
    for path in registry.default_directory().glob("*.toml"):
        portal = registry.read(path)
        if portal.api is None:
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 15, path.name


def test_every_pattern_runs_in_linear_time() -> None:
    for family in FAMILIES.values():
        compiled(family.article)
    for portal in registry.load().values():
        compiled(portal.article_pattern)


@pytest.mark.parametrize(
    ("change", "key", "reason"),
    [
        (("name", None), "name", "is missing"),
        (("host", None), "host", "is missing"),
        (("family", None), "family", "is missing"),
        (("evidence", None), "evidence", "is missing"),
        (("family", '"file-uid"'), "family", "no such family"),
        (("host", '"BaoThu.vn"'), "host", "host name in lower case"),
        (("host", '"baothu.vn:8080"'), "host", "without port"),
        (("host", '"127.0.0.1"'), "host", "public host name"),
        (("host", '"localhost"'), "host", "public host name"),
        (("host", '"https://baothu.vn"'), "host", "host name"),
        (("scheme", '"ftp"'), "scheme", "http"),
        (("province", '"Hà Giang"'), "province", "match"),
        (("province_now", None), "", "stand together"),
        (("colour", '"red"'), "colour", "is not a key"),
        (("article", "'(/[a-z]+)+'"), "article", "inside another"),
        (("article", r"'/([^/]*)\1'"), "article", "back-reference"),
        (("article", "'/(?=x)y'"), "article", "look-around"),
        (("article", "'/[a-z'"), "article", "not a regular expression"),
        (("article", "'/x-\\d+/?'"), "article", "optional slash"),
        (("article", "'x-\\d+'"), "article", "begins with a slash"),
        (("article", "'/.*'"), "article", "home page"),
        (("sections", '{ "tin-tuc" = "Tin" }'), "sections", "match"),
        (("expect", "{ floor = 0 }"), "expect.floor", "greater than"),
        (("expect", "{ fill = { colour = 1.0 } }"), "expect.fill", "no such field"),
        (("expect", "{ fill = { title = 1.5 } }"), "expect.fill.title", "less than"),
        (("politeness", "{ delay = 0 }"), "politeness.delay", "greater than"),
        (("caps", "{ pages = 0 }"), "caps.pages", "greater than"),
        (("tls", '"off"'), "tls", "strict"),
        (("evidence", '{ family = "sure", article = "seen" }'), "evidence.family", "seen"),
        (("valid_from", "2025-07-01\nvalid_to = 2025-06-30"), "", "after valid_to"),
        (("slug", '"baothu"'), "slug", "file's name"),
        (("name", '"x'), "", "is not TOML"),
    ],
)
def test_a_wrong_record_is_refused_with_file_key_and_reason(
    tmp_path: Path, change: tuple[str, str | None], key: str, reason: str
) -> None:
    name, value = change
    lines = [line for line in GOOD.splitlines() if not line.startswith(f"{name} ")]
    if value is not None:
        lines.append(f"{name} = {value}")
    with pytest.raises(RegistryError) as caught:
        registry.load(written(tmp_path, "\n".join(lines) + "\n"))
    assert caught.value.file == "baothu.toml"
    assert caught.value.key.startswith(key)
    assert reason in caught.value.reason
    assert "baothu.toml" in str(caught.value)


def test_two_records_of_one_host_refuse(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    written(tmp_path, GOOD.replace('host = "baothu.vn"', 'host = "www.baothu.vn"'), "baothuhai")
    with pytest.raises(RegistryError, match=r"baothuhai\.toml: host: .* baothu\.toml"):
        registry.load(tmp_path)


def test_an_alias_may_not_be_another_portals_host(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    written(tmp_path, GOOD.replace('"baothu.vn"', '"baokhac.vn"\naliases = ["baothu.vn"]'), "khac")
    with pytest.raises(RegistryError, match="already a host"):
        registry.load(tmp_path)


@pytest.mark.parametrize("slug", ["Bao", "1bao", "bao_thu", "..", "a" * 60, "bao--thu"])
def test_a_files_name_must_be_a_slug(tmp_path: Path, slug: str) -> None:
    with pytest.raises(RegistryError) as caught:
        registry.load(written(tmp_path, GOOD, slug))
    assert caught.value.key == "slug"


def test_missing_and_empty_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="no such folder"):
        registry.load(tmp_path / "none")
    with pytest.raises(RegistryError, match="holds no portal files"):
        registry.load(tmp_path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "baothu.toml").write_bytes(b'name = "\xff\xfe"\n')
    with pytest.raises(RegistryError, match="is not UTF-8"):
        registry.load(tmp_path)


def test_families_fill_in_and_records_override(tmp_path: Path) -> None:
    portal = registry.load(written(tmp_path, GOOD + "article = '/[^/?]+/\\d{6}/[^/?]+-\\d+'\n"))["baothu"]
    assert portal.article_pattern == r"/[^/?]+/\d{6}/[^/?]+-\d+"
    assert portal.article_url("http://www.baothu.vn/x/202401/a-b-1?utm_source=z") == "https://baothu.vn/x/202401/a-b-1"
    assert portal.article_url("https://baothu.vn/x/") is None
    facts = portal.facts()
    assert facts["host"] == "baothu.vn"
    assert facts["province"] == "ha-giang"
    assert facts["layouts"] == []


def test_facts_are_the_fields_of_the_page_context() -> None:
    from dataclasses import fields

    from transforms.page import PageContext

    for portal in registry.load().values():
        assert set(portal.facts()) == {field.name for field in fields(PageContext)}


def test_a_portal_is_closed_after_its_last_day_unless_it_is_served_elsewhere() -> None:
    portal = registry.load()["baohagiang"]
    assert not portal.closed_on(date(2025, 6, 30))
    assert portal.closed_on(date(2025, 7, 1))
    assert not portal.closed_on(date(2026, 7, 1), "http://127.0.0.1:8900")


@pytest.mark.parametrize("pattern", ["(a*)*b", "(?:a+)+", "(?:[ab]+c?)+", "(a|b*)*", "x" * 700])
def test_patterns_that_may_run_for_ever_are_refused(pattern: str) -> None:
    with pytest.raises(UnsafePattern):
        compiled(pattern)


@pytest.mark.parametrize("pattern", [r"(?:/[^/?]+){0,4}/[^/?]+-\d+", r"/[a-z]+", r"(?:ab)+", r"/\d{6}/"])
def test_patterns_of_bounded_cost_are_taken(pattern: str) -> None:
    assert compiled(pattern).pattern == pattern


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?:a+)+", r"(?>(a+)+)b", r"(?:a{1,}b?)*", r"((\d+){2,40})", r"(a+){,13}", r"(?:(?:a*)){3,}", r"([]+]+)+",
        r"(?P<x>a)(?P=x)", r"(a)\1", r"(?=a)b", r"(?<!a)b", r"(?i)abc", r"(?#x)a", r"(?i:a)", r"(a)(?(1)b|c)",
        r"/.*.*.*x", r"/[a-z0-9-]*[a-z-]*[a-z]*\.html", r"(?:[a-z-]+){1,12}x", r"(?:.*a){0,3}", r"(?:a*|b*)(?:a|c*)a*x",
        r"(?:a|a)+b", r"(?:a|ab)+", r"(?:a?b?)+", "a?" * 20 + "a" * 20, r"(?:a|a){12}b", r"\\+?\\*?[^x]*y",
        "a" * 601, r"(",
    ],
)  # fmt: skip
def test_patterns_that_may_run_for_ever_or_be_read_otherwise_are_refused(pattern: str) -> None:
    with pytest.raises(UnsafePattern):
        compiled(pattern)


@pytest.mark.parametrize(
    ("pattern", "subject"),
    [
        (r"(?:/[^/?]+){1,3}/[^/?]+-\d{4,}\.html", "/a/b/c-12345.html"), (r"[^(+*]+\+{2}", "abc++"), (r"\(+\)", "((()"),
        (r"(?P<a>\d+)-(?P<b>\w*)", "12-x"), (r"(?:a|b+|c{2,})x?", "bbbx"), (r"[]a]+[^]]*", "]a]x"),
        (r"(?:\d{6}|x)*", "x"), (r"/[^/?]+-\d+-\d+\.html", "/a-b-1-22.html"), (r"(?:[a-z]+-){1,12}x", "a-b-x"),
        (r"\\+?a{1,}?b", "\\aab"), (r"(?:[^/]*/){3}[^/]*", "a/b//c"), (r"(?:a|b){12}", "ab" * 6),
        (r"(?:a{2)+", "a{2a{2"),
    ],
)  # fmt: skip
def test_sound_patterns_are_taken(pattern: str, subject: str) -> None:
    assert compiled(pattern).fullmatch(subject)


def test_no_pattern_that_is_taken_is_slow() -> None:
    """Small patterns by chance, over texts that make backtracking dear."""
    chance = random.Random(5)  # noqa: S311
    pieces = [
        "a",
        "b",
        ".",
        "[ab]",
        "[^b]",
        r"\w",
        "-",
        "/",
        "(?:",
        ")",
        "|",
        "*",
        "+",
        "?",
        "{2}",
        "{0,12}",
        "{3,}",
        "*?",
    ]
    subjects = ["a" * 60 + "!", "ab" * 30 + "!", "/a-" * 20 + "!"]
    taken = 0
    for _ in range(6000):
        try:
            pattern = compiled("".join(chance.choice(pieces) for _ in range(chance.randrange(1, 14))))
        except UnsafePattern:
            continue
        taken += 1
        began = time.process_time()
        for subject in subjects:
            pattern.fullmatch(subject)
        assert time.process_time() - began < 2, pattern.pattern  # one that runs for ever takes years
    assert taken > 500
