"""What to say to the client: the texts of the installation, over those of `call_scripts.csv`."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.cache import cache as shared_cache
from django.db import models, transaction

from tasks.statuses import Resolution, Status, read_table, status_choices

EDITED_TEXTS_KEY = "call-scripts"
# Heals what a lost deletion would leave behind.
EDITED_TEXTS_SECONDS = 60

# Status and detail of a script; the detail is "" for the script of the whole status.
ScriptKey = tuple[str, str]


@dataclass(frozen=True)
class DefaultScript:
    """A row of `call_scripts.csv`. ``detail_label`` is Russian, "" for the whole status."""

    detail_label: str
    text: str


@cache
def default_scripts() -> dict[ScriptKey, DefaultScript]:
    """The scripts that the product brings along, in the order of the process.

    The detail of a key is a resolution, a channel («sms»), or a channel with a resolution, a state
    of its session or how far the client has come («sms:opened»). A detail that is no
    resolution has a label in the file.
    """
    order = list(Status)
    rows = sorted(read_table("call_scripts"), key=lambda row: order.index(Status(row["status"])))
    return {
        (row["status"], row["detail"]): DefaultScript(
            row["detail_label"] or (Resolution(row["detail"]).label if row["detail"] else ""),
            row["text"],
        )
        for row in rows
    }


class CallScriptQuerySet(models.QuerySet["CallScript"]):
    def edited_texts(self) -> dict[ScriptKey, str]:
        """The texts that administrators have written, by key; kept in the cache."""
        texts: dict[ScriptKey, str] | None = shared_cache.get(EDITED_TEXTS_KEY)
        if texts is None:
            rows = self.exclude(text="").values_list("status", "detail", "text")
            texts = {(status, detail): text for status, detail, text in rows}
            shared_cache.set(EDITED_TEXTS_KEY, texts, EDITED_TEXTS_SECONDS)
        return texts

    def create_missing(self) -> None:
        """A row for every default script, so that the admin lists them all."""
        keys = set(self.values_list("status", "detail"))
        self.bulk_create(
            [self.model(status=key[0], detail=key[1]) for key in default_scripts().keys() - keys],
            ignore_conflicts=True,
        )


class CallScript(models.Model):
    """What to say to the client in a status. An empty text stands for the default one."""

    status = models.CharField("Статус", max_length=40, choices=status_choices)
    detail = models.CharField("Уточнение", max_length=60, blank=True)
    text = models.TextField("Текст", max_length=4000, blank=True)

    objects = CallScriptQuerySet.as_manager()

    class Meta:
        verbose_name = "скрипт звонка"
        verbose_name_plural = "скрипты звонков"
        constraints = [models.UniqueConstraint(fields=["status", "detail"], name="call_script_key")]

    def __str__(self) -> str:
        status = Status(self.status).label
        return f"{status}: {self.detail_label}" if self.detail else str(status)

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        transaction.on_commit(lambda: shared_cache.delete(EDITED_TEXTS_KEY))

    @property
    def default_text(self) -> str:
        default = default_scripts().get((self.status, self.detail))
        return default.text if default else ""

    @property
    def detail_label(self) -> str:
        default = default_scripts().get((self.status, self.detail))
        return default.detail_label if default else self.detail
