"""Name, users, features, secrets, SNMP."""

from __future__ import annotations

from vnexus.config.change import Change, RefusedError
from vnexus.config.effects.registry import effect
from vnexus.config.secrets import NO_PASSWORD, encode_reversible, hash_password, salt_of
from vnexus.config.snmpkeys import localized, localized_line


@effect("hostname")
def hostname(change: Change) -> str | None:
    """The name of the switch is also the name of its default VDC."""
    if change.negated:
        name = "switch"
        change.remove(("hostname",))
    else:
        name = change.match.value
        change.keep()
    _rename_vdc(change, name)
    return None


@effect("switchname")
def switchname(change: Change) -> str | None:
    below = change.config_line(change.section, f"hostname {change.match.pieces[1].text}")
    below.negated = change.negated
    return hostname(below)


def _rename_vdc(change: Change, name: str) -> None:
    for entry in [e for e in change.section.under("vdc") if e.identity[2:] == ("id", "1")]:
        del change.section.entries[entry.identity]
        entry.identity = ("vdc", name, "id", "1")
        entry.text = f"vdc {name} id 1"
        change.section.entries[entry.identity] = entry


@effect("vdc")
def vdc(change: Change) -> str | None:
    """Only the default VDC; entering it renames nothing."""
    if change.match.identity[3] != "1":
        raise RefusedError("ERROR: VDC creation is not supported on this platform")
    existing = next(iter(change.section.under("vdc")), None)
    if existing is not None and existing.section is not None:
        change.entered.append(existing.section)
        return None
    change.keep()
    return None


@effect("username")
def username(change: Change) -> str | None:
    """Clear passwords are hashed with a new salt each time; the user gets an SNMP user too."""
    user = change.match.identity[1]
    section = change.section
    if change.negated:
        return _forget_user(change, user)
    kind = next(
        (p.text for p in change.match.pieces if p.value and p.argument is None and p.text.isdigit()), "0"
    )
    secret = (change.match.get("secret") or "").strip('"')
    role = change.match.get("role")
    before = section.value("username", user)
    if role is None:
        role = before.rpartition(" role ")[2] if before else "network-operator"
    if kind == "0":
        hashed = hash_password(secret, salt_of(f"{change.config.version}:{user}:{len(section.entries)}"))
        change.config.made_hashes.add(hashed)
        _snmp_user(change, user, role, secret)
    else:
        hashed = secret
    change.keep(("username", user), f"username {user} password 5 {hashed}  role {role}")
    return None


def _forget_user(change: Change, user: str) -> str | None:
    if user == "admin":
        raise RefusedError("ERROR: The user admin cannot be deleted")
    for entry in list(change.section.under("username", user)):
        change.remove(entry.identity)
    change.remove(("snmp-server", "user", user))
    return None


def _snmp_user(change: Change, user: str, role: str, secret: str) -> None:
    key = "0x" + localized("md5", secret, change.config.platform.engine).hex()
    below = change.config_line(
        change.section, f"snmp-server user {user} {role} auth md5 {key} priv {key} localizedkey"
    )
    below.keep()


@effect("username-role")
def username_role(change: Change) -> str | None:
    """A role line changes the role of the user's one line; a new user gets no password with it."""
    user, role = change.match.identity[1], change.match.get("role") or ""
    entry = change.section.get("username", user)
    if change.negated:
        return None
    if entry is None:
        below = change.config_line(change.section, f"username {user} password 5 {NO_PASSWORD} role {role}")
        below.keep(("username", user), f"username {user} password 5 {NO_PASSWORD}  role {role}")
        return None
    entry.text = f"{entry.text.rpartition(' role ')[0]} role {role}"
    change.config.touch()
    return None


@effect("ssh-key")
def ssh_key(change: Change) -> str | None:
    """Written with a trailing blank."""
    if change.negated:
        change.remove()
    else:
        change.keep(text=change.match.text + " ")
    return None


