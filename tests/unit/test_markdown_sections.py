"""What each section of CommonMark and GFM comes to on the screen: source and rows, in our own words."""

import pytest

from markdown_support import shown

EXAMPLES = {
    "tabs": [
        ("\tindented by a tab", "  " + "─" * 58 + "\n  indented by a tab"),
        ("-\titem\n\n\tgoes on", "• item\n\n  goes on"),
        (">\tquoted", "▌ quoted"),
        ("#\tTitle", "Title"),
    ],
    "backslash escapes": [
        (r"\*not emphasis\*", "*not emphasis*"),
        (r"\# no title", "# no title"),
        (r"a\\b and \q", r"a\b and \q"),
        (r"`\*`", r"\*"),
    ],
    "entities": [
        ("&copy; &amp; &#35; &#x22;", '© & # "'),
        ("&nothing; &copy", "&nothing; &copy"),
        ("&#42;plain&#42;", "*plain*"),
        ("`&copy;`", "&copy;"),
        ("&#27;[31m", "\ufffd[31m"),
    ],
    "precedence": [("- `one\n- two`", "• `one\n• two`"), ("`a *b` c*", "a *b c*")],
    "thematic breaks": [
        ("***", "─" * 60),
        ("- - -", "─" * 60),
        ("--", "--"),
        ("+++", "+++"),
        ("a\n***\nb", f"a\n\n{'─' * 60}\n\nb"),
    ],
    "ATX headings": [
        ("## Two ##", "Two"),
        ("####### seven", "####### seven"),
        ("#tag", "#tag"),
        ("# *a* `b`", "a b"),
        ("text\n# Title\ntext", "text\n\nTitle\n\ntext"),
    ],
    "setext headings": [
        ("Title\n===", "Title"),
        ("Two\nlines\n---", "Two\nlines"),
        ("===", "==="),
        ("\\> a\n---", "> a"),
    ],
    "indented code": [
        ("    a\n\n      b", "  " + "─" * 58 + "\n  a\n\n    b"),
        ("text\n    more text", "text\nmore text"),
    ],
    "fenced code": [
        ("```\n*a*\n```", "  " + "─" * 58 + "\n  *a*"),
        ("~~~ ini\nk=v\n~~~", "  ini " + "─" * 54 + "\n  k=v"),
        ("```\na\n~~~\n```", "  " + "─" * 58 + "\n  a\n  ~~~"),
        ("````\n```\n````", "  " + "─" * 58 + "\n  ```"),
        ("```\nnever closed", "  " + "─" * 58 + "\n  never closed"),
        ("> ```\n> a\nb", "▌   " + "─" * 56 + "\n▌   a\n\nb"),
    ],
    "HTML blocks": [
        ("<div>\n*a*\n</div>", "<div>\n*a*\n</div>"),
        ("<div>\n\n*a*", "<div>\n\na"),
        ("<!-- note\n\nmore -->\ntext", "<!-- note\n\nmore -->\n\ntext"),
        ("<script>\n*a*\n</script>", "<script>\n*a*\n</script>"),
    ],
    "link reference definitions": [
        ("[a]\n\n[a]: http://host", "a"),
        ("[a]: http://host 'title'", ""),
        ("[A b]\n\n[a  B]: x", "A b"),
        ("[a]:\n\n[a]", "[a]:\n\n[a]"),
    ],
    "paragraphs": [("one\n  two", "one\ntwo"), ("one\n\n\n\ntwo", "one\n\ntwo")],
    "tables": [
        ("| a | b |\n|---|:-:|\n| 1 | 2 |", "a  b\n────\n1  2"),
        ("a | b\n-|-\n1 \\| 2 | `x\\|y`", "a      b\n──────────\n1 | 2  x|y"),
        ("| a |\n|---|\n| 1 | 2 |", "a\n─\n1"),
        ("| a | b |\n|---|\n", "| a | b |\n|---|"),
        ("| a |\n|--:|\n| 1234 |", "   a\n────\n1234"),
    ],
    "block quotes": [
        ("> a\nb", "▌ a\n▌ b"),
        ("> a\n\n> b", "▌ a\n\n▌ b"),
        (">> a", "▌ ▌ a"),
        ("> # a\n> b", "▌ a\n▌\n▌ b"),
    ],
    "list items": [
        ("- a\n\n  b", "• a\n\n  b"),
        ("10) a\n    b", "10. a\n    b"),
        ("-a", "-a"),
        ("1. a\n\n       code", "1. a\n\n     " + "─" * 55 + "\n     code"),
        ("- \n  a", "• a"),
        ("- [ ] a\n- [X] b\n- [y] c", "☐ a\n☑ b\n• [y] c"),
    ],
    "lists": [
        ("- a\n+ b", "• a\n\n• b"),
        ("3. a\n7. b", "3. a\n4. b"),
        ("text\n2. b", "text\n2. b"),
        ("text\n1. b", "text\n\n1. b"),
        ("- a\n  - b\n    - c", "• a\n  ◦ b\n    ▪ c"),
        ("- a\n\n- b", "• a\n\n• b"),
    ],
    "code spans": [
        ("`` a`b ``", "a`b"),
        ("` a `", "a"),
        ("`a\nb`", "a b"),
        ("`unclosed", "`unclosed"),
    ],
    "emphasis": [
        ("*a* _b_ **c** __d__", "a b c d"),
        ("snake_case_name", "snake_case_name"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("***a** b*", "a b"),
        ("**a", "**a"),
        ("un*believ*able", "unbelievable"),
    ],
    "strikethrough": [("~~a~~", "a"), ("~a~ ~~b", "~a~ ~~b")],
    "links": [
        ("[a](/b 'c')", "a"),
        ("[a](<b c>)", "a"),
        ("[a](b c)", "[a](b c)"),
        ("[a [b](c)](d)", "[a b](d)"),
        ("[a]( b", "[a]( b"),
    ],
    "images": [("![a *b*](c)", "🖼 a b"), ("![](c)", "🖼 image"), ("[![a](b)](c)", "🖼 a")],
    "autolinks": [
        ("<http://host/a>", "http://host/a"),
        ("<a@b.example>", "a@b.example"),
        ("see https://host/a_b.", "see https://host/a_b."),
        ("see www.host.example, too", "see www.host.example, too"),
    ],
    "raw HTML": [("a <b>c</b> <!-- d -->", "a <b>c</b> <!-- d -->"), ('<a title="*">*', '<a title="*">*')],
    "line breaks": [("a  \nb", "a\nb"), ("a\\\nb", "a\nb"), ("a\nb", "a\nb"), ("# a\\", "a\\")],
}


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        pytest.param(*example, id=f"{section}-{index}")
        for section, of in EXAMPLES.items()
        for index, example in enumerate(of)
    ],
)
def test_a_construct_is_shown_as_its_section_says(source: str, rows: str) -> None:
    assert shown(source, 60) == rows
