"""The rules of today: the ladder in force, the next ladder, and the configuration of bonuses."""

from chalicelib import tiers
from chalicelib.bonuses import Bonuses, VolumeBonuses
from chalicelib.club_rules import sections
from chalicelib.club_rules.schemas import ClubRulesView, RulesSectionView, SectionCode
from chalicelib.club_rules.sentences import Speaker
from chalicelib.orders import Orders
from chalicelib.platform import Club, Context, Language, Problem
from chalicelib.tiers import ladder_on


def rules(context: Context, language: Language, currency: str | None) -> ClubRulesView:
    """The rules of today, by default in the club's currency. One read. Raises 422 for a currency without a ladder."""
    currency = currency or context.config[Club].currency
    ladders, today, figures = tiers.ladders_of(context, currency), context.today, context.config[Bonuses]
    ladder = ladder_on(ladders, today)
    if not ladder.steps:
        raise Problem.invalid("currency", "/query/currency", "The club has no ladder in this currency.")
    coming = next((each for each in ladders if each.valid_from > today), None)
    speaker = Speaker(language, currency)
    lines_by_section: dict[SectionCode, list[str]] = {
        "discount": [*sections.discount(speaker, ladder, coming)],
        "orders": [*sections.orders(speaker, context.config[Orders].minimum.get(currency))],
        "bonuses": [*sections.bonuses(speaker, figures, ladder.steps_on(today), today)],
        "volume": [*sections.volume(speaker, context.config[VolumeBonuses].periods)],
        "example": [*sections.worked_example(speaker, ladder, figures, today)],
    }
    return ClubRulesView(
        language=language,
        currency=currency,
        as_of=today,
        ladder_id=ladder.ladder_id,
        version=ladder.version,
        title=speaker.say("title", club=speaker.pick(context.config[Club].name, context.config[Club].name_ru)),
        sections=[
            RulesSectionView(code=code, title=speaker.say(code), lines=lines)
            for code, lines in lines_by_section.items()
            if lines
        ],
    )
