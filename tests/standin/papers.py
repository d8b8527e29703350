"""Markup of the families that the bundled samples do not need, as public material shows it; and of eight unfamiliar ones.

Each class says how a list item and an article look; `Paper` does what they share: routes, pagers, feeds, sitemaps.
"""

# ruff: noqa: E501  (markup stands on the lines that pages have it on)

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from html import escape
from typing import ClassVar
from urllib.parse import urlencode

from flows.demo.content import Article, Catalogue, Image, SiteFacts, slugify
from flows.demo.markup.base import (
    Answer,
    Chrome,
    FeedItem,
    Markup,
    Request,
    asset,
    rfc822,
    rss,
    shorten,
    sitemap,
    sitemap_index,
    weekday,
)

from .shapes import Shape

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Paper(Markup):
    """A site whose addresses are shapes and whose sections are paths (`facts.sections[i].slug`, without slashes around)."""

    feed: ClassVar[str | None] = "/rss/home.rss"
    has_sitemap: ClassVar[bool] = False
    pager: ClassVar[str] = "{path}?page={n}"
    first: ClassVar[int] = 1
    step: ClassVar[int] = 1
    closed: ClassVar[tuple[str, ...]] = ("/search", "/login")
    ending: ClassVar[str] = ""
    """What stands behind a section's path: `/` on some systems."""

    def __init__(self, facts: SiteFacts, catalogue: Catalogue, chrome: Chrome | None = None, *, shape: Shape) -> None:
        super().__init__(facts, catalogue, chrome)
        self.shape = shape

    # ---- addresses

    def address(self, article: Article) -> str:
        """See `Markup`."""
        return self.shape.address(article, article.section)

    def image_address(self, article: Article, image: Image) -> str:
        """See `Markup`."""
        return f"/uploads/{article.created_at:%Y/%m}/{image.file}"

    def attachment_address(self, article: Article, number: int) -> str:
        """See `Markup`."""
        return f"/uploads/{article.created_at:%Y/%m}/{article.attachments[number].file}"

    def section_path(self, slug: str) -> str:
        """Return the path of a section's listing."""
        return f"/{slug}{self.ending}"

    def pager_path(self, slug: str) -> str:
        """Return what stands for the listing in the addresses of its further pages."""
        return f"/{slug}"

    def page_path(self, slug: str, page: int) -> str:
        """Return the path (with query) of page `page` (from 1) of a section's listing."""
        if page == 1:
            return self.section_path(slug)
        return self.pager.format(path=self.pager_path(slug), n=self.first + (page - 1) * self.step)

    # ---- routes

    def answer(self, request: Request) -> Answer | None:
        """See `Markup`."""
        target = request.path + ("?" + urlencode(list(request.query.items())) if request.query else "")
        if request.path == "/robots.txt":
            return self.robots(self.closed, "/sitemap.xml" if self.has_sitemap else None)
        if request.path == "/":
            return self._listing(None, 1)
        if self.feed and target == self.feed:
            return self._feed()
        if self.has_sitemap and request.path == "/sitemap.xml":
            return sitemap_index([f"{self.facts.origin}/sitemap-bai-viet.xml"])
        if self.has_sitemap and request.path == "/sitemap-bai-viet.xml":
            return sitemap((self.url(a), a.created_at) for a in self.catalogue.page(None, 0, 1000))
        place = self.shape.place(target) or self.shape.place(request.path)
        article = self._named(*place) if place else None
        if article:
            return Answer(
                self._shell(article.title, self.article(article), self.address(article), self.meta(article)),
                modified=self.stamp(article),
            )
        listed = self._listed(target)
        return self._listing(*listed) if listed else asset(request.path)

    def _named(self, section: str | None, number: int) -> Article | None:
        """Return the article that an address names; sections are known by the last part of their path."""
        if section is None:
            return self.catalogue.get(number)
        for own in self.facts.sections:
            if own.slug.rpartition("/")[2] == section:
                return self.catalogue.get(number, own.slug)
        return None

    def _listed(self, target: str) -> tuple[str, int] | None:
        for section in self.facts.sections:
            if target in (self.section_path(section.slug), f"/{section.slug}", f"/{section.slug}/"):
                return section.slug, 1
            before, _, after = self.pager.format(path=self.pager_path(section.slug), n="\0").partition("\0")
            number = target.removeprefix(before).removesuffix(after)
            if target.startswith(before) and number.isdigit():
                page, rest = divmod(int(number[:9]) - self.first, self.step)
                if page >= 0 and not rest:
                    return section.slug, page + 1
        return None

    def not_found(self) -> bytes:
        """See `Markup`."""
        return self._shell("Không tìm thấy", "<p>Địa chỉ không tồn tại.</p>", "/404", "")

    def _listing(self, section: str | None, number: int) -> Answer:
        size = self.facts.page_size
        items = [
            self.item(self.link(self.address(a)), a) for a in self.catalogue.page(section, (number - 1) * size, size)
        ]
        name = self.facts.section_name(section) if section else self.facts.name
        path = self.page_path(section, number) if section else "/"
        return Answer(self._shell(name, self.listing(name, items, self._pager(section, number)), path, ""))

    def _pager(self, section: str | None, number: int) -> str:
        if section is None:
            return ""
        pages = self.page_count(section)
        near = sorted({1, pages, *range(max(1, number - 2), min(pages, number + 2) + 1)})
        return self.pagination(
            "".join(
                f"<li class='active'><span>{n}</span></li>"
                if n == number
                else f'<li><a href="{self.link(self.page_path(section, n))}">{n}</a></li>'
                for n in near
            )
        )

    def _feed(self) -> Answer:
        items = [
            FeedItem(
                escape(a.title), self.url(a), rfc822(a.created_at), escape(a.lead or ""), f"{self.facts.slug}-{a.id}"
            )
            for a in self.catalogue.page(None, 0, 20)
            if a.created_at
        ]
        return rss(self.facts.name, self.facts.origin + "/", self.facts.origin + str(self.feed), items)

    # ---- pages

    def _shell(self, title: str, main: str, path: str, meta: str) -> bytes:
        menu = "".join(
            f'<li><a href="{self.link(self.section_path(s.slug))}">{escape(s.name)}</a></li>'
            for s in self.facts.sections
        )
        side = "".join(
            f'<li><a href="{self.link(self.address(a))}">{escape(a.title)}</a></li>'
            for a in self.catalogue.page(None, 0, 5)
        )
        return self.page(title, main, path, meta, menu, side).encode()

    def page(self, title: str, main: str, path: str, meta: str, menu: str, side: str) -> str:
        """Return a whole page."""
        return f"""<!DOCTYPE html>
<html lang="vi"><head><meta charset="utf-8"><title>{escape(title)} | {escape(self.facts.name)}</title>
<link rel="canonical" href="{escape(self.facts.origin + path)}" />
{meta}{self.chrome.head}</head>
<body>
<header><a href="/">{escape(self.facts.name)}</a><nav><ul>{menu}</ul></nav>{self.chrome.menu}</header>
<div class="site-body">{main}
<aside class="sidebar"><h3>Đọc nhiều</h3><ul>{side}</ul>{self.chrome.side}</aside></div>
<footer><p>© {escape(self.facts.name)}. Giấy phép số 12/GP-TTĐT. Điện thoại: 0219.3866.123</p>{self.chrome.foot}</footer>
</body></html>
"""

    def meta(self, article: Article) -> str:
        """Return the head's metadata of an article's page."""
        return f'<meta property="og:title" content="{escape(article.title)}" /><meta property="og:description" content="{escape(article.lead or "")}" />'

    def listing(self, name: str, items: Sequence[str], pager: str) -> str:
        """Return the main part of a listing."""
        return f'<h2 class="cate-title">{escape(name)}</h2><div class="list">{"".join(items)}</div>{pager}'

    def pagination(self, links: str) -> str:
        """Return a pager."""
        return f'<ul class="pagination">{links}</ul>'

    def item(self, href: str, article: Article) -> str:
        """Return one item of a listing."""
        return f'<article class="story"><h3><a href="{href}">{escape(article.title)}</a></h3><p>{escape(shorten(article.lead))}</p></article>'

    @abstractmethod
    def article(self, article: Article) -> str:
        """Return the main part of an article's page."""

    # ---- pieces

    def body(
        self,
        article: Article,
        *,
        paragraph: str = "<p>{}</p>",
        figure: str = '<figure><img src="{src}" alt="" />{caption}</figure>',
        caption: str = "<figcaption>{}</figcaption>",
        lead: str = "",
        byline: str = '<p style="text-align: right;"><strong>{}</strong></p>',
        between: str = "",
    ) -> str:
        """Return an article's blocks in order, each in its template; `between` stands behind the first paragraph."""
        parts = [lead.format(escape(article.lead))] if lead and article.lead else []
        for number in range(len(article.paragraphs) + 1):
            for image in article.images:
                if image.after == number:
                    text = caption.format(escape(image.caption)) if image.caption else ""
                    parts.append(figure.format(src=escape(self.image_address(article, image)), caption=text))
            for table in article.tables:
                if table.after == number:
                    rows = "".join(
                        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows
                    )
                    parts.append(f"<table><tbody>{rows}</tbody></table>")
            if number < len(article.paragraphs):
                parts.append(paragraph.format(escape(article.paragraphs[number])))
            if number == 1 and between:
                parts.append(between)
        parts += [byline.format(escape(line)) for line in article.byline] if byline else []
        return "\n".join(parts)

    def tags(self, article: Article, before: str = "/tag/") -> str:
        """Return links of an article's tags."""
        return " ".join(f'<a href="{before}{slugify(t)}">{escape(t)}</a>' for t in article.tags)

    def name_of(self, article: Article) -> str:
        """Return the printed name of an article's section."""
        return escape(self.facts.section_name(article.section))


