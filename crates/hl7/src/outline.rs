//! Segment groups: which segments belong together, and what a name means from where one stands.

mod groups;
mod orders;
mod places;

use std::collections::HashMap;
use std::fmt;
use std::iter::Copied;
use std::ops::Range;
use std::slice::Iter;

use crate::message::Message;
use crate::segment::Segment;
use groups::{
    TREATMENT, heads_order, is_of_order, is_of_patient_too, is_resource, is_specimen, is_treatment,
    is_under,
};
use orders::Order;
use places::before;

/// Segments of one name, in order.
type Group<'o, 'a> = Copied<Iter<'o, Segment<'a>>>;

/// The segment groups of a message, as chapters 3, 4, 6, 7 and 10 of the standard draw them: the
/// orders of a patient, the observations of an order, the notes of an observation.
///
/// The groups are read from the order in which segments stand, whatever the type of the message:
///
/// - A **patient group** goes from one PID to the next.
/// - An **order group** starts at ORC, or at OBR, RXO, RXE or RXA where no ORC announces it, and
///   ends before the next one or the next patient. RXO, RXE and RXA in this order are of one order;
///   after ORC, so are several RXA (RAS^O17).
/// - A **specimen group** starts at SPM. Where the first SPM of a patient stands before the first
///   order (OUL^R22), specimens hold orders; else an order holds its specimens (ORU^R01). The OBX
///   after such a specimen stay under their OBR too: where a sender has them as results, none is
///   lost; where they are about the specimen, they show as one more.
/// - **Charges** (FT1) belong to the order that they follow, unless the first FT1 of a patient
///   stands before the first order (DFT^P03). From version 2.4 DFT^P03 may have the orders before
///   the charges, too. Segments in that order read like an order and its charges: FT1, and DG1
///   after it, then show under the last order, though they are of the patient.
/// - **Notes** (NTE) belong to the segment that they directly follow.
///
/// ```
/// use cistern_hl7::{Message, Outline};
///
/// let message = Message::parse(b"MSH|^~\\&|LAB\rPID|1\rPV1|1|O\rOBR|1||A7\rOBX|1|NM|K||4.1\r\
///     NTE|1||haemolysed\rOBX|2|NM|NA||139\rOBR|2||A8\rOBX|1|NM|CD4||350\r")?;
/// let outline = Outline::of(&message);
/// let mut notes = Vec::new();
/// for pid in outline.patients() {
///     assert_eq!(outline.under(pid, "PV1").count(), 1);
///     for obr in outline.under(pid, "OBR") {
///         for obx in outline.under(obr, "OBX") {
///             notes.push((obr.position(), obx.position(), outline.under(obx, "NTE").len()));
///         }
///     }
/// }
/// assert_eq!(notes, [(3, 4, 1), (3, 6, 0), (7, 8, 0)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// It is read once, in one pass, and each question is then answered by binary search: a message of
/// ten thousand OBX costs ten thousand steps. Questions are asked with segments of the same
/// message.
#[derive(Clone)]
pub struct Outline<'a> {
    by_name: HashMap<&'a [u8], Vec<Segment<'a>>>,
    /// Where each patient starts: every PID.
    patients: Vec<Segment<'a>>,
    /// Where an order starts (`true`) or where one ends without another (`false`).
    orders: Vec<(usize, bool)>,
    /// The patients, by number, whose specimens stand before their orders (OUL^R22).
    specimen_first: Vec<usize>,
    count: usize,
}

