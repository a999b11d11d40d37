"""Chats from elsewhere: claude.ai, ChatGPT, Claude Code and Salon itself become sessions of one's own.

A module a source turns what it reads into a `ForeignSession`; `planning` makes messages of that, `shelf` puts them on
disk, `importer` goes through the files. Nothing that is read is trusted: names in it are never paths, nothing in it is
run or asked for, and every size, depth and number has its limit. Texts are kept as they are and cleaned where they are
shown.
"""
