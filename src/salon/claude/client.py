"""The client that a turn asks: ready when it is needed, and every failure a `Fault`."""

import asyncio
import json
import os
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from salon.chat.events import ApiEvent, Connected, Waiting, WireEvent
from salon.chat.model import ModelInfo
from salon.chat.request import repaired
from salon.chat.turn import Request, RetryControl
from salon.claude import models
from salon.claude.address import DEFAULT_BASE_URL, check_base_url, host_of, is_anthropic
from salon.claude.circumstances import Circumstances, internal, no_key, not_the_api, unsendable_key, web_page
from salon.claude.credentials import Credentials
from salon.claude.faults import fault_of
from salon.claude.network_faults import fault_of_setup
from salon.claude.pacing import Pace, Place
from salon.claude.request_size import characters_of, has_attachments, size_of
from salon.claude.retry import RetryPolicy, with_retries
from salon.claude.sdk import KeyHeader, Sdk, Timeouts, build_sdk, import_sdk, silence_deprecations
from salon.claude.status_faults import SIZE_LIMIT, too_large
from salon.claude.stream import SDK_FAILURES, arguments, attempt
from salon.claude.waking import given_up_after_sleep
from salon.errors import Fault, FaultKind, UsageError
from salon.words import tr

if TYPE_CHECKING:
    import httpx2

_NO_SUCH_PAGE = (404, 405, 501)
_MODEL_PAGES = 10
"""How many pages of models are asked for at most; a page has up to a thousand."""


