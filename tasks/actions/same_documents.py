"""The same document in another task: somebody may be about to have it signed twice."""

from dataclasses import dataclass

from accounts.models import User
from archive.models import DocumentVersion
from tasks.models import SigningTask

MAX_RESULTS = 3


@dataclass(frozen=True)
class SameDocument:
    """A task in work that has the same document; the user sees it."""

    number: int
    url: str


def find_same_documents(
    user: User,
    version: DocumentVersion | None,
    *,
    inn: str,
    kpp: str,
    document_number: str,
    task: SigningTask | None = None,
) -> tuple[SameDocument, ...]:
    """Tasks in work with the same file, client and document number, besides ``task``.

    Only those that ``user`` sees: a task of somebody else must not show that it exists.
    """
    if version is None or not inn or not document_number or (version.is_joined and not version.pdf):
        return ()
    tasks = SigningTask.objects.visible_to(user).in_work()
    same = tasks.filter(
        document_number=document_number,
        client__inn=inn,
        client__kpp=kpp,
        # The same files in the same order give the same PDF.
        **(
            {"document_version__pdf": version.pdf}
            if version.is_joined
            else {"document_version__source": version.source}
        ),
    )
    others = same.exclude(pk=task.pk) if task else same
    return tuple(
        SameDocument(other.number, other.get_absolute_url())
        for other in others.order_by("pk").only("pk")[:MAX_RESULTS]
    )
