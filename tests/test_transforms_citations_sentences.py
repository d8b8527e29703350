"""Citations in sentences of our own: each type and issuer, list, date and misprint, with what the guide says of it.

A case is the sentence and its citations as `type key[ date]`, parted by semicolons.
"""

from __future__ import annotations

import unicodedata

import pytest
from scoring import read

from transforms.citations import document_masks, find


def _cited(text: str) -> list[str]:
    return [" ".join(filter(None, (c.type, c.key, c.date.isoformat() if c.date else ""))) for c in find(text)]


CITED = [
    (
        "Ngày 15/3/2022, Ban Bí thư ban hành Thông tri số 12-TT/TW về công tác bầu cử.",
        "Thông tri 12-TT/TW 2022-03-15",
    ),
    ("Thông báo số 158-TB/TW ngày 28/8/2024 của Bộ Chính trị", "Thông báo 158-TB/TW 2024-08-28"),
    (
        "Thông báo Kết luận số 343/TB-VPCP ngày 20 tháng 7 năm 2024 của Văn phòng Chính phủ",
        "Thông báo 343/TB-VPCP 2024-07-20",
    ),
    ("Quy chế làm việc số 05-QC/HU của Ban Chấp hành Đảng bộ huyện khóa XXIII", "Quy chế 05-QC/HU"),
    ("Đề án số 03-ĐA/TU ngày 11-10-2021 của Ban Thường vụ Thành ủy", "Đề án 03-ĐA/TU 2021-10-11"),
    ("Điều lệ số 02-ĐL/ĐH", "Điều lệ 02-ĐL/ĐH"),
    ("theo Tờ trình số 214/TTr-SNV ngày 4/3/2024 của Sở Nội vụ", "Tờ trình 214/TTr-SNV 2024-03-04"),
    ("Công điện 34/CĐ-UBND ngày 9/9/2024 của Chủ tịch UBND tỉnh", "Công điện 34/CĐ-UBND 2024-09-09"),
    ("Báo cáo số 84/BC-UBND ngày 12/6/2024", "Báo cáo 84/BC-UBND 2024-06-12"),
    ("(Trích Báo cáo số 84/BC-TTT ngày 12/6/2024 của Thanh tra tỉnh)", "Báo cáo 84/BC-TTT 2024-06-12"),
    (
        "Hướng dẫn số 05-HD/BTGDVTU ngày 18/4/2025 của Ban Tuyên giáo và Dân vận Tỉnh ủy",
        "Hướng dẫn 05-HD/BTGDVTU 2025-04-18",
    ),
    ("Hướng dẫn liên ngành số 07/HDLN-SNV-STC", "Hướng dẫn 07/HDLN-SNV-STC"),
    ("Chương trình số 16-CTr/TU, ngày 21/01/2021", "Chương trình 16-CTr/TU 2021-01-21"),
    ("Chương trình phối hợp số 03/CTrPH-BDV-CA ngày 5/4/2023", "Chương trình 03/CTrPH-BDV-CA 2023-04-05"),
    ("Chương trình hành động số 44-CTHĐ/TU", "Chương trình 44-CTHĐ/TU"),
    ("Pháp lệnh số 02/2020/UBTVQH14 về ưu đãi người có công", "Pháp lệnh 02/2020/UBTVQH14"),
    ("Luật Đất đai số 31/2024/QH15 ngày 18/01/2024", "Luật 31/2024/QH15 2024-01-18"),
    ("Luật Tổ chức chính quyền địa phương (Luật số 72/2025/QH15)", "Luật 72/2025/QH15"),
    ("Luật Thanh tra năm 2022 (số 11/2022/QH15)", "Luật 11/2022/QH15"),
    ("Bộ luật Hình sự năm 2015 (số 100/2015/QH13 ngày 27/11/2015)", "Luật 100/2015/QH13 2015-11-27"),
    ("Luật Nghĩa vụ quân sự số 78/2015/QH13 được Quốc hội thông qua ngày 19/6/2015", "Luật 78/2015/QH13 2015-06-19"),
    (
        "Thông tư số 18/2025/TT-BNNMT ngày 19/6/2025 của Bộ Nông nghiệp và Môi trường",
        "Thông tư 18/2025/TT-BNNMT 2025-06-19",
    ),
    ("Thông tư 05/2025/TT-BDTTG của Bộ Dân tộc và Tôn giáo", "Thông tư 05/2025/TT-BDTTG"),
    ("Quyết định số 1131/QĐ-BKHCN", "Quyết định 1131/QĐ-BKHCN"),
    ("Quyết định số 23/QĐ-BVHTTDL ngày 5 - 1 - 2024", "Quyết định 23/QĐ-BVHTTDL 2024-01-05"),
    (
        "Nghị quyết liên tịch số 403/2017/NQLT-UBTVQH14-CP-ĐCTUBTWMTTQVN",
        "Nghị quyết 403/2017/NQLT-UBTVQH14-CP-ĐCTUBTWMTTQVN",
    ),
    ("Nghị quyết số 02-NQ/ĐU ngày 18/8/2025 của Đảng ủy xã Mường Bú", "Nghị quyết 02-NQ/ĐU 2025-08-18"),
    ("Kế hoạch số 07-KH/ĐU của Đảng ủy phường Ninh Kiều ban hành ngày 30/7/2025", "Kế hoạch 07-KH/ĐU 2025-07-30"),
    ("Nghị quyết số 11-NQ/ĐUCA ngày 3/2/2024 của Đảng ủy Công an tỉnh", "Nghị quyết 11-NQ/ĐUCA 2024-02-03"),
    ("Nghị quyết 847-NQ/QUTW ngày 28/12/2021 của Quân ủy Trung ương", "Nghị quyết 847-NQ/QUTW 2021-12-28"),
    ("Hướng dẫn số 84-HD/TWĐTN-BTC", "Hướng dẫn 84-HD/TWĐTN-BTC"),
    ("Kế hoạch số 112/KH-LĐLĐ ngày 14/5/2024 của Liên đoàn Lao động tỉnh", "Kế hoạch 112/KH-LĐLĐ 2024-05-14"),
    ("Nghị quyết số 05-NQ/ĐCT ngày 8/3/2022", "Nghị quyết 05-NQ/ĐCT 2022-03-08"),
    ("Kế hoạch số 45-KH/HNDT", "Kế hoạch 45-KH/HNDT"),
    ("Đề án 938/ĐA-CP", "Đề án 938/ĐA-CP"),
    ("Công văn số 2174-CV/TU ngày 6/6/2023", "Công văn 2174-CV/TU 2023-06-06"),
    ("Công văn số 1432/SGDĐT-GDTrH ngày 7/8/2024", "Công văn 1432/SGDĐT-GDTrH 2024-08-07"),
    ("văn bản số 3120/BNV-TCBC ngày 2/5/2025", "Công văn 3120/BNV-TCBC 2025-05-02"),
    (
        "Quyết định số 1719/QĐ-TTg, ngày 14 tháng 10 năm 2021 của Thủ tướng Chính phủ",
        "Quyết định 1719/QĐ-TTg 2021-10-14",
    ),
    ("Chỉ thị số 40/CT-TW của Ban Bí thư", "Chỉ thị 40/CT-TW"),
    ("Nghị quyết số 35 - NQ / TW ngày 22 - 10 - 2018", "Nghị quyết 35-NQ/TW 2018-10-22"),
    ("Nghị quyết số 35–NQ/TW", "Nghị quyết 35-NQ/TW"),
    ("Quyết định số 27 /2023/QĐ-UBND", "Quyết định 27/2023/QĐ-UBND"),
    ("Quyết định số 27/2023/QĐ - UBND", "Quyết định 27/2023/QĐ-UBND"),
    ("Quyết định số 27/ 2023 /QĐ-UBND ngày 01/02/2023", "Quyết định 27/2023/QĐ-UBND 2023-02-01"),
    ("Nghị quyết số 18 NQ/TW", "Nghị quyết 18-NQ/TW"),
    ("Nghị quyết số 18NQ/TW", "Nghị quyết 18-NQ/TW"),
    ("Nghị quyết số 43-NQTW", "Nghị quyết 43-NQTW"),
    ("Nghị\u00a0quyết số\u00a018-NQ/TW\u00a0ngày\u00a025/10/2017", "Nghị quyết 18-NQ/TW 2017-10-25"),
    ("Nghị quyết  số   18-NQ/TW   ngày  25/10/2017", "Nghị quyết 18-NQ/TW 2017-10-25"),
    ("Nghị quyết số 18-\nNQ/TW ngày\n25/10/2017", "Nghị quyết 18-NQ/TW 2017-10-25"),
    ("Nghị quyết số: 18-NQ/TW", "Nghị quyết 18-NQ/TW"),
    ("Nghị quyết số18-NQ/TW", "Nghị quyết 18-NQ/TW"),
    ("Nghị quyết số 18 -NQ/ TW, ngày 25/10/2017", "Nghị quyết 18-NQ/TW 2017-10-25"),
    ("Quyết định số 22-QÐ/TW", "Quyết định 22-QĐ/TW"),
    ("Chỉ thị số 05 - CT/TƯ ngày 15/5/2016", "Chỉ thị 05-CT/TƯ 2016-05-15"),
    ("Chỉ thị số 05-CT/T.Ư", "Chỉ thị 05-CT/T.Ư"),
    ("nghị quyết số 18-NQ/TW", "Nghị quyết 18-NQ/TW"),
    ("NGHỊ QUYẾT 18-NQ/TW", "Nghị quyết 18-NQ/TW"),
    ("NQ số 18-NQ/TW", "Nghị quyết 18-NQ/TW"),
    ("QĐ số 1520/QĐ-UBND", "Quyết định 1520/QĐ-UBND"),
    ("CT 05-CT/TW", "Chỉ thị 05-CT/TW"),
    ("các Quyết định số 99, 100, 101/QĐ-TTg", "Quyết định 99; Quyết định 100; Quyết định 101/QĐ-TTg"),
    ("Nghị quyết số 18, 19-NQ/TW ngày 25/10/2017", "Nghị quyết 18 2017-10-25; Nghị quyết 19-NQ/TW 2017-10-25"),
    (
        "Nghị quyết số 18-NQ/TW, 19-NQ/TW ngày 25/10/2017 của Ban Chấp hành Trung ương",
        "Nghị quyết 18-NQ/TW 2017-10-25; Nghị quyết 19-NQ/TW 2017-10-25",
    ),
    ("Kế hoạch số 12 và số 15-KH/TU", "Kế hoạch 15-KH/TU"),
    (
        "các Nghị quyết: số 18-NQ/TW, số 19-NQ/TW và số 20-NQ/TW",
        "Nghị quyết 18-NQ/TW; Nghị quyết 19-NQ/TW; Nghị quyết 20-NQ/TW",
    ),
    (
        "Quyết định số 217-QĐ/TW và Quyết định số 218-QĐ/TW cùng ngày 12/12/2013 của Bộ Chính trị",
        "Quyết định 217-QĐ/TW 2013-12-12; Quyết định 218-QĐ/TW 2013-12-12",
    ),
    (
        "Quyết định số 217-QĐ/TW, Quyết định số 218-QĐ/TW ngày 12/12/2013 của Bộ Chính trị",
        "Quyết định 217-QĐ/TW; Quyết định 218-QĐ/TW 2013-12-12",
    ),
    (
        "Quyết định số 217-QĐ/TW và 218-QĐ/TW, ngày 12/12/2013",
        "Quyết định 217-QĐ/TW 2013-12-12; Quyết định 218-QĐ/TW 2013-12-12",
    ),
    ("Quyết định 217 và 218 của Bộ Chính trị", "Quyết định 217; Quyết định 218"),
    ("Nghị định 30 và Nghị định 61 của Chính phủ", "Nghị định 30; Nghị định 61"),
    ("Kết luận số 126, 127-KL/TW của Bộ Chính trị, Ban Bí thư", "Kết luận 126; Kết luận 127-KL/TW"),
    (
        "Nghị quyết số 57, 59, 66 và 68-NQ/TW của Bộ Chính trị",
        "Nghị quyết 57; Nghị quyết 59; Nghị quyết 66; Nghị quyết 68-NQ/TW",
    ),
    ("các nghị quyết 57, 59, 66, 68 của Bộ Chính trị", "Nghị quyết 57; Nghị quyết 59; Nghị quyết 66; Nghị quyết 68"),
    (
        "Nghị quyết số 57-NQ/TW, số 59-NQ/TW, số 66-NQ/TW và số 68-NQ/TW (bộ tứ trụ cột)",
        "Nghị quyết 57-NQ/TW; Nghị quyết 59-NQ/TW; Nghị quyết 66-NQ/TW; Nghị quyết 68-NQ/TW",
    ),
    ("Chỉ thị số 21-CT/TW của Ban Bí thư (ban hành ngày 20/01/2018), từ năm 2022", "Chỉ thị 21-CT/TW 2018-01-20"),
    ("Kết luận số 83-KL/TW của Bộ Chính trị (ngày 21/6/2024) về cải cách tiền lương", "Kết luận 83-KL/TW 2024-06-21"),
    ("Nghị quyết số 05-NQ/TU (ký ngày 17/6/2021)", "Nghị quyết 05-NQ/TU 2021-06-17"),
    ("Quyết định 850/QĐ-UBND được Chủ tịch UBND tỉnh ký ngày 5/5/2023", "Quyết định 850/QĐ-UBND 2023-05-05"),
    (
        "Quyết định 850/QĐ-UBND do Phó Chủ tịch UBND tỉnh Lê Văn A ký ban hành ngày 5/5/2023",
        "Quyết định 850/QĐ-UBND 2023-05-05",
    ),
    ("Nghị quyết 33 (ban hành tháng 5/2023)", "Nghị quyết 33"),
    ("Nghị quyết 33, ban hành ngày 19 tháng 5 năm 2023", "Nghị quyết 33 2023-05-19"),
    ("Nghị quyết số 33-NQ/TU “Về tăng cường sự lãnh đạo của Đảng”, ngày 19/5/2023", "Nghị quyết 33-NQ/TU 2023-05-19"),
    ("Nghị quyết số 33-NQ/TU về công tác dân vận, ban hành ngày 19/5/2023", "Nghị quyết 33-NQ/TU 2023-05-19"),
    ("Nghị quyết số 33-NQ/TU, được Ban Thường vụ Tỉnh ủy thông qua ngày 19/5/2023", "Nghị quyết 33-NQ/TU 2023-05-19"),
    ("Ngày 2/4, Huyện ủy ban hành Chỉ thị số 09-CT/HU", "Chỉ thị 09-CT/HU"),
    (
        "Ngày 12/5/2023, tại hội nghị, Ban Thường vụ Tỉnh ủy công bố Quyết định số 1234-QĐ/TU về công tác cán bộ",
        "Quyết định 1234-QĐ/TU",
    ),
    ("Ngày 12 tháng 5 năm 2023, Thủ tướng Chính phủ ký Quyết định số 510/QĐ-TTg", "Quyết định 510/QĐ-TTg 2023-05-12"),
    ("Sáng 12/5/2023, Chủ tịch UBND tỉnh ký ban hành Quyết định số 510/QĐ-UBND", "Quyết định 510/QĐ-UBND 2023-05-12"),
    (
        "Thực hiện Nghị quyết số 08-NQ/TU ngày 3/4/2021, ngày 15/6/2021 UBND huyện ban hành Kế hoạch số 90/KH-UBND",
        "Nghị quyết 08-NQ/TU 2021-04-03; Kế hoạch 90/KH-UBND 2021-06-15",
    ),
    ("Nghị quyết số 08-NQ/TU được ban hành vào ngày 3/4/2021", "Nghị quyết 08-NQ/TU 2021-04-03"),
    ("Nghị quyết số 08-NQ/TU ra đời ngày 3/4/2021", "Nghị quyết 08-NQ/TU 2021-04-03"),
    ("Nghị quyết số 08-NQ/TU có hiệu lực từ ngày 3/4/2021", "Nghị quyết 08-NQ/TU"),
    ("Nghị quyết số 08-NQ/TU đề ngày 3/4/2021", "Nghị quyết 08-NQ/TU 2021-04-03"),
    (
        "Quyết định số 12/QĐ-UBND và Kế hoạch số 13/KH-UBND cùng ngày 05/01/2024 của UBND tỉnh",
        "Quyết định 12/QĐ-UBND 2024-01-05; Kế hoạch 13/KH-UBND 2024-01-05",
    ),
    (
        "Quyết định số 12/QĐ-UBND và Kế hoạch số 13/KH-UBND đều ban hành ngày 05/01/2024",
        "Quyết định 12/QĐ-UBND 2024-01-05; Kế hoạch 13/KH-UBND 2024-01-05",
    ),
    ("Nghị quyết 29-NQ/TW ngày 4-11-2013 Hội nghị Trung ương 8 khóa XI", "Nghị quyết 29-NQ/TW 2013-11-04"),
    ("Nghị quyết số 29 (ngày 4/11/2013) của Ban Chấp hành Trung ương", "Nghị quyết 29 2013-11-04"),
    ("Nghị quyết 29 ngày 4/11/2013", "Nghị quyết 29 2013-11-04"),
    ("Chi bộ học tập Chỉ thị 05 gắn với thực hiện Nghị quyết Trung ương 4 khóa XII.", "Chỉ thị 05"),
    ("thực hiện Chỉ thị 05-CT/TW, 12 đảng bộ", "Chỉ thị 05-CT/TW"),
    ("Quy định 41, Quy định số 96-QĐ/TW của Bộ Chính trị", "Quy định 41; Quy định 96-QĐ/TW"),
    ("quy định số 41 của Bộ Chính trị", "Quy định 41"),
    (
        "Nghị quyết 18/NQ-CP; Nghị quyết số 01/NQ-CP ngày 05/01/2024",
        "Nghị quyết 18/NQ-CP; Nghị quyết 01/NQ-CP 2024-01-05",
    ),
    ("Nghị quyết số 1278/NQ-UBTVQH15 ngày 24/10/2024", "Nghị quyết 1278/NQ-UBTVQH15 2024-10-24"),
    ("Nghị quyết 202/2025/QH15 ngày 12/6/2025 của Quốc hội", "Nghị quyết 202/2025/QH15 2025-06-12"),
    ("Quyết định 1490 (ngày 27/11/2023) của Thủ tướng", "Quyết định 1490 2023-11-27"),
    ("Quyết định 06/QĐ-TTg năm 2022 (Đề án 06)", "Quyết định 06/QĐ-TTg"),
    (
        "Nghị quyết số 10-NQ/TU năm 2021 và Kế hoạch số 05-KH/TU tháng 3/2022",
        "Nghị quyết 10-NQ/TU; Kế hoạch 05-KH/TU",
    ),
    ("Thông tư liên tịch số 05/2014/TTLT-BNV-BTC ngày 1/1/2014", "Thông tư 05/2014/TTLT-BNV-BTC 2014-01-01"),
    (
        "Nghị định số 178/2024/NĐ-CP, Nghị định 67/2025/NĐ-CP của Chính phủ",
        "Nghị định 178/2024/NĐ-CP; Nghị định 67/2025/NĐ-CP",
    ),
    ("các nghị định: 178/2024/NĐ-CP, 67/2025/NĐ-CP", "Nghị định 178/2024/NĐ-CP; Nghị định 67/2025/NĐ-CP"),
    ("Nghị định số 178 của Chính phủ", "Nghị định 178"),
    ("Nghị định 178, 67 của Chính phủ", "Nghị định 178; Nghị định 67"),
    ("Công văn 42-CV/BTGDVTW", "Công văn 42-CV/BTGDVTW"),
    ("Công văn số 121-CV/BTG ngày 8/8/2024 của Ban Tuyên giáo Tỉnh ủy", "Công văn 121-CV/BTG 2024-08-08"),
    ("Kế hoạch số 35/KH-MTTQ-BTT", "Kế hoạch 35/KH-MTTQ-BTT"),
    ("Hướng dẫn số 12/HD-MTTW-BTT ngày 9/9/2024", "Hướng dẫn 12/HD-MTTW-BTT 2024-09-09"),
    ("Kế hoạch liên tịch số 03/KHLT-HND-HPN-ĐTN", "Kế hoạch 03/KHLT-HND-HPN-ĐTN"),
    ("Quy chế số 01-QCPH/BDVTU-CAT", "Quy chế 01-QCPH/BDVTU-CAT"),
    ("Quyết định số 213-QĐ/ĐU của Đảng ủy xã", "Quyết định 213-QĐ/ĐU"),
    ("Nghị quyết số 5-NQ/CB, Nghị quyết 03-NQ/ĐUQS", "Nghị quyết 5-NQ/CB; Nghị quyết 03-NQ/ĐUQS"),
    (
        "Triển khai thực hiện Nghị quyết số 33-NQ/TU của Ban Thường vụ Tỉnh ủy về “Nâng cao chất lượng công "
        "tác dân vận”, đến nay 12/12 huyện đã ban hành kế hoạch.",
        "Nghị quyết 33-NQ/TU",
    ),
    (
        "Thực hiện Chỉ thị số 10-CT/TW ngày 30/3/2007 của Ban Bí thư, Hướng dẫn số 09-HD/BTCTW, ngày "
        "02/3/2012 của Ban Tổ chức Trung ương và Hướng dẫn số 12-HD/BTCTW (ngày 6/7/2018)",
        "Chỉ thị 10-CT/TW 2007-03-30; Hướng dẫn 09-HD/BTCTW 2012-03-02; Hướng dẫn 12-HD/BTCTW 2018-07-06",
    ),
    (
        "Nghị quyết số 23-NQ/TW, ngày 12-3-2003 của Hội nghị lần thứ bảy Ban Chấp hành Trung ương Đảng (khóa "
        "IX) về phát huy sức mạnh đại đoàn kết",
        "Nghị quyết 23-NQ/TW 2003-03-12",
    ),
    (
        "Kết luận số 114-KL/TW ngày 14 tháng 7 năm 2015 của Ban Bí thư về nâng cao hiệu quả công tác dân vận "
        "của cơ quan nhà nước; Chỉ thị số 16/CT-TTg ngày 16/5/2018 của Thủ tướng",
        "Kết luận 114-KL/TW 2015-07-14; Chỉ thị 16/CT-TTg 2018-05-16",
    ),
    ("(Quyết định 22/QĐ-TTg ngày 5-1-2018)", "Quyết định 22/QĐ-TTg 2018-01-05"),
    ("theo Quyết định 22 (2018) của Thủ tướng", "Quyết định 22"),
    ("Nghị quyết 06 của Tỉnh ủy ban hành ngày 17/6/2021 đã đi vào cuộc sống", "Nghị quyết 06 2021-06-17"),
    (
        "Ngày 17/6/2021, Tỉnh ủy ban hành Nghị quyết 06; ngày 2/8/2021, UBND tỉnh ban hành Kế hoạch số 88/KH-UBND",
        "Nghị quyết 06 2021-06-17; Kế hoạch 88/KH-UBND 2021-08-02",
    ),
    ("Sau khi Nghị quyết số 06-NQ/TU được ban hành, ngày 2/8/2021, UBND tỉnh đã họp", "Nghị quyết 06-NQ/TU"),
    ("sau khi có Chỉ thị 24, ngày 5/5 tỉnh họp", "Chỉ thị 24"),
    (
        "Nghị quyết số 11/2021/NQ-HĐND ngày 9/12/2021 và số 12/2021/NQ-HĐND ngày 10/12/2021 của HĐND tỉnh",
        "Nghị quyết 11/2021/NQ-HĐND 2021-12-09; Nghị quyết 12/2021/NQ-HĐND 2021-12-10",
    ),
    (
        "Các văn bản: Quyết định số 1/QĐ-UBND (ngày 3/1/2023); Kế hoạch số 2/KH-UBND (ngày 4/1/2023).",
        "Quyết định 1/QĐ-UBND 2023-01-03; Kế hoạch 2/KH-UBND 2023-01-04",
    ),
    ("Nghị quyết 98/2023/QH15 về cơ chế đặc thù", "Nghị quyết 98/2023/QH15"),
    ("Luật số: 43/2024/QH15", "Luật 43/2024/QH15"),
    ("Luật Mặt trận Tổ quốc Việt Nam (75/2015/QH13)", "Luật 75/2015/QH13"),
    (
        "Pháp lệnh 34/2007/PL-UBTVQH11 ngày 20/4/2007 về thực hiện dân chủ ở xã",
        "Pháp lệnh 34/2007/PL-UBTVQH11 2007-04-20",
    ),
    (
        "Nghị định 04/2015/NĐ-CP, Nghị định 149/2018/NĐ-CP, ngày 07/11/2018",
        "Nghị định 04/2015/NĐ-CP; Nghị định 149/2018/NĐ-CP 2018-11-07",
    ),
    ("Nghị định số 60/2013/NĐ-CP, 145/2020/NĐ-CP", "Nghị định 60/2013/NĐ-CP; Nghị định 145/2020/NĐ-CP"),
    ("Nghị định số 60, 145/2020/NĐ-CP", "Nghị định 60; Nghị định 145/2020/NĐ-CP"),
    ("hướng dẫn tại Công văn 3245-CV/BTCTU", "Công văn 3245-CV/BTCTU"),
    ("CV số 15-CV/ĐU ngày 2/2/2024", "Công văn 15-CV/ĐU 2024-02-02"),
    ("Thông báo số 213-TB/TU, ngày 19.4.2024 kết luận của Ban Thường vụ", "Thông báo 213-TB/TU 2024-04-19"),
    ("Đề án số 01-ĐA/TU, Đề án 02-ĐA/TU và Đề án 03", "Đề án 01-ĐA/TU; Đề án 02-ĐA/TU"),
    ("Chương trình hành động số 18-CTr/HU ngày 6/7/2021 của Huyện ủy", "Chương trình 18-CTr/HU 2021-07-06"),
    ("Chương trình số 1719/QĐ-TTg", "Chương trình 1719/QĐ-TTg"),
    ("Chương trình mục tiêu quốc gia 1719 (Quyết định 1719/QĐ-TTg)", "Quyết định 1719/QĐ-TTg"),
    ("Đề án 06 (Quyết định số 06/QĐ-TTg ngày 06/01/2022 của Thủ tướng Chính phủ)", "Quyết định 06/QĐ-TTg 2022-01-06"),
    ("Quy chế phối hợp số 01-QC/TU-ĐUQK", "Quy chế 01-QC/TU-ĐUQK"),
    (
        "Quy định số 24-QĐ/TW ngày 30/7/2021 và Hướng dẫn số 01-HD/TW ngày 28/9/2021",
        "Quy định 24-QĐ/TW 2021-07-30; Hướng dẫn 01-HD/TW 2021-09-28",
    ),
    (
        "các Quy định 22, 37, 41, 69, 96, 131, 132, 144, 178, 189 của Trung ương",
        "Quy định 22; Quy định 37; Quy định 41; Quy định 69; Quy định 96; Quy định 131; Quy định 132; Quy "
        "định 144; Quy định 178; Quy định 189",
    ),
    ("Quy định 131, 132-QĐ/TW của Bộ Chính trị", "Quy định 131; Quy định 132-QĐ/TW"),
    (
        "các Nghị quyết số 35, 36, 37/NQ-HĐND ngày 8/12/2023",
        "Nghị quyết 35 2023-12-08; Nghị quyết 36 2023-12-08; Nghị quyết 37/NQ-HĐND 2023-12-08",
    ),
    ("Nghị quyết 35, số 36 và 37/NQ-HĐND", "Nghị quyết 35; Nghị quyết 36; Nghị quyết 37/NQ-HĐND"),
    ("Nghị quyết số 18 và số 19-NQ/TW, khóa XII", "Nghị quyết 18; Nghị quyết 19-NQ/TW"),
    ("Nghị quyết 18, 19 (khóa XII) và Kết luận 62, 28", "Nghị quyết 18; Nghị quyết 19; Kết luận 62; Kết luận 28"),
    ("Nghị quyết 18, 45 xã và 12 huyện sáp nhập", "Nghị quyết 18"),
    ("theo Nghị quyết 18, 5 sở được hợp nhất", "Nghị quyết 18"),
    ("Chỉ thị 05, 3 năm qua đã có 120 mô hình", "Chỉ thị 05"),
    ("Sau 5 năm thực hiện Nghị quyết 20, 95% xã có trạm", "Nghị quyết 20"),
    ("Nghị quyết 10/NQ-TU và Nghị quyết 11/TU", "Nghị quyết 10/NQ-TU; Nghị quyết 11/TU"),
    ("Quyết định 135/TTg; Nghị định 64-CP", "Quyết định 135/TTg; Nghị định 64-CP"),
    ("Nghị quyết liên tịch số 88/NQLT/CP-TLĐLĐVN", "Nghị quyết 88/NQLT/CP-TLĐLĐVN"),
    ("Nghị quyết số 04 - NQ/TW (khóa XII), Quy định số 08 - QĐi/TW", "Nghị quyết 04-NQ/TW; Quy định 08-QĐi/TW"),
    ("Quy định số 08-QĐ/TW ngày 25/10/2018 của BCH Trung ương", "Quy định 08-QĐ/TW 2018-10-25"),
    (
        "Quyết định số 99-QĐ/TW và Quy chế dân chủ ban hành kèm theo Quyết định số 08",
        "Quyết định 99-QĐ/TW; Quyết định 08",
    ),
    ("Chỉ thị số 30-CT/TW (khóa VIII) ngày 18/2/1998", "Chỉ thị 30-CT/TW 1998-02-18"),
    ("ngày 18/2/1998 Bộ Chính trị (khóa VIII) đã ban hành Chỉ thị số 30-CT/TW", "Chỉ thị 30-CT/TW 1998-02-18"),
    ("Tại Kế hoạch số 02-KH/BCĐTW ngày 19/6/2025 của Ban Chỉ đạo Trung ương", "Kế hoạch 02-KH/BCĐTW 2025-06-19"),
    ("Số 15-NQ/TU đã tạo chuyển biến", "Nghị quyết 15-NQ/TU"),
    ("Quyết định số 45-QĐ/TU ngày 31/9/2023", "Quyết định 45-QĐ/TU"),
    ("Quyết định số 45-QĐ/TU ngày 3/5", "Quyết định 45-QĐ/TU"),
    ("Quyết định số 45-QĐ/TU ngày 3/5/23", "Quyết định 45-QĐ/TU 2023-05-03"),
    ("Quyết định số 45-QĐ/TU ngày 3 tháng 5, năm 2023", "Quyết định 45-QĐ/TU 2023-05-03"),
    ("Quyết định số 45-QĐ/TU, ngày 03 - 5 - 2023", "Quyết định 45-QĐ/TU 2023-05-03"),
    ("Quyết định số 45-QĐ/TU ngày03/5/2023", "Quyết định 45-QĐ/TU 2023-05-03"),
    (
        "Kế hoạch số 45-KH/TU, Kế hoạch số 46-KH/TU, Công văn số 47-CV/TU cùng ngày 3/5/2023",
        "Kế hoạch 45-KH/TU 2023-05-03; Kế hoạch 46-KH/TU 2023-05-03; Công văn 47-CV/TU 2023-05-03",
    ),
    (
        "Nghị quyết số 12-NQ/TU về phát triển du lịch và Nghị quyết số 13-NQ/TU về chuyển đổi số cùng ban "
        "hành ngày 3/5/2023",
        "Nghị quyết 12-NQ/TU; Nghị quyết 13-NQ/TU 2023-05-03",
    ),
    (
        "Quyết định số 678/QĐ-UBND, ngày 5/5/2024 của UBND tỉnh, Quyết định 12 nội dung",
        "Quyết định 678/QĐ-UBND 2024-05-05",
    ),
    ("Nghị quyết 57 - NQ/TW; nghị quyết 59-nq/tw", "Nghị quyết 57-NQ/TW"),
    ("Kết luận 49-KL/TƯ và Kế hoạch 12-KH/T.U", "Kết luận 49-KL/TƯ; Kế hoạch 12-KH/T.U"),
]


