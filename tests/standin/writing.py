"""Composed Vietnamese articles: the manner of the portals, numbers and documents in every paragraph, made from a seed.

`compose(seed, number)` always gives the same text. Sentences come from templates; names, places, figures, periods and
citations are drawn, so that two articles share phrases but never whole paragraphs.
"""

# ruff: noqa: E501  (sentences and markup stand on one line)

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

Draw = Callable[[Random, int], object]

PROVINCES = (
    ("Hà Giang", ("Đồng Văn", "Mèo Vạc", "Yên Minh", "Quản Bạ", "Vị Xuyên", "Bắc Quang")),
    ("Cao Bằng", ("Hòa An", "Trùng Khánh", "Quảng Hòa", "Nguyên Bình", "Bảo Lạc")),
    ("Lạng Sơn", ("Lộc Bình", "Chi Lăng", "Hữu Lũng", "Bắc Sơn", "Tràng Định")),
    ("Bắc Giang", ("Lục Ngạn", "Yên Thế", "Tân Yên", "Hiệp Hòa", "Sơn Động")),
    ("Vĩnh Phúc", ("Lập Thạch", "Sông Lô", "Tam Đảo", "Vĩnh Tường", "Yên Lạc")),
    ("Hòa Bình", ("Kim Bôi", "Lạc Sơn", "Mai Châu", "Cao Phong", "Tân Lạc")),
    ("Sơn La", ("Mộc Châu", "Mai Sơn", "Thuận Châu", "Sông Mã", "Phù Yên")),
    ("Nghệ An", ("Nam Đàn", "Quỳ Châu", "Con Cuông", "Diễn Châu", "Yên Thành")),
    ("Hà Tĩnh", ("Can Lộc", "Thạch Hà", "Hương Khê", "Nghi Xuân", "Đức Thọ")),
    ("Quảng Trị", ("Hướng Hóa", "Đakrông", "Hải Lăng", "Vĩnh Linh", "Gio Linh")),
    ("Đắk Lắk", ("Krông Pắc", "Ea Kar", "Buôn Đôn", "Lắk", "Cư M'gar")),
    ("An Giang", ("Tri Tôn", "Chợ Mới", "Thoại Sơn", "Phú Tân", "Châu Phú")),
    ("Bến Tre", ("Ba Tri", "Giồng Trôm", "Mỏ Cày Nam", "Thạnh Phú", "Châu Thành")),
    ("Cà Mau", ("Trần Văn Thời", "U Minh", "Năm Căn", "Đầm Dơi", "Thới Bình")),
)
COMMUNES = (
    "Tân Lập", "Hợp Tiến", "Đồng Tâm", "Minh Quang", "Quyết Thắng", "Thanh Sơn", "Phú Cường", "An Hòa", "Bình Minh",
    "Hồng Thái", "Vạn Linh", "Yên Phú", "Xuân Lộc", "Đại Đồng", "Trung Thành", "Lương Sơn", "Tiên Phong", "Mỹ Hưng",
)  # fmt: skip
FAMILY_NAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Lò", "Giàng", "Nông", "Hà", "Thạch", "Y")
MIDDLE_NAMES = ("Văn", "Thị", "Đức", "Minh", "Ngọc", "Quang", "Thanh", "Thu", "Hữu", "Mỹ")
GIVEN_NAMES = (
    "An", "Bình", "Chiến", "Dung", "Giang", "Hạnh", "Hùng", "Kiên", "Lan", "Mai", "Nam", "Phương", "Quyên", "Sơn", "Tâm", "Vân",
)  # fmt: skip
TOPICS = (
    "Dân vận khéo", "xây dựng nông thôn mới", "giảm nghèo bền vững", "dân chủ ở cơ sở", "cải cách hành chính",
    "chuyển đổi số cộng đồng", "bảo vệ môi trường", "giữ gìn an ninh trật tự", "khuyến học, khuyến tài", "an sinh xã hội",
)  # fmt: skip
TITLES = (
    "{place}: Chuyển biến từ phong trào {topic}",
    "{commune} đổi thay nhờ {topic}",
    "{place} nhân rộng cách làm hay trong {topic}",
    "Người dân {commune} chung sức {topic}",
    "{topic_up} ở {district}: Kết quả và bài học",
    "{district} ({province}) sơ kết {n} năm {topic}",
    "Mặt trận {place} đồng hành cùng nhân dân trong {topic}",
    "Lan tỏa {topic} ở vùng {district}",
)
LEADS = (
    "Với quyết tâm của cả hệ thống chính trị, phong trào {topic} ở {place} đã đi vào chiều sâu, được nhân dân đồng tình hưởng ứng.",
    "Lấy sự hài lòng của người dân làm thước đo, {district} chọn {topic} làm khâu đột phá trong năm {year}.",
    "Từ những việc nhỏ, thiết thực, {topic} ở {commune} đã tạo sự đồng thuận trong các tầng lớp nhân dân.",
    "Không phô trương, không chạy theo thành tích, {place} đưa {topic} về từng khu dân cư.",
    "Những năm qua, cấp ủy, chính quyền {district} luôn quan tâm lãnh đạo, chỉ đạo thực hiện {topic}.",
)
SENTENCES = (
    "Thực hiện {doc} của {issuer}, {district} đã xây dựng kế hoạch cụ thể, phân công rõ người, rõ việc, rõ thời gian hoàn thành.",
    "Năm {year}, toàn huyện có {big} mô hình “Dân vận khéo”, tăng {small} mô hình so với năm {last}.",
    "Đến hết năm {year}, tỉnh có {count2}/{count3} xã đạt chuẩn nông thôn mới, đạt {pct}% tổng số xã.",
    "Tỷ lệ hộ nghèo giảm từ {pct_hi}% (năm {last}) xuống còn {pct_lo}% (năm {year}).",
    "Trong {month} tháng đầu năm {year}, nhân dân {district} đã hiến {area} m2 đất, đóng góp {days} ngày công làm {km} km đường giao thông nông thôn.",
    "Tổng nguồn lực huy động đạt {money} tỷ đồng, trong đó nhân dân đóng góp {money2} tỷ đồng.",
    "Các cơ quan chức năng tiếp nhận {big} đơn thư, thuộc thẩm quyền {mid} đơn, đã giải quyết {count3} đơn, đạt {pct}%.",
    "Người đứng đầu cấp ủy, chính quyền các cấp tổ chức {count3} cuộc đối thoại với hơn {big} lượt người tham gia.",
    "Ở xã {commune}, ông {person}, {age} tuổi, là một trong những người đi đầu; gia đình ông hiến {small2} m2 đất và {count2} cây ăn quả để mở rộng đường thôn.",
    "Chị {person} cho biết, nhờ vay {loan} triệu đồng từ nguồn vốn ủy thác, gia đình chị thoát nghèo sau {n} năm.",
    "“Cán bộ nói phải đi đôi với làm thì dân mới tin, dân mới theo”, bà {person} ở xã {commune} chia sẻ.",
    "Hội Nông dân phối hợp mở {count2} lớp tập huấn cho {big} lượt hội viên, chuyển giao {n} quy trình kỹ thuật mới.",
    "Toàn huyện hiện có {count3} sản phẩm OCOP, trong đó {n} sản phẩm 5 sao, {count2} sản phẩm 4 sao, còn lại là 3 sao.",
    "Thu nhập bình quân đầu người năm {year} đạt {income} triệu đồng/người/năm, gấp {mult} lần năm {first}.",
    "Quỹ “Vì người nghèo” các cấp tiếp nhận {money2} tỷ đồng, hỗ trợ xây mới {count3} nhà đại đoàn kết, trao {big} suất quà.",
    "Tỷ lệ hồ sơ giải quyết đúng hạn đạt {pct}%, mức độ hài lòng của người dân tăng {pp} điểm phần trăm so với năm {last}.",
    "Từ ngày {day}/{month}/{year} đến nay, các tổ công nghệ số cộng đồng đã hướng dẫn khoảng {big} lượt người sử dụng dịch vụ công trực tuyến.",
    "Lực lượng vũ trang giúp dân {days} ngày công, sửa chữa {count2} căn nhà, nạo vét {km} km kênh mương.",
    "Theo {doc}, mỗi khu dân cư được hỗ trợ tối đa {loan} triệu đồng để xây dựng mô hình điểm.",
    "Diện tích cây ăn quả toàn vùng đạt {area} ha, sản lượng ước đạt {big} tấn, năng suất {income} tạ/ha.",
    "Trên địa bàn không còn tụ điểm phức tạp về trật tự xã hội; số vụ phạm pháp hình sự giảm {pct_lo}% so với cùng kỳ năm {last}.",
    "Bên cạnh kết quả đạt được, công tác này ở một số nơi còn hình thức, việc sơ kết, nhân rộng điển hình chưa kịp thời.",
    "Thời gian tới, {district} tiếp tục đẩy mạnh {topic}, phấn đấu đến năm {future} có ít nhất {count3} mô hình được công nhận.",
    "Kinh nghiệm rút ra là phải kiên trì vận động, công khai, minh bạch và giải quyết kịp thời quyền lợi chính đáng của nhân dân.",
    "Phong trào đã thu hút từ {n} - {count2} hộ mỗi thôn tham gia, trong đó phụ nữ chiếm {pct_hi}%.",
    "Hằng tuần, cán bộ dành một ngày xuống thôn nắm tình hình, cùng dân dọn vệ sinh đường làng, ngõ xóm.",
    "Tại thôn {n}, xã {commune}, {count2} hộ dân đã góp gần {loan} triệu đồng lắp {count3} bóng đèn chiếu sáng.",
    "Đồng chí Bí thư Huyện ủy {district} nhấn mạnh, {topic} phải bắt đầu từ việc nêu gương của cán bộ, đảng viên.",
    "Tính đến ngày {day}/{month}/{year}, {count2}/{count3} công trình đã hoàn thành, đưa vào sử dụng.",
    "Cùng với đó, MTTQ và các đoàn thể chủ trì {count2} cuộc giám sát, {n} hội nghị phản biện xã hội, kiến nghị {small2} nội dung.",
)
CAPTIONS = (
    "Người dân xã {commune} tham gia làm đường giao thông nông thôn.",
    "Một góc trung tâm huyện {district} hôm nay. Ảnh: {pen}",
    "Cán bộ xã {commune} gặp gỡ, trao đổi với nhân dân.",
)
DOCUMENTS = (
    ("Nghị quyết số {k}-NQ/TW", "Ban Chấp hành Trung ương"),
    ("Chỉ thị số {k}-CT/TW", "Ban Bí thư"),
    ("Nghị quyết số {k}-NQ/TU", "Ban Chấp hành Đảng bộ tỉnh"),
    ("Kế hoạch số {k}-KH/TU", "Ban Thường vụ Tỉnh ủy"),
    ("Quyết định số {k}/QĐ-UBND", "UBND tỉnh"),
    ("Quyết định số {k}/QĐ-TTg", "Thủ tướng Chính phủ"),
    ("Hướng dẫn số {k}-HD/BDVTU", "Ban Dân vận Tỉnh ủy"),
)
ROLES = (
    "Phó Trưởng Ban Dân vận Tỉnh ủy",
    "Chủ tịch Hội LHPN huyện {district}",
    "Ban Dân vận Huyện ủy {district}",
)


