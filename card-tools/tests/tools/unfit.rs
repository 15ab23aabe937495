use crate::flawed::{Flaw, Flawed};
use crate::{qualified, reasons};
use satchel_card_simulator::{Card, CardConfig, FactoryKey};
use satchel_card_tools::qualify::Verdict;
use satchel_transport::{Transport, TransportError};

/// A card with this flaw is unfit for this reason, and is blank again afterwards.
fn unfit(flaw: Flaw, reason: &str) {
    let mut card = Flawed::new(flaw);
    let report = qualified(&mut card);
    assert!(matches!(report.verdict, Verdict::Unfit(_)), "{flaw:?}: {:?}", report.verdict);
    assert!(reasons(&report).contains(reason), "{flaw:?}: {}", reasons(&report));
    assert!(report.left_on_card.is_empty(), "{flaw:?}: {:?}", report.left_on_card);
}

#[test]
fn money_pending_must_survive_the_sale_key_s_taking_over() {
    let reason = "a pending Credit does not survive AuthenticateEV2NonFirst";
    unfit(Flaw::NonFirstDropsAll, reason);
    unfit(Flaw::NonFirstDropsMoney, reason);
}

#[test]
fn what_is_read_must_enter_the_transaction_mac() {
    unfit(Flaw::ReadsLeftOut, "the transaction MAC leaves out what was read");
}

#[test]
fn each_key_must_be_refused_what_the_table_denies_it() {
    unfit(Flaw::InquiryWrites, "WriteRecord on the history with key 1: granted");
}

#[test]
fn a_sale_is_given_back_once() {
    unfit(Flaw::GivesForEver, "a second LimitedCredit is refused: the card takes it");
}

#[test]
fn the_transaction_counter_goes_up_by_one() {
    unfit(Flaw::CountsTwice, "transaction counter");
}

#[test]
fn the_purse_keeps_its_limit() {
    unfit(Flaw::NoLimit, "a Credit beyond the purse's limit is refused: the card takes it");
}

#[test]
fn a_commit_that_was_answered_stands_whatever_happens_then() {
    unfit(Flaw::ForgetsCommit, "a movement that the card had committed is gone");
}

#[test]
fn a_wrong_key_is_refused_as_one() {
    unfit(Flaw::WrongKeyIsDenied, "the card answers otherwise than 91AE");
}

#[test]
fn the_reader_must_be_able_to_name_itself() {
    unfit(Flaw::NoReaderId, "the first transaction");
}

#[test]
fn a_card_has_one_number() {
    unfit(Flaw::TwoNumbers, "GetVersion");
}

#[test]
fn a_commit_must_name_its_reader() {
    unfit(Flaw::CommitsForNobody, "the card commits for a reader that does not name itself");
}

#[test]
fn the_purse_is_told_to_nobody_without_a_key() {
    unfit(Flaw::TellsStrangers, "the card answers without a session");
}

#[test]
fn no_key_of_the_factory_may_be_left() {
    unfit(Flaw::FactoryKeyStays, "key 1 is accepted although it is wrong");
}

#[test]
fn a_wrong_mac_is_refused() {
    unfit(Flaw::MacMayBeWrong, "the card does not check the MAC of a command");
}

#[test]
fn a_refusal_ends_the_session() {
    let flaw = Flaw::SessionOutlivesRefusals;
    unfit(flaw, "a command with a wrong MAC is refused: the session outlives a refusal");
    unfit(flaw, "a refusal ends the session: the session outlives a refusal");
}

#[test]
fn what_is_pending_goes_whatever_ends_the_transaction() {
    for (flaw, end) in [
        (Flaw::PendingOutlivesRefusals, "a refusal"),
        (Flaw::OutlivesField, "the loss of the field"),
        (Flaw::PendingOutlivesSelection, "SelectApplication"),
        (Flaw::PendingOutlivesFirst, "AuthenticateEV2First"),
        (Flaw::AbortsNothing, "AbortTransaction"),
    ] {
        unfit(flaw, &format!("{end} drops what is pending: the card commits what was pending before"));
    }
}

#[test]
fn what_a_file_cannot_do_is_done_in_no_words() {
    unfit(Flaw::DebitsEverything, "Debit on the identity with key 0: no refusal");
}

#[test]
fn what_service_needs_is_granted() {
    unfit(Flaw::IdentityIsFrozen, "WriteData on the identity with key 0: refused although service needs it");
}

/// A card that does not know one command.
struct Without {
    card: Card,
    command: u8,
}

impl Transport for Without {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        match command {
            [0x90, code, ..] if *code == self.command => Ok(vec![0x91, 0x1C]),
            _ => Ok(self.card.transmit(command)),
        }
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.card.field_off();
        Ok(())
    }
}

#[test]
fn a_command_that_personalisation_misses_is_named() {
    for (command, name) in
        [(0x64, "GetKeyVersion"), (0x6F, "GetFileIDs"), (0x45, "GetKeySettings"), (0x54, "ChangeKeySettings")]
    {
        let config = CardConfig { picc_key: FactoryKey::AesZeros, ..CardConfig::default() };
        let report = qualified(&mut Without { card: Card::new(config), command });
        assert!(matches!(report.verdict, Verdict::Unfit(_)), "{name}: {:?}", report.verdict);
        assert!(reasons(&report).contains(&format!("{name}: the card refused")), "{}", reasons(&report));
    }
}
