"""Choosing a model: what is known of each, and the pair that one key goes between."""

from collections.abc import Sequence

from salon.chat.model import ModelInfo
from salon.chat.modelfacts import facts
from salon.ui.picker import PickerScreen, Row
from salon.untrusted import clean_line
from salon.words import tr


def model_rows(models: Sequence[ModelInfo]) -> list[Row]:
    """Models as rows: the name and its id, below it what is known of the model."""
    return [
        Row(
            model.id,
            clean_line(model.label, 40),
            "" if model.label == model.id else clean_line(model.id, 60),
            detail=" · ".join(facts(model)),
        )
        for model in models
    ]


def model_picker(heading: str, models: Sequence[ModelInfo], as_of: str) -> PickerScreen:
    """The list of models to choose one from; `as_of` says where it comes from."""
    about = tr(
        "Dollars are per million tokens.{more}\n", more=tr(" The list is {as_of}.", as_of=as_of) if as_of else ""
    )
    return PickerScreen(heading, model_rows(models), tr("No models are known."), about=about)


def other_favourite(setting: str, current: str) -> str:
    """The model to change to from `current`, of the two that the setting names; "" where it names fewer."""
    pair = favourites(setting)
    if len(pair) < 2:
        return ""
    return pair[1] if current == pair[0] else pair[0]


def favourites(setting: str) -> list[str]:
    """The ids in the setting, at most two."""
    return [each for each in setting.replace(",", " ").split() if each][:2]
