"""Rows for times: which moment in the life of a thing a name speaks of."""

from __future__ import annotations

from contract_kit.values._rows import Meaning

__all__ = ["moments"]

_NUM = ("integer", "number")
_TIME = ("date-time",)
_DAY = ("date",)
# Times in the order of a life: what is created is not updated earlier.
_MOMENTS = {
    "created": (
        r"created|creation|inserted|added|registered|registration|signed_up|sign_up|joined|opened|create|issued|issue|"
        r"ordered|order|placed|submitted|authored|received|occurred|sent|event|invoice|transaction"
    ),
    "started": (
        r"start|starts|started|begin|begins|beginning|from|valid_from|effective|effective_from|period_start|activated|"
        r"pushed|published|opens|since|scheduled"
    ),
    "updated": (
        r"updated|update|modified|modification|last_modified|last_updated|last_seen|last_edited|changed|edited|"
        r"last_login|synced|last_used|accessed"
    ),
    "ended": (
        r"end|ends|ended|finish|finished|complete|completed|closed|merged|canceled|cancelled|resolved|deleted|archived|"
        r"removed|revoked|suspended|paid|dismissed|refunded|fulfilled|shipped|delivered|processed|voided|finalized|"
        r"period_end|valid_to|valid_until|to|until|failed|expired|terminated|paused"
    ),
    "due": (
        r"due|expires|expire|expiry|expiration|renews|renewal|next_\w+|trial_end|trial_ends|deadline|not_after|exp|"
        r"current_period_end|resume|resumes"
    ),
}
_EPOCH = ("unix-time", "unixtime", "unix-timestamp", "timestamp", "epoch", "epoch-seconds")
_EPOCH_MS = ("unix-time-ms", "unix-timestamp-ms", "epoch-millis", "timestamp-ms")
_WHEN = r"(?:_at|_on|_date|_time|_date_time|_time_stamp|_datetime)"


def moments() -> tuple[Meaning, ...]:
    """Rows of moments: as RFC 3339 text, as days, and as seconds since 1970."""
    rows = []
    for kind, verbs in _MOMENTS.items():
        rows += [
            Meaning(name=f"time.{kind}", names=rf"(?:{verbs}){_WHEN}?", formats=_TIME),
            Meaning(name=f"date.{kind}", names=rf"(?:{verbs}){_WHEN}?", formats=_DAY),
            Meaning(name=f"epoch.{kind}", names=rf"(?:{verbs}){_WHEN}?", formats=_EPOCH, types=_NUM),
            Meaning(name=f"time.{kind}", names=rf"(?:{verbs}){_WHEN}"),
            Meaning(
                name=f"epoch_ms.{kind}",
                names=rf"(?:{verbs}){_WHEN}?(?:_ms|_millis|_milliseconds)?",
                says=r"milli ?seconds? (since|time ?stamp|epoch)|in milli ?seconds|epoch milli|unix milli",
                types=_NUM,
            ),
            Meaning(name=f"epoch.{kind}", names=rf"(?:{verbs}){_WHEN}", types=_NUM),
        ]
    return (
        *rows,
        Meaning(name="epoch.created", formats=_EPOCH, types=_NUM),
        Meaning(name="epoch_ms.created", formats=_EPOCH_MS, types=_NUM),
        Meaning(
            name="time.rfc2822", formats=("date-time-rfc-2822", "rfc-2822", "rfc2822", "http-date", "rfc1123")
        ),
        Meaning(
            name="epoch_ms.created",
            names=r"\w+",
            says=r"milli ?seconds? (since|time ?stamp|epoch)|epoch milli|unix milli|unix (epoch )?time(stamp)? in milli",
            types=_NUM,
        ),
        Meaning(
            name="epoch.created",
            names=r"\w+",
            says=r"seconds since|unix (epoch )?time|unix timestamp|epoch seconds",
            types=_NUM,
        ),
        Meaning(name="epoch.created", exact=r"created|timestamp|time_stamp|ts|time", types=_NUM),
        Meaning(name="epoch.created", names=r"time_stamp|epoch|\w+_at", types=_NUM),
        Meaning(name="epoch.updated", exact=r"updated|modified", types=_NUM),
        Meaning(name="time.created", exact=r"created|registered|joined"),
        Meaning(name="time.due", names=r"trial_end|period_end|deadline|expires|expiry"),
        Meaning(name="time.updated", names=r"updated|modified|\w+_at|time_stamp|date_time"),
        Meaning(name="date", names=r"date|day"),
    )
