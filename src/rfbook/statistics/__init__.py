"""Numbers in, numbers out: intervals, tests of means, shares, survival, association, curves."""