@dataclass(frozen=True, slots=True)
class Composed:
    """What a composed article says."""

    title: str
    lead: str
    paragraphs: tuple[str, ...]
    caption: str
    author: str
    role: str | None
    tags: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    province: str


def compose(seed: int, number: int, *, paragraphs: int = 6) -> Composed:
    """Return article `number` of the world `seed`; about 300 characters a paragraph."""
    rng = Random(seed * 1_000_003 + number)  # noqa: S311
    province, districts = rng.choice(PROVINCES)
    slots: dict[str, object] = {
        "province": province,
        "district": rng.choice(districts),
        "topic": rng.choice(TOPICS),
        "year": rng.randint(2021, 2024),
    }
    slots["place"] = rng.choice((province, slots["district"]))
    topic = str(slots["topic"])
    slots["topic_up"] = topic[0].upper() + topic[1:]
    fill = _Filler(rng, slots)
    chosen = rng.sample(SENTENCES, min(len(SENTENCES), paragraphs * 3))
    body = tuple(" ".join(fill(s) for s in chosen[i : i + 3]) for i in range(0, len(chosen), 3))
    role = fill(rng.choice(ROLES)) if rng.random() < 0.3 else None
    rows = (
        ("Chỉ tiêu", f"Năm {fill.year - 1}", f"Năm {fill.year}"),
        ("Mô hình “Dân vận khéo”", fill("{mid}"), fill("{mid}")),
        ("Cuộc đối thoại", fill("{count3}"), fill("{count3}")),
    )
    return Composed(
        title=fill(rng.choice(TITLES)) + f", kỳ {number % 97 + 1}",
        lead=fill(rng.choice(LEADS)),
        paragraphs=body,
        caption=fill(rng.choice(CAPTIONS)),
        author=_person(rng),
        role=role,
        tags=(topic, str(slots["district"])),
        rows=rows if number % 5 == 0 else (),
        province=province,
    )


