"""What each ``format`` allows and forbids: values on which sound validators agree.

Sources: RFC 3339 (date-time, date, time, duration), RFC 5321 (email), RFC 1123 (hostname), RFC 3986 (uri),
RFC 9562 (uuid), RFC 4291 (ipv6), RFC 4648 (byte), RFC 6901 (json-pointer). ``EXAMPLES`` are valid,
``VIOLATORS`` clearly are not; a format that is in neither is an annotation that nobody checks.
"""

from __future__ import annotations

__all__ = ["EXAMPLES", "VIOLATORS"]

EXAMPLES: dict[str, tuple[str, ...]] = {
    "date-time": ("2026-03-14T09:26:53.589793Z", "2026-03-15T10:00:00Z", "2025-12-31T23:59:59.5Z"),
    "date": ("2026-03-14", "2024-02-29", "1999-12-31"),
    "time": ("09:26:53Z", "23:59:59.999Z", "00:00:00+01:00"),
    "duration": ("P3DT4H", "PT36H", "P1Y2M"),
    "email": ("ada.lovelace@example.com", "billing@example.org", "o.reilly+test@example.net"),
    "idn-email": ("ada.lovelace@example.com", "billing@example.org"),
    "hostname": ("hooks.example.com", "api.example.org", "a.example"),
    "idn-hostname": ("hooks.example.com", "api.example.org"),
    "uri": ("https://example.com/orders/42", "https://example.org/a?b=c#d", "urn:example:a1"),
    "uri-reference": ("/orders/42", "https://example.com/", "../a?b=c"),
    "iri": ("https://example.com/orders/42", "https://example.org/"),
    "iri-reference": ("/orders/42", "https://example.com/"),
    "uri-template": ("https://example.com/users/{user}", "https://example.com/{a}/{b}"),
    "uuid": (
        "4f9d5a3e-7b21-4c68-9d0f-2a8e6c1b3f57",
        "00000000-0000-0000-0000-000000000000",
        "c56a4180-65aa-42ec-a945-5fd21dec0538",
    ),
    "ipv4": ("192.0.2.17", "198.51.100.4", "203.0.113.250"),
    "ipv6": ("2001:db8::17", "::1", "2001:db8:0:1::ff"),
    "json-pointer": ("/a/b~1c/0", "", "/x"),
    "relative-json-pointer": ("1/a", "0"),
    "regex": ("^[a-z]+$", "a|b"),
    "byte": ("aGVsbG8=", "Y29udHJhY3Q="),
    "binary": ("binary",),
    "password": ("correct horse battery", "s3cret-pass"),
}

VIOLATORS: dict[str, dict[str, str]] = {
    "date": {
        "text": "yesterday",
        "empty": "",
        "no-such-day": "2026-02-30",
        "no-such-month": "2026-13-01",
        "day-zero": "2026-01-00",
        "slashes": "2026/01/31",
        "day-first": "31-01-2026",
        "with-time": "2026-01-31T00:00:00Z",
        "one-digit": "2026-1-31",
        "common-leap-day": "2026-02-29",
    },
    "time": {
        "text": "noon",
        "empty": "",
        "no-seconds": "09:26Z",
        "hour-24": "24:00:00Z",
        "minute-60": "09:60:00Z",
        "with-date": "2026-01-31T09:26:53Z",
        "comma": "09:26:53,5Z",
    },
    "duration": {"text": "three days", "empty": "", "bare-p": "P", "bare-t": "P1DT", "no-unit": "P3"},
    "email": {"text": "not an address", "empty": "", "no-at": "ada.example.com"},
    "idn-email": {"text": "not an address", "no-at": "ada.example.com"},
    "hostname": {
        "blank": "hooks example com",
        "leading-hyphen": "-hooks.example.com",
        "long-label": "a" * 64 + ".example",
    },
    "uri": {"relative": "/orders/42", "text": "not a uri", "empty": "", "blank": "https://example.com/a b"},
    "uri-reference": {"blank": "a b", "bad-escape": "/%zz"},
    "uuid": {
        "text": "not-a-uuid",
        "empty": "",
        "short": "4f9d5a3e-7b21-4c68-9d0f-2a8e6c1b3f5",
        "letter-g": "4f9d5a3e-7b21-4c68-9d0f-2a8e6c1b3fg7",
        "no-hyphens": "4f9d5a3e7b214c689d0f2a8e6c1b3f57",
        "misplaced-hyphens": "4f9d5a3e7-b21-4c68-9d0f-2a8e6c1b3f57",
    },
    "ipv4": {
        "text": "localhost",
        "empty": "",
        "octet-256": "192.0.2.256",
        "three-parts": "192.0.2",
        "five-parts": "192.0.2.1.1",
        "ipv6": "2001:db8::17",
    },
    "ipv6": {
        "text": "localhost",
        "empty": "",
        "ipv4": "192.0.2.17",
        "two-gaps": "2001::db8::17",
        "letter-g": "2001:db8::g",
    },
    "json-pointer": {"no-slash": "a/b", "bad-escape": "/a~2"},
    "regex": {"open-group": "(a", "open-class": "[a"},
}


