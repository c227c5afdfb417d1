//! How often the codec looks at a byte, which only it can tell.

use std::cell::Cell;

use super::*;

thread_local! {
    static SEARCHED: Cell<usize> = const { Cell::new(0) };
}

/// Called with the number of bytes that one search passed over.
pub(super) fn count_searched(bytes: usize) {
    SEARCHED.set(SEARCHED.get() + bytes);
}
