"""Two requests that cross: the first stops inside its act until the second has come as far as it is let."""

import threading
from collections.abc import Callable, Mapping
from contextvars import copy_context
from typing import Any

import pytest
from databases import Keeper
from flask import Flask
from flask.testing import FlaskClient
from plant_client import PlantClient, read_forms
from sqlalchemy import text
from werkzeug.test import TestResponse

from techfloor.migrations.upgrade import engine_for
from techfloor.settings import Settings
from techfloor.store.acts import new_id
from techfloor.store.queue import WriteQueue

_LONGEST = 30.0
_A_LITTLE = 0.02


class Hand:
    """A browser of its own whose form is filled in and waits to be sent."""

    def __init__(
        self, app: Flask, client: PlantClient, page: str, action: str, typed: Mapping[str, str | list[str]]
    ) -> None:
        self.client = FlaskClient(app, app.response_class)
        self.client._cookies = dict(client._cookies)  # type: ignore[arg-type]
        answer = self.client.get(page)
        assert answer.status_code == 200, answer.location
        self.hidden = next(form for form in read_forms(answer.text) if form.action in {action, ""}).hidden
        self.action, self.typed = action, typed

    def send(self) -> TestResponse:
        """Send the form."""
        given: dict[str, Any] = {**self.hidden, **self.typed, "entry_key": new_id()}
        return self.client.post(self.action, data=given)


class Crossing:
    """Lets two hands cross; `waited` tells whether the second had to wait for the first."""

    def __init__(self, settings: Settings, keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
        self._settings, self._keeper, self._patch = settings, keeper, monkeypatch
        self._queued = threading.Event()
        self.waited = False
        self._watch_the_queue()

    def _watch_the_queue(self) -> None:
        really, queued = WriteQueue.enter, self._queued

        def enter(queue: WriteQueue, timeout: float) -> None:
            if queue._taken:
                queued.set()
            really(queue, timeout)

        self._patch.setattr(WriteQueue, "enter", enter)

    def run(self, first: Hand, second: Hand, *, stop_after: tuple[object, str]) -> tuple[TestResponse, TestResponse]:
        """Send both, the second once the first stands behind the named function; return what each was answered."""
        stopped, over, answers = threading.Event(), threading.Event(), dict[str, TestResponse]()
        really: Callable[..., Any] = getattr(*stop_after)

        def then_stop(*given: Any, **named: Any) -> Any:
            found = really(*given, **named)
            if threading.current_thread().name == "first" and not stopped.is_set():
                stopped.set()
                self.waited = self._blocked_before(over)
            return found

        def go(hand: Hand, end: threading.Event) -> None:
            try:
                answers[threading.current_thread().name] = hand.send()
            finally:
                end.set()

        self._patch.setattr(stop_after[0], stop_after[1], then_stop)
        one = threading.Thread(target=copy_context().run, args=(go, first, stopped), name="first")
        two = threading.Thread(target=copy_context().run, args=(go, second, over), name="second")
        one.start()
        assert stopped.wait(_LONGEST)
        two.start()
        one.join(_LONGEST)
        two.join(_LONGEST)
        return answers["first"], answers["second"]

    def _blocked_before(self, over: threading.Event) -> bool:
        """Wait until the second is over, or waits for a lock; tell whether it waits."""
        with engine_for(self._keeper.master_url(self._settings)).connect() as looking:
            for _ in range(int(_LONGEST / _A_LITTLE)):
                if self._queued.is_set() or self._waits(looking):
                    return True
                if over.wait(_A_LITTLE):
                    return False
        raise AssertionError("the second neither came to an end nor waits for anybody")

    def _waits(self, looking: Any) -> bool:
        if self._settings.database_file:
            return False
        looking.rollback()
        found = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(looking.scalar(found))
