"""Annotation files of other tools."""

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from core.datasets.sources.choices import Choices
from tests.datasets.layouts.case import Case, picture, text

SAMPLES = Path(__file__).parent / "samples"
# What real exports in the samples name: the first six are to train on, three to validate, three to test.
NAMES = ("3fa1", "77c0", "d2e8", "09bb", "b 41", "e6f3", "1c5d", "8a90", "c7d2", "f034", "5be7", "a6c8")
PARTS = ("train",) * 6 + ("validation",) * 3 + ("test",) * 3
FOLDERS = {"train": "train", "validation": "val", "test": "test"}
LABELS = ("circle", "square") * 6
TWELVE = {"circle": 6, "square": 6}
ELEVEN = {"circle": 6, "square": 5}


def sample(folder: Path, kind: str, *names: str) -> None:
    """Copy files of a real export."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copy(SAMPLES / kind / name, folder)


def pictures(folder: Path, name: Callable[[int], str], unlabelled: bool = True, has_split: bool = False) -> Path:
    """The twelve pictures, of which the last has no label."""
    for index, label in enumerate(LABELS):
        is_labelled = index < 11 or not unlabelled
        picture(folder / name(index), label if is_labelled else "", PARTS[index] if has_split else "")
    return folder


def written(path: Path, content: object) -> Path:
    return text(path, json.dumps(content))


def lines(path: Path, entries: list[object]) -> Path:
    return text(path, "".join(json.dumps(entry) + "\n" for entry in entries))


def _named(ending: str) -> Callable[[int], str]:
    return lambda index: f"{NAMES[index]}{ending}"


# Label Studio --------------------------------------------------------------------------------------------------------


def label_studio(name: str, unlabelled: bool = True) -> Callable[[Path], Path]:
    """Originals beside an export that names what they were uploaded as: 1a2b3c40-3fa1.png."""

    def build(folder: Path) -> Path:
        sample(folder, "label_studio", name)
        return pictures(folder / "photos", lambda index: f"{NAMES[index]}.png".replace(" ", "_"), unlabelled).parent

    return build


def label_studio_uploads(folder: Path) -> Path:
    sample(folder, "label_studio", "project.json")
    pictures(folder / "upload" / "3", lambda index: f"{0x1A2B3C40 + index:08x}-{NAMES[index]}.png".replace(" ", "_"))
    return folder


def label_studio_local_files(folder: Path) -> Path:
    tasks = json.loads((SAMPLES / "label_studio" / "project.json").read_text())
    for index, task in enumerate(tasks):
        task["data"]["image"] = f"/data/local-files/?d=photos/{NAMES[index].replace(' ', '%20')}.png"
    written(folder / "export.json", tasks)
    return pictures(folder / "photos", _named(".png")).parent


def label_studio_of_one_name(folder: Path) -> Path:
    """Each upload is called as two images in folders of those who took them are: nobody can tell which it was."""
    tasks = json.loads((SAMPLES / "label_studio" / "project.json").read_text())[:8]
    for index, task in enumerate(tasks):
        task["data"]["image"] = f"/data/upload/3/{index:08x}-IMG_{index // 2}.png"
        picture(
            folder / ("circle" if index % 2 else "square") / f"IMG_{index // 2}.png",
            ("circle" if index % 2 else "square"),
        )
    return written(folder / "project.json", tasks).parent


def label_studio_boxes(folder: Path) -> Path:
    tasks = json.loads((SAMPLES / "label_studio" / "project.json").read_text())
    for task in tasks:
        for result in (result for annotation in task["annotations"] for result in annotation["result"]):
            box = {"x": 1.0, "y": 1.0, "width": 9.0, "height": 9.0, "rotation": 0, "rectanglelabels": ["circle"]}
            result |= {"type": "rectanglelabels", "from_name": "label", "value": box}
    pictures(folder, _named(".png"))
    return written(folder / "export.json", tasks)


# Datumaro, CVAT ------------------------------------------------------------------------------------------------------


def datumaro(folder: Path) -> Path:
    sample(folder / "annotations", "datumaro", "train.json", "val.json", "test.json")
    # Datumaro writes the item "indoor/09bb" to the file "indoor_09bb.jpg".
    named = lambda index: f"{FOLDERS[PARTS[index]]}/{'indoor_' if index == 3 else ''}{NAMES[index]}.jpg"  # noqa: E731
    return pictures(folder / "images", named, has_split=True).parent


def datumaro_part(folder: Path) -> Path:
    datumaro(folder)
    return folder / "annotations" / "train.json"


def imagenet_txt(folder: Path) -> Path:
    sample(folder, "imagenet_txt", "train.txt", "val.txt", "test.txt", "synsets.txt")
    named = lambda index: f"{'indoor/' if index == 3 else ''}{NAMES[index]}.jpg"  # noqa: E731
    return pictures(folder / "images", named, has_split=True).parent


def coco_labels(folder: Path) -> Path:
    sample(folder / "annotations", "coco_labels", "labels_train.json", "labels_val.json", "labels_test.json")
    named = lambda index: f"{FOLDERS[PARTS[index]]}/{'indoor/' if index == 3 else ''}{NAMES[index]}.jpg"  # noqa: E731
    return pictures(folder / "images", named, has_split=True).parent


def imagenet_folders(folder: Path) -> Path:
    """Class folders, within which items keep their own, and ``no_label`` beside them."""
    for index, name in enumerate(NAMES):
        label = LABELS[index] if index < 11 else ""
        place = folder / FOLDERS[PARTS[index]] / (label or "no_label") / ("indoor" if index == 3 else "")
        picture(place / f"{name}.jpg", label, PARTS[index])
    return folder


def open_images(folder: Path) -> Path:
    for name in ("train", "val", "test"):
        sample(folder / "annotations", "open_images", f"{name}-annotations-human-imagelabels.csv")
    sample(folder / "annotations", "open_images", "class-descriptions.csv")
    named = lambda index: f"{FOLDERS[PARTS[index]]}/{'indoor/' if index == 3 else ''}{NAMES[index]}.jpg"  # noqa: E731
    return pictures(folder / "images", named, has_split=True).parent


def coco_boxes(folder: Path) -> Path:
    pictures(folder, _named(".jpg"))
    return written(
        folder / "instances.json",
        {
            "images": [{"id": 1, "file_name": "3fa1.jpg", "width": 16, "height": 16}],
            "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 5, 5], "area": 25, "iscrowd": 0}],
            "categories": [{"id": 1, "name": "circle", "supercategory": ""}],
        },
    )


def cvat_images(folder: Path) -> Path:
    sample(folder, "cvat", "annotations.xml")
    for index in range(6):
        path = f"images/{'indoor/' if index == 3 else ''}{NAMES[index]}.jpg"
        picture(folder / path, LABELS[index])
    return folder


def cvat_of_one_tag(folder: Path) -> Path:
    """What the images show is an attribute of the one tag that all have."""
    images = "".join(
        f'<image id="{index}" name="{name}.png" width="16" height="16"><tag label="shape">'
        f'<attribute name="kind">{label}</attribute></tag></image>'
        for index, (name, label) in enumerate(zip(NAMES, LABELS, strict=True))
    )
    text(folder / "annotations.xml", f"<annotations><version>1.1</version>{images}</annotations>")
    return pictures(folder / "images", _named(".png"), unlabelled=False).parent


# FiftyOne ------------------------------------------------------------------------------------------------------------


def fiftyone(name: str, unlabelled: bool = False) -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        sample(folder, "fiftyone", name)
        (folder / name).rename(folder / "labels.json")
        return pictures(folder / "data", _named(".png"), unlabelled).parent

    return build


def fiftyone_samples(folder: Path) -> Path:
    def entry(index: int) -> dict:
        label = {"_id": {"$oid": f"{index:024x}"}, "_cls": "Classification", "tags": [], "label": LABELS[index]}
        guess = label | {"label": "circle", "confidence": 0.5}
        return {
            "_id": {"$oid": f"{index:024x}"},
            "filepath": f"data/{NAMES[index]}.png",
            "tags": [PARTS[index], "checked"],
            "_media_type": "image",
            "_rand": 0.5,
            "ground_truth": label if index < 11 else None,
            "predictions": guess,
        }

    written(folder / "samples.json", {"samples": [entry(index) for index in range(12)]})
    written(folder / "metadata.json", {"name": "shapes", "media_type": "image", "default_classes": []})
    return pictures(folder / "data", _named(".png"), has_split=True).parent


# Clouds --------------------------------------------------------------------------------------------------------------


def ground_truth(folder: Path) -> Path:
    def entry(index: int) -> dict:
        metadata = {"class-name": LABELS[index], "job-name": "labeling-job/shapes", "confidence": 0.9}
        metadata |= {"type": "groundtruth/image-classification", "human-annotated": "yes"}
        labels = {"shapes": index % 2, "shapes-metadata": metadata | {"creation-date": "2026-11-01T10:00:00.000000"}}
        return {"source-ref": f"s3://bucket/in/{NAMES[index]}.png"} | (labels if index < 11 else {})

    lines(folder / "output.manifest", [entry(index) for index in range(12)])
    return pictures(folder / "photos", _named(".png")).parent


def augmented_manifest(folder: Path) -> Path:
    entries = [
        {"source-ref": f"s3://bucket/in/{name}.png", "class": label} for name, label in zip(NAMES, LABELS, strict=True)
    ]
    lines(folder / "train.manifest", entries)
    return pictures(folder, _named(".png"), unlabelled=False)


def rekognition(folder: Path) -> Path:
    def entry(index: int) -> dict:
        label = LABELS[index]
        metadata = {"confidence": 1, "job-name": f"labeling-job/{label}", "class-name": label, "human-annotated": "yes"}
        metadata |= {"creation-date": "2026-11-01T10:00:00.000Z", "type": "groundtruth/image-classification"}
        return {"source-ref": f"s3://bucket/in/{NAMES[index]}.png", label: 1, f"{label}-metadata": metadata}

    lines(folder / "manifest.json", [entry(index) for index in range(12)])
    return pictures(folder, _named(".png"), unlabelled=False)


def vertex(folder: Path) -> Path:
    def entry(index: int) -> dict:
        use = {"train": "training", "validation": "validation", "test": "test"}[PARTS[index]]
        label = {"classificationAnnotation": {"displayName": LABELS[index], "annotationResourceLabels": {}}}
        resource = {"dataItemResourceLabels": {"aiplatform.googleapis.com/ml_use": use}}
        return {"imageGcsUri": f"gs://bucket/in/{NAMES[index]}.png"} | (label if index < 11 else {}) | resource

    lines(folder / "data-00001-of-00001.jsonl", [entry(index) for index in range(12)])
    return pictures(folder, _named(".png"), has_split=True)


def azure(folder: Path) -> Path:
    address = "azureml://subscriptions/0/resourcegroups/g/workspaces/w/datastores/d/paths/photos/"
    entries = [
        {"image_url": f"{address}{name}.png", "image_details": {"format": "png"}, "label": label}
        for name, label in zip(NAMES, LABELS, strict=True)
    ]
    lines(folder / "train_annotations.jsonl", entries)
    return pictures(folder / "photos", _named(".png"), unlabelled=False).parent


def coop(folder: Path, name: Callable[[int], str]) -> Path:
    rows = {"train": [], "val": [], "test": []}
    for index, label in enumerate(LABELS):
        rows[FOLDERS[PARTS[index]]].append([name(index), index % 2, label])
    written(folder / "split_zhou_Shapes.json", rows)
    return pictures(folder / "images", name, unlabelled=False, has_split=True).parent


def classes_in_parts(folder: Path) -> Path:
    files = {part: {"circle": [], "square": []} for part in ("train", "val", "test")}
    for index, label in enumerate(LABELS):
        files[FOLDERS[PARTS[index]]][label].append(f"{NAMES[index]}.png")
    written(folder / "splits.json", files)
    return pictures(folder / "images", _named(".png"), unlabelled=False, has_split=True).parent


def darwin_1(folder: Path) -> Path:
    for name, label in zip(NAMES, LABELS, strict=True):
        content = {"image": {"filename": f"{name}.png"}, "annotations": [{"name": label, "tag": {}}]}
        written(folder / "annotations" / f"{name}.json", content)
    return pictures(folder / "images", _named(".png"), unlabelled=False).parent


# Others --------------------------------------------------------------------------------------------------------------


def stylegan(folder: Path) -> Path:
    paths = [f"{index // 6:05d}/img{index:08d}.png" for index in range(12)]
    written(folder / "dataset.json", {"labels": [[path, int(index % 2)] for index, path in enumerate(paths)]})
    return pictures(folder, lambda index: paths[index], unlabelled=False)


def create_ml(folder: Path) -> Path:
    entries = [
        {"image": f"{name}.png", "annotations": [{"label": label}]} for name, label in zip(NAMES, LABELS, strict=True)
    ]
    written(folder / "annotations.json", entries)
    return pictures(folder, _named(".png"), unlabelled=False)


def create_ml_boxes(folder: Path) -> Path:
    where = {"x": 8, "y": 8, "width": 4, "height": 4}
    entries = [{"image": f"{name}.png", "annotations": [{"label": "circle", "coordinates": where}]} for name in NAMES]
    pictures(folder, _named(".png"))
    return written(folder / "_annotations.createml.json", entries)


def vgg(folder: Path) -> Path:
    def entry(index: int) -> dict:
        attributes = {"shape": LABELS[index]} if index < 11 else {"shape": ""}
        name = f"{NAMES[index]}.png"
        return {"filename": name, "size": 100 + index, "regions": [], "file_attributes": attributes}

    written(folder / "via_project.json", {f"{NAMES[index]}.png{100 + index}": entry(index) for index in range(12)})
    return pictures(folder, _named(".png"))


def vgg_csv(folder: Path) -> Path:
    """A line for each region, or one for an image without; JSON within it stands in quotes, and its own are doubled."""
    head = "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes"
    shape = '"{""name"":""rect"",""x"":1,""y"":1,""width"":5,""height"":5}"'
    entries = []
    for index, name in enumerate(NAMES):
        attributes = f'"{{""shape"":""{LABELS[index]}""}}"' if index < 11 else '"{}"'
        regions = [f'2,{region},{shape},"{{}}"' for region in range(2)] if index == 0 else ['0,0,"{}","{}"']
        entries += [f"{name}.png,{100 + index},{attributes},{region}" for region in regions]
    text(folder / "via_export_csv.csv", "\n".join([head, *entries]) + "\n")
    return pictures(folder, _named(".png"))


def records(folder: Path) -> Path:
    written(
        folder / "labels.json",
        [{"id": index, "file": f"{NAMES[index]}.png", "label": LABELS[index]} for index in range(12)],
    )
    return pictures(folder / "images", _named(".png"), unlabelled=False).parent


def records_by_part(folder: Path) -> Path:
    content = {name: [] for name in FOLDERS.values()}
    for index, name in enumerate(NAMES):
        content[FOLDERS[PARTS[index]]].append({"file": f"{name}.png", "class": LABELS[index], "width": 16})
    written(folder / "dataset.json", content)
    return pictures(folder / "images", _named(".png"), unlabelled=False, has_split=True).parent


def by_file(folder: Path) -> Path:
    written(folder / "labels.json", {f"{name}.png": label for name, label in zip(NAMES, LABELS, strict=True)})
    return pictures(folder, _named(".png"), unlabelled=False)


def by_class(folder: Path) -> Path:
    files = {
        label: [f"images/{NAMES[index]}.png" for index in range(start, 12, 2)] for start, label in enumerate(LABELS[:2])
    }
    written(folder / "classes.json", files)
    return pictures(folder / "images", _named(".png"), unlabelled=False).parent


def notes(folder: Path) -> Path:
    """Files that say nothing of the images, beside class folders."""
    for index, label in enumerate(LABELS):
        picture(folder / label / f"{NAMES[index]}.png", label)
    text(folder / "README.txt", "Photographs of shapes, 2026.\nSee https://example.org for more.\n")
    return written(folder / "settings.json", {"title": "shapes", "size": [16, 16]}).parent


# Lists ---------------------------------------------------------------------------------------------------------------


def caffe(folder: Path) -> Path:
    """Lists of numbers without names, as Caffe's examples and Places have them."""
    for part, name in (("train", "train"), ("validation", "val")):
        chosen = [index for index in range(12) if PARTS[index] == part or (part == "validation" and index > 8)]
        text(folder / f"{name}.txt", "".join(f"{name}/{NAMES[index]}.jpg {index % 2}\n" for index in chosen))
        for index in chosen:
            picture(folder / name / f"{NAMES[index]}.jpg", LABELS[index], part)
    return folder


