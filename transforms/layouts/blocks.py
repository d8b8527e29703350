"""The article's part of a page as a flat list: paragraphs, pictures with their captions, tables, files.

BeautifulSoup reads only the part that a layout has cut out. The walk is one pass in document order without
recursion, so that nesting costs nothing. Text is in storage form; a single `<br>` inside a paragraph is kept as a
line break for the author block to be read by, two of them part paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PreformattedString

from transforms.tables import Grid
from transforms.text import clean

BLOCKS: Final = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div",
        "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
        "h6", "header", "hr", "html", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary",
        "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    )
)  # fmt: skip
_DROPPED_TAGS: Final = frozenset(
    (
        "script", "style", "noscript", "iframe", "object", "embed", "input", "textarea", "select", "button",
        "template", "svg", "math", "video", "audio", "canvas", "link", "meta", "head", "nav", "ins",
    )
)  # fmt: skip
_FURNITURE: Final = re.compile(
    r"(?:ads?|adv|advertis\w*|banner\w*|social\w*|share|sharing|sharethis|relate[ds]?|related\w*|relation|comments?|rating|"
    r"fb|fb-like|zalo-share-button|breadcrumbs?|bd02|xemthem|xem-them|tin-?lien-?quan|lienquan|binh-?luan|tags?|tag_list|tagcloud|"
    r"sda_middle|rennab|google-news|print|tool-?bar|pagination|newsletter|sr-only|tts|audio-player)(?:[-_]\w{0,30})*",
    re.IGNORECASE,
)
_CAPTION_CLASS: Final = re.compile(
    r"(?:image_desc|img-?desc\w*|caption\w*|\w{0,20}[-_]?caption(?:[-_]text)?|chuthich\w*|chu-thich|"
    r"photocms_caption|ck_legend|desc_image|note-?img)",
    re.IGNORECASE,
)
_HIDDEN: Final = re.compile(r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden", re.IGNORECASE)
_HIDING: Final = frozenset(("hidden", "hide", "d-none", "sr-only", "visually-hidden"))
_BOLD: Final = frozenset(("fw-bold", "font-bold", "font-semibold", "font-weight-bold", "bold", "text-bold"))
_SHOWN_AGAIN: Final = re.compile(r"(?:d-)?(?:xs|sm|md|lg|xl|xxl)[-:](?:block|flex|inline|grid|table|inline-block)")
_ALIGN: Final = re.compile(r"text-align\s{0,3}:\s{0,3}(right|center|left|justify|end)", re.IGNORECASE)
_PHOTO_CREDIT: Final = re.compile(r"(?:Ảnh|Nguồn ảnh|Ảnh minh họa)\s?:", re.IGNORECASE)
_CREDIT_END: Final = re.compile(r"(?:Ảnh|Nguồn)\s?:\s?[^.:]{2,40}\.?$")
_MORE: Final = re.compile(
    r"(?:>>|»|\*)?\s?(?:Xem thêm|Đọc thêm|Mời xem|Xem tiếp|Tin liên quan|Bài liên quan|Tin bài liên quan|"
    r"Có thể bạn quan tâm|Đọc tiếp)",
    re.IGNORECASE,
)
_TEMPLATE: Final = re.compile(r"\{\{[^{}]{0,300}\}\}")
"""What AngularJS leaves where it did not run."""
FILES: Final = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|rar|zip|7z|odt|ods|rtf)$", re.IGNORECASE)
_LAZY: Final = ("data-src", "data-original", "data-lazy-src", "data-echo", "src")
_MAX_CAPTION: Final = 400
_TEASER_WORDS: Final = 6
"""Words that the title of an article has at least."""


@dataclass(slots=True)
class Text:
    """A paragraph: `text` has line breaks where the print has single ones; the lengths are of its letters."""

    text: str
    tag: str = "p"
    align: str = ""
    bold: float = 0.0
    """Share of the letters that are bold, as `italic` and `link` are of theirs."""
    italic: float = 0.0
    link: float = 0.0
    away: float = 0.0
    """Share of the letters that lead to another page of the site, not to a file."""
    caption: bool = False
    """Marked as a caption by its element."""
    figure: int = 0

    @property
    def line(self) -> str:
        """The paragraph on one line."""
        return self.text.replace("\n", " ")


@dataclass(slots=True)
class Picture:
    """An image of the article, at its address, with the caption printed under it."""

    url: str
    caption: str | None = None
    figure: int = 0


@dataclass(frozen=True, slots=True)
class File:
    """A file offered in the text or beside it."""

    name: str
    url: str


@dataclass(slots=True)
class Content:
    """What the article's part holds, in order of print."""

    texts: list[Text] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    files: list[File] = field(default_factory=list)


