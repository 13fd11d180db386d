"""Values of an unsent form in the page of any view."""

import pytest

from accounts.session_end.form_refill import NO_FIELD, refill_form
from accounts.session_end.unsent_forms import UnsentForm

PAGE = """<!DOCTYPE html>
<p>Текст &amp; <b>не меняется</b></p>
<form method="get" action="/search/"><input name="text" value="search"></form>
<form id="main" method="post" action="">
  <input type="hidden" name="csrfmiddlewaretoken" value="fresh">
  <input type="text" name="text" value='old "x"' title="a value=b" data-value="kept">
  <input name="empty" /><input name="twice"><input name="twice">
  <textarea name="area" rows="3">old &lt;area&gt;</textarea>
  <select name="one"><option value="1" selected>A</option><option value="2">B</option></select>
  <select name="many" multiple><option value="1" selected>A</option><option value="2">B</option>
  </select>
  <input type="checkbox" name="box" value="1" checked><input type="checkbox" name="box" value="2">
  <input type="radio" name="way" value="a" checked><input type="radio" name="way" value="b">
  <input type="file" name="file"><input type="password" name="password" value="">
  <button name="go" value="1" formaction="other/">Go</button>
</form>
<input type="checkbox" name="row" value="7" form="main">
"""


def refill(action: str = "/page/", html: str = PAGE, **fields: list[str] | str) -> str | None:
    pairs = [
        (name, value)
        for name, values in fields.items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    return refill_form(html, "/page/", UnsentForm(1, action, pairs))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"text": "<a> & \"b\" 'c'"}, 'value="&lt;a&gt; &amp; &quot;b&quot; &#x27;c&#x27;"'),
        ({"text": "x"}, 'title="a value=b" data-value="kept" value="x">'),
        ({"empty": "x"}, '<input name="empty" value="x">'),
        ({"twice": ["a", "b"]}, '<input name="twice" value="a"><input name="twice" value="b">'),
        ({"area": "\n<b>"}, '<textarea name="area" rows="3">\n\n&lt;b&gt;</textarea>'),
        ({"one": "2"}, '<option value="1">A</option><option value="2" selected>B</option>'),
        ({"many": ["2"]}, '<option value="1">A</option><option value="2" selected>'),
        ({"many": []}, 'multiple><option value="1">A</option><option value="2">B'),
        ({"box": ["2"]}, 'value="1"><input type="checkbox" name="box" value="2" checked>'),
        ({"way": "b"}, 'value="a"><input type="radio" name="way" value="b" checked>'),
        ({"row": "7"}, '<input type="checkbox" name="row" value="7" form="main" checked>'),
        ({"csrf": "x"}, 'name="csrfmiddlewaretoken" value="fresh"'),
        ({"password": "x"}, '<input type="password" name="password" value="">'),
        ({"text": "x"}, '<input name="text" value="search"></form>'),
        ({"text": "x"}, "<p>Текст &amp; <b>не меняется</b></p>"),
    ],
)
def test_the_controls_get_their_values(fields: dict[str, list[str]], expected: str) -> None:
    page = refill(**fields)
    assert page is not None
    assert expected in page


@pytest.mark.parametrize("action", ["/page/", "/page/other/"])
def test_a_form_is_found_by_its_address_and_those_of_its_buttons(action: str) -> None:
    assert refill(action, text="x") is not None


def test_a_page_without_the_form_is_left_alone() -> None:
    assert refill("/elsewhere/", text="x") is None


def test_of_two_forms_with_one_address_the_one_with_the_fields_is_filled() -> None:
    button = '<form method="post" action=""><button>Go</button></form>'
    page = refill(html=button + PAGE, text="x")
    assert page is not None
    assert page.startswith(button)


def test_values_without_a_field_are_shown() -> None:
    page = refill(**{"rows-3-name": "<Потеряно>", "rows-TOTAL_FORMS": "4", "text": "x"})
    assert page is not None
    notice = f'<div class="notice"><p>{NO_FIELD}</p><ul><li>&lt;Потеряно&gt;</li></ul></div>'
    assert f'method="post" action="">{notice}' in page


def test_a_field_of_djangos_autocomplete_gets_an_option() -> None:
    html = '<form method="post"><select name="user" class="admin-autocomplete"></select></form>'
    page = refill(html=html, user="7")
    assert page is not None
    assert 'autocomplete"><option value="7" selected>7</option></select>' in page
