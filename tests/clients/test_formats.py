"""Numbers and addresses as users type them (`clients.models.formats`)."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from clients.models import formats

SEPARATORS = st.text(alphabet=" -().\u00a0\u2013\u2011", max_size=3)


def error_message(clean: Callable[[str], str], value: str) -> str:
    with pytest.raises(ValidationError) as error:
        clean(value)
    return error.value.messages[0]


@st.composite
def phone_inputs(draw: st.DrawFn) -> tuple[str, str]:
    """A mobile number in its stored form and as somebody could type it."""
    number = "9" + draw(st.text(alphabet="0123456789", min_size=9, max_size=9))
    start = draw(st.sampled_from(["+7", "8", "7", ""]))
    text = start + "".join(draw(SEPARATORS) + digit for digit in number) + draw(SEPARATORS)
    return f"+7{number}", text


@given(phone_inputs())
def test_a_phone_can_begin_with_8_7_or_plus_7_and_have_punctuation(case: tuple[str, str]) -> None:
    stored, text = case
    assert formats.clean_phone(text) == stored


@given(phone_inputs())
def test_a_displayed_phone_can_be_cleaned(case: tuple[str, str]) -> None:
    stored, _ = case
    assert formats.clean_phone(formats.display_phone(stored)) == stored


@pytest.mark.parametrize(
    "value",
    [
        "+7 495 123-45-67",  # a city number
        "8 800 100 00 00",
        "+7 701 123 45 67",  # Kazakhstan
        "+1 912 345 67 89",
        "912 345 67 8",
        "8 912 345 67 89 0",
        "+7 912 345-67-89 доб. 5",
        "٩١٢٣٤٥٦٧٨٩",
        "телефон",
        "+",
        "",
    ],
)
def test_only_russian_mobile_phones_are_accepted(value: str) -> None:
    assert error_message(formats.clean_phone, value) == "Введите телефон: +7 и 10 цифр"


@given(st.text(alphabet="0123456789", min_size=12, max_size=12), st.data())
def test_punctuation_in_an_account_number_is_ignored(number: str, data: st.DataObject) -> None:
    text = "".join(data.draw(SEPARATORS) + digit for digit in number)
    assert formats.clean_account_number(text) == number


@pytest.mark.parametrize("value", ["85077010011", "8507701001100", "85077010011а", "", "٨" * 12])
def test_an_account_number_has_12_digits(value: str) -> None:
    message = "Лицевой счет должен состоять из 12 цифр"
    assert error_message(formats.clean_account_number, value) == message


@pytest.mark.parametrize("value", ["7701001100", "77 01-001100", "500100732259"])
def test_a_valid_inn_is_accepted(value: str) -> None:
    assert formats.clean_inn(value) == formats.compact(value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("7701001101", "Проверьте ИНН: контрольные цифры не сходятся"),
        ("500100732258", "Проверьте ИНН: контрольные цифры не сходятся"),
        ("770100110", "ИНН состоит из 10 или 12 цифр"),
        ("ИНН7701001100", "ИНН состоит из 10 или 12 цифр"),
        ("", "ИНН состоит из 10 или 12 цифр"),
    ],
)
def test_an_invalid_inn_is_refused(value: str, message: str) -> None:
    assert error_message(formats.clean_inn, value) == message


def test_a_person_has_an_inn_of_12_digits() -> None:
    def clean(value: str) -> str:
        return formats.clean_inn(value, lengths=(12,))

    assert error_message(clean, "7701001100") == "ИНН состоит из 12 цифр"


@given(st.integers(min_value=0, max_value=10**9 - 1), st.integers(min_value=1, max_value=9))
def test_a_wrong_check_digit_of_an_inn_is_refused(base: int, change: int) -> None:
    from stdnum.ru import inn

    text = f"{base:09d}"
    valid = text + inn.calc_company_check_digit(text)
    invalid = valid[:-1] + str((int(valid[-1]) + change) % 10)
    assert formats.clean_inn(valid) == valid
    assert "контрольные" in error_message(formats.clean_inn, invalid)


@given(st.integers(min_value=10**11, max_value=10**12 - 1))
def test_every_valid_ogrn_is_accepted(base: int) -> None:
    number = f"{base}{base % 11 % 10}"
    assert formats.clean_ogrn(number) == number


@given(st.integers(min_value=3 * 10**13, max_value=4 * 10**13 - 1))
def test_every_valid_ogrnip_is_accepted(base: int) -> None:
    number = f"{base}{base % 13 % 10}"
    assert formats.clean_ogrn(number) == number


@pytest.mark.parametrize("value", ["1157746001105", "315774600012345", "0157746001104"])
def test_an_invalid_ogrn_is_refused(value: str) -> None:
    assert (
        error_message(formats.clean_ogrn, value) == "Проверьте ОГРН: контрольная цифра не сходится"
    )


def test_an_ogrn_of_another_length_is_refused() -> None:
    assert error_message(formats.clean_ogrn, "11577460011") == "ОГРН состоит из 13 или 15 цифр"


def test_a_kpp_can_have_letters_in_the_middle() -> None:
    assert formats.clean_kpp("7701ab001") == "7701AB001"
    assert error_message(formats.clean_kpp, "77010100") == "КПП состоит из 9 цифр"


@pytest.mark.parametrize("value", ["112-233-445 95", "087-654-303 00", "001-001-998 00"])
def test_a_valid_snils_is_accepted(value: str) -> None:
    assert formats.display_snils(formats.clean_snils(value)) == value


def test_an_invalid_snils_is_refused() -> None:
    message = "Проверьте СНИЛС: контрольные цифры не сходятся"
    assert error_message(formats.clean_snils, "112-233-445 96") == message
    assert error_message(formats.clean_snils, "112-233-445") == "СНИЛС состоит из 11 цифр"


def test_an_email_is_stored_in_lower_case() -> None:
    assert formats.clean_email(" Ivanov@Company.RU ") == "ivanov@company.ru"


@pytest.mark.parametrize("value", ["ivanov", "ivanov@", "a b@company.ru", "@company.ru"])
def test_an_invalid_email_is_refused(value: str) -> None:
    assert error_message(formats.clean_email, value) == "Введите адрес вида name@company.ru"
