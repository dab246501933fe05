from typing import Literal

from pydantic import Field

from chalicelib.platform import Fault, Form, View
from chalicelib.setup.files.rules import Kind


class SetupFileForm(Form):
    """A file with a heading: a text with semicolons, commas or tabs between its cells, or any table in Base64, such as XLSX.

    staff: `name`, `email`, `role`, and `language` if known. distributors: `name`, `email`, `regions`, and `phone`, `hours`, `warehouses`, `language` if known.
    region_managers: `region`, `manager`. companies: `inn`, `kpp` where several have this INN, and `manager`, `region`, `distributor`, of which an empty cell changes nothing.
    Headings and roles may be Russian; a region is named by its code or its name, a manager by email or name; several regions or warehouses are parted by commas.
    """

    kind: Kind
    content: str = Field(
        min_length=1, max_length=1_000_000, examples=["name;email;role\nMaria Ilina;maria@club.example;manager"]
    )
    dry_run: bool = Field(default=False, description="Only tell the results.")


class SetupRowView(View):
    """The result of a row. `planned`: the hand-over does it, or without `dry_run` it would be done. `pointer` of an error names the column."""

    line: int = Field(description="In the file, counted from 1.")
    result: Literal["done", "planned", "failed"]
    errors: list[Fault]


class SetupFileView(View):
    """The rows of a file with their results."""

    items: list[SetupRowView]
    ignored: list[str] = Field(description="Headings of columns that were not read.")
    hand_over_id: str | None = Field(
        default=None, description="Changes the planned companies; null: none is to be changed."
    )
