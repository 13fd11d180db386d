"""The binary Excel format (MS-XLS): formulas that show another result every day."""

import struct

_FORMULA, _NUMBER = 0x0006, 0x0203
_TODAY, _NOW, _RAND = 221, 74, 63
_FUNCTION_TOKENS = (0x21, 0x41, 0x61)
_HAS_NO_NUMBER = b"\xff\xff"
_VOLATILE = tuple(
    bytes([token]) + struct.pack("<H", function)
    for token in _FUNCTION_TOKENS
    for function in (_TODAY, _NOW, _RAND)
)


def freeze_formulas(workbook: bytearray) -> None:
    """Turns formulas with a volatile function into the number that they have stored.

    The record of a number is the beginning of the record of a formula, so only its type changes.
    """
    position = 0
    while position + 4 <= len(workbook):
        record, length = struct.unpack_from("<HH", workbook, position)
        body = bytes(workbook[position + 4 : position + 4 + length])
        if record == _FORMULA and body[12:14] != _HAS_NO_NUMBER and _is_volatile(body):
            struct.pack_into("<H", workbook, position, _NUMBER)
        position += 4 + length


def _is_volatile(formula: bytes) -> bool:
    return any(token in formula[22:] for token in _VOLATILE)
