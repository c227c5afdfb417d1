//! Connections left open in the middle of a frame, as by a sender that vanished.

use std::collections::VecDeque;

use super::Connection;
use crate::misbehaviour::Misbehaviour;
use crate::report::Report;

/// The most connections that a link leaves open at once.
const PARKED_MAX: usize = 8;

/// Abandoned connections of one link, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Parked {
    connections: VecDeque<Connection>,
}

impl Parked {
    /// Leaves a connection open; where there are too many, looks at the oldest and closes it.
    pub(super) async fn park(&mut self, connection: Connection, report: &mut Report) {
        if self.connections.len() == PARKED_MAX {
            self.look_at_oldest(report).await;
        }
        self.connections.push_back(connection);
    }

    /// Looks whether the listener answered what it cannot have understood, and closes all.
    pub(super) async fn look_at_all(&mut self, report: &mut Report) {
        while !self.connections.is_empty() {
            self.look_at_oldest(report).await;
        }
    }

    async fn look_at_oldest(&mut self, report: &mut Report) {
        if let Some(mut connection) = self.connections.pop_front() {
            report.count_outcome(Misbehaviour::HalfOpen, connection.is_silent().await);
        }
    }
}
