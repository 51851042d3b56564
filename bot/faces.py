"""Faces that are put on the house when it runs: Slack, and the web page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING

from bot.actions.alert import AlertPerformer
from bot.actions.second_channel import FallbackNotifier, MailNotifier
from bot.app import App
from bot.asking import make_talks
from bot.errors import SettingsError
from bot.notifying import ANSWERABLE, Alert
from bot.services.access import Rights
from bot.services.answer_notes import AnswerNotes
from bot.services.answer_series import AnswerSeries
from bot.services.case_page import CasePages
from bot.services.choices import Choices
from bot.services.colleagues import Colleagues
from bot.services.escalating import Escalating
from bot.services.naming import case_named
from bot.services.overview import Overview
from bot.services.second_person import SecondPerson
from bot.services.settled_alerts import SettledAlerts
from bot.services.slack_events import Events
from bot.services.slack_outbox import Outbox
from bot.services.telling import Telling
from bot.settings import SlackSettings, Transport
from bot.texts import speaker
from bot.vocabulary import ActionKind, Urgency

if TYPE_CHECKING:
    from slack_bolt import App as BoltApp

    from bot.slack.app import Listeners
    from bot.slack.approvals import Approvals
    from bot.slack.drawing import Drawing
    from bot.slack.face import Connected, SlackFace
    from bot.slack.house import SlackHouse
    from bot.slack.poster import Poster
    from bot.slack.sender import Sender
    from bot.slack.settling import Settling

_INTERACTIVE_TIMEOUT_S = 5
"""People wait for these calls; what opens a modal must be done within three seconds anyway."""


def open_slack(
    app: App,
    *,
    sleep: Callable[[float], None] = time.sleep,
    modules: Iterable[Listeners] | None = None,
) -> SlackFace | None:
    """Put the face of Slack on the house; None where the settings name no channel.

    From then on alerts go to Slack, urgent ones by e-mail where Slack does not answer.

    Args:
        sleep: Waits so many seconds, for a turn in a channel.
        modules: What listens to people; default: all of `bot.slack.listeners`.

    Raises:
        SettingsError: A token is missing, a file cannot be read, or the extra is not installed.
    """
    given = app.settings.slack
    if given is None:
        return None
    try:
        import slack_bolt  # noqa: F401 - asked for here so that the missing extra is named
    except ModuleNotFoundError as error:
        raise SettingsError(
            "slack: tillägget är inte installerat; kör pip install 'sammadag[slack]'"
        ) from error
    return _Building(app, given, sleep, modules).face()


class _Building:
    """The parts of the face, as they are needed by one another."""

    def __init__(
        self,
        app: App,
        given: SlackSettings,
        sleep: Callable[[float], None],
        modules: Iterable[Listeners] | None,
    ) -> None:
        from bot.connecting.slack import access_of, channels_of
        from bot.slack.client import SlackClient
        from bot.slack.directory import Directory
        from bot.slack.poster import Poster
        from bot.slack.reach import Reach

        self._app = app
        self._given = given
        self._sleep = sleep
        self._modules = modules
        self._access = access_of(given)
        self._client = SlackClient(self._access.endpoint.web_client(self._access.bot_token))
        self._say = speaker(app.settings.language)
        self._channels = channels_of(given, app.knowledge)
        self._outbox = Outbox(app.database, app.clock, self._channels)
        self._reach = Reach(app.clock.monotonic)
        self._wake = threading.Event()
        self._colleagues = Colleagues(app.knowledge)
        self._directory = Directory(self._client, self._colleagues, app.clock)
        self._poster: Poster = Poster(self._outbox, wake=self._wake.set)

    def face(self) -> SlackFace:
        """Return the whole face, not started."""
        from bot.slack.app import build_app
        from bot.slack.face import Parts, SlackFace
        from bot.slack.inbox import Inbox

        events = Events(self._app.database, self._app.clock)
        inbox = Inbox(events)
        bolt, end_listeners = build_app(
            self._access.endpoint.web_client(None, timeout_s=_INTERACTIVE_TIMEOUT_S),
            self._access.bot_token,
            self._house,
            inbox,
            signing_secret=self._access.signing_secret,
            modules=self._modules,
        )
        parts = Parts(
            client=self._client,
            app=bolt,
            link=self._link(bolt),
            inbox=inbox,
            events=events,
            outbox=self._outbox,
            sender=self._sender(),
            approvals=self._approvals,
            settling=self._settling(),
            alerts=self._alerts(),
            end_listeners=end_listeners,
            app_token_client=self._access.app_token_client(),
            channels=self._channels,
            worker=self._app.dispatch.worker,
            wake=self._wake,
        )
        return SlackFace(parts, self._app.clock)

    @cached_property
    def _house(self) -> SlackHouse:
        from bot.slack.charts import AnswerCharts
        from bot.slack.house import SlackHouse

        app = self._app
        return SlackHouse(
            casework=app.casework,
            case_pages=CasePages(app.database, app.house, app.clock),
            phone=app.phone,
            telling=Telling(app.database, app.house, app.phone, app.clock),
            escalating=Escalating(app.database, app.house, app.clock),
            moving=app.moving,
            replies=app.replies,
            outlines=app.outlines,
            overview=Overview(app.database, app.house, app.clock),
            choices=Choices(app.knowledge),
            answer_notes=AnswerNotes(app.database, app.registers, app.clock),
            talks=cache(lambda: make_talks(app)),
            chart_of=AnswerCharts(self._series().of),
            colleagues=self._colleagues,
            directory=self._directory,
            rights=self._rights(),
            approvals=self._approvals,
            find_case=partial(case_named, database=app.database),
            poster=self._poster,
            say=self._say,
            names=app.knowledge.names_in,
            zone=app.house.zone,
            clock=app.clock,
            web_url="" if app.settings.web is None else app.settings.web.base_url,
        )

    @cached_property
    def _approvals(self) -> Approvals:
        from bot.slack.approvals import Approvals

        app = self._app
        knowledge = app.knowledge
        return Approvals(
            SecondPerson(
                app.database, knowledge.replies.two_people, knowledge.people.keys(), app.clock
            ),
            app.replies,
            self._outbox,
            self._colleagues,
            say=self._say,
            teller=lambda language: self._house.teller(language),
            channel_of=self._channels.of_case,
            slack_id=self._directory.slack_id,
        )

    def _settling(self) -> Settling:
        from bot.slack.settling import Settling

        alerts = SettledAlerts(self._app.database, self._app.clock)
        teller = self._house.teller(self._say.language)
        return Settling(alerts, self._poster, self._say, teller)

    def _rights(self) -> Rights:
        web = self._app.settings.web
        return Rights(self._colleagues, {} if web is None else web.rights)

    def _series(self) -> AnswerSeries:
        app = self._app
        return AnswerSeries(app.reporting, app.knowledge)

    def _link(self, bolt: BoltApp) -> Connected:
        given = self._given
        if given.transport is Transport.HTTP:
            from bot.slack.http_link import HttpLink

            return HttpLink(bolt, self._app.clock, host=given.host, port=given.port)
        from bot.slack.socket_link import SocketLink

        return SocketLink(bolt, self._access.app_token, self._app.clock, proxy=given.proxy or None)

    def _sender(self) -> Sender:
        from bot.slack.sender import Sender

        app, drawing = self._app, self._drawing()
        return Sender(
            self._client,
            self._outbox,
            self._reach,
            app.clock,
            channel=self._given.channel,
            render=drawing.card,
            farewell=drawing.farewell,
        )

    def _alerts(self) -> Callable[[], bool]:
        from bot.slack.notifier import SlackNotifier

        app = self._app
        slack = SlackNotifier(
            self._client,
            self._outbox,
            self._reach,
            channel=lambda alert: self._channels.of_alert(alert.team, alert.process),
            otherwise=self._channels.alerts,
            render=self._drawing().alert,
            sleep=self._sleep,
        )
        senders = {key: connection.sender for key, connection in app.connections.items()}
        by_mail = MailNotifier(senders, app.knowledge, app.identity, app.clock, self._say)
        performer = AlertPerformer(
            app.database,
            FallbackNotifier(slack, by_mail, only=cannot_wait),
            app.knowledge,
            app.knowledge.calendar,
            app.clock,
        )
        return app.dispatch.hand_over(ActionKind.ALERT, performer).run_one

    def _drawing(self) -> Drawing:
        from bot.slack.drawing import Drawing

        teller = self._house.teller(self._say.language)
        return Drawing(self._say, teller, self._directory.slack_id)


def cannot_wait(alert: Alert) -> bool:
    """Tell whether an alert must reach somebody although Slack does not answer."""
    return alert.urgent is not Urgency.NO or alert.code in ANSWERABLE
