"""Real Russian contracts, as a manager would bring them: Word, Excel and PDF."""

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import docx
from django.template.loader import render_to_string
from docx.enum.text import WD_ALIGN_PARAGRAPH
from openpyxl import Workbook
from openpyxl.styles import Border, Font, Side

from clients.models import Client

OPERATOR = "ПАО «Ростелеком»"


@dataclass(frozen=True)
class Paper:
    """A file ready to be uploaded."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Terms:
    """What differs from contract to contract."""

    client: Client
    signer: str
    number: str
    dated: date
    services: tuple[str, ...]
    monthly: int


def clauses(terms: Terms) -> list[tuple[str, list[str]]]:
    """The contract's sections: title and clauses."""
    services = ", ".join(terms.services)
    price = f"{terms.monthly:,}".replace(",", " ")
    return [
        (
            "Предмет договора",
            [
                f"Оператор оказывает Клиенту услуги связи: {services}, а Клиент оплачивает их.",
                f"Услуги оказываются по лицевому счету {terms.number}.",
                "Перечень точек подключения приведен в приложении, неотъемлемой части договора.",
            ],
        ),
        (
            "Права и обязанности сторон",
            [
                "Оператор обеспечивает доступность услуг не менее 99,5 процента времени в месяц.",
                "Оператор уведомляет о плановых работах не позднее чем за пять рабочих дней.",
                "Клиент оплачивает услуги до двадцатого числа месяца, следующего за расчетным.",
            ],
        ),
        (
            "Стоимость и порядок расчетов",
            [
                f"Абонентская плата составляет {price} рублей в месяц, в том числе НДС.",
                "Счета и акты направляются в электронном виде через оператора ЭДО.",
            ],
        ),
        (
            "Срок действия и заключительные положения",
            [
                "Договор вступает в силу с момента подписания обеими сторонами.",
                "Договор подписывается электронными подписями и имеет силу бумажного документа.",
                "Споры рассматриваются арбитражным судом по месту нахождения ответчика.",
            ],
        ),
    ]


def title(terms: Terms) -> str:
    return f"Договор № {terms.number} об оказании услуг связи"


def preamble(terms: Terms) -> str:
    return (
        f"{OPERATOR}, именуемое «Оператор», и {terms.client.short_name}, именуемое «Клиент», "
        f"в лице {terms.signer}, заключили настоящий договор."
    )


def requisites(terms: Terms) -> list[tuple[str, str, str]]:
    """Rows of the parties' table: label, ours, the client's."""
    client = terms.client
    return [
        ("Наименование", OPERATOR, client.short_name),
        ("ИНН / КПП", "7707049388 / 784001001", f"{client.inn} / {client.kpp or '–'}"),
        ("ОГРН", "1027700198767", client.ogrn or "–"),
        ("Адрес", "191167, г. Санкт-Петербург, Синопская наб., д. 14", client.legal_address),
    ]


def word(terms: Terms) -> Paper:
    """The contract in Word: headings, numbered clauses, a table of the parties."""
    document = docx.Document()
    document.styles["Normal"].font.name = "Liberation Serif"
    heading = document.add_heading(title(terms), 1)
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph(f"г. Москва, {terms.dated:%d.%m.%Y}")
    document.add_paragraph(preamble(terms))
    for number, (name, items) in enumerate(clauses(terms), start=1):
        document.add_heading(f"{number}. {name}", 2)
        for position, item in enumerate(items, start=1):
            document.add_paragraph(f"{number}.{position}. {item}")
    table = document.add_table(rows=0, cols=3)
    table.style = "Table Grid"
    for row in requisites(terms):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    file = io.BytesIO()
    document.save(file)
    return Paper(f"Договор {terms.number}.docx", file.getvalue())


def sheet(terms: Terms) -> Paper:
    """An order form in Excel: services with prices and a sum."""
    book = Workbook()
    page = book.active
    if page is None:
        raise ValueError("A new workbook has a sheet.")
    page.title = "Бланк заказа"
    page.append([f"Бланк заказа к договору № {terms.number} от {terms.dated:%d.%m.%Y}"])
    page["A1"].font = Font(bold=True, size=14)
    page.append(["Клиент", terms.client.short_name, f"ИНН {terms.client.inn}"])
    page.append(["Услуга", "Количество", "Цена в месяц, руб."])
    share = terms.monthly // len(terms.services)
    for service in terms.services:
        page.append([service, 1, share])
    page.append(["Итого", len(terms.services), share * len(terms.services)])
    line = Side(style="thin")
    for row in page.iter_rows(min_row=3):
        for cell in row:
            cell.border = Border(left=line, right=line, top=line, bottom=line)
    page.column_dimensions["A"].width = 40
    page.column_dimensions["B"].width = 24
    page.column_dimensions["C"].width = 24
    file = io.BytesIO()
    book.save(file)
    return Paper(f"Бланк заказа {terms.number}.xlsx", file.getvalue())


def pdf(terms: Terms) -> Paper:
    """The contract as a PDF, its fonts embedded."""
    from archive.typesetting.pdf import html_to_pdf

    sections = [
        (f"{number}. {name}", [f"{number}.{n}. {item}" for n, item in enumerate(items, start=1)])
        for number, (name, items) in enumerate(clauses(terms), start=1)
    ]
    context = {
        "title": title(terms),
        "dated": terms.dated,
        "preamble": preamble(terms),
        "sections": sections,
        "requisites": requisites(terms),
    }
    body = render_to_string("tasks/demo/contract.html", context)
    moment = datetime.combine(terms.dated, time(), tzinfo=UTC)
    content = html_to_pdf(body, css=STYLE, title=title(terms), moment=moment)
    return Paper(f"Договор {terms.number}.pdf", content)


STYLE = """
@page { size: A4; margin: 20mm 15mm 25mm 25mm }
body { font-size: 10.5pt; line-height: 1.45 }
h1 { font-size: 15pt; text-align: center } h2 { font-size: 12pt }
table { border-collapse: collapse; width: 100%; margin-top: 8mm }
th, td { border: 0.5pt solid #000; padding: 2mm; text-align: left; vertical-align: top }
"""
