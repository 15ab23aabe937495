package org.satchel.pos.scan

import android.annotation.SuppressLint
import android.content.Context
import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.media.Image
import android.media.ImageReader
import android.os.Handler
import android.os.HandlerThread
import android.util.Size
import android.view.Surface

/**
 * The camera that looks away from the person, or the only one there is. Everything of it happens on a thread of its own,
 * [onFrame] and [onFault] too.
 *
 * @param onFault it cannot be had, or was taken away
 */
class Camera(context: Context, private val onFrame: (Frame) -> Unit, private val onFault: () -> Unit) {
    private val manager = checkNotNull(context.getSystemService(CameraManager::class.java))
    private val thread = HandlerThread("camera").apply { start() }
    private val handler = Handler(thread.looper)
    private var device: CameraDevice? = null
    private var pictures: ImageReader? = null
    private var session: CameraCaptureSession? = null
    private var targets: List<Surface> = emptyList()
    private var lit = false
    private var closed = false

    /** Shows what it sees on [texture]. The permission is there. @param onSize how large its pictures are, as the sensor lies */
    fun open(texture: SurfaceTexture, onSize: (Size) -> Unit) {
        handler.post {
            orFault {
                val id = choose() ?: return@orFault onFault()
                val size = sizeOf(id)
                texture.setDefaultBufferSize(size.width, size.height)
                onSize(size)
                open(id, Surface(texture), reader(size))
            }
        }
    }

    /** Light, where there is a lamp. */
    fun light(on: Boolean) {
        handler.post {
            lit = on
            orFault { repeat() }
        }
    }

    /** Lets go of it. */
    fun close() {
        handler.post {
            closed = true
            device?.close()
            pictures?.close()
            thread.quitSafely()
        }
    }

    private fun choose(): String? = manager.cameraIdList.firstOrNull {
        manager.getCameraCharacteristics(it)[CameraCharacteristics.LENS_FACING] == CameraCharacteristics.LENS_FACING_BACK
    } ?: manager.cameraIdList.firstOrNull()

    /** As fine as is worth the time: a set-up file makes a dense code. */
    private fun sizeOf(id: String): Size {
        val sizes = manager.getCameraCharacteristics(id)[CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP]
            ?.getOutputSizes(ImageFormat.YUV_420_888).orEmpty()
        return sizes.filter { it.width <= WIDTH_MOST && it.height <= HEIGHT_MOST }.maxByOrNull { it.width * it.height }
            ?: Size(WIDTH_LEAST, HEIGHT_LEAST)
    }

    private fun reader(size: Size) = ImageReader.newInstance(size.width, size.height, ImageFormat.YUV_420_888, 2).also {
        it.setOnImageAvailableListener({ reader -> reader.acquireLatestImage()?.use { image -> onFrame(image.frame()) } }, handler)
        pictures = it
    }

    @SuppressLint("MissingPermission") // asked for before this is made
    private fun open(id: String, preview: Surface, reader: ImageReader) = manager.openCamera(id, object : CameraDevice.StateCallback() {
        override fun onOpened(camera: CameraDevice) {
            device = camera
            if (closed) camera.close() else orFault { look(camera, preview, reader.surface) }
        }

        override fun onDisconnected(camera: CameraDevice) = onError(camera, 0)

        override fun onError(camera: CameraDevice, error: Int) {
            camera.close()
            onFault()
        }
    }, handler)

    @Suppress("DEPRECATION") // what replaces it came after Android 8
    private fun look(camera: CameraDevice, preview: Surface, pictures: Surface) =
        camera.createCaptureSession(listOf(preview, pictures), object : CameraCaptureSession.StateCallback() {
            override fun onConfigured(session: CameraCaptureSession) {
                this@Camera.session = session
                targets = listOf(preview, pictures)
                orFault { repeat() }
            }

            override fun onConfigureFailed(session: CameraCaptureSession) = onFault()
        }, handler)

    private fun repeat() {
        val session = session ?: return
        val request = session.device.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
        targets.forEach(request::addTarget)
        request.set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
        request.set(CaptureRequest.FLASH_MODE, if (lit) CaptureRequest.FLASH_MODE_TORCH else CaptureRequest.FLASH_MODE_OFF)
        session.setRepeatingRequest(request.build(), null, handler)
    }

    /** Another app has the camera, the device's owner forbids it, or it was closed meanwhile. */
    private inline fun orFault(work: () -> Unit) {
        try {
            work()
        } catch (_: CameraAccessException) {
            onFault()
        } catch (_: SecurityException) {
            onFault()
        } catch (_: IllegalStateException) {
            if (!closed) onFault()
        } catch (_: IllegalArgumentException) {
            onFault()
        }
    }
}

/** The first plane, without what pads its rows. */
private fun Image.frame(): Frame {
    val plane = planes[0]
    val padded = ByteArray(plane.buffer.remaining()).also { plane.buffer.get(it) }
    val bytes = ByteArray(width * height)
    for (row in 0 until height) padded.copyInto(bytes, row * width, row * plane.rowStride, row * plane.rowStride + width)
    return Frame(bytes, width, height)
}

private const val WIDTH_MOST = 1_920
private const val HEIGHT_MOST = 1_080

/** Every camera has it. */
private const val WIDTH_LEAST = 640
private const val HEIGHT_LEAST = 480
