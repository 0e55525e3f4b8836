"""What made a figure or a picture: the product, its engines and the libraries that decide about pixels."""

import platform
from importlib.metadata import version

from backend.engines.animation_api import Animator
from backend.engines.api import Restorer
from backend.version import VERSION

LIBRARIES = {"OpenCV": "opencv-python-headless", "numpy": "numpy", "Pillow": "Pillow"}


def versions(*engines: Restorer | Animator) -> str:
    """One line for a page's head; an engine that comes twice with one version is named once."""
    named = dict.fromkeys(f"engine `{engine.name}` {engine.version}" for engine in engines)
    libraries = [f"{name} {version(package)}" for name, package in LIBRARIES.items()]
    return ", ".join([f"Jiuying {VERSION}", *named, f"Python {platform.python_version()}", *libraries])
