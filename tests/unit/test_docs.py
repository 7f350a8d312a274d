"""Examples in the README and in docs/ are commands and options that exist; links lead somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main

from agent.cli.main import build_app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"```(?:console|sh|bash)\n(.*?)```", re.DOTALL)
_LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


def commands() -> list[tuple[str, str]]:
    """(page, command line) of every moulin command in a console block."""
    found = []
    for page in PAGES:
        for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                for part in line.removeprefix("$ ").split("&&"):
                    words = part.strip().removeprefix(".venv/bin/")
                    if words.startswith("moulin "):
                        found.append((page.relative_to(ROOT).as_posix(), words))
    return found


@pytest.mark.parametrize(("page", "line"), commands())
def test_an_example_is_a_command_that_exists(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    command = typer.main.get_command(build_app())
    while (children := getattr(command, "commands", None)) and words and words[0][0] != "-":
        assert words[0] in children, f"{page}: moulin has no {words[0]!r}"
        command = children[words.pop(0)]
    if command.name == "run":
        assert (ROOT / words[0]).is_file(), f"{page}: no runbook {words[0]}"
        return
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    known.add("--help")
    for word in words:
        if word.startswith("-"):
            assert word.partition("=")[0] in known, f"{page}: {command.name} has no option {word}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name}: {target} is not there"


def test_every_verb_stands_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    command = typer.main.get_command(build_app())
    missing = [name for name in command.commands if not re.search(rf"[`, ]{name}\b", text)]
    assert missing == []
