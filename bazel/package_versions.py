#!/usr/bin/env python3
"""Prints the version of each installed Debian package that one of the named packages needs, and their own.

Usage: package_versions.py PACKAGE...

Follows Depends and Pre-Depends. Of alternatives all that are installed count. A package that is not installed is left out.
"""

import re
import subprocess
import sys


def installed():
    """Returns the version and the dependencies of each installed package, by its name and by what it provides."""
    fields = "${db:Status-Status}\t${Package}\t${Version}\t${Provides}\t${Depends}, ${Pre-Depends}\n"
    lines = subprocess.run(["dpkg-query", "-W", "-f", fields], check=True, capture_output=True, text=True).stdout
    packages = {}
    for status, name, version, provides, depends in (line.split("\t") for line in lines.splitlines()):
        if status == "installed":
            for alias in [name, *names(provides)]:
                packages.setdefault(alias, []).append((name, version, depends))
    return packages


def names(relation):
    """Returns the names of the packages in a field such as Depends."""
    return re.findall(r"(?:^|[,|])\s*([a-z0-9][a-z0-9+.-]+)", relation)


def main():
    packages, seen, waiting = installed(), set(), sys.argv[1:]
    while waiting:
        for name, version, depends in packages.get(waiting.pop(), []):
            if (name, version) not in seen:
                seen.add((name, version))
                waiting += names(depends)
    for name, version in sorted(seen):
        print(name, version)


if __name__ == "__main__":
    main()
