"""How fast figures are read: `python benchmarks/figures.py`.

Prints characters per second on one core for ordinary article text, beside quantulum3 over the same text in the same
run where it is installed, then time against length from 10 KB to 1 MB for ordinary and hostile text. quantulum3 is the
nearest general library; it is no dependency of this project.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from transforms import citations, dates, figures
from transforms.analysis import analyse

ARTICLE: Final = """Mường Lống đổi thay từ phong trào hiến đất mở đường
Về Mường Lống những ngày cuối năm, điều dễ nhận thấy là những con đường bê tông nối dài từ trung tâm xã lên từng \
bản. Cấp ủy, chính quyền xác định muốn dân tin thì cán bộ phải gần dân, việc gì cũng bàn bạc công khai, dân chủ \
ngay từ đầu.
Thực hiện Nghị quyết số 08-NQ/TU ngày 12/5/2021 của Ban Chấp hành Đảng bộ tỉnh, từ năm 2021 đến hết tháng \
6/2024, bà con đã hiến trên 46.300m2 đất, đóng góp 12.480 ngày công và 3,2 tỷ đồng để mở mới 27,5 km đường liên \
bản. Các tổ chức chính trị - xã hội cử cán bộ xuống từng nhà, nghe dân nói và giải thích cặn kẽ; những vướng mắc \
được tháo gỡ tại chỗ, không để phát sinh khiếu kiện. Nhờ vậy, 11/11 bản đã có đường ô tô, tỷ lệ hộ nghèo giảm từ \
38,6% (năm 2020) xuống còn 21,4%.
Bí thư Chi bộ bản 3 chia sẻ rằng khi đảng viên đi trước thì làng nước theo sau, việc khó mấy cũng thành. Thời \
gian tới, xã tiếp tục vận động nhân dân chỉnh trang nhà cửa, giữ gìn cảnh quan, phát triển du lịch cộng đồng gắn \
với bảo tồn văn hóa truyền thống của đồng bào; phấn đấu mỗi bản có ít nhất 01 mô hình “Dân vận khéo” phát huy \
hiệu quả thiết thực.
"""
HOSTILE: Final[dict[str, str]] = {
    "ordinary": ARTICLE,
    "digits": "1234567890",
    "digits and separators": "1.234,",
    "slashes": "12/",
    "brackets": "((([5)",
    "quotation marks": '"5 ',
    "one endless sentence": "toàn tỉnh có 1.286 mô hình, tăng 24 mô hình so với năm 2022, đạt 83,5% kế hoạch, ",
}
LENGTHS: Final = (10_000, 100_000, 1_000_000)


def best(task: Callable[[], object], repeats: int = 5) -> float:
    """Return the least processor time of `repeats` runs, in seconds."""
    least = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        task()
        least = min(least, time.process_time() - start)
    return least


def main() -> None:
    """Measure and print."""
    text = ARTICLE * 40
    found_dates = dates.find(text)
    found_citations = citations.find(text, dates=found_dates)
    speed = len(text) / best(lambda: figures.find(text, dates=found_dates, citations=found_citations))
    whole = len(text) / best(lambda: analyse(text))
    print(f"figures alone                  {speed:12,.0f} characters/s")
    print(f"dates, citations, figures, audit {whole:10,.0f} characters/s")
    if importlib.util.find_spec("quantulum3") is None:
        print("quantulum3 is not installed here; `pip install quantulum3` beside this project to compare")
    else:
        from quantulum3 import parser

        other = len(ARTICLE) / best(lambda: parser.parse(ARTICLE), 2)
        print(f"quantulum3                     {other:12,.0f} characters/s")
        print(f"figures are {speed / other:,.0f} times as fast, the whole analysis {whole / other:,.0f} times")
    print(
        "\nfigures, milliseconds by length" + "".join(f"{length:>12,}" for length in LENGTHS) + "   growth over linear"
    )
    for name, unit in HOSTILE.items():
        seconds = []
        for length in LENGTHS:
            sample = (unit * (length // len(unit) + 1))[:length]
            seconds.append(best(partial(figures.find, sample), 2 if length > 100_000 else 5))
        growth = seconds[-1] / seconds[0] / (LENGTHS[-1] / LENGTHS[0])
        print(f"{name:31}" + "".join(f"{each * 1000:12,.1f}" for each in seconds) + f"   {growth:17.2f}", flush=True)


if __name__ == "__main__":
    main()
