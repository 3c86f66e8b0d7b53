#!/usr/bin/env python3
"""Prints the versions of the named Debian packages and of all installed packages that they depend on.

Usage: package_versions.py PACKAGE...

Follows Depends and Pre-Depends, and all installed alternatives. Packages that are not installed are left out.
"""

import re
import subprocess
import sys


def installed():
    """Returns version and dependencies of the installed packages, by their names and the names that they provide."""
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