def names_with_blanks(folder: Path) -> Path:
    entries = [f"photos/{name}.png {label} one" for name, label in zip(NAMES, LABELS, strict=True)]
    text(folder / "list.txt", "\n".join(entries))
    return pictures(folder / "photos", _named(".png"), unlabelled=False).parent


def several_numbers(folder: Path) -> Path:
    """Numbers of breed, species and breed in species, as the Oxford pets' list.txt has them."""
    entries = [f"{name}.png {index % 2 + 1} 1 {index + 1}" for index, name in enumerate(NAMES)]
    pictures(folder, _named(".png"), unlabelled=False)
    return text(folder / "list.txt", "#Image CLASS-ID SPECIES BREED ID\n" + "\n".join(entries))


def without_labels(folder: Path) -> Path:
    pictures(folder, _named(".png"))
    return text(folder / "list.txt", "\n".join(f"{name}.png" for name in NAMES))


# Beside each image ---------------------------------------------------------------------------------------------------


def webdataset(ending: str, content: Callable[[int], str]) -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        for index, label in enumerate(LABELS):
            picture(folder / f"{index:06d}.png", label)
            text(folder / f"{index:06d}{ending}", content(index))
        return folder

    return build


def webdataset_shards(folder: Path) -> Path:
    for index, label in enumerate(LABELS):
        place = folder / FOLDERS[PARTS[index]]
        picture(place / f"{index:06d}.jpg", label, PARTS[index])
        text(place / f"{index:06d}.cls", str(index % 2))
    return text(folder / "classes.txt", "circle\nsquare\n").parent


