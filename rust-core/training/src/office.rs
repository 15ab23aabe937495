//! A head office in miniature: the control key, the signing key, operators, and the issuing desk.

use crate::field::{Field, blank_card};
use rand_core::CryptoRng;
use satchel_card_simulator::Card;
use satchel_cards::identity::{MemberIdentity, OperatorIdentity};
use satchel_cards::issue::{Desk, MemberIssued, MemberPlan, OperatorSecrets, Step, issue_member, issue_operator};
use satchel_cards::record::Standing;
use satchel_cards::{CardError, member};
use satchel_device::{Admitted, Answer, Invitation, Invited, Secrets, SetUp};
use satchel_hazmat::AesKey;
use satchel_keys::{
    AgreementPublic, BundleContents, ControlKey, EnterpriseId, KeyBundle, KeyRing, KeyVersion, OperatorShare, Pin,
    PinCost, Role, RoleMaster, SlotFor,
};
use satchel_packages::{
    AgeLimits, Authorities, BlockList, Kind, Level, OfficeKey, Operator, Operators, Profile, Signed,
};
use satchel_programs::{Limits, Program};
use satchel_transport::Transport;
use satchel_values::{
    CardNumber, Currency, MemberId, Money, OperatorId, Points, SaleId, Sequence, StoreId, TerminalId, Tier, Timestamp,
    Uid,
};

/// The desk that issues cards, as a number in their first record.
pub const DESK: TerminalId = TerminalId::new(9_000);

/// The enterprise of demos and tests. Its keys are drawn at random, unlike those of training.
pub const ENTERPRISE: EnterpriseId = EnterpriseId::new(*b"DEMO-CO1");

/// An operator: the card, the PIN that goes with it, and what head office keeps of them.
pub struct OperatorCard {
    /// The card.
    pub card: Card,
    /// Its PIN.
    pub pin: String,
    /// The operator, as the signed package lists them.
    pub operator: Operator,
    share: OperatorShare,
}

impl OperatorCard {
    /// The PIN as signing on takes it.
    pub fn pin(&self) -> Pin {
        Pin::parse(&self.pin).expect("demo PINs are PINs")
    }
}

/// What an enterprise in miniature is founded on.
pub struct Charter {
    /// The enterprise, as keys and cards carry it.
    pub enterprise: EnterpriseId,
    /// The desk that issues its cards, as a number in their first record.
    pub desk: TerminalId,
    /// The currency of its purses.
    pub currency: Currency,
    /// How hard deriving a key from an operator's PIN is made.
    pub pin_cost: PinCost,
    /// How long things are good for.
    pub terms: Terms,
    /// The limits that profiles carry.
    pub limits: Limits,
    /// The sales program.
    pub program: Program,
}

/// How long things are good for.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// How old packages may be.
    pub ages: AgeLimits,
    /// Days until an operator's slot in a key bundle expires.
    pub slot_days: u16,
    /// Days until an operator's time is over.
    pub operator_days: u16,
    /// Days until a member's card expires.
    pub card_days: u16,
}

impl Terms {
    /// What head office would choose.
    pub fn ordinary() -> Self {
        Self { ages: AgeLimits::default(), slot_days: 30, operator_days: 365, card_days: 1_095 }
    }

    /// Ten years of everything, where no head office sends anything newer.
    pub const fn enduring() -> Self {
        const TEN_YEARS: u16 = 3_652;
        let ages = AgeLimits { top_up_days: TEN_YEARS, sale_days: TEN_YEARS };
        Self { ages, slot_days: TEN_YEARS, operator_days: TEN_YEARS, card_days: TEN_YEARS }
    }
}

/// Head office.
pub struct Office {
    enterprise: EnterpriseId,
    desk: TerminalId,
    currency: Currency,
    pin_cost: PinCost,
    terms: Terms,
    control: ControlKey,
    ring: KeyRing,
    signer: OfficeKey,
    versions: u32,
    issued: u32,
    /// The operators' cards.
    pub operators: Vec<OperatorCard>,
    /// The limits that profiles carry.
    pub limits: Limits,
    /// The sales program in force.
    pub program: Program,
}

