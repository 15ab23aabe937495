package org.satchel.pos.cardwork

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import org.satchel.pos.core.Approval
import org.satchel.pos.core.Authority
import org.satchel.pos.core.Till
import org.satchel.pos.design.Feedback
import org.satchel.pos.nfc.CardReader
import org.satchel.pos.signon.Purpose
import org.satchel.pos.signon.SignOnEvent
import org.satchel.pos.signon.SignOnPresenter
import org.satchel.pos.signon.SignOnState

/**
 * Somebody who may is asked to agree, with card and PIN.
 *
 * @param onChange told how the asking stands; null once nobody is asked any more
 */
class Approving(
    private val till: Till,
    private val cards: CardReader,
    private val feedback: Feedback,
    private val scope: CoroutineScope,
    private val onChange: (SignOnState?) -> Unit,
) {
    private var asked: SignOnPresenter<Approval>? = null
    private var watching: Job? = null

    fun ask(authority: Authority, onAgreed: (Approval) -> Unit) {
        val presenter = SignOnPresenter(Purpose.Approve(authority), cards, feedback, scope, till::approve) { approval ->
            end()
            onAgreed(approval)
        }
        asked = presenter
        watching = scope.launch { presenter.state.collect(onChange) }
    }

    fun on(event: SignOnEvent) {
        asked?.on(event)
    }

    /** What is typed is forgotten. */
    fun giveUp() {
        asked?.on(SignOnEvent.StartOver)
        end()
    }

    private fun end() {
        watching?.cancel()
        asked = null
        onChange(null)
    }
}
