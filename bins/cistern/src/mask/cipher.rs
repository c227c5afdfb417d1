//! Words in the place of words, chosen by a key.

use sha2::{Digest as _, Sha256};

/// A permutation of the words of each shape: the same word always becomes the same, and two that
/// differ become two that differ. No word stays itself.
///
/// It is a Feistel network over symbols of any alphabets (as in NIST SP 800-38G, where the alphabet
/// is one), a step that moves the last symbol, and the network backwards: E⁻¹ ∘ step ∘ E. The step
/// leaves no word as it is, so neither does the whole.
pub(super) struct Cipher {
    /// Has taken in the key.
    keyed: Sha256,
}

/// A letter of an alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Symbol {
    /// Its number, counted from 0.
    pub(super) index: u32,
    /// How many letters the alphabet has, at least two.
    pub(super) size: u32,
}

const ROUNDS: u8 = 4;

#[derive(Clone, Copy)]
enum Direction {
    Forth,
    Back,
}

impl Cipher {
    pub(super) fn new(key: &[u8; 32]) -> Cipher {
        Cipher {
            keyed: Sha256::new_with_prefix(key),
        }
    }

    /// Puts the word that stands for this one in its place.
    pub(super) fn replace(&self, word: &mut [Symbol]) {
        for round in 0..ROUNDS {
            self.mix(word, round, Direction::Forth);
        }
        self.step(word);
        for round in (0..ROUNDS).rev() {
            self.mix(word, round, Direction::Back);
        }
    }

    /// A number that the key chooses, below `limit`, and the same for the same `of`.
    pub(super) fn number(&self, of: &[u8], limit: u32) -> u32 {
        let mut hash = self.keyed.clone();
        hash.update(of);
        numbers(hash).next().map_or(0, |number| number % limit)
    }

    /// Adds numbers to one half of a word that the other half chooses, or takes them away again.
    fn mix(&self, word: &mut [Symbol], round: u8, direction: Direction) {
        let mut hash = self.keyed.clone();
        hash.update([round]);
        for symbol in word.iter() {
            hash.update(symbol.size.to_be_bytes());
        }
        let (first, second) = word.split_at_mut(word.len() / 2);
        let (mixed, other) = if round.is_multiple_of(2) {
            (second, first)
        } else {
            (first, second)
        };
        for symbol in other.iter() {
            hash.update(symbol.index.to_be_bytes());
        }
        for (symbol, number) in mixed.iter_mut().zip(numbers(hash)) {
            symbol.turn(number, direction);
        }
    }

    /// Moves the last symbol, by a distance that depends on its alphabet alone.
    fn step(&self, word: &mut [Symbol]) {
        if let Some(last) = word.last_mut() {
            let distance = 1 + self.number(&last.size.to_le_bytes(), last.size - 1);
            last.turn(distance, Direction::Forth);
        }
    }
}

impl Symbol {
    fn turn(&mut self, number: u32, direction: Direction) {
        let number = number % self.size;
        let number = match direction {
            Direction::Forth => number,
            Direction::Back => self.size - number,
        };
        self.index = (self.index + number) % self.size;
    }
}

/// As many numbers as one likes, chosen by what was hashed.
fn numbers(seed: Sha256) -> impl Iterator<Item = u32> {
    let seed = seed.finalize();
    let block = move |count: u32| match count {
        0 => seed,
        _ => Sha256::new_with_prefix(seed)
            .chain_update(count.to_be_bytes())
            .finalize(),
    };
    (0..).flat_map(move |count| {
        let block: [u8; 32] = block(count).into();
        let (numbers, _) = block.as_chunks::<4>();
        <[[u8; 4]; 8]>::try_from(numbers)
            .unwrap_or_default()
            .map(u32::from_be_bytes)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Cipher, Symbol};

    #[test]
    fn words_of_a_shape_are_permuted_and_none_stays() {
        let cipher = Cipher::new(&[7; 32]);
        for sizes in [&[2][..], &[26], &[10, 10], &[26, 10, 3], &[10, 5, 2, 3]] {
            let words = words(sizes);
            let mut replaced = BTreeSet::new();
            for word in &words {
                let mut masked = word.clone();
                cipher.replace(&mut masked);
                assert_ne!(&masked, word);
                replaced.insert(indexes(&masked));
            }
            assert_eq!(replaced, words.iter().map(|word| indexes(word)).collect());
        }
    }

    #[test]
    fn another_key_gives_other_words() {
        let replaced = |key| {
            let mut word = vec![Symbol { index: 3, size: 26 }; 100];
            Cipher::new(&[key; 32]).replace(&mut word);
            indexes(&word)
        };
        assert_eq!(replaced(1), replaced(1));
        assert_ne!(replaced(1), replaced(2));
        let letters: BTreeSet<u32> = replaced(1).into_iter().collect();
        assert!(letters.len() > 20, "{letters:?}");
    }

    /// All words of a shape.
    fn words(sizes: &[u32]) -> Vec<Vec<Symbol>> {
        let mut words = vec![Vec::new()];
        for size in sizes.iter().copied() {
            let longer = |word: &Vec<Symbol>| {
                let with = |index| [&word[..], &[Symbol { index, size }]].concat();
                (0..size).map(with).collect::<Vec<_>>()
            };
            words = words.iter().flat_map(longer).collect();
        }
        words
    }

    fn indexes(word: &[Symbol]) -> Vec<u32> {
        word.iter().map(|symbol| symbol.index).collect()
    }
}
