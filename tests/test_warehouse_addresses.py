"""Canonical addresses: one article, one spelling, and nothing that is not the portal's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.addresses import (
    MAX_LENGTH,
    AddressRules,
    HostMap,
    canonical,
    identity,
    is_article,
    is_file,
    is_loopback,
    is_private_host,
)

PAPER = AddressRules("https", "baohagiang.vn", ("baohagiang.com.vn",), r"/[^/?]+/\d{6}/[^/?]+-\d+")
LISTS = AddressRules(
    "https", "vinhphuc.gov.vn", (), r"/(?:[^/?]+/){0,6}Lists/[^/?]+/View_Detail\.aspx\?ItemID=\d+",
    case_insensitive=True, keep_query=("ItemID",),
)  # fmt: skip
NUKE = AddressRules("https", "tinhuybinhphuoc.vn", (), r"/news/[^/?]+/[^/?]+-\d+\.html")
LIFERAY = AddressRules(
    "https", "hoabinh.gov.vn", (), r"/web/guest/cms\?p_p_id=[A-Za-z0-9_]+&[A-Za-z0-9_]*_articleId=\d+",
    keep_query=("p_p_id", "*_articleId"),
)  # fmt: skip
LOOSE = AddressRules("http", "example.vn", keep_query=None)
BASE = "https://baohagiang.vn/thoi-su?page=2"
ARTICLE = "https://baohagiang.vn/xa-hoi/202402/lao-cai-thi-dua-818904"


@pytest.mark.parametrize(
    "link",
    [
        "/xa-hoi/202402/lao-cai-thi-dua-818904",
        "//baohagiang.vn/xa-hoi/202402/lao-cai-thi-dua-818904",
        "http://baohagiang.vn/xa-hoi/202402/lao-cai-thi-dua-818904",
        "HTTPS://WWW.BaoHaGiang.VN:443/xa-hoi/202402/lao-cai-thi-dua-818904",
        "https://baohagiang.com.vn/xa-hoi/202402/lao-cai-thi-dua-818904",
        "https://baohagiang.vn./xa-hoi/202402/lao-cai-thi-dua-818904",
        "/xa-hoi/202402/lao-cai-thi-dua-818904#binh-luan",
        "/xa-hoi/202402/lao-cai-thi-dua-818904?utm_source=zalo&fbclid=IwAR0",
        "/xa-hoi/202402/lao-cai-thi-dua-818904?page=3&gidzl=abc",
        "/xa-hoi/202402/lao-cai-thi-dua-818904/",
        "//baohagiang.vn//xa-hoi//202402/lao-cai-thi-dua-818904",
        "/thoi-su/../xa-hoi/./202402/lao-cai-thi-dua-818904",
        "/xa-hoi/202402/lao%2Dcai%2Dthi-dua-818904",
        "/xa-hoi/202402/lao-cai-thi-dua-818904;jsessionid=0A1B2C",
        "  /xa-hoi/202402/\nlao-cai-thi-dua-818904\t",
        "https:\\\\baohagiang.vn\\xa-hoi\\202402\\lao-cai-thi-dua-818904",
        "https://ｂaohagiang.vn/xa-hoi/202402/lao-cai-thi-dua-818904",
    ],
)
def test_one_article_has_one_address(link: str) -> None:
    assert canonical(link, PAPER, BASE) == ARTICLE
    assert is_article(ARTICLE, PAPER)


@pytest.mark.parametrize(
    "link",
    [
        "https://baohagiang.vn.evil.invalid/xa-hoi/202402/x-1",
        "https://evil-baohagiang.vn/xa-hoi/202402/x-1",
        "https://baohаgiang.vn/xa-hoi/202402/x-1",  # a Cyrillic a
        "https://b\u200baohagiang\u3002vn.evil.invalid/",
        "https://user@baohagiang.vn/xa-hoi/202402/x-1",
        "https://baohagiang.vn:pass@evil.invalid/",
        "https://baohagiang.vn@evil.invalid/",
        "https://baohagiang.vn:8443/xa-hoi/202402/x-1",
        "https://baohagiang.vn:99999/x",
        "https://127.0.0.1/xa-hoi/202402/x-1",
        "https://[::1]/x",
        "https://[::1/x",
        "https://hagiang.gov.vn/x",
        "javascript:void(0)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>1</script>",
        "file:///etc/passwd",
        "mailto:toasoan@baohagiang.vn",
        "tel:0219",
        "ftp://baohagiang.vn/x",
        "https:///x",
        "/a\x00b",
        "/a%00b",
        "/x\x7f",
        "/" + "a" * (MAX_LENGTH + 1),
    ],
)
def test_what_is_not_the_portals_is_refused(link: str) -> None:
    assert canonical(link, PAPER, BASE) is None


@pytest.mark.parametrize(
    ("link", "rules", "wanted"),
    [
        ("/thoi-su?page=2&utm_medium=x", PAPER, "https://baohagiang.vn/thoi-su?page=2"),
        ("?page=3", PAPER, "https://baohagiang.vn/thoi-su?page=3"),
        (
            "/file//dataimages/202005/original/a.jpg",
            PAPER,
            "https://baohagiang.vn/file//dataimages/202005/original/a.jpg",
        ),
        ("/tìm kiếm/%e1%ba%a1%zz", PAPER, "https://baohagiang.vn/t%C3%ACm%20ki%E1%BA%BFm/%E1%BA%A1%25zz"),
        ("/a/../../../etc/%2e%2e/passwd", PAPER, "https://baohagiang.vn/passwd"),
        ("", PAPER, BASE),
        ("https://baohagiang.vn", PAPER, "https://baohagiang.vn/"),
    ],
)
def test_other_pages_keep_what_they_need(link: str, rules: AddressRules, wanted: str) -> None:
    assert canonical(link, rules, BASE) == wanted


@pytest.mark.parametrize(
    "link",
    [
        "/news/print/tin-tuc/lai-chau-6215.html",
        "/news/savefile/tin-tuc/lai-chau-6215.html",
        "/news/sendmail/tin-tuc/lai-chau-6215.html",
        "/news/tag/giam-ngheo-12.html",
        "/news/rss/tin-tuc/",
        "/news/tin-tuc/lai-chau-6215.html?download=1&id=0",
        "/news/tin-tuc/lai-chau-6215.html?_101_INSTANCE_x_viewMode=print",
        "/news/tin-tuc/page-2.html",
        "/news/tin-tuc/page-2/",
    ],
)
def test_views_are_no_articles(link: str) -> None:
    found = canonical(link, NUKE, "https://tinhuybinhphuoc.vn/news/tin-tuc/")
    assert found is not None
    assert not is_article(found, NUKE)


def test_case_insensitive_servers_keep_the_printed_path_and_the_records_parameter() -> None:
    link = "/CT/cms/tintuc/lists/ThoiSu/view_detail.ASPX?source=home&itemid=13820"
    found = canonical(link, LISTS, "https://vinhphuc.gov.vn/")
    assert found == "https://vinhphuc.gov.vn/CT/cms/tintuc/lists/ThoiSu/view_detail.ASPX?ItemID=13820"
    assert is_article(found, LISTS)
    assert identity(found, LISTS) == identity(found.replace("CT/", "ct/"), LISTS)
    assert identity(found, PAPER) != identity(found.replace("CT/", "ct/"), PAPER)


def test_parameters_that_carry_identity_stay_in_the_records_order() -> None:
    link = "/web/guest/cms?_x_INSTANCE_1_articleId=9&p_p_lifecycle=0&p_p_id=x_INSTANCE_1&utm_source=a"
    assert (
        canonical(link, LIFERAY, "https://hoabinh.gov.vn/")
        == "https://hoabinh.gov.vn/web/guest/cms?p_p_id=x_INSTANCE_1&_x_INSTANCE_1_articleId=9"
    )


@pytest.mark.parametrize(
    ("url", "wanted"),
    [("https://a.vn/x.PDF", True), ("https://a.vn/x.html", False), ("https://a.vn/x.aspx?f=a.pdf", False),
     ("https://a.vn/x.docx", True), ("https://a.vn/v1.2/x", False), ("https://a.vn/", False)],
)  # fmt: skip
def test_files(url: str, wanted: bool) -> None:
    assert is_file(url) is wanted


@pytest.mark.parametrize(
    ("host", "wanted"),
    [("127.0.0.1", True), ("10.1.2.3", True), ("[::1]", True), ("169.254.169.254", True), ("localhost", True),
     ("metadata.internal", True), ("db.internal", True), ("2130706433", True), ("0x7f.1", True), ("127.1", True),
     ("intranet", True), ("baohagiang.vn", False), ("8.8.8.8", False), ("vanban.invalid", False)],
)  # fmt: skip
def test_private_hosts(host: str, wanted: bool) -> None:
    assert is_private_host(host) is wanted


def test_loopback() -> None:
    assert is_loopback("http://127.0.0.1:8900/x")
    assert is_loopback("http://localhost:1")
    assert not is_loopback("http://10.0.0.1/")
    assert not is_loopback("https://baohagiang.vn/")


@pytest.mark.parametrize("base", ["http://127.0.0.1:8902", "http://127.0.0.1:8902/", "https://mirror.invalid/danvan"])
def test_host_map_goes_both_ways(base: str) -> None:
    hosts = HostMap(PAPER, base)
    wire = hosts.to_wire(ARTICLE)
    assert wire == base.rstrip("/") + "/xa-hoi/202402/lao-cai-thi-dua-818904"
    assert hosts.to_real(wire) == ARTICLE
    assert hosts.is_wire(wire)
    assert not hosts.is_wire(ARTICLE)
    assert not hosts.is_wire(base.rstrip("/") + "1/x")
    assert hosts.to_real("https://other.invalid/x") == "https://other.invalid/x"
    with pytest.raises(ValueError, match="not an address of"):
        hosts.to_wire("https://other.invalid/x")


def test_without_a_base_address_the_real_host_is_asked() -> None:
    hosts = HostMap(PAPER)
    assert hosts.to_wire(ARTICLE) == ARTICLE
    assert hosts.is_wire(ARTICLE)


@pytest.mark.parametrize(
    "base",
    ["", "127.0.0.1:8900", "ftp://x/", "http://", "http://u:p@x/", "http://x:99999999/", "http://x/?q=1", "file:///x"],
)
def test_bad_base_addresses_are_refused(base: str) -> None:
    with pytest.raises(ValueError, match="base address"):
        HostMap(PAPER, base)


_LINK = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="abAB019/.:?&=#%@\\-_;[]~ éạĐ\u200b\x00\ud800", max_size=80),
    st.builds(lambda a, b: f"https://baohagiang.vn/{a}?{b}", st.text(max_size=30), st.text(max_size=30)),
)


@settings(max_examples=300, deadline=None)
@given(_LINK, st.sampled_from([PAPER, LISTS, NUKE, LIFERAY, LOOSE]))
def test_any_string_gives_an_address_of_the_portal_or_none_and_twice_is_once(link: str, rules: AddressRules) -> None:
    found = canonical(link, rules, f"{rules.origin}/muc/trang?x=1")
    if found is not None:
        assert found.isascii()
        assert found.startswith(rules.origin + "/")
        assert "#" not in found
        assert "/../" not in found
        assert canonical(found, rules) == found
