"""Compares the CPU time per message with one and with two I/O threads.

Server and load generators may use both cores in both cases, so that only the number of threads differs. Two load
generators share the work: with a single one, the server's two threads would rarely run at the same time, and the
cost of contention between them would not be measured.
"""

import time

from harness import measuring, paths
from harness.servers import CLIENT_CORE, SERVER_CORE, Running

BOTH = ("taskset", "-c", f"{SERVER_CORE},{CLIENT_CORE}")

# Connections and messages of each generator.
ECHOES = {"s1": (100, 150_000), "s2": (100, 1_600_000), "s5": (1000, 120_000)}


def measure(server, share):
    """Runs the echo scenarios with one and with two threads, with the given share of their messages."""
    result = {"others_share": 0}
    for scenario in ECHOES:
        for threads in (1, 2):
            _measure_one(server, scenario, threads, share, result)
        result[f"{scenario}_growth"] = result[f"{scenario}_2_ns"] / result[f"{scenario}_1_ns"]
    return result


def _measure_one(server, scenario, threads, share, result):
    connections, messages = ECHOES[scenario]
    messages = int(messages * share) // connections * connections
    with Running(server, prefix=BOTH, more=("--io_threads", str(threads))) as running:
        command = [*BOTH, str(paths.PROGRAMS / "load"), "--target", running.words["ws"]]
        command += ["--scenario", scenario, "--connections", str(connections), "--messages", str(messages)]
        used, began = running.cpu_seconds(), time.monotonic()
        others = measuring.run_all(running, [command] * 2)
        used, took = running.cpu_seconds() - used, time.monotonic() - began
    result[f"{scenario}_{threads}_ns"] = 1e9 * used / (2 * messages)
    result[f"{scenario}_{threads}_cores"] = used / took
    result["others_share"] = max(result["others_share"], others)
