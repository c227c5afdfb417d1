//! The name of one process among those that share a database.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

/// A name that no other process has: in containers neither process ids nor starting times tell
/// them apart. `started` is in milliseconds since 1970.
pub fn worker_name(started: i64) -> String {
    let random = RandomState::new().build_hasher().finish();
    format!("{}-{started:x}-{random:x}", std::process::id())
}
