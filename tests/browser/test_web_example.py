"""The page in an export to ONNX: a browser answers as the network does, and asks for nothing but its library."""

from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from PIL import Image

from core.files import write_json
from core.installation import PROJECT
from tests.browser.conftest import find_chromium

pytestmark = pytest.mark.browser

LIBRARY = PROJECT / "node_modules" / "onnxruntime-web" / "dist"
SOURCE = "https://cdn.jsdelivr.net/npm/onnxruntime-web@1.30.0/dist/"
TYPES = {".mjs": "text/javascript", ".wasm": "application/wasm"}
SIDE = 16


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture
def exported(tmp_path):
    """The address of a folder with a model, whose three classes are how red, green and blue a picture is."""
    keras = pytest.importorskip("keras")
    from core.export.network import onnx_file

    image = keras.Input((SIDE, SIDE, 3), dtype="uint8", name="image")
    colour = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 25.5)(image))
    model = keras.Model(image, keras.layers.Softmax()(colour))
    onnx_file.save(model, tmp_path, None)
    write_json(tmp_path / "labels.json", ["<b>red</b>", "green", "blue"])
    with ThreadingHTTPServer(("127.0.0.1", 0), lambda *request: Quiet(*request, directory=tmp_path)) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield model, f"http://127.0.0.1:{server.server_port}/example.html"
        server.shutdown()
        thread.join()


@pytest.mark.skipif(not LIBRARY.is_dir(), reason="onnxruntime-web is not there: `npm ci` brings it")
@pytest.mark.skipif(find_chromium() is None, reason="there is no Chromium")
def test_the_page_answers_as_the_network_does(tab, exported, tmp_path):
    model, address = exported
    asked = []

    def answer(route):
        asked.append(route.request.url)
        if route.request.url.startswith(SOURCE):
            path = LIBRARY / Path(route.request.url).name
            route.fulfill(body=path.read_bytes(), content_type=TYPES[path.suffix])
        elif route.request.url.startswith(address.rpartition("/")[0]):
            route.continue_()
        else:
            route.abort()

    tab.route("**/*", answer)
    across = np.linspace(0, 255, 40)[None, :] * np.ones((30, 1))
    picture = Image.fromarray(np.stack([across, 255 - across, across * 0 + 90], axis=-1).astype(np.uint8))
    picture.crop((0, 0, 20, 30)).save(tmp_path / "picture.png")
    tab.goto(address)
    tab.locator("input:enabled").set_input_files(tmp_path / "picture.png")
    tab.locator("li").first.wait_for()
    told = [line.rsplit(" ", 2)[:2] for line in tab.locator("li").all_inner_texts()]
    resized = picture.crop((0, 0, 20, 30)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    expected = model.predict_on_batch(np.array(resized)[None])[0]
    found = {name: float(share) / 100 for name, share in told}
    names = ["<b>red</b>", "green", "blue"]
    assert [name for name, _ in told] == [names[index] for index in expected.argsort()[::-1]]
    np.testing.assert_allclose([found[name] for name in names], expected, atol=0.01)
    assert all(url.startswith((SOURCE, address.rpartition("/")[0])) for url in asked)
