//! The answer as bytes: MSH, MSA and ERR in the shapes of the version that the message follows.

use memchr::memchr2;

use super::text_charset::charset_of_texts;
use super::writer::Writer;
use super::{Ack, AckCondition, AckError, AckStamp};
use crate::charset::Charset;
use crate::delimiters::Delimiters;
use crate::header::{Header, skip_prefix};
use crate::levels::Field;
use crate::segment::Segment;
use crate::version::Version;

const V2_2: Version = Version::new(2, 0);
pub(super) const V2_3: Version = Version::new(3, 0);
const V2_4: Version = Version::new(4, 0);
const V2_5: Version = Version::new(5, 0);

/// The length of MSA-3.
const TEXT_MAX_CHARS: usize = 80;
/// The longest control id to look for in a header that cannot be read: that of MSH-10 in 2.9.
const CONTROL_ID_MAX_BYTES: usize = 199;

impl Ack<'_> {
    /// The answer to the message with this header, each segment ended by CR.
    ///
    /// Delimiters, version, character set and the parts that are given back (MSH-3 to MSH-6,
    /// MSH-11, and MSH-10 as MSA-2) are the message's own, byte for byte. The shape of MSH-9, MSA
    /// and ERR follows its version; a message without one is answered as 2.3.
    ///
    /// Where its character set does not have all of our text, the answer is in UTF-8 and says so in
    /// MSH-18. Only if a part that is given back would then read otherwise, the set stays, and each
    /// character of our text that is not ASCII, or an escape character, becomes `?`.
    pub fn answer(&self, header: &Header<'_>, stamp: &AckStamp<'_>) -> Vec<u8> {
        let mut answer = Answer::new(self, *header, stamp);
        answer.write_msh(self, *header, stamp);
        answer.write_msa(self, *header);
        if answer.version < V2_5 {
            answer.write_err_before_2_5(self.errors);
        } else {
            for error in self.errors {
                answer.write_err(error);
            }
        }
        answer.out.bytes
    }

    /// The answer to a frame whose header cannot be read: standard delimiters, version 2.3, and as
    /// MSA-2 the control id if there is one where it should be.
    pub fn answer_unreadable(&self, frame: &[u8], stamp: &AckStamp<'_>) -> Vec<u8> {
        let control_id = salvaged_control_id(frame).unwrap_or_default();
        let raw = [b"MSH|^~\\&||||||||", control_id, b"|P|2.3"].concat();
        let header = Header::of(Segment::new(&raw, Delimiters::default(), 0));
        self.answer(&header, stamp)
    }

    pub(super) fn texts<'t>(&'t self, stamp: &'t AckStamp<'_>) -> impl Iterator<Item = &'t str> {
        let stamped = [
            Some(stamp.control_id),
            stamp.sending_application,
            stamp.sending_facility,
            self.version,
            self.text,
        ];
        let of_errors = self
            .errors
            .iter()
            .flat_map(|error| [error.diagnostics, error.user_message]);
        stamped.into_iter().chain(of_errors).flatten()
    }
}

/// What stands in the place of MSH-10, if it is plain enough to be sent back.
fn salvaged_control_id(frame: &[u8]) -> Option<&[u8]> {
    let fields = skip_prefix(frame).strip_prefix(b"MSH")?;
    let separator = *fields.first()?;
    let end = memchr2(b'\r', b'\n', fields).unwrap_or(fields.len());
    let id = fields.get(..end)?.split(|byte| *byte == separator).nth(9)?;
    let plain = |byte: &u8| byte.is_ascii_graphic() && !b"|^~\\&".contains(byte);
    (id.len() <= CONTROL_ID_MAX_BYTES && id.iter().all(plain)).then_some(id)
}

struct Answer {
    out: Writer,
    version: Version,
}

impl Answer {
    fn new(ack: &Ack<'_>, header: Header<'_>, stamp: &AckStamp<'_>) -> Answer {
        let version = match ack.version {
            Some(version) => Version::parse(version.as_bytes()),
            None => header.version_number(),
        };
        let version = version.unwrap_or(V2_3);
        let out = Writer {
            bytes: Vec::with_capacity(256),
            delimiters: header.delimiters(),
            charset: charset_of_texts(ack, header, stamp, version),
        };
        Answer { out, version }
    }

    fn write_msh(&mut self, ack: &Ack<'_>, header: Header<'_>, stamp: &AckStamp<'_>) {
        self.out.raw(b"MSH");
        self.out.next_field();
        self.out
            .bytes
            .extend(self.out.delimiters.encoding_characters());
        for (ours, theirs) in [
            (stamp.sending_application, header.receiving_application()),
            (stamp.sending_facility, header.receiving_facility()),
            (None, header.sending_application()),
            (None, header.sending_facility()),
        ] {
            self.out.next_field();
            match ours {
                Some(text) => self.out.text(text),
                None => self.out.raw(theirs),
            }
        }
        self.out.next_field();
        self.write_timestamp(stamp);
        self.out.skip_fields(2);
        self.write_message_type(header);
        self.out.next_field();
        self.out.text(stamp.control_id);
        self.out.next_field();
        self.out.raw(header.field(11).map_or(b"", Field::raw));
        self.out.next_field();
        match (ack.version, header.field(12)) {
            (Some(version), _) => self.out.text(version),
            (None, Some(version)) if version.presence().value().is_some() => {
                self.out.raw(version.raw());
            }
            _ => self.out.text("2.3"),
        }
        self.out.skip_fields(3);
        self.write_conditions(stamp);
        self.out.skip_fields(2);
        self.write_charset(ack, header);
        self.out.end_segment();
    }

