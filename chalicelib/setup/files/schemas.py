from typing import Literal

from pydantic import Field

from chalicelib.platform import Fault, Form, View
from chalicelib.setup.files.rules import Kind


class SetupFileForm(Form):
    """A file as a text or in Base64, its heading in the first line, its columns parted by semicolons, commas or tabs.

    staff: `name`, `email`, `role`, and `language` if known. distributors: `name`, `email`, `regions`, and `phone`, `hours`, `warehouses`, `language` if known.
    region_managers: `region`, and `manager` by email. Headings and roles may be Russian; a region is named by its code or its name; several regions or warehouses are parted by commas.
    """

    kind: Kind
    content: str = Field(
        min_length=1, max_length=200_000, examples=["name;email;role\nMaria Ilina;maria@club.example;manager"]
    )


class SetupRowView(View):
    """The result of a row. `pointer` of an error names the column."""

    line: int = Field(description="In the file, whose heading is line 1.")
    result: Literal["done", "failed"]
    errors: list[Fault]


class SetupFileView(View):
    """The rows of a file with their results."""

    items: list[SetupRowView]
    ignored: list[str] = Field(description="Headings of columns that were not read.")
