"""The formats that can be asserted."""

from __future__ import annotations

FORMATS: dict[str, str] = {
    "date": "is_date",
    "date-time": "is_date_time",
    "duration": "is_duration",
    "email": "is_email",
    "hostname": "is_hostname",
    "idn-email": "is_idn_email",
    "idn-hostname": "is_idn_hostname",
    "ipv4": "is_ipv4",
    "ipv6": "is_ipv6",
    "iri": "is_iri",
    "iri-reference": "is_iri_reference",
    "json-pointer": "is_json_pointer",
    "regex": "is_regex",
    "relative-json-pointer": "is_relative_json_pointer",
    "time": "is_time",
    "uri": "is_uri",
    "uri-reference": "is_uri_reference",
    "uri-template": "is_uri_template",
    "uuid": "is_uuid",
}
"""Name of a format -> the function of the run-time support that checks a text."""
