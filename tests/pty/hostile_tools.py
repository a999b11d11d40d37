"""A server of tools that would rather be obeyed: names, descriptions, results, errors and standard error are hostile.

Run as a program it speaks the Model Context Protocol over its standard streams, and answers what it is asked; its
argument is the folder of `hostile_corpus.py`. The second tool fails, the third ends the server.
"""

import json
import os
import sys
from typing import Any


def answer(method: str, asked: dict[str, Any], words: str) -> dict[str, Any]:
    """The result of one request, or its error under "error"."""
    if method == "initialize":
        about = {"name": words, "version": words, "title": words}
        return {"protocolVersion": asked["protocolVersion"], "capabilities": {"tools": {}}, "serverInfo": about}
    if method == "tools/list":
        schema = {"type": "object", "properties": {words: {"type": "string", "description": words}}}
        names = ("say", "fail", f"odd {words}")
        return {"tools": [{"name": each, "description": words, "inputSchema": schema} for each in names]}
    if method == "tools/call" and asked["name"] == "say":
        return {"content": [{"type": "text", "text": words}], "isError": False}
    if method == "tools/call" and asked["name"] == "fail":
        return {"error": {"code": -32603, "message": words}}
    if method == "tools/call":
        os._exit(3)
    return {"error": {"code": -32601, "message": "no such method"}}


def serve(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()
    for line in sys.stdin:
        request = json.loads(line)
        if "id" not in request:
            continue
        found = answer(request["method"], request.get("params") or {}, words)
        told = {"error": found["error"]} if "error" in found else {"result": found}
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": request["id"], **told}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    from hostile_corpus import hostile_texts, writable

    serve(writable("\n".join(hostile_texts())))
