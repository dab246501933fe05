"""The page about SQL names every table and column, with its type and its description."""

from chalicelib.datasets.lake.rules import TYPES
from chalicelib.datasets.lake.tables import DATASETS
from infra.build import ROOT


def test_the_page_describes_every_column() -> None:
    page = (ROOT / "infra" / "docs" / "sql.md").read_text(encoding="utf-8")
    for dataset in DATASETS:
        section = page.partition(f"### {dataset.name}\n")[2].partition("###")[0]
        assert section.startswith(f"\n{dataset.description}.\n"), dataset.name
        rows = [f"| `{each.name}` | {TYPES[each.kind]} | {each.description} |" for each in dataset.columns]
        assert [line for line in section.splitlines() if line.startswith("| `")] == rows
