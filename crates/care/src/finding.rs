//! What an import found that a person should know or must decide.

use crate::Account;

/// One finding of one message. It may hold patient data (a code, a sentence): it is stored in the
/// database and shown to people who may see it, and never logged.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Whether the message must wait for it.
    pub severity: Severity,
    /// What sort of thing it is.
    pub kind: FindingKind,
    /// Where in the message, `OBX[2]-3`; empty where it concerns the whole message.
    pub path: String,
    /// The code, where the finding is about one.
    pub code: Option<Coded>,
    /// What happened and what to do, for a person.
    pub sentence: String,
    /// The keys that would free the message, see [`Finding::waits_for`].
    pub keys: Vec<String>,
}

impl Finding {
    /// A finding without code or place.
    pub fn new(severity: Severity, kind: FindingKind, sentence: impl Into<String>) -> Finding {
        let sentence = sentence.into();
        Finding {
            severity,
            kind,
            path: String::new(),
            code: None,
            sentence,
            keys: Vec::new(),
        }
    }

    /// The same finding at a place of the message.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Finding {
        self.path = path.into();
        self
    }

    /// The same finding about a code; it waits for a decision on that code, for its sender or
    /// for all senders.
    #[must_use]
    pub fn about(mut self, code: Coded) -> Finding {
        self.keys.push(code.key(&code.sender));
        self.keys.push(code.key(""));
        self.code = Some(code);
        self
    }

    /// The same finding about an account; it waits for the provider to whom that belongs.
    #[must_use]
    pub fn about_account(mut self, account: &Account) -> Finding {
        self.keys.push(account.key());
        self.code = Some(Coded {
            table: "account".to_owned(),
            code: account.receiver.clone(),
            sender: account.sender.clone(),
            ..Coded::default()
        });
        self
    }

    /// The same finding, freed when something of this key is stored or decided.
    #[must_use]
    pub fn waits_for(mut self, key: impl Into<String>) -> Finding {
        self.keys.push(key.into());
        self
    }
}

/// A code as a message gave it, and the table in which it was looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the key of a decision")]
pub struct Coded {
    /// The code table.
    pub table: String,
    /// The code.
    pub code: String,
    /// The code system as sent (`LN`, `L`); empty where none was.
    pub system: String,
    /// The sender; empty means every sender.
    pub sender: String,
    /// The text that came with the code.
    pub text: String,
}

impl Coded {
    /// The key under which a held message waits for a decision on this code. It knows neither
    /// case nor code system, since a decision may say less than the message: what it frees too
    /// much is held again.
    pub fn key(&self, sender: &str) -> String {
        [
            "code",
            &self.table,
            &self.code.to_uppercase(),
            &sender.to_uppercase(),
        ]
        .join("\u{1f}")
    }
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "every importer must treat each")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// The record was written, but something about it is odd.
    Warn,
    /// The record was not written; the message waits for a decision.
    Hold,
}

impl Severity {
    /// The word stored in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warn => "warn",
            Severity::Hold => "hold",
        }
    }
}

/// The sorts of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FindingKind {
    /// A code that no table knows.
    UnmappedCode,
    /// A pair of sender and receiver that belongs to no provider.
    UnknownAccount,
    /// A person who is not known, in a message that may not add one.
    UnknownClient,
    /// A person who could be one of several clients.
    AmbiguousClient,
    /// Identifiers or demographics that contradict what is stored.
    IdentityConflict,
    /// A record without a field that it cannot be without.
    MissingRequired,
    /// A value that is not of its field's kind.
    BadValue,
    /// An older value than what is stored.
    Late,
    /// Bytes that are not text of the message's character set.
    Undecodable,
    /// A message that is not HL7 or that no parser can read.
    Unreadable,
}

impl FindingKind {
    /// The word stored in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            FindingKind::UnmappedCode => "unmapped_code",
            FindingKind::UnknownAccount => "unknown_account",
            FindingKind::UnknownClient => "unknown_client",
            FindingKind::AmbiguousClient => "ambiguous_client",
            FindingKind::IdentityConflict => "identity_conflict",
            FindingKind::MissingRequired => "missing_required",
            FindingKind::BadValue => "bad_value",
            FindingKind::Late => "late",
            FindingKind::Undecodable => "undecodable",
            FindingKind::Unreadable => "unreadable",
        }
    }
}
