"""Where things are: the repository, what is built in it, and where results go."""

import pathlib

BENCH = pathlib.Path(__file__).resolve().parent.parent
ROOT = BENCH.parent.parent
OUTPUT = ROOT / "build" / "bench"  # results, logs
PROGRAMS = OUTPUT / "bin"  # copies: another build meanwhile must not change what is measured
DOCS = ROOT / "docs"
