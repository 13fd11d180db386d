"""What the form asks of the database: ceilings, so that nothing creeps back in unseen."""

import uuid

from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import DjangoAssertNumQueries

from tests.support.world import pdf_file
from tests.tasks.screens.new_task.conftest import Form, text_of

NEW_CONTACT = {"new-surname": "Орлов", "new-phone": "+79120000001", "new-email": "o@client.example"}


def sent_at_once(form: Form, **more: str) -> str:
    """«Создать задание» with the file in the same request; where it leads."""
    document = SimpleUploadedFile("Договор.pdf", pdf_file())
    return form.create(document=document, **more)["Location"]


def test_a_creation_with_a_file_and_a_new_contact_for_a_known_client(
    company: Form, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    first = sent_at_once(company)
    following = Form(company.browser, company.slug, company.values | {"page": "next"})
    following.values |= {"submission_key": str(uuid.uuid4()), **NEW_CONTACT}
    with django_assert_max_num_queries(33):
        assert sent_at_once(following) != first


def test_what_is_typed_is_kept_and_judged(
    company: Form, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    company.save(turn="1")
    with django_assert_max_num_queries(15):
        answer = company.save(turn="2", document_number="77")
    assert "Вложите документ" in text_of(answer)
