//! What a sender should change whose TLS could not begin.

use std::io;

use tokio_rustls::rustls::{CertificateError, Error};

/// The plain bytes of somebody who does not speak TLS came first.
pub(crate) const NOT_TLS: &str = "switch TLS on at the sender: this port speaks nothing else";

/// TLS did not begin in time.
pub(crate) const TOO_SLOW: &str = "begin TLS as soon as the connection is open";

/// TLS began and failed.
pub(crate) fn advice(error: &io::Error) -> &'static str {
    match cause(error) {
        Some(Error::NoCertificatesPresented) => {
            "present a certificate: this port wants one of each sender"
        }
        Some(Error::InvalidCertificate(CertificateError::Revoked)) => {
            "present another certificate: its authority has revoked this one"
        }
        Some(
            Error::InvalidCertificate(CertificateError::UnknownRevocationStatus)
            | Error::InvalidCertRevocationList(_),
        ) => {
            "ask the operator of this port to mend its revocation lists: none speaks of your authority"
        }
        Some(Error::InvalidCertificate(_)) => {
            "present a certificate that is in force and of an authority that this port trusts"
        }
        Some(Error::PeerIncompatible(_)) => "speak TLS 1.2 or 1.3, with a cipher of today",
        Some(Error::AlertReceived(_)) => {
            "trust the certificate of this port, or its authority: the sender broke TLS off"
        }
        Some(_) => "look for a fault in the TLS of the sender: it sent what TLS does not allow",
        None => "keep the connection open until TLS has begun",
    }
}

/// Whether TLS failed because the authority of the sender's certificate has taken it back.
pub(crate) fn is_revoked(error: &io::Error) -> bool {
    let revoked = Error::InvalidCertificate(CertificateError::Revoked);
    cause(error) == Some(&revoked)
}

fn cause(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}
