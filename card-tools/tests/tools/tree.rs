//! A simulated card's image as a tree, to cut in: the only way to a card that is flawed inside.

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use satchel_card_simulator::Card;

/// A CBOR item, as far as card images have them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tree {
    Number(i64),
    Bytes(Vec<u8>),
    Bool(bool),
    Null,
    Array(Vec<Tree>),
    Map(Vec<(Tree, Tree)>),
}

/// Where things are in an image.
pub mod place {
    /// The first application's files, by number.
    pub const FILES: [i64; 4] = [2, 3, 0, 3];
    /// The bytes of the first application's key 1.
    pub const INQUIRY_KEY: [i64; 6] = [2, 3, 0, 2, 1, 0];
    /// What is selected.
    pub const SELECTED: [i64; 2] = [3, 0];
    /// The session.
    pub const SESSION: [i64; 2] = [3, 1];
    /// What is pending.
    pub const TRANSACTION: [i64; 2] = [3, 2];
    /// The changes that are pending, by file.
    pub const CHANGES: [i64; 3] = [3, 2, 0];
    /// The transaction MAC's input so far.
    pub const INPUT: [i64; 3] = [3, 2, 1];
    /// In a file: its rights, by read, write, read and write, change.
    pub const RIGHTS: i64 = 1;
    /// In a file: what it holds, after its kind.
    pub const CONTENT: [i64; 3] = [2, 1, 0];
}

impl Tree {
    /// The card's image.
    pub fn of(card: &Card) -> Self {
        read(&mut Decoder::new(&card.save()))
    }

    /// The card of this image.
    pub fn to_card(&self) -> Card {
        let mut image = Vec::new();
        write(self, &mut Encoder::new(&mut image));
        Card::load(&image).expect("only numbers were changed")
    }

    /// What lies at the end of a path of indices and numeric map keys.
    pub fn at(&mut self, path: &[i64]) -> &mut Self {
        let Some((first, rest)) = path.split_first() else { return self };
        let next = match self {
            Self::Array(items) => items.get_mut(usize::try_from(*first).expect("an index")),
            Self::Map(items) => items.iter_mut().find(|(key, _)| *key == Self::Number(*first)).map(|(_, item)| item),
            other => panic!("{other:?} has no parts"),
        };
        next.unwrap_or_else(|| panic!("nothing at {first}")).at(rest)
    }
}

/// What of a card outlives the field, without the randomness it has used.
pub fn lasting(card: &Card) -> (Tree, Tree) {
    let mut image = Tree::of(card);
    (image.at(&[1]).clone(), image.at(&[2]).clone())
}

fn read(from: &mut Decoder<'_>) -> Tree {
    const WHOLE: &str = "the card's own image";
    match from.datatype().expect(WHOLE) {
        Type::Array => {
            let length = from.array().expect(WHOLE).expect(WHOLE);
            Tree::Array((0..length).map(|_| read(from)).collect())
        }
        Type::Map => {
            let length = from.map().expect(WHOLE).expect(WHOLE);
            Tree::Map((0..length).map(|_| (read(from), read(from))).collect())
        }
        Type::Bytes => Tree::Bytes(from.bytes().expect(WHOLE).to_vec()),
        Type::Bool => Tree::Bool(from.bool().expect(WHOLE)),
        Type::Null => {
            from.null().expect(WHOLE);
            Tree::Null
        }
        _ => Tree::Number(from.i64().expect(WHOLE)),
    }
}

fn write(tree: &Tree, to: &mut Encoder<&mut Vec<u8>>) {
    const NEVER: &str = "writing into memory cannot fail";
    let length = |items: usize| u64::try_from(items).expect("a short one");
    match tree {
        Tree::Number(number) => drop(to.i64(*number).expect(NEVER)),
        Tree::Bytes(bytes) => drop(to.bytes(bytes).expect(NEVER)),
        Tree::Bool(value) => drop(to.bool(*value).expect(NEVER)),
        Tree::Null => drop(to.null().expect(NEVER)),
        Tree::Array(items) => {
            to.array(length(items.len())).expect(NEVER);
            items.iter().for_each(|item| write(item, to));
        }
        Tree::Map(items) => {
            to.map(length(items.len())).expect(NEVER);
            items.iter().for_each(|(key, item)| {
                write(key, to);
                write(item, to);
            });
        }
    }
}
