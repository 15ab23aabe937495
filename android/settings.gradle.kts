// Made by `cargo xtask lock` from versions.lock, for Android Studio. Not run in CI.
pluginManagement {
    repositories {
        mavenCentral()
        google()
        gradlePluginPortal()
    }
}
dependencyResolutionManagement {
    repositories {
        mavenCentral()
        google()
    }
}
rootProject.name = "satchel"
include(":app")
