"""Series: letters that follow each other after something happened to a member or their company."""
