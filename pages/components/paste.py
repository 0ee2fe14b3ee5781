"""Images from the clipboard, handed to an uploader: by Ctrl+V anywhere on the page, or by a button."""

from pathlib import Path

from streamlit.components.v2 import component

NO_IMAGE = "There is no image in the clipboard. Copy one first, for example a part of the screen."
REFUSED = "The browser does not give the clipboard to a button here. Press Ctrl+V (⌘V on a Mac) instead."
_FOLDER = Path(__file__).parent
_component = component(
    "workbench_paste",
    html="""<div class="paste"><button type="button">Paste an image</button><span class="words" role="status"></span>
    </div>""",
    css=(_FOLDER / "paste.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "paste.js").read_text(encoding="utf-8"),
)


def show_paste(uploader: str, key: str) -> None:
    """Draw the button.

    Parameters
    ----------
    uploader
        The key of the `st.file_uploader` that the images are handed to.
    """
    _component(data={"name": key, "uploader": uploader, "none": NO_IMAGE, "refused": REFUSED}, key=key)
