"""An authority, a person, a time-stamp service and an OCSP responder, all made by openssl.

256 or 512 bit, with the engine for ГОСТ: nothing of our own code has a part in it.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.signing.openssl import CONFIGURATION, has_gost_engine

SECTIONS = """
[req]
distinguished_name = name
prompt = no
[name]
commonName = Name
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[person]
keyUsage = critical,digitalSignature,nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[stamper]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[responder]
extendedKeyUsage = OCSPSigning
[ca]
default_ca = issuing
[issuing]
database = index.txt
policy = policy
default_crl_days = 30
crlnumber = crlnumber
[policy]
commonName = supplied
[stamping]
serial = stampserial
signer_digest = {digest}
default_policy = 1.2.3.4.1
digests = md_gost12_256, md_gost12_512, sha256
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class OpensslAuthority:
    """The authority whose files are in ``folder``; every method runs openssl there."""

    folder: Path
    bits: int
    parameter_set: str

    @property
    def digest(self) -> str:
        return f"md_gost12_{self.bits}"

    def set_up(self) -> None:
        """Make the root and the certificates of the others."""
        assert has_gost_engine()
        sections = SECTIONS.format(digest=self.digest)
        (self.folder / "openssl.cnf").write_text(CONFIGURATION + sections)
        (self.folder / "index.txt").touch()
        (self.folder / "crlnumber").write_text("01")
        (self.folder / "stampserial").write_text("01")
        self._generate_key("root")
        self.run(
            "req -x509 -new -key root.key -days 3650 -subj /CN=root -extensions authority "
            f"-{self.digest} -config openssl.cnf -out root.pem"
        )
        for name in ("person", "stamper", "responder"):
            self._generate_key(name)
            self.run(
                f"req -new -key {name}.key -{self.digest} -subj /CN={name} "
                f"-config openssl.cnf -out {name}.csr"
            )
            self.run(
                f"x509 -req -{self.digest} -in {name}.csr -CA root.pem -CAkey root.key "
                f"-CAcreateserial -days 30 -extfile openssl.cnf -extensions {name} "
                f"-out {name}.pem"
            )

        self.run(f"ca {self._authority_options} -valid person.pem")

    @property
    def _authority_options(self) -> str:
        return f"-config openssl.cnf -cert root.pem -keyfile root.key -md {self.digest}"

    def sign(self, content: bytes, *options: str) -> bytes:
        """A detached signature of the person."""
        (self.folder / "content").write_bytes(content)
        self.run(
            f"cms -sign -binary -md {self.digest} -in content -signer person.pem "
            f"-inkey person.key -outform DER -out signature {' '.join(options)}"
        )
        return self.read("signature")

    def accepts(self, signature: bytes, content: bytes, roots: Path, at: float) -> bool:
        """Whether `openssl cms -verify` accepts somebody's CAdES signature."""
        (self.folder / "content").write_bytes(content)
        (self.folder / "signature").write_bytes(signature)
        command = (
            "cms -verify -binary -cades -inform DER -in signature -content content -purpose any"
        )
        return self._try(f"{command} -attime {int(at)} -CAfile {roots} -out accepted")

    def stamp(self, content: bytes, *, with_certificate: bool) -> bytes:
        """A time-stamp token."""
        (self.folder / "content").write_bytes(content)
        option = "-cert" if with_certificate else ""
        self.run(f"ts -query -data content -{self.digest} {option} -out query")
        self.run(
            "ts -reply -queryfile query -section stamping -config openssl.cnf "
            "-signer stamper.pem -inkey stamper.key -token_out -out token"
        )
        return self.read("token")

    def accepts_stamp(self, token: bytes, content: bytes, roots: Path, at: float) -> bool:
        """Whether `openssl ts -verify` accepts somebody's token."""
        (self.folder / "content").write_bytes(content)
        (self.folder / "token").write_bytes(token)
        command = "ts -verify -token_in -in token -data content"
        return self._try(f"{command} -attime {int(at)} -CAfile {roots}")

    def revoke(self) -> tuple[bytes, bytes]:
        """Revoke the person's certificate; returns the CRL (PEM) and the OCSP response (DER)."""
        self.run(f"ca {self._authority_options} -revoke person.pem")
        self.run(f"ca {self._authority_options} -gencrl -out crl.pem")
        return self.read("crl.pem"), self.respond()

    def respond(self) -> bytes:
        """The OCSP response about the person's certificate."""
        self.run("ocsp -issuer root.pem -cert person.pem -reqout request -no_nonce")
        self.run(
            "ocsp -index index.txt -CA root.pem -rsigner responder.pem -rkey responder.key "
            f"-rmd {self.digest} -reqin request -respout response -ndays 1"
        )
        return self.read("response")

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def run(self, command: str) -> None:
        """Run an openssl command in the folder."""
        environment = {"OPENSSL_CONF": "openssl.cnf", "PATH": "/usr/bin:/bin:/usr/local/bin"}
        process = subprocess.run(
            ["openssl", *command.split()],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if process.returncode:
            raise OpensslFailed(f"{command}: {process.stderr}")

    def _try(self, command: str) -> bool:
        try:
            self.run(command)
        except OpensslFailed:
            return False
        return True

    def _generate_key(self, name: str) -> None:
        self.run(
            f"genpkey -algorithm gost2012_{self.bits} -pkeyopt paramset:{self.parameter_set} "
            f"-out {name}.key"
        )


class OpensslFailed(Exception):
    """A command has failed."""
