"""Files, folders and addresses as attachments."""

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from attached_files import jpeg_header, pdf, png
from salon import clipboard_image
from salon.chat.attachments import Kind
from salon.errors import SalonError
from salon.store.attaching import READ_LIMIT, FileAttacher
from salon.store.blobs import MemoryBlobs
from salon.store.folders import MOST_FILES
from salon.store.pictures import downsized


@pytest.fixture
def blobs() -> MemoryBlobs:
    return MemoryBlobs()


def encoded(picture: Image.Image, kind: str) -> bytes:
    target = BytesIO()
    picture.save(target, kind)
    return target.getvalue()


def refusal(attacher: FileAttacher, what: str) -> str:
    with pytest.raises(SalonError) as raised:
        attacher.attach(MemoryBlobs(), what)
    return raised.value.sentence()


def test_a_file_is_taken_for_what_it_holds_whatever_it_is_called(tmp_path: Path, blobs: MemoryBlobs) -> None:
    (tmp_path / "notes.pdf").write_bytes(png(640, 480))
    (tmp_path / "picture.png").write_bytes(pdf(12))
    (tmp_path / "code.jpeg").write_text("print('hello')")
    attacher = FileAttacher(tmp_path)
    image = attacher.attach(blobs, "notes.pdf")
    assert (image.kind, image.media_type, image.pixels) == (Kind.IMAGE, "image/png", (640, 480))
    report = attacher.attach(blobs, "picture.png")
    assert (report.kind, report.pages) == (Kind.PDF, 12)
    code = attacher.attach(blobs, "code.jpeg")
    assert (code.kind, code.media_type, code.content) == (Kind.TEXT, "text/plain", b"print('hello')")


def test_large_content_is_kept_before_it_is_an_attachment(tmp_path: Path, blobs: MemoryBlobs) -> None:
    (tmp_path / "long.txt").write_text("x" * 10_000)
    long = FileAttacher(tmp_path).attach(blobs, "long.txt")
    assert long.content == b""
    assert blobs.get(long.sha256) == b"x" * 10_000
    assert FileAttacher(tmp_path).text_of(blobs, long) == "x" * 10_000


@pytest.mark.parametrize("spelling", ["'{}'", '"{}"', "{}", "file://{}", "  {}\n"])
def test_a_path_may_be_spelled_as_terminals_do(tmp_path: Path, blobs: MemoryBlobs, spelling: str) -> None:
    (tmp_path / "two words.txt").write_text("x")
    path = str(tmp_path / "two words.txt")
    typed = spelling.format(path.replace(" ", "%20") if "file" in spelling else path)
    assert FileAttacher(tmp_path).attach(blobs, typed).name == "two words.txt"


def test_names_are_told_from_where_salon_was_started(tmp_path: Path, blobs: MemoryBlobs) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text("x")
    assert FileAttacher(tmp_path).attach(blobs, "src/a.py").name == "src/a.py"
    assert FileAttacher(tmp_path / "src").attach(blobs, str(tmp_path / "src" / "a.py")).name == "a.py"


def test_text_in_another_encoding_is_sent_as_utf_8(tmp_path: Path, blobs: MemoryBlobs) -> None:
    (tmp_path / "a.txt").write_bytes("Grüße".encode("utf-16"))
    assert FileAttacher(tmp_path).attach(blobs, "a.txt").content == "Grüße".encode()


def test_hidden_characters_of_a_file_are_counted(tmp_path: Path, blobs: MemoryBlobs) -> None:
    (tmp_path / "a.txt").write_text("harmless\U000e0041\U000e0042\u202e", encoding="utf-8")
    assert "3 hidden characters" in FileAttacher(tmp_path).attach(blobs, "a.txt").note


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty", b"", "is empty"),
        ("program", b"\x7fELF\0\0", "neither text"),
        ("broken.png", png()[:12], "is damaged"),
        ("broken.bmp", b"BM\0\0\0\0", "BMP image"),
        ("phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC image"),
    ],
)
def test_what_cannot_be_sent_is_told(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    sentence = refusal(FileAttacher(tmp_path), name)
    assert name in sentence
    assert told in sentence


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    attacher = FileAttacher(tmp_path)
    assert "there is no such file" in refusal(attacher, "nothing.txt")
    os.mkfifo(tmp_path / "pipe")
    assert "not a file that can be read to its end" in refusal(attacher, "pipe")
    assert "nobody has that home" in refusal(attacher, "~nobody-here/x")
    with (tmp_path / "huge").open("wb") as huge:
        huge.truncate(READ_LIMIT + 1)
    assert "100.1 MB; the API takes 32 MB" in refusal(attacher, "huge")


def test_a_locked_pdf_has_a_note(tmp_path: Path, blobs: MemoryBlobs) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(1, trailer=b"trailer<</Encrypt 9 0 R>>"))
    assert "password" in FileAttacher(tmp_path).attach(blobs, "a.pdf").note


