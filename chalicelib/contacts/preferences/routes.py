"""The pages that letters link to, for everybody who holds the link."""

from chalicelib.contacts.preferences import service
from chalicelib.contacts.preferences.page import preferences_page, unsubscribe_page
from chalicelib.contacts.preferences.schemas import PreferencesForm, UnsubscribeForm
from chalicelib.members import Member
from chalicelib.platform import Answer, Call, Routes, Text
from chalicelib.platform.http.pages import PAGE, page_answer

routes = Routes(__name__, tag="letters")


@routes.get("/v1/letters/{token}", scope=None, content_type=PAGE)
def show_letter_preferences(call: Call, token: str) -> Answer[Text]:
    """Show the page of a reader's preferences: topics, channels, language, time zone."""
    return _preferences(call, token, service.reader_of(call.context, token))


@routes.post("/v1/letters/{token}", scope=None, content_type=PAGE, form=True)
def choose_letter_preferences(call: Call, form: PreferencesForm, token: str) -> Answer[Text]:
    """Save a reader's preferences. The link is enough; it can withdraw a consent, not give one."""
    reader = service.choose(call.context, token, form, caller_address=call.caller_address)
    return _preferences(call, token, reader, kept=True)


@routes.get("/v1/letters/{token}/unsubscribe", scope=None, content_type=PAGE)
def show_unsubscribe_page(call: Call, token: str) -> Answer[Text]:
    """Show the page with the button that unsubscribes. It changes nothing: programs that look at links open it, too."""
    return _unsubscribe(call, token, service.reader_of(call.context, token), done=False)


@routes.post("/v1/letters/{token}/unsubscribe", scope=None, content_type=PAGE, form=True)
def unsubscribe(call: Call, form: UnsubscribeForm, token: str) -> Answer[Text]:
    """Unsubscribe from all letters with advertising (RFC 8058).

    It holds before the next letter is sent. A repeat changes nothing.
    """
    reader = service.unsubscribe(call.context, token, caller_address=call.caller_address)
    return _unsubscribe(call, token, reader, done=True)


def _unsubscribe(call: Call, token: str, reader: Member | None, *, done: bool) -> Answer[Text]:
    language = reader.language if reader else call.language
    return page_answer(unsubscribe_page(call.context, language, token, done=done or reader is None))


def _preferences(call: Call, token: str, reader: Member | None, *, kept: bool = False) -> Answer[Text]:
    if reader is None:
        return _unsubscribe(call, token, None, done=True)
    return page_answer(
        preferences_page(call.context, reader, service.chosen(call.context, reader.member_id), kept=kept)
    )
