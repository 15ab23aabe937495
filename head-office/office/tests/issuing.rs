//! Cards are made: none lost, none twice, whatever is torn.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{World, actor};
use satchel_card_simulator::Card as Chip;
use satchel_cards::KeySource;
use satchel_key_house::{Checked, DeskSource, KeyHouseError, TmacKeys, Told, Verdict, Verifier};
use satchel_keys::{KeyVersion, Role};
use satchel_office::{
    Afterwards, BatchDraft, BatchState, Card, CardState, CardsQuery, CorrectionDraft, CorrectionState, Decision, Duty,
    Issuer, Made, MemberData, Office, OfficeError, PlannedCard, VersionState,
};
use satchel_store::testing::each;
use satchel_training::field::{Field, blank_card};
use satchel_transport::Cut;
use satchel_values::{CardNumber, Date, Money, Points, Uid};
use std::collections::HashSet;

fn cards(count: usize) -> Vec<PlannedCard> {
    (0..count)
        .map(|number| PlannedCard {
            member: (number % 2 == 0).then(|| MemberData { name: format!("Member {number}"), ..MemberData::default() }),
            amount: Money::new(10_00),
            points: Points::new(5),
            tier: 1,
            expiry: Date::from_days(21_000),
        })
        .collect()
}

fn ordered(world: &World, count: usize) -> i64 {
    let draft = BatchDraft { name: "spring".to_owned(), cards: cards(count) };
    world.office.order(&actor(Duty::Issuer), &draft).unwrap()
}

fn make(world: &mut World, batch: i64, chip: &mut Chip, cut: Option<Cut>) -> Result<Made, OfficeError> {
    let (desk, mut verifier) = (world.desk(), world.verifier());
    let officer = actor(Duty::Issuer);
    let issuer = Issuer::new(&world.office, &officer, &desk).unwrap();
    issuer.make(batch, &mut Field::torn(chip, cut), &mut verifier, &mut world.rng, &mut |_| {})
}

fn number(made: &Made) -> CardNumber {
    match made {
        Made::New(number) | Made::Finished(number) | Made::Already(number) => *number,
        Made::NoneLeft => panic!("there was one left"),
    }
}

fn card(world: &World, number: CardNumber) -> Card {
    world.office.card(&actor(Duty::Auditor), number).unwrap()
}

#[test]
fn a_batch_is_made_card_by_card_and_every_first_transaction_is_true() {
    each(|database| {
        let mut world = World::new(database);
        world.ceremony(1);
        let batch = ordered(&world, 4);
        let mut numbers = HashSet::new();
        for chip in 0..4 {
            let made = make(&mut world, batch, &mut blank_card(chip), None).unwrap();
            assert!(matches!(made, Made::New(_)));
            numbers.insert(number(&made));
        }
        assert_eq!(numbers.len(), 4);
        assert_eq!(make(&mut world, batch, &mut blank_card(9), None).unwrap(), Made::NoneLeft);
        let batch = world.office.batch(&actor(Duty::Auditor), batch).unwrap();
        assert_eq!((batch.state, batch.made, batch.cards), (BatchState::Done, 4, 4));
        for number in &numbers {
            let card = card(&world, *number);
            let wanted = if card.member.is_some() { CardState::Active } else { CardState::Issued };
            assert_eq!((card.state, card.key_version), (wanted, Some(1)));
            assert_eq!(verdict(&world, &card), Verdict::True);
        }
        let (audit, records) = world.office.verify_chains().unwrap();
        assert!(audit > 4 && records == 8, "{records}");
    });
}

/// What the verifier says of the record that was kept.
fn verdict(world: &World, card: &Card) -> Verdict {
    let issued = world.office.issue_record(&actor(Duty::Auditor), card.number).unwrap();
    let told = Told { id: issued.id, intent: issued.intent, enc_tmri: None, proof: issued.proof };
    world.verifier().movement(issued.tmac_version, &told).verdict
}

