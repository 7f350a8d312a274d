"""A running-config as a history keeps it: without lines that change by themselves, and without secrets."""

from __future__ import annotations

import re

from agent.nxos.mask import mask_text

_NOISE = re.compile(
    r"!(Command:|Time:|Running configuration last done at:|No configuration change since"
    r"|Startup config saved at:).*"
)


def still_text(text: str) -> str:
    r"""Without headers and blanks at line ends; secrets stand in clear.

    >>> still_text("\n!Command: show running-config\n!Time: Wed\n\nhostname a \n")
    'hostname a\n'
    """
    kept = [line.rstrip() for line in text.splitlines() if not _NOISE.fullmatch(line.strip())]
    return "\n".join(kept).strip("\n") + "\n"


def quiet_text(text: str) -> str:
    r"""Masked, without headers and blanks at line ends.

    >>> quiet_text("\n!Command: show running-config\n!Time: Wed\n\nhostname a \nsnmp-server community x\n")
    'hostname a\nsnmp-server community <hidden>\n'
    """
    return mask_text(still_text(text))
