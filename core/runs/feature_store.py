"""What pages tell of the features that are kept."""

from core.features.store import Usage, usage
from core.workspace import Workspace


def feature_usage(workspace: Workspace) -> Usage:
    """How much the features of all runs of the machine take, and how often they were of use."""
    return usage(workspace.features)
