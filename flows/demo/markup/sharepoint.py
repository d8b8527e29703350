"""SharePoint lists behind a JSON API (the portal of Vĩnh Phúc): listings are empty without JavaScript.

ItemIDs are unique only within their list. Titles come with `##`, texts are HTML escaped once more, times have no zone.
"""

# ruff: noqa: E501  (markup stands on the lines that pages have it on)

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any, ClassVar
from zlib import crc32

from flows.demo.content import VIETNAM, Article, Grid, Image
from flows.demo.markup.base import Answer, Markup, Request, asset

ROOT = "/ct/cms/tintuc"
API = "/APIVP/api/DSTinTuc/QUERYDATA"
_JSON = "application/json; charset=utf-8"


class SharePoint(Markup):
    """Renders a portal of this kind."""

    fold_case: ClassVar[bool] = True
    server: ClassVar[str] = "Microsoft-IIS/8.5"
    silent: ClassVar[frozenset[str]] = frozenset({"tags"})
    extra_headers: ClassVar[Mapping[str, str]] = {"X-Powered-By": "ASP.NET"}
    api_max: int = 100
    """Most rows that one call gives, whatever is asked for."""

    def address(self, article: Article) -> str:
        """See `Markup`."""
        return _view(article.section, article.id)

    def also_at(self, article: Article) -> list[str]:
        """See `Markup`."""
        return [_view(article.copy[0], article.copy[1])] if article.copy else []

    def image_address(self, article: Article, image: Image) -> str:
        """See `Markup`."""
        when = article.created_at
        return f"{ROOT}/PublishingImages/{when.year if when else 2024}/{when.month if when else 1}/{image.file}"

    def attachment_address(self, article: Article, number: int) -> str:
        """See `Markup`."""
        return f"{ROOT}/Lists/{article.section}/Attachments/{article.id}/{article.attachments[number].file}"

    def answer(self, request: Request) -> Answer | None:
        """See `Markup`; paths and parameters ignore case, as IIS does."""
        path, query = request.path.lower(), {k.lower(): v for k, v in request.query.items()}
        if path == "/robots.txt":
            return self.robots(["/_layouts/", "/_vti_bin/"])
        if path == API.lower():
            return self._api(request)
        if path in ("/", "/index.html"):
            return Answer(self._shell("Trang chủ", "/", '<div id="tinmoi"></div>'))
        for section in self.facts.sections:
            if path == f"{ROOT}/pages/{section.slug}.aspx".lower():
                return Answer(self._listing(section.slug, section.name))
            if path == f"{ROOT}/lists/{section.slug}/view_detail.aspx".lower():
                return self._entry(section.slug, query.get("itemid", ""))
        return asset(path)

    def not_found(self) -> bytes:
        """See `Markup`."""
        return self._shell("404", "/404", "<p>404 - Không tìm thấy tệp hoặc thư mục.</p>")

    def _entry(self, section: str, number: str) -> Answer | None:
        if not number.isdigit():
            return None
        article = self.catalogue.get(int(number), section)
        if article:
            return Answer(self._article(article, section), modified=self.stamp(article))
        for article in self.catalogue.page(None, 0, 200):
            if article.copy and article.copy[:2] == (section, int(number)):
                return Answer(self._article(article, section), modified=self.stamp(article))
        for gallery in self.facts.galleries:
            if gallery.section == section and gallery.id == int(number):
                return Answer(self._detail(gallery.title, "", _pictures(gallery.id), _view(section, gallery.id)))
        return None

    # ---- the API

    def _api(self, request: Request) -> Answer:
        if request.method != "POST":
            body = b'{"Message":"The requested resource does not support http method \'GET\'."}'
            return Answer(body, _JSON, 405, headers={"Allow": "POST"})
        form = request.form
        section = form.get("UrlList", "").rstrip("/").rpartition("/")[2].lower()
        names = {s.slug.lower(): s.slug for s in self.facts.sections}
        start, length = _count(form.get("start"), 0), min(_count(form.get("length"), 10), self.api_max)
        rows: list[dict[str, Any]] = []
        total = 0
        if form.get("do") == "QUERYDATA" and section in names:
            rows, total = self._rows(
                names[section], start, length, form.get("ascending", "desc").lower() in ("asc", "true")
            )
        found = json.dumps({"data": rows, "recordsTotal": total, "recordsFiltered": total}, ensure_ascii=False)
        return Answer(found.encode(), _JSON)

    def _rows(self, section: str, start: int, length: int, ascending: bool) -> tuple[list[dict[str, Any]], int]:
        extra = [
            self._gallery_row(g.id, g.title, datetime(g.day.year, g.day.month, g.day.day, 8, 0, tzinfo=VIETNAM))
            for g in self.facts.galleries
            if g.section == section
        ]
        extra += [
            self._row(a, a.copy[1], a.copy[2])
            for a in self.catalogue.page(None, 0, 200)
            if a.copy and a.copy[0] == section
        ]
        total = self.catalogue.count(section) + len(extra)
        if not extra and not ascending:  # the generator's lists are long: only the rows asked for are composed
            return [self._row(a, a.id, a.created_at) for a in self.catalogue.page(section, start, length)], total
        rows = [
            self._row(a, a.id, a.created_at) for a in self.catalogue.page(section, 0, self.catalogue.count(section))
        ]
        rows = sorted(rows + extra, key=lambda row: str(row["CreatedDate"]), reverse=not ascending)
        return rows[start : start + length], total

    def _row(self, article: Article, number: int, created: datetime | None) -> dict[str, Any]:
        mark = crc32(article.title.encode()) % 3
        return {
            "ID": number,
            "Title": f"##{article.title}" if mark else f"{article.title}##",
            "DescriptionNews": (article.lead or "") if mark == 1 else "",
            "ContentNews": escape(self._body(article, with_lead=mark != 1)),
            "ImageNews": self.image_address(article, article.images[0]) if article.images else "",
            "CreatedDate": f"{created:%Y-%m-%dT%H:%M:%S}" if created else "",
        }

    def _gallery_row(self, number: int, title: str, created: datetime) -> dict[str, Any]:
        return {
            "ID": number, "Title": f"##{title}", "DescriptionNews": "", "ContentNews": escape(_pictures(number)),
            "ImageNews": "", "CreatedDate": f"{created:%Y-%m-%dT%H:%M:%S}",
        }  # fmt: skip

    # ---- pages

    def _shell(self, title: str, path: str, main: str, canonical: str = "") -> bytes:
        menu = "".join(
            f'<li class="static"><a class="static menu-item" href="{self.link(f"{ROOT}/Pages/{s.slug}.aspx")}"><span class="menu-item-text">{escape(s.name)}</span></a></li>'
            for s in self.facts.sections
        )
        videos = "\n".join(
            f'<li><a href="javascript:void(0);" onclick="playVideo({n});">{escape(v)}</a></li>'
            for n, v in enumerate(_VIDEOS, 1)
        )
        return f"""<!DOCTYPE html>
<html dir="ltr" lang="vi-VN">
<head><meta http-equiv="X-UA-Compatible" content="IE=10" /><meta name="GENERATOR" content="Microsoft SharePoint" /><meta http-equiv="Content-type" content="text/html; charset=utf-8" /><meta http-equiv="Expires" content="0" />
<title>
	{escape(title)}
</title>{canonical}
<link rel="stylesheet" type="text/css" href="/_layouts/15/1066/styles/Themable/corev15.css" />
<script type="text/javascript" src="/_layouts/15/init.js"></script>
<script type="text/javascript">var _spPageContextInfo = {{"webServerRelativeUrl": "{ROOT}", "currentLanguage": 1066}};</script>
{self.chrome.head}
</head>
<body>
<form method="post" action="{escape(path)}" id="aspnetForm">
<div class="aspNetHidden"><input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="/wEPDwUKMTIzNDU2Nzg5MGRk" /></div>
<div><a href="javascript:;" class="ms-accessible ms-acc-button">Skip Ribbon Commands</a></div>
<div><a href="#mainContent" class="ms-accessible ms-acc-button">Skip to main content</a></div>
<div id="s4-ribbonrow" class="s4-pr s4-ribbonrowhidetitle" style="display:none"></div>
<div id="s4-workspace"><div id="s4-bodyContainer">
<div id="s4-titlerow" class="ms-dialogHidden"><a href="/" class="ms-siteicon-a"><img src="/images/logo.png" alt="" /></a>
<div class="ms-core-listMenu-horizontalBox"><ul class="root ms-core-listMenu-root static">{menu}</ul></div></div>
{self.chrome.menu}
<div id="contentRow"><div id="contentBox"><div id="DeltaPlaceHolderMain"><a id="mainContent" name="mainContent" tabindex="-1"></a>
<div class="ms-webpart-zone ms-fullWidth">
{main}
<div class="ms-webpart-chrome loctin"><div class="tieude">Danh sách tin tức - bài viết</div><div class="loc"><div class="ten">Lọc tin tức - bài viết</div>
<div class="row"><label>Chuyên mục:</label><select name="cm"><option value=""></option></select></div>
<div class="row"><label>Sự kiện:</label><select name="sk"><option value=""></option></select></div>
<div class="row"><label>Nội dung:</label><input type="text" name="nd" /></div></div></div>
<div class="ms-webpart-chrome"><h2 class="ms-webpart-titleText"><span>Hệ thống văn bản</span></h2><div id="hethongvanban"></div></div>
<div class="ms-webpart-chrome"><h2 class="ms-webpart-titleText"><span>Tài liệu - Văn kiện</span></h2><div id="tailieu"></div></div>
<div class="ms-webpart-chrome video"><h2 class="ms-webpart-titleText"><span>Thư viện Video</span></h2>
<ul class="dsvideo">
{videos}
</ul></div>
{self.chrome.side}
</div>
</div></div></div>
<div class="ms-dialogHidden chantrang">{escape(self.facts.name.upper())}</div>
{self.chrome.foot}
</div></div>
</form>
</body>
</html>
""".encode()

    def _article(self, article: Article, section: str) -> bytes:
        lead = (
            f'<div class="motatin"><strong>{escape(article.lead)}</strong></div>'
            if article.lead and crc32(article.title.encode()) % 3 == 1
            else ""
        )
        path = _view(section, article.id if section == article.section or not article.copy else article.copy[1])
        canonical = (
            f'\n<link rel="canonical" href="{escape(self.url(article))}" />' if path != self.address(article) else ""
        )
        return self._detail(article.title, lead, self._body(article, with_lead=not lead), path, canonical)

    def _detail(self, title: str, lead: str, body: str, path: str, canonical: str = "") -> bytes:
        main = f"""<div class="ms-webpart-chrome chitiettin"><div class="ms-WPBody" id="WebPartWPQ2">
<div class="title-detail"><h1 class="tieudetin">{escape(title)}</h1></div>
{lead}
<div class="noidungtin ms-rtestate-field">{body}</div>
<div class="tienich">Ý kiến bạn đọc</div>
<div class="tienich">Lượt xem: 1.204</div>
</div></div>"""
        return self._shell(title, path, main, canonical)

    def _body(self, article: Article, *, with_lead: bool) -> str:
        parts = []
        if article.lead and with_lead:
            parts.append(
                f'<p style="text-align&#58;justify;"><strong><span style="font-size&#58;14pt;">{_colons(article.lead)}</span></strong></p>'
            )
        for number in range(len(article.paragraphs) + 1):
            for image in article.images:
                if image.after == number:
                    parts.append(
                        f'<p style="text-align&#58;center;"><img src="{escape(self.image_address(article, image))}" alt="" style="margin&#58;5px;width&#58;600px;" /></p>'
                    )
                    if image.caption:
                        parts.append(f'<p style="text-align&#58;center;"><em>{_colons(image.caption)}</em></p>')
            parts += [_table(table) for table in article.tables if table.after == number]
            if number < len(article.paragraphs):
                parts.append(
                    '<p style="text-align&#58;justify;"><span style="font-size&#58;14pt;font-family&#58;&quot;times new roman&quot;, serif;">'
                    f"{_colons(article.paragraphs[number])}</span></p>"
                )
        if article.byline:
            parts.append(
                '<p style="text-align&#58;right;"><strong>'
                + "<br/>".join(map(_colons, article.byline))
                + "</strong></p>"
            )
        parts += [
            f'<p><a href="{escape(self.attachment_address(article, n))}">{escape(a.name)}</a></p>'
            for n, a in enumerate(article.attachments)
        ]
        parts.append("<p>&#160;</p>")
        mark = f"{crc32(article.title.encode()):08X}" * 4
        return f'<div class="ExternalClass{mark}">' + "\n".join(parts) + "</div>"

    def _listing(self, slug: str, name: str) -> bytes:
        script = f"""<script type="text/javascript">
var listPath = "{ROOT}/Lists/{slug}", pageSize = {self.facts.page_size};
$(document).ready(function () {{ $.post("{API}", {{ "do": "QUERYDATA", fieldOrder: "CreatedDate", ascending: "desc", UrlList: listPath, start: 0, length: pageSize }}, showNews, "json"); }});
</script>"""
        main = f"""<div class="ms-webpart-chrome"><h2 class="ms-webpart-titleText"><span>{escape(name)}</span></h2>
<div id="dsTinTuc" class="dstintuc"></div><div id="phantrang" class="phantrang"></div></div>
{script}"""
        return self._shell(name, f"{ROOT}/Pages/{slug}.aspx", main)


