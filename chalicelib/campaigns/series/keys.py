from chalicelib.table import Key, in_gsi1, in_gsi2, in_table


@in_table("by id", "S")
def series(series_id: str) -> Key:
    """The series of the club."""
    return Key("SERIES", f"SERIES#{series_id}")


@in_table("one", "S")
def series_texts(series_id: str, texts_id: str) -> Key:
    """The texts of a step, in each wording that it had."""
    return Key(f"SERIES#{series_id}", f"TEXTS#{texts_id}")


@in_table("by series", "S")
def enrolment(member_id: str, series_id: str) -> Key:
    """The enrolments of a member, one for each series."""
    return Key(f"ENROLMENTS#{member_id}", f"SERIES#{series_id}")


@in_gsi1("by step")
def series_members(series_id: str, place: str, member_id: str) -> Key:
    """The members of a series: those inside (`IN#`) by the step that they wait for, the others (`OUT#`) by the time of their end."""
    return Key(f"SERIESMEMBERS#{series_id}", f"{place}#{member_id}")


@in_gsi2("oldest first")
def steps_due(at: str, member_id: str, series_id: str) -> Key:
    """The next step of each enrolment, by the moment it is due."""
    return Key("SERIESSTEPS", f"{at}#{member_id}#{series_id}")
