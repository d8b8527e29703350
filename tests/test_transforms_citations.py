"""Citations: grammar of numbers, dates, issuers, keys of documents, relations; sentences of our own."""

from __future__ import annotations

import time
import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.citations import Citation, document_masks, find
from transforms.citations.vocabulary import vocabulary


def _keys(text: str) -> list[tuple[str, str]]:
    return [(c.type, c.key) for c in find(text)]


def _only(text: str, **context: object) -> Citation:
    (citation,) = find(text, **context)  # type: ignore[arg-type]
    return citation


# What is printed, and the (type, key) of every citation in it.
GRAMMAR: list[tuple[str, list[tuple[str, str]]]] = [
    ("Quán triệt Nghị quyết số 43-NQ/TW về đại đoàn kết", [("Nghị quyết", "43-NQ/TW")]),
    ("theo Chỉ thị số 33/CT-TTg", [("Chỉ thị", "33/CT-TTg")]),
    ("Nghị định số 59/2023/NĐ-CP", [("Nghị định", "59/2023/NĐ-CP")]),
    ("Nghị quyết 12/2022/NQ-HĐND", [("Nghị quyết", "12/2022/NQ-HĐND")]),
    ("Luật số 10/2022/QH15", [("Luật", "10/2022/QH15")]),
    ("Nghị quyết số 1211/2016/UBTVQH13", [("Nghị quyết", "1211/2016/UBTVQH13")]),
    ("Pháp lệnh số 34/2007/PL-UBTVQH11", [("Pháp lệnh", "34/2007/PL-UBTVQH11")]),
    ("Bộ luật Lao động số 45/2019/QH14", [("Luật", "45/2019/QH14")]),
    ("Luật Thực hiện dân chủ ở cơ sở (số 10/2022/QH15)", [("Luật", "10/2022/QH15")]),
    ("Công văn số 238/UBND-KGVX của UBND huyện", [("Công văn", "238/UBND-KGVX")]),
    ("văn bản số 1520/BNV-TCCB", [("Công văn", "1520/BNV-TCCB")]),
    ("Công điện số 05/CĐ-TTg", [("Công điện", "05/CĐ-TTg")]),
    ("Tờ trình số 12/TTr-UBND", [("Tờ trình", "12/TTr-UBND")]),
    ("Thông báo kết luận số 41-TB/TU", [("Thông báo", "41-TB/TU")]),
    ("Chương trình hành động số 28-CTr/TU", [("Chương trình", "28-CTr/TU")]),
    ("Kế hoạch phối hợp số 05-KH/BDVTU", [("Kế hoạch", "05-KH/BDVTU")]),
    ("Quy chế số 21-QC/TU", [("Quy chế", "21-QC/TU")]),
    ("Báo cáo số 85/BC-UBND", [("Báo cáo", "85/BC-UBND")]),
    ("Thông tri số 07-TT/TU", [("Thông tri", "07-TT/TU")]),
    ("Quyết định số 1012-QĐNS/TW", [("Quyết định", "1012-QĐNS/TW")]),
    ("Quy chế phối hợp số 02/QCPH-CA-MTTQ", [("Quy chế", "02/QCPH-CA-MTTQ")]),
    ("theo NQ 88/2019/QH14", [("Nghị quyết", "88/2019/QH14")]),
    ("số 07-TT/TU", [("Thông tri", "07-TT/TU")]),
    ("Thông tư số 13/2021/TT-BNV", [("Thông tư", "13/2021/TT-BNV")]),
    ("số 13/2021/TT-BNV", [("Thông tư", "13/2021/TT-BNV")]),
    ("Thông tư liên tịch số 01/2019/TTLT-BNV-BTC", [("Thông tư", "01/2019/TTLT-BNV-BTC")]),
    ("Đề án số 15-ĐA/TU", [("Đề án", "15-ĐA/TU")]),
    ("Thông tri số 28/TTr-MTTW-BTT", [("Thông tri", "28/TTr-MTTW-BTT")]),
    # The type as printed wins over the code; without one the code implies it.
    ("Quy định số 37-QĐ/TW", [("Quy định", "37-QĐ/TW")]),
    ("Quy định số 11-QĐi/TW", [("Quy định", "11-QĐi/TW")]),
    ("Quy định về những điều đảng viên không được làm (số 37-QĐ/TW)", [("Quy định", "37-QĐ/TW")]),
    ("(25-NQ/TW)", [("Nghị quyết", "25-NQ/TW")]),
    ("Nghị quyết số 15a-NQ/TU", [("Nghị quyết", "15a-NQ/TU")]),
    # Blanks, dashes, missing hyphens, look-alikes.
    ("Quyết định số 290 -QĐ/TW", [("Quyết định", "290-QĐ/TW")]),
    ("Kế hoạch số 12 - KH / TU", [("Kế hoạch", "12-KH/TU")]),
    ("Chỉ thị 05 – CT/TW", [("Chỉ thị", "05-CT/TW")]),
    ("Quyết định số 678 /QĐ-UBND", [("Quyết định", "678/QĐ-UBND")]),
    ("Hướng dẫn 84 HD/TWĐTN", [("Hướng dẫn", "84-HD/TWĐTN")]),
    ("Quy định số 11-QÐi/TW", [("Quy định", "11-QĐi/TW")]),
    ("Chỉ thị số 05-CT/TƯ", [("Chỉ thị", "05-CT/TƯ")]),
    ("Nghị quyết số 25-NQ/T.Ư", [("Nghị quyết", "25-NQ/T.Ư")]),
    ("Nghị quyết\u00a0 số\u00a025-NQ/TW , Quyết định 23-QĐ/TW", [("Nghị quyết", "25-NQ/TW"), ("Quyết định",
     "23-QĐ/TW")]),
    ("Kết luận số\n62-KL/TW của Bộ Chính trị", [("Kết luận", "62-KL/TW")]),
    ("Nghị quyết số 33-NQ/TUngày 19/5/2023", [("Nghị quyết", "33-NQ/TU")]),
    ("QUYẾT ĐỊNH SỐ 290-QĐ/TW", [("Quyết định", "290-QĐ/TW")]),
    ("Quyết định 217/QĐ-TW", [("Quyết định", "217/QĐ-TW")]),
    ("Chỉ thị số 22-CT-TW", [("Chỉ thị", "22-CT-TW")]),
    # Bare numbers.
    ("thực hiện Nghị quyết 33 của Tỉnh ủy", [("Nghị quyết", "33")]),
    ("Nghị quyết 33 tăng cường sự lãnh đạo", [("Nghị quyết", "33")]),
    ("Chỉ thị số 05 của Bộ Chính trị", [("Chỉ thị", "05")]),
    ("theo Kết luận 49, cấp ủy", [("Kết luận", "49")]),
    ("Quy định số 37 năm 2021", [("Quy định", "37")]),
    ("Nghị quyết 30a của Chính phủ", [("Nghị quyết", "30a")]),
    ("xử phạt theo Nghị định 100/2019 của Chính phủ", [("Nghị định", "100/2019")]),
    ("Thông tư 22 của Bộ GD&ĐT", [("Thông tư", "22")]),
    ("nghị quyết 57 đã mở đường", [("Nghị quyết", "57")]),
    # Lists with one type word.
    ("Nghị quyết số 18-NQ/TW, 19-NQ/TW", [("Nghị quyết", "18-NQ/TW"), ("Nghị quyết", "19-NQ/TW")]),
    ("Quy định số 65-QĐ/TW và 66-QĐ/TW", [("Quy định", "65-QĐ/TW"), ("Quy định", "66-QĐ/TW")]),
    ("Quyết định 217, 218-QĐ/TW", [("Quyết định", "217"), ("Quyết định", "218-QĐ/TW")]),
    ("Quyết định 217, 218 của Bộ Chính trị", [("Quyết định", "217"), ("Quyết định", "218")]),
    ("Nghị quyết 18 và 19 của Trung ương", [("Nghị quyết", "18"), ("Nghị quyết", "19")]),
    ("các Nghị quyết số 01/2023/NQ-HĐND, số 02/2023/NQ-HĐND",
     [("Nghị quyết", "01/2023/NQ-HĐND"), ("Nghị quyết", "02/2023/NQ-HĐND")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), GRAMMAR)
def test_numbers_of_documents(text: str, wanted: list[tuple[str, str]]) -> None:
    assert _keys(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Tổ công tác Đề án 06 họp",
        "vốn Chương trình 135 và Chương trình 1719",
        "Ban Chỉ đạo 35 các cấp",
        "Hòm thư góp ý 217, 218",
        "đã ban hành 368 nghị quyết, 45 quyết định và 12 chỉ thị",
        "sơ kết trên 45 lượt nghị quyết, chỉ thị",
        "Hội đồng nhân dân quyết định 12 dự án",
        "quy chuẩn quy định 19 tiêu chí",
        "thanh tra kết luận 03 đơn vị vi phạm",
        "Quyết định 5 nội dung quan trọng",
        "nghị quyết 5 nội dung",
        "Nghị quyết Trung ương 4 khóa XII",
        "Nghị quyết Đại hội XIII của Đảng",
        "Nghị quyết 5 năm 2021 - 2025 của tỉnh",
        "khoản 2 Điều 5 của Luật",
        "xe 30A-123.45, cúm A/H5N1, mạng 5G, tỷ số 3-2",
        "sản xuất theo ISO 9001:2015 và TCVN 5687",
        "Kế hoạch 25 ha rừng",
        "Công văn số 238",
        "ngày 10/10/2023 tại TP Hà Nội",
        "tầng 12-CT và 5/HH",
        "giải quyết 16/18 UBND xã",
    ],
)
def test_no_document_is_cited(text: str) -> None:
    assert _keys(text) == []


