"""Attachments as blocks: how a session keeps them, how the API gets them, and what is checked before."""

import base64
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attached_files import pdf, png
from salon.chat import limits
from salon.chat.attachments import (
    INLINE_LIMIT,
    Attachment,
    Kind,
    attachment_at,
    attachment_of,
    attachments_of,
    blob_of,
    block_of,
    image_tokens,
    of_block,
    resolved,
    text_tokens,
)
from salon.chat.limits import TooMuch, check

IMAGE = attachment_of(Kind.IMAGE, "shot.png", png(), "image/png", pixels=(3, 2))
BIG = attachment_of(Kind.IMAGE, "big.png", png(padding=INLINE_LIMIT), "image/png", pixels=(3, 2))
NOTES = attachment_of(Kind.TEXT, "notes.md", b"# Notes", "text/plain")
REPORT = attachment_of(Kind.PDF, "report.pdf", pdf(3), "application/pdf", pages=3)
PHOTO = attachment_at("https://example.org/a.png", Kind.IMAGE, "example.org/a.png")


@pytest.mark.parametrize("attachment", [IMAGE, BIG, NOTES, REPORT, PHOTO])
def test_a_block_tells_all_of_its_attachment(attachment: Attachment) -> None:
    assert of_block(block_of(attachment)) == attachment


def test_what_the_api_gets() -> None:
    assert resolved(block_of(IMAGE)) == {
        "type": "image",
        "source": {"type": "base64", "media_type": "image/png", "data": base64.b64encode(png()).decode()},
    }
    assert resolved(block_of(NOTES)) == {
        "type": "document",
        "title": "notes.md",
        "source": {"type": "text", "media_type": "text/plain", "data": "# Notes"},
    }
    assert resolved(block_of(REPORT))["source"]["media_type"] == "application/pdf"
    assert resolved(block_of(PHOTO)) == {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}}


def test_large_content_is_referred_to_by_its_digest() -> None:
    block = block_of(BIG)
    assert block["source"] == {"type": "salon_blob", "sha256": BIG.sha256, "media_type": "image/png"}
    assert blob_of(block) == BIG.sha256
    assert blob_of(block_of(IMAGE)) == ""
    content = png(padding=INLINE_LIMIT)
    assert base64.b64decode(resolved(block, content)["source"]["data"]) == content


def test_a_block_of_another_program_is_an_attachment_too() -> None:
    large = base64.b64encode(b"x" * 2 * INLINE_LIMIT).decode()
    block = {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": large}}
    found = of_block(block)
    assert found is not None
    assert (found.kind, found.size) == (Kind.PDF, 2 * INLINE_LIMIT)
    assert block_of(found)["source"] == block["source"]  # there is no blob to refer to


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["type", "source", "salon", "data", "pixels", "kind", "url"]), inner)
        ),
        max_leaves=8,
    ),
    st.sampled_from(["image", "document", "text"]),
)
def test_any_block_can_be_read(inner: object, kind: str) -> None:
    attachments_of([{"type": kind, "source": inner, "salon": inner, "title": inner}])
    attachments_of([{"type": kind, "source": {"type": "base64", "data": inner}, "salon": {"pixels": inner}}])


def test_estimates() -> None:
    # 1024 × 1024 was measured as 1446 tokens on the 5.5 models, with 77 for the prompt around it.
    assert image_tokens(1024, 1024) == 1446 - 77
    assert image_tokens(1920, 1080) == 2768 - 77
    assert 2_900 < image_tokens(3840, 2160) < 3_100
    assert text_tokens("") == 0
    assert 150 < text_tokens("word " * 100) < 250
    assert (REPORT.tokens or 0) > 3 * 1_500
    assert PHOTO.tokens is None


# limits


def sized(size: int, kind: Kind = Kind.PDF) -> Attachment:
    return Attachment(kind=kind, name="large", media_type="application/pdf", size=size)


def refusal(*attached: Attachment, other_bytes: int = 0, context: int | None = None) -> str:
    with pytest.raises(TooMuch) as raised:
        check(attached, other_bytes=other_bytes, context=context)
    return raised.value.sentence()


def test_base64_is_a_third_larger() -> None:
    check([sized(23 * 1024**2)])
    check([sized(30 * 1024**2, Kind.TEXT)])
    sentence = refusal(sized(30 * 1024**2))
    assert "would have 40.1 MB; the API takes 32 MB, so 8.1 MB too many" in sentence
    assert "new chat" in sentence


def test_words_count_too() -> None:
    check([sized(20 * 1024**2)], other_bytes=5 * 1024**2)
    assert "the API takes 32 MB" in refusal(sized(20 * 1024**2), other_bytes=6 * 1024**2)


def test_a_side_may_have_8000_pixels() -> None:
    check([replace(IMAGE, pixels=(8_000, 8_000))])
    sentence = refusal(replace(IMAGE, pixels=(8_001, 10)))
    assert "“shot.png” is 8001 × 10 pixels; a side may have 8000, so it is 1 too long" in sentence


def test_among_many_images_a_side_may_have_2000() -> None:
    images = [replace(IMAGE, pixels=(2_500, 100), name=f"{n}.png") for n in range(21)]
    check(images[:20])
    sentence = refusal(*images)
    assert re.search(r"“0.png” is 2500 × 100 pixels, and 20 more are too; a side may have 2000 among 21", sentence)


def test_images_and_pages_are_counted_by_the_models_window() -> None:
    images = [replace(IMAGE, pixels=(10, 10))] * 101
    check(images, context=1_000_000)
    assert "101 images" in refusal(*images, context=200_000)
    assert "601 images" in refusal(*([IMAGE] * 601))
    report = replace(REPORT, pages=101)
    check([report], context=1_000_000)
    assert "have 101 pages; the model takes 100" in refusal(report, context=200_000)
    assert "have 606 pages; the model takes 600" in refusal(*([report] * 6))


def test_only_the_four_kinds_of_image_pass() -> None:
    assert "is a BMP image" in refusal(replace(IMAGE, media_type="image/bmp"))
    check([PHOTO])


def test_too_large_images_are_named_for_making_them_smaller() -> None:
    large = replace(IMAGE, pixels=(9_000, 10))
    with pytest.raises(TooMuch) as raised:
        check([IMAGE, large])
    assert raised.value.oversized == (large,)


def test_megabytes_are_rounded_up() -> None:
    assert limits.megabytes(32 * 1024**2) == "32 MB"
    assert limits.megabytes(32 * 1024**2 + 1) == "32.1 MB"
