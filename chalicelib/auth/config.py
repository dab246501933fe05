from chalicelib.platform import Section


class SignIn(Section, name="sign_in"):
    """Lifetime and tries of a code, and the codes that are sent in an hour.

    `codes_to_strangers_per_hour`: registrations and changes of address of all callers; who signs in is a member, or gets no letter.
    `failed_codes_in_all`: wrong codes of all callers in the lifetime of a code; above it no code is looked at until the next."""

    code_minutes: int
    code_tries: int
    codes_per_address_per_hour: int
    codes_per_caller_per_hour: int
    codes_to_strangers_per_hour: int
    failed_codes_per_caller_per_hour: int
    failed_codes_in_all: int
