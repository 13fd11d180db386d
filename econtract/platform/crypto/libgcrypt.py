"""A small binding to libgcrypt: message digests, and signatures with elliptic curves.

Only bytes and numbers go in and come out. Expressions are built here in their canonical form, with
explicit lengths, so nothing from outside is parsed by the library as text. Every handle is released
where it was made.
"""

import ctypes
import functools
import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_uint, c_void_p

LIBRARY = "libgcrypt.20.dylib" if sys.platform == "darwin" else "libgcrypt.so.20"
MINIMUM_VERSION = "1.10.0"  # the oldest one that the tests have run with
_DISABLE_SECURE_MEMORY, _INITIALIZATION_FINISHED = 37, 38
_CODE_MASK = 0xFFFF  # the upper half of an error number is its source
_PUBLIC_PART = 1
# The codes of libgpg-error for values that do not fit together: a wrong signature or a wrong key.
_BAD_VALUE = {
    6,  # bad public key
    8,  # bad signature
    65,  # invalid object
    79,  # invalid data
    195,  # broken public key: it is no point of the curve
}

Expression = bytes | tuple["Expression", ...]


class EngineError(Exception):
    """libgcrypt is absent or too old, or it does not know the algorithm or the curve."""


@functools.cache
def load() -> ctypes.CDLL:
    """The initialized library. Raises EngineError when it cannot be used."""
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError as error:
        raise EngineError(f"{LIBRARY} is not installed") from error
    _declare(library)
    if library.gcry_check_version(MINIMUM_VERSION.encode()) is None:
        raise EngineError(f"libgcrypt is older than {MINIMUM_VERSION}")
    # Our keys are in ordinary memory anyway: they come from Python's bytes.
    library.gcry_control(_DISABLE_SECURE_MEMORY, c_int(0))
    library.gcry_control(_INITIALIZATION_FINISHED, c_int(0))
    return library


class Hash:
    """A running digest, used like those of hashlib. Raises EngineError for an unknown algorithm."""

    def __init__(self, algorithm: int, size: int) -> None:
        self._library = load()
        self._algorithm = algorithm
        self.digest_size = size
        handle = c_void_p()
        _require_success(self._library.gcry_md_open(byref(handle), algorithm, 0))
        self._handle = handle
        weakref.finalize(self, self._library.gcry_md_close, handle)

    def update(self, data: bytes) -> None:
        self._library.gcry_md_write(self._handle, bytes(data), len(data))

    def digest(self) -> bytes:
        """The digest of everything so far. Nothing can be added after it."""
        pointer = self._library.gcry_md_read(self._handle, self._algorithm)
        return ctypes.string_at(pointer, self.digest_size)


def has_curve(name: str) -> bool:
    """Whether the library knows an elliptic curve. Raises EngineError when it is absent."""
    with _parse((b"public-key", (b"ecc", (b"curve", name.encode())))) as key:
        return load().gcry_pk_get_curve(key, 0, None) is not None


def verify(curve: str, point: bytes, data: bytes, r: bytes, s: bytes) -> bool:
    """Whether (r, s) is the ГОСТ signature of ``data``; all numbers are big-endian.

    ``point`` is the public key: both coordinates, each as long as the curve's numbers. Raises
    EngineError when that cannot be found out.
    """
    signature = (b"sig-val", (b"gost", (b"r", _number(r)), (b"s", _number(s))))
    key = (b"public-key", (b"ecc", (b"curve", curve.encode()), (b"q", b"\x04" + point)))
    with (
        _parse(signature) as parsed_signature,
        _parse(_describe_data(data)) as parsed_data,
        _parse(key) as parsed_key,
    ):
        code = load().gcry_pk_verify(parsed_signature, parsed_data, parsed_key) & _CODE_MASK
    if code in _BAD_VALUE:
        return False
    _require_success(code)
    return True


def sign(curve: str, secret: bytes, data: bytes) -> tuple[bytes, bytes]:
    """The ГОСТ signature (r, s) of ``data``. Raises EngineError."""
    key = (b"private-key", (b"ecc", (b"curve", curve.encode()), (b"d", _number(secret))))
    result = c_void_p()
    with _parse(_describe_data(data)) as parsed_data, _parse(key) as parsed_key:
        _require_success(load().gcry_pk_sign(byref(result), parsed_data, parsed_key))
    with _release_after(result):
        return _read_value(result, b"r"), _read_value(result, b"s")


