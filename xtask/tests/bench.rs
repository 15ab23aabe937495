//! The bench's quick run: its counts are within their budgets, and its file has every figure. Times are not judged.

use serde_json::Value;
use std::process::Command;

/// Exchanges and bytes that each operation may take.
const BUDGETS: [(&str, u64, u64); 9] = [
    ("sale", 9, 470),
    ("redemption", 9, 470),
    ("topup", 10, 515),
    ("topup_with_bonus", 11, 560),
    ("undo_sale", 11, 560),
    ("undo_topup", 8, 420),
    ("block", 7, 375),
    ("inquiry", 5, 285),
    ("recovery", 5, 285),
];

/// Every line of every table besides the taps, and its figures.
const LINES: [(&str, &str, &[&str]); 16] = [
    ("reader_cpu", "tap", &["ours_us", "bare_us", "times_bare", "aes_blocks", "key_expansions"]),
    ("reader_cpu", "sale", &["ours_us", "bare_us", "times_bare", "aes_blocks", "key_expansions"]),
    ("journal", "fsyncs", &["usual", "most", "sales_over", "sales"]),
    ("journal", "appends_full", &["ours_per_s", "bare_per_s", "ratio"]),
    ("journal", "appends_off", &["ours_per_s", "bare_per_s", "ratio"]),
    ("journal_length", "built", &["entries", "bytes", "build_s"]),
    ("journal_length", "open", &["long_ms", "short_ms", "times_as_long"]),
    ("journal_length", "open_after_kill", &["killed_ms", "closed_ms", "log_bytes"]),
    ("journal_length", "append", &["long_us", "short_us", "times_as_long"]),
    ("journal_length", "verify", &["ours_per_s", "floor_per_s", "ratio"]),
    ("journal_length", "start", &["busy_ms", "quiet_ms"]),
    ("block_list", "list", &["cards", "bytes"]),
    ("block_list", "answers", &["asked", "false"]),
    ("block_list", "lookup", &["ours_ns", "hash_set_ns", "times_as_long"]),
    ("block_list", "install", &["package_bytes", "ours_ms", "sha512_ms"]),
    ("block_list", "resident", &[]),
];

#[test]
fn a_quick_run_keeps_every_budget_and_writes_every_figure() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("bench.json");
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["bench", "--quick", "--as-built", "--json"])
        .arg(&file)
        .output()
        .expect("the bench runs");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    let text = std::fs::read_to_string(&file).expect("the file is written");
    let figures: Value = serde_json::from_str(&text).expect("the file is JSON");
    for (operation, exchanges, bytes) in BUDGETS {
        let tap = &figures["taps"][operation];
        assert!((1..=exchanges).contains(&count(tap, "exchanges")), "{operation}: {tap}");
        assert!((1..=bytes).contains(&count(tap, "bytes")), "{operation}: {tap}");
        assert!(count(tap, "naive_exchanges") > exchanges, "{operation}: {tap}");
        assert!(tap["tap_106_ms"].as_f64() > tap["tap_848_ms"].as_f64(), "{operation}: {tap}");
    }
    let lean = &figures["taps"]["lean_tap"];
    assert_eq!((count(lean, "exchanges"), count(lean, "bytes")), (8, 395), "the documented lean tap");
    for (table, line, names) in LINES {
        let line_figures = figures[table][line].as_object().unwrap_or_else(|| panic!("{table}.{line} is missing"));
        for name in names {
            assert!(line_figures.get(*name).is_some_and(Value::is_number), "{table}.{line}.{name}: {line_figures:?}");
        }
    }
    assert!((1..=3).contains(&count(&figures["journal"]["fsyncs"], "usual")));
    assert_eq!(count(&figures["block_list"]["list"], "cards"), 1_000_000);
    assert!(count(&figures["block_list"]["list"], "bytes") <= 8_000_000);
}

fn count(line: &Value, name: &str) -> u64 {
    line[name].as_u64().unwrap_or_else(|| panic!("{name} is no count in {line}"))
}
