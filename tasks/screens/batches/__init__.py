"""«Массовые прогоны»: their list, the file of a new one, checks, progress."""
