"""The headers of every answer: nothing from another origin, nothing inline, nothing kept of a signed-in page."""

from flask import Flask, Response, request

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SHOWN_WITHIN = CSP.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
"""For a document that a page of this house shows within itself, such as an issued PDF."""


_A_YEAR = "max-age=31536000; includeSubDomains"


def init_app(app: Flask, *, over_tls: bool) -> None:
    """Put the headers on every answer of `app`; `over_tls` says that browsers reach it over TLS alone."""

    @app.after_request
    def put_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", CSP)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        if over_tls or request.is_secure:
            # Over plain http browsers ignore it, and complain on every page.
            response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if over_tls:
            response.headers["Strict-Transport-Security"] = _A_YEAR
        response.headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
        if not request.path.startswith("/static/"):
            # After a switch of user, Back must show nothing of the former one. An issued PDF never changes: its browser
            # keeps it, and asks each time whether whoever holds the tablet now may still see it.
            issued = response.mimetype == "application/pdf" and response.headers.get("ETag")
            response.headers["Cache-Control"] = "private, no-cache" if issued else "no-store"
        return response