def test_a_folder_is_a_list_of_its_files(tmp_path: Path, blobs: MemoryBlobs) -> None:
    project = tmp_path / "project"
    for name in ("b.txt", "src/a.py", ".git-secret", ".hidden/x"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("12345")
    listing = FileAttacher(tmp_path).attach(blobs, "project")
    assert (listing.kind, listing.name, listing.note) == (Kind.FOLDER, "project/", "2 file names")
    assert listing.content.decode().splitlines()[1:] == ["b.txt\t5", "src/a.py\t5"]


def test_a_folder_under_git_leaves_out_what_git_ignores(tmp_path: Path, blobs: MemoryBlobs) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    for name, text in ((".gitignore", "build/\n"), ("build/x.o", "x"), ("a.py", "x")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    text = FileAttacher(tmp_path).attach(blobs, str(tmp_path)).content.decode()
    assert "a.py" in text
    assert "build" not in text


def test_a_list_of_files_has_an_end(tmp_path: Path, blobs: MemoryBlobs) -> None:
    for number in range(MOST_FILES + 5):
        (tmp_path / f"{number:05}").touch()
    listing = FileAttacher(tmp_path).attach(blobs, str(tmp_path))
    assert listing.note == "2,000 file names, the first ones"
    assert "there are more" in blobs.get(listing.sha256).decode()


# addresses


@pytest.mark.parametrize(
    ("typed", "kind", "url"),
    [
        ("https://example.org/a/b.PNG?x=1", Kind.IMAGE, "https://example.org/a/b.PNG?x=1"),
        ("http://example.org/paper.pdf", Kind.PDF, "http://example.org/paper.pdf"),
        ("pdf https://example.org/pdf/2401", Kind.PDF, "https://example.org/pdf/2401"),
        ("image https://example.org/", Kind.IMAGE, "https://example.org/"),
    ],
)
def test_an_address_is_left_to_the_api(tmp_path: Path, blobs: MemoryBlobs, typed: str, kind: Kind, url: str) -> None:
    attachment = FileAttacher(tmp_path).attach(blobs, typed)
    assert (attachment.kind, attachment.url) == (kind, url)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("ftp://example.org/a.png", "ftp:// cannot"),
        ("javascript://alert", "javascript:// cannot"),
        ("https://example.org/page", "does not say which"),
        ("https:///a.png", "not a whole address"),
        ("https://[::1/a.png", "not a whole address"),
    ],
)
def test_other_addresses_are_refused(tmp_path: Path, typed: str, told: str) -> None:
    assert told in refusal(FileAttacher(tmp_path), typed)


# pictures


def test_a_bitmap_becomes_a_png(tmp_path: Path, blobs: MemoryBlobs) -> None:
    (tmp_path / "a.bmp").write_bytes(encoded(Image.new("RGB", (30, 20), "red"), "BMP"))
    (tmp_path / "a.tiff").write_bytes(encoded(Image.new("CMYK", (30, 20)), "TIFF"))
    for name in ("a.bmp", "a.tiff"):
        made = FileAttacher(tmp_path).attach(blobs, name)
        assert (made.media_type, made.pixels) == ("image/png", (30, 20))
        assert "sent as PNG" in made.note


def test_an_image_is_made_smaller(tmp_path: Path, blobs: MemoryBlobs) -> None:
    attacher = FileAttacher(tmp_path)
    large = attacher.attach_content(blobs, encoded(Image.new("RGB", (9_000, 90), "red"), "JPEG"), "wide.jpg")
    small = attacher.make_smaller(blobs, large, 8_000)
    assert (small.media_type, small.pixels) == ("image/jpeg", (8_000, 80))
    assert "it was 9000 × 90 pixels" in small.note
    assert (small.name, small.sha256 == large.sha256) == ("wide.jpg", False)


def test_a_photo_is_turned_as_its_camera_meant_it() -> None:
    picture, target = Image.new("RGB", (40, 20)), BytesIO()
    exif = picture.getexif()
    exif[0x0112] = 6  # turn by a quarter
    picture.save(target, "JPEG", exif=exif)
    assert downsized(target.getvalue(), 20)[2] == (10, 20)


