"""What `salon` does without a screen and without a model, such as `salon sessions list`.

A command is a `Command` in the tuple of its module; `table.py` lists the modules. Nothing in here is imported before
the command line has been found to ask for one.
"""

COMMAND_WORDS = {
    "sessions": "list, show and look after your chats (see salon sessions --help)",
    "export": "write a chat as Markdown, HTML, text or JSON, the same as salon sessions export",
    "import": "take in chats of claude.ai, ChatGPT, Claude Code or Salon, the same as salon sessions import",
    "models": "list the models that can be chosen, with what they read, write, cost and can do",
}
"""The first words of a command line that are no prompt, and what they are for."""
