"""Describes the machine on which the benchmarks ran."""

import os
import platform
import re
import subprocess


def describe():
    """Returns the description as a dictionary of texts and numbers."""
    return {
        "cpu": _match("/proc/cpuinfo", r"^model name\s*:\s*(.*)$"),
        "cores": os.cpu_count(),
        "memory_gib": round(int(_match("/proc/meminfo", r"^MemTotal:\s*(\d+)")) / 2**20),
        "kernel": platform.release().partition("-")[0],
        "system": _match("/etc/os-release", r'^PRETTY_NAME="(.*)"$'),
        "hypervisor": "hypervisor" in _match("/proc/cpuinfo", r"^flags\s*:\s*(.*)$").split(),
        "compiler": _first_line("g++", "--version"),
        "go": _first_line("go", "env", "GOVERSION").replace("go", "Go "),
        "node": _first_line("node", "--version").replace("v", "Node.js "),
        "load_average": round(os.getloadavg()[0], 2),
    }


def _match(path, pattern):
    with open(path, encoding="utf-8") as file:
        found = re.search(pattern, file.read(), re.MULTILINE)
    return found.group(1) if found else "0"


def _first_line(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.split("\n")[0]
    except FileNotFoundError:
        return ""