DATED = [
    ("Nghị quyết số 25-NQ/TW, ngày 03/6/2013 về", "2013-06-03"),
    ("Nghị quyết số 25-NQ/TW ngày 3-6-2013", "2013-06-03"),
    ("Kế hoạch số 118-KH/ĐUQS ngày 15 tháng 02 năm 2024", "2024-02-15"),
    ("Nghị quyết số 35-NQ/TW (ngày 22/10/2018)", "2018-10-22"),
    ("Nghị quyết số 35-NQ/TW (22/10/2018)", "2018-10-22"),
    ("Nghị quyết số 35-NQ/TW của Bộ Chính trị ngày 22/10/2018", "2018-10-22"),
    ("Nghị quyết 33 được Ban Thường vụ Tỉnh ủy ban hành ngày 19/5/2023", "2023-05-19"),
    ("Luật số 10/2022/QH15 được Quốc hội thông qua ngày 10/11/2022", "2022-11-10"),
    ("Chỉ thị 31-CT/TU ban hành ngày 28/8/2023", "2023-08-28"),
    ("Ngày 19.5.2023, Ban Thường vụ Tỉnh ủy ban hành Nghị quyết 33 về dân vận", "2023-05-19"),
    ("Ngày 20 tháng 6 năm 2022, Tỉnh ủy ban hành Nghị quyết số 07-NQ/TU", "2022-06-20"),
    ("ngày 05/01/2024, Chủ tịch UBND tỉnh đã ký Quyết định số 12/QĐ-UBND", "2024-01-05"),
    ("Nghị quyết số 25-NQ/TW của Bộ Chính trị, tính đến ngày 30/9/2023, tỉnh", None),
    ("Nghị định số 59/2023/NĐ-CP có hiệu lực từ ngày 15/8/2023", None),
    ("Nghị quyết số 25-NQ/TW. Ngày 03/6/2013, tỉnh họp", None),
    ("Chỉ thị số 01/CT-TTg của Thủ tướng Chính phủ, ngày 5/3/2024, Tỉnh đoàn ra quân", None),
    ("Ngày 5/3/2024, huyện tổng kết Nghị quyết số 12-NQ/HU", None),
    ("Từ ngày 5/3/2024, thực hiện Nghị quyết số 12-NQ/HU", None),
    ("Ngày 5/3/2024, Huyện ủy công bố Quyết định số 12-QĐ/HU", None),
    ("Ngày 5/3/2024, xã triển khai Kế hoạch số 12-KH/HU", None),
    ("Nghị quyết số 25-NQ/TW; ngày 03/6/2013, tỉnh họp", None),
    ("Nghị quyết số 06-NQ/TU ngày 31/11/2021", None),
    ("Nghị quyết số 06-NQ/TU năm 2021", None),
]


