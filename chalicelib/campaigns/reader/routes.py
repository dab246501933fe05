from chalicelib.campaigns.reader import service
from chalicelib.campaigns.reader.schemas import LettersView
from chalicelib.platform import Call, Routes

routes = Routes(__name__, tag="members")


@routes.get("/v1/me/letters", scope="me", problems=("not_found",))
def list_own_letters(call: Call) -> LettersView:
    """List your letters, past and scheduled.

    Service letters come when something happens, so those to come are unknown. Codes are never listed.
    """
    return service.letters(call.context, call.principal.for_member())
