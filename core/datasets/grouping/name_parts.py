"""The parts of a file's name: identifiers, dates, words, and what separates them; and what the words in it mean."""

import re
from dataclasses import dataclass

# What a number behind such a word counts. Whoever or whatever was looked at outranks where and when, that outranks what
# nobody knows, and that a single picture and its parts. What is no origin at all ranks lowest.
SUBJECT, ORIGIN, LIKELY, UNKNOWN, PICTURE, PIECE, NEVER = 4.0, 3.0, 2.5, 2.0, 1.0, 0.5, 0.0
_WORDS = {
    SUBJECT: """patient patients pat pt pnt subject subj sub person participant donor animal mouse rat case individual
        volunteer owner client user writer author speaker signer pid patientid subjectid proband patid""",
    ORIGIN: """study exam visit session sess series slide smear plate well site scene video vid clip movie seq sequence
        cam camera camtrap trap station location loc place lesion specimen sample tissue biopsy block core plant tree
        scan volume vol stack roll film burst track flight mission lot shot_group take recording rec trial dish wafer
        panel sheet page_group transect quadrat colony nest embryo eye serie szene fall""",
    LIKELY: "p",
    PICTURE: "img image frame frm fr photo pic picture dsc dscn dscf file shot field f fov number nr no n i idx index",
    PIECE: "crop tile patch slice part roi cell object obj box face page spot cutout region chunk chip window segment",
    NEVER: """x y z r c t v w h q k row col column ch channel view angle zoom mag level aug augmented rot rotated flip
        flipped copy version ver fold class cls label category cat_id train training test val valid validation set split
        batch epoch run seed size px time date day month year week hour minute second step layer of age score prob
        conf confidence temp price grade stage height width iso exposure gain rating quality sev severity dpi fps""",
}
RANKS = {word: rank for rank, words in _WORDS.items() for word in words.split()}
# Which way a thing was looked at, or how a picture was changed: no name of anybody.
_VIEWS = """
    left right l r od os front back rear top bottom side lateral frontal ap pa cc mlo flash noflash day night rgb ir nir
    depth mask seg before after pre post orig original raw flip flipped fliph flipv hflip vflip rot rotated crop
    cropped aug augmented noise blur blurred bright dark mirror mirrored scaled resized color colour gray grey copy a b
    c d small large in out up down north south east west train test val"""
VIEWS = frozenset(_VIEWS.split())
# Behind a number, they make it an amount: a magnification, an exposure, a temperature.
_UNITS = "x fps ms s sec min nm um µm μm mm cm px dpi deg k c hz khz kv ma mg kg ml pct lux iso eur usd"
UNITS = frozenset(_UNITS.split())

# Dates as 2024-01-31 and 20240131, 31.01.2024 and 31.1.24; times as 14.23.55, 142355 and 2.23.55 PM, in screenshots
# behind words such as "at", "um" and "kl.".
_DAY = (
    r"(?:(?<!\d)(?:19|20)\d\d(?P<{0}a>[-_.]?)(?:0[1-9]|1[0-2])(?P={0}a)(?:0[1-9]|[12]\d|3[01])"
    r"|(?<![\d.])[0-3]\d(?P<{0}b>[-_])[0-3]\d(?P={0}b)(?:19|20)\d\d(?!\d)"
    r"|(?<![\d.])[0-3]?\d\.[0-3]?\d\.(?:(?:19|20)\d\d|\d\d)(?!\.?\d))"
)
_TIME = r"(?:(?:[01]\d|2[0-3])(?P<t>[-_.:h]?)[0-5]\d(?P=t)[0-5]\d\d{0,3}|\d\d?(?P<u>[-_.: ])[0-5]\d(?P=u)[0-5]\d)(?!\d)"
_TOKEN = re.compile(
    r"(?P<uuid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
    # A moment, as cameras, telephones and screenshots name it: to the second, else it may be a day and a counter.
    rf"|(?P<moment>{_DAY.format('m')}(?:(?:[-_. T]{{0,3}}|,? (?:[^\W\d_][^\s\d]* ?){{0,3}}){_TIME}|-WA\d+))"
    rf"|(?P<date>{_DAY.format('d')}(?!\d))"
    r"|(?P<month>(?<!\d)(?:19|20)\d\d[-_.](?:0[1-9]|1[0-2])(?!\d))"
    r"|(?P<measure>(?<![\d.,])(?:0[.,]\d+|1[.,]0+)(?![\d.]))"
    r"|(?P<hash>(?<![^\W_])(?=(?:\d*[a-f]+\d+){3})[0-9a-f]{8,}(?![^\W_]))"
    r"|(?P<number>\d+)"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<mark>[\W_]+?)"
)


@dataclass(frozen=True)
class Part:
    """What stands between two separators.

    Attributes
    ----------
    text
        As it is written.
    kind
        "number"; "coded" for letters and digits, such as "p012"; "measure", such as "40x", "640x480" and "0.97";
        "word"; "date"; "month", with its year; "moment", a date with a time of day; "hash", also for a UUID.
    pieces
        Its runs of letters and of digits.
    """

    text: str
    kind: str
    pieces: tuple[str, ...]


@dataclass(frozen=True)
class Name:
    """A file's name without its ending: `parts`, and the `marks` before, between and behind them."""

    parts: tuple[Part, ...]
    marks: tuple[str, ...]

    @property
    def shape(self) -> tuple:
        """Equal for names that are built alike."""
        kinds = tuple("identifier" if part.kind in ("number", "coded") else part.kind for part in self.parts)
        return kinds, self.marks


def read_name(stem: str) -> Name:
    """Take a file's name apart; `stem` is without its ending."""
    parts, marks, run, kinds = [], [""], [], []
    for token in _TOKEN.finditer(stem):
        kind = "hash" if token.lastgroup == "uuid" else token.lastgroup
        if kind != "mark":
            run.append(token.group())
            kinds.append(kind)
            continue
        if run:
            parts.append(_part(run, kinds))
            marks.append("")
            run, kinds = [], []
        marks[-1] += token.group()
    if run:
        parts.append(_part(run, kinds))
        marks.append("")
    return Name(tuple(parts), tuple(marks))


def _part(pieces: list[str], kinds: list[str]) -> Part:
    kind = kinds[0] if len(kinds) == 1 else "measure" if _is_measure(pieces, kinds) else "coded"
    return Part("".join(pieces), kind, tuple(pieces))


def _is_measure(pieces: list[str], kinds: list[str]) -> bool:
    if kinds == ["number", "word", "number"]:
        return pieces[1] in ("x", "X", "×")
    return kinds == ["number", "word"] and pieces[1].casefold() in UNITS and len(pieces[0]) <= 4


def rank_of(word: str) -> float:
    """How near to an origin that which a word counts is; see `RANKS`."""
    word = word.casefold()
    return RANKS.get(word, RANKS.get(word.removesuffix("id"), UNKNOWN) if word != "id" else UNKNOWN)
