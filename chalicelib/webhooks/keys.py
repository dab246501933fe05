from chalicelib.table import Key, in_table


@in_table("newest first", "S")
def webhook_message(distributor_id: str, message_id: str = "") -> Key:
    """The messages to a distributor's endpoint.

    Ids begin with the moment, so the list is in the order of what happened. Without one: the prefix of the list.
    """
    return Key(f"WEBHOOK#{distributor_id}", f"MESSAGE#{message_id}")


@in_table("oldest first", "S")
def webhook_waiting(distributor_id: str, lane: str, message_id: str) -> Key:
    """The messages of a lane that wait.

    There as long as the message waits. With an empty message: the prefix of the lane.
    """
    return Key(f"WEBHOOK#{distributor_id}", f"WAITING#{lane}#{message_id}")


@in_table("one", "E, S, T")
def webhook_endpoint(distributor_id: str) -> Key:
    """The endpoint of a distributor."""
    return Key(f"WEBHOOK#{distributor_id}", "ENDPOINT")
