"""The error tree.

AgentError                      every expected failure; its text is one line for a person
├── UsageError                  a wrong argument or setting                       (exit 2)
├── InventoryError              the intent has mistakes; in records.py, for it carries Findings (exit 2)
├── RenderError                 a template failed: template, line, device         (exit 2)
├── ConfigSyntaxError           text that is not an NX-OS configuration           (exit 2)
├── StoreError                  journal or backup cannot be read or written       (exit 4)
├── ForbiddenError              the city's own rules forbid the change now         (exit 4)
│   ├── FrozenError             a change freeze is in force
│   ├── OutsideWindowError      no maintenance window is open
│   └── NotApprovedError        a marked risk that nobody has approved
├── LockedError                 somebody else works on a switch, or left it unfinished (exit 4)
├── StalePlanError              the switch is not as it was when planned          (exit 4)
└── DeviceError                 one switch failed: device, problem, next step     (exit 4)
    ├── UnreachableError        no answer, refused, timed out
    ├── LoginRefusedError       wrong password or user, host key not trusted
    ├── NotNexusError           something answers, but it is not NX-OS
    ├── CommandRejectedError    the switch said no, or said something not known to be good
    └── VerifyError             the switch took it, but reads back differently
"""

from __future__ import annotations


class AgentError(Exception):
    """Base of every expected failure. ``str(error)`` is one line, without secrets, with the next step."""


class UsageError(AgentError):
    """A wrong argument or setting."""


class RenderError(AgentError):
    """A template failed; the text names template, line and device."""

    def __init__(self, device: str, template: str, line: int, problem: str) -> None:
        self.device, self.template, self.line, self.problem = device, template, line, problem
        super().__init__(f"{template}:{line}: {problem} (rendering {device})")


class ConfigSyntaxError(AgentError):
    """Text that does not read as an NX-OS configuration; the text names the line."""


class StoreError(AgentError):
    """The journal or a backup cannot be read or written."""


class ForbiddenError(AgentError):
    """The city's own rules forbid the change now; ``--break-glass`` overrides."""


class FrozenError(ForbiddenError):
    """The freeze calendar forbids changes now."""


class OutsideWindowError(ForbiddenError):
    """No maintenance window is open for the change."""


class NotApprovedError(ForbiddenError):
    """The plan carries a risk that policy wants approved, and nobody has."""


class LockedError(AgentError):
    """Somebody else works on a switch, or an earlier change of it is not finished."""


class StalePlanError(AgentError):
    """The switch, the intent or the templates changed after the plan was made."""


class DeviceError(AgentError):
    """One switch failed.

    >>> print(DeviceError("core-1", "no answer on port 22", hint="check the management VRF"))
    core-1: no answer on port 22. check the management VRF
    """

    def __init__(self, device: str, problem: str, *, hint: str) -> None:
        self.device, self.problem, self.hint = device, problem, hint
        super().__init__(f"{device}: {problem}. {hint}")


class UnreachableError(DeviceError):
    """No answer, connection refused or timed out."""


class LoginRefusedError(DeviceError):
    """Wrong user or password, or a host key that is not trusted."""


class NotNexusError(DeviceError):
    """Something answers, but it is not NX-OS."""


class CommandRejectedError(DeviceError):
    """The switch refused a line, or answered in a way that is not known to be good."""


class VerifyError(DeviceError):
    """The switch accepted the lines, but its configuration reads back differently."""
