"""What can be taken away of a run: its network in the formats of others, its code, its report, the whole project."""
