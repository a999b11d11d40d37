"""A chat as one HTML file: no scripts, nothing fetched, everything escaped, light or dark as the reader likes it."""

import base64
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from typing import Any

from salon.store.exporting.parts import Part, Piece, pieces
from salon.store.exporting.selecting import Export, Said
from salon.untrusted import clean, clean_line

_SCHEMES = ("http://", "https://", "mailto:")

_STYLE = """
:root { color-scheme: light dark;
  --paper: #fbfaf7; --ink: #23211d; --faint: #77726a; --rule: #dedad2; --accent: #b4532a; --code: #f1eee7; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #1b1a18; --ink: #e6e2da; --faint: #98928a; --rule: #3a3733; --accent: #e08a5f; --code: #262421; }
}
body { margin: 0 auto; max-width: 46rem; padding: 2.5rem 1.25rem 5rem; background: var(--paper); color: var(--ink);
  font: 1.05rem/1.6 Charter, "Iowan Old Style", Georgia, serif; overflow-wrap: break-word; }
header p, .who span, details, .note { color: var(--faint); font-family: system-ui, sans-serif; font-size: 0.85rem; }
h1 { line-height: 1.25; margin-bottom: 0.25rem; }
article { margin-top: 2.25rem; }
.who { font-family: system-ui, sans-serif; font-size: 0.95rem; margin: 0 0 0.5rem; }
.you { border-left: 3px solid var(--accent); padding-left: 1rem; }
.you .words { white-space: pre-wrap; }
a { color: var(--accent); }
pre { background: var(--code); border-radius: 6px; padding: 0.8rem 1rem; overflow-x: auto; }
code, pre { font: 0.9rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
:not(pre) > code { background: var(--code); border-radius: 3px; padding: 0.1em 0.3em; }
details { margin: 0.75rem 0; } summary { cursor: pointer; } details pre { white-space: pre-wrap; }
blockquote { border-left: 3px solid var(--rule); margin-left: 0; padding-left: 1rem; color: var(--faint); }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border-bottom: 1px solid var(--rule); padding: 0.35rem 0.9rem 0.35rem 0; text-align: left; }
.right { text-align: right; } .center { text-align: center; }
hr { border: 0; border-top: 1px solid var(--rule); }
@media print { body { max-width: none; padding: 0; } }
"""


def html(export: Export) -> str:
    """The whole document."""
    title = _escaped(clean_line(export.title, 300))
    digest = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    render = _renderer()
    articles = "\n".join(_article(export, each, render) for each in export.said)
    return f"""<!DOCTYPE html>
<html lang="und">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p>{_escaped(clean_line(" · ".join(export.facts()), 300))}</p>
</header>
<main>
{articles}
</main>
</body>
</html>
"""


def _article(export: Export, each: Said, render: Any) -> str:
    own = each.message.role == "user"
    name = _escaped(clean_line(export.name_of(each.message), 100))
    remarks = _escaped(clean_line(" · ".join(export.remarks(each)), 300))
    told = "\n".join(_piece(piece, own, render) for piece in pieces(each.message, thinking=export.wanted.thinking))
    kind = "you" if own else "answer"
    return f'<article class="{kind}">\n<p class="who"><b>{name}</b> <span>{remarks}</span></p>\n{told}\n</article>'


def _piece(piece: Piece, own: bool, render: Any) -> str:
    heading = _escaped(clean_line(piece.heading, 300))
    match piece.part:
        case Part.WORDS if own:
            return f'<div class="words">{_escaped(clean(piece.text.strip(chr(10))))}</div>'
        case Part.WORDS:
            return f'<div class="words">{render(clean(piece.text))}</div>'
        case Part.THINKING:
            return f"<details><summary>{heading}</summary>\n{render(clean(piece.text))}</details>"
        case Part.CALL | Part.RESULT:
            body = _escaped(clean(piece.text))
            return f"<details><summary>{heading}</summary>\n<pre><code>{body}</code></pre></details>"
        case Part.ATTACHMENT:
            return f'<p class="note">{heading}</p>'
        case Part.SOURCES:
            rows = "\n".join(f"<li>{_link(title, url)}</li>" for title, url in piece.links)
            return f'<ol class="note">\n{rows}\n</ol>'


def _link(title: str, url: str) -> str:
    shown = _escaped(clean_line(title, 300))
    if not _is_harmless(url):
        return shown
    return f'<a href="{_escaped(clean(url))}" rel="noreferrer noopener">{shown}</a>'


def _is_harmless(url: str) -> bool:
    return url.strip().lower().startswith(_SCHEMES)


def _escaped(text: str) -> str:
    return escape(text, quote=True)


def _renderer() -> Any:
    """Markdown to HTML: tags in it are text, links lead to the web or to mail, pictures are links."""
    from markdown_it import MarkdownIt  # only this format needs it

    parser = MarkdownIt("commonmark", {"html": False, "linkify": True})
    parser.enable(["table", "strikethrough", "linkify"])
    parser.validateLink = _is_harmless  # type: ignore[method-assign]

    renderer: Any = parser.renderer

    def link_open(tokens: Sequence[Any], index: int, options: Any, env: Any) -> str:
        tokens[index].attrSet("rel", "noreferrer noopener")
        return str(renderer.renderToken(tokens, index, options, env))

    def cell_open(tokens: Sequence[Any], index: int, options: Any, env: Any) -> str:
        alignment = str(tokens[index].attrs.pop("style", "")).rpartition(":")[2]
        if alignment:
            tokens[index].attrSet("class", alignment)  # the policy lets no style through but the document's own
        return str(renderer.renderToken(tokens, index, options, env))

    def image(tokens: Sequence[Any], index: int, options: Any, env: Any) -> str:
        address = str(tokens[index].attrs.get("src", ""))
        return _link(tokens[index].content or address, address)

    renderer.rules |= {"link_open": link_open, "image": image, "th_open": cell_open, "td_open": cell_open}
    return parser.render
