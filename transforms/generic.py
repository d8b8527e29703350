"""Reading a page of which no layout is known.

trafilatura finds where the article's text stands; the part of the page that holds it is then read like any
layout's. Title, lead, author and date have guards of their own: a date counts when it stands between title and text,
is labelled as the day of publication, or is in the page's metadata and not contradicted there; a clock in the
header, a sidebar, a document's date and the time of an edit never do. A page that neither its address nor its
metadata, a date or an author call an article is none, however much text it has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import lru_cache
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import trafilatura
from lxml import etree

from transforms.bylines import Byline, is_name, read_author
from transforms.layouts.base import FILE_LABEL as FILE_NAME
from transforms.layouts.base import Page, Reading, count, finish, markup_of, meta_date, select, text_of
from transforms.layouts.blocks import BLOCKS, FILES, File, Picture, Text, absolute, is_hidden, read
from transforms.places import slug
from transforms.provinces import SCHEME_2008, SCHEME_2025, provinces
from transforms.sanity import agrees
from transforms.stamps import Stamp, parse_stamp
from transforms.text import clean

MAX_ELEMENTS: Final = 10_000
"""Elements of a page that the extractor is given; it takes seconds for more."""
USUAL_ELEMENTS: Final = 4_000
"""Elements up to which the extractor may ask its fallbacks."""
_PROSE: Final = 120
"""Characters that no menu item or teaser title has."""
_FRAME: Final = "frame-of-the-page"
_TITLE: Final = 25
"""Characters that the linked title of an article has at least."""
_SENTENCE: Final = 60
"""Characters that a teaser's text has at least."""
_DECAY: Final = (1.0, 1.0, 0.8, 0.6, 0.4, 0.2, 0.1)
"""What a paragraph counts for the element that it is and those around it, from the inside out."""
_BLOCK_TAGS: Final = tuple(sorted(BLOCKS))

