"""What a text of rendered objects gives to the container of the gateway. The text is the chart's, so lines suffice."""

import pathlib
import re


def environment(text):
    """DRAWBRIDGE_... by value; those by reference are left out."""
    return dict(re.findall(r'- name: (DRAWBRIDGE_\w+)\n +value: "(.*)"', text))


def flag_file(text):
    return re.sub(r"^    ", "", re.search(r"^  flags: \|\n((?:    .*\n)+)", text, re.MULTILINE)[1], flags=re.MULTILINE)


def pod_template(text):
    deployment = text[text.index("kind: Deployment"):]
    return deployment[deployment.index("\n  template:"):].split("\n---")[0]


def mount(folder, text, generation):
    """Writes the flag file as the kubelet does: into a new folder, to which the link ..data is swapped."""
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


# Ports and the bound of descriptors are this machine's, not the pod's.
HERE = ["--listen=127.0.0.1:0", "--control_listen=127.0.0.1:0", "--admin_listen=127.0.0.1:0"]
