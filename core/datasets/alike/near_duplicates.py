"""Which images are nearly the same: re-encoded, resized, slightly cropped or brightened copies of one another.

Images whose hashes share most bits in at least one band are candidates (after Norouzi, Punjani and Fleet, "Fast Search
in Hamming Space with Multi-Index Hashing", 2012). The small grey pictures of the candidates decide. Every limit below
is measured by `benchmarks/near_duplicates.py` on photographs, aerial scenes and drawings.
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from core.images.fingerprint import BITS, COSINES, FREQUENCIES, SIDE, cosine_matrix

BANDS, BAND_BITS, FLIPS = 4, 16, 2
"""A pair of hashes is met when one of its bands differs in at most `FLIPS` bits: always up to 11 bits in all, and
nearly always up to `MAXIMUM_DISTANCE`, because the bits that change are not spread evenly."""

MAXIMUM_DISTANCE = 18
"""Bits in which two hashes may differ. A crop of 3 % changes 13 in one copy of a hundred."""

MINIMUM_SIMILARITY = 0.95
"""Cosine similarity from which two pictures count as near once their frames are brought to match."""

SMALL_SIDE, SMALL_SIMILARITY = 64, 0.99
"""Up to this many pixels a picture is so simple that strangers look alike, such as handwritten digits: with 0.95, 97 of
scikit-learn's 1,797 become one cluster. Copies of such pictures come to 0.999."""

WORTH_MATCHING = 0.75
"""Similarity before the frames are matched, below which fewer than 1 copy of 100 lies. Matching is the costly step."""

MOST_MATCHED = 4
"""Pairs per image that are matched at most, the most similar first: a bound for sets where all pictures look alike."""

MATCHED_TOGETHER = 1000

FRAMES = (1.0, 0.97, 0.94)
"""Shares of the width and of the height that a copy may show: 3 % off one side, or off both."""

MAXIMUM_ASPECT_RATIO = 1.08
"""How much wider, relative to its height, one picture may be: a crop of 3 % off both of two sides is 1.064."""

MAXIMUM_TINT = 0.04
"""Root mean square by which the colours may differ, as shares of the mean brightness. Crops come to 0.034; of drawings
that look alike in grey but were coloured otherwise, all but one in twenty have more."""

FAINT = 3.0
"""Contrast (length of the weighted coefficients in grey levels) below which a picture is as good as blank."""

SAME_GREY = 2
"""Grey levels by which two blank pictures may differ."""

CROWD = 16
"""Most partners that an image is compared with in one bucket of a band."""

BLOCK = 200_000
"""Pairs looked at together; this bounds the memory."""

_WEIGHTS = np.hypot(*FREQUENCIES.T).astype(np.float32)


