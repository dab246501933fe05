"""The welcome letter, with the benefits and figures of the club."""

from chalicelib import tiers
from chalicelib.mail import Facts, Reader, Recipient, letter
from chalicelib.members import EMAIL_CONFIRMED, Welcome, member_reader, who_joined
from chalicelib.platform import Club, Context
from chalicelib.table import Item


@letter("welcome", on=EMAIL_CONFIRMED, to=who_joined)
def of_the_club(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    reader = member_reader(context, recipient.id)
    currency, welcome = context.config[Club].currency, context.config[Welcome]
    ladder = tiers.ladder_today(context, currency)
    return reader, {
        "benefits": welcome.benefits_ru if reader.language == "ru" else welcome.benefits,
        "window_days": ladder.window_days,
        "currency": currency,
        "steps": [
            {
                "name": step.name_in(reader.language),
                "discount_percent": step.discount_percent,
                "from_sum": step.from_sum,
            }
            for step in ladder.steps_on(context.today)
        ],
    }
