#!/usr/bin/python3
"""flags.py DRAWBRIDGE PAGE: prints the page with its table of flags made anew from `DRAWBRIDGE --help`."""

import re
import subprocess
import sys

BEGIN, END = "<!-- flags: written by ./dev docs -->\n", "<!-- end of flags -->\n"

# Defaults that depend on the machine.
DEFAULTS = {"node_id": "the host name", "io_threads": "the number of cores",
            "max_connections": "what the descriptor limit leaves",
            "send_queue_total_bytes": "a quarter of the memory"}
# What these name is watched and read again; another path takes a restart.
FILES = {"flagfile", "control_tls_cert", "control_tls_key", "control_tls_client_ca", "control_tokens", "jwt_keys",
         "tls_cert", "tls_key", "tls_client_ca"}

FLAG = re.compile(r"^  --(\w+)(?:=(\S*))?( \(reloadable\))?$")


def flags(usage):
    """Name, default, whether it is reloadable, and meaning of each, as --help has them."""
    found = []
    for line in usage.splitlines():
        if match := FLAG.match(line):
            found.append([match[1], "false" if match[2] is None else match[2], bool(match[3]), ""])
        elif found and line.startswith(" " * 6):
            found[-1][3] = f"{found[-1][3]} {line.strip()}".strip()
    return found


def row(name, default, reloadable, meaning):
    default = DEFAULTS.get(name, f"`{default}`" if default else "")
    reload = "yes" if reloadable else "contents" if name in FILES else "restart"
    meaning = meaning.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")
    return f"| `--{name}` | {default} | {reload} | {meaning} |".replace("|  |", "| |")


program, page = sys.argv[1:]
text = open(page, encoding="utf-8").read()
before, rest = text.split(BEGIN)
after = rest.split(END)[1]
table = ["| flag | default | reload | what it does |", "|---|---|---|---|"]
usage = subprocess.check_output([program, "--help"], text=True)
table += [row(*flag) for flag in flags(usage) if flag[0] != "version"]
print(before + BEGIN + "\n" + "\n".join(table) + "\n\n" + END + after, end="")