@pytest.mark.parametrize(("text", "day"), DATED)
def test_a_date_belongs_to_the_mention_it_is_printed_with(text: str, day: str | None) -> None:
    found = _only(text).date
    assert (found.isoformat() if found else None) == day


def test_each_date_goes_to_one_document_only() -> None:
    text = (
        "Cụ thể hóa Chỉ thị số 49-CT/TW, ngày 20-10-2015 của Ban Bí thư, ngày 20 tháng 6 năm 2022, "
        "Tỉnh ủy ban hành Nghị quyết số 07-NQ/TU; UBND tỉnh ban hành Kế hoạch số 90/KH-UBND."
    )
    assert [c.date for c in find(text)] == [date(2015, 10, 20), date(2022, 6, 20), None]


def test_one_act_may_issue_two_documents() -> None:
    text = "Ngày 05/01/2024, UBND tỉnh ban hành Quyết định số 12/QĐ-UBND và Kế hoạch số 13/KH-UBND."
    assert [c.date for c in find(text)] == [date(2024, 1, 5)] * 2


def test_the_end_of_a_list_holds_for_its_members() -> None:
    text = "Thực hiện Quyết định 217, 218-QĐ/TW ngày 12/12/2013 của Bộ Chính trị"
    first, second = find(text)
    assert (first.key, first.date, first.issuer) == ("217", date(2013, 12, 12), "Bộ Chính trị")
    assert first.document_id == "vn.party:tw:QĐ:217:2013"
    assert "shared_symbol" in first.flags
    assert second.document_id == "vn.party:tw:QĐ:218:2013"


