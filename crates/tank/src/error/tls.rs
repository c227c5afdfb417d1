//! Why there is no TLS to a PostgreSQL server, in sentences for whoever wrote its address.

use std::io;

use rustls::CertificateError;

/// An error of a connection, in our words where TLS is its cause.
pub(super) fn told(error: &io::Error) -> String {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
    match cause {
        Some(rustls::Error::InvalidCertificate(reason)) => of_certificate(reason),
        Some(rustls::Error::AlertReceived(alert)) => {
            format!("the server broke TLS off with {alert:?}")
        }
        Some(cause) => format!("TLS failed: {cause}"),
        None => error.to_string(),
    }
}

fn of_certificate(reason: &CertificateError) -> String {
    let sentence = match reason {
        // A bad signature is how an authority of the same name shows.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "the certificate of the server is of no authority that is trusted: sslrootcert names one"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the certificate of the server does not name the host of the address"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the certificate of the server has expired"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate of the server is not valid yet"
        }
        _ => return format!("the certificate of the server cannot be used: {reason}"),
    };
    sentence.to_owned()
}
