"""The application: pages behind a sign-in, static files, and what errors look like."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.errors import DatabaseUnavailable, DataError, NotFound, SammaDagError
from bot.texts import Say, mark, speaker
from bot.web.access import Rights, Viewer
from bot.web.ask import Ask
from bot.web.guard import Guard
from bot.web.house import WebHouse
from bot.web.page import Page
from bot.web.pages import PAGES
from bot.web.rendering import Renderer, stranger_speaks
from bot.web.sessions import COOKIE, Session, Sessions
from bot.web.signing_in.way import Doorkeeper, WayIn

log = structlog.get_logger()

_STATIC = Path(__file__).parent / "static"
_MOST_FIELDS = 1000
_WRONG = {
    403: mark("Du har inte behörighet till sidan."),
    404: mark("Sidan finns inte, eller så får du inte se den."),
    405: mark("Sidan finns inte, eller så får du inte se den."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """Where people find the page.

    Attributes:
        base_url: As people write it, without a slash at its end.
        also: Further ``host:port`` that are ours, such as the one that we listen on.
    """

    base_url: str
    also: frozenset[str] = frozenset()

    @property
    def encrypted(self) -> bool:
        """Tell whether people come by https."""
        return self.base_url.startswith("https://")

    @property
    def hosts(self) -> frozenset[str]:
        """Return all ``host:port`` that are ours."""
        return frozenset({urlsplit(self.base_url).netloc.lower(), *self.also})


class WebApp:
    """Puts the pages together, and stands between them and whoever asks.

    Args:
        house: Returns the services as they are now: knowledge may be changed while we run.
        rights: Returns who may do what now.
        way: Makes the way in, given who lets people in.
    """

    def __init__(
        self,
        house: Callable[[], WebHouse],
        rights: Callable[[], Rights],
        sessions: Sessions,
        front: Front,
        way: Callable[[Doorkeeper], WayIn],
        *,
        pages: Sequence[Page] = PAGES,
    ) -> None:
        self._house = house
        self._rights = rights
        self._sessions = sessions
        self._front = front
        self._renderer = Renderer(
            encrypted=front.encrypted, pages=frozenset(page.name for page in pages)
        )
        self.way = way(self)
        self._app = Starlette(
            routes=[
                *self.way.routes,
                Route("/sign-out", self._sign_out, methods=["POST"], name="sign_out"),
                Mount("/static", StaticFiles(directory=_STATIC), name="static"),
                *(Route(p.path, self._open(p), methods=[p.method], name=p.name) for p in pages),
            ],
            exception_handlers={HTTPException: self._wrong, Exception: self._failed},
        )

    @property
    def sessions(self) -> Sessions:
        """Return what makes and reads sessions."""
        return self._sessions

    @property
    def asgi(self) -> Guard:
        """Return the whole application, as a server runs it."""
        return Guard(self._app, hosts=self._front.hosts, encrypted=self._front.encrypted)

    def let_in(self, request: Request, email: str, groups: tuple[str, ...] = ()) -> Response:
        """See `Doorkeeper.let_in`."""
        viewer = self._rights().by_email(email, groups)
        if viewer is None:
            log.warning("sign_in_refused")
            return self.refuse(request)
        known = self._rights().named(groups)
        session = self._sessions.begin(viewer.key, self._house().clock.now(), groups=known)
        response = RedirectResponse(own_path(request.query_params.get("next", "/")), 303)
        response.set_cookie(
            COOKIE,
            self._sessions.write(session),
            max_age=int(self._sessions.lasts / timedelta(seconds=1)),
            httponly=True,
            secure=self._front.encrypted,
            samesite="lax",
        )
        log.info("signed_in", person=viewer.key)
        return response

    def refuse(self, request: Request) -> Response:
        """See `Doorkeeper.refuse`."""
        say = stranger_speaks(request.headers.get("accept-language", ""))
        return self._renderer.plain(say, "sign_in/refused.html", status=403)

    def _sign_out(self, request: Request) -> Response:
        say = stranger_speaks(request.headers.get("accept-language", ""))
        response = self._renderer.plain(say, "sign_in/signed_out.html")
        response.delete_cookie(COOKIE)
        return response

    def _open(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            found = await run_in_threadpool(self._signed_in, request)
            if found is None:
                return self._to_sign_in(request)
            session, viewer = found
            if not viewer.may(page.right):
                raise HTTPException(403)
            form = FormData()
            if page.method == "POST":
                form = await request.form(max_fields=_MOST_FIELDS)
                if not self._sessions.is_token(session, str(form.get("token", ""))):
                    raise HTTPException(403)
            ask = self._ask(request, session, viewer, form)
            return await run_in_threadpool(self._answer, page, ask)

        return endpoint

    def _signed_in(self, request: Request) -> tuple[Session, Viewer] | None:
        session = self._sessions.read(request.cookies.get(COOKIE), self._house().clock.now())
        if session is None or not self.way.still_holds(request, session):
            return None
        viewer = self._rights().by_key(session.person, session.groups)
        return None if viewer is None else (session, viewer)

    def _to_sign_in(self, request: Request) -> Response:
        if request.method != "GET":
            return RedirectResponse("/sign-in", 303)
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?next={quote(back)}", 303)

    def _ask(self, request: Request, session: Session, viewer: Viewer, form: FormData) -> Ask:
        fields: dict[str, list[str]] = {}
        files: dict[str, UploadFile] = {}
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[name] = value
            elif name != "token":
                fields.setdefault(name, []).append(value.replace("\r\n", "\n").replace("\0", ""))
        return Ask(
            request=request,
            viewer=viewer,
            say=speaker(request.cookies.get("language") or viewer.colleague.language),
            house=self._house(),
            renderer=self._renderer,
            token=self._sessions.token(session),
            form={name: values[-1] for name, values in fields.items()},
            many={name: tuple(values) for name, values in fields.items()},
            files=files,
        )

    def _answer(self, page: Page, ask: Ask) -> Response:
        """Let a page answer; what is wrong with the request becomes a page that says so."""
        try:
            return page.answer(ask)
        except NotFound as error:
            return ask.page("errors/wrong.html", status=404, text=ask.say.error(error))
        except DatabaseUnavailable as error:
            return ask.page("errors/wrong.html", status=503, text=ask.say.error(error))
        except (DataError, SammaDagError) as error:
            return ask.page("errors/wrong.html", status=409, text=ask.say.error(error))

    async def _wrong(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        say = self._say_to(request)
        text = say(_WRONG.get(error.status_code, _WRONG[404]))
        return self._renderer.plain(
            say, "errors/stranger.html", status=error.status_code, text=text
        )

    async def _failed(self, request: Request, error: Exception) -> Response:
        log.error("page_failed", path=_route_of(request), exc_info=error)
        say = self._say_to(request)
        text = say(
            "Något gick fel hos oss. Försök igen; händer det flera gånger, säg till driften."
        )
        return self._renderer.plain(say, "errors/stranger.html", status=500, text=text)

    def _say_to(self, request: Request) -> Say:
        return stranger_speaks(request.headers.get("accept-language", ""))


def _route_of(request: Request) -> str:
    """Return the pattern of an address, never the address, which may hold what people wrote."""
    return str(getattr(request.scope.get("route"), "path", "?"))


def own_path(path: str) -> str:
    """Return a path of this site, whatever was asked for: no other site is ever gone to."""
    is_own = (
        path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and path.isprintable()
        and "\\" not in path
    )
    return path if is_own else "/"