@effect("banner")
def banner(change: Change) -> str | None:
    """A banner on one line: the first character is the delimiter."""
    if change.negated:
        change.remove()
        return None
    text = change.match.value
    end = text.find(text[0], 1)
    if end < 0:
        raise RefusedError("% Incomplete command at '^' marker.")
    change.keep(text=f"{' '.join(change.match.identity)} {text[: end + 1]}")
    return None


@effect("name-server")
def name_server(change: Change) -> str | None:
    """A list that grows: ``ip name-server A B [use-vrf V]``."""
    names = change.match.value or " ".join(change.match.identity[2:])
    wanted, _, vrf = names.partition(" use-vrf ")
    identity = ("ip", "name-server", *(("use-vrf", vrf) if vrf else ()))
    entry = change.section.entries.get(identity)
    have = (
        [] if entry is None else entry.text.removeprefix("ip name-server ").partition(" use-vrf ")[0].split()
    )
    if change.negated:
        left = [name for name in have if wanted and name not in wanted.split()]
    else:
        left = have + [name for name in wanted.split() if name not in have]
    if left:
        change.keep(identity, f"ip name-server {' '.join(left)}" + (f" use-vrf {vrf}" if vrf else ""))
    else:
        change.remove(identity)
    return None


@effect("snmp-user")
def snmp_user(change: Change) -> str | None:
    """Clear keys are localized; a line that is already so is kept as it is."""
    user = change.match.identity[2]
    if change.negated:
        change.remove(("snmp-server", "user", user))
        return None
    try:
        value = localized_line(change.match.value, change.config.platform.engine)
    except ValueError as exc:
        raise RefusedError(f"ERROR: {exc}") from exc
    change.keep(text=f"snmp-server user {user} {value}")
    return None


@effect("snmp-host")
def snmp_host(change: Change) -> str | None:
    """Traps are meant when neither traps nor informs is said."""
    words = change.match.text.split()
    below = change.config_line(change.section, " ".join([*words[:3], "traps", *words[3:]]))
    below.negated = change.negated
    below.apply()
    return None


@effect("community")
def community(change: Change) -> str | None:
    """``ro`` and ``rw`` are written as the groups they mean; a community without either only reads."""
    if change.negated:
        for entry in list(change.section.under(*change.match.identity)):
            change.remove(entry.identity)
        return None
    value = change.match.value
    group = {"": "network-operator", "ro": "network-operator", "rw": "network-admin"}.get(value)
    name = change.match.identity[2]
    text = f"snmp-server community {name} group {group}" if group else change.match.text
    change.keep(text=text)
    return None


@effect("key3")
def key3(change: Change) -> str | None:
    return _key(change, "3")


@effect("key7")
def key7(change: Change) -> str | None:
    return _key(change, "7")


@effect("ntp-key")
def ntp_key(change: Change) -> str | None:
    """``md5 SECRET [0]`` is written ``md5 OTHER 7``."""
    if change.negated:
        change.remove()
        return None
    words = change.match.text.split()
    if words[-1] != "7" or len(words) < 6:
        words = [*words[:4], encode_reversible(words[4], "7"), "7"]
    change.keep(text=" ".join(words))
    return None


def _key(change: Change, kind: str) -> str | None:
    """Keep the line with its clear key encoded; a line already encoded is kept."""
    if change.negated:
        change.remove()
        return None
    secret = change.match.get("secret")
    if secret is None:
        change.keep()
        return None
    pieces = [p.text for p in change.match.pieces]
    at = next(i for i, p in enumerate(change.match.pieces) if p.argument == "secret")
    typed = pieces[at - 1] if pieces[at - 1] in {"0", "3", "6", "7"} else ""
    head = pieces[: at - 1] if typed else pieces[:at]
    if typed in {"", "0"}:
        secret, typed = encode_reversible(secret.strip('"'), kind), kind
        secret = f'"{secret}"' if kind == "7" else secret
    change.keep(text=" ".join([*head, typed, secret, *pieces[at + 1 :]]))
    return None
