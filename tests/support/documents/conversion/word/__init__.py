"""Word documents with the features that contracts use, each with its expected content."""

from collections.abc import Callable

from tests.support.documents.conversion.samples import Sample
from tests.support.documents.conversion.word.inserts import INSERTS
from tests.support.documents.conversion.word.numbering import NUMBERING
from tests.support.documents.conversion.word.pages import PAGES
from tests.support.documents.conversion.word.tables import TABLES
from tests.support.documents.conversion.word.text import TEXT

WORD_SAMPLES: list[Callable[[], Sample]] = [*TEXT, *NUMBERING, *TABLES, *PAGES, *INSERTS]
