"""Registration and sign-in of members.

A person proves that an address is theirs with a code that was mailed to it. Cognito keeps the sessions and signs the tokens; it
knows a member by id only, so that names and addresses stay in the club's own table.

This module stays light: the sign-in triggers import it, and they start cold without pydantic. The caller is
`chalicelib.platform.access.principal.Principal`.
"""

from chalicelib.platform.registry.lazy import opened_when_asked

with opened_when_asked(__name__):
    from chalicelib.auth.sessions import end_all as end_all_sessions
    from chalicelib.auth.store import activity_of, note_visit, visits