impl Office {
    /// Founds the enterprise of demos and tests, whose operators' PINs cost next to nothing.
    pub fn found(rng: &mut dyn CryptoRng, limits: Limits, program: Program) -> Self {
        let charter = Charter {
            enterprise: ENTERPRISE,
            desk: DESK,
            currency: currency(),
            pin_cost: PinCost::TEST,
            terms: Terms::ordinary(),
            limits,
            program,
        };
        Self::found_on(charter, rng)
    }

    /// Founds an enterprise: a control key, its masters, a signature key.
    pub fn found_on(charter: Charter, rng: &mut dyn CryptoRng) -> Self {
        let Charter { enterprise, desk, currency, pin_cost, terms, limits, program } = charter;
        let control = ControlKey::generate(first_version(), rng);
        let mut ring = KeyRing::new();
        add_masters(&mut ring, &control, &enterprise);
        let signer = OfficeKey::generate(rng);
        Self {
            enterprise,
            desk,
            currency,
            pin_cost,
            terms,
            control,
            ring,
            signer,
            versions: 0,
            issued: 0,
            operators: Vec::new(),
            limits,
            program,
        }
    }

    /// Makes the next version of the control key and of every master. Cards issued from now on carry its keys; the
    /// versions before stay in use for the cards that carry theirs.
    pub fn roll_over(&mut self, rng: &mut dyn CryptoRng) -> KeyVersion {
        let version = self.newest_version().get().checked_add(1).and_then(KeyVersion::new);
        let version = version.expect("a test does not roll over 250 times");
        self.control = ControlKey::generate(version, rng);
        add_masters(&mut self.ring, &self.control, &self.enterprise);
        version
    }

    /// The newest version of the keys.
    pub fn newest_version(&self) -> KeyVersion {
        self.ring.versions(Role::Master).first().copied().unwrap_or_else(first_version)
    }

    /// The currency of its purses.
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// The check value of the control key.
    pub fn control_kcv(&self) -> [u8; 3] {
        self.control.kcv()
    }

    /// All masters, as the issuing desk holds them.
    pub const fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// The signature key that terminals check packages with.
    pub fn public_key(&self) -> satchel_packages::OfficePublicKey {
        self.signer.public()
    }

    /// The transaction MAC key of one card, issued under this version: only the verifier asks for it.
    pub fn tmac_key(&self, uid: &Uid, version: KeyVersion) -> AesKey {
        self.ring.card_key(Role::Tmac, version, uid, *member::AID.bytes()).expect("the office holds every master")
    }

    /// The plan of the next member card.
    pub fn plan(&mut self, amount: Money, standing: Standing, at: Timestamp) -> MemberPlan {
        self.issued += 1;
        let number = u64::from(self.issued);
        MemberPlan {
            identity: MemberIdentity {
                member: MemberId::new(number),
                number: CardNumber::from_payload(10_000_000_000 + number).expect("eleven digits make a number"),
                issued: at.date().unwrap_or_default(),
                currency: self.currency,
                enterprise: self.enterprise,
            },
            amount,
            points: Points::ZERO,
            tier: Tier::new(0),
            expiry: at.date().unwrap_or_default().later_by_days(self.terms.card_days),
            standing,
            purse_max: self.limits.purse_max,
            id: SaleId { terminal: self.desk, sequence: Sequence::new(self.issued) },
            operator: OperatorId::new(1),
            at,
        }
    }

    /// Makes or finishes a member card at the desk.
    pub fn issue(
        &self,
        transport: &mut dyn Transport,
        plan: &MemberPlan,
        rng: &mut dyn CryptoRng,
        progress: &mut dyn FnMut(Step),
    ) -> Result<MemberIssued, CardError> {
        let identity = satchel_desfire::identify(transport)?;
        let mut desk = Desk { transport, keys: &self.ring, rng, progress };
        issue_member(&mut desk, &identity, plan)
    }