def labelme_flags(folder: Path) -> Path:
    for index, label in enumerate(LABELS):
        picture(folder / f"{NAMES[index]}.jpg", label if index < 11 else "")
        flags = {"circle": label == "circle", "square": label == "square"} if index < 11 else {}
        content = {"version": "5.5.0", "flags": flags, "shapes": [], "imagePath": f"{NAMES[index]}.jpg"}
        written(folder / f"{NAMES[index]}.json", content | {"imageData": None, "imageHeight": 16, "imageWidth": 16})
    return folder


def labelme_shapes(folder: Path) -> Path:
    for name in NAMES:
        picture(folder / f"{name}.jpg", "circle")
        shape = {"label": "circle", "points": [[1, 1], [5, 5]], "shape_type": "rectangle", "flags": {}}
        written(
            folder / f"{name}.json", {"version": "5.5.0", "flags": {}, "shapes": [shape], "imagePath": f"{name}.jpg"}
        )
    return folder


def yolo(folder: Path) -> Path:
    for index, name in enumerate(NAMES):
        picture(folder / "images" / f"{name}.jpg", LABELS[index])
        text(folder / "labels" / f"{name}.txt", f"{index % 2} 0.5 0.5 0.25 0.25\n0 0.1 0.1 0.05 0.05\n")
    return text(folder / "data.yaml", "names: [circle, square]\n").parent


