"""Names of companies, by their ids."""

from collections.abc import Collection, Mapping

from chalicelib.companies.company import read_companies
from chalicelib.platform import Context
from chalicelib.platform.registry.names import names


@names("com")
def names_of_companies(context: Context, ids: Collection[str]) -> Mapping[str, str]:
    return {company_id: company.name for company_id, company in read_companies(context, sorted(ids)).items()}
