from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from chalicelib.members import TimeZone
from chalicelib.platform import Form, Language


def _listed(given: Any) -> Any:
    # A form sends one name for each chosen box, and nothing for none.
    return given if isinstance(given, list) else [given]


Chosen = Annotated[list[Annotated[str, Field(max_length=40)]], BeforeValidator(_listed), Field(max_length=30)]


class UnsubscribeForm(Form):
    """RFC 8058. A mail program may send more than that, and is not refused for it."""

    model_config = ConfigDict(extra="ignore")

    list_unsubscribe: Literal["One-Click"] = Field(alias="List-Unsubscribe", description="Always One-Click.")


class PreferencesForm(Form):
    """The choices of a reader. Everything else is turned off."""

    letters: bool = Field(
        default=False, description="Keep getting letters with advertising; only leaving is possible here."
    )
    topics: Chosen = Field(
        default=[], description="The codes of the topics that the reader wants, as the page names them."
    )
    channels: Chosen = Field(default=[], description="sms and telephone, as the reader wants them.")
    language: Language = Field(description="The language of letters.")
    time_zone: TimeZone = Field(description="An IANA name; letters come in its working hours.")
