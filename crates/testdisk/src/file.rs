//! The bytes of a file: as programs see them, and as the disk has them.

use crate::luck::Luck;

/// What a disk writes whole or not at all, in bytes.
const SECTOR: u64 = 512;

/// A file.
#[derive(Debug, Default)]
pub(crate) struct File {
    bytes: Vec<u8>,
    durable: Vec<u8>,
    /// What leads from `durable` to `bytes`, in order.
    unflushed: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Write { offset: u64, bytes: Vec<u8> },
    Length(u64),
}

impl File {
    pub(crate) fn length(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// At most `size` bytes from `offset` on.
    pub(crate) fn read(&self, offset: u64, size: usize) -> &[u8] {
        let from = self.bytes.get(index(offset)..).unwrap_or_default();
        from.get(..size).unwrap_or(from)
    }

    pub(crate) fn write(&mut self, offset: u64, bytes: &[u8]) {
        write(&mut self.bytes, offset, bytes);
        let bytes = bytes.to_vec();
        self.unflushed.push(Change::Write { offset, bytes });
    }

    pub(crate) fn set_length(&mut self, length: u64) {
        self.bytes.resize(index(length), 0);
        self.unflushed.push(Change::Length(length));
    }

    pub(crate) fn flush(&mut self) {
        for change in self.unflushed.drain(..) {
            match change {
                Change::Write { offset, bytes } => write(&mut self.durable, offset, &bytes),
                Change::Length(length) => self.durable.resize(index(length), 0),
            }
        }
    }

    /// Forgets that there is something to flush.
    pub(crate) fn lose(&mut self) {
        self.unflushed.clear();
    }

    pub(crate) fn lose_power(&mut self, luck: &mut Luck) {
        for change in self.unflushed.drain(..) {
            match change {
                Change::Write { offset, bytes } => {
                    for (offset, sector) in sectors(offset, &bytes) {
                        if luck.survives() {
                            write(&mut self.durable, offset, sector);
                        }
                    }
                }
                Change::Length(length) if luck.survives() => {
                    self.durable.resize(index(length), 0);
                }
                Change::Length(_) => {}
            }
        }
        self.bytes.clone_from(&self.durable);
    }
}

/// Bytes that are written past the end leave zeros before them.
fn write(content: &mut Vec<u8>, offset: u64, bytes: &[u8]) {
    let (start, end) = (index(offset), index(offset) + bytes.len());
    if content.len() < end {
        content.resize(end, 0);
    }
    if let Some(place) = content.get_mut(start..end) {
        place.copy_from_slice(bytes);
    }
}

/// The parts of a write that lie in one sector each, and where.
fn sectors(mut offset: u64, mut bytes: &[u8]) -> Vec<(u64, &[u8])> {
    let mut sectors = Vec::new();
    while !bytes.is_empty() {
        let room = index(SECTOR - offset % SECTOR).min(bytes.len());
        let (sector, rest) = bytes.split_at(room);
        sectors.push((offset, sector));
        offset += room as u64;
        bytes = rest;
    }
    sectors
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::Unflushed;
    use proptest::prelude::*;

    proptest! {
        /// A naive disk: each sector of it holds what some write, flushed or not, left there.
        #[test]
        fn each_sector_survives_whole_or_not_at_all(
            writes in prop::collection::vec((0_u64..3_000, 1_usize..2_000, any::<bool>()), 1..20),
            seed: u64,
        ) {
            let mut file = File::default();
            let mut versions: Vec<Vec<u8>> = vec![Vec::new()];
            for (number, (offset, length, flush)) in (1_u8..).zip(writes) {
                file.write(offset, &vec![number; length]);
                if flush {
                    file.flush();
                    versions.clear();
                    versions.push(file.read(0, usize::MAX).to_vec());
                } else {
                    versions.push(file.read(0, usize::MAX).to_vec());
                }
            }
            let (flushed, last) = (versions[0].clone(), versions.last().unwrap().clone());
            file.lose_power(&mut Luck::of(Unflushed::Scattered { seed }));
            let kept = file.read(0, usize::MAX);
            prop_assert!(kept.len() >= flushed.len() && kept.len() <= last.len());
            for (place, byte) in kept.iter().enumerate() {
                let was = |version: &Vec<u8>| version.get(place).copied().unwrap_or(0);
                prop_assert!(versions.iter().any(|version| was(version) == *byte), "{place}");
            }
        }
    }

    #[test]
    fn a_write_is_cut_where_sectors_meet() {
        let bytes = [7; 1_030];
        let cut: Vec<_> = sectors(510, &bytes)
            .into_iter()
            .map(|(offset, sector)| (offset, sector.len()))
            .collect();
        assert_eq!(cut, [(510, 2), (512, 512), (1_024, 512), (1_536, 4)]);
    }

    #[test]
    fn without_luck_there_is_what_was_flushed() {
        let mut file = File::default();
        file.write(2, b"ab");
        file.flush();
        file.write(0, b"xy");
        file.set_length(3);
        assert_eq!(file.read(0, 9), b"xya");
        file.lose_power(&mut Luck::of(Unflushed::Lost));
        assert_eq!(file.read(0, 9), b"\0\0ab");
    }
}
