"""Landlock (Linux 5.13 and newer): a process gives up access to files that it does not need.

It needs no privileges. Without support in the kernel it does nothing; the limits, the empty network
and the minimal environment still apply.
"""

import ctypes
import os
import stat
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on all architectures
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38

# landlock.h: LANDLOCK_ACCESS_FS_*
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_MAKE_SOCKET = 1 << 9
_TRUNCATE, _IOCTL = 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_RIGHTS_BY_VERSION = {1: 13, 2: 14, 3: 15, 4: 15}  # ABI version -> number of known access bits
_NEWEST_RIGHTS = 16
_TCP = 3  # bind and connect, since version 4

_ROOT = Path(__file__).resolve().parents[2]
# Programs, libraries, fonts, system settings: no user's data.
READABLE = (
    *("/usr", "/lib", "/lib64", "/bin", "/sbin", "/opt", "/proc", "/sys", "/var/cache/fontconfig"),
    *("/var/lib/libreoffice", "/var/spool/libreoffice", "/etc/mime.types", "/etc/locale.alias"),
    *("/etc/fonts", "/etc/libreoffice", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/passwd"),
    *("/etc/group", "/etc/nsswitch.conf", "/etc/localtime", "/etc/alternatives"),
    *(sys.prefix, sys.base_prefix, str(_ROOT / "archive"), str(_ROOT / "econtract")),
)
# LibreOffice opens a socket here for its further instances, and does not start without it.
SOCKETS = "/tmp"  # noqa: S108  (creating sockets is all that is allowed there)
WRITABLE = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")

_libc = ctypes.CDLL(None, use_errno=True)


def restrict_files(*, writable: Iterable[str | Path] = ()) -> bool:
    """Restricts this process and its children, for good, to reading READABLE and to reading and
    writing WRITABLE and ``writable``. Files that are open already stay accessible.

    Returns False if the kernel does not support it.
    """
    version = _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION_FLAG)
    if version < 1:
        return False
    everything = (1 << _RIGHTS_BY_VERSION.get(version, _NEWEST_RIGHTS)) - 1
    attributes = struct.pack("=QQ", everything, _TCP)[: 16 if version >= 4 else 8]
    ruleset = _libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        return False
    try:
        for path in READABLE:
            _allow(ruleset, path, _READ & everything)
        _allow(ruleset, _ROOT, _READ_DIR)  # for importing our modules
        _allow(ruleset, SOCKETS, _MAKE_SOCKET)
        for writable_path in (*WRITABLE, *writable):
            _allow(ruleset, writable_path, everything)
        _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        return bool(_libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str | Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not installed on this machine
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _OF_FILES
        rule = struct.pack("=Qi", rights, descriptor)
        _libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)
