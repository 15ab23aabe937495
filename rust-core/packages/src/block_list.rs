use minicbor::decode::{Decoder, Error as DecodeError};
use minicbor::encode::{Encoder, Error as EncodeError, Write};
use minicbor::{Decode, Encode};
use satchel_values::Uid;

/// Bytes of one card in the list.
const CARD: usize = 7;
/// Cards in one list at most.
const CARDS_MOST: usize = 2_000_000;
/// Cards that one entry of the guide stands for: seven cache lines of them.
const GROUP: usize = 64;

/// Cards that no terminal accepts: sorted, seven bytes a card, looked up by halving. A million cards are 7.1 megabytes,
/// and a look-up is twenty comparisons, most of them in a guide small enough for the processor's cache.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BlockList {
    sorted: Vec<u8>,
    /// The first card of each group, as a number.
    guide: Vec<u64>,
}

/// Why a block list was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BlockListError {
    /// Not whole cards.
    #[error("its length is no whole number of cards")]
    Length,
    /// Too many cards.
    #[error("it has more than {CARDS_MOST} cards")]
    TooMany,
    /// Not in order, or a card twice.
    #[error("its cards are not in order")]
    Order,
}

impl BlockList {
    /// A list of these cards, in any order and any number of times.
    pub fn from_uids(uids: impl IntoIterator<Item = Uid>) -> Self {
        let mut cards: Vec<[u8; CARD]> = uids.into_iter().map(|uid| *uid.bytes()).collect();
        cards.sort_unstable();
        cards.dedup();
        cards.shrink_to_fit();
        Self::guided(cards.into_flattened())
    }

    /// A list from its bytes.
    pub fn from_sorted(sorted: Vec<u8>) -> Result<Self, BlockListError> {
        let (cards, rest) = sorted.as_chunks::<CARD>();
        if !rest.is_empty() {
            return Err(BlockListError::Length);
        }
        if cards.len() > CARDS_MOST {
            return Err(BlockListError::TooMany);
        }
        if !cards.is_sorted_by(|one, next| one < next) {
            return Err(BlockListError::Order);
        }
        Ok(Self::guided(sorted))
    }

    /// Whether the card is on it.
    pub fn contains(&self, uid: &Uid) -> bool {
        let card = number(uid.bytes());
        let groups = self.guide.partition_point(|first| *first <= card);
        let Some(group) = groups.checked_sub(1).and_then(|last| self.cards().chunks(GROUP).nth(last)) else {
            return false;
        };
        group.binary_search_by_key(&card, number).is_ok()
    }

    /// The list with cards added and removed.
    #[must_use]
    pub fn changed(&self, added: &[Uid], removed: &[Uid]) -> Self {
        let removed = Self::from_uids(removed.iter().copied());
        let kept = self.cards().iter().map(|card| Uid::new(*card)).chain(added.iter().copied());
        Self::from_uids(kept.filter(|uid| !removed.contains(uid)))
    }

    /// How many cards are on it.
    pub fn len(&self) -> usize {
        self.cards().len()
    }

    /// Whether no card is on it.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Bytes of memory it takes.
    pub fn memory_bytes(&self) -> usize {
        self.sorted.capacity() + self.guide.capacity() * size_of::<u64>()
    }

    fn guided(sorted: Vec<u8>) -> Self {
        let guide = sorted.as_chunks::<CARD>().0.chunks(GROUP).map(|group| number(&group[0])).collect();
        Self { sorted, guide }
    }

    fn cards(&self) -> &[[u8; CARD]] {
        self.sorted.as_chunks::<CARD>().0
    }
}

/// A card as a number, in the order of its bytes.
fn number(card: &[u8; CARD]) -> u64 {
    let [a, b, c, d, e, f, g] = *card;
    u64::from_be_bytes([0, a, b, c, d, e, f, g])
}

impl<C> Encode<C> for BlockList {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        encoder.bytes(&self.sorted)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for BlockList {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, DecodeError> {
        Self::from_sorted(decoder.bytes()?.to_vec()).map_err(|error| DecodeError::message(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn uid(number: u64) -> Uid {
        let [.., a, b, c, d, e, f] = number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes();
        Uid::new([4, a, b, c, d, e, f])
    }

    #[test]
    fn a_million_cards_take_less_than_eight_megabytes() {
        let list = BlockList::from_uids((0..1_000_000).map(uid));
        assert_eq!(list.len(), 1_000_000);
        assert!(list.memory_bytes() <= 8_000_000, "{}", list.memory_bytes());
        assert!((0..1_000_000).step_by(997).all(|number| list.contains(&uid(number))));
        assert!(!(1_000_000..1_001_000).any(|number| list.contains(&uid(number))));
    }

    #[test]
    fn a_list_that_grew_takes_no_more_than_its_cards_need() {
        let added: Vec<Uid> = (0..100_000).map(|number| uid(2_000_000 + number)).collect();
        let list = BlockList::from_uids((0..1_000_000).map(uid)).changed(&added, &[]);
        assert_eq!(list.len(), 1_100_000);
        assert!(list.memory_bytes() <= 8_000_000, "{}", list.memory_bytes());
    }

    #[test]
    fn bytes_that_are_no_list_are_refused_by_name() {
        assert_eq!(BlockList::from_sorted(vec![0; 8]), Err(BlockListError::Length));
        assert_eq!(BlockList::from_sorted(vec![0; 14]), Err(BlockListError::Order));
        assert_eq!(BlockList::from_sorted([[2; 7], [1; 7]].concat()), Err(BlockListError::Order));
    }

    proptest! {
        #[test]
        fn it_says_what_a_set_says(
            first in proptest::collection::vec(0_u64..300, 0..400),
            added in proptest::collection::vec(0_u64..300, 0..60),
            removed in proptest::collection::vec(0_u64..300, 0..60),
        ) {
            let uids = |numbers: &[u64]| numbers.iter().map(|number| uid(*number)).collect::<Vec<_>>();
            let list = BlockList::from_uids(uids(&first)).changed(&uids(&added), &uids(&removed));
            let mut set: BTreeSet<u64> = first.into_iter().chain(added).collect();
            removed.iter().for_each(|number| { set.remove(number); });
            prop_assert_eq!(list.len(), set.len());
            for number in 0..300 {
                prop_assert_eq!(list.contains(&uid(number)), set.contains(&number));
            }
        }
    }
}
