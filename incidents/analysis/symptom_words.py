"""The sorts of failure, and the words by which the texts of systems tell of each."""

from __future__ import annotations

import re
from enum import StrEnum


class Symptom(StrEnum):
    """The sorts of failure, with the words for them in a sentence."""

    MEMORY = "memory that runs out"
    CPU = "processors that are busy"
    POOL = "connections or workers that run out"
    TIMEOUT = "time limits that are passed"
    QUERIES = "slow or many database queries"
    SCHEMA = "tables, columns or fields that are not as expected"
    LOCKS = "locks that are waited for"
    CRASH = "code that crashes"
    ACCESS = "refused access"
    EXPIRED = "a certificate or credential that has expired"
    HANDSHAKE = "TLS connections that cannot be made"
    NAMES = "names that cannot be resolved"
    REFUSED = "connections that are refused"
    FORMAT = "messages or data that cannot be read"
    SETTING = "a setting that is missing or wrong"
    RATE = "requests above a rate limit or quota"
    DISK = "storage that is full or slow"
    BACKLOG = "queues that grow"
    CACHE = "caches that miss"
    RETRIES = "requests that are repeated"
    RACE = "work that is done at the same time and collides"
    OVERLOAD = "more load than capacity"
    VALUES = "wrong or inconsistent values"
    SLOW = "requests that are slow"
    NETWORK = "a network or machine that fails"
    PROVIDER = "a system of somebody else that fails"
    CLOCK = "times that are wrong"
    MISSING = "pages, files or addresses that are not there"


