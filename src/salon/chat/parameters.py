"""With what a model is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from salon.chat.blocks import Block
from salon.chat.model import ModelInfo
from salon.chat.tools import SERVER_TOOLS


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """With what a session asks, apart from the conversation itself."""

    model: ModelInfo
    system: str = ""
    effort: str = ""
    """"" leaves it to the model."""
    max_tokens: int = 0
    """0 leaves it to the model's limit."""
    show_thinking: bool = True
    anthropic_host: bool = True
    """Whether the host is Anthropic's own; others are asked for nothing that the protocol's core does not have."""
    schema: Mapping[str, Any] | None = None
    """The JSON Schema that answers have to fit; None for answers in words."""
    tools: tuple[Block, ...] = ()
    """The definitions of the tools that a new chat begins with."""
    server_tools_when: str = "auto"
    """Whether the server's own tools are asked for: "auto", "always" or "never"."""
    cache: str = "5m"
    """How long the API keeps what it has read, "" for not at all."""
    begins_with: str = ""
    """A message before which nothing is sent, beside those that the session names."""
    compact: bool = False
    """Whether the API is asked to summarise the conversation instead of answering it."""

    @property
    def server_tools(self) -> frozenset[str]:
        """The server's own tools that can be asked for: the model's on Anthropic's host, unless the person says so."""
        if self.server_tools_when == "auto":
            return self.model.server_tools if self.anthropic_host else frozenset()
        return SERVER_TOOLS if self.server_tools_when == "always" else frozenset()
