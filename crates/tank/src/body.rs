//! The bytes of a message on its way into the tank.

use std::ops::Deref;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

/// The very bytes that were sent, and their digest, by which a repeat is told. Whoever makes it has
/// the work of that, beside other senders, and not the one commit that they all wait for.
#[derive(Clone)]
pub struct Body {
    bytes: Bytes,
    pub(crate) digest: [u8; 32],
}

impl Body {
    /// Takes the digest (SHA-256).
    pub fn new(bytes: impl Into<Bytes>) -> Body {
        let bytes = bytes.into();
        let digest = Sha256::digest(&bytes).into();
        Body { bytes, digest }
    }

    /// The bytes, which are shared and not copied.
    pub fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}
