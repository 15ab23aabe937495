//! The catalogue, held baskets and printing, as the app calls them.

use satchel::{
    BasketLine, Counter, CounterTrouble, Document, DocumentBlock, DrawFault, DrawnLine, LineDrawer, PaperWidth,
    Picture, PrintQueue, PrintTrouble, PrinterModel, Progress, ProgressFault, TextAlign, TextStyle, printer_bytes,
};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Remembers how far it was told that things are.
#[derive(Default)]
struct Steps(AtomicU64);

impl Progress for Steps {
    fn step(&self, done: u64, total: u64) -> Result<(), ProgressFault> {
        assert!(done <= total);
        self.0.store(done, Ordering::SeqCst);
        Ok(())
    }
}

fn line() -> BasketLine {
    BasketLine { item: "T1".to_owned(), text: "Green tea".to_owned(), quantity_milli: 2_000, amount_minor: 6_40 }
}

#[test]
fn a_catalogue_is_imported_and_found_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = folder.path().join("catalogue.csv");
    let rows = "code,name,category,price_minor,unit,barcodes\nT1,Green tea,Drinks,320,piece,4006381333931\n";
    std::fs::write(&table, rows).expect("writable");
    let path = folder.path().to_str().expect("a plain path");
    let counter = Counter::open(path).expect("a counter");
    let steps = Arc::new(Steps::default());
    let table = table.to_str().expect("a plain path");
    assert_eq!(counter.import_catalogue(table, steps.clone()), Ok(1));
    assert_eq!(steps.0.load(Ordering::SeqCst), u64::try_from(rows.len()).expect("small"));
    let tea = counter.scanned("4006381333931").expect("readable").expect("it is known");
    assert_eq!((tea.code.as_str(), tea.price_minor, tea.by_measure), ("T1", 3_20, false));
    assert_eq!(counter.search("TEA", 9), Ok(vec![tea.clone()]));
    assert_eq!(counter.in_category("Drinks", 0, 9), Ok(vec![tea]));
    assert_eq!(counter.categories().map(|found| found.len()), Ok(1));

    std::fs::write(table, "code,name,category,price_minor,unit,barcodes\nT1,,Drinks,320,piece,\n").expect("writable");
    let refused = counter.import_catalogue(table, steps).expect_err("the name is missing");
    assert!(matches!(refused, CounterTrouble::CatalogueWrong { line: Some(2), .. }), "{refused:?}");
    assert_eq!(counter.items(), Ok(1), "the one before is still there");
}

#[test]
fn a_basket_waits_and_is_recalled_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("a plain path");
    let counter = Counter::open(path).expect("a counter");
    let id = counter.hold("Blue jacket", vec![line()], 40, 7, 5).expect("put aside");
    drop(counter);
    let counter = Counter::open(path).expect("the same counter");
    assert_eq!(counter.held().map(|held| held.len()), Ok(1));
    let held = counter.recall(id).expect("it waits");
    assert_eq!((held.lines, held.discount_minor, held.operator, held.at_ms), (vec![line()], 40, 7, 5));
    assert_eq!(counter.recall(id), Err(CounterTrouble::BasketGone));
    assert_eq!(counter.hold("", Vec::new(), 0, 7, 5), Err(CounterTrouble::BasketEmpty));
}

/// Draws a black bar, and remembers what for.
#[derive(Default)]
struct Bars(Mutex<Vec<DrawnLine>>);

impl LineDrawer for Bars {
    fn draw(&self, line: DrawnLine) -> Result<Picture, DrawFault> {
        let width_dots = line.width_dots;
        self.0.lock().expect("nobody panics here").push(line);
        Ok(Picture { width_dots, rows: vec![0xFF; width_dots as usize / 8 * 3] })
    }
}

struct Broken;

impl LineDrawer for Broken {
    fn draw(&self, _: DrawnLine) -> Result<Picture, DrawFault> {
        Err(DrawFault::Failed { detail: "no fonts".to_owned() })
    }
}

fn receipt() -> Document {
    let text =
        |text: &str| DocumentBlock::Text { text: text.to_owned(), style: TextStyle::Normal, align: TextAlign::Centre };
    let pair = DocumentBlock::Pair { name: "Tea".to_owned(), amount: "6.40".to_owned(), style: TextStyle::Bold };
    let blocks = vec![text("Corner Store"), text("茶"), DocumentBlock::Rule, pair, DocumentBlock::Space];
    Document { right_to_left: false, blocks }
}

#[test]
fn what_the_printer_has_no_characters_for_is_drawn_by_the_app() {
    let printer = PrinterModel { paper: PaperWidth::Mm58, has_characters: true, cuts: true };
    let bars = Arc::new(Bars::default());
    let bytes = printer_bytes(receipt(), printer.clone(), bars.clone()).expect("printable");
    let drawn = bars.0.lock().expect("nobody panics here");
    assert_eq!((drawn.len(), drawn[0].text.as_str(), drawn[0].width_dots), (1, "茶", 384));
    assert!(bytes.windows(12).any(|window| window == b"Corner Store"));
    assert!(bytes.windows(3).any(|window| window == [0x1D, b'v', b'0']), "a raster picture");
    let refused = printer_bytes(receipt(), printer, Arc::new(Broken));
    assert_eq!(refused, Err(PrintTrouble::Unprintable { detail: "no fonts".to_owned() }));
}

#[test]
fn receipts_wait_for_the_printer_through_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("a plain path");
    let id = PrintQueue::open(path).expect("a queue").push("Receipt 7", receipt(), 5).expect("queued");
    let queue = PrintQueue::open(path).expect("the same queue");
    let job = queue.next().expect("readable").expect("it waits");
    assert_eq!((job.id, job.document), (id, receipt()));
    queue.failed(id, "no paper").expect("it is there");
    let waiting = queue.waiting().expect("readable");
    assert_eq!((waiting[0].attempts, waiting[0].failure.as_deref()), (1, Some("no paper")));
    queue.remove(id).expect("printed");
    assert_eq!(queue.next(), Ok(None));
    assert_eq!(queue.remove(id), Err(PrintTrouble::NoSuchJob));
}
