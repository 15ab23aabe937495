package org.satchel.pos.design

import android.content.Context
import android.media.AudioAttributes
import android.media.SoundPool
import android.os.Build
import android.os.VibrationEffect
import android.os.Vibrator
import android.os.VibratorManager
import androidx.annotation.RequiresApi
import org.satchel.pos.R
import org.satchel.pos.core.Preferences

/** The device's loudspeaker and its motor, as far as the person at the device wants them. */
class DeviceFeedback(context: Context, private val preferences: Preferences) : Feedback {
    private val pool = SoundPool.Builder().setMaxStreams(2).setAudioAttributes(ATTRIBUTES).build()
    private val sounds = Signal.entries.associateWith { pool.load(context, it.sound, 1) }
    private val motor: Vibrator? =
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) motorOf(context) else context.getSystemService(Vibrator::class.java)

    override fun give(signal: Signal) {
        val choices = preferences.choices.value
        if (choices.sounds) pool.play(sounds.getValue(signal), 1f, 1f, 1, 0, 1f)
        if (choices.vibration && motor?.hasVibrator() == true) motor.vibrate(signal.vibration)
    }
}

@RequiresApi(Build.VERSION_CODES.S)
private fun motorOf(context: Context): Vibrator? = context.getSystemService(VibratorManager::class.java)?.defaultVibrator

private val ATTRIBUTES = AudioAttributes.Builder()
    .setUsage(AudioAttributes.USAGE_ASSISTANCE_SONIFICATION)
    .setContentType(AudioAttributes.CONTENT_TYPE_SONIFICATION)
    .build()

private val Signal.sound: Int
    get() = when (this) {
        Signal.Done -> R.raw.done
        Signal.Undecided -> R.raw.undecided
        Signal.Refused -> R.raw.refused
    }

/** Once for done; a question for undecided; twice, and longer, for refused: to be told apart in a pocket. */
private val Signal.vibration: VibrationEffect
    get() = when (this) {
        Signal.Done -> VibrationEffect.createOneShot(60, VibrationEffect.DEFAULT_AMPLITUDE)
        Signal.Undecided -> VibrationEffect.createWaveform(longArrayOf(0, 60, 60, 60, 60, 60), -1)
        Signal.Refused -> VibrationEffect.createWaveform(longArrayOf(0, 180, 90, 180), -1)
    }