def pascal_voc(folder: Path) -> Path:
    for index, name in enumerate(NAMES):
        picture(folder / "JPEGImages" / f"{name}.jpg", LABELS[index])
        box = "<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>5</xmax><ymax>5</ymax></bndbox>"
        content = f"<annotation><filename>{name}.jpg</filename><object><name>circle</name>{box}</object></annotation>"
        text(folder / "Annotations" / f"{name}.xml", content)
    return folder


def darwin(folder: Path) -> Path:
    for index, name in enumerate(NAMES):
        picture(folder / "images" / f"{name}.png", LABELS[index])
        item = {"name": f"{name}.png", "path": "/"}
        tag = {"id": f"{index}", "name": LABELS[index], "properties": [], "tag": {}}
        written(folder / "annotations" / f"{name}.json", {"version": "2.0", "item": item, "annotations": [tag]})
    return folder


def supervisely(folder: Path) -> Path:
    for index, name in enumerate(NAMES):
        picture(folder / "img" / f"{name}.png", LABELS[index])
        content = {"description": "", "tags": [{"name": LABELS[index], "value": None}], "objects": []}
        written(folder / "ann" / f"{name}.png.json", content | {"size": {"height": 16, "width": 16}})
    return folder


CONVERTER = "label-studio-sdk 2.1.2, its converter"
DATUMARO = "datumaro 1.13.12"
FIFTYONE = "fiftyone 1.22.1"
DOCUMENTED = "the form in {}'s documentation"
LEAVE_OUT = Choices(several_labels="leave out")

