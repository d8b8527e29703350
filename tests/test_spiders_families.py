"""Families: which addresses are articles, how listings page, and what made a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from standin import portal_site, truth

from flows.demo.markup.base import Request
from spiders import registry
from spiders.families import FAMILIES
from spiders.fingerprint import fingerprint
from spiders.links import page_links, parse_html
from warehouse.addresses import AddressRules, canonical, is_article, path_of


def rules_of(family: str, host: str = "portal.vn") -> AddressRules:
    cms = FAMILIES[family]
    return AddressRules(
        "https", host, article_pattern=cms.article, case_insensitive=cms.case_insensitive, keep_query=cms.keep_query
    )


@pytest.mark.parametrize(
    ("family", "link"),
    [
        ("file-uuid", "/xa-hoi/202601/lang-nghe-vao-xuan-85124aa/"),
        ("file-uuid", "/chinh-tri/xay-dung-dang/202512/hoi-nghi-3ac6d79/"),
        ("nukeviet", "/news/tin-tuc/hoi-nghi-lan-thu-muoi-7120.html"),
        ("nukeviet", "/vi/news/van-hoa-xa-hoi/le-hoi-88.html"),
        ("nukeviet", "/vi/news/Tin-tuc/Le-hoi-dau-nam-88/"),
        ("sharepoint", "/ct/cms/tintuc/Lists/KinhTe/View_Detail.aspx?ItemID=13820"),
        ("sharepoint", "/Lists/KinhTe/view_detail.aspx?itemid=13820"),
        ("liferay", "/shtd/-/view_content/1132670-trien-khai.html"),
        ("liferay", "/web/btg/tin/-/asset_publisher/aB3d/content/hoi-nghi-tong-ket"),
        ("liferay", "/web/btg/tin/-/asset_publisher/aB3d/content/id/7337177?plidlayout=3045"),
        ("liferay", "/web/guest/cms?p_p_id=x_INSTANCE_q&p_p_lifecycle=0&_x_INSTANCE_q_articleId=9"),
        ("mcms", "/song-dep-post404649.html"),
        ("aid", "/hoi-nghi-a196670.html"),
        ("content-detail", "/hoi-nghi-3401234.html"),
        ("bgrid", "/khai-mac-le-hoi-hoa-ban-10281234.html"),
        ("easydnn", "/tin-tuc/ID/231907/le-hoi"),
        ("joomla-k2", "/home/index.php/nghien-cuu/item/5402-doi-moi.html"),
        ("wordpress", "/2024/05/khuyen-nong-vung-cao-moi/"),
        ("next", "/vn/hoi-nghi-toan-quoc-nam-2026"),
        ("next", "/vi/tin-bai/hoi-nghi-toan-quoc?id=130235&type=NEWS"),
        ("vccorp", "/thu-tuong-tiep-dan-115241201164520419.htm"),
        ("danvan", "/Home/Dan-van-kheo/11842/Kinh-nghiem-o-An-Giang"),
        ("generic", "/DetailView/148090/40/Hoi-nghi.html"),
        ("generic", "/tin-tuc/khai-mac-le-hoi-hoa-ban-nam-nay.html"),
        ("generic", "/hoi-nghi-c219655.html"),
    ],
)
def test_articles(family: str, link: str) -> None:
    rules = rules_of(family)
    found = canonical(link, rules, "https://portal.vn/")
    assert found is not None
    assert is_article(found, rules)


@pytest.mark.parametrize(
    ("family", "link"),
    [
        ("file-uuid", "/xa-hoi"),
        ("file-uuid", "/file/4028eaa4679b32c401679c0c74382a7e/122023/x_20231212092258.jpg"),
        ("nukeviet", "/news/tin-tuc/page-2/"),
        ("nukeviet", "/news/print/tin-tuc/hoi-nghi-7120.html"),
        ("nukeviet", "/news/tag/giam-ngheo"),
        ("sharepoint", "/Lists/TuTuongVanHoa/TongQuat.aspx?PageIndex=40"),
        ("sharepoint", "/_layouts/15/Authenticate.aspx?Source=%2F"),
        ("liferay", "/web/sotttt-eng/hot-news/-/view_content/2625972-x.html/en"),
        ("liferay", "/c/portal/update_language?languageId=fi_FI"),
        ("mcms", "/tu-khoa/le-hoi-tag40212.html"),
        ("aid", "/tim-kiem/le-hoi.html"),
        ("aid", "/print/hoi-nghi-a196670.html"),
        ("easydnn", "/tin-tuc/cat/780/lapg-6697/40"),
        ("joomla-k2", "/home/index.php/nghien-cuu?start=10"),
        ("wordpress", "/lien-he/"),
        ("danvan", "/Home/Dan-van-kheo/trang-2"),
        ("generic", "/gioi-thieu"),
        ("generic", "/lich/2025/11/20"),
    ],
)
def test_what_is_no_article(family: str, link: str) -> None:
    rules = rules_of(family)
    found = canonical(link, rules, "https://portal.vn/")
    assert found is None or not is_article(found, rules)


@pytest.mark.parametrize(
    ("family", "listing", "page", "links", "wanted"),
    [
        ("file-uuid", "/thoi-su", 1, ["/thoi-su", "/thoi-su?page=2", "/thoi-su?page=3"], "/thoi-su?page=2"),
        ("file-uuid", "/thoi-su?page=2", 2, ["/thoi-su", "/thoi-su?page=2"], None),
        ("file-uuid", "/thoi-su", 1, ["/kinh-te?page=2"], None),
        ("nukeviet", "/news/tin-tuc/", 1, ["/news/tin-tuc/page-2/"], "/news/tin-tuc/page-2/"),
        ("nukeviet", "/news/tin-tuc/page-2/", 2, ["/news/tin-tuc/", "/news/tin-tuc/page-3/"], "/news/tin-tuc/page-3/"),
        ("sharepoint", "/Lists/A/Tin.aspx", 1, ["/Lists/A/Tin.aspx?PageIndex=2"], "/Lists/A/Tin.aspx?PageIndex=2"),
        ("danvan", "/Home/Dan-van-kheo", 1, ["/Home/Dan-van-kheo/trang-2"], "/Home/Dan-van-kheo/trang-2"),
        ("aid", "/thoi-su/", 1, ["/thoi-su?p=2"], "/thoi-su?p=2"),
        (
            "liferay", "/shtd", 1,
            ["/shtd?p_p_id=101&_101_delta=20&_101_cur=1", "/shtd?p_p_id=101&_101_delta=20&_101_cur=2"],
            "/shtd?p_p_id=101&_101_delta=20&_101_cur=2",
        ),
        ("joomla-k2", "/tin", 0, ["/tin?start=10", "/tin?start=20"], "/tin?start=10"),
        ("easydnn", "/tin", 1, ["/tin/lapg-6697/2", "/tin/lapg-6697/3"], "/tin/lapg-6697/2"),
        ("wordpress", "/tin/", 1, ["/tin/page/2/"], "/tin/page/2/"),
        ("generic", "/list?cat=7", 1, ["/list?cat=8&page=2", "/list?cat=7&page=2"], "/list?cat=7&page=2"),
    ],
)  # fmt: skip
def test_next_pages(family: str, listing: str, page: int, links: list[str], wanted: str | None) -> None:
    assert FAMILIES[family].next_page(listing, page, links) == wanted


def test_a_pager_writes_what_it_reads() -> None:
    for family in FAMILIES.values():
        for pager in family.pagers:
            assert pager.page_of(pager.address("/tin-tuc", 7)) == ("/tin-tuc", 7), (family.name, pager.template)


@pytest.mark.parametrize(
    ("page", "url", "family"),
    [
        ("baocantho_article.html", "https://baocantho.com.vn/x-a196670.html", "aid"),
        ("baocantho_category.html", "https://baocantho.com.vn/thoi-su/", "aid"),
        ("baolaocai_article.html", "https://baolaocai.vn/x-post404649.html", "mcms"),
        ("sotttt_hanoi_list_shtd.html", "https://sotttt.hanoi.gov.vn/shtd", "liferay"),
        ("sotttt_hanoi_static_chucnang.html", "https://sotttt.hanoi.gov.vn/chuc-nang-nhiem-vu", "liferay"),
        ("tintaynguyen_home_mojibake.html", "https://tintaynguyen.com/", "wordpress"),
    ],
)
def test_fingerprints_of_real_pages(shared: Path, page: str, url: str, family: str) -> None:
    assert fingerprint((shared / "pages" / page).read_bytes(), url).family == family


def test_a_plain_page_is_of_no_family() -> None:
    head = "<html><head><title>Trang - Tinh uy</title></head>"
    body = f'{head}<body><a href="/tin-tuc">Tin tức</a></body></html>'.encode()
    found = fingerprint(body, "https://portal.vn/")
    assert found.family == "generic"
    assert found.site_name == "Tinh uy"
    assert found.sections == (("/tin-tuc", "Tin tức"),)


def test_headers_are_marks_too() -> None:
    found = fingerprint(b"<p>x</p>", "https://portal.vn/", {"MicrosoftSharePointTeamServices": "15.0.0.4569"})
    assert found.family == "sharepoint"


def test_an_empty_page_has_no_fingerprint() -> None:
    with pytest.raises(ValueError, match="not an HTML page"):
        fingerprint(b"  ", "https://portal.vn/")


def test_a_real_listing_gives_its_article_links_and_its_next_page(shared: Path) -> None:
    portal = registry.load()["baocantho"]
    body = (shared / "pages" / "baocantho_category.html").read_bytes()
    root = parse_html(body)
    links = page_links(root, "https://baocantho.com.vn/thoi-su/", portal.address_rules())
    assert len(links.articles) == 78
    assert all(link.title for link in links.articles)
    targets = [url.removeprefix("https://baocantho.com.vn") for url, _ in links.others]
    assert portal.cms.next_page("/thoi-su/", 1, targets) == "/thoi-su?p=2"


def test_items_of_a_real_liferay_listing_carry_date_and_sapo(shared: Path) -> None:
    portal = registry.load()["sotttt-hanoi"]
    root = parse_html((shared / "pages" / "sotttt_hanoi_list_shtd.html").read_bytes())
    links = page_links(root, "https://sotttt.hanoi.gov.vn/shtd", portal.address_rules())
    assert len(links.articles) == 20
    assert links.articles[0].date == "10/08/2016 | 10:17 AM"
    assert links.articles[0].lead.startswith("Ngày 02/8/2016")


@pytest.mark.parametrize("design", range(4))
def test_every_version_of_nukeviet_is_paged_to_its_end(design: int) -> None:
    """3.4's articles end in a slash, so that `…/page-2/` has the form of one: it is a listing all the same."""
    portal = registry.load()["thainguyen-dcs"]
    site = portal_site(portal, 75, page_size=10, design=design)
    rules = portal.address_rules()
    seen: list[str] = []
    path: str | None = f"{site.markup.facts.base or '/news'}/thoi-su/"
    pages = 0
    while path is not None:
        answer = site.answer(Request("GET", path))
        assert answer.status == 200, path
        assert isinstance(answer.body, bytes)
        links = page_links(parse_html(answer.body), rules.origin + path, rules)
        seen += [link.url for link in links.articles if not link.aside]
        number = portal.cms.first_number(path)
        path = portal.cms.next_page(path, number, [path_of(url) for url, _ in links.others])
        pages += 1
    wanted = [url for url, article in truth(site) if article.section == "thoi-su"]
    assert sorted(seen) == sorted(wanted)
    assert pages == -(-len(wanted) // 10)
