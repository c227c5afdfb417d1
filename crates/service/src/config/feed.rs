//! `[[feed]]`: one door for one sender, what it takes, and how it answers.

use hl7::Charset;
use ipnet::IpNet;
use serde::Deserialize;

use super::charset;
use super::folder::FolderConfig;
use super::tls::{ReturnTlsConfig, TlsConfig};

/// `[[feed]]`: one door for one sender.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FeedConfig {
    /// The name, unique; kept with every message.
    pub name: String,
    /// The address to listen on, `0.0.0.0:2575`; nowhere where messages come by folders only.
    pub address: Option<String>,
    /// The folders in which messages come as files.
    #[serde(default)]
    pub folders: Vec<FolderConfig>,
    /// Where the columns of a CWLAB file go, each a path such as `PID-5.1`, or nothing for a column
    /// that is passed over.
    #[serde(default = "cwlab_columns")]
    pub cwlab_columns: Vec<String>,
    /// TLS; without it links are in the clear.
    pub tls: Option<TlsConfig>,
    /// The networks from which links are accepted, `10.1.0.0/16`; all where it is empty.
    #[serde(default)]
    pub from: Vec<IpNet>,
    /// How many links of this feed may be open at once; as many as of the listener where it is not
    /// set.
    pub links_max: Option<usize>,
    /// How many links from one address may be open at once.
    pub links_per_address_max: Option<usize>,
    /// Original or enhanced acknowledgment, whatever MSH-15 and MSH-16 say.
    #[serde(default)]
    pub mode: ModeConfig,
    /// When original mode is answered.
    #[serde(default)]
    pub answer_after: AnswerAfterConfig,
    /// How long an answer waits for the import with [`AnswerAfterConfig::Import`], in seconds.
    #[serde(default = "import_secs_max")]
    pub import_secs_max: u64,
    /// Where the application acknowledgment goes that MSH-16 asks for, once a message is imported.
    #[serde(default)]
    pub application_ack: ApplicationAckConfig,
    /// The host and port to which it goes with [`ApplicationAckConfig::ReturnAddress`].
    pub return_address: Option<String>,
    /// TLS to the return address; without it, the way there is in the clear.
    pub return_tls: Option<ReturnTlsConfig>,
    /// Who may send, by MSH-3 and MSH-4; anybody where it is empty.
    #[serde(default)]
    pub senders: Vec<SenderConfig>,
    /// The versions that are taken (MSH-12), `2.5.1`; all where it is empty.
    #[serde(default)]
    pub versions: Vec<String>,
    /// The types that are taken (MSH-9), `ADT` or `ORU^R01`; all where it is empty.
    #[serde(default)]
    pub types: Vec<String>,
    /// The processing ids that are taken (MSH-11), `P`; all where it is empty.
    #[serde(default)]
    pub processing_ids: Vec<String>,
    /// Whether each frame is first answered by the commit byte of MLLP release 2.
    #[serde(default)]
    pub commit_bytes: bool,
    /// Whether a frame of several messages without FHS or BHS is taken apart as a batch is.
    #[serde(default)]
    pub split_frames: bool,
    /// How a batch (FHS, BHS) is answered.
    #[serde(default)]
    pub batch_answers: BatchAnswersConfig,
    /// The character set of messages whose MSH-18 is empty; UTF-8, or Windows-1252 where the bytes
    /// are no UTF-8, where it is not set.
    #[serde(default, deserialize_with = "charset::read")]
    pub charset: Option<Charset>,
    /// Whether `charset` goes for every message, also where MSH-18 names another.
    #[serde(default)]
    pub charset_wins: bool,
    /// What is made of MSH-13, and of numbers that are missing.
    #[serde(default)]
    pub sequence: SequenceConfig,
    /// What is answered where a message is not simply accepted.
    #[serde(default)]
    pub codes: CodesConfig,
}

/// How a feed is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "every door must treat each")]
pub enum ModeConfig {
    /// As MSH-15 and MSH-16 of each message say.
    #[default]
    Auto,
    /// One application acknowledgment, always.
    Original,
    /// A commit acknowledgment, also where MSH-15 does not ask for it.
    Enhanced,
    /// No answer at all.
    Silent,
}

/// When a message in original mode is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "every door must treat each")]
pub enum AnswerAfterConfig {
    /// Once it is kept.
    #[default]
    Commit,
    /// Once it is imported, or held, and the answer says which; as after the commit where that takes
    /// too long.
    Import,
}

/// Where the application acknowledgment of enhanced mode goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "every door must treat each")]
pub enum ApplicationAckConfig {
    /// None is sent.
    #[default]
    Off,
    /// Over the link that brought the message, or another of its sender.
    SameLink,
    /// To `return_address`, over a connection of our own.
    ReturnAddress,
}