def _any(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


WORDS: tuple[tuple[Symptom, re.Pattern[str]], ...] = (
    (
        Symptom.MEMORY,
        _any(
            r"out ?of ?memory|\boom|memory limit|memory_(?:rss|usage|working)|heap|rss\b|"
            r"\bgc (?:pause|overhead)|evict\w* .{0,20}memory"
            r"|memory (?:leak|pressure|exceeded|usage)|cannot allocate|allocation fail|resident"
        ),
    ),
    (
        Symptom.CPU,
        _any(
            r"\bcpu\b|cpu_|throttled_seconds|event loop|hot loop|spinning|backtrack|load average|"
            r"100 ?% busy"
        ),
    ),
    (
        Symptom.POOL,
        _any(
            r"\bpool\b|pool_|too many (?:connections|clients|open files)|max_?conn|"
            r"connection slots|acquir\w+ .{0,20}conn|"
            r"no (?:free|available|idle) (?:connections?|workers?|threads?)|threads? exhaust|"
            r"(?:connections?|workers?|file descriptors?|"
            r"ports?|handles?|sockets?) (?:\w+ )?(?:exhausted|leak)|goroutine|emfile|"
            r"ephemeral port|semaphore|bulkhead|open_fds|in_use"
        ),
    ),
    (
        Symptom.TIMEOUT,
        _any(
            r"time[ds]?[ -_]?out|deadline|context cancell?ed|etimedout|took too long|"
            r"budget exceeded|exceeded \S+ ?m?s\b|watchdog"
        ),
    ),
    (
        Symptom.QUERIES,
        _any(
            r"slow quer|seq(?:uential)? scan|full (?:table )?scan|quer(?:y|ies)[ _](?:count|per|"
            r"duration|time|latency)|\bn\+1\b|select .{1,120} from|"
            r"db_(?:query|calls|cpu|load|time)|rows examined|missing index|statement timeout|"
            r"temp file|sort spill"
        ),
    ),
    (
        Symptom.SCHEMA,
        _any(
            r"relation \S+ does not exist|no such (?:table|column|field)|unknown (?:column|field|"
            r"enum|table)|undefined (?:column|table)|"
            r"column \S+ (?:does not exist|not found|of relation)|invalid column|doesn't exist|"
            r"null value in column|not-null constraint|"
            r"violates \S+ ?constraint|duplicate key|schema|migration|undefinedtable|"
            r"programmingerror|operationalerror"
        ),
    ),
    (
        Symptom.LOCKS,
        _any(
            r"deadlock|lock (?:wait|timeout|contention)|could not obtain lock|waiting for \w*lock|"
            r"mutex|lock_wait|blocked by|idle in transaction"
        ),
    ),
    (
        Symptom.CRASH,
        _any(
            r"nil pointer|null ?pointer|nullreference|\bnpe\b|panic|segfault|sigsegv|segmentation|"
            r"core dumped|traceback|"
            r"(?:typeerror|attributeerror|keyerror|indexerror|valueerror|zerodivision|"
            r"unboundlocal)|cannot read propert|undefined is not|"
            r"nonetype|index out of (?:range|bounds)|unhandled (?:exception|rejection)|uncaught|"
            r"stack overflow|assertion|crash ?loop|"
            r"divide by zero|integer overflow|unwrap\(\)|restarts?_total|exited with|abort(?:ed)? \(core"
        ),
    ),
    (
        Symptom.ACCESS,
        _any(
            r"\b40[13]\b|unauthori[sz]ed|forbidden|permission denied|access ?denied|"
            r"not authori[sz]ed|invalid (?:token|signature|credential|api key|audience|issuer|"
            r"scope)"
            r"|authentication fail|signature (?:mismatch|invalid|verification)|jwt|\bcors\b|csrf|"
            r"login fail|auth_fail|\brbac\b|insufficient (?:scope|privilege)"
        ),
    ),
    (
        Symptom.EXPIRED,
        _any(
            r"(?:certificate|cert|token|credential|key|secret|licen[sc]e|"
            r"password)\b.{0,40}\b(?:expired|has expired|not yet valid)|expired (?:certificate|"
            r"cert|token|credential|key|licen[sc]e)"
            r"|notafter|seconds_until_expiry|cert\w*_expir"
        ),
    ),
    (
        Symptom.HANDSHAKE,
        _any(
            r"handshake|x509|\btls\b|\bssl\b|unknown authority|certificate verify|cipher|"
            r"hostname mismatch|self[- ]signed"
        ),
    ),
    (
        Symptom.NAMES,
        _any(
            r"no such host|nxdomain|name resolution|could not resolve|getaddrinfo|enotfound|"
            r"unknown host"
        ),
    ),
    (
        Symptom.REFUSED,
        _any(
            r"connection (?:refused|reset)|econnrefused|econnreset|broken pipe|no route to host|"
            r"no healthy (?:upstream|endpoints|hosts)|connection closed|upstream connect error|"
            r"unreachable"
        ),
    ),
    (
        Symptom.FORMAT,
        _any(
            r"unmarshal|deseriali[sz]|\bdecod(?:e|ing)\b|parse error|pars(?:e|ing) fail|"
            r"failed to parse|cannot parse|invalid (?:json|character|format|payload|utf-?8|"
            r"message|wire)|unexpected (?:token|end|field|type)|"
            r"malformed|corrupt|checksum|unknown field|missing (?:required )?(?:field|property|"
            r"key)|schema (?:mismatch|violation|registry|valid)|protobuf|avro|poison|"
            r"validation (?:error|fail)|"
            r"expected \S+ (?:got|but)|cannot be cast|encoding"
        ),
    ),
    (
        Symptom.SETTING,
        _any(
            r"missing (?:environment|env|config|setting|secret|key|variable)|(?:environment|env|"
            r"config\w*|setting|secret|variable)\b.{0,40}\b(?:missing|not set|not found|undefined|"
            r"required|empty|invalid|unset)|"
            r"invalid config|misconfig|configuration error|no value for|unknown (?:option|flag|"
            r"key)|imagepull|configmap|feature flag .{0,40}(?:missing|unknown)"
        ),
    ),
    (
        Symptom.RATE,
        _any(
            r"\b429\b|rate.?limit|too many requests|quota|throttl|limit exceeded|request limit|"
            r"provisionedthroughput|retry-after"
        ),
    ),
    (
        Symptom.DISK,
        _any(
            r"no space left|disk (?:is )?(?:full|usage|pressure|i/?o)|enospc|inode|"
            r"read-only file system|disk_|volume (?:full|attach)|iops|wal (?:growth|size|archiv)|"
            r"filesystem|quota exceeded on device"
        ),
    ),
    (
        Symptom.BACKLOG,
        _any(
            r"backlog|consumer.?lag|queue.?(?:depth|length|size|full|grow)|_lag|lag\b|"
            r"dead.?letter|rebalanc|unacked|partition assign|stuck message|offset|max\.poll"
        ),
    ),
    (Symptom.CACHE, _any(r"cache|hit.?(?:ratio|rate)|stampede|thundering|evictions?|redis|memcache|stale")),
    (
        Symptom.RETRIES,
        _any(
            r"\bretr(?:y|ies|ying)\b|retry_|attempt \S+ of|retry storm|amplif|backoff|"
            r"giving up after|hedg|circuit"
        ),
    ),
    (
        Symptom.RACE,
        _any(
            r"data race|concurrent (?:map|modification|update|write)|race condition|"
            r"optimistic lock|version conflict|could not serialize|double[- ](?:charge|process|"
            r"spend|submit)|already processed|duplicate"
        ),
    ),
    (
        Symptom.OVERLOAD,
        _any(
            r"overload|shedding|saturat|at capacity|capacity|autoscal|surge|spike in (?:traffic|"
            r"requests)|request volume|queued|requests_per_sec|too busy|bot traffic|scrap(?:er|"
            r"ing)|ddos|pods pending"
        ),
    ),
    (
        Symptom.VALUES,
        _any(
            r"mismatch|inconsisten|wrong (?:amount|price|total|value|currency)|incorrect|"
            r"negative (?:amount|balance|quantity|value|price)|reconcil|discrepan|rounding|"
            r"overflow|off by|drift|zero results|empty result|unexpected value|out of range|"
            r"invariant|nan\b|truncat"
        ),
    ),
    (Symptom.SLOW, _any(r"\bslow|latency|duration|response time|p9[59]|_ms\b|degraded")),
    (
        Symptom.NETWORK,
        _any(
            r"packet loss|servfail|resolver|\bdns\b|dns_|network (?:partition|unreachable|"
            r"is unreachable|error|policy)|node (?:\S+ )?(?:not ?ready|down|lost|drain)|notready|"
            r"availability zone|\baz\b|instance (?:terminated|failed|unreachable|retired|lost)|"
            r"hardware|kernel|preempt|spot|power|fiber|link (?:down|flap)|interface (?:down|"
            r"errors)|\bbgp\b|route withdrawn|zone (?:outage|failure)|host(?:s)? (?:lost|down|"
            r"failure)|retransmit|\bmtu\b|partition(?:ed)? from|"
            r"leader (?:lost|election)|quorum|split.?brain|failover|replica (?:lost|down)|"
            r"disk failure|volume detached|control plane"
        ),
    ),
    (
        Symptom.PROVIDER,
        _any(
            r"third.?party|(?:external|upstream|payment|sms|email|identity|cloud|dns|carrier|cdn|"
            r"map|geo\w*) (?:provider|vendor|gateway|processor|partner|api)|vendor|"
            r"provider (?:outage|returned|unavailable|degraded|error|status|incident)|"
            r"status ?page|api\.[\w-]+\.(?:com|io|net)|\b[\w-]+\.(?:example|stripe|twilio|"
            r"sendgrid|auth0|okta|amazonaws|googleapis|cloudflare)\.\w+|external dependency|"
            r"partner"
        ),
    ),
    (
        Symptom.CLOCK,
        _any(
            r"clock (?:skew|drift)|time ?zone|\bntp\b|in the future|daylight|\bdst\b|"
            r"\butc\b offset|leap|timestamp (?:out|invalid)|token used before"
        ),
    ),
    (
        Symptom.MISSING,
        _any(
            r"\b404\b|not found|no such file|enoent|missing (?:file|asset|route|template|chunk)|"
            r"cannot find module|modulenotfound|importerror|classnotfound|no route matches|"
            r"unknown method|unimplemented|method not found"
        ),
    ),
)
