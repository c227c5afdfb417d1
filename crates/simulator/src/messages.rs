//! The messages of one link, one after the other.

use std::mem;
use std::sync::Arc;

use fastrand::Rng;

use crate::catalogue::Catalogue;
use crate::client::Client;
use crate::control_id::{ControlId, mark};
use crate::person::{Person, mixed};
use crate::plan::Plan;
use crate::template::{Subject, Template};

/// The time of each link's first message, in seconds since 1970 as the sender's wall shows them:
/// 2 March 2026, 08:00. Each message comes a second after the one before.
const FIRST_MESSAGE: i64 = 1_772_438_400;
/// A specimen is taken so long before the first message about it, in seconds.
const BEFORE_RESULT: i64 = 26 * 3600;

/// The messages that one link sends, always the same for the same plan.
///
/// ```
/// use cistern_simulator::{Messages, Plan};
///
/// let plan = Plan { seed: 7, ..Plan::new("127.0.0.1:2575") };
/// let mut message = Vec::new();
/// let id = Messages::new(&plan, 0).write_next(&mut message);
/// let header = hl7::Header::parse(&message).unwrap();
/// assert_eq!(header.control_id(), id.to_string().as_bytes());
/// ```
#[derive(Debug)]
pub struct Messages {
    world: Arc<World>,
    rng: Rng,
    link: u32,
    written: u64,
    clients: Share,
    /// Which of the link's clients the receiver was told of.
    registered: Vec<bool>,
    /// A result whose status is to change.
    unfinished: Option<Event>,
}

/// What all links share.
#[derive(Debug)]
pub(crate) struct World {
    seed: u64,
    bytes: usize,
    links: u32,
    catalogue: Catalogue,
    clients: Vec<Client>,
    wrongly_encoded: Client,
}

/// The clients of one link: every `step`th, from the first on, so that no two links tell of one.
#[derive(Debug, Clone, Copy)]
struct Share {
    first: usize,
    step: usize,
    count: usize,
}

/// What one message tells.
#[derive(Debug, Clone, Copy)]
struct Event {
    template: usize,
    client: usize,
    order: ControlId,
    collected: i64,
    status: u8,
}

impl World {
    pub(crate) fn of(plan: &Plan) -> World {
        let mark = mark(plan.seed);
        let mark = &String::from_utf8_lossy(&mark);
        let client = |number| Client::of(&Person::invent(plan.seed, number), mark);
        World {
            seed: plan.seed,
            bytes: plan.bytes,
            links: plan.links,
            catalogue: Catalogue::of(&plan.types),
            clients: (1..=plan.clients).map(client).collect(),
            wrongly_encoded: Client::in_wrong_charset(plan.clients + 1, mark),
        }
    }
}

impl Share {
    /// Where there are more links than clients, links have one client each, some the same.
    fn of(link: u32, links: u32, clients: usize) -> Share {
        let (link, step) = (link as usize, links.max(1) as usize);
        if step >= clients {
            let first = link % clients.max(1);
            return Share {
                first,
                step,
                count: 1,
            };
        }
        let count = (clients - link).div_ceil(step);
        Share {
            first: link,
            step,
            count,
        }
    }

    fn nth(self, index: usize) -> usize {
        self.first + index * self.step
    }
}

impl Messages {
    /// The messages of this link of a plan.
    pub fn new(plan: &Plan, link: u32) -> Messages {
        Messages::in_world(Arc::new(World::of(plan)), link)
    }

    pub(crate) fn in_world(world: Arc<World>, link: u32) -> Messages {
        let clients = Share::of(link, world.links, world.clients.len());
        Messages {
            rng: Rng::with_seed(mixed(world.seed, u64::from(link) << 32)),
            link,
            written: 0,
            clients,
            registered: vec![false; clients.count],
            unfinished: None,
            world,
        }
    }

    /// Appends the next message, without a frame, and returns its control id.
    pub fn write_next(&mut self, out: &mut Vec<u8>) -> ControlId {
        let world = Arc::clone(&self.world);
        if let Some(event) = self.unfinished.take_if(|_| self.rng.u8(..4) == 0) {
            return self.write_event(&world, event, out);
        }
        let nth = self.rng.usize(..self.registered.len());
        let client = self.clients.nth(nth);
        let known = self.registered.get_mut(nth);
        let known = known.is_none_or(|known| mem::replace(known, true));
        let event = self.event(client);
        if !known && let Some(template) = self.rng.choice(&world.catalogue.registrations) {
            return self.write(&world, template, event, out);
        }
        self.write_event(&world, event, out)
    }

    /// Appends a message that claims UTF-8 and is in Latin-1.
    pub(crate) fn write_wrongly_encoded(&mut self, out: &mut Vec<u8>) -> ControlId {
        let world = Arc::clone(&self.world);
        let event = self.event(world.clients.len());
        self.write_event(&world, event, out)
    }

    /// Something new about a client.
    fn event(&mut self, client: usize) -> Event {
        Event {
            template: self.rng.usize(..self.world.catalogue.others.len().max(1)),
            client,
            order: self.next_id(),
            collected: self.now() - BEFORE_RESULT,
            status: if self.rng.u8(..4) == 0 { b'P' } else { b'F' },
        }
    }

    fn write_event(&mut self, world: &World, event: Event, out: &mut Vec<u8>) -> ControlId {
        let Some(template) = world.catalogue.others.get(event.template) else {
            return self.next_id();
        };
        if template.has_status()
            && let Some(status) = self.status_after(event.status)
        {
            self.unfinished = Some(Event { status, ..event });
        }
        self.write(world, template, event, out)
    }

    /// A preliminary result becomes final; of the final ones a few are corrected.
    fn status_after(&mut self, status: u8) -> Option<u8> {
        match status {
            b'P' => Some(b'F'),
            b'F' if self.rng.u8(..8) == 0 => Some(b'C'),
            _ => None,
        }
    }

    fn write(
        &mut self,
        world: &World,
        template: &Template,
        event: Event,
        out: &mut Vec<u8>,
    ) -> ControlId {
        let control_id = self.next_id();
        let subject = Subject {
            control_id,
            client: world
                .clients
                .get(event.client)
                .unwrap_or(&world.wrongly_encoded),
            time: self.now(),
            collected: event.collected,
            order: event.order,
            status: event.status,
            bytes: world.bytes,
        };
        self.written += 1;
        template.write(&subject, &mut self.rng, out);
        control_id
    }

    /// Whether an id is that of a message that was written.
    pub(crate) fn has_written(&self, id: ControlId) -> bool {
        id.number < self.written
    }

    fn next_id(&self) -> ControlId {
        ControlId::new(self.world.seed, self.link, self.written)
    }

    fn now(&self) -> i64 {
        FIRST_MESSAGE.saturating_add_unsigned(self.written)
    }
}
