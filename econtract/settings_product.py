"""Settings of the product: outside systems, rules, documents. Part of `econtract.settings`."""

from urllib.parse import urlsplit

from econtract.platform.common import env, paths

DATA_DIR = paths.data_dir()

# --- Outside systems -------------------------------------------------------------------------

SANDBOX_URL = env.text("SANDBOX_URL", "").rstrip("/")


def _sandbox(prefix: str) -> str:
    return f"{SANDBOX_URL}{prefix}" if SANDBOX_URL else ""


def _system(name: str, prefix: str) -> dict[str, str]:
    url = env.text(f"{name}_URL", _sandbox(prefix))
    return {"url": url.rstrip("/"), "token": env.text(f"{name}_TOKEN", "sandbox")}


# The token end point of the operator's OpenID Connect provider: the access token is renewed there
# with the refresh token. Empty: the token is EDO_TOKEN.
EDO_LOGIN_URL = env.text("EDO_LOGIN_URL", "")

OUTSIDE = {
    "cdi": _system("CDI", "/cdi"),
    "eip": _system("EIP", "/eip"),
    "identity": _system("IDENTITY", "/identity"),
    "cabinet": _system("CABINET", "/cabinet"),
    "edo": _system("EDO", "/edo"),
    "edo_login": {"url": EDO_LOGIN_URL, "token": ""},
    "archive_apd": _system("ARCHIVE_APD", "/archive/apd"),
    "archive_rio": _system("ARCHIVE_RIO", "/archive/rio"),
    "signing": _system("SIGNING", "/signing"),
    "messages": _system("MESSAGES", "/messages"),
    "dss": {"url": env.text("DSS_URL", _sandbox("/dss")).rstrip("/"), "token": ""},
    "tsp": {"url": env.text("TSP_URL", _sandbox("/tsp")), "token": env.text("TSP_TOKEN", "")},
}
EDO_CLIENT_ID = env.text("EDO_CLIENT_ID", "")
EDO_CLIENT_SECRET = env.text("EDO_CLIENT_SECRET", "")
EDO_REFRESH_TOKEN = env.text("EDO_REFRESH_TOKEN", "")
# Timeouts in seconds: to connect, to get a response, and to get one while a page waits.
OUTSIDE_CONNECT_SECONDS = env.number("OUTSIDE_CONNECT_SECONDS", 3, at_least=1)
OUTSIDE_ANSWER_SECONDS = env.number("OUTSIDE_ANSWER_SECONDS", 20, at_least=1)
OUTSIDE_PAGE_SECONDS = env.number("OUTSIDE_PAGE_SECONDS", 4, at_least=1)

