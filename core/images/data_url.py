"""Pictures inside a page, so that nothing has to be fetched for it."""

import base64


def data_url(jpeg: bytes) -> str:
    """A JPEG file as a data URL."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
