"""How many queries the form needs at most."""

import uuid

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from tests.support.world import pdf_file
from tests.tasks.screens.new_task.conftest import FormPage, get_text

NEW_CONTACT = {"new-surname": "Орлов", "new-phone": "+79120000001", "new-email": "o@client.example"}


def create_with_file(form: FormPage, **values: str) -> HttpResponse:
    """«Создать задание» with the file in the same request."""
    document = SimpleUploadedFile("Договор.pdf", pdf_file())
    return form.create(document=document, **values)


def test_creation_with_a_file_and_a_new_contact_for_an_existing_client(
    company: FormPage, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    first = create_with_file(company)
    following = FormPage(company.browser, company.slug, company.values | {"page": "next"})
    following.values |= {"submission_key": str(uuid.uuid4()), **NEW_CONTACT}
    following.save()
    with django_assert_max_num_queries(36):
        assert create_with_file(following)["Location"] != first["Location"]


def test_an_incomplete_form_is_saved_once(company: FormPage) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert create_with_file(company, account_number="").status_code == 422
    statements = [query["sql"] for query in queries]
    for statement in ('INSERT INTO "archive_documentversion"', 'UPDATE "tasks_draft"'):
        assert len([sql for sql in statements if sql.startswith(statement)]) == 1


def test_autosave(company: FormPage, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    company.save(turn="1")
    with django_assert_max_num_queries(16):
        response = company.save(turn="2", document_number="77")
    assert "Вложите документ" in get_text(response)
