"""What the user must check in a PDF because its pages alone do not tell it."""

import time
from collections.abc import Iterable

import pikepdf
import pypdfium2

from archive.findings import Finding
from archive.pdf_content.annotations import count_annotations
from archive.pdf_content.form_fields import find_values_without_place
from archive.pdf_content.layer_states import LayerStates
from archive.pdf_content.layers import find_hidden_layers
from archive.pdf_content.page_view import PageView, read_page_view

MAX_SECONDS = 0.6  # of processor time, a third of what an inspection has
MAX_WITHOUT_APPEARANCE = 120  # annotations of a page; drawing one takes up to 5 ms
_QUOTES = 5
_QUOTE_LENGTH = 100


def build_page_findings(document: pypdfium2.PdfDocument, pdf: pikepdf.Pdf) -> list[Finding]:
    """The findings about form values and comments; the same file opened twice."""
    views, is_complete = _read_views(document)
    names = {name for view in views for name in view.field_names}
    values = [value for view in views for value in view.unseen_values]
    if is_complete:
        values += find_values_without_place(pdf, names)
    findings = []
    if values:
        quotes = _quote(f"{field.name}: {field.value}" for field in values)
        text = f"На страницах не видно значений полей формы, или видно не целиком: {quotes}"
        findings.append(Finding("pdf_form_values", f"{text}. Проверьте страницы"))
    findings += _find_comments(views)
    if not is_complete:
        text = "В PDF очень много полей и пометок, проверены не все. Просмотрите страницы"
        findings.append(Finding("pdf_partly_checked", text))
    return findings


def _read_views(document: pypdfium2.PdfDocument) -> tuple[list[PageView], bool]:
    """The views of the pages with annotations; False if there are too many to look at."""
    start = time.process_time()
    views: list[PageView] = []
    for index in range(len(document)):
        annotations, without_appearance = count_annotations(document, index)
        if not annotations:
            continue
        is_late = time.process_time() - start > MAX_SECONDS
        if is_late or without_appearance > MAX_WITHOUT_APPEARANCE:
            return views, False
        views.append(read_page_view(document, index))
    return views, True


def build_layer_findings(pdf: pikepdf.Pdf) -> list[Finding]:
    """The finding about layers that not every reader shows. Changes ``pdf`` in memory."""
    states = LayerStates(pdf)
    layers = find_hidden_layers(pdf, states) if states else []
    if not layers:
        return []
    text = f"В PDF есть слои с содержимым, которые показываются не везде: {_quote(layers)}"
    return [Finding("pdf_layers", f"{text}. Откройте их в программе просмотра и проверьте")]


def _find_comments(views: Iterable[PageView]) -> list[Finding]:
    comments = [comment for view in views for comment in view.comments]
    findings = []
    if comments:
        text = f"В PDF есть комментарии, подписаны будут и они: {_quote(comments)}"
        findings.append(Finding("pdf_comments", f"{text}. Проверьте, нет ли лишних"))
    if any(view.prints_differently for view in views):
        text = "Часть пометок и полей PDF видна на экране, но не печатается, или наоборот"
        findings.append(Finding("pdf_prints_differently", f"{text}. Сравните с распечаткой"))
    if any(view.has_multimedia for view in views):
        text = "В PDF есть звук, видео или объемная модель, подписаны будут и они"
        findings.append(Finding("pdf_multimedia", f"{text}. Откройте файл и проверьте"))
    return findings


def _quote(texts: Iterable[str]) -> str:
    """The first texts, shortened, and how many more there are."""
    unique = list(dict.fromkeys(" ".join(text.split()) for text in texts))
    quotes = [
        f"{text[:_QUOTE_LENGTH]}{'…' if len(text) > _QUOTE_LENGTH else ''}"
        for text in unique[:_QUOTES]
    ]
    rest = len(unique) - len(quotes)
    return "; ".join(quotes) + (f" и еще {rest}" if rest else "")
