//! Who hands messages over, and who a message says that it is of.

use std::net::IpAddr;

use hl7::Header;
use service::SenderConfig;

use super::is_among;
use crate::charset::Reading;

/// Who hands messages over, as far as anybody vouches for it.
pub(crate) enum Identity {
    /// The other end of a link, by the network and TLS.
    Link {
        address: IpAddr,
        /// The names of the certificate.
        names: Vec<String>,
    },
    /// Whoever puts files before this program.
    Operator,
}

impl Identity {
    /// Whether it may be such a sender.
    pub(super) fn may_be(&self, sender: &SenderConfig) -> bool {
        let Identity::Link { address, names } = self else {
            return true;
        };
        let is_named = match &sender.certificate {
            Some(name) => names.contains(name),
            None => true,
        };
        is_named && is_among(&sender.from, |net| net.contains(address))
    }
}

/// Whether a message says that it is of a sender.
pub(super) fn is_from(sender: &SenderConfig, header: Header<'_>, reading: Reading) -> bool {
    let is_named = |name: &Option<String>, field| {
        let Some(name) = name else { return true };
        let raw = first_part(header, field);
        name.as_bytes() == raw || reading.text(raw).is_some_and(|text| text == **name)
    };
    is_named(&sender.application, 3) && is_named(&sender.facility, 4)
}

/// The first component of a field; of a name in several parts, that is the name.
fn first_part(header: Header<'_>, field: usize) -> &[u8] {
    let field = header.field(field);
    let component = field.and_then(|field| field.repetition(1)?.component(1));
    let part = component.and_then(|component| component.subcomponent(1));
    part.map_or(b"", |part| part.raw())
}
