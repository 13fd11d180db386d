"""«Мои документы»: how a client gets in, what they find, and what they can do there.

The person is the one who was identified with the phone. A name or a phone that has changed since
is another person until they are identified again (docs/rules.md#my-documents).
"""

import hmac
import uuid
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from clients.messages.addresses import digest_address
from clients.models import Contact, ContactVersion
from econtract.platform.common import clock
from econtract.platform.outbox import queue
from tasks.channels import NOT_OF_SESSIONS, SESSIONS
from tasks.models import ClientAccess, Comment, SigningTask
from tasks.models.client_access import MAX_ACCESS_ATTEMPTS
from tasks.notifications import triggers
from tasks.statuses import Status

CODE_LIFETIME = timedelta(minutes=10)
SESSION_LIFETIME = timedelta(minutes=30)
MAX_CODES_PER_DAY = 5
RETENTION = timedelta(days=2)
SEND_JOB = "send_access_code"
# Both sides have signed; only the last one has a package.
SIGNED = (Status.DOCUMENT_SIGNED, Status.ARCHIVE_FAILED, Status.COMPLETED)


def request_access(phone: str) -> ClientAccess:
    """Start a log-in with ``phone``; a job sends the code if the phone is an identified person's.

    All that depends on whether it is happens in the job, so the answer takes the same time. After
    five codes in a day no more are sent. Call it with no transaction open.
    """
    contact = Contact.objects.filter(phone=phone, identified_at__isnull=False).first()
    # Committed before the rows are counted: of many requests at once only five see five or fewer.
    access = ClientAccess.objects.create(
        phone_digest=digest_address(phone), expires_at=clock.now() + CODE_LIFETIME
    )
    since = clock.now() - timedelta(days=1)
    rows = ClientAccess.objects.filter(phone_digest=access.phone_digest, created_at__gt=since)
    with transaction.atomic():
        if rows.count() <= MAX_CODES_PER_DAY:
            access.contact = contact
        access.save(update_fields=["contact"])
        queue.enqueue(kind=SEND_JOB, subject=access.pk, queue_key=f"access:{access.pk}")
    return access


def delete_old_accesses() -> None:
    """Deletes the log-ins that neither let anybody in nor count for the limit of a day."""
    ClientAccess.objects.filter(created_at__lt=clock.now() - RETENTION).delete()


def check_code(access: ClientAccess, digits: str) -> bool:
    """Check an attempt. It is counted by one UPDATE before the comparison; three are possible."""
    now = clock.now()
    rows = ClientAccess.objects.filter(
        pk=access.pk, used_at=None, expires_at__gt=now, attempts__lt=MAX_ACCESS_ATTEMPTS
    )
    if not rows.update(attempts=F("attempts") + 1):
        return False
    is_right = hmac.compare_digest(compute_code(access), digits) and access.contact_id is not None
    if is_right:
        ClientAccess.objects.filter(pk=access.pk, used_at=None).update(used_at=now)
    access.refresh_from_db()
    return is_right


def compute_code(access: ClientAccess) -> str:
    """The six digits of ``access``: the same each time, so that a repeated job sends the same."""
    key = f"client access:{settings.SECRET_KEY}".encode()
    digest = hmac.new(key, f"{access.pk}:{access.nonce}".encode(), sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 10**6:06}"


def find_contact(access_id: int) -> Contact | None:
    """The person of a log-in that is still valid, and who is still the one identified."""
    since = clock.now() - SESSION_LIFETIME
    access = (
        ClientAccess.objects.filter(
            pk=access_id, used_at__gt=since, contact__identified_at__isnull=False
        )
        .select_related("contact__current")
        .first()
    )
    return access.contact if access else None


def find_documents(contact: Contact) -> QuerySet[SigningTask]:
    """The finished tasks that this very person has signed, newest first."""
    return (
        SigningTask.objects.filter(
            contact_version__in=_find_own_versions(contact),
            status__in=SIGNED,
            document_version__isnull=False,
        )
        .select_related("client", "box", "manager", "document_kind", *SESSIONS)
        .select_related("document_version__pdf", "package__file")
        .defer(*NOT_OF_SESSIONS)
        .order_by("-completed_at", "-number")
    )


def _find_own_versions(contact: Contact) -> list[int]:
    """The versions since the last change of name or phone, which ends an identification."""
    current, own = contact.current_version, []
    for version in contact.versions.order_by("-number"):
        if _get_identity(version) != _get_identity(current):
            break
        own.append(version.pk)
    return own


def _get_identity(version: ContactVersion) -> tuple[str, ...]:
    return (version.surname, version.given_name, version.patronymic, version.phone)


@transaction.atomic
def ask_question(task: SigningTask, text: str, submission_key: uuid.UUID) -> None:
    """«Вопрос по документу»: a comment without author, and a notification of the manager."""
    SigningTask.objects.select_for_update().get(pk=task.pk)  # of two equal requests one waits
    comments = Comment.objects.filter(task=task, author=None, submission_key=submission_key)
    if not comments.exists():
        comment = Comment.objects.create(task=task, text=text, submission_key=submission_key)
        triggers.on_comment(comment, [])
