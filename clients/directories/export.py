"""Export of a directory as an xlsx file, which the import accepts."""

import io

from clients.directories.registry import Directory


def build_workbook(directory: Directory) -> bytes:
    """An xlsx file: a frozen row of headings, then all active rows, as text."""
    # Imported here, because few processes need it and it takes 12 MB of memory.
    import xlsxwriter

    rows = directory.model._default_manager.all()
    if directory.has_active_field:
        rows = rows.filter(active=True)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(directory.columns.values()):
            sheet.set_column(column, column, 30)
            sheet.write_string(0, column, directory.label(name))
            for number, row in enumerate(rows, start=1):
                text = directory.display_value(name, getattr(row, name))
                sheet.write_string(number, column, text)
    return file.getvalue()
