"""The programme in plain words: what the club gives, by its live ladders and figures, on one screen."""
