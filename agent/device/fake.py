"""A switch in memory, for tests of what stands above the seam: it appends what it is told and can go back."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.device.hearing import Hear, unheard
from agent.errors import CommandRejectedError, UnreachableError


@dataclass(slots=True)
class FakeSwitch:
    """State that outlives sessions. Each fault is spent when it strikes, except ``rollback_fails``."""

    name: str
    running: str
    startup: str = ""
    checkpoints: dict[str, str] = field(default_factory=dict)
    reject: str | None = None
    """A config line that is refused."""
    vanish_after: str | None = None
    """A config line after which the session is lost."""
    ignore: str | None = None
    """A config line that is accepted without effect."""
    rollback_fails: bool = False
    unreachable: bool = False
    log: list[str] = field(default_factory=list)

    def open(self) -> FakeTransport:
        """A new session; raises UnreachableError when told to."""
        if self.unreachable:
            raise UnreachableError(self.name, "no answer on port 22", hint="check the cable")
        self.log.append("open")
        return FakeTransport(self)


@dataclass(slots=True)
class FakeTransport:
    """One session with a FakeSwitch; satisfies ``Transport``."""

    switch: FakeSwitch
    hear: Hear = unheard

    @property
    def name(self) -> str:
        return self.switch.name

    def run(self, command: str) -> str:
        """Output of one of the few commands that it knows."""
        reply = self._answer(command)
        self.hear(command, reply)
        return reply

    def _answer(self, command: str) -> str:
        switch, words = self.switch, command.split()
        switch.log.append(command)
        match words:
            case ["show", "running-config"]:
                return switch.running
            case ["show", "startup-config"]:
                return switch.startup
            case ["checkpoint", checkpoint]:
                switch.checkpoints[checkpoint] = switch.running
                return ".Done\n"
            case ["no", "checkpoint", checkpoint]:
                switch.checkpoints.pop(checkpoint, None)
                return ""
            case ["rollback", "running-config", "checkpoint", checkpoint, *_]:
                if switch.rollback_fails or checkpoint not in switch.checkpoints:
                    return "Rollback failed.\n"
                switch.running = switch.checkpoints[checkpoint]
                return "Rollback completed successfully.\n"
            case ["copy", "running-config", "startup-config"]:
                switch.startup = switch.running
                return "[########################################] 100%\nCopy complete.\n"
        raise CommandRejectedError(self.name, f"refuses '{command}'", hint="the fake knows few commands")

    def configure(self, lines: tuple[str, ...]) -> None:
        switch = self.switch
        for position, line in enumerate(lines, start=1):
            if line == switch.reject:
                switch.reject = None
                self.hear(line, "% Invalid command at '^' marker.\n")
                raise CommandRejectedError(
                    self.name, f"line {position} of {len(lines)} '{line}' was not accepted", hint="plan again"
                )
            switch.log.append(line)
            self.hear(line, "")
            if line == switch.ignore:
                continue
            switch.running += line + "\n"
            if line == switch.vanish_after:
                switch.vanish_after = None
                raise UnreachableError(self.name, "the session ended", hint="check the path")

    def close(self) -> None:
        self.switch.log.append("close")
