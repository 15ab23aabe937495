//! The disk as SQLite calls it: `sqlite3_vfs` and `sqlite3_io_methods`, the first version of each. No shared memory,
//! so write-ahead logging needs the exclusive locking mode.

#![allow(unsafe_code)]

use crate::disk::{self, Access, Content, Failure, File, Missing, Platter};
use rusqlite::ffi;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

/// Bytes in a path at most, the final zero included.
const PATH_MOST: usize = 512;
/// What SQLite assumes of a sector where a file system does not say.
const ASSUMED_SECTOR: c_int = 4_096;
/// 2026-11-24 09:00 UTC as a Julian day; SQLite asks for the time, and nothing here depends on it.
const JULIAN_DAY: f64 = 2_461_368.875;

/// A file as SQLite holds it: its own part first, then ours.
#[repr(C)]
struct OpenFile {
    base: ffi::sqlite3_file,
    file: *mut File,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 1,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(lock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: None,
    xShmLock: None,
    xShmBarrier: None,
    xShmUnmap: None,
    xFetch: None,
    xUnfetch: None,
};

/// Registers a disk with SQLite, for as long as the program runs, and returns the name it is known by.
pub(crate) fn register(platter: Arc<Mutex<Platter>>) -> &'static str {
    static REGISTERED: AtomicU32 = AtomicU32::new(0);
    let name = format!("faulty-disk-{}", REGISTERED.fetch_add(1, Ordering::Relaxed));
    let c_name = CString::new(name.clone()).expect("a number and letters hold no zero").into_raw();
    let platter: &'static Arc<Mutex<Platter>> = Box::leak(Box::new(platter));
    let vfs = Box::new(ffi::sqlite3_vfs {
        iVersion: 1,
        szOsFile: size_of::<OpenFile>().try_into().expect("a few pointers"),
        mxPathname: PATH_MOST.try_into().expect("a few hundred"),
        pNext: std::ptr::null_mut(),
        zName: c_name,
        pAppData: std::ptr::from_ref(platter).cast_mut().cast(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(access),
        xFullPathname: Some(full_pathname),
        xDlOpen: None,
        xDlError: None,
        xDlSym: None,
        xDlClose: None,
        xRandomness: Some(randomness),
        xSleep: Some(sleep),
        xCurrentTime: Some(current_time),
        xGetLastError: None,
        xCurrentTimeInt64: None,
        xSetSystemCall: None,
        xGetSystemCall: None,
        xNextSystemCall: None,
    });
    // SAFETY: the structure, its name and the disk behind `pAppData` are leaked, so they outlive every connection,
    // and every function in it has the type that SQLite calls it by.
    let code = unsafe { ffi::sqlite3_vfs_register(Box::into_raw(vfs), 0) };
    assert_eq!(code, ffi::SQLITE_OK, "SQLite takes any number of file systems");
    Box::leak(name.into_boxed_str())
}

/// The disk of a call.
///
/// # Safety
/// `vfs` is one that [`register`] made.
unsafe fn platter<'p>(vfs: *mut ffi::sqlite3_vfs) -> &'p Arc<Mutex<Platter>> {
    // SAFETY: `register` puts a leaked disk there, and nothing changes it afterwards.
    unsafe { &*(*vfs).pAppData.cast::<Arc<Mutex<Platter>>>() }
}

/// The file of a call.
///
/// # Safety
/// `file` is one that [`open`] opened and [`close`] has not closed.
unsafe fn opened<'f>(file: *mut ffi::sqlite3_file) -> &'f File {
    // SAFETY: SQLite allocated `szOsFile` bytes for an `OpenFile`, and `open` put a boxed file into it.
    unsafe { &*(*file.cast::<OpenFile>()).file }
}

/// A path of a call.
///
/// # Safety
/// `path` is a string that ends in zero and lives as long as the call.
unsafe fn text<'n>(path: *const c_char) -> Option<&'n str> {
    // SAFETY: the caller's.
    unsafe { CStr::from_ptr(path) }.to_str().ok()
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    out: *mut ffi::sqlite3_file,
    flags: c_int,
    granted: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives `szOsFile` bytes to fill; without methods it does not close what was not opened.
    unsafe { (*out).pMethods = std::ptr::null() };
    if path.is_null() {
        return ffi::SQLITE_CANTOPEN;
    }
    // SAFETY: SQLite calls with the registered structure.
    let platter = unsafe { platter(vfs) };
    // SAFETY: it is not null, and SQLite keeps a path as long as the file is open.
    let Some(path) = (unsafe { text(path) }) else { return ffi::SQLITE_CANTOPEN };
    let wanted = if flags & ffi::SQLITE_OPEN_READWRITE == 0 { Access::ReadOnly } else { Access::ReadWrite };
    let missing = if flags & ffi::SQLITE_OPEN_CREATE == 0 { Missing::Refuse } else { Missing::Create };
    let logs = ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_SUPER_JOURNAL;
    let content = if flags & logs == 0 { Content::Database } else { Content::Log };
    let file = match File::open(platter, path, content, wanted, missing) {
        Ok(file) => file,
        Err(failure) => return code(failure),
    };
    if !granted.is_null() {
        let access = if file.access == Access::ReadOnly { ffi::SQLITE_OPEN_READONLY } else { wanted_flags(wanted) };
        let others = flags & !(ffi::SQLITE_OPEN_READONLY | ffi::SQLITE_OPEN_READWRITE);
        // SAFETY: it is not null, so SQLite wants to know.
        unsafe { *granted = others | access };
    }
    let file =
        OpenFile { base: ffi::sqlite3_file { pMethods: &raw const METHODS }, file: Box::into_raw(Box::new(file)) };
    // SAFETY: `out` has room for an `OpenFile`, and what is there is not initialised.
    unsafe { out.cast::<OpenFile>().write(file) };
    ffi::SQLITE_OK
}

const fn wanted_flags(wanted: Access) -> c_int {
    match wanted {
        Access::ReadOnly => ffi::SQLITE_OPEN_READONLY,
        Access::ReadWrite => ffi::SQLITE_OPEN_READWRITE,
    }
}

unsafe extern "C" fn delete(vfs: *mut ffi::sqlite3_vfs, path: *const c_char, sync_folder: c_int) -> c_int {
    // SAFETY: SQLite calls with the registered structure.
    let platter = unsafe { platter(vfs) };
    // SAFETY: SQLite names the file.
    let Some(path) = (unsafe { text(path) }) else { return ffi::SQLITE_IOERR_DELETE };
    done(disk::delete(platter, path, sync_folder != 0))
}

unsafe extern "C" fn access(
    vfs: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    _flags: c_int,
    answer: *mut c_int,
) -> c_int {
    // SAFETY: SQLite calls with the registered structure.
    let platter = unsafe { platter(vfs) };
    // SAFETY: SQLite names the file.
    let Some(path) = (unsafe { text(path) }) else { return ffi::SQLITE_IOERR_ACCESS };
    match disk::exists(platter, path) {
        Ok(exists) => {
            // SAFETY: SQLite gives a place for the answer.
            unsafe { *answer = exists.into() };
            ffi::SQLITE_OK
        }
        Err(_) => ffi::SQLITE_IOERR_ACCESS,
    }
}

unsafe extern "C" fn full_pathname(
    _vfs: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: SQLite names the file.
    let bytes = unsafe { CStr::from_ptr(path) }.to_bytes_with_nul();
    if usize::try_from(room).is_ok_and(|room| bytes.len() <= room) {
        // SAFETY: `out` has `room` bytes, apart from the name.
        unsafe { out.copy_from_nonoverlapping(bytes.as_ptr().cast(), bytes.len()) };
        ffi::SQLITE_OK
    } else {
        ffi::SQLITE_CANTOPEN
    }
}

unsafe extern "C" fn randomness(_vfs: *mut ffi::sqlite3_vfs, _room: c_int, _out: *mut c_char) -> c_int {
    0
}

unsafe extern "C" fn sleep(_vfs: *mut ffi::sqlite3_vfs, _us: c_int) -> c_int {
    0
}

unsafe extern "C" fn current_time(_vfs: *mut ffi::sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: SQLite gives a place for the answer.
    unsafe { *out = JULIAN_DAY };
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    let file = file.cast::<OpenFile>();
    // SAFETY: `open` boxed the file, and SQLite closes once.
    drop(unsafe { Box::from_raw((*file).file) });
    // SAFETY: SQLite still owns the memory; without methods nothing calls it again.
    unsafe { (*file).base.pMethods = std::ptr::null() };
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(file: *mut ffi::sqlite3_file, to: *mut c_void, count: c_int, offset: i64) -> c_int {
    let (Ok(count), Ok(offset)) = (usize::try_from(count), usize::try_from(offset)) else {
        return ffi::SQLITE_IOERR_READ;
    };
    // SAFETY: SQLite reads files that are open.
    let file = unsafe { opened(file) };
    // SAFETY: `to` has `count` bytes that are SQLite's own and of no use to it before this call.
    let to = unsafe { std::slice::from_raw_parts_mut(to.cast::<u8>(), count) };
    match file.read(offset, to) {
        Ok(read) if read == count => ffi::SQLITE_OK,
        Ok(read) => {
            to[read..].fill(0);
            ffi::SQLITE_IOERR_SHORT_READ
        }
        Err(_) => ffi::SQLITE_IOERR_READ,
    }
}

unsafe extern "C" fn write(file: *mut ffi::sqlite3_file, from: *const c_void, count: c_int, offset: i64) -> c_int {
    let (Ok(count), Ok(offset)) = (usize::try_from(count), usize::try_from(offset)) else {
        return ffi::SQLITE_IOERR_WRITE;
    };
    // SAFETY: SQLite writes files that are open.
    let file = unsafe { opened(file) };
    // SAFETY: `from` has `count` bytes, and nobody writes them during the call.
    let from = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), count) };
    done(file.write(offset, from))
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, length: i64) -> c_int {
    let Ok(length) = usize::try_from(length) else { return ffi::SQLITE_IOERR_TRUNCATE };
    // SAFETY: SQLite truncates files that are open.
    done(unsafe { opened(file) }.truncate(length))
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: SQLite syncs files that are open.
    done(unsafe { opened(file) }.sync())
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, out: *mut i64) -> c_int {
    // SAFETY: SQLite asks about files that are open.
    let length = unsafe { opened(file) }.length();
    let Some(length) = length.ok().and_then(|length| i64::try_from(length).ok()) else {
        return ffi::SQLITE_IOERR_FSTAT;
    };
    // SAFETY: SQLite gives a place for the answer.
    unsafe { *out = length };
    ffi::SQLITE_OK
}