#[test]
fn a_card_torn_away_anywhere_is_finished_as_the_same_card() {
    let folder = tempfile::tempdir().unwrap();
    let spec = satchel_store::DatabaseSpec::Sqlite(folder.path().join("office.db"));
    let mut world = World::new(&satchel_store::Database::open(&spec).unwrap());
    world.ceremony(1);
    let exchanges = {
        let batch = ordered(&world, 1);
        let (desk, mut verifier) = (world.desk(), world.verifier());
        let officer = actor(Duty::Issuer);
        let mut chip = blank_card(1);
        let mut field = Field::new(&mut chip);
        let issuer = Issuer::new(&world.office, &officer, &desk).unwrap();
        issuer.make(batch, &mut field, &mut verifier, &mut world.rng, &mut |_| {}).unwrap();
        field.exchanges()
    };
    let cuts: Vec<Cut> = (0..exchanges).flat_map(|at| [Cut::BeforeCard(at), Cut::AfterCard(at)]).collect();
    let batch = ordered(&world, cuts.len());
    let (mut torn, mut seen) = (0, HashSet::new());
    for (chip, cut) in (100..).zip(&cuts) {
        let mut chip = blank_card(chip);
        let first = make(&mut world, batch, &mut chip, Some(*cut));
        torn += u32::from(first.is_err());
        let again = make(&mut world, batch, &mut chip, None).unwrap();
        assert!(seen.insert(number(&again)), "{cut:?}: {again:?}");
        if let Ok(first) = first {
            assert_eq!(number(&first), number(&again), "{cut:?}");
        }
        assert!(matches!(make(&mut world, batch, &mut chip, None).unwrap(), Made::Already(_)), "{cut:?}");
    }
    assert!(torn > exchanges, "{torn} of {} cuts tore the card away", cuts.len());
    assert_eq!(seen.len(), cuts.len());
    let batch = world.office.batch(&actor(Duty::Auditor), batch).unwrap();
    assert_eq!((batch.state, batch.made), (BatchState::Done, i64::try_from(cuts.len()).unwrap()));
}

#[test]
fn a_spoiled_card_s_number_is_made_on_another() {
    each(|database| {
        let mut world = World::new(database);
        world.ceremony(1);
        let batch = ordered(&world, 1);
        let mut bad = blank_card(1);
        make(&mut world, batch, &mut bad, Some(Cut::BeforeCard(20))).unwrap_err();
        let (desk, officer) = (world.desk(), actor(Duty::Issuer));
        let issuer = Issuer::new(&world.office, &officer, &desk).unwrap();
        let number_left = issuer.spoil(&Uid::new(*bad.uid()), "chip is dead").unwrap();
        assert!(issuer.spoil(&Uid::new(*bad.uid()), "chip is dead").is_err());
        let made = make(&mut world, batch, &mut blank_card(2), None).unwrap();
        assert_eq!(made, Made::New(number_left));
    });
}

/// A verifier that is not there.
struct Gone;

impl TmacKeys for Gone {
    fn versions(&mut self) -> Result<Vec<KeyVersion>, KeyHouseError> {
        Err(KeyHouseError::Verifier("it was stopped".to_owned()))
    }

    fn card_key(&mut self, _: KeyVersion, _: &Uid) -> Result<satchel_hazmat::AesKey, KeyHouseError> {
        Err(KeyHouseError::Verifier("it was stopped".to_owned()))
    }

    fn movement(&mut self, _: KeyVersion, _: &Told) -> Result<Checked, KeyHouseError> {
        Err(KeyHouseError::Verifier("it was stopped".to_owned()))
    }
}

/// A verifier that gives a chip the key of another card: what the chip answers is under a key that is not its own.
struct Mistaken(Verifier);

impl TmacKeys for Mistaken {
    fn versions(&mut self) -> Result<Vec<KeyVersion>, KeyHouseError> {
        TmacKeys::versions(&mut self.0)
    }

    fn card_key(&mut self, version: KeyVersion, _: &Uid) -> Result<satchel_hazmat::AesKey, KeyHouseError> {
        self.0.card_key(version, &Uid::new([4; 7]))
    }

