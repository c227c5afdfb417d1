//! A file that is written again with other bytes at some places.

/// All else stays, byte for byte.
pub(crate) struct Rewrite<'a> {
    file: &'a [u8],
    written: Vec<u8>,
    /// How much of the file has been looked at.
    passed: usize,
}

impl<'a> Rewrite<'a> {
    pub(crate) fn new(file: &'a [u8]) -> Rewrite<'a> {
        Rewrite {
            file,
            written: Vec::with_capacity(file.len()),
            passed: 0,
        }
    }

    /// Puts other bytes in the place of so many that start here. Places come in order.
    pub(crate) fn replace(&mut self, start: usize, length: usize, bytes: &[u8]) {
        self.pass(start);
        self.written.extend_from_slice(bytes);
        self.passed = start + length;
    }

    /// The whole file as it then is.
    pub(crate) fn end(mut self) -> Vec<u8> {
        self.pass(self.file.len());
        self.written
    }

    fn pass(&mut self, end: usize) {
        let kept = self.file.get(self.passed..end);
        self.written.extend_from_slice(kept.unwrap_or_default());
    }
}
