//! What a link told of each of its clients, so that what it tells next follows from it.

use crate::catalogue::{Course, Step};

/// What the receiver was told of one client.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    pub(crate) is_registered: bool,
    stay: Option<Open>,
    appointment: Option<Open>,
}

/// A stay or an appointment that is not over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Open {
    /// The number of the message that opened it.
    pub(crate) number: u64,
    /// When it begins, in seconds since 1970.
    pub(crate) begun: i64,
}

impl History {
    pub(crate) fn open(&self, course: Course) -> Option<Open> {
        match course {
            Course::Stay => self.stay,
            Course::Appointment => self.appointment,
        }
    }

    /// Notes what a message does that is the `now`: a new one where none is open, or the one that
    /// is open, which it may put off. Returns the one that the message is about.
    pub(crate) fn take(&mut self, (course, step): (Course, Step), now: Open) -> Open {
        let open = match course {
            Course::Stay => &mut self.stay,
            Course::Appointment => &mut self.appointment,
        };
        let known = open.unwrap_or(now);
        let (about, left) = match step {
            Step::Opens => (now, Some(now)),
            Step::Changes => {
                let put_off = Open {
                    begun: now.begun,
                    ..known
                };
                (put_off, Some(put_off))
            }
            Step::Closes => (known, None),
        };
        *open = left;
        about
    }
}
