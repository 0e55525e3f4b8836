"""Which of our two languages the caller reads."""

from typing import Literal

from flask import request

Locale = Literal["zh-CN", "en"]


def wanted_locale() -> Locale:
    """By `?lang=` where a link must carry it, else by `Accept-Language`; English when neither says."""
    asked = request.args.get("lang")
    if asked is not None:
        return "zh-CN" if asked.lower().startswith("zh") else "en"
    for tag, quality in request.accept_languages:
        primary = tag.lower().split("-")[0]
        if quality > 0 and primary == "zh":
            return "zh-CN"
        if quality > 0 and primary == "en":
            return "en"
    return "en"
