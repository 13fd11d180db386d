"""Tables of identification, cabinets, archives and messages."""

from __future__ import annotations

from django.db import models


class IdentityState(models.TextChoices):
    """State of an identification request (docs/protocols.md, section 4)."""

    PENDING = "pending", "Ожидает ответа клиента"
    PASSED = "passed", "Пройдена"
    DOCUMENTS = "documents", "Документы на проверке"
    FAILED = "failed", "Не пройдена"
    CANCELLED = "cancelled", "Отозвана"


class IdentityRequest(models.Model):
    """A request for a client's consent. `silent`: the autopilot does not answer it."""

    ref = models.CharField(max_length=40, unique=True)
    token = models.CharField(max_length=43, unique=True)
    reference = models.CharField(max_length=100)
    surname = models.CharField(max_length=60)
    given_name = models.CharField(max_length=60)
    patronymic = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=20)
    email = models.CharField(max_length=200, blank=True)
    position = models.CharField(max_length=150, blank=True)
    authority = models.CharField(max_length=200, blank=True)
    inn = models.CharField(max_length=12, blank=True)
    kpp = models.CharField(max_length=9, blank=True)
    ogrn = models.CharField(max_length=15, blank=True)
    organisation_name = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=20, choices=IdentityState, default=IdentityState.PENDING)
    resolution = models.CharField(max_length=30, null=True)
    comment = models.TextField(blank=True)
    silent = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    identified_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_request"
        indexes = [models.Index(fields=["state", "silent", "asked_at"], name="identity_waiting")]

    def __str__(self) -> str:
        return self.ref

    @property
    def person(self) -> str:
        """Surname, given name, patronymic."""
        return " ".join(filter(None, (self.surname, self.given_name, self.patronymic)))


class IdentityDocument(models.Model):
    """A file with which the client proves their authority."""

    request = models.ForeignKey(IdentityRequest, on_delete=models.CASCADE, related_name="documents")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()

    class Meta:
        db_table = "identity_document"

    def __str__(self) -> str:
        return self.name


class Cabinet(models.Model):
    """A client's cabinet (ЛК). A phone belongs to one ИНН only."""

    ref = models.CharField(max_length=40, unique=True)
    inn = models.CharField(max_length=12)
    phone = models.CharField(max_length=20, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "cabinet"

    def __str__(self) -> str:
        return self.ref


class ArchivedDocument(models.Model):
    """A file submitted to an archive."""

    archive = models.CharField(max_length=3, choices=[("apd", "АПД"), ("rio", "РИО Картотека")])
    # Derived from the primary key, so null until the row has been inserted.
    code = models.CharField(max_length=20, unique=True, null=True)
    reference = models.CharField(max_length=100)
    kind = models.CharField(max_length=10)
    file_name = models.CharField(max_length=255)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    document_number = models.CharField(max_length=100, blank=True)
    document_kind = models.CharField(max_length=100, blank=True)
    client_inn = models.CharField(max_length=12, blank=True)
    account_number = models.CharField(max_length=20, blank=True)
    document_code = models.CharField(max_length=20, blank=True)
    lodged_at = models.DateTimeField()
    content = models.BinaryField()

    class Meta:
        db_table = "archived_document"

    def __str__(self) -> str:
        return self.code or ""


class TextMessage(models.Model):
    """An SMS or e-mail. `message_id` is the sender's own number: two may have the same one."""

    ref = models.CharField(max_length=40, unique=True)
    channel = models.CharField(max_length=5, choices=[("sms", "СМС"), ("email", "Почта")])
    to = models.CharField(max_length=200)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    reference = models.CharField(max_length=100, blank=True)
    message_id = models.CharField(max_length=40, blank=True)
    sender = models.CharField(max_length=11, blank=True)
    template = models.CharField(max_length=60, blank=True)
    state = models.CharField(
        max_length=10,
        choices=[("delivered", "Доставлено"), ("failed", "Не доставлено")],
        default="delivered",
    )
    reason = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "text_message"
        indexes = [
            models.Index(fields=["to", "id"], name="message_by_address"),
            models.Index(fields=["message_id"], name="message_by_own_number"),
        ]

    def __str__(self) -> str:
        return self.ref
