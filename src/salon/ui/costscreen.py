"""What was spent: on the last answer, in this chat, today, this month, and on which models."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from rich.table import Table
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from salon.chat import spending
from salon.chat.numbers import dollars, short_number
from salon.chat.spending import Ledger, Spent
from salon.ui.keyline import LOW, KeyLine
from salon.untrusted import clean_line
from salon.words import tr

_DAYS = 7
_MONTHS = 6
_AROUND = 7
"""Rows that a screen needs around the sums, for its heading and its keys."""
_NARROW = 60
"""Cells; on a narrower screen tokens have no column of their own."""


@dataclass(frozen=True, slots=True)
class ChatCosts:
    """What the chat that is shown has cost."""

    answer: Spent | None = None
    """The last answer, or the one that is being read."""
    detail: str = ""
    """Of which tokens the last answer was made up."""
    chat: Spent = field(default_factory=Spent)
    budget_chat: float = 0.0
    budget_day: float = 0.0
    is_last: bool = True
    """Whether the answer is the last one, and not the one that is being read."""
    beside: Spent = field(default_factory=Spent)
    """What was asked beside the answers: the chat's title."""


class CostScreen(ModalScreen[None]):
    """The sums; those of all chats come a moment later, with `show_ledger`."""

    BINDINGS = [Binding("escape,q", "leave", "Leave", show=False)]  # noqa: RUF012 - Textual's own convention

    def __init__(self, costs: ChatCosts, today: str, name_of: Callable[[str], str]) -> None:
        """`today` is YYYY-MM-DD; `name_of` gives a model's name for its id."""
        super().__init__()
        self._costs = costs
        self._today = today
        self._name_of = name_of
        self._entries: Ledger | None = None

    def compose(self) -> ComposeResult:
        """Heading, tables, hint."""
        with Vertical(classes="panel"):
            yield Static(tr("Costs, in US dollars"), classes="heading", markup=False)
            with VerticalScroll():
                yield Static("", id="costs", markup=False)
                yield Static(
                    tr(
                        "\n"
                        "At the prices of today, which prices.toml can change. Not counted: temporary chats, "
                        "and chats that were removed for ever."
                    ),
                    classes="faint",
                    markup=False,
                )
            yield KeyLine(tr("↑ ↓ scroll · Esc leaves"), classes="faint")

    def on_resize(self, event: events.Resize) -> None:
        """The sums scroll where they do not fit; where there is little room, leave the air out."""
        low = event.size.height < LOW
        self.set_class(low, "-low")
        self.query_one(VerticalScroll).styles.max_height = None if low else event.size.height - _AROUND
        self._show()

    def on_mount(self) -> None:
        """Show what is known at once."""
        self._show()

    def show_ledger(self, entries: Ledger) -> None:
        """Show the sums over all chats."""
        self._entries = entries
        if self.is_mounted:
            self._show()

    def action_leave(self) -> None:
        """Back to the chat."""
        self.dismiss(None)

    def _show(self) -> None:
        costs, entries = self._costs, self._entries
        table = Table.grid(padding=(0, 2))
        if self.app.size.width >= _NARROW:
            table.add_column(min_width=16, max_width=34, no_wrap=True, overflow="ellipsis")
            table.add_column(justify="right", min_width=9, no_wrap=True)
            table.add_column(ratio=1)
        else:
            table.add_column(ratio=1)
            table.add_column(justify="right", min_width=9, no_wrap=True)
        _heading(table, tr("This chat"))
        if costs.answer is not None:
            _add(table, tr("last answer") if costs.is_last else tr("this answer"), amount(costs.answer), costs.detail)
        whole = costs.chat + costs.beside
        if costs.beside.tokens_in:
            _row(table, tr("all answers"), costs.chat)
            _row(table, tr("its title"), costs.beside)
            _row(table, tr("in all"), whole, _of(whole, costs.budget_chat))
        else:
            _row(table, tr("all answers"), whole, _of(whole, costs.budget_chat))
        if entries is None:
            _heading(table, tr("All chats"))
            _add(table, tr("Looking …"))
        else:
            self._add_all(table, entries)
        self.query_one("#costs", Static).update(table)

    def _add_all(self, table: Table, entries: Ledger) -> None:
        today, month = spending.within(entries, self._today), spending.within(entries, self._today[:7])
        _heading(table, tr("All chats"))
        spent_today = spending.total(today)
        _row(table, tr("today"), spent_today, _of(spent_today, self._costs.budget_day))
        _row(table, tr("this month"), spending.total(month))
        named: dict[str, Spent] = {}
        for model, spent in spending.models(month).items():  # a model may go by several ids
            name = self._name_of(model) or tr("(no model)")
            named[name] = named.get(name, Spent()) + spent
        _rows(table, tr("By model, this month"), named)
        _rows(table, tr("By day"), _first(spending.days(entries), _DAYS))
        _rows(table, tr("By month"), _first(spending.months(entries), _MONTHS))


def _first(rows: Mapping[str, Spent], count: int) -> Mapping[str, Spent]:
    return dict(list(rows.items())[:count])


def _heading(table: Table, words: str) -> None:
    table.add_row()
    table.add_row(Text(words, "bold"))


def _rows(table: Table, heading: str, rows: Mapping[str, Spent]) -> None:
    if rows:
        _heading(table, heading)
    for name, spent in rows.items():
        _row(table, clean_line(name, 60), spent)


def _row(table: Table, name: str, spent: Spent, budget: str = "") -> None:
    _add(table, name, amount(spent), " · ".join(filter(None, (budget, tokens(spent)))))


def _add(table: Table, name: str, cost: str = "", told: str = "") -> None:
    """A row; where there are but two columns, what is told of the cost stands below its name."""
    if len(table.columns) > 2:
        table.add_row(name, cost, Text(told, "dim"))
    else:
        table.add_row(Text.assemble(name, (f"\n  {told}" if told else "", "dim")), cost)


def _of(spent: Spent, budget: float) -> str:
    if not budget:
        return ""
    return tr(
        "{cost:.0%} of {decimal}",
        cost=(spent.cost or Decimal(0)) / Decimal(str(budget)),
        decimal=dollars(Decimal(str(budget))),
    )


def amount(spent: Spent) -> str:
    """What it cost; a lower bound has a mark, what nobody knows is called unknown."""
    if not spent.tokens_in and not spent.tokens_out:
        return "$0.00"
    return f"{'≥ ' if spent.unpriced and spent.cost is not None else ''}{dollars(spent.cost)}"


def tokens(spent: Spent) -> str:
    """What was read, written and searched."""
    if not spent.tokens_in and not spent.tokens_out:
        return ""
    told = tr(
        "{tokens_in} in, {tokens_out} out",
        tokens_in=short_number(spent.tokens_in),
        tokens_out=short_number(spent.tokens_out),
    )
    return told + (tr(", {searches:,} searches", searches=spent.searches) if spent.searches else "")
