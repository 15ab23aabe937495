package org.satchel.pos.nfc

import android.app.Activity
import android.content.Context
import android.content.pm.PackageManager
import android.nfc.NfcAdapter
import android.nfc.Tag
import androidx.test.core.app.ApplicationProvider
import androidx.test.ext.junit.runners.AndroidJUnit4
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.async
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.satchel.pos.core.Answer
import org.satchel.pos.core.LinkFault
import org.satchel.pos.core.Trouble

@OptIn(ExperimentalCoroutinesApi::class)
@RunWith(AndroidJUnit4::class)
@Config(shadows = [FrameworkIsoDep::class, FrameworkTagTechnology::class])
class NfcReaderTest {
    private val adapter = adapterOf(ApplicationProvider.getApplicationContext())
    private val activity: Activity = Robolectric.setupActivity(Activity::class.java)
    private val service = FakeTagService { OK }

    @Test fun a_card_that_lies_there_already_counts() = test { reader ->
        come(isoDepTag(service, UID))
        assertEquals(Answer.Yes(2), reader.withCard { Answer.Yes(it.transceive(READ).size) })
    }

    @Test fun a_card_may_take_its_time_over_a_command() = test { reader ->
        come(isoDepTag(service, UID))
        assertEquals(Answer.Yes(2_000), reader.withCard { Answer.Yes(service.timeouts[ISO_DEP]) })
    }

    @Test fun a_card_is_used_once_until_it_is_lifted() = test { reader ->
        come(isoDepTag(service, UID))
        reader.withCard { Answer.Yes(Unit) }
        val next = async { reader.withCard { Answer.Yes(it.uid.toList()) } }
        assertFalse(next.isCompleted)
        come(isoDepTag(service, UID))
        assertEquals(Answer.Yes(UID.toList()), next.await())
    }

    @Test fun a_second_card_is_refused_while_one_is_used() = test { reader ->
        val lifted = CompletableDeferred<Unit>()
        val tap = async { reader.withCard { lifted.await().let { Answer.Yes(Unit) } } }
        come(isoDepTag(service, UID))
        assertEquals(ReaderState.InUse(), reader.state.value)
        come(isoDepTag(service, UID))
        assertEquals(ReaderState.InUse(another = true), reader.state.value)
        lifted.complete(Unit)
        tap.await()
        assertEquals(ReaderState.Ready, reader.state.value)
    }

    @Test fun in_the_background_a_card_in_use_is_taken_away() = test { reader ->
        val tap = async {
            reader.withCard { card ->
                reader.pause(activity)
                assertThrows(LinkFault.CardGone::class.java) { card.transceive(READ) }
                Answer.Yes(Unit)
            }
        }
        come(isoDepTag(service, UID))
        tap.await()
    }

    @Test fun a_card_that_leaves_is_gone() = test { reader ->
        come(isoDepTag(service, UID))
        reader.withCard { card ->
            service.present = false
            assertThrows(LinkFault.CardGone::class.java) { card.transceive(READ) }
            Answer.Yes(Unit)
        }
    }

    @Test fun a_command_the_device_cannot_send_fails_by_name() = test { reader ->
        come(isoDepTag(service, UID))
        reader.withCard { card ->
            val fault = assertThrows(LinkFault.Failed::class.java) { card.transceive(ByteArray(262)) }
            assertTrue(fault.detail, "262" in fault.detail)
            assertThrows(LinkFault.Failed::class.java) { card.transceive(byteArrayOf(0, 0, 0, 0, 0, 1, 0, 0)) }
            Answer.Yes(Unit)
        }
    }

    @Test fun what_is_no_such_card_is_refused_in_words() = test { reader ->
        come(notIsoDepTag(service, UID))
        assertEquals(Answer.No(Trouble.NotOurCard), reader.withCard { Answer.Yes(Unit) })
    }

    @Test fun switched_off_and_missing_are_told() {
        assertEquals(ReaderState.Missing, NfcReader(null).state.value)
        shadowOf(adapter).setEnabled(false)
        assertEquals(ReaderState.Off, NfcReader(adapter).state.value)
        shadowOf(adapter).setEnabled(true)
        assertEquals(ReaderState.Ready, NfcReader(adapter).state.value)
    }

    private fun test(body: suspend TestScope.(NfcReader) -> Unit) = runTest(UnconfinedTestDispatcher()) {
        shadowOf(adapter).setEnabled(true)
        val reader = NfcReader(adapter, Dispatchers.Unconfined)
        reader.resume(activity)
        assertTrue(shadowOf(adapter).isInReaderMode)
        body(reader)
    }

    private fun come(tag: Tag) = shadowOf(adapter).dispatchTagDiscovered(tag)
}

/** The adapter of a device that has NFC. */
private fun adapterOf(context: Context): NfcAdapter {
    shadowOf(context.packageManager).setSystemFeature(PackageManager.FEATURE_NFC, true)
    return NfcAdapter.getDefaultAdapter(context)
}

/** A tag of a kind that our cards are not. */
private fun notIsoDepTag(service: FakeTagService, uid: ByteArray): Tag =
    Tag(uid, intArrayOf(NFC_A), arrayOf(android.os.Bundle()), 7, 0L, service)

private const val NFC_A = 1
private const val ISO_DEP = 3
private val UID = byteArrayOf(4, 1, 2, 3, 4, 5, 6)
private val READ = byteArrayOf(0x90.toByte(), 0xAD.toByte(), 0, 0, 0)
private val OK = byteArrayOf(0x91.toByte(), 0)
