from django.apps import AppConfig


class EdoConfig(AppConfig):
    name = "edo"
    verbose_name = "ЭДО"
