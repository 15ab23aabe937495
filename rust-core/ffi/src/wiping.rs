//! Memory is wiped before it is given back.
//!
//! UniFFI passes bytes in buffers of its own and frees them as they are: a PIN on its way in, a secret on its way to the
//! device's key store. With this allocator every one of them is wiped, and so is whatever a vector that grew left
//! behind.

use std::alloc::{GlobalAlloc, Layout, System};
use std::mem::MaybeUninit;
use zeroize::Zeroize;

/// An allocator that wipes what it gives back to the one behind it.
struct Wiping<A>(A);

#[global_allocator]
static ALLOCATOR: Wiping<System> = Wiping(System);

#[allow(unsafe_code)]
// SAFETY: every call goes to the allocator behind with what the caller gave, so its promises hold here too. A block is
// written to only while it still belongs to the caller, and only as far as its layout goes. `realloc` is the trait's
// own: a new block, a copy, and `dealloc` of the old one.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Wiping<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // The caller gives the block up with this call, so nobody else looks at it.
        unsafe { std::slice::from_raw_parts_mut(block.cast::<MaybeUninit<u8>>(), layout.size()) }.zeroize();
        unsafe { self.0.dealloc(block, layout) }
    }
}

#[cfg(test)]
#[allow(unsafe_code)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Counts what is not blank when it is given back.
    #[derive(Default)]
    struct Watching {
        returned: AtomicUsize,
        left: AtomicUsize,
    }

    // SAFETY: the system's, but for a look at a block that is still whole.
    unsafe impl GlobalAlloc for Watching {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            unsafe { System.alloc(layout) }
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            let left = unsafe { std::slice::from_raw_parts(block, layout.size()) };
            self.returned.fetch_add(1, Ordering::Relaxed);
            self.left.fetch_add(left.iter().filter(|byte| **byte != 0).count(), Ordering::Relaxed);
            unsafe { System.dealloc(block, layout) }
        }
    }

    #[test]
    fn a_block_is_blank_when_it_is_given_back_and_when_it_moves() {
        const PIN: [u8; 64] = [0x37; 64];
        let wiping = Wiping(Watching::default());
        let (small, large) = (Layout::new::<[u8; 64]>(), Layout::new::<[u8; 128]>());
        // SAFETY: each block is used within its layout, and given back once.
        unsafe {
            let block = wiping.alloc(small);
            assert!(!block.is_null());
            block.copy_from_nonoverlapping(PIN.as_ptr(), PIN.len());
            let larger = wiping.realloc(block, small, large.size());
            assert!(!larger.is_null());
            larger.add(PIN.len()).write_bytes(0x37, PIN.len());
            assert_eq!(std::slice::from_raw_parts(larger, large.size()), [0x37; 128]);
            wiping.dealloc(larger, large);
        }
        let Watching { returned, left } = wiping.0;
        assert_eq!((returned.into_inner(), left.into_inner()), (2, 0));
    }
}
