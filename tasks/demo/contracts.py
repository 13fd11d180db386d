"""Russian contracts as managers upload them: Word, Excel and PDF."""

import datetime
import io
from dataclasses import dataclass

import docx
from django.template.loader import render_to_string
from docx.enum.text import WD_ALIGN_PARAGRAPH
from openpyxl import Workbook
from openpyxl.styles import Border, Font, Side

from clients.models import Client

OPERATOR = "ПАО «Ростелеком»"


@dataclass(frozen=True)
class ContractFile:
    """A file ready to be uploaded."""

    name: str
    content: bytes


@dataclass(frozen=True)
class ContractTerms:
    """The values that differ from contract to contract."""

    client: Client
    signatory: str
    number: str
    date: datetime.date
    services: tuple[str, ...]
    monthly_fee: int


def build_sections(terms: ContractTerms) -> list[tuple[str, list[str]]]:
    """The contract's sections: title and clauses."""
    services = ", ".join(terms.services)
    price = f"{terms.monthly_fee:,}".replace(",", " ")
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


def build_title(terms: ContractTerms) -> str:
    return f"Договор № {terms.number} об оказании услуг связи"


def build_preamble(terms: ContractTerms) -> str:
    return (
        f"{OPERATOR}, именуемое «Оператор», и {terms.client.short_name}, именуемое «Клиент», "
        f"в лице {terms.signatory}, заключили настоящий договор."
    )


def build_party_rows(terms: ContractTerms) -> list[tuple[str, str, str]]:
    """Rows of the parties' table: label, ours, the client's."""
    client = terms.client
    return [
        ("Наименование", OPERATOR, client.short_name),
        ("ИНН / КПП", "7707049388 / 784001001", f"{client.inn} / {client.kpp or '–'}"),
        ("ОГРН", "1027700198767", client.ogrn or "–"),
        ("Адрес", "191167, г. Санкт-Петербург, Синопская наб., д. 14", client.legal_address),
    ]


def build_word(terms: ContractTerms) -> ContractFile:
    """The contract in Word: headings, numbered clauses, a table of the parties."""
    document = docx.Document()
    document.styles["Normal"].font.name = "Liberation Serif"
    heading = document.add_heading(build_title(terms), 1)
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph(f"г. Москва, {terms.date:%d.%m.%Y}")
    document.add_paragraph(build_preamble(terms))
    for number, (name, items) in enumerate(build_sections(terms), start=1):
        document.add_heading(f"{number}. {name}", 2)
        for position, item in enumerate(items, start=1):
            document.add_paragraph(f"{number}.{position}. {item}")
    table = document.add_table(rows=0, cols=3)
    table.style = "Table Grid"
    for row in build_party_rows(terms):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    file = io.BytesIO()
    document.save(file)
    return ContractFile(f"Договор {terms.number}.docx", file.getvalue())


def build_workbook(terms: ContractTerms) -> ContractFile:
    """An order form in Excel: services with prices and a total."""
    book = Workbook()
    page = book.active
    if page is None:
        raise ValueError("A new workbook has a sheet.")
    page.title = "Бланк заказа"
    page.append([f"Бланк заказа к договору № {terms.number} от {terms.date:%d.%m.%Y}"])
    page["A1"].font = Font(bold=True, size=14)
    page.append(["Клиент", terms.client.short_name, f"ИНН {terms.client.inn}"])
    page.append(["Услуга", "Количество", "Цена в месяц, руб."])
    price = terms.monthly_fee // len(terms.services)
    for service in terms.services:
        page.append([service, 1, price])
    page.append(["Итого", len(terms.services), price * len(terms.services)])
    line = Side(style="thin")
    for row in page.iter_rows(min_row=3):
        for cell in row:
            cell.border = Border(left=line, right=line, top=line, bottom=line)
    page.column_dimensions["A"].width = 40
    page.column_dimensions["B"].width = 24
    page.column_dimensions["C"].width = 24
    file = io.BytesIO()
    book.save(file)
    return ContractFile(f"Бланк заказа {terms.number}.xlsx", file.getvalue())


def build_pdf(terms: ContractTerms) -> ContractFile:
    """The contract as a PDF with embedded fonts."""
    from archive.typesetting.pdf import html_to_pdf

    sections = [
        (f"{number}. {name}", [f"{number}.{n}. {item}" for n, item in enumerate(items, start=1)])
        for number, (name, items) in enumerate(build_sections(terms), start=1)
    ]
    context = {
        "title": build_title(terms),
        "date": terms.date,
        "preamble": build_preamble(terms),
        "sections": sections,
        "party_rows": build_party_rows(terms),
    }
    body = render_to_string("tasks/demo/contract.html", context)
    moment = datetime.datetime.combine(terms.date, datetime.time(), tzinfo=datetime.UTC)
    content = html_to_pdf(body, css=STYLE, title=build_title(terms), moment=moment)
    return ContractFile(f"Договор {terms.number}.pdf", content)


STYLE = """
@page { size: A4; margin: 20mm 15mm 25mm 25mm }
body { font-size: 10.5pt; line-height: 1.45 }
h1 { font-size: 15pt; text-align: center } h2 { font-size: 12pt }
table { border-collapse: collapse; width: 100%; margin-top: 8mm }
th, td { border: 0.5pt solid #000; padding: 2mm; text-align: left; vertical-align: top }
"""
