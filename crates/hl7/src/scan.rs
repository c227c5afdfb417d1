//! Where separators stand, sixty-four bytes at a time.

/// How many bytes are looked at together: one for each bit of a word.
const BLOCK_BYTES: usize = 64;

/// The places of separators in a text, in order.
///
/// Looking at each byte costs a branch that is guessed wrong once a piece, for pieces have no
/// regular length. A block is compared without a branch (the compiler makes vectors of it) and
/// its separators are then bits that follow one another.
#[derive(Clone)]
pub(crate) struct Places<'a, const N: usize> {
    text: &'a [u8],
    separators: [u8; N],
    block_start: usize,
    /// Of the block: a bit for each separator that is still to come, the first byte lowest.
    marks: u64,
}

impl<'a, const N: usize> Places<'a, N> {
    #[inline]
    pub(crate) fn new(text: &'a [u8], separators: [u8; N]) -> Places<'a, N> {
        Places {
            text,
            separators,
            block_start: 0,
            marks: marks_from(text, 0, separators),
        }
    }
}

impl<const N: usize> Iterator for Places<'_, N> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.marks == 0 {
            if self.text.len() - self.block_start <= BLOCK_BYTES {
                return None;
            }
            self.block_start += BLOCK_BYTES;
            self.marks = marks_from(self.text, self.block_start, self.separators);
        }
        let place = self.block_start + self.marks.trailing_zeros() as usize;
        self.marks &= self.marks - 1;
        Some(place)
    }
}

/// The marks of the block that starts here, which may be shorter than others at the end of the
/// text. That one is read together with the bytes before it.
#[inline]
fn marks_from<const N: usize>(text: &[u8], start: usize, separators: [u8; N]) -> u64 {
    let rest = text.get(start..).unwrap_or_default();
    if let Some(block) = rest.first_chunk() {
        return marks(block, separators);
    }
    if let Some(block) = text.last_chunk() {
        return marks(block, separators) >> (BLOCK_BYTES - rest.len());
    }
    let mut block = [0; BLOCK_BYTES];
    for (to, from) in block.iter_mut().zip(rest) {
        *to = *from;
    }
    marks(&block, separators)
}

#[inline]
fn marks<const N: usize>(block: &[u8; BLOCK_BYTES], separators: [u8; N]) -> u64 {
    let hits = block.map(|byte| {
        let hit = |hit, separator| hit | (byte == separator);
        u8::from(separators.into_iter().fold(false, hit))
    });
    let (words, _) = hits.as_chunks::<8>();
    words
        .iter()
        .rev()
        .fold(0, |marks, word| marks << 8 | packed(*word))
}

/// Eight bytes, each 0 or 1, as eight bits: the product has each of them in its highest byte.
#[inline]
fn packed(hits: [u8; 8]) -> u64 {
    u64::from_le_bytes(hits).wrapping_mul(0x0102_0408_1020_4080) >> 56
}
