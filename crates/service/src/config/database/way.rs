//! The way to a PostgreSQL server, as its address and the environment say it.

use std::fs;

use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use url::Url;

use crate::config::ConfigError;

/// What sqlx takes beside the words of TLS, and `options[…]`. It only warns of anything else, with
/// its value.
const OTHER_PARAMETERS: [&str; 9] = [
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

/// TLS on the way to a PostgreSQL server.
pub(super) struct Way {
    mode: Option<Said>,
    root: Option<Said>,
    certificate: Option<Said>,
    key: Option<Said>,
    /// A parameter of the address that would be left out.
    unknown: Option<String>,
}

/// A word on TLS.
struct Said {
    /// The parameter or the variable, whichever counts.
    name: &'static str,
    value: String,
}

impl Way {
    /// By an address and the variables for what it leaves open, under the names that sqlx takes.
    /// Nothing where it is no such address.
    pub(super) fn of(url: &str, variable: impl Fn(&str) -> Option<String>) -> Option<Way> {
        let url = Url::parse(url).ok()?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return None;
        }
        let by_variable = |name| variable(name).map(|value| Said { name, value });
        let mut way = Way {
            mode: by_variable("PGSSLMODE").filter(|mode| !mode.value.is_empty()),
            root: by_variable("PGSSLROOTCERT"),
            certificate: by_variable("PGSSLCERT"),
            key: by_variable("PGSSLKEY"),
            unknown: None,
        };
        for (parameter, value) in url.query_pairs() {
            let said = |name| {
                let value = value.into_owned();
                Some(Said { name, value })
            };
            match &*parameter {
                "sslmode" | "ssl-mode" => way.mode = said("sslmode"),
                "sslrootcert" | "ssl-root-cert" | "ssl-ca" => way.root = said("sslrootcert"),
                "sslcert" | "ssl-cert" => way.certificate = said("sslcert"),
                "sslkey" | "ssl-key" => way.key = said("sslkey"),
                other if is_taken(other) => {}
                other => way.unknown = Some(other.to_owned()),
            }
        }
        Some(way)
    }

    /// What is wrong with it, where that can be seen from here.
    pub(super) fn fault(&self) -> Option<String> {
        if let Some(unknown) = &self.unknown {
            return Some(format!(
                "the address takes no parameter {unknown:?}; those of TLS are sslmode, \
                 sslrootcert, sslcert and sslkey"
            ));
        }
        let verifies = match self.mode.as_ref().map(Said::mode) {
            None => false,
            Some(Ok(verifies)) => verifies,
            Some(Err(sentence)) => return Some(sentence),
        };
        match &self.root {
            Some(Said { name, .. }) if !verifies => Some(format!(
                "{name} is only looked at with sslmode=verify-full or verify-ca"
            )),
            _ if self.certificate.is_some() != self.key.is_some() => {
                Some("sslcert and sslkey are no use without each other".to_owned())
            }
            _ => None,
        }
    }

    /// Reads the files that it names.
    pub(super) fn check_files(&self) -> Result<(), ConfigError> {
        for said in [&self.root, &self.certificate].into_iter().flatten() {
            let (origin, pem) = said.pem()?;
            let mut found = CertificateDer::pem_slice_iter(&pem).peekable();
            if found.peek().is_none() || found.any(|one| one.is_err()) {
                return Err(ConfigError::NotACertificate { origin });
            }
        }
        if let Some(said) = &self.key {
            let (origin, pem) = said.pem()?;
            let key = PrivateKeyDer::from_pem_slice(&pem);
            key.map_err(|_| ConfigError::NotAKey { origin })?;
        }
        Ok(())
    }
}

impl Said {
    /// Whether the other side is verified under this mode, or what is wrong with it.
    fn mode(&self) -> Result<bool, String> {
        let name = self.name;
        match &*self.value.to_ascii_lowercase() {
            "disable" | "prefer" | "require" => Ok(false),
            "verify-ca" | "verify-full" => Ok(true),
            "allow" => Err(format!(
                "{name}=allow never encrypts here: say disable, or verify-full"
            )),
            _ => Err(format!(
                "{name} must be one of disable, prefer, require, verify-ca, verify-full"
            )),
        }
    }

    /// PEM and where it stands: in a file that is named here, or here.
    fn pem(&self) -> Result<(String, Vec<u8>), ConfigError> {
        if self.value.trim_start().starts_with("-----BEGIN") {
            return Ok((self.name.to_owned(), self.value.clone().into_bytes()));
        }
        match fs::read(&self.value) {
            Ok(pem) => Ok((self.value.clone(), pem)),
            Err(source) => {
                let file = self.value.clone().into();
                Err(ConfigError::Unreadable { file, source })
            }
        }
    }
}

fn is_taken(parameter: &str) -> bool {
    let option = parameter.strip_prefix("options[");
    OTHER_PARAMETERS.contains(&parameter) || option.is_some_and(|rest| rest.ends_with(']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_says_what_the_address_leaves_open() {
        let fault = |more: &str, variables: &[(&str, &str)]| {
            let variable = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            Way::of(&format!("postgres://u@h/d?{more}"), variable)?.fault()
        };
        let verifying = ("PGSSLMODE", "verify-full");
        let cases = [
            (
                "",
                &[("PGSSLMODE", "verify_full")][..],
                Some("PGSSLMODE must be one of disable, prefer, require, verify-ca, verify-full"),
            ),
            (
                "",
                &[("PGSSLMODE", "allow")],
                Some("PGSSLMODE=allow never encrypts here: say disable, or verify-full"),
            ),
            ("sslmode=require", &[("PGSSLMODE", "verify_full")], None),
            ("", &[("PGSSLMODE", "")], None),
            ("sslrootcert=a.pem", &[verifying], None),
            (
                "",
                &[("PGSSLROOTCERT", "a.pem")],
                Some("PGSSLROOTCERT is only looked at with sslmode=verify-full or verify-ca"),
            ),
            ("sslmode=verify-ca", &[("PGSSLROOTCERT", "a.pem")], None),
            ("sslcert=a.pem", &[verifying, ("PGSSLKEY", "a.key")], None),
            (
                "",
                &[verifying, ("PGSSLKEY", "a.key")],
                Some("sslcert and sslkey are no use without each other"),
            ),
        ];
        for (more, variables, expected) in cases {
            assert_eq!(
                fault(more, variables).as_deref(),
                expected,
                "{more} {variables:?}"
            );
        }
    }
}
