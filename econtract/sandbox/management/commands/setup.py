"""`python -m econtract.sandbox setup`: database, certification authority, keys, organisations."""

from __future__ import annotations

import datetime as dt
import shutil
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection, transaction

from econtract.sandbox import ca, organisations, signatories, timestamps
from econtract.sandbox.gost import ca as gost_ca
from econtract.sandbox.models import Organisation, SandboxState


def _add_missing_companies() -> None:
    """Create the ЭДО companies that a sandbox of an older version does not have."""
    rows = list(organisations.build_edo_companies())
    org_ids = [row.org_id for row in rows]
    existing = set(Organisation.objects.filter(org_id__in=org_ids).values_list("org_id", flat=True))
    Organisation.objects.bulk_create([row for row in rows if row.org_id not in existing])


class Command(BaseCommand):
    """Create what is missing; existing data are kept."""

    help = "Готовит песочницу: база, тестовый УЦ, ключи, организации. Повтор ничего не портит."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--reset` deletes the existing data first."""
        parser.add_argument("--reset", action="store_true", help="удалить все и начать заново")

    def handle(self, *args: Any, reset: bool, **options: Any) -> None:
        """Run the migrations, then create organisations, authority and keys if missing."""
        if reset:
            self._remove()
        call_command("migrate", verbosity=0)
        now = dt.datetime.now(dt.UTC)
        with transaction.atomic():
            SandboxState.load()
            if not Organisation.objects.exists():
                Organisation.objects.bulk_create(organisations.build_organisations(now.date()))
            _add_missing_companies()
            # Keys in the database and the CA's files belong together: recreate both or neither.
            is_complete = signatories.have_keys() and (settings.CA_DIR / "crl.der").exists()
            if not is_complete:
                ca.load.cache_clear()
                ca.create(settings.CA_DIR, now)
            # Older sandboxes have no authority by ГОСТ; their keys stay as they are.
            if gost_ca.is_wanted() and not (is_complete and gost_ca.exists()):
                gost_ca.create(settings.CA_DIR, ca.load(), now)
            if not is_complete:
                signatories.create_keys(now)
            signatories.ensure_seal_key(gost_ca.get_issuer(), now)
            signatories.ensure_timestamp_key(ca.load(), now, key_ref=timestamps.KEY)
            if gost_ca.is_wanted() and gost_ca.exists():
                authority = gost_ca.load()
                signatories.ensure_timestamp_key(authority, now, key_ref=timestamps.GOST_KEY)
            signatories.ensure_trust_list_key(gost_ca.get_issuer(), now)
        authorities = [ca.load().certificate]
        if gost_ca.exists():
            authorities.append(gost_ca.load().certificate)
        ca.write_accreditations(settings.CA_DIR, authorities)
        self.stdout.write(f"Песочница готова: {settings.DATA_DIR}")

    def _remove(self) -> None:
        connection.close()
        shutil.rmtree(settings.CA_DIR, ignore_errors=True)
        for path in settings.DATA_DIR.glob("sandbox.sqlite3*"):
            path.unlink()
