"""What can be typed behind a slash in lines."""

import asyncio
from collections.abc import Sequence

from salon.chat.library import Library
from salon.errors import CredentialsError
from salon.guide import TOPICS, page
from salon.linear.conversation import Command, Linear
from salon.linear.reading import Reader, make_editable
from salon.linear.spoken import Speaker
from salon.linear.telling import said
from salon.untrusted import clean, clean_line
from salon.wiring import House
from salon.words import tr


async def _help(linear: Linear, words: str) -> None:
    for command in COMMANDS.values():
        linear.say(f"/{command.name}: {command.help}")


async def _new(linear: Linear, words: str) -> None:
    await linear.leave_for(None)
    linear.say(tr("A new chat."))


async def _open(linear: Linear, words: str) -> None:
    found = await asyncio.to_thread(lambda: linear.library.find(words) if words else linear.library.list())
    others = [session for session in found if session.id != linear.session.id]
    if not others:
        linear.say(tr("No other chat has these words.") if words else tr("There is no other chat."))
        return
    names = [clean_line(session.name, 80) or tr("(no title)") for session in others]
    chosen = 0 if words and len(others) == 1 else await linear.choose(tr("Which chat?"), names)
    if chosen is not None:
        await linear.leave_for(others[chosen].id)


async def _model(linear: Linear, words: str) -> None:
    known = linear.house.models_of(linear.connection)
    fitting = [model for model in known if words.casefold() in f"{model.id} {model.label}".casefold()]
    if not fitting:
        linear.say(tr("No model is called that."))
        return
    names = [clean_line(model.label, 60) for model in fitting]
    chosen = 0 if words and len(fitting) == 1 else await linear.choose(tr("Which model?"), names)
    if chosen is not None:
        model = fitting[chosen]
        linear.session.wish(model=model.id)
        linear.session.adopt(linear.house.parameters(linear.connection, model.id))
        if linear.session.conversation.messages:
            await linear.session.set("model", model.id)
        linear.say(tr("{name} from now on.", name=names[chosen]))


async def _read(linear: Linear, words: str) -> None:
    count = int(words[:9]) if words.isdecimal() else 1
    path = [message for message in linear.session.path if not message.seam]
    for message in path[-max(1, count) :]:
        for line in said(message):
            linear.say(line)


async def _edit(linear: Linear, words: str) -> None:
    draft = linear.session.edit_last_prompt()
    if not draft.text:
        linear.say(tr("There is no prompt to change."))
        return
    linear.say(tr("It was: {text}", text=clean(draft.text)))
    text = await linear.reader.text(tr("Now: "))
    if text is None or not text.strip():
        linear.session.stop_editing()
        linear.say(tr("It stays as it was."))
    else:
        await linear.ask(text)


async def _attach(linear: Linear, words: str) -> None:
    await linear.attach(words)


async def _system(linear: Linear, words: str) -> None:
    if words and linear.session.conversation.written:
        linear.say(tr("A chat that has begun keeps its system prompt. /new starts one that can have another."))
        return
    if words:
        linear.session.wish(system=words)
        linear.session.adopt(linear.session.parameters)
    told = clean(linear.session.parameters.system)
    linear.say(tr("System prompt: {told}", told=told) if told else tr("This chat has no system prompt."))


async def _title(linear: Linear, words: str) -> None:
    if words:
        await linear.session.set("title", clean_line(words, 80))
    linear.say(tr("Title: {title}", title=clean_line(linear.session.conversation.title, 80) or tr("none yet")))


async def _manual(linear: Linear, words: str) -> None:
    if words in TOPICS:
        speaker = Speaker()
        for line in [*speaker.feed(page(words)), *speaker.finish()]:
            linear.say(line)
    else:
        linear.say(tr("The pages are: {topics}.", topics=", ".join(TOPICS)))


async def _again(linear: Linear, words: str) -> None:
    await linear.retry()


async def _go_on(linear: Linear, words: str) -> None:
    await linear.go_on()


async def _quit(linear: Linear, words: str) -> None:
    linear.over = True


COMMANDS = {
    command.name: command
    for command in (
        Command("help", tr("say these commands"), _help),
        Command("new", tr("begin another chat"), _new),
        Command("open", tr("open an earlier chat, by words of its title"), _open),
        Command("read", tr("read the last message, or as many as you say"), _read),
        Command("retry", tr("ask for the last answer again; the first one is kept"), _again),
        Command("continue", tr("have an answer that was cut go on"), _go_on),
        Command("edit", tr("change the last prompt; the first one is kept"), _edit),
        Command("attach", tr("send a file along with the next prompt"), _attach),
        Command("model", tr("choose another model"), _model),
        Command("system", tr("say what the model is told before a new chat, or change it"), _system),
        Command("title", tr("say the chat's title, or change it"), _title),
        Command("manual", tr("read a page of the manual"), _manual),
        Command("quit", tr("end; everything is kept"), _quit),
    )
}


def talk(house: House, library: Library, session_id: str | None, prompt: str, attach: Sequence[str]) -> int:
    """Talk in lines until the person ends it; the exit code. Raises `SalonError`."""
    connection = house.connect()
    if connection is None:
        raise CredentialsError(tr("No API key yet."), tr("Set ANTHROPIC_API_KEY, or try salon --accessible --demo."))
    make_editable()

    async def run() -> int:
        return await Linear(house, library, connection, Reader(), COMMANDS).run(session_id, prompt, attach)

    return asyncio.run(run())