@pytest.mark.parametrize(("text", "wanted"), CITED)
def test_citations_of_a_sentence(text: str, wanted: str) -> None:
    assert "; ".join(_cited(text)) == wanted


@pytest.mark.parametrize(("text", "wanted"), CITED)
def test_the_surface_is_what_is_printed(text: str, wanted: str) -> None:
    for found in find(text):
        assert text[found.start : found.end] == found.surface
        assert "".join(found.surface.split()).replace("–", "-").replace("Ð", "Đ").replace("-", "") == found.key.replace(
            "-", ""
        )


NOT_CITED = [
    "cán bộ hướng dẫn 312/345 doanh nghiệp kê khai",
    "Sở đã hướng dẫn 15 hộ và kết luận 7 vụ việc",
    "Nghị quyết Trung ương 4 (khóa XII), Nghị quyết Trung ương 4, 5, 6 khóa XIII",
    "Nghị quyết Trung ương 4 khóa XI, XII, XIII",
    "Nghị quyết Hội nghị Trung ương 8 khóa XI",
    "Nghị quyết hội nghị lần thứ 5",
    "Biên bản số 17/BB-ĐGS được lập tại trụ sở",
    "Giấy mời số 45/GM-UBND",
    "Giấy phép số 126/GP-STTTT",
    "Hợp đồng số 12/HĐ-UBND",
    "Văn bản hợp nhất số 05/VBHN-BNV",
    "Tổ công tác Đề án 06, Ban Chỉ đạo 1719, Chương trình 30a",
    "Luật 10 điều, Luật số 5",
    "Quyết định 12 nội dung; kết luận 3 vấn đề; chỉ thị 5 nhiệm vụ",
    "Thông báo số 5, Kế hoạch số 12, Hướng dẫn 05",
    "Đến nay đã ban hành 12 Chỉ thị, 25 Nghị quyết, 112 Kế hoạch/năm",
    "Nghị quyết 19/5 ngày truyền thống",
    "Đảng viên được Quyết định 25 người tham gia",
    "học Nghị quyết 3 ngày",
    "Quyết định 40 triệu đồng hỗ trợ",
    "Tòa án số 15/2023/HS-ST ngày 3/3/2023",
    "Bản án số 15/2023/HS-ST ngày 3/3/2023",
    "tỷ lệ 25-NQ, 12/HD",
    "Kế hoạch 5 năm 2021 - 2025; Nghị quyết 5 năm",
    "theo Quyết định này, 12 xã; theo Quy định, 15 hộ",
    "Hiến pháp năm 2013, Luật Đất đai 2024",
    "Báo cáo chính trị; Báo cáo 12 tháng; Báo cáo số 12",
    "Đề án 06 của Chính phủ",
    "Tiêu chuẩn 12/TC-BYT, điện thoại 0912/345678, hồ sơ 12/HS-UBND",
    "đoạn Km12/QL-4A, tỉnh lộ 15-B, block 5-A/KCN",
    "đạt tỷ lệ 15/UBND cấp xã",
    "phòng 12/HĐND tỉnh",
]