def _when(article: Article, form: str) -> str:
    """Print the time of publication (`form` as for strftime)."""
    return f"{article.created_at:{form}}" if article.created_at else ""


class McMs(Paper):
    """Papers on mCMS; paragraphs are `div`s, pictures are loaded late."""

    has_sitemap = True

    def meta(self, article: Article) -> str:
        """See `Paper`."""
        return (
            super().meta(article)
            + f'<meta name="GENERATOR" content="{escape(self.facts.name)}" /><script src="https://common.mcms.invalid/app.js"></script>'
        )

    def item(self, href: str, article: Article) -> str:
        """See `Paper`."""
        return f'<article class="story"><h2 class="story__heading"><a class="cms-link" href="{href}" title="{escape(article.title)}">{escape(article.title)}</a></h2><div class="story__summary">{escape(shorten(article.lead))}</div></article>'

    def article(self, article: Article) -> str:
        """See `Paper`."""
        stamp = _when(article, "%Y-%m-%dT%H:%M:%S+0700")
        figure = '<table class="picture"><tbody><tr><td class="pic"><img class="cms-photo lazy" data-src="{src}" src="data:image/gif;base64,R0lGOD" alt="" /></td></tr>{caption}</tbody></table>'
        body = self.body(
            article,
            paragraph="<div>{}</div>",
            figure=figure,
            caption='<tr><td class="caption"><p>{}</p></td></tr>',
            byline="",
            between='<div class="sda_middle"><div class="rennab"></div></div>',
        )
        return f"""<div class="container detail"><div class="breadcrumbs"><h2 class="main"><a href="{self.section_path(article.section)}" class="active">{self.name_of(article)}</a></h2></div>
<div class="article"><h1 class="article__title cms-title"> {escape(article.title)} </h1>
<div class="article__meta"><time class="time" datetime="{stamp}"><span data-format="long">{_when(article, "%d/%m/%Y %H:%M")}</span></time><meta class="cms-date" itemprop="datePublished" content="{stamp}"></div>
<div class="article__sapo cms-desc"> {escape(article.lead or "")} </div>
<div class="article__body cms-body" itemprop="articleBody">{body}</div>
<div class="article__author"><span class="name">{escape(" ".join(article.byline))}</span></div>
<div class="article__tags"><ul>{self.tags(article, "/tu-khoa/")}</ul></div></div></div>"""


