"""People: joining, profile, consents, and whom they act for.

A member is a person with a confirmed (or invited, not yet confirmed) email. A membership names the company, the distributor or
the club for which the member acts; other rooms give and take it, this one keeps it.
"""

from chalicelib.platform.registry.lazy import opened_when_asked

with opened_when_asked(__name__):
    from chalicelib.members.config import Welcome
    from chalicelib.members.departure import forget, leave, leaver, person
    from chalicelib.members.events import EMAIL_CONFIRMED, LEFT, STAFF_CHANGED
    from chalicelib.members.fields import PersonName, Phone, TimeZone
    from chalicelib.members.keys import member as member_key
    from chalicelib.members.model import Audience, Member, Membership
    from chalicelib.members.names import names_of_members
    from chalicelib.members.readers import (
        head_of_sales_reader,
        member_reader,
        speaking_reader,
        the_member,
        who_heads_the_sales,
        who_joined,
    )
    from chalicelib.members.schemas import ConsentForm, StaffForm, StaffMemberView
    from chalicelib.members.service import (
        admit,
        agreed_in_person,
        appoint,
        appoint_staff,
        change_by_letter,
        change_email,
        check_consent,
        consents_given,
        dismiss,
        join_or_find,
        member,
        members,
        memberships,
        owner_of,
        some_members,
        staff_in,
        with_membership,
    )
    from chalicelib.members.service import staff as some_staff
    from chalicelib.members.store import as_read, check_membership
    from chalicelib.platform.access.keys import membership as membership_key
    from chalicelib.platform.access.rights import STAFF_OWNER
