"""By the endings of their names: which files are tried as images, and which are pictures or films that aren't read."""

FORMATS: dict[str, tuple[str, ...]] = {
    "JPEG": (".jpg", ".jpeg", ".jfif", ".jpe", ".mpo", ".pjpeg", ".pjp"),
    "PNG": (".png", ".apng"),
    "WEBP": (".webp",),
    "BMP": (".bmp", ".dib"),
    "GIF": (".gif",),
    "TIFF": (".tif", ".tiff"),
    "AVIF": (".avif", ".avifs"),
    "JPEG2000": (".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx"),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm"),
    "TGA": (".tga",),
    "HEIF": (".heic", ".heif", ".hif"),
}
"""By the name of each format that is read, the endings that its files have. HEIF needs the package pillow-heif.

Multi-picture files (MPO) count as JPEG."""

NAMES = ("JPEG", "PNG", "WebP", "BMP", "GIF", "TIFF", "AVIF", "JPEG 2000", "PPM", "TGA", "HEIC")
"""The same, as people call them."""

SUFFIXES = frozenset(suffix for suffixes in FORMATS.values() for suffix in suffixes)
"""Endings, in lower case, of files that are worth trying. What a file really is, is decided by its content."""

_SAVE = "save it as PNG or JPEG"
_RAW = "is a camera’s raw file, which isn’t read: develop it and save it as JPEG, PNG or TIFF"
_SLIDE = "is a microscope’s file, which isn’t read: export its pictures as TIFF or PNG"
_FILM = "is a film: take single pictures from it"
_DRAWING = f"is a drawing, which has no pixels: {_SAVE}"
_MEDICAL = "is a medical picture or volume, which isn’t read: save what shall be seen of it as PNG"
_ICON = f"is a file of icons, which isn’t read: {_SAVE}"
_DEPTHS = "is a picture of high dynamic range, which isn’t read: save it as PNG or TIFF"


def _other(name: str) -> str:
    return f"is a {name}, which isn’t read: {_SAVE}"


_UNREAD = {
    _other("JPEG XL"): ".jxl",
    _other("JPEG XR"): ".jxr .wdp .hdp",
    _other("Photoshop document"): ".psd .psb",
    _other("GIMP document"): ".xcf",
    _other("Krita document"): ".kra",
    _other("PCX picture"): ".pcx .dcx",
    _other("DirectDraw texture"): ".dds",
    _other("Silicon Graphics picture"): ".sgi .rgb .rgba .bw",
    _other("Sun raster"): ".ras",
    _other("QOI picture"): ".qoi",
    _other("PAM picture"): ".pam",
    _other("BPG picture"): ".bpg",
    _other("FLIF picture"): ".flif",
    _other("MNG picture"): ".mng .jng",
    _other("X pixmap"): ".xpm .xbm",
    _other("FITS picture"): ".fits .fit .fts",
    _other("DjVu document"): ".djvu .djv",
    _other("PDF document"): ".pdf",
    _DEPTHS: ".exr .hdr .rgbe .pfm",
    _DRAWING: ".svg .svgz .eps .ps .ai .wmf .emf .cdr",
    _ICON: ".ico .icns .cur",
    _MEDICAL: ".dcm .dicom .ima .nii .nrrd .mha .mhd",
    _RAW: ".3fr .arw .cr2 .cr3 .crw .dcr .dng .erf .fff .iiq .kdc .mef .mos .mrw .nef .nrw .orf .pef .raf .raw .rw2 "
    ".rwl .sr2 .srf .srw .x3f",
    _SLIDE: ".czi .dm3 .dm4 .ims .lif .lsm .mrxs .ndpi .nd2 .oib .oif .qptiff .scn .svs .vsi",
    _FILM: ".3gp .avi .flv .m2ts .m4v .mkv .mov .mp4 .mpeg .mpg .mts .ogv .webm .wmv",
}

UNREAD: dict[str, str] = {suffix: reason for reason, suffixes in _UNREAD.items() for suffix in suffixes.split()}
"""By the ending, in lower case, of pictures and films that aren't read: why not, and what to do instead."""