_LEADS: Final = (
    "[itemprop=description]:not(meta)",
    ".sapo",
    "[class*=sapo]",
    "[id*=sapo]",
    "[class*=Sapo]",
    "[id*=Sapo]",
    ".lead",
    ".summary",
    ".abstract",
    ".description",
    ".desc",
    ".tomtat",
    ".tom-tat",
    ".trichyeu",
    ".post-excerpt",
    ".intro",
    ".hometext",
)
_TAGS: Final = (
    '[rel="tag"]',
    ".article__tags a",
    ".tags a",
    ".tag-list a",
    ".tag_list a",
    ".tags-list a",
    ".block_tag a",
    ".post-tags a",
    ".detail-tags a",
    ".keywords a",
    ".tukhoa a",
    ".tag a",
)
_TRAILS: Final = (".breadcrumb a", ".breadcrumbs a", '[class*="breadcrumb"] a', '[id*="breadcrumb"] a')
_HOME: Final = frozenset(("trang chủ", "trang nhất", "home", "tin tức", "trang đầu"))
_ARTICLE_TYPES: Final = frozenset(("NewsArticle", "Article", "BlogPosting", "ReportageNewsArticle", "Report"))
_SITE_SUFFIX: Final = re.compile(r"\s+(?:[|»·]|::|[-–—])\s+")
_CLOCK: Final = re.compile(
    r"(?:clock|now|today|hom-?nay|current|top-?bar|header|nav|menu|footer|sidebar|lblNgay|dongho)", re.IGNORECASE
)
_OWN_HEADER: Final = re.compile(r"(?:card|article|entry|post|news|detail|content|title|bai|tin)", re.IGNORECASE)
_POSTED: Final = re.compile(r"(?:pub|post|detail|article|entry|created|ngaydang|ngay-dang|news)", re.IGNORECASE)
_ASIDE: Final = re.compile(
    r"(?:related|relate|lien-?quan|sidebar|side-bar|(?<!elementor-)widget|aside|footer|comment|binh-?luan|other-?news|tinkhac|tin-khac|same|most|xem-?nhieu|popular|recent)",
    re.IGNORECASE,
)
_EDITED: Final = re.compile(
    r"(?:sửa|chỉnh sửa|cập nhật lần cuối|cập nhật cuối|lần cuối|modified|updated)", re.IGNORECASE
)
_PUBLISHED: Final = re.compile(
    r"(?:ngày đăng|đăng ngày|đăng lúc|ngày xuất bản|xuất bản|ngày đăng tin|published|posted)", re.IGNORECASE
)
_WEEKDAY_FIRST: Final = re.compile(
    r"^\W{0,3}(?:hôm nay,?\s)?(?:thứ\s?(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ nhật)", re.IGNORECASE
)
_HAS_DATE: Final = re.compile(
    r"\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{2,4}|\d{4}-\d{2}-\d{2}|\d{1,2} tháng \d{1,2}", re.IGNORECASE
)
_MAX_STAMP: Final = 90
_MAX_TITLE: Final = 300
_HEADINGS: Final = (
    "h1",
    "[itemprop=headline]",
    "h2",
    "h3",
    "h4",
    "h5",
    ".title",
    ".tieude",
    ".headline",
    ".news-title",
    ".post-title",
)
_NAMED_HEADINGS: Final = (
    "[class*=title]", "[class*=Title]", "[class*=tieude]", "[class*=tieu-de]", "[id*=title]", "[id*=Title]",
)  # fmt: skip
"""Elements that are called a title; one counts when the address, which may be cut short, repeats half its words."""
_FILE_LABEL: Final = re.compile(r"(?:đính kèm|tải về|tập tin|tệp|file|download|attach)", re.IGNORECASE)
_CREDIT: Final = re.compile(r"(Tác giả|Tác giả bài viết|Người viết|Nguồn tin|Nguồn)\s?:\s?(.{2,100})", re.IGNORECASE)
_TAG_LABEL: Final = re.compile(r"(?:Tags?|Từ kh[oó][aá]|Từ khóa|Từ khoá|Thẻ)\s?:?", re.IGNORECASE)
_LETTERS: Final = re.compile(r"\W+")
_SAME_WORDS: Final = 0.8
"""Share of a title's words that an address made from it has."""
_NEVER_NEWS: Final = re.compile(
    r"Kết quả tìm kiếm|Tìm kiếm\s?(?::|$)|(?:Từ kh[oó][aá]|Thẻ|Tag|Bình chọn)\s?:|Sơ đồ (?:trang|cổng|site)|"
    r"Lịch (?:công tác|làm việc)(?: của| tuần| tháng| lãnh đạo|$)",
    re.IGNORECASE,
)
"""How titles of pages begin that are no article, whatever date they print."""
_STANDING: Final = re.compile(
    r"Giới thiệu(?:$| (?:chung|về|khái quát|tổng quan|sơ lược|ban|đảng bộ|sở|huyện|tỉnh|xã|văn phòng|cổng|báo))|"
    r"Tổng quan(?:$| về)|(?:Thông tin )?Liên hệ(?:$| với)|Chức năng|Nhiệm vụ,? quyền hạn|Cơ cấu tổ chức|"
    r"(?:Bộ máy|Sơ đồ) tổ chức|Tổ chức bộ máy|Danh bạ|Đường dây nóng|Lịch sử (?:hình thành|phát triển|truyền thống)|"
    r"Điều kiện tự nhiên|Vị trí địa lý|Quá trình hình thành|Ban lãnh đạo|Điều khoản|Chính sách bảo mật|"
    r"Hướng dẫn sử dụng|Câu hỏi thường gặp|Hỏi đáp|Văn bản (?:mới|chỉ đạo|pháp luật)|(?:Danh sách|Danh mục) văn bản|"
    r"Thư viện (?:ảnh|hình ảnh|video)|Đăng nhập|Đăng ký tài khoản|Thăm dò ý kiến|Lịch tiếp công dân",
    re.IGNORECASE,
)
"""How titles of standing pages begin; an article that is dated or signed may begin so as well."""
_STANDING_PATH: Final = re.compile(
    r"/(?:gioi-thieu|gioithieu|lien-he|lienhe|about(?:-us)?|contact|so-do-(?:trang|web|cong)|sitemap|dang-nhap|login|"
    r"tim-kiem|search|chuc-nang-nhiem-vu|co-cau-to-chuc|lich-cong-tac|rss|faq|hoi-dap|tag|tags|tu-khoa)(?:[/.?]|$)",
    re.IGNORECASE,
)


def readings(page: Page, url: str, *, addressed: bool) -> Iterator[Reading]:
    """Yield the generic reading of a page, if there is one; `addressed`: its address is known for an article's."""
    if count(page.root) > MAX_ELEMENTS:
        return
    page.order()
    linked = _linked_data(page)
    body = _body(page)
    reading = Reading("generic", generic=True)
    title_element = _title_element(page, body)
    reading.title = _title(page, title_element, linked, url)
    if body is not None:
        if _is_list(body):
            return
        reading.content = read(_markup(body), page.url, cut=True)
        reading.tags = _tags(page)
        lead = _prepare(page, reading, body, title_element, linked)
    elif isinstance(linked.get("articleBody"), str):
        lines = [clean(line) for line in linked["articleBody"].split("\n")]
        reading.content.texts = [Text(line) for line in lines if line]
        lead = None
    else:
        return
    finish(reading, lead, "bold")
    _date(page, reading, title_element, body, linked)
    _author(page, reading, title_element, body, linked)
    _credits(page, reading, body)
    reading.pictures[:0] = _pictures_above(page, reading, title_element, body)
    reading.tags = reading.tags or _tags(page)
    reading.section = _section(page, reading.title, linked)
    reading.files += _files(page, body, reading)
    reading.fields = {"title": bool(reading.title), "body": bool(reading.texts)}
    if not _is_standing(page, reading, url) and (addressed or _is_called_article(page, reading, linked, url, body)):
        yield reading


