"""The errors that are meant for people."""

import errno


class WorkbenchError(Exception):
    """Something the user can understand and act on.

    The message says what is wrong, where, and what to do. Pages show it in place and the command line prints it;
    neither shows a traceback for it. Any other exception is a fault of the program.
    """


class UsageError(WorkbenchError):
    """A request that can't be carried out as it was put: an unknown name, a setting out of range."""


def in_words(error: BaseException) -> str:
    """Say what happened in one sentence that a user can act on.

    Parameters
    ----------
    error
        Any exception. A `WorkbenchError` is already in words; the frequent faults of the machine are translated, and
        the rest keep their own message.
    """
    if isinstance(error, WorkbenchError):
        return str(error)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "The disk is full. Free some space, then start again; what was finished is kept."
    if is_out_of_memory(error):
        return "Memory ran out. Choose a smaller input size or batch size, or close other programs."
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename2 or error.filename}: {error.strerror}."
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, of the machine or of a graphics card."""
    # TensorFlow's own errors, known by name so that nothing here has to load TensorFlow.
    name = type(error).__name__
    # oneDNN, on which TensorFlow computes, fails in several ways where it gets no memory, and for no other reason.
    in_library = name == "AbortedError" and "received an exception:Status" in str(error)
    return isinstance(error, MemoryError) or name == "ResourceExhaustedError" or in_library
