"""Chapter 8: What a network sees."""

import streamlit as st

from core.architectures.layers import WINDOWS
from core.datasets.samples import SAMPLES
from core.errors import WorkbenchError
from core.runs.settings.parameters import Boolean, Choice, Number, Parameter
from pages.concepts.chapter import Chapter
from pages.concepts.network_in_view import network_in_view, run_in_view
from pages.concepts.picture_choice import PICTURE
from pages.concepts.questions import Question
from pages.concepts.state import State
from pages.concepts.views import chosen_view, view_parameter
from pages.concepts.what_a_network_sees.kernels_view import show_kernels
from pages.concepts.what_a_network_sees.maps_view import IMAGES, show_maps
from pages.concepts.what_a_network_sees.number_list_field import NumberListParameter
from pages.concepts.what_a_network_sees.seen_network import seen_network
from pages.concepts.what_a_network_sees.strongest_view import show_strongest
from pages.shared.inference import has_weights
from pages.shared.markdown import escape
from pages.shared.page import Page, untrained_badge

IDEA = (
    "A convolution looks for the same small pattern everywhere: its **kernel** is the pattern, its **feature map** "
    "says where it was found. Early layers find edges and colours, later ones put these together to parts of things. "
    "Nobody told them what to look for: the kernels were learned."
)
VIEWS = {
    "maps": ("Feature maps", show_maps),
    "kernels": ("Kernels", show_kernels),
    "strongest": ("What excites a filter", show_strongest),
}
MOST_LAYERS, MOST_FILTERS = 1000, 10_000
PARAMETERS: tuple[Parameter, ...] = (
    view_parameter(VIEWS),
    Number("layer", "Layer", "From the image on, with what each gives.", 1, MOST_LAYERS, default=1),
    Number("layer2", "Its layer", "Of the network beside it.", 1, MOST_LAYERS, default=1),
    Number("filter", "Filter", "Which of the layer's kernels, each of which gives a map.", 1, MOST_FILTERS, default=1),
    Number("channel", "Channel", "Of what comes in, the one that is looked at; 0 for all.", 0, MOST_FILTERS, default=0),
    NumberListParameter("filters", "Filters", 'Which maps are shown, such as "1,5,7-9", or "all".', default="all"),
    Number("page", "Page", "Not all are shown at once.", 1, MOST_FILTERS, default=1),
    Choice("images", "Pictures", "", IMAGES, default="picture"),
    Parameter("of", "Class", "Whose images are shown.", default=""),
    Parameter("beside", "Beside it", "A run whose network is shown the same.", default=""),
    Boolean("own", "Each map on its own scale", "Off, strong maps are lighter than weak ones.", default=True),
    PICTURE,
)
QUESTIONS = (
    Question(
        "You move the object in an image by eight pixels to the right. What happens to the feature maps of the first "
        "convolution (stride 1)?",
        ("They move along by eight", "They stay as they are", "They all change, everywhere"),
        "They move along by eight",
        "The same kernel is used at every place, so what was found is found again where it now is.",
    ),
    Question(
        "A filter's map is black for every image that you try. What does that mean?",
        (
            "It answers 0 everywhere, and adds nothing",
            "It has found black things",
            "Its kernel is made of zeros",
        ),
        "It answers 0 everywhere, and adds nothing",
        "Its sums are below 0 everywhere, and ReLU makes 0 of them. Such a filter learns no more, for no gradient "
        "comes through: a high learning rate makes many of them.",
    ),
    Question(
        "Why are kernels of the second convolution not shown in colours?",
        (
            "They look at feature maps, not at red, green and blue",
            "They are too small",
            "Colours are only looked at by the last layer",
        ),
        "They look at feature maps, not at red, green and blue",
        "A kernel has as many channels as maps come in: 16, 64 or 512. Each of its channels is a picture of its own.",
    ),
)


def show(page: Page, state: State) -> None:
    """What there is to move, and the picture that answers."""
    run = run_in_view(page)
    if run is None or not has_weights(run):
        _nothing_yet(page)
        return
    untrained_badge(run)
    show_view = chosen_view(state, VIEWS)
    try:
        network = seen_network(run)
        (show_view if network.layers else show_kernels)(page, state, network)
    except WorkbenchError as error:
        st.error(escape(str(error)), icon=":material/visibility_off:")


def _nothing_yet(page: Page) -> None:
    """The way to a network that can be looked into."""
    if page.run_in_view is not None:
        st.info(escape(f"The run {page.run.id} has kept no weights, so its network can't be looked into."))
    elif page.dataset_in_view is None:
        st.markdown("No network has been trained yet. Open a sample and train on it: then you see here what it sees.")
        name, sample = next(iter(SAMPLES.items()))
        if st.button(f"Open {sample.title.split(' (')[0].lower()}", icon=":material/brush:", type="primary"):
            page.open_sample(name)
        return
    else:
        st.markdown("No network has been trained on these images yet. Once one is, you see here what it sees.")
    page.link("training", "Go to training", "show_chart")


def in_your_network(page: Page) -> None:
    """How far its layers see."""
    network = network_in_view(page)
    if network is None:
        st.caption("Open a dataset and choose a network: how far its layers see is worked out here.")
        return
    title = escape(network.architecture.title)
    windows = [row for row in network.rows if row.layer.kind in WINDOWS]
    if not windows:
        st.markdown(f"**{title}** has no convolutions: its first layer looks at all pixels at once.")
        return
    words = f"**{title}** has {len(windows)} convolutions and pools, and is fed {network.image_size} × "
    words += f"{network.image_size} pixels. "
    places = ("the first", windows[0]), ("the middle one", windows[len(windows) // 2]), ("the last", windows[-1])
    fields = [(place, row.receptive_field) for place, row in places if row.receptive_field is not None]
    seen = ", ".join(f"{height:,} × {width:,} in {place}" for place, (height, width) in fields)
    st.markdown(words + f"How many of these one number of a map depends on: {seen}.")


CHAPTER = Chapter("seeing", "What a network sees", "visibility", IDEA, PARAMETERS, show, in_your_network, QUESTIONS)
