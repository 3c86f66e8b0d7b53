"""Paths of the repository, the programs and the results."""

import pathlib

BENCH = pathlib.Path(__file__).resolve().parent.parent
ROOT = BENCH.parent.parent
OUTPUT = ROOT / "build" / "bench"  # results, logs
PROGRAMS = OUTPUT / "bin"  # copies, so that a concurrent build does not change the measured programs
DOCS = ROOT / "docs"
