"""What must not happen in a browser while a test runs: errors, refused assets, policy reports, foreign requests."""

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

REPORTS_POLICY = """addEventListener('securitypolicyviolation', (event) =>
  console.error(`policy: ${event.violatedDirective} refused ${event.blockedURI} in ${event.sourceFile}`))"""
_BROWSERS_OWN = "Failed to load resource"
_LEFT_BEHIND = "net::ERR_ABORTED"  # a page that is left drops what it was still loading
_BROWSERS_PARTS = {"chrome", "chrome-extension"}  # what the browser shows a PDF with


class Watch:
    """Collects what went wrong on the pages of a test; `expects` names the refusals that the test is about."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self._expected: set[int] = set()

    def expects(self, *statuses: int) -> None:
        """Let pages be answered with these statuses."""
        self._expected.update(statuses)

    def context(self, context: BrowserContext) -> None:
        """Watch every page of a context."""
        context.add_init_script(REPORTS_POLICY)
        context.on("page", self._page)

    def _page(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)
        page.on("requestfailed", self._failed)
        page.on("dialog", lambda dialog: self.complaints.append(f"{page.url} asks in a dialog: {dialog.message}"))

    def _console(self, message: ConsoleMessage) -> None:
        # The browser's own line about a status says less than the answer itself, which is looked at below.
        if message.type in {"error", "warning"} and not message.text.startswith(_BROWSERS_OWN):
            self.complaints.append(f"{message.location['url']}: {message.text}")

    def _request(self, request: Request) -> None:
        at = urlsplit(request.url)
        if at.scheme in _BROWSERS_PARTS:
            return
        self.asked.append(request.url)
        if at.scheme not in {"data", "blob", "about"} and f"{at.scheme}://{at.netloc}" != self.address:
            self.complaints.append(f"a request leaves the plant: {request.url}")

    def _response(self, response: Response) -> None:
        expected = response.request.is_navigation_request() and response.status in self._expected
        if response.status >= 400 and not expected:
            self.complaints.append(f"{response.request.method} {response.url} answered {response.status}")

    def _failed(self, request: Request) -> None:
        if request.failure != _LEFT_BEHIND:
            self.complaints.append(f"{request.method} {request.url} failed: {request.failure}")
