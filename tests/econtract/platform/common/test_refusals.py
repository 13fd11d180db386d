from econtract.platform.common.refusals import Refusal


def test_a_page_shows_the_text_and_then_the_fix() -> None:
    assert Refusal("code", "Счет не найден.").message == "Счет не найден."
    refusal = Refusal("code", "Счет не найден.", "Проверьте номер.")
    assert refusal.message == "Счет не найден. Проверьте номер."
    assert str(refusal) == "Счет не найден."