def _linked_data(page: Page) -> dict[str, Any]:
    """Return the schema.org object of the article, empty when the page has none that can be read."""
    for script in select(page, ('script[type="application/ld+json"]',))[:8]:
        text = script.text or ""
        if len(text) > 500_000:
            continue
        try:
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        queue: list[Any] = [data]
        for item in queue:
            if isinstance(item, list):
                queue += item[:50]
            elif isinstance(item, Mapping):
                kinds = item.get("@type")
                kinds = kinds if isinstance(kinds, list) else [kinds]
                if any(isinstance(kind, str) and kind in _ARTICLE_TYPES for kind in kinds):
                    return dict(item)
                if "@graph" in item:
                    queue.append(item["@graph"])
            if len(queue) > 200:
                break
    return {}


def _body(page: Page) -> etree._Element | None:
    """Return the smallest element that holds what trafilatura takes for the text, else the one with most prose."""
    wanted = {_fold(line)[:60] for line in _extracted(page)}
    found: dict[etree._Element, float] = {}
    prose: dict[etree._Element, float] = {}
    for element in page.root.iter(*_BLOCK_TAGS):
        own = " ".join(_own_text(element).split())
        folded = _fold(own) if len(own) >= 12 else ""
        if len(folded) < 12 or _in(element, _ASIDE) or _hidden(element):
            continue
        around = (element, *element.iterancestors())
        if folded[:60] in wanted:
            _vote(found, around, len(folded))
        if len(own) > _PROSE and _linked(element) < 0.3 * len(own):
            _vote(prose, around, len(folded))
    best, most = _best(found), _best(prose)
    if best is None or (most is not None and prose.get(best, 0.0) < 0.5 * prose[most]):
        return most
    return best


def _extracted(page: Page) -> list[str]:
    """Return the lines that trafilatura takes for the text; its slow second opinions only for pages of usual size."""
    try:
        document = trafilatura.bare_extraction(
            page.root,
            url=page.url,
            include_comments=False,
            include_tables=False,
            include_images=False,
            include_links=False,
            with_metadata=False,
            deduplicate=False,
            fast=count(page.root) > USUAL_ELEMENTS,
        )
    except (RecursionError, AssertionError):
        return []
    return str(getattr(document, "text", None) or "").split("\n")


def _vote(scores: dict[etree._Element, float], around: tuple[etree._Element, ...], length: int) -> None:
    for weight, node in zip(_DECAY, around, strict=False):
        scores[node] = scores.get(node, 0.0) + weight * length


def _best(scores: dict[etree._Element, float]) -> etree._Element | None:
    holders = [node for node in scores if node.tag not in ("p", "tr", "tbody", "table", "html")]
    return max(holders, key=scores.__getitem__, default=None)


def _linked(element: etree._Element) -> int:
    return sum(len(all_text(link)) for link in element.iter("a"))


def _markup(body: etree._Element) -> str:
    """Return the markup of the chosen part without footers and choices of a form; of a whole page without its frame."""
    whole = body.tag == "body"
    nodes = list(body.iter())
    frames = [at for at, node in enumerate(nodes) if at and _is_frame(node, whole)]
    if not frames:
        return markup_of(body)
    copied = deepcopy(body)
    nodes = list(copied.iter())
    for at in frames:
        nodes[at].tag = _FRAME
    # The text behind them stays where it is: to set it anew fails on control characters.
    etree.strip_elements(copied, _FRAME, with_tail=False)
    return markup_of(copied)


def _is_frame(node: etree._Element, whole: bool) -> bool:
    if node.tag == "label":
        return bool(node.get("for")) or node.find(".//input") is not None
    if node.tag == "aside" and not any(map(_is_prose, node.iter())):
        return True
    return node.tag == "footer" or (whole and (_marked(node, _ASIDE) or _marked(node, _CLOCK)))


def _is_list(body: etree._Element) -> bool:
    """Tell whether what was taken for the text is a list: as many titles that lead away as paragraphs."""
    prose = links = before = 0
    for element in body.iter(*_BLOCK_TAGS, "a"):
        if element.tag == "a":
            around = element.getparent()
            text = clean(all_text(element))
            alone = around is not None and len(clean(all_text(around))) <= len(text) + 30
            links += len(text) >= _TITLE and alone and bool(element.get("href"))
        elif len(own := " ".join(_own_text(element).split())) > _SENTENCE:
            opening = next((text for a in element.iterchildren("a") if (text := " ".join(all_text(a).split()))), "")
            if len(opening) >= _TITLE and own.startswith(opening):
                # A linked title and its teaser in one block.
                links += 1
            elif _linked(element) < 0.3 * len(own):
                prose += 1
                before = links
    # Links after the last paragraph are a list of other articles under the text.
    return (before >= 4 and before >= 0.7 * prose) or (not prose and links >= 4)


