"""A server of tools, run as a program: `tool_server.py stdio` or `tool_server.py http PORT`."""

import asyncio
import os
import sys

from mcp.server.mcpserver import MCPServer

server = MCPServer("test")


@server.tool()
def add(a: int, b: int) -> str:
    """Adds two numbers."""
    return str(a + b)


@server.tool()
def environment() -> str:
    """Says what it finds in its environment."""
    return "\n".join(f"{name}={value}" for name, value in sorted(os.environ.items()))


@server.tool()
def hostile() -> str:
    """Answers with what a terminal would obey."""
    return "\x1b]0;owned\x07\x1b[2Jcleared"


@server.tool()
def long(size: int) -> str:
    """Answers at length."""
    return "x" * size


@server.tool()
def fail() -> str:
    """Fails."""
    raise ValueError("it broke")


@server.tool()
def die() -> str:
    """Takes the server down."""
    os._exit(3)


@server.tool()
async def hang() -> str:
    """Never answers."""
    await asyncio.Event().wait()
    return ""


@server.tool(name="odd name!")
def odd() -> str:
    """Has a name that the API does not take."""
    return "odd"


if __name__ == "__main__":
    sys.stderr.write("hello \x1b[31mlog\n")
    sys.stderr.flush()
    if sys.argv[1] == "http":
        server.run("streamable-http", host="127.0.0.1", port=int(sys.argv[2]))
    else:
        server.run("stdio")
