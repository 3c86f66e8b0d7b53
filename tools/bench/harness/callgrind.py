"""Counts the instructions of a server per message under callgrind, which other load on the machine does not affect.

The server runs twice, with N and with 2 N messages. The difference, divided by N, excludes start, connecting and
stop.
"""

import re
import subprocess

from harness import paths
from harness.servers import CLIENT_CORE, Failure, Running

READY_WITHIN = 120  # seconds; programs run about fifty times slower under callgrind
TIME_LIMIT = 600

# Messages in the short run; a multiple of connections times messages in flight.
MESSAGES = {"s1": 20_000, "s2": 160_000, "s3": 10_000, "s5": 40_000, "s6": 2_000}


def instructions_per_message(server, scenario):
    """Returns the instructions per message of one server in one scenario."""
    count = MESSAGES[scenario]
    return (_total(server, scenario, 2 * count) - _total(server, scenario, count)) / count


def _total(server, scenario, messages):
    output = paths.OUTPUT / f"callgrind.{server.name}.{scenario}"
    output.unlink(missing_ok=True)
    valgrind = ("valgrind", "--tool=callgrind", "--fair-sched=yes", f"--callgrind-out-file={output}")
    with Running(server, prefix=valgrind, ready_within=READY_WITHIN, stop_within=READY_WITHIN) as running:
        _load(running.words["ws"], scenario, messages)
    found = re.search(r"^(?:summary|totals): (\d+)", output.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise Failure(f"callgrind reported no total for {server.name}")
    return int(found.group(1))


def _load(target, scenario, messages):
    command = ["taskset", "-c", CLIENT_CORE, str(paths.PROGRAMS / "load"), "--target", target]
    command += ["--scenario", scenario, "--messages", str(messages)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT, check=False)
    if result.returncode != 0:
        raise Failure(result.stderr.strip())
