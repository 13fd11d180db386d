"""Signing keys. The private keys are stored unencrypted: they are valid in this demo only."""

from __future__ import annotations

from django.db import models


class SigningKey(models.Model):
    """A key of our head, a signatory, our seal, the ЭДО operator, or a public service.

    `role` is head, signatory, seal, operator, timestamp or trustlist (the ministry).
    """

    key_ref = models.CharField(max_length=40, unique=True)
    role = models.CharField(max_length=10)
    surname = models.CharField(max_length=60)
    given_name = models.CharField(max_length=60)
    patronymic = models.CharField(max_length=60)
    position = models.CharField(max_length=100)
    inn = models.CharField(max_length=12)
    snils = models.CharField(max_length=11)
    blocked = models.BooleanField(default=False)
    private_key = models.BinaryField()
    certificate = models.BinaryField()
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()

    class Meta:
        db_table = "signing_key"

    def __str__(self) -> str:
        return self.key_ref

    @property
    def owner_name(self) -> str:
        """Surname, given name, patronymic."""
        return f"{self.surname} {self.given_name} {self.patronymic}"


class ClientKey(models.Model):
    """The key of a client organisation's head, created on first use."""

    organisation = models.OneToOneField("Organisation", on_delete=models.CASCADE)
    private_key = models.BinaryField()
    certificate = models.BinaryField()

    class Meta:
        db_table = "client_key"

    def __str__(self) -> str:
        return str(self.organisation_id)
