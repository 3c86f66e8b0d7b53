"""Reads and writes the table of clients in docs/clients.md, between two markers."""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs/clients.md"
BEGIN, END = "<!-- atlas: written by ./dev atlas -->\n", "<!-- end of atlas -->\n"
HEADER = (
    "| Client | Application sees for 4001 \"token revoked\" | Outcome | Application sees for 1001 | Application sees for 1012 | "
    "Application sees for a TCP reset | Answers pings while it waits | Largest message at defaults, in bytes | "
    "Offers compression | User-Agent | Origin |\n"
)


def _cell(text):
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "\\<")


def _parts():
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    table, mark, after = rest.partition(END)
    if not mark:
        raise RuntimeError(f"{DOCUMENT} lacks the marks of the table")
    return before, table, after


def read_rows():
    """Returns the cells of each client by its name."""
    rows = {}
    for line in _parts()[1].splitlines()[3:]:
        cells = line.strip("|\n").split(" | ")
        cells = [cell.strip().replace("\\|", "|").replace("\\<", "<").replace("\\\\", "\\") for cell in cells]
        if len(cells) > 1:
            rows[cells[0]] = cells[1:]
    return rows


def write_rows(rows):
    before, _, after = _parts()
    lines = "".join(f"| {' | '.join(_cell(cell) for cell in [name, *cells])} |\n" for name, cells in rows.items())
    count = HEADER.count(" | ") + 1
    DOCUMENT.write_text(before + BEGIN + "\n" + HEADER + "|" + "---|" * count + "\n" + lines + "\n" + END + after, encoding="utf-8")
