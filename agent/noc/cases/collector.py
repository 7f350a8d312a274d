"""Proof of the alerts of ``alerts/collector.py``."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.alerts.collector import PATHS
from agent.noc.cases.case import ANSWERS, SCRAPED, SWITCH, Case, Series, one

COLLECTOR: tuple[Case, ...] = (
    Case("PollsSilent", (), (ANSWERS,)),
    *(
        Case(
            "CollectorPathSilent",
            (Series(metric, 1, until_minutes=30),),
            (one(metric),),
            (),
            {"path": path},
            4500,
        )
        for path, metric in PATHS
    ),
    Case("ScrapeFailed", (one(SCRAPED, 0),), (one(SCRAPED),)),
    Case("DataStale", (one(m.POLL_TIMESTAMP, -1000),), (Series(m.POLL_TIMESTAMP, 0, 60),), (SWITCH,)),
    Case("DataStale", (Series(m.POLL_TIMESTAMP, 2000, 60),), (Series(m.POLL_TIMESTAMP, -60, 60),), (SWITCH,)),
    Case("PollSlow", (one(m.POLL_SECONDS, 70),), (one(m.POLL_SECONDS, 2),), (SWITCH,)),
    Case("ProbesLate", (one(m.PROBE_LAG, 20),), (one(m.PROBE_LAG, 0.1),)),
    Case("StreamDown", (one(m.STREAM_UP, 0),), (one(m.STREAM_UP),), (SWITCH,)),
    Case(
        "StreamStale",
        (one(m.STREAM_TIMESTAMP, -400),),
        (Series(m.STREAM_TIMESTAMP, 0, 60),),
        (SWITCH, one(m.STREAM_UP)),
    ),
    Case("StreamProblems", (Series(m.STREAM_PROBLEMS, 0, 5),), (one(m.STREAM_PROBLEMS, 5),)),
    Case(
        "StreamProblems",
        (Series(m.STREAM_PROBLEMS, 0, 5),),
        (Series(m.STREAM_PROBLEMS, 0, 5, {"problem": "unknown-leaf"}),),
    ),
    Case("StreamsRefused", (Series(m.STREAM_REFUSED, 0, 5),), (one(m.STREAM_REFUSED, 5),)),
    Case("NotificationFlood", (Series(m.NOTIFICATIONS_LIMITED, 0, 600),), (one(m.NOTIFICATIONS_LIMITED, 7),)),
    Case(
        "NotificationsRefused",
        (Series(m.NOTIFICATIONS, 0, 60, {"outcome": "refused"}),),
        (Series(m.NOTIFICATIONS, 0, 60, {"outcome": "understood"}),),
        (),
        {"outcome": "refused"},
    ),
    Case("NotificationFlood", (Series(m.SYSLOG_LIMITED, 0, 600),), (one(m.SYSLOG_LIMITED, 7),)),
    Case("TicketsNotTaken", (one(m.TICKETS_WAITING, 2),), (one(m.TICKETS_WAITING, 0),)),
    Case("EventsLost", (Series(m.EVENTS_UNSAVED, 0, 1),), (one(m.EVENTS_UNSAVED, 4),)),
    Case("RemoteWriteBehind", (one(m.REMOTE_BEHIND, 900),), (one(m.REMOTE_BEHIND, 10),)),
    Case(
        "RemoteWriteFilling",
        (Series(m.REMOTE_WAITING, 0, 500),),
        (Series(m.REMOTE_WAITING, 90_000, -500),),
        (one(m.REMOTE_BEHIND, 90),),
    ),
    Case("RemoteWriteDropping", (Series(m.REMOTE_DROPPED, 0, 5),), (one(m.REMOTE_DROPPED, 5),)),
    Case("SeriesDropped", (one(m.DROPPED_SERIES, 50),), (one(m.DROPPED_SERIES, 0),)),
    Case("ReloadFailed", (one(m.RELOAD_SUCCESS, 0),), (one(m.RELOAD_SUCCESS),)),
    Case("FeedFailed", (Series(m.FEED_FAILURES, 0, 1),), (one(m.FEED_FAILURES, 3),)),
    Case("WorkerRestarted", (Series(m.WORKER_RESTARTS, 0, 1),), (one(m.WORKER_RESTARTS, 3),)),
)
