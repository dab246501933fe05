"""`python -m infra.font FONT.ttf`: writes the part of a font that the club's PDFs carry, and the widths of its glyphs.

Made of DejaVu Sans, whose licence allows it and lies beside the result. Needs fontTools, which no function does.
"""

import json
import sys
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "chalicelib" / "platform" / "files" / "font"
RANGES = [(0x20, 0x7E), (0xA0, 0x17F), (0x400, 0x4FF), (0x2010, 0x2026)]
SIGNS = "‰€₽№−→←↑↓□✓"  # the square stands for what the font does not have


def write(font: Path) -> None:
    from fontTools import subset

    characters = sorted({*(code for first, last in RANGES for code in range(first, last + 1)), *map(ord, SIGNS)})
    options = subset.Options(hinting=False, layout_features=[], name_IDs=[0, 1, 2, 13], notdef_outline=True)
    loaded = subset.load_font(str(font), options)
    maker = subset.Subsetter(options)
    maker.populate(unicodes=characters)
    maker.subset(loaded)
    FOLDER.mkdir(exist_ok=True)
    subset.save_font(loaded, str(FOLDER / "sans.ttf"), options)
    numbers = {name: number for number, name in enumerate(loaded.getGlyphOrder())}
    widths = {name: width for name, (width, _) in loaded["hmtx"].metrics.items()}
    head, lines = loaded["head"], loaded["hhea"]
    facts = {
        "units": head.unitsPerEm,
        "box": [head.xMin, head.yMin, head.xMax, head.yMax],
        "ascent": lines.ascent,
        "descent": lines.descent,
        "glyphs": {chr(code): [numbers[name], widths[name]] for code, name in sorted(loaded.getBestCmap().items())},
    }
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    (FOLDER / "sans.json").write_text(text + "\n", encoding="utf-8")
    for file in sorted(FOLDER.iterdir()):
        print(f"{file.name}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
