"""The formats that can be asserted."""

from __future__ import annotations

FORMATS: dict[str, str] = {
    "date": "fits_date",
    "date-time": "fits_date_time",
    "duration": "fits_duration",
    "email": "fits_email",
    "hostname": "fits_hostname",
    "idn-email": "fits_idn_email",
    "idn-hostname": "fits_idn_hostname",
    "ipv4": "fits_ipv4",
    "ipv6": "fits_ipv6",
    "iri": "fits_iri",
    "iri-reference": "fits_iri_reference",
    "json-pointer": "fits_json_pointer",
    "regex": "fits_regex",
    "relative-json-pointer": "fits_relative_json_pointer",
    "time": "fits_time",
    "uri": "fits_uri",
    "uri-reference": "fits_uri_reference",
    "uri-template": "fits_uri_template",
    "uuid": "fits_uuid",
}
"""Name of a format -> the function of the run-time support that checks a text."""
