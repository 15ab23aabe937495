use crate::batches::card_entry;
use crate::cards::{self, Card, CardState, key, next_number};
use crate::issue::Issuer;
use crate::movement::{At, Begun, Order, chip};
use crate::settle::{Kept, keep_desk};
use crate::{Account, Actor, Office, OfficeError};
use rand_core::CryptoRng;
use satchel_cards::member::{self, Lead};
use satchel_cards::record::{HistoryRecord, Standing};
use satchel_cards::{CardError, CardKeys};
use satchel_journal::{Operation, Proof};
use satchel_key_house::{DeskSource, TmacKeys};
use satchel_store::{Chain, Work};
use satchel_transport::Transport;
use satchel_values::{CardNumber, Date, Money, Points};

/// What emptying a card is written down as, before the card does it.
const BEGUN: &str = "card.retire-begun";

/// What happens to what a retired card held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Afterwards {
    /// It is paid out.
    PayOut,
    /// A new card with it is ordered, valid until this day.
    Renew(Date),
}

/// A card that was emptied and blocked for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retired {
    /// Which.
    pub number: CardNumber,
    /// What was on it.
    pub held: Money,
    /// Its points.
    pub points: Points,
    /// The card that was ordered with it.
    pub renewed: Option<CardNumber>,
}

impl Issuer<'_> {
    /// Empties the card on the reader and blocks it by its own record: its money is paid out, or goes onto a new card.
    ///
    /// The intent is written down before the card commits. If the card is torn away then, nobody knows whether it did: hold
    /// the same card again, and it tells.
    ///
    /// # Errors
    /// It is no card of this office that is in use; its chip does not vouch for it; or it left the field, and says so: hold
    /// the same card again.
    pub fn retire(
        &self,
        afterwards: Afterwards,
        transport: &mut dyn Transport,
        tmac: &mut dyn TmacKeys,
        rng: &mut dyn CryptoRng,
    ) -> Result<Retired, OfficeError> {
        let (identity, card) = self.known(transport)?;
        let (begun, proof) = {
            let source = DeskSource::new(self.desk(), tmac);
            let keys = CardKeys::new(&source, identity.uid, *member::AID.bytes());
            self.emptied(&card, &mut At { transport, identity: &identity, keys: &keys, rng })?
        };
        let kept = self.vouched(card.number, &begun, &proof, tmac)?;
        self.retired(&card, &kept, &proof, afterwards)
    }

    /// Takes all there is, or finds that it was taken when this was begun before.
    fn emptied(&self, card: &Card, at: &mut At<'_>) -> Result<(Begun, Proof), OfficeError> {
        match card.state {
            CardState::Retiring => {
                let begun = self.office().begun(card.number, BEGUN)?;
                if let Some(proof) = self.recalled(card.number, &begun, at)? {
                    return Ok((begun, proof));
                }
            }
            CardState::Active | CardState::Issued | CardState::Blocked => {}
            other => {
                return Err(OfficeError::State(format!("card {} is {}: it is not in use", card.number, other.name())));
            }
        }
        self.carry_out(card, at, Lead::None, all_of_it, |work, begun| {
            let now = cards::one(work, card.number)?;
            cards::move_to(work, &now, CardState::Retiring, now.revision)?;
            let entry = card_entry(&self.actor().login, BEGUN, card).after(begun.text());
            entry.write(work, Chain::Cards, self.office().now())
        })
    }

    fn retired(&self, card: &Card, kept: &Kept, proof: &Proof, afterwards: Afterwards) -> Result<Retired, OfficeError> {
        let out_of_range = |_| OfficeError::from(CardError::Damaged("history"));
        let held = kept.intent.purse.negated().map_err(out_of_range)?;
        let points = kept.intent.points.negated().map_err(out_of_range)?;
        self.office().database.write(|work| {
            let now = cards::one(work, card.number)?;
            cards::move_to(work, &now, CardState::Refunded, now.revision)?;
            block(work, self.actor(), card, self.office())?;
            let renews = matches!(afterwards, Afterwards::Renew(_));
            keep_desk(work, kept, renews.then_some((Account::Apart, Account::Transfer)))?;
            let renewed = match afterwards {
                Afterwards::PayOut => None,
                Afterwards::Renew(expiry) => Some(self.order_renewed(work, card, (held, points), expiry)?),
            };
            let what = serde_json::json!({
                "held_minor": held.get(), "points": points.get(), "tmc": proof.tmc, "tmv": hex::encode(*proof.tmv),
                "renewed": renewed.map(CardNumber::get),
            });
            card_entry(&self.actor().login, "card.refunded", card).after(what).write(
                work,
                Chain::Cards,
                self.office().now(),
            )?;
            Ok(Retired { number: card.number, held, points, renewed })
        })
    }

    fn order_renewed(
        &self,
        work: &mut Work<'_>,
        card: &Card,
        (amount, points): (Money, Points),
        expiry: Date,
    ) -> Result<CardNumber, OfficeError> {
        let batch = self.office().batch_of_replacements(work, self.actor())?;
        let number = next_number(work)?;
        work.run(
            "INSERT INTO cards VALUES ($1, NULL, $2, 'planned', $3, $4, $5, $6, NULL, NULL, NULL, $7, $8, NULL, 1)",
            &[
                key(number)?.into(),
                card.member.into(),
                card.tier.into(),
                amount.get().into(),
                points.get().into(),
                expiry.days().into(),
                batch.into(),
                key(card.number)?.into(),
            ],
        )?;
        Ok(number)
    }
}

fn all_of_it(newest: &HistoryRecord) -> Result<Order, OfficeError> {
    let out_of_range = |_| OfficeError::from(CardError::Damaged("history"));
    let purse = newest.balance.negated().map_err(out_of_range)?;
    Ok(Order {
        operation: Operation::Block,
        standing: Standing::Blocked,
        purse,
        points: newest.points.negated().map_err(out_of_range)?,
        cash: purse,
    })
}

fn block(work: &mut Work<'_>, actor: &Actor, card: &Card, office: &Office) -> Result<(), OfficeError> {
    let uid = chip(card)?;
    work.run(
        "INSERT INTO blocked_cards VALUES ($1, $2, 'retired', $3, $4) ON CONFLICT (uid) DO NOTHING",
        &[(*uid.bytes()).into(), key(card.number)?.into(), (&actor.login).into(), office.now().ms().into()],
    )?;
    Ok(())
}
