"""«Бланки»: from the upload of a file to a version that documents are made of."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client as Browser

from accounts.models import User
from accounts.roles import Role
from archive import documents
from archive.conversion.results import ConversionResult
from archive.files.storage import read_file, store_bytes
from archive.models import DocumentTemplate, DocumentVersion, TemplateVersion
from tasks.actions import templates
from tests.support.documents import office
from tests.support.documents.templates import template_bytes, text_of
from tests.support.factories import UserFactory
from tests.support.people import browser_of

pytestmark = pytest.mark.django_db(transaction=True)

CONTENT = template_bytes("Договор {{ номер }} с {{ клиент }}, {{ цена|сумма_прописью }}")


@pytest.fixture
def editor() -> User:
    user: User = UserFactory(roles=[Role.TEMPLATE_EDITOR])
    return user


@pytest.fixture
def web(editor: User) -> Browser:
    return browser_of(editor)


def docx_file(content: bytes = CONTENT, name: str = "Договор.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def add_template(web: Browser, content: bytes = CONTENT) -> TemplateVersion:
    data = {"name": "Договор связи", "signer_name": "ПАО «Связь»", "file": docx_file(content)}
    response = web.post("/templates/add/", data)
    version = TemplateVersion.objects.get()
    assert response["Location"] == f"/templates/{version.template_id}/1/"
    return version


def bindings(version: TemplateVersion, **sources: str) -> dict[str, str]:
    """The form of the fields."""
    return {f"source-{field.pk}": sources.get(field.name, "ask") for field in version.fields.all()}


def convert_sample(version: TemplateVersion) -> DocumentVersion:
    """What the worker would do."""
    version.refresh_from_db()
    sample = version.sample.versions.first()
    pdf = store_bytes(office.pdf_bytes(), "application/pdf")
    with transaction.atomic():
        documents.record_conversion(sample.pk, pdf, ConversionResult("builtin", 1, 1.0))
    sample.refresh_from_db()
    return sample


def test_a_file_becomes_a_template_with_fields_and_a_sample(web: Browser) -> None:
    version = add_template(web)
    page = web.get(f"/templates/{version.template_id}/1/").content.decode()
    for text in ("номер", "клиент", "цена", "Сумма", "Готовим страницы образца"):
        assert text in page
    version.refresh_from_db()
    sample = version.sample.versions.get()
    assert (sample.template_version, sample.state) == (version, "converting")
    assert "Двенадцать тысяч триста сорок пять рублей 60 копеек" in text_of(
        read_file(sample.source)
    )


def test_the_fields_are_bound_the_sample_is_shown_and_the_version_published(
    web: Browser, editor: User
) -> None:
    version = add_template(web)
    url = f"/templates/{version.template_id}/1/"
    convert_sample(version)
    assert "выберите источник полей: номер, клиент, цена" in web.get(url).content.decode()
    refused = web.post(f"{url}publish/")
    assert refused.status_code == 422
    assert "номер, клиент, цена" in refused.content.decode()

    data = bindings(version, номер="task.document_number", клиент="client.short_name")
    assert web.post(url, data)["Location"] == url
    assert web.post(f"{url}publish/").status_code == 422  # the new sample has no pages yet
    sample = convert_sample(version)
    assert "ООО «Ромашка»" in text_of(read_file(sample.source))
    assert f"{url}sample/1/" in web.get(url).content.decode()
    assert web.get(f"{url}sample/1/")["Content-Type"] == "image/webp"
    assert b"".join(web.get(f"{url}sample/").streaming_content).startswith(b"%PDF")
    assert web.post(f"{url}publish/")["Location"] == url
    version.refresh_from_db()
    assert version.published_by == editor
    journal = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    assert journal[0] == "Загружена версия 1"
    assert "номер – task.document_number" in journal[1]
    assert journal[2] == "Введена в действие версия 1"
    page = web.get(url).content.decode()
    assert "Клиент: Наименование" in page
    assert "<select" not in page
    assert web.post(url, data).status_code == 422


def test_a_source_that_does_not_fit_leaves_no_sample(web: Browser) -> None:
    version = add_template(web)
    url = f"/templates/{version.template_id}/1/"
    response = web.post(url, bindings(version, цена="client.short_name"))
    assert response.status_code == 422
    assert "оно не число. Место: «ООО «Ромашка»»" in response.content.decode()
    version.refresh_from_db()
    assert version.sample is None
    assert "Образца нет" in web.get(url).content.decode()


def test_a_sample_of_former_bindings_is_never_published(
    web: Browser, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = add_template(web)
    url = f"/templates/{version.template_id}/1/"
    data = bindings(version, номер="task.document_number")
    fill = templates.fill

    def fill_slowly(*arguments: Any) -> bytes:
        """Another editor binds the fields while the sample is being filled."""
        monkeypatch.setattr(templates, "fill", fill)
        web.post(url, data | bindings(version, номер="client.inn"))
        return fill(*arguments)

    monkeypatch.setattr(templates, "fill", fill_slowly)
    web.post(url, data)
    sample = convert_sample(version)
    assert "7707083893" in text_of(read_file(sample.source))


def test_the_warnings_of_the_sample_are_shown(web: Browser) -> None:
    version = add_template(web)
    sample = convert_sample(version)
    sample.findings = [{"code": "text_missing", "text": "Часть текста потеряна", "files": []}]
    sample.save()
    page = web.get(f"/templates/{version.template_id}/1/").content.decode()
    assert "Часть текста потеряна" in page


def test_a_new_upload_is_a_new_version(web: Browser) -> None:
    version = add_template(web)
    url = f"/templates/{version.template_id}/"
    web.post(f"{url}1/", bindings(version, номер="task.document_number"))
    response = web.post(f"{url}versions/", {"file": docx_file(template_bytes("{{ номер }}"))})
    assert response["Location"] == f"{url}2/"
    second = TemplateVersion.objects.get(number=2)
    assert second.fields.get().source == "task.document_number"
    page = web.get(url).content.decode()
    assert "Версия 1" in page
    assert "Версия 2" in page
    source = web.get(f"{url}1/source/")
    assert b"".join(source.streaming_content) == CONTENT


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (None, "Выберите файл Word (DOCX)"),
        (docx_file(office.pdf_bytes(), "а.pdf"), "Бланк должен быть документом Word (DOCX)."),
        (
            docx_file(template_bytes("{{ ''.__class__ }}")),
            "команда, которая не допускается. Место: «{{ &#x27;&#x27;.__class__ }}»",
        ),
        (docx_file(template_bytes("{{ Имя поля }}")), "Метка пишется так: {{ номер_договора }}"),
    ],
)
def test_a_file_that_is_no_template_is_refused_and_the_form_stays(
    web: Browser, file: SimpleUploadedFile | None, message: str
) -> None:
    data = {"name": "Акт", "signer_name": "ПАО «Связь»"} | ({"file": file} if file else {})
    response = web.post("/templates/add/", data)
    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    assert 'value="Акт"' in page
    assert not DocumentTemplate.objects.exists()
    version = add_template(web)
    if file:
        file.seek(0)
    response = web.post(
        f"/templates/{version.template_id}/versions/", {"file": file} if file else {}
    )
    assert response.status_code == 422
    assert message in response.content.decode()


def test_the_settings_of_a_template(web: Browser) -> None:
    version = add_template(web)
    url = f"/templates/{version.template_id}/"
    web.post(url, {"name": "Акт", "sms_signing": "on", "signer_name": ""})
    template = DocumentTemplate.objects.get()
    assert (template.name, template.sms_signing, template.is_active) == ("Акт", True, False)
    page = web.get("/templates/").content.decode()
    assert "Электронная (SMS) подпись" in page
    assert "Не используется" in page
    assert web.post(url, {"name": ""}).status_code == 422


def test_an_editor_without_another_role_lands_on_the_templates(web: Browser) -> None:
    assert web.get("/")["Location"] == "/templates/"
    assert "Бланков пока нет" in web.get("/templates/").content.decode()
    assert web.get("/tasks/my/").status_code == 403


def test_what_does_not_exist_is_not_found(web: Browser) -> None:
    version = add_template(web)
    own, huge = f"{version.template_id}/1/", 10**20
    for path in (
        *("0/", f"{version.template_id}/5/", f"{own}sample/1/", f"{own}sample/"),
        *(f"{huge}/", f"{huge}/1/", f"{version.template_id}/{huge}/"),
    ):
        assert web.get(f"/templates/{path}").status_code == 404


def test_managers_do_not_edit_templates() -> None:
    web = browser_of(UserFactory(roles=[Role.MANAGER]))
    response = web.get("/templates/")
    assert response.status_code == 403
    assert "«Редактор бланков»" in response.content.decode()
