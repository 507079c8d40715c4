"""Vocabularies of the checks."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Who acts in a sentence, where it is a person; a thing may fail to start, and nobody is judged by it.
PEOPLE = (
    "we|he|she|i|you|team|engineers?|operators?|on-call|responders?|developers?|nobody|"
    "no one|someone|somebody|everyone|administrators?|admins?|staff|ops|management|managers?|"
    "vendor|people|person|author|reviewers?|commander|lead|colleagues?|employees?|contractors?"
)

#: What everybody who reads about services has met; the rest is explained once.
COMMON_ACRONYMS = _words(
    """
    UTC AM PM OK ID IDS API APIS HTTP HTTPS URL URLS IT CPU CPUS RAM GB MB KB TB MS SSD DNS TLS SSL SQL IP
    TCP UDP HTML CSS JSON XML CSV PDF USB PC EU US UK USA FAQ SEV SEV1 SEV2 SEV3 SEV4 P1 P2 P3 Q1 Q2 Q3 Q4 I
    A AWS GCP VM VMS OS UI NOT AND OR NO ALL SSH LAN WIFI CEO CTO COO CFO HR PR AI SMS VPN TODO CD CI SLA
    """
)

#: With one of these an action item says what will be done.
DOING = _words(
    """
    add adopt agree alert allow amend announce apply archive ask assign attach audit automate back backfill
    balance ban batch block book bound break build bump bypass cache call cancel cap capture change clean
    clear close collect compare compress configure connect consolidate convert copy correct count cover
    create cut deactivate decide declare decommission decouple decrease define delete deliver deny deploy
    deprecate design detach detect disable disallow disconnect display distribute divert document downgrade
    draft drain drill drop dump duplicate emit enable encrypt end enforce enlarge enter escalate establish
    evict exclude exercise expand expire explain export expose extend extract fail fence file fill filter
    finish fix flag flush forbid force format free freeze gate generate give grant group guard halt harden
    hide hire hold host implement import include increase index inform inject insert install instrument
    integrate interview introduce isolate issue join keep label launch lease let lift limit link list load
    localize lock log lower make map mark mask measure merge migrate mirror mount move mute name note notify
    offer open order pace page parallelize partition patch pause perform pin place plan port post practice
    prepare prescribe prevent print prioritize probe produce prohibit promote protect prove provide
    provision prune publish pull purge push put quarantine queue quote raise rate read rebalance rebuild
    recalculate record recover redact redesign redirect reduce refactor refresh refuse register rehearse
    reject relabel release remind remove rename renew reorder repair repeat replace replay replicate report
    request require reroute reserve reset reshard resize resolve restart restore restrict retain retire
    retry return reuse revert revoke rewrite roll rotate route run sample save scale scan schedule seal
    secure segment send separate serialize serve set settle shard share shed shift shorten show shrink shut
    sign silence simplify simulate skip slow snapshot sort speed split staff stage standardize start state
    stop store stream strip subscribe supply support surface suspend switch sync tag take teach tell
    terminate test throttle tighten time trace track train translate treat trigger trim tune turn unify
    update upgrade upload use vacuum validate vary verify version wait warm warn weaken widen wire withdraw
    wrap write
    """
)

#: These begin an action item that never ends, unless its criterion says when.
ENDLESS = _words(
    """
    improve investigate monitor watch consider look think discuss review explore evaluate ensure try be
    research analyze assess examine understand follow check study optimize enhance continue
    strengthen address handle raise encourage reflect pay keep
    """
)

#: An action item that begins with one of these begins with no verb.
NO_VERB = _words(
    """
    the a an we our they their it this that these those more less better new no not all some any every each
    my your someone somebody nobody team there maybe possibly also and or for with by from in on of to
    """
)

#: What a criterion needs, that somebody could see.
SEEN = (
    r"\d|%|\b(?:fires?|alerts?|pages?|passes|passed|fails?|shows?|refuses?|rejects?|returns?|recovers?|stays?|drops?|"
    r"completes?|restored?|rehears\w+|drill|exercise|exists?|merged|deployed|closed|published|removed|disabled|"
    r"enabled|rejected|blocked|green|red|logged|listed|no longer|never|without|within|less than|at most|"
    r"at least|before|"
    r"after|every|none|zero|twice|once|test\w*)\b"
)
