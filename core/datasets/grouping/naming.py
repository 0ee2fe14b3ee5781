"""Whether files' names and folders tell which images belong together: the pattern, where one clearly shows.

Patterns are put together from a sample of the names, one for each part that may name an origin; then all names are
matched with each, and what speaks for and against it is counted (`core.datasets.grouping.naming_evidence`).
"""

import posixpath
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.datasets.grouping.name_parts import LIKELY, NEVER, ORIGIN, PICTURE, UNKNOWN, VIEWS, Name, rank_of, read_name
from core.datasets.grouping.name_patterns import GROUP, OR, check_pattern, groups_by_name
from core.datasets.grouping.naming_evidence import Candidate, Evidence, judge
from core.errors import UsageError

SAMPLED = 400
SHAPES = 6
MOST_ENDS = 4
FOLDERS = 3


@dataclass(frozen=True)
class NamingHabit:
    """What files' names tell.

    Attributes
    ----------
    pattern
        For `core.datasets.grouping.groups.group_numbers`; "" where the names tell nothing for sure.
    is_the_class
        Whether all images of each class share one origin, such as one video: no grouped split can test then.
    """

    pattern: str = ""
    is_the_class: bool = False


def find_naming_habit(paths: Sequence[str], labels: Sequence[str]) -> NamingHabit:
    """The pattern by which names or folders clearly tell whom or what several images each show.

    Names that are merely numbered tell nothing, nor do those that repeat the class. A wrong pattern misleads and none
    is only one that people have to write themselves: in doubt there is none.

    Parameters
    ----------
    paths : (n,) sequence of str
        Where the images lie, with "/" between folders.
    labels : (n,) sequence of str
        Their classes.
    """
    paths, labels = list(paths), list(labels)
    best: Evidence | None = None
    for candidate in _candidates(paths, labels):
        # A candidate can't become better than its rank: most are not worth matching a hundred thousand names for.
        if best is not None and best.is_ample and candidate.rank <= best.candidate.rank:
            continue
        evidence = _evidence(paths, labels, candidate)
        if evidence is not None and (best is None or evidence.merit > best.merit):
            best = evidence
    return NamingHabit(best.candidate.pattern, best.is_the_class) if best else NamingHabit()


def _evidence(paths: list[str], labels: list[str], candidate: Candidate) -> Evidence | None:
    try:
        check_pattern(candidate.pattern)
    except UsageError:  # names too long or too many parts for a pattern
        return None
    return judge(candidate, paths, groups_by_name(paths, candidate.pattern), labels)


# Candidates ----------------------------------------------------------------------------------------------------------


def _candidates(paths: list[str], labels: list[str]) -> list[Candidate]:
    """Patterns that may name an origin, the likeliest first."""
    # At random, but always the same ones: every second name may be of a left eye.
    rows = random.Random(0).sample(range(len(paths)), min(SAMPLED, len(paths)))
    sampled = [paths[row] for row in rows]
    found = [*_by_folders(sampled, [labels[row] for row in rows]), *_by_names(sampled)]
    return sorted(found, key=lambda candidate: -candidate.rank)


def _by_names(sampled: list[str]) -> Iterator[Candidate]:
    files = [posixpath.splitext(path.rpartition("/")[2]) for path in sampled]
    by_shape: dict[tuple, list[Name]] = {}
    for stem, _ in files:
        name = read_name(stem)
        by_shape.setdefault(name.shape, []).append(name)
    has_endings = sum(bool(ending) for _, ending in files) > len(files) / 2
    heads: dict[tuple[str, str], tuple[Candidate, list[str]]] = {}
    for names in sorted(by_shape.values(), key=len, reverse=True)[:SHAPES]:
        for candidate, head, end in _of_one_shape(names, ".*" if has_endings else "", len(by_shape) > 1):
            best, ends = heads.get((head, candidate.kind), (candidate, []))
            ends += [each for each in end if each not in ends]
            heads[head, candidate.kind] = max(best, candidate, key=lambda each: each.rank), ends
    for (head, _), (candidate, ends) in heads.items():
        if len(ends) <= MOST_ENDS and candidate.rank > NEVER:
            # The bare ending fits whatever comes before it, so that it is tried last.
            ordered = sorted(ends, key=lambda end: end in ("", ".*"))
            yield candidate.with_pattern(OR.join(head + end for end in ordered))


