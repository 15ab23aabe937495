package org.satchel.pos.core

/*
 * Names without anything to them are the core's own: there is nothing to translate, and nothing to forget.
 */

typealias Level = org.satchel.bindings.Level
typealias Authority = org.satchel.bindings.Authority

/** What a movement is to the card. */
typealias Operation = org.satchel.bindings.Operation

/** How far an open movement came. */
typealias Stage = org.satchel.bindings.Stage

/** How much an inquiry reads: the newest record, or all that the card keeps. */
typealias Depth = org.satchel.bindings.Depth
typealias Standing = org.satchel.bindings.Standing
typealias Consent = org.satchel.bindings.Consent
typealias NotAppliedWhy = org.satchel.bindings.NotAppliedWhy
typealias Contradiction = org.satchel.bindings.Contradiction
typealias ReceiptKind = org.satchel.bindings.ReceiptKind
typealias JournalScope = org.satchel.bindings.JournalScope
typealias RefusedWhy = org.satchel.bindings.RefusedWhy
typealias PackageKind = org.satchel.bindings.PackageKind
typealias PackageState = org.satchel.bindings.PackageState
typealias PracticeKind = org.satchel.bindings.PracticeKind
typealias Limit = org.satchel.bindings.Limit
typealias OrderFault = org.satchel.bindings.OrderFault
typealias CardNumberFault = org.satchel.bindings.CardNumberFault
typealias MemberTextFault = org.satchel.bindings.MemberTextFault