impl<'a> Outline<'a> {
    /// Reads the groups of a message.
    pub fn of(message: &Message<'a>) -> Outline<'a> {
        let mut outline = Outline {
            by_name: HashMap::new(),
            patients: Vec::new(),
            orders: Vec::new(),
            specimen_first: Vec::new(),
            count: 0,
        };
        let mut order = Order::None;
        for segment in message.segments() {
            order = outline.add(segment, order);
        }
        outline
    }

    /// The PID of each patient group.
    pub fn patients(&self) -> Group<'_, 'a> {
        self.patients.iter().copied()
    }

    /// All segments of this name, whatever group they stand in.
    pub fn named(&self, name: &str) -> Group<'_, 'a> {
        self.all(name.as_bytes()).iter().copied()
    }

    /// The segments of this name that belong to a segment: the OBX under an OBR, the NTE under an
    /// OBX, the PV1 under a PID.
    ///
    /// | under | are |
    /// |---|---|
    /// | any segment | the NTE directly after it |
    /// | PID | PD1, NK1, ROL, PV1, PV2, AL1, DG1, GT1, IN1, IN2, ACC, ORC, OBR, OBX, SPM, SAC, FT1 of the patient |
    /// | ORC | OBR, RXO, RXE, RXD, RXG, RXA, RXR, RXC, OBX, TQ1, TQ2, DG1, FT1, SPM, SAC of the order |
    /// | OBR | OBX, TQ1, TQ2, CTI, DG1, FT1, SPM, SAC of the order |
    /// | SPM | OBR, OBX, SAC, up to the next SPM |
    /// | RXO, RXE, RXD, RXG, RXA | RXR, RXC, OBX, up to the next of these in the order |
    /// | SCH | RGS, up to the next SCH |
    /// | RGS | AIS, AIG, AIL, AIP, up to the next RGS |
    /// | FT1 | PR1, up to the next FT1 of the patient |
    /// | IN1 | IN2, IN3, up to the next IN1 of the patient |
    ///
    /// Nothing else is under another; [`in_scope`](Outline::in_scope) finds neighbours too.
    pub fn under(&self, segment: Segment<'_>, name: &str) -> Group<'_, 'a> {
        self.below(segment, name).iter().copied()
    }

    /// The segments that a name means for a segment, where a rule says `OBR-4` of an OBX.
    ///
    /// These are, in this order: the segment itself; what is [`under`](Outline::under) it; the head
    /// of its own order (ORC, OBR, RXO, RXE, RXD, RXG, RXA, TQ1, TQ2) or its specimen (SPM, SAC); the
    /// nearest one before it, else the first one after it, within its order where orders hold such
    /// segments (DG1, FT1), within its RGS for AIS, AIG, AIL and AIP, and else within the patient
    /// group; the last one before the first order of the patient (DG1, FT1); the last one before the
    /// first patient (MSH, EVN). A neighbour's is never meant: an OBX of the second patient has no
    /// PV1 rather than the first patient's.
    ///
    /// ```
    /// use cistern_hl7::{Message, Outline};
    ///
    /// let message = Message::parse(b"MSH|^~\\&|LAB\rPID|1\rPV1|1\rOBR|1\rOBX|1\rPID|2\rOBR|2\rOBX|2")?;
    /// let outline = Outline::of(&message);
    /// let second = outline.named("OBX").nth(1).unwrap();
    /// assert_eq!(outline.in_scope(second, "OBR").next().unwrap().position(), 6);
    /// assert_eq!(outline.in_scope(second, "PV1").len(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn in_scope(&self, segment: Segment<'_>, name: &str) -> Group<'_, 'a> {
        self.meant(segment, name).iter().copied()
    }

    /// The name as a path writes it: `OBX` for the first, then `OBX[2]`. A line that has no proper
    /// name, which may be a piece of anything, is called by its place: `segment 8`, where MSH is 1.
    pub fn name(&self, segment: Segment<'_>) -> String {
        let Some(name) = segment.proper_name() else {
            return format!("segment {}", segment.position() + 1);
        };
        match before(self.all(segment.name()), segment.position()) {
            0 => name.to_owned(),
            earlier => format!("{name}[{}]", earlier + 1),
        }
    }

    /// Whether there can be a message in which a name means several segments for one of the name
    /// `each`, as [`in_scope`](Outline::in_scope) answers: the OBX of an OBR, but never the OBR of
    /// an OBX.
    pub fn can_be_several(name: &str, each: &str) -> bool {
        let follows = name == "NTE" || is_specimen(name) || is_under(each.as_bytes(), name);
        name != each && follows
    }

    fn meant(&self, own: Segment<'_>, name: &str) -> &[Segment<'a>] {
        let at = own.position();
        let (order, patient) = (self.order(at), self.patient(at));
        let below = self.below(own, name);
        if own.is(name) {
            self.within(name, at..at + 1)
        } else if name == "NTE" || !below.is_empty() {
            below
        } else if is_specimen(name) && !own.is("SPM") {
            self.specimens(name, at)
        } else if let (true, Some(order)) = (heads_order(name), &order) {
            last(self.within(name, order.start..at))
        } else if let (true, Some(order)) = (self.is_of_order(name, at), order) {
            self.in_order(own, name, order)
        } else if self.can_hold(own, name) || own.is("OBX") && heads_order(name) {
            &[]
        } else if is_resource(name) && own.proper_name().is_some_and(is_resource) {
            self.nearest(name, at, self.resources(at))
        } else {
            or(self.nearest(name, at, patient), || {
                last(self.within(name, 0..self.first_patient().min(at)))
            })
        }
    }