class Aid(Paper):
    """Papers with `-a<id>.html`; the first paragraph is the sapo behind the paper's letters."""

    pager = "{path}/?p={n}"
    ending = "/"
    feed = "/rss/home/"
    closed = ("/tim-kiem/", "/print/")

    def item(self, href: str, article: Article) -> str:
        """See `Paper`."""
        return f'<li class="news-img-left news-img"><a class="b-title" href="{href}"><h3 class="marginbottom5 fs18">{escape(article.title)}&nbsp;<span class="sprite icophoto"></span></h3></a><p class="desc">{escape(shorten(article.lead))}</p></li>'

    def pagination(self, links: str) -> str:
        """See `Paper`."""
        return f'<div id="page"><ul>{links}</ul></div>'

    def article(self, article: Article) -> str:
        """See `Paper`."""
        figure = '<p style="text-align: justify;"><img class="zoomimg" alt="" src="{src}" style="width: 700px;" /></p>{caption}'
        body = self.body(
            article,
            paragraph='<p style="text-align: justify;">{}</p>',
            figure=figure,
            caption='<p style="text-align: center;"><em>{}</em></p>',
            lead='<p style="text-align: justify;">{}</p>',
        )
        return f"""<div id="content"><div id="colcate1"><div class="titlecate"><h1><a href="{self.section_path(article.section)}">{self.name_of(article)}</a></h1></div>
<div id="clear" class="sharemxh"><span class="pubdate">{_when(article, "%d/%m/%Y - %H:%M")}</span></div>
<h1 class="margintopbot10 fw700">{escape(article.title)}&nbsp;<span class="sprite icophoto"></span></h1>
<div id="newscontents"><div class="content-fck">
{body}
</div></div>
<div class="block_tag"><span>Từ khóa</span> {self.tags(article, "/tim-kiem/").replace("<a ", '<a class="tag_item" ')}</div></div></div>"""


