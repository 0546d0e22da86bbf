"""What counts: which rules are selected, and which findings somebody has accepted."""