def _files(page: Page, body: etree._Element | None, reading: Reading) -> list[File]:
    """Return the files offered beside the text: what a label calls attached, not the documents of a sidebar."""
    known = {file.url for file in reading.files}
    found: list[File] = []
    for link in select(page, ("a[href]",)):
        address = str(link.get("href"))
        offered = "download" in link.attrib
        if not (offered or FILES.search(re.split(r"[?#]", address, maxsplit=1)[0].strip())) or _in(link, _ASIDE):
            continue
        url = absolute(page.url, address)
        if url is None or url in known:
            continue
        around = list(islice(link.iterancestors(), 6))
        label = next((text for node in around if (text := clean(node.text or ""))), "")
        marked = " ".join(f"{node.get('class') or ''} {node.get('id') or ''}" for node in around)
        if offered or _FILE_LABEL.search(label) or _FILE_LABEL.search(marked):
            known.add(url)
            name = FILE_NAME.sub("", text_of(link), count=1) or url.rsplit("/", 1)[-1]
            found.append(File(name, url))
    return found


def all_text(element: etree._Element) -> str:
    """Return all text in an element as it stands, scripts included."""
    return "".join(map(str, element.itertext()))


def _own_text(element: etree._Element) -> str:
    """Text of an element that stands in no block inside it."""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in BLOCKS and child.tag not in ("script", "style"):
            parts.append(all_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _fold(text: str) -> str:
    return _LETTERS.sub("", clean(text).casefold())


def _title_element(page: Page, body: etree._Element | None) -> etree._Element | None:
    """Return the heading that the page's own titles agree with most, else the last one above the text.

    The name of the site or of a section is no title: what stands in header, menu or sidebar is passed over.
    """
    listed = page.hints.get("listed_title")
    own = (listed if isinstance(listed, str) else None, _meta(page, "og:title"), _head_title(page))
    others = set(slug(" ".join(filter(None, own))).split("-")) - {""}
    address = set(slug(unquote(urlsplit(page.url).path)).split("-"))
    best, score = None, 0.0
    headings: list[etree._Element] = []
    for selector in _HEADINGS:
        for element in select(page, (selector,))[:20]:
            text = text_of(element)
            words = set(slug(text).split("-")) - {""}
            if len(words) < 4 or len(text) > _MAX_TITLE or _in(element, _ASIDE) or _in(element, _CLOCK):
                continue
            headings.append(element)
            here = max(len(words & others) / len(words | others), len(words & address) / len(words) - 0.1)
            if here > score + (0.15 if best is not None else 0.0):
                best, score = element, here
        if score >= 0.5:
            return best
    for element in (e for selector in _NAMED_HEADINGS for e in select(page, (selector,))[:20]):
        text = text_of(element)
        words = set(slug(text).split("-")) - {""}
        same = len(words & address)
        if len(text) <= _MAX_TITLE and same >= max(4, 0.5 * len(words)) and not _in(element, _ASIDE):
            return element
    if score >= 0.3:
        return best
    above = _above(page, headings, body)
    if above is None:
        above = _same_text(page, own)
    return above if above is not None else _bold_above(page, body)


def _same_text(page: Page, titles: tuple[str | None, ...]) -> etree._Element | None:
    """Return the innermost element whose text is one of the page's titles, the site's name left off."""
    wanted = {
        _fold(part) for title in titles if title for part in (title, *_SITE_SUFFIX.split(title)) if len(part) > 20
    }
    for element in page.root.iter("div", "p", "td", "span", "b", "strong", "font", "center") if wanted else ():
        own = clean(element.text or "")
        if len(own) > 20 and _fold(own) in wanted and not _in(element, _ASIDE) and not _in_link(element):
            return element
    return None


def _bold_above(page: Page, body: etree._Element | None) -> etree._Element | None:
    """Return the last line above the text that is all bold, no sentence and no link: how pages without headings do."""
    first = next(filter(_is_prose, body.iter()), None) if body is not None else None
    if first is None:
        return None
    order = page.order()
    found = None
    for element in islice(page.root.iter("b", "strong", "font"), 300):
        if order[element] >= order[first]:
            break
        text = text_of(element)
        if not 20 <= len(text) <= _MAX_TITLE or len(text.split()) < 4 or text.endswith((".", ":", ";")):
            continue
        block = next((node for node in element.iterancestors() if node.tag in BLOCKS), None)
        alone = block is not None and text_of(block) == text and element.find(".//a") is None
        if alone and not (_is_stamp(text) or _in_link(element) or _in(element, _ASIDE) or _in(element, _CLOCK)):
            found = element
    return found


def _in_link(element: etree._Element) -> bool:
    around = element.getparent()
    return around is not None and around.tag == "a"


def _above(page: Page, headings: list[etree._Element], body: etree._Element | None) -> etree._Element | None:
    order = page.order()
    first = next((order[node] for node in body.iter() if _is_prose(node)), None) if body is not None else None
    above = [element for element in headings if first is not None and order[element] < first]
    return max(above, key=order.__getitem__, default=None)


def _title(page: Page, element: etree._Element | None, linked: Mapping[str, Any], url: str) -> str:
    if element is not None:
        return text_of(element)
    for other in (linked.get("headline"), _meta(page, "og:title")):
        if isinstance(other, str) and len(clean(other)) >= 8:
            return clean(other)
    head = _head_title(page)
    parts = _SITE_SUFFIX.split(head)
    # The site's name stands at either end; the article's words are those of the address.
    return max(parts, key=lambda part: (agrees(part, (), url), len(part))) if parts else head


def _meta(page: Page, name: str) -> str | None:
    for selector in (f'meta[property="{name}"]', f'meta[name="{name}"]'):
        for element in select(page, (selector,)):
            value = clean(str(element.get("content") or ""))
            if value:
                return value
    return None


def _head_title(page: Page) -> str:
    for element in select(page, ("title",)):
        return clean(all_text(element))
    return ""


def _prepare(
    page: Page, reading: Reading, body: etree._Element, title_element: etree._Element | None, linked: Mapping[str, Any]
) -> str | None:
    """Drop what stands around the text in the chosen part; return the lead."""
    texts = reading.content.texts
    folded = _fold(reading.title)
    for index, text in enumerate(texts):
        if _fold(text.text) == folded:
            texts = texts[index + 1 :]
            break
    while texts and (_is_stamp(texts[0].line) or _is_stamp_with_name(texts[0].line)):
        texts = texts[1:]
    texts = [
        text for text in texts if not (len(text.text) < _MAX_STAMP and _is_stamp(text.line) and text.align != "right")
    ]
    tags = _fold("".join(reading.tags))
    while tags and texts and _fold(_TAG_LABEL.sub("", texts[-1].line, count=1)) == tags:
        texts = texts[:-1]
    reading.content.texts = texts
    if title_element is None and texts and _reads_as_title(texts, reading.title):
        # Old pages set the title in bold and give the window the name of the site.
        reading.title, texts = texts[0].line, texts[1:]
        reading.content.texts = texts
    if (
        len(texts) > 2
        and texts[0].tag in ("h2", "h3", "h4")
        and len(texts[0].text) > _SENTENCE
        and texts[0].text.endswith(".")
    ):
        # A sentence set as a heading under the title.
        reading.content.texts = texts[1:]
        return texts[0].line
    lead = _marked_lead(page, reading, body, title_element) or _lead_between(page, reading, body, title_element)
    if lead:
        at = next((i for i, text in enumerate(texts[:4]) if _fold(text.line) == _fold(lead)), None)
        if at is not None:
            reading.content.texts = texts[:at] + texts[at + 1 :]
        return lead
    if len(texts) > 2:
        for described in (_meta(page, "og:description"), _meta(page, "description"), linked.get("description")):
            if isinstance(described, str) and _is_same_opening(described, texts[0].line):
                reading.content.texts = texts[1:]
                return texts[0].line
    return None


def _reads_as_title(texts: list[Text], title: str) -> bool:
    first = texts[0]
    if not (first.bold > 0.9 or first.tag in ("h1", "h2", "h3", "h4")) or not 20 <= len(first.text) <= _MAX_TITLE:
        return False
    return len(texts) > 2 and not first.text.endswith((".", ":", ";")) and not agrees(first.text, (title,), "")


def _lead_between(page: Page, reading: Reading, body: etree._Element, title: etree._Element | None) -> str | None:
    """Return the one paragraph that stands between title and text, outside the part that holds the text."""
    if title is None:
        return None
    order = page.order()
    inside = set(body.iter())
    first = min((order[node] for node in inside if _is_prose(node)), default=0)
    found: list[str] = []
    for element in page.root.iter(*_BLOCK_TAGS):
        if not order[title] < order[element] < first or element in inside or _in(element, _ASIDE):
            continue
        text = clean(_own_text(element))
        links = sum(len(clean(all_text(link))) for link in element.iter("a"))
        if 40 <= len(text) <= 900 and not _is_stamp(text) and links < 0.3 * len(text):
            found.append(text)
    return found[0] if len(found) == 1 and _fold(found[0]) != _fold(reading.title) else None


def _is_same_opening(described: str, first: str) -> bool:
    a, b = _fold(described), _fold(first)
    return len(a) >= 40 and len(b) >= 40 and len(b) <= 700 and (b.startswith(a[: max(40, len(a) - 5)]) or a == b)


def _marked_lead(page: Page, reading: Reading, body: etree._Element, title: etree._Element | None) -> str | None:
    order = page.order()
    first = order.get(title, 0) if title is not None else 0
    last = max((order.get(node, 0) for node in body.iter() if node in order), default=0)
    for selector in _LEADS:
        for element in select(page, (selector,))[:6]:
            text = text_of(element)
            if first <= order.get(element, -1) <= last and 40 <= len(text) <= 900 and not _in(element, _ASIDE):
                inside = body in element.iterancestors() or element in body.iterancestors()
                if element is not body and not (inside and len(text) > 0.6 * len(text_of(body))):
                    return text
    return None


def _in(element: etree._Element, pattern: re.Pattern[str]) -> bool:
    for node in (element, *element.iterancestors()):
        if node.tag in ("body", "html"):
            return False
        if node.tag in ("nav", "footer", "aside") or _marked(node, pattern):
            return True
    return False


def _marked(node: etree._Element, pattern: re.Pattern[str]) -> bool:
    """Tell whether a class or the id of an element matches; the header of an article is no header of the page."""
    classes, identity = node.get("class"), node.get("id")
    return bool(classes and _is_called(classes, pattern)) or bool(identity and _is_called(identity, pattern))


@lru_cache(maxsize=8_192)
def _is_called(tokens: str, pattern: re.Pattern[str]) -> bool:
    return any(
        pattern.search(token) and not (pattern is _CLOCK and _OWN_HEADER.search(token)) for token in tokens.split()
    )


def _hidden(element: etree._Element) -> bool:
    for node in (element, *element.iterancestors()):
        classes, style = node.get("class"), node.get("style")
        if (classes or style) and is_hidden(classes or "", style or ""):
            return True
    return False


def _is_stamp(text: str) -> bool:
    return (
        len(text) <= _MAX_STAMP
        and bool(_HAS_DATE.search(text))
        and parse_stamp(text) is not None
        and _mostly_stamp(text)
    )


def _is_stamp_with_name(text: str) -> bool:
    """Tell whether the line above a text prints its time and whatever else stands there (`12/09/2023 bởi Mai Nga`)."""
    return (
        len(text) <= _MAX_STAMP
        and bool(_HAS_DATE.search(text))
        and not text.endswith((".", "!", "?", ":", ";"))
        and parse_stamp(text) is not None
    )


def _mostly_stamp(text: str) -> bool:
    letters = re.sub(
        r"thứ|hai|ba|tư|năm|sáu|bảy|chủ|nhật|cập|ngày|đăng|lúc|tháng|gmt|am|pm|sa|ch|giờ|phút|xuất|bản|tin|"
        r"sửa|chỉnh|lần|cuối|lượt|xem|đọc|bình|luận|\W|\d",
        "",
        text.casefold(),
    )
    return len(letters) <= 12


def _date(
    page: Page, reading: Reading, title: etree._Element | None, body: etree._Element | None, linked: Mapping[str, Any]
) -> None:
    printed = _printed_stamp(page, reading, title, body)
    told = next(
        (
            s
            for s in (parse_stamp(v) for v in (linked.get("datePublished"), meta_date(page)) if isinstance(v, str))
            if s
        ),
        None,
    )
    edited = next(
        (
            s
            for s in (
                parse_stamp(v)
                for v in (
                    linked.get("dateModified"),
                    _meta(page, "article:modified_time"),
                    _meta(page, "og:updated_time"),
                )
                if isinstance(v, str)
            )
            if s
        ),
        None,
    )
    if "nukeviet" in (_meta(page, "generator") or "").casefold():
        told = None
    if (
        printed is not None
        and printed.updated
        and edited is not None
        and _same_time(printed, edited)
        and told != edited
    ):
        # `Cập nhật: …` that repeats the time of the edit is that; the page came out no later.
        reading.clock = min(filter(None, (reading.clock, printed.on)))
        printed = None
    if printed is not None:
        if told is not None and told.on == printed.on and printed.at is None and told != edited:
            reading.stamps.append(("meta", told))
        reading.stamps.append(("page", printed))
    elif told is not None:
        reading.stamps.append(("meta", told))
    else:
        feed = page.hints.get("feed")
        for source, value in (
            ("feed", feed.get("pubdate") if isinstance(feed, Mapping) else None),
            ("page", page.hints.get("listed_date")),
        ):
            stamp = parse_stamp(value) if isinstance(value, str) else None
            if stamp:
                reading.stamps.append((source, stamp))
                break


def _same_time(one: Stamp, other: Stamp) -> bool:
    if one.at is None or other.at is None:
        return one.on == other.on
    return one.at.replace(second=0, microsecond=0) == other.at.replace(second=0, microsecond=0)


def _printed_stamp(
    page: Page, reading: Reading, title: etree._Element | None, body: etree._Element | None
) -> Stamp | None:
    """Return the time of publication printed around the title; note a clock in the header on the way."""
    if title is None:
        return None
    order = page.order()
    at = order[title]
    prose = next((order[node] for node in body.iter() if _is_prose(node)), None) if body is not None else None
    before: list[tuple[int, Stamp]] = []
    for element, index in order.items():
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "option", "head", "title", "meta"):
            continue
        text, value = _stamp_text(element)
        if value is None or _hidden(element):
            continue
        if _EDITED.search(text) and not _PUBLISHED.search(text):
            continue
        labelled = bool(_PUBLISHED.search(text))
        if _in(element, _ASIDE):
            continue
        if index > at:
            if labelled or prose is None or index < prose:
                return value
            continue
        own = f"{element.get('class') or ''} {element.get('id') or ''}"
        clock = _in(element, _CLOCK) or (
            bool(_WEEKDAY_FIRST.match(text)) and (value.at is None or not _POSTED.search(own))
        )
        if clock or (value.at is None and not _POSTED.search(own)):
            reading.clock = reading.clock or value.on
            continue
        if _gap(order, element, title) <= 60:
            before.append((index, value))
    return before[-1][1] if before else None