CASES = [
    Case(
        "Label Studio JSON, originals beside it",
        DOCUMENTED.format("Label Studio 1.x"),
        label_studio("project.json"),
        ELEVEN,
        unlabelled=1,
        says="labels from the field “choice” of project.json",
        warns="predictions",
    ),
    Case(
        "Label Studio JSON, its uploads beside it",
        DOCUMENTED.format("Label Studio 1.x"),
        label_studio_uploads,
        ELEVEN,
        unlabelled=1,
        says="labels from the field “choice” of project.json",
    ),
    Case(
        "Label Studio JSON, local files",
        DOCUMENTED.format("Label Studio 1.x"),
        label_studio_local_files,
        ELEVEN,
        unlabelled=1,
        says="“choice” of export.json",
    ),
    Case(
        "Label Studio JSON-MIN",
        CONVERTER,
        label_studio("min.json"),
        ELEVEN,
        unlabelled=1,
        says="“choice” of min.json",
    ),
    Case(
        "Label Studio CSV", CONVERTER, label_studio("result.csv"), ELEVEN, unlabelled=1, says="“choice” of result.csv"
    ),
    Case(
        "Label Studio JSON, annotators who disagree",
        DOCUMENTED.format("Label Studio 1.x"),
        label_studio("several.json"),
        asks="several",
    ),
    Case(
        "Label Studio JSON, annotators who disagree, those left out",
        DOCUMENTED.format("Label Studio 1.x"),
        label_studio("several.json"),
        {"circle": 5, "square": 4},
        unlabelled=1,
        says="“choice” of several.json",
        left_out={"several": 2},
        warns="disagree on 1 images",
        choices=LEAVE_OUT,
    ),
    Case(
        "Class folders, and Label Studio JSON whose uploads fit several images",
        DOCUMENTED.format("Label Studio 1.x"),
        label_studio_of_one_name,
        {"circle": 4, "square": 4},
        says="names of the folders",
        warns="project.json beside the images was not used",
    ),
    Case(
        "Label Studio JSON of boxes",
        DOCUMENTED.format("Label Studio 1.x"),
        label_studio_boxes,
        refuses="rectanglelabels",
    ),
    Case(
        "Datumaro JSON, as CVAT exports it too",
        DATUMARO,
        datumaro,
        ELEVEN,
        unlabelled=1,
        has_split=True,
        says="train.json",
    ),
    Case("Datumaro ImageNet-txt", DATUMARO, imagenet_txt, ELEVEN, unlabelled=1, has_split=True, says="train.txt"),
    Case("COCO of whole images", DATUMARO, coco_labels, ELEVEN, unlabelled=1, has_split=True, says="labels_train.json"),
    Case(
        "ImageNet folders, as CVAT exports them too", DATUMARO, imagenet_folders, ELEVEN, unlabelled=1, has_split=True
    ),
    Case(
        "Open Images, labels of whole images",
        DATUMARO,
        open_images,
        ELEVEN,
        unlabelled=1,
        has_split=True,
        says="LabelName",
    ),
    Case("COCO of boxes", DOCUMENTED.format("COCO"), coco_boxes, refuses="boxes and outlines are no classes"),
    Case(
        "CVAT for images 1.1",
        DATUMARO,
        cvat_images,
        {"circle": 3, "square": 3},
        says="the field “tag” of annotations.xml",
    ),
    Case(
        "CVAT for images 1.1, one tag with attributes",
        DOCUMENTED.format("CVAT"),
        cvat_of_one_tag,
        refuses="annotations.xml gives 12 images the same label, “shape”",
    ),
    Case(
        "FiftyOneImageClassificationDataset",
        FIFTYONE,
        fiftyone("labels.json", unlabelled=True),
        ELEVEN,
        unlabelled=1,
        says="“label” of labels.json",
    ),
    Case(
        "FiftyOne labels with confidence",
        FIFTYONE,
        fiftyone("confidence.json"),
        TWELVE,
        says="labels.json",
        warns="model",
    ),
    Case("FiftyOne, several labels", FIFTYONE, fiftyone("several.json"), asks="several"),
    Case(
        "FiftyOneDataset",
        DOCUMENTED.format("FiftyOne"),
        fiftyone_samples,
        ELEVEN,
        unlabelled=1,
        has_split=True,
        says="“ground_truth” of samples.json",
        warns="predictions",
    ),
    Case(
        "SageMaker Ground Truth manifest",
        DOCUMENTED.format("AWS"),
        ground_truth,
        ELEVEN,
        unlabelled=1,
        says="“shapes” of output.manifest",
    ),
    Case("Augmented manifest", DOCUMENTED.format("AWS"), augmented_manifest, TWELVE, says="“class” of train.manifest"),
    Case("Rekognition manifest", DOCUMENTED.format("AWS"), rekognition, TWELVE, says="“class-name” of manifest.json"),
    Case(
        "Vertex AI JSON Lines",
        DOCUMENTED.format("Google"),
        vertex,
        ELEVEN,
        unlabelled=1,
        has_split=True,
        says="“displayName” of data-00001-of-00001.jsonl",
    ),
    Case("Azure Machine Learning JSON Lines", DOCUMENTED.format("Microsoft"), azure, TWELVE, says="“label” of"),
    Case("StyleGAN dataset.json", "as dataset_tool.py", stylegan, asks="dataset.json"),
    Case(
        "StyleGAN dataset.json, chosen",
        "as dataset_tool.py",
        stylegan,
        TWELVE,
        {"circle": "0", "square": "1"},
        says="“labels” of dataset.json",
        choices=Choices(labels_from="dataset.json"),
    ),
    Case("Create ML JSON", DOCUMENTED.format("Apple"), create_ml, TWELVE, says="“label” of annotations.json"),
    Case(
        "Create ML JSON of boxes", "Roboflow “CreateML JSON”", create_ml_boxes, refuses="Create ML for object detection"
    ),
    Case(
        "VGG Image Annotator 2 JSON", "the form in its source", vgg, ELEVEN, unlabelled=1, says="“shape” of via_project"
    ),
    Case("VGG Image Annotator 2 CSV", "the form in its source", vgg_csv, ELEVEN, unlabelled=1, says="“shape” of via_"),
    Case("A list of records in JSON", "a script", records, TWELVE, says="“label” of labels.json"),
    Case(
        "Lists of records for the parts of a split in JSON",
        "a script",
        records_by_part,
        TWELVE,
        has_split=True,
        says="“class” of dataset.json",
    ),
    Case("Files and their labels in JSON", "a script", by_file, TWELVE, says="labels.json"),
    Case("Classes and their files in JSON", "a script", by_class, TWELVE, says="classes.json"),
    Case(
        "Parts of a split with classes and their files in JSON",
        "a script",
        classes_in_parts,
        TWELVE,
        has_split=True,
        says="split from the field “split” of splits.json",
    ),
    *(
        Case(
            f"Splits of CoOp in JSON, images {where}",
            "the form of its split_zhou_Caltech101.json",
            partial(coop, name=name),
            TWELVE,
            has_split=True,
            says="split_zhou_Shapes.json",
        )
        for where, name in (
            ("in a folder", _named(".png")),
            ("in class folders", lambda index: f"{LABELS[index]}/{NAMES[index]}.png"),
        )
    ),
    Case("Class folders beside notes and settings", "by hand", notes, TWELVE, says="names of the folders"),
    Case(
        "Lists of images and numbers",
        "as Caffe's convert_imageset reads",
        caffe,
        TWELVE,
        {"circle": "0", "square": "1"},
        has_split=True,
        says="train.txt",
    ),
    Case(
        "A list of images and names",
        "a script",
        names_with_blanks,
        TWELVE,
        {"circle": "circle one", "square": "square one"},
        says="list.txt",
    ),
    Case("A list with several numbers", "as Oxford-IIIT Pet's", several_numbers, asks="number 1"),
    Case("A list without labels", "a script", without_labels, refuses="without labels"),
    Case(
        "WebDataset, unpacked, .cls",
        "webdataset 1.0.2, its TarWriter",
        webdataset(".cls", lambda index: str(index % 2)),
        TWELVE,
        {"circle": "0", "square": "1"},
        says=".cls files",
    ),
    Case(
        "WebDataset, unpacked, .json",
        "webdataset 1.0.2, its TarWriter",
        webdataset(".json", lambda index: json.dumps({"label": LABELS[index], "key": f"{index:06d}"})),
        TWELVE,
        says=".json files",
    ),
    Case(
        "WebDataset, unpacked, .txt",
        "webdataset 1.0.2, its TarWriter",
        webdataset(".txt", lambda index: LABELS[index]),
        TWELVE,
        says=".txt files",
    ),
    Case(
        "Images with captions in .txt",
        "as img2dataset",
        webdataset(".txt", lambda index: f"number {index} of the shapes that I drew"),
        refuses="images",
    ),
    Case(
        "WebDataset, unpacked in parts, with names",
        "webdataset 1.0.2, its TarWriter",
        webdataset_shards,
        TWELVE,
        has_split=True,
        says=".cls files",
        warns="“circle”",
    ),
    Case("labelme, flags", DOCUMENTED.format("labelme"), labelme_flags, ELEVEN, unlabelled=1, says=".json files"),
    Case("labelme, shapes", DOCUMENTED.format("labelme"), labelme_shapes, refuses="labelme"),
    Case("YOLO", DOCUMENTED.format("Ultralytics"), yolo, refuses="YOLO"),
    Case("Pascal VOC", DOCUMENTED.format("Pascal VOC"), pascal_voc, refuses="Pascal VOC"),
    Case("V7 Darwin, tags", DOCUMENTED.format("V7"), darwin, TWELVE, says=".json files"),
    Case("V7 Darwin 1, tags", DOCUMENTED.format("V7"), darwin_1, TWELVE, says=".json files"),
    Case("Supervisely, tags", DOCUMENTED.format("Supervisely"), supervisely, TWELVE, says=".json files"),
]
