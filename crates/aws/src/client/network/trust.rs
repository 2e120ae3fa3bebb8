//! The certificates that are trusted: the system's, or those of the file that the user names, as the aws CLI has it.

use std::path::PathBuf;

use aws_smithy_http_client::tls::{TlsContext, TrustStore};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::error::AwsError;
use crate::error::kind::AwsErrorKind;

const VARIABLE: &str = "AWS_CA_BUNDLE";

/// Whose certificates are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Those of the system, or of SSL_CERT_FILE and SSL_CERT_DIR.
    System,
    /// Those of a file alone.
    Bundle {
        /// Where it is.
        path: PathBuf,
        /// What names it.
        named_by: &'static str,
    },
}

impl Trust {
    /// What AWS_CA_BUNDLE says, or else the profile's `ca_bundle`.
    pub(crate) fn from_settings(profile_ca_bundle: Option<&str>) -> Self {
        let variable = std::env::var(VARIABLE).ok();
        Self::of(variable.as_deref(), profile_ca_bundle)
    }

    fn of(variable: Option<&str>, profile_ca_bundle: Option<&str>) -> Self {
        let named = |path: Option<&str>, named_by| {
            let path = path.filter(|path| !path.is_empty())?;
            Some(Self::Bundle { path: PathBuf::from(path), named_by })
        };
        named(variable, VARIABLE)
            .or_else(|| named(profile_ca_bundle, "ca_bundle of the profile"))
            .unwrap_or(Self::System)
    }

    /// Reads the certificates.
    ///
    /// # Errors
    /// The file can't be read or holds no certificate.
    pub(crate) fn tls_context(&self) -> Result<TlsContext, AwsError> {
        match self {
            Self::System => context(TrustStore::default()),
            Self::Bundle { path, named_by } => {
                let wrong = |why: &str| setting(format!("{named_by} names the file {}, which {why}.", path.display()));
                let pem = std::fs::read(path).map_err(|error| wrong(&format!("can't be read: {error}")))?;
                check(&pem).map_err(|why| wrong(&why))?;
                context(TrustStore::empty().with_pem_certificate(pem))
            }
        }
    }
}

/// The HTTP client panics at a certificate that it can't read.
fn check(pem: &[u8]) -> Result<(), String> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| format!("is no PEM: {error}"))?;
        roots.add(certificate).map_err(|error| format!("holds a certificate that can't be used: {error}"))?;
    }
    if roots.is_empty() { Err("holds no certificate (PEM)".to_owned()) } else { Ok(()) }
}

/// The settings for TLS with these certificates.
///
/// # Errors
/// The HTTP client does not take them.
pub(crate) fn context(store: TrustStore) -> Result<TlsContext, AwsError> {
    TlsContext::builder()
        .with_trust_store(store)
        .build()
        .map_err(|error| setting(format!("The TLS settings are refused: {error}.")))
}

fn setting(message: String) -> AwsError {
    AwsError::on_this_side(AwsErrorKind::InvalidSetting, "certificates", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_comes_before_the_profile() {
        let path = |trust| match trust {
            Trust::Bundle { path, named_by } => Some((path.display().to_string(), named_by)),
            Trust::System => None,
        };
        assert_eq!(path(Trust::of(Some("/a"), Some("/b"))), Some(("/a".to_owned(), VARIABLE)));
        assert_eq!(path(Trust::of(Some(""), Some("/b"))), Some(("/b".to_owned(), "ca_bundle of the profile")));
        assert_eq!(path(Trust::of(None, None)), None);
    }

    #[test]
    fn a_file_that_is_no_bundle_is_told() {
        let told = |path: &str| {
            let bundle = Trust::Bundle { path: PathBuf::from(path), named_by: VARIABLE };
            bundle.tls_context().unwrap_err().message
        };
        insta::assert_snapshot!(told("/nowhere/ca.pem"), @"AWS_CA_BUNDLE names the file /nowhere/ca.pem, which can't be read: No such file or directory (os error 2).");
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let message = told(manifest).replace(manifest, "Cargo.toml");
        insta::assert_snapshot!(message, @"AWS_CA_BUNDLE names the file Cargo.toml, which holds no certificate (PEM).");
        let bad = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(check(bad).unwrap_err().starts_with("holds a certificate that can't be used"));
    }
}