    fn movement(&mut self, version: KeyVersion, told: &Told) -> Result<Checked, KeyHouseError> {
        TmacKeys::movement(&mut self.0, version, told)
    }
}

#[test]
fn a_card_whose_own_mac_is_wrong_is_not_issued() {
    each(|database| {
        let mut world = World::new(database);
        world.ceremony(1);
        let batch = ordered(&world, 1);
        let mut chip = blank_card(1);
        let (desk, officer, mut mistaken) = (world.desk(), actor(Duty::Issuer), Mistaken(world.verifier()));
        let issuer = Issuer::new(&world.office, &officer, &desk).unwrap();
        for _ in 0..2 {
            let made = issuer.make(batch, &mut Field::new(&mut chip), &mut mistaken, &mut world.rng, &mut |_| {});
            assert!(matches!(&made, Err(OfficeError::State(why)) if why.contains("vouch")), "{made:?}");
        }
        let number = issuer.spoil(&Uid::new(*chip.uid()), "its MAC is wrong").unwrap();
        assert_eq!(make(&mut world, batch, &mut blank_card(2), None).unwrap(), Made::New(number));
    });
}

#[test]
fn without_the_verifier_no_card_has_money_and_it_is_finished_later() {
    each(|database| {
        let mut world = World::new(database);
        world.ceremony(1);
        let batch = ordered(&world, 1);
        let mut chip = blank_card(1);
        {
            let (desk, officer) = (world.desk(), actor(Duty::Issuer));
            let issuer = Issuer::new(&world.office, &officer, &desk).unwrap();
            let refused = issuer.make(batch, &mut Field::new(&mut chip), &mut Gone, &mut world.rng, &mut |_| {});
            assert!(matches!(refused, Err(OfficeError::Keys(KeyHouseError::Verifier(_)))), "{refused:?}");
        }
        assert!(matches!(make(&mut world, batch, &mut chip, None).unwrap(), Made::Finished(_)));
    });
}

#[test]
fn who_may_not_issue_makes_no_card() {
    each(|database| {
        let mut world = World::new(database);
        world.ceremony(1);
        let desk = world.desk();
        for duty in Duty::ALL.into_iter().filter(|duty| *duty != Duty::Issuer) {
            assert!(Issuer::new(&world.office, &actor(duty), &desk).is_err());
        }
        let trail = world.office.audit(&actor(Duty::Auditor), i64::MAX, 100).unwrap();
        assert_eq!(trail.iter().filter(|link| link.action == "refused").count(), Duty::ALL.len() - 1);
    });
}

#[test]
fn a_rollover_counts_cards_and_no_version_in_use_is_retired_unseen() {
    each(|database| {
        let mut world = World::new(database);
        world.ceremony(1);
        let batch = ordered(&world, 3);
        make(&mut world, batch, &mut blank_card(1), None).unwrap();
        make(&mut world, batch, &mut blank_card(2), None).unwrap();
        world.ceremony(2);
        make(&mut world, batch, &mut blank_card(3), None).unwrap();
        let rollover = world.office.rollover().unwrap().unwrap();
        assert_eq!((rollover.to.get(), rollover.moved, rollover.all, rollover.percent()), (2, 1, 3, 33));
        let states: Vec<_> =
            world.office.key_versions().unwrap().iter().map(|row| (row.version.get(), row.state)).collect();
        assert_eq!(states, [(2, VersionState::Current), (1, VersionState::Previous)]);
        let one = actor(Duty::KeyOfficer);
        let other = satchel_office::Actor { login: "b".to_owned(), ..one.clone() };
        let version = |number| KeyVersion::new(number).unwrap();
        let retire = |by, number, accepted| world.office.record_retirement(by, version(number), accepted);
        assert!(matches!(retire((&one, &one), 1, true), Err(OfficeError::FourEyes)));
        assert!(matches!(retire((&one, &other), 2, true), Err(OfficeError::State(_))));
        assert!(matches!(retire((&one, &other), 1, false), Err(OfficeError::State(why)) if why.contains('2')));
        retire((&one, &other), 1, true).unwrap();
        assert_eq!(world.office.commitments(version(1)).unwrap().len(), 3);
        let (desk, mut verifier) = (world.desk(), world.verifier());
        assert_eq!(DeskSource::new(&desk, &mut verifier).versions(Role::Tmac), [version(2), version(1)]);
    });
}

