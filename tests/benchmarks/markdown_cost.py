"""What laying out Markdown costs, as JSON: ``python tests/benchmarks/markdown_cost.py [shape ...]``.

For each shape: the CPU seconds of loading and of streaming 100 KB (20 characters a delta, an update every 400), their
ratio, how the cost of streaming grows from 100 KB to 1 MB (1.0: linearly), the longest update with a budget of 10 ms
(in milliseconds of CPU), and the memory of a loaded layout as a multiple of its source.
"""

import gc
import json
import math
import sys
import tracemalloc
from time import process_time

from salon.markdown import Document, MarkdownLines

_WORDS = "Because the **shorter** the wavelength, the more `strongly` air scatters *it*; see [this](http://host/a_b). "


def shapes(size: int) -> dict[str, str]:
    """Documents of about `size` characters by name."""
    sentence = _WORDS
    code = "def scattering(wavelength):\n    # the fourth power\n    return 'x' * wavelength ** -4\n\n"
    grid = "| a | b |\n|---|---|\n| 1 | 2 |\n"
    mixed = f"## Heading\n\n{sentence * 3}\n\n- one {sentence}\n- two\n\n```python\n{code * 3}```\n\n{grid}\n"
    row = "| Rayleigh scattering | `lambda ** -4` | 1234.5 | a longer cell that needs to wrap somewhere or other |\n"
    units = {
        "paragraphs": ("", sentence * 4 + "\n\n", ""),
        "mixed": ("", mixed, ""),
        "fence": ("```python\n", code, "```\n"),
        "fence without language": ("```\n", code, "```\n"),
        "table": ("| What | Formula | Value | Notes |\n|---|:-:|--:|---|\n", row, ""),
        "list": ("", f"- {sentence}\n", ""),
        "nested list": ("", f"- {sentence}\n  - {sentence}\n    1. {sentence}\n", ""),
        "quote": ("", f"> {sentence}\n>\n", ""),
        "one line": ("", sentence, ""),
    }
    return {name: before + unit * max(1, size // len(unit)) + after for name, (before, unit, after) in units.items()}


def load(text: str) -> MarkdownLines:
    document = Document(text)
    document.finish()
    layout = MarkdownLines(document, 120)
    layout.update()
    return layout


def stream(text: str) -> None:
    document = Document()
    layout = MarkdownLines(document, 120)
    for position in range(0, len(text), 20):
        document.append(text[position : position + 20])
        if position % 400 == 380:
            layout.update()
    document.finish()
    layout.update()


def longest_update(text: str) -> float:
    """CPU seconds of the longest update with a budget of 10 ms, while loading and while streaming."""
    worst = 0.0
    for delta in (len(text), 400):
        document = Document()
        layout = MarkdownLines(document, 120)
        for position in range(0, len(text), delta):
            document.append(text[position : position + delta])
            if position + delta >= len(text):
                document.finish()
            done = False
            while not done:
                begin = process_time()
                done = layout.update(0.01)
                worst = max(worst, process_time() - begin)
    return worst


def cpu(work: object, text: str) -> float:
    gc.collect()
    begin = process_time()
    work(text)  # type: ignore[operator]
    return process_time() - begin


def memory(text: str) -> float:
    gc.collect()
    tracemalloc.start()
    layout = load(text)
    gc.collect()
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return used / len(text) if layout.height else 0.0


def measure(small: str, large: str) -> dict[str, float]:
    load(small)
    loading, streaming, long = cpu(load, small), cpu(stream, small), cpu(stream, large)
    return {
        "load": round(loading, 3),
        "stream": round(streaming, 3),
        "ratio": round(streaming / loading, 2),
        "exponent": round(math.log(long / streaming) / math.log(len(large) / len(small)), 2),
        "longest_update_ms": round(longest_update(small) * 1000, 1),
        "memory": round(memory(small), 1),
    }


if __name__ == "__main__":
    small, large = shapes(100_000), shapes(1_000_000)
    wanted = sys.argv[1:] or list(small)
    print(json.dumps({name: measure(small[name], large[name]) for name in wanted}, indent=1))
