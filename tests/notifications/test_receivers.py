"""Signals become rows and wake a worker; a broker that is dead or hangs delays no page."""

import os
import subprocess
import sys
import textwrap

import pytest
from django.conf import settings
from django.dispatch import Signal

from companies import signals as company_signals
from engagement.questions import signals as question_signals
from matchmaking import signals as matchmaking_signals
from meetings import signals
from notifications import contacting, planning, planning_afterwards, pushing, receivers
from projects import signals as project_signals

PLANNING = {contacting.__name__, planning.__name__, planning_afterwards.__name__, pushing.__name__}


@pytest.mark.parametrize("name", [name for name, fact in vars(signals).items() if isinstance(fact, Signal)])
def test_every_signal_is_planned_for(name):
    assert getattr(signals, name).has_listeners()


def test_a_receiver_only_plans():
    modules = (signals, company_signals, matchmaking_signals, project_signals, question_signals)
    for fact, plan in receivers.PLANS:
        assert any(fact in vars(module).values() for module in modules)
        written = getattr(plan, "func", plan)
        assert written.__module__ in PLANNING


@pytest.mark.parametrize("broker", ["redis://127.0.0.1:1/0", "redis://192.0.2.1:6379/0"])
def test_a_dead_broker_does_not_hold_up_a_page(broker, tmp_path):
    program = textwrap.dedent(
        """
        import time
        import django
        django.setup()
        from notifications import receivers
        began = time.perf_counter()
        for _ in range(5):
            receivers.wake_worker()
        print(time.perf_counter() - began)
        """
    )
    environment = {
        **os.environ,
        "REDIS_URL": broker,
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "webinar_service.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert float(done.stdout.strip().splitlines()[-1]) < 2
