"""The console's built files, served at the root: long-lived assets, a page that is never stale, a strict policy."""

from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).parent / "static"
# Styles are made at run time by the component library; scripts only ever come from our own files.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
GUARDS = {
    "Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
NOT_BUILT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>医脉 Medthread</title>
<body style="font-family: sans-serif; max-width: 40em; margin: 4em auto">
<h1>控制台尚未构建</h1><p>接口已在运行。请在项目目录执行 <code>make install</code>,然后刷新本页。</p>
<h1 lang="en">The console is not built</h1><p lang="en">The API is running. Run <code>make install</code> in the project's
folder and reload this page.</p>"""


def mount(app: FastAPI, *, static: Path = STATIC) -> FastAPI:
    """Serve the console beside the API."""
    app.add_middleware(GZipMiddleware, minimum_size=1024)

    @app.get("/", include_in_schema=False)
    def index(_: Request) -> Response:
        page = static / "index.html"
        if not page.is_file():
            return HTMLResponse(NOT_BUILT, status_code=503, headers=GUARDS)
        return FileResponse(page, headers={**GUARDS, "Cache-Control": "no-cache"})

    if (static / "assets").is_dir():
        app.mount("/assets", _Assets(directory=static / "assets"), name="assets")
    return app


class _Assets(StaticFiles):
    """Files whose names carry their content's hash: kept for a year."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers.update({**GUARDS, "Cache-Control": "public, max-age=31536000, immutable"})
        return response
