"""`demo`: makes an old photo out of a new one, restores it and lets the person smile.

Source: the portrait of an astronaut by NASA that scikit-image ships, in the public domain. It is not ours to
copy into the repository of a person's photos, and need not be: the development tools bring it.
"""

import importlib.util
from pathlib import Path

import click
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from backend.cli.animate import animate
from backend.cli.outputs import write_whole
from backend.cli.restore import restore
from backend.domain.errors import SettingsError
from backend.media.images import encode_photo
from backend.media.types import RgbImage

SEED = 1949
SCRATCHES = 7
SEPIA = np.array([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]], np.float32)


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo"),
    show_default=True,
    metavar="DIR",
    help="Folder for the sample and the results.",
)
@click.option("--preset", default="smile_blink", show_default=True, metavar="SLUG")
@click.pass_context
def demo(ctx: click.Context, output: Path, preset: str) -> None:
    """Restore and animate a sample photo, and say where the files are."""
    sample = output / "old_photo.jpg"
    write_whole(sample, encode_photo(aged(nasa_portrait()), "jpeg"))
    click.echo(f"an old photo:  {sample}")
    ctx.invoke(restore, inputs=(sample,), output=output)
    restored = output / "restored_imgs" / sample.name
    film = output / "old_photo.mp4"
    ctx.invoke(animate, photo=restored, output=film, preset=preset)
    click.echo(f"restored:      {restored}")
    click.echo(f"side by side:  {output / 'cmp' / sample.name}")
    click.echo(f"animated:      {film}")


def nasa_portrait() -> RgbImage:
    """uint8 (400, 320, 3) RGB: head and shoulders. Raises SettingsError without scikit-image."""
    package = importlib.util.find_spec("skimage")
    if package is None or package.origin is None:
        raise SettingsError("the sample comes with scikit-image: run `make demo`, or pip install --group dev")
    with Image.open(Path(package.origin).parent / "data" / "astronaut.png") as portrait:
        return np.asarray(portrait.convert("RGB").crop((64, 0, 384, 400)))


def aged(photo: RgbImage) -> RgbImage:
    """The photo as sixty years in a drawer would leave it: soft, brown, faded, grainy, scratched.

    photo:   uint8 (H, W, 3) RGB
    returns: a new array of the same shape; the same for the same photo
    """
    random = np.random.default_rng(SEED)
    soft = Image.fromarray(photo).filter(ImageFilter.GaussianBlur(1.1))
    brown = np.asarray(soft, np.float32) @ SEPIA.T
    faded = 46 + brown.clip(0, 255) * 0.66
    grainy = faded + random.normal(0, 6, (*photo.shape[:2], 1))
    return _scratched(np.clip(np.rint(grainy), 0, 255).astype(np.uint8), random)


def _scratched(photo: RgbImage, random: np.random.Generator) -> RgbImage:
    """Long, thin, bright lines, nearly upright, as a projector or a drawer makes them."""
    height_px, width_px = photo.shape[:2]
    larger = 4  # drawn large and made small, the lines get soft edges
    layer = Image.new("L", (width_px * larger, height_px * larger))
    draw = ImageDraw.Draw(layer)
    for _ in range(SCRATCHES):
        x, y = random.uniform(0.02, 0.98) * width_px, random.uniform(-0.1, 0.4) * height_px
        points = [(x, y)]
        for _ in range(6):
            x, y = x + random.normal(0, 2.0), y + random.uniform(0.08, 0.16) * height_px
            points.append((x, y))
        outline = [(px * larger, py * larger) for px, py in points]
        draw.line(outline, fill=int(random.uniform(170, 255)), width=int(random.uniform(4, 8)))
    shown = np.asarray(layer.resize((width_px, height_px), Image.Resampling.BOX), np.float32)[..., None] / 255
    mixed = photo * (1 - shown) + 236.0 * shown
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