class ContentDetail(Paper):
    """Papers with `div#content-detail`; AngularJS may leave a mark in the page."""

    def item(self, href: str, article: Article) -> str:
        """See `Paper`."""
        return f'<div class="news-item"><a class="news-title" href="{href}">{escape(article.title)}</a><span class="time">{_when(article, "%d/%m/%Y")}</span></div>'

    def article(self, article: Article) -> str:
        """See `Paper`."""
        body = self.body(
            article,
            lead="<p><strong>{}</strong></p>",
            figure='<p style="text-align:center"><img src="{src}" alt="" /></p>{caption}',
            caption='<p style="text-align:center"><em>{}</em></p>',
        )
        return f"""<div class="breadcrumb"><a href="/">Trang chủ</a> <a href="{self.section_path(article.section)}">{self.name_of(article)}</a></div>
<article class="detail"><h1 class="title-detail">{escape(article.title)}</h1><div class="date-time">{_when(article, "%d/%m/%Y %H:%M")}</div>
<div id="content-detail">{body}</div>
<div ng-controller="share">{{{{ chiaSe }}}}</div><div class="tags">{self.tags(article)}</div></article>"""


class BGrid(Paper):
    """Papers built of `b-grid` blocks."""

    def item(self, href: str, article: Article) -> str:
        """See `Paper`."""
        return f'<div class="b-grid"><h3 class="b-grid__title"><a href="{href}">{escape(article.title)}</a></h3><div class="b-grid__desc">{escape(shorten(article.lead))}</div></div>'

    def article(self, article: Article) -> str:
        """See `Paper`."""
        return f"""<div class="breadcrumb"><a href="/">Trang chủ</a> <a href="{self.section_path(article.section)}">{self.name_of(article)}</a></div>
<div class="b-maincontent"><h1 class="post-title">{escape(article.title)}</h1><span class="post-date">{_when(article, "%d/%m/%Y %H:%M")}</span>
<p class="sapo_detail">{escape(article.lead or "")}</p>
<div class="entry entry-no-padding">{self.body(article)}</div><div class="b-tags">{self.tags(article)}</div></div>"""


class EasyDnn(Paper):
    """DotNetNuke with EasyDNNnews; 24-hour times to the second, pages as `/lapg-<module>/<n>`."""

    pager = "{path}/lapg-6697/{n}"
    feed = "/DesktopModules/EasyDNNNewsRSS/RSS.aspx"
    closed = ("/Login", "/Admin/")

    def item(self, href: str, article: Article) -> str:
        """See `Paper`."""
        return f'<div class="edn_article"><h2 class="edn_articleTitle"><a href="{href}">{escape(article.title)}</a></h2><span>({_when(article, "%d/%m/%Y %H:%M")})</span></div>'

    def article(self, article: Article) -> str:
        """See `Paper`."""
        return f"""<form id="Form"><div class="DNNModuleContent"><div class="edn_article"><h1 class="edn_articleTitle">{escape(article.title)}</h1>
<div class="edn_metaDetails"><span class="edn_categories"><a href="{self.section_path(article.section)}">{self.name_of(article)}</a></span> <span class="edn_publishDate">Cập nhật: {_when(article, "%d/%m/%Y %H:%M:%S")}</span> Article Rating</div>
<div class="edn_articleSummary">{escape(article.lead or "")}</div>
<div class="edn_articleContent">{self.body(article)}</div><div class="edn_articleTags">{self.tags(article)}</div></div></div></form>"""


