"""Tables of the ЭДО operator. Status values are Diadoc's names."""

from __future__ import annotations

from django.db import models


class EdoOperation(models.Model):
    """The stored response of an `operationId`; the operation is running while `answer` is null."""

    operation_id = models.CharField(max_length=100, unique=True)
    started_at = models.DateTimeField()
    answer = models.JSONField(null=True)

    class Meta:
        db_table = "edo_operation"

    def __str__(self) -> str:
        return self.operation_id


class EdoShelfPart(models.Model):
    """A part of a file uploaded to the shelf. `extension` is part of the name when downloading."""

    owner = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    index = models.PositiveIntegerField()
    is_last = models.BooleanField()
    content = models.BinaryField()
    extension = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "edo_shelf_part"
        constraints = [
            models.UniqueConstraint("owner", "name", "index", name="edo_shelf_part_once")
        ]

    def __str__(self) -> str:
        return self.name


class EdoMessage(models.Model):
    """A message from one box to another."""

    message_id = models.CharField(max_length=36, unique=True)
    from_box = models.CharField(max_length=36)
    to_box = models.CharField(max_length=36)
    from_title = models.CharField(max_length=200)
    to_title = models.CharField(max_length=200)
    lock_mode = models.CharField(max_length=10)
    to_department = models.CharField(max_length=36, blank=True)
    operation_id = models.CharField(max_length=100)
    at = models.DateTimeField()
    patched_at = models.DateTimeField()

    class Meta:
        db_table = "edo_message"

    def __str__(self) -> str:
        return self.message_id


class EdoDocument(models.Model):
    """A document of a message, as its two boxes see it.

    `revocation_box` is the box that has asked for the revocation; `deliver_at` the time of a
    delayed delivery. `silent`: the autopilot does not answer it.
    """

    class Revocation(models.TextChoices):
        NONE = "none", "Нет"
        REQUESTED = "requested", "Запрошено"
        ACCEPTED = "accepted", "Аннулирован"
        REJECTED = "rejected", "Отклонено"

    message = models.ForeignKey(EdoMessage, on_delete=models.CASCADE, related_name="documents")
    entity_id = models.CharField(max_length=36, unique=True)
    type_named_id = models.CharField(max_length=40)
    needs_signature = models.BooleanField()
    comment = models.TextField(blank=True)
    custom_document_id = models.CharField(max_length=100)
    custom_data = models.JSONField(default=list)
    metadata = models.JSONField(default=list)
    file_name = models.CharField(max_length=255)
    size = models.PositiveIntegerField()
    sender_signature_status = models.CharField(max_length=40, default="SenderSignatureUnchecked")
    recipient_response_status = models.CharField(
        max_length=40, default="RecipientResponseStatusUnknown"
    )
    revocation = models.CharField(max_length=10, choices=Revocation, default=Revocation.NONE)
    revocation_box = models.CharField(max_length=36, blank=True)
    roaming_status = models.CharField(max_length=40, default="RoamingNotificationStatusNone")
    # The check of the sender's signature will fail (fault `sender_signature_invalid`).
    fails_verification = models.BooleanField(default=False)
    silent = models.BooleanField(default=False)
    sent_at = models.DateTimeField()
    deliver_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "edo_document"
        indexes = [
            models.Index(fields=["sender_signature_status", "id"], name="edo_unchecked"),
            models.Index(
                fields=["recipient_response_status", "silent", "delivered_at"], name="edo_waiting"
            ),
            models.Index(fields=["custom_document_id"], name="edo_custom_id"),
        ]

    def __str__(self) -> str:
        return self.entity_id

    def value(self, key: str) -> str:
        """A value of `Metadata`; empty when it has no such key."""
        return next((pair["Value"] for pair in self.metadata if pair.get("Key") == key), "")


class EdoEntity(models.Model):
    """A signature, report, rejection or revocation that belongs to a document.

    `only_box` is the only box that sees it; empty: both. `info` has fields of its own type.
    """

    document = models.ForeignKey(EdoDocument, on_delete=models.CASCADE, related_name="entities")
    entity_id = models.CharField(max_length=36, unique=True)
    parent_entity_id = models.CharField(max_length=36)
    entity_type = models.CharField(max_length=20)
    attachment_type = models.CharField(max_length=40)
    signer_box = models.CharField(max_length=36, blank=True)
    only_box = models.CharField(max_length=36, blank=True)
    is_approval = models.BooleanField(default=False)
    info = models.JSONField(default=dict)
    file_name = models.CharField(max_length=255, blank=True)
    size = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "edo_entity"

    def __str__(self) -> str:
        return self.entity_id


class EdoPowerOfAttorney(models.Model):
    """The power of attorney of a signature; `content` is null when only its number was sent.

    `status` is empty until the check, which is due at `check_at`; its result is the entity
    `status_entity_id`. `fails_check`: the check will find it invalid.
    """

    entity_id = models.CharField(max_length=36, unique=True)
    signature = models.OneToOneField(
        EdoEntity, on_delete=models.CASCADE, related_name="power_of_attorney"
    )
    full_id = models.JSONField()
    status = models.CharField(max_length=30, blank=True)
    status_entity_id = models.CharField(max_length=36, blank=True)
    check_at = models.DateTimeField(null=True)
    fails_check = models.BooleanField(default=False)
    content = models.BinaryField(null=True)
    content_signature = models.BinaryField(null=True)

    class Meta:
        db_table = "edo_power_of_attorney"

    def __str__(self) -> str:
        return self.entity_id


class EdoContent(models.Model):
    """The bytes of a document or entity, in a table of their own to keep list queries small."""

    entity_id = models.CharField(max_length=36, primary_key=True)
    data = models.BinaryField()

    class Meta:
        db_table = "edo_content"

    def __str__(self) -> str:
        return self.entity_id


class EdoEvent(models.Model):
    """An event in a box's feed: a snapshot, rendered at the time of the event."""

    box_id = models.CharField(max_length=36)
    event_id = models.CharField(max_length=36)
    body = models.JSONField()

    class Meta:
        db_table = "edo_event"
        indexes = [models.Index(fields=["box_id", "id"], name="edo_event_by_box")]

    def __str__(self) -> str:
        return self.event_id
