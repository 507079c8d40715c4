"""Short forms of the trade, explained where a draft first uses them, for readers from other rooms.

An explanation stands in small letters behind the sentence's words, outside of what is quoted, so that it claims nothing
that the cited entries would have to bear.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from reviews.enums import SectionKey
from reviews.images import picture_of
from reviews.passages import Block, Sentence, compose, parse

MEANINGS: dict[str, str] = {
    "ACL": "access control list",
    "AZ": "availability zone, a separate data center of one region",
    "BGP": "border gateway protocol, by which networks tell each other their routes",
    "CDN": "content delivery network",
    "CI": "continuous integration",
    "CPU": "central processing unit",
    "DDoS": "distributed denial of service, a flood of requests from many places",
    "DNS": "domain name system",
    "GC": "garbage collection, which frees memory",
    "HA": "high availability",
    "IAM": "identity and access management",
    "IOPS": "input and output operations per second",
    "JVM": "virtual machine that runs programs",
    "KMS": "key management service",
    "KV": "key-value store",
    "LDAP": "lightweight directory access protocol",
    "MTU": "largest packet that a network link carries",
    "NTP": "network time protocol",
    "OOM": "out of memory",
    "QPS": "queries per second",
    "RPC": "remote procedure call",
    "RPS": "requests per second",
    "SLA": "service level agreement",
    "SLO": "service level objective",
    "SSO": "single sign-on",
    "TCP": "transmission control protocol",
    "TLS": "transport layer security",
    "TTL": "time to live",
    "VIP": "virtual address shared by several servers",
    "VPC": "virtual private cloud",
    "VPN": "virtual private network",
    "WAF": "web application firewall",
    "WAL": "write-ahead log of a database",
}
_SHORT = re.compile(rf"(?<![\w.\-/])({'|'.join(MEANINGS)})(?![\w/]|\.\w|-\w)")
_END = re.compile(r"[.!?…]*$")


def explained(bodies: Mapping[SectionKey, str]) -> dict[SectionKey, str]:
    """The texts with each short form explained once, in the first sentence that uses it."""
    known: set[str] = set()
    return {key: _explain(body, known) for key, body in bodies.items()}


def _explain(body: str, known: set[str]) -> str:
    if not _SHORT.search(body):
        return body
    return compose(
        Block(tuple(_with_meanings(one, known) for one in block.sentences), block.is_item)
        for block in parse(body)
    )


def _with_meanings(sentence: Sentence, known: set[str]) -> Sentence:
    """The sentence with what it uses first explained before its last mark; a picture stays as it is."""
    if picture_of(sentence.text):
        return sentence
    fresh = [one for one in dict.fromkeys(_SHORT.findall(sentence.text)) if one not in known]
    if not fresh:
        return sentence
    known.update(fresh)
    meanings = "; ".join(f"{one}: {MEANINGS[one]}" for one in fresh)
    mark = _END.search(sentence.text)
    end = mark.start() if mark else len(sentence.text)
    return replace(sentence, text=f"{sentence.text[:end]} ({meanings}){sentence.text[end:]}")