IDS = [
    ("Chỉ thị số 33/CT-TTg ngày 26/11/2021", {}, "vn.state:ttg:CT:33:2021", "Thủ tướng Chính phủ"),
    ("Nghị định số 30/2020/NĐ-CP", {}, "vn.state:cp:NĐ:30:2020", "Chính phủ"),
    ("Luật số 10/2022/QH15", {}, "vn.state:qh15:L:10:2022", "Quốc hội"),
    ("Nghị quyết số 05-NQ/TU ngày 3/4/2021", {"province": "ha-giang"}, "vn.party:tinh.ha-giang:NQ:5:2021",
     "Tỉnh ủy Hà Giang"),
    ("Nghị quyết số 05-NQ/TU ngày 3/8/2025", {"province": "ha-giang"}, "vn.party:tinh.tuyen-quang:NQ:5:2025",
     "Tỉnh ủy Tuyên Quang"),
    ("Nghị quyết số 05-NQ/TU ngày 3/4/2021", {}, "vn.party:tinh.?:NQ:5:2021", "Tỉnh ủy"),
    ("Chỉ thị 05-CT/TƯ ngày 15/5/2016 của Bộ Chính trị", {"province": "nghe-an"}, "vn.party:tw:CT:5:2016",
     "Bộ Chính trị"),
    ("Quyết định 217/QĐ-TW ngày 12/12/2013", {}, "vn.party:tw:QĐ:217:2013", "Trung ương Đảng"),
    ("Hướng dẫn số 15-HD/BDVTU ngày 8/3/2024", {"province": "yen-bai"}, "vn.party:tinh.yen-bai.bdv:HD:15:2024",
     "Ban Dân vận Tỉnh ủy Yên Bái"),
    ("Kế hoạch số 3-KH/BTGDVTW ngày 8/3/2025", {}, "vn.party:tw.btgdv:KH:3:2025",
     "Ban Tuyên giáo và Dân vận Trung ương"),
    ("Hướng dẫn 36-HD/VPTW ngày 3/4/2018", {}, "vn.party:tw.vp:HD:36:2018", "Văn phòng Trung ương"),
    ("Quyết định số 5/2019/QĐ-UBND", {"province": "ca-mau"}, "vn.state:tinh.ca-mau.ubnd:QĐ:5:2019", "UBND Cà Mau"),
    ("Quyết định số 90/QĐ-UBND ngày 2/3/2022 của UBND huyện Yên Minh", {"province": "ha-giang"},
     "vn.state:huyen.ha-giang.yen-minh.ubnd:QĐ:90:2022", "UBND huyện Yên Minh"),
    ("Thông tư số 13/2021/TT-BTC", {}, "vn.state:btc:TT:13:2021", "Bộ Tài chính"),
    ("Thông tri số 28/TTr-MTTW-BTT ngày 17/9/2013", {}, "vn.org:tw.mttq:TTr:28:2013",
     "Ủy ban Trung ương MTTQ Việt Nam"),
    ("Công văn số 238/UBND-KGVX ngày 5/2/2024", {"province": "an-giang"}, "vn.state:tinh.an-giang.ubnd:CV:238:2024",
     "UBND An Giang"),
    ("Nghị quyết 35 của Bộ Chính trị (khóa XII)", {}, "vn.party:tw:NQ:35:2018", "Bộ Chính trị"),
    ("Kết luận 99 của Ban Bí thư (khóa XI)", {}, "vn.party:tw:KL:99:kXI", "Ban Bí thư"),
    ("Nghị quyết 99-NQ/TW", {}, "vn.party:tw:NQ:99:?", "Trung ương Đảng"),
    ("Nghị quyết 25 (khóa XI)", {}, "vn.party:tw:NQ:25:2013", "Ban Chấp hành Trung ương"),
    ("UBND tỉnh Nghệ An vừa có Công văn 10234/UBND-NN ngày 12/12/2023", {"province": "ha-giang"},
     "vn.state:tinh.nghe-an.ubnd:CV:10234:2023", "UBND tỉnh Nghệ An"),
    ("Nghị quyết số 26-NQ/TW ngày 05/8/2008 của Hội nghị lần thứ bảy Ban Chấp hành Trung ương", {},
     "vn.party:tw:NQ:26:2008", "Ban Chấp hành Trung ương"),
    ("Nghị quyết số 15-NQ/ĐU ngày 8/3/2025", {"province": "ha-giang"}, "vn.party:?.du:NQ:15:2025", "Đảng ủy"),
    ("Nghị quyết số 02-NQ/ĐU ngày 18/8/2025 của Đảng ủy xã Mường Bú", {"province": "son-la"},
     "vn.party:xa.son-la.muong-bu:NQ:2:2025", "Đảng ủy xã Mường Bú"),
    ("Ngày 18/8/2025, Ban Thường vụ Đảng ủy phường Ninh Kiều ban hành Chương trình số 01-CTr/ĐU",
     {"province": "can-tho"}, "vn.party:xa.can-tho.ninh-kieu:CTr:1:2025", "Ban Thường vụ Đảng ủy phường Ninh Kiều"),
    ("Nghị quyết số 05/NQ-HĐND ngày 5/8/2025 của HĐND phường Cửa Nam", {"province": "ha-noi"},
     "vn.state:xa.ha-noi.cua-nam.hdnd:NQ:5:2025", "HĐND phường Cửa Nam"),
    ("Hướng dẫn số 05-HD/BTGDV ngày 18/4/2025 của Ban Tuyên giáo và Dân vận Tỉnh ủy", {"province": "nghe-an"},
     "vn.party:tinh.nghe-an.btgdv:HD:5:2025", "Ban Tuyên giáo và Dân vận Tỉnh ủy Nghệ An"),
    ("Kế hoạch số 9-KH/BDV ngày 1/2/2024 của Ban Dân vận Huyện ủy Quan Hóa", {"province": "thanh-hoa"},
     "vn.party:huyen.thanh-hoa.quan-hoa.bdv:KH:9:2024", "Ban Dân vận Huyện ủy Quan Hóa"),
    ("Thông tư số 05/2025/TT-BDTTG", {}, "vn.state:bdttg:TT:5:2025", "Bộ Dân tộc và Tôn giáo"),
    ("Thông tư số 18/2025/TT-BNNMT", {}, "vn.state:bnnmt:TT:18:2025", "Bộ Nông nghiệp và Môi trường"),
    ("Kế hoạch số 1122/KH-SNNMT ngày 2/3/2025", {"province": "lang-son"}, "vn.state:tinh.lang-son.snnmt:KH:1122:2025",
     "Sở Nông nghiệp và Môi trường Lạng Sơn"),
    ("Quy chế số 02-QC/ĐUUBND ngày 2/3/2025", {"province": "lang-son"}, "vn.party:tinh.lang-son.duubnd:QC:2:2025",
     "Đảng ủy UBND Lạng Sơn"),
    ("Kế hoạch số 45-KH/HNDT ngày 2/3/2025", {"province": "lang-son"}, "vn.org:tinh.lang-son.hnd:KH:45:2025",
     "Hội Nông dân Lạng Sơn"),
    ("Nghị quyết số 43-NQTW ngày 24/11/2023", {}, "vn.party:tw:NQ:43:2023", "Trung ương Đảng"),
    ("Kế hoạch số 5-KH/XYZ ngày 2/3/2025", {}, "vn.party:xyz:KH:5:2025", None),
    ("Nghị quyết 61", {}, "vn.?:?:NQ:61:?", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "context", "document_id", "issuer"), IDS)
