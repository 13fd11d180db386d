"""A directory as a workbook that the import takes back."""

import io

from clients.directories.registry import Directory


def workbook(directory: Directory) -> bytes:
    """An xlsx file: a frozen heading row, then every row that is in force, all as text."""
    # Twelve megabytes of every process, for what few do.
    import xlsxwriter

    rows = directory.model._default_manager.all()
    if directory.can_switch_off:
        rows = rows.filter(active=True)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(directory.columns.values()):
            sheet.set_column(column, column, 30)
            sheet.write_string(0, column, directory.label(name))
            for number, row in enumerate(rows, start=1):
                sheet.write_string(number, column, directory.show(name, getattr(row, name)))
    return file.getvalue()
