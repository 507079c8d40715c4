"""What can be read from evidence without a person: proposals, each with a sentence that says why. Pure functions."""