def _stamp_text(element: etree._Element) -> tuple[str, Stamp | None]:
    """The stamp that an element itself prints (not one inside it), or that a `time` element carries."""
    if element.tag == "time" and element.get("datetime"):
        value = parse_stamp(str(element.get("datetime")))
        if value is not None:
            return text_of(element) or str(element.get("datetime")), value
    own = clean("".join([element.text or "", *(child.tail or "" for child in element)]))
    if not own or len(own) > 400 or not _HAS_DATE.search(own):
        return own, None
    whole = text_of(element)
    if len(whole) > _MAX_STAMP or not _mostly_stamp(whole):
        return own, None
    return whole, parse_stamp(whole)


def _is_prose(element: etree._Element) -> bool:
    if not isinstance(element.tag, str) or element.tag not in BLOCKS:
        return False
    own = _own_text(element)
    return len(own) > _PROSE and len(" ".join(own.split())) > _PROSE


def _gap(order: Mapping[etree._Element, int], element: etree._Element, title: etree._Element) -> int:
    """Characters of text between an element and the title after it."""
    first, last = order[element], order[title]
    inside = set(element.iter())
    total = 0
    for node, index in order.items():
        if index > last:
            break
        if (
            index > first
            and node not in inside
            and isinstance(node.tag, str)
            and node.tag not in ("script", "style")
            and index < last
        ):
            total += len((node.text or "").strip()) + len((node.tail or "").strip())
    return total


