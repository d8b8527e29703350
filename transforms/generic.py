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
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import trafilatura
from lxml import etree

from transforms.bylines import Byline, read_author
from transforms.layouts.base import FILE_LABEL as FILE_NAME
from transforms.layouts.base import Page, Reading, count, finish, markup_of, meta_date, select, text_of
from transforms.layouts.blocks import BLOCKS, FILES, File, Picture, Text, absolute, is_hidden, read
from transforms.places import slug
from transforms.sanity import agrees
from transforms.stamps import Stamp, parse_stamp
from transforms.text import clean

MAX_ELEMENTS: Final = 10_000
"""Elements of a page that the extractor is given; it takes seconds for more."""
USUAL_ELEMENTS: Final = 4_000
"""Elements up to which the extractor may ask its fallbacks."""
_PROSE: Final = 120
"""Characters that no menu item or teaser title has."""
_DECAY: Final = (1.0, 1.0, 0.8, 0.6, 0.4, 0.2, 0.1)
"""What a paragraph counts for the element that it is and those around it, from the inside out."""
_BLOCK_TAGS: Final = tuple(sorted(BLOCKS))

_LEADS: Final = (
    "[itemprop=description]:not(meta)",
    ".sapo",
    ".article__sapo",
    ".detail-sapo",
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
_ARTICLE_TYPES: Final = frozenset(("NewsArticle", "Article", "BlogPosting", "ReportageNewsArticle", "Report"))
_SITE_SUFFIX: Final = re.compile(r"\s+(?:[|»·]|::|[-–—])\s+")
_CLOCK: Final = re.compile(
    r"(?:clock|now|today|hom-?nay|current|top-?bar|header|nav|menu|footer|sidebar|lblNgay|dongho)", re.IGNORECASE
)
_OWN_HEADER: Final = re.compile(r"(?:card|article|entry|post|news|detail|content|title|bai|tin)", re.IGNORECASE)
_POSTED: Final = re.compile(r"(?:pub|post|detail|article|entry|created|ngaydang|ngay-dang|news)", re.IGNORECASE)
_ASIDE: Final = re.compile(
    r"(?:related|relate|lien-?quan|sidebar|side-bar|widget|aside|footer|comment|other-?news|tinkhac|tin-khac|same|most|xem-?nhieu|popular|recent)",
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
_FILE_LABEL: Final = re.compile(r"(?:đính kèm|tải về|tập tin|tệp|file|download|attach)", re.IGNORECASE)
_CREDIT: Final = re.compile(r"(Tác giả|Tác giả bài viết|Người viết|Nguồn tin|Nguồn)\s?:\s?(.{2,100})", re.IGNORECASE)
_TAG_LABEL: Final = re.compile(r"(?:Tags?|Từ kh[oó][aá]|Từ khóa|Từ khoá|Thẻ)\s?:?", re.IGNORECASE)
_LETTERS: Final = re.compile(r"\W+")


def readings(page: Page, url: str, *, addressed: bool) -> Iterator[Reading]:
    """Yield the generic reading of a page, if there is one; `addressed`: its address is known for an article's."""
    linked = _linked_data(page)
    if count(page.root) > MAX_ELEMENTS:
        return
    body = _body(page)
    reading = Reading("generic", generic=True)
    title_element = _title_element(page, body)
    reading.title = _title(page, title_element, linked, url)
    if body is not None:
        if _is_list(body):
            return
        reading.content = read(markup_of(body), page.url, cut=True)
        lead = _prepare(page, reading, body, title_element, linked)
    elif isinstance(linked.get("articleBody"), str):
        lines = [clean(line) for line in linked["articleBody"].split("\n")]
        reading.content.texts = [Text(line) for line in lines if line]
        lead = None
    else:
        return
    finish(reading, lead, "bold")
    _date(page, reading, title_element, body, linked)
    _author(page, reading, body, linked)
    _credits(page, reading, body)
    reading.pictures[:0] = _pictures_above(page, reading, title_element, body)
    reading.tags = _tags(page)
    reading.files += _files(page, body, reading)
    reading.fields = {"title": bool(reading.title), "body": bool(reading.texts)}
    if addressed or _is_called_article(page, reading, linked, url):
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
        own = _own_text(element)
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


def _is_list(body: etree._Element) -> bool:
    """Tell whether what was taken for the text is a list: as many titles that lead away as paragraphs."""
    prose = links = before = 0
    for element in body.iter(*_BLOCK_TAGS, "a"):
        if element.tag == "a":
            around = element.getparent()
            text = clean(all_text(element))
            alone = around is not None and len(clean(all_text(around))) <= len(text) + 30
            links += len(text) >= 25 and alone and bool(element.get("href"))
        elif _is_prose(element):
            prose += 1
            before = links
    # Links after the last paragraph are a list of other articles under the text.
    return before >= 4 and before >= 0.7 * prose


def _files(page: Page, body: etree._Element | None, reading: Reading) -> list[File]:
    """Return the files offered beside the text: what a label calls attached, not the documents of a sidebar."""
    known = {file.url for file in reading.files}
    found: list[File] = []
    for link in select(page, ("a[href]",)):
        url = absolute(page.url, str(link.get("href")))
        offered = "download" in link.attrib
        if url is None or url in known or not (offered or FILES.search(urlsplit(url).path)) or _in(link, _ASIDE):
            continue
        around = [node for node in (link.getparent(), *link.iterancestors()) if node is not None][:4]
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
    if score >= 0.3:
        return best
    above = _above(page, headings, body)
    return above if above is not None else _same_text(page, own)


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


def _in_link(element: etree._Element) -> bool:
    around = element.getparent()
    return around is not None and around.tag == "a"


def _above(page: Page, headings: list[etree._Element], body: etree._Element | None) -> etree._Element | None:
    order = _order(page)
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
    while texts and _is_stamp(texts[0].line):
        texts = texts[1:]
    texts = [
        text for text in texts if not (len(text.text) < _MAX_STAMP and _is_stamp(text.line) and text.align != "right")
    ]
    reading.content.texts = texts
    if title_element is None and texts and _reads_as_title(texts, reading.title):
        # Old pages set the title in bold and give the window the name of the site.
        reading.title, texts = texts[0].line, texts[1:]
        reading.content.texts = texts
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
    order = _order(page)
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
    order = _order(page)
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


def _order(page: Page) -> dict[etree._Element, int]:
    return {element: index for index, element in enumerate(page.root.iter())}


def _in(element: etree._Element, pattern: re.Pattern[str]) -> bool:
    for node in (element, *element.iterancestors()):
        if node.tag in ("body", "html"):
            return False
        if node.tag in ("nav", "footer", "aside"):
            return True
        for token in f"{node.get('class') or ''} {node.get('id') or ''}".split():
            # The header of a card or an article is no header of the page.
            if pattern.search(token) and not (pattern is _CLOCK and _OWN_HEADER.search(token)):
                return True
    return False


def _hidden(element: etree._Element) -> bool:
    return any(
        is_hidden(str(node.get("class") or ""), str(node.get("style") or ""))
        for node in (element, *element.iterancestors())
    )


def _is_stamp(text: str) -> bool:
    return (
        len(text) <= _MAX_STAMP
        and bool(_HAS_DATE.search(text))
        and parse_stamp(text) is not None
        and _mostly_stamp(text)
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


def _printed_stamp(
    page: Page, reading: Reading, title: etree._Element | None, body: etree._Element | None
) -> Stamp | None:
    """Return the time of publication printed around the title; note a clock in the header on the way."""
    if title is None:
        return None
    order = _order(page)
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
    return isinstance(element.tag, str) and element.tag in BLOCKS and len(_own_text(element)) > _PROSE


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


def _author(page: Page, reading: Reading, body: etree._Element | None, linked: Mapping[str, Any]) -> None:
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
    site = slug(_meta(page, "og:site_name") or "")
    for text in candidates:
        found = read_author(re.sub(r"^(?:Tác giả|Bởi|Theo|By)\s?:?\s", "", clean(text)[:160]))
        if found.author and slug(found.author) != site and " " in found.author:
            reading.byline = Byline(
                found.author, found.authors, byline.roles or found.roles, byline.source or found.source, byline.kept
            )
            return


def _credits(page: Page, reading: Reading, body: etree._Element | None) -> None:
    """Read author and source from labelled lines under the text (`Tác giả: …`, `Nguồn tin: …`)."""
    if body is None:
        return
    order = _order(page)
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
    order = _order(page)
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


def _is_called_article(page: Page, reading: Reading, linked: Mapping[str, Any], url: str) -> bool:
    path = urlsplit(url).path
    if path in ("", "/") or not re.search(r"[^/]{3,}", path):
        return False
    kind = (_meta(page, "og:type") or "").casefold()
    dated = bool(reading.stamps)
    return bool(linked) or kind == "article" or dated or bool(reading.byline.author)
