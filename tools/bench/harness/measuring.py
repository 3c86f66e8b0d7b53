"""Runs one measurement: a new server on one core, a load generator on the other, and one object of results."""

import concurrent.futures
import json
import resource
import subprocess
import time

from harness import certificate, paths
from harness.servers import CLIENT_CORE, SERVER_CORE, Failure, Running

DATA_SCENARIOS = ("s1", "s2", "s3", "s5", "s6", "paced", "memory", "accept", "burst")
TLS_SCENARIOS = ("s1_tls", "s3_tls", "memory_tls")
CONTROL_SCENARIOS = ("interrupt", "list", "interrupt_all", "interrupt_paced", "drain", "broadcast", "send", "watch_load")
TIME_LIMIT = 180


def measure(server, scenario, options):
    """Runs one scenario against a new server. `options`: command line arguments of the load generator."""
    tls = ("--tls_cert", str(certificate.CERTIFICATE), "--tls_key", str(certificate.KEY))
    with Running(server, more=tls if scenario in TLS_SCENARIOS else ()) as running:
        control = scenario in CONTROL_SCENARIOS
        command = [str(paths.PROGRAMS / ("control_load" if control else "load"))]
        command += ["--target", running.words["ws"], "--pid", str(running.pid)]
        if control:
            command += ["--control", running.words["control"]]
        return _run(running, [*command, "--scenario", scenario, *options])


def measure_alone(program, *arguments, cores=CLIENT_CORE):
    """Runs a benchmark program that needs no server, and returns its object of results."""
    return _parse(_call(["taskset", "-c", cores, str(program), *arguments]))


def run_all(running, commands):
    """Runs programs concurrently and measures the share of the cores that other processes used."""
    before = _Usage(running)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(_call, commands))
    return _Usage(running).others_share(before)


def _run(running, command):
    before = _Usage(running)
    output = _call(["taskset", "-c", CLIENT_CORE, *command])
    after = _Usage(running)
    result = _parse(output)
    result["others_share"] = after.others_share(before)
    return result


def _call(command):
    try:
        process = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT, check=False)
    except subprocess.TimeoutExpired as error:
        raise Failure(f"took more than {TIME_LIMIT} seconds") from error
    if process.returncode != 0:
        raise Failure(process.stderr.strip() or f"exit code {process.returncode}")
    return process.stdout


def _parse(output):
    try:
        return json.loads(output)
    except json.JSONDecodeError as error:
        raise Failure("no results were printed") from error


class _Usage:
    """CPU time of the two cores so far, in total and of this measurement. Other load distorts the results, so its
    share is reported."""

    def __init__(self, running):
        self.time = time.monotonic()
        self.busy = _busy_seconds((SERVER_CORE, CLIENT_CORE))
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        myself = resource.getrusage(resource.RUSAGE_SELF)
        self.ours = running.cpu_seconds() + sum(
            usage.ru_utime + usage.ru_stime for usage in (children, myself)
        )

    def others_share(self, before):
        """The share of the two cores' time that other processes used."""
        others = (self.busy - before.busy) - (self.ours - before.ours)
        return max(0.0, others / (2 * (self.time - before.time)))


def _busy_seconds(cores):
    ticks = 0
    with open("/proc/stat", encoding="ascii") as stat:
        for line in stat:
            name, *fields = line.split()
            if name in [f"cpu{core}" for core in cores]:
                user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, fields[:8])
                ticks += user + nice + system + irq + softirq + steal
    return ticks / 100
