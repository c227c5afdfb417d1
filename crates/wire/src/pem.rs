//! PEM files: certificates, the keys that belong to them, and what authorities have revoked.

use std::path::Path;

use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::pem::{Error as PemError, PemObject};
use tokio_rustls::rustls::pki_types::{
    CertificateDer, CertificateRevocationListDer, PrivateKeyDer,
};

use crate::TlsError;

/// The certificates of a file in their order, of which there is at least one.
pub fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    sections(file)?.ok_or_else(|| TlsError::NotACertificate(file.to_owned()))
}

/// The first private key of a file.
pub fn key(file: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_file(file).map_err(|error| match error {
        PemError::Io(source) => TlsError::unreadable(file, source),
        _ => TlsError::NotAKey(file.to_owned()),
    })
}

/// The revocation lists of a file, of which there is at least one. Only their form in PEM is looked at.
pub fn revocation_lists(
    file: &Path,
) -> Result<Vec<CertificateRevocationListDer<'static>>, TlsError> {
    sections(file)?.ok_or_else(|| TlsError::NotARevocationList(file.to_owned()))
}

/// The authorities of a file, as those to trust.
pub fn roots(file: &Path) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    for root in certificates(file)? {
        let added = roots.add(root);
        added.map_err(|_| TlsError::NotACertificate(file.to_owned()))?;
    }
    Ok(roots)
}

/// What a file holds of one kind; nothing where that is nothing, or is damaged.
fn sections<T: PemObject>(file: &Path) -> Result<Option<Vec<T>>, TlsError> {
    let found = T::pem_file_iter(file).and_then(Iterator::collect);
    match found {
        Ok(found) => Ok(Some(found).filter(|found: &Vec<T>| !found.is_empty())),
        Err(PemError::Io(source)) => Err(TlsError::unreadable(file, source)),
        Err(_) => Ok(None),
    }
}