class ApiClient:
    """The Messages API at one address with one key. Cheap to construct; nothing is imported before `prepare`.

    `called` is its name in sentences, where its host would tell a person nothing. `transport` makes the httpx2
    transport in place of the network's, for tests.
    """

    def __init__(
        self,
        credentials: Credentials | None,
        base_url: str | None = None,
        *,
        key_header: KeyHeader = "authorization",
        timeouts: Timeouts | None = None,
        retries: RetryPolicy | None = None,
        called: str = "",
        transport: "Callable[[], httpx2.AsyncBaseTransport] | None" = None,
        pace: Pace | None = None,
    ) -> None:
        self.credentials = credentials
        self._chosen_url = check_base_url(base_url) if base_url else None
        self._key_header: KeyHeader = key_header
        self._timeouts = timeouts or Timeouts()
        self._retries = retries or RetryPolicy()
        self._called = called
        self._pace = pace or Pace()
        self._transport = transport
        self._sdk: Sdk | None = None
        self._preparing: asyncio.Task[Sdk | Fault] | None = None

    @property
    def base_url(self) -> str:
        """Where requests go; before `prepare` a profile's own address is not known yet."""
        return self._sdk.base_url if self._sdk else self._chosen_url or DEFAULT_BASE_URL

    @property
    def host(self) -> str:
        """Host and port, to be shown when they are not Anthropic's."""
        return host_of(self.base_url)

    @property
    def anthropic_host(self) -> bool:
        """Whether the host is Anthropic's own."""
        return is_anthropic(self.host)

    async def prepare(self) -> None:
        """Import and build what a request needs, once for all who wait; raises `Fault`, and may be called again."""
        await self._ready()

    async def stream(self, request: Request, control: RetryControl) -> AsyncGenerator[WireEvent, None]:
        """Ask, and yield what comes; see `salon.chat.turn.Client`."""
        body = dict(request.body)
        at = self._circumstances(body)

        async def once() -> AsyncGenerator[Connected | Waiting | ApiEvent, None]:
            sdk = await self._ready()
            self._check_before_sending(at, body)
            place = self._pace.queue(request.model, body)
            try:
                async with aclosing(_in_turn(place, control)) as waits:
                    async for wait in waits:
                        yield wait
                silence_deprecations()
                at_once = self._circumstances(body)
                known = sdk.message_parameters
                asked = attempt(sdk.client, body, known, at_once, place, request.betas)
                async with aclosing(asked), aclosing(given_up_after_sleep(asked, at_once)) as events:
                    async for event in events:
                        yield event
            finally:
                place.leave()

        def remedy(fault: Fault) -> str:
            return self._renew_sign_in(fault) or _repair(fault, body)

        async with aclosing(with_retries(once, control, self._retries, remedy)) as events:
            async for event in events:
                yield event

    async def count_tokens(self, request: Request) -> int | None:
        """How many tokens the request's prompt has; None where the server does not count. Raises `Fault`."""
        sdk = await self._ready()
        silence_deprecations()
        body = {key: value for key, value in request.body.items() if key != "max_tokens"}
        call = sdk.client.messages.with_raw_response.count_tokens(
            **arguments(body, sdk.count_parameters, request.betas)
        )
        reply = await self._json(call, self._circumstances(body))
        tokens = reply.get("input_tokens") if isinstance(reply, dict) else None
        return tokens if isinstance(tokens, int) else None

    async def list_models(self) -> list[ModelInfo]:
        """The models that the server offers, in its order; empty where it has no list. Raises `Fault`."""
        sdk = await self._ready()
        found: dict[str, ModelInfo] = {}
        after: dict[str, str] = {}
        # Only the beta's list says whether a model can compact; another server would have to know the beta's address.
        listed: Any = sdk.client.beta.models if self.anthropic_host else sdk.client.models
        for _ in range(_MODEL_PAGES):
            call = listed.with_raw_response.list(limit=1000, **after)
            reply = await self._json(call, self._circumstances())
            entries = reply.get("data") if isinstance(reply, dict) else reply
            for entry in entries if isinstance(entries, list) else ():
                if isinstance(entry, dict) and (info := models.from_api(entry)) is not None:
                    found.setdefault(info.id, info)
            last = reply.get("last_id") if isinstance(reply, dict) and reply.get("has_more") is True else None
            if not isinstance(last, str) or last == after.get("after_id"):
                break
            after = {"after_id": last}
        return list(found.values())

    async def check(self) -> None:
        """One cheap call that shows whether the key is accepted; raises `Fault` when not.

        A server without a list of models cannot be checked this way and passes.
        """
        sdk = await self._ready()
        await self._json(sdk.client.models.with_raw_response.list(limit=1), self._circumstances())

    async def download(self, file_id: str, largest: int) -> tuple[str, bytes]:
        """A file of the Files API: its name there, raw, and its content of at most `largest` bytes. Raises `Fault`."""
        import anthropic
        import httpx2

        sdk = await self._ready()
        at = self._circumstances()
        about = await self._json(sdk.client.files.with_raw_response.retrieve_metadata(file_id), at)
        if not isinstance(about, dict):
            raise not_the_api(at, status=404)
        name, size = about.get("filename"), about.get("size_bytes")
        content = bytearray()
        try:
            if isinstance(size, int) and size > largest:
                raise _too_large_to_download(largest)
            async with sdk.client.files.with_streaming_response.download(file_id) as response:
                async for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > largest:
                        raise _too_large_to_download(largest)
            return name if isinstance(name, str) else file_id, bytes(content)
        except (anthropic.AnthropicError, httpx2.HTTPError, *SDK_FAILURES) as problem:
            fault = fault_of(problem, at)
        raise fault  # outside of the handler: the exception it was made of may hold the key

    async def aclose(self) -> None:
        """Close all connections. The client can be used again and makes new ones."""
        preparing, self._preparing = self._preparing, None
        if preparing is not None:
            await asyncio.wait([preparing])
        sdk, self._sdk = self._sdk, None
        if sdk is not None:
            await sdk.client.close()

    async def _ready(self) -> Sdk:
        if self._sdk is not None:
            return self._sdk
        if self.credentials is None and self.anthropic_host:
            raise no_key(self._circumstances())
        if self.credentials is not None and not self.credentials.sendable:
            raise unsendable_key(self._circumstances())
        if self._preparing is None:
            self._preparing = asyncio.create_task(self._build())
        task = self._preparing
        # One caller that is cancelled must not take the client from the others.
        built = await asyncio.shield(task)
        if isinstance(built, Fault):
            if self._preparing is task:
                self._preparing = None
            raise replace(built)
        return built

    async def _build(self) -> Sdk | Fault:
        built = await asyncio.to_thread(self._build_in_thread)
        if isinstance(built, Sdk):
            self._sdk = built
        return built

    def _build_in_thread(self) -> Sdk | Fault:
        at = self._circumstances()
        try:
            import_sdk()
        except ImportError as problem:
            return internal(problem, at)
        import anthropic

        try:
            return build_sdk(
                self._chosen_url, self.credentials, self._key_header, self._timeouts, self._transport, local=at.local
            )
        except UsageError as problem:
            return Fault(FaultKind.BAD_ADDRESS, problem.what, problem.now, ("edit_base_url",))
        except (anthropic.AnthropicError, UnicodeEncodeError, AttributeError, LookupError, RuntimeError) as problem:
            return fault_of(problem, at)
        except (ImportError, ValueError, OSError, TypeError) as problem:
            return fault_of_setup(problem, at)

    async def _json(self, call: Any, at: Circumstances) -> Any:
        """The JSON of a plain request's answer; None where the server has no such page."""
        import anthropic
        import httpx2

        try:
            response = await call
            content_type = response.headers.get("content-type", "").lower()
            fault = (web_page if "html" in content_type else not_the_api)(at, status=response.status_code)
            return json.loads(await response.read())
        except json.JSONDecodeError:
            pass  # then it is what its content type says
        except anthropic.APIStatusError as problem:
            if problem.status_code in _NO_SUCH_PAGE:
                return None
            fault = fault_of(problem, at)
        except (anthropic.AnthropicError, httpx2.HTTPError, httpx2.InvalidURL, *SDK_FAILURES) as problem:
            fault = fault_of(problem, at)
        raise fault  # outside of the handlers: the exception it was made of may hold the key

    def _circumstances(self, body: Mapping[str, Any] | None = None) -> Circumstances:
        body = body or {}
        return Circumstances(
            base_url=self.base_url,
            credentials=self.credentials,
            model=str(body.get("model", "")),
            request_size=lambda: size_of(body),
            has_attachments=has_attachments(body),
            read_timeout=self._timeouts.read,
            connect_timeout=self._timeouts.connect,
            environ=os.environ,
            called=self._called,
        )

    def _check_before_sending(self, at: Circumstances, body: Mapping[str, Any]) -> None:
        """Refuse what Anthropic is known to refuse before megabytes of it are sent."""
        if self.anthropic_host and characters_of(body) > SIZE_LIMIT // 4 and (size := size_of(body)) > SIZE_LIMIT:
            raise too_large(at, size)

    def _renew_sign_in(self, fault: Fault) -> str:
        """Have a rejected token of a profile fetched anew; the SDK does this itself only with its own retries on."""
        profile = self.credentials is not None and self.credentials.kind == "profile"
        cache = self._sdk.client._token_cache if self._sdk is not None else None
        if fault.kind is not FaultKind.REJECTED_KEY or not profile or cache is None:
            return ""
        cache.invalidate()
        return tr("The sign-in had run out and is renewed.")


async def _in_turn(place: Place, control: RetryControl) -> AsyncGenerator[Waiting, None]:
    """Wait until the rate limit leaves room, or until the person does not want to; says so before and after."""
    waited = False
    while seconds := place.seconds():
        waited = True
        yield Waiting(seconds)
        if await control.wait(seconds):
            break
    if waited:
        yield Waiting(0.0)


def _too_large_to_download(largest: int) -> Fault:
    return Fault(
        FaultKind.TOO_LARGE,
        tr("The file is larger than {largest} MB.", largest=largest // 1024**2),
        tr("It was not saved."),
        (),
    )


def _repair(fault: Fault, body: dict[str, Any]) -> str:
    """Reduce the history of a refused request to its text, in place; what was done, in a sentence."""
    if fault.kind is not FaultKind.BAD_HISTORY or (mended := repaired(body)) is None:
        return ""
    body.update(mended)
    return tr("The saved conversation has an unfinished part; it was repaired.")
