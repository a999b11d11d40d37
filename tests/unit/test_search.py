"""Everything that was ever said is found, by what a person remembers of it."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.chat.search import Voice
from salon.store.index_query import parse_query
from search_support import Shelf, as_set, marked, search_of, shelf_in, texts


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return shelf_in(tmp_path)


def found(shelf: Shelf, asked: str) -> list[str]:
    """The snippets, newest first; the scan has to find the same messages."""
    with search_of(shelf) as search:
        page = search.find(asked)
        assert not page.problem
        assert as_set(page.hits) == shelf.scanned(asked)
        assert as_set(search.find(asked, ranked=True).hits) == as_set(page.hits)
        return texts(page)


def test_all_words_must_be_in_one_message_in_any_order_and_case(shelf: Shelf) -> None:
    shelf.session("", "The quick brown fox", "A quick answer", "brown bread")
    assert found(shelf, "BROWN quick") == ["The quick brown fox"]
    assert found(shelf, "quick") == ["A quick answer", "The quick brown fox"]
    assert found(shelf, "quick bread") == []


def test_a_phrase_is_found_as_it_stands(shelf: Shelf) -> None:
    shelf.session("", "the brown fox", "the fox is brown, the Brown\nFox!")
    assert found(shelf, '"brown fox"') == ["the fox is brown, the Brown Fox!", "the brown fox"]
    assert found(shelf, '"fox brown"') == []
    assert found(shelf, '"brown fo') == []  # a phrase, even before its end is typed, has whole words


def test_the_last_word_may_be_a_beginning_while_it_is_typed(shelf: Shelf) -> None:
    shelf.session("", "remember the milk", "a member")
    assert found(shelf, "rem") == ["remember the milk"]
    assert found(shelf, "rem milk") == []
    assert found(shelf, "rem* milk") == ["remember the milk"]
    assert found(shelf, "rem ") == []
    assert found(shelf, "a") == ["a member"]  # one letter is a word


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("機械学習とは何ですか", "学習"),
        ("機械学習とは何ですか", "学"),
        ("私はPython言語が好き", "python言語"),
        ("全文搜索引擎", "文搜索引"),
        ("검색 결과를 보여줘", "결과"),
        ("검색결과를 보여줘", "색결"),
        ("カタカナの「タカ」", "タカ"),
        ("ﾊﾝｶｸ", "ハンカク"),
        ("ภาษาไทย", "ไทย"),
        ("Crème brûlée in Łódź", "creme brulee"),
        ("creme", "CRÈME"),
        ("STRASSE", "straße"),
        ("Ｆｕｌｌｗｉｄｔｈ", "fullwidth"),
        ("ΑΘΗΝΑ Αθήνα", "αθηνα"),
        ("read_file(path)", "read_file"),
        ("a naïve ﬁle", "file"),
    ],
)
def test_scripts_without_blanks_by_any_part_accents_and_case_folded(shelf: Shelf, said: str, asked: str) -> None:
    shelf.session("", said)
    assert len(found(shelf, asked)) == 1
    with search_of(shelf) as search:
        assert marked(search.find(asked))[0], "the words are marked in the snippet"


def test_a_mark_covers_what_was_asked_for(shelf: Shelf) -> None:
    shelf.session("", "we had crème brûlée, and 機械学習 for dessert")
    with search_of(shelf) as search:
        assert marked(search.find("brulee dessert")) == [["brûlée", "dessert"]]
        assert marked(search.find("械学")) == [["械学"]]
        assert marked(search.find("dess")) == [["dessert"]]


def test_roles_are_told_apart(shelf: Shelf) -> None:
    session = shelf.session("lighthouse", "the lighthouse of Genoa")
    tool = {"type": "server_tool_use", "name": "web_search", "input": {"query": "lighthouse height"}}
    shelf.answer(session, "a lighthouse is tall", thinking="which lighthouse?", blocks=[tool])
    shelf.note(session, "visit the lighthouse")
    assert len(found(shelf, "lighthouse")) == 6
    assert found(shelf, "lighthouse role:user") == ["the lighthouse of Genoa"]
    assert found(shelf, "lighthouse role:assistant") == ["a lighthouse is tall"]
    assert found(shelf, "lighthouse role:thinking") == ["which lighthouse?"]
    assert found(shelf, "lighthouse role:tool") == ["web_search lighthouse height"]
    assert found(shelf, "role:note") == ["visit the lighthouse"]
    assert found(shelf, "lighthouse in:title") == ["lighthouse"]
    assert len(found(shelf, "lighthouse role:user role:note")) == 2


def test_names_of_attachments_are_found(shelf: Shelf) -> None:
    session = shelf.session()
    source = {"type": "base64", "media_type": "image/png", "data": "secretdata"}
    shelf.ask(session, "what is this?", {"type": "image", "source": source, "salon": {"name": "Holiday-Sketch.png"}})
    shelf.ask(session, "and this?", {"type": "document", "title": "budget 2026.pdf", "source": source})
    assert len(found(shelf, "holiday sketch")) == 1
    assert len(found(shelf, "budget")) == 1
    assert found(shelf, "secretdata") == []


def test_code_is_told_from_prose(shelf: Shelf) -> None:
    shelf.session("", "total cost?", "The total is\n\n```python\nsubtotal = count\n```\n\nas one sees.", "no ~~~ total")
    assert len(found(shelf, "total")) == 3
    assert found(shelf, "in:code subtotal") == ["python subtotal = count"]
    assert found(shelf, "in:code sees") == []
    assert len(found(shelf, "sees subtotal")) == 1


def test_models_and_tags(shelf: Shelf) -> None:
    one = shelf.session("", "which whale?", tags=["Sea", "work"])
    shelf.answer(one, "the blue whale", model="claude-opus-4-5")
    two = shelf.session("", "a whale of a time", tags=["sea"])
    shelf.answer(two, "a whale indeed", model="claude-haiku-4-5")
    assert found(shelf, "whale model:opus") == ["the blue whale"]
    assert found(shelf, "whale model:opus model:haiku") == ["a whale indeed", "the blue whale"]
    assert len(found(shelf, "whale tag:sea")) == 4
    assert len(found(shelf, "whale tag:#SEA tag:work")) == 2
    assert found(shelf, "whale tag:sky") == []
    assert found(shelf, "model:nobody whale") == []
    assert len(found(shelf, "in:title sea")) == 2


def test_spans_of_time(shelf: Shelf) -> None:
    for day in (1, 2, 3):
        shelf.clock = datetime(2025, 3, day, 12).timestamp()
        shelf.session("", f"tide on day {day}")
    assert found(shelf, "tide after:2025-03-02") == ["tide on day 3", "tide on day 2"]
    assert found(shelf, "tide before:2025-03-02") == ["tide on day 1"]
    assert found(shelf, "after:2025-03-02 before:2025-03-03") == ["tide on day 2"]
    assert found(shelf, "tide before:2025") == []
    assert len(found(shelf, "tide after:2025")) == 3


def test_dates_in_words() -> None:
    now = datetime(2025, 3, 2, 15, 30)
    assert parse_query("after:today", now).after == int(datetime(2025, 3, 2).timestamp())
    assert parse_query("before:yesterday", now).before == int(datetime(2025, 3, 1).timestamp())


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("role:bird x", "role: knows user"),
        ("role:", "role: needs"),
        ("before:soon x", "before: needs a date"),
        ("after:2025-13", "after: needs a date"),
        ("after:2025-02-30", "after: needs a date"),
        ("in:space x", "in: knows code and title"),
        ("in:code", "in:code needs a word"),
        ("in:title in:code x", "in:title goes with neither"),
        ("???", "A word needs a letter or a digit"),
        ("tag: x", "tag: needs"),
    ],
)
def test_what_is_wrong_with_a_filter_is_said(shelf: Shelf, asked: str, said: str) -> None:
    shelf.session("", "x")
    with search_of(shelf) as search:
        page = search.find(asked)
        assert page.problem.startswith(said)
        assert not page.hits


def test_a_colon_that_is_no_filter_is_a_word(shelf: Shelf) -> None:
    shelf.session("", "see https://example.org/a and note: this")
    assert len(found(shelf, "https://example.org")) == 1
    assert len(found(shelf, "note:this")) == 1


def test_nothing_asked_finds_nothing(shelf: Shelf) -> None:
    shelf.session("", "x")
    assert found(shelf, "") == []
    assert found(shelf, "   ") == []


@given(hostile=st.one_of(st.text(max_size=60), st.text('"*():^-+ANDNEARORNOT{}\\\0\ud800é機 :tagcode', max_size=60)))
def test_whatever_is_typed_is_safe(hostile: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp() / "hostile"
    shelf = shelf_in(folder)
    if not folder.exists():
        shelf.session("a title", "what is said", 'he said "AND NOT (NEAR*')
    with search_of(shelf) as search:
        for ranked in (False, True):
            page = search.find(hostile, ranked=ranked)
            assert not page.superseded
            assert page.problem or as_set(page.hits) == shelf.scanned(hostile)
        assert not search.state().trouble


def test_a_very_long_question_is_answered(shelf: Shelf) -> None:
    shelf.session("", "word " * 50)
    assert len(found(shelf, "word " * 10_000)) == 1
    assert found(shelf, "機" * 10_000) == []


def test_what_a_file_holds_cannot_harm(shelf: Shelf) -> None:
    shelf.session("evil\x1b]0;title\x07", "before \x1b[2J\u202e\0 after " + "\n" * 5 + "the end")
    with search_of(shelf) as search:
        [text] = texts(search.find("before after"))
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "\n" not in text


def test_the_snippet_shows_the_place_not_the_beginning(shelf: Shelf) -> None:
    shelf.session("", "padding " * 500 + "needle " + "padding " * 500)
    [text] = found(shelf, "needle")
    assert "needle" in text
    assert text.startswith("… padding")
    assert len(text) < 200


def test_pages_follow_each_other(shelf: Shelf) -> None:
    for number in range(7):
        shelf.session("", f"same word {number}")
    with search_of(shelf) as search:
        for ranked in (False, True):
            seen: list[str] = []
            after: int | None = None
            for _ in range(4):
                page = search.find("same", ranked=ranked, after=after, limit=2)
                seen += texts(page)
                after = page.next
            assert after is None
            assert len(set(seen)) == len(seen) == 7


def test_messages_of_one_second_keep_apart(shelf: Shelf) -> None:
    session = shelf.session()
    for number in range(200):
        shelf.clock -= 60
        shelf.ask(session, f"tick {number}")
    with search_of(shelf) as search:
        assert len(search.find("tick", limit=300).hits) == 200


def test_the_fitting_and_the_new_stand_first_when_ranked(shelf: Shelf) -> None:
    shelf.clock -= 5 * 365 * 86_400
    shelf.session("", "kraken kraken", "it is long ago " + "filler " * 300 + " kraken")
    shelf.clock += 5 * 365 * 86_400
    shelf.session("", "so many words that have little to do with it " * 20 + "kraken")
    shelf.session("The kraken", "unrelated")
    with search_of(shelf) as search:
        ranked = search.find("kraken", ranked=True).hits
        assert ranked[0].voice is Voice.TITLE
        assert ranked[1].snippet.text == "kraken kraken"
        assert ranked[-1].snippet.text.startswith("…")


def test_of_two_alike_the_newer_stands_first(shelf: Shelf) -> None:
    old = shelf.session("", "the same words")
    shelf.clock += 3 * 365 * 86_400
    new = shelf.session("", "the same words")
    with search_of(shelf) as search:
        assert [hit.session_id for hit in search.find("same", ranked=True).hits] == [new, old]


def test_a_hit_says_where_it_is(shelf: Shelf) -> None:
    session = shelf.session("", "first words", "an answer", archived=True)
    with search_of(shelf) as search:
        [hit] = search.find("answer").hits
        assert (hit.session_id, hit.title, hit.archived) == (session, "first words", True)
        assert abs(hit.when - shelf.clock) < 120
