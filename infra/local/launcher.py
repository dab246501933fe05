"""Runs ministack, patched, with the local cloud's own pages. Started by infra/local/cloud.py with the interpreter of .ministack.

    /_local/mailbox       the letters, to read
    /_local/mail          the letters, as JSON; /_local/mailbox/ID.eml is one as a mail server sees it
    /_local/save          writes a kept state down now: ministack itself does so only when it is stopped in peace
    /api/...              the deployed API under a short address that stays when the API is replaced

It ends with whoever started it: standard input is a pipe, and when that closes the cloud stops as on SIGTERM.
"""

import contextlib
import json
import os
import shutil
import signal
import sys
import threading
from pathlib import Path

import mailbox_page
import ministack.app
import patches
from ministack.core import lambda_runtime, persistence
from ministack.services import apigateway_v1

STAGE = "api"  # api_gateway_stage of .chalice/config.json


def with_local_pages(cloud):
    async def app(scope, receive, send):
        if scope["type"] != "http":
            return await cloud(scope, receive, send)
        path = scope["path"]
        if path.startswith(f"/{STAGE}/"):
            deployed = next(iter(_deployed_apis()), None)
            if deployed:
                target = f"/restapis/{deployed}/{STAGE}/_user_request_{path.removeprefix(f'/{STAGE}')}"
                scope = {**scope, "path": target, "raw_path": _raw(scope, target)}
        elif path.startswith("/_local/"):
            return await _answer(send, *_local(path))
        return await cloud(scope, receive, send)

    return app


def _deployed_apis():
    return [key[-1] for key in apigateway_v1._rest_apis._data if STAGE in apigateway_v1.stages_for_api(key[-1])]


def _raw(scope, target):
    """The rewritten path with its escapes as the caller wrote them."""
    written = scope.get("raw_path") or scope["path"].encode()
    return (
        target.partition("_user_request_")[0].encode() + b"_user_request_" + written.removeprefix(f"/{STAGE}".encode())
    )


def _local(path):
    """Status, content type and body of one of the cloud's own pages."""
    if path == "/_local/mail":
        return 200, "application/json", json.dumps(mailbox_page.LETTERS, ensure_ascii=False)
    if path == "/_local/mailbox":
        return 200, "text/html; charset=utf-8", mailbox_page.list_page()
    if path.startswith("/_local/mailbox/") and path.endswith(".eml"):
        message = mailbox_page.message(path.rpartition("/")[2].removesuffix(".eml"))
        if message:
            return 200, "message/rfc822", message
    if path.startswith("/_local/mailbox/"):
        page = mailbox_page.letter_page(path.rpartition("/")[2])
        if page:
            return 200, "text/html; charset=utf-8", page
    if path == "/_local/save":
        if "STATE_DIR" in os.environ:
            persistence.save_all(ministack.app._build_persistence_save_dict())
            _mark()
        return 200, "application/json", "{}"
    return 404, "application/json", "{}"


async def _answer(send, status, content_type, text):
    headers = [(b"content-type", content_type.encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})


def _mark():
    """Says that a whole state of this version is in the folder."""
    Path(os.environ["STATE_DIR"], "version").write_text(os.environ["CLOUD_VERSION"])


def _end_with_parent():
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def main():
    wanted = os.environ.get("CLOUD_PATCHES")  # names; a test leaves one out to see that its hole is still there
    for patch in patches.PATCHES:
        if wanted is None or patch.__name__ in wanted.split(","):
            patch()
    ministack.app.app = with_local_pages(ministack.app.app)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv = ["ministack"]
    try:
        ministack.app.main()
        if "STATE_DIR" in os.environ:
            _mark()
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one must not cut the cleaning short
        with contextlib.suppress(Exception):
            lambda_runtime.reset()  # ends and collects the functions' processes
        # Each of them leaves its unzipped package there; the folder is this cloud's alone.
        shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)


if __name__ == "__main__":
    main()