class _Filler:
    """Fills templates; a name that is not fixed is drawn anew each time."""

    def __init__(self, rng: Random, fixed: dict[str, object]) -> None:
        self.rng, self.fixed = rng, fixed
        self.year = int(str(fixed["year"]))

    def __call__(self, template: str) -> str:
        return template.format_map(self)

    def __getitem__(self, name: str) -> object:
        if name in self.fixed:
            return self.fixed[name]
        if name == "doc":
            document, issuer = self.rng.choice(DOCUMENTS)
            self.fixed["issuer"] = issuer
            return (
                document.format(k=self.rng.randint(5, 1999 if "/QĐ" in document else 99))
                + f" ngày {self.rng.randint(10, 28)}/{self.rng.randint(3, 12)}/{self.year - 1}"
            )
        return _DRAWS[name](self.rng, self.year)


def _whole(low: int, high: int) -> Draw:
    return lambda rng, year: f"{rng.randint(low, high):,}".replace(",", ".")


def _decimal(low: float, high: float, places: int) -> Draw:
    return lambda rng, year: f"{rng.uniform(low, high):.{places}f}".replace(".", ",")


def _person(rng: Random) -> str:
    return f"{rng.choice(FAMILY_NAMES)} {rng.choice(MIDDLE_NAMES)} {rng.choice(GIVEN_NAMES)}"


