"""Author blocks: the forms in print, and the lines that are none."""

from __future__ import annotations

import pytest

from transforms.bylines import Line, is_name, read_author, read_block, split_roles, write_name

END = "Đó là kết quả rất đáng mừng."


def block(*lines: str | Line) -> list[Line]:
    return [Line(END), *(line if isinstance(line, Line) else Line(line) for line in lines)]


@pytest.mark.parametrize(
    ("lines", "author", "roles", "source"),
    [
        (["VÕ VĂN AN", "UVBTV, Trưởng Ban Dân vận Tỉnh ủy An Giang", "(angiang.dcs.vn)"], "Võ Văn An", ["UVBTV", "Trưởng Ban Dân vận Tỉnh ủy An Giang"], "angiang.dcs.vn"),  # noqa: E501
        (["Ma Văn Đông, UVBTV, Trưởng Ban Dân vận Tỉnh ủy"], "Ma Văn Đông", ["UVBTV", "Trưởng Ban Dân vận Tỉnh ủy"], None),  # noqa: E501
        (["Trịnh Thị Hoa - UV BTVHU, Trưởng Ban Dân vận, Chủ tịch UB MTTQ huyện"], "Trịnh Thị Hoa", ["UV BTVHU", "Trưởng Ban Dân vận", "Chủ tịch UB MTTQ huyện"], None),  # noqa: E501
        (["Nguyễn Văn A, Phó Giám đốc Sở Văn hóa, Thể thao và Du lịch"], "Nguyễn Văn A", ["Phó Giám đốc Sở Văn hóa, Thể thao và Du lịch"], None),  # noqa: E501
        (["Bảo Minh"], "Bảo Minh", [], None),
        (["Thu Trang - Huy Hoàng"], "Thu Trang - Huy Hoàng", [], None),
        (["THU TRANG, HUY HOÀNG"], "Thu Trang, Huy Hoàng", [], None),
        (["Bài, ảnh: Đỗ Hải Yến"], "Đỗ Hải Yến", [], None),
        (["Bài: LÊ VY; Ảnh: MINH HÒA"], "Lê Vy", [], None),
        (["Bài: Lê Vy; ảnh: Cộng tác viên"], "Lê Vy", [], None),
        (["HỮU HẠNH - TR.G"], "Hữu Hạnh - TR.G", [], None),
        (["Phạm Hồng Lam (thực hiện)"], "Phạm Hồng Lam", [], None),
        (["Phóng sự của MINH ANH"], "Minh Anh", [], None),
        (["Theo Nguyễn Nam (TTXVN)"], "Nguyễn Nam", [], "TTXVN"),
        (["T.H (Tổng hợp)"], None, [], None),
        (["Super User"], None, [], None),
        (["Tin, ảnh: P.Y"], "P.Y", [], None),
        (["Lê Hoàng", "Ảnh: Minh Tú"], "Lê Hoàng", [], None),
        (["Ảnh: VŨ HỘI"], None, [], None),
        (["PV"], None, [], None),
        (["Tổng hợp"], None, [], None),
        (["H.T (t/h)"], "H.T", [], None),
        (["Theo TTXVN"], None, [], "TTXVN"),
        (["(Nguồn: Báo Nhân Dân)"], None, [], "Báo Nhân Dân"),
        (["Minh Anh (Theo TTXVN)"], "Minh Anh", [], "TTXVN"),
        (["Đại úy Nguyễn Văn An"], "Nguyễn Văn An", ["Đại úy"], None),
        (["TS. Nguyễn Thị Hoa"], "Nguyễn Thị Hoa", ["TS"], None),
        (["H’Linh Niê"], "H’Linh Niê", [], None),
        (["Giàng Seo Phử"], "Giàng Seo Phử", [], None),
        (["Nguyễn Thị Ba (Hội LHPN huyện)"], "Nguyễn Thị Ba", ["Hội LHPN huyện"], None),
        (["Nguyễn Hà", "Gửi cho bạn bè", "Phản hồi", "Xem nhiều nhất"], "Nguyễn Hà", [], None),
        ([Line("Hương", right=True)], "Hương", [], None),
    ],
)  # fmt: skip
def test_author_blocks(lines: list[str | Line], author: str | None, roles: list[str], source: str | None) -> None:
    found = read_block(block(*lines))
    assert (found.author, list(found.roles), found.source) == (author, roles, source)
    assert found.kept == 1


@pytest.mark.parametrize(
    "lines",
    [
        ["Phát huy vai trò của Mặt trận Tổ quốc"],
        ["Theo kế hoạch, năm 2024 tỉnh sẽ làm thêm 40 km."],
        ["Bà Nguyễn Thị Hoa cho biết sẽ làm tiếp."],
        ["UBND TỈNH"],
        ["Ban Dân vận Tỉnh ủy"],
        ["2021"],
    ],
)
def test_lines_that_are_text(lines: list[str]) -> None:
    found = read_block(block(*lines))
    assert found.author is None
    assert found.kept == 2


def test_a_list_of_names_after_an_open_line_is_text() -> None:
    lines = [Line("Các huyện dẫn đầu gồm:"), Line("Yên Minh"), Line("Mèo Vạc")]
    assert read_block(lines).kept == 3


def test_furniture_is_cut_even_without_an_author() -> None:
    assert read_block([Line("Một."), Line(END), Line("Tin liên quan"), Line("Bài khác")]).kept == 2
    assert read_block([]).kept == 0


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("VÕ NGUYÊN NAM", "Võ Nguyên Nam"),
        ("H’LINH NIÊ", "H’Linh Niê"),
        ("ĐẶNG THỊ ÁI", "Đặng Thị Ái"),
        ("Minh Anh", "Minh Anh"),
        ("N.T.H", "N.T.H"),
    ],
)
def test_names_in_capitals_become_names(printed: str, name: str) -> None:
    assert write_name(printed) == name


@pytest.mark.parametrize("text", ["Lò Văn Hặc", "K’Brếu", "Y Bhiông Niê", "P.Hằng", "S.S."])
def test_names(text: str) -> None:
    assert is_name(text)


@pytest.mark.parametrize(
    "text", ["Ban Dân vận", "UBND", "công tác dân vận", "Chủ tịch", "PV", "Báo Hà Giang", "X" * 60, ""]
)
def test_no_names(text: str) -> None:
    assert not is_name(text)


def test_author_fields() -> None:
    found = read_author("Giàng Thị Mỷ, Ban Dân vận Tỉnh ủy")
    assert (found.author, found.roles) == ("Giàng Thị Mỷ", ("Ban Dân vận Tỉnh ủy",))
    assert read_author("Minh Quang - Thái Học").authors == ("Minh Quang", "Thái Học")
    assert read_author("banbientap").author is None
    assert read_author("").author is None


def test_roles_are_parted_where_an_office_begins() -> None:
    assert split_roles("UVBTV, Trưởng Ban Tổ chức, Nội vụ; Bí thư Đảng ủy khối") == [
        "UVBTV",
        "Trưởng Ban Tổ chức, Nội vụ",
        "Bí thư Đảng ủy khối",
    ]


def test_time_is_linear_in_hostile_lines() -> None:
    for line in ("(" * 5000, "A. " * 3000, "Nguyễn " * 3000, "Theo " + "a " * 3000, ": " * 4000, "- " * 4000):
        assert read_block(block(line)).author is None
