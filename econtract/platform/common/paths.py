"""Paths of an installation, for the product and for commands that run without Django."""

from pathlib import Path

from econtract.platform.common import env

BASE_DIR = Path(__file__).resolve().parents[3]


def data_dir() -> Path:
    """ECONTRACT_DATA_DIR, by default ``var`` in the project's folder."""
    return env.folder("ECONTRACT_DATA_DIR", BASE_DIR / "var")


def trust_roots() -> Path:
    """EDO_TRUST_ROOTS: the PEM file of trusted roots, by default those of the sandbox's CA."""
    return env.folder("EDO_TRUST_ROOTS", data_dir() / "sandbox" / "ca" / "roots.pem")


def seal_trust_roots() -> Path | None:
    """SEAL_TRUST_ROOTS: the PEM file of the roots of our seal; None if they are `trust_roots`."""
    return env.folder("SEAL_TRUST_ROOTS", Path()) if env.text("SEAL_TRUST_ROOTS", "") else None


def revocation_lists() -> list[Path]:
    """EDO_CRLS: files of revocation lists (PEM or DER).

    By default those of the sandbox's CA; none where SANDBOX_URL says whom to ask for fresh ones.
    """
    folder = data_dir() / "sandbox" / "ca"
    files = f"{folder / 'crl.der'},{folder / 'gost-crl.der'}"
    default = "" if env.text("SANDBOX_URL", "") else files
    return [Path(name) for name in env.comma_separated("EDO_CRLS", default)]