@dataclass(slots=True)
class _State:
    """What holds inside an element."""

    block: int
    name: str
    bold: bool = False
    italic: bool = False
    link: bool = False
    away: bool = False
    align: str = ""
    skip: bool = False
    caption: bool = False
    figure: int = 0


@dataclass(slots=True)
class _Buffer:
    state: _State | None = None
    pieces: list[tuple[str, _State | None]] = field(default_factory=list)
    """Strings with what holds for them; a line break has no state."""
    filled: bool = False


def is_hidden(classes: str, style: str) -> bool:
    """Tell whether an element's classes or style keep it from every screen; `d-none d-md-block` does not."""
    if style and _HIDDEN.search(style):
        return True
    tokens = classes.split() if classes else ()
    return any(token in _HIDING for token in tokens) and not any(map(_SHOWN_AGAIN.fullmatch, tokens))


def absolute(base: str, address: str) -> str | None:
    """Return `address` as an absolute http(s) address without fragment or credentials; null for anything else."""
    address = re.sub(r"[\x00-\x20\u200b\ufeff]+", lambda m: "%20" if m[0] == " " else "", address.strip())
    if not address or len(address) > 2000:
        return None
    try:
        joined = urljoin(base, address)
        parts = urlsplit(joined)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
            return None
    except ValueError:
        return None
    return joined.split("#", 1)[0]


def soup_of(markup: str) -> BeautifulSoup:
    """Parse the markup of an article's part."""
    return BeautifulSoup(markup, "lxml", multi_valued_attributes=None)


def read(markup: str, base: str, drop: frozenset[str] = frozenset(), *, cut: bool = False) -> Content:
    """Read the markup of an article's part.

    `base` is the page's address, `drop` the classes and ids of elements that are no article. `cut` says that the
    markup is one element that a layout chose: that element itself is never furniture.
    """
    soup = soup_of(markup)
    chosen = soup.body.find(True, recursive=False) if cut and soup.body else None
    return _Walk(base, drop, chosen).run(soup)


