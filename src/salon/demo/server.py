"""The demo's server: a thread with a loop of its own, bound to loopback, for this process alone.

Its own loop keeps the pace of the answers apart from the work of the screen, as a server far away would.
"""

import asyncio
import secrets
import threading
from types import TracebackType
from typing import Self

from salon.demo.api import Api
from salon.demo.http1 import HEAD_LIMIT, Connection

REQUEST_LIMIT = 32 * 1024 * 1024
"""The API's own limit for a request's body, in bytes."""


class DemoServer:
    """A Messages API with scripted answers at `base_url`, for whoever has `api_key`.

    `pace` multiplies all times of the answers: 1 is like a model, 0 as fast as possible. The key is random, so another
    user of the same machine cannot use the server. Usable with `with` and `async with`; starts once.
    """

    def __init__(self, pace: float = 1.0, *, request_limit: int = REQUEST_LIMIT) -> None:
        self.api_key = f"sk-ant-demo-{secrets.token_urlsafe(24)}"
        self.base_url = ""
        """Set by `start`, as `http://127.0.0.1:PORT`."""
        self._api = Api(api_key=self.api_key, pace=pace, request_limit=request_limit)
        self._connections: set[asyncio.Task[None]] = set()
        self._started = threading.Event()
        self._failure: OSError | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="salon-demo", daemon=True)

    def start(self) -> str:
        """Start and return the base URL; blocks for some milliseconds. Raises `OSError` where no port can be had."""
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            raise self._failure
        return self.base_url

    def stop(self) -> None:
        """Cut all connections and end the thread; may be called again, and where nothing was started."""
        if self._loop is not None and self._thread.is_alive():
            try:
                self._loop.call_soon_threadsafe(self._stopping.set)
            except RuntimeError:
                pass  # the loop has closed in this very moment
        if self._thread.ident is not None:
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.stop)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=HEAD_LIMIT)
        except OSError as error:
            self._failure = error
            self._started.set()
            return
        self.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._started.set()
        await self._stopping.wait()
        server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # asyncio runs every client in a task
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        connection = Connection(reader, writer)
        try:
            while await self._api.exchange(connection):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            pass  # the client went away or fell silent
        except asyncio.CancelledError:
            connection.abort()  # `stop`; swallowed, because asyncio would print the cancelled task to stderr
        finally:
            await connection.close()
