"""Templates («Бланки»): which fields a DOCX file has, and filling them. They know no tasks."""
