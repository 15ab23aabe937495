package org.satchel.pos.core

import org.satchel.bindings.coreVersion

/** What the app can say of the core it runs on. */
interface CoreInfo {
    /** As the change log numbers it. */
    val version: String
}

/** The core itself. */
object Core : CoreInfo {
    override val version: String get() = coreVersion()
}
