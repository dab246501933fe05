from pydantic import Field

from chalicelib.platform import Email, Form, View


class OwnDataQuery(Form):
    section: str | None = Field(default=None, max_length=40, description="The name of one section. All, if absent.")


class OwnDataFieldView(View):
    """A field of the rows of a section."""

    name: str = Field(description="The field's name in each row.")
    title: str = Field(description="The field's title, in the reader's language.")


class OwnDataSectionView(View):
    """All that the club holds of one kind."""

    name: str = Field(description="The section's name.")
    title: str = Field(description="The section's title, in the reader's language.")
    fields: list[OwnDataFieldView] = Field(description="The fields of a row, in the order for a reader.")
    rows: list[dict[str, str | int | bool | list[str] | None]] = Field(description="Values by the names of the fields.")


class OwnDataView(View):
    """All that the club holds of the caller. The company's purchases and orders belong to the company."""

    member_id: str = Field(description="The id that stands for the caller in the company's documents.")
    made_at: str = Field(description="The moment, in UTC.")
    sections: list[OwnDataSectionView]


class ErasureForm(Form):
    """The caller's own email, typed as a confirmation."""

    email: Email
