"""How large tables may be."""

from core.errors import UsageError

MOST_BYTES = 200 * 2**20
MOST_ROWS = 1_000_000
LONGEST_LINE = 2_000_000


def refuse_too_many(rows: int, called: str) -> None:
    """Raise `UsageError` where a table has more rows than are read."""
    if rows > MOST_ROWS:
        raise UsageError(f"{called} has more than {MOST_ROWS:,} rows. Split it into smaller ones.")
