"""A central site in old ASP.NET (danvan.vn): no date but the day of viewing in the header, text full of entities.

Articles are `/Home/{Category}/{id}/{Words}`. Author blocks have one line or three; captions are paragraphs in italics.
"""

# ruff: noqa: E501  (markup stands on the lines that pages have it on)

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from html import escape
from html.entities import codepoint2name
from typing import ClassVar

from flows.demo.content import Article, Gallery, Grid, Image, slugify
from flows.demo.markup.base import Answer, Markup, Request, asset, gallery_pictures, weekday

_ARTICLE = re.compile(r"/Home/([A-Za-z-]+)/(\d+)(?:/[^/]*)?/?")
_LISTING = re.compile(r"/Home/([A-Za-z-]+)(?:/trang-(\d+))?/?")
_LATIN = {code: f"&{name};" for code, name in codepoint2name.items() if code > 127}


class DanVan(Markup):
    """Renders a site of this kind."""

    server: ClassVar[str] = "Microsoft-IIS/7.5"
    silent: ClassVar[frozenset[str]] = frozenset({"published_at", "tags"})
    extra_headers: ClassVar[Mapping[str, str]] = {"X-AspNet-Version": "4.0.30319"}

    def address(self, article: Article) -> str:
        """See `Markup`."""
        return self._address(article, article.section)

    def _address(self, article: Article, section: str) -> str:
        return f"/Home/{section}/{article.id}/{article.words(keep_case=True)}"

    def also_at(self, article: Article) -> list[str]:
        """See `Markup`."""
        return [self._address(article, s) for s in article.also_in]

    def image_address(self, article: Article, image: Image) -> str:
        """See `Markup`."""
        return f"/Uploads/Images/{article.id}/{image.file}"

    def attachment_address(self, article: Article, number: int) -> str:
        """See `Markup`."""
        return f"/Uploads/Files/{article.id}/{article.attachments[number].file}"

    def answer(self, request: Request) -> Answer | None:
        """See `Markup`."""
        path = request.path
        if path == "/robots.txt":
            return self.robots(["/admin/", "/GuiBanBe.aspx"])
        if path in ("/", "/Home", "/Home/"):
            return self._listing(None, 1)
        if match := _ARTICLE.fullmatch(path):
            return self._entry(match[1], int(match[2]))
        if (match := _LISTING.fullmatch(path)) and match[1] in {s.slug for s in self.facts.sections} | {"Thu-vien-anh"}:
            number = int((match[2] or "1")[:9])
            return self._listing(match[1], number) if number else None
        return asset(path)

    def not_found(self) -> bytes:
        """See `Markup`."""
        return self._shell("Không tìm thấy", "<div>Trang không tồn tại</div>")

    def _entry(self, section: str, number: int) -> Answer | None:
        for gallery in self.facts.galleries:
            if gallery.id == number and section == "Thu-vien-anh":
                return Answer(self._gallery(gallery))
        article = self.catalogue.get(number)
        if article is None:
            return None
        if section in article.also_in:
            return self.moved(self.address(article), 302)
        return Answer(self._article(article)) if section == article.section else None

    # ---- pages

    def _shell(self, title: str, main: str) -> bytes:
        day = self.facts.viewing_day or date(2025, 1, 1)
        menu = "".join(
            f'<td class="menu_item"><a href="{self.link(f"/Home/{s.slug}")}">{_old(s.name)}</a></td>'
            for s in self.facts.sections
        )
        return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head id="Head1"><meta http-equiv="Content-Type" content="text/html; charset=utf-8" /><title>
	{escape(title)}