class JoomlaK2(Paper):
    """Joomla with K2; dates in words, pages as an offset."""

    pager = "{path}?start={n}"
    first, step = 0, 10
    feed = "/index.php?format=feed&type=rss"
    closed = ("/administrator/", "/cache/")

    def item(self, href: str, article: Article) -> str:
        """See `Paper`."""
        return f'<div class="catItemView"><h3 class="catItemTitle"><a href="{href}">{escape(article.title)}</a></h3><div class="catItemIntroText">{escape(shorten(article.lead))}</div></div>'

    def article(self, article: Article) -> str:
        """See `Paper`."""
        created = article.created_at
        day = f"{_lower(weekday(created))}, {created:%d} Tháng {created.month} {created:%Y %H:%M}" if created else ""
        return f"""<div id="k2Container" class="itemView"><div class="itemHeader"><span class="itemDateCreated">{day}</span><h2 class="itemTitle">{escape(article.title)}</h2></div>
<div class="itemBody"><div class="itemIntroText"><p>{escape(article.lead or "")}</p></div><div class="itemFullText">{self.body(article)}</div></div>
<div class="itemLinks"><div class="itemCategory"><span>Chuyên mục</span> <a href="{self.section_path(article.section)}">{self.name_of(article)}</a></div>
<div class="itemTagsBlock"><ul class="itemTags">{self.tags(article)}</ul></div></div></div>"""


class WordPress(Paper):
    """WordPress with Yoast, whose metadata is in UTC."""

    pager = "{path}/page/{n}/"
    ending = "/"
    feed = "/feed/"
    has_sitemap = True
    closed = ("/wp-admin/",)

    def meta(self, article: Article) -> str:
        """See `Paper`."""
        stamp = article.created_at.astimezone(UTC).isoformat() if article.created_at else ""
        edited = (article.edited_at or article.created_at or datetime.now(UTC)).astimezone(UTC).isoformat()
        return (
            super().meta(article)
            + f'<meta name="generator" content="WordPress 6.6" /><link rel="https://api.w.org/" href="/wp-json/" /><meta property="article:published_time" content="{stamp}" /><meta property="article:modified_time" content="{edited}" />'
        )

    def item(self, href: str, article: Article) -> str:
        """See `Paper`."""
        return f'<article class="post"><h2 class="entry-title"><a href="{href}" rel="bookmark">{escape(article.title)}</a></h2><div class="entry-summary">{escape(shorten(article.lead))}</div></article>'

    def article(self, article: Article) -> str:
        """See `Paper`."""
        figure = '<figure class="wp-block-image"><img src="{src}" alt="" />{caption}</figure>'
        body = self.body(
            article,
            lead="<p><strong>{}</strong></p>",
            figure=figure,
            caption='<figcaption class="wp-element-caption">{}</figcaption>',
        )
        stamp = article.created_at.isoformat() if article.created_at else ""
        return f"""<article class="post hentry"><header class="entry-header"><span class="cat-links"><a href="{self.section_path(article.section)}">{self.name_of(article)}</a></span>
<h1 class="entry-title">{escape(article.title)}</h1><div class="entry-meta"><span class="posted-on"><time class="entry-date published" datetime="{stamp}">{_when(article, "%d/%m/%Y")}</time></span></div></header>
<div class="entry-content">{body}</div><footer class="entry-footer"><span class="tags-links">{self.tags(article)}</span></footer></article>"""


class Liferay6(Paper):
    """Liferay 6.2 with asset publishers; 12-hour times; an endless language suffix."""

    pager = "{path}?_101_INSTANCE_sT4nd1N_cur={n}"
    feed = None
    closed = ("/c/", "/group/")
    silent = frozenset({"tags", "section"})

    def answer(self, request: Request) -> Answer | None:
        """See `Paper`: whatever ends in `/en` or `/vi` is the same list again, under a longer address."""
        path = request.path
        if path.rstrip("/").endswith(("/en", "/vi")):
            links = f'<a href="{escape(path)}/en">English</a> <a href="{escape(path)}/vi">Tiếng Việt</a>'
            return Answer(self._shell("Tin tức", links, path, ""))
        return super().answer(request)

    def page(self, title: str, main: str, path: str, meta: str, menu: str, side: str) -> str:
        """See `Paper`."""
        switch = f'<a href="{escape(path)}/en">English</a> <a href="/c/portal/update_language?p_l_id=1&amp;languageId=fi_FI">Suomi</a>'
        return super().page(
            title,
            main,
            path,
            meta + '<link href="/html/css/main.css?browserId=other&lfr-css-file=1" rel="stylesheet" />',
            menu,
            side + f"<li>{switch}</li>",
        )

    def item(self, href: str, article: Article) -> str:
        """See `Paper`."""
        return f'<div class="asset-abstract"><h3 class="asset-title"><a href="{href}">{escape(article.title)}</a></h3><span class="assetPublishDate">{_when(article, "%d/%m/%Y | %I:%M %p")}</span><div class="asset-summary">{escape(shorten(article.lead))}</div></div>'

    def pagination(self, links: str) -> str:
        """See `Paper`."""
        return f'<div class="taglib-page-iterator"><ul class="pager lfr-pagination-buttons">{links}</ul></div>'

    def article(self, article: Article) -> str:
        """See `Paper`."""
        body = self.body(
            article,
            lead="<p><strong>{}</strong></p>",
            figure='<p style="text-align: center;"><img src="{src}" alt="" /></p>{caption}',
            caption='<p style="text-align: center;"><em>{}</em></p>',
        )
        return f"""<div class="portlet-body"><div class="asset-full-content"><div class="asset-title">{escape(article.title)}</div><span class="assetPublishDate">{_when(article, "%d/%m/%Y | %I:%M %p")}</span>
<div class="asset-content"><div class="journal-content-article">{body}</div></div></div></div>"""


