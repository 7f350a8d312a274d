"""Wrong words of every verb: one line that names the verb, the mistake and where to look; exit 2."""

from __future__ import annotations

import pytest
import typer
import typer.main

from agent.cli.main import build_app, run


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["pin", "core-1"], "moulin pin: got unexpected extra argument(s) (core-1). see: moulin pin --help"),
        (["status", "--nope"], "moulin status: no such option: --nope. see: moulin status --help"),
        (["nope"], "moulin: no such command 'nope'. see: moulin --help"),
        (["doctor"], "moulin doctor: missing argument 'HOST'. see: moulin doctor --help"),
        (["watch", "--interval", "soon"], "--interval"),
        (["watch", "--interval", "0"], "--interval"),
        (["lab", "up", "--backend"], "'--backend' requires an argument"),
        (["noc", "build", "--alertmanager", "x y"], "--alertmanager 'x y' is not HOST:PORT"),
        (["noc", "build", "--moulin-address", "http://a:1"], "'http://a:1' is not HOST:PORT"),
        (["noc", "nope"], "moulin noc: no such command 'nope'"),
    ],
)
def test_one_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert said in err


@pytest.mark.parametrize("verb", sorted(typer.main.get_command(build_app()).commands))  # type: ignore[attr-defined]
def test_every_verb(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([verb, "--no-such-option"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_help_version_and_a_bare_group_are_as_before(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert run(["pin", "--help"]) == 0
    assert "Usage: moulin" in capsys.readouterr().out
    assert run(["noc"]) == 2
    assert "build" in "".join(capsys.readouterr())
