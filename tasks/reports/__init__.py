"""«Отчеты»: what became of the tasks of a period, in figures."""
