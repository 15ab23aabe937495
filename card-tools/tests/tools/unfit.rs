use crate::flawed::{Flaw, Flawed};
use crate::{qualified, reasons};
use satchel_card_tools::qualify::Verdict;

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
fn a_refusal_ends_the_session_and_what_is_pending() {
    unfit(Flaw::OutlivesRefusals, "the card commits what was pending before a refusal");
}