def _author(
    page: Page, reading: Reading, title: etree._Element | None, body: etree._Element | None, linked: Mapping[str, Any]
) -> None:
    byline = reading.byline
    if byline.author:
        return
    candidates: list[str] = []
    for selector in (
        '[rel="author"]',
        "[itemprop=author]",
        ".author",
        ".tacgia",
        ".tac-gia",
        ".article-author",
        ".post-author",
    ):
        candidates += [text_of(e) for e in select(page, (selector,))[:3] if not _in(e, _ASIDE)]
    author = linked.get("author")
    for item in author if isinstance(author, list) else [author]:
        name = item.get("name") if isinstance(item, Mapping) else item
        candidates += [name] if isinstance(name, str) else []
    candidates += _beside_stamp(page, title, body)
    site = slug(_meta(page, "og:site_name") or "")
    for text in candidates:
        found = read_author(re.sub(r"^(?:Tác giả|Bởi|Theo|By)\s?:?\s", "", clean(text)[:160]))
        if found.author and slug(found.author) != site and " " in found.author:
            reading.byline = Byline(
                found.author, found.authors, byline.roles or found.roles, byline.source or found.source, byline.kept
            )
            return


def _beside_stamp(page: Page, title: etree._Element | None, body: etree._Element | None) -> Iterator[str]:
    """Yield names printed beside the time between title and text; the name of a section or a place is none."""
    first = next(filter(_is_prose, body.iter()), None) if body is not None else None
    if title is None or first is None:
        return
    order = page.order()
    linked = {_fold(all_text(link)) for link in page.root.iter("a")}
    for element in islice((node for node in page.root.iter() if order[title] < order[node] < order[first]), 200):
        around = element.getparent()
        if not isinstance(element.tag, str) or around is None or element.tag == "a" or len(element):
            continue
        text = clean(element.text or "").strip(" |·•-–")
        if not is_name(text) or " " not in text or _fold(text) in linked or _is_province(text):
            continue
        near = (*islice(element.itersiblings(preceding=True), 3), *islice(element.itersiblings(), 3))
        if any(_stamp_text(beside)[1] for beside in near):
            yield text


