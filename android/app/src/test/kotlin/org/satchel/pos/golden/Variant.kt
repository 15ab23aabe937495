package org.satchel.pos.golden

/** The devices a screen is looked at on: a phone held upright, and a POS lying on the counter. */
enum class Device(val size: String, val density: String) {
    Phone("w411dp-h731dp-port", "hdpi"),
    Pos("w1280dp-h800dp-land", "mdpi"),
}

/** The languages a screen is looked at in: short words, no spaces, right to left. */
enum class Language(val locale: String) {
    En("en-rUS-ldltr"),
    Zh("zh-rCN-ldltr"),
    Ar("ar-rEG-ldrtl"),
    De("de-rDE-ldltr"),
    Es("es-rES-ldltr"),
}

enum class Light(val mode: String) {
    Light("notnight"),
    Dark("night"),
}

/** One way to look at a screen. */
data class Variant(val device: Device, val language: Language, val light: Light, val fontScale: Float = 1f) {
    /** Robolectric's qualifiers, in the order that Android prescribes. */
    val qualifiers: String = "${language.locale}-${device.size}-${light.mode}-${device.density}"

    /** The end of the picture's name. */
    val name: String = listOf(device, language, light).joinToString("-") { it.name.lowercase() } + largeText()

    private fun largeText() = if (fontScale == 1f) "" else "-${(fontScale * 100).toInt()}"

    companion object {
        /** What every state of every screen is looked at in. */
        val all: List<Variant> = Device.entries.flatMap { device ->
            listOf(Language.En, Language.Zh, Language.Ar).flatMap { language ->
                Light.entries.map { light -> Variant(device, language, light) }
            }
        }

        /** Text at twice its size, where it is tightest: the phone, in the language with the longest words. */
        val largeText: List<Variant> = listOf(Variant(Device.Phone, Language.De, Light.Light, fontScale = 2f))
    }
}