def test_without_pillow_the_sentence_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.bmp").write_bytes(encoded(Image.new("RGB", (3, 2)), "BMP"))
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert "pip install 'salon[images]'" in refusal(FileAttacher(tmp_path), "a.bmp")
    (tmp_path / "a.png").write_bytes(png(9, 7))
    assert FileAttacher(tmp_path).attach(MemoryBlobs(), "a.png").pixels == (9, 7)


def test_a_picture_that_would_fill_the_memory_is_not_unpacked(blobs: MemoryBlobs) -> None:
    attacher = FileAttacher(Path("/"))
    large = attacher.attach_content(blobs, png(12_000, 12_000), "bomb.png")
    with pytest.raises(SalonError, match="144 million pixels"):
        attacher.make_smaller(blobs, large, 8_000)


def test_a_damaged_picture_cannot_be_made_smaller(blobs: MemoryBlobs) -> None:
    attacher = FileAttacher(Path("/"))
    with pytest.raises(SalonError, match="damaged"):
        attacher.make_smaller(blobs, attacher.attach_content(blobs, jpeg_header(9_000, 900), "a.jpg"), 8_000)


# completion and pastes


def test_a_path_is_completed_folders_first(tmp_path: Path) -> None:
    (tmp_path / "alpine").mkdir()
    for name in ("alps.png", "beta.txt", ".alien", "alpine/peak.jpg"):
        (tmp_path / name).touch()
    attacher = FileAttacher(tmp_path)
    assert attacher.complete("al") == ["alpine/", "alps.png"]
    assert attacher.complete("AL") == ["alpine/", "alps.png"]
    assert attacher.complete(".a") == [".alien"]
    assert attacher.complete(f"{tmp_path}/b") == [f"{tmp_path}/beta.txt"]
    assert attacher.complete("alpine/") == ["alpine/peak.jpg"]
    assert attacher.complete("nowhere/x") == ()


def test_pasted_paths_count_only_where_all_of_them_are_there(tmp_path: Path) -> None:
    (tmp_path / "a b.txt").touch()
    (tmp_path / "c.txt").touch()
    attacher = FileAttacher(tmp_path)
    both = f"'{tmp_path}/a b.txt' {tmp_path}/c.txt"
    assert attacher.files_in(both) == (f"{tmp_path}/a b.txt", f"{tmp_path}/c.txt")
    assert attacher.files_in(f"{tmp_path}/a b.txt") == (f"{tmp_path}/a b.txt",)
    assert attacher.files_in(f"{tmp_path}/c.txt {tmp_path}/nothing") == ()
    assert attacher.files_in("/" + "x" * 5_000) == ()


# the clipboard


def tool(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o700)


def environ(folder: Path, **more: str) -> dict[str, str]:
    return {"PATH": f"{folder}:/usr/bin:/bin", **more}


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has one way, of its own")
def test_the_clipboards_picture_comes_from_the_desktops_tool(tmp_path: Path, blobs: MemoryBlobs) -> None:
    (tmp_path / "picture.png").write_bytes(png(8, 6))
    answer = f'case "$*" in *list*|*TARGETS*) echo text/plain; echo image/png;; *) cat {tmp_path}/picture.png;; esac'
    tool(tmp_path, "wl-paste", answer)
    tool(tmp_path, "xclip", answer)
    for desktop in ({"WAYLAND_DISPLAY": "w"}, {"DISPLAY": ":0"}):
        attacher = FileAttacher(tmp_path, lambda here=desktop: clipboard_image.take_image(environ(tmp_path, **here)))  # type: ignore[misc]
        assert attacher.attach_clipboard(blobs).pixels == (8, 6)


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has one way, of its own")
def test_where_there_is_no_picture_or_no_way_to_it_the_sentence_says_so(tmp_path: Path) -> None:
    tool(tmp_path, "wl-paste", "echo text/plain")
    for here, told in (
        ({"WAYLAND_DISPLAY": "w"}, "no picture on the clipboard"),
        ({"DISPLAY": ":0"}, "xclip"),
        ({}, "cannot be reached"),
        ({"WAYLAND_DISPLAY": "w", "SSH_TTY": "/dev/pts/1"}, "SSH"),
    ):
        with pytest.raises(SalonError) as raised:
            clipboard_image.take_image({"PATH": str(tmp_path), **here})
        assert told in raised.value.sentence()
