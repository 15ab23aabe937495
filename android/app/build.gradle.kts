// Made by `cargo xtask lock` from versions.lock, for Android Studio. Not run in CI.
// `cargo xtask bindings` and `cargo xtask apk` make what this reads under target/android.
plugins {
    id("com.android.application") version "9.1.0"
    id("org.jetbrains.kotlin.plugin.compose") version "2.4.21"
    id("io.github.takahirom.roborazzi") version "1.77.0"
}

val made = rootDir.resolve("../target/android")

android {
    namespace = "org.satchel.pos"
    compileSdk = 37
    defaultConfig {
        applicationId = "org.satchel.pos"
        minSdk = 26
        targetSdk = 35
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
    implementation("androidx.activity:activity-compose:1.13.0")
    implementation("androidx.compose.animation:animation:1.12.1")
    implementation("androidx.compose.foundation:foundation:1.12.1")
    implementation("androidx.compose.foundation:foundation-layout:1.12.1")
    implementation("androidx.compose.material3:material3:1.4.0")
    implementation("androidx.compose.runtime:runtime:1.12.1")
    implementation("androidx.compose.runtime:runtime-saveable:1.12.1")
    implementation("androidx.compose.ui:ui:1.12.1")
    implementation("androidx.core:core-ktx:1.19.1")
    implementation("androidx.lifecycle:lifecycle-runtime-compose:2.11.0")
    implementation("androidx.lifecycle:lifecycle-viewmodel-compose:2.11.0")
    implementation("androidx.lifecycle:lifecycle-viewmodel-savedstate:2.11.0")
    implementation("androidx.navigation:navigation-compose:2.8.5")
    implementation("net.java.dev.jna:jna:5.19.1@aar")
    implementation("org.jetbrains.kotlin:kotlin-stdlib:2.4.21")
    implementation("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.11.0")
    implementation("com.google.zxing:core:3.5.3")
    testImplementation("androidx.compose.ui:ui-test-junit4:1.12.1")
    debugImplementation("androidx.compose.ui:ui-test-manifest:1.12.1")
    testImplementation("androidx.test:core:1.7.0")
    testImplementation("androidx.test:runner:1.7.0")
    testImplementation("androidx.test.ext:junit:1.3.0")
    testImplementation("junit:junit:4.13.2")
    testImplementation("org.jetbrains.kotlinx:kotlinx-coroutines-test-jvm:1.11.0")
    testImplementation("io.github.takahirom.roborazzi:roborazzi-compose:1.77.0")
    testImplementation("org.robolectric:robolectric:4.16.1")
    androidTestImplementation("androidx.compose.ui:ui-test-junit4:1.12.1")
    debugImplementation("androidx.compose.ui:ui-test-manifest:1.12.1")
    androidTestImplementation("androidx.test:core:1.7.0")
    androidTestImplementation("androidx.test:runner:1.7.0")
    androidTestImplementation("androidx.test.ext:junit:1.3.0")
    androidTestImplementation("junit:junit:4.13.2")
    androidTestImplementation("org.jetbrains.kotlinx:kotlinx-coroutines-test-jvm:1.11.0")
}
