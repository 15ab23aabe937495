package org.satchel.pos.core

import java.time.Instant

/** What somebody tells of themselves at registration. */
data class MemberDetails(val name: String, val contact: String, val consent: Consent)

/** A registered person, and what became of the card's activation. */
data class Registration(val number: String, val outcome: Outcome)

/** Somebody whose card was registered here. */
data class Member(
    val number: String,
    val card: CardMark,
    val name: String,
    val contact: String,
    val consent: Consent,
    val at: Instant,
)
