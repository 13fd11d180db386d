"""Batches («Массовые прогоны»): a task for every row of a table (docs/rules.md#batches)."""
