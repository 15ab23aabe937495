package org.satchel.pos

import org.junit.runners.model.FrameworkMethod
import org.robolectric.RobolectricTestRunner
import org.robolectric.internal.bytecode.InstrumentationConfiguration

/**
 * Robolectric, with JNA and the bindings left in the ordinary class loader. The core has one table of callbacks a
 * process; a second copy of the bindings, loaded for a second kind of sandbox, would take over the first one's.
 *
 * `@RunWith(AndroidJUnit4::class)` means this runner here, and the device's own on a device.
 */
class CoreTestRunner(type: Class<*>) : RobolectricTestRunner(type) {
    override fun createClassLoaderConfig(method: FrameworkMethod): InstrumentationConfiguration =
        InstrumentationConfiguration.Builder(super.createClassLoaderConfig(method))
            .doNotAcquirePackage("com.sun.jna.")
            .doNotAcquirePackage("org.satchel.bindings.")
            .build()
}
