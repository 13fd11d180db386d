"""The files that a document consists of, as pages list them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects

from archive.models import DocumentPart, DocumentVersion
from econtract.platform.common.formatting import format_file_size, pluralize

State = DocumentVersion.State
STATES = {
    State.CHECKING: "Ждет антивирусной проверки",
    State.CONVERTING: "Преобразуем в PDF…",
}


@dataclass(frozen=True)
class FileView:
    """One file of a document. ``url`` leads to it, "" when it cannot be opened.

    ``state`` says what is being done with it, or why it cannot be used.
    """

    version: int
    number: int
    name: str
    description: str
    state: str
    has_failed: bool
    url: str

    @property
    def place_before(self) -> int:
        return self.number - 1

    @property
    def place_after(self) -> int:
        return self.number + 1


def list_files(
    version: DocumentVersion, url_of: Callable[[DocumentVersion], str]
) -> tuple[FileView, ...]:
    """The files of a joined ``version``; none of a version that is one file itself."""
    if not version.is_joined:
        return ()
    load_files([version])
    files = [part.version for part in version.parts.all()]
    return build_file_views(files, url_of)


def build_file_views(
    files: Iterable[DocumentVersion], url_of: Callable[[DocumentVersion], str]
) -> tuple[FileView, ...]:
    """``files`` in this order; ``url_of`` gives the address of each."""
    return tuple(
        FileView(
            version=file.pk,
            number=number,
            name=file.file_name,
            description=describe_file(file),
            state=file.problem or STATES.get(State(file.state), ""),
            has_failed=file.state == State.FAILED,
            url=url_of(file),
        )
        for number, file in enumerate(files, start=1)
    )


def load_files(versions: Iterable[DocumentVersion]) -> None:
    """Fetches the files of all joined ``versions`` by one query; none without such versions."""
    parts = DocumentPart.objects.select_related("version__source", "version__pdf")
    joined = [version for version in versions if version.is_joined]
    prefetch_related_objects(joined, Prefetch("parts", parts))


def describe_file(version: DocumentVersion) -> str:
    """«3 страницы, 1,2 МБ», as far as it is known."""
    parts = []
    if version.pages:
        pages = pluralize(version.pages, "страница", "страницы", "страниц")
        parts.append(f"{version.pages} {pages}")
    if file := version.source or version.pdf:
        parts.append(format_file_size(file.size))
    return ", ".join(parts)
