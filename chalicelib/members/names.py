"""Names of members, by their ids."""

from collections.abc import Collection, Mapping

from chalicelib.members.service import members
from chalicelib.platform import Context
from chalicelib.platform.registry.names import names


@names("mbr")
def names_of_members(context: Context, ids: Collection[str]) -> Mapping[str, str]:
    return {member_id: member.name for member_id, member in members(context, sorted(ids)).items()}
