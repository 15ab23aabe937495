//! What a loss of power leaves.

use crate::disk::{Change, Files};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use std::collections::BTreeMap;

/// Bytes that a disk writes whole or not at all.
pub const SECTOR: usize = 512;

/// How much of what was not synced arrives on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Survival {
    /// Nothing.
    Nothing,
    /// All of it.
    Everything,
    /// Some changes and others not, whatever their order; a seed repeats it.
    Subset(u64),
    /// Some sectors of some writes; of others, garbage. A seed repeats it.
    Torn(u64),
}

/// A disk whose power is gone.
#[derive(Debug, Clone)]
pub struct Wreck {
    pub(crate) files: BTreeMap<String, Node>,
}

impl Wreck {
    /// The files that are found when the power is back.
    pub fn survivors(&self, survival: Survival) -> Files {
        let mut fate = Fate::of(survival);
        self.files.iter().filter_map(|(name, node)| Some((name.clone(), node.survivor(&mut fate)?))).collect()
    }

    /// Changes that were not synced.
    pub fn unsynced(&self) -> usize {
        self.files.values().map(|node| node.unsynced.len()).sum()
    }
}

/// One file. `None` stands for a file that is not there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Node {
    /// As the disk has it.
    synced: Option<Vec<u8>>,
    /// What happened since, in order.
    pub(crate) unsynced: Vec<Change>,
    /// As a program sees it.
    pub(crate) now: Option<Vec<u8>>,
}

impl Node {
    pub(crate) fn synced(bytes: Vec<u8>) -> Self {
        Self { synced: Some(bytes.clone()), unsynced: Vec::new(), now: Some(bytes) }
    }

    pub(crate) fn take(&mut self, change: Change) {
        apply(&mut self.now, &change);
        self.unsynced.push(change);
    }

    pub(crate) fn sync(&mut self) {
        self.synced.clone_from(&self.now);
        self.unsynced.clear();
    }

    /// The folder is synced: whether the file is there is settled, what is in it is not.
    pub(crate) fn sync_entry(&mut self) {
        let entry = self.unsynced.iter().rposition(|change| matches!(change, Change::Created | Change::Deleted));
        let Some(last) = entry else { return };
        self.synced = (self.unsynced[last] == Change::Created).then(Vec::new);
        self.unsynced.drain(..=last);
    }

    /// What is left of the file. Writes to a file whose creation did not arrive are lost with it.
    fn survivor(&self, fate: &mut Fate) -> Option<Vec<u8>> {
        let mut file = self.synced.clone();
        let mut is_there = true;
        for change in &self.unsynced {
            let arrived = fate.arrives();
            if *change == Change::Created {
                is_there = arrived;
            }
            if arrived && is_there {
                fate.apply(&mut file, change);
            }
        }
        file
    }
}

/// What becomes of each change.
struct Fate {
    survival: Survival,
    rng: ChaCha8Rng,
}

impl Fate {
    fn of(survival: Survival) -> Self {
        let seed = match survival {
            Survival::Nothing | Survival::Everything => 0,
            Survival::Subset(seed) | Survival::Torn(seed) => seed,
        };
        Self { survival, rng: ChaCha8Rng::seed_from_u64(seed) }
    }

    fn arrives(&mut self) -> bool {
        match self.survival {
            Survival::Nothing => false,
            Survival::Everything => true,
            Survival::Subset(_) => self.rng.next_u32().is_multiple_of(2),
            Survival::Torn(_) => !self.rng.next_u32().is_multiple_of(4),
        }
    }

    fn apply(&mut self, file: &mut Option<Vec<u8>>, change: &Change) {
        match (self.survival, change) {
            (Survival::Torn(_), Change::Written { offset, bytes }) => {
                for (offset, part) in sectors(*offset, bytes) {
                    if let Some(bytes) = self.tear(part) {
                        apply(file, &Change::Written { offset, bytes });
                    }
                }
            }
            _ => apply(file, change),
        }
    }

    /// Half of the sectors arrive, a quarter as garbage.
    fn tear(&mut self, part: &[u8]) -> Option<Vec<u8>> {
        match self.rng.next_u32() % 4 {
            0 => None,
            1 => {
                let mut garbage = vec![0; part.len()];
                self.rng.fill_bytes(&mut garbage);
                Some(garbage)
            }
            _ => Some(part.to_owned()),
        }
    }
}