_VIDEOS = (
    "Điểm tin hoạt động của lãnh đạo tỉnh tuần qua (03/6/2024-09/6/2024)",
    "Ký sự: Dọc miền sông nước, tập 12",
    "Khai mạc hội chợ OCOP với 180 gian hàng",
    "Chương trình nghệ thuật mừng 30-4",
    "Chuyển đổi số ở xã vùng cao: 5 năm nhìn lại",
    "Tọa đàm: Dân vận khéo trong giải phóng mặt bằng",
)


def _view(section: str, number: int) -> str:
    return f"{ROOT}/Lists/{section}/View_Detail.aspx?ItemID={number}"


def _count(text: str | None, default: int) -> int:
    return int(text[:9]) if text and text.isascii() and text.isdigit() else default


def _colons(text: str) -> str:
    """Escape as SharePoint's editor does, which writes colons as entities."""
    return escape(text).replace(":", "&#58;")


def _pictures(number: int) -> str:
    rows = "".join(
        f'<p style="text-align&#58;center;"><img src="{ROOT}/PublishingImages/{number}/{n}.jpg" alt="" /></p>'
        for n in range(1, 6)
    )
    return f'<div class="ExternalClass00A1">{rows}</div>'


def _table(table: Grid) -> str:
    rows = "\n".join("<tr>" + "".join(f"<td>{_colons(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
    return (
        f'<table class="ms-rteTable-default" cellspacing="0" style="width&#58;100%;"><tbody>\n{rows}\n</tbody></table>'
    )
