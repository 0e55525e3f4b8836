"""A weights folder whose manifest names the narrow model files, and where on this machine to fetch them.

The names, roles and models are those of `weights/manifest.toml`; the detectors are listed and cannot be had,
as on a machine that has not fetched them.
"""

from pathlib import Path

from backend.checkpoints.folder import WeightsFolder
from tests.narrow_motion import motion_file
from tests.narrow_networks import background_file, gfpgan_file, official_background_file
from tests.weights_folders import a_folder, an_entry

V14, V13 = "GFPGANv1.4.pth", "GFPGANv1.3.pth"
SMALL_BACKGROUND, OFFICIAL_BACKGROUND = "realesr-general-x4v3.pth", "RealESRGAN_x2plus.pth"

SMALL_DETECTOR = "mobilenet0.25_Final.pth"
MOTION = "vox-cpk.pth.tar"


def narrow_files(*, animating: bool = False) -> dict[str, bytes]:
    """Every model file that restores, by its name, and the one that animates; the same bytes at each call."""
    motion = {MOTION: motion_file()} if animating else {}
    return motion | {
        V14: gfpgan_file(seed=4),
        V13: gfpgan_file(seed=3),
        SMALL_BACKGROUND: background_file(),
        OFFICIAL_BACKGROUND: official_background_file(),
    }


def narrow_folder(directory: Path, address: str, files: dict[str, bytes]) -> WeightsFolder:
    """The manifest is written, and nothing is installed. address: of a server of `files`."""

    def entry(name: str, file: str, **more: object) -> str:
        content = files.get(file)
        return an_entry(name, file, (f"{address}/{file}",), content=content, **more)  # type: ignore[arg-type]

    return a_folder(
        directory,
        entry("v1.4", V14, default=True),
        entry("v1.3", V13),
        entry("retinaface-r50", "detection_Resnet50_Final.pth", role="detector"),
        entry("retinaface-mobile0.25", SMALL_DETECTOR, role="detector"),
        entry("realesrgan-x2plus", OFFICIAL_BACKGROUND, role="background"),
        entry("realesr-general-x4v3", SMALL_BACKGROUND, role="background", default=True),
        entry("vox-cpk", MOTION, engine="first_order", role="motion", commercial_use=False),
    )


def install(directory: Path, files: dict[str, bytes], *names: str) -> None:
    """Put files where a download would have put them; all, unless some are named."""
    for name in names or files:
        (directory / name).write_bytes(files[name])