def test_document_ids(text: str, context: dict[str, str], document_id: str, issuer: str | None) -> None:
    found = _only(text, **context)
    assert (found.document_id, found.issuer) == (document_id, issuer)


def test_a_district_committee_is_that_of_the_district_the_article_is_about() -> None:
    text = (
        "Đảng bộ huyện Sông Lô đổi mới công tác dân vận. Ban Thường vụ Huyện ủy ban hành Chỉ thị số 09-CT/HU, "
        "ngày 10/9/2021. Huyện Sông Lô có 17 xã."
    )
    assert _only(text, province="vinh-phuc").document_id == "vn.party:huyen.vinh-phuc.song-lo:CT:9:2021"


def test_a_mention_takes_year_and_issuer_from_another() -> None:
    text = "Thực hiện Quyết định số 55-QĐ/TU. Quyết định số 55-QĐ/TU, ngày 03/2/2016 của Ban Thường vụ Tỉnh ủy nêu rõ."
    first, second = find(text, province="vinh-phuc")
    assert first.document_id == second.document_id == "vn.party:tinh.vinh-phuc:QĐ:55:2016"
    assert (first.date, second.date) == (None, date(2016, 2, 3))
    assert "year_from_mention" in first.flags
    assert first.issuer == "Ban Thường vụ Tỉnh ủy Vĩnh Phúc"