class Liferay7(Liferay6):
    """Liferay 7 with FPT's template."""

    pager = "{path}?_com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet_INSTANCE_sT4n_cur={n}"

    def article(self, article: Article) -> str:
        """See `Paper`."""
        clock = f"{weekday(date(2025, 11, 20))}, 20/11/2025 09:15"
        return f"""<div class="header-clock">{clock}</div><div id="content_detail_news"><h1 class="title" id="titleDetail">{escape(article.title)}</h1><span class="date_time">{_when(article, "%d/%m/%Y %H:%M")}</span>
<div class="summary" id="leadDetail">{escape(article.lead or "")}</div><div class="textdetail" id="contentDetail">{self.body(article, byline="")}</div>
<div class="author">{escape(" ".join(article.byline))}</div></div>"""


class Next(Paper):
    """React/Next: lists and articles are data in the page, rendered by script."""

    feed = None
    closed = ("/api/",)

    def _listing(self, section: str | None, number: int) -> Answer:
        size = self.facts.page_size
        rows = [
            {"title": a.title, "slug": self.address(a).removeprefix("/"), "url": self.address(a), "summary": a.lead}
            for a in self.catalogue.page(section, (number - 1) * size, size)
        ]
        name = self.facts.section_name(section) if section else self.facts.name
        links = "".join(
            f'<div class="blog-image"><a href="{self.link(r["url"])}"><img alt="" src="/blank.png"></a></div>'
            for r in rows[:3]
            if r["url"]
        )
        path = self.page_path(section, number) if section else "/"
        return Answer(
            self._shell(
                name,
                f'<div id="__next"><main><h2>{escape(name)}</h2>{links}{self._pager(section, number)}</main></div>{_data({"items": rows, "page": number})}',
                path,
                "",
            )
        )

    def article(self, article: Article) -> str:
        """See `Paper`."""
        body = self.body(article, byline="")
        data = {
            "id": article.id,
            "title": article.title,
            "slug": self.address(article).rpartition("/")[2],
            "summary": article.lead,
            "content": body,
            "publishedAt": article.created_at.isoformat() if article.created_at else None,
            "author": {"name": " ".join(article.byline)},
            "category": {"name": self.facts.section_name(article.section)},
            "tags": [{"name": t} for t in article.tags],
        }
        return f"""<div id="__next"><main><h1 class="blog-title">{escape(article.title)}</h1><div class="blog-date">{weekday(article.created_at) if article.created_at else ""}, {_when(article, "%d/%m/%Y")}</div></main></div>{_data({"article": data})}"""


class VcCorp(Paper):
    """VCCorp's platform."""

    has_sitemap = True
    pager = "{path}/trang-{n}.htm"
    ending = ".htm"

    def section_path(self, slug: str) -> str:
        """See `Paper`."""
        return f"/{slug}.htm"

    def item(self, href: str, article: Article) -> str:
        """See `Paper`."""
        return f'<div class="box-category-item"><a class="box-category-link-title" data-linktype="newsdetail" href="{href}">{escape(article.title)}</a></div>'

    def article(self, article: Article) -> str:
        """See `Paper`."""
        figure = (
            '<figure class="VCSortableInPreviewMode" type="Photo"><div><img src="{src}" alt=""></div>{caption}</figure>'
        )
        body = self.body(
            article, figure=figure, caption='<figcaption class="PhotoCMS_Caption"><p>{}</p></figcaption>', byline=""
        )
        return f"""<div class="detail__main"><div class="detail-cate"><a data-role="cate-name" href="{self.section_path(article.section)}">{self.name_of(article)}</a></div><h1 class="detail-title" data-role="title">{escape(article.title)}</h1>
<div class="detail-time"><div data-role="publishdate">{_when(article, "%d/%m/%Y %H:%M")} (GMT+7)</div></div><h2 class="detail-sapo" data-role="sapo">{escape(article.lead or "")}</h2>
<div class="detail-content afcbc-body" data-role="content">{body}</div><div class="detail-author" data-role="author">{escape(" ".join(article.byline))}</div><div class="detail-tags">{self.tags(article)}</div></div>"""


