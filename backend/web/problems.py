"""Every problem in words, Chinese and English: what is wrong, and what to do about it.

`code` is the key and never changes. `{values}` come from the error and from the limits in force.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from backend.web.locale import Locale


@dataclass(frozen=True, slots=True)
class Words:
    """A problem in one language."""

    title: str
    detail: str


Text = Mapping[Locale, Words]


def _text(zh_title: str, zh_detail: str, en_title: str, en_detail: str) -> Text:
    return {"zh-CN": Words(zh_title, zh_detail), "en": Words(en_title, en_detail)}


TEXTS: Final[Mapping[str, Text]] = {
    "internal_error": _text(
        "服务器出错了",
        "不是你的问题。请稍后重试；如果一直这样，请把请求编号告诉管理员。",
        "Something went wrong here",
        "This is not your fault. Try again later; if it stays, give the operator the request id.",
    ),
    "invalid_input": _text(
        "请求有误",
        "服务器无法处理这个请求，请检查后重试。",
        "The request is not valid",
        "The server cannot work with this request. Check it and try again.",
    ),
    "malformed_request": _text(
        "请求无法解析",
        "请检查请求格式。照片用 multipart 的 file、JSON 的 image（data: 地址）或 source 之一提供。",
        "The request cannot be read",
        "Check its syntax. A photo comes as multipart `file`, JSON `image` (a data: address) or `source`.",
    ),
    "invalid_option": _text(
        "选项无效",
        "选项 {option} 不存在、超出范围，或所选引擎不支持。",
        "An option is not valid",
        "The option {option} is unknown, out of range, or not taken by this engine.",
    ),
    "unsupported_media": _text(
        "不支持的文件类型",
        "请上传 JPEG、PNG、WebP、HEIC、AVIF、BMP、TIFF、GIF 照片，或 MP4、MOV、WebM 视频。",
        "This kind of file is not taken",
        "Send a JPEG, PNG, WebP, HEIC, AVIF, BMP, TIFF or GIF photo, or an MP4, MOV or WebM clip.",
    ),
    "unreadable_image": _text(
        "照片无法读取",
        "文件已损坏或不完整。请换一份完整的照片。",
        "The photo cannot be read",
        "The file is damaged or incomplete. Use a complete copy of the photo.",
    ),
    "image_too_large": _text(
        "照片太大",
        "最大 {max_photo_mb} MB、{max_megapixels} 百万像素，边长不超过 {max_side_px} 像素。请缩小后再试。",
        "The photo is too large",
        "At most {max_photo_mb} MB, {max_megapixels} megapixels, {max_side_px} px a side. Make it smaller.",
    ),
    "image_too_small": _text(
        "照片太小",
        "每条边至少需要 {min_side_px} 像素。",
        "The photo is too small",
        "Each side needs at least {min_side_px} pixels.",
    ),
    "unreadable_video": _text(
        "视频无法读取",
        "文件已损坏、不完整，或没有画面。请换一段视频。",
        "The clip cannot be read",
        "The file is damaged, incomplete, or has no picture. Use another clip.",
    ),
    "video_too_long": _text(
        "视频超出限制",
        "视频最长 {max_clip_s} 秒、最大 {max_clip_mb} MB。请剪短后再试。",
        "The clip is over the limits",
        "At most {max_clip_s} seconds and {max_clip_mb} MB. Cut it, then retry.",
    ),
    "no_face_found": _text(
        "没有找到人脸",
        "照片里没有可以动起来的人脸，或视频里没有可以跟随的人脸。请换脸部清晰、正面的照片或视频。",
        "No face was found",
        "Nobody to animate, or to follow in the clip. Use one with a clear face that looks at the camera.",
    ),
    "no_motion_found": _text(
        "视频里没有动作",
        "视频太短，或里面的人几乎没有动。请换一段有表情或动作的视频。",
        "Nothing moves in the clip",
        "It is too short, or the person in it holds still. Use a clip in which a face moves.",
    ),
    "not_signed_in": _text(
        "尚未登录",
        "请登录或以访客身份继续。",
        "Not signed in",
        "Sign in or continue as a guest.",
    ),
    "forbidden": _text(
        "请求被拒绝",
        "请求缺少 Origin 或 X-CSRF-Token，或者它们不正确。请刷新页面后重试。",
        "The request was refused",
        "Its Origin or X-CSRF-Token is missing or not ours. Reload the page and try again.",
    ),
    "insecure_transport": _text(
        "需要安全连接",
        "照片不会通过未加密的网络传输。请使用 HTTPS，或在本机打开；管理员可设置 JIUYING_ALLOW_HTTP_LAN=1。",
        "A secure connection is needed",
        "Photos do not cross a network unencrypted. Use HTTPS, or this machine itself; "
        "the operator can set JIUYING_ALLOW_HTTP_LAN=1.",
    ),
    "download_not_allowed": _text(
        "这里不能下载模型文件",
        "下载模型文件只对服务器本机的浏览器开放；管理员可设置 JIUYING_WEIGHTS_FROM_PAGE，或在命令行运行 "
        "python -m backend weights download。",
        "Model files cannot be downloaded from here",
        "That is for browsers on the server itself; the operator can set JIUYING_WEIGHTS_FROM_PAGE, or run "
        "`python -m backend weights download`.",
    ),
    "not_found": _text(
        "没有找到",
        "它不存在，或不属于你。",
        "Not found",
        "It does not exist, or it is not yours.",
    ),
    "conflict": _text(
        "现在不能这样做",
        "任务当前的状态不允许这个操作。请刷新后再看。",
        "Not possible now",
        "The state it is in does not allow this. Reload and look again.",
    ),
    "too_many_expressions": _text(
        "保存的表情太多了",
        "最多可以保存 {limit} 个表情。请先删除不用的。",
        "Too many saved expressions",
        "At most {limit} can be kept. Remove one that is no longer needed.",
    ),
    "gone": _text(
        "地址已停用",
        "请改用 {replacement}。",
        "This address is gone",
        "Use {replacement} instead.",
    ),
    "weights_missing": _text(
        "模型文件还没有安装",
        "这个引擎需要的模型文件 {file} 不在这台机器上。请管理员下载或导入，或者改用内置引擎。",
        "A model file is missing",
        "This engine needs the model file {file}, which is not here. Ask the operator to download or import "
        "it, or use the built-in engine.",
    ),
    "weights_refused": _text(
        "模型文件不能用",
        "模型文件 {file} 没有通过检查，为安全起见没有使用。请管理员重新下载它。",
        "A model file cannot be used",
        "The model file {file} failed its check and was not used. Ask the operator to download it again.",
    ),
    "download_failed": _text(
        "模型文件没有下载成功",
        "没能取到模型文件 {file}。请检查网络后再试，已经下载的部分会保留。",
        "The model file could not be downloaded",
        "The model file {file} could not be fetched. Check the connection and try again; what has arrived "
        "is kept.",
    ),
    "out_of_memory": _text(
        "内存不够",
        "这台机器的内存不足以处理这张照片。请选较小的放大倍数，或先把照片缩小。",
        "Not enough memory",
        "This machine has too little memory for this photo. Choose a smaller enlargement, or make the photo "
        "smaller first.",
    ),
    "engine_unavailable": _text(
        "引擎未安装",
        "指定的引擎没有安装。请选择 auto，或由管理员安装。",
        "The engine is not installed",
        "The engine that was asked for is not here. Choose auto, or ask the operator to install it.",
    ),
    "queue_full": _text(
        "排队已满",
        "等待的任务太多了，请稍后再试。",
        "The queue is full",
        "Too much is waiting. Try again later.",
    ),
    "too_many_requests": _text(
        "请求太频繁",
        "请稍等片刻再试。",
        "Too many requests",
        "Wait a moment, then try again.",
    ),
    "storage_full": _text(
        "存储空间已满",
        "服务器没有空间保存照片了，请联系管理员。",
        "The storage is full",
        "There is no room left to keep photos. Tell the operator.",
    ),
    "storage_corrupt": _text(
        "文件已损坏",
        "保存的文件没有通过校验，请联系管理员。",
        "A stored file is damaged",
        "The stored file fails its checks. Tell the operator.",
    ),
    "settings_error": _text(
        "服务器设置有误",
        "请联系管理员检查设置。",
        "A setting is wrong",
        "Ask the operator to check the settings.",
    ),
    "job_cancelled": _text(
        "任务已取消",
        "任务在完成之前被取消了。可以重试。",
        "The job was cancelled",
        "It was stopped before it was done. It can be retried.",
    ),
    "job_timed_out": _text(
        "任务超时",
        "处理这张照片用了太长时间。请重试，或缩小照片。",
        "The job took too long",
        "This photo took longer than it may. Try again, or make it smaller.",
    ),
    "worker_died": _text(
        "处理进程意外结束",
        "处理这张照片的进程多次意外结束。请换一张照片，或联系管理员。",
        "The worker ended unexpectedly",
        "The process that worked on this photo ended too often. Use another photo, or tell the operator.",
    ),
    "method_not_allowed": _text(
        "方法不允许",
        "这个地址不接受这种请求方法。",
        "Method not allowed",
        "This address does not take that method.",
    ),
    "not_acceptable": _text(
        "无法按要求的格式回答",
        "Accept 与 format 不一致，或不是我们提供的格式。",
        "Cannot answer in that format",
        "`Accept` contradicts `format`, or names nothing that is made here.",
    ),
    "request_too_large": _text(
        "请求太大",
        "请求超出了这个地址允许的大小。",
        "The request is too large",
        "The request is larger than this address takes.",
    ),
    "unsupported_content_type": _text(
        "不支持的请求类型",
        "请使用 multipart/form-data 或 application/json。",
        "This content type is not taken",
        "Use multipart/form-data or application/json.",
    ),
    "range_not_satisfiable": _text(
        "请求的范围无效",
        "请求的字节范围超出了文件大小。",
        "The range cannot be satisfied",
        "The range that was asked for lies outside the file.",
    ),
    "not_ready": _text(
        "服务尚未就绪",
        "数据库、存储或处理进程暂时不可用。",
        "Not ready",
        "The database, the storage or the worker is not available.",
    ),
    "page_not_built": _text(
        "页面尚未构建",
        "请运行 make run，或在 frontend 目录运行 npm ci 和 npm run build。接口 /api/v1 可以使用。",
        "The page is not built",
        "Run `make run`, or `npm ci` and `npm run build` in frontend/. The API at /api/v1 works.",
    ),
}


class _Values(dict[str, object]):
    """Values for a sentence; one that is missing is left out rather than failing the answer."""

    def __missing__(self, key: str) -> str:
        return ""


def words_for(code: str, locale: Locale, values: Mapping[str, object]) -> Words:
    """Title and detail of a problem, its values filled in. An unknown code reads as an internal error."""
    text = TEXTS.get(code, TEXTS["internal_error"])[locale]
    return Words(text.title, text.detail.format_map(_Values(values)))
