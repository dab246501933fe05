"""Fields of a person, for forms of this room and others."""

from typing import Annotated

from pydantic import AfterValidator, Field

from chalicelib.members.rules import full_name, international_phone, time_zone

PersonName = Annotated[str, Field(min_length=3, max_length=200), AfterValidator(full_name)]
Phone = Annotated[str, Field(max_length=40), AfterValidator(international_phone)]
TimeZone = Annotated[str, Field(max_length=64), AfterValidator(time_zone)]
