//! What one link's sender should change about its framing, without a line for every frame.

use mllp::{Fault, FaultKind};

/// The kinds of fault that a link was warned about, and the faults that nobody saw.
#[derive(Debug, Default)]
pub(super) struct FaultLog {
    warned: Vec<FaultKind>,
    dropped: u64,
}

impl FaultLog {
    /// Logs a fault: the first of its kind as a warning, further ones only for who debugs.
    pub(super) fn fault(&mut self, feed: &str, peer: &str, fault: &Fault) {
        let Fault {
            kind,
            offset,
            bytes,
            bytes_not_kept,
            masked,
            ..
        } = fault;
        let (fault, masked) = (kind, (!masked.is_empty()).then_some(&**masked));
        if self.warned.contains(kind) {
            tracing::debug!(
                feed,
                peer,
                ?fault,
                offset,
                bytes,
                bytes_not_kept,
                masked,
                "framing fault: {kind}"
            );
        } else {
            self.warned.push(*kind);
            tracing::warn!(
                feed,
                peer,
                ?fault,
                offset,
                bytes,
                bytes_not_kept,
                masked,
                "framing fault: {kind}"
            );
        }
    }

    /// Logs that faults came too fast to be looked at one by one, when there are more than before.
    pub(super) fn dropped(&mut self, feed: &str, peer: &str, faults_dropped: u64) {
        if faults_dropped == self.dropped {
            return;
        }
        if self.dropped == 0 {
            tracing::warn!(feed, peer, faults_dropped, "framing faults not looked at");
        } else {
            tracing::debug!(feed, peer, faults_dropped, "framing faults not looked at");
        }
        self.dropped = faults_dropped;
    }
}
