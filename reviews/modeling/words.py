"""Words that a suggested sentence may use without an entry that holds them, and words that it may not use at all."""

from __future__ import annotations

import re

#: Words of every sentence.
SMALL = frozenset(
    """
    a after afterwards again all an and another as at before between both but by during each earlier every few first
    five four from h he his her in it its later meanwhile near neither next no nobody none nothing of on once one
    only min over people s she since six so some somebody someone soon that the their then there these they this
    those three two until up upon we what when where while with within without
    """.split()  # noqa: SIM905 - a list of words reads better so
)

#: What a sentence may begin with although no cited entry says it: everything else there could be an invented name.
OPENERS = SMALL | frozenset(
    """
    alert alerts customers errors engineers entries impact logs monitoring mitigation recovery requests responders
    service services traffic users
    """.split()  # noqa: SIM905 - a list of words reads better so
)

#: Words that any sentence may use: they name no thing, no person and no amount that an entry would have to hold.
PLAIN = OPENERS | frozenset(
    """
    about above access across action actions activity actually added additional against ago alarm alarms alert alerted
    alerting along already also although am among apart appear appeared are area around back backlog be became become
    becomes been began begin beginning begins behind being below beyond brief briefly bring brought came carried
    change changed changes changing channel check checked checks chronology come comes coming comment commented
    condition conditions contributed contributing d data date day days deploy deployed deployment deployments describe
    described description detail details detect detected detection did different do does done down drop due during
    early elapsed else elsewhere email end ending engineer entry evening event events evidence except fact facts far
    find finished followed following follows former forward found further gave get give given go goes going gone got
    group had happen happened happening has have having held help here him hour hours how however if impact impacted
    in incident incidents including inside instead into is issue itself just kept kind late later latest left let
    level like line lines link list little local log logged look looked looking made make makes making mark marked me
    measure measured members mentioned message messages met min minute minutes moment monitor monitored more morning
    my name named new night note noted notice noticed notification number numbers observation observations observed
    occurred occurring often on ongoing onto open opened opening operation operational operations or order other
    others our out outside own page paged part partial particular parts past people per perform period person place
    point posted present previous previously process put raise raised ran reaction read reading received record
    recorded records related released report reported reporting reports request requested respond responded responder
    response responses roll rollback rolled rolling run running s said same saw say saying says second seconds see
    seeing seem seemed seems seen sent sequence series set shared shortly should show showed showing shown shows side
    signal signals situation someone something source start started starting starts state stated statement statements
    states status step steps still subsequent subsequently such suspected system systems take taken takes taking team
    teams tell telling tells than text thing things think thought through throughout time times to together told too
    took toward towards turned type under update updated updates use used user using utc version very via visible was
    watched way we week well went were which who whole whom whose wide wish word words work write writing wrote yes
    yet you jan feb mar apr jun jul aug sep oct nov dec january february march april june july august september
    october november december
    """.split()  # noqa: SIM905 - a list of words reads better so
)

#: Amounts in words: as good as numbers, and borne only by entries that say them.
AMOUNTS = re.compile(
    r"\b(?:(?:an?|one|half an?) (?:second|minute|hour|day|week|month|year)|"
    r"all|always|any|both|couple|dozens?|double[ds]?|each|eight(?:een|y)?|eighth|eleven|entire(?:ly)?|every(?:body|one|thing)?|"
    r"few|fewer|fif(?:teen|ty|th)|first|five|for(?:ty|th)|four(?:teen|th)?|full|fully|half|halved|hundreds?|"
    r"last|least|less|majority|many|millions?|minority|more|most(?:ly)?|much|nine(?:teen|ty)?|ninth|nobody|none|"
    r"nothing|once|one|only|quarter|second|seven(?:teen|ty)?|seventh|several|six(?:teen|ty)?|sixth|"
    r"ten(?:th|s)?|thir(?:d|teen|ty)|thousands?|three|triple[ds]?|twel(?:ve|fth)|twent(?:y|ieth)|twice|two|whole|zero)\b",
    re.IGNORECASE,
)

NEGATIONS = re.compile(
    r"\b(?:no|not|never|neither|nor|none|nobody|nothing|nowhere|without|cannot|unable|\w+n['’]t)\b",
    re.IGNORECASE,
)

JUDGING = re.compile(
    r"\b(?:human error|user error|operator error|careless\w*|negligen\w+|neglect\w*|incompeten\w+|reckless\w*|"
    r"blam\w+|fault|at fault|stupid\w*|sloppy|lazy|foolish\w*|mistaken\w*|mistakes?|forgot\w*|overlooked|ignored|"
    r"failed to|neglected to|inexperienced|unprofessional\w*|irresponsibl\w+|incorrectly|wrongly|improperly|poorly)\b",
    re.IGNORECASE,
)

COUNTERFACTUAL = re.compile(
    r"\b(?:should|ought|could have|would have|might have|may have|could['’]ve|would['’]ve|might['’]ve|"
    r"had to have|if only|needed to have|was supposed to|were supposed to|preventable|avoidable|avoided|prevented|"
    r"prevents?|had\b.{1,60}\bwould)\b",
    re.IGNORECASE,
)

#: Claims of cause. "Suspected to have contributed" is the most that nearness in time bears (invariant 4).
CAUSAL = re.compile(
    r"\b(?:caus\w+|because|due to|owing to|thanks to|as a result|result\w*|consequen\w*|therefore|hence|thus|"
    r"lead to|leads to|led to|leading to|triggers?|triggered|triggering|responsible|culprit|reason\w*|explain\w*|"
    r"attribut\w+|stem\w*|provok\w+|induc\w+|contribut\w+|brought (?:down|about)|made .{1,40} fail|blew|"
    r"broke|breaking|took down|introduc\w+|originat\w+|so that)\b",
    re.IGNORECASE,
)
SUSPECTED = re.compile(r"\b(?:is|are|was|were) suspected\b.{0,60}\bcontribut\w+", re.IGNORECASE)
#: Words of more confidence than "suspected", and of what an action achieved; entries may say them.
SURE = re.compile(
    r"\b(?:end(?:s|ed)|stop(?:s|ped)|fix(?:es|ed)?|solv\w+|restor\w+|repair\w*|clear(?:s|ed)|resolv\w+|recover\w*|"
    r"mitigated|heal(?:s|ed)|cur(?:es|ed)|help(?:s|ed)|work(?:s|ed)|confirm\w*|proves?|proved|proven|probabl[ey]|likely|certain(?:ly)?|clear(?:ly)?|obvious(?:ly)?|definite(?:ly)?|"
    r"undoubted(?:ly)?|doubtless|evident(?:ly)?|apparently|presumably|surely|known|conclusive\w*|demonstrat\w+)\b",
    re.IGNORECASE,
)

#: The language of instructions to a model, in either direction.
INSTRUCTING = re.compile(
    r"\b(?:instructions?|prompts?|ignor\w+ (?:all|any|previous|the|your)|disregard\w*|system message|"
    r"assistant|language model|as an ai|you (?:must|are|should|will)|your|jailbreak)\b",
    re.IGNORECASE,
)
