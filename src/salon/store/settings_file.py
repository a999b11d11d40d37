"""The settings as they are now, and changing one of them in `config.toml` beside a person's own comments and order."""

import threading
import tomllib
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from salon.errors import StoreError, UsageError
from salon.settings import SETTINGS, Origin, Setting, about_unknown, load_with_origins
from salon.store.alone import alone
from salon.store.files import FileLayer, OperatingSystem, reason_of, write_atomically
from salon.toml_text import place_of, read_small_file, shown_path
from salon.untrusted import clean_line
from salon.words import tr


class FileSettings:
    """The settings of one run. Whoever has it may change them; the methods that do block and raise `StoreError`.

    `flags` are the values that the command line gives, by the name of the setting; `locks` is the directory in which
    processes agree on who changes the file.
    """

    def __init__(
        self,
        file: Path,
        environ: Mapping[str, str],
        flags: Mapping[str, str] | None = None,
        files: FileLayer | None = None,
        locks: Path | None = None,
    ) -> None:
        self._file = file
        self._locks = locks
        self._files = files or OperatingSystem()
        self._flags = {name: value for name, value in (flags or {}).items() if value}
        loaded = load_with_origins(file, environ)
        self.settings = loaded.settings
        """As they are now; a flag's value is not among them, because it is meant for one run."""
        self.problems = loaded.problems
        """What was wrong when they were read, in sentences."""
        self._origins = dict(loaded.origins)
        self._places: dict[str, str] = {}
        self._note_places()
        self._one_at_a_time = threading.Lock()

    @property
    def place(self) -> str:
        """The path of the file, clean."""
        return shown_path(self._file)

    def value(self, name: str) -> Any:
        """What holds in this run."""
        return self._flags.get(name, getattr(self.settings, name))

    def origin(self, name: str) -> Origin:
        """Where that comes from."""
        return Origin.FLAG if name in self._flags else self._origins.get(name, Origin.DEFAULT)

    def source(self, name: str) -> str:
        """The same in words that help to find it: a flag, a variable, a file and line."""
        origin = self.origin(name)
        if origin is Origin.FLAG:
            return "--" + name.replace("_", "-")
        if origin is Origin.ENVIRONMENT:
            return SETTINGS[name].environment
        if origin is Origin.DEFAULT:
            return "default"
        return self._places.get(name, self.place)

    def _note_places(self) -> None:
        """Remember which line has which setting, so that nobody has to read the file to say so."""
        try:
            text = read_small_file(self._file)
        except (OSError, ValueError):
            return
        written = [name for name, origin in self._origins.items() if origin is Origin.FILE]
        self._places = {name: place_of(text, self.place, name) for name in written}

    def keep(self, name: str, value: Any) -> str:
        """Have a value hold from now on and write it down; what is to be said of that, "" where it simply holds.

        Raises `UsageError` for what cannot be set; then, and with a `StoreError`, everything is as it was.
        """
        setting = _setting_called(name)
        try:
            value = setting.check(value)
        except ValueError as error:
            raise UsageError(f'"{name}" {error}.') from None
        self._write(setting, value)
        return self._adopt(name, value, Origin.FILE)

    def forget(self, name: str) -> str:
        """Take a setting out of the file, so that its default holds again. Says and raises what `keep` does."""
        setting = _setting_called(name)
        self._write(setting, None)
        return self._adopt(name, setting.default, Origin.DEFAULT)

    def _adopt(self, name: str, value: Any, origin: Origin) -> str:
        stronger = self.origin(name)
        if stronger in {Origin.FLAG, Origin.ENVIRONMENT}:
            return tr(
                "It is written down, but {source} is stronger for as long as it is given.", source=self.source(name)
            )
        self.settings = replace(self.settings, **{name: value})
        self._origins[name] = origin
        self._note_places()
        return ""

    def _write(self, setting: Setting, value: Any) -> None:
        nobody_else = nullcontext() if self._locks is None else alone(self._locks, self._file.stem, self._files)
        with self._one_at_a_time, nobody_else:
            try:
                # A link into somebody's collection of dotfiles stays one.
                target = self._file.resolve()
                text = read_small_file(target)
                windows = b"\r\n" in target.read_bytes()
            except FileNotFoundError:
                text, windows = "", False
            except (OSError, ValueError, RuntimeError) as error:  # the last for links that lead to each other, in 3.11
                reason = reason_of(error) if isinstance(error, OSError) else clean_line(str(error))
                raise StoreError(
                    tr("{place} cannot be read, so nothing was written: {reason}.", place=self.place, reason=reason)
                ) from error
            written = with_setting(text, self.place, setting.name, value)
            if written != text:
                try:
                    data = written.replace("\n", "\r\n") if windows else written
                    write_atomically(self._files, target, data.encode("utf-8"))
                except OSError as error:
                    raise StoreError(
                        tr("{place} could not be written: {error}.", place=self.place, error=reason_of(error))
                    ) from error


def with_setting(text: str, name: str, key: str, value: Any) -> str:
    """The TOML in `text` with one key at its top changed, or taken out with None; all else stays as it is written.

    `name` is how sentences call the file. Raises `StoreError` where the text is no TOML, or would not be afterwards.
    """
    import tomlkit  # only whoever changes a setting has to wait for it

    try:
        before = tomllib.loads(text)
        document = tomlkit.parse(text)
        if value is not None:
            document[key] = value
        elif key in document:
            del document[key]
        changed = tomlkit.dumps(document)
        after = tomllib.loads(changed)
    except (ValueError, RecursionError, tomlkit.exceptions.TOMLKitError) as error:
        fix = tr("Mend it by hand first; `salon config edit` opens it.")
        raise StoreError(
            tr("{name} is not TOML as it stands, so nothing was written to it.", name=name), fix
        ) from error
    expected = {each: old for each, old in before.items() if each != key} | ({} if value is None else {key: value})
    if after != expected:
        raise StoreError(
            tr("{name} is written in a way that cannot be changed safely.", name=name), tr("Change it by hand.")
        )
    return changed


def _setting_called(name: str) -> Setting:
    if name not in SETTINGS:
        raise UsageError(about_unknown(name)[:1].upper() + about_unknown(name)[1:])
    return SETTINGS[name]