#[test]
fn cards_move_to_new_keys_at_the_desk_and_the_rollover_goes_on() {
    each(|database| {
        let mut world = World::new(database);
        world.ceremony(1);
        let batch = ordered(&world, 2);
        let mut chips = [blank_card(1), blank_card(2)];
        for chip in &mut chips {
            make(&mut world, batch, chip, None).unwrap();
        }
        world.ceremony(2);
        let (desk, mut verifier, officer) = (world.desk(), world.verifier(), actor(Duty::Issuer));
        let issuer = Issuer::new(&world.office, &officer, &desk).unwrap();
        let mut moved =
            |chip: &mut Chip, cut| issuer.move_keys(&mut Field::torn(chip, cut), &mut verifier, &mut world.rng);
        let torn = moved(&mut chips[0], Some(Cut::AfterCard(14)));
        assert!(matches!(torn, Err(OfficeError::Card(_))), "{torn:?}");
        assert_eq!(world.office.rollover().unwrap().unwrap().moved, 0, "half moved is not moved");
        assert!(moved(&mut chips[0], None).unwrap().1.changed > 0);
        assert_eq!(world.office.rollover().unwrap().unwrap().percent(), 50);
        assert_eq!(moved(&mut chips[0], None).unwrap().1.changed, 0, "it has moved");
        moved(&mut chips[1], None).unwrap();
        assert_eq!(world.office.rollover().unwrap().unwrap().percent(), 100);
        assert!(matches!(moved(&mut blank_card(9), None), Err(OfficeError::NotFound { .. })));
        let one = actor(Duty::KeyOfficer);
        let other = satchel_office::Actor { login: "b".to_owned(), ..one.clone() };
        world.office.record_retirement((&one, &other), KeyVersion::new(1).unwrap(), false).unwrap();
    });
}

#[test]
fn cards_are_found_by_number_name_day_and_state() {
    each(|database| {
        let mut world = World::new(database);
        world.ceremony(1);
        let batch = ordered(&world, 3);
        let made = number(&make(&mut world, batch, &mut blank_card(1), None).unwrap());
        let clerk = actor(Duty::MemberService);
        let find = |query: CardsQuery| world.office.find_cards(&clerk, &query).unwrap();
        assert_eq!(find(CardsQuery::Number(made.to_string())).len(), 1);
        assert_eq!(find(CardsQuery::Number("27".to_owned())).len(), 3);
        assert_eq!(find(CardsQuery::Number("9".to_owned())).len(), 0);
        let found = find(CardsQuery::Name("memb".to_owned()));
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].name.as_deref(), Some("Member 0"));
        let today = Date::from_days(20_781);
        assert_eq!(find(CardsQuery::Issued(today, today)).len(), 1);
        assert_eq!(find(CardsQuery::State(CardState::Planned)).len(), 2);
        assert_eq!(find(CardsQuery::Newest)[0].card.number, made);
        let blind = world.office.find_cards(&actor(Duty::Operations), &CardsQuery::Newest).unwrap();
        assert!(blind.iter().all(|found| found.name.is_none()), "who may not see names sees none");
    });
}

