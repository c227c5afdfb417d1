//! What a feed takes, and how it answers.

mod identity;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use hl7::{AckCode, AckCondition, AckMode, Charset, Header};
use service::{
    AnswerAfterConfig, ApplicationAckConfig, BatchAnswersConfig, CodeConfig, FeedConfig,
    ModeConfig, SequenceConfig,
};
use tokio::sync::Notify;

use crate::ListenerError;
use crate::beginnings::Beginnings;
use crate::charset::{self, Reading};
use crate::file::Columns;
use crate::refusal::Refusal;
use crate::reply::OpenLinks;
use crate::tls::{Tls, WayBack};
use crate::watch::Watch;
use identity::is_from;

pub(crate) use identity::Identity;

/// A feed by its settings.
pub(crate) struct Feed {
    settings: FeedConfig,
    pub(crate) tls: Option<Tls>,
    /// TLS to the return address.
    pub(crate) way_back: Option<WayBack>,
    /// Woken when a file of either is used anew.
    pub(crate) certificates_changed: Arc<Notify>,
    pub(crate) links: OpenLinks,
    /// Whether it was said that a sender asks for answers by a code that is none.
    warned_of_condition: AtomicBool,
    pub(crate) watch: Watch,
    pub(crate) beginnings: Beginnings,
    /// Where the columns of its CWLAB files go.
    pub(crate) columns: Columns,
}

impl Feed {
    /// Reads the certificates of a feed.
    pub(crate) fn new(settings: FeedConfig) -> Result<Feed, ListenerError> {
        let certificates_changed = Arc::default();
        let tls = settings.tls.as_ref();
        let tls = tls.map(|tls| Tls::load(tls, &certificates_changed));
        let way_back = match (&settings.return_tls, &settings.return_address) {
            (Some(tls), Some(address)) => Some(WayBack::load(tls, address, &certificates_changed)),
            _ => None,
        };
        let columns = Columns::parse(&settings.cwlab_columns);
        Ok(Feed {
            columns: columns.map_err(|column| ListenerError::Column {
                feed: settings.name.clone(),
                column,
            })?,
            tls: tls.transpose().map_err(|source| ListenerError::Tls {
                feed: settings.name.clone(),
                source,
            })?,
            way_back: way_back
                .transpose()
                .map_err(|source| ListenerError::ReturnTls {
                    feed: settings.name.clone(),
                    source,
                })?,
            certificates_changed,
            links: OpenLinks::new(settings.application_ack == ApplicationAckConfig::SameLink),
            settings,
            warned_of_condition: AtomicBool::new(false),
            watch: Watch::default(),
            beginnings: Beginnings::default(),
        })
    }

    /// Says once that a sender asks for answers by a code outside table 0155, which counts as AL.
    pub(crate) fn look_at_conditions(&self, header: Header<'_>) {
        let asked = [
            header.accept_acknowledgment(),
            header.application_acknowledgment(),
        ];
        let is_known = |code: &[u8]| code.is_empty() || AckCondition::parse(code).is_some();
        if !asked.into_iter().all(is_known) && !self.warned_of_condition.swap(true, Relaxed) {
            let feed = self.name();
            tracing::warn!(
                feed,
                "MSH-15 or MSH-16 is not AL, NE, ER or SU, and is taken for AL: set the mode of \
                 the feed, or have the sender mend it"
            );
        }
    }

    /// Whether a link from this address is accepted.
    pub(crate) fn is_open_to(&self, address: IpAddr) -> bool {
        is_among(&self.settings.from, |net| net.contains(&address))
    }

    /// How many links may be open: of the feed, and of one address.
    pub(crate) fn links_max(&self) -> [usize; 2] {
        let FeedConfig {
            links_max,
            links_per_address_max,
            ..
        } = self.settings;
        [links_max, links_per_address_max].map(|max| max.unwrap_or(usize::MAX))
    }

    pub(crate) fn name(&self) -> &str {
        &self.settings.name
    }

    /// Whether each frame is answered by a commit byte before anything else.
    pub(crate) fn says_what_is_stored(&self) -> bool {
        self.settings.commit_bytes
    }

    /// Whether a frame of several messages is a batch although it does not say so.
    pub(crate) fn splits_frames(&self) -> bool {
        self.settings.split_frames
    }

    /// Whether a batch is answered by a batch, in one frame.
    pub(crate) fn answers_batches_by_one(&self) -> bool {
        self.settings.batch_answers == BatchAnswersConfig::One
    }

    /// Whether a message must be the next in the sequence of its sender. What comes in a file is of
    /// no link, and has no place in one.
    pub(crate) fn is_in_sequence(&self, who: &Identity) -> bool {
        self.settings.sequence == SequenceConfig::Strict && matches!(who, Identity::Link { .. })
    }

    /// Whether gaps in the numbers of messages are looked for.
    pub(crate) fn is_watched(&self) -> bool {
        self.settings.sequence == SequenceConfig::Watch
    }

    /// How a message is answered; not at all on a silent feed.
    pub(crate) fn mode(&self, asked: AckMode) -> Option<AckMode> {
        let application = match asked {
            AckMode::Original => AckCondition::Never,
            AckMode::Enhanced { application, .. } => application,
        };
        match self.settings.mode {
            ModeConfig::Auto => Some(asked),
            ModeConfig::Original => Some(AckMode::Original),
            ModeConfig::Enhanced => Some(AckMode::Enhanced {
                accept: AckCondition::Always,
                application,
            }),
            ModeConfig::Silent => None,
        }
    }

