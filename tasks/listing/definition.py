"""The definition of the lists of tasks for `econtract.platform.listing`."""

from econtract.platform.listing.registry import ListDefinition
from tasks.listing.columns import FILE_COLUMNS, TASK_COLUMNS
from tasks.listing.counters import LIST_CODE
from tasks.listing.query import TaskListQuery
from tasks.listing.tabs import find_tasks
from tasks.wording.turns import TurnLabels

NOUNS = ("задание", "задания", "заданий")

TASK_LIST = ListDefinition(
    code=LIST_CODE,
    query_class=TaskListQuery,
    columns=TASK_COLUMNS,
    file_columns=FILE_COLUMNS,
    find_rows=find_tasks,
    cell_context=TurnLabels.for_viewer,
    sheet_title="Задания",
    nouns=NOUNS,
)
