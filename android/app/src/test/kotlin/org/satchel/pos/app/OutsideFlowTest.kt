package org.satchel.pos.app

import android.Manifest
import android.content.Intent
import android.content.pm.PackageManager
import android.provider.Settings
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.test.performClick
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Shadows.shadowOf
import org.satchel.pos.AppRule
import org.satchel.pos.R
import org.satchel.pos.await
import org.satchel.pos.openTill
import org.satchel.pos.press
import org.satchel.pos.sellByCard
import org.satchel.pos.text

/** Where a person meets other parts of the device: the camera's permission, the system's settings, the share sheet. */
@RunWith(AndroidJUnit4::class)
class OutsideFlowTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    @Before fun aCamera() =
        shadowOf(rule.activity.packageManager).setSystemFeature(PackageManager.FEATURE_CAMERA_ANY, true)

    @Test fun a_camera_that_is_not_allowed_leads_to_the_settings_and_back_to_selling() {
        rule.openTill()
        rule.scan()
        rule.answerPermission(PackageManager.PERMISSION_DENIED)
        rule.await(R.string.scan_forbidden)
        rule.press(R.string.scan_app_settings)
        assertEquals(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, shadowOf(rule.activity).nextStartedActivity.action)
        rule.press(R.string.close)
        rule.await(R.string.sell_amount)
    }

    @Test fun a_camera_that_is_allowed_looks_for_barcodes() {
        rule.openTill()
        rule.scan()
        rule.answerPermission(PackageManager.PERMISSION_GRANTED)
        rule.await(R.string.scan_goods)
    }

    @Test fun a_receipt_goes_to_the_share_sheet_as_text() {
        rule.openTill()
        rule.sellByCard("1250", "€12.50")
        rule.press(R.string.home_more)
        rule.press(R.string.place_journal)
        rule.press("€12.50", within = R.string.receipts_sale)
        rule.press(R.string.receipts_share)
        val chooser = shadowOf(rule.activity).nextStartedActivity
        assertEquals(Intent.ACTION_CHOOSER, chooser.action)
        @Suppress("DEPRECATION")
        val shared = chooser.getParcelableExtra<Intent>(Intent.EXTRA_INTENT)!!.getStringExtra(Intent.EXTRA_TEXT)!!
        for (line in listOf("€12.50", rule.text(R.string.receipts_duplicate), rule.text(R.string.receipts_training))) {
            assertTrue(shared, line in shared)
        }
    }

    private fun AppRule.scan() {
        val camera = hasContentDescription(text(R.string.scan_title)) and hasClickAction()
        await(camera)
        onNode(camera).performClick()
        await(R.string.scan_asking)
    }

    private fun AppRule.answerPermission(answer: Int) {
        waitUntil { shadowOf(activity).lastRequestedPermission != null }
        val asked = shadowOf(activity).lastRequestedPermission
        assertEquals(listOf(Manifest.permission.CAMERA), asked.requestedPermissions.toList())
        runOnUiThread { activity.onRequestPermissionsResult(asked.requestCode, asked.requestedPermissions, intArrayOf(answer)) }
    }
}
