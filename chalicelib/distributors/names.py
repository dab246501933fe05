"""Names of distributors, by their ids."""

from collections.abc import Collection, Mapping

from chalicelib.distributors.store import read_distributors
from chalicelib.platform import Context
from chalicelib.platform.registry.names import names


@names("dst")
def names_of_distributors(context: Context, ids: Collection[str]) -> Mapping[str, str]:
    return {each: found.name for each, found in read_distributors(context.table, sorted(ids)).items()}