class SharePointLists(Paper):
    """SharePoint with printed lists (angiang.dcs.vn): 12-hour times with SA/CH, ids unique within a list."""

    fold_case = True
    feed = None
    pager = "{path}?PageIndex={n}"
    closed = ("/_layouts/",)
    silent = frozenset({"tags", "section"})
    server = "Microsoft-IIS/8.5"

    def section_path(self, slug: str) -> str:
        """See `Paper`."""
        return f"/Lists/{slug}/TongQuat.aspx"

    def pager_path(self, slug: str) -> str:
        """See `Paper`."""
        return self.section_path(slug)

    def page(self, title: str, main: str, path: str, meta: str, menu: str, side: str) -> str:
        """See `Paper`."""
        shell = f'<form method="post" id="aspnetForm"><a class="ms-accessible">Skip Ribbon Commands</a><a class="ms-accessible">Skip to main content</a><div id="s4-workspace"><div id="contentRowMain"><div class="portalMain">{main}</div></div></div></form>'
        return super().page(
            title,
            shell,
            path,
            meta
            + '<meta name="GENERATOR" content="Microsoft SharePoint" /><script src="/_layouts/15/init.js"></script>',
            menu,
            side,
        )

    def item(self, href: str, article: Article) -> str:
        """See `Paper`."""
        return f'<div class="item-tin"><h3><a href="{href}">{escape(article.title)}</a></h3><span class="ShowDate">{_noon(article)}</span></div>'

    def article(self, article: Article) -> str:
        """See `Paper`."""
        return f"""<div class="mas-portal v2" ng-app="ngAppSharepoint"><h1>{escape(article.title)}</h1><span class="ShowDate">{_noon(article)}</span>
<div class="ms-rtestate-field">{self._text(article, "<p><strong>{}</strong></p>")}</div></div>"""

    def _text(self, article: Article, lead: str) -> str:
        figure = '<p style="text-align&#58;center;"><img src="{src}" alt="" /></p>{caption}'
        return self.body(article, lead=lead, figure=figure, caption='<p style="text-align&#58;center;"><em>{}</em></p>')


class HoaBinh(SharePointLists):
    """hoabinh.gov.vn in its last years: the time above the sapo, tags and files below the text."""

    silent: ClassVar[frozenset[str]] = frozenset()

    def section_path(self, slug: str) -> str:
        """See `Paper`."""
        return f"/{slug}"

    def item(self, href: str, article: Article) -> str:
        """See `Paper`."""
        return f'<div class="item-tin"><h3><a href="{href}">{escape(article.title)}</a></h3><span class="ngay">({_when(article, "%d/%m/%Y")})</span></div>'

    def article(self, article: Article) -> str:
        """See `Paper`."""
        tags = f'<div class="tag-tin"><span>Tag:</span> {self.tags(article)}</div>' if article.tags else ""
        return f"""<div class="breadcrumb"><a href="/">Trang chủ</a> &gt; <a href="{self.section_path(article.section)}">{self.name_of(article)}</a></div>
<div class="chitiet-tin"><h1 class="tieude-tin">{escape(article.title)}</h1><div class="thongtin"><span class="ShowDate">{_when(article, "%H:%M %d/%m/%Y")}</span></div>
<div class="sapo-tin">{escape(article.lead or "")}</div><div class="noidung-tin"><div class="ms-rtestate-field">{self._text(article, "")}</div></div>{tags}</div>"""


