"""Medians over the rounds, and ratios to the floor."""

import statistics

CPU = "server_cpu_ns_per_message"
MEMORY = "bytes_per_connection"


def line(result):
    """Returns a line about one measurement, for the terminal."""
    head = f"{result['scenario']:<15} {result['server']:<14}"
    if "error" in result:
        return f"{head} {result['error']}"
    words = []
    if CPU in result:
        words.append(f"{result[CPU] / 1e3:7.2f} us CPU a message, {result['rate']:9.0f} a second")
    if MEMORY in result:
        words.append(f"{result[MEMORY]:7.0f} B a connection")
    if "after_to_idle" in result:
        words.append(
            f"resident {result['resident_idle'] / 2**20:.0f} MiB, then "
            f"{result['resident_peak'] / 2**20:.0f}, then {result['resident_after'] / 2**20:.0f}"
        )
    if "messages_during" in result:
        words.append(f"{result['rate']:.0f} connections a second")
    for name in ("s1", "s2", "s5"):
        if f"{name}_growth" in result:
            words.append(f"{name} {result[f'{name}_growth']:.2f} times the CPU with 2 threads")
    if "wake_ups_per_message" in result:
        words.append(
            f"{result['messages_per_second']:.0f} messages a second, "
            f"{result['wake_ups_per_message']:.5f} wake-ups each"
        )
    if "fullest_bucket" in result:
        words.append(
            f"last close frame after {result['last_close_frame_ms']:.0f} ms, "
            f"done after {result['done_ms']:.0f} ms, "
            f"fullest bucket {result['fullest_bucket']:.2f} times the mean"
        )
    if "echo_silence_during_ms" in result:
        words.append(
            f"echoes at most {result['echo_silence_during_ms']:.1f} ms apart "
            f"(before: {result['echo_silence_before_ms']:.1f})"
        )
    if "io_cpu_growth" in result:
        words.append(
            f"{result['io_cpu_growth']:.3f} times the I/O thread's CPU a message while "
            f"{result['calls_per_second']:.0f} calls a second give {result['rows_per_second']:.0f} rows"
        )
    if result["scenario"] == "send":
        words.append(f"{100 * result['server_cpu_share']:.0f} % of a core")
    for name in ("latency", "before", "during", "close_frame", "page", "last_client", "answer"):
        if f"{name}_p99_us" in result:
            p50, p99 = result[f"{name}_p50_us"], result[f"{name}_p99_us"]
            words.append(f"{name} p50 {p50:.0f} us, p99 {p99:.0f} us")
    if "others_share" in result:
        words.append(f"others used {100 * result['others_share']:.0f} %")
    return f"{head} {', '.join(words)}"


class Summary:
    """All results of a run."""

    def __init__(self, results):
        self._by_key = {}
        for result in results:
            if "error" not in result:
                key = (result["scenario"], result["server"])
                self._by_key.setdefault(key, {})[result["round"]] = result
        self.servers = list(dict.fromkeys(result["server"] for result in results))
        self.scenarios = list(dict.fromkeys(result["scenario"] for result in results))

    def median(self, scenario, server, metric):
        """The median over all rounds; None if it was never measured."""
        rounds = self._by_key.get((scenario, server), {}).values()
        values = [result[metric] for result in rounds if metric in result]
        return statistics.median(values) if values else None

    def worst(self, scenario, server, metric):
        """The maximum over all rounds; None if it was never measured."""
        rounds = self._by_key.get((scenario, server), {}).values()
        return max((result[metric] for result in rounds if metric in result), default=None)

    def ratio(self, scenario, server, base="floor"):
        """The median over all rounds of the CPU time per message, divided by that of `base` in the same round."""
        rounds = self._by_key.get((scenario, server), {})
        bases = self._by_key.get((scenario, base), {})
        ratios = [rounds[number][CPU] / bases[number][CPU] for number in rounds if number in bases]
        return statistics.median(ratios) if ratios else None

    def _others_shares(self):
        every = [result for rounds in self._by_key.values() for result in rounds.values()]
        return [result["others_share"] for result in every if "others_share" in result] or [0]

    def usual_others_share(self):
        """The share of the machine that other processes used, in the median measurement."""
        return statistics.median(self._others_shares())

    def worst_others_share(self):
        """The same, in the worst measurement."""
        return max(self._others_shares())