def _of_one_shape(names: list[Name], ending: str, has_others: bool) -> Iterator[tuple[Candidate, str, list[str]]]:
    """What each part may name, as the pattern's beginning up to the group and the ends that may follow.

    Parameters
    ----------
    ending
        The end of the pattern behind the last part.
    has_others
        Whether there are names of other shapes.
    """
    columns = list(zip(*(name.parts for name in names), strict=True))
    marks = names[0].marks
    shown = [_shown([part.text for part in column]) for column in columns]
    for place, column in enumerate(columns):
        if shown[place] != "*" and len(names) > 1:
            continue  # the same in all names
        candidate = _candidate_of(columns, shown, place)
        if candidate is None:
            continue
        before = "".join(mark + text for mark, text in zip(marks, shown[:place], strict=False)) + marks[place]
        behind = _behind(marks, shown, place, ending)
        yield from _cut(candidate, column, before, behind)
        if _counts_pictures(candidate, columns):
            # In names of another shape more may follow, as in img_1 and img_1_flip.
            yield replace(candidate, rank=NEVER), before + GROUP, [behind]
            continue
        yield candidate, before + _spread(column[0].text, behind), [behind]
        if candidate.word and place and (has_others or "*" in shown[:place]):
            yield candidate, _anchored(columns, marks, shown, place), [behind]
        yield from _joined(candidate, columns, marks, shown, place, ending)


def _shown(texts: list[str]) -> str:
    """A text that all names have in this place, else a star."""
    return texts[0] if len(set(texts)) == 1 and "*" not in texts[0] else "*"


def _behind(marks: tuple[str, ...], shown: list[str], place: int, ending: str) -> str:
    """The end of the pattern from behind a part."""
    mark = marks[place + 1]
    return f"{mark[0]}*" if place + 1 < len(shown) else mark + ending


def _spread(text: str, behind: str) -> str:
    """The group's place, once for each piece where what ends it stands within it too, as in 2024_01_31_07."""
    separator = behind[:1]
    return separator.join([GROUP] * (text.count(separator) + 1)) if separator and separator in text else GROUP


def _candidate_of(columns: list, shown: list[str], place: int) -> Candidate | None:
    """What is known of a part before any name is matched; None where it can't name an origin."""
    kind = columns[place][0].kind
    if kind in ("measure", "month"):
        return None
    rank, word = UNKNOWN, ""
    if kind == "word":
        rank = UNKNOWN - 0.1 if place == 0 and len(columns) > 1 else NEVER
    elif kind in ("number", "coded"):
        word = _word_before(columns, shown, place)
        rank = rank_of(word)
    before = {part.text.casefold() for at, text in enumerate(shown[:place]) if text == "*" for part in columns[at]}
    if rank == NEVER or (rank <= PICTURE and not before <= VIEWS):
        return None
    return Candidate("", rank, word, kind, place)


def _counts_pictures(candidate: Candidate, columns: list) -> bool:
    """Whether it comes last, as counters do, and more than a view tells the pictures of one number apart."""
    if candidate.place + 1 < len(columns) or candidate.rank >= ORIGIN:
        return False
    others = {part.text.casefold() for column in columns[:-1] for part in column} - {candidate.word}
    return not others or not others <= VIEWS


def _word_before(columns: list, shown: list[str], place: int) -> str:
    """What a number counts, in small letters: "p" in "p012", "patient" in "patient-003"; "" where it is bare."""
    column = columns[place]
    if column[0].kind == "coded" and column[0].pieces[0].isalpha():
        words = [{pieces[index : index + 1] for pieces in (part.pieces for part in column)} for index in (0, 2)]
        same = [each.pop()[0].casefold() for each in words if len(each) == 1 and () not in each]
        return max((word for word in same if word.isalpha()), key=rank_of, default="")
    if place and columns[place - 1][0].kind == "word" and shown[place - 1] != "*":
        return shown[place - 1].casefold()
    return ""


def _anchored(columns: list, marks: tuple[str, ...], shown: list[str], place: int) -> str:
    """By the word before it wherever that stands, since classes of one and of several words come before it."""
    part = columns[place][0]
    if part.kind == "coded" and part.pieces[0].isalpha():
        return f"*{marks[place][-1:]}{part.pieces[0]}{GROUP}"
    return f"*{marks[place - 1][-1:]}{shown[place - 1]}{marks[place]}{GROUP}"


