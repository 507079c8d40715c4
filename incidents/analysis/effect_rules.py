"""What lines of a change could lead to: the rules by which ``effects`` reads a diff.

A rule knows lines by words that many languages and formats share. It says what such a line makes possible, never that
it happened; the words are broad on purpose, because a rule counts only where the failure speaks of what it leads to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from incidents.analysis.symptom_words import Symptom as S

STRONG, FAIR, SOME, WEAK = 4.0, 3.0, 2.2, 1.5


class Rule(NamedTuple):
    """Lines that are added or taken away, the clause for that, and what it can lead to, how strongly."""

    does: str
    added: re.Pattern[str] | None
    removed: re.Pattern[str] | None
    leads_to: frozenset[S]
    strength: float
    in_place: bool


def _rule(
    does: str,
    leads_to: Iterable[S],
    strength: float,
    added: str = "",
    removed: str = "",
    in_place: bool = False,
) -> Rule:
    """A rule; ``in_place`` when it is an effect, too, that such a line stays but says something else."""
    compiled = [re.compile(text, re.IGNORECASE) if text else None for text in (added, removed)]
    return Rule(does, compiled[0], compiled[1], frozenset(leads_to), strength, in_place)


_GUARD = (
    r"(?<!err )(?<!error )[!=]==?\s*(?:nil|null|none|undefined)|is (?:not )?none|\?\.|"
    r"\?\?|\.getordefault|orelse|isnull|isempty|\bif let some|"
    r"\.get\(\s*[\"'][^\"']+[\"']\s*,|hasattr|\bok\s*:?=|len\([^)]*\)\s*[=><!]|unwrap_or"
)
RULES: tuple[Rule, ...] = (
    _rule(
        "reads or writes a table or column by name",
        {S.SCHEMA},
        FAIR,
        added=r"\b(?:select\b.{1,200}\bfrom|insert into|update\s+\w+\s+set|delete from|join)\s+\w+|"
        r"__tablename__|@(?:table|column)\b|db\.column|models\.\w+field",
    ),
    _rule(
        "changes the database's schema",
        {S.SCHEMA, S.LOCKS, S.FORMAT},
        STRONG,
        added=r"\b(?:alter table|drop (?:column|table|constraint)|rename (?:column|to)|"
        r"add (?:column|constraint)|set not null|add_column|remove_column|rename_column|"
        r"droptable)\b",
    ),
    _rule(
        "locks a table for as long as it runs",
        {S.LOCKS, S.SLOW, S.TIMEOUT, S.POOL},
        STRONG,
        added=r"\block table\b|create (?:unique )?index (?!concurrently)|\balter table\b|"
        r"vacuum full|\breindex\b|update \w+ set(?!.*where)",
    ),
    _rule(
        "takes an index or a bound of a query away",
        {S.QUERIES, S.SLOW, S.CPU, S.TIMEOUT, S.MEMORY},
        STRONG,
        added=r"drop index|remove_index|select \*.{0,80}from \w+\s*[\"'`;]?$|ignore index|"
        r"%\w*.{0,10}like|lower\(\w+\)\s*=",
        removed=r"create (?:unique )?index|\blimit\s+(?:\d|\$|\?|:|%)|\.limit\(|pagina|page_size|"
        r"use index|select_related|prefetch|\bwhere\b.{1,80}|includes\(|joinedload|batch",
    ),
    _rule(
        "adds a database query",
        {S.QUERIES, S.SLOW, S.POOL, S.TIMEOUT},
        WEAK,
        added=r"\bselect\b.{1,200}\bfrom\b|\.query\w*\(|\.objects\.|\.execute\(|findall|\.aggregate\(",
    ),
    _rule("takes a check for a missing value away", {S.CRASH, S.VALUES}, STRONG, removed=_GUARD),
    _rule(
        "uses a value that may be missing",
        {S.CRASH},
        SOME,
        added=r"\w+\.\w+\.\w+\.?\w*(?!\()|\.unwrap\(\)|!!\.|\[\s*[\"'][\w-]+[\"']\s*\]|\[0\]|as!|"
        r"\*\w+\.\w+|parse(?:int|float|url)?\(|must\w+\(",
    ),
    _rule(
        "takes the handling of an error away",
        {S.CRASH, S.VALUES, S.TIMEOUT, S.REFUSED},
        FAIR,
        removed=r"\bexcept\b|\bcatch\b|\brescue\b|fallback|\brecover\(\)|if err != nil|circuit|"
        r"\.onerror|default:",
    ),
    _rule(
        "turns failures into a crash or an error",
        {S.CRASH},
        FAIR,
        added=r"\bpanic\(|log\.fatal|os\.exit|sys\.exit|process\.exit|\bassert\b|raise \w+|"
        r"throw new|unreachable!|must\w+\(",
    ),
    _rule(
        "keeps adding to something that nothing empties",
        {S.MEMORY, S.DISK, S.CPU},
        STRONG,
        added=r"(?P<kept>\b[A-Za-z_.]+)\s*=\s*append\(\s*(?P=kept)\s*,|(?:global|shared|cache|"
        r"history|recent|registry|seen|log|records?|buffer|listeners?|pending|events|sessions|"
        r"metrics|samples)\w*"
        r"(?:\.(?:append|push|add|put|set|extend|insert)\(|\[[^\]]+\]\s*=(?!=))|"
        r"\bstatic (?:final )?(?:\w*list|\w*map|\w*set|\w*vec)\b|addeventlistener|\.on\([\"']|"
        r"maxsize\s*=\s*none|functools\.cache\b|lru_cache\(none|unbounded",
    ),
    _rule(
        "takes away what removes old files",
        {S.DISK},
        STRONG,
        removed=r"rotat|retention|max_?age|cleanup|prune|unlink|\.remove\(|truncate|expire|delete",
    ),
    _rule(
        "takes away what frees or closes",
        {S.MEMORY, S.POOL, S.LOCKS},
        STRONG,
        removed=r"\bdefer\b.{0,60}(?:close|unlock|release|cancel|done|stop|rollback)|\.close\(|"
        r"\.release\(|\.unlock\(|\.stop\(|\bwith\b.{1,80}:|\busing\b|evict|\bdelete\(|"
        r"\.remove\(|\.clear\(|\.pop\(|ttl|expire|cancel\(\)|max_?size|removelistener|"
        r"unsubscribe|finally|\.free\(",
    ),
    _rule(
        "opens something for each call",
        {S.POOL, S.MEMORY, S.SLOW, S.REFUSED, S.HANDSHAKE},
        FAIR,
        added=r"\b(?:new\s*(?:http)?client|httpclient\(|sql\.open|connect\(|dial\w*\(|"
        r"createconnection|getconnection|new\w*pool|session\(\)|\.connect\b|transport\{|"
        r"open\()|\.begin\(|pool\.acquire",
    ),
    _rule(
        "starts work on the side",
        {S.MEMORY, S.POOL, S.CPU, S.RACE, S.OVERLOAD},
        FAIR,
        added=r"\bgo func|\bgo \w+\(|thread\(|\.submit\(|create_task|executor|promise\.all|"
        r"asyncio\.gather|spawn\(|parallel|setinterval|newticker",
    ),
    _rule(
        "takes a bound of time away",
        {S.TIMEOUT, S.POOL, S.SLOW, S.BACKLOG, S.MEMORY},
        STRONG,
        removed=r"timeout|deadline|withtimeout|cancel",
    ),
    _rule(
        "takes or holds a lock",
        {S.LOCKS, S.SLOW, S.TIMEOUT, S.POOL, S.BACKLOG},
        FAIR,
        added=r"\.lock\(|\block\b.{0,20}\(|synchroni[sz]ed|for update|mutex|serializable|"
        r"advisory_lock|\.acquire\(|begin(?:tx|transaction)|transaction\.atomic|exclusive",
    ),
    _rule(
        "takes a lock or an order of work away",
        {S.RACE, S.VALUES, S.CRASH, S.LOCKS},
        STRONG,
        removed=r"\.r?lock\(|\.r?unlock\(|synchroni[sz]ed|mutex|for update|atomic|\.acquire\(|"
        r"transaction|idempoten|sync\.map|once\.do|on conflict|unique",
    ),
    _rule(
        "changes who may do what, or how that is proved",
        {S.ACCESS},
        STRONG,
        in_place=True,
        added=r"\bactions\b|\bverbs\b|\b(?:role|scope|permission|policy|audience|issuer|allow\w*|"
        r"deny|cors|origin|token|secret|api_?key|credential|authori[sz]\w*|jwt|signature|"
        r"signing|samesite|csrf|iam|principal|grant|password|header\b.{0,20}auth)s?\b",
        removed=r"\b(?:role|scope|permission|policy|audience|issuer|allow\w*|deny|cors|origin|token|"
        r"secret|api_?key|credential|authori[sz]\w*|jwt|signature|signing|samesite|csrf|iam|"
        r"principal|grant|password)s?\b",
    ),
    _rule(
        "changes which certificates are trusted or shown",
        {S.HANDSHAKE, S.EXPIRED},
        FAIR,
        added=r"certificate|\bca_?(?:file|cert|bundle|pool)|rootcas|\.pem\b|\.crt\b|verify|"
        r"insecureskip|servername|minversion|\bsni\b|mtls|truststore|keystore|notafter",
    ),
    _rule(
        "changes an address, a port or a name that is called",
        {S.NAMES, S.REFUSED, S.MISSING, S.TIMEOUT},
        STRONG,
        in_place=True,
        added=r"https?://|\w+_(?:host|url|addr|endpoint|port)\b|\b(?:host|hostname|endpoint|"
        r"base_?url|addr|dns|resolver|nameserver|ndots|upstream|proxy|targetport|"
        r"containerport|port)\b\s*[:=]|\.svc\b|\.internal\b|:\d{4,5}\b",
        removed=r"https?://|\b(?:host|hostname|endpoint|base_?url|addr|dns|resolver|nameserver|ndots|"
        r"upstream|proxy|port)\b\s*[:=]",
    ),
    _rule(
        "changes the network's rules or routes",
        {S.NETWORK, S.REFUSED, S.TIMEOUT, S.NAMES},
        STRONG,
        in_place=True,
        added=r"networkpolicy|ingress:|egress:|security_?group|firewall|iptables|route_?table|cidr|"
        r"subnet|\bbgp\b|\bmtu\b|\bacl\b|prefix-list",
        removed=r"networkpolicy|ingress:|egress:|security_?group|firewall|cidr|subnet",
    ),
    _rule(
        "changes the form of messages or data",
        {S.FORMAT, S.SCHEMA, S.VALUES, S.CRASH},
        STRONG,
        in_place=True,
        added=r"json:\"|`json|@json|serializedname|\b(?:int32|int64|string|bool|bytes|repeated|"
        r"optional|required|oneof|enum)\s+\w+\s*=\s*\d+;|unmarshal|\.parse\(|json\.loads|"
        r"deseriali[sz]|schema|encod(?:e|ing|er)|decod(?:e|ing|er)|content-?type|avro|"
        r"protobuf|marshal|disallowunknown|strict|pydantic|alias=|"
        r"version\b.{0,10}[:=].{0,4}v?\d",
        removed=r"json:\"|`json|serializedname|\b(?:int32|int64|string|bool|bytes|repeated|"
        r"optional)\s+\w+\s*=\s*\d+;|\breserved\b|schema|omitempty|alias=",
    ),
    _rule(
        "asks for a setting",
        {S.SETTING, S.CRASH},
        STRONG,
        in_place=True,
        added=r"os\.(?:getenv|environ)|process\.env|\benv(?:from|\.|\()|viper\.|settings\.\w+|"
        r"config(?:map)?\.(?:get|must)\w*|secretkeyref|configmapkeyref|getproperty|@value|"
        r"lookupenv|flags?\.(?:get|bool|string|is)",
        removed=r"os\.(?:getenv|environ)|process\.env|secretkeyref|configmapkeyref|"
        r"^\s*-?\s*name:\s*[A-Z_]+|^\s*[A-Z][A-Z0-9_]+\s*[:=]|setdefault|default\w*\(",
    ),
    _rule(
        "changes what is cached, or for how long",
        {S.CACHE, S.QUERIES, S.SLOW, S.VALUES, S.OVERLOAD},
        STRONG,
        in_place=True,
        added=r"cache\w*|\bttl\b|expire|max-age|etag|memo|invalidate|flushall|singleflight|jitter|"
        r"stale",
        removed=r"cache\w*|\bttl\b|expire|max-age|memo|singleflight|jitter|stale",
    ),
    _rule(
        "changes how often a failed call is made again",
        {S.RETRIES, S.OVERLOAD, S.RATE, S.TIMEOUT, S.POOL, S.RACE},
        STRONG,
        added=r"retr(?:y|ies)|max_?attempts|backoff|hedg|redeliver",
        removed=r"retr(?:y|ies)|backoff|jitter|circuit|max_?attempts|budget",
    ),
    _rule(
        "adds work for the processor",
        {S.CPU, S.SLOW, S.TIMEOUT, S.OVERLOAD},
        FAIR,
        added=r"regexp?\b|re\.compile|\.match(?:es)?\(|\bsort|bcrypt|scrypt|argon|hash(?:ing)?\(|"
        r"compress|gzip|encrypt|while\s*\(?(?:true|1)|for\s*\{|loop\s*\{|deepcopy|recurs|"
        r"rounds|cost\s*[:=]|busy|default:\s*$|\(\.\*\)|\+\)\+|\*\)\*|serialize",
    ),
    _rule(
        "waits in the middle of the work",
        {S.SLOW, S.TIMEOUT, S.BACKLOG, S.POOL},
        FAIR,
        added=r"\bsleep\(|time\.sleep|thread\.sleep|\.wait\(|\.join\(|\.result\(\)|\.get\(\)\s*$|"
        r"\bsync\b|readfilesync|execsync|fsync|flush\(",
    ),
    _rule(
        "changes how a queue is read or written",
        {S.BACKLOG, S.RACE, S.VALUES},
        STRONG,
        in_place=True,
        added=r"consumer|\bprefetch_?count|\back\(|nack|commit\w*(?:offset|sync)|partition|"
        r"max\.?poll|auto\.?offset|dead.?letter|\bqueue\b|subscri|publish\(|group\.?id|"
        r"visibility",
        removed=r"\back\(|commit(?:sync|offset|message)|consumer|dead.?letter|prefetch|partition",
    ),
    _rule(
        "changes time or its zone",
        {S.CLOCK, S.VALUES, S.EXPIRED, S.ACCESS},
        STRONG,
        in_place=True,
        added=r"time\.(?:local|utc|now|loadlocation)|timezone|tzinfo|datetime\.(?:now|utcnow)|"
        r"\.utc\(\)|strftime|parseinlocation|zoneid|localdate|unix\(|leeway|utcnow|"
        r"fromtimestamp",
    ),
    _rule(
        "changes a calculation or a condition",
        {S.VALUES, S.CRASH},
        WEAK,
        in_place=True,
        added=r"[-+*/%]=|\b(?:total|amount|price|count|balance|rate|currency|round|floor|ceil|"
        r"offset|index|sum)\w*\b.{0,20}[-+*/%<>]|[<>]=?\s*\w|&&|\|\|",
    ),
    _rule(
        "narrows a number or changes its type",
        {S.VALUES, S.CRASH, S.FORMAT},
        FAIR,
        added=r"\b(?:u?int(?:8|16|32)|float32|short|smallint|byte|integer)\b\s*\(?|\bfloat\(|"
        r"todecimal|\.toint|as (?:i|u)(?:8|16|32)|parseint|number\(",
    ),
    _rule(
        "writes more to disk or into logs",
        {S.DISK, S.CPU, S.SLOW},
        FAIR,
        added=r"log_?level.{0,20}(?:debug|trace)|\bdebug\b|\btrace\b|writefile|dump\(|appendfile|"
        r"openfile|audit_log|verbose|spool|retention|snapshot|wal_|checkpoint",
    ),
    _rule(
        "limits how many requests are let through",
        {S.RATE, S.OVERLOAD, S.ACCESS},
        STRONG,
        added=r"rate.?limit|limiter|throttle|burst|quota|max_?requests|tokens_per|rps\b|requests_per",
    ),
    _rule(
        "changes where files or pages are found",
        {S.MISSING, S.CRASH},
        FAIR,
        added=r"\b(?:route|router|path|urlpattern|handlefunc|mount|static|asset|import|require\(|"
        r"entrypoint|copy |cmd )\b",
        removed=r"\b(?:route|router|urlpattern|handlefunc|mount|static|asset|export|entrypoint|"
        r"copy )\b",
    ),
    _rule(
        "changes what is asked of machines and how they are checked",
        {S.MEMORY, S.CPU, S.OVERLOAD, S.CRASH, S.NETWORK},
        FAIR,
        added=r"livenessprobe|readinessprobe|nodeselector|affinity|toleration|resources:|limits:|"
        r"requests:|hpa|autoscal|minreplicas|maxreplicas|drain|gomaxprocs|gogc|-xmx|heap|"
        r"instance_?type|image:",
        removed=r"livenessprobe|readinessprobe|resources:|limits:|requests:|gomaxprocs|gogc|-xmx|"
        r"autoscal|prestop|graceful",
    ),
)
