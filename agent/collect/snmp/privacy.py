"""The ciphers of USM: CBC-DES (RFC 3414 §8.1.1), CFB128-AES with 128 (RFC 3826), 192 and 256 bits."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher as Engine
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from agent.collect.snmp.ber import BerError
from agent.collect.snmp.keys import Cipher

SALT_BYTES = 8
_DES_BLOCK = 8

Code = Callable[[bytes, bytes, bytes], bytes]
"""(boots and time in four bytes each, salt, data) to data."""


def ciphers(cipher: Cipher, key: bytes) -> tuple[Code, Code]:
    """(encrypt, decrypt) under a localized key; decrypt raises BerError for what cannot be of this cipher."""
    return _des(key) if cipher.name == "des" else _aes(key)


def _aes(key: bytes) -> tuple[Code, Code]:
    algorithm = AES(key)

    def encrypt(moment: bytes, salt: bytes, data: bytes) -> bytes:
        return Engine(algorithm, CFB(moment + salt)).encryptor().update(data)

    def decrypt(moment: bytes, salt: bytes, data: bytes) -> bytes:
        if len(salt) != SALT_BYTES:
            raise BerError("the salt has a wrong length")
        return Engine(algorithm, CFB(moment + salt)).decryptor().update(data)

    return encrypt, decrypt


def _des(key: bytes) -> tuple[Code, Code]:
    # three times the same key is single DES
    algorithm, pre = TripleDES(key[:8] * 3), int.from_bytes(key[8:16])

    def vector(salt: bytes) -> CBC:
        return CBC((pre ^ int.from_bytes(salt)).to_bytes(_DES_BLOCK))

    def encrypt(_: bytes, salt: bytes, data: bytes) -> bytes:
        return Engine(algorithm, vector(salt)).encryptor().update(data + bytes(-len(data) % _DES_BLOCK))

    def decrypt(_: bytes, salt: bytes, data: bytes) -> bytes:
        if len(salt) != SALT_BYTES or len(data) % _DES_BLOCK:
            raise BerError("what is encrypted does not fill the blocks of its cipher")
        return Engine(algorithm, vector(salt)).decryptor().update(data)

    return encrypt, decrypt
