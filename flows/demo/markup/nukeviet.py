"""NukeViet 4.5 with its default theme, and with the date errors that its source has.

RSS puts the month where the minutes belong, `article:published_time` is malformed, `itemprop=datePublished` carries the
time of the last edit. Right are the sitemap, `span.h5` and the listings.
"""

# ruff: noqa: E501  (markup stands on the lines that pages have it on)

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import escape
from typing import ClassVar

from flows.demo.content import Article, Grid, Image, Offsite, slugify
from flows.demo.markup.base import (
    PDF,
    Answer,
    FeedItem,
    Markup,
    Request,
    asset,
    page_number,
    rss,
    shorten,
    sitemap,
    sitemap_index,
)  # fmt: skip

_LISTING = re.compile(r"/(?:([a-z0-9-]+)/)?(?:page-(\d+)/)?")
_RSS_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_RSS_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")


class NukeViet(Markup):
    """Renders a site of this system; `facts.base` is the module's path, `/news` by default."""

    version: ClassVar[str] = "v4.5"
    list_clock: ClassVar[str] = "%d/%m/%Y %H:%M:%S"
    """How listings print a time: 24 hours since 4.5, 12 hours before."""
    article_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/(print/|savefile/)?([a-z0-9-]+)/[^/]*-(\d+)\.html")
    """An article's address inside the module: view, section, id."""

    @property
    def module(self) -> str:
        """Path of the news module."""
        return self.facts.base or "/news"

    def address(self, article: Article) -> str:
        """See `Markup`."""
        return self._address(article, article.section)

    def _address(self, article: Article, section: str) -> str:
        return f"{self.module}/{section}/{article.words()}-{article.id}.html"

    def also_at(self, article: Article) -> list[str]:
        """See `Markup`."""
        own = self.address(article).removeprefix(self.module)
        return [
            f"{self.module}/print{own}",
            f"{self.module}/savefile{own}",
            *(self._address(article, s) for s in article.also_in),
        ]

    def image_address(self, article: Article, image: Image) -> str:
        """See `Markup`."""
        return f"/uploads/news/{article.created_at:%Y_%m}/{image.file}"

    def attachment_address(self, article: Article, number: int) -> str:
        """See `Markup`."""
        return f"{self.address(article)}?download=1&id={number}"

    def answer(self, request: Request) -> Answer | None:
        """See `Markup`."""
        path = request.path
        if path == "/robots.txt":
            return self.robots(["/data/", "/includes/", "/install/", "/modules/"], "/sitemap.xml")
        if path == "/sitemap.xml":
            return sitemap_index([self.facts.origin + "/sitemap-vi.news.xml"])
        if path == "/sitemap-vi.news.xml":
            return self._sitemap()
        if path in ("/", "/index.php"):
            return self._listing(None, 1)
        if not path.startswith(self.module + "/"):
            return asset(path)
        inside = path.removeprefix(self.module)
        if inside.startswith("/rss/"):
            section = inside.removeprefix("/rss/").strip("/") or None
            return self._feed(section) if section is None or self._known(section) else None
        if inside.startswith("/tag/"):
            return self._tag(inside.removeprefix("/tag/"))
        if match := self.article_pattern.fullmatch(inside):
            return self._entry(request, match[1] or "", match[2], int(match[3]))
        if match := _LISTING.fullmatch(inside):
            number = page_number(match[2])
            if match[1] and not self._known(match[1]):
                return None
            if match[2] and number == 1:
                return self.moved(f"{self.module}/{match[1]}/" if match[1] else f"{self.module}/")
            return self._listing(match[1], number) if number else None
        if self._known(inside.removeprefix("/")):
            return self.moved(path + "/")
        return asset(path)

    def not_found(self) -> bytes:
        """See `Markup`."""
        return self._shell(
            "Lỗi 404", "/404", '<div class="alert alert-warning">Không tìm thấy trang bạn yêu cầu.</div>', "main"
        )

    def _known(self, section: str) -> bool:
        return section in {s.slug for s in self.facts.sections}

    def _entry(self, request: Request, view: str, section: str, number: int) -> Answer | None:
        for offsite in self.facts.offsite:
            if offsite.through == number:
                return Answer(status=302, headers={"Location": offsite.url})
        article = self.catalogue.get(number)
        if article is None:
            return None
        if "download" in request.query:
            file = request.query.get("id", "")
            return Answer(PDF, "application/pdf") if file.isdigit() and int(file) < len(article.attachments) else None
        if section != article.section:  # the address is looked up by id: a stale category is sent to the right one
            return self.moved(self.address(article))
        if view:
            return Answer(self._bare(article), modified=self.stamp(article))
        return Answer(self._article(article), modified=self.stamp(article))

    # ---- pages

    def _shell(self, title: str, canonical: str, main: str, function: str, meta: str = "") -> bytes:
        f = self.facts
        menu = "".join(
            f'<li role="presentation"><a class="dropdown-toggle" href="{self.link(f"{self.module}/{s.slug}/")}" role="button">{escape(s.name)}</a></li>'
            for s in f.sections
        )
        most = "".join(
            f'<li class="clearfix"><a title="{_entities(a.title)}" class="show" href="{self.link(self.address(a))}">{_entities(a.title)}</a></li>'
            for a in self.catalogue.page(None, 0, 5)
        )
        return f"""<!DOCTYPE html>
<html lang="vi" xmlns="http://www.w3.org/1999/xhtml" prefix="og: http://ogp.me/ns#">
<head>
<title>{escape(title)} - {escape(f.name)}</title>
<meta name="description" content="{escape(title)} - {escape(f.name)}" />
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<meta name="author" content="{escape(f.name)}" /><meta name="generator" content="NukeViet {self.version}" />
<meta property="og:title" content="{escape(title)}" /><meta property="og:url" content="{f.origin}{escape(canonical)}" /><meta property="og:site_name" content="{escape(f.name)}" />
{meta}
<link rel="canonical" href="{f.origin}{escape(canonical)}" />
<link rel="alternate" type="application/rss+xml" title="Tin tức" href="{self.module}/rss/" />
<link rel="stylesheet" href="/themes/default/css/style.css" />
{self.chrome.head}
</head>
<body>
<noscript><div class="alert alert-danger">Trình duyệt của bạn đã tắt chức năng hỗ trợ JavaScript.</div></noscript>
<div class="section-header"><div class="wraper"><div id="header"><div class="logo"><a title="{escape(f.name)}" href="/"><img src="/uploads/logo.png" alt="{escape(f.name)}" /></a><span class="site_name">{escape(f.name)}</span></div></div></div></div>
<div class="section-nav"><div class="wraper"><nav class="second-nav" id="menusite"><ul class="nav navbar-nav"><li><a class="home" title="Trang nhất" href="/">Trang nhất</a></li>{menu}</ul></nav></div></div>
{self.chrome.menu}
<div class="section-body"><div class="wraper"><section><div class="container" id="body">
<div class="row"><div class="col-sm-16 col-md-18">
{main}
</div>
<div class="col-sm-8 col-md-6"><div class="panel panel-primary"><div class="panel-heading">Tin xem nhiều</div><div class="panel-body"><ul class="block_groups list-none list-items">{most}</ul></div></div>{self.chrome.side}</div></div>
</div></section></div></div>
<footer id="footer"><div class="wraper"><div class="container"><p>© Bản quyền thuộc về {escape(f.name)}. Powered by NukeViet CMS</p></div></div></footer>
{self.chrome.foot}
<script src="/assets/js/jquery/jquery.min.js"></script>
<script>var nv_base_siteurl="/",nv_lang_data="vi",nv_module_name="news",nv_func_name="{function}",nv_is_user=0,nv_my_ofs=7,nv_my_abbr="+07",nv_cookie_prefix="nv4c_Xt7Qd";</script>
</body>
</html>
""".encode()

    def _article(self, article: Article) -> bytes:
        f, path = self.facts, self.address(article)
        edited = article.edited_at or article.created_at
        meta = f'<meta property="og:type" content="article" /><meta property="article:section" content="{escape(f.section_name(article.section))}" />'
        hidden = when = ""
        if article.created_at and edited:
            meta += (
                f'\n<meta property="article:published_time" content="{article.created_at:%Y-%m-%d+07%H:%M:%S}" />'
                f'\n<meta property="article:modified_time" content="{edited:%Y-%m-%d+07%H:%M:%S}" />'
            )
            hidden = (
                f'<span class="hidden hide d-none" itemprop="datePublished">{edited.isoformat()}</span>\n'
                f'<span class="hidden hide d-none" itemprop="dateModified">{edited.isoformat()}</span>'
            )
            when = (
                f'<span class="h5">{_DAYS[article.created_at.weekday()]} - {article.created_at:%d/%m/%Y %H:%M}</span>'
            )
        home = ""
        if article.images and article.images[0].after == 0:
            home = self._figure(
                article,
                article.images[0],
                "article center" if article.images[0].caption else "article left noncaption pointer",
            )
        files = "".join(
            f'<div class="list-group-item"><a href="{escape(self.attachment_address(article, n))}" title="Tập tin {escape(a.name)}" download>'
            f"Tập tin {n + 1 if len(article.attachments) > 1 else ''}: <strong>{escape(a.name)}</strong></a></div>"
            for n, a in enumerate(article.attachments)
        )
        credits = "".join(
            f'<p class="h5 text-right"><strong>{label}: </strong>{escape(value)}</p>'
            for label, value in (("Tác giả", article.author_field), ("Nguồn tin", article.source_field))
            if value
        )
        tags = ", ".join(
            f'<a title="{escape(t)}" href="{self.module}/tag/{slugify(t)}"><em>{escape(t)}</em></a>'
            for t in article.tags
        )
        related = "".join(
            f'<li><em class="fa fa-angle-right">&nbsp;</em><h4><a href="{self.link(self.address(a))}" title="{_entities(a.title)}">{_entities(a.title)}</a></h4><em>({a.created_at:%d/%m/%Y})</em></li>\n'
            for a in self.catalogue.page(article.section, 0, 6)
            if a.id != article.id
        )
        main = f"""<div class="news_column panel panel-default" itemtype="http://schema.org/NewsArticle" itemscope>
<div class="panel-body">
<h1 class="title margin-bottom-lg" itemprop="headline">{escape(article.title)}</h1>
<div class="hidden hide d-none" itemprop="author" itemtype="http://schema.org/Person" itemscope><span itemprop="name">quantri</span></div>
{hidden}
<div class="hidden hide d-none" itemprop="publisher" itemtype="http://schema.org/Organization" itemscope><span itemprop="name">{escape(f.name)}</span></div>
<div class="row margin-bottom-lg"><div class="col-md-12">{when}</div>
<div class="col-md-12"><ul class="list-inline text-right">
<li><a class="dimgray" rel="nofollow" title="In ra" href="{self.module}/print{path.removeprefix(self.module)}"><em class="fa fa-print fa-lg">&nbsp;</em></a></li>
<li><a class="dimgray" rel="nofollow" title="Lưu bài viết này" href="{self.module}/savefile{path.removeprefix(self.module)}"><em class="fa fa-save fa-lg">&nbsp;</em></a></li>
</ul></div></div>
<div class="clearfix">
{home}
{f'<div class="hometext m-bottom" itemprop="description">{_entities(article.lead)}</div>' if article.lead else ""}
</div>
<div id="news-bodyhtml" class="bodytext margin-bottom-lg">
{self._body(article, skip_home=bool(home))}
</div>
{f'<div class="panel panel-default"><div class="panel-heading"><i class="fa fa-download"></i> <strong>File đính kèm</strong></div><div class="list-group news-download-file">{files}</div></div>' if files else ""}
<div class="margin-bottom-lg">
{credits}
</div>
</div>
</div>
{f'<div class="news_column panel panel-default"><div class="panel-body"><div class="h5"><em class="fa fa-tags">&nbsp;</em><strong>Tags: </strong>{tags}</div></div></div>' if tags else ""}
<div class="news_column panel panel-default"><div class="panel-body"><p id="stringrating">Tổng số điểm của bài viết là: 5 trong 1 đánh giá</p></div></div>
<div class="news_column panel panel-default"><div class="panel-body other-news">
<p class="h3"><strong>Những tin cũ hơn</strong></p>
<div class="clearfix"><ul class="detail-related related list-none list-items">{related}</ul></div>
</div></div>"""
        return self._shell(article.title, path, main, "detail", meta)

    def _body(self, article: Article, *, skip_home: bool = False) -> str:
        parts = []
        for number in range(len(article.paragraphs) + 1):
            for image in article.images:
                if image.after == number and not (skip_home and image is article.images[0]):
                    parts.append(self._figure(article, image, "image center"))
            parts += [_table(table) for table in article.tables if table.after == number]
            if number < len(article.paragraphs):
                parts.append(f'<p style="text-align: justify;">{escape(article.paragraphs[number])}</p>')
        if article.byline:
            lines = "<br />\n".join(escape(line) for line in article.byline)
            parts.append(f'<p style="text-align: right;"><strong>{lines}</strong></p>')
        return "\n".join(parts)

    def _figure(self, article: Article, image: Image, kind: str) -> str:
        caption = f"<figcaption>{escape(image.caption)}</figcaption>" if image.caption else ""
        source = self.image_address(article, image)
        return f'<figure class="{kind}"><img alt="{escape(article.title)}" src="{escape(source)}" class="img-thumbnail" />{caption}</figure>'

    def _offsite_address(self, offsite: Offsite) -> str:
        if not offsite.through:
            return offsite.url
        return f"{self.module}/{self.facts.sections[0].slug}/{slugify(offsite.title)}-{offsite.through}.html"

    def _bare(self, article: Article) -> bytes:
        when = (
            f"<p>{_DAYS[article.created_at.weekday()]} - {article.created_at:%d/%m/%Y %H:%M}</p>"
            if article.created_at
            else ""
        )
        title = _entities(article.title)
        return (
            f'<!DOCTYPE html>\n<html lang="vi"><head><title>{title}</title><meta name="robots" content="noindex, nofollow" /></head>'
            f'<body><div id="print"><h1>{title}</h1>{when}<div>{_entities(article.lead or "")}</div>{self._body(article)}</div></body></html>'
        ).encode()

    def _listing(self, section: str | None, number: int) -> Answer | None:
        pages, size = self.page_count(section), self.facts.page_size
        if number > pages:
            return None
        rows = [
            self._row(self.link(self.address(a)), a.title, a.created_at, a.lead or "")
            for a in self.catalogue.page(section, (number - 1) * size, size)
        ]
        if number == 1:
            rows[1:1] = [self._row(self.link(self._offsite_address(o)), o.title, None, "") for o in self.facts.offsite]
        base = f"{self.module}/{section}/" if section else f"{self.module}/"
        name = self.facts.section_name(section) if section else "Tin tức"
        near = sorted({1, pages, *range(max(1, number - 3), min(pages, number + 3) + 1)})
        pager = "".join(
            f'<li class="page-item active"><a class="page-link" href="javascript:void(0)">{n}</a></li>'
            if n == number
            else f'<li class="page-item"><a class="page-link" href="{_page(base, n)}">{n}</a></li>'
            for n in near
        )
        if number < pages:
            pager += f'<li class="page-item"><a class="page-link" rel="next" href="{self.facts.origin}{_page(base, number + 1)}">&raquo;</a></li>'
        main = f'<div class="news_column">\n{"".join(rows)}</div>\n<div class="text-center"><ul class="pagination">{pager}</ul></div>'
        return Answer(self._shell(name, _page(base, number), main, "viewcat"))

    def _row(self, href: str, title: str, when: datetime | None, lead: str) -> str:
        clock = f'<li><em class="fa fa-clock-o">&nbsp;</em> {when:{self.list_clock}}</li>' if when else ""
        return f"""<div class="panel panel-default"><div class="panel-body">
<h3><a href="{href}" title="{_entities(title)}">{_entities(title)}</a></h3>
<div class="text-muted"><ul class="list-unstyled list-inline">{clock}<li><em class="fa fa-eye">&nbsp;</em> Đã xem: 214</li><li><em class="fa fa-comment-o">&nbsp;</em> Phản hồi: 0</li></ul></div>
{_entities(shorten(lead, 60))}
</div></div>
"""

    def _tag(self, tag: str) -> Answer | None:
        found = [a for a in self.catalogue.page(None, 0, 40) if tag.strip("/") in map(slugify, a.tags)]
        rows = "".join(self._row(self.link(self.address(a)), a.title, a.created_at, a.lead or "") for a in found)
        return (
            Answer(self._shell(tag, f"{self.module}/tag/{tag}", f'<div class="news_column">{rows}</div>', "tag"))
            if found
            else None
        )

    def _feed(self, section: str | None) -> Answer:
        items = []
        for a in self.catalogue.page(section, 0, 30):
            if a.created_at is None:
                continue
            image = (
                f'<img src="{self.image_url(a, a.images[0])}" width="100" align="left" border="0">' if a.images else ""
            )
            items.append(
                FeedItem(
                    _entities(a.title),
                    self.url(a),
                    month_for_minutes(a.created_at),
                    image + _entities(a.lead or ""),
                    f"news_{a.id}",
                )
            )
        origin = self.facts.origin
        return rss(
            "Tin tức", f"{origin}{self.module}/", f"{origin}{self.module}/rss/{section + '/' if section else ''}", items
        )

    def _sitemap(self) -> Answer:
        return sitemap((self.url(a), a.created_at) for a in self.catalogue.page(None, 0, 1000))


def month_for_minutes(moment: datetime) -> str:
    """Return a feed's date as NukeViet writes it: GMT, with the month in place of the minutes."""
    utc = moment.astimezone(UTC)
    return f"{_RSS_DAYS[utc.weekday()]}, {utc.day} {_RSS_MONTHS[utc.month - 1]} {utc.year} {utc:%H}:{utc.month:02d}:{utc:%S} GMT"


def _entities(text: str) -> str:
    """Escape as NukeViet does, which writes some punctuation as entities."""
    return escape(text).replace(":", "&#x3A;").replace("/", "&#x2F;").replace("%", "&#x25;")


def _page(base: str, number: int) -> str:
    return base if number == 1 else f"{base}page-{number}/"


def _table(table: Grid) -> str:
    rows = "\n".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
    return f'<table border="1" cellpadding="1" cellspacing="1" style="width:100%;"><tbody>\n{rows}\n</tbody></table>'
