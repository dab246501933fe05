from chalicelib.table import Key, in_gsi1, in_table


@in_table("by id", "S")
def question(member_id: str, question_id: str) -> Key:
    """The questions of a member; without one, those that nobody of the club asked."""
    return Key(f"QUESTIONS#{member_id}", f"QUESTION#{question_id}")


@in_gsi1("newest first")
def questions(at: str, question_id: str) -> Key:
    """All questions."""
    return Key("QUESTIONS", f"{at}#{question_id}")


@in_table("by tag", "S")
def digest(tag: str) -> Key:
    """The last letter that answers the questions with a tag, for all tags."""
    return Key("DIGESTS", f"TAG#{tag}")
