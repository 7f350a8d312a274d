"""``configure replace``: a whole configuration at once, on trial: the switch goes back unless told in time.

For what is a whole configuration anyway: a backup that comes back. The switch works out the lines itself and
undoes them itself when one fails. Nexus 9000 and 3000 from 9.3, by SSH with ``feature scp-server``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from agent.device.transport import Storing, Transport
from agent.errors import CommandRejectedError
from agent.nxos.mask import mask_line

_DONE = "configure replace completed success"
_VALID = re.compile(r"Patch validation completed success|Rollback Patch is Empty")
_BAD = re.compile(r"Syntax error.*|.*\bERROR\b.*|.*\bFAILED\b.*|.*[Mm]ismatch.*|.*\bfailed\b.*")
_NONE_WAITS = re.compile(r"\bno\b.*\b(wait|pending|progress)", re.IGNORECASE)


def file_of(checkpoint: str) -> str:
    """Name of the file on bootflash; it holds secrets and is removed as soon as it has been read.

    >>> file_of("moulin-7-6ac1")
    'moulin-7-6ac1.cfg'
    """
    return f"{checkpoint}.cfg"


def store_whole(session: Storing, file: str, text: str) -> None:
    """Put the text on the switch and have it checked there; nothing is configured.

    Raises CommandRejectedError when the switch would not take it.
    """
    session.store(file, text)
    reply = session.run(f"configure replace bootflash:{file} verify-only")
    if bad := tuple(dict.fromkeys(complaints_of(reply))):
        few = "; ".join(bad[:3])
        hint = "nothing was changed. see what this release makes of these lines"
        raise CommandRejectedError(session.name, f"would not take the configuration: {few}", hint=hint)


def replace_whole(session: Transport, file: str, seconds: int) -> None:
    """Make the file the running configuration; the switch goes back after ``seconds`` unless it is committed.

    Raises CommandRejectedError unless the switch says that it succeeded; then it has gone back by itself.
    """
    reply = session.run(f"configure replace bootflash:{file} commit-timeout {seconds}")
    drop_file(session, file)
    if _DONE not in reply.lower():
        rows = [" ".join(row.split()) for row in reply.splitlines() if row.strip()]
        words = " / ".join(mask_line(row) for row in rows)[-200:] or "no words"
        hint = "see: show config-replace log verify"
        raise CommandRejectedError(session.name, f"did not take the configuration ({words})", hint=hint)


def commit_replace(session: Transport) -> None:
    """Make what is on trial stand; nothing happens when nothing is. Raises DeviceError."""
    try:
        reply = session.run("configure replace commit")
    except CommandRejectedError as error:
        if not _NONE_WAITS.search(error.problem):
            raise
        return
    if reply.strip() and not re.search(r"success|commit(?:ted)?\b", reply, re.IGNORECASE):
        words = " / ".join(reply.split("\n"))[:200]
        hint = "see: show config-replace status"
        raise CommandRejectedError(session.name, f"'configure replace commit' says: {words}", hint=hint)


def abort_replace(session: Transport) -> None:
    """Have the switch go back now, if something is on trial; what it says is not believed but read back."""
    with suppress(CommandRejectedError):
        session.run("configure replace abort")


def drop_file(session: Transport, file: str) -> None:
    """Remove the file, if it is there; raises DeviceError when the switch cannot be asked."""
    with suppress(CommandRejectedError):
        session.run(f"delete bootflash:{file} no-prompt")


def complaints_of(reply: str) -> Iterator[str]:
    r"""What ``verify-only`` found wrong, masked. Its last word is not believed: it calls any patch valid.

    >>> list(complaints_of("Syntax error while parsing 'vlam 2'\nPatch validation completed successful"))
    ["Syntax error while parsing 'vlam 2'"]
    """
    rows = [row.strip() for row in reply.splitlines()]
    yield from (mask_line(row) for row in rows if _BAD.fullmatch(row))
    if not _VALID.search(reply):
        yield "the switch did not say that the patch is valid"
