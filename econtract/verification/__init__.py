"""«Проверка документа»: verifying signatures and packages, on a public page and by a command."""