def test_a_bare_number_takes_its_antecedent() -> None:
    text = "Triển khai Nghị quyết số 12-NQ/TU ngày 5/6/2022, các huyện vào cuộc. Nghị quyết 12 đã đi vào đời sống."
    full, bare = find(text, province="cao-bang")
    assert bare.key == "12"
    assert bare.document_id == full.document_id == "vn.party:tinh.cao-bang:NQ:12:2022"
    assert {"bare", "antecedent", "year_from_mention"} <= set(bare.flags)


def test_a_bare_number_of_another_body_is_another_document() -> None:
    text = "Nghị quyết số 12-NQ/TU ngày 5/6/2022 của Tỉnh ủy và Nghị quyết 12 của Chính phủ"
    assert [c.document_id.split(":")[1] for c in find(text, province="cao-bang")] == ["tinh.cao-bang", "cp"]


def test_the_registry_gives_a_year_only_where_one_document_fits() -> None:
    assert _only("Chỉ thị số 05-CT/TW của Bộ Chính trị").document_id.endswith(":2016")
    assert _only("Chỉ thị số 05-CT/TW của Ban Bí thư").document_id.endswith(":2021")
    assert _only("Chỉ thị số 05-CT/TW").document_id.endswith(":?")
    assert _only("Chỉ thị số 05-CT/TW của Bộ Chính trị", published=date(2015, 1, 1)).document_id.endswith(":?")