@pytest.mark.parametrize("text", NOT_CITED)
def test_no_citation_in_a_sentence(text: str) -> None:
    assert _cited(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "cán bộ hướng dẫn 312/345 doanh nghiệp kê khai",
        "đã hướng dẫn 312 doanh nghiệp, thông báo 45 hộ dân và báo cáo 15 vụ việc",
        "trình báo cáo 12/15 nội dung, kết luận 3/5 vụ",
        "Quy định 12 tiêu chí, quy chế 5 bước, kế hoạch 25 xã, đề án 5 tỷ đồng",
    ],
)
def test_a_verb_with_a_count_hides_no_number(text: str) -> None:
    assert document_masks(text) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Biên bản số 17/BB-ĐGS", "17/BB-ĐGS"),
        ("Giấy phép số 126/GP-STTTT", "126/GP-STTTT"),
        ("Bản án số 15/2023/HS-ST", "15/2023/HS-ST"),
        ("Hợp đồng số 12/HĐ-KT", "12/HĐ-KT"),
        ("Lệnh số 12/2024/L-CTN", "12/2024/L-CTN"),
    ],
)
def test_papers_outside_the_guide_are_masked_but_not_cited(text: str, number: str) -> None:
    assert _cited(text) == []
    assert [text[start:end] for start, end in document_masks(text)] == [number]


