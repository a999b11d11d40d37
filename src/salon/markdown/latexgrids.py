"""LaTeX's environments of rows and columns."""

from salon.markdown.mathnodes import Grid, Node, UndrawableError

_MATRICES = {
    "matrix": ("", ""),
    "smallmatrix": ("", ""),
    "pmatrix": ("(", ")"),
    "bmatrix": ("[", "]"),
    "Bmatrix": ("{", "}"),
    "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"),
}
_PAIRS = frozenset({"aligned", "align", "alignat", "alignedat", "split", "eqnarray", "flalign"})
_CENTRED = frozenset({"gather", "gathered", "multline", "equation", "subequations"})
_CASES = frozenset({"cases", "dcases"})


def grid_of(name: str, columns: str, rows: tuple[tuple[Node, ...], ...]) -> Grid:
    """The grid for an environment, its name without a star; `columns` is an array's specification.

    Raises `UndrawableError` for other environments.
    """
    if name in _MATRICES:
        left, right = _MATRICES[name]
        return Grid(rows, left=left, right=right)
    if name in _PAIRS:
        return Grid(rows, pairs=True)
    if name in _CENTRED:
        return Grid(rows)
    if name in _CASES:
        return Grid(rows, columns="l", left="{", is_loose=True)
    if name == "rcases":
        return Grid(rows, columns="l", right="}", is_loose=True)
    if name == "array":
        return Grid(rows, columns="".join(char for char in columns if char in "lcr") or "c")
    raise UndrawableError(f"{name} is no known environment")
