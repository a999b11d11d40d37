"""Pictures made smaller, or into a kind that the API takes. Pillow does it, which is an extra and imported only here.

The API takes a picture's pixels as they lie, so where one is written anew it is also turned as its camera meant it.
"""

from io import BytesIO
from typing import TYPE_CHECKING

from salon.chat.attachments import Mosaic
from salon.chat.imagesize import size_of_image
from salon.errors import SalonError
from salon.words import tr

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 80_000_000
"""A picture of more is not unpacked: it would take a gigabyte of memory."""
_QUALITY = 90

NEEDS_PILLOW = tr("For that Salon needs Pillow: pip install 'salon[images]'.")


def as_png(data: bytes) -> tuple[bytes, tuple[int, int]]:
    """A picture of any kind that Pillow reads as a PNG, and its size. Raises `SalonError`."""
    picture = _opened(data)
    return _written(picture, "PNG"), picture.size


def downsized(data: bytes, side: int) -> tuple[bytes, str, tuple[int, int]]:
    """The picture with no side longer than `side` pixels: content, media type and size. Raises `SalonError`.

    A JPEG stays one, everything else becomes a PNG; of an animation the first picture is taken.
    """
    picture = _opened(data)
    is_jpeg = data.startswith(b"\xff\xd8")
    picture.thumbnail((side, side))
    if is_jpeg:
        return _written(picture.convert("RGB"), "JPEG"), "image/jpeg", picture.size
    return _written(picture, "PNG"), "image/png", picture.size


def mosaic(data: bytes, columns: int, rows: int) -> Mosaic:
    """The picture in at most so many columns and rows of cells, two pixels a cell. Raises `SalonError`."""
    picture = _opened(data).convert("RGBA")
    ratio = min(columns / picture.width, 2 * rows / picture.height, 1.0)
    width, height = max(1, round(picture.width * ratio)), max(2, round(picture.height * ratio / 2) * 2)
    small = picture.resize((width, height))
    ground = _new_like(small)  # what is transparent is seen on white, as in most programs
    ground.alpha_composite(small)
    raw = ground.convert("RGB").tobytes()
    pixels = [(raw[at], raw[at + 1], raw[at + 2]) for at in range(0, len(raw), 3)]
    lines = [pixels[start : start + width] for start in range(0, len(pixels), width)]
    return [list(zip(above, below, strict=True)) for above, below in zip(lines[::2], lines[1::2], strict=True)]


def _new_like(picture: "Image") -> "Image":
    from PIL import Image

    return Image.new("RGBA", picture.size, "white")


def _opened(data: bytes) -> "Image":
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError
    except ImportError as error:
        raise SalonError(tr("Salon cannot work on pictures by itself."), NEEDS_PILLOW) from error
    if (told := size_of_image(data)) is not None:
        _check_size(told)
    try:
        picture = Image.open(BytesIO(data))
        _check_size(picture.size)
        picture.load()
        return ImageOps.exif_transpose(picture)
    except (*_DAMAGED, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise SalonError(tr("The picture is damaged, or of a kind that cannot be read here.")) from error


_DAMAGED = (OSError, ValueError, SyntaxError, EOFError)
"""What Pillow raises for damaged pictures, besides its own errors."""


def _check_size(size: tuple[int, int]) -> None:
    pixels = size[0] * size[1]
    if pixels > MOST_PIXELS:
        raise SalonError(
            tr("The picture has {pixels} million pixels.", pixels=pixels // 1000000),
            tr(
                "Salon unpacks at most {most_pixels} million; make it smaller with another program.",
                most_pixels=MOST_PIXELS // 1000000,
            ),
        )


def _written(picture: "Image", kind: str) -> bytes:
    target = BytesIO()
    if kind == "PNG" and picture.mode not in {"1", "L", "LA", "P", "RGB", "RGBA"}:
        picture = picture.convert("RGBA" if "A" in picture.getbands() else "RGB")
    picture.save(target, kind, quality=_QUALITY, optimize=False)
    return target.getvalue()
