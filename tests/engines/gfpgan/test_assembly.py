"""The engine as the worker has it, over a folder with narrow networks."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from backend.domain.errors import WeightsMissing
from backend.engines.api import GfpganSetup, Precision, RestoreOptions, SourcePhoto, no_checkpoint
from backend.engines.builtin.restoration.engine import BuiltinRestorer
from backend.engines.gfpgan.assembly import assemble
from backend.engines.gfpgan.engine import GfpganRestorer
from backend.media.types import RgbImage
from tests.builders import a_portrait
from tests.narrow_weights import V14, install, narrow_files, narrow_folder

QUICK = RestoreOptions(upscale="1", scratches="off", mode="fast")


def engine_over(directory: Path, *names: str, precision: Precision = "fp32") -> GfpganRestorer:
    """The engine, with these files installed."""
    files = narrow_files()
    folder = narrow_folder(directory, "http://127.0.0.1:9", files)
    install(directory, {name: files[name] for name in names})
    return assemble(folder, GfpganSetup(device="cpu", precision=precision), BuiltinRestorer())[0]


def restored(engine: GfpganRestorer, photo: RgbImage) -> RgbImage:
    return engine.restore(SourcePhoto(pixels=photo), QUICK, no_checkpoint).image


def test_photos_in_several_threads_come_out_as_each_alone(tmp_path: Path) -> None:
    photos = [a_portrait(), a_portrait()[:, ::-1], np.ascontiguousarray(a_portrait()[..., ::-1])]
    alone = [restored(engine_over(tmp_path / "alone", V14), photo) for photo in photos]

    fresh = engine_over(tmp_path / "together", V14)  # remembers no face
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda photo: restored(fresh, photo), photos * 2))

    assert all(np.array_equal(made, wanted) for made, wanted in zip(together, alone * 2, strict=True))


def test_a_file_that_arrives_is_used_by_the_engine_that_runs(tmp_path: Path) -> None:
    engine = engine_over(tmp_path)
    with pytest.raises(WeightsMissing):
        restored(engine, a_portrait())

    install(tmp_path, narrow_files(), V14)

    made = engine.restore(SourcePhoto(pixels=a_portrait()), QUICK, no_checkpoint)
    assert (made.model, [face.used for face in made.faces]) == ("v1.4", [True])


def test_coarse_numbers_change_a_face_by_little(tmp_path: Path) -> None:
    exact, coarse = (
        restored(engine_over(tmp_path / precision, V14, precision=precision), a_portrait()).astype(np.int16)
        for precision in ("fp32", "bf16")
    )

    # bfloat16 has 8 bits of mantissa: a level or two at full brightness, where it is kept at all.
    assert np.abs(exact - coarse).mean() < 1.0
