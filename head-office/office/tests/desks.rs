//! What officers do at their desks, and what they may not.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{HandClock, World, actor};
use satchel_card_simulator::Card as Chip;
use satchel_cards::CardError;
use satchel_device::{Folder, Invitation, Mode, SetUp, SetUpCode};
use satchel_keys::{Pin, PinCost, SoftwareSeal};
use satchel_office::{
    Actor, BatchDraft, CardState, CollectionData, DraftKind, DraftState, Duty, Issuer, IssuingPolicy, Made, MemberData,
    NewOfficer, OfficeError, OwnCard, PersonData, PlaceKind, PlannedCard, TerminalState,
};
use satchel_packages::Level;
use satchel_programs::Limits;
use satchel_store::StoreError;
use satchel_store::testing::each;
use satchel_training::field::{Field, blank_card};
use satchel_values::{CardNumber, Date, Money, Points, StoreId};

fn member(name: &str) -> MemberData {
    MemberData { name: name.to_owned(), contact: "0301234567".to_owned(), consent_at: None }
}

fn limits() -> Limits {
    Limits {
        purse_max: Money::new(500_00),
        per_sale_max: Money::new(200_00),
        per_card_day_max: Money::new(300_00),
        offline_total_max: Money::new(2_000_00),
        top_up_min: Money::new(1_00),
        top_up_max: Money::new(200_00),
        top_up_allowance: Money::new(5_000_00),
        points_max: Points::new(100_000),
    }
}

fn planned(name: &str) -> PlannedCard {
    PlannedCard {
        member: Some(member(name)),
        amount: Money::new(10_00),
        points: Points::ZERO,
        tier: 0,
        expiry: Date::from_days(0),
    }
}

