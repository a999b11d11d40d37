"""The README says what the code does."""

from readme import README, with_made_parts


def test_the_keys_and_settings_in_the_readme_are_those_of_the_code() -> None:
    text = README.read_text("utf-8")
    assert with_made_parts(text) == text, "run: python tests/readme.py"


def test_every_picture_in_the_readme_is_there() -> None:
    text = README.read_text("utf-8")
    pictures = [part.split(")")[0] for part in text.split("](screenshots/")[1:]]
    assert pictures
    assert all((README.parent / "screenshots" / picture).is_file() for picture in pictures)
