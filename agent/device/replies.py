"""What a switch may answer. A config line is taken as accepted only when every line of its reply is known
to be good; everything else is a failure, also text that nobody has seen before.
"""

from __future__ import annotations

import re

KNOWN_GOOD = (
    # entering config mode
    r"Enter configuration commands, one per line\. End with CNTL/Z\.?",
    # banner motd: what the switch says when it waits for the text
    r"Enter TEXT message\. End with the character '.'\.?",
    # a port that changes VRF or layer loses its addresses; plans re-send them
    r"(Warning:|%) Deleted all L3 config on interface \S+",
    r"Warning: Deleted all L3 config",
    # spanning-tree port type edge: one notice in several lines, wrapped differently by release
    r"Warning: [Ee]dge port type \(portfast\) should only be enabled on ports connected to a single",
    r"host\. Connecting hubs, concentrators, switches, bridges, etc\.\.\. to this",
    r"interface when edge port type \(portfast\) is enabled, can cause temporary bridging loops\.",
    r"Use with CAUTION",
    r"Edge Port Type \(Portfast\) has been configured on \S+ but will only",
    r"have effect when the interface is in a non-trunking mode\.",
    # vPC peer-link
    r"Please note that spanning tree port type is changed to \"network\" port type on vPC peer-link\.",
    r"This will enable spanning tree Bridge Assurance on vPC peer-link provided the STP Bridge Assurance",
    r"\(which is enabled by default\) is not disabled\.",
    r"(Note|Warning|NOTE|WARNING):",
    r"-+:: Re-init of peer-link and vPCs started ::-+",
    r"!!:: vPC domain is configured with peer-gateway.*",
    # features that tell that they have begun
    r"Feature \S+ is already enabled",
    r"NOTE: Please (make sure|ensure) that .* feature is (also )?enabled\.?",
)
"""Each is a whole line, every run of blanks made one."""

_GOOD = re.compile("|".join(f"(?:{pattern})" for pattern in KNOWN_GOOD))

_REFUSAL = re.compile(
    r"%? ?(Invalid|Incomplete|Ambiguous) (command|number|parameter|input|range)\b.*"
    r"|Invalid range at .*"
    r"|% Permission denied.*"
    r"|%? ?ERROR:? .*"
    r"|(Syntax error while parsing|Cmd exec error|Structured output unsupported).*"
    r"|% [A-Z]\w.*",
    re.IGNORECASE,
)

_LONGEST_REFUSAL = 8
"""A refusal is short; longer replies are output, whose lines may hold such words in descriptions."""


def refusal_of_line(reply: str) -> str | None:
    r"""The switch's words when the reply to a config line is not known to be good, else None.

    >>> refusal_of_line("Warning: Deleted all L3 config on interface Ethernet1/7\n")
    >>> refusal_of_line("            ^\n% Invalid command at '^' marker.\n")
    "% Invalid command at '^' marker"
    >>> refusal_of_line("something new")
    'something new'
    """
    lines = [" ".join(line.split()) for line in reply.splitlines()]
    bad = [line for line in lines if line and line != "^" and not _GOOD.fullmatch(line)]
    return " / ".join(bad)[:300].rstrip(".") if bad else None


def refusal_of_command(reply: str) -> str | None:
    r"""The switch's words when an exec command was refused, else None.

    >>> refusal_of_command("Syntax error while parsing 'shw ver'\n\n\nCmd exec error.\n")
    "Syntax error while parsing 'shw ver'"
    >>> refusal_of_command("interface Ethernet1/1\n  description % Invalid command\n")
    """
    lines = [line.rstrip() for line in reply.splitlines() if line.strip()]
    if len(lines) > _LONGEST_REFUSAL:
        return None
    return next((line.rstrip(".") for line in lines if _REFUSAL.fullmatch(line)), None)