def _date_times() -> dict[str, str]:
    """A violator for each part that RFC 3339, section 5.6, fixes."""
    bad = {
        "text": "yesterday",
        "empty": "",
        "null-text": "null",
        "no-zone": "2026-03-14T09:26:53",
        "no-zone-fraction": "2026-03-14T09:26:53.589",
        "no-time": "2026-03-14",
        "no-date": "09:26:53Z",
        "no-seconds": "2026-03-14T09:26Z",
        "no-minutes": "2026-03-14T09Z",
        "epoch-seconds": "1773480413",
        "epoch-milliseconds": "1773480413589",
        "comma-fraction": "2026-03-14T09:26:53,589Z",
        "bare-point": "2026-03-14T09:26:53.Z",
        "space-before": " 2026-03-14T09:26:53Z",
        "space-after": "2026-03-14T09:26:53Z ",
        # A lone "\n" behind it is let through by every validator that ends its pattern in "$".
        "line-break-after": "2026-03-14T09:26:53Z\r\n",
        "line-break-before": "\n2026-03-14T09:26:53Z",
        "text-after": "2026-03-14T09:26:53Z UTC",
        "text-before": "on 2026-03-14T09:26:53Z",
        "slashes": "2026/03/14T09:26:53Z",
        "day-first": "14-03-2026T09:26:53Z",
        "month-first": "03/14/2026 09:26:53",
        "rfc-2822": "Sat, 14 Mar 2026 09:26:53 +0000",
        "basic-form": "20260314T092653Z",
        "week-date": "2026-W11-6T09:26:53Z",
        "ordinal-date": "2026-073T09:26:53Z",
        "short-year": "26-03-14T09:26:53Z",
        "long-year": "12026-03-14T09:26:53Z",
        "signed-year": "+2026-03-14T09:26:53Z",
        "one-digit-month": "2026-3-14T09:26:53Z",
        "one-digit-day": "2026-03-4T09:26:53Z",
        "one-digit-hour": "2026-03-14T9:26:53Z",
        "month-zero": "2026-00-14T09:26:53Z",
        "month-13": "2026-13-14T09:26:53Z",
        "day-zero": "2026-03-00T09:26:53Z",
        "hour-24": "2026-03-14T24:00:00Z",
        "hour-25": "2026-03-14T25:26:53Z",
        "minute-60": "2026-03-14T09:60:53Z",
        "second-61": "2026-03-14T09:26:61Z",
        "offset-hour-24": "2026-03-14T09:26:53+24:00",
        "offset-hour-24-west": "2026-03-14T09:26:53-24:00",
        "offset-minute-60": "2026-03-14T09:26:53+01:60",
        "offset-minute-60-west": "2026-03-14T09:26:53-01:60",
        "offset-no-colon": "2026-03-14T09:26:53+0100",
        "offset-hours-only": "2026-03-14T09:26:53+01",
        "offset-no-sign": "2026-03-14T09:26:5301:00",
        "offset-and-z": "2026-03-14T09:26:53+00:00Z",
        "two-zones": "2026-03-14T09:26:53ZZ",
        "zone-name": "2026-03-14T09:26:53UTC",
        "zone-region": "2026-03-14T09:26:53[Europe/Berlin]",
        "zone-letter": "2026-03-14T09:26:53A",
        "fullwidth-digits": "２０２６-03-14T09:26:53Z",
        "arabic-digits": "2026-03-14T09:26:5٣Z",
        "minus-sign": "2026-03-14T09:26:53\u221201:00",
        "underscore-digits": "2026-03-14T0_:26:53Z",
        "nul-after": "2026-03-14T09:26:53Z\x00",
        "am-pm": "2026-03-14T09:26:53 PM",
        "common-leap-day": "2026-02-29T09:26:53Z",
        "century-leap-day": "1900-02-29T09:26:53Z",
    }
    for month, days in enumerate((31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), start=1):
        bad[f"day-{days + 1}-of-{month:02}"] = f"2024-{month:02}-{days + 1:02}T09:26:53Z"
    return bad


VIOLATORS["date-time"] = _date_times()