    /// MSH-15 and MSH-16, which there are from 2.2.
    fn write_conditions(&mut self, stamp: &AckStamp<'_>) {
        let is_known = self.version >= V2_2;
        let code = |condition: Option<AckCondition>| match condition {
            Some(condition) if is_known => condition.as_str(),
            _ => "",
        };
        self.out.raw(code(stamp.accept_acknowledgment).as_bytes());
        self.out.next_field();
        self.out
            .raw(code(stamp.application_acknowledgment).as_bytes());
    }

    /// MSH-7. Version 2.1 has neither fractions of a second nor an offset.
    fn write_timestamp(&mut self, stamp: &AckStamp<'_>) {
        let now = stamp.now.to_string();
        if self.version < V2_2 {
            self.out
                .bytes
                .extend(now.bytes().take_while(u8::is_ascii_digit));
        } else {
            self.out.text(&now);
        }
    }

    /// MSH-9: the trigger event is part of it from 2.3, the structure from 2.4.
    fn write_message_type(&mut self, header: Header<'_>) {
        self.out.raw(b"ACK");
        if self.version < V2_3 || header.trigger_event().is_empty() {
            return;
        }
        self.out.next_component();
        self.out.raw(header.trigger_event());
        if self.version >= V2_4 {
            self.out.next_component();
            self.out.raw(b"ACK");
        }
    }

    /// MSH-18: theirs unless what we write is UTF-8.
    fn write_charset(&mut self, ack: &Ack<'_>, header: Header<'_>) {
        if self.out.charset == Charset::UTF_8 && ack.charset_of(header) != Ok(Charset::UTF_8) {
            let label = Charset::utf_8_label(self.out.delimiters);
            self.out.raw(label.as_bytes());
        } else {
            self.out.raw(header.charsets());
        }
    }

    fn write_msa(&mut self, ack: &Ack<'_>, header: Header<'_>) {
        self.out.raw(b"MSA");
        self.out.next_field();
        self.out.raw(ack.code.as_str().as_bytes());
        self.out.next_field();
        self.out.raw(header.control_id());
        self.out.next_field();
        if let Some(text) = ack.text.filter(|_| self.version < V2_5) {
            self.out.text_within(text, TEXT_MAX_CHARS);
        }
        self.out.next_field();
        if let Some(number) = ack.expected_sequence_number {
            self.out.number(number);
        }
        if let Some(error) = ack
            .errors
            .first()
            .filter(|_| (V2_2..V2_4).contains(&self.version))
        {
            self.out.skip_fields(2);
            self.out
                .coded(error.condition.code(), error.condition.text(), "HL70357");
        }
        self.out.end_segment();
    }

    /// One ERR whose first field repeats: segment, sequence, field, and the code, with its text and
    /// table as subcomponents from 2.2.
    fn write_err_before_2_5(&mut self, errors: &[AckError<'_>]) {
        let Some((first, more)) = errors.split_first() else {
            return;
        };
        self.out.raw(b"ERR");
        self.out.next_field();
        self.write_error_before_2_5(first);
        for error in more {
            self.out.next_repetition();
            self.write_error_before_2_5(error);
        }
        self.out.end_segment();
    }

    fn write_error_before_2_5(&mut self, error: &AckError<'_>) {
        if let Some(location) = error.location {
            self.out.text(location.segment);
            self.out.next_component();
            self.out.number(location.sequence);
            self.out.next_component();
            if let Some(field) = location.field {
                self.out.number(field);
            }
        } else {
            self.out.next_component();
            self.out.next_component();
        }
        self.out.next_component();
        self.out.text(error.condition.code());
        let subcomponent = self
            .out
            .delimiters
            .subcomponent()
            .filter(|_| self.version >= V2_2);
        if let Some(separator) = subcomponent {
            self.out.raw(&[separator]);
            self.out.text(error.condition.text());
            self.out.raw(&[separator]);
            self.out.text("HL70357");
        }
    }

    /// ERR-2 location, ERR-3 condition, ERR-4 severity, ERR-5 application code, ERR-7 diagnostics,
    /// ERR-8 user message.
    fn write_err(&mut self, error: &AckError<'_>) {
        self.out.raw(b"ERR");
        self.out.skip_fields(2);
        if let Some(location) = error.location {
            self.out.text(location.segment);
            for number in location.numbers() {
                self.out.next_component();
                self.out.number(number);
            }
        }
        self.out.next_field();
        self.out
            .coded(error.condition.code(), error.condition.text(), "HL70357");
        self.out.next_field();
        self.out.text(error.severity.code(self.version));
        self.out.next_field();
        if let Some(code) = error.application_code {
            self.out.coded(code.code(), code.text(), "HL70533");
        }
        self.out.skip_fields(2);
        self.out.text(error.diagnostics.unwrap_or_default());
        self.out.next_field();
        self.out.text(error.user_message.unwrap_or_default());
        self.out.end_segment();
    }
}
