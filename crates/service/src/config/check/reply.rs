//! Where application acknowledgments go: somewhere, and under a TLS that can be.

use rustls_pki_types::ServerName;

use super::Mistake;
use crate::address::{host, is_address};
use crate::config::place::Step::Key;
use crate::config::{ApplicationAckConfig, FeedConfig, ModeConfig, ReturnTlsConfig};

impl FeedConfig {
    pub(super) fn check_application_ack(&self) -> Result<(), Mistake> {
        let is_enhanced = matches!(self.mode, ModeConfig::Auto | ModeConfig::Enhanced);
        let mistake = match (self.application_ack, &self.return_address) {
            (ApplicationAckConfig::Off, None) => None,
            (ApplicationAckConfig::ReturnAddress, None) => {
                Some(("application_ack", "return_address must say where to"))
            }
            (ApplicationAckConfig::Off | ApplicationAckConfig::SameLink, Some(_)) => Some((
                "return_address",
                "only application_ack = \"return_address\" has a return_address",
            )),
            _ if !is_enhanced => Some((
                "application_ack",
                "a feed whose mode is original or silent has no application_ack",
            )),
            (_, Some(address)) if !is_address(address) => Some((
                "return_address",
                "an address is a host and a port, ehr:2576",
            )),
            _ => None,
        };
        if let Some((key, sentence)) = mistake {
            return Err(Mistake::new([Key(key)], sentence));
        }
        self.check_return_tls()
    }

    fn check_return_tls(&self) -> Result<(), Mistake> {
        let Some(tls) = &self.return_tls else {
            return Ok(());
        };
        let Some(address) = &self.return_address else {
            let sentence = "only a feed with a return_address has return_tls";
            return Err(Mistake::new([Key("return_tls")], sentence));
        };
        tls.check(address)
            .map_err(|mistake| mistake.within([Key("return_tls")]))
    }
}

impl ReturnTlsConfig {
    fn check(&self, address: &str) -> Result<(), Mistake> {
        match (&self.certificate, &self.key) {
            (Some(_), None) => {
                let sentence = "a certificate is no use without its key";
                return Err(Mistake::new([Key("certificate")], sentence));
            }
            (None, Some(_)) => {
                let sentence = "a key is no use without its certificate";
                return Err(Mistake::new([Key("key")], sentence));
            }
            _ => {}
        }
        let is_name = |name: &str| ServerName::try_from(name).is_ok();
        match &self.server_name {
            Some(name) if !is_name(name) => {
                let sentence = "a server_name is a DNS name or an IP address";
                Err(Mistake::new([Key("server_name")], sentence))
            }
            None if !is_name(host(address)) => {
                let sentence = "server_name must say whom the certificate names: the host of \
                                return_address is no DNS name";
                Err(Mistake::new([], sentence))
            }
            _ => Ok(()),
        }
    }
}
