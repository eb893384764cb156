"""What the tagging and the appraisal share when they read a text: its sections, rules as data."""
