"""What the record of each measure holds: names, types, ranges, and lengths that agree."""
