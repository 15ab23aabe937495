//! The dialogues with a card, byte for byte, and their budgets.
//!
//! They lie in `tests/dialogues`. After a change that is meant to change them: `SATCHEL_WRITE_DIALOGUES=1 cargo test
//! --package satchel-chain --test golden`, and read the difference.

use satchel_cards::record::Standing;
use satchel_chain::field::{Field, blank_card};
use satchel_chain::scene::{Errand, Scene};
use satchel_chain::store::seeded;
use satchel_terminal::{Depth, Outcome, Settled, Settlement};
use satchel_transport::{Cut, Record, Tally, Timing, Transport};
use std::path::PathBuf;

/// What a dialogue may cost at most: exchanges, and bytes with six for each exchange.
#[derive(Debug, Clone, Copy)]
struct Budget {
    exchanges: u64,
    bytes: u64,
}

const fn budget(exchanges: u64, bytes: u64) -> Budget {
    Budget { exchanges, bytes }
}

#[test]
fn a_sale() {
    movement("sale", "A sale of 23.45, which earns 23 points.", Errand::Sale, budget(9, 470));
}

#[test]
fn a_redemption() {
    movement("redemption", "A sale of 23.45, half of it paid with points.", Errand::Redemption, budget(9, 470));
}

#[test]
fn a_top_up() {
    movement("top-up", "A top-up of 20.00.", Errand::TopUp, budget(10, 515));
}

#[test]
fn a_top_up_with_a_bonus() {
    movement(
        "top-up-bonus",
        "A top-up of 40.00 with 2.00 and 5 points on top.",
        Errand::TopUpWithBonus,
        budget(11, 560),
    );
}

#[test]
fn an_undone_sale() {
    movement("undo-sale", "A sale of 12.34 taken back.", Errand::UndoSale, budget(11, 560));
}

#[test]
fn an_undone_top_up() {
    movement("undo-top-up", "A top-up of 40.00 with its bonus taken back.", Errand::UndoTopUp, budget(9, 470));
}

#[test]
fn a_block() {
    movement("block", "A card blocked by its own record.", Errand::Block, budget(7, 375));
}

fn movement(name: &str, what: &str, errand: Errand, most: Budget) {
    let mut scene = Scene::for_errand(errand);
    let mut outcome = None;
    let mut page = Page::new(what);
    page.listen(&mut scene, |scene, field| outcome = Some(scene.errand(errand, field)));
    assert!(matches!(outcome, Some(Ok(Outcome::Done(_)))), "{outcome:?}");
    page.close(name, most);
}

#[test]
fn an_inquiry() {
    let mut scene = Scene::for_errand(Errand::Sale);
    let mut page = Page::new("Balance and newest movement; nothing moves.");
    page.listen(&mut scene, |scene, field| {
        scene.terminals[0].inquire(field, Depth::State).expect("the card answers");
    });
    page.close("inquiry", budget(5, 285));
}

#[test]
fn a_torn_sale_and_its_recovery() {
    let mut scene = Scene::for_errand(Errand::Sale);
    let mut page = Page::new("A sale torn away after the card committed it, before its answer was heard.");
    page.listen_torn(&mut scene, Cut::AfterCard(8), |scene, field| {
        let outcome = scene.errand(Errand::Sale, field).expect("not refused");
        assert!(matches!(outcome, Outcome::Indeterminate { .. }), "{outcome:?}");
    });
    let sale = page.tally;
    page.remark("the same card is held again: its counter and newest record say that it was charged");
    page.listen(&mut scene, |scene, field| {
        let settled = scene.terminals[0].settle(field).expect("not refused");
        let Settled::Settled(settlements) = settled else { panic!("{settled:?}") };
        assert!(matches!(settlements.as_slice(), [Settlement::Confirmed(_)]), "{settlements:?}");
    });
    assert_eq!(sale.exchanges, 9);
    assert!(page.tally.exchanges - sale.exchanges <= 5, "recovery: {:?}", page.tally);
    page.close("torn-sale", budget(9 + 5, 470 + 285));
}

#[test]
fn a_personalisation() {
    let mut scene = Scene::with_card(Standing::Active);
    let plan = Scene::plan(&mut scene.office, Standing::Active);
    scene.card = blank_card(2);
    let mut page = Page::new("A factory-fresh card becomes a member's with 100.00 and 500 points.");
    page.listen(&mut scene, |scene, field| {
        scene.office.issue(field, &plan, &mut *seeded(9), &mut |_| {}).expect("a blank card is issued");
    });
    page.close("personalisation", budget(60, 2_600));
}

#[test]
fn a_sign_on() {
    let mut scene = Scene::for_errand(Errand::Sale);
    let mut operator = std::mem::replace(&mut scene.office.operators[0].card, blank_card(0));
    let pin = scene.office.operators[0].pin();
    std::mem::swap(&mut scene.card, &mut operator);
    let mut page = Page::new("An operator's card and PIN; the card counts the tries.");
    page.listen(&mut scene, |scene, field| {
        scene.terminals[0].sign_on(field, &pin).expect("the operator signs on");
    });
    page.close("sign-on", budget(12, 700));
}

/// One dialogue on its way to a file.
struct Page {
    text: String,
    tally: Tally,
}

impl Page {
    fn new(what: &str) -> Self {
        Self { text: format!("# {what}\n"), tally: Tally::default() }
    }

    fn remark(&mut self, remark: &str) {
        self.text.push_str(&format!("\n## {remark}\n"));
    }

    fn listen(&mut self, scene: &mut Scene, talk: impl FnOnce(&mut Scene, &mut dyn Transport)) {
        self.listen_to(scene, None, talk);
    }

    fn listen_torn(&mut self, scene: &mut Scene, cut: Cut, talk: impl FnOnce(&mut Scene, &mut dyn Transport)) {
        self.listen_to(scene, Some(cut), talk);
    }

    fn listen_to(&mut self, scene: &mut Scene, cut: Option<Cut>, talk: impl FnOnce(&mut Scene, &mut dyn Transport)) {
        let mut card = std::mem::replace(&mut scene.card, blank_card(0));
        let mut line = Timing::new(Record::new(Field::torn(&mut card, cut)));
        talk(scene, &mut line);
        let tally = line.tally();
        self.tally.exchanges += tally.exchanges;
        self.tally.bytes += tally.bytes;
        self.text.push('\n');
        self.text.push_str(line.into_inner().text());
        scene.card = card;
    }

    /// Compares with the file, and with the budget.
    fn close(self, name: &str, most: Budget) {
        let Self { text, tally } = self;
        let (exchanges, bytes) = (tally.exchanges, tally.budget_bytes());
        let (title, rest) = text.split_once('\n').expect("a page has a title");
        let text = format!("{title}\n# {exchanges} exchanges, {bytes} bytes with six for each exchange.\n{rest}");
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../dialogues/{name}.txt"));
        if std::env::var_os("SATCHEL_WRITE_DIALOGUES").is_some() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
            std::fs::write(&path, &text).expect("the dialogue can be written");
        }
        let golden = std::fs::read_to_string(&path).expect("the dialogue is committed");
        assert_eq!(golden, text, "{name} has changed");
        assert!(exchanges <= most.exchanges && bytes <= most.bytes, "{name}: {exchanges} exchanges, {bytes} bytes");
    }
}
