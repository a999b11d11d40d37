"""What a person can set, in `config.toml` or the environment.

The one place for a setting's default, its bounds and its explanation; the documentation is made from it. There is no
secret among the settings, so that the file can be shared.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from salon.toml_text import did_you_mean, parse_leniently, place_of, read_small_file
from salon.untrusted import clean_line
from salon.words import tr, tr_later

ENVIRONMENT_PREFIX = "SALON_"
"""`SALON_MODEL` overrides `model`, and so on for every setting."""

MCP_TABLE = "mcp"
"""The table of `config.toml` that lists tool servers and has no settings in it."""
_KEYS = {"key", "api_key", "apikey", "anthropic_api_key", "auth_token", "anthropic_auth_token", "token", "secret"}
_TRUE = {"true", "yes", "on", "1"}
_FALSE = {"false", "no", "off", "0"}


class Effect(StrEnum):
    """From when on a changed setting holds."""

    AT_ONCE = tr_later("at once")
    NEW_CHATS = tr_later("from the next chat on")
    NEXT_START = tr_later("after a restart")


class Origin(StrEnum):
    """Where the value of a setting comes from; the earlier ones are the stronger."""

    FLAG = tr_later("flag")
    ENVIRONMENT = tr_later("environment")
    FILE = tr_later("file")
    DEFAULT = tr_later("default")


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What a setting may be; everything of its type where nothing is given."""

    help: str
    choices: tuple[str, ...] = ()
    within: tuple[float, float] | None = None
    effect: Effect = Effect.NEXT_START


@dataclass(frozen=True, slots=True)
class Setting:
    """All that can be said of one setting beside its value."""

    name: str
    default: Any
    bounds: _Bounds

    @property
    def environment(self) -> str:
        """The variable that overrides it."""
        return ENVIRONMENT_PREFIX + self.name.upper()

    @property
    def help(self) -> str:
        """What it does, in sentences."""
        return self.bounds.help

    @property
    def choices(self) -> tuple[Any, ...]:
        """All its values, where they can be listed."""
        return (True, False) if isinstance(self.default, bool) else self.bounds.choices

    @property
    def allowed(self) -> str:
        """What it may be, in words."""
        return _allowed(self.bounds, self.default)

    @property
    def effect(self) -> Effect:
        """From when on a change holds."""
        return self.bounds.effect

    def check(self, value: Any) -> Any:
        """`value`, if it may be set. Raises ValueError with what it must be."""
        return _checked(value, self.bounds, self.default)

    def read(self, text: str) -> Any:
        """The value that a person typed. Raises ValueError with what it must be, and the nearest choice."""
        try:
            return self.check(_from_text(text, self.default))
        except ValueError as error:
            raise ValueError(f"{error}.{_nearest_choice(text, self.bounds)}") from None

    def shown(self, value: Any) -> str:
        """A value as a line of the file has it; clean, and cut short where it is long."""
        return _shown(value)

    def literal(self, value: Any) -> str:
        """A value in full, as TOML."""
        # JSON's strings are TOML's but for one character: TOML wants DEL escaped.
        return (
            json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
            if isinstance(value, str)
            else _shown(value)
        )


