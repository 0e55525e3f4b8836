"""Names of the manifest that code asks for. Where any file of a role will do, it asks for the role."""

from typing import Final

GFPGAN: Final = "gfpgan"  # the engine
FACE_ROLE: Final = "face"
BACKGROUND_ROLE: Final = "background"
OFFICIAL_DETECTOR: Final = "retinaface-r50"
PARSER: Final = "parsenet"
BACKGROUND: Final = "realesrgan-x2plus"  # the official one
QUICK_BACKGROUND: Final = "realesr-general-x4v3"  # 3.7 times less work a pixel of the photo
BACKGROUNDS: Final = (BACKGROUND, QUICK_BACKGROUND, "realesrgan-x4plus")  # any will do, from the best

FIRST_ORDER: Final = "first_order"  # the engine
MOTION_ROLE: Final = "motion"
LARGE_MOTION: Final = (
    "vox-cpk-512-paddle"  # takes pictures of 512 px, all others 256; no tensor's shape says so
)