#[test]
fn a_card_is_emptied_and_retired_once_wherever_it_is_torn() {
    let folder = tempfile::tempdir().unwrap();
    let spec = satchel_store::DatabaseSpec::Sqlite(folder.path().join("office.db"));
    let mut world = World::new(&satchel_store::Database::open(&spec).unwrap());
    world.ceremony(1);
    const EXCHANGES: u32 = 14;
    let cuts: Vec<Cut> = (0..EXCHANGES).flat_map(|at| [Cut::BeforeCard(at), Cut::AfterCard(at)]).collect();
    let batch = ordered(&world, cuts.len() + 1);
    let (desk, mut verifier, officer) = (world.desk(), world.verifier(), actor(Duty::Issuer));
    let (mut unknown, mut torn) = (0, 0);
    for (chip, cut) in (500..).zip(cuts) {
        let mut chip = blank_card(chip);
        let number = number(&make(&mut world, batch, &mut chip, None).unwrap());
        let issuer = Issuer::new(&world.office, &officer, &desk).unwrap();
        let mut retire = |chip: &mut Chip, cut, afterwards| {
            issuer.retire(afterwards, &mut Field::torn(chip, cut), &mut verifier, &mut world.rng)
        };
        let first = retire(&mut chip, Some(cut), Afterwards::PayOut);
        if let Err(error) = &first {
            torn += 1;
            unknown += u32::from(error.to_string().contains("not known"));
            let again = retire(&mut chip, None, Afterwards::PayOut).unwrap();
            assert_eq!(
                (again.number, again.held, again.points),
                (number, Money::new(10_00), Points::new(5)),
                "{cut:?}"
            );
        } else {
            assert_eq!(first.unwrap().held, Money::new(10_00), "{cut:?}");
        }
        let twice = retire(&mut chip, None, Afterwards::PayOut);
        assert!(matches!(twice, Err(OfficeError::State(_))), "{cut:?}: {twice:?}");
        assert_eq!(card(&world, number).state, CardState::Refunded, "{cut:?}");
    }
    assert!(unknown >= 2 && torn > 20, "{unknown} unknown of {torn} torn");
    let mut last = blank_card(900);
    let old = number(&make(&mut world, batch, &mut last, None).unwrap());
    let issuer = Issuer::new(&world.office, &officer, &desk).unwrap();
    let renew = Afterwards::Renew(Date::from_days(23_000));
    let retired = issuer.retire(renew, &mut Field::new(&mut last), &mut verifier, &mut world.rng).unwrap();
    let ordered = card(&world, retired.renewed.unwrap());
    assert_eq!(
        (ordered.replaces, ordered.amount, ordered.expiry),
        (Some(old), Money::new(10_00), Date::from_days(23_000))
    );
    assert_eq!((ordered.points, ordered.state), (Points::new(5), CardState::Planned));
    println!("{torn} torn, {unknown} of them at the commit; each paid out once");
}

#[test]
fn a_balance_is_corrected_by_two_officers_and_once_wherever_the_card_is_torn() {
    let folder = tempfile::tempdir().unwrap();
    let spec = satchel_store::DatabaseSpec::Sqlite(folder.path().join("office.db"));
    let mut world = World::new(&satchel_store::Database::open(&spec).unwrap());
    world.ceremony(1);
    const EXCHANGES: u32 = 16;
    let cuts: Vec<Cut> = (0..EXCHANGES).flat_map(|at| [Cut::BeforeCard(at), Cut::AfterCard(at)]).collect();
    let batch = ordered(&world, 2 * cuts.len());
    let (desk, mut verifier, officer) = (world.desk(), world.verifier(), actor(Duty::Issuer));
    let (mut unknown, mut torn) = (0, 0);
    let both = [(3_00, -2), (-4_00, 7)];
    for (chip, (cut, (amount, points))) in (500..).zip(cuts.into_iter().flat_map(|cut| both.map(|what| (cut, what)))) {
        let mut chip = blank_card(chip);
        let number = number(&make(&mut world, batch, &mut chip, None).unwrap());
        let draft = CorrectionDraft {
            amount: Money::new(amount),
            points: Points::new(points),
            reason: "billed twice".to_owned(),
        };
        approved(&world.office, number, &draft);
        let issuer = Issuer::new(&world.office, &officer, &desk).unwrap();
        let mut correct =
            |chip: &mut Chip, cut| issuer.correct(&mut Field::torn(chip, cut), &mut verifier, &mut world.rng);
        if let Err(error) = correct(&mut chip, Some(cut)) {
            torn += 1;
            unknown += u32::from(error.to_string().contains("not known"));
            assert_eq!(correct(&mut chip, None).unwrap().state, CorrectionState::Done, "{cut:?}");
        }
        assert!(matches!(correct(&mut chip, None), Err(OfficeError::State(_))), "{cut:?}: not twice");
        let held =
            issuer.retire(Afterwards::PayOut, &mut Field::new(&mut chip), &mut verifier, &mut world.rng).unwrap();
        assert_eq!((held.held, held.points), (Money::new(10_00 + amount), Points::new(5 + points)), "{cut:?}");
    }
    assert!(unknown >= 4 && torn > 40, "{unknown} unknown of {torn} torn");
    println!("{torn} torn, {unknown} of them at the commit; each corrected once");
}

