from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tasks"
    verbose_name = "Задания"

    def ready(self) -> None:
        from accounts.signals import user_blocked
        from econtract.platform.listing.registry import register_list
        from econtract.platform.notifications.registry import register_kinds, register_subject_type
        from tasks.actions import handover
        from tasks.listing.definition import TASK_LIST
        from tasks.notifications.kinds import KINDS
        from tasks.notifications.subject import TaskSubject
        from tasks.pipeline import registry

        user_blocked.connect(handover.hand_over_on_block, dispatch_uid="tasks")
        register_list(TASK_LIST)
        register_kinds(*KINDS)
        register_subject_type(TaskSubject())
        registry.register_all()
