"""Pictures drawn with the terminal's cells."""

from io import BytesIO
from pathlib import Path

import pytest

from salon.errors import SalonError
from salon.store.pictures import mosaic
from salon.ui.picturescreen import PictureScreen
from ui.driver import salon

Image = pytest.importorskip("PIL.Image")
RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def png(width: int, height: int, mode: str = "RGB", top: object = RED, bottom: object = BLUE) -> bytes:
    """A picture whose upper half has one colour and whose lower half another."""
    picture = Image.new(mode, (width, height), bottom)
    picture.paste(top, (0, 0, width, height // 2))
    target = BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


def test_a_small_picture_is_drawn_pixel_by_pixel() -> None:
    assert mosaic(png(3, 2), 80, 24) == [[(RED, BLUE)] * 3]


@pytest.mark.parametrize(("size", "cells"), [((800, 400), (40, 10)), ((400, 800), (12, 12)), ((100, 100), (24, 12))])
def test_a_large_one_keeps_its_shape_within_its_room(size: tuple[int, int], cells: tuple[int, int]) -> None:
    drawn = mosaic(png(*size), 40, 12)
    assert (len(drawn[0]), len(drawn)) == cells
    assert drawn[0][0] == (RED, RED)
    assert drawn[-1][0] == (BLUE, BLUE)


def test_what_is_transparent_is_white() -> None:
    assert mosaic(png(2, 2, "RGBA", (0, 0, 0, 0), (0, 0, 255, 255)), 10, 10) == [[(WHITE, BLUE)] * 2]


def test_what_is_no_picture_is_told() -> None:
    with pytest.raises(SalonError, match="damaged"):
        mosaic(b"\x89PNG\r\n\x1a\n rubbish", 10, 10)


async def test_an_attached_picture_is_drawn_and_closed_with_esc(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "flag.png").write_bytes(png(60, 40))
    async with salon(tmp_path, size=(80, 24)) as person:
        person.chat.attach_paths(["flag.png"])
        await person.sees(lambda: person.chat.prompt.attachments)
        await person.type("/preview")
        await person.press("enter")
        await person.sees(lambda: isinstance(person.app.screen, PictureScreen))
        await person.sees(lambda: "▀" in person.screen_text(), "the picture")
        assert "flag.png" in person.screen_text()
        await person.press("escape")
        await person.sees(lambda: person.app.screen is person.chat)


async def test_without_a_picture_that_is_said(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.type("/preview")
        await person.press("enter")
        await person.sees(lambda: "There is no picture here" in person.notice())
