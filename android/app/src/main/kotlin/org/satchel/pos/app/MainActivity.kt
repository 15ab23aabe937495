package org.satchel.pos.app

import android.content.Context
import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.lifecycle.lifecycleScope
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.drop
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.launch

/** The one window. */
class MainActivity : ComponentActivity() {
    private val graph get() = (application as SatchelApplication).graph

    override fun attachBaseContext(base: Context) {
        val choices = (base.applicationContext as SatchelApplication).graph.preferences.choices.value
        super.attachBaseContext(base.spoken(choices))
    }

    override fun onCreate(savedInstanceState: Bundle?) {
        enableEdgeToEdge()
        super.onCreate(savedInstanceState)
        lifecycleScope.launch { beginAnewWhenSpokenOtherwise() }
        setContent { App(graph) }
    }

    override fun onResume() {
        super.onResume()
        graph.nfc.resume(this)
    }

    override fun onPause() {
        graph.nfc.pause(this)
        super.onPause()
    }

    private suspend fun beginAnewWhenSpokenOtherwise() =
        graph.preferences.choices.map { it.spoken }.distinctUntilChanged().drop(1).collect { recreate() }
}
