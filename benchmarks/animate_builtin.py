"""Time the built-in animator: 75 frames of one face in a photo of about one megapixel, H.264 included.

Run from the repository root: `python -m benchmarks.animate_builtin [PHOTO ...]`. Without a photo it takes the
public-domain portrait of scikit-image, enlarged to 1024 x 1024.
"""

import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from PIL import Image, ImageOps

from backend.engines.api import AnimateOptions, no_checkpoint
from backend.engines.builtin.animation.engine import BuiltinAnimator
from backend.engines.builtin.animation.presets import RECIPES
from backend.media.types import RgbImage


def main() -> None:
    """Print one line a photo and preset."""
    animator = BuiltinAnimator()
    for name, photo in _photos(sys.argv[1:]):
        for recipe in RECIPES:
            started = time.perf_counter()
            animation = animator.animate(photo, recipe.curve(), AnimateOptions(), no_checkpoint)
            prepared = time.perf_counter()
            frames = [frame.tobytes() for frame in animation.frames]
            drawn = time.perf_counter()
            size_bytes = _encoded(frames, animation.width_px, animation.height_px)
            ended = time.perf_counter()
            print(
                f"{name} {animation.width_px}x{animation.height_px} {recipe.slug}: "
                f"faces {prepared - started:.2f} s, "
                f"{1000 * (drawn - prepared) / len(frames):.1f} ms a frame, "
                f"encoding {ended - drawn:.2f} s, all {ended - started:.2f} s, {size_bytes / 1000:.0f} kB"
            )


def _photos(names: list[str]) -> list[tuple[str, RgbImage]]:
    if names:
        return [(Path(name).name, _read(Path(name))) for name in names]
    package = find_spec("skimage")
    if package is None or not package.submodule_search_locations:
        sys.exit("scikit-image is not installed: name a photo")
    portrait = Image.fromarray(_read(Path(package.submodule_search_locations[0]) / "data" / "astronaut.png"))
    crop = portrait.crop((96, 0, 352, 256)).resize((1024, 1024), Image.Resampling.LANCZOS)
    return [("portrait", np.asarray(crop))]


def _read(path: Path) -> RgbImage:
    with Image.open(path) as photo:
        return np.asarray(ImageOps.exif_transpose(photo).convert("RGB"))


def _encoded(frames: list[bytes], width_px: int, height_px: int) -> int:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += [
        "-s",
        f"{width_px}x{height_px}",
        "-r",
        "25",
        "-i",
        "-",
        "-c:v",
        "libx264",
        "-pix_fmt",
        "yuv420p",
    ]
    command += ["-preset", "veryfast", "-f", "mpegts", "-"]
    done = subprocess.run(command, input=b"".join(frames), stdout=subprocess.PIPE, check=True)
    return len(done.stdout)


if __name__ == "__main__":
    main()
