"""Pictures of the demonstration's products: a few shapes each, drawn row by row into a PNG."""

import struct
import zlib
from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

SIZE = 240  # pixels, both ways

Colour = tuple[int, int, int]
PAPER, BODY, SHADE, METAL = (245, 247, 249), (226, 230, 235), (120, 130, 142), (176, 184, 194)
_LIGHT: dict[str, Colour] = {"W": (255, 200, 112), "N": (255, 236, 184), "P": (190, 226, 255)}


class Shape(NamedTuple):
    """A rectangle, or the oval in it. Sides in pixels."""

    left: int
    top: int
    right: int
    bottom: int
    colour: Colour
    oval: bool = False


def picture(sku: str) -> bytes:
    """The PNG of a product. `sku`: its kind and variant, as in `PN-P`."""
    kind, _, variant = sku.partition("-")
    return png(_SHAPES[kind](_LIGHT[variant]))


def png(shapes: Sequence[Shape]) -> bytes:
    """The shapes on paper, the later above the earlier."""
    rows = b"".join(b"\0" + _row(shapes, y) for y in range(SIZE))
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _row(shapes: Sequence[Shape], y: int) -> bytes:
    row = bytearray(bytes(PAPER) * SIZE)
    for shape in shapes:
        if shape.top <= y < shape.bottom:
            left, right = shape.left, shape.right
            if shape.oval:
                middle, half = (left + right) / 2, (right - left) / 2
                height = (shape.bottom - shape.top) / 2
                reach = half * sqrt(max(0.0, 1 - ((y + 0.5 - shape.top - height) / height) ** 2))
                left, right = round(middle - reach), round(middle + reach)
            row[left * 3 : right * 3] = bytes(shape.colour) * (right - left)
    return bytes(row)


_SHAPES = {
    "DL": lambda light: [Shape(40, 40, 200, 200, METAL, oval=True), Shape(62, 62, 178, 178, light, oval=True)],
    "PN": lambda light: [Shape(30, 50, 210, 190, METAL), Shape(40, 60, 200, 180, light)],
    "HB": lambda light: [
        Shape(112, 20, 128, 80, SHADE),
        Shape(40, 70, 200, 230, METAL, oval=True),
        Shape(30, 150, 210, 232, PAPER),
        Shape(44, 132, 196, 168, light, oval=True),
    ],
    "ST": lambda light: [
        Shape(20, 96, 220, 144, BODY),
        *(Shape(left, 108, left + 24, 132, light) for left in range(34, 206, 38)),
    ],
    "PS": lambda light: [
        Shape(50, 80, 190, 160, METAL),
        Shape(62, 94, 120, 146, BODY),
        Shape(190, 100, 228, 108, SHADE),
        Shape(190, 132, 228, 140, light),
    ],
    "TR": lambda light: [
        Shape(20, 50, 220, 66, SHADE),
        Shape(110, 66, 130, 96, METAL),
        Shape(84, 92, 156, 190, BODY),
        Shape(84, 172, 156, 208, light, oval=True),
    ],
    "TK": lambda light: [Shape(14, 104, 226, 136, SHADE), Shape(14, 116, 226, 124, light)],
    "SW": lambda light: [Shape(56, 56, 184, 184, BODY), Shape(82, 76, 158, 164, PAPER), Shape(114, 84, 126, 92, light)],
    "SO": lambda light: [
        Shape(56, 56, 184, 184, BODY),
        Shape(78, 78, 162, 162, light, oval=True),
        Shape(98, 112, 112, 126, SHADE, oval=True),
        Shape(128, 112, 142, 126, SHADE, oval=True),
    ],
    "CB": lambda light: [
        Shape(84, 36, 156, 204, BODY),
        Shape(104, 84, 136, 148, SHADE),
        Shape(108, 88, 132, 112, light),
    ],
}