fn apply(file: &mut Option<Vec<u8>>, change: &Change) {
    match (change, file) {
        (Change::Created, file) => *file = Some(Vec::new()),
        (Change::Deleted, file) => *file = None,
        (Change::Written { offset, bytes }, Some(file)) => {
            let end = offset + bytes.len();
            file.resize(file.len().max(end), 0);
            file[*offset..end].copy_from_slice(bytes);
        }
        (Change::Truncated(length), Some(file)) => file.resize(*length, 0),
        (Change::Written { .. } | Change::Truncated(_), None) => {}
    }
}

/// A write's bytes, cut where the disk's sectors end.
fn sectors(offset: usize, bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let first = (SECTOR - offset % SECTOR).min(bytes.len());
    let (head, rest) = bytes.split_at(first);
    let rest = rest.chunks(SECTOR).enumerate().map(move |(index, part)| (offset + first + index * SECTOR, part));
    std::iter::once((offset, head)).chain(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn half_written() -> Node {
        let mut node = Node::synced(vec![1; 2 * SECTOR]);
        node.take(Change::Written { offset: SECTOR / 2, bytes: vec![2; SECTOR] });
        node.take(Change::Truncated(SECTOR));
        node
    }

    fn survivor(node: &Node, survival: Survival) -> Option<Vec<u8>> {
        node.survivor(&mut Fate::of(survival))
    }

    #[test]
    fn nothing_or_everything_survives() {
        let node = half_written();
        assert_eq!(survivor(&node, Survival::Nothing), node.synced);
        assert_eq!(survivor(&node, Survival::Everything), node.now);
    }

    #[test]
    fn what_was_synced_survives_everything() {
        let mut node = half_written();
        node.sync();
        for seed in 0..64 {
            assert_eq!(survivor(&node, Survival::Subset(seed)), node.now);
            assert_eq!(survivor(&node, Survival::Torn(seed)), node.now);
        }
    }

    #[test]
    fn a_torn_write_harms_no_byte_beside_it_and_breaks_at_sectors() {
        let mut node = Node::synced(vec![1; 4 * SECTOR]);
        node.take(Change::Written { offset: SECTOR / 2, bytes: vec![2; 2 * SECTOR] });
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..256 {
            let file = survivor(&node, Survival::Torn(seed)).expect("it was there");
            assert!(file[..SECTOR / 2].iter().chain(&file[SECTOR / 2 + 2 * SECTOR..]).all(|byte| *byte == 1));
            seen.insert([SECTOR / 2, SECTOR, 2 * SECTOR].map(|place| file[place].min(3)));
        }
        assert!(seen.contains(&[2, 1, 2]) && seen.contains(&[1, 2, 2]) && seen.contains(&[3, 2, 1]), "{seen:?}");
    }

    #[test]
    fn a_synced_folder_settles_which_files_there_are() {
        let mut log = Node::synced(vec![1; 8]);
        log.take(Change::Deleted);
        assert_eq!(survivor(&log, Survival::Nothing), Some(vec![1; 8]));
        log.sync_entry();
        assert_eq!(survivor(&log, Survival::Nothing), None);
        log.take(Change::Created);
        log.take(Change::Written { offset: 0, bytes: vec![2; 8] });
        log.sync_entry();
        assert_eq!(survivor(&log, Survival::Nothing), Some(Vec::new()));
        assert_eq!(survivor(&log, Survival::Everything), Some(vec![2; 8]));
    }

    #[test]
    fn writes_to_a_file_that_was_never_created_are_lost_with_it() {
        let mut node = Node::default();
        node.take(Change::Created);
        node.take(Change::Written { offset: 0, bytes: vec![2; 8] });
        let found: Vec<_> = (0..64).map(|seed| survivor(&node, Survival::Subset(seed))).collect();
        assert!(found.contains(&None) && found.contains(&Some(Vec::new())) && found.contains(&Some(vec![2; 8])));
        assert!(found.iter().flatten().all(|file| file.is_empty() || *file == [2; 8]));
    }
}
