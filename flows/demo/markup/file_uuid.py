"""The newspaper system whose images lie under `/file/<32 hex digits>/MMYYYY/` (Báo Hà Giang and sister papers).

Articles are `/{section}/{YYYYMM}/{words}-{id}`; the sapo is the first paragraph, in bold, with the paper's letters in front.
"""

# ruff: noqa: E501  (markup stands on the lines that pages have it on)

from __future__ import annotations

import re
from datetime import datetime
from html import escape

from flows.demo.content import VIETNAM, Article, Gallery, Grid, Image, slugify
from flows.demo.markup.base import (
    Answer,
    FeedItem,
    Markup,
    Request,
    asset,
    gallery_pictures,
    page_number,
    rfc822,
    rss,
    shorten,
)  # fmt: skip

STORE = "5d30cb9a72e84f16a1c9405b7be2f83d"
_ARTICLE = re.compile(r"/([a-z-]+)/(\d{6})/[^/]*-(\d+)/?")
_OLD = re.compile(r"/news/(\d+)/[^/]*\.html")


class FileUuid(Markup):
    """Renders a newspaper of this system."""

    def address(self, article: Article) -> str:
        """See `Markup`."""
        return self._address(article, article.section)

    def _address(self, article: Article, section: str) -> str:
        return f"/{section}/{_month(article)}/{article.words()}-{article.id}"

    def _place(self, path: str) -> tuple[str, int] | None:
        """Return section and id that an article's address names; null for any other address."""
        match = _ARTICLE.fullmatch(path)
        return (match[1], int(match[3])) if match else None

    def also_at(self, article: Article) -> list[str]:
        """See `Markup`."""
        old = [self._old(article)] if article.old_address else []
        return [self._address(article, s) for s in article.also_in] + old

    def _old(self, article: Article) -> str:
        return f"/news/{article.id}/{article.words()}.html"

    def image_address(self, article: Article, image: Image) -> str:
        """See `Markup`."""
        when = article.created_at or datetime(2024, 1, 1, tzinfo=VIETNAM)
        name, _, suffix = image.file.rpartition(".")
        return f"/file/{STORE}/{when:%m%Y}/{name}_{when:%Y%m%d%H%M}07.{suffix}"

    def attachment_address(self, article: Article, number: int) -> str:
        """See `Markup`."""
        return f"/file/{STORE}/{_month(article)}/{article.attachments[number].file}"

    def answer(self, request: Request) -> Answer | None:
        """See `Markup`."""
        path = request.path
        if path == "/robots.txt":
            return self.robots(["/cms/", "/login", "/search"])
        if path in ("/", "/index.html"):
            return self._listing(None, 1)
        if path == "/rss/home.rss":
            return self._feed()
        if path == "/login" or path.startswith("/search"):
            return Answer(self._shell("Đăng nhập", "/login", "<form method='post'></form>"))
        if match := _OLD.fullmatch(path):
            article = self.catalogue.get(int(match[1]))
            return self.moved(self.address(article)) if article and article.old_address else None
        if place := self._place(path):
            return self._entry(*place)
        if path.startswith("/tag/"):
            return self._tag(path.removeprefix("/tag/"))
        section = path.strip("/")
        if section in {s.slug for s in self.facts.sections} | {"anh"}:
            number = page_number(request.query.get("page"))
            return self._listing(section, number) if number else None
        return asset(path)

    def not_found(self) -> bytes:
        """See `Markup`."""
        return self._shell("Không tìm thấy trang", "/404", "<p>Trang bạn tìm không tồn tại.</p>")

    def _entry(self, section: str, number: int) -> Answer | None:
        if section == "anh":
            for gallery in self.facts.galleries:
                if gallery.id == number:
                    return Answer(self._gallery(gallery))
            return None
        article = self.catalogue.get(number)
        if article is None or section not in (article.section, *article.also_in):
            return None
        return Answer(self._article(article), modified=self.stamp(article))

    # ---- pages

    def _shell(self, title: str, canonical: str, main: str, description: str = "") -> bytes:
        f = self.facts
        menu = "".join(
            f'<li><a href="{self.link("/" + s.slug)}" title="{escape(s.name)}">{escape(s.name)}</a></li>\n'
            for s in f.sections
        )
        most = "".join(
            f'<li><span class="num">{n}</span> <a class="title1" href="{self.link(self.address(a))}">{escape(a.title)}</a></li>\n'
            for n, a in enumerate(self.catalogue.page(None, 0, 5), 1)
        )
        page = f"""<!DOCTYPE html>
<html lang="vi">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
<title>{escape(title)} - {escape(f.name)}</title>
<meta name="description" content="{escape(description)}" />
<meta name="robots" content="index,follow" />
<meta property="og:type" content="website" /><meta property="og:url" content="{f.origin}{escape(canonical)}" />
<meta property="og:title" content="{escape(title)}" />
<link rel="canonical" href="{f.origin}{escape(canonical)}" />
<link rel="alternate" type="application/rss+xml" title="Trang chủ" href="{f.origin}/rss/home.rss" />
<link rel="stylesheet" type="text/css" href="/css/style.css" />
{self.chrome.head}
</head>
<body>
<div class="container wrapper">
<div class="header"><a class="logo" href="//{f.host}/"><img src="/images/logo.png" alt="{escape(f.name)}" /></a>
<form class="search" action="/search" method="get"><input type="text" name="q" placeholder="Tìm kiếm" /></form>
<a class="login" rel="nofollow" href="/login">Đăng nhập</a></div>
<ul class="nav navbar-nav menu">
<li><a href="/">Trang chủ</a></li>
{menu}<li><a href="/anh" title="Ảnh">Ảnh</a></li>
</ul>
{self.chrome.menu}
<div class="row">
<div class="col-md-8 col-left">
{main}
</div>
<div class="col-md-4 col-right">
<div class="box most-read"><div class="cate_title_1"><h2><span>Đọc nhiều nhất</span></h2></div>
<ul class="list-most">
{most}</ul></div>
{self.chrome.side}
<div class="ads"><a href="https://quang-cao.invalid/banner-300" target="_blank" rel="nofollow"><img src="/images/banner300.png" alt="" /></a></div>
</div>
</div>
<div class="footer">
<p><strong>{escape(f.name.upper())}</strong></p>
<p>Ghi rõ nguồn &quot;{escape(f.name)}&quot; khi phát hành lại thông tin từ trang này. Tổng số lượt truy cập: 48.210.977</p>
</div>
{self.chrome.foot}
</div>
</body>
</html>
"""
        return page.encode()

    def _article(self, article: Article) -> bytes:
        f, path = self.facts, self.address(article)
        section = f'<div class="cate_title_1"><h2><a class="title" href="/{article.section}">{escape(f.section_name(article.section))}</a></h2></div>'
        printed = (
            f'<div class="date">Cập nhật: {article.published_at:%H:%M, %d/%m/%Y}</div>' if article.published_at else ""
        )
        social = (
            f'<ul class="social"><li><a href="https://mang-xa-hoi.invalid/sharer.php?u={f.origin}{path}" rel="nofollow">Chia sẻ</a></li>'
            '<li><a href="javascript:void(0);" onclick="window.print();">In bài viết</a></li></ul>'
        )
        tags = ", ".join(f'<a href="/tag/{slugify(t)}">{escape(t)}</a>' for t in article.tags)
        related = "".join(
            f'<li><a class="title2" href="{self.link(self.address(a))}">{escape(a.title)}</a> <span class="time">({a.created_at:%d/%m/%Y})</span></li>\n'
            for a in self.catalogue.page(article.section, 0, 6)
            if a.id != article.id and a.created_at
        )
        main = f"""{section}
<div class="article_content">
<h1 class="media-heading title5">{escape(article.title)}</h1>
{printed}
{social}
<div class="content" id="content">
{self._body(article)}
</div>
{social}
{f'<div class="tag_list"><span>Từ khóa: </span>{tags}</div>' if tags else ""}
</div>
<div class="box-related"><div class="cate_title_1"><h2><span>Tin cùng chuyên mục</span></h2></div>
<ul class="list-related">
{related}</ul></div>"""
        return self._shell(article.title, path, main, shorten(article.lead))

    def _body(self, article: Article) -> str:
        parts = []
        if article.lead:
            parts.append(f'<p style="text-align: justify;"><strong>{escape(article.lead)}</strong></p>')
        for number in range(len(article.paragraphs) + 1):
            parts += [self._image(article, image) for image in article.images if image.after == number]
            parts += [_table(table) for table in article.tables if table.after == number]
            if number < len(article.paragraphs):
                parts.append(f'<p style="text-align: justify;">{_spaced(article.paragraphs[number])}</p>')
            if number == 1:
                parts.append(
                    f'<div class="ads-inline" id="adsinline{article.id}"><script type="text/javascript">showBanner("inline");</script></div>'
                )
        parts.append('<p style="text-align: justify;">&nbsp;</p>')
        if article.byline:
            lines = "<br />".join(escape(line) for line in article.byline)
            parts.append(f'<p style="text-align: right;"><strong>{lines}</strong></p>')
        if article.attachments:
            rows = "".join(
                f'<li><a href="{self.link(self.attachment_address(article, n))}">{escape(a.name)}</a></li>'
                for n, a in enumerate(article.attachments)
            )
            parts.append(f'<div class="attach"><span>File đính kèm:</span><ul>{rows}</ul></div>')
        return "\n".join(parts)

    def _image(self, article: Article, image: Image) -> str:
        caption = (
            f'<tr><td class="image_desc" style="text-align: center;">{escape(image.caption)}</td></tr>'
            if image.caption
            else ""
        )
        return (
            '<table class="image center" border="0" cellspacing="1" cellpadding="1" align="center" width="640"><tbody>\n'
            f'<tr><td><img class="img-responsive" src="{self.link(self.image_address(article, image))}" alt="" /></td></tr>\n{caption}\n</tbody></table>'
        )

    def _gallery(self, gallery: Gallery) -> bytes:
        pictures = "\n".join(
            f'<p style="text-align: center;"><img class="img-responsive" src="/file/{STORE}/{gallery.day:%m%Y}/{name}" alt="" /></p>'
            for name in gallery_pictures(gallery)
        )
        main = f"""<div class="cate_title_1"><h2><a class="title" href="/anh">Ảnh</a></h2></div>
<div class="article_content">
<h1 class="media-heading title5">{escape(gallery.title)}</h1>
<div class="date">Cập nhật: 10:00, {gallery.day:%d/%m/%Y}</div>
<div class="content" id="content">
{pictures}
</div></div>"""
        return self._shell(gallery.title, _gallery_address(gallery), main)

    def _listing(self, section: str | None, number: int) -> Answer | None:
        if section == "anh":
            items = "".join(
                _item(self.link(_gallery_address(g)), g.title, f"{g.day:%d/%m/%Y}", "") for g in self.facts.galleries
            )
            return Answer(self._shell("Ảnh", "/anh", f'<div class="list-news">{items}</div>'))
        size = self.facts.page_size
        articles = self.catalogue.page(section, (number - 1) * size, size)
        rows = [self._row(a, section) for a in articles]
        if number == 1:
            rows[1:1] = [_item(escape(o.url), o.title, "01/06/2024", "") for o in self.facts.offsite]
            rows[2:2] = [
                _item(self.link(_gallery_address(g)), g.title, f"{g.day:%d/%m/%Y}", "")
                for g in self.facts.galleries
                if section in (None, g.section)
            ]
            rows += [
                _item(escape(self._old(a)), a.title, f"{a.created_at:%d/%m/%Y}", shorten(a.lead))
                for a in articles
                if a.old_address
            ]
        path = f"/{section}" if section else "/"
        name = self.facts.section_name(section) if section else "Trang chủ"
        pages = self.page_count(section)
        near = sorted({1, pages, *range(max(1, number - 3), min(pages, number + 3) + 1)})
        pager = (
            "".join(
                f'<li class="active"><a href="{path}">{n}</a></li>'
                if n == number
                else f'<li><a href="{path}?page={n}">{n}</a></li>'
                for n in near
            )
            if section
            else ""
        )
        main = (
            f'<div class="cate_title_1"><h2><a class="title" href="{path}">{escape(name)}</a></h2></div>\n'
            f'<div class="list-news">\n{"".join(rows)}</div>\n<ul class="pagination">{pager}</ul>'
        )
        return Answer(self._shell(name, path, main))

    def _row(self, article: Article, section: str | None) -> str:
        shown = section if section in article.also_in else article.section
        day = f"{article.created_at:%d/%m/%Y}" if article.created_at else ""
        return _item(
            self.link(self._address(article, shown or article.section)), article.title, day, shorten(article.lead)
        )

    def _tag(self, tag: str) -> Answer | None:
        found = [a for a in self.catalogue.page(None, 0, 40) if tag in map(slugify, a.tags)]
        if not found:
            return None
        return Answer(
            self._shell(
                tag, f"/tag/{tag}", '<div class="list-news">' + "".join(self._row(a, None) for a in found) + "</div>"
            )
        )

    def _feed(self) -> Answer:
        items = [
            FeedItem(escape(a.title), self.url(a), rfc822(a.created_at), shorten(a.lead, 40))
            for a in self.catalogue.page(None, 0, 20)
            if a.created_at
        ]
        return rss(self.facts.name, self.facts.origin + "/", self.facts.origin + "/rss/home.rss", items)


def _month(article: Article) -> str:
    return f"{article.created_at:%Y%m}" if article.created_at else "202401"


def _gallery_address(gallery: Gallery) -> str:
    return f"/anh/{gallery.day:%Y%m}/{slugify(gallery.title)}-{gallery.id}"


def _item(href: str, title: str, day: str, lead: str) -> str:
    return f"""<div class="media item-list">
<a class="pull-left" href="{href}"><img class="media-object thumb" src="/images/no-image.png" width="180" alt="" /></a>
<div class="media-body">
<h4><a class="title5" href="{href}">{escape(title)}</a></h4>
<span class="time">({day})</span>
<p class="desc">{escape(lead)}</p>
</div>
</div>
"""


def _table(table: Grid) -> str:
    rows = "\n".join(
        "<tr>" + "".join(f"<td><p>{escape(cell)}</p></td>" for cell in row) + "</tr>" for row in table.rows
    )
    return f'<table border="1" cellspacing="0" cellpadding="0" width="100%"><tbody>\n{rows}\n</tbody></table>'


def _spaced(text: str) -> str:
    """Escape a paragraph, with a no-break space before some units as the editor puts them."""
    return escape(text).replace(" km", "&nbsp;km").replace(" ha ", "&nbsp;ha ")
