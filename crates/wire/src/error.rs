//! Why there is no TLS, in sentences for whoever sets up a connection.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;
use tokio_rustls::rustls::{self, AlertDescription, CertificateError};

use crate::Identity;

/// What is wrong with our files, with the receiver's certificate, or with ours in its eyes.
/// Nothing that stands in the files is shown.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file holds no certificate.
    #[error("{} holds no certificate: it must be PEM", .0.display())]
    NotACertificate(PathBuf),
    /// A file holds no private key.
    #[error("{} holds no private key: it must be PEM, without a passphrase", .0.display())]
    NotAKey(PathBuf),
    /// A file holds no list of revoked certificates.
    #[error("{} holds no revocation list that can be used: each must be PEM, whole and with a next update", .0.display())]
    NotARevocationList(PathBuf),
    /// A file holds a list that only says what has changed since another
    /// (RFC 5280, section 5.2.4).
    #[error("{} holds a delta list: each revocation list must be whole", .0.display())]
    DeltaList(PathBuf),
    /// A file holds a list about the certificates of others than its author
    /// (RFC 5280, section 5.2.5).
    #[error("{} holds an indirect list: each authority must list its own certificates", .0.display())]
    IndirectList(PathBuf),
    /// A file holds lists that were signed in one name by two keys.
    #[error("{} holds revocation lists of one authority under two keys, of which only one would count: leave out those of the other", .0.display())]
    TwoListKeys(PathBuf),
    /// A file holds two authorities of one name, and revocation lists are looked at.
    #[error("{} holds one authority under two keys, whose revocation lists cannot be told apart: give each key a feed of its own", .0.display())]
    TwoAuthorityKeys(PathBuf),
    /// An authority has no revocation list.
    #[error("{} holds no revocation list of an authority of {}: nobody whom it certifies could come in", lists.display(), authorities.display())]
    NoListOfAuthority {
        /// The file of the lists.
        lists: PathBuf,
        /// The file of the authorities.
        authorities: PathBuf,
    },
    /// A revocation list bears the name of an authority and is of somebody else.
    #[error("{} holds a revocation list in the name of an authority of {} which its key did not sign", lists.display(), authorities.display())]
    ForeignList {
        /// The file of the lists.
        lists: PathBuf,
        /// The file of the authorities.
        authorities: PathBuf,
    },
    /// The system trusts nobody.
    #[error(
        "this machine has no authorities that it trusts: install them (ca-certificates), or name a file of authorities"
    )]
    NoSystemAuthorities,
    /// A key belongs to another certificate.
    #[error("the key {} does not belong to the certificate {}", .0.key.display(), .0.certificate.display())]
    KeyMismatch(Identity),
    /// What should be the name of the receiver is none.
    #[error("the name of the receiver must be a DNS name or an IP address")]
    ServerName,
    /// The receiver does not take part in a handshake.
    #[error("the receiver does not answer in TLS: its port may be one in the clear")]
    Silent,
    /// The receiver says something else than TLS.
    #[error("the receiver does not speak TLS")]
    NotTls,
    /// Nobody whom we trust signed the receiver's certificate.
    #[error("the certificate of the receiver is not signed by an authority that is trusted here")]
    UnknownAuthority,
    /// The receiver's certificate is another's.
    #[error("the certificate of the receiver does not name the host that was asked for")]
    OtherName,
    /// The receiver's certificate is too old.
    #[error("the certificate of the receiver has expired")]
    Expired,
    /// The receiver's certificate is too young, or our clock is slow.
    #[error("the certificate of the receiver is not valid yet")]
    NotValidYet,
    /// The receiver's certificate is wrong in another way.
    #[error("the certificate of the receiver cannot be used")]
    OtherCertificate(#[source] rustls::Error),
    /// The receiver demands a certificate of the sender.
    #[error("the receiver demands a certificate of the sender")]
    CertificateDemanded,
    /// The receiver does not trust the sender's certificate.
    #[error("the receiver refuses the certificate of the sender")]
    CertificateRefused,
    /// The two sides did not come together in another way.
    #[error("TLS cannot be used")]
    Unusable(#[source] rustls::Error),
}

impl TlsError {
    pub(crate) fn unreadable(file: &Path, source: io::Error) -> TlsError {
        let file = file.to_owned();
        TlsError::Unreadable { file, source }
    }
}

impl From<&rustls::Error> for TlsError {
    fn from(error: &rustls::Error) -> TlsError {
        match error {
            rustls::Error::InvalidCertificate(reason) => of_certificate(reason, error),
            rustls::Error::AlertReceived(alert) => of_alert(*alert, error),
            rustls::Error::InvalidMessage(_) => TlsError::NotTls,
            _ => TlsError::Unusable(error.clone()),
        }
    }
}

/// An error of a stream, in our words where TLS is its cause.
pub(crate) fn told(error: io::Error) -> io::Error {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
    match cause.map(|cause: &rustls::Error| TlsError::from(cause)) {
        Some(told) => io::Error::new(error.kind(), told),
        None => error,
    }
}

fn of_certificate(reason: &CertificateError, error: &rustls::Error) -> TlsError {
    match reason {
        // A bad signature is how an authority of the same name shows.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            TlsError::UnknownAuthority
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            TlsError::OtherName
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => TlsError::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            TlsError::NotValidYet
        }
        _ => TlsError::OtherCertificate(error.clone()),
    }
}

/// RFC 8446, section 6.2; before TLS 1.3 a missing certificate was a failed handshake.
fn of_alert(alert: AlertDescription, error: &rustls::Error) -> TlsError {
    match alert {
        AlertDescription::CertificateRequired => TlsError::CertificateDemanded,
        AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA
        | AlertDescription::DecryptError => TlsError::CertificateRefused,
        _ => TlsError::Unusable(error.clone()),
    }
}
