"""Builds what a run needs, and installs the Debian packages that a peer needs."""

import functools
import os
import pathlib
import shutil
import subprocess

from harness import certificate, paths
from harness.servers import Failure

TOOLS = tuple(f"//tools/bench:{name}" for name in ("load", "control_load", "push_bench", "registry_bench"))


def _run(*command, **options):
    result = subprocess.run(command, check=False, **options)
    if result.returncode != 0:
        raise Failure(f"failed: {' '.join(command)}")


def _is_installed(package):
    programs = {"golang-go": "go", "nodejs": "node", "npm": "npm", "valgrind": "valgrind"}
    if package in programs:
        return shutil.which(programs[package]) is not None
    result = subprocess.run(
        ["dpkg-query", "-W", "-f=${Status}", package], capture_output=True, text=True, check=False
    )
    return "ok installed" in result.stdout


def install(packages):
    """Installs the packages that are missing and prints their names."""
    missing = [package for package in packages if not _is_installed(package)]
    if not missing:
        return
    print(f"installing Debian packages: {' '.join(missing)}", flush=True)
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    apt = [*sudo, "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=600"]
    _run(*apt, "update")
    _run(*apt, "-y", "--no-install-recommends", "install", *missing, stdout=subprocess.DEVNULL)


def build(servers):
    """Builds the servers and the load generators; returns the servers that can run.

    A peer that cannot be built is left out, and a line reports it.
    """
    paths.PROGRAMS.mkdir(parents=True, exist_ok=True)
    for label in TOOLS:
        build_target(label)
    install(["openssl"])
    certificate.make()
    usable = []
    for server in servers:
        try:
            install(server.needs)
            _BUILDERS[server.built_by](server)
            usable.append(server)
        except Failure as failure:
            if server.name in ("floor", "drawbridge"):
                raise
            print(f"without {server.name}: {failure}", flush=True)
    return usable


def build_target(label):
    """Builds one target and returns the path of the program."""
    _run("bazel", "build", label, cwd=paths.ROOT)
    package, _, name = label.removeprefix("//").partition(":")
    program = paths.PROGRAMS / name
    program.unlink(missing_ok=True)  # do not overwrite a running program
    shutil.copy(_bazel_bin() / package / name, program)
    return program


@functools.cache
def _bazel_bin():
    """The output folder of this configuration. Bazel's symbolic links point to the output of the last build."""
    result = subprocess.run(
        ["bazel", "info", "bazel-bin"], cwd=paths.ROOT, capture_output=True, text=True, check=True
    )
    return pathlib.Path(result.stdout.strip())


def _build_bazel(server):
    build_target(server.target)


def _build_go(server):
    environment = {**os.environ, "GOFLAGS": "", "GOTOOLCHAIN": "local"}
    folder = paths.BENCH / "peers" / server.name
    _run("go", "build", "-buildvcs=false", "-o", server.command[0], ".", cwd=folder, env=environment)


def _build_npm(server):
    folder = paths.BENCH / "peers" / server.name
    lock = folder / "package-lock.json"
    installed = folder / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        _run("npm", "ci", "--silent", "--no-audit", "--no-fund", cwd=folder)


_BUILDERS = {"bazel": _build_bazel, "go": _build_go, "npm": _build_npm}
