"""Distributors: the regions they serve, their people, their warehouses."""

from chalicelib.platform.registry.lazy import opened_when_asked

with opened_when_asked(__name__):
    from chalicelib.distributors.keys import distributor as distributor_key
    from chalicelib.distributors.model import Distributor
    from chalicelib.distributors.rules import Deliverer, DeliversFrom
    from chalicelib.distributors.schemas import (
        DistributorCardPage,
        DistributorCardView,
        DistributorChangeForm,
        DistributorForm,
    )
    from chalicelib.distributors.service import change as change_distributor
    from chalicelib.distributors.service import create as create_distributor
    from chalicelib.distributors.service import distributor, has_people, of_region, people_of
    from chalicelib.distributors.service import every as every_distributor
    from chalicelib.distributors.store import first_of_region, read_distributor, read_distributors, warehouse_owners
