// Made by `cargo xtask lock` from versions.lock, for Android Studio. Not run in CI.
// `cargo xtask bindings` and `cargo xtask apk` make what this reads under target/android.
plugins {
    id("com.android.application") version "@com.android.application.gradle.plugin@"
    id("org.jetbrains.kotlin.plugin.compose") version "@org.jetbrains.kotlin.plugin.compose.gradle.plugin@"
    id("io.github.takahirom.roborazzi") version "@io.github.takahirom.roborazzi.gradle.plugin@"
}

val made = rootDir.resolve("../target/android")

android {
    namespace = "org.satchel.pos"
    compileSdk = 37
    defaultConfig {
        applicationId = "org.satchel.pos"
        minSdk = @min-sdk@
        targetSdk = @target-sdk@
        testInstrumentationRunner = "androidx.test.runner.AndroidJUnitRunner"
    }
    buildFeatures { compose = true }
    buildTypes {
        release {
            isMinifyEnabled = true
            proguardFiles("proguard.pro")
        }
    }
    sourceSets {
        named("main") {
            kotlin.srcDirs("src/main/kotlin", made.resolve("bindings"))
            jniLibs.srcDirs(made.resolve("jniLibs"))
        }
        named("test") { kotlin.srcDirs("src/test/kotlin", "src/sharedTest/kotlin") }
        named("androidTest") { kotlin.srcDirs("src/androidTest/kotlin", "src/sharedTest/kotlin") }
    }
    testOptions.unitTests {
        isIncludeAndroidResources = true
        all {
            it.systemProperty("jna.library.path", rootDir.resolve("../target/debug").path)
            it.systemProperty("robolectric.pixelCopyRenderMode", "hardware")
            it.systemProperty("android.junit.runner", "org.satchel.pos.CoreTestRunner")
            it.systemProperty("satchel.android", rootDir.path)
            it.systemProperty("satchel.captures", made.resolve("captures").path)
            it.systemProperty("satchel.set-up", made.resolve("set-up").path)
            it.systemProperty("roborazzi.output.dir", made.resolve("roborazzi").path)
        }
    }
}

dependencies {
@dependencies@
}
