use crate::qualified;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use satchel_card_simulator::{Card, CardConfig, FactoryKey};
use satchel_card_tools::qualify::Verdict;
use satchel_cards::identity::MemberIdentity;
use satchel_cards::issue::{Desk, MemberPlan, issue_member};
use satchel_cards::record::Standing;
use satchel_keys::{ControlKey, EnterpriseId, KeyRing, KeyVersion, Role};
use satchel_transport::{Cut, Sim, Tear, Transport, TransportError};
use satchel_values::{CardNumber, Currency, Date, MemberId, Money, OperatorId, Points, SaleId, Tier, Timestamp};

/// CreateApplication 563412 with one AES key, which anybody may on a fresh card.
const CREATE: [u8; 11] = [0x90, 0xCA, 0, 0, 5, 0x12, 0x34, 0x56, 0x0F, 0x81, 0];
const LIST: [u8; 5] = [0x90, 0x6A, 0, 0, 0];
const MASTER_KEY_VERSION: [u8; 7] = [0x90, 0x64, 0, 0, 1, 0, 0];

#[test]
fn a_card_with_somebody_s_application_is_refused_untouched() {
    for picc_key in [FactoryKey::DesZeros, FactoryKey::AesZeros] {
        let mut card = Sim::new(Card::new(CardConfig { picc_key, ..CardConfig::default() }));
        card.transceive(&CREATE).expect("made");
        let report = qualified(&mut card);
        assert_eq!(report.verdict, not_blank("it holds the applications 563412"));
        assert!(report.left_on_card.is_empty());
        assert_eq!(card.transceive(&LIST).expect("answered"), [0x12, 0x34, 0x56, 0x91, 0x00]);
    }
}

#[test]
fn a_card_in_service_is_refused_untouched() {
    let mut card = Card::new(CardConfig::default());
    issued(&mut card);
    let before = card.save();
    let mut field = Sim::new(card);
    let report = qualified(&mut field);
    assert_eq!(report.verdict, not_blank("its master key, version 1, is neither zeros nor the training key"));
    let (before, after) = (Card::load(&before).expect("its image"), field.into_card());
    assert_eq!(crate::tree::lasting(&before), crate::tree::lasting(&after));
}

/// A member card is made, and money moved, in the first two hundred exchanges; key probes follow.
fn instants() -> impl Iterator<Item = u32> {
    (0..200).chain((200..1_600).step_by(200))
}

#[test]
fn a_card_that_is_torn_away_is_made_blank_when_it_comes_back() {
    for picc_key in [FactoryKey::DesZeros, FactoryKey::AesZeros] {
        for cut in instants().flat_map(|at| [Cut::BeforeCard(at), Cut::AfterCard(at)]) {
            let mut field = Tear::new(Sim::new(Card::new(CardConfig { picc_key, ..CardConfig::default() })), Some(cut));
            let report = qualified(&mut field);
            assert!(matches!(report.verdict, Verdict::NotJudged(_)), "{cut:?}: {:?}", report.verdict);
            assert!(report.left_on_card.is_empty(), "{cut:?}: {:?}", report.left_on_card);
            assert_eq!(field.transceive(&LIST).expect("answered"), [0x91, 0x00], "{cut:?}");
            assert_eq!(field.transceive(&MASTER_KEY_VERSION).expect("answered"), [0x00, 0x91, 0x00], "{cut:?}");
        }
    }
}

#[test]
fn a_run_that_is_cut_off_for_good_is_cleaned_up_by_the_next() {
    for exchanges in instants().step_by(9) {
        let mut reader = CutOff { card: Sim::fresh(6), left: exchanges };
        let report = qualified(&mut reader);
        assert!(matches!(report.verdict, Verdict::NotJudged(_)), "{exchanges}: {:?}", report.verdict);
        let report = qualified(&mut reader.card);
        assert_eq!(report.verdict, Verdict::Fit, "{exchanges}: {}", crate::reasons(&report));
    }
}

/// A reader that is unplugged after so many exchanges.
pub struct CutOff<T> {
    pub card: T,
    pub left: u32,
}

impl<T: Transport> Transport for CutOff<T> {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.left = self.left.checked_sub(1).ok_or(TransportError::CardGone)?;
        self.card.transceive(command)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        if self.left == 0 { Err(TransportError::CardGone) } else { self.card.reset() }
    }
}

/// Makes it a member card of an enterprise that is no training one.
fn issued(card: &mut Card) {
    let control = ControlKey::take(KeyVersion::new(1).expect("1 is a version"), &mut { [0x5A; 16] });
    let enterprise = EnterpriseId::new(*b"SATCHEL1");
    let mut ring = KeyRing::new();
    for role in
        [Role::Picc, Role::Master, Role::Inquiry, Role::Sale, Role::Load, Role::Reversal, Role::Change, Role::Tmac]
    {
        ring.insert(control.role_master(role, &enterprise));
    }
    let at = Timestamp::from_ms(1_795_510_800_000);
    let plan = MemberPlan {
        identity: MemberIdentity {
            member: MemberId::new(1),
            number: CardNumber::from_payload(10_000_000_001).expect("eleven digits make a number"),
            issued: Date::default(),
            currency: Currency::new("EUR", 2).expect("EUR is a currency"),
            enterprise,
        },
        amount: Money::new(20_00),
        points: Points::ZERO,
        tier: Tier::new(0),
        expiry: Date::default(),
        standing: Standing::Active,
        purse_max: Money::new(100_00),
        id: SaleId::default(),
        operator: OperatorId::new(1),
        at,
    };
    let mut field = InField(card);
    let identity = satchel_desfire::identify(&mut field).expect("identified");
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let mut desk = Desk { transport: &mut field, keys: &ring, rng: &mut rng, progress: &mut |_| {} };
    issue_member(&mut desk, &identity, &plan).expect("issued");
}

struct InField<'c>(&'c mut Card);

impl Transport for InField<'_> {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        Ok(self.0.transmit(command))
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.0.field_off();
        Ok(())
    }
}

fn not_blank(why: &str) -> Verdict {
    Verdict::NotJudged(format!("the card is not blank: {why}"))
}
