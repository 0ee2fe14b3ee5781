"""The network that chapter 8 looks into: a run, its layers, and what is asked about it."""

import io
from dataclasses import dataclass
from typing import Any

import streamlit as st
from PIL import Image

from core.architectures.map_layer import MapLayer
from core.runs.record import Run
from pages.concepts.picture_choice import Picture
from pages.concepts.state import State
from pages.shared.inference import answer_of, modified

# A picture as the network is to read it: a file, or what such a file holds.
Source = str | bytes


@dataclass(frozen=True)
class SeenNetwork:
    """A run whose network is looked into.

    Parameters
    ----------
    run
        With weights.
    layers
        Those that give maps.
    """

    run: Run
    layers: list[MapLayer]

    @property
    def title(self) -> str:
        return self.run.settings.design.title

    @property
    def convolutions(self) -> list[MapLayer]:
        return [layer for layer in self.layers if layer.channels]

    def label(self, number: int) -> str:
        """What people call a layer; of a backbone with the name by which Keras knows it."""
        layer = self.layers[number - 1]
        name = f"{layer.name}, " if self.run.settings.design.frozen else ""
        return f"{number} · {name}{layer.words}"

    def ask(self, task: str, *sources: Source, **arguments: Any) -> Any:
        """What a task says of the network. `sources` are the pictures that it is about."""
        state = tuple(modified(source) if isinstance(source, str) else 0.0 for source in sources)
        return answer_of(task, self.run, state, **arguments)


def seen_network(run: Run) -> SeenNetwork:
    """The network of a run that has weights."""
    return SeenNetwork(run, answer_of("map_layers", run))


def source_of(picture: Picture) -> Source:
    """A picture that has no file is handed over as one."""
    if picture.path is not None:
        return str(picture.path)
    written = io.BytesIO()
    Image.fromarray(picture.pixels).save(written, "PNG", compress_level=1)
    return written.getvalue()


def choose_layer(state: State, network: SeenNetwork, layers: list[MapLayer], name: str = "layer") -> MapLayer:
    """A list of layers. A link to one that is not among them leads to the nearest, with a word where there is none."""
    numbers, key, asked = [layer.number for layer in layers], f"{state.key(name)}_list", state[name]
    st.session_state[key] = min(numbers, key=lambda number: abs(number - asked))
    chosen = st.selectbox(
        state.parameters[name].title,
        numbers,
        format_func=network.label,
        key=key,
        help=state.parameters[name].explanation,
        on_change=lambda: state.set(**{name: st.session_state[key]}),
    )
    if asked > len(network.layers):
        st.caption(f"There is no layer {asked}: this network has {len(network.layers)} that give maps.")
    return network.layers[chosen - 1]
