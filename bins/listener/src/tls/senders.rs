//! Who may connect under TLS: whose certificates are of an authority that is trusted, and are not
//! revoked by it.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use service::TlsConfig;
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::pki_types::CertificateRevocationListDer;
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::server::{VerifierBuilderError, WebPkiClientVerifier};
use wire::{TlsError, revocation_lists, roots};
use x509_cert::certificate::Rfc5280;
use x509_cert::crl::CertificateList;
use x509_cert::der::Decode as _;
use x509_cert::der::asn1::OctetString;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::name::Name;
use x509_cert::time::Time;

/// The extension by which a list says that it is about some of its authority's certificates only
/// (RFC 5280, section 5.2.5).
const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");

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
        provider: Arc<CryptoProvider>,
    ) -> Result<Option<Senders>, TlsError> {
        let Some(authorities) = &settings.client_ca else {
            return Ok(None);
        };
        let list_file = settings.client_crl.as_deref();
        let lists = list_file.map_or_else(|| Ok(Vec::new()), newest)?;
        let lists_until = lists.iter().map(|list| list.until).min();
        let roots = Arc::new(roots(authorities)?);
        let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider)
            .with_crls(lists.into_iter().map(|list| list.der))
            .build();
        match (verifier, list_file) {
            (Ok(verifier), _) => Ok(Some(Senders {
                verifier,
                lists_until,
            })),
            (Err(VerifierBuilderError::InvalidCrl(_)), Some(file)) => {
                Err(TlsError::NotARevocationList(file.to_owned()))
            }
            (Err(_), _) => Err(TlsError::NotACertificate(authorities.clone())),
        }
    }
}

/// A revocation list (RFC 5280, section 5).
struct List {
    der: CertificateRevocationListDer<'static>,
    /// Whose certificates it is about, and which of them.
    scope: (Name, Option<OctetString>),
    since: SystemTime,
    until: SystemTime,
}

/// The lists of a file. Of several about the same certificates the newest counts, wherever it stands.
fn newest(file: &Path) -> Result<Vec<List>, TlsError> {
    let mut lists: Vec<List> = Vec::new();
    for der in revocation_lists(file)? {
        let list = read(der).ok_or_else(|| TlsError::NotARevocationList(file.to_owned()))?;
        match lists.iter_mut().find(|other| other.scope == list.scope) {
            Some(other) if other.since < list.since => *other = list,
            Some(_) => {}
            None => lists.push(list),
        }
    }
    Ok(lists)
}

/// Nothing where it is no list, or one without an end.
fn read(der: CertificateRevocationListDer<'static>) -> Option<List> {
    let list = CertificateList::<Rfc5280>::from_der(&der)
        .ok()?
        .tbs_cert_list;
    let extensions = list.crl_extensions.unwrap_or_default();
    let mut points = extensions.into_iter();
    let point = points.find(|extension| extension.extn_id == ISSUING_DISTRIBUTION_POINT);
    Some(List {
        scope: (list.issuer, point.map(|point| point.extn_value)),
        since: moment(list.this_update),
        until: moment(list.next_update?),
        der,
    })
}

fn moment(time: Time) -> SystemTime {
    SystemTime::UNIX_EPOCH + time.to_unix_duration()
}