def generate_key(curve: str) -> tuple[bytes, bytes]:
    """A new (secret, point) pair. Raises EngineError."""
    result = c_void_p()
    # The parameters as numbers are not wanted: the name of the curve is enough.
    with _parse(
        (b"genkey", (b"ecc", (b"curve", curve.encode()), (b"flags", b"nocomp")))
    ) as request:
        _require_success(load().gcry_pk_genkey(byref(result), request))
    with _release_after(result):
        return _read_value(result, b"d"), _read_value(result, b"q")[1:]


def derive_point(curve: str, secret: bytes) -> bytes:
    """The public key of a secret: both coordinates. Raises EngineError."""
    library = load()
    key = (b"private-key", (b"ecc", (b"curve", curve.encode()), (b"d", _number(secret))))
    context, result = c_void_p(), c_void_p()
    with _parse(key) as parsed_key:
        _require_success(library.gcry_mpi_ec_new(byref(context), parsed_key, None))
    try:
        _require_success(library.gcry_pubkey_get_sexp(byref(result), _PUBLIC_PART, context))
    finally:
        library.gcry_ctx_release(context)
    with _release_after(result):
        return _read_value(result, b"q")[1:]


def _describe_data(data: bytes) -> Expression:
    return (b"data", (b"flags", b"gost"), (b"value", _number(data)))


def _number(value: bytes) -> bytes:
    """An unsigned number: without the zero a first bit of one would make it negative."""
    return b"\x00" + value


def _encode(expression: Expression) -> bytes:
    if isinstance(expression, bytes):
        return b"%d:%s" % (len(expression), expression)
    return b"(" + b"".join(map(_encode, expression)) + b")"


@contextmanager
def _parse(expression: Expression) -> Iterator[c_void_p]:
    encoded = _encode(expression)
    parsed = c_void_p()
    _require_success(load().gcry_sexp_new(byref(parsed), encoded, len(encoded), 0))
    with _release_after(parsed):
        yield parsed


@contextmanager
def _release_after(expression: c_void_p) -> Iterator[None]:
    try:
        yield
    finally:
        load().gcry_sexp_release(expression)


def _read_value(expression: c_void_p, name: bytes) -> bytes:
    library = load()
    part = c_void_p(library.gcry_sexp_find_token(expression, name, len(name)))
    if part.value is None:
        raise EngineError("libgcrypt's answer lacks a value")
    with _release_after(part):
        size = c_size_t()
        pointer = library.gcry_sexp_nth_data(part, 1, byref(size))
        if not pointer:
            raise EngineError("libgcrypt's answer has an empty value")
        return ctypes.string_at(pointer, size.value)


def _require_success(code: int) -> None:
    if code:
        raise EngineError(load().gcry_strerror(code).decode(errors="replace"))


def _declare(library: ctypes.CDLL) -> None:
    signatures: dict[str, tuple[object, list[object]]] = {
        "gcry_check_version": (c_char_p, [c_char_p]),
        "gcry_control": (c_uint, [c_int]),
        "gcry_strerror": (c_char_p, [c_uint]),
        "gcry_md_open": (c_uint, [POINTER(c_void_p), c_int, c_uint]),
        "gcry_md_write": (None, [c_void_p, c_char_p, c_size_t]),
        "gcry_md_read": (c_void_p, [c_void_p, c_int]),
        "gcry_md_close": (None, [c_void_p]),
        "gcry_sexp_new": (c_uint, [POINTER(c_void_p), c_char_p, c_size_t, c_int]),
        "gcry_sexp_release": (None, [c_void_p]),
        "gcry_sexp_find_token": (c_void_p, [c_void_p, c_char_p, c_size_t]),
        "gcry_sexp_nth_data": (c_void_p, [c_void_p, c_int, POINTER(c_size_t)]),
        "gcry_pk_verify": (c_uint, [c_void_p, c_void_p, c_void_p]),
        "gcry_pk_sign": (c_uint, [POINTER(c_void_p), c_void_p, c_void_p]),
        "gcry_pk_genkey": (c_uint, [POINTER(c_void_p), c_void_p]),
        "gcry_mpi_ec_new": (c_uint, [POINTER(c_void_p), c_void_p, c_char_p]),
        "gcry_pubkey_get_sexp": (c_uint, [POINTER(c_void_p), c_int, c_void_p]),
        "gcry_ctx_release": (None, [c_void_p]),
        "gcry_pk_get_curve": (c_char_p, [c_void_p, c_int, c_void_p]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