def test_two_dates_for_one_number_are_flagged() -> None:
    text = "Chỉ thị 03-CT/TW ngày 14/5/2011. Chỉ thị 03-CT/TW ngày 15-4-2011."
    assert all("date_conflict" in c.flags for c in find(text))


RELATIONS = [
    ("Quyết định số 81-QĐ/TU, nay được thay thế bằng Quy chế số 21-QC/TU",
     [("được thay thế", "21-QC/TU"), ("thay thế", "81-QĐ/TU")]),
    ("Quyết định số 12/2023/QĐ-UBND thay thế Quyết định số 5/2019/QĐ-UBND",
     [("thay thế", "5/2019/QĐ-UBND"), ("được thay thế", "12/2023/QĐ-UBND")]),
    ("Nghị định số 9/2024/NĐ-CP sửa đổi, bổ sung Nghị định số 30/2020/NĐ-CP",
     [("sửa đổi", "30/2020/NĐ-CP"), ("được sửa đổi", "9/2024/NĐ-CP")]),
    ("Thực hiện Nghị quyết số 25-NQ/TW, các cấp", [("thực hiện", None)]),
    ("Kế hoạch số 13-KH/TU thực hiện Nghị quyết số 25-NQ/TW", [(None, None), ("thực hiện", "13-KH/TU")]),
    ("Quy chế ban hành kèm theo Quyết định số 290-QĐ/TW", [("ban hành kèm theo", None)]),
    ("Huyện ủy ban hành Chỉ thị số 09-CT/HU", [("ban hành", None)]),
    ("cụ thể hóa bằng Nghị quyết số 11-NQ/TU", [("cụ thể hóa", None)]),
    ("xem Nghị quyết số 11-NQ/TU", [(None, None)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), RELATIONS)
def test_relations(text: str, wanted: list[tuple[str | None, str | None]]) -> None:
    assert [(c.relation, c.related_key) for c in find(text)] == wanted


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("Quyết định 217/QĐ-TW", "swapped_separators"),
        ("Quyết định số 12-QĐ/UBND", "swapped_separators"),
        ("84 QĐ/TWĐTN", "missing_hyphen"),
        ("11-QÐi/TW", "lookalike_fixed"),
        ("Nghị quyết số 06-NQ/TU ngày 31/11/2021", "impossible_date"),
        ("Công văn số 238/UBND-KGVX", "level_assumed"),
    ],
)
def test_flags(text: str, flag: str) -> None:
    assert flag in _only(text, province="an-giang").flags


def test_a_code_that_no_file_knows_has_no_swapped_separators() -> None:
    assert _only("Kế hoạch số 5-KH/XYZ ngày 2/3/2025").flags == ()


MASKED = [
    ("Điều 4, khoản 2 và Phụ lục 1", ["4", "2", "1"]),
    ("theo Mẫu số 2 và Biểu 03", ["2", "03"]),
    ("điểm a khoản 1 Điều 6", ["điểm a", "1", "6"]),
    ("các Điều 5, 6 và 7 của Luật", ["5, 6 và 7"]),
    ("văn bản số 238", ["238"]),
    ("Công văn số 15", ["15"]),
    ("Đề án 06 và Chương trình 1719", ["06", "1719"]),
    ("Nghị quyết Trung ương 5", ["5"]),
    ("Nghị quyết Trung ương 4, 5, 6 khóa XIII", ["4, 5, 6"]),
    ("Nghị quyết số 25-NQ/TW", ["25-NQ/TW"]),
    ("có 4 điều, 2 khoản, 13 điểm Ngày hội", []),
    ("huyện có Kế hoạch 25 xã", []),
    ("tài khoản 500 triệu đồng", []),
]


@pytest.mark.parametrize(("text", "wanted"), MASKED)
def test_masks(text: str, wanted: list[str]) -> None:
    assert [text[start:end] for start, end in document_masks(text)] == wanted