fn issued(world: &mut World, chip: &mut Chip, name: Option<&str>) -> CardNumber {
    let planned = PlannedCard { member: name.map(member), ..planned("") };
    let officer = actor(Duty::Issuer);
    let batch = world.office.order(&officer, &BatchDraft { name: "one".to_owned(), cards: vec![planned] }).unwrap();
    let (desk, mut verifier) = (world.desk(), world.verifier());
    let issuer = Issuer::new(&world.office, &officer, &desk).unwrap();
    match issuer.make(batch, &mut Field::new(chip), &mut verifier, &mut world.rng, &mut |_| {}).unwrap() {
        Made::New(number) => number,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_card_s_life_is_on_its_time_line() {
    each(|database| {
        let mut world = World::new(database);
        world.ceremony(1);
        let number = issued(&mut world, &mut blank_card(1), None);
        let clerk = actor(Duty::MemberService);
        let office = &world.office;
        let card = || office.card(&clerk, number).unwrap();
        let ada = office.add_member(&clerk, &member("Ada Brown")).unwrap();
        office.activate_card(&clerk, number, ada, card().revision).unwrap();
        office.block_card(&clerk, number, "reported lost", card().revision).unwrap();
        assert_eq!(office.blocked().unwrap(), [card().uid.unwrap()]);
        assert!(matches!(office.block_card(&clerk, number, "again", card().revision), Err(OfficeError::State(_))));
        office.unblock_card(&clerk, number, "found again", card().revision).unwrap();
        assert!(office.blocked().unwrap().is_empty());
        let stale = card().revision - 1;
        let second = office.block_card(&clerk, number, "x", stale);
        assert!(matches!(second, Err(OfficeError::Store(StoreError::Changed))), "{second:?}");
        assert!(office.blocked().unwrap().is_empty(), "nothing of it was done");
        let newcomer = office.replace_card(&clerk, number, false, card().revision).unwrap();
        assert_eq!(card().state, CardState::Replaced);
        assert_eq!(office.blocked().unwrap().len(), 1);
        let ordered = office.card(&clerk, newcomer).unwrap();
        assert_eq!((ordered.member, ordered.replaces, ordered.amount), (Some(ada), Some(number), Money::new(10_00)));
        let line: Vec<_> = office.time_line(&clerk, number).unwrap().into_iter().map(|link| link.action).collect();
        let wanted = ["card.replaced", "card.unblocked", "card.blocked", "card.activated", "card.issued", "card.begun"];
        assert_eq!(line, wanted);
    });
}

#[test]
fn a_balance_that_terminals_may_have_changed_is_unsure_until_somebody_accepts_it() {
    each(|database| {
        let mut world = World::new(database);
        world.ceremony(1);
        let number = issued(&mut world, &mut blank_card(1), Some("Ada"));
        let operations = actor(Duty::Operations);
        let place = world.office.add_place(&operations, PlaceKind::Store, "North", "East").unwrap();
        let profile = world.office.add_profile(&operations, "till", &["inquiry", "sale"], &limits()).unwrap();
        world.office.add_terminal(&operations, place, profile).unwrap();
        let clerk = actor(Duty::MemberService);
        let revision = world.office.card(&clerk, number).unwrap().revision;
        let refused = world.office.replace_card(&clerk, number, false, revision);
        assert!(matches!(refused, Err(OfficeError::State(why)) if why.contains("unsure")));
        world.office.replace_card(&clerk, number, true, revision).unwrap();
    });
}

#[test]
fn members_are_corrected_found_merged_exported_and_erased() {
    each(|database| {
        let mut world = World::new(database);
        world.ceremony(1);
        let number = issued(&mut world, &mut blank_card(1), Some("Jose Garcia"));
        let (office, clerk) = (&world.office, actor(Duty::MemberService));
        let first = office.card(&clerk, number).unwrap().member.unwrap();
        let second = office.add_member(&clerk, &member("José García Ångström")).unwrap();
        let found = |words: &str| {
            office.find_members(&clerk, words).unwrap().into_iter().map(|member| member.id).collect::<Vec<_>>()
        };
        assert_eq!(found("JOSE garcia"), [first, second]);
        assert_eq!(found("angs jo"), [second]);
        assert!(found("nobody").is_empty() && found("").is_empty());
        let revision = office.member(&clerk, second).unwrap().revision;
        office.correct_member(&clerk, second, &member("Joseph"), revision).unwrap();
        let late = office.correct_member(&clerk, second, &member("Jo"), revision);
        assert!(matches!(late, Err(OfficeError::Store(StoreError::Changed))));
        office.merge_members(&clerk, second, first).unwrap();
        assert_eq!(office.card(&clerk, number).unwrap().member, Some(second));
        assert_eq!(office.member(&clerk, first).unwrap().merged_into, Some(second));
        assert!(office.merge_members(&clerk, second, first).is_err());
        let export = office.export_member(&clerk, second).unwrap();
        assert_eq!((export["name"].as_str(), export["cards"].as_array().map(Vec::len)), (Some("Joseph"), Some(1)));
        office.erase_member(&clerk, second).unwrap();
        let erased = office.member(&clerk, second).unwrap();
        assert!(erased.erased && erased.data.name.is_empty() && found("joseph").is_empty());
        assert_eq!(office.card(&clerk, number).unwrap().state, CardState::Active, "the card goes on without a name");
        let trail = office.audit(&actor(Duty::Auditor), i64::MAX, 100).unwrap();
        assert!(trail.iter().all(|link| !format!("{link:?}").contains("Joseph")), "no name in the trail");
    });
}

#[test]
fn each_may_what_their_duty_is_and_every_attempt_is_written_down() {
    each(|database| {
        let world = World::new(database);
        let office = &world.office;
        let number = CardNumber::from_payload(27_000_000_001).unwrap();
        type Attempt<'a> = (&'a str, Duty, Box<dyn Fn(&Actor) -> Result<(), OfficeError> + 'a>);
        let attempts: Vec<Attempt<'_>> = vec![
            (
                "order",
                Duty::Issuer,
                Box::new(|by| {
                    let card = PlannedCard {
                        member: None,
                        amount: Money::ZERO,
                        points: Points::ZERO,
                        tier: 0,
                        expiry: Date::from_days(0),
                    };
                    office.order(by, &BatchDraft { name: "b".to_owned(), cards: vec![card] }).map(drop)
                }),
            ),
            ("member", Duty::MemberService, Box::new(|by| office.add_member(by, &member("A")).map(drop))),
            ("block", Duty::MemberService, Box::new(|by| office.block_card(by, number, "x", 1))),
            ("place", Duty::Operations, Box::new(|by| office.add_place(by, PlaceKind::Van, "V", "").map(drop))),
            ("draft", Duty::SetUp, Box::new(|by| office.draft(by, DraftKind::Texts, "{}").map(drop))),
            ("officer", Duty::Administrator, Box::new(|by| office.set_officer_active(by, "nobody", false, 1))),
        ];
        let mut refused = 0;
        for (what, holder, attempt) in &attempts {
            for duty in Duty::ALL {
                match attempt(&actor(duty)) {
                    Err(OfficeError::NotAllowed { .. }) => {
                        assert_ne!(duty, *holder, "{what}");
                        refused += 1;
                    }
                    other => assert_eq!(duty, *holder, "{what}: {other:?}"),
                }
            }
        }
        let trail = office.audit(&actor(Duty::Auditor), i64::MAX, 1_000).unwrap();
        assert_eq!(trail.iter().filter(|link| link.action == "refused").count(), refused);
        assert_eq!(refused, attempts.len() * (Duty::ALL.len() - 1));
    });
}

#[test]
fn guessing_passwords_takes_longer_and_longer_and_sessions_end() {
    each(|database| {
        let mut world = World::new(database);
        let right = "auditor and a long password";
        for _ in 0..5 {
            let wrong = world.office.check_password("auditor", "guess guess guess", None);
            assert!(matches!(wrong, Err(OfficeError::WrongLogin)));
        }
        assert!(matches!(world.office.check_password("auditor", right, None), Err(OfficeError::Wait { .. })));
        assert!(matches!(world.office.check_password("nobody", right, None), Err(OfficeError::WrongLogin)));
        world.clock.forward(60);
        let (token, signed_on) = world.office.sign_on("auditor", right, None, &mut world.rng).unwrap();
        assert_eq!(signed_on.actor(), actor(Duty::Auditor));
        assert_eq!(world.office.session(&token).unwrap(), Some(signed_on));
        assert_eq!(world.office.session("another").unwrap(), None);
        world.clock.forward(20 * 60);
        assert!(world.office.session(&token).unwrap().is_some(), "used within half an hour");
        world.clock.forward(31 * 60);
        assert_eq!(world.office.session(&token).unwrap(), None);
        let (token, _) = world.office.sign_on("auditor", right, None, &mut world.rng).unwrap();
        world.office.sign_off(&token).unwrap();
        assert_eq!(world.office.session(&token).unwrap(), None);
    });
}

#[test]
fn a_code_is_asked_for_once_it_is_set_up_and_passwords_are_long() {
    each(|database| {
        let mut world = World::new(database);
        let (secret, address) = world.office.new_totp("issuer", &mut world.rng).unwrap();
        assert!(address.starts_with("otpauth://totp/Satchel:issuer"), "{address}");
        let password = "issuer and a long password";
        assert!(world.office.confirm_totp("issuer", &secret, "000000").is_err());
        assert!(!world.office.check_password("issuer", password, None).unwrap().has_totp, "nobody is shut out");
        let now = u64::try_from(satchel_values::Clock::now(&*world.clock).ms() / 1_000).unwrap();
        let code = totp_rs::Totp::from_url(&address).unwrap().generate(now).to_string();
        world.office.confirm_totp("issuer", &secret, &code).unwrap();
        for code in [None, Some("000000"), Some("")] {
            assert!(world.office.check_password("issuer", password, code).is_err());
        }
        assert!(world.office.check_password("issuer", password, Some(&code)).unwrap().has_totp);
        let short = world.office.change_password("issuer", password, "short", &mut world.rng);
        assert!(matches!(short, Err(OfficeError::Invalid { field: "password", .. })));
        assert!(world.office.change_password("issuer", "wrong", "a very long new one", &mut world.rng).is_err());
        world.office.change_password("issuer", password, "a very long new one", &mut world.rng).unwrap();
        let none = world.office.appoint(
            None,
            &NewOfficer {
                login: "eve",
                name: "Eve",
                password: "a very long new one",
                duty: Duty::Issuer,
                language: "en",
            },
            &mut world.rng,
        );
        assert!(matches!(none, Err(OfficeError::State(_))), "an office with officers appoints by them alone");
    });
}

#[test]
fn what_is_set_up_takes_two_people_and_comes_into_force_when_it_is_signed() {
    each(|database| {
        let mut world = World::new(database);
        world.ceremony(1);
        let office = &world.office;
        let one = actor(Duty::SetUp);
        let other = Actor { login: "set-up-2".to_owned(), duty: Duty::SetUp };
        let body = r#"{"earn": {"per": 100, "points": 1}, "redeem": {"points": 100, "worth": 100}}"#;
        for wrong in ["", "{", r#"{"earn": {"per": 0, "points": 1}}"#, r#"{"earn": {"per": "x"}}"#] {
            assert!(office.draft(&one, DraftKind::Program, wrong).is_err(), "{wrong}");
        }
        let id = office.draft(&one, DraftKind::Program, body).unwrap();
        assert!(matches!(office.review(&one, id, 1), Err(OfficeError::FourEyes)));
        office.review(&other, id, 1).unwrap();
        assert!(matches!(office.review(&other, id, 1), Err(OfficeError::Store(StoreError::Changed))));
        assert_eq!(office.publish(&one, &world.desk()).unwrap(), 1);
        let next = office.draft(&other, DraftKind::Program, r#"{"earn": {"per": 50, "points": 1}}"#).unwrap();
        office.review(&one, next, 1).unwrap();
        office.publish(&one, &world.desk()).unwrap();
        let states: Vec<_> = office.drafts(&one).unwrap().into_iter().map(|draft| (draft.id, draft.state)).collect();
        assert_eq!(states, [(next, DraftState::Published), (id, DraftState::Withdrawn)]);
    });
}

#[test]
fn a_terminal_is_enrolled_with_everything_it_needs_and_a_lost_one_says_what_is_at_stake() {
    each(|database| {
        let mut world = World::new(database);
        world.ceremony(1);
        let operations = actor(Duty::Operations);
        let place = world.office.add_place(&operations, PlaceKind::Store, "North", "East").unwrap();
        let profile = world.office.add_profile(&operations, "till", &["inquiry", "sale", "load"], &limits()).unwrap();
        assert!(world.office.add_profile(&operations, "odd", &["load"], &limits()).is_err());
        let id = world.office.add_terminal(&operations, place, profile).unwrap();
        let person = PersonData {
            name: "Ines".to_owned(),
            level: Level::StoreManager,
            authorities: PersonData::usual_authorities(Level::StoreManager),
            scope: Vec::new(),
            valid_until: Date::from_days(22_000),
        };
        let ines = world.office.add_person(&operations, &person).unwrap();
        let (desk, mut verifier) = (world.desk(), world.verifier());
        let pin = Pin::parse("731504").unwrap();
        let officer = actor(Duty::Issuer);
        let made = Issuer::new(&world.office, &officer, &desk).unwrap().make_person_card(
            ines,
            &mut verifier,
            (&pin, PinCost::TEST),
            &mut Field::new(&mut blank_card(7)),
            &mut world.rng,
        );
        let uid = made.unwrap();
        let enrolled = world.office.enrol(&operations, &desk, id, PinCost::TEST, &mut world.rng).unwrap();
        let code = SetUpCode::parse(&enrolled.code).unwrap();
        let set_up = SetUp::from_file(&enrolled.file, &code).unwrap();
        assert_eq!((set_up.terminal.get(), set_up.packages.len()), (id, 5));
        assert_eq!(world.office.people(&operations).unwrap()[0].card, Some(uid));
        let terminal = world.office.terminals(&operations).unwrap().remove(0);
        assert_eq!((terminal.state, terminal.bundle_version), (TerminalState::Enrolled, 1));
        let at_stake = world.office.terminal_lost(&operations, id, terminal.revision).unwrap();
        assert_eq!(at_stake, Money::new(2_000_00));
        let again = world.office.enrol(&operations, &desk, id, PinCost::TEST, &mut world.rng);
        assert!(matches!(again, Err(OfficeError::State(_))));
    });
}

#[test]
fn a_device_that_answers_its_invitation_is_admitted_and_its_operator_signs_on() {
    each(|database| {
        let mut world = World::new(database);
        world.ceremony(1);
        let operations = actor(Duty::Operations);
        let place = world.office.add_place(&operations, PlaceKind::Van, "Van 3", "East").unwrap();
        let profile = world.office.add_profile(&operations, "seller", &["inquiry", "sale"], &limits()).unwrap();
        let id = world.office.add_terminal(&operations, place, profile).unwrap();
        let unsigned = world.office.invite(&operations, id, &mut world.rng);
        assert!(matches!(unsigned, Err(OfficeError::State(_))), "nothing was ever signed here");
        let (desk, mut verifier) = (world.desk(), world.verifier());
        world.office.publish(&actor(Duty::SetUp), &desk).unwrap();
        let person = PersonData {
            name: "Ines".to_owned(),
            level: Level::Seller,
            authorities: PersonData::usual_authorities(Level::Seller),
            scope: Vec::new(),
            valid_until: Date::from_days(22_000),
        };
        let ines = world.office.add_person(&operations, &person).unwrap();
        let (pin, mut chip) = (Pin::parse("731504").unwrap(), blank_card(7));
        let officer = actor(Duty::Issuer);
        let made = Issuer::new(&world.office, &officer, &desk).unwrap().make_person_card(
            ines,
            &mut verifier,
            (&pin, PinCost::TEST),
            &mut Field::new(&mut chip),
            &mut world.rng,
        );
        made.unwrap();

        let none = world.office.enrolling(&operations, id).unwrap();
        assert_eq!(none, None);
        assert!(world.office.admit(&operations, &desk, id, PinCost::TEST, &mut world.rng).is_err(), "not invited");
        let stale = world.office.invite(&operations, id, &mut world.rng).unwrap();
        let open = world.office.invite(&operations, id, &mut world.rng).unwrap();
        let device = tempfile::tempdir().unwrap();
        let folder = Folder::new(device.path(), Mode::Service);
        let seal = SoftwareSeal::take(&mut [7; 32]);
        let answer = |text: &str, rng: &mut rand_chacha::ChaCha20Rng| {
            folder.answer(&Invitation::from_text(text).unwrap(), &seal, rng).unwrap()
        };
        let late = answer(&stale.invitation, &mut world.rng).to_text();
        assert!(world.office.take_answer(&operations, id, &late).is_err(), "to an invitation before the newest");
        let good = answer(&open.invitation, &mut world.rng);
        assert!(world.office.take_answer(&actor(Duty::Auditor), id, &good.to_text()).is_err());
        let check = world.office.take_answer(&operations, id, &good.to_text()).unwrap();
        assert_eq!(check, good.check());
        assert_eq!(world.office.enrolling(&operations, id).unwrap().unwrap().check, Some(check));

        let admission = world.office.admit(&operations, &desk, id, PinCost::TEST, &mut world.rng).unwrap();
        assert!(admission.code.is_some(), "a seller's set-up fits one code");
        folder.admit(&admission.file, &seal, &mut world.rng).unwrap();
        let clock = HandClock::at(world.office_time());
        let rng = <rand_chacha::ChaCha20Rng as rand_core::SeedableRng>::seed_from_u64(9);
        let mut terminal = folder.start(&seal, Box::new(clock), Box::new(rng)).unwrap();
        terminal.sign_on(&mut Field::new(&mut chip), &pin).unwrap();
        assert_eq!(terminal.operator().unwrap().name, "Ines");
        let enrolled = world.office.terminals(&operations).unwrap().remove(0);
        assert_eq!((enrolled.state, enrolled.bundle_version), (TerminalState::Enrolled, 1));
        assert_eq!(world.office.enrolling(&operations, id).unwrap(), None, "nothing is left open");
    });
}

#[test]
fn a_catalogue_is_drafted_from_a_table_comes_into_force_and_back() {
    each(|database| {
        let mut world = World::new(database);
        world.ceremony(1);
        let (one, other) = (actor(Duty::SetUp), Actor { login: "set-up-2".to_owned(), duty: Duty::SetUp });
        let table =
            |price: u32| format!("code,name,category,price_minor,unit,barcodes\nTEA,Green tea,Drinks,{price},piece,\n");
        let (first, items) = world.office.draft_catalogue(&one, table(320).as_bytes()).unwrap();
        assert_eq!(items, 1);
        assert!(world.office.draft_catalogue(&one, b"code,name\n").is_err());
        assert!(world.office.draft_catalogue(&actor(Duty::Issuer), table(1).as_bytes()).is_err());
        world.office.review(&other, first, 1).unwrap();
        world.office.publish(&one, &world.desk()).unwrap();
        let (second, _) = world.office.draft_catalogue(&one, table(350).as_bytes()).unwrap();
        world.office.review(&other, second, 1).unwrap();
        world.office.publish(&one, &world.desk()).unwrap();
        let operations = actor(Duty::Operations);
        let place = world.office.add_place(&operations, PlaceKind::Store, "North", "East").unwrap();
        let profile = world.office.add_profile(&operations, "till", &["sale"], &limits()).unwrap();
        let id = world.office.add_terminal(&operations, place, profile).unwrap();
        let sold = |world: &mut World| {
            let desk = world.desk();
            let enrolled = world.office.enrol(&operations, &desk, id, PinCost::TEST, &mut world.rng).unwrap();
            let set_up = SetUp::from_file(&enrolled.file, &SetUpCode::parse(&enrolled.code).unwrap()).unwrap();
            String::from_utf8(set_up.catalogue.unwrap()).unwrap()
        };
        assert_eq!(sold(&mut world), table(350));
        let back = world.office.draft_again(&one, first).unwrap();
        world.office.review(&other, back, 1).unwrap();
        world.office.publish(&one, &world.desk()).unwrap();
        assert_eq!(sold(&mut world), table(320), "what was before is in force again");
    });
}

#[test]
fn tokens_of_programs_are_good_until_they_are_taken_back_or_their_officer_goes() {
    each(|database| {
        let mut world = World::new(database);
        let admin = actor(Duty::Administrator);
        let mut made = |login: &str| world.office.make_api_token(&admin, login, "till robot", &mut world.rng).unwrap();
        let (first, second) = (made("issuer"), made("auditor"));
        assert_eq!(world.office.api_actor(&first).unwrap(), Some(actor(Duty::Issuer)));
        assert_eq!(world.office.api_actor("another").unwrap(), None);
        assert!(world.office.revoke_api_tokens(&actor(Duty::Issuer), "issuer").is_err());
        assert_eq!(world.office.revoke_api_tokens(&admin, "issuer").unwrap(), 1);
        assert_eq!(world.office.api_actor(&first).unwrap(), None);
        world.office.set_officer_active(&admin, "auditor", false, 1).unwrap();
        assert_eq!(world.office.api_actor(&second).unwrap(), None);
        assert!(matches!(
            world.office.set_officer_active(&admin, "administrator", false, 1),
            Err(OfficeError::FourEyes)
        ));
    });
}

#[test]
fn a_revoked_role_is_in_no_bundle_until_there_are_new_keys() {
    each(|database| {
        let mut world = World::new(database);
        world.ceremony(1);
        let operations = actor(Duty::Operations);
        let place = world.office.add_place(&operations, PlaceKind::Store, "North", "East").unwrap();
        let profile = world.office.add_profile(&operations, "till", &["sale", "load"], &limits()).unwrap();
        let id = world.office.add_terminal(&operations, place, profile).unwrap();
        let (one, other) = (actor(Duty::KeyOfficer), Actor { login: "b".to_owned(), duty: Duty::KeyOfficer });
        let bundle = |world: &mut World| {
            let desk = world.desk();
            let file = world.office.enrol(&operations, &desk, id, PinCost::TEST, &mut world.rng).unwrap();
            file.file.len()
        };
        let with_both = bundle(&mut world);
        let revoke = |world: &World, by, role| world.office.revoke_role(by, role, "a phone was opened");
        assert!(matches!(revoke(&world, (&one, &one), "load"), Err(OfficeError::FourEyes)));
        assert!(matches!(revoke(&world, (&one, &other), "king"), Err(OfficeError::NotFound { .. })));
        assert_eq!(revoke(&world, (&one, &other), "load").unwrap().get(), 1);
        let without = bundle(&mut world);
        assert!(without < with_both, "{without} < {with_both}: a master less");
        world.ceremony(2);
        let again = bundle(&mut world);
        assert!(again > with_both - 1, "{again}: sale of both versions and load of the new one");
        assert_eq!(world.office.revoked_roles().unwrap().len(), 1);
    });
}

#[test]
fn an_order_that_cannot_be_leaves_nothing() {
    each(|database| {
        let world = World::new(database);
        let officer = actor(Duty::Issuer);
        let planned = |amount| PlannedCard {
            member: Some(member("Ada")),
            amount: Money::new(amount),
            points: Points::ZERO,
            tier: 0,
            expiry: Date::from_days(0),
        };
        for cards in [vec![], vec![planned(1), planned(500_01)], vec![planned(-1)]] {
            assert!(world.office.order(&officer, &BatchDraft { name: "b".to_owned(), cards }).is_err());
        }
        let overview = world.office.overview().unwrap();
        assert_eq!((overview.members, overview.open_batches), (0, 0));
        let id = world.office.order(&officer, &BatchDraft { name: "b".to_owned(), cards: vec![planned(1)] }).unwrap();
        let file = world.office.print_table(&officer, id).unwrap();
        assert!(file.starts_with("number,name,qr\n") && file.contains("Ada,SATCHEL:27"), "{file}");
        assert!(world.office.print_pages(&officer, id).unwrap().starts_with(b"%PDF-"));
    });
}

#[test]
fn a_blocked_pin_is_replaced_and_a_card_torn_meanwhile_gets_the_next_one() {
    each(|database| {
        let mut world = World::new(database);
        world.ceremony(1);
        let (operations, issuer) = (actor(Duty::Operations), actor(Duty::Issuer));
        let person = PersonData {
            name: "Ines".to_owned(),
            level: Level::Cashier,
            authorities: PersonData::usual_authorities(Level::Cashier),
            scope: Vec::new(),
            valid_until: Date::from_days(22_000),
        };
        let ines = world.office.add_person(&operations, &person).unwrap();
        let (desk, mut verifier) = (world.desk(), world.verifier());
        let mut chip = blank_card(7);
        let pin = |digits: &str| Pin::parse(digits).unwrap();
        let (first, cost) = (pin("731504"), PinCost::TEST);
        let office = world.office.clone();
        let mut keys_of = |rng: &mut rand_chacha::ChaCha20Rng, chip: &mut Chip, new: &Pin, cut| {
            let issuer = Issuer::new(&office, &issuer, &desk).unwrap();
            issuer.change_pin(ines, &mut verifier, (new, cost), &mut Field::torn(chip, cut), rng)
        };
        {
            let (desk, mut verifier) = (world.desk(), world.verifier());
            let issuer = Issuer::new(&world.office, &issuer, &desk).unwrap();
            let field = &mut Field::new(&mut chip);
            issuer.make_person_card(ines, &mut verifier, (&first, cost), field, &mut world.rng).unwrap();
        }
        let signs_on = |world: &mut World, chip: &mut Chip, pin: &Pin| {
            let desk = world.desk();
            let mut field = Field::new(chip);
            let identity = satchel_desfire::identify(&mut field).unwrap();
            let pin_key = desk.pin_key(&identity.uid, pin, cost).unwrap();
            let ring = desk.ring(&[satchel_keys::Role::OperatorTerminal]);
            let keys = satchel_cards::CardKeys::new(&ring, identity.uid, *satchel_cards::operator::AID.bytes());
            let presented = satchel_cards::member::Presented {
                transport: &mut field,
                identity: &identity,
                keys: &keys,
                rng: &mut world.rng,
            };
            satchel_cards::operator::sign_on(presented, &pin_key).map(|_| ())
        };
        signs_on(&mut world, &mut chip, &first).unwrap();
        while !matches!(signs_on(&mut world, &mut chip, &pin("000000")), Err(CardError::PinBlocked)) {}
        assert!(matches!(signs_on(&mut world, &mut chip, &first), Err(CardError::PinBlocked)));
        let mut rng = world.rng.clone();
        let mut tries = 0;
        for at in 0..30 {
            let digits = format!("{:06}", 100_000 + at);
            if keys_of(&mut rng, &mut chip, &pin(&digits), Some(satchel_transport::Cut::AfterCard(at))).is_err() {
                tries += 1;
            }
        }
        assert!(tries > 10, "{tries}");
        keys_of(&mut rng, &mut chip, &pin("918253"), None).unwrap();
        signs_on(&mut world, &mut chip, &pin("918253")).unwrap();
        assert!(matches!(signs_on(&mut world, &mut chip, &first), Err(CardError::WrongPin { .. })));
        let other = keys_of(&mut rng, &mut blank_card(8), &first, None);
        assert!(matches!(other, Err(OfficeError::State(_))), "{other:?}");
    });
}

#[test]
fn where_the_policy_says_so_an_issuer_shows_their_own_card() {
    each(|database| {
        let mut world = World::new(database);
        world.ceremony(1);
        let (operations, admin, officer) = (actor(Duty::Operations), actor(Duty::Administrator), actor(Duty::Issuer));
        let person = PersonData {
            name: "Ines".to_owned(),
            level: Level::Administrator,
            authorities: PersonData::usual_authorities(Level::Administrator),
            scope: Vec::new(),
            valid_until: Date::from_days(22_000),
        };
        let ines = world.office.add_person(&operations, &person).unwrap();
        let (desk, mut verifier, cost) = (world.desk(), world.verifier(), PinCost::TEST);
        let (pin, mut hers, mut member_card) = (Pin::parse("731504").unwrap(), blank_card(7), blank_card(8));
        let office = world.office.clone();
        {
            let issuer = Issuer::new(&office, &officer, &desk).unwrap();
            let field = &mut Field::new(&mut hers);
            issuer.make_person_card(ines, &mut verifier, (&pin, cost), field, &mut world.rng).unwrap();
        }
        issued(&mut world, &mut member_card, Some("Ada"));
        assert!(matches!(
            office.set_issuing_policy(&officer, IssuingPolicy::OwnCard),
            Err(OfficeError::NotAllowed { .. })
        ));
        office.set_issuing_policy(&admin, IssuingPolicy::OwnCard).unwrap();
        assert!(matches!(Issuer::new(&office, &officer, &desk).err(), Some(OfficeError::OwnCardMissing)));

        let mut shows = |chip: &mut Chip, pin: &Pin| {
            let own = OwnCard { transport: &mut Field::new(chip), tmac: &mut verifier, pin, cost };
            Issuer::with_own_card(&office, &officer, &desk, own, &mut world.rng).map(|_| ())
        };
        let nobody = shows(&mut hers, &pin);
        assert!(matches!(&nobody, Err(OfficeError::State(why)) if why.contains("administrator")), "{nobody:?}");
        let revision =
            |login: &str| office.officers().unwrap().into_iter().find(|one| one.login == login).unwrap().revision;
        assert!(
            office.set_own_person(&admin, "issuer", Some(99), revision("issuer")).is_err(),
            "there is no such person"
        );
        office.set_own_person(&admin, "issuer", Some(ines), revision("issuer")).unwrap();
        let wrong = shows(&mut hers, &Pin::parse("111111").unwrap());
        assert!(matches!(wrong, Err(OfficeError::Card(CardError::WrongPin { tries_left: 4 }))), "{wrong:?}");
        shows(&mut hers, &pin).unwrap();
        for chip in [&mut member_card, &mut blank_card(9)] {
            let other = shows(chip, &pin);
            assert!(matches!(&other, Err(OfficeError::State(why)) if why.contains("your own card")), "{other:?}");
        }
        world.clock.forward(86_400 * 2_000);
        assert!(shows(&mut hers, &pin).is_err(), "it is good no more");
        world.clock.forward(-86_400 * 2_000);
        let person = office.people(&operations).unwrap().remove(0);
        office.set_person_active(&operations, ines, false, person.revision).unwrap();
        assert!(shows(&mut hers, &pin).is_err(), "it was revoked");
        office.set_issuing_policy(&admin, IssuingPolicy::Login).unwrap();
        let batch = office.order(&officer, &BatchDraft { name: "b".to_owned(), cards: vec![planned("Ben")] }).unwrap();
        let issuer = Issuer::new(&office, &officer, &desk).unwrap();
        let onto_hers =
            issuer.make(batch, &mut Field::new(&mut hers), &mut world.verifier(), &mut world.rng.clone(), &mut |_| {});
        assert!(matches!(&onto_hers, Err(OfficeError::State(why)) if why.contains("person")), "{onto_hers:?}");
        let mut rng = world.rng.clone();
        let onto_ada_s = issuer.make_person_card(
            ines,
            &mut world.verifier(),
            (&pin, cost),
            &mut Field::new(&mut member_card),
            &mut rng,
        );
        assert!(matches!(&onto_ada_s, Err(OfficeError::State(why)) if why.contains("member card")), "{onto_ada_s:?}");
    });
}

#[test]
fn a_collection_card_is_made_wherever_it_is_torn_and_a_lost_one_is_on_the_block_list() {
    each(|database| {
        let mut world = World::new(database);
        world.ceremony(1);
        let (operations, officer) = (actor(Duty::Operations), actor(Duty::Issuer));
        let data = CollectionData {
            name: "Round North".to_owned(),
            scope: vec![StoreId::new(1)],
            valid_until: Date::from_days(22_000),
        };
        assert!(world.office.add_collection_card(&officer, &data).is_err(), "that is for operations");
        let id = world.office.add_collection_card(&operations, &data).unwrap();
        let (desk, mut verifier, office) = (world.desk(), world.verifier(), world.office.clone());
        let issuer = Issuer::new(&office, &officer, &desk).unwrap();
        let mut rng = world.rng.clone();
        let mut make = |chip: &mut Chip, cut| {
            issuer.make_collection_card(id, &mut Field::torn(chip, cut), &mut verifier, &mut rng)
        };
        let (mut first, mut second) = (blank_card(21), blank_card(22));
        let mut torn = 0;
        for at in 0..60 {
            torn += u32::from(make(&mut first, Some(satchel_transport::Cut::AfterCard(at))).is_err());
        }
        assert!(torn > 15, "{torn}");
        let chip = make(&mut first, None).unwrap();
        let ring = desk.ring(&[satchel_keys::Role::CollectionTerminal]);
        let held = read_identity(&mut Field::new(&mut first), &ring, &mut world.rng);
        assert_eq!((held.number, held.expiry), (id, data.valid_until));
        assert!(office.blocked().unwrap().is_empty());
        let newer = make(&mut second, None).unwrap();
        assert_eq!(office.blocked().unwrap(), [chip], "the chip before pays and carries nothing more");
        let listed = office.collection_cards(&operations).unwrap().remove(0);
        assert_eq!((listed.card, listed.data.clone()), (Some(newer), data));
        let mut as_member = blank_card(23);
        issued(&mut world, &mut as_member, None);
        for taken in [&mut as_member, &mut second] {
            let id = office.add_collection_card(&operations, &listed.data).unwrap();
            let field = &mut Field::new(taken);
            let made = issuer.make_collection_card(id, field, &mut world.verifier(), &mut world.rng.clone());
            assert!(matches!(&made, Err(OfficeError::State(why)) if why.contains("take it away")), "{made:?}");
        }
        office.set_collection_card_active(&operations, id, false, listed.revision).unwrap();
        assert_eq!(office.blocked().unwrap().len(), 2);
        assert!(make(&mut second, None).is_err(), "it is revoked");
        office.set_collection_card_active(&operations, id, true, listed.revision + 1).unwrap();
        assert_eq!(office.blocked().unwrap(), [chip]);
    });
}

/// As a terminal reads it.
fn read_identity(
    field: &mut Field<'_>,
    ring: &satchel_keys::KeyRing,
    rng: &mut rand_chacha::ChaCha20Rng,
) -> satchel_cards::identity::CollectionIdentity {
    use satchel_cards::collection::{AID, file, key};
    let identity = satchel_desfire::identify(field).unwrap();
    let keys = satchel_cards::CardKeys::new(ring, identity.uid, *AID.bytes());
    let card_key = keys.key(satchel_keys::Role::CollectionTerminal, satchel_keys::KeyVersion::new(1).unwrap()).unwrap();
    let mut session = satchel_desfire::Session::new(field, identity.frame);
    session.select_application(AID).unwrap();
    let session =
        session.authenticate_ev2_first(key::TERMINAL, &card_key, rng).map_err(|refused| refused.error).unwrap();
    let (_, bytes) = session.read_data(file::IDENTITY, satchel_desfire::CommMode::Full, 0, 32).unwrap();
    satchel_cards::identity::CollectionIdentity::parse(&bytes).unwrap()
}
