from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class TasksConfig(AppConfig):
    name = "tasks"
    verbose_name = "Задания"

    def ready(self) -> None:
        from accounts.signals import user_blocked
        from clients.directories.registry import register_directory
        from clients.messages.signals import message_changed
        from clients.screens.card_blocks import register_card_block
        from econtract.platform.listing.registry import register_list
        from econtract.platform.notifications.registry import register_kinds, register_subject_type
        from tasks import checks  # noqa: F401  (registers itself)
        from tasks.actions import handover
        from tasks.actions.document_kinds import DOCUMENT_KINDS
        from tasks.batches import registration
        from tasks.listing.definition import TASK_LIST
        from tasks.notifications.kinds import KINDS
        from tasks.notifications.subject import TaskSubject
        from tasks.pipeline import client_messages, registry
        from tasks.screens.monthly_acts.card_block import build_acts_block

        post_migrate.connect(create_initial_rows, sender=self)
        register_directory(DOCUMENT_KINDS)
        message_changed.connect(client_messages.on_message_changed, dispatch_uid="tasks")
        user_blocked.connect(handover.hand_over_on_block, dispatch_uid="tasks")
        register_card_block(build_acts_block)
        register_list(TASK_LIST)
        register_kinds(*KINDS)
        register_subject_type(TaskSubject())
        registry.register_all()
        registration.register_all()


def create_initial_rows(**kwargs: Any) -> None:
    """After migrations: every call script that the product has a text for, the document kinds."""
    from tasks.actions.document_kinds import load_missing_kinds
    from tasks.models import CallScript

    # The state after this migration, which may be one of before a model; `flush` sends none.
    migrated = kwargs.get("apps", apps).all_models["tasks"]
    if "callscript" in migrated:
        CallScript.objects.using(kwargs["using"]).create_missing()
    if "documentkind" in migrated:
        load_missing_kinds()
