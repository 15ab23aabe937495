//! A day's sales leave no memory behind. Alone in its file: what it measures is the process.

mod common;

use common::{MANAGER, Shop, done, plain};

const WARM_UP: u32 = 600;
const SALES: u64 = 1_000;
/// What a sale may leave behind, in bytes: less than the smallest receipt, key schedule or path weighs. Pages of the
/// journal that are kept for reading have a limit of their own, which the warm-up reaches.
const EACH_MOST: u64 = 512;

#[cfg(target_os = "linux")]
#[test]
fn a_thousand_sales_leave_no_memory_behind() {
    let mut shop = Shop::new();
    let till = shop.till();
    shop.sign_on(&till, MANAGER).expect("the manager signs on");
    till.open_shift(0).expect("a shift opens");
    for _ in 0..WARM_UP {
        done(till.sell(shop.member(), plain(1), None));
    }
    let before = resident();
    for _ in 0..SALES {
        done(till.sell(shop.member(), plain(1), None));
    }
    let grown = resident().saturating_sub(before);
    assert!(grown <= SALES * EACH_MOST, "{SALES} sales left {grown} bytes behind");
}

/// Resident memory of this process that belongs to no file, in bytes.
#[cfg(target_os = "linux")]
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the system tells");
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).expect("of anonymous memory");
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().expect("a number");
    kilobytes * 1_024
}