</title><link href="/App_Themes/Default/style.css" rel="stylesheet" type="text/css" />
{self.chrome.head}
</head>
<body style="margin: 0px; background-color: #ffffff">
<form name="form1" method="post" action="#" id="form1">
<div><input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="/wEPDwULLTE0NDkyMDU3MjhkZA==" /></div>
<table width="1000" border="0" align="center" cellpadding="0" cellspacing="0">
<tr><td colspan="2"><a href="/"><img src="/images/banner.png" width="1000" border="0" alt="" /></a></td></tr>
<tr><td colspan="2"><table border="0" cellpadding="4" cellspacing="0" bgcolor="#b00000"><tr>{menu}<td class="menu_item"><a href="/Home/Thu-vien-anh">Thư viện ảnh</a></td></tr></table>{self.chrome.menu}</td></tr>
<tr><td colspan="2" align="right" style="font-size: 11px; padding: 4px"><span id="lblNgay">{weekday(day)}, {day.day:02d}/{day.month}/{day.year}</span></td></tr>
<tr><td width="720" valign="top" style="padding: 6px">
{main}
</td>
<td width="280" valign="top" bgcolor="#f5f5f5"><table width="100%" border="0"><tr><td class="tieude_hop">&nbsp;{_old("Liên kết website")}&nbsp;</td></tr><tr><td><select name="ddlLienKet"><option value="">-----</option><option value="http://cong-thong-tin.invalid">Cổng thông tin</option></select>{self.chrome.side}</td></tr></table></td></tr>
<tr><td colspan="2" align="center" style="border-top: solid 1px #b00000; padding: 8px">&copy; {_old(self.facts.name)}{self.chrome.foot}</td></tr>
</table>
</form>
</body>
</html>
""".encode()

    def _article(self, article: Article) -> bytes:
        lead = (
            f'<div class="tomtat_chitiet" style="font-weight: bold; text-align: justify">{_old(article.lead)}</div>'
            if article.lead
            else ""
        )
        most = "\n".join(
            f'<tr><td style="font-size: 12px">&#8226;&nbsp;<a class="link_khac" href="{self.link(self.address(a))}">{_old(a.title)}</a></td></tr>'
            for a in self.catalogue.page(None, 0, 6)
            if a.id != article.id
        )
        files = "".join(
            f'<p><a href="{escape(self.attachment_address(article, n))}">{_old(a.name)}</a></p>'
            for n, a in enumerate(article.attachments)
        )
        main = f"""<div class="chitiet" style="width: 700px"><h1 class="tieude_chitiet">{_old(article.title)}</h1>{lead}
