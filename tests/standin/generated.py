"""Catalogues of any size: article i is composed when it is asked for, and forgotten.

Page weight is that of real portals (about 50 KB): menus, inline style and script, side lists, footers.
"""

# ruff: noqa: E501  (sentences and markup stand on one line)

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from html import escape

from flows.demo.content import VIETNAM, Article, Grid, Image, Section, SiteFacts, slugify
from flows.demo.markup import FAMILIES
from flows.demo.markup.base import Chrome
from flows.demo.site import Site

from .writing import COMMUNES, TITLES, TOPICS, compose

FIRST_ID = 100_000
BEGIN = datetime(2023, 1, 1, 7, 0, tzinfo=VIETNAM)
NAMES = ("Thời sự", "Chính trị", "Kinh tế", "Xã hội")


class GeneratedCatalogue:
    """Articles 0 … visible-1 of the world `seed`; the next nights' changes are methods."""

    def __init__(
        self,
        facts: SiteFacts,
        visible: int,
        *,
        seed: int = 1,
        paragraphs: int = 6,
        every: timedelta = timedelta(minutes=37),
        ids_per_section: bool = False,
        silent: frozenset[str] = frozenset(),
    ) -> None:
        self.facts, self.visible, self.seed = facts, visible, seed
        self.paragraphs, self.every, self.silent = paragraphs, every, silent
        self.sections = [s.slug for s in facts.sections]
        self.ids_per_section = ids_per_section
        self.edits: dict[int, int] = {}
        self.gone: set[int] = set()
        self._compose = lru_cache(maxsize=512)(self._composed)

    # ---- nights

    def publish(self, count: int = 1) -> None:
        """Publish `count` more articles."""
        self.visible += count

    def edit(self, number: int, section: str | None = None) -> None:
        """Change the last paragraph of the article with this id and the time of its last edit."""
        index = self._index(number, section)
        self.edits[index] = self.edits.get(index, 0) + 1
        self._compose.cache_clear()

    def vanish(self, number: int, section: str | None = None) -> None:
        """Take the article with this id away: listings lose it and its address answers 404."""
        self.gone.add(self._index(number, section))

    # ---- catalogue

    def count(self, section: str | None = None) -> int:
        """See `flows.demo.content.Catalogue`."""
        n, k = len(self.sections), self.sections.index(section) if section else 0
        total = self.visible if section is None else (self.visible - k + n - 1) // n
        return total - sum(1 for i in self.gone if section is None or i % n == k)

    def page(self, section: str | None, start: int, length: int) -> Sequence[Article]:
        """See `flows.demo.content.Catalogue`."""
        n = len(self.sections)
        if section is None:
            newest, step = self.visible - 1, 1
        else:
            k = self.sections.index(section)
            newest, step = self.visible - 1 - (self.visible - 1 - k) % n, n
        found: Sequence[int]
        if not self.gone:
            found = range(newest - start * step, -1, -step)[:length]
        else:
            found = [i for i in range(newest, -1, -step) if i not in self.gone][start : start + length]
        return [self._compose(i) for i in found]

    def get(self, number: int, section: str | None = None) -> Article | None:
        """See `flows.demo.content.Catalogue`."""
        index = self._index(number, section)
        if not 0 <= index < self.visible or index in self.gone:
            return None
        article = self._compose(index)
        return article if section in (None, article.section) else None

    def __iter__(self) -> Iterator[Article]:
        for index in range(self.visible):
            if index not in self.gone:
                yield self._composed(index)

    def _index(self, number: int, section: str | None) -> int:
        if not self.ids_per_section:
            return number - FIRST_ID
        if section not in self.sections:
            return -1
        return (number - FIRST_ID) * len(self.sections) + self.sections.index(section)

    def _number(self, index: int) -> int:
        return FIRST_ID + (index // len(self.sections) if self.ids_per_section else index)

    def _composed(self, index: int) -> Article:
        text = compose(self.seed, index, paragraphs=self.paragraphs)
        created = BEGIN + index * self.every
        paragraphs, edited = text.paragraphs, None
        version = self.edits.get(index, 0)
        if version:
            paragraphs = (
                *paragraphs,
                f"Bổ sung lần {version}: đến nay đã có thêm {version * 17 + 4} hộ đăng ký tham gia.",
            )
            edited = created + timedelta(days=version)
        byline = f"{text.author} - {text.role}" if text.role else text.author
        return Article(
            id=self._number(index),
            section=self.sections[index % len(self.sections)],
            title=text.title,
            lead=text.lead,
            paragraphs=paragraphs,
            created_at=created,
            published_at=None if "published_at" in self.silent else created,
            edited_at=edited,
            byline=(byline,),
            author=text.author,
            author_roles=(text.role,) if text.role else (),
            tags=() if "tags" in self.silent else text.tags,
            images=(Image(f"anh-{index}.jpg", text.caption, 2),) if index % 2 else (),
            tables=(Grid(text.rows, 3),) if text.rows else (),
            slug=slugify(text.title, keep_case=self.facts.family == "danvan"),
            province=slugify(text.province),
        )


def generate(
    family: str,
    count: int,
    *,
    slug: str = "standin",
    seed: int = 1,
    page_size: int = 20,
    paragraphs: int = 6,
    heavy: bool = False,
    facts: SiteFacts | None = None,
    sections: int = 4,
) -> Site:
    """Return a site of `count` articles in the markup of `family`; `heavy` pages weigh about 50 KB."""
    markup = FAMILIES[family]
    if facts is None:
        names = NAMES[:sections]
        slugs = {
            "danvan": [slugify(n, keep_case=True) for n in names],
            "sharepoint": [slugify(n, keep_case=True).replace("-", "") for n in names],
        }
        facts = SiteFacts(
            slug=slug,
            name=f"Cổng thông tin {slug}",
            scheme="https",
            host=f"{slug}.invalid",
            family=family,
            sections=tuple(
                Section(s, n) for s, n in zip(slugs.get(family, list(map(slugify, names))), names, strict=True)
            ),
            page_size=page_size,
            viewing_day=date(2025, 11, 20),
        )
    catalogue = GeneratedCatalogue(
        facts, count, seed=seed, paragraphs=paragraphs, ids_per_section=family == "sharepoint", silent=markup.silent
    )
    return Site(markup(facts, catalogue, furniture() if heavy else None))


def truth(site: Site) -> Iterator[tuple[str, Article]]:
    """Yield (canonical address, article) for every article that a site shows."""
    catalogue = site.markup.catalogue
    articles = (
        iter(catalogue) if isinstance(catalogue, GeneratedCatalogue) else catalogue.page(None, 0, catalogue.count())
    )
    for article in articles:
        yield site.markup.url(article), article


def record(site: Site, *, expect: str = "floor = 1\nsilence_days = 3650") -> str:
    """Return the portal's record (`spiders/registry.py`) as TOML."""
    facts = site.markup.facts
    lines = [
        f'name = "{facts.name}"',
        f'host = "{facts.host}"',
        f'scheme = "{facts.scheme}"',
        "central = true",
        f'family = "{facts.family}"',
        'evidence = { family = "seen", article = "seen", lists = "seen" }',
        "caps = { pages = 100000, minutes = 240, listing_pages = 100000 }",
    ]
    patterns = {"file-uuid": r"/[^/?]+/\d{6}/[^/?]+-\d+"}
    if facts.family in patterns:
        lines.append(f"article = '{patterns[facts.family]}'")
    if facts.family == "sharepoint":
        lines += ["", "[api]", 'path = "/APIVP/api/DSTinTuc/QUERYDATA"']
        lines += [f'lists."/ct/cms/tintuc/Lists/{s.slug}" = "{s.name}"' for s in facts.sections]
    else:
        paths = {"nukeviet": "/news/{}/", "danvan": "/Home/{}"}
        rows = ", ".join(f'"{paths.get(facts.family, "/{}").format(s.slug)}" = "{s.name}"' for s in facts.sections)
        lines.append(f"sections = {{ {rows} }}")
    return "\n".join([*lines, "", "[expect]", expect, ""])


@lru_cache(maxsize=1)
def furniture() -> Chrome:
    """Return the menus, style, script and side lists that make a page weigh what real ones do."""
    style = "".join(
        f".khoi-{n} .tieu-de{{margin:{n % 7}px auto;padding:{n % 5}px;color:#{n * 7919 % 0xFFFFFF:06x}}}\n"
        for n in range(170)
    )
    script = "".join(
        f"window.qc=window.qc||[];qc.push({{vitri:'o{n}',rong:{300 + n},cao:{250 - n % 90}}});\n" for n in range(120)
    )
    menu = "".join(
        f'<li class="muc-{n}"><a href="#muc{n}" title="{escape(t)}">{escape(t[0].upper() + t[1:])} {n}</a></li>\n'
        for n, t in enumerate(TOPICS * 9)
    )
    side = "".join(
        f'<li class="tin-phu"><span class="so">{n}</span> <span class="ten">{escape(_side_title(n))}</span> <em>({n % 27 + 1:02d}/{n % 12 + 1:02d}/2024)</em> <span class="xem">Lượt xem: {n * 317 % 9000}</span></li>\n'
        for n in range(1, 61)
    )
    foot = "".join(
        f'<div class="lien-ket"><a rel="nofollow" href="#lk{n}">Trang thông tin xã {c}</a></div>\n'
        for n, c in enumerate(COMMUNES)
    )
    return Chrome(
        head=f"<style>\n{style}</style>\n<script>\n{script}</script>",
        menu=f'<div class="menu-phu"><ul>\n{menu}</ul></div>',
        side=f'<div class="hop-phu"><h3>Tin nổi bật</h3><ul>\n{side}</ul></div>',
        foot=f'<div class="chan-phu">{foot}<p>Điện thoại: 0219.3866.{100}; Fax: 0219.3866.{200}</p></div>',
    )


def _side_title(number: int) -> str:
    template = TITLES[number % len(TITLES)]
    words = {
        "place": "Toàn tỉnh",
        "topic": TOPICS[number % len(TOPICS)],
        "topic_up": "Việc tốt quanh ta",
        "commune": COMMUNES[number % len(COMMUNES)],
    }
    return template.format_map({"district": "huyện", "province": "tỉnh", "n": number, **words})
