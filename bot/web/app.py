"""The application: pages behind a sign-in, static files, and what errors look like."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlsplit

import structlog
from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.clock import Clock
from bot.errors import DatabaseUnavailable, NotFound, SammaDagError
from bot.services.access import Rights, Viewer
from bot.texts import mark
from bot.web.ask import Ask
from bot.web.cookies import Jar
from bot.web.door import Door
from bot.web.guard import Guard, TooLarge, TooSlow
from bot.web.house import WebHouse
from bot.web.page import Page
from bot.web.pages import PAGES
from bot.web.rendering import Renderer
from bot.web.repeats import FIELD, Repeats, new_key
from bot.web.sessions import Session, Sessions
from bot.web.signing_in.way import Doorkeeper, WayIn
from bot.web.tries import FailedTries

log = structlog.get_logger()

_STATIC = Path(__file__).parent / "static"
_MOST_FIELDS = 1000
_MOST_FILES = 20
_AT_ONCE = 8
"""Pages are answered by so many threads; the database has a connection for each."""
_NOT_THERE = mark("Sidan finns inte, eller så får du inte se den.")
_WRONG = {
    400: mark("Formuläret gick inte att läsa. Gå tillbaka och försök igen."),
    403: mark("Du har inte behörighet till sidan."),
    404: _NOT_THERE,
    405: _NOT_THERE,
    408: mark("Det tog för lång tid att ta emot det du skickade. Försök igen."),
    413: mark("Det du skickade är för stort. Högst 2 MB går att ta emot."),
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
        """Return all ``host:port`` that are ours, as browsers write them."""
        usual = ":443" if self.encrypted else ":80"
        named = urlsplit(self.base_url).netloc.lower().removesuffix(usual)
        return frozenset({named, *self.also})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """How people get in.

    Attributes:
        rights: Returns who may do what now.
        way: Makes the way in, given who lets people in.
        public: Further addresses that need no session; each guards itself.
    """

    rights: Callable[[], Rights]
    sessions: Sessions
    tries: FailedTries
    clock: Clock
    way: Callable[[Doorkeeper], WayIn]
    public: Sequence[BaseRoute] = field(default=())


class WebApp:
    """Puts the pages together, and stands between them and whoever asks.

    Args:
        house: Returns the services as they are now: knowledge may be changed while we run.

    Attributes:
        sessions, jar: Those that it uses itself.
    """

    def __init__(
        self,
        house: Callable[[], WebHouse],
        entry: Entry,
        front: Front,
        *,
        pages: Sequence[Page] = PAGES,
    ) -> None:
        self.house = house
        self.entry = entry
        self._front = front
        self.sessions = entry.sessions
        self.jar = Jar(encrypted=front.encrypted)
        self._renderer = Renderer(self.jar, pages=frozenset(page.name for page in pages))
        self._door = Door(
            entry.rights, entry.sessions, entry.tries, self._renderer, entry.clock, entry.way
        )
        self._threads = CapacityLimiter(_AT_ONCE)
        self._repeats = Repeats(entry.clock.monotonic)
        self._app = Starlette(
            routes=[
                *entry.public,
                *self._door.routes,
                Mount("/static", StaticFiles(directory=_STATIC), name="static"),
                *(Route(p.path, self._open(p), methods=[p.method], name=p.name) for p in pages),
            ],
            exception_handlers={
                HTTPException: self._wrong,
                TooLarge: self._wrong,
                TooSlow: self._wrong,
                ClientDisconnect: self._gone,
                Exception: self._failed,
            },
        )
        self._app.router.redirect_slashes = False

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """Return every address that answers."""
        return self._app.routes

    @property
    def asgi(self) -> Guard:
        """Return the whole application, as a server runs it."""
        return Guard(self._app, hosts=self._front.hosts, encrypted=self._front.encrypted)

    def _open(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            found = self._door.inside(request)
            if found is None:
                return self._to_sign_in(request)
            session, viewer = found
            if not viewer.may(page.right):
                raise HTTPException(403)
            if page.method != "POST":
                return await self._in_a_thread(page, request, session, viewer, FormData())
            async with request.form(max_fields=_MOST_FIELDS, max_files=_MOST_FILES) as form:
                return await self._in_a_thread(page, request, session, viewer, form)

        return endpoint

    async def _in_a_thread(
        self, page: Page, request: Request, session: Session, viewer: Viewer, form: FormData
    ) -> Response:
        given, key = str(form.get("token", "")), str(form.get(FIELD, ""))
        is_ours = page.method != "POST" or self.sessions.is_token(session, given)

        def answer() -> Response:
            ask = self._ask(request, session, viewer, form)
            if not is_ours:
                return _too_old(ask)
            return self._repeats.answer(ask, key, partial(self._answer, page), for_good=page.once)

        return await to_thread.run_sync(answer, limiter=self._threads)

    def _to_sign_in(self, request: Request) -> Response:
        """Answer a stranger the same wherever they knock."""
        if request.method not in ("GET", "HEAD"):
            say = self._door.say_to(request, None)
            return self._renderer.plain(say, "sign_in/over.html", status=403)
        if request.headers.get("hx-request"):
            return Response(status_code=204)  # what stands on the page stays there
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?next={quote(back)}", 303)

    def _ask(self, request: Request, session: Session, viewer: Viewer, form: FormData) -> Ask:
        fields: dict[str, list[str]] = {}
        files: dict[str, UploadFile] = {}
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[name] = value
            elif name not in ("token", FIELD):
                fields.setdefault(name, []).append(value.replace("\r\n", "\n").replace("\0", ""))
        return Ask(
            request=request,
            viewer=viewer,
            say=self._door.say_to(request, viewer),
            house=self.house(),
            renderer=self._renderer,
            token=self.sessions.token(session),
            once=new_key(),
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
        except SammaDagError as error:
            return ask.page("errors/wrong.html", status=409, text=ask.say.error(error))

    async def _wrong(self, request: Request, error: Exception) -> Response:
        status = getattr(error, "status_code", 400)
        found = self._door.inside(request)
        if found is not None:
            if status == 405 and request.method == "GET":
                return RedirectResponse(self._page_above(request.url.path), 303)
            session, viewer = found
            ask = self._ask(request, session, viewer, FormData())
            text = ask.say(_WRONG.get(status, _NOT_THERE))
            return ask.page("errors/wrong.html", status=status, text=text)
        if status in (404, 405) and not request.url.path.startswith("/static/"):
            return self._to_sign_in(request)
        say = self._door.say_to(request, None)
        text = say(_WRONG.get(status, _NOT_THERE))
        return self._renderer.plain(say, "errors/stranger.html", status=status, text=text)

    def _page_above(self, path: str) -> str:
        """Return the page that the address of a form belongs to.

        A browser comes to such an address where a form was refused, and is opened again there.
        """
        while path := path.rpartition("/")[0]:
            scope = {"type": "http", "method": "GET", "path": path}
            if any(route.matches(scope)[0] is Match.FULL for route in self._app.routes):
                return path
        return "/"

    async def _gone(self, request: Request, error: Exception) -> Response:
        return Response(status_code=400)  # nobody is there to read it

    async def _failed(self, request: Request, error: Exception) -> Response:
        log.error("page_failed", path=_route_of(request), exc_info=error)
        found = self._door.inside(request)
        say = self._door.say_to(request, None if found is None else found[1])
        text = say(
            "Något gick fel hos oss. Försök igen; händer det flera gånger, säg till driften."
        )
        return self._renderer.plain(say, "errors/stranger.html", status=500, text=text)


def _too_old(ask: Ask) -> Response:
    """Refuse a form whose token is not this session's, and give back what was written."""
    written = [text for texts in ask.many.values() for text in texts if len(text) > _WORTH_KEEPING]
    return ask.page("errors/too_old.html", status=403, written=written)


_WORTH_KEEPING = 20
"""Signs; a shorter text is written again sooner than copied."""


def _route_of(request: Request) -> str:
    """Return the pattern of an address, never the address, which may hold what people wrote."""
    return str(getattr(request.scope.get("route"), "path", "?"))
