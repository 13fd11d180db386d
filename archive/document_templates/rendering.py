"""Reading and filling a template. Runs in a confined process: no Django, no database."""

import io
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import TemplateError, UndefinedError, meta, nodes
from lxml import etree

from archive.document_templates.environment import (
    WORDS_FILTERS,
    TemplateEnvironment,
    TemplateRefused,
)

Values = dict[str, str | list[str]]

_NAME_LENGTH = 100
_MARKUP = re.compile(r"<[^>]*>")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
# docxtpl would put the value of such a tag outside of the text.
_RAW_TAG = re.compile(r"\{\{(?:r|p|tr|tc)\s.*?\}\}", re.DOTALL)
_NOT_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_END = re.compile("\r\n?|\v")


class _Template(DocxTemplate):
    """docxtpl repairs broken XML by dropping the text after the break; this class refuses it."""

    def patch_xml(self, src_xml: str) -> str:
        patched: str = super().patch_xml(src_xml)
        if raw := _RAW_TAG.search(_MARKUP.sub("", src_xml)):
            raise TemplateRefused("template_command_forbidden", raw[0])
        return patched

    def fix_tables(self, xml: str) -> Any:
        etree.fromstring(xml, etree.XMLParser(resolve_entities=False, huge_tree=True))
        return super().fix_tables(xml)

    def render_properties(self, *args: Any, **options: Any) -> None:
        """Title and author stay as they are: no page shows them, and they hold 255 letters."""


def fill_in_child(template: int, values: int) -> tuple[dict[str, Any], bytes]:
    """The function "fill_template": {} and the DOCX file, or {"refused": code, "place"}.

    The file ``values`` is a JSON object: field -> text, or a list of texts.
    """
    with os.fdopen(template, "rb") as content, os.fdopen(values, "rb") as data:
        return _catch_refusal(lambda: ({}, _fill(content.read(), _clean(json.load(data)))))


def inspect_in_child(template: int) -> tuple[dict[str, Any], bytes]:
    """The function "inspect_template": {"fields": [[name, kind], …]} in the order of the text,
    or {"refused": code, "place"}."""
    with os.fdopen(template, "rb") as content:
        return _catch_refusal(lambda: ({"fields": _inspect(content.read())}, b""))


def _catch_refusal(
    action: Callable[[], tuple[dict[str, Any], bytes]],
) -> tuple[dict[str, Any], bytes]:
    try:
        return action()
    except TemplateRefused as refused:
        return {"refused": refused.code, "place": refused.place}, b""


def _clean(values: Values) -> Values:
    """The values with one kind of line ends. Raises TemplateRefused for what XML cannot hold."""
    return {name: _clean_value(name, value) for name, value in values.items()}


def _clean_value(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_clean_value(name, item) for item in value]
    text = _LINE_END.sub("\n", value)
    if _NOT_XML.search(text):
        raise TemplateRefused("template_value_unprintable", name)
    return text


def _fill(content: bytes, values: Values) -> bytes:
    try:
        return _render(content, values, TemplateEnvironment())
    except UndefinedError as error:
        name = re.search(r"'(.+)'", str(error.message))
        raise TemplateRefused("template_value_missing", name[1] if name else "") from None


def _render(content: bytes, values: Values, environment: TemplateEnvironment) -> bytes:
    template = _Template(io.BytesIO(content))
    try:
        template.render(values, environment, autoescape=True)
    except UndefinedError:
        raise
    except etree.XMLSyntaxError:
        raise TemplateRefused("template_tags_unbalanced") from None
    except (TemplateError, TypeError):  # such as a comparison of a text with a number
        raise TemplateRefused("template_syntax") from None
    filled = io.BytesIO()
    template.save(filled)
    return filled.getvalue()


def _inspect(content: bytes) -> list[tuple[str, str]]:
    environment = TemplateEnvironment(is_trial=True)
    try:
        filled = _render(content, {}, environment)
    except UndefinedError:
        raise TemplateRefused("template_syntax") from None
    _require_no_tags(filled)
    fields = {name: "text" for tree in environment.trees for name in _find_names(tree)}
    for tree in environment.trees:
        for name, kind in _find_kinds(tree):
            if name in fields:
                fields[name] = kind
    too_long = [name for name in fields if len(name) > _NAME_LENGTH]
    if too_long:
        raise TemplateRefused("template_field_name_too_long", too_long[0])
    return list(fields.items())


def _find_names(tree: nodes.Template) -> Iterator[str]:
    undeclared = meta.find_undeclared_variables(tree)
    return (node.name for node in tree.find_all(nodes.Name) if node.name in undeclared)


def _find_kinds(tree: nodes.Template) -> Iterator[tuple[str, str]]:
    """The names that the template uses as something else than a text, with that kind."""
    for loop in tree.find_all(nodes.For):
        if isinstance(loop.iter, nodes.Name):
            yield loop.iter.name, "list"
    kinds = {name: kind for kind, name in WORDS_FILTERS.items()}
    for node in tree.find_all(nodes.Filter):
        if isinstance(node.node, nodes.Name) and node.name in kinds:
            yield node.node.name, kinds[node.name]


def _require_no_tags(filled: bytes) -> None:
    """Raises TemplateRefused when a part of the document that is not filled has a tag."""
    with zipfile.ZipFile(io.BytesIO(filled)) as archive:
        for name in archive.namelist():
            if name.startswith("word/") and name.endswith(".xml") and "comments" not in name:
                text = _MARKUP.sub("", archive.read(name).decode(errors="replace"))
                if tag := _TAG.search(text):
                    raise TemplateRefused("template_field_out_of_reach", tag[0])
