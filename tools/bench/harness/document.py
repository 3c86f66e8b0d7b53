"""Writes docs/benchmarks.md: tables, the plot, the machine, and how to do it again."""

from harness import paths, plot
from harness.servers import SERVERS
from harness.summary import CPU, MEMORY, Summary

WHAT = {
    "s1": "200 connections, 20 B, one message in flight each",
    "s2": "200 connections, 20 B, 16 messages in flight each",
    "s3": "50 connections, 16 KiB, one message in flight each",
    "s5": "2,000 connections, 125 B, one message in flight each",
    "s6": "connect, upgrade, close handshake, over and over, 50 at a time",
    "paced": "200 connections, 20 B, 20,000 messages a second at fixed times",
}
ECHOES = ("s1", "s2", "s3", "s5", "s6")


def tables(report):
    """The tables of a report, as lines of Markdown."""
    summary = Summary(report["results"])
    return [
        *_cpu_table(summary),
        "",
        *_latency_table(summary),
        "",
        *_control_table(summary, report.get("registry")),
    ]


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
        f"{flags['opcode']} messages. Anything else on the machine used "
        f"{100 * summary.usual_others_share():.0f} % of it in the median measurement, "
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


def _control_table(summary, registry):
    lines = ["## Control plane", "", _row(["", "p50 ms", "p99 ms", "maximum ms"]), _row(["---"] * 4)]
    for scenario, name, title in (
        ("interrupt", "close_frame", "Interrupt: from the call to the close frame at the client"),
        ("interrupt", "answer", "Interrupt: from the call to its answer"),
        ("list", "page", "List: a page of 1,000"),
        ("list", "walk", "List: all pages"),
    ):
        values = [
            summary.median(scenario, "drawbridge", f"{name}_{which}_us") for which in ("p50", "p99", "max")
        ]
        if values[0] is not None:
            count = summary.median(scenario, "drawbridge", "connections")
            cells = [f"{value / 1e3:,.2f}" for value in values]
            lines.append(_row([f"{title}, {count:,.0f} connections", *cells]))
    echo_rate = summary.median("interrupt", "drawbridge", "echo_rate")
    if echo_rate is not None:
        lines += ["", f"Meanwhile 200 of these connections echoed {echo_rate:,.0f} messages a second."]
    if registry:
        lines += ["", "The registry alone:", "", *(f"- {key}: {value}" for key, value in registry.items())]
    return lines


def _method(report):
    return [
        "## What was measured",
        "",
        *(f"- **{name.upper()}**: {what}." for name, what in WHAT.items()),
        "- **Memory**: growth of the resident set per connection, "
        f"{report['flags']['memory_connections']:,} idle connections that each echoed one 125 B message.",
        "",
        "Every measurement starts a fresh server on core 0; the load generator has core 1. CPU time is the",
        "scheduler's own account of all threads of the server, over the measured seconds, after one second of",
        "warming up. The floor is a WebSocket echo on plain epoll: read, unmask, frame, one send; no library,",
        "no features. Its row shows its own time; all others are ratios to it, taken round by round.",
        "Every byte that comes back is compared with what was sent, in content, kind and order.",
        "",
        "S1 to S6 are closed loops: an answer brings on the next message of its connection. Their latency is",
        "that of a saturated server or generator, and a stall counts once per message in flight. In the paced",
        "row every message has a time at which it is due, and its latency counts from there even when a stall",
        "keeps it from being sent: nothing is omitted.",
        "",
        "Every server runs one thread (Node.js and Go may have helpers) and sets TCP_NODELAY; otherwise the",
        "peers are echo servers as their own documentation writes them. Drawbridge runs with everything on:",
        "registry, counters, deadlines, limits, pings and its control API.",
        "",
        "## Doing it again",
        "",
        "`./dev bench` builds and runs all of it, `./dev bench --help` says what can be chosen, and",
        "`./dev bench --smoke` is a short round that only shows that it works. The figures of every round are",
        "left in build/bench/results.json. Leave the machine alone meanwhile.",
    ]
