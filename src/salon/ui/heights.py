"""The heights of many entries, and which of them lies at a given row."""

from collections.abc import Iterable


class Heights:
    """Row counts of entries in order, with sums and look-up in logarithmic time (a Fenwick tree).

    A transcript asks for the entry at a row on every repaint and corrects one estimate at a time, so neither may cost
    more in a conversation of 10,000 messages than in one of ten.
    """

    def __init__(self, heights: Iterable[int] = ()) -> None:
        self._heights = list(heights)
        self._tree: list[int] = []
        self.total = sum(self._heights)
        """The rows of all entries."""
        self._build()

    def __len__(self) -> int:
        return len(self._heights)

    def __getitem__(self, index: int) -> int:
        return self._heights[index]

    def append(self, height: int) -> None:
        """Add an entry at the end."""
        self._heights.append(height)
        self.total += height
        node = len(self._heights)
        below = height
        step = 1
        while step < node & -node:
            below += self._tree[node - step]
            step <<= 1
        self._tree.append(below)

    def set(self, index: int, height: int) -> None:
        """Correct the height of the entry at `index`."""
        change = height - self._heights[index]
        if change == 0:
            return
        self._heights[index] = height
        self.total += change
        node = index + 1
        while node < len(self._tree):
            self._tree[node] += change
            node += node & -node

    def before(self, index: int) -> int:
        """The rows of all entries before `index`."""
        rows = 0
        while index > 0:
            rows += self._tree[index]
            index -= index & -index
        return rows

    def find(self, row: int) -> tuple[int, int]:
        """The index of the entry at `row` and the row within it; past the end, the last entry's last row."""
        index = 0
        rest = max(0, row)
        step = 1 << (len(self._heights)).bit_length()
        while step:
            node = index + step
            if node < len(self._tree) and self._tree[node] <= rest:
                index = node
                rest -= self._tree[node]
            step >>= 1
        if index >= len(self._heights):
            last = len(self._heights) - 1
            return (last, max(0, self._heights[last] - 1)) if last >= 0 else (0, 0)
        return index, rest

    def _build(self) -> None:
        self._tree = [0, *self._heights]
        for node in range(1, len(self._tree)):
            parent = node + (node & -node)
            if parent < len(self._tree):
                self._tree[parent] += self._tree[node]