def test_a_type_added_to_the_data_file_is_read() -> None:
    """Every type of the data file is read by its word and by its first code; nothing about types stands in code."""
    for kind in vocabulary().types.values():
        for word in kind.words:
            text = f"{word.capitalize()} số 12-{kind.codes[0]}/TU"
            assert [found.type for found in find(text)] == [kind.name] * kind.cited
            assert document_masks(text) == [(len(text) - len(f"12-{kind.codes[0]}/TU"), len(text))]
        assert (len(find(f"{kind.words[0].capitalize()} số 12 của Tỉnh ủy")) == 1) == kind.bare


def test_sentences_and_offsets() -> None:
    text = "Xã có 5 thôn. Thực hiện Nghị quyết số 08 - NQ/TU, xã giao đất."
    found = _only(text)
    assert text[found.start : found.end] == found.surface == "08 - NQ/TU"
    assert text[found.sentence_start : found.sentence_end] == "Thực hiện Nghị quyết số 08 - NQ/TU, xã giao đất."
    assert text[found.head :].startswith("Nghị quyết số 08")
    assert set(found.row()) == {
        "start", "end", "surface", "type", "key", "document_id", "issuer", "date", "relation", "related_key",
        "sentence_start", "sentence_end", "confidence", "flags",
    }  # fmt: skip


PIECES = st.lists(
    st.sampled_from(
        ["Nghị quyết ", "Quyết định ", "số ", "25", "07", "2021", "-", "/", "–", " ", "NQ", "QĐ", "TW", "TU", "TTg",
         "CP", "QH15", "UBND", "KGVX", ", ", " và ", "ngày ", "03/6/2013", " của Bộ Chính trị", "(khóa XII)", "\n", ".",
         "thay thế ", "A", "Ð", "Điều ", "huyện Sông Lô ", "ban hành "]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@settings(deadline=None)
@given(st.one_of(st.text(max_size=200), PIECES))
def test_any_text_gives_ordered_citations_that_print_their_surface(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    end = 0
    for found in find(text):
        assert found.start >= end
        assert text[found.start : found.end] == found.surface != ""
        assert not any(ch.isspace() for ch in found.key)
        assert found.document_id.count(":") == 4
        assert 0 < found.confidence <= 1
        assert found.sentence_start <= found.start < found.end <= found.sentence_end
        end = found.end
    spans = document_masks(text)
    assert all(0 <= a < b <= len(text) for a, b in spans)


@settings(deadline=None)
@given(
    st.integers(1, 9999),
    st.sampled_from(["NQ", "QĐ", "CT", "KL", "HD", "KH", "CTr", "ĐA", "TB", "BC"]),
    st.sampled_from(["TW", "TU", "HU", "BDVTU", "UBKTTW", "ĐUK"]),
    st.sampled_from(["-", " - ", " -", "–"]),
)
def test_any_party_number_reads_back(number: int, code: str, issuer: str, hyphen: str) -> None:
    found = _only(f"Thực hiện văn kiện số {number:02}{hyphen}{code}/{issuer}, các cấp vào cuộc")
    assert found.key == f"{number:02}-{code}/{issuer}"
    assert found.document_id.split(":")[2:4] == [code, str(number)]


@pytest.mark.parametrize(
    "unit",
    ["1", "1/", "1-", "25-NQ/TW, ", "217, ", "Quyết định 2, ", "1-A", "số ", "25-NQ/TW của Ban ", "huyện A 12-KH/HU ",
     "12/QĐ-UBND và ", "33-NQ/TU (", 'Nghị quyết 33 "a ', "Nghị quyết 33 về a, ", "12-NQ/A-"],
)  # fmt: skip
def test_time_grows_with_length_only(unit: str) -> None:
    def seconds(size: int) -> float:
        text = (unit * (size // len(unit) + 1))[:size]
        started = time.process_time()
        find(text)
        return time.process_time() - started

    seconds(1000)
    small, large = min(seconds(10_000) for _ in range(3)), min(seconds(40_000) for _ in range(2))
    assert large < 8 * small + 0.05