def _cut(candidate: Candidate, column: tuple, before: str, behind: str) -> Iterator[tuple[Candidate, str, list[str]]]:
    """Identifiers that letters follow at once, as in 0417L and 0417R, or in video12frame0001."""
    cut = [1 if part.pieces[0].isdigit() else 2 for part in column]
    if any(len(part.pieces) <= at or not part.pieces[at].isalpha() for part, at in zip(column, cut, strict=True)):
        return
    words = sorted({part.pieces[at] for part, at in zip(column, cut, strict=True)})
    starts = {part.pieces[0] if at == 2 else "" for part, at in zip(column, cut, strict=True)}
    goes_on = any(len(part.pieces) > at + 1 for part, at in zip(column, cut, strict=True))
    if len(words) > MOST_ENDS or len(starts) > 1 or not (goes_on or {word.casefold() for word in words} <= VIEWS):
        return
    ends = [word + ("*" if goes_on else behind) for word in words]
    start = starts.pop()
    rank = rank_of(start) if start else candidate.rank
    yield replace(candidate, kind="cut", rank=rank, word=start.casefold()), before + start + GROUP, ends


def _joined(
    candidate: Candidate, columns: list, marks: tuple[str, ...], shown: list[str], place: int, ending: str
) -> Iterator[tuple[Candidate, str, list[str]]]:
    """Together with the next identifier, for few origins of many kinds: a camera and the moment, a plate and a well."""
    for second in range(place + 1, len(columns) - 1):
        if shown[second] == "*" and columns[second][0].kind in ("number", "coded", "date", "moment"):
            between = "".join(marks[index] + shown[index] for index in range(place + 1, second)) + marks[second]
            before = "".join(mark + text for mark, text in zip(marks, shown[:place], strict=False)) + marks[place]
            finer = replace(candidate, rank=candidate.rank - 0.5, kind="joined")
            yield finer, before + GROUP + between + GROUP, [_behind(marks, shown, second, ending)]
            return


# Folders -------------------------------------------------------------------------------------------------------------


def _by_folders(sampled: list[str], labels: list[str]) -> Iterator[Candidate]:
    """What the folders that images lie in may name, from the innermost outwards; those of the classes name none."""
    folders = [path.split("/")[:-1] for path in sampled]
    for depth in range(1, FOLDERS + 1):
        names = [each[-depth] for each in folders if len(each) >= depth]
        if len(names) < len(folders) / 2 or len(set(names)) < 2 or names == labels:
            continue
        parts = [read_name(name) for name in names]
        word = Counter(_folder_word(name) for name in parts).most_common(1)[0][0]
        numbered = any(part.kind != "word" for name in parts for part in name.parts)
        rank = rank_of(word) if numbered else UNKNOWN - 0.1
        if rank == NEVER or word == "part" or _tell_when_or_how_much(names, parts):
            continue
        # The pieces of one picture lie in a folder of its own; and one letter says little.
        rank = UNKNOWN if rank == PICTURE else rank
        head = re.sub(r"\d+$", "", posixpath.commonprefix(sorted(set(names))))
        head = head if word and head.casefold().strip("_-. ") == word and rank > UNKNOWN else ""
        rank = min(rank, LIKELY) if not numbered else rank
        yield Candidate(head + GROUP + "/*" * depth, rank, word, "folder", -depth)


def _tell_when_or_how_much(names: list[str], parts: list[Name]) -> bool:
    """Whether folders are called by years, months or measures, by which pictures are put away."""
    kinds = {part.kind for name in parts for part in name.parts if part.kind != "word"}
    return (kinds <= {"month", "measure"} and bool(kinds)) or all(re.fullmatch(r"(19|20)\d\d", name) for name in names)


def _folder_word(name: Name) -> str:
    """The word that a folder's name begins with, if an identifier follows."""
    first = name.parts[0] if name.parts else None
    if first is None:
        return ""
    if first.kind == "coded" and first.pieces[0].isalpha():
        return first.pieces[0].casefold()
    return first.text.casefold() if first.kind == "word" and name.parts[1:] and name.parts[1].kind != "word" else ""
