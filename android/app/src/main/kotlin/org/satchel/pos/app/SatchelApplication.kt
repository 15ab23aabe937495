package org.satchel.pos.app

import android.app.Application

/** The process: it makes the graph, and every activity asks it for that. */
class SatchelApplication : Application() {
    val graph: AppGraph by lazy { AppGraph.of(this) }
}
