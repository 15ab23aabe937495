package org.satchel.pos.about

import kotlinx.coroutines.flow.MutableStateFlow
import org.satchel.pos.core.CoreInfo
import org.satchel.pos.presenter.Presenter

/** The versions shown. */
data class AboutState(val appVersion: String, val coreVersion: String)

/** Nothing can be done here but read. */
sealed interface AboutEvent

/** Tells which app and which core this is. */
class AboutPresenter(appVersion: String, core: CoreInfo) : Presenter<AboutState, AboutEvent> {
    override val state = MutableStateFlow(AboutState(appVersion, core.version))

    override fun on(event: AboutEvent) = Unit
}
