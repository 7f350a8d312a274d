"""Sealed texts: encrypted with a key of the secret store, by Fernet (AES-128-CBC and HMAC-SHA256)."""

from __future__ import annotations

import textwrap
import zlib
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from agent.errors import StoreError, UsageError

KEY_NAME = "backup_key"
"""Secret that holds the key, or several with blanks between: the first seals, each opens what it sealed."""

_HEAD = "moulin sealed configuration 1"


def new_key() -> str:
    """A fresh key, URL-safe base64 of 32 random bytes."""
    return Fernet.generate_key().decode()


class Seal:
    """Closes and opens texts."""

    def __init__(self, keys: str) -> None:
        """Keys separated by blanks; raises UsageError for one that is no key."""
        try:
            fernets = [Fernet(key) for key in keys.split()]
            self._fernet = MultiFernet(fernets)
        except (ValueError, IndexError) as exc:
            hint = "make one: moulin backup key"
            raise UsageError(f"secret {KEY_NAME!r} is not a key for sealing. {hint}") from exc
        self._label = sha256(keys.split(maxsplit=1)[0].encode()).hexdigest()[:8]

    def close(self, text: str) -> str:
        """The sealed form, in lines; it differs each time, also for the same text."""
        token = self._fernet.encrypt(zlib.compress(text.encode(), 9)).decode()
        return "\n".join(
            [_HEAD, f"key {self._label}", *textwrap.wrap(token, 100, break_on_hyphens=False), ""]
        )

    def open(self, sealed: str) -> str:
        """The text; raises StoreError when it was sealed with another key, was edited, or is not sealed."""
        head, *rows = sealed.split("\n")
        if head != _HEAD or not rows:
            raise StoreError("the sealed backup is damaged. take an older one: moulin backup log DEVICE")
        try:
            return zlib.decompress(self._fernet.decrypt("".join(rows[1:]).encode())).decode()
        except InvalidToken as exc:
            other = rows[0] != f"key {self._label}"
            why = f"was sealed with another key ({rows[0]})" if other else "was damaged since"
            raise StoreError(f"the sealed backup {why}. add the key to secret {KEY_NAME!r}") from exc