def _setting(
    default: Any,
    explanation: str,
    *,
    choices: tuple[str, ...] = (),
    within: tuple[float, float] | None = None,
    effect: Effect = Effect.NEXT_START,
) -> Any:
    return field(default=default, metadata={"bounds": _Bounds(explanation, choices, within, effect)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a person has set; every value is of its type and within its bounds."""

    theme: str = _setting(
        "auto",
        tr("The colours, by the name of a theme. auto: theme_dark or theme_light, as the terminal's background is."),
        effect=Effect.AT_ONCE,
    )
    theme_dark: str = _setting(
        "salon-dark",
        tr("The theme for a dark terminal, and for one that does not say what it is."),
        effect=Effect.AT_ONCE,
    )
    theme_light: str = _setting("salon-light", tr("The theme for a light terminal."), effect=Effect.AT_ONCE)
    model: str = _setting(
        "", tr("The model for new sessions, by its id. Empty: Salon chooses."), effect=Effect.NEW_CHATS
    )
    system: str = _setting(
        "",
        tr("The system prompt for new sessions. A session keeps the one that it began with."),
        effect=Effect.NEW_CHATS,
    )
    favourite_models: str = _setting(
        "", tr("Two models, by their ids and with a comma between them, that one key goes back and forth between.")
    )
    effort: str = _setting(
        "",
        tr("How much work the model puts into an answer, where it can be told. Empty: the model's own default."),
        choices=("", "low", "medium", "high", "xhigh", "max"),
        effect=Effect.NEW_CHATS,
    )
    max_tokens: int = _setting(
        0,
        tr("The longest answer, in tokens, thinking included. 0: as long as suits the model."),
        within=(0, 1_000_000),
        effect=Effect.NEW_CHATS,
    )
    thinking: str = _setting(
        "folded",
        tr("How a model's thinking is shown: in one line that can be opened, open, or not at all."),
        choices=("folded", "open", "hidden"),
        effect=Effect.AT_ONCE,
    )
    code_fold_lines: int = _setting(
        100,
        tr("Of a longer block of code the rest is folded, until it is opened. 0: never."),
        within=(0, 1_000_000),
        effect=Effect.AT_ONCE,
    )
    code_lines: str = _setting(
        "wrap",
        tr(
            "What happens to lines of code that are too long: they are wrapped, or run on and can be scrolled sideways."
        ),
        choices=("wrap", "scroll"),
        effect=Effect.AT_ONCE,
    )
    web_search: bool = _setting(
        False,
        tr("Whether new chats may search the web and read pages, by the server's own tools. A search costs $0.01."),
    )
    web_allowed: str = _setting(
        "", tr("The only domains that may be searched and read, with blanks between them. Empty: all.")
    )
    web_blocked: str = _setting(
        "", tr("Domains that may not be searched and read, with blanks between them; not used beside web_allowed.")
    )
    web_max_uses: int = _setting(
        0,
        tr("How many searches, and how many pages, an answer may use. 0: as many as the model wants."),
        within=(0, 1000),
    )
    code_execution: bool = _setting(
        False, tr("Whether new chats may run code in a container of the server's, which has no access to this machine.")
    )
    server_tools: str = _setting(
        "auto",
        tr(
            "Whether the server's own tools are offered: where Anthropic's API says that the model has them, "
            "on every server, or never."
        ),
        choices=("auto", "always", "never"),
    )
    measure: int = _setting(
        100, tr("The widest that running text gets, in columns."), within=(40, 200), effect=Effect.AT_ONCE
    )
    base_url: str = _setting(
        "", tr("Where requests are sent, such as http://localhost:8080. Empty: ANTHROPIC_BASE_URL, or Anthropic's API.")
    )
    api_key_header: str = _setting(
        "authorization",
        tr("The header that carries the key. Some servers that are not Anthropic's want x-api-key."),
        choices=("authorization", "x-api-key"),
    )
    read_timeout: float = _setting(
        60.0,
        tr("Seconds without a sign of life, pings included, after which an answer counts as broken."),
        within=(1, 3600),
    )
    stall_hint: float = _setting(
        15.0,
        tr("Seconds without a sign of life after which the status bar says so."),
        within=(1, 3600),
        effect=Effect.AT_ONCE,
    )
    attempts: int = _setting(5, tr("How often a request is tried before it counts as failed."), within=(1, 20))
    keys: str = _setting(
        "default",
        tr(
            "The keys: Salon's own, nearer to emacs, or with vi's language in the prompt. keys.toml changes "
            "single ones."
        ),
        choices=("default", "vi", "emacs"),
    )
    vi_enter: str = _setting(
        "send",
        tr("What Enter does in vi's insert mode: send, or start a new line. In its normal mode Enter sends."),
        choices=("send", "newline"),
        effect=Effect.AT_ONCE,
    )
    cache: str = _setting(
        "5m",
        tr(
            "How long Anthropic's API keeps what it has read, which makes the next prompt cheap. An hour "
            "costs more to begin with, and pays for chats with long pauses."
        ),
        choices=("5m", "1h", "off"),
    )
    budget_chat: float = _setting(
        0.0,
        tr("US dollars that a chat may cost before Salon asks whether to go on. 0: no budget."),
        within=(0, 1_000_000),
    )
    budget_day: float = _setting(
        0.0, tr("US dollars that a day's chats may cost before Salon asks. 0: no budget."), within=(0, 1_000_000)
    )
    titles: str = _setting(
        "auto",
        tr(
            "Whether one small request to the cheapest model names a chat after its first answer. auto: with "
            "Anthropic's API only; always: with other servers, too, by the model that answers."
        ),
        choices=("auto", "always", "never"),
        effect=Effect.AT_ONCE,
    )
    sidebar: bool = _setting(
        False, tr("Whether the sidebar stays open in terminals of 140 columns and more."), effect=Effect.AT_ONCE
    )
    reduced_motion: bool = _setting(
        False,
        tr(
            "Whether the screen is kept still: an answer appears in steps of a second, clocks count in tens "
            "of seconds, and the terminal's progress bar stays away."
        ),
        effect=Effect.AT_ONCE,
    )
    large_targets: bool = _setting(
        False,
        tr(
            "Whether everything that can be clicked is large, for touch and for hands that tremble: rows, "
            "keys and fields three rows high."
        ),
        effect=Effect.AT_ONCE,
    )
    mouse: bool = _setting(True, tr("Whether Salon takes mouse events. If not, the terminal selects text by itself."))
    notify: str = _setting(
        "auto",
        tr(
            "How you are told that a long answer has ended while the window is not in focus: a desktop "
            "notification where the terminal is known to show one and else the bell, always the bell, or not "
            "at all."
        ),
        choices=("auto", "bell", "off"),
    )
    notify_after: float = _setting(
        10.0, tr("Seconds from which on an answer is long enough for that."), within=(0, 3600)
    )
    terminal_title: bool = _setting(True, tr("Whether the terminal's title names the chat and says how it is."))
    terminal_progress: bool = _setting(
        True, tr("Whether terminals that have a progress bar (OSC 9;4) show that an answer arrives.")
    )
    print_on_exit: bool = _setting(
        False, tr("Whether quitting prints the conversation to the terminal's own scrollback."), effect=Effect.AT_ONCE
    )
    hyperlinks: bool = _setting(
        True, tr("Whether links are marked as links for the terminal (OSC 8). The Linux console never gets them.")
    )
    recall: int = _setting(
        500, tr("How many earlier prompts can be recalled with Up."), within=(0, 100_000), effect=Effect.NEW_CHATS
    )
    paste_chip_lines: int = _setting(
        20, tr("A paste of more lines is shown as a chip in the prompt."), within=(1, 100_000), effect=Effect.AT_ONCE
    )
    paste_chip_chars: int = _setting(
        4000,
        tr("A paste of more characters is shown as a chip in the prompt."),
        within=(1, 10_000_000),
        effect=Effect.AT_ONCE,
    )


SETTINGS = {each.name: Setting(each.name, each.default, each.metadata["bounds"]) for each in fields(Settings)}
"""All settings by name, in the order of their declaration."""


class SettingHelp(NamedTuple):
    """One row of the documentation, all of it text."""

    name: str
    environment: str
    default: str
    allowed: str
    help: str


class Loaded(NamedTuple):
    """The settings, where each that is not at its default has its value from, and what was wrong, in sentences."""

    settings: Settings
    origins: Mapping[str, Origin]
    problems: list[str]


def load_settings(file: Path, environ: Mapping[str, str]) -> tuple[Settings, list[str]]:
    """The settings from `file` and, before those, from the environment; and what was wrong with them, in sentences.

    Never raises: what is wrong is left out and the rest applies. A file that does not exist is no problem.
    """
    loaded = load_with_origins(file, environ)
    return loaded.settings, loaded.problems


def load_with_origins(file: Path, environ: Mapping[str, str]) -> Loaded:
    """As `load_settings`, and where the values come from."""
    values, problems = _from_file(file)
    origins = dict.fromkeys(values, Origin.FILE)
    for setting in SETTINGS.values():
        if given := environ.get(setting.environment, ""):
            try:
                values[setting.name] = setting.check(_from_text(given, setting.default))
                origins[setting.name] = Origin.ENVIRONMENT
            except ValueError as error:
                nearest = _nearest_choice(given, setting.bounds)
                problems.append(
                    tr(
                        "{environment} {error}; it is not used.{nearest}",
                        environment=setting.environment,
                        error=error,
                        nearest=nearest,
                    )
                )
    return Loaded(Settings(**values), origins, problems)


def settings_help() -> list[SettingHelp]:
    """All settings, in the order of their declaration."""
    return [
        SettingHelp(each.name, each.environment, _shown(each.default), each.allowed, each.help)
        for each in SETTINGS.values()
    ]


def _from_file(file: Path) -> tuple[dict[str, Any], list[str]]:
    try:
        text = read_small_file(file)
    except FileNotFoundError:
        return {}, []
    except (OSError, ValueError) as error:
        reason = (error.strerror or tr("unknown error")) if isinstance(error, OSError) else str(error)
        return {}, [
            tr(
                "{file}: the settings cannot be read and are left at their defaults: {reason}.",
                file=file,
                reason=reason,
            )
        ]
    written, problems = parse_leniently(text, str(file))
    values: dict[str, Any] = {}
    for name, value in written.items():
        if name == MCP_TABLE:
            continue  # read by whoever talks with tool servers
        place = place_of(text, str(file), name)
        if name not in SETTINGS:
            problems.append(f"{place}: {about_unknown(name)}")
            continue
        setting = SETTINGS[name]
        try:
            values[name] = setting.check(value)
        except ValueError as error:
            nearest = _nearest_choice(value, setting.bounds)
            problems.append(
                tr(
                    '{place}: "{name}" {error}; {default} is used.{nearest}',
                    place=place,
                    name=name,
                    error=error,
                    default=_shown(setting.default),
                    nearest=nearest,
                )
            )
    return values, problems


def about_unknown(name: str) -> str:
    """What to say of a setting that does not exist."""
    shown = clean_line(name, 60)
    if name.lower().replace("-", "_") in _KEYS:
        return tr(
            '"{shown}" is not read from here, because keys do not belong in a file that one shares. '
            "Set ANTHROPIC_API_KEY, or paste the key when Salon asks for it; it is then kept in "
            "credentials.toml.",
            shown=shown,
        )
    return tr('there is no setting "{shown}".{nearest}', shown=shown, nearest=did_you_mean(name, SETTINGS))


def _checked(value: Any, bounds: _Bounds, default: Any) -> Any:
    """`value`, if it may be set; a whole number does for a fraction. Raises ValueError with what it must be."""
    kind = type(default)
    if kind is float and type(value) is int:
        value = float(value) if abs(value) < 1e9 else value
    too_far = bounds.within is not None and type(value) is kind and not bounds.within[0] <= value <= bounds.within[1]
    if type(value) is not kind or too_far or (bounds.choices and value not in bounds.choices):
        raise ValueError(tr("must be {allowed}, not {value}", allowed=_allowed(bounds, default), value=_shown(value)))
    return value


def _nearest_choice(value: Any, bounds: _Bounds) -> str:
    return did_you_mean(value, filter(None, bounds.choices)) if isinstance(value, str) else ""


def _from_text(text: str, default: Any) -> Any:
    """The value that `text` spells, or `text` itself where it spells none of the right type."""
    if isinstance(default, bool):
        word = text.strip().lower()
        return True if word in _TRUE else False if word in _FALSE else text
    if isinstance(default, int | float):
        try:
            return type(default)(text)
        except ValueError:
            return text
    return text


def _allowed(bounds: _Bounds, default: Any) -> str:
    if bounds.choices:
        return tr("one of ") + ", ".join(map(_shown, bounds.choices))
    kinds = {bool: tr("true or false"), int: tr("a whole number"), float: tr("a number"), str: tr("text")}
    kind = kinds[type(default)]
    return (
        kind
        if bounds.within is None
        else tr("{kind} from {within:,} to {within2:,}", kind=kind, within=bounds.within[0], within2=bounds.within[1])
    )


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, str):
        return f'"{clean_line(value, 60)}"'
    if isinstance(value, dict | list):  # TOML can nest these deeper than `repr` can follow
        return tr("a table") if isinstance(value, dict) else tr("a list")
    return clean_line(repr(value), 60)
