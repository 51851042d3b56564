"""One request as a page sees it: who asks, what for, and how it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.services.access import Viewer
from bot.texts import Say
from bot.web.house import WebHouse
from bot.web.notices import Notice, put_notice
from bot.web.rendering import Renderer


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request of somebody who may ask it.

    Attributes:
        say: Speaks the viewer's language.
        form: What was sent with a form, without its token and key; the last of equal names.
        many: All values of a name that stands in a form several times.
        files: What was uploaded, at most `guard.MOST_BYTES` in all.
        token: Belongs into each form, see ``_layout/form_token.html``.
        once: Key of the page that answers, for its forms; see `bot.web.repeats`.
    """

    request: Request
    viewer: Viewer
    say: Say
    house: WebHouse
    renderer: Renderer
    token: str
    once: str
    form: Mapping[str, str]
    many: Mapping[str, tuple[str, ...]]
    files: Mapping[str, UploadFile]

    def value(self, name: str) -> str:
        """Return a part of the address, ``{number}`` of ``/cases/{number}``."""
        return str(self.request.path_params[name])

    def query(self, name: str) -> str:
        """Return a value after the question mark, trimmed; empty where there is none."""
        return self.request.query_params.get(name, "").strip()

    @property
    def is_fragment(self) -> bool:
        """Tell whether htmx asks for a part of a page, not a person for a whole one."""
        return self.request.headers.get("hx-request", "").lower() == "true"

    def page(self, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
        """Return a page from a template below ``bot/web/html``."""
        return self.renderer.page(self, template, status=status, **values)

    def url(self, name: str, /, **values: object) -> str:
        """Return the address of a page by its name, without host."""
        return str(self.request.app.url_path_for(name, **values))

    def see_other(self, name: str, /, notice: Notice | None = None, **values: object) -> Response:
        """Send the browser on to a page by its name, and say there what was done."""
        return self.go_on(self.url(name, **values), notice)

    def go_on(self, path: str, notice: Notice | None = None) -> Response:
        """Send the browser on to an address of ours; see `see_other`."""
        response = RedirectResponse(path, status_code=303)
        if notice is not None:
            put_notice(response, notice, self.renderer.jar)
        return response
