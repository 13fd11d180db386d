"""«Проверка документа»: whose signatures these are, whether they hold, what was changed."""
