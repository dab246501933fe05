from dataclasses import fields

from chalicelib.bonuses.goods import store
from chalicelib.bonuses.goods.rules import FrozenPrice
from chalicelib.bonuses.volume import rules as volume_rules
from chalicelib.bonuses.volume.config import VolumeBonuses
from chalicelib.bonuses.volume.rules import Period, Programme
from chalicelib.catalog import Product, every_product
from chalicelib.platform import Context
from chalicelib.table import Refused


def price_list(programme: Programme, period: Period) -> str:
    """The id of the price list of this period, which all companies share."""
    return f"{programme.code}:{period.last.isoformat()}"


def freeze(context: Context, list_id: str) -> None:
    """Copies the base prices of the whole catalogue into the list, unless the list is complete.

    Two workers at once do the work twice and end in one list. No period is closed before its list is complete.
    """
    known: set[str] = context.memo.setdefault("price_lists", set())
    if list_id in known:
        return
    if not store.is_frozen(context.table, list_id):
        try:
            for tx in store.freeze(context, list_id, map(_priced, every_product(context))):
                context.table.commit(tx)
        except Refused as refused:
            if store.FROZEN not in refused:
                raise
    known.add(list_id)


def _priced(product: Product) -> FrozenPrice:
    return FrozenPrice(**{field.name: getattr(product, field.name) for field in fields(FrozenPrice)})


def freeze_due(context: Context) -> list[str]:
    """Freezes the list of the last closed period of each programme; returns the lists.

    Called once before the companies' closes, so that not every worker begins by copying the catalogue.
    """
    lists = []
    for figures in context.config[VolumeBonuses].periods:
        currency = next(iter(figures.brackets))
        programme = volume_rules.programmes_of([figures], currency)[figures.code]
        if programme.pays == "gift":
            continue
        period = Period.of(programme.every, context.today).before
        while programme.closes_on(period) > context.today:
            period = period.before
        if period.first >= programme.since:
            freeze(context, price_list(programme, period))
            lists.append(price_list(programme, period))
    return lists
