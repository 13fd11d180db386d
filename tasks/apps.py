from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tasks"
    verbose_name = "Задания"

    def ready(self) -> None:
        from accounts.signals import leaving
        from tasks.actions import handover
        from tasks.pipeline import registry

        leaving.connect(handover.on_leaving, dispatch_uid="tasks")
        registry.register_all()