class _Walk:
    def __init__(self, base: str, drop: frozenset[str], chosen: object) -> None:
        self.base = base
        self.page = base.split("#", 1)[0]
        self.host = urlsplit(base).hostname
        self.drop = drop
        self.chosen = chosen
        self.items: list[Text | Picture] = []
        self.content = Content()
        self.buffer = _Buffer()
        self.states: dict[int, _State] = {}

    def run(self, soup: BeautifulSoup) -> Content:
        root = _State(block=id(soup), name="p")
        self.states[id(soup)] = root
        for node in soup.descendants:
            state = self.states.get(id(node.parent), root)
            if isinstance(node, Tag):
                self._element(node, state)
            elif isinstance(node, NavigableString) and not (state.skip or isinstance(node, PreformattedString)):
                self._string(node, state)
        self._flush()
        _captions(self.items, self.content)
        return self.content

    def _element(self, tag: Tag, parent: _State) -> None:
        name = tag.name
        if parent.skip:
            self.states[id(tag)] = parent
            return
        attributes = tag.attrs
        if name in _DROPPED_TAGS or (attributes and self._is_furniture(tag)):
            self.states[id(tag)] = _State(parent.block, name, skip=True)
            return
        if name == "br":
            self.buffer.pieces.append(("\n", None))
        elif name in ("img", "amp-img"):
            self._picture(tag, parent)
        state = _State(
            parent.block,
            parent.name,
            parent.bold,
            parent.italic,
            parent.link,
            parent.away,
            parent.align,
            False,
            parent.caption,
            parent.figure,
        )
        marked = name == "figcaption" or bool(attributes and name != "figure" and _has_token(tag, _CAPTION_CLASS))
        if marked or name in BLOCKS:
            self._flush()
            state.block, state.name = id(tag), name
            if name == "figure":
                state.figure = id(tag)
            elif marked:
                state.caption = True
            elif name == "table":
                state = self._table(tag, state)
            elif name in ("center", "th"):
                state.align = "center"
            if attributes:
                state.align = _alignment(attributes) or state.align
        elif name in ("b", "strong"):
            state.bold = True
        elif name in ("i", "em"):
            state.italic = True
        elif name == "a":
            state.link = True
            state.away = self._leads_away(tag)
        if attributes and name not in ("b", "strong", "a", "table"):
            if not state.bold and "class" in attributes and not _BOLD.isdisjoint(str(attributes["class"]).split()):
                state.bold = True
            style = str(attributes.get("style") or "")
            if style and "bold" in style:
                state.bold = True
            if style and "italic" in style:
                state.italic = True
        self.states[id(tag)] = state

    def _is_furniture(self, tag: Tag) -> bool:
        if tag is self.chosen:
            return False
        attributes = tag.attrs
        if is_hidden(str(attributes.get("class") or ""), str(attributes.get("style") or "")):
            return True
        if "hidden" in attributes or attributes.get("aria-hidden") == "true":
            return True
        if (
            ("class" in attributes or "id" in attributes)
            and tag.name not in ("p", "body")
            and _has_token(tag, _FURNITURE)
        ):
            return True
        if not self.drop:
            return False
        tokens = str(attributes.get("class") or "").split()
        return not self.drop.isdisjoint(tokens) or attributes.get("id") in self.drop

    def _string(self, node: NavigableString, state: _State) -> None:
        text = str(node)
        if "{{" in text:
            text = _TEMPLATE.sub("", text)
        buffer = self.buffer
        if buffer.state is not None and buffer.state.block != state.block:
            self._flush()
            buffer = self.buffer
        if buffer.state is None:
            buffer.state = state
        buffer.pieces.append((text.replace("\n", " ").replace("\r", " "), state))
        buffer.filled = buffer.filled or not text.isspace()

    def _flush(self) -> None:
        buffer, self.buffer = self.buffer, _Buffer()
        if buffer.state is None or not buffer.filled:
            return
        for part in _parts(buffer.pieces):
            length = bold = italic = link = away = 0
            for text, state in part:
                if state is None or text.isspace():
                    continue
                here = len(text) - text.count(" ")
                length += here
                bold += here * state.bold
                italic += here * state.italic
                link += here * state.link
                away += here * state.away
            if not length:
                continue
            lines = [line for line in map(clean, "".join(text for text, _ in part).split("\n")) if line]
            for text in _paragraphs(lines):
                self.items.append(
                    Text(
                        text,
                        buffer.state.name,
                        buffer.state.align,
                        bold / length,
                        italic / length,
                        link / length,
                        away / length,
                        buffer.state.caption,
                        buffer.state.figure,
                    )
                )

    def _picture(self, tag: Tag, state: _State) -> None:
        for key in _LAZY:
            value = tag.get(key)
            if not value or str(value).startswith("data:"):
                continue
            url = absolute(self.base, str(value))
            if url and not _is_icon(tag):
                if self.buffer.filled and self.buffer.state is not None and self.buffer.state.figure:
                    self._flush()
                self.items.append(Picture(url, None, state.figure))
                return

    def _leads_away(self, tag: Tag) -> bool:
        """Keep the file that a link offers; tell whether it leads to another page of the site instead."""
        url = absolute(self.base, str(tag.get("href") or ""))
        if url is None:
            return False
        if not FILES.search(urlsplit(url).path):
            return url != self.page and urlsplit(url).hostname == self.host
        name = clean(tag.get_text(" ")) or url.rsplit("/", 1)[-1]
        self.content.files.append(File(name, url))
        return False

    def _table(self, tag: Tag, state: _State) -> _State:
        grid = _grid(tag)
        if grid is None:
            # A frame: what stands in it is read as if it stood free. A frame around an image holds its caption.
            frame = tag.find("img") is not None and len(tag.get_text(strip=True)) <= _MAX_CAPTION
            if frame and tag.find("table") is None:
                state.caption, state.figure = True, id(tag)
            return state
        if grid.cells:
            self.content.grids.append(grid)
        return _State(state.block, "table", skip=True)


def _alignment(attributes: dict[str, object]) -> str:
    found = _ALIGN.search(str(attributes.get("style") or ""))
    value = found[1] if found else str(attributes.get("align") or "")
    value = value.lower()
    if not value and "class" in attributes:
        tokens = attributes["class"]
        joined = str(tokens)
        if "text-right" in joined or "align-right" in joined:
            value = "right"
        elif "text-center" in joined or "align-center" in joined:
            value = "center"
    return "right" if value == "end" else value


def _has_token(tag: Tag, pattern: re.Pattern[str]) -> bool:
    tokens = str(tag.attrs.get("class") or "").split()
    identity = tag.attrs.get("id")
    return any(map(pattern.fullmatch, tokens)) or bool(identity and pattern.fullmatch(str(identity)))


def _is_icon(tag: Tag) -> bool:
    for key in ("width", "height"):
        value = str(tag.get(key) or "").rstrip("px")
        if value.isdigit() and len(value) < 4 and int(value) <= 40:
            return True
    return False