/// How a batch is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "every door must treat each")]
pub enum BatchAnswersConfig {
    /// Each message by a frame of its own, in order.
    #[default]
    Each,
    /// All messages by a batch of answers, in one frame.
    One,
}

/// What a feed makes of the numbers of its messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "every door must treat each")]
pub enum SequenceConfig {
    /// Warns where MSH-13 or MSH-10 counts and numbers are missing; refuses nothing.
    #[default]
    Watch,
    /// The sequence number protocol (HL7 v2, chapter 2): only the number that is expected is taken.
    Strict,
    /// Nothing.
    Off,
}

/// A sender, by MSH-3 and MSH-4 and where it must come from. What is not named may be anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct SenderConfig {
    /// The first component of MSH-3.
    pub application: Option<String>,
    /// The first component of MSH-4.
    pub facility: Option<String>,
    /// A name that the certificate of the link bears.
    pub certificate: Option<String>,
    /// The networks that the link may come from; all where it is empty.
    pub from: Vec<IpNet>,
}

/// `codes` of a feed: what is answered in each case; the standard's choice where it is not set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct CodesConfig {
    /// The header cannot be read.
    pub unreadable: Option<CodeConfig>,
    /// The sender is not among `senders`.
    pub sender: Option<CodeConfig>,
    /// MSH-12 is not among `versions`.
    pub version: Option<CodeConfig>,
    /// The message code is not among `types`.
    pub message_code: Option<CodeConfig>,
    /// The trigger event is not among `types`.
    pub trigger_event: Option<CodeConfig>,
    /// MSH-11 is not among `processing_ids`.
    pub processing_id: Option<CodeConfig>,
    /// MSH-10 is empty.
    pub no_control_id: Option<CodeConfig>,
    /// MSH-9 is empty.
    pub no_message_type: Option<CodeConfig>,
    /// A batch states another number of messages than it has.
    pub batch_count: Option<CodeConfig>,
    /// A batch has more messages than one commit may take.
    pub batch_length: Option<CodeConfig>,
    /// MSH-13 is not the number that is expected. Never `accept`.
    pub sequence: Option<CodeConfig>,
    /// The control id came before with other content.
    pub altered: Option<CodeConfig>,
    /// The message could not be stored. Never `accept`.
    pub not_kept: Option<CodeConfig>,
    /// The listener is about to stop. Never `accept`; where it is not set, links are closed and not
    /// answered.
    pub stopping: Option<CodeConfig>,
    /// The import holds the message, with [`AnswerAfterConfig::Import`].
    pub held: Option<CodeConfig>,
    /// The import has passed over a part of the message, with [`AnswerAfterConfig::Import`].
    pub part_ignored: Option<CodeConfig>,
}

/// A code of table 0008, in either mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "closed by HL7 table 0008")]
pub enum CodeConfig {
    /// `AA` or `CA`
    Accept,
    /// `AE` or `CE`
    Error,
    /// `AR` or `CR`
    Reject,
}

impl FeedConfig {
    /// A feed that takes every message and answers by the standard.
    pub fn new(name: impl Into<String>, address: impl Into<String>) -> FeedConfig {
        FeedConfig {
            name: name.into(),
            address: Some(address.into()),
            folders: Vec::new(),
            cwlab_columns: cwlab_columns(),
            tls: None,
            from: Vec::new(),
            links_max: None,
            links_per_address_max: None,
            mode: ModeConfig::Auto,
            answer_after: AnswerAfterConfig::Commit,
            import_secs_max: import_secs_max(),
            application_ack: ApplicationAckConfig::Off,
            return_address: None,
            return_tls: None,
            senders: Vec::new(),
            versions: Vec::new(),
            types: Vec::new(),
            processing_ids: Vec::new(),
            commit_bytes: false,
            split_frames: false,
            batch_answers: BatchAnswersConfig::Each,
            charset: None,
            charset_wins: false,
            sequence: SequenceConfig::Watch,
            codes: CodesConfig::default(),
        }
    }
}

/// Senders wait for 10 seconds at least, as a rule.
fn import_secs_max() -> u64 {
    5
}

/// The sending laboratory stands first, as CAREWare has it. What follows is what an import of a
/// result needs; the order of a real file is agreed with its sender.
fn cwlab_columns() -> Vec<String> {
    let columns = [
        "MSH-3", "PID-3.1", "PID-5.1", "PID-5.2", "PID-7", "PID-8", "OBR-3.1", "OBR-7", "OBX-3.1",
        "OBX-3.2", "OBX-5", "OBX-6.1", "OBX-7", "OBX-8", "OBX-11", "NTE-3",
    ];
    columns.map(str::to_owned).to_vec()
}
