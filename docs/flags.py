#!/usr/bin/python3
"""flags.py DRAWBRIDGE PAGE: prints the page with its table of flags made anew from `DRAWBRIDGE --help`."""

import re
import subprocess
import sys

BEGIN, END = "<!-- flags: written by ./dev docs -->\n", "<!-- end of flags -->\n"

# Defaults that depend on the machine.
DEFAULTS = {"node_id": "the host name", "io_threads": "the number of cores",
            "max_connections": "what the descriptor limit leaves"}

FLAG = re.compile(r"^  (?:-\w,)?--(\w+)(?:=(.*?))?(?: \(Env:\w+\))?(?: {2,}(.*))?$")


def flags(usage):
    """Name, default and meaning of each, as --help has them: the meaning may stand on lines of its own."""
    found = []
    for line in usage.splitlines():
        if match := FLAG.match(line):
            found.append([match[1], match[2] or "", match[3] or ""])
        elif found and line.startswith(" " * 20):
            found[-1][2] = f"{found[-1][2]} {line.strip()}".strip()
    return found


def row(name, default, meaning):
    default = DEFAULTS.get(name, f"`{default}`" if default else "")
    meaning = meaning.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")
    return f"| `--{name}` | {default} | {meaning} |".replace("|  |", "| |")


program, page = sys.argv[1:]
text = open(page, encoding="utf-8").read()
before, rest = text.split(BEGIN)
after = rest.split(END)[1]
table = ["| flag | default | |", "|---|---|---|"]
usage = subprocess.check_output([program, "--help"], text=True)
table += [row(*flag) for flag in flags(usage) if flag[0] not in ("help", "version")]
print(before + BEGIN + "\n" + "\n".join(table) + "\n\n" + END + after, end="")
