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
