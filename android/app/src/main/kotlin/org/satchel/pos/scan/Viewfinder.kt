package org.satchel.pos.scan

import android.content.Context
import android.graphics.Matrix
import android.graphics.RectF
import android.graphics.SurfaceTexture
import android.os.SystemClock
import android.util.Size
import android.view.Surface
import android.view.TextureView
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.rememberUpdatedState
import androidx.compose.ui.Modifier
import androidx.compose.ui.viewinterop.AndroidView
import kotlin.math.max

/** What the camera sees, and what it reads there. @param onFault there is no camera to be had */
@Composable
fun Viewfinder(codes: Codes, lit: Boolean, onRead: (String) -> Unit, onFault: () -> Unit, modifier: Modifier = Modifier) {
    val read by rememberUpdatedState(onRead)
    val fault by rememberUpdatedState(onFault)
    AndroidView(
        { CameraView(it, codes, { text -> read(text) }, { fault() }) }, modifier,
        onRelease = CameraView::release, update = { it.light(lit) },
    )
}

private class CameraView(context: Context, codes: Codes, private val onRead: (String) -> Unit, private val onFault: () -> Unit) :
    TextureView(context), TextureView.SurfaceTextureListener {
    private val reader = CodeReader(codes)
    private val sightings = Sightings()
    private var camera: Camera? = null
    private var lit = false
    private var size: Size? = null

    init {
        surfaceTextureListener = this
    }

    fun light(on: Boolean) {
        lit = on
        camera?.light(on)
    }

    fun release() {
        camera?.close()
        camera = null
    }

    override fun onSurfaceTextureAvailable(surface: SurfaceTexture, width: Int, height: Int) {
        camera = Camera(context, ::look, onFault = { post { onFault() } }).also { camera ->
            camera.light(lit)
            camera.open(surface) { size ->
                post {
                    this.size = size
                    arrange()
                }
            }
        }
    }

    override fun onSurfaceTextureSizeChanged(surface: SurfaceTexture, width: Int, height: Int) = arrange()

    override fun onSurfaceTextureDestroyed(surface: SurfaceTexture): Boolean {
        release()
        return true
    }

    override fun onSurfaceTextureUpdated(surface: SurfaceTexture) = Unit

    /** On the camera's thread: pictures that come while one is looked at are left out. */
    private fun look(frame: Frame) {
        val text = reader.read(frame) ?: return
        if (sightings.isNew(text, SystemClock.elapsedRealtime())) post { onRead(text) }
    }

    /** Upright and in proportion, whichever way the device is held; what does not fit is cut off. */
    private fun arrange() {
        val picture = size ?: return
        if (width == 0 || height == 0) return
        val turned = display?.rotation ?: Surface.ROTATION_0
        val sideways = turned == Surface.ROTATION_90 || turned == Surface.ROTATION_270
        val view = RectF(0f, 0f, width.toFloat(), height.toFloat())
        val upright = RectF(0f, 0f, picture.height.toFloat(), picture.width.toFloat())
        upright.offset(view.centerX() - upright.centerX(), view.centerY() - upright.centerY())
        val matrix = Matrix()
        matrix.setRectToRect(view, upright, Matrix.ScaleToFit.FILL)
        val across = if (sideways) upright.height() else upright.width()
        val down = if (sideways) upright.width() else upright.height()
        val scale = max(view.width() / across, view.height() / down)
        matrix.postScale(scale, scale, view.centerX(), view.centerY())
        matrix.postRotate(-QUARTER * turned, view.centerX(), view.centerY())
        setTransform(matrix)
    }
}

private const val QUARTER = 90f