def near_pairs(hashes: np.ndarray, greys: np.ndarray, colours: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Find images that are nearly the same, without comparing every image with every other.

    The pairs connect what belongs together and are not complete: of thousands of equal images each is paired with one
    other, and where thousands have similar hashes each is compared with some of them. `clusters` gives the groups.

    Parameters
    ----------
    hashes : (n,) array of uint64
    greys : (n, SIDE²) array of uint8
    colours : (n, 3·FIELDS²) array of uint8
        All as `core.images.fingerprint.fingerprint` gives them.
    sizes : (n, 2) array of int
        Width and height in pixels, above 0.

    Returns
    -------
    (m, 2) array of int
        Places of the images, the smaller one first, in ascending order, each pair once. Exact copies are near too.
    """
    n = len(hashes)
    if n == 0:
        return np.empty((0, 2), np.intp)
    kept, chains = _without_repeats(hashes, greys, colours, sizes)
    pictures = _Pictures(greys[kept], colours[kept], sizes[kept])
    found = _search(pictures, _candidates(hashes[kept], greys[kept].mean(axis=1)))
    pairs = np.sort(np.concatenate([chains, kept[found]]), axis=1)
    return np.unique(pairs, axis=0)


def clusters(n: int, pairs: np.ndarray) -> np.ndarray:
    """Put images that are connected by pairs, directly or through others, under one label.

    Parameters
    ----------
    n : int
        How many images there are.
    pairs : (m, 2) array of int
        Places of the images, as `near_pairs` gives them.

    Returns
    -------
    (n,) array of int
        Labels 0, 1, 2 … in the order in which the groups first appear. An image without a pair has a label of its own.
    """
    graph = coo_array((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    return connected_components(graph, directed=False)[1]


def _without_repeats(
    hashes: np.ndarray, greys: np.ndarray, colours: np.ndarray, sizes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The first of each set of images with one fingerprint, and the pairs that chain the others to it."""
    columns = (hashes, sizes, greys, colours)
    rows = np.concatenate([np.ascontiguousarray(each).reshape(len(hashes), -1).view(np.uint8) for each in columns], 1)
    whole = rows.view(np.dtype((np.void, rows.shape[1]))).ravel()
    _, first, inverse = np.unique(whole, return_index=True, return_inverse=True)
    repeated = np.flatnonzero(first[inverse] != np.arange(len(hashes)))
    return np.sort(first), np.stack([first[inverse[repeated]], repeated], axis=1)


def _search(pictures: "_Pictures", candidates: Iterator[np.ndarray]) -> np.ndarray:
    """Those of the candidates that are near, less what is connected already, shape (m, 2)."""
    n, near = len(pictures), [np.empty((0, 2), np.intp)]
    labels, doubtful = np.arange(n), _Likeliest(MOST_MATCHED * n)
    for pairs in candidates:
        pairs = _unconnected(pairs, labels)
        similarity = pictures.similarity(pairs)
        is_near = similarity >= MINIMUM_SIMILARITY
        is_doubtful = (similarity >= WORTH_MATCHING) & ~is_near
        doubtful.add(pairs[is_doubtful], similarity[is_doubtful])
        if is_near.any():
            near.append(pairs[is_near])
            labels = clusters(n, np.concatenate(near))
    # Many at a time and the likeliest first: what they connect need not be matched any more.
    waiting = doubtful.pairs()
    for begin in range(0, len(waiting), MATCHED_TOGETHER):
        pairs = _unconnected(waiting[begin : begin + MATCHED_TOGETHER], labels)
        is_near = pictures.match(pairs)
        if is_near.any():
            near.append(pairs[is_near])
            labels = clusters(n, np.concatenate(near))
    return np.concatenate(near)


class _Likeliest:
    """The most similar of the pairs that are added, up to `limit`, in little memory however many come."""

    def __init__(self, limit: int):
        self._limit, self._size = limit, 0
        self._added = [(np.empty((0, 2), np.intp), np.empty(0, np.float32))]

    def add(self, pairs: np.ndarray, similarity: np.ndarray) -> None:
        self._added.append((pairs, similarity))
        self._size += len(pairs)
        if self._size > 2 * self._limit + BLOCK:
            self._sort_out()

    def pairs(self) -> np.ndarray:
        """Each pair once, the most similar first."""
        self._sort_out()
        return self._added[0][0]

    def _sort_out(self) -> None:
        pairs, similarity = (np.concatenate(columns) for columns in zip(*self._added, strict=True))
        # One number for each pair is sorted faster than rows of two.
        _, first = np.unique(pairs[:, 0] << 32 | pairs[:, 1], return_index=True)
        best = np.argsort(-similarity[first], kind="stable")[: self._limit]
        self._added = [(pairs[first[best]], similarity[first[best]])]
        self._size = len(best)


def _unconnected(pairs: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return pairs[labels[pairs[:, 0]] != labels[pairs[:, 1]]]


# Candidates ----------------------------------------------------------------------------------------------------------


def _candidates(hashes: np.ndarray, brightness: np.ndarray) -> Iterator[np.ndarray]:
    """Blocks of pairs with similar hashes, the smaller place first, shape (m, 2). A pair may come once a band."""
    # Of many images with one hash those of equal brightness become neighbours, as only some of them are compared.
    order = np.lexsort((brightness, hashes))
    for band in range(BANDS):
        keys = (hashes[order] >> np.uint64(band * BAND_BITS)).astype(np.uint16).astype(np.intp)
        by_key = np.argsort(keys, kind="stable")
        members, keys = order[by_key], keys[by_key]
        sorted_hashes = hashes[members]
        start = np.searchsorted(keys, np.arange(2**BAND_BITS + 1))
        for left, right in _meetings(keys, start):
            is_close = np.bitwise_count(sorted_hashes[left] ^ sorted_hashes[right]) <= MAXIMUM_DISTANCE
            if is_close.any():
                yield np.sort(np.stack([members[left[is_close]], members[right[is_close]]], axis=1), axis=1)


def _flips() -> np.ndarray:
    """Every pattern of one to `FLIPS` set bits in a band, fewest bits first: (m,) array of int."""
    counts = range(1, FLIPS + 1)
    return np.array(
        [sum(1 << bit for bit in bits) for count in counts for bits in combinations(range(BAND_BITS), count)]
    )


def _meetings(keys: np.ndarray, start: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Places in the sorted `keys` whose keys differ in at most `FLIPS` bits, each pair from one side only, in blocks.

    Those with one key come first, then those that differ in few bits.
    """
    place = np.arange(len(keys))
    yield from _blocks(place, place + 1, start[keys + 1] - place - 1)
    rank, own = place - start[keys], start[keys + 1] - start[keys]
    flips = _flips()
    # Of few images all patterns are looked at together.
    together = max(1, BLOCK // CROWD // max(1, len(keys)))
    for begin in range(0, len(flips), together):
        partner = keys ^ flips[begin : begin + together, None]
        size = np.where(partner > keys, start[partner + 1] - start[partner], 0)
        # Of a large bucket each image meets the part that lies where the image lies in its own bucket.
        first = start[partner] + rank * (size - np.minimum(size, CROWD)) // own
        yield from _blocks(np.broadcast_to(place, size.shape).ravel(), first.ravel(), size.ravel())


def _blocks(place: np.ndarray, first: np.ndarray, count: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Each place with those from `first` on, `count` of them but `CROWD` at most."""
    there = np.flatnonzero(count)
    place, first, count = place[there], first[there], np.minimum(count[there], CROWD)
    for begin in range(0, len(place), BLOCK // CROWD):
        part = slice(begin, begin + BLOCK // CROWD)
        left = np.repeat(place[part], count[part])
        before = np.cumsum(count[part]) - count[part]
        yield left, np.arange(len(left)) + np.repeat(first[part] - before, count[part])


# Comparison ----------------------------------------------------------------------------------------------------------


class _Pictures:
    """Small grey pictures to be compared in pairs by their cosine coefficients.

    A coefficient is weighted by its frequency. Else broad shapes decide alone, and two runways or two freeways look the
    same; among 630 aerial scenes the most similar two strangers come to 0.93 with the weights and to 0.97 without.
    """

    def __init__(self, greys: np.ndarray, colours: np.ndarray, sizes: np.ndarray):
        self._greys, self._tints = greys, _tints(colours)
        self._aspect, self._is_small = sizes[:, 0] / sizes[:, 1], sizes.min(axis=1) <= SMALL_SIDE
        self._described = np.empty((len(greys), BITS), np.float32)
        self._is_faint = np.empty(len(greys), bool)
        for begin in range(0, len(greys), 10_000):
            rows = slice(begin, begin + 10_000)
            self._described[rows], self._is_faint[rows] = _describe(greys[rows].astype(np.float32) @ COSINES.T)

    def __len__(self) -> int:
        return len(self._greys)

    def similarity(self, pairs: np.ndarray) -> np.ndarray:
        """Cosine similarity of the two pictures of each pair as they are, shape (m,); 0 where they can't be copies.

        Blank pictures have nothing to compare but their brightness: their similarity is 1 or 0.
        """
        left, right = pairs.T
        ratio = self._aspect[left] / self._aspect[right]
        is_alike = np.maximum(ratio, 1 / ratio) <= MAXIMUM_ASPECT_RATIO
        is_alike &= self._is_faint[left] == self._is_faint[right]
        is_alike &= ((self._tints[left] - self._tints[right]) ** 2).mean(axis=1) <= MAXIMUM_TINT**2
        result = np.einsum("ij,ij->i", self._described[left], self._described[right]) * is_alike
        result[(self._is_small[left] | self._is_small[right]) & (result < SMALL_SIMILARITY)] = 0
        rows = np.flatnonzero(is_alike & self._is_faint[left])
        difference = np.abs(self._greys[left[rows]].astype(np.int16) - self._greys[right[rows]])
        result[rows] = difference.max(axis=1, initial=0) <= SAME_GREY
        return result

    def match(self, pairs: np.ndarray) -> np.ndarray:
        """Whether some frame within one picture of each pair shows what the other one shows, shape (m,) of bool."""
        left, right = pairs.T
        return self._shows(left, right) | self._shows(right, left)

    def _shows(self, whole: np.ndarray, part: np.ndarray) -> np.ndarray:
        coefficients = self._greys[whole].astype(np.float32) @ _FRAMED_COSINES.T
        framed, _ = _describe(coefficients.reshape(len(whole), len(_FRAMED_COSINES) // BITS, BITS))
        return np.einsum("ifk,ik->if", framed, self._described[part]).max(axis=1, initial=0) >= MINIMUM_SIMILARITY


def _tints(colours: np.ndarray) -> np.ndarray:
    """What is left of colours without their brightness: how far red, green and blue lie from grey in each field."""
    fields = colours.reshape(len(colours), -1, 3).astype(np.float32)
    fields /= np.maximum(fields.mean(axis=(1, 2), keepdims=True), 1)
    return (fields - fields.mean(axis=2, keepdims=True)).reshape(len(colours), -1)


def _describe(coefficients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weighted coefficients of length 1, free of brightness and contrast, and whether there was next to no contrast."""
    weighted = coefficients * _WEIGHTS
    contrast = np.linalg.norm(weighted, axis=-1)
    return weighted / np.maximum(contrast, FAINT)[..., None], contrast < FAINT


def _framed_cosines() -> np.ndarray:
    """Cosine coefficients of what each frame shows, as one matrix of shape (frames · BITS, SIDE²)."""
    waves = cosine_matrix(SIDE)
    sides = []
    for share in FRAMES:
        for shift in sorted({-(1 - share) / 2, 0.0, (1 - share) / 2}):
            sides.append(waves @ frame(share, shift))
    vertical, horizontal = FREQUENCIES.T
    framed = [np.einsum("ky,kx->kyx", y[vertical], x[horizontal]) for y in sides for x in sides]
    return (np.stack(framed) / SIDE).reshape(-1, SIDE**2).astype(np.float32)


def frame(share: float, shift: float) -> np.ndarray:
    """The matrix that stretches a share of `SIDE` values, off the middle by `shift`, to `SIDE` values, linearly."""
    position = ((np.arange(SIDE) + 0.5) / SIDE - 0.5) * share + 0.5 + shift
    position = np.clip(position * SIDE - 0.5, 0, SIDE - 1)
    return np.maximum(1 - np.abs(position[:, None] - np.arange(SIDE)), 0)


_FRAMED_COSINES = _framed_cosines()