/// Asked for by one, approved by another.
fn approved(office: &Office, number: CardNumber, draft: &CorrectionDraft) -> i64 {
    let clerk = actor(Duty::MemberService);
    let second = satchel_office::Actor { login: "second".to_owned(), ..clerk.clone() };
    let id = office.ask_correction(&clerk, number, draft).unwrap();
    office.decide_correction(&second, id, &Decision::Approve, 1).unwrap();
    id
}

#[test]
fn a_correction_takes_two_and_never_more_than_there_is() {
    each(|database| {
        let mut world = World::new(database);
        world.ceremony(1);
        let batch = ordered(&world, 1);
        let mut chip = blank_card(1);
        let number = number(&make(&mut world, batch, &mut chip, None).unwrap());
        let clerk = actor(Duty::MemberService);
        let second = satchel_office::Actor { login: "second".to_owned(), ..clerk.clone() };
        let draft = |amount: i64, points: i64| CorrectionDraft {
            amount: Money::new(amount),
            points: Points::new(points),
            reason: "billed twice".to_owned(),
        };
        let office = world.office.clone();
        assert!(office.ask_correction(&actor(Duty::Issuer), number, &draft(1, 0)).is_err());
        assert!(office.ask_correction(&clerk, number, &draft(0, 0)).is_err());
        assert!(office.ask_correction(&clerk, number, &draft(500_01, 0)).is_err());
        assert!(
            office.ask_correction(&clerk, number, &CorrectionDraft { reason: " ".to_owned(), ..draft(1, 0) }).is_err()
        );
        let id = office.ask_correction(&clerk, number, &draft(1_00, 0)).unwrap();
        assert!(matches!(office.ask_correction(&clerk, number, &draft(1_00, 0)), Err(OfficeError::State(_))));
        let (desk, mut verifier, officer) = (world.desk(), world.verifier(), actor(Duty::Issuer));
        let issuer = Issuer::new(&office, &officer, &desk).unwrap();
        let mut correct = |chip: &mut Chip| issuer.correct(&mut Field::new(chip), &mut verifier, &mut world.rng);
        assert!(matches!(correct(&mut chip), Err(OfficeError::State(why)) if why.contains("two officers")));
        assert!(matches!(office.decide_correction(&clerk, id, &Decision::Approve, 1), Err(OfficeError::FourEyes)));
        assert!(office.decide_correction(&second, id, &Decision::Refuse(String::new()), 1).is_err(), "no reason");
        assert!(office.decide_correction(&second, id, &Decision::Approve, 7).is_err(), "changed meanwhile");
        office.decide_correction(&second, id, &Decision::Refuse("not so".to_owned()), 1).unwrap();
        assert!(office.decide_correction(&second, id, &Decision::Approve, 2).is_err(), "decided already");
        for too_much in [draft(-10_01, 0), draft(0, -6)] {
            let id = approved(&office, number, &too_much);
            let refused = correct(&mut chip);
            assert!(matches!(&refused, Err(OfficeError::State(why)) if why.contains("holds")), "{refused:?}");
            office.decide_correction(&clerk, id, &Decision::Refuse("withdrawn".to_owned()), 2).unwrap();
        }
        assert_eq!(office.corrections(&clerk).unwrap().len(), 3);
    });
}
