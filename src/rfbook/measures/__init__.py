"""From trained weights to the values of a record."""