<div class="noidung_chitiet">
{self._body(article)}{files}
</div></div>
<table width="100%" border="0"><tr><td align="right"><a href="#" onclick="return GuiBanBe({article.id});">{_old("Gửi cho bạn bè")}</a></td></tr></table>
<div class="tieude_hop" style="font-weight: bold">{_old("Phản hồi")}</div>
<div style="padding: 4px"><textarea name="txtNoiDung" rows="4" cols="60"></textarea></div>
<div class="tieude_hop" style="font-weight: bold">{_old("Thông tin người gửi phản hồi")}</div>
<div style="padding: 4px"><input name="txtTen" type="text" title="Họ tên" /> <input type="submit" name="btnGui" value="Gửi" /></div>
<div class="tieude_hop" style="font-weight: bold">{_old("Xem nhiều nhất")}</div>
<table width="100%" border="0" cellpadding="2">{most}</table>"""
        return self._shell(article.title, main)

    def _body(self, article: Article) -> str:
        parts = []
        for number in range(len(article.paragraphs) + 1):
            for image in article.images:
                if image.after == number:
                    parts.append(
                        f'<p align="center" style="text-align: center"><img src="{self.link(self.image_address(article, image))}" width="500" border="0" alt="" /></p>'
                    )
                    if image.caption:
                        parts.append(
                            f'<p align="center" style="text-align: center"><em>&nbsp;{_old(image.caption)}</em></p>'
                        )
            parts += [_table(table) for table in article.tables if table.after == number]
            if number < len(article.paragraphs):
                parts.append(
                    '<p class="MsoNormal" style="text-align: justify; line-height: 150%"><span style="font-size: 13pt; '
                    f'font-family: &quot;Times New Roman&quot;,&quot;serif&quot;">{_wrapped(_old(article.paragraphs[number]))}<o:p></o:p></span></p>'
                )
        styles = ("strong", "em", "span")
        for line, style in zip(article.byline, (*styles, "span", "span"), strict=False):
            parts.append(
                f'<p class="MsoNormal" align="right" style="text-align: right"><{style}>{_old(line)}</{style}></p>'
            )
        return "\n".join([*parts, "<p>&nbsp;</p>"])

    def _gallery(self, gallery: Gallery) -> bytes:
        cells = "".join(
            f'<td><img src="/Uploads/Images/{gallery.id}/{name}" width="340" border="0" alt="" /></td>'
            for name in gallery_pictures(gallery)
        )
        return self._shell(
            gallery.title,
            f'<div class="chitiet"><h1 class="tieude_chitiet">{_old(gallery.title)}</h1><div class="tomtat_chitiet"></div>'
            f'<div class="noidung_chitiet"><table border="0"><tr>{cells}</tr></table></div></div>',
        )

    def _listing(self, section: str | None, number: int) -> Answer:
        size = self.facts.page_size
        rows: list[tuple[str, str, str]] = []
        if section != "Thu-vien-anh":
            rows = [self._row(a, section) for a in self.catalogue.page(section, (number - 1) * size, size)]
        if number == 1:
            rows[1:1] = [
                (self.link(_gallery_address(g)), g.title, "")
                for g in self.facts.galleries
                if section in (None, g.section, "Thu-vien-anh")
            ]
            rows[3:3] = [(escape(o.url), o.title, "") for o in self.facts.offsite]
        name = (
            "Thư viện ảnh" if section == "Thu-vien-anh" else self.facts.section_name(section) if section else "Tin mới"
        )
        items = "\n".join(
            f'<table width="100%" border="0" cellpadding="3"><tr><td width="120" valign="top"><img src="/images/no.png" width="110" border="0" alt="" /></td>'
            f'<td valign="top"><a class="tieude_tin" href="{href}">{_old(title)}</a><div class="tomtat">{_old(lead)}</div></td></tr></table>'
            for href, title, lead in rows
        )
        pages = 1 if section in (None, "Thu-vien-anh") else self.page_count(section)
        near = sorted({1, pages, *range(max(1, number - 3), min(pages, number + 3) + 1)})
        pager = "&nbsp;".join(
            f"<b>{n}</b>" if n == number else f'<a href="/Home/{section}/trang-{n}">{n}</a>' for n in near
        )
        return Answer(
            self._shell(
                self.facts.name,
                f'<div class="tieude_hop">{_old(name)}</div>\n{items}\n<div align="right" class="phantrang">Trang:&nbsp;{pager}</div>',
            )
        )

    def _row(self, article: Article, section: str | None) -> tuple[str, str, str]:
        shown = section if section in article.also_in else article.section
        return self.link(self._address(article, shown or article.section)), article.title, article.lead or ""


def _gallery_address(gallery: Gallery) -> str:
    return f"/Home/Thu-vien-anh/{gallery.id}/{slugify(gallery.title, keep_case=True)}"


def _old(text: str) -> str:
    """Escape as an old editor does: every letter that has a named entity becomes one."""
    return escape(text, quote=False).translate(_LATIN)


def _wrapped(html: str) -> str:
    """Break lines about every hundred characters, as saved Word pages do."""
    lines, line = [], ""
    for word in html.split(" "):
        if len(line) + len(word) > 100:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "\n".join([*lines, line])


def _table(table: Grid) -> str:
    rows = "\n".join(
        "<tr>"
        + "".join(f'<td valign="top"><p class="MsoNormal">{_old(cell)}<o:p></o:p></p></td>' for cell in row)
        + "</tr>"
        for row in table.rows
    )
    return f'<table class="MsoNormalTable" border="1" cellspacing="0" cellpadding="0"><tbody>\n{rows}\n</tbody></table>'
