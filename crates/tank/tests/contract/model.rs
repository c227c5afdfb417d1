//! Any sequence of arrivals, claims, settlements, dead workers and decisions, against a model.

use std::collections::BTreeSet;

use care::{CodeDecision, Coded, Finding, FindingKind, Severity};
use cistern_tank::{Batch, Database, Decision, HoldingTank as _, Outcome, Receipt, Settlement};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::support::*;

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    /// Arrivals: control id and which of two bodies.
    Hold(Vec<(u8, u8)>),
    /// A worker claims some; what it claimed before and did not settle it has forgotten.
    Claim { worker: usize, limit: usize },
    /// A worker settles what it claimed last.
    Settle { worker: usize },
    /// A person decides on the code of this control id.
    Decide { code: u8 },
    /// So much time passes that every claim runs out.
    Expire,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => vec((0..4_u8, 0..2_u8), 1..4).prop_map(Step::Hold),
        3 => (0..3_usize, 1..4_usize).prop_map(|(worker, limit)| Step::Claim { worker, limit }),
        3 => (0..3_usize).prop_map(|worker| Step::Settle { worker }),
        1 => (0..4_u8).prop_map(|code| Step::Decide { code }),
        1 => Just(Step::Expire),
    ]
}

/// A message of the model. Its lane is its control id's parity; body 1 wants a decision.
#[derive(Clone, Debug)]
struct Message {
    control_id: u8,
    body: u8,
    state: &'static str,
    claim: Option<(usize, i64)>,
}

#[derive(Debug, Default)]
struct Model {
    messages: Vec<Message>,
    decided: BTreeSet<u8>,
    decisions: i64,
    now: i64,
}

/// A batch in a worker's hands, with the codes that were decided when it was claimed.
type InHand = (Batch, BTreeSet<u8>);

impl Model {
    fn hold(&mut self, control_id: u8, body: u8) -> Receipt {
        let same_id = |m: &&Message| m.control_id == control_id;
        let place = self
            .messages
            .iter()
            .position(|m| m.control_id == control_id && m.body == body);
        if let Some(place) = place {
            let answer = answer("AA", &control_id.to_string()).bytes;
            return Receipt::Repeat {
                id: number(place),
                answer,
                earlier: self
                    .messages
                    .iter()
                    .take(place)
                    .rposition(|m| same_id(&m))
                    .map(number),
            };
        }
        let earlier = self.messages.iter().filter(same_id).count();
        let place_of_earlier = self.messages.iter().rposition(|m| same_id(&m));
        self.messages.push(Message {
            control_id,
            body,
            state: "received",
            claim: None,
        });
        let id = number(self.messages.len() - 1);
        match place_of_earlier.filter(|_| earlier > 0) {
            Some(place) => Receipt::Altered {
                id,
                earlier: number(place),
            },
            None => Receipt::New { id },
        }
    }

    fn is_claimed(&self, message: &Message) -> bool {
        message.claim.is_some_and(|(_, until)| until > self.now)
    }

    fn claim(&mut self, worker: usize, limit: usize) -> Vec<i64> {
        let mut taken = Vec::new();
        for place in 0..self.messages.len() {
            let message = &self.messages[place];
            let lane = message.control_id % 2;
            let mut earlier = self.messages[..place].iter();
            let blocked = earlier
                .any(|m| m.control_id % 2 == lane && m.state == "received" && self.is_claimed(m));
            if message.state == "received" && !self.is_claimed(message) && !blocked {
                taken.push(place);
            }
        }
        taken.truncate(limit);
        for &place in &taken {
            self.messages[place].claim = Some((worker, self.now + LEASE_MS));
        }
        taken.into_iter().map(number).collect()
    }

    /// Whether the worker may settle, and what the states then are.
    fn settle(&mut self, worker: usize, (batch, known): &InHand) -> bool {
        let places: Vec<usize> = ids(batch).into_iter().map(place).collect();
        let owns = |m: &Message| m.state == "received" && m.claim.is_some_and(|(w, _)| w == worker);
        if !places.iter().all(|&place| owns(&self.messages[place])) {
            return false;
        }
        for place in places {
            let message = &mut self.messages[place];
            message.claim = None;
            let waits = message.body == 1 && !known.contains(&message.control_id);
            message.state = match waits {
                false => "ignored",
                true if self.decisions > batch.decisions => "received",
                true => "held",
            };
        }
        true
    }

    fn decide(&mut self, code: u8) -> u64 {
        self.decided.insert(code);
        self.decisions += 1;
        let mut freed = 0;
        for message in &mut self.messages {
            if message.state == "held" && message.control_id == code {
                message.state = "received";
                freed += 1;
            }
        }
        freed
    }
}

