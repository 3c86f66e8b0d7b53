"""Reads the settings of the gateway's container from rendered objects. Matching lines suffices for the chart's output."""

import pathlib
import re


def environment(text):
    """Returns the DRAWBRIDGE_... variables that are set by value, without those set by reference."""
    return dict(re.findall(r'- name: (DRAWBRIDGE_\w+)\n +value: "(.*)"', text))


def flag_file(text):
    return re.sub(r"^    ", "", re.search(r"^  flags: \|\n((?:    .*\n)+)", text, re.MULTILINE)[1], flags=re.MULTILINE)


def pod_template(text):
    deployment = text[text.index("kind: Deployment"):]
    return deployment[deployment.index("\n  template:"):].split("\n---")[0]


def mount(folder, text, generation):
    """Writes the flag file as the kubelet does: in a new folder, to which it switches the link ..data."""
    folder = pathlib.Path(folder)
    new = folder / f"..{generation}"
    new.mkdir()
    (new / "flags").write_text(flag_file(text))
    link = folder / "..data_tmp"
    link.symlink_to(new.name)
    link.rename(folder / "..data")
    if not (folder / "flags").is_symlink():
        (folder / "flags").symlink_to("..data/flags")
    return folder / "flags"


# Flags for this machine instead of a pod: free ports, and no folder for bans.
HERE = ["--listen=127.0.0.1:0", "--control_listen=127.0.0.1:0", "--admin_listen=127.0.0.1:0", "--bans_file="]