def _is_province(text: str) -> bool:
    return any((scheme, slug(text)) in provinces() for scheme in (SCHEME_2008, SCHEME_2025))


def _section(page: Page, title: str, linked: Mapping[str, Any]) -> str | None:
    """Return the last step of the page's trail that is neither home nor the article, else what metadata say."""
    for element in reversed(select(page, _TRAILS)[:8]):
        text = text_of(element).strip(" /›»>")
        if 2 < len(text) <= 60 and text.casefold() not in _HOME and _fold(text) != _fold(title):
            return text
    named = linked.get("articleSection")
    told = _meta(page, "article:section") or (named if isinstance(named, str) else None)
    return clean(told) if told and len(told) <= 60 else None


def _credits(page: Page, reading: Reading, body: etree._Element | None) -> None:
    """Read author and source from labelled lines under the text (`Tác giả: …`, `Nguồn tin: …`)."""
    if body is None:
        return
    order = page.order()
    inside = set(body.iter())
    last = max(order[node] for node in inside)
    for element in page.root.iter("p", "div", "span", "li"):
        if order[element] <= last or element in inside:
            continue
        found = _CREDIT.fullmatch(clean(_own_text(element))) if len(element) <= 3 else None
        if found is None or _in(element, _ASIDE):
            continue
        byline = reading.byline
        if found[1].casefold().startswith("nguồn"):
            source = byline.source or found[2].strip()
            reading.byline = Byline(byline.author, byline.authors, byline.roles, source, byline.kept)
        elif not byline.author:
            author = read_author(found[2])
            source = byline.source or author.source
            reading.byline = Byline(author.author, author.authors, author.roles, source, byline.kept)