    /// Within the order of a segment, else before the first of the patient: no order lends its own.
    fn in_order(&self, own: Segment<'_>, name: &str, order: Range<usize>) -> &[Segment<'a>] {
        if self.can_hold(own, name) && !is_of_patient_too(name) {
            return &[];
        }
        let patient = self.patient(own.position());
        or(self.nearest(name, own.position(), order), || {
            last(self.within(name, patient.start..self.first_order(patient.start)))
        })
    }

    /// The last one before a place, else the first one after it.
    fn nearest(&self, name: &str, at: usize, places: Range<usize>) -> &[Segment<'a>] {
        or(last(self.within(name, places.start..at)), || {
            first(self.within(name, at + 1..places.end))
        })
    }

    fn below(&self, own: Segment<'_>, name: &str) -> &[Segment<'a>] {
        let at = own.position();
        if own.is(name) {
            &[]
        } else if name == "NTE" {
            self.notes(at)
        } else if self.can_hold(own, name) {
            self.within(name, at + 1..self.end_of_children(own))
        } else {
            &[]
        }
    }

    fn can_hold(&self, own: Segment<'_>, name: &str) -> bool {
        let leads = name == "FT1" && !own.is("PID") && self.charges_lead(own.position());
        !leads && is_under(own.name(), name)
    }

    fn is_of_order(&self, name: &str, at: usize) -> bool {
        is_of_order(name) && !(name == "FT1" && self.charges_lead(at))
    }

    /// Whether the charges of the patient stand before the orders.
    fn charges_lead(&self, at: usize) -> bool {
        let charge = self.within("FT1", self.patient(at)).first();
        charge.is_some_and(|charge| self.order(charge.position()).is_none())
    }

    /// The notes directly after a segment.
    fn notes(&self, at: usize) -> &[Segment<'a>] {
        let after = self.within("NTE", at + 1..self.count);
        let run = after
            .iter()
            .zip(at + 1..)
            .take_while(|(note, next)| note.position() == *next)
            .count();
        after.get(..run).unwrap_or_default()
    }

    /// The specimen before, where specimens lead orders or it stands in the same order already;
    /// else those that follow within the order.
    fn specimens(&self, name: &str, at: usize) -> &[Segment<'a>] {
        let patient = self.patient(at);
        let number = before(&self.patients, at + 1);
        if self.specimen_first.binary_search(&number).is_ok() {
            return last(self.within(name, patient.start..at));
        }
        let order = self.order(at).unwrap_or(patient);
        or(last(self.within(name, order.start..at)), || {
            self.within(name, at + 1..order.end)
        })
    }

    /// Where what belongs to a segment ends: at the next of its kind, or with its group.
    fn end_of_children(&self, own: Segment<'_>) -> usize {
        let at = own.position();
        let order_end = || self.order(at).unwrap_or_else(|| self.patient(at)).end;
        let group_end = match own.name() {
            b"OBR" | b"ORC" | b"SPM" => order_end(),
            name if is_treatment(name) => {
                let next = TREATMENT.iter().map(|one| self.next(one.as_bytes(), at));
                next.min().unwrap_or(self.count).min(order_end())
            }
            // The patients of an appointment stand between it and its resources.
            b"SCH" => self.count,
            _ => self.patient(at).end,
        };
        self.next(own.name(), at).min(group_end)
    }
}

impl fmt::Debug for Outline<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let patients = self.patients.len();
        write!(out, "Outline({} segments, {patients} patients)", self.count)
    }
}

fn first<'s, 'a>(segments: &'s [Segment<'a>]) -> &'s [Segment<'a>] {
    segments.get(..1).unwrap_or_default()
}

fn last<'s, 'a>(segments: &'s [Segment<'a>]) -> &'s [Segment<'a>] {
    let start = segments.len().saturating_sub(1);
    segments.get(start..).unwrap_or_default()
}

fn or<'s, 'a>(
    segments: &'s [Segment<'a>],
    other: impl FnOnce() -> &'s [Segment<'a>],
) -> &'s [Segment<'a>] {
    if segments.is_empty() {
        other()
    } else {
        segments
    }
}
