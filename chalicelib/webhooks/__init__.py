"""Messages to distributors' systems: signed, in order for each company, until they are taken."""
