"""Contents of uploaded files: refused where a file is not what it says, or would do more than show itself."""
