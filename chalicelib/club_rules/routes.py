"""Open routes of the rules."""

from chalicelib.club_rules import service
from chalicelib.club_rules.schemas import ClubRulesView, RulesQuery
from chalicelib.platform import Answer, Call, Routes, Text

routes = Routes(__name__, tag="programme")

# The same for every reader of a language, and valid for minutes.
_PUBLISHED = {"Cache-Control": "public, max-age=300", "Vary": "Accept-Language"}
# The page brings its own style and loads nothing.
_PAGE_ONLY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "X-Content-Type-Options": "nosniff",
}


@routes.get("/v1/club/rules", scope=None, query=RulesQuery)
def show_club_rules(call: Call) -> Answer[ClubRulesView]:
    """Show the programme in plain words, with its present figures and a worked example.

    The language is Russian or English, by `language` or `Accept-Language`. `/rules` shows the same as a page.
    """
    return Answer(_rules(call), headers=_PUBLISHED)


@routes.get("/rules", scope=None, query=RulesQuery, content_type="text/html; charset=utf-8")
def show_rules_page(call: Call) -> Answer[Text]:
    """Show the programme as a page."""
    # Jinja2 is imported with the first request for this page, not with every function.
    from chalicelib.club_rules.page import page

    return Answer(Text(content=page(_rules(call))), headers=_PUBLISHED | _PAGE_ONLY)


def _rules(call: Call) -> ClubRulesView:
    return service.rules(call.context, call.query.language or call.language, call.query.currency)
