"""The whole conversation as a tree: moved in, looked at, jumped from, cut."""

from pathlib import Path

import pytest

from salon.chat.conversation import Message, conversation_of
from salon.chat.outline import OutlineRow
from salon.markdown import Line
from salon.ui.treescreen import TreeScreen, TreeView
from ui.driver import Person, salon
from ui.talking import chat_of, read_message, shows


async def branched(person: Person) -> None:
    """A chat with two variants of its second prompt, the newer of them shown."""
    await chat_of(person, ("first", "one"), ("second", "two"), ("third", "three"))
    await read_message(person, "second")
    await person.press("e")
    await chat_of(person, (" thoughts", "other two"))


async def open_tree(person: Person) -> TreeView:
    await person.press("alt+j")
    await person.sees(lambda: isinstance(person.app.screen, TreeScreen) and "Tree of" in person.screen_text())
    view: TreeView = person.app.screen.query_one(TreeView)
    await person.sees(lambda: view.rows, "the rows of the tree")
    return view


def rows(view: TreeView) -> list[str]:
    """The rows of the tree that are in view."""
    drawn = [view.render_line(y).text.rstrip() for y in range(view.size.height)]
    return [" ".join(row.split()) for row in drawn if row.strip()]


def under_cursor(view: TreeView) -> str:
    return " ".join(view.render_line(view.cursor - view._top).text.split())


async def test_only_branches_are_set_in_and_the_leaf_is_marked(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(80, 24)) as person:
        await branched(person)
        view = await open_tree(person)
        told = rows(view)
        starts = ["▎ you first", "▎ Claude one", "you second", "Claude two", "you third", "Claude three"]
        starts += ["▎ you second thoughts", "▎ Claude other two"]
        assert [row[: len(start)] for row, start in zip(told, starts, strict=True)] == starts
        assert [row.depth for row in view.rows] == [0, 0, 1, 1, 1, 1, 0, 0]
        assert "1/2" in told[2]
        assert "2/2" in told[6]
        assert "you are here" in told[7]
        assert "Claude other two" in under_cursor(view)


async def test_enter_goes_to_the_message_in_its_own_branch(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(80, 24)) as person:
        await branched(person)
        view = await open_tree(person)
        await person.press("left")
        assert "second thoughts" in under_cursor(view)
        await person.press("left")
        assert "you second" in under_cursor(view)
        await person.press("right", "left", "down", "down")
        assert "you third" in under_cursor(view)
        await person.sees(lambda: "third" in str(person.screen_text().split("you third")[-1]), "the preview")
        await person.press("enter")
        await shows(person, "first", "one", "second", "1/2", "two", "third", "three")
        assert "older branch" in person.notice()


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_the_message_under_the_cursor_is_shown_in_full(tmp_path: Path, size: tuple[int, int]) -> None:
    async with salon(tmp_path, size=size) as person:
        await chat_of(person, ("first", "one"), ("second", "words " * 60 + "and-the-end"))
        view = await open_tree(person)
        await person.sees(lambda: "and-the-end" in person.screen_text())
        await person.press("up")
        await person.sees(lambda: "and-the-end" not in person.screen_text())
        assert "you second" in under_cursor(view)


async def test_esc_changes_nothing(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await branched(person)
        await open_tree(person)
        await person.press("up", "up", "escape")
        await shows(person, "second thoughts", "other two")
        assert person.chat.prompt.has_focus


async def test_what_is_below_a_message_is_folded_and_unfolded(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await branched(person)
        view = await open_tree(person)
        await person.press("left", "left", "space")
        assert "+3" in under_cursor(view)
        assert len(view.rows) == 5
        await person.press("space")
        assert len(view.rows) == 8


async def test_a_branch_is_deleted_in_the_tree_and_brought_back(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await branched(person)
        view = await open_tree(person)
        await person.press("left")
        await person.press("D")
        await person.sees(lambda: len(view.rows) == 6)
        assert "u brings it back" in person.screen_text()
        await person.press("u")
        await person.sees(lambda: len(view.rows) == 8)
        await person.press("up", "d", "escape")
        await shows(person, "first", "second thoughts")


async def test_a_note_and_a_fork_begin_in_the_tree(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await branched(person)
        view = await open_tree(person)
        await person.press("left", "left", "down", "n")
        await person.sees(lambda: "never sent" in person.notice())
        await person.type("look into this")
        await person.press("enter")
        await shows(person, "second", "two", "look into this", "third")
        view = await open_tree(person)
        assert any(row.startswith("▎ note look into this") for row in rows(view))
        before = person.session.id
        await person.press("up", "up", "up", "f")
        await person.sees(lambda: person.session.id != before)
        await shows(person, "second", "two", without=("third",))


async def test_an_empty_chat_has_no_tree(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.press("alt+j")
        assert "nothing to show as a tree" in person.notice()


async def test_a_click_moves_and_a_double_click_goes_there(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await branched(person)
        view = await open_tree(person)
        await person.pilot.click(TreeView, offset=(5, 3))
        assert "Claude two" in under_cursor(view)
        await person.pilot.click(TreeView, offset=(5, 3), times=2)
        await shows(person, "second", "1/2", "two")


async def test_only_rows_in_view_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with salon(tmp_path) as person:
        await chat_of(person, ("first", "one"))
        view = await open_tree(person)
        messages = [Message(id=f"m{n}", parent=f"m{n - 1}" if n else None, role="user") for n in range(10_000)]
        made: list[str] = []
        original = view._line

        def noted(row: OutlineRow, width: int) -> Line:
            made.append(row.id)
            return original(row, width)

        monkeypatch.setattr(view, "_line", noted)
        view.show(conversation_of("s", messages), "m9999")
        await person.pilot.pause()
        assert 0 < len(set(made)) <= view.size.height
