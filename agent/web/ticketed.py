"""Which ticket an incident has. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from agent.web.services import Incident

if TYPE_CHECKING:  # it opens a database, which a watch without tickets needs not load
    from agent.store.tickets import Ticket


def match_tickets(incidents: Iterable[Incident], tickets: Iterable[Ticket]) -> dict[Incident, Ticket]:
    """The open ticket, the latest first, that names the place, or the switch and port, of each incident.

    A ticket is of a group of alerts: it names places in its lines. An incident that none names has none.
    """
    said = [
        (ticket, [words.casefold() for words in (ticket.title, *(line.summary for line in ticket.lines))])
        for ticket in tickets
        if ticket.state == "open"
    ]
    found: dict[Incident, Ticket] = {}
    for incident in incidents:
        for ticket, lines in said:
            if ticket.site in {"", incident.site} and any(_names(words, incident) for words in lines):
                found[incident] = ticket
                break
    return found


def _names(words: str, incident: Incident) -> bool:
    device, place = incident.device.casefold(), incident.place.casefold()
    if not incident.interface:  # what is said of one port is not said of the switch
        return _has(words, device) and "ethernet" not in words
    return _has(words, place) or (_has(words, device) and _has(words, incident.interface.casefold()))


def _has(words: str, word: str) -> bool:
    """Whether it stands there whole: ``rue 1`` is not in ``rue 12``.

    >>> _has("camera rue 12 dark", "rue 1"), _has("camera rue 12 dark", "rue 12")
    (False, True)
    """
    start = words.find(word)
    while word and start >= 0:
        before, after = words[:start][-1:], words[start + len(word) :][:1]
        if not (before.isalnum() or after.isalnum()):
            return True
        start = words.find(word, start + 1)
    return False