    /// Issues an operator's card and lists them.
    pub fn employ(&mut self, hire: Hire<'_>, at: Timestamp, rng: &mut dyn CryptoRng) -> Result<(), CardError> {
        let card = blank_card(0xF000_0000 + self.next_operator().get());
        self.employ_with(card, hire, at, rng)
    }

    /// Issues an operator's card on this blank one and lists them.
    pub fn employ_with(
        &mut self,
        mut card: Card,
        hire: Hire<'_>,
        at: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), CardError> {
        let id = self.next_operator();
        let uid = Uid::new(*card.uid());
        let today = at.date().unwrap_or_default();
        let last = today.later_by_days(self.terms.operator_days);
        let operator = Operator {
            id,
            name: hire.name.to_owned(),
            level: hire.level,
            card_uid: uid,
            authorities: hire.authorities,
            valid_until: last,
            scope: hire.stores,
        };
        let share = OperatorShare::generate(rng);
        let identity = OperatorIdentity { operator: id, issued: today, expiry: last, enterprise: self.enterprise };
        let pin = Pin::parse(hire.pin).expect("demo PINs are PINs");
        let master = self.ring.master(Role::OperatorPin, first_version()).expect("the office holds every master");
        let pin_key = master.operator_pin_key(&uid, &pin, self.pin_cost);
        let mut field = Field::new(&mut card);
        let picc = satchel_desfire::identify(&mut field)?;
        let mut desk = Desk { transport: &mut field, keys: &self.ring, rng, progress: &mut |_| {} };
        issue_operator(&mut desk, &picc, &identity, OperatorSecrets { pin_key: &pin_key, share: &share })?;
        drop(field);
        self.operators.push(OperatorCard { card, pin: hire.pin.to_owned(), operator, share });
        Ok(())
    }

    /// Enrols a terminal: its secrets, and every package it needs for a start.
    pub fn enrol(&mut self, terminal: TerminalId, post: &Post, at: Timestamp, rng: &mut dyn CryptoRng) -> SetUp {
        let secrets = Secrets::generate(&self.sign_on_keys(), rng);
        let public = secrets.bundle().public();
        let packages = self.packages(terminal, &public, post, at, rng);
        SetUp { terminal, secrets, office: self.public_key(), pin_cost: self.pin_cost, packages, catalogue: None }
    }