EDO_TRUST_ROOTS = str(paths.trust_roots())
# Files of revocation lists (PEM or DER), which the installation must keep up to date; others are
# fetched.
EDO_CRLS = [str(path) for path in paths.revocation_lists()]
# The list of accredited authorities (ТСЛ): where it is fetched every day (empty: never), the ОГРН
# of the only organisation that may sign it, and how many percent of the authorities may lose their
# accreditation at once without an administrator.
TRUST_LIST_URL = env.text("TRUST_LIST_URL", _sandbox("/trust/list.xml"))
TRUST_LIST_SIGNER_OGRN = env.text("TRUST_LIST_SIGNER_OGRN", "1047702026701")
TRUST_LIST_MAX_LOSS_PERCENT = env.number("TRUST_LIST_MAX_LOSS_PERCENT", 10, at_most=100)
# Certificates name addresses of CRLs and OCSP responders. Only public ones are called, and these
# hosts ("host" or "host:port").
TRUST_PRIVATE_HOSTS = env.comma_separated("TRUST_PRIVATE_HOSTS", urlsplit(SANDBOX_URL).netloc)
MCHD_XSD = env.text("MCHD_XSD", "")
# A power of attorney, ours or the client's, must have one of these codes of the classifier of
# powers (such as BBDOCS_DOCS_…) to sign contracts. Empty: the codes are not checked. Powers in
# plain text are checked by people.
MCHD_POWER_CODES = env.comma_separated("MCHD_POWER_CODES", "")
# Where the keys of our signatories are: "http" (SIGNING_URL) or "local" (SIGNING_KEYS_DIR).
SIGNING_PROVIDER = env.text("SIGNING_PROVIDER", "http")
SIGNING_KEYS_DIR = env.folder("SIGNING_KEYS_DIR", DATA_DIR / "keys")
SIGNING_KEYS_PASSWORD = env.text("SIGNING_KEYS_PASSWORD", "")
# КриптоПро DSS, the provider "dss": our OAuth client, and how the installation names its services.
DSS_CLIENT_ID = env.text("DSS_CLIENT_ID", "sandbox" if SANDBOX_URL else "")
DSS_CLIENT_SECRET = env.text("DSS_CLIENT_SECRET", "")
DSS_IDENTITY_PATH = env.text("DSS_IDENTITY_PATH", "/STS")
DSS_SIGNING_PATH = env.text("DSS_SIGNING_PATH", "/SignServer")
DSS_RESOURCE = env.text("DSS_RESOURCE", "urn:cryptopro:dss:signserver:signserver")
# How long a signatory has to confirm on their phone, and how long documents are collected so that
# they confirm once.
SIGNING_CONFIRMATION_MINUTES = env.number("SIGNING_CONFIRMATION_MINUTES", 30, at_least=1)
SIGNING_BATCH_SECONDS = env.number("SIGNING_BATCH_SECONDS", 3)
# Who holds the key of our seal (empty: SIGNING_PROVIDER), and its name there. The key must sign
# without a person. Its roots are in SEAL_TRUST_ROOTS (empty: EDO_TRUST_ROOTS).
SEAL_PROVIDER = env.text("SEAL_PROVIDER", "")
SEAL_KEY = env.text("SEAL_KEY", "seal")
SEAL_TRUST_ROOTS = str(paths.seal_trust_roots() or "")

# The digest of our requests to the time-stamp service (TSP_URL): sha256 or streebog256.
TSP_DIGEST = env.text("TSP_DIGEST", "sha256")
# How long a package waits for evidence that cannot be had at once.
EVIDENCE_WAIT_MINUTES = env.number("EVIDENCE_WAIT_MINUTES", 5)

# --- Rules that an installation can change ---------------------------------------------------

