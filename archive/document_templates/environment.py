"""The Jinja environment of templates: values, conditions and repetitions, and nothing else.

A plain environment lets a template run programs, and Jinja's sandbox lets it use all memory. So
this one has a list of what a template may contain, and refuses the rest before anything is run.
Confined processes use this module: no Django, no database.
"""

import re
from collections.abc import Callable
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, nodes
from jinja2.filters import FILTERS
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from archive.document_templates import words

_ALLOWED_NODES = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const),
    *(nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.Not, nodes.And, nodes.Or),
    *(nodes.For, nodes.Filter, nodes.Getattr),
)
_JINJA_FILTERS = ("capitalize", "first", "join", "last", "length", "lower", "trim", "upper")
_NOT_NUMBER, _NOT_DATE = "template_value_not_number", "template_value_not_date"
_LOOP = "loop"
_LOOP_ATTRIBUTES = frozenset({"first", "index", "last", "length"})


_MARKUP = re.compile(r"<[^>]*>")
_PLACE_LENGTH = 120


def _in_words(parse: Callable[[str], Any], to_words: Callable[[Any], str], code: str) -> Any:
    """A filter that prints a value in words. Without a value it prints none."""

    def print_words(value: Any) -> Any:
        if isinstance(value, Undefined):
            return value
        try:
            return to_words(parse(str(value)))
        except ValueError:
            raise TemplateRefused(code, str(value)) from None

    return print_words


class TemplateRefused(Exception):
    """The code of one of `archive.document_templates.refusals`, and a place in the template."""

    def __init__(self, code: str, place: str = "") -> None:
        self.code = code
        self.place = place[:_PLACE_LENGTH]
        super().__init__(code)


# The filters that say of what kind a field's value is, by that kind.
WORDS_FILTERS = {"sum": "сумма_прописью", "number": "число_прописью", "date": "дата_прописью"}
_FILTERS = {
    **{name: FILTERS[name] for name in _JINJA_FILTERS},
    WORDS_FILTERS["sum"]: _in_words(words.parse_number, words.sum_in_words, _NOT_NUMBER),
    WORDS_FILTERS["number"]: _in_words(words.parse_whole, words.number_in_words, _NOT_NUMBER),
    WORDS_FILTERS["date"]: _in_words(words.parse_date, words.date_in_words, _NOT_DATE),
}


class TemplateEnvironment(SandboxedEnvironment):
    """Compiles the allowed constructs alone; raises TemplateRefused for any other.

    A printed value is escaped so that it stays text in XML, and so that docxtpl does not take its
    braces for tags. A field without a value is an error, or with ``is_trial`` empty. ``trees`` are
    the syntax trees of all that was compiled.
    """

    def __init__(self, *, is_trial: bool = False) -> None:
        undefined = Undefined if is_trial else StrictUndefined
        super().__init__(autoescape=True, undefined=undefined, finalize=_print_value)
        self.globals.clear()
        self.tests.clear()
        self.filters = dict(_FILTERS)
        self.trees: list[nodes.Template] = []

    def compile(self, source: Any, *args: Any, **options: Any) -> Any:
        try:
            tree = self.parse(source)
        except TemplateSyntaxError as error:
            raise TemplateRefused("template_syntax", _line(source, error.lineno)) from None
        for node in tree.find_all(nodes.Node):
            if not _is_allowed(node):
                raise TemplateRefused("template_command_forbidden", _line(source, node.lineno))
        self.trees.append(tree)
        return super().compile(tree, *args, **options)


def _line(source: str, number: int) -> str:
    """The text of a line of XML; docxtpl begins one with every paragraph."""
    return _MARKUP.sub("", source.splitlines()[number - 1]).strip()


def _is_allowed(node: nodes.Node) -> bool:
    if isinstance(node, nodes.For):
        return not node.recursive and isinstance(node.target, nodes.Name)
    if isinstance(node, nodes.Getattr):
        is_loop = isinstance(node.node, nodes.Name) and node.node.name == _LOOP
        return is_loop and node.attr in _LOOP_ATTRIBUTES
    if isinstance(node, nodes.Filter):
        return node.name in _FILTERS
    return isinstance(node, _ALLOWED_NODES)


def _print_value(value: Any) -> Markup:
    if isinstance(value, list):
        value = "\n".join(value)
    # References instead of braces: docxtpl replaces «{_{» in the finished text.
    text = str(escape(str(value))).replace("{", "&#123;").replace("}", "&#125;")
    return Markup(text)  # noqa: S704