    fn packages(
        &mut self,
        terminal: TerminalId,
        public: &AgreementPublic,
        post: &Post,
        at: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Vec<Signed> {
        vec![
            self.sign(Kind::Operators, at, &self.operators_package()),
            self.sign(Kind::Profile, at, &self.profile(post.store)),
            self.sign(Kind::Program, at, &self.program.clone()),
            self.sign(Kind::BlockList, at, &BlockList::from_uids(post.listed.iter().copied())),
            self.key_bundle(terminal, public, &post.roles, at, rng),
        ]
    }

    /// Invites a device to become a terminal.
    pub fn invite(&self, terminal: TerminalId, rng: &mut dyn CryptoRng) -> Invitation {
        let [chain, place, profile] = ["Corner shops", "Harbour", "Till"].map(str::to_owned);
        Invitation::new(terminal, self.public_key(), Invited { chain, place, profile }, rng)
    }

    /// Admits the device that answered: the file for it.
    pub fn admit(&mut self, answer: &Answer, post: &Post, at: Timestamp, rng: &mut dyn CryptoRng) -> Vec<u8> {
        let packages = self.packages(answer.terminal, &answer.bundle_key(), post, at, rng);
        Admitted::new(&self.sign_on_keys(), self.pin_cost, packages, None)
            .to_file(answer, &self.signer, rng)
            .expect("a few packages can be sealed")
    }

    /// Signs a package body.
    pub fn sign<B: minicbor::Encode<()>>(&mut self, kind: Kind, at: Timestamp, body: &B) -> Signed {
        self.versions += 1;
        Signed::make(&self.signer, kind, self.versions, at, body)
    }

    /// The block list, signed.
    pub fn block_list(&mut self, at: Timestamp, listed: impl IntoIterator<Item = Uid>) -> Signed {
        let list = BlockList::from_uids(listed);
        self.sign(Kind::BlockList, at, &list)
    }

    /// A store's profile with the limits as they are now, signed.
    pub fn profile_of(&mut self, store: StoreId, at: Timestamp) -> Signed {
        let profile = self.profile(store);
        self.sign(Kind::Profile, at, &profile)
    }

    /// The operators as they are listed now, signed.
    pub fn operator_list(&mut self, at: Timestamp) -> Signed {
        let operators = self.operators_package();
        self.sign(Kind::Operators, at, &operators)
    }

    fn operators_package(&self) -> Operators {
        Operators { operators: self.operators.iter().map(|card| card.operator.clone()).collect() }
    }

    fn profile(&self, store: StoreId) -> Profile {
        let mut profile = Profile::new(store, self.currency, self.limits.clone());
        profile.ages = self.terms.ages;
        profile
    }

    fn key_bundle(
        &mut self,
        terminal: TerminalId,
        public: &AgreementPublic,
        roles: &[Role],
        at: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Signed {
        let masters: Vec<_> = roles.iter().flat_map(|role| self.masters(*role)).collect();
        let expires = at.date().unwrap_or_default().later_by_days(self.terms.slot_days);
        let slots: Vec<_> = self
            .operators
            .iter()
            .map(|card| SlotFor { operator: card.operator.id, share: &card.share, expires })
            .collect();
        let contents = BundleContents { terminal, version: 1, issued: at, masters: &masters };
        let bundle = KeyBundle::make(&contents, public, &slots, rng).expect("a bundle of a few masters can be made");
        self.sign(Kind::KeyBundle, at, &bundle)
    }

    /// The masters of a role in every version.
    fn masters(&self, role: Role) -> impl Iterator<Item = &RoleMaster> {
        self.ring.versions(role).into_iter().filter_map(move |version| self.ring.master(role, version))
    }

    fn sign_on_keys(&self) -> KeyRing {
        let mut ring = KeyRing::new();
        for role in [Role::OperatorTerminal, Role::OperatorPin] {
            for master in self.masters(role) {
                ring.insert(RoleMaster::take(role, master.version(), &mut { *master.key().expose() }));
            }
        }
        ring
    }

    fn next_operator(&self) -> OperatorId {
        OperatorId::new(u32::try_from(self.operators.len()).unwrap_or(u32::MAX) + 1)
    }
}

/// Every master of one version of the control key.
fn add_masters(ring: &mut KeyRing, control: &ControlKey, enterprise: &EnterpriseId) {
    for role in Role::ALL {
        ring.insert(control.role_master(role, enterprise));
    }
}

/// Somebody to employ.
pub struct Hire<'h> {
    /// Their name.
    pub name: &'h str,
    /// Their PIN.
    pub pin: &'h str,
    /// Their level.
    pub level: Level,
    /// What they may do.
    pub authorities: Authorities,
    /// Where they work.
    pub stores: Vec<StoreId>,
}

/// Where a terminal stands, and which masters its profile needs.
pub struct Post {
    /// The store or van.
    pub store: StoreId,
    /// The masters in its key bundle.
    pub roles: Vec<Role>,
    /// The cards listed as blocked.
    pub listed: Vec<Uid>,
}

/// The currency of demos and tests.
pub fn currency() -> Currency {
    Currency::new("EUR", 2).expect("EUR is a currency")
}

/// The only key version of a new enterprise.
pub fn first_version() -> KeyVersion {
    KeyVersion::new(1).expect("1 is a version")
}

/// When demo days begin: 2026-11-24, 09:00 UTC.
pub const fn opening_time() -> Timestamp {
    Timestamp::from_ms(1_795_510_800_000)
}
