"""Taking the images along that are selected in a gallery."""

import io

import pandas as pd
import streamlit as st

from core.datasets.export.layouts import Placed, selected
from core.datasets.export.writing import write_zip
from core.datasets.store import Dataset


def offer_download(dataset: Dataset, rows: pd.DataFrame, key: str) -> None:
    """A button that saves some images as a zip, with a folder for each class; images that are gone are left out.

    Parameters
    ----------
    rows
        Of a table of the dataset's images: `path` and `label`.
    """
    what = selected(dataset, rows)
    what.files = {path: image for path, image in what.files.items() if image.is_file()}
    st.download_button(
        "Download",
        lambda: _zip_of(what),
        f"{dataset.name}-{len(what.files)}-images.zip",
        "application/zip",
        key=f"download_{key}",
        icon=":material/download:",
        on_click="ignore",
        disabled=not what.files,
        help="The image files as they are, in a folder for each class.",
    )


def _zip_of(what: Placed) -> bytes:
    content = io.BytesIO()
    write_zip(what, content)
    return content.getvalue()
