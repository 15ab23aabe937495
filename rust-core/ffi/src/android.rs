//! What Android does when it loads the library.

use android_logger::Config;
use jni::sys::{JNI_VERSION_1_6, jint};
use std::ffi::c_void;

/// Called once by `System.loadLibrary`: from here on log lines go to logcat.
#[allow(unsafe_code)]
// SAFETY: the name is the one the Java Native Interface prescribes, and nothing else in the library has it.
#[unsafe(no_mangle)]
pub extern "system" fn JNI_OnLoad(_: *mut jni::sys::JavaVM, _: *mut c_void) -> jint {
    android_logger::init_once(Config::default().with_tag("satchel").with_max_level(log::LevelFilter::Info));
    log::info!("core {}", crate::core_version());
    JNI_VERSION_1_6
}
