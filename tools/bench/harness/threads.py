"""Whether a second I/O thread costs a message anything: CPU time per message with one and with two.

Server and load generator may use both cores each time, so that nothing differs but the number of threads.
"""

from harness import measuring, paths
from harness.servers import CLIENT_CORE, SERVER_CORE, Running

BOTH = ("taskset", "-c", f"{SERVER_CORE},{CLIENT_CORE}")
ECHOES = ("s1", "s2", "s5")


def measure(server, options):
    """Runs the echo scenarios with one and with two threads; one object of results."""
    result = {"others_share": 0}
    for scenario in ECHOES:
        nanoseconds = [_per_message(server, scenario, threads, options, result) for threads in (1, 2)]
        for threads, value in zip((1, 2), nanoseconds):
            result[f"{scenario}_{threads}_ns"] = value
        result[f"{scenario}_growth"] = nanoseconds[1] / nanoseconds[0]
    return result


def _per_message(server, scenario, threads, options, result):
    with Running(server, prefix=BOTH, more=("--io_threads", str(threads))) as running:
        command = [str(paths.PROGRAMS / "load"), *("--target", running.words["ws"], "--pid", str(running.pid))]
        measured = measuring.run(running, [*BOTH, *command, "--scenario", scenario, *options])
    result["others_share"] = max(result["others_share"], measured["others_share"])
    return measured["server_cpu_ns_per_message"]
