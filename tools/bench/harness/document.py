"""Writes docs/benchmarks.md: tables, the plot, the machine, and how to repeat the benchmarks."""

from harness import paths, plot
from harness.servers import SERVERS
from harness.summary import CPU, MEMORY, Summary

WHAT = {
    "s1": "200 connections, 20 B, one message in flight each",
    "s2": "200 connections, 20 B, 16 messages in flight each",
    "s3": "50 connections, 16 KiB, one message in flight each",
    "s5": "2,000 connections, 125 B, one message in flight each",
    "s6": "connect, upgrade, close handshake, repeatedly, 50 at a time",
    "s1_tls": "S1 over TLS 1.3, AES-128-GCM",
    "s3_tls": "S3 over the same",
    "paced": "200 connections, 20 B, 20,000 messages a second at fixed times",
}
ECHOES = ("s1", "s2", "s3", "s5", "s6")


def tables(report):
    """The tables of a report, as lines of Markdown, without scenarios that were not measured."""
    summary = Summary(report["results"])
    sections = (
        _cpu_table(summary),
        _tls_table(summary),
        _latency_table(summary),
        _storm_table(summary),
        _burst_table(summary),
        _threads_table(summary),
        _push_lines(summary),
        _control_table(summary, report.get("registry")),
        failures(report),
    )
    lines = []
    for section in sections:
        if section and not section[-1].startswith("| ---"):
            lines += [*section, ""]
    return lines[:-1]


def failures(report):
    """The failed measurements, as lines; empty if there are none."""
    lines = [
        f"- {result['scenario'].upper()}, {SERVERS[result['server']].title}, round {result['round']}: "
        f"{result['error']}"
        for result in report["results"]
        if "error" in result
    ]
    if "error" in (report.get("registry") or {}):
        lines.append(f"- the registry alone: {report['registry']['error']}")
    return ["## Failed, twice each", "", *lines] if lines else []


