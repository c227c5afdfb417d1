//! Who may connect under TLS: whose certificates are of an authority that is trusted, and are not
//! revoked by it.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use service::TlsConfig;
use tokio_rustls::rustls::CertRevocationListError;
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::server::{VerifierBuilderError, WebPkiClientVerifier};
use wire::{TlsError, roots};

use super::authority::Authority;
use super::lists::{List, newest};

/// The test of senders' certificates.
pub(super) struct Senders {
    pub(super) verifier: Arc<dyn ClientCertVerifier>,
    /// When the first revocation list goes out of date.
    pub(super) lists_until: Option<SystemTime>,
}

impl Senders {
    /// Reads whom the settings trust; nothing where no certificates are asked for.
    pub(super) fn load(
        settings: &TlsConfig,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Option<Senders>, TlsError> {
        let Some(authorities) = &settings.client_ca else {
            return Ok(None);
        };
        let list_file = settings.client_crl.as_deref();
        let lists = list_file.map_or_else(|| Ok(Vec::new()), newest)?;
        let anchors = Arc::new(roots(authorities)?);
        let verifier = WebPkiClientVerifier::builder_with_provider(anchors, provider.clone())
            .with_crls(lists.iter().map(|list| list.der.clone()))
            .build();
        let verifier = verifier.map_err(|error| match list_file {
            Some(list_file) => unusable(&error, authorities, list_file),
            None => TlsError::NotACertificate(authorities.clone()),
        })?;
        if let Some(list_file) = list_file {
            check_authors(authorities, list_file, &lists, provider)?;
        }
        Ok(Some(Senders {
            verifier,
            lists_until: lists.iter().map(|list| list.until).min(),
        }))
    }
}

/// Each authority must have signed a list, and nobody else one in its name: the list of a
/// certificate is found by the name of the issuer alone, and refuses it where the key is another.
fn check_authors(
    file: &Path,
    list_file: &Path,
    lists: &[List],
    provider: &CryptoProvider,
) -> Result<(), TlsError> {
    let algorithms = &provider.signature_verification_algorithms;
    let authorities = Authority::all(file)?;
    for authority in authorities.iter().filter(|it| it.may_sign_lists()) {
        if authorities
            .iter()
            .any(|other| other.is_under_another_key(authority))
        {
            return Err(TlsError::TwoAuthorityKeys(file.to_owned()));
        }
        let mut own = lists
            .iter()
            .filter(|list| authority.is_named_in(list))
            .peekable();
        if own.peek().is_none() {
            return Err(TlsError::NoListOfAuthority {
                lists: list_file.to_owned(),
                authorities: file.to_owned(),
            });
        }
        if !own.all(|list| authority.has_signed(list, algorithms)) {
            return Err(TlsError::ForeignList {
                lists: list_file.to_owned(),
                authorities: file.to_owned(),
            });
        }
    }
    Ok(())
}

fn unusable(error: &VerifierBuilderError, authorities: &Path, lists: &Path) -> TlsError {
    use CertRevocationListError::{UnsupportedDeltaCrl, UnsupportedIndirectCrl};
    match error {
        VerifierBuilderError::InvalidCrl(UnsupportedDeltaCrl) => {
            TlsError::DeltaList(lists.to_owned())
        }
        VerifierBuilderError::InvalidCrl(UnsupportedIndirectCrl) => {
            TlsError::IndirectList(lists.to_owned())
        }
        VerifierBuilderError::InvalidCrl(_) => TlsError::NotARevocationList(lists.to_owned()),
        _ => TlsError::NotACertificate(authorities.to_owned()),
    }
}
