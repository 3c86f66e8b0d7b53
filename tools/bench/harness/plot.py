"""Draws the ratios as bars in SVG without a library: one panel per scenario, on a logarithmic scale."""

import math

from harness.servers import SERVERS

PANEL_WIDTH, PANEL_GAP, LABEL_WIDTH = 150, 14, 160
ROW_HEIGHT, BAR_HEIGHT, HEAD = 24, 15, 46
COLOURS = {"drawbridge": "#1769aa", "floor": "#888888"}
OTHERS = "#b9c6d2"


def draw(summary):
    """Returns the complete SVG document."""
    scenarios = [name for name in ("s1", "s2", "s3", "s5", "s6") if name in summary.scenarios]
    servers = [name for name in summary.servers if name != "floor"]
    width = LABEL_WIDTH + len(scenarios) * (PANEL_WIDTH + PANEL_GAP)
    height = HEAD + len(servers) * ROW_HEIGHT + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        _text(8, 18, "Server CPU time per message, ratio to a raw-epoll floor (logarithmic; less is better)"),
    ]
    for row, server in enumerate(servers):
        weight = ' font-weight="bold"' if server == "drawbridge" else ""
        title = SERVERS[server].title
        parts.append(_text(LABEL_WIDTH - 8, _bar_top(row) + 12, title, f' text-anchor="end"{weight}'))
    for column, scenario in enumerate(scenarios):
        parts += _panel(summary, scenario, servers, LABEL_WIDTH + column * (PANEL_WIDTH + PANEL_GAP))
    return "\n".join([*parts, "</svg>", ""])


def _panel(summary, scenario, servers, left):
    ratios = {server: summary.ratio(scenario, server) for server in servers}
    widest = max((ratio for ratio in ratios.values() if ratio is not None), default=1)
    scale = (PANEL_WIDTH - 44) / math.log(max(widest, 1.5) * 1.05)
    bottom = _bar_top(len(servers)) - 2
    parts = [
        _text(left, HEAD - 8, scenario.upper(), ' font-weight="bold"'),
        f'<line x1="{left}" y1="{HEAD - 2}" x2="{left}" y2="{bottom}" stroke="#888888"/>',
    ]
    for row, (server, ratio) in enumerate(ratios.items()):
        if ratio is None:
            continue
        length = max(2.0, scale * math.log(max(ratio, 1.0)))
        colour = COLOURS.get(server, OTHERS)
        parts.append(
            f'<rect x="{left}" y="{_bar_top(row)}" width="{length:.1f}" height="{BAR_HEIGHT}" '
            f'fill="{colour}"/>'
        )
        parts.append(_text(left + length + 4, _bar_top(row) + 12, f"{ratio:.2f}"))
    return parts


def _bar_top(row):
    return HEAD + 4 + row * ROW_HEIGHT


def _text(x, y, text, attributes=""):
    return f'<text x="{x:.1f}" y="{y}" fill="#222222"{attributes}>{text}</text>'