unsafe extern "C" fn lock(_file: *mut ffi::sqlite3_file, _level: c_int) -> c_int {
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(_file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: SQLite gives a place for the answer.
    unsafe { *out = 0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_file: *mut ffi::sqlite3_file, _operation: c_int, _argument: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_file: *mut ffi::sqlite3_file) -> c_int {
    ASSUMED_SECTOR
}

unsafe extern "C" fn device_characteristics(_file: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

fn done(result: Result<(), Failure>) -> c_int {
    match result {
        Ok(()) => ffi::SQLITE_OK,
        Err(failure) => code(failure),
    }
}

/// The codes that SQLite's own file system for Unix gives.
const fn code(failure: Failure) -> c_int {
    match failure {
        Failure::CannotOpen => ffi::SQLITE_CANTOPEN,
        Failure::Full => ffi::SQLITE_FULL,
        Failure::Write => ffi::SQLITE_IOERR_WRITE,
        Failure::Sync => ffi::SQLITE_IOERR_FSYNC,
        Failure::Truncate => ffi::SQLITE_IOERR_TRUNCATE,
        Failure::Delete => ffi::SQLITE_IOERR_DELETE,
        Failure::NoSuchFile => ffi::SQLITE_IOERR_DELETE_NOENT,
        Failure::Gone => ffi::SQLITE_IOERR,
    }
}