@pytest.mark.parametrize("text", ["Chỉ thị số 25-CT/TW, ngày 25/10/2023 và Quyết định 12/QĐ-UBND của tỉnh Đắk Lắk"])
def test_offsets_count_the_composed_form(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert len(decomposed) > len(text)
    assert [c.row() for c in find(decomposed)] == [c.row() for c in find(text)]
    assert document_masks(decomposed) == document_masks(text)


IN_TRAPS = {
    "x020": ["Nghị quyết 29-NQ/TW 2022-11-17"],
    "x021": ["Nghị định 33/2023/NĐ-CP", "Thông tư 13/2019/TT-BNV"],
    "x022": ["Công văn 3187/UBND-NC 2024-06-14"],
    "x023": ["Quy định 144-QĐ/TW", "Chỉ thị 13-CT/TU"],
    "x024": ["Quyết định 1520/QĐ-UBND"],
    "x025": ["Tờ trình 78-TTr/BTCTU", "Báo cáo 415-BC/TU"],
    "x026": ["Chỉ thị 05"],
}
"""The traps for figures that name documents."""


@pytest.mark.parametrize("trap", read("traps"), ids=lambda trap: trap["id"])
def test_a_trap_cites_nothing_else(trap: dict[str, str]) -> None:
    assert _cited(trap["text"]) == IN_TRAPS.get(trap["id"], [])
