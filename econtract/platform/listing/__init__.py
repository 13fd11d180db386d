"""Lists: filters in the query string, sort orders, pages, counters, saved filters, columns, files.

An app describes its list once (`registry.ListDefinition`) and registers it when the apps are ready.
"""
