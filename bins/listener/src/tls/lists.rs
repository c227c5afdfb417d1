//! Revocation lists: whose they are, and which of them counts.

use std::cmp::Reverse;
use std::path::Path;
use std::time::SystemTime;

use tokio_rustls::rustls::pki_types::CertificateRevocationListDer;
use wire::{TlsError, revocation_lists};
use x509_cert::certificate::Rfc5280;
use x509_cert::crl::CertificateList;
use x509_cert::der::Decode as _;
use x509_cert::der::asn1::OctetString;
use x509_cert::der::oid::{AssociatedOid as _, ObjectIdentifier};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::AuthorityKeyIdentifier;
use x509_cert::name::Name;
use x509_cert::time::Time;

/// The extension by which a list says that it is about some of its authority's certificates only
/// (RFC 5280, section 5.2.5).
const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");

/// A revocation list (RFC 5280, section 5).
pub(super) struct List {
    pub(super) der: CertificateRevocationListDer<'static>,
    /// The authority whose certificates it is about.
    pub(super) issuer: Name,
    /// Which of them, where it is not about all.
    scope: Option<OctetString>,
    /// The key of the authority that signed it, where it says so (RFC 5280, section 5.2.1).
    key: Option<OctetString>,
    since: SystemTime,
    pub(super) until: SystemTime,
}

/// The lists of a file. Of several about the same certificates the newest counts, wherever it
/// stands: it comes first, as the first is taken that speaks of a certificate.
pub(super) fn newest(file: &Path) -> Result<Vec<List>, TlsError> {
    let mut all = Vec::new();
    for der in revocation_lists(file)? {
        all.push(read(der).ok_or_else(|| TlsError::NotARevocationList(file.to_owned()))?);
    }
    all.sort_by_key(|list| Reverse(list.since));
    let mut lists: Vec<List> = Vec::new();
    for list in all {
        if lists.iter().any(|newer| newer.is_under_another_key(&list)) {
            return Err(TlsError::TwoListKeys(file.to_owned()));
        }
        if !lists.iter().any(|newer| newer.replaces(&list)) {
            lists.push(list);
        }
    }
    Ok(lists)
}

impl List {
    fn replaces(&self, older: &List) -> bool {
        (&self.issuer, &self.scope) == (&older.issuer, &older.scope)
    }

    fn is_under_another_key(&self, other: &List) -> bool {
        let keys = self.key.as_ref().zip(other.key.as_ref());
        self.issuer == other.issuer && keys.is_some_and(|(key, other)| key != other)
    }
}

/// Nothing where it is no list, or one without an end.
fn read(der: CertificateRevocationListDer<'static>) -> Option<List> {
    let list = CertificateList::<Rfc5280>::from_der(&der)
        .ok()?
        .tbs_cert_list;
    let extensions = list.crl_extensions.unwrap_or_default();
    let value = |id| {
        let mut extensions = extensions.iter();
        let found = extensions.find(|extension: &&Extension| extension.extn_id == id);
        found.map(|extension| extension.extn_value.clone())
    };
    let author = value(AuthorityKeyIdentifier::OID);
    let author = author.map(|der| AuthorityKeyIdentifier::from_der(der.as_bytes()));
    Some(List {
        scope: value(ISSUING_DISTRIBUTION_POINT),
        key: author
            .transpose()
            .ok()?
            .and_then(|author| author.key_identifier),
        issuer: list.issuer,
        since: moment(list.this_update),
        until: moment(list.next_update?),
        der,
    })
}

fn moment(time: Time) -> SystemTime {
    SystemTime::UNIX_EPOCH + time.to_unix_duration()
}
