from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from chalicelib.platform import Form, Identifier, Region, View

MOST_REGIONS = 90  # the regions of a country; each manager is checked in the one transaction


class RegionManagerForm(Form):
    """A region and the manager of its companies."""

    region: Region
    manager_id: Identifier = Field(description="One of the staff.")


class RegionManagersForm(Form):
    """The managers of all regions. Other regions have none."""

    regions: list[RegionManagerForm] = Field(max_length=MOST_REGIONS)

    @field_validator("regions")
    @classmethod
    def _each_once(cls, regions: list[RegionManagerForm]) -> list[RegionManagerForm]:
        if len({each.region for each in regions}) < len(regions):
            raise PydanticCustomError("repeated", "Each one once.")
        return regions


class RegionManagerView(View):
    """A region and the manager of its companies."""

    region: str
    manager_id: str
    name: str | None = Field(description="Null: this person calls no companies any more.")


class RegionManagersView(View):
    """The managers of regions. A company that a file brings gets the manager of its region. `version` is the ETag."""

    regions: list[RegionManagerView]
    version: int
