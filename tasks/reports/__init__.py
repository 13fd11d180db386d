"""«Отчеты»: figures about the tasks that were created in a period."""
