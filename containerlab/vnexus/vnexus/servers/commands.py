"""Lines of a program, not of a person: no ``configure terminal`` before them, errors without carets."""

from __future__ import annotations

from dataclasses import replace

from vnexus.config.session import ConfigSession
from vnexus.exec.output import Output
from vnexus.exec.shell import Shell


def run_command(shell: Shell, line: str) -> Output:
    """Exec commands, and configuration lines without ``configure terminal`` before them.

    A command of several lines (a banner, for one) is typed line by line, up to the first that is refused.
    """
    if "\n" not in line.strip():
        return _run_line(shell, line)
    outputs: list[Output] = []
    for part in line.strip("\n").split("\n"):
        outputs.append(_run_line(shell, part))
        if outputs[-1].error:
            break
    return replace(outputs[-1], text="\n".join(output.text for output in outputs if output.text))


def _run_line(shell: Shell, line: str) -> Output:
    first = line.strip().split(" ", 1)[0].lower()
    if shell.configuring is None:
        output = shell.run(line)
        if not output.error or first in {"show", "sh"}:
            return output
        shell.configuring = ConfigSession(shell.node.config)
        configured = shell.run(line)
        if configured.error and not _known(shell, line):
            shell.configuring = None
            return configured
        return configured
    return shell.run(line)


def _known(shell: Shell, line: str) -> bool:
    del line
    return shell.configuring is not None and len(shell.configuring.frames) > 1


def error_text(output: Output) -> str:
    """Errors without the caret, for nothing was typed: ``% Invalid command``."""
    caret, _, said = output.text.partition("\n")
    if caret.strip() != "^":
        return f"{output.text}\n"
    return said.replace(" at '^' marker.", "") + "\n"