def write(report):
    """Writes the document and its plot."""
    summary = Summary(report["results"])
    paths.DOCS.mkdir(exist_ok=True)
    (paths.DOCS / "benchmarks.svg").write_text(plot.draw(summary), encoding="utf-8")
    lines = [*_introduction(report, summary), "", *tables(report), "", *_method(report)]
    (paths.DOCS / "benchmarks.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _introduction(report, summary):
    machine = report["machine"]
    virtual = ", virtual" if machine["hypervisor"] else ""
    flags = report["flags"]
    return [
        "# Benchmarks",
        "",
        f"Measured on {report['date']} by `./dev bench`: {machine['cpu']}{virtual}, "
        f"{machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}, "
        f"Linux {machine['kernel']}, {machine['compiler']}"
        + "".join(f", {machine[name]}" for name in ("go", "node") if machine[name])
        + ".",
        f"Medians of {flags['rounds']} interleaved rounds of {flags['seconds']:g} s, "
        f"{flags['opcode']} messages. Other processes used "
        f"{100 * summary.usual_others_share():.0f} % of the machine in the median measurement, "
        f"{100 * summary.worst_others_share():.0f} % in the worst.",
        "",
        "![CPU time per message as a ratio to the floor](benchmarks.svg)",
    ]


def _row(cells):
    return "| " + " | ".join(cells) + " |"


def _number(value, form):
    return "" if value is None else format(value, form)


def _cpu_table(summary):
    scenarios = [name for name in ECHOES if name in summary.scenarios]
    lines = [
        "## Server CPU time per message, as a ratio to the floor",
        "",
        _row(["", *(name.upper() for name in scenarios), "memory B"]),
        _row(["---"] * (len(scenarios) + 2)),
    ]
    for server in summary.servers:
        memory = _number(summary.median("memory", server, MEMORY), ",.0f")
        cells = [_number(summary.ratio(name, server), ".2f") for name in scenarios]
        if server == "floor":
            cells = [_microseconds(summary.median(name, server, CPU)) for name in scenarios]
        lines.append(_row([SERVERS[server].title, *cells, memory]))
    return lines


def _tls_table(summary):
    """The floor does not support TLS, so the ratios are to gorilla."""
    lines = [
        "## Over TLS",
        "",
        _row(["", "S1 CPU", "/ gorilla", "S3 CPU", "/ gorilla", "memory B"]),
        _row(["---"] * 6),
    ]
    for server in summary.servers:
        cells = []
        for scenario in ("s1_tls", "s3_tls"):
            cells.append(_microseconds(summary.median(scenario, server, CPU)))
            cells.append(_number(summary.ratio(scenario, server, "gorilla"), ".2f"))
        cells.append(_number(summary.median("memory_tls", server, MEMORY), ",.0f"))
        if any(cells):
            lines.append(_row([SERVERS[server].title, *cells]))
    return lines


def _microseconds(nanoseconds):
    return "" if nanoseconds is None else f"{nanoseconds / 1e3:.2f} µs"


def _latency_table(summary):
    lines = [
        "## Rate and latency",
        "",
        _row(["", "", "messages/s", "server core", "p50 µs", "p99 µs", "p99.9 µs"]),
        _row(["---"] * 7),
    ]
    for scenario in WHAT:
        for server in summary.servers:
            if summary.median(scenario, server, "rate") is None:
                continue
            cells = [
                _number(summary.median(scenario, server, metric), form)
                for metric, form in (
                    ("rate", ",.0f"),
                    ("server_cpu_share", ".0%"),
                    ("latency_p50_us", ",.0f"),
                    ("latency_p99_us", ",.0f"),
                    ("latency_p999_us", ",.0f"),
                )
            ]
            lines.append(_row([scenario.upper(), SERVERS[server].title, *cells]))
    return lines


def _storm_table(summary):
    lines = [
        "## A storm of new connections",
        "",
        _row(["", "connections/s", "CPU µs a connection", "p99 before µs", "p99 during µs", "times"]),
        _row(["---"] * 6),
    ]
    for server in summary.servers:
        before = summary.median("accept", server, "before_p99_us")
        if before is None:
            continue
        during = summary.median("accept", server, "during_p99_us")
        cells = [
            _number(summary.median("accept", server, "rate"), ",.0f"),
            _number(summary.median("accept", server, "server_cpu_ns_per_connection") / 1e3, ".1f"),
            *(_number(value, ",.0f") for value in (before, during)),
            _number(during / before, ".1f"),
        ]
        lines.append(_row([SERVERS[server].title, *cells]))
    return lines


def _burst_table(summary):
    lines = [
        "## Memory after a storm",
        "",
        _row(["resident MiB", "at the start", "idle", "at the peak", "after", "after / idle"]),
        _row(["---"] * 6),
    ]
    for server in summary.servers:
        times = ("start", "idle", "peak", "after")
        sizes = [summary.median("burst", server, f"resident_{time}") for time in times]
        if sizes[0] is None:
            continue
        ratio = _number(summary.worst("burst", server, "after_to_idle"), ".2f")
        lines.append(_row([SERVERS[server].title, *(f"{size / 2**20:,.1f}" for size in sizes), ratio]))
    return lines


def _threads_table(summary):
    lines = [
        "## Two I/O threads",
        "",
        _row(["CPU µs a message", "1 thread", "2 threads", "growth", "capacity of two", "cores used by two"]),
        _row(["---"] * 6),
    ]
    for scenario in ("s1", "s2", "s5"):
        growth = summary.median("threads", "drawbridge", f"{scenario}_growth")
        if growth is None:
            continue
        costs = [summary.median("threads", "drawbridge", f"{scenario}_{count}_ns") for count in (1, 2)]
        cores = summary.median("threads", "drawbridge", f"{scenario}_2_cores")
        cells = [*(f"{cost / 1e3:.2f}" for cost in costs), f"{growth - 1:+.0%}", f"{2 / growth:.2f}"]
        lines.append(_row([scenario.upper(), *cells, f"{cores:.2f}"]))
    return lines


def _push_lines(summary):
    rate, wake_ups, sender, io = (
        summary.median("push", "drawbridge", f"{name}_per_{unit}")
        for name, unit in (
            ("messages", "second"),
            ("wake_ups", "message"),
            ("sender_cpu_ns", "message"),
            ("io_cpu_ns", "message"),
        )
    )
    if rate is None:
        return []
    return [
        "## Messages from another thread",
        "",
        f"One thread sends 20 B to each of 10,000 clients, 50 times over: {rate:,.0f} messages a second arrive,",
        f"at {sender / 1e3:.2f} µs of the sender's CPU time and {io / 1e3:.2f} µs of the I/O thread's for each, and",
        f"{1000 * wake_ups:.2f} wake-ups of the I/O thread for a thousand.",
    ]


def _control_table(summary, registry):
    lines = ["## Control plane", "", _row(["", "p50 ms", "p99 ms", "maximum ms"]), _row(["---"] * 4)]
    for scenario, name, title in (
        ("interrupt", "close_frame", "Interrupt: from the call to the close frame at the client"),
        ("interrupt", "answer", "Interrupt: from the call to its answer"),
        ("list", "page", "List: a page of 1,000"),
        ("list", "walk", "List: all pages"),
        ("broadcast", "last_client", "Broadcast of 125 B: from the call until the last client has it"),
        ("broadcast", "answer", "Broadcast: from the call to its answer"),
        ("send", "answer", "Send, 10,000 per second: from the due time to the answer"),
    ):
        values = [summary.median(scenario, "drawbridge", f"{name}_{which}_us") for which in ("p50", "p99")]
        values.append(summary.worst(scenario, "drawbridge", f"{name}_max_us"))
        if values[0] is not None:
            count = summary.median(scenario, "drawbridge", "connections")
            cells = [f"{value / 1e3:,.2f}" for value in values]
            lines.append(_row([f"{title}, {count:,.0f} connections", *cells]))
    echo_rate = summary.median("interrupt", "drawbridge", "echo_rate")
    if echo_rate is not None:
        lines += [
            "",
            f"During the single interrupts 200 of the connections echoed {echo_rate:,.0f} messages a second.",
        ]
    lines += _send_lines(summary) + _bulk_interrupt_table(summary) + _drain_lines(summary) + _watch_load_lines(summary)
    if registry and "error" not in registry:
        lines += ["", "The registry alone:", "", *(f"- {key}: {value}" for key, value in registry.items())]
    return lines


def _send_lines(summary):
    rate, share = (
        summary.median("send", "drawbridge", name) for name in ("rate", "server_cpu_share")
    )
    if rate is None:
        return []
    return [
        "",
        f"SendMessage over one channel, 10,000 per second requested: {rate:,.0f} per second were answered and "
        f"received by their client, with {share:.0%} of the server's core.",
    ]


def _bulk_interrupt_table(summary):
    lines = []
    for scenario, title in (("interrupt_all", "as fast as possible"), ("interrupt_paced", "5,000 a second")):
        values = [
            summary.median(scenario, "drawbridge", name) for name in ("last_close_frame_ms", "done_ms")
        ]
        if values[0] is None:
            continue
        worst = [
            summary.worst(scenario, "drawbridge", name)
            for name in ("fullest_bucket", "echo_silence_before_ms", "echo_silence_during_ms")
        ]
        count = summary.median(scenario, "drawbridge", "connections")
        cells = [f"{value:,.0f}" for value in values]
        cells += [f"{worst[0]:.2f}", *(f"{value:.1f}" for value in worst[1:])]
        lines.append(_row([f"{count:,.0f} connections, {title}", *cells]))
    if not lines:
        return []
    head = [
        "InterruptConnections",
        "last close frame ms",
        "done ms",
        "fullest 200 ms / mean",
        "echoes apart before ms",
        "during ms",
    ]
    return ["", _row(head), _row(["---"] * len(head)), *lines]


def _drain_lines(summary):
    count, spread, last, done = (
        summary.median("drain", "drawbridge", name)
        for name in ("connections", "spread_s", "last_close_frame_ms", "done_ms")
    )
    if count is None:
        return []
    fullest = summary.worst("drain", "drawbridge", "fullest_bucket")
    return [
        "",
        f"DrainNode of {count:,.0f} connections over {spread:,.0f} s: each gets its close frame, the last one after "
        f"{last:,.0f} ms, the call is done after {done:,.0f} ms, and the fullest second has {fullest:.2f} times the mean.",
    ]


def _watch_load_lines(summary):
    growth, calls, rows, idle, busy = (
        summary.median("watch_load", "drawbridge", name)
        for name in (
            "io_cpu_growth",
            "calls_per_second",
            "rows_per_second",
            "whole_cpu_ns_per_message_idle",
            "whole_cpu_ns_per_message_busy",
        )
    )
    if growth is None:
        return []
    return [
        "",
        "S1 while a client walks the list, watches and filters in a loop, on the same core as the I/O thread:",
        f"{calls:,.0f} calls a second give {rows:,.0f} connections, and the I/O thread's CPU time a message is",
        f"{growth:.2f} times that with an idle control plane. With what the calls themselves use, the server takes",
        f"{busy / 1e3:.2f} µs a message instead of {idle / 1e3:.2f} µs.",
    ]


def _method(report):
    return [
        "## What was measured",
        "",
        *(f"- **{name.upper()}**: {what}." for name, what in WHAT.items()),
        "- **Memory**: growth of the resident set per connection, "
        f"{report['flags']['memory_connections']:,} idle connections that each echoed one 125 B message; over",
        "  TLS 5,000.",
        "- **A storm of new connections**: 19,000 clients connect as fast as one thread at a lower priority can make",
        "  them, up to 2,048 at a time, while 200 others exchange 4,000 messages of 20 B a second at fixed times,",
        "  whose latency is measured from the due time. Before: the three seconds before the storm.",
        "- **Memory after a storm**: 10,000 clients connect and leave, 500 at a time, each with one message of 64 KiB:",
        "  the resident set three seconds later is the idle level, with the ends of 10,000 connections stored.",
        "  Then 19,000 connect at once, send 64 KiB each, and leave: the resident set three seconds later is the level",
        "  after. The ratio is the worst of all rounds.",
        "- **Two I/O threads**: server and two load generators may use both cores each time; only the number of",
        "  the server's I/O threads differs. CPU time includes connecting. The capacity is that of two threads in",
        "  units of one's, by their CPU time.",
        "- **InterruptConnections**: all but 20 clients that echo, one message in flight each. The close frames are",
        "  counted in buckets of 200 ms as the clients receive them; the fullest is the worst of all rounds, and so is",
        "  the longest time between two echoes of one client, before and during the call.",
        "- **Broadcast**: the clients' thread polls them once per millisecond, which is part of the latency. A wake-up",
        "  for each message would cost CPU time on the server's core.",
        "",
        "Every measurement starts a new server on core 0; the load generator has core 1. CPU time is the",
        "scheduler's account of all threads of the server, over the measured seconds, after half a second of",
        "warming up. The floor is a WebSocket echo on plain epoll: read, unmask, frame, one send; no library,",
        "no features. Its row shows its own time; all others are ratios to it, taken round by round.",
        "Every byte that comes back is compared with what was sent, in content, kind and order.",
        "",
        "S1 to S6 are closed loops: each answer triggers the next message of its connection. Their latency is",
        "that of a saturated server or generator, and a stall counts once per message in flight. In the paced",
        "row every message has a due time, and its latency is measured from there even if a stall",
        "delays the message itself (no coordinated omission).",
        "",
        "Every server runs one thread (Node.js and Go may have helpers) and sets TCP_NODELAY; otherwise the",
        "peers are echo servers as in their own documentation. Drawbridge runs with all features on:",
        "registry, counters, deadlines, limits, pings and its control API.",
        "",
        "## Repeating the benchmarks",
        "",
        "`./dev bench` builds and runs everything, `./dev bench --help` lists the options, and",
        "`./dev bench --smoke` is a short round that only tests the benchmarks. The figures of every round are",
        "written to build/bench/results.json. Do not use the machine for other work meanwhile.",
    ]
