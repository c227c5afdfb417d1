//! What a certificate says: its names, and how long it is valid.

use std::path::Path;
use std::time::SystemTime;

use tokio_rustls::rustls::pki_types::CertificateDer;
use wire::TlsError;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// The DNS names among the subject's alternative names, and its common name.
pub(super) fn names(certificate: &CertificateDer<'_>) -> Vec<String> {
    let Ok(certificate) = Certificate::from_der(certificate) else {
        return Vec::new();
    };
    let subject = certificate.tbs_certificate();
    let mut names = Vec::new();
    if let Ok(Some((_, SubjectAltName(alternatives)))) = subject.get_extension() {
        names.extend(alternatives.into_iter().filter_map(dns_name));
    }
    if let Ok(Some(name)) = subject.subject().common_name() {
        names.push(name.value().into_owned());
    }
    names
}

/// The end of the first certificate of a file.
pub(super) fn valid_until(
    file: &Path,
    chain: &[CertificateDer<'_>],
) -> Result<SystemTime, TlsError> {
    let first = chain.first().map(|first| Certificate::from_der(first));
    let Some(Ok(certificate)) = first else {
        return Err(TlsError::NotACertificate(file.to_owned()));
    };
    let validity = certificate.tbs_certificate().validity();
    Ok(SystemTime::UNIX_EPOCH + validity.not_after.to_unix_duration())
}

fn dns_name(name: GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.as_str().to_owned()),
        _ => None,
    }
}