_DRAWS: dict[str, Draw] = {
    "issuer": lambda rng, year: "Tỉnh ủy",
    "commune": lambda rng, year: rng.choice(COMMUNES),
    "person": lambda rng, year: _person(rng),
    "pen": lambda rng, year: rng.choice(("Minh Tâm", "Thu Hà", "CTV")),
    "last": lambda rng, year: year - 1,
    "first": lambda rng, year: year - 4,
    "future": lambda rng, year: year + 2,
    "n": lambda rng, year: rng.randint(2, 9),
    "month": lambda rng, year: rng.randint(3, 9),
    "day": lambda rng, year: rng.randint(10, 28),
    "age": lambda rng, year: rng.randint(45, 86),
    "small": _whole(11, 99),
    "small2": _whole(120, 980),
    "count2": _whole(12, 89),
    "count3": _whole(101, 460),
    "mid": _whole(480, 990),
    "big": _whole(1020, 9870),
    "days": _whole(1200, 98_000),
    "area": _whole(3100, 96_000),
    "km": _decimal(2, 90, 1),
    "money": _decimal(100, 900, 1),
    "money2": _decimal(3, 90, 2),
    "loan": lambda rng, year: rng.choice((20, 30, 50, 80, 100)),
    "income": _decimal(38, 75, 1),
    "mult": _decimal(1.1, 2.6, 1),
    "pct": _decimal(61, 99, 2),
    "pct_hi": _decimal(21, 39, 2),
    "pct_lo": _decimal(2, 19, 2),
    "pp": _decimal(0.3, 6, 1),
}
