"""The wheel, alone in a clean environment with what its metadata asks for, does what the README says."""

from __future__ import annotations

import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

PACKAGE = Path(__file__).parents[1]
CLIENTS = ("netmiko", "pytest")
PYTEST = ("-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider")
CLAB = """
name: tiny
topology:
  nodes:
    leaf1: {kind: cisco_n9kv, image: "cisco_n9kv:9.3.9", mgmt-ipv4: 172.67.5.11, startup-config: leaf1.cfg}
    leaf2:
      kind: linux
      image: vnexus:0.1
      mgmt-ipv4: 172.67.5.12
      labels: {vnexus-model: N9K-C9348GC-FX3PH}
    cam1: {kind: linux, image: "alpine:3", labels: {vnexus-kind: camera}}
  links:
    - endpoints: ["leaf1:eth1", "leaf2:eth49"]
    - endpoints: ["leaf2:eth7", "cam1:eth1"]
"""
MORE = """
import pytest

@pytest.mark.nexus(profile="n7k-7.3", model="N7K-C7009", startup=("feature lldp",))
def test_old(nexus):
    assert nexus.node.config.feature("lldp") and nexus.node.spec.profile == "n7k-7.3"

def test_lab(vnexus_lab):
    lab = vnexus_lab("lab.clab.yml")
    assert lab.nodes["leaf1"].config.vlans()[120] == "cameras"
"""


def build_wheel(folder: Path) -> Path:
    """As ``pip wheel containerlab/vnexus`` does it, from a copy: a build leaves things in its source."""
    source = folder / "source"
    shutil.copytree(
        PACKAGE, source, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__", "fuzz")
    )
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
         "-w", str(folder), source],
        check=True, timeout=120,
    )  # fmt: skip
    (wheel,) = folder.glob("vnexus-*.whl")
    return wheel


def needed(names: Iterable[str]) -> Iterator[importlib.metadata.Distribution]:
    """Installed distributions of these names and of all that they need."""
    seen: set[str] = set()
    waiting = [Requirement(name) for name in names]
    while waiting:
        wanted = waiting.pop()
        if wanted.name.lower() in seen or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        seen.add(wanted.name.lower())
        found = importlib.metadata.distribution(wanted.name)
        waiting += map(Requirement, found.requires or ())
        yield found


def link_packages(distributions: Iterable[importlib.metadata.Distribution], folder: Path) -> None:
    """The same files again: what the index would give, without asking it."""
    for distribution in distributions:
        for top in {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}:
            target = folder / top
            if not target.exists():
                target.symlink_to(Path(str(distribution.locate_file(top))))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python of an environment that holds the wheel, its dependencies and two clients."""
    folder = tmp_path_factory.mktemp("wheel")
    wheel = build_wheel(folder)
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = [name for name in archive.namelist() if name.endswith("METADATA")]
        text = archive.read(metadata).decode()
    asked = re.findall(r"^Requires-Dist: (.+)$", text, re.MULTILINE)
    venv.create(folder / "venv", with_pip=False)
    python = folder / "venv/bin/python"
    (packages,) = (folder / "venv/lib").glob("python*/site-packages")
    link_packages(needed([*asked, *CLIENTS]), packages)
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps",
         "--no-index", wheel],
        check=True, timeout=120,
    )  # fmt: skip
    return python


def run(python: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([python, *words], cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


def test_it_is_alone_there(clean: Path, tmp_path: Path) -> None:
    code = "import vnexus.lab, sys; print(vnexus.lab.__file__, 'agent' in sys.modules)"
    said = run(clean, "-c", code, cwd=tmp_path)
    assert said.stdout.startswith(str(clean.parents[1])), said.stderr
    assert said.stdout.split()[1] == "False"
    assert run(clean, "-c", "import agent", cwd=tmp_path).returncode == 1


def test_the_metadata_is_whole(clean: Path, tmp_path: Path) -> None:
    fields = "[d[name] for name in ('License-Expression', 'License-File', 'Version')]"
    code = f"import importlib.metadata as m; d = m.metadata('vnexus'); print(*{fields})"
    version = importlib.metadata.version("vnexus")
    assert run(clean, "-c", code, cwd=tmp_path).stdout.split() == ["Apache-2.0", "LICENSE", version]
    said = subprocess.run(
        [clean.with_name("vnexus"), "--version"], capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["vnexus", importlib.metadata.version("vnexus")]


def test_the_example_of_the_readme_passes_as_written(clean: Path, tmp_path: Path) -> None:
    readme = (PACKAGE / "README.md").read_text("utf-8")
    example = next(
        code for code in re.findall(r"```python\n(.*?)```", readme, re.DOTALL) if "(nexus)" in code
    )
    body = [line for line in example.splitlines() if line.strip()]
    assert len(body) == 5
    (tmp_path / "test_example.py").write_text(example, "utf-8")
    said = run(clean, *PYTEST, "test_example.py", cwd=tmp_path)
    assert "1 passed" in said.stdout, said.stdout + said.stderr


def test_marker_and_lab_fixture(clean: Path, tmp_path: Path) -> None:
    (tmp_path / "leaf1.cfg").write_text("hostname leaf1\nvlan 120\n  name cameras\n", "utf-8")
    (tmp_path / "lab.clab.yml").write_text(CLAB, "utf-8")
    (tmp_path / "test_more.py").write_text(MORE, "utf-8")
    said = run(clean, *PYTEST, "--strict-markers", "test_more.py", cwd=tmp_path)
    assert "2 passed" in said.stdout, said.stdout + said.stderr


def test_a_containerlab_topology_runs(clean: Path, tmp_path: Path) -> None:
    (tmp_path / "leaf1.cfg").write_text("hostname leaf1\nvlan 120\n", "utf-8")
    (tmp_path / "lab.clab.yml").write_text(CLAB, "utf-8")
    with subprocess.Popen(
        [clean.with_name("vnexus"), "run", "lab.clab.yml", "--until-eof"], cwd=tmp_path, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline() or "{}")
        said = process.communicate("", timeout=60)[1]
    assert process.returncode == 0, said
    assert {name: node["address"] for name, node in ready["nodes"].items()} == {
        "leaf1": "127.67.5.11", "leaf2": "127.67.5.12",
    }  # fmt: skip
    assert "ssh -p 2222 admin@127.67.5.11" in said
    assert "password admin" in said


def test_a_refused_startup_line_names_file_and_line(clean: Path, tmp_path: Path) -> None:
    (tmp_path / "leaf1.cfg").write_text("hostname leaf1\n! fine\nvlan 99999\n", "utf-8")
    (tmp_path / "lab.clab.yml").write_text(CLAB, "utf-8")
    said = subprocess.run(
        [clean.with_name("vnexus"), "run", "lab.clab.yml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 2
    assert said.stderr.startswith("vnexus: leaf1.cfg:3: leaf1: startup line 'vlan 99999' is refused")
    assert said.stderr.count("\n") == 1
