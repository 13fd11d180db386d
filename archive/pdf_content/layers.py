"""What a PDF has on hidden layers.

pdfium draws no hidden layers, but its text of a page has their words, and it draws annotations
whose layer is layers. So hidden content is removed, in memory, before a page is shown.
"""

from collections.abc import Callable
from typing import Any

import pikepdf

from archive.pdf_content.layer_states import LayerStates, layer_names

_SHOWS_TEXT = {"Tj", "TJ", "'", '"'}
_PAINTS_PATH = {"S", "s", "f", "F", "f*", "B", "B*", "b", "b*"}
_PAINTS = _SHOWS_TEXT | _PAINTS_PATH | {"Do", "sh", "INLINE IMAGE"}
MAX_SEARCHED_BYTES = 1_000_000  # of content streams; more takes too long for an inspection
_MAX_NESTING = 10  # levels of form XObjects

IsHidden = Callable[[Any], bool]


def remove_hidden_content(pdf: pikepdf.Pdf, page: pikepdf.Page, states: LayerStates) -> None:
    """Removes what ``page`` has on hidden layers, in memory."""
    _ContentFilter(pdf, lambda content: not states.is_shown(content)).remove_from(page)


def find_hidden_layers(pdf: pikepdf.Pdf, states: LayerStates) -> list[str]:
    """The names of the layers that have content and that not every reader shows.

    Changes ``pdf``. A layer counts as having content when there is too much to look through.
    """
    content_filter = _ContentFilter(
        pdf, lambda content: not states.is_always_shown(content), max_bytes=MAX_SEARCHED_BYTES
    )
    for page in pdf.pages:
        content_filter.remove_from(page)
    return content_filter.layers


class _ContentFilter:
    """Removes the content of hidden layers, and remembers the names of these layers."""

    def __init__(
        self, pdf: pikepdf.Pdf, is_hidden: IsHidden, *, max_bytes: int | None = None
    ) -> None:
        self._pdf = pdf
        self._remaining_bytes = max_bytes
        self._is_hidden = is_hidden
        self._visited: set[tuple[int, int]] = set()
        self._layers: dict[str, None] = {}

    @property
    def layers(self) -> list[str]:
        return list(self._layers)

    def remove_from(self, page: pikepdf.Page) -> None:
        if isinstance(page.obj.get("/Annots"), pikepdf.Array):
            page.obj.Annots = pikepdf.Array(
                [annotation for annotation in page.obj.Annots if self._keeps(annotation)]
            )
        content = self._filter(page.obj, page.resources, 0)
        if content is not None:
            page.obj.Contents = self._pdf.make_stream(content)

    def _keeps(self, annotation: Any) -> bool:
        if not isinstance(annotation, pikepdf.Dictionary) or "/OC" not in annotation:
            return True
        if not self._is_hidden(annotation.OC):
            return True
        self._remember(annotation.OC)
        return False

    def _remember(self, content: Any) -> None:
        self._layers.update(dict.fromkeys(layer_names(content)))

    def _filter(self, owner: Any, resources: Any, depth: int) -> bytes | None:
        """The content stream of a page or form without hidden content; None if it has none."""
        properties = _entries(resources, "/Properties")
        objects = _entries(resources, "/XObject")
        layers = {name: value for name, value in properties.items() if self._is_hidden(value)}
        object_layers = {
            name: value.OC
            for name, value in objects.items()
            if "/OC" in value and self._is_hidden(value.OC)
        }
        for name, form in objects.items():
            if name not in object_layers and form.get("/Subtype") == "/Form":
                self._filter_form(form, resources, depth + 1)
        if not layers and not object_layers:
            return None
        if self._is_too_much(owner):
            for layer in (*layers.values(), *object_layers.values()):
                self._remember(layer)
            return None
        return self._rewrite(owner, layers, object_layers)

    def _is_too_much(self, owner: Any) -> bool:
        if self._remaining_bytes is None:
            return False
        contents = owner if isinstance(owner, pikepdf.Stream) else owner.get("/Contents")
        streams = contents if isinstance(contents, pikepdf.Array) else [contents]
        self._remaining_bytes -= sum(len(stream.read_bytes()) for stream in streams if stream)
        return self._remaining_bytes < 0

    def _filter_form(self, form: Any, inherited: Any, depth: int) -> None:
        if depth > _MAX_NESTING or form.objgen in self._visited:
            return
        self._visited.add(form.objgen)
        content = self._filter(form, form.get("/Resources", inherited), depth)
        if content is not None:
            form.write(content)

    def _rewrite(self, owner: Any, layers: dict[str, Any], object_layers: dict[str, Any]) -> bytes:
        """The content stream without painting on hidden layers.

        All other operators stay: they have effects on what follows.
        """
        instructions: list[Any] = []
        layer_stack: list[Any] = []  # for each nested marked content; None if it is not hidden
        for instruction in pikepdf.parse_content_stream(owner):
            operator, operands = str(instruction.operator), instruction.operands
            if operator in ("BDC", "BMC"):
                is_layer = operator == "BDC" and len(operands) > 1 and operands[0] == "/OC"
                layer_stack.append(layers.get(str(operands[1])) if is_layer else None)
            elif operator == "EMC" and layer_stack:
                layer_stack.pop()
            layer = next((layer for layer in layer_stack if layer is not None), None)
            if layer is None and operator == "Do":
                layer = object_layers.get(str(operands[0]))
            if layer is None or operator not in _PAINTS:
                instructions.append(instruction)
                continue
            self._remember(layer)
            instructions += _without_painting(operator, operands)
        return pikepdf.unparse_content_stream(instructions)


def _without_painting(operator: str, operands: Any) -> list[Any]:
    """What else the painting operator does: it ends a path, or begins a line of text."""
    if operator in _PAINTS_PATH:
        return [([], pikepdf.Operator("n"))]
    if operator == "'":
        return [([], pikepdf.Operator("T*"))]
    if operator == '"':
        words, letters = operands[0], operands[1]
        spacing = [([words], pikepdf.Operator("Tw")), ([letters], pikepdf.Operator("Tc"))]
        return [*spacing, ([], pikepdf.Operator("T*"))]
    return []


def _entries(resources: Any, key: str) -> dict[str, Any]:
    """The dictionaries and streams of one kind of resource, by name."""
    category = resources.get(key) if isinstance(resources, pikepdf.Dictionary) else None
    if not isinstance(category, pikepdf.Dictionary):
        return {}
    kinds = pikepdf.Dictionary | pikepdf.Stream
    return {name: value for name, value in category.items() if isinstance(value, kinds)}
