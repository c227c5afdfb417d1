//! Certificates for tests of TLS, by an authority of their own.

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer,
    CrlDistributionPoint, CrlIssuingDistributionPoint, DnType, DnValue, IsCa, KeyIdMethod, KeyPair,
    KeyUsagePurpose, RevokedCertParams, SerialNumber, date_time_ymd,
};
use tempfile::TempDir;

pub use rcgen::CrlScope;

/// An authority, and a folder with what it issued; its own certificate is `ca.pem`.
#[derive(Debug)]
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
    /// The name of each certificate; its serial number is its place, from 1.
    issued: Mutex<Vec<String>>,
}

impl Authority {
    /// An authority that nobody trusts who was not told to.
    #[expect(clippy::new_without_default, reason = "no two are the same")]
    pub fn new() -> Authority {
        Authority::named("Invented Authority")
    }

    /// The same of this name.
    pub fn named(name: &str) -> Authority {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        // OpenSSL takes a certificate for self-signed whose issuer has its own name.
        let name = DnValue::from(name);
        params.distinguished_name.push(DnType::CommonName, name);
        let issuer = CertifiedIssuer::self_signed(params, key()).expect("an authority");
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("ca.pem"), issuer.as_ref().pem()).expect("ca.pem");
        Authority {
            issuer,
            folder,
            issued: Mutex::default(),
        }
    }

    /// The path of a file in its folder, whether or not there is one.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes `NAME.pem` and `NAME.key` for this host, a DNS name or an IP address.
    pub fn issue(&self, name: &str, host: &str) {
        let key = key();
        let mut params = CertificateParams::new([host.to_owned()]).expect("a host");
        // RFC 5280, section 4.2.1.1; Python demands it from 3.13 on.
        params.use_authority_key_identifier_extension = true;
        params.serial_number = Some(self.next_serial_number(name));
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        fs::write(self.file(&format!("{name}.pem")), certificate.pem()).expect("a certificate");
        fs::write(self.file(&format!("{name}.key")), key.serialize_pem()).expect("a key");
    }

    /// A revocation list in PEM of all certificates of these names, in force from the beginning of
    /// one year to that of another.
    pub fn revoking(&self, names: &[&str], from: i32, until: i32) -> String {
        self.list(names, from, until, None)
    }

    /// The same for senders' certificates only, or for those of authorities only.
    pub fn revoking_in(&self, scope: CrlScope, names: &[&str], from: i32, until: i32) -> String {
        self.list(names, from, until, Some(scope))
    }

    fn list(&self, names: &[&str], from: i32, until: i32, scope: Option<CrlScope>) -> String {
        let from = date_time_ymd(from, 1, 1);
        let issued = self.issued.lock().expect("what was issued");
        let revoked = issued.iter().zip(1_u64..);
        let revoked = revoked.filter(|(name, _)| names.contains(&name.as_str()));
        let revoked = revoked.map(|(_, number)| RevokedCertParams {
            serial_number: SerialNumber::from(number),
            revocation_time: from,
            reason_code: None,
            invalidity_date: None,
        });
        let point = || CrlDistributionPoint {
            uris: vec!["http://crl.example/list".to_owned()],
        };
        let params = CertificateRevocationListParams {
            this_update: from,
            next_update: date_time_ymd(until, 1, 1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: scope.map(|scope| CrlIssuingDistributionPoint {
                distribution_point: point(),
                scope: Some(scope),
            }),
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = params.signed_by(&self.issuer).expect("a list");
        list.pem().expect("PEM")
    }

    fn next_serial_number(&self, name: &str) -> SerialNumber {
        let mut issued = self.issued.lock().expect("what was issued");
        issued.push(name.to_owned());
        SerialNumber::from(issued.len() as u64)
    }

    /// The lines of a feed whose certificate is that of `server`.
    pub fn feed(&self, more: &str) -> String {
        let (certificate, key) = (self.file("server.pem"), self.file("server.key"));
        format!(
            "tls = {{ certificate = '{}', key = '{}'{more} }}\n",
            certificate.display(),
            key.display()
        )
    }

    /// The same of a feed that demands certificates.
    pub fn mutual_feed(&self) -> String {
        let authorities = self.file("ca.pem");
        self.feed(&format!(", client_ca = '{}'", authorities.display()))
    }
}

/// PEM with other bytes, as many, in the place of some.
pub fn patched(text: &str, old: &[u8], new: &[u8]) -> String {
    let parsed = pem::parse(text).expect("PEM");
    let mut bytes = parsed.contents().to_vec();
    let place = bytes.windows(old.len()).position(|window| window == old);
    let place = place.expect("the bytes");
    bytes.splice(place..place + old.len(), new.iter().copied());
    pem::encode(&pem::Pem::new(parsed.tag(), bytes))
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}