def _pictures_above(
    page: Page, reading: Reading, title: etree._Element | None, body: etree._Element | None
) -> list[Picture]:
    """Return the pictures in `figure`s between title and text."""
    if title is None or body is None:
        return []
    order = page.order()
    inside = set(body.iter())
    known = {picture.url for picture in reading.pictures}
    found: list[Picture] = []
    for element in page.root.iter("figure"):
        if order[title] < order[element] < order[body] and element not in inside and not _in(element, _ASIDE):
            found += [p for p in read(markup_of(element), page.url, cut=True).pictures if p.url not in known]
    return found[:5]


def _labelled_tags(page: Page) -> list[etree._Element]:
    """Return the links after a label such as `Tag:` or `Từ khóa:`."""
    for element in page.root.iter("span", "strong", "b", "div", "p", "h3", "h4", "label", "i", "em"):
        if element.text and len(element) <= 1 and _TAG_LABEL.fullmatch(clean(all_text(element))):
            around = element.getparent()
            links = list(around.iter("a")) if around is not None else []
            if 0 < len(links) <= 30 and not _in(element, _ASIDE):
                return links
    return []


def _tags(page: Page) -> list[str]:
    found: list[str] = []
    for element in select(page, _TAGS)[:30] or _labelled_tags(page):
        tag = text_of(element).strip(" #,;")
        if tag and len(tag) <= 80 and tag not in found and not _in(element, _ASIDE):
            found.append(tag)
    return found


def _is_standing(page: Page, reading: Reading, url: str) -> bool:
    """Tell whether a page is one of those that every site has (who we are, where to write to, what was found)."""
    if _NEVER_NEWS.match(reading.title):
        return True
    if reading.stamps or reading.byline.author:
        return False
    # A heading of two words is none of an article.
    headings = (reading.title, *(text_of(element) for element in select(page, ("h1",))[:3]))
    return any(map(_STANDING.match, headings)) or bool(_STANDING_PATH.search(urlsplit(url).path))


def _is_called_article(
    page: Page, reading: Reading, linked: Mapping[str, Any], url: str, body: etree._Element | None
) -> bool:
    parts = urlsplit(url)
    if not re.search(r"[^/]{3,}", parts.path) and not re.search(r"\d", parts.query):
        return False
    kind = (_meta(page, "og:type") or "").casefold()
    called = linked or kind == "article" or select(page, ('[itemtype$="Article"]',))
    if called or reading.stamps or reading.byline.author:
        return True
    # A plain page: its address repeats its title, or its text is marked up as an article's.
    words = set(slug(reading.title).split("-"))
    prose = sum(len(text.text) > _SENTENCE for text in reading.texts)
    if len(words) < 5 or prose < 3 or body is None:
        return False
    address = set(slug(unquote(parts.path)).split("-"))
    around = {node.tag for node in (body, *body.iterancestors())} | {node.tag for node in body.iter("article")}
    return len(words & address) >= _SAME_WORDS * len(words) or "article" in around