fn number(place: usize) -> i64 {
    i64::try_from(place).unwrap() + 1
}

fn place(id: i64) -> usize {
    usize::try_from(id - 1).unwrap()
}

fn coded(control_id: u8) -> Coded {
    Coded {
        table: "unit".into(),
        code: control_id.to_string(),
        ..Coded::default()
    }
}

/// What an importer that knows these decisions makes of a message.
fn outcome(id: i64, message: &Message, known: &BTreeSet<u8>) -> Outcome {
    if message.body == 0 || known.contains(&message.control_id) {
        return ignore(id);
    }
    let finding = Finding::new(Severity::Hold, FindingKind::UnmappedCode, "map it");
    import(id, found(vec![finding.about(coded(message.control_id))]))
}

async fn run(tank: &Database, steps: Vec<Step>) {
    let settlement = prepare(tank).await;
    let mut model = Model {
        now: NOW,
        ..Model::default()
    };
    let mut in_hand: [Option<InHand>; 3] = [None, None, None];
    let all = (0..4).map(|code| Step::Decide { code });
    let last = Step::Claim {
        worker: 0,
        limit: 100,
    };
    let end = all.chain([Step::Expire, last, Step::Settle { worker: 0 }]);
    for step in steps.into_iter().chain(end) {
        take(tank, settlement, &mut model, &mut in_hand, step).await;
        let expected: Vec<_> = (0..)
            .map(number)
            .zip(model.messages.iter().map(|m| m.state.to_owned()))
            .collect();
        assert_eq!(states(tank).await, expected);
    }
    assert!(
        model
            .messages
            .iter()
            .all(|message| message.state == "ignored"),
        "all are settled"
    );
}

async fn take(
    tank: &Database,
    settlement: Settlement,
    model: &mut Model,
    in_hand: &mut [Option<InHand>; 3],
    step: Step,
) {
    match step {
        Step::Hold(arrivals) => {
            let expected: Vec<_> = arrivals
                .iter()
                .map(|&(id, body)| model.hold(id, body))
                .collect();
            let arrivals: Vec<_> = arrivals
                .iter()
                .map(|&(id, body)| in_lane(id, body))
                .collect();
            assert_eq!(tank.hold(&arrivals).await.unwrap(), expected);
        }
        Step::Claim { worker, limit } => {
            let batch = tank
                .claim(&format!("worker {worker}"), limit, model.now)
                .await
                .unwrap();
            assert_eq!(ids(&batch), model.claim(worker, limit));
            in_hand[worker] = Some((batch, model.decided.clone()));
        }
        Step::Settle { worker } => {
            let Some(hand) = &in_hand[worker] else { return };
            let known = |id| outcome(id, &model.messages[place(id)], &hand.1);
            let outcomes: Vec<_> = ids(&hand.0).into_iter().map(known).collect();
            let settled = tank.settle(&hand.0, &outcomes, settlement).await;
            assert_eq!(settled.is_ok(), model.settle(worker, hand));
        }
        Step::Decide { code } => {
            let Coded {
                table,
                code: text,
                system,
                sender,
                ..
            } = coded(code);
            let decision = CodeDecision {
                table,
                code: text,
                system,
                sender,
                value: None,
            };
            let released = tank
                .release(&Decision::Code(decision), "nurse", model.now)
                .await;
            assert_eq!(released.unwrap().messages, model.decide(code));
        }
        Step::Expire => model.now += LEASE_MS,
    }
}

fn in_lane(control_id: u8, body: u8) -> cistern_tank::Arrival {
    cistern_tank::Arrival {
        lane: format!("lane {}", control_id % 2),
        ..arrival(&control_id.to_string(), &[body])
    }
}

/// Runs the cases on databases that `open` makes.
fn check<T>(cases: u32, open: impl Fn() -> (T, String)) {
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let outcome = TestRunner::new(config).run(&vec(step(), 1..40), |steps| {
        let (database, url) = open();
        runtime.block_on(async {
            let tank = Database::open(&url).await.unwrap();
            run(&tank, steps).await;
            tank.close().await;
        });
        drop(database);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn sqlite_does_as_the_model() {
    check(24, || {
        let database = testkit::sqlite::TempDatabase::create();
        let url = database.url();
        (database, url)
    });
}

#[test]
fn postgres_does_as_the_model() {
    if testkit::postgres::Database::create_or_skip().is_none() {
        return;
    }
    check(6, || {
        let database = testkit::postgres::Database::create();
        let url = database.url();
        (database, url)
    });
}
