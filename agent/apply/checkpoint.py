"""Checkpoints on the switch: the way back that does not depend on us knowing the way."""

from __future__ import annotations

from agent.device.transport import Transport
from agent.errors import CommandRejectedError


def set_checkpoint(session: Transport, name: str) -> None:
    """Store the running configuration on the switch; raises CommandRejectedError unless it says done."""
    reply = session.run(f"checkpoint {name}")
    if "done" not in reply.lower():
        raise _refused(session, "no checkpoint could be set", reply, "free one: show checkpoint summary")


def roll_back(session: Transport, name: str) -> None:
    """Return to the checkpoint; raises CommandRejectedError unless the switch says that it succeeded."""
    reply = session.run(f"rollback running-config checkpoint {name}")
    if "completed successfully" not in reply.lower():
        raise _refused(session, "the rollback did not succeed", reply, "see: show rollback log exec")


def drop_checkpoint(session: Transport, name: str) -> None:
    """Remove the checkpoint; raises CommandRejectedError."""
    session.run(f"no checkpoint {name}")


def save_startup(session: Transport) -> None:
    """Copy running to startup; raises CommandRejectedError unless the switch says that it is complete."""
    reply = session.run("copy running-config startup-config")
    if "copy complete" not in reply.lower():
        raise _refused(session, "startup-config was not written", reply, "see: dir bootflash:")


def _refused(session: Transport, problem: str, reply: str, hint: str) -> CommandRejectedError:
    words = " / ".join(line.strip() for line in reply.splitlines() if line.strip())[-200:]
    return CommandRejectedError(session.name, f"{problem} ({words or 'no words'})", hint=hint)
