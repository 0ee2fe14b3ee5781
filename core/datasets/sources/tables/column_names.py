"""What columns of tables are called, and what that says of what they hold."""

from collections.abc import Collection

from core.datasets.sources.split_names import split_in_name, words_of
from core.datasets.sources.tables.contents import Column


def _names(text: str) -> list[str]:
    return text.split()


# Without spaces, underscores and capital letters, the clearest first.
PATHS = _names(
    "path paths filepath filepaths imagepath file filename filenames imagefile imagefilename imagename image images "
    "img imageid imgid idcode id name dateiname datei bilddatei bild fichier archivo imagen immagine imagem"
)
SPLITS = _names("split set subset partition phase usage dataset aufteilung teilmenge ensemble conjunto")
GROUPS = _names(
    "group groupid patient patientid subject subjectid participant participantid case caseid lesion lesionid "
    "patienten patientenid patientennr patientnr patnr patid proband probandenid paciente pacienteid idpaciente "
    "paziente slide slideid wsi wsiid specimen specimenid video videoid clip clipid sequence sequenceid seqid "
    "animalid individual individualid plot plotid plant plantid session sessionid burst burstid capture captureid"
)
LABELS = _names(
    "labelname classname categoryname label labels class classlabel classes category categories klasse kategorie "
    "classe clase categoria categoría etiqueta etiquette étiquette etichetta rótulo"
)
OFTEN_LABELS = _names(
    "y target targets species breed diagnosis dx type disease condition choice tag tags animal art befund diagnose "
    "espèce especie diagnostic"
)
"""Names of columns that hold labels often, and something else as well."""

_SPEAKING_OF_LABELS = frozenset([*LABELS, *OFTEN_LABELS, "kind"])
_LABEL_WORDS = frozenset([*LABELS, *_names("subclass superclass subcategory supercategory")])
# What is told of an image beside its label.
_BESIDE_LABELS = frozenset(
    _names(
        "id ids uuid number no nr index idx count unnamed age sex gender date time timestamp year month day "
        "localization location site country city region hospital centre center camera device scanner photographer "
        "author annotator annotation labeler rater user email by source dataset url uri link license licence copyright "
        "rights attribution comment comments note notes remark description caption text title score scores "
        "confidence probability prob quality size width height w h x y x1 x2 y1 y2 xmin xmax ymin ymax left right top "
        "bottom bbox area lat lon latitude longitude altitude depth format mode md5 sha1 sha256 hash checksum fold "
        "kfold version modality view angle mask segmentation thumbnail confirm approx updated created lead exif "
        "orientation predicted prediction pred mime file extension ext status done checked verified review reviewed "
        "reviewer observer operator magnification stain staining laterality resolution iso exposure aperture "
        "geschlecht alter datum sexe sexo fecha"
    )
)
_ALSO_IN_NAMES_OF_LABELS = frozenset(["id", "text", "number", "index", "idx"])
_COORDINATES = frozenset(["x", "w", "h", "x1", "y1", "width", "height", "xmin", "ymin"])


def speaks_of_labels(name: str) -> bool:
    """Whether a word in a column's name is one for labels, which may still mean something else."""
    return not _SPEAKING_OF_LABELS.isdisjoint(words_of(name))


def is_clear(column: Column) -> bool:
    """Whether a column is called so that it holds labels, such as "label", "ClassId" or "plant_category"."""
    beside = column.words & (_BESIDE_LABELS - _ALSO_IN_NAMES_OF_LABELS)
    return column.simple in LABELS or bool(column.words & _LABEL_WORDS and not beside)


def may_be_label(column: Column, beside: Collection[Column]) -> bool:
    """Whether a column's name, among the others beside it, leaves it open that it holds labels."""
    if column.simple == "y":
        return not any(other.simple in _COORDINATES for other in beside)
    # HAM10000's column "dx_type": how the diagnosis in column "dx" was made.
    is_of_another = column.simple == "dxtype" or (
        column.simple in SPLITS and (column.is_numbers or column.simple in SPLITS[:4])
    )
    return bool(column.words) and not column.words & _BESIDE_LABELS and not is_of_another


def part_of_flag(name: str) -> str:
    """The part of a split that a column of 0 and 1 speaks of, such as fastai's "is_valid"; "" where it is of none."""
    words = name.casefold().replace("_", " ").replace("-", " ").split()
    return split_in_name(" ".join(word for word in words if word != "is"))
