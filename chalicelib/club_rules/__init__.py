"""The club's programme in plain words, with the figures in force, on one screen."""
