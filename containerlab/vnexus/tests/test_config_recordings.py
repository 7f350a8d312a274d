"""Running-configs of real Nexus labs load without a complaint and print back the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from vnexus.config.configuration import Configuration
from vnexus.config.platform import Platform
from vnexus.config.session import ConfigSession


def recordings() -> list[Path]:
    for parent in Path(__file__).resolve().parents:
        data = parent / "shared" / "data"
        if (data / "INDEX.md").exists():
            return sorted(data.glob("nxos-labs/*/configs/*/show_running-config.txt"))
    return []


def load(text: str, ports: tuple[str, ...]) -> tuple[Configuration, list[str]]:
    config = Configuration(Platform("n9k-9.3", "N9K-C9300v", ports), lambda: 1.0)
    session = ConfigSession(config)
    said = [f"{line}: {reply.text}" for line in text.splitlines() if (reply := session.feed(line)).text]
    return config, said


def body(text: str) -> list[str]:
    lines = [line.rstrip() for line in text.rstrip().splitlines()]
    return lines[next(n for n, line in enumerate(lines) if line.startswith("hostname")) :]


@pytest.mark.skipif(not recordings(), reason="recorded labs (shared/data) are not on this machine")
@pytest.mark.parametrize("file", recordings(), ids=lambda file: file.parent.name)
def test_recording_prints_back(file: Path) -> None:
    text = file.read_text()
    ports = tuple(line.split()[1] for line in text.splitlines() if line.startswith("interface Ethernet"))
    config, said = load(text, ports)
    assert said == []
    assert [line.rstrip() for line in config.lines_of()] == body(text)


@pytest.mark.skipif(not recordings(), reason="recorded labs (shared/data) are not on this machine")
@pytest.mark.parametrize("file", recordings(), ids=lambda file: file.parent.name)
def test_order_of_stanzas_does_not_matter(file: Path) -> None:
    """Features first; then the stanzas of the recording, last one first."""
    text = file.read_text()
    ports = tuple(line.split()[1] for line in text.splitlines() if line.startswith("interface Ethernet"))
    stanzas: list[list[str]] = []
    for line in body(text):
        if line[:1] == " ":
            stanzas[-1].append(line)
        elif line:
            stanzas.append([line])
    features = [s for s in stanzas if s[0].startswith(("feature", "nv overlay"))]
    rest = [s for s in stanzas if s not in features and not s[0].startswith("hardware access-list")]
    tcam = [s for s in stanzas if s[0].startswith("hardware access-list")]
    turned = "\n".join(line for stanza in [*features, *tcam, *rest[::-1]] for line in stanza)
    config, said = load(turned, ports)
    assert said == []
    assert [line.rstrip() for line in config.lines_of()] == body(text)
