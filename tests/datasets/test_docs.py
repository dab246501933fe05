"""The page about SQL names every table and column, with its type and its description, and shows each question as it is asked."""

from chalicelib.datasets.lake.rules import TYPES
from chalicelib.datasets.lake.tables import DATASETS
from chalicelib.datasets.queries.questions import QUESTIONS
from infra.build import ROOT

PAGE = (ROOT / "infra" / "docs" / "sql.md").read_text(encoding="utf-8")


def test_the_page_shows_every_question() -> None:
    for name, question in QUESTIONS.items():
        section = PAGE.partition(f"### {question.title}: `{name}`\n")[2].partition("###")[0]
        assert f"```sql\n{question.sql.strip()}\n```" in section, name


def test_the_page_describes_every_column() -> None:
    for dataset in DATASETS:
        section = PAGE.partition(f"### {dataset.name}\n")[2].partition("###")[0]
        assert section.startswith(f"\n{dataset.description}.\n"), dataset.name
        rows = [f"| `{each.name}` | {TYPES[each.kind]} | {each.description} |" for each in dataset.columns]
        assert [line for line in section.splitlines() if line.startswith("| `")] == rows
