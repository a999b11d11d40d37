"""Several turns of one client at the same time share what the server's headers leave them."""

import asyncio
from contextlib import aclosing

from api.fault_server import FaultServer, streams
from api.harness import REQUEST, client_for
from salon.chat.events import Connected, Waiting, WireEvent
from salon.chat.turn import RetryControl
from salon.claude.client import ApiClient
from waiting import until

LEFT_NONE = {"anthropic_ratelimit_requests_limit": "2", "anthropic_ratelimit_requests_remaining": "0"}
PLENTY = {"anthropic_ratelimit_requests_limit": "600", "anthropic_ratelimit_requests_remaining": "599"}


async def asked(client: ApiClient, control: RetryControl, seen: list[WireEvent]) -> None:
    take = seen.append  # one by one: a test looks while they come
    async with aclosing(client.stream(REQUEST, control)) as events:
        async for event in events:
            take(event)


def waits(seen: list[WireEvent]) -> list[Waiting]:
    return [event for event in seen if isinstance(event, Waiting)]


async def test_turns_that_would_be_too_many_wait_and_say_so(server: FaultServer) -> None:
    client = client_for(server.url)
    server.script(streams(**LEFT_NONE))
    await asked(client, RetryControl(), [])
    seen: list[list[WireEvent]] = [[], [], []]
    tasks = [asyncio.create_task(asked(client, RetryControl(), events)) for events in seen]
    await until(lambda: all(map(waits, seen)), what="three turns that wait")
    assert len(server.asked) == 1  # nothing was sent meanwhile
    assert [round(waits(events)[0].wait, -1) for events in seen] == [30, 60, 60]  # two a minute, a minute at most
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await client.aclose()


async def test_a_person_who_does_not_want_to_wait_goes_now(server: FaultServer) -> None:
    client = client_for(server.url)
    server.script(streams(**LEFT_NONE), streams(**PLENTY))
    await asked(client, RetryControl(), [])
    seen: list[WireEvent] = []
    control = RetryControl()
    task = asyncio.create_task(asked(client, control, seen))
    await until(lambda: waits(seen), what="a wait")
    control.now()
    await task
    assert waits(seen)[-1] == Waiting(0.0)
    assert any(isinstance(event, Connected) for event in seen)
    await client.aclose()


async def test_one_that_stops_waiting_leaves_its_place_to_others(server: FaultServer) -> None:
    client = client_for(server.url)
    server.script(streams(anthropic_ratelimit_requests_limit="2", anthropic_ratelimit_requests_remaining="1"))
    await asked(client, RetryControl(), [])
    blocked: list[WireEvent] = []
    server.script(streams())
    await asked(client, RetryControl(), [])  # the one that was left
    stopped = asyncio.create_task(asked(client, RetryControl(), blocked))
    await until(lambda: waits(blocked), what="a wait")
    stopped.cancel()
    await asyncio.gather(stopped, return_exceptions=True)
    seen: list[WireEvent] = []
    other = asyncio.create_task(asked(client, RetryControl(), seen))
    await until(lambda: waits(seen), what="a wait")
    assert round(waits(seen)[0].wait, -1) == 30  # and not 60
    other.cancel()
    await asyncio.gather(other, return_exceptions=True)
    await client.aclose()


async def test_plenty_is_never_waited_for(server: FaultServer) -> None:
    client = client_for(server.url)
    server.script(streams(**PLENTY))
    seen: list[WireEvent] = []
    await asyncio.gather(*(asked(client, RetryControl(), seen) for _ in range(6)))
    assert not waits(seen)
    assert len(server.asked) == 6
    await client.aclose()
