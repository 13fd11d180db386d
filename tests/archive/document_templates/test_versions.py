"""Versions of a template: uploaded, bound, published, and unchanged ever after."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.fixtures import Settings

from archive.document_templates import versions
from archive.document_templates.refusals import FillingFailed
from archive.document_templates.versions import Binding
from archive.files import storage
from archive.models import DocumentTemplate, TemplateField, TemplateVersion
from econtract.platform.common.errors import ActionRefused, Unavailable
from tests.support.documents import office
from tests.support.documents.templates import template_bytes
from tests.support.factories import DocumentTemplateFactory, DocumentVersionFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def upload(content: bytes, template: DocumentTemplate | None = None) -> TemplateVersion:
    return versions.upload_version(
        template=template or DocumentTemplateFactory(),
        upload=SimpleUploadedFile("договор.docx", content),
        user=UserFactory(),
    )


def test_an_upload_becomes_a_version_with_its_fields() -> None:
    content = template_bytes("{{ номер }}: {{ сумма|сумма_прописью }}")
    version = upload(content)
    assert (version.number, version.file_name) == (1, "договор.docx")
    assert [(field.name, field.kind) for field in version.fields.all()] == [
        ("номер", "text"),
        ("сумма", "sum"),
    ]
    assert storage.read_file(version.source) == content
    assert version.template.current_version is None


def test_a_new_version_keeps_the_bindings_of_fields_with_the_same_name() -> None:
    first = upload(template_bytes("{{ номер }} {{ дата }}"))
    versions.bind_fields(first, {"номер": Binding(TemplateField.ASK, "Номер")})
    second = upload(template_bytes("{{ цена }} {{ номер }}"), first.template)
    assert second.number == 2
    assert [(f.name, f.source, f.question) for f in second.fields.all()] == [
        ("цена", "", ""),
        ("номер", "ask", "Номер"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [(office.xlsx_bytes(), "template_not_docx"), (template_bytes("{{ а"), "template_syntax")],
)
def test_what_is_no_template_leaves_nothing(content: bytes, code: str) -> None:
    with pytest.raises(FillingFailed, match=code):
        upload(content)
    assert not TemplateVersion.objects.exists()


def test_a_version_is_published_when_all_is_bound_and_the_sample_was_seen() -> None:
    version, user = upload(template_bytes("{{ номер }}")), UserFactory()
    with pytest.raises(ActionRefused, match="номер"):
        versions.publish(version, user=user)
    versions.bind_fields(version, {"номер": Binding("task.document_number")})
    with pytest.raises(ActionRefused, match="Образец"):
        versions.publish(version, user=user)
    sample = DocumentVersionFactory(findings=[{"code": "a", "text": "б", "files": []}])
    TemplateVersion.objects.filter(pk=version.pk).update(sample=sample.document)
    versions.publish(version, user=user)
    sample.refresh_from_db()
    assert sample.reviewed_by == user
    assert version.template.current_version == version
    for change in (
        lambda: versions.bind_fields(version, {"номер": Binding("client.inn")}),
        lambda: versions.publish(version, user=user),
    ):
        with pytest.raises(ActionRefused, match="не меняется"):
            change()
    assert version.fields.get().source == "task.document_number"


def test_the_newest_published_version_is_the_current_one() -> None:
    first = upload(template_bytes("Договор"))
    sample = DocumentVersionFactory()
    TemplateVersion.objects.filter(pk=first.pk).update(sample=sample.document)
    versions.publish(first, user=UserFactory())
    second = upload(template_bytes("Договор 2"), first.template)
    assert first.template.current_version == first
    TemplateVersion.objects.filter(pk=second.pk).update(sample=sample.document)
    versions.publish(second, user=UserFactory())
    assert first.template.current_version == second


def test_a_file_that_the_scanner_has_not_seen_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    def be_down(_: object) -> None:
        raise Unavailable("antivirus", "down")

    settings.CLAMD_ADDRESS = "/no/such/socket"
    monkeypatch.setattr("archive.documents.antivirus.scan", be_down)
    with pytest.raises(FillingFailed, match="template_not_scanned"):
        upload(template_bytes("Договор"))
