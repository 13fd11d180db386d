from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from clients.models import formats

SEPARATORS = st.text(alphabet=" -().\u00a0\u2013\u2011", max_size=3)


def refusal(clean: Callable[[str], str], value: str) -> str:
    with pytest.raises(ValidationError) as caught:
        clean(value)
    return caught.value.messages[0]


@st.composite
def spelt_phones(draw: st.DrawFn) -> tuple[str, str]:
    """A mobile number as stored, and one of the ways in which people write it."""
    number = "9" + draw(st.text(alphabet="0123456789", min_size=9, max_size=9))
    start = draw(st.sampled_from(["+7", "8", "7", ""]))
    spelt = start + "".join(draw(SEPARATORS) + digit for digit in number) + draw(SEPARATORS)
    return f"+7{number}", spelt


@given(spelt_phones())
def test_a_phone_is_taken_as_8_7_or_plus_7_with_any_punctuation(case: tuple[str, str]) -> None:
    stored, spelt = case
    assert formats.clean_phone(spelt) == stored


@given(spelt_phones())
def test_a_phone_reads_back_as_it_is_shown(case: tuple[str, str]) -> None:
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
def test_what_is_no_russian_mobile_phone_is_refused_in_words(value: str) -> None:
    assert refusal(formats.clean_phone, value) == "Введите телефон: +7 и 10 цифр"


@given(st.text(alphabet="0123456789", min_size=12, max_size=12), st.data())
def test_spaces_and_dashes_of_a_pasted_account_number_are_dropped(
    number: str, data: st.DataObject
) -> None:
    spelt = "".join(data.draw(SEPARATORS) + digit for digit in number)
    assert formats.clean_account_number(spelt) == number


@pytest.mark.parametrize("value", ["85077010011", "8507701001100", "85077010011а", "", "٨" * 12])
def test_account_number_must_be_of_12_digits(value: str) -> None:
    message = "Лицевой счет должен состоять из 12 цифр"
    assert refusal(formats.clean_account_number, value) == message


@pytest.mark.parametrize("value", ["7701001100", "77 01-001100", "500100732259"])
def test_an_inn_with_right_check_digits_is_taken(value: str) -> None:
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
def test_a_wrong_inn_is_refused_in_words(value: str, message: str) -> None:
    assert refusal(formats.clean_inn, value) == message


def test_a_person_has_an_inn_of_12_digits() -> None:
    def clean(value: str) -> str:
        return formats.clean_inn(value, lengths=(12,))

    assert refusal(clean, "7701001100") == "ИНН состоит из 12 цифр"


@given(st.integers(min_value=0, max_value=10**9 - 1), st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_of_an_inn_is_always_noticed_or_another_valid_one(
    base: int, change: int
) -> None:
    from stdnum.ru import inn

    text = f"{base:09d}"
    right = text + inn.calc_company_check_digit(text)
    wrong = right[:-1] + str((int(right[-1]) + change) % 10)
    assert formats.clean_inn(right) == right
    assert "контрольные" in refusal(formats.clean_inn, wrong)


@given(st.integers(min_value=10**11, max_value=10**12 - 1))
def test_every_ogrn_with_its_check_digit_is_taken(base: int) -> None:
    number = f"{base}{base % 11 % 10}"
    assert formats.clean_ogrn(number) == number


@given(st.integers(min_value=3 * 10**13, max_value=4 * 10**13 - 1))
def test_every_ogrnip_with_its_check_digit_is_taken(base: int) -> None:
    number = f"{base}{base % 13 % 10}"
    assert formats.clean_ogrn(number) == number


@pytest.mark.parametrize("value", ["1157746001105", "315774600012345", "0157746001104"])
def test_a_wrong_ogrn_is_refused(value: str) -> None:
    assert refusal(formats.clean_ogrn, value) == "Проверьте ОГРН: контрольная цифра не сходится"


def test_an_ogrn_of_another_length_is_refused() -> None:
    assert refusal(formats.clean_ogrn, "11577460011") == "ОГРН состоит из 13 или 15 цифр"


def test_kpp_may_have_letters_in_the_middle() -> None:
    assert formats.clean_kpp("7701ab001") == "7701AB001"
    assert refusal(formats.clean_kpp, "77010100") == "КПП состоит из 9 цифр"


@pytest.mark.parametrize("value", ["112-233-445 95", "087-654-303 00", "001-001-998 00"])
def test_a_snils_with_right_check_digits_is_taken(value: str) -> None:
    assert formats.display_snils(formats.clean_snils(value)) == value


def test_a_wrong_snils_is_refused_in_words() -> None:
    message = "Проверьте СНИЛС: контрольные цифры не сходятся"
    assert refusal(formats.clean_snils, "112-233-445 96") == message
    assert refusal(formats.clean_snils, "112-233-445") == "СНИЛС состоит из 11 цифр"


def test_an_email_is_stored_in_lower_case() -> None:
    assert formats.clean_email(" Ivanov@Company.RU ") == "ivanov@company.ru"


@pytest.mark.parametrize("value", ["ivanov", "ivanov@", "a b@company.ru", "@company.ru"])
def test_a_wrong_email_is_refused_in_words(value: str) -> None:
    assert refusal(formats.clean_email, value) == "Введите адрес вида name@company.ru"