    /// How long an answer may wait for the import; nothing where it leaves after the commit.
    pub(crate) fn import_patience(&self) -> Option<Duration> {
        let waits = self.settings.answer_after == AnswerAfterConfig::Import;
        waits.then(|| Duration::from_secs(self.settings.import_secs_max))
    }

    /// Whether what begins while the listener stops is answered, in the negative.
    pub(crate) fn answers_while_stopping(&self) -> bool {
        self.settings.codes.stopping.is_some()
    }

    /// Which way replies take, and to which address where it is that.
    pub(crate) fn reply_way(&self) -> (ApplicationAckConfig, Option<&str>) {
        let address = self.settings.return_address.as_deref();
        (self.settings.application_ack, address)
    }

    /// When the sender of a message wants to hear what came of it (table 0155); empty where it gets
    /// no reply. Nobody waits for one to a message of a file.
    pub(crate) fn reply(&self, header: Header<'_>, who: &Identity) -> &'static str {
        let is_heard = self.settings.application_ack != ApplicationAckConfig::Off
            && matches!(who, Identity::Link { .. });
        match self.mode(AckMode::of(header)) {
            Some(AckMode::Enhanced { application, .. })
                if is_heard && application != AckCondition::Never =>
            {
                application.as_str()
            }
            _ => "",
        }
    }

    /// The character set that is agreed with its senders, where that goes for a message.
    pub(crate) fn agreed_charset(&self, header: Header<'_>) -> Option<Charset> {
        charset::agreed(&self.settings, header)
    }

    /// The character set of the rows of its files.
    pub(crate) fn charset_of_rows(&self) -> Charset {
        self.settings.charset.unwrap_or(Charset::UTF_8)
    }

    /// Whether a message may say that it is of this sender.
    pub(crate) fn knows(&self, header: Header<'_>, reading: Reading, who: &Identity) -> bool {
        is_among(&self.settings.senders, |sender| {
            is_from(sender, header, reading) && who.may_be(sender)
        })
    }

    /// Why this feed does not take a message of such a header, in the order of the decision table.
    pub(crate) fn refusal(
        &self,
        header: Header<'_>,
        reading: Reading,
        who: &Identity,
    ) -> Option<Refusal> {
        let feed = &self.settings;
        if !self.knows(header, reading, who) {
            Some(Refusal::Sender)
        } else if !is_among(&feed.versions, |text| text.as_bytes() == header.version()) {
            Some(Refusal::Version)
        } else if !is_among(&feed.types, |kind| code_of(kind) == header.message_code()) {
            Some(Refusal::MessageCode)
        } else if !is_among(&feed.types, |kind| is_of(kind, header)) {
            Some(Refusal::TriggerEvent)
        } else if !is_among(&feed.processing_ids, |id| {
            id.as_bytes() == header.processing_id()
        }) {
            Some(Refusal::ProcessingId)
        } else if header.control_id().is_empty() {
            Some(Refusal::NoControlId)
        } else if header.message_code().is_empty() {
            Some(Refusal::NoMessageType)
        } else {
            None
        }
    }

    /// The outcome of a refusal: this feed's choice, or the standard's.
    pub(crate) fn code(&self, refusal: Refusal, mode: AckMode) -> AckCode {
        let codes = self.settings.codes;
        let chosen = match refusal {
            Refusal::Unreadable => codes.unreadable,
            Refusal::Sender => codes.sender,
            Refusal::Version => codes.version,
            Refusal::MessageCode => codes.message_code,
            Refusal::TriggerEvent => codes.trigger_event,
            Refusal::ProcessingId => codes.processing_id,
            Refusal::NoControlId => codes.no_control_id,
            Refusal::NoMessageType => codes.no_message_type,
            Refusal::BatchCount => codes.batch_count,
            Refusal::BatchLength => codes.batch_length,
            Refusal::Sequence => codes.sequence,
            Refusal::Altered => codes.altered,
            Refusal::NotKept => codes.not_kept,
            // In enhanced mode the standard has a commit error for what is not in the message.
            Refusal::Stopping => codes.stopping.filter(|code| *code != CodeConfig::Reject),
            Refusal::Held => codes.held,
            Refusal::PartIgnored => codes.part_ignored,
        };
        match chosen {
            Some(CodeConfig::Accept) => AckCode::ApplicationAccept,
            Some(CodeConfig::Error) => AckCode::ApplicationError,
            Some(CodeConfig::Reject) => AckCode::ApplicationReject,
            None => refusal.code(mode),
        }
    }
}

/// Whether something is in a list. What is not listed at all is not restricted.
fn is_among<T>(list: &[T], is_it: impl Fn(&T) -> bool) -> bool {
    list.is_empty() || list.iter().any(is_it)
}

fn code_of(kind: &str) -> &[u8] {
    kind.split('^').next().unwrap_or_default().as_bytes()
}

/// Whether a message is of a type, with any event where the type names none.
fn is_of(kind: &str, header: Header<'_>) -> bool {
    let event = kind.split_once('^').map(|(_, event)| event.as_bytes());
    code_of(kind) == header.message_code() && event.is_none_or(|it| it == header.trigger_event())
}
