"""From five points to an upright face of 512 pixels, the way the official networks were trained on faces.

Apart from pasting because whoever only looks at faces (fitting, parsing, quality) needs this half alone.
"""

from typing import Final, Literal, TypeAlias, TypeVar, cast

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.api import FivePoints

Affine: TypeAlias = npt.NDArray[np.float64]
"""float64 (2, 3): x, y, 1 -> x, y; in both pictures a whole number is the middle of a pixel."""

Pixels = TypeVar("Pixels", bound=np.uint8 | np.uint16 | np.float32 | np.float64)

FACE_PX: Final = 512

# Where facexlib 0.3.0 puts the five points (eye, eye, nose tip, mouth corner, mouth corner) in 512 x 512.
TEMPLATE: Final[FivePoints] = (
    (192.98138, 239.94708),
    (318.90277, 240.1936),
    (256.63416, 314.01935),
    (201.26117, 371.41043),
    (313.08905, 371.15118),
)

GREY_BORDER: Final = (132, 133, 135)  # R, G, B; what the official crop shows outside the photo
_MOST_OF_OPENCV_PX: Final = 32766  # per side, for a warp
_BORDERS: Final = {"gray": cv2.BORDER_CONSTANT, "reflect": cv2.BORDER_REFLECT_101}


def similarity(landmarks: FivePoints) -> Affine | None:
    """Turns, scales and moves the five points onto the template, as the official code does.

    landmarks: pixels of the photo; taken as float32, because the detector gives them so
    returns:   float64 (2, 3), photo -> crop; None where the points fix no similarity (all in one place,
               or not numbers)

    Least median of squares with OpenCV's own fixed random numbers: on points that fit the template badly it
    is not the least-squares fit, and only OpenCV 4 gives the official matrix.
    """
    points = np.array(landmarks, dtype=np.float32)
    if not np.isfinite(points).all():
        return None
    found, _ = cv2.estimateAffinePartial2D(points, np.array(TEMPLATE), method=cv2.LMEDS)
    matrix = cast(Affine | None, found)  # OpenCV's types say that there always is one
    if matrix is None or not np.isfinite(matrix).all() or scale_of(matrix) == 0.0:
        return None
    return matrix


def scale_of(matrix: Affine) -> float:
    """Crop pixels per photo pixel of a similarity: below 1 the face is larger than the crop."""
    return float(np.hypot(matrix[0, 0], matrix[1, 0]))


def moved(landmarks: FivePoints, matrix: Affine) -> FivePoints:
    """The five points after a matrix: where they lie in the crop, which is near the template, not on it."""
    there = np.asarray(landmarks, dtype=np.float64) @ matrix[:, :2].T + matrix[:, 2]
    a, b, c, d, e = ((float(x), float(y)) for x, y in there)
    return a, b, c, d, e


def crop_face(
    photo: npt.NDArray[Pixels],
    matrix: Affine,
    border: Literal["gray", "reflect"] = "gray",
    *,
    antialias: bool = False,
) -> npt.NDArray[Pixels]:
    """The face upright in the middle of a square.

    photo:     (H, W, 3) RGB in [0, 255], uint8, uint16, float32 or float64
    matrix:    photo -> crop
    border:    what is seen where the photo ends: the official grey, or the photo mirrored
    antialias: True averages where a face is larger than the crop; the official crop takes single pixels
    returns:   (512, 512, 3) of the photo's dtype; a new array
    """
    is_reduced = antialias and scale_of(matrix) < 1.0
    interpolation = cv2.INTER_LINEAR
    if is_reduced or max(photo.shape) > _MOST_OF_OPENCV_PX:
        photo, matrix = _cut_out(photo, matrix)
    if is_reduced:
        photo, matrix = _reduced(photo, matrix)
        interpolation = cv2.INTER_CUBIC  # at nearly 1:1, where a straight line between pixels blurs
    crop = cv2.warpAffine(
        photo,
        matrix,
        (FACE_PX, FACE_PX),
        flags=interpolation,
        borderMode=_BORDERS[border],
        borderValue=GREY_BORDER,
    )
    return np.asarray(np.clip(crop, 0, 255), dtype=photo.dtype)


def _cut_out(photo: npt.NDArray[Pixels], matrix: Affine) -> tuple[npt.NDArray[Pixels], Affine]:
    """The part of the photo that a crop and its mirrored border need, and the matrix from there.

    Not done without need: the crop moves by up to 1/32 of a pixel, as OpenCV rounds other coordinates.
    """
    sides = np.array([photo.shape[1], photo.shape[0]])
    inverse = np.asarray(cv2.invertAffineTransform(matrix), dtype=np.float64)
    corners = (
        np.array([(x, y) for x in (0, FACE_PX) for y in (0, FACE_PX)]) @ inverse[:, :2].T + inverse[:, 2]
    )
    slack = 2 + 2 / scale_of(matrix)
    low, high = corners.min(axis=0) - slack, corners.max(axis=0) + slack
    low, high = np.minimum(low, 2 * sides - high), np.maximum(high, -low)
    left, top = np.floor(low).clip(0, sides - 1).astype(int)
    right, bottom = np.ceil(high).clip((left + 1, top + 1), sides).astype(int)
    moved_back = matrix.copy()
    moved_back[:, 2] += matrix[:, :2] @ (left, top)
    return photo[top:bottom, left:right], moved_back


def _reduced(photo: npt.NDArray[Pixels], matrix: Affine) -> tuple[npt.NDArray[Pixels], Affine]:
    """The photo averaged down to the crop's scale, and the matrix from there."""
    height, width = photo.shape[:2]
    scale = scale_of(matrix)
    small = max(1, round(width * scale)), max(1, round(height * scale))
    back = np.diag([width / small[0], height / small[1], 1.0])
    back[:2, 2] = (back[0, 0] - 1) / 2, (back[1, 1] - 1) / 2
    reduced = cv2.resize(photo, small, interpolation=cv2.INTER_AREA)
    return np.asarray(reduced, dtype=photo.dtype), matrix @ back
