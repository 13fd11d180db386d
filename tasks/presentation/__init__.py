"""How tasks are worded: everything a page says is made here, in Python, once."""
