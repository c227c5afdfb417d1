//! The pieces between separators, found sixty-four bytes at a time.

use wide::u8x16;

/// How many bytes are looked at together: one for each bit of a word.
const BLOCK_BYTES: usize = 64;

/// How many of them a vector holds.
const VECTOR_BYTES: usize = 16;

/// The pieces between any of `N` separators; one piece, the whole, when there is no separator.
///
/// To look at each byte costs a branch that is guessed wrong once a piece, for pieces have no
/// regular length. A block is compared as four vectors without a branch, and its separators are
/// then bits that follow one another.
#[derive(Clone)]
pub(crate) struct Pieces<'a, const N: usize> {
    text: &'a [u8],
    separators: [u8; N],
    /// Where the next piece starts; beyond the text after the last one.
    start: usize,
    /// Where the block starts that was looked at last.
    block: usize,
    /// A bit for each separator of that block which is still to come, its first byte lowest.
    marks: u64,
}

impl<'a, const N: usize> Pieces<'a, N> {
    /// No piece at all where there is no text.
    #[inline]
    pub(crate) fn new(text: Option<&'a [u8]>, separators: [u8; N]) -> Pieces<'a, N> {
        let start = usize::from(text.is_none());
        let text = text.unwrap_or_default();
        Pieces {
            text,
            separators,
            start,
            block: 0,
            marks: marks_from(text, 0, separators),
        }
    }

    /// What is still to come, with its separators.
    pub(crate) fn rest(&self) -> Option<&'a [u8]> {
        self.text.get(self.start..)
    }

    /// The next piece and the separator after it, unless it is the last.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<(&'a [u8], Option<u8>)> {
        let start = self.start;
        while self.marks == 0 {
            if self.is_last_block() {
                self.start = self.text.len() + 1;
                return Some((self.text.get(start..)?, None));
            }
            self.look_at_next_block();
        }
        self.start = self.after_mark();
        self.marks &= self.marks - 1;
        let (separator, piece) = self.text.get(start..self.start)?.split_last()?;
        Some((piece, Some(*separator)))
    }

    #[inline]
    fn is_last_block(&self) -> bool {
        self.text.len() - self.block <= BLOCK_BYTES
    }

    /// Where the piece starts that follows the next mark.
    #[inline]
    fn after_mark(&self) -> usize {
        self.block + self.marks.trailing_zeros() as usize + 1
    }

    #[inline]
    fn look_at_next_block(&mut self) {
        self.block += BLOCK_BYTES;
        self.marks = marks_from(self.text, self.block, self.separators);
        if self.marks == 0 {
            let unread = self.text.get(self.block + BLOCK_BYTES..);
            self.block += without_marks(unread.unwrap_or_default(), self.separators);
        }
    }
}

/// The piece after so many separators, at least one.
#[inline]
pub(crate) fn nth_piece(text: &[u8], separator: u8, mut skipped: usize) -> Option<&[u8]> {
    let mut pieces = Pieces::new(Some(text), [separator]);
    loop {
        while skipped > 1 && pieces.marks != 0 {
            pieces.marks &= pieces.marks - 1;
            skipped -= 1;
        }
        if pieces.marks != 0 {
            break;
        }
        if pieces.is_last_block() {
            return None;
        }
        pieces.look_at_next_block();
    }
    pieces.start = pieces.after_mark();
    pieces.marks &= pieces.marks - 1;
    Some(pieces.next()?.0)
}

/// The marks of the block that starts here. The last block may be shorter than others: it is read
/// together with the bytes before it.
#[inline]
fn marks_from<const N: usize>(text: &[u8], start: usize, separators: [u8; N]) -> u64 {
    let separators = separators.map(u8x16::splat);
    let rest = text.get(start..).unwrap_or_default();
    match (rest.first_chunk(), text.last_chunk()) {
        (Some(block), _) => marks(block, separators),
        (None, Some(block)) => marks(block, separators) >> (BLOCK_BYTES - rest.len()),
        (None, None) => marks_of_short(text, separators),
    }
}

/// The marks of a text that is shorter than a block.
#[inline]
fn marks_of_short<const N: usize>(text: &[u8], separators: [u8x16; N]) -> u64 {
    let (vectors, rest) = text.as_chunks::<VECTOR_BYTES>();
    let mut marks = 0;
    for vector in vectors.iter().rev() {
        marks = marks << VECTOR_BYTES | marks_of(*vector, separators);
    }
    let last = match text.last_chunk() {
        Some(vector) => marks_of(*vector, separators) << (text.len() - VECTOR_BYTES),
        None => marks_of(padded(rest), separators),
    };
    marks | last
}

/// No separator is 0.
#[inline]
fn padded(text: &[u8]) -> [u8; VECTOR_BYTES] {
    let mut vector = [0; VECTOR_BYTES];
    for (to, from) in vector.iter_mut().zip(text) {
        *to = *from;
    }
    vector
}

/// How many bytes at the start of a long text are surely no separators. That is asked of more
/// bytes at once, since it does not matter where among them a separator stands.
#[cold]
fn without_marks<const N: usize>(text: &[u8], separators: [u8; N]) -> usize {
    let (chunks, _) = text.as_chunks::<{ 4 * BLOCK_BYTES }>();
    let is_clear = |chunk: &&[u8; _]| {
        !chunk
            .iter()
            .fold(false, |hit, byte| hit | is_one_of(*byte, separators))
    };
    chunks.iter().take_while(is_clear).count() * 4 * BLOCK_BYTES
}

#[inline]
fn marks<const N: usize>(block: &[u8; BLOCK_BYTES], separators: [u8x16; N]) -> u64 {
    let (vectors, _) = block.as_chunks::<VECTOR_BYTES>();
    let marks =
        |marks, vector: &[u8; VECTOR_BYTES]| marks << VECTOR_BYTES | marks_of(*vector, separators);
    vectors.iter().rev().fold(0, marks)
}

/// The marks of sixteen bytes.
#[inline]
fn marks_of<const N: usize>(vector: [u8; VECTOR_BYTES], separators: [u8x16; N]) -> u64 {
    let vector = u8x16::new(vector);
    let hit = |hits, separator| hits | vector.simd_eq(separator);
    separators
        .into_iter()
        .fold(u8x16::ZERO, hit)
        .to_bitmask()
        .into()
}

/// The compiler makes vectors of this, but not of `contains`.
#[inline]
fn is_one_of<const N: usize>(byte: u8, separators: [u8; N]) -> bool {
    let hit = |hit, separator| hit || byte == separator;
    separators.into_iter().fold(false, hit)
}