def _parts(pieces: list[tuple[str, _State | None]]) -> list[list[tuple[str, _State | None]]]:
    """Part a block's strings where two line breaks follow each other."""
    parts: list[list[tuple[str, _State | None]]] = [[]]
    breaks = 0
    for piece in pieces:
        if piece[1] is None:
            breaks += 1
        elif not piece[0].isspace():
            if breaks > 1:
                parts.append([])
            breaks = 0
        parts[-1].append(piece)
    return parts


def _paragraphs(lines: list[str]) -> Iterable[str]:
    """Part a block whose single line breaks end sentences: such pages have no other paragraphs."""
    if len(lines) < 2:
        yield from lines
        return
    start = 0
    for index in range(1, len(lines)):
        if len(lines[index - 1]) >= 60 and lines[index - 1].endswith((".", "!", "?", "…", ":", ";", "”", ")")):
            yield "\n".join(lines[start:index])
            start = index
    yield "\n".join(lines[start:])


def _grid(table: Tag) -> Grid | None:
    """Return the cells of a table of data, an empty one without text, null for a frame around text or images."""
    rows: list[list[tuple[str, int, int]]] = []
    longest = cells = 0
    if table.find("table") is not None:
        return None
    for row in table.find_all("tr"):
        line: list[tuple[str, int, int]] = []
        for cell in row.find_all(("td", "th"), recursive=False):
            if cell.find(("img", "amp-img")) is not None:
                return None
            text = clean(cell.get_text(" "))
            longest = max(longest, len(text))
            cells += bool(text)
            line.append((text, _span(cell, "colspan"), _span(cell, "rowspan")))
        rows.append(line)
    width = max(map(len, rows), default=0)
    if width < 2 or len(rows) < 2:
        return None if cells else Grid()
    if longest > 600 and cells <= 4:
        return None
    return Grid.of(rows)


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name) or "1").strip()
    return min(int(value), 100) if value.isdecimal() and len(value) < 6 and int(value) > 0 else 1


def _captions(items: list[Text | Picture], content: Content) -> None:
    """Give captions to the pictures they stand under; what is left of the texts is the article's."""
    paired = _paired(items)
    last: Picture | None = None
    seen: set[str] = set()
    near = False
    waiting: list[Text] = []
    for item in items:
        if isinstance(item, Picture):
            if item.url in seen:
                near = False
                continue
            seen.add(item.url)
            content.pictures.append(item)
            last, near = item, True
            for text in [w for w in waiting if w.figure and w.figure == item.figure]:
                item.caption = text.line
                waiting.remove(text)
            continue
        if item.caption:
            if item.figure in paired:
                continue
            if last is not None and (near or (item.figure and item.figure == last.figure)):
                last.caption = (
                    f"{last.caption} {item.line}" if last.caption and last.caption != item.line else item.line
                )
            elif item.figure:
                waiting.append(item)
            continue
        if near and last is not None and _reads_as_caption(item, last):
            last.caption = f"{last.caption} {item.line}" if last.caption else item.line
            # A second line under the picture is only its credit.
            continue
        near = False
        if not (item.link > 0.6 and _MORE.match(item.text)) and not _is_teaser(item):
            content.texts.append(item)


def _is_teaser(text: Text) -> bool:
    """Tell whether a paragraph is nothing but the title of another article, linked: no sentence of this one."""
    return (
        text.away > 0.95
        and not text.tag.startswith("h")
        and len(text.text.split()) >= _TEASER_WORDS
        and not text.text.endswith((".", ":", ";", ","))
    )


def _paired(items: list[Text | Picture]) -> set[int]:
    """Give each picture of a frame its own caption where there are as many of them; return those frames."""
    pictures: dict[int, list[Picture]] = {}
    captions: dict[int, list[str]] = {}
    for item in items:
        if isinstance(item, Picture):
            pictures.setdefault(item.figure, []).append(item)
        elif item.caption:
            captions.setdefault(item.figure, []).append(item.line)
    frames = {f for f, own in pictures.items() if f and len(own) > 1 and len(own) == len(captions.get(f, ()))}
    for frame in frames:
        for picture, caption in zip(pictures[frame], captions[frame], strict=True):
            picture.caption = caption
    return frames


def _reads_as_caption(text: Text, picture: Picture) -> bool:
    if len(text.text) > _MAX_CAPTION or text.tag.startswith("h") or text.link > 0.5:
        return False
    if picture.caption:
        return bool(_PHOTO_CREDIT.match(text.text)) and len(text.text) <= 80
    if _PHOTO_CREDIT.match(text.text) or (len(text.text) <= 300 and _CREDIT_END.search(text.text)):
        return text.align != "right"
    if text.align == "center":
        return text.italic > 0.5 or text.bold < 0.9
    return text.italic > 0.9 and text.align != "right"
