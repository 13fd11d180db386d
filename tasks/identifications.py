"""How the person of a task was identified, as a signing by SMS has to prove it."""

from edo.channels.simple.signer import Identification, IdentificationMethod
from tasks.models import HistoryEntry, SigningTask


def find_identification(task: SigningTask) -> Identification | None:
    """How the task's person was identified: in this task, or in the one that it relies on."""
    if task.identified_at is None:
        return None
    names = ("identification_passed", "confirm_authority")
    entry = HistoryEntry.objects.filter(task=task, name__in=names).order_by("-pk").first()
    if entry is not None and entry.name == "confirm_authority":
        return Identification(
            at=task.identified_at,
            reference=task.identification_ref,
            method=IdentificationMethod.GOSUSLUGI_DOCUMENTS,
            confirmed_by=entry.actor_id,
        )
    return Identification(
        at=task.identified_at,
        reference=task.identification_ref if entry else _find_earlier_reference(task),
        method=IdentificationMethod.GOSUSLUGI,
    )


def _find_earlier_reference(task: SigningTask) -> str:
    """The request of the earlier task whose identification the seamless process relies on."""
    rows = SigningTask.objects.filter(
        contact_version__contact=task.contact_version.contact_id, identified_at=task.identified_at
    )
    refs = rows.exclude(pk=task.pk).exclude(identification_ref="").order_by("-number")
    return refs.values_list("identification_ref", flat=True).first() or ""
