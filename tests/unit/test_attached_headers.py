"""What a file is, how large its picture and how many its pages: read from bytes that anybody may have made."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attached_files import gif_header, jpeg_header, pdf, png, webp_header
from salon.chat.filetypes import media_type_of, text_in
from salon.chat.imagesize import size_of_image
from salon.chat.pdfpages import UNPACKED_LIMIT, is_encrypted, pages_in_pdf

SIDES = st.integers(1, 16_000)
BMP = b"BM" + b"\0" * 16 + (640).to_bytes(4, "little") + (-480).to_bytes(4, "little", signed=True)
HEADERS = [png(), jpeg_header(9, 7), gif_header(9, 7), pdf(3), pdf(3, packed=True), BMP]
HEADERS += [webp_header(kind, 9, 7) for kind in (b"VP8X", b"VP8L", b"VP8 ")]


@given(SIDES, SIDES, st.sampled_from([b"VP8X", b"VP8L", b"VP8 "]))
def test_the_size_of_a_picture_stands_in_its_header(width: int, height: int, kind: bytes) -> None:
    for data in (jpeg_header(width, height), gif_header(width, height), webp_header(kind, width, height)):
        assert size_of_image(data) == (width, height)


def test_pngs_and_bitmaps_have_sizes_too() -> None:
    assert size_of_image(png(640, 480)) == (640, 480)
    assert size_of_image(BMP) == (640, 480)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (png(), "image/png"),
        (jpeg_header(1, 1), "image/jpeg"),
        (gif_header(1, 1), "image/gif"),
        (webp_header(b"VP8X", 1, 1), "image/webp"),
        (BMP, "image/bmp"),
        (b"II*\0\x08\0\0\0", "image/tiff"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "image/avif"),
        (pdf(1), "application/pdf"),
        (b"\xef\xbb\xbf" + pdf(1), "application/pdf"),
        (b"BMW is a maker of cars", "text/plain"),
        ("Grüße".encode(), "text/plain"),
        ("Grüße".encode("utf-16"), "text/plain"),
        ("Grüße".encode("latin-1"), ""),
        (b"\x7fELF\x02\0", ""),
        (b"MZ\x90\0\x03", ""),
        (b"", "text/plain"),
    ],
)
def test_a_file_is_what_its_bytes_say(data: bytes, media_type: str) -> None:
    assert media_type_of(data) == media_type


def test_text_is_read_in_the_encoding_that_its_mark_names() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        assert text_in("Grüße".encode(encoding)) == "Grüße"


@given(st.binary(max_size=400))
def test_any_bytes_can_be_looked_at(data: bytes) -> None:
    media_type_of(data)
    assert size_of_image(data) is None or min(size_of_image(data) or (0, 0)) > 0
    pages_in_pdf(data)
    is_encrypted(data)


@given(st.sampled_from(HEADERS), st.integers(0, 200), st.binary(max_size=6), st.booleans())
def test_a_damaged_header_is_no_danger(data: bytes, at: int, junk: bytes, cut: bool) -> None:
    damaged = data[:at] + junk + (b"" if cut else data[at + len(junk) :])
    size = size_of_image(damaged)
    assert size is None or min(size) > 0
    pages_in_pdf(damaged)


def test_a_jpeg_without_an_end_to_its_segments_is_left_at_its_end() -> None:
    endless = b"\xff\xd8" + b"\xff\xe0\0\0" * 200_000
    assert size_of_image(endless) is None
    assert size_of_image(b"\xff\xd8" + b"\xff" * 400_000) is None


@pytest.mark.parametrize("packed", [False, True])
def test_the_pages_of_a_pdf_are_counted_where_its_page_tree_lies(packed: bool) -> None:
    assert pages_in_pdf(pdf(123, packed=packed)) == 123


def test_page_objects_count_where_there_is_no_tree() -> None:
    assert pages_in_pdf(b"%PDF-1.4 " + b"<</Type /Page /Parent 1 0 R>>" * 7) == 7
    assert pages_in_pdf(b"%PDF-1.4 nothing") is None


def test_a_pdf_that_unpacks_into_gigabytes_is_given_up_early() -> None:
    bomb = zlib.compress(b"\0" * (4 * UNPACKED_LIMIT))
    stream = b"<</Type/ObjStm/Length %d>>stream\n" % len(bomb) + bomb
    assert pages_in_pdf(b"%PDF-1.7 " + stream * 20) is None


def test_a_locked_pdf_is_known() -> None:
    assert is_encrypted(pdf(1, trailer=b"trailer<</Root 1 0 R/Encrypt 9 0 R>>"))
    assert not is_encrypted(pdf(1, trailer=b"trailer<</Root 1 0 R>> /Encrypt is a word"))
