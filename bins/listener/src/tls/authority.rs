//! An authority of senders' certificates, and which revocation lists are its own.

use std::path::Path;

use tokio_rustls::rustls::crypto::WebPkiSupportedAlgorithms;
use wire::{TlsError, certificates};
use x509_cert::Certificate;
use x509_cert::certificate::Rfc5280;
use x509_cert::crl::CertificateList;
use x509_cert::der::{Decode as _, Encode as _, Header, Reader as _, SliceReader};
use x509_cert::ext::pkix::KeyUsage;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::lists::List;

/// An authority that is trusted.
pub(super) struct Authority(Certificate);

impl Authority {
    /// The authorities of a file.
    pub(super) fn all(file: &Path) -> Result<Vec<Authority>, TlsError> {
        let mut all = Vec::new();
        for der in certificates(file)? {
            let certificate = Certificate::from_der(&der);
            let certificate =
                certificate.map_err(|_| TlsError::NotACertificate(file.to_owned()))?;
            all.push(Authority(certificate));
        }
        Ok(all)
    }

    /// Whether its key may sign revocation lists: one that says nothing of its use may
    /// (RFC 5280, section 4.2.1.3).
    pub(super) fn may_sign_lists(&self) -> bool {
        let usage = self.0.tbs_certificate().get_extension::<KeyUsage>();
        usage.is_ok_and(|usage| usage.is_none_or(|(_, usage)| usage.crl_sign()))
    }

    /// Whether both have one name and not one key.
    pub(super) fn is_under_another_key(&self, other: &Authority) -> bool {
        let (own, other) = (self.0.tbs_certificate(), other.0.tbs_certificate());
        own.subject() == other.subject()
            && own.subject_public_key_info() != other.subject_public_key_info()
    }

    /// Whether a list bears its name.
    pub(super) fn is_named_in(&self, list: &List) -> bool {
        *self.0.tbs_certificate().subject() == list.issuer
    }

    /// Whether its key signed a list (RFC 5280, section 5.1.1.3).
    pub(super) fn has_signed(&self, list: &List, algorithms: &WebPkiSupportedAlgorithms) -> bool {
        self.verified(list, algorithms).is_some()
    }

    fn verified(&self, list: &List, algorithms: &WebPkiSupportedAlgorithms) -> Option<()> {
        let whole = CertificateList::<Rfc5280>::from_der(&list.der).ok()?;
        let key = self.0.tbs_certificate().subject_public_key_info();
        let ids = [
            identifier(&key.algorithm)?,
            identifier(&whole.signature_algorithm)?,
        ];
        let (message, signature) = (signed_part(&list.der)?, whole.signature.as_bytes()?);
        let key = key.subject_public_key.as_bytes()?;
        let mut algorithms = algorithms.all.iter().filter(|algorithm| {
            let known = [algorithm.public_key_alg_id(), algorithm.signature_alg_id()];
            known
                .iter()
                .map(AsRef::as_ref)
                .eq(ids.iter().map(Vec::as_slice))
        });
        algorithms
            .any(|algorithm| algorithm.verify_signature(key, message, signature).is_ok())
            .then_some(())
    }
}

/// An algorithm and its parameters, without the sequence that they are.
fn identifier(algorithm: &AlgorithmIdentifierOwned) -> Option<Vec<u8>> {
    let mut identifier = algorithm.oid.to_der().ok()?;
    if let Some(parameters) = &algorithm.parameters {
        identifier.extend(parameters.to_der().ok()?);
    }
    Some(identifier)
}

/// The bytes of a list that are signed: the first item of the sequence that it is.
fn signed_part(list: &[u8]) -> Option<&[u8]> {
    let mut reader = SliceReader::new(list).ok()?;
    Header::decode(&mut reader).ok()?;
    reader.tlv_bytes().ok()
}
