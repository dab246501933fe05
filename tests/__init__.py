from tests.support.rights import hold_functions_to_their_rights

hold_functions_to_their_rights()  # before any room is imported