class Unfamiliar(Paper):
    """Eight designs that belong to no family, each with another trap for whoever guesses a date or a text."""

    feed = "/rss"
    has_sitemap = True
    silent = frozenset({"tags", "section"})
    dates: ClassVar[tuple[str, ...]] = ("time", "time", "day", "none", "day", "time", "day", "time")
    """What each design prints of the publication; the others show a clock, a time of editing or a sidebar besides."""

    def __init__(
        self, facts: SiteFacts, catalogue: Catalogue, chrome: Chrome | None = None, *, shape: Shape, design: int = 0
    ) -> None:
        super().__init__(facts, catalogue, chrome, shape=shape)
        self.design = design
        self.prints = self.dates[design % len(self.dates)]

    def item(self, href: str, article: Article) -> str:
        """See `Paper`."""
        return f'<div class="o-tin"><a href="{href}">{escape(article.title)}</a><small>{_when(article, "%d/%m/%Y")}</small></div>'

    def meta(self, article: Article) -> str:
        """See `Paper`."""
        return super().meta(article) if self.design % 2 else ""

    def article(self, article: Article) -> str:
        """See `Paper`."""
        parts: list[Callable[[Article], str]] = [
            self._table_page, self._sections, self._bare_lines, self._clock, self._sidebar_first, self._edited, self._cards, self._tabs,
        ]  # fmt: skip
        return parts[self.design % len(self.dates)](article)

    def _table_page(self, a: Article) -> str:
        return f"""<table width="980"><tr><td class="menu2">Trang chủ<br>Văn bản<br>Liên hệ</td><td><b class="td">{escape(a.title)}</b><br><i>(Cập nhật ngày {_when(a, "%d/%m/%Y %H:%M")})</i><br><b>{escape(a.lead or "")}</b>
{self.body(a, paragraph='<p class="MsoNormal">{}</p>')}</td></tr></table>"""

    def _sections(self, a: Article) -> str:
        return f"""<main><section class="hero"><h1>{escape(a.title)}</h1><p class="standfirst">{escape(a.lead or "")}</p><p class="stamp"><time datetime="{_when(a, "%Y-%m-%dT%H:%M:%S+07:00")}">{_when(a, "%H:%M, ngày %d-%m-%Y")}</time></p></section><section class="text">{self.body(a)}</section></main>"""

    def _bare_lines(self, a: Article) -> str:
        return f"""<div class="w"><div class="x1">{escape(a.title)}</div><div class="x2">{_when(a, "%d/%m/%Y")}</div><div class="x3">{escape(a.lead or "")}</div><div class="x4">{self.body(a, paragraph="<div>{}</div>", byline="<div><b>{}</b></div>")}</div></div>"""

    def _clock(self, a: Article) -> str:
        return f"""<div class="top">{weekday(date(2025, 11, 20))}, ngày 20 tháng 11 năm 2025</div><div id="tin"><h2>{escape(a.title)}</h2><p><strong>{escape(a.lead or "")}</strong></p>{self.body(a)}</div>"""

    def _sidebar_first(self, a: Article) -> str:
        others = "".join(
            f"<p>{escape(o.title)} ({_when(o, '%d/%m/%Y')})</p>"
            for o in self.catalogue.page(a.section, 0, 8)
            if o.id != a.id
        )
        return f"""<div class="cols"><div class="left"><h4>Tin mới</h4>{others}</div><div class="right"><h1>{escape(a.title)}</h1><div class="ngay">Ngày đăng: {_when(a, "%d/%m/%Y")}</div><p class="tt">{escape(a.lead or "")}</p><div class="nd">{self.body(a)}</div></div></div>"""

    def _edited(self, a: Article) -> str:
        edited = a.edited_at or a.created_at
        return f"""<article><h1>{escape(a.title)}</h1><div class="i"><span>Đăng lúc: {_when(a, "%H:%M %d/%m/%Y")}</span> <span>Sửa lần cuối: {f"{edited:%H:%M %d/%m/%Y}" if edited else ""}</span> <span>Lượt xem: 1.208</span></div><p><b>{escape(a.lead or "")}</b></p>{self.body(a)}</article>"""

    def _cards(self, a: Article) -> str:
        return f"""<div class="card"><div class="card-header"><h5 class="card-title">{escape(a.title)}</h5><span class="badge">{_when(a, "%d.%m.%Y")}</span></div><div class="card-body"><p class="fw-bold">{escape(a.lead or "")}</p>{self.body(a)}</div><div class="card-footer">In trang · Gửi bạn bè · Chia sẻ</div></div>"""

    def _tabs(self, a: Article) -> str:
        return f"""<div class="tabs"><div class="tab" id="noi-dung"><h1>{escape(a.title)}</h1><div>{_when(a, "%d/%m/%Y | %H:%M")}</div><p><em><strong>{escape(a.lead or "")}</strong></em></p>{self.body(a)}</div><div class="tab" id="binh-luan"><h3>Bình luận</h3><p>Chưa có bình luận nào.</p></div></div>"""


def _data(data: object) -> str:
    text = json.dumps({"props": {"pageProps": data}}, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script id="__NEXT_DATA__" type="application/json">{text}</script>'


def _noon(article: Article) -> str:
    """Print a 12-hour time with SA/CH: `09/05/2025 3:25 CH`."""
    created = article.created_at
    if created is None:
        return ""
    return f"{created:%d/%m/%Y} {created.hour % 12 or 12}:{created:%M} {'SA' if created.hour < 12 else 'CH'}"


def _lower(name: str) -> str:
    """`Thứ Hai` as `Thứ hai`."""
    return name[0] + name[1:].lower()
