"""The club's figures: folds of the companies' months, made every night."""
