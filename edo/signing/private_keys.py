"""Reading private keys in PEM, ГОСТ included. No database."""

from asn1crypto import keys, pem
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from econtract.platform.crypto.gost import GostPrivateKey

_PSEUDO_RANDOM_FUNCTIONS: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - the default of PKCS#5; nobody relies on its collisions
    "sha256": hashes.SHA256(),
    "sha512": hashes.SHA512(),
}
MAX_ITERATIONS = 10_000_000


def load_private_key(content: bytes, password: bytes | None) -> object:
    """The private key of a PEM file; its type is for the caller to check.

    Raises ValueError or TypeError when it cannot be read, EngineError for ГОСТ without libgcrypt
    or on an unknown curve.
    """
    try:
        return load_pem_private_key(content, password)
    except (UnsupportedAlgorithm, ValueError) as error:
        blocks = {label: der for label, _, der in pem.unarmor(content, multiple=True)}
        if not password and "PRIVATE KEY" in blocks:
            return GostPrivateKey.from_pkcs8(blocks["PRIVATE KEY"])
        if password and "ENCRYPTED PRIVATE KEY" in blocks:
            return GostPrivateKey.from_pkcs8(_decrypt(blocks["ENCRYPTED PRIVATE KEY"], password))
        raise ValueError("no private key") from error


def _decrypt(encrypted: bytes, password: bytes) -> bytes:
    """Undo PBES2 with PBKDF2 and AES in CBC mode, which OpenSSL writes (RFC 8018)."""
    info = keys.EncryptedPrivateKeyInfo.load(encrypted, strict=True)
    algorithm = info["encryption_algorithm"]
    if algorithm["algorithm"].native != "pbes2" or algorithm.encryption_cipher != "aes":
        raise ValueError("the key is encrypted in another way than PBES2 with AES")
    function = _PSEUDO_RANDOM_FUNCTIONS.get(algorithm.kdf_hmac)
    if function is None or algorithm.kdf_iterations > MAX_ITERATIONS:
        raise ValueError("the key is derived in another way than we know")
    derivation = PBKDF2HMAC(
        function, algorithm.key_length, algorithm.kdf_salt, algorithm.kdf_iterations
    )
    cipher = Cipher(
        algorithms.AES(derivation.derive(password)), modes.CBC(algorithm.encryption_iv)
    ).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    padded = cipher.update(info["encrypted_data"].native) + cipher.finalize()
    return unpadder.update(padded) + unpadder.finalize()
