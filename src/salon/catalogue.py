"""What is known of models: what servers say, kept in the cache, over the built-in table; a person's prices first."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from salon.chat.model import ModelInfo
from salon.claude import models
from salon.claude.prices import Prices
from salon.demo.models import DEMO_MODEL, MODELS
from salon.errors import Fault
from salon.store.modellists import ModelList, ModelLists
from salon.ui.services import Connection
from salon.words import tr

logger = logging.getLogger(__name__)

FRESH_SECONDS = 24 * 3600
"""How long Anthropic's list serves before it is asked for again; those of other servers are always asked for."""


class Catalogue:
    """The models of all servers of one run."""

    def __init__(self, lists: ModelLists, prices: Prices, clock: Callable[[], float] = time.time) -> None:
        self._lists = lists
        self._prices = prices
        self._clock = clock
        self._offered: dict[str, tuple[str, dict[str, ModelInfo]]] = {}
        """By host, "" for Anthropic's: when it said what it offers, and that."""

    def info(self, model_id: str) -> ModelInfo:
        """What is known of a model, whoever offers it."""
        if model_id.startswith(DEMO_MODEL):
            return self._priced(next((info for info in _demo() if info.id == model_id), ModelInfo(id=model_id)))
        offered = (found[model_id] for _, found in self._offered.values() if model_id in found)
        return self._priced(next(offered, None) or models.known(model_id))

    def offered(self, connection: Connection) -> Sequence[ModelInfo]:
        """The models of a connection, as its server lists them; Anthropic's from the table before it was asked."""
        if connection.demo:
            return [self._priced(info) for info in _demo()]
        _, found = self._of(connection.host)
        if not found:
            return [] if connection.host else self.table()
        return [self._priced(info) for info in found.values()]

    def recall(self, connection: Connection) -> None:
        """Have at hand what a server said of its models earlier; reads a small file."""
        if not connection.demo:
            self._of(connection.host)

    def first(self, connection: Connection) -> str:
        """The model to ask another server for where nobody has chosen one; "" for Anthropic's, or before it was asked.

        Only Anthropic has Salon's own choice; another server may refuse what it does not offer.
        """
        _, found = self._offered.get(connection.host, ("", {}))
        return next(iter(found), "") if connection.host else ""

    def table(self) -> Sequence[ModelInfo]:
        """Anthropic's models as Salon knows them by itself."""
        return [self._priced(info) for info in models.known_models()]

    table_as_of = tr("Salon's own table of {date}", date=models.PRICES_AS_OF)

    def as_of(self, connection: Connection) -> str:
        """Where the list of models comes from, in words; "" where there is nothing to say."""
        if connection.demo:
            return ""
        at, _ = self._of(connection.host)
        if not at:
            return "" if connection.host else self.table_as_of
        return tr("as the server said on {when:%Y-%m-%d %H:%M}", when=datetime.fromisoformat(at).astimezone())

    async def learn(self, connection: Connection, chosen: str) -> str:
        """Know what a first request needs, asking the server only where that is not known yet.

        The result is the model to use where nobody has `chosen` one, "" where Salon's own choice will do. Raises
        `Fault`.
        """
        if connection.demo:
            return ""
        _, found = await asyncio.to_thread(self._of, connection.host)
        known = bool(found) if connection.host else not chosen or bool(self.info(chosen).context)
        if not known:
            found = await self._ask(connection)
        return "" if chosen or not connection.host else next(iter(found), "")

    async def refresh(self, connection: Connection) -> bool:
        """Ask the server again if what it said is old; whether there is anything new. A failure is logged."""
        if connection.demo or (self._is_fresh(connection.host) and not connection.host):
            return False
        _, before = self._of(connection.host)
        try:
            return await self._ask(connection) != before
        except Fault as fault:
            logger.warning("The list of models could not be refreshed: %s", fault.what)
            return False

    async def ask(self, connection: Connection) -> None:
        """Ask the server now. Raises `Fault`."""
        if not connection.demo:
            await self._ask(connection)

    async def _ask(self, connection: Connection) -> dict[str, ModelInfo]:
        found = {info.id: info for info in await connection.client.list_models()}
        if found:
            entries = [models.to_api(info) for info in found.values()]
            kept = await asyncio.to_thread(self._lists.save, connection.host, entries, self._clock())
            self._offered[connection.host] = kept.at, found
        return found

    def _of(self, host: str) -> tuple[str, dict[str, ModelInfo]]:
        if host not in self._offered:
            self._offered[host] = _read(self._lists.load(host))
        return self._offered[host]

    def _is_fresh(self, host: str) -> bool:
        at, _ = self._of(host)
        return bool(at) and 0 <= self._clock() - datetime.fromisoformat(at).timestamp() < FRESH_SECONDS

    def _priced(self, info: ModelInfo) -> ModelInfo:
        return replace(info, prices=self._prices[info.id]) if info.id in self._prices else info


def _read(kept: ModelList) -> tuple[str, dict[str, ModelInfo]]:
    try:
        datetime.fromisoformat(kept.at)
    except ValueError:
        return "", {}
    return kept.at, {info.id: info for entry in kept.entries if (info := models.from_api(entry)) is not None}


def _demo() -> list[ModelInfo]:
    return [info for entry in MODELS.values() if (info := models.from_api(entry)) is not None]
