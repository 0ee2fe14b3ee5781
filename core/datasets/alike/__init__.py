"""Which pictures look alike, and how those differ that nearly do."""
