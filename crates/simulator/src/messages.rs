//! The messages of one link, one after the other.

use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;

use fastrand::Rng;

use crate::catalogue::Catalogue;
use crate::client::Client;
use crate::control_id::{ControlId, mark};
use crate::history::{History, Open};
use crate::person::{Person, mixed};
use crate::plan::Plan;
use crate::template::{Subject, Template};

/// The time of each link's first message, in seconds since 1970 as the sender's wall shows them:
/// 2 March 2026, 08:00. Each message comes a second after the one before.
const FIRST_MESSAGE: i64 = 1_772_438_400;
/// With so many results unfinished, one of them is next.
const UNFINISHED_MAX: usize = 8;

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
    histories: Vec<History>,
    /// Results whose status is to change, the oldest first, at most one of a client.
    unfinished: VecDeque<Event>,
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
    kind: usize,
    client: usize,
    /// The id of the first message about the same order.
    order: ControlId,
    /// Its time.
    begun: i64,
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
            histories: vec![History::default(); clients.count],
            unfinished: VecDeque::new(),
            world,
        }
    }

    /// Appends the next message, without a frame, and returns its control id.
    pub fn write_next(&mut self, out: &mut Vec<u8>) -> ControlId {
        let world = Arc::clone(&self.world);
        if let Some(event) = self.overdue_result() {
            return self.write_event(&world, event, out);
        }
        let nth = self.rng.usize(..self.histories.len());
        let client = self.clients.nth(nth);
        let Some(history) = self.histories.get_mut(nth) else {
            return self.next_id();
        };
        if !mem::replace(&mut history.is_registered, true)
            && let Some(template) = self.rng.choice(&world.catalogue.registrations)
        {
            let event = self.event(client);
            return self.write(&world, template, event, out);
        }
        let event = self.event_in_course(&world, nth, client);
        self.write_event(&world, event, out)
    }

    /// Appends a message that claims UTF-8 and is in Latin-1.
    pub(crate) fn write_wrongly_encoded(&mut self, out: &mut Vec<u8>) -> ControlId {
        let world = Arc::clone(&self.world);
        let event = self.event(world.clients.len());
        match world.catalogue.others.get(event.kind) {
            Some(kind) => self.write(&world, &kind.template, event, out),
            None => self.next_id(),
        }
    }

    /// A result whose status is to change, when it is time for that.
    fn overdue_result(&mut self) -> Option<Event> {
        let is_time = match self.unfinished.len() {
            0 => false,
            UNFINISHED_MAX.. => true,
            _ => self.rng.u8(..4) == 0,
        };
        self.unfinished.pop_front_if(|_| is_time)
    }

    /// Something new about a client, that follows from what was told of it.
    fn event_in_course(&mut self, world: &World, nth: usize, client: usize) -> Event {
        let mut event = self.event(client);
        let Some(history) = self.histories.get_mut(nth) else {
            return event;
        };
        let is_open = |course| history.open(course).is_some();
        event.kind = world.catalogue.fitting(event.kind, is_open, &mut self.rng);
        let kind = world.catalogue.others.get(event.kind);
        if let Some(step) = kind.and_then(|kind| kind.step) {
            let now = Open {
                number: event.order.number,
                begun: event.begun,
            };
            let about = history.take(step, now);
            event.order.number = about.number;
            event.begun = about.begun;
        } else if kind.is_some_and(|kind| kind.template.has_status())
            && let Some(unfinished) = self.unfinished_of(client)
        {
            return unfinished;
        }
        event
    }

    /// The result of a client that is to be finished before there is another.
    fn unfinished_of(&mut self, client: usize) -> Option<Event> {
        let mut unfinished = self.unfinished.iter();
        let place = unfinished.position(|event| event.client == client)?;
        self.unfinished.remove(place)
    }

    /// Something new about a client.
    fn event(&mut self, client: usize) -> Event {
        Event {
            kind: self.rng.usize(..self.world.catalogue.others.len().max(1)),
            client,
            order: self.next_id(),
            begun: self.now(),
            status: if self.rng.u8(..4) == 0 { b'P' } else { b'F' },
        }
    }

    fn write_event(&mut self, world: &World, event: Event, out: &mut Vec<u8>) -> ControlId {
        let Some(kind) = world.catalogue.others.get(event.kind) else {
            return self.next_id();
        };
        if kind.template.has_status()
            && let Some(status) = self.status_after(event.status)
        {
            self.unfinished.push_back(Event { status, ..event });
        }
        self.write(world, &kind.template, event, out)
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
            begun: event.begun,
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