IDENTIFICATION_DAYS = env.number("IDENTIFICATION_DAYS", 7, at_least=1)
SIGNING_DAYS = env.number("SIGNING_DAYS", 14, at_least=1)
# Task types whose clients sign by SMS unless the manager chooses the ЭДО operator.
SMS_TASK_TYPES = env.comma_separated("SMS_TASK_TYPES")
REMINDER_DAYS = env.numbers("REMINDER_DAYS", "1,3")
# How many times a day employees may make the system write to one client again.
CLIENT_MESSAGES_PER_DAY = env.number("CLIENT_MESSAGES_PER_DAY", 10, at_least=1)
# What a document on paper costs: printing and delivery, the manager's time, the back office's.
PAPER_DOCUMENT_ROUBLES = env.number("PAPER_DOCUMENT_ROUBLES", 300)
PAPER_MANAGER_MINUTES = env.number("PAPER_MANAGER_MINUTES", 20)
PAPER_BACK_OFFICE_MINUTES = env.number("PAPER_BACK_OFFICE_MINUTES", 15)
# All contracts with business clients in a year, on paper too; 0: not known.
CONTRACTS_PER_YEAR = env.number("CONTRACTS_PER_YEAR", 200_000)
# Whom the client sees as the sender of an SMS: at most 11 letters, agreed with the provider.
MESSAGES_SENDER = env.text("MESSAGES_SENDER", "Rostelecom")
# How many SMS and e-mails leave in 24 hours: to one number or address, to one client, in all.
MESSAGES_PER_ADDRESS = env.number("MESSAGES_PER_ADDRESS", 30)
MESSAGES_PER_CLIENT = env.number("MESSAGES_PER_CLIENT", 200)
MESSAGES_IN_ALL = env.number("MESSAGES_IN_ALL", 100_000)
# The hours of the client's day at which SMS leave that they did not ask for. A trial sends always.
MESSAGES_FROM_HOUR = env.number("MESSAGES_FROM_HOUR", 0 if SANDBOX_URL else 9, at_most=24)
MESSAGES_TO_HOUR = env.number("MESSAGES_TO_HOUR", 24 if SANDBOX_URL else 21, at_most=24)
MESSAGE_RETENTION_DAYS = env.number("MESSAGE_RETENTION_DAYS", 365, at_least=1)
IDENTIFICATION_VALID_DAYS = env.number("IDENTIFICATION_VALID_DAYS", 365, at_least=1)
DATAPORT_URL = env.text("DATAPORT_URL", "https://dataport.example/checklist")
# The portal of technical support, and its services where they have addresses of their own.
_HELPME_URL = env.text("HELPME_URL", "https://helpme.example/e-contract")
HELPME_URLS = {
    "ACCESS": env.text("HELPME_ACCESS_URL", "") or _HELPME_URL,
    "SUPPORT": env.text("HELPME_SUPPORT_URL", "") or _HELPME_URL,
    "ERROR": env.text("HELPME_ERROR_URL", "") or _HELPME_URL,
}
# Where staff find a document in each archive, with «{code}» for its code; empty: no link.
ARCHIVE_SEARCH_URLS = {
    "APD": env.text("ARCHIVE_APD_SEARCH_URL", _sandbox("/archive/?code={code}")),
    "RIO": env.text("ARCHIVE_RIO_SEARCH_URL", _sandbox("/archive/?code={code}")),
}
# The form that a request for access needs, with its instruction.
ACCESS_TEMPLATE_URL = env.text("ACCESS_TEMPLATE_URL", "https://cloud.example/e-contract/access")
# ORDER_… are the names before version 2: installations may still set them.
OUTBOX_LEASE_SECONDS = env.number(
    "OUTBOX_LEASE_SECONDS", env.number("ORDER_LEASE_SECONDS", 120, at_least=1), at_least=1
)
OUTBOX_ATTEMPTS = env.number(
    "OUTBOX_ATTEMPTS", env.number("ORDER_ATTEMPTS", 8, at_least=1), at_least=1
)

# --- Documents -------------------------------------------------------------------------------

FILE_UPLOAD_HANDLERS = ["archive.intake.uploads.LimitedUploadHandler"]
DOCUMENT_MAX_PAGES = env.number("DOCUMENT_MAX_PAGES", 500, at_least=1)
# How many files of one person may wait for their conversion.
MAX_WAITING_CONVERSIONS = env.number("MAX_WAITING_CONVERSIONS", 20, at_least=1)
# A batch («Массовый прогон»): the most rows of its file, and how many rows of all running batches
# are in work at once. The fewer, the less other tasks notice.
BATCH_MAX_ROWS = env.number("BATCH_MAX_ROWS", 10_000, at_least=1)
BATCH_ROWS_AT_ONCE = env.number("BATCH_ROWS_AT_ONCE", 20, at_least=1)
CONVERSION_SECONDS = env.number("CONVERSION_SECONDS", 60, at_least=1)
# «auto»: LibreOffice where the program SOFFICE can be run, the built-in converter elsewhere.
CONVERTER = env.text("CONVERTER", "auto")
SOFFICE = env.text("SOFFICE", "soffice")
# clamd as «/run/clamav/clamd.ctl» or «host:3310»; empty: no virus scan.
CLAMD_ADDRESS = env.text("CLAMD_ADDRESS", "")
# The internal location by which a proxy serves MEDIA_ROOT itself; empty: Django does.
ACCEL_PREFIX = env.text("ACCEL_PREFIX", "")
