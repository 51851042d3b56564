"""The door: who is let in, who is inside, and who went out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.clock import Clock
from bot.services.access import Rights, Viewer
from bot.texts import Say, speaker
from bot.vocabulary import PersonKey
from bot.web.rendering import Renderer, stranger_speaks
from bot.web.sessions import COOKIE, Session, Sessions
from bot.web.signing_in.way import Doorkeeper, Entrance, WayIn
from bot.web.tries import SPAN_S, FailedTries

log = structlog.get_logger()

LANGUAGE = "sammadag_language"
"""The cookie that holds the language that somebody chose on the page."""
_FAILED = "sign_in/refused.html"


class Door:
    """Knows who asks; see `Doorkeeper` for what ways to sign in may ask of it.

    Args:
        rights: Returns who may do what now.
        way: Makes the way in.
    """

    def __init__(
        self,
        rights: Callable[[], Rights],
        sessions: Sessions,
        tries: FailedTries,
        renderer: Renderer,
        clock: Clock,
        way: Callable[[Doorkeeper], WayIn],
    ) -> None:
        self._rights = rights
        self._sessions = sessions
        self._tries = tries
        self._renderer = renderer
        self._clock = clock
        self._way = way(self)

    @property
    def routes(self) -> list[Route]:
        """Return the addresses that need no session."""
        return [
            *(Route(e.path, self._entrance(e), name=e.name) for e in self._way.entrances),
            Route("/sign-out", self._sign_out, methods=["POST"], name="sign_out"),
        ]

    def inside(self, request: Request) -> tuple[Session, Viewer] | None:
        """Return who asks, with the rights that they have now; None for a stranger."""
        cookie = self._renderer.jar.get(request, COOKIE)
        session = self._sessions.read(cookie, self._clock.now())
        if session is None or not self._way.still_holds(request, session):
            return None
        viewer = self._rights().by_key(session.person, session.groups)
        return None if viewer is None else (session, viewer)

    def say_to(self, request: Request, viewer: Viewer | None) -> Say:
        """Return who speaks the language that somebody chose, else that of the organisation's
        file, else that of a stranger's browser."""
        chosen = self._renderer.jar.get(request, LANGUAGE)
        if chosen:
            return speaker(chosen)
        if viewer is not None:
            return speaker(viewer.colleague.language)
        return stranger_speaks(request.headers.get("accept-language", ""))

    def let_in(
        self, request: Request, email: str, groups: tuple[str, ...] = (), *, back: str = "/"
    ) -> Response:
        """See `Doorkeeper.let_in`."""
        rights = self._rights()
        viewer = rights.by_email(email, groups)
        if viewer is None:
            return self.refuse(request, "stranger")
        session = self._sessions.begin(viewer.key, self._clock.now(), groups=rights.named(groups))
        response = RedirectResponse(own_path(back), 303)
        self._renderer.jar.put(
            response,
            COOKIE,
            self._sessions.write(session),
            lasts_s=int(self._sessions.lasts / timedelta(seconds=1)),
            same_site="lax",
        )
        log.info("signed_in", person=viewer.key)
        return response

    def refuse(self, request: Request, because: str) -> Response:
        """See `Doorkeeper.refuse`."""
        self._tries.failed(request)
        log.warning("sign_in_refused", because=because)
        say = self.say_to(request, None)
        text = say(
            "Länken gäller inte, eller så har du inget konto här. Logga in igen, eller fråga "
            "driften."
        )
        return self._renderer.plain(say, _FAILED, status=403, text=text)

    def later(self, request: Request, because: str) -> Response:
        """See `Doorkeeper.later`."""
        log.error("sign_in_unavailable", because=because)
        say = self.say_to(request, None)
        text = say("Stadens inloggning svarar inte. Försök igen om en stund.")
        return self._renderer.plain(say, _FAILED, status=503, text=text)

    def person(self, email: str) -> PersonKey | None:
        """See `Doorkeeper.person`."""
        viewer = self._rights().by_email(email)
        return None if viewer is None else viewer.key

    def _entrance(self, entrance: Entrance) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            if request.method != "GET":  # a look ahead must not use a link up
                return Response()
            if self._tries.allows(request):
                return entrance.answer(request)
            say = self.say_to(request, None)
            text = say("För många försök har misslyckats. Vänta fem minuter och försök igen.")
            response = self._renderer.plain(say, _FAILED, status=429, text=text)
            response.headers["Retry-After"] = str(int(SPAN_S))
            return response

        return answer

    async def _sign_out(self, request: Request) -> Response:
        found = await run_in_threadpool(self.inside, request)
        if found is not None:
            session, _ = found
            async with request.form(max_fields=10, max_files=0) as form:
                is_ours = self._sessions.is_token(session, str(form.get("token", "")))
            if not is_ours:
                return RedirectResponse("/", 303)
            self._sessions.end(session, self._clock.now())
        say = self.say_to(request, None if found is None else found[1])
        response = self._renderer.plain(say, "sign_in/signed_out.html")
        self._renderer.jar.drop(response, COOKIE)
        return response


def own_path(path: str) -> str:
    """Return a path of this site, whatever was asked for: no other site is ever gone to.

    Nor is the sign-in itself, which would go round in circles.
    """
    is_own = (
        path.startswith("/")
        and not path.startswith(("//", "/sign-"))
        and path.isprintable()
        and "\\" not in path
        and len(path) <= _LONGEST
    )
    return path if is_own else "/"


_LONGEST = 1000
